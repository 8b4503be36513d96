// A first layer on planes.
func.func @main(%x: tensor<1x3x64x64xf32> {mlc.name = "x", mlc.dtype = 1}) -> (tensor<1x32x32x32xf32> {mlc.name = "y", mlc.dtype = 1}) {
  %w = mlc.constant dense<0.1> : tensor<32x3x3x3xf32> : tensor<32x3x3x3xf32>
  %0 = mlc.transpose %x [0, 2, 3, 1] : tensor<1x3x64x64xf32> -> tensor<1x64x64x3xf32>
  %1 = mlc.conv %0, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 0, 0>, strides = array<i64: 2, 2>} : tensor<1x64x64x3xf32>, tensor<32x3x3x3xf32> -> tensor<1x32x32x32xf32>
  %2 = mlc.relu %1 : tensor<1x32x32x32xf32> -> tensor<1x32x32x32xf32>
  return %2 : tensor<1x32x32x32xf32>
}
