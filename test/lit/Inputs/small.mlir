// A product with what follows it, and rows behind it: two kernels.
func.func @main(%x: tensor<4x8xf32> {mlc.name = "x", mlc.dtype = 1}) -> (tensor<4x16xf32> {mlc.name = "y", mlc.dtype = 1}) {
  %i = mlc.iota axis 1 <() -> (-8, 1)> : tensor<8x16xi32>
  %w = mlc.cast %i to f32 : tensor<8x16xi32> -> tensor<8x16xf32>
  %p = mlc.matmul %x, %w : tensor<4x8xf32>, tensor<8x16xf32> -> tensor<4x16xf32>
  %r = mlc.relu %p : tensor<4x16xf32> -> tensor<4x16xf32>
  %s = mlc.softmax %r axis 1 : tensor<4x16xf32> -> tensor<4x16xf32>
  return %s : tensor<4x16xf32>
}
