// A 3x3 convolution of stride 2 with many channels: the direct kernel, in chunks.
func.func @main(%x: tensor<1x14x14x256xf32> {mlc.name = "x", mlc.dtype = 1}) -> (tensor<1x7x7x512xf32> {mlc.name = "y", mlc.dtype = 1}) {
  %w = mlc.constant dense<0.01> : tensor<512x3x3x256xf32> : tensor<512x3x3x256xf32>
  %0 = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 0, 0>, strides = array<i64: 2, 2>} : tensor<1x14x14x256xf32>, tensor<512x3x3x256xf32> -> tensor<1x7x7x512xf32>
  %1 = mlc.relu %0 : tensor<1x7x7x512xf32> -> tensor<1x7x7x512xf32>
  return %1 : tensor<1x7x7x512xf32>
}
