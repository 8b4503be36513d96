// 3x3 convolutions of stride 1 with constant weights and tiles that fill the plane are computed in Winograd's domain.
// RUN: %mlc-opt %s --mlc-winograd --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: @converted
// CHECK-SAME: (%[[X:.+]]: tensor<1x16x16x16xf32>)
// CHECK: %[[U:.+]] = mlc.constant {{.*}} : tensor<36x1x16x16xf32>
// CHECK: %[[V:.+]] = mlc.winograd_input %[[X]] outputs 4 low [1, 1] high [1, 1] : tensor<1x16x16x16xf32> -> tensor<36x16x16xf32>
// CHECK: %[[M:.+]] = mlc.matmul %[[V]], %[[U]] columns <() -> (16)> : tensor<36x16x16xf32>, tensor<36x1x16x16xf32> -> tensor<36x16x16xf32>
// CHECK: %[[Y:.+]] = mlc.winograd_output %[[M]] outputs 4 to <() -> (1, 16, 16)> : tensor<36x16x16xf32> -> tensor<1x16x16x16xf32>
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
// CHECK: %[[V:.+]] = mlc.winograd_input %[[X]] outputs 3 low [1, 1] high [1, 1] : tensor<1x14x14x64xf32> -> tensor<25x25x64xf32>
// CHECK: %[[M:.+]] = mlc.matmul %[[V]], %{{.+}} columns <() -> (64)> : tensor<25x25x64xf32>, tensor<25x4x64x16xf32> -> tensor<25x25x64xf32>
// CHECK: mlc.winograd_output %[[M]] outputs 3 to <() -> (1, 14, 14)>
func.func @fewer_weights(%x: tensor<1x14x14x64xf32>) -> tensor<1x14x14x64xf32> {
  %w = mlc.constant dense<0.5> : tensor<64x3x3x64xf32> : tensor<64x3x3x64xf32>
  // expected-remark @+1 {{computed in Winograd's domain with 25 multiplications for 81}}
  %y = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x14x14x64xf32>, tensor<64x3x3x64xf32> -> tensor<1x14x14x64xf32>
  return %y : tensor<1x14x14x64xf32>
}

// -----

// CHECK-LABEL: @more_tiles
// CHECK: mlc.winograd_input %{{.+}} outputs 4 low
func.func @more_tiles(%x: tensor<1x28x28x64xf32>) -> tensor<1x28x28x64xf32> {
  %w = mlc.constant dense<0.5> : tensor<64x3x3x64xf32> : tensor<64x3x3x64xf32>
  // expected-remark @+1 {{computed in Winograd's domain with 36 multiplications for 144}}
  %y = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x28x28x64xf32>, tensor<64x3x3x64xf32> -> tensor<1x28x28x64xf32>
  return %y : tensor<1x28x28x64xf32>
}

// -----

// Tiles of 3 and 4 would not fill 10x10 outputs.
// CHECK-LABEL: @small_tiles
// CHECK: mlc.winograd_input %{{.+}} outputs 2 low
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
