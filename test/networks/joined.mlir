// Concatenations and slices of channels: two dense layers, halves that come together again, and branches, channels-last.
func.func @main(%x: tensor<1x28x28x64xf32> {mlc.name = "x", mlc.dtype = 1}) -> (tensor<1x28x28x64xf32> {mlc.name = "y", mlc.dtype = 1}) {
  %w0 = mlc.constant dense<0.02> : tensor<64x1x1x64xf32> : tensor<64x1x1x64xf32>
  %b0 = mlc.constant dense<0.1> : tensor<64xf32> : tensor<64xf32>
  %w1 = mlc.constant dense<0.03> : tensor<32x3x3x64xf32> : tensor<32x3x3x64xf32>
  %b1 = mlc.constant dense<0.2> : tensor<32xf32> : tensor<32xf32>
  %w2 = mlc.constant dense<0.04> : tensor<64x1x1x96xf32> : tensor<64x1x1x96xf32>
  %b2 = mlc.constant dense<0.3> : tensor<64xf32> : tensor<64xf32>
  %w3 = mlc.constant dense<0.05> : tensor<32x3x3x64xf32> : tensor<32x3x3x64xf32>
  %b3 = mlc.constant dense<0.4> : tensor<32xf32> : tensor<32xf32>
  %w4 = mlc.constant dense<0.06> : tensor<96x1x1x128xf32> : tensor<96x1x1x128xf32>
  %b4 = mlc.constant dense<0.5> : tensor<96xf32> : tensor<96xf32>
  %w5 = mlc.constant dense<0.07> : tensor<48x3x3x48xf32> : tensor<48x3x3x48xf32>
  %b5 = mlc.constant dense<0.6> : tensor<48xf32> : tensor<48xf32>
  %w6 = mlc.constant dense<0.08> : tensor<48x3x3x48xf32> : tensor<48x3x3x48xf32>
  %b6 = mlc.constant dense<0.7> : tensor<48xf32> : tensor<48xf32>
  %w7 = mlc.constant dense<0.09> : tensor<32x1x1x144xf32> : tensor<32x1x1x144xf32>
  %b7 = mlc.constant dense<0.8> : tensor<32xf32> : tensor<32xf32>
  %w8 = mlc.constant dense<0.10> : tensor<24x1x1x144xf32> : tensor<24x1x1x144xf32>
  %b8 = mlc.constant dense<0.9> : tensor<24xf32> : tensor<24xf32>
  %w9 = mlc.constant dense<0.11> : tensor<48x3x3x24xf32> : tensor<48x3x3x24xf32>
  %b9 = mlc.constant dense<1.0> : tensor<48xf32> : tensor<48xf32>
  %w10 = mlc.constant dense<0.12> : tensor<40x1x1x144xf32> : tensor<40x1x1x144xf32>
  %b10 = mlc.constant dense<1.1> : tensor<40xf32> : tensor<40xf32>
  %w11 = mlc.constant dense<0.13> : tensor<64x1x1x120xf32> : tensor<64x1x1x120xf32>
  %b11 = mlc.constant dense<1.2> : tensor<64xf32> : tensor<64xf32>
  %c0 = mlc.conv %x, %w0 {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x28x28x64xf32>, tensor<64x1x1x64xf32> -> tensor<1x28x28x64xf32>
  %s0 = mlc.add %c0, %b0 : tensor<1x28x28x64xf32>, tensor<64xf32> -> tensor<1x28x28x64xf32>
  %r0 = mlc.relu %s0 : tensor<1x28x28x64xf32> -> tensor<1x28x28x64xf32>
  %c1 = mlc.conv %r0, %w1 {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x28x28x64xf32>, tensor<32x3x3x64xf32> -> tensor<1x28x28x32xf32>
  %s1 = mlc.add %c1, %b1 : tensor<1x28x28x32xf32>, tensor<32xf32> -> tensor<1x28x28x32xf32>
  %r1 = mlc.relu %s1 : tensor<1x28x28x32xf32> -> tensor<1x28x28x32xf32>
  %j0 = mlc.concat (%x, %r1) axis 3 : (tensor<1x28x28x64xf32>, tensor<1x28x28x32xf32>) -> tensor<1x28x28x96xf32>
  %c2 = mlc.conv %j0, %w2 {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x28x28x96xf32>, tensor<64x1x1x96xf32> -> tensor<1x28x28x64xf32>
  %s2 = mlc.add %c2, %b2 : tensor<1x28x28x64xf32>, tensor<64xf32> -> tensor<1x28x28x64xf32>
  %r2 = mlc.relu %s2 : tensor<1x28x28x64xf32> -> tensor<1x28x28x64xf32>
  %c3 = mlc.conv %r2, %w3 {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x28x28x64xf32>, tensor<32x3x3x64xf32> -> tensor<1x28x28x32xf32>
  %s3 = mlc.add %c3, %b3 : tensor<1x28x28x32xf32>, tensor<32xf32> -> tensor<1x28x28x32xf32>
  %r3 = mlc.relu %s3 : tensor<1x28x28x32xf32> -> tensor<1x28x28x32xf32>
  %j1 = mlc.concat (%j0, %r3) axis 3 : (tensor<1x28x28x96xf32>, tensor<1x28x28x32xf32>) -> tensor<1x28x28x128xf32>
  %c4 = mlc.conv %j1, %w4 {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x28x28x128xf32>, tensor<96x1x1x128xf32> -> tensor<1x28x28x96xf32>
  %s4 = mlc.add %c4, %b4 : tensor<1x28x28x96xf32>, tensor<96xf32> -> tensor<1x28x28x96xf32>
  %r4 = mlc.relu %s4 : tensor<1x28x28x96xf32> -> tensor<1x28x28x96xf32>
  %low = mlc.slice %r4 <() -> (0, 0, 0, 0)> [1, 1, 1, 1] : tensor<1x28x28x96xf32> -> tensor<1x28x28x48xf32>
  %high = mlc.slice %r4 <() -> (0, 0, 0, 48)> [1, 1, 1, 1] : tensor<1x28x28x96xf32> -> tensor<1x28x28x48xf32>
  %c5 = mlc.conv %high, %w5 {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x28x28x48xf32>, tensor<48x3x3x48xf32> -> tensor<1x28x28x48xf32>
  %s5 = mlc.add %c5, %b5 : tensor<1x28x28x48xf32>, tensor<48xf32> -> tensor<1x28x28x48xf32>
  %r5 = mlc.relu %s5 : tensor<1x28x28x48xf32> -> tensor<1x28x28x48xf32>
  %c6 = mlc.conv %r5, %w6 {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x28x28x48xf32>, tensor<48x3x3x48xf32> -> tensor<1x28x28x48xf32>
  %s6 = mlc.add %c6, %b6 : tensor<1x28x28x48xf32>, tensor<48xf32> -> tensor<1x28x28x48xf32>
  %r6 = mlc.relu %s6 : tensor<1x28x28x48xf32> -> tensor<1x28x28x48xf32>
  %sum = mlc.add %r6, %high : tensor<1x28x28x48xf32>, tensor<1x28x28x48xf32> -> tensor<1x28x28x48xf32>
  %j2 = mlc.concat (%low, %high, %sum) axis 3 : (tensor<1x28x28x48xf32>, tensor<1x28x28x48xf32>, tensor<1x28x28x48xf32>) -> tensor<1x28x28x144xf32>
  %c7 = mlc.conv %j2, %w7 {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x28x28x144xf32>, tensor<32x1x1x144xf32> -> tensor<1x28x28x32xf32>
  %s7 = mlc.add %c7, %b7 : tensor<1x28x28x32xf32>, tensor<32xf32> -> tensor<1x28x28x32xf32>
  %r7 = mlc.relu %s7 : tensor<1x28x28x32xf32> -> tensor<1x28x28x32xf32>
  %c8 = mlc.conv %j2, %w8 {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x28x28x144xf32>, tensor<24x1x1x144xf32> -> tensor<1x28x28x24xf32>
  %s8 = mlc.add %c8, %b8 : tensor<1x28x28x24xf32>, tensor<24xf32> -> tensor<1x28x28x24xf32>
  %r8 = mlc.relu %s8 : tensor<1x28x28x24xf32> -> tensor<1x28x28x24xf32>
  %c9 = mlc.conv %r8, %w9 {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x28x28x24xf32>, tensor<48x3x3x24xf32> -> tensor<1x28x28x48xf32>
  %s9 = mlc.add %c9, %b9 : tensor<1x28x28x48xf32>, tensor<48xf32> -> tensor<1x28x28x48xf32>
  %r9 = mlc.relu %s9 : tensor<1x28x28x48xf32> -> tensor<1x28x28x48xf32>
  %pool = mlc.pool max %j2 {dilations = array<i64: 1, 1>, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>, window = array<i64: 3, 3>} : tensor<1x28x28x144xf32> -> tensor<1x28x28x144xf32>
  %c10 = mlc.conv %pool, %w10 {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x28x28x144xf32>, tensor<40x1x1x144xf32> -> tensor<1x28x28x40xf32>
  %s10 = mlc.add %c10, %b10 : tensor<1x28x28x40xf32>, tensor<40xf32> -> tensor<1x28x28x40xf32>
  %r10 = mlc.relu %s10 : tensor<1x28x28x40xf32> -> tensor<1x28x28x40xf32>
  %j3 = mlc.concat (%r7, %r9, %r10) axis 3 : (tensor<1x28x28x32xf32>, tensor<1x28x28x48xf32>, tensor<1x28x28x40xf32>) -> tensor<1x28x28x120xf32>
  %c11 = mlc.conv %j3, %w11 {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x28x28x120xf32>, tensor<64x1x1x120xf32> -> tensor<1x28x28x64xf32>
  %s11 = mlc.add %c11, %b11 : tensor<1x28x28x64xf32>, tensor<64xf32> -> tensor<1x28x28x64xf32>
  %r11 = mlc.relu %s11 : tensor<1x28x28x64xf32> -> tensor<1x28x28x64xf32>
  return %r11 : tensor<1x28x28x64xf32>
}
