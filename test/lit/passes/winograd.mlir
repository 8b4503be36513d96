// 3x3 convolutions of stride 1 with constant weights and tiles that fill the plane are computed in Winograd's domain.
// RUN: %mlc-opt %s --mlc-winograd --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: @converted
// CHECK-SAME: (%[[X:.+]]: tensor<1x16x16x16xf32>)
// CHECK: %[[U:.+]] = mlc.constant {{.*}} : tensor<36x1x16x16xf32>
// CHECK: %[[V:.+]] = mlc.winograd_input %[[X]] low [1, 1] high [1, 1] : tensor<1x16x16x16xf32> -> tensor<36x16x16xf32>
// CHECK: %[[M:.+]] = mlc.matmul %[[V]], %[[U]] columns <() -> (16)> : tensor<36x16x16xf32>, tensor<36x1x16x16xf32> -> tensor<36x16x16xf32>
// CHECK: %[[Y:.+]] = mlc.winograd_output %[[M]] to <() -> (1, 16, 16)> : tensor<36x16x16xf32> -> tensor<1x16x16x16xf32>
// CHECK: return %[[Y]]
func.func @converted(%x: tensor<1x16x16x16xf32>) -> tensor<1x16x16x16xf32> {
  %w = mlc.constant dense<0.5> : tensor<16x3x3x16xf32> : tensor<16x3x3x16xf32>
  // expected-remark @+1 {{computed in Winograd's domain with 36 multiplications for 144}}
  %y = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x16x16x16xf32>, tensor<16x3x3x16xf32> -> tensor<1x16x16x16xf32>
  return %y : tensor<1x16x16x16xf32>
}

// -----

// Strides, weights of the input, and planes that tiles would not fill stay as they are.
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

// CHECK-LABEL: @small
// CHECK-NOT: winograd
// CHECK: return
func.func @small(%x: tensor<1x7x7x16xf32>) -> tensor<1x7x7x16xf32> {
  %w = mlc.constant dense<0.5> : tensor<16x3x3x16xf32> : tensor<16x3x3x16xf32>
  %y = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x7x7x16xf32>, tensor<16x3x3x16xf32> -> tensor<1x7x7x16xf32>
  return %y : tensor<1x7x7x16xf32>
}
