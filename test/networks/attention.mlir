// Attention of four heads and the product behind it, with GELU.
func.func @main(%x: tensor<64x128xf32> {mlc.name = "x", mlc.dtype = 1}) -> (tensor<64x512xf32> {mlc.name = "y", mlc.dtype = 1}) {
  %wq = mlc.constant dense<0.01> : tensor<128x128xf32> : tensor<128x128xf32>
  %wk = mlc.constant dense<0.02> : tensor<128x128xf32> : tensor<128x128xf32>
  %wv = mlc.constant dense<0.03> : tensor<128x128xf32> : tensor<128x128xf32>
  %w = mlc.constant dense<0.02> : tensor<128x512xf32> : tensor<128x512xf32>
  %scale = mlc.constant dense<0.176776695> : tensor<f32> : tensor<f32>
  %root = mlc.constant dense<0.70710678> : tensor<f32> : tensor<f32>
  %one = mlc.constant dense<1.0> : tensor<f32> : tensor<f32>
  %half = mlc.constant dense<0.5> : tensor<f32> : tensor<f32>
  %q0 = mlc.matmul %x, %wq : tensor<64x128xf32>, tensor<128x128xf32> -> tensor<64x128xf32>
  %q1 = mlc.reshape %q0 : tensor<64x128xf32> -> tensor<64x4x32xf32>
  %q = mlc.transpose %q1 [1, 0, 2] : tensor<64x4x32xf32> -> tensor<4x64x32xf32>
  %k0 = mlc.matmul %x, %wk : tensor<64x128xf32>, tensor<128x128xf32> -> tensor<64x128xf32>
  %k1 = mlc.reshape %k0 : tensor<64x128xf32> -> tensor<64x4x32xf32>
  %k = mlc.transpose %k1 [1, 0, 2] : tensor<64x4x32xf32> -> tensor<4x64x32xf32>
  %v0 = mlc.matmul %x, %wv : tensor<64x128xf32>, tensor<128x128xf32> -> tensor<64x128xf32>
  %v1 = mlc.reshape %v0 : tensor<64x128xf32> -> tensor<64x4x32xf32>
  %v = mlc.transpose %v1 [1, 0, 2] : tensor<64x4x32xf32> -> tensor<4x64x32xf32>
  %0 = mlc.matmul %q, %k {trans_b = true} : tensor<4x64x32xf32>, tensor<4x64x32xf32> -> tensor<4x64x64xf32>
  %1 = mlc.mul %0, %scale : tensor<4x64x64xf32>, tensor<f32> -> tensor<4x64x64xf32>
  %2 = mlc.softmax %1 axis 2 : tensor<4x64x64xf32> -> tensor<4x64x64xf32>
  %3 = mlc.matmul %2, %v : tensor<4x64x64xf32>, tensor<4x64x32xf32> -> tensor<4x64x32xf32>
  %4 = mlc.transpose %3 [1, 0, 2] : tensor<4x64x32xf32> -> tensor<64x4x32xf32>
  %5 = mlc.reshape %4 : tensor<64x4x32xf32> -> tensor<64x128xf32>
  %6 = mlc.matmul %5, %w : tensor<64x128xf32>, tensor<128x512xf32> -> tensor<64x512xf32>
  %7 = mlc.mul %6, %root : tensor<64x512xf32>, tensor<f32> -> tensor<64x512xf32>
  %8 = mlc.erf %7 : tensor<64x512xf32> -> tensor<64x512xf32>
  %9 = mlc.add %8, %one : tensor<64x512xf32>, tensor<f32> -> tensor<64x512xf32>
  %10 = mlc.mul %6, %9 : tensor<64x512xf32>, tensor<64x512xf32> -> tensor<64x512xf32>
  %11 = mlc.mul %10, %half : tensor<64x512xf32>, tensor<f32> -> tensor<64x512xf32>
  return %11 : tensor<64x512xf32>
}
