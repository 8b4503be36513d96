// Plain kernels, linked in from their library.
func.func @main(%x: tensor<2x5xf32> {mlc.name = "x", mlc.dtype = 1}) -> (tensor<2x3xf32> {mlc.name = "largest", mlc.dtype = 1}, tensor<2x3xi64> {mlc.name = "where", mlc.dtype = 7}, tensor<4x5xf32> {mlc.name = "twice", mlc.dtype = 1}) {
  %0:2 = mlc.call "top_k"(%x) {floats = array<f64>, ints = array<i64: 1, 1, 1>, mask = array<i1>} : (tensor<2x5xf32>) -> (tensor<2x3xf32>, tensor<2x3xi64>)
  %1 = mlc.concat(%x, %x) axis 0 : (tensor<2x5xf32>, tensor<2x5xf32>) -> tensor<4x5xf32>
  return %0#0, %0#1, %1 : tensor<2x3xf32>, tensor<2x3xi64>, tensor<4x5xf32>
}
