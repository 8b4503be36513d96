// One kernel of each kind: a convolution with what follows it, depthwise windows, pooling, element-wise mathematics, rows.
func.func @main(%x: tensor<1x8x8x4xf32> {mlc.name = "x", mlc.dtype = 1}) -> (tensor<1x12xf32> {mlc.name = "scores", mlc.dtype = 1}, tensor<1xi64> {mlc.name = "best", mlc.dtype = 7}) {
  %i = mlc.iota axis 0 <() -> (-216, 1)> : tensor<432xi32>
  %f = mlc.cast %i to f32 : tensor<432xi32> -> tensor<432xf32>
  %scale = mlc.constant dense<0.001> : tensor<f32> : tensor<f32>
  %s = mlc.mul %f, %scale : tensor<432xf32>, tensor<f32> -> tensor<432xf32>
  %w = mlc.reshape %s : tensor<432xf32> -> tensor<12x3x3x4xf32>
  %c = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x8x8x4xf32>, tensor<12x3x3x4xf32> -> tensor<1x8x8x12xf32>
  %t = mlc.tanh %c : tensor<1x8x8x12xf32> -> tensor<1x8x8x12xf32>
  %d = mlc.slice %s <() -> (100)> [1] : tensor<432xf32> -> tensor<108xf32>
  %v = mlc.reshape %d : tensor<108xf32> -> tensor<12x3x3x1xf32>
  %e = mlc.conv %t, %v {dilations = array<i64: 1, 1>, groups = 12, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 2, 2>} : tensor<1x8x8x12xf32>, tensor<12x3x3x1xf32> -> tensor<1x4x4x12xf32>
  %p = mlc.pool max %e {dilations = array<i64: 1, 1>, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 2, 2>, window = array<i64: 2, 2>} : tensor<1x4x4x12xf32> -> tensor<1x2x2x12xf32>
  %x1 = mlc.exp %p : tensor<1x2x2x12xf32> -> tensor<1x2x2x12xf32>
  %x2 = mlc.erf %x1 : tensor<1x2x2x12xf32> -> tensor<1x2x2x12xf32>
  %m = mlc.reduce sum %x2 [1, 2] keepdims false : tensor<1x2x2x12xf32> -> tensor<1x12xf32>
  %ten = mlc.constant dense<10.0> : tensor<f32> : tensor<f32>
  %l = mlc.mul %m, %ten : tensor<1x12xf32>, tensor<f32> -> tensor<1x12xf32>
  %scores = mlc.softmax %l axis 1 : tensor<1x12xf32> -> tensor<1x12xf32>
  %best = mlc.arg_reduce max %scores axis 1 keepdims false : tensor<1x12xf32> -> tensor<1xi64>
  return %scores, %best : tensor<1x12xf32>, tensor<1xi64>
}
