// RUN: %mlc-opt %s --mlc-winograd | FileCheck %s
// RUN: %mlc-opt %s --mlc-winograd="precision=f16" | FileCheck --check-prefix=F16 %s

// Of weights that would take 16 bits elsewhere, only few become f32 in the domain.
// CHECK-LABEL: @many_weights
// CHECK: winograd_input
// F16-LABEL: @many_weights
// F16-NOT: winograd
// F16: return
func.func @many_weights(%x: tensor<1x16x16x208xf32>) -> tensor<1x16x16x208xf32> {
  %w = mlc.constant dense<0.5> : tensor<208x3x3x208xf32> : tensor<208x3x3x208xf32>
  %y = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x16x16x208xf32>, tensor<208x3x3x208xf32> -> tensor<1x16x16x208xf32>
  return %y : tensor<1x16x16x208xf32>
}

// F16-LABEL: @few_weights
// F16: winograd_input
func.func @few_weights(%x: tensor<1x16x16x64xf32>) -> tensor<1x16x16x64xf32> {
  %w = mlc.constant dense<0.5> : tensor<64x3x3x64xf32> : tensor<64x3x3x64xf32>
  %y = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x16x16x64xf32>, tensor<64x3x3x64xf32> -> tensor<1x16x16x64xf32>
  return %y : tensor<1x16x16x64xf32>
}
