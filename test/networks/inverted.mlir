// An inverted residual block: 1x1, depthwise 3x3, 1x1.
func.func @main(%x: tensor<1x28x28x24xf32> {mlc.name = "x", mlc.dtype = 1}) -> (tensor<1x28x28x24xf32> {mlc.name = "y", mlc.dtype = 1}) {
  %w0 = mlc.constant dense<0.02> : tensor<144x1x1x24xf32> : tensor<144x1x1x24xf32>
  %w1 = mlc.constant dense<0.03> : tensor<144x3x3x1xf32> : tensor<144x3x3x1xf32>
  %w2 = mlc.constant dense<0.04> : tensor<24x1x1x144xf32> : tensor<24x1x1x144xf32>
  %b0 = mlc.constant dense<0.1> : tensor<144xf32> : tensor<144xf32>
  %zero = mlc.constant dense<0.0> : tensor<f32> : tensor<f32>
  %six = mlc.constant dense<6.0> : tensor<f32> : tensor<f32>
  %0 = mlc.conv %x, %w0 {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x28x28x24xf32>, tensor<144x1x1x24xf32> -> tensor<1x28x28x144xf32>
  %1 = mlc.add %0, %b0 : tensor<1x28x28x144xf32>, tensor<144xf32> -> tensor<1x28x28x144xf32>
  %2 = mlc.max %1, %zero : tensor<1x28x28x144xf32>, tensor<f32> -> tensor<1x28x28x144xf32>
  %3 = mlc.min %2, %six : tensor<1x28x28x144xf32>, tensor<f32> -> tensor<1x28x28x144xf32>
  %4 = mlc.conv %3, %w1 {dilations = array<i64: 1, 1>, groups = 144, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x28x28x144xf32>, tensor<144x3x3x1xf32> -> tensor<1x28x28x144xf32>
  %5 = mlc.max %4, %zero : tensor<1x28x28x144xf32>, tensor<f32> -> tensor<1x28x28x144xf32>
  %6 = mlc.min %5, %six : tensor<1x28x28x144xf32>, tensor<f32> -> tensor<1x28x28x144xf32>
  %7 = mlc.conv %6, %w2 {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x28x28x144xf32>, tensor<24x1x1x144xf32> -> tensor<1x28x28x24xf32>
  %8 = mlc.add %7, %x : tensor<1x28x28x24xf32>, tensor<1x28x28x24xf32> -> tensor<1x28x28x24xf32>
  return %8 : tensor<1x28x28x24xf32>
}
