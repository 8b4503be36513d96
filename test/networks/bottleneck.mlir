// A residual block: 1x1, 3x3 and 1x1 convolutions, channels-last.
func.func @main(%x: tensor<1x28x28x256xf32> {mlc.name = "x", mlc.dtype = 1}) -> (tensor<1x28x28x256xf32> {mlc.name = "y", mlc.dtype = 1}) {
  %w0 = mlc.constant dense<0.02> : tensor<64x1x1x256xf32> : tensor<64x1x1x256xf32>
  %w1 = mlc.constant dense<0.03> : tensor<64x3x3x64xf32> : tensor<64x3x3x64xf32>
  %w2 = mlc.constant dense<0.04> : tensor<256x1x1x64xf32> : tensor<256x1x1x64xf32>
  %b0 = mlc.constant dense<0.1> : tensor<64xf32> : tensor<64xf32>
  %b1 = mlc.constant dense<0.2> : tensor<64xf32> : tensor<64xf32>
  %b2 = mlc.constant dense<0.3> : tensor<256xf32> : tensor<256xf32>
  %0 = mlc.conv %x, %w0 {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x28x28x256xf32>, tensor<64x1x1x256xf32> -> tensor<1x28x28x64xf32>
  %1 = mlc.add %0, %b0 : tensor<1x28x28x64xf32>, tensor<64xf32> -> tensor<1x28x28x64xf32>
  %2 = mlc.relu %1 : tensor<1x28x28x64xf32> -> tensor<1x28x28x64xf32>
  %3 = mlc.conv %2, %w1 {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x28x28x64xf32>, tensor<64x3x3x64xf32> -> tensor<1x28x28x64xf32>
  %4 = mlc.add %3, %b1 : tensor<1x28x28x64xf32>, tensor<64xf32> -> tensor<1x28x28x64xf32>
  %5 = mlc.relu %4 : tensor<1x28x28x64xf32> -> tensor<1x28x28x64xf32>
  %6 = mlc.conv %5, %w2 {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x28x28x64xf32>, tensor<256x1x1x64xf32> -> tensor<1x28x28x256xf32>
  %7 = mlc.add %6, %b2 : tensor<1x28x28x256xf32>, tensor<256xf32> -> tensor<1x28x28x256xf32>
  %8 = mlc.add %7, %x : tensor<1x28x28x256xf32>, tensor<1x28x28x256xf32> -> tensor<1x28x28x256xf32>
  %9 = mlc.relu %8 : tensor<1x28x28x256xf32> -> tensor<1x28x28x256xf32>
  return %9 : tensor<1x28x28x256xf32>
}
