// 3x3 convolutions of stride 1 with constant weights and tiles that fill the plane are computed in Winograd's domain.
// RUN: %mlc-opt %s --mlc-winograd --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: @converted
// CHECK-SAME: (%[[X:.+]]: tensor<1x16x16x16xf32>)
// CHECK: %[[U:.+]] = mlc.constant {{.*}} : tensor<36x1x16x16xf32>
// CHECK: %[[V:.+]] = mlc.winograd_input %[[X]] outputs [4, 4] taps [3, 3] low [1, 1] high [1, 1] : tensor<1x16x16x16xf32> -> tensor<36x16x16xf32>
// CHECK: %[[M:.+]] = mlc.matmul %[[V]], %[[U]] columns <() -> (16)> : tensor<36x16x16xf32>, tensor<36x1x16x16xf32> -> tensor<36x16x16xf32>
// CHECK: %[[Y:.+]] = mlc.winograd_output %[[M]] outputs [4, 4] taps [3, 3] to <() -> (1, 16, 16)> : tensor<36x16x16xf32> -> tensor<1x16x16x16xf32>
// CHECK: return %[[Y]]
func.func @converted(%x: tensor<1x16x16x16xf32>) -> tensor<1x16x16x16xf32> {
  %w = mlc.constant dense<0.5> : tensor<16x3x3x16xf32> : tensor<16x3x3x16xf32>
  // expected-remark @+1 {{computed in Winograd's domain with 36 multiplications for 144}}
  %y = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x16x16x16xf32>, tensor<16x3x3x16xf32> -> tensor<1x16x16x16xf32>
  return %y : tensor<1x16x16x16xf32>
}

// -----

// Of 14x14 outputs tiles of 4 would be too few for the weights that they have in the domain.
// CHECK-LABEL: @fewer_weights
// CHECK-SAME: (%[[X:.+]]: tensor<1x14x14x64xf32>)
// CHECK: %[[V:.+]] = mlc.winograd_input %[[X]] outputs [3, 3] taps [3, 3] low [1, 1] high [1, 1] : tensor<1x14x14x64xf32> -> tensor<25x25x64xf32>
// CHECK: %[[M:.+]] = mlc.matmul %[[V]], %{{.+}} columns <() -> (64)> : tensor<25x25x64xf32>, tensor<25x4x64x16xf32> -> tensor<25x25x64xf32>
// CHECK: mlc.winograd_output %[[M]] outputs [3, 3] taps [3, 3] to <() -> (1, 14, 14)>
func.func @fewer_weights(%x: tensor<1x14x14x64xf32>) -> tensor<1x14x14x64xf32> {
  %w = mlc.constant dense<0.5> : tensor<64x3x3x64xf32> : tensor<64x3x3x64xf32>
  // expected-remark @+1 {{computed in Winograd's domain with 25 multiplications for 81}}
  %y = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x14x14x64xf32>, tensor<64x3x3x64xf32> -> tensor<1x14x14x64xf32>
  return %y : tensor<1x14x14x64xf32>
}

// -----

// CHECK-LABEL: @more_tiles
// CHECK: mlc.winograd_input %{{.+}} outputs [4, 4] taps [3, 3] low
func.func @more_tiles(%x: tensor<1x28x28x64xf32>) -> tensor<1x28x28x64xf32> {
  %w = mlc.constant dense<0.5> : tensor<64x3x3x64xf32> : tensor<64x3x3x64xf32>
  // expected-remark @+1 {{computed in Winograd's domain with 36 multiplications for 144}}
  %y = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x28x28x64xf32>, tensor<64x3x3x64xf32> -> tensor<1x28x28x64xf32>
  return %y : tensor<1x28x28x64xf32>
}

// -----

// Tiles of 3 and 4 would not fill 10x10 outputs.
// CHECK-LABEL: @small_tiles
// CHECK: mlc.winograd_input %{{.+}} outputs [2, 2] taps [3, 3] low
func.func @small_tiles(%x: tensor<1x10x10x64xf32>) -> tensor<1x10x10x64xf32> {
  %w = mlc.constant dense<0.5> : tensor<64x3x3x64xf32> : tensor<64x3x3x64xf32>
  // expected-remark @+1 {{computed in Winograd's domain with 16 multiplications for 36}}
  %y = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x10x10x64xf32>, tensor<64x3x3x64xf32> -> tensor<1x10x10x64xf32>
  return %y : tensor<1x10x10x64xf32>
}

// -----

// Zeros leave no range for the error to be small in.
// CHECK-LABEL: @inexact
// CHECK-NOT: winograd
// CHECK: return
func.func @inexact(%x: tensor<1x12x12x64xf32>) -> tensor<1x12x12x64xf32> {
  %w = mlc.constant dense<0.0> : tensor<64x3x3x64xf32> : tensor<64x3x3x64xf32>
  // expected-remark @+2 {{not computed in Winograd's domain by tiles of 3x3: the error would be INF of the output's range}}
  // expected-remark @+1 {{not computed in Winograd's domain by tiles of 2x2: the error would be INF of the output's range}}
  %y = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x12x12x64xf32>, tensor<64x3x3x64xf32> -> tensor<1x12x12x64xf32>
  return %y : tensor<1x12x12x64xf32>
}

// -----

// Strides, weights of the input, and planes of few tiles stay as they are.
// CHECK-LABEL: @strided
// CHECK-NOT: winograd
// CHECK: return
func.func @strided(%x: tensor<1x32x32x16xf32>) -> tensor<1x16x16x16xf32> {
  %w = mlc.constant dense<0.5> : tensor<16x3x3x16xf32> : tensor<16x3x3x16xf32>
  %y = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 2, 2>} : tensor<1x32x32x16xf32>, tensor<16x3x3x16xf32> -> tensor<1x16x16x16xf32>
  return %y : tensor<1x16x16x16xf32>
}

// CHECK-LABEL: @variable
// CHECK-NOT: winograd
// CHECK: return
func.func @variable(%x: tensor<1x16x16x16xf32>, %w: tensor<16x3x3x16xf32>) -> tensor<1x16x16x16xf32> {
  %y = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x16x16x16xf32>, tensor<16x3x3x16xf32> -> tensor<1x16x16x16xf32>
  return %y : tensor<1x16x16x16xf32>
}

// CHECK-LABEL: @few_tiles
// CHECK-NOT: winograd
// CHECK: return
func.func @few_tiles(%x: tensor<1x7x7x16xf32>) -> tensor<1x7x7x16xf32> {
  %w = mlc.constant dense<0.5> : tensor<16x3x3x16xf32> : tensor<16x3x3x16xf32>
  %y = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x7x7x16xf32>, tensor<16x3x3x16xf32> -> tensor<1x7x7x16xf32>
  return %y : tensor<1x7x7x16xf32>
}

// -----

// One dimension of the window is enough; the other stays what it is.
// CHECK-LABEL: @along_one_dimension
// CHECK-SAME: (%[[X:.+]]: tensor<1x512x1x64xf32>)
// CHECK: %[[V:.+]] = mlc.winograd_input %[[X]] outputs [4, 1] taps [5, 1] low [2, 0] high [2, 0] : tensor<1x512x1x64xf32> -> tensor<8x128x64xf32>
// CHECK: %[[M:.+]] = mlc.matmul %[[V]], %{{.+}} columns <() -> (64)> : tensor<8x128x64xf32>, tensor<8x4x64x16xf32>
// CHECK: mlc.winograd_output %[[M]] outputs [4, 1] taps [5, 1] to <() -> (1, 512, 1)>
func.func @along_one_dimension(%x: tensor<1x512x1x64xf32>) -> tensor<1x512x1x64xf32> {
  %w = mlc.constant dense<0.5> : tensor<64x5x1x64xf32> : tensor<64x5x1x64xf32>
  // expected-remark @+1 {{computed in Winograd's domain with 8 multiplications for 20}}
  %y = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 2, 0>, low = array<i64: 2, 0>, strides = array<i64: 1, 1>} : tensor<1x512x1x64xf32>, tensor<64x5x1x64xf32> -> tensor<1x512x1x64xf32>
  return %y : tensor<1x512x1x64xf32>
}

// -----

// CHECK-LABEL: @of_a_line
// CHECK: mlc.winograd_input %{{.+}} outputs [2] taps [7] low [3] high [3] : tensor<1x512x64xf32> -> tensor<8x256x64xf32>
// CHECK: mlc.winograd_output %{{.+}} outputs [2] taps [7] to <() -> (1, 512)>
func.func @of_a_line(%x: tensor<1x512x64xf32>) -> tensor<1x512x64xf32> {
  %w = mlc.constant dense<0.5> : tensor<64x7x64xf32> : tensor<64x7x64xf32>
  // expected-remark @+1 {{computed in Winograd's domain with 8 multiplications for 14}}
  %y = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 3>, low = array<i64: 3>, strides = array<i64: 1>} : tensor<1x512x64xf32>, tensor<64x7x64xf32> -> tensor<1x512x64xf32>
  return %y : tensor<1x512x64xf32>
}

// -----

// There are no tiles for 4 taps, and none for one.
// CHECK-LABEL: @other_windows
// CHECK-NOT: winograd
func.func @other_windows(%x: tensor<1x512x64xf32>) -> (tensor<1x509x64xf32>, tensor<1x512x64xf32>) {
  %w = mlc.constant dense<0.5> : tensor<64x4x64xf32> : tensor<64x4x64xf32>
  %p = mlc.constant dense<0.5> : tensor<64x1x64xf32> : tensor<64x1x64xf32>
  %y = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>} : tensor<1x512x64xf32>, tensor<64x4x64xf32> -> tensor<1x509x64xf32>
  %z = mlc.conv %x, %p {dilations = array<i64: 1>, groups = 1, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>} : tensor<1x512x64xf32>, tensor<64x1x64xf32> -> tensor<1x512x64xf32>
  return %y, %z : tensor<1x509x64xf32>, tensor<1x512x64xf32>
}
