// Transposed convolutions become convolutions that make whole blocks of outputs, or of the input spread with zeros.
// RUN: %mlc-opt %s --mlc-lower-transposed-conv --canonicalize | FileCheck %s

// Windows that do not overlap: each element makes a block of its own.
// CHECK-LABEL: @apart
// CHECK-SAME: (%[[X:.+]]: tensor<1x4x5x3xf32>, %[[W:.+]]: tensor<3x2x2x6xf32>)
func.func @apart(%x: tensor<1x4x5x3xf32>, %w: tensor<3x2x2x6xf32>) -> tensor<1x8x10x6xf32> {
  // CHECK: %[[G:.+]] = mlc.reshape %[[W]] : tensor<3x2x2x6xf32> -> tensor<3x1x2x1x2x6xf32>
  // CHECK: %[[O:.+]] = mlc.transpose %[[G]] [2, 4, 5, 1, 3, 0]
  // CHECK: %[[B:.+]] = mlc.reshape %[[O]] : tensor<2x2x6x1x1x3xf32> -> tensor<24x1x1x3xf32>
  // CHECK: %[[P:.+]] = mlc.conv %[[X]], %[[B]] {{.*}}high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>}
  // CHECK: %[[S:.+]] = mlc.reshape %[[P]] : tensor<1x4x5x24xf32> -> tensor<1x4x5x2x2x6xf32>
  // CHECK: %[[T:.+]] = mlc.transpose %[[S]] [0, 1, 3, 2, 4, 5]
  // CHECK: %[[Y:.+]] = mlc.reshape %[[T]] : tensor<1x4x2x5x2x6xf32> -> tensor<1x8x10x6xf32>
  // CHECK: return %[[Y]]
  %y = mlc.conv_transpose %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, output_padding = array<i64: 0, 0>, strides = array<i64: 2, 2>} : tensor<1x4x5x3xf32>, tensor<3x2x2x6xf32> -> tensor<1x8x10x6xf32>
  return %y : tensor<1x8x10x6xf32>
}

// Even outputs are made of one element and the middle weight, odd ones of two elements; so both have two taps.
// CHECK-LABEL: @overlapping
// CHECK-SAME: (%[[X:.+]]: tensor<1x4x3xf32>, %[[W:.+]]: tensor<3x3x6xf32>)
func.func @overlapping(%x: tensor<1x4x3xf32>, %w: tensor<3x3x6xf32>) -> tensor<1x8x6xf32> {
  // CHECK: %[[F:.+]] = mlc.pad constant %[[W]] low <() -> (0, 1, 0)> high <() -> (0, 0, 0)> {{.*}} -> tensor<3x4x6xf32>
  // CHECK: %[[G:.+]] = mlc.reshape %[[F]] : tensor<3x4x6xf32> -> tensor<3x2x2x6xf32>
  // CHECK: %[[M:.+]] = mlc.slice %[[G]] <() -> (0, 1, 0, 0)> [1, -1, 1, 1]
  // CHECK: %[[O:.+]] = mlc.transpose %[[M]] [2, 3, 1, 0]
  // CHECK: %[[B:.+]] = mlc.reshape %[[O]] : tensor<2x6x2x3xf32> -> tensor<12x2x3xf32>
  // CHECK: %[[P:.+]] = mlc.conv %[[X]], %[[B]] {{.*}}high = array<i64: 1>, low = array<i64: 0>, strides = array<i64: 1>}
  // CHECK: %[[Y:.+]] = mlc.reshape %[[P]] : tensor<1x4x12xf32> -> tensor<1x8x6xf32>
  // CHECK: return %[[Y]]
  %y = mlc.conv_transpose %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 1>, low = array<i64: 1>, output_padding = array<i64: 1>, strides = array<i64: 2>} : tensor<1x4x3xf32>, tensor<3x3x6xf32> -> tensor<1x8x6xf32>
  return %y : tensor<1x8x6xf32>
}

// Blocks that begin at the first output would have three taps; those that begin one before have two, and the slice cuts it.
// CHECK-LABEL: @cut
func.func @cut(%x: tensor<1x4x3xf32>, %w: tensor<3x4x6xf32>) -> tensor<1x8x6xf32> {
  // CHECK: mlc.conv {{.*}}high = array<i64: 1>, low = array<i64: 1>{{.*}} : tensor<1x4x3xf32>, tensor<12x2x3xf32> -> tensor<1x5x12xf32>
  // CHECK: mlc.reshape {{.*}} : tensor<1x5x12xf32> -> tensor<1x10x6xf32>
  // CHECK: mlc.slice {{.*}} <() -> (0, 1, 0)> [1, 1, 1] : tensor<1x10x6xf32> -> tensor<1x8x6xf32>
  %y = mlc.conv_transpose %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 1>, low = array<i64: 1>, output_padding = array<i64: 0>, strides = array<i64: 2>} : tensor<1x4x3xf32>, tensor<3x4x6xf32> -> tensor<1x8x6xf32>
  return %y : tensor<1x8x6xf32>
}

// With dilation outputs of one place of a block need other inputs than those of another: one zero between neighbours, for the
// stride of 2; the padding is the window's overhang less what was cut.
// CHECK-LABEL: @dilated
// CHECK-SAME: (%[[X:.+]]: tensor<1x4x3xf32>, %[[W:.+]]: tensor<3x2x6xf32>)
func.func @dilated(%x: tensor<1x4x3xf32>, %w: tensor<3x2x6xf32>) -> tensor<1x7x6xf32> {
  // CHECK-DAG: %[[P:.+]] = mlc.pad constant %[[X]] low <() -> (0, 1, 0)> high <() -> (0, 1, 0)> interior [0, 1, 0] : tensor<1x4x3xf32> -> tensor<1x9x3xf32>
  // CHECK-DAG: %[[M:.+]] = mlc.slice %[[W]] <() -> (0, 1, 0)> [1, -1, 1]
  // CHECK: %[[G:.+]] = mlc.reshape %[[M]] : tensor<3x2x6xf32> -> tensor<1x3x2x6xf32>
  // CHECK: %[[T:.+]] = mlc.transpose %[[G]] [0, 3, 2, 1]
  // CHECK: %[[V:.+]] = mlc.reshape %[[T]] : tensor<1x6x2x3xf32> -> tensor<6x2x3xf32>
  // CHECK: mlc.conv %[[P]], %[[V]] {dilations = array<i64: 2>, groups = 1 : i64, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>}
  %y = mlc.conv_transpose %x, %w {dilations = array<i64: 2>, groups = 1, high = array<i64: 1>, low = array<i64: 1>, output_padding = array<i64: 0>, strides = array<i64: 2>} : tensor<1x4x3xf32>, tensor<3x2x6xf32> -> tensor<1x7x6xf32>
  return %y : tensor<1x7x6xf32>
}

// Each group has weights of its own, [C/groups, window, F/groups], which end as [F, window, C/groups].
// CHECK-LABEL: @groups
// CHECK-SAME: (%[[X:.+]]: tensor<1x4x4xf32>, %[[W:.+]]: tensor<4x3x5xf32>)
func.func @groups(%x: tensor<1x4x4xf32>, %w: tensor<4x3x5xf32>) -> tensor<1x6x10xf32> {
  // CHECK: %[[G:.+]] = mlc.reshape %{{.+}} : tensor<4x3x5xf32> -> tensor<2x2x3x5xf32>
  // CHECK: %[[T:.+]] = mlc.transpose %[[G]] [0, 3, 2, 1]
  // CHECK: mlc.reshape %[[T]] : tensor<2x5x3x2xf32> -> tensor<10x3x2xf32>
  // CHECK: mlc.conv {{.*}}groups = 2 : i64
  %y = mlc.conv_transpose %x, %w {dilations = array<i64: 1>, groups = 2, high = array<i64: 0>, low = array<i64: 0>, output_padding = array<i64: 0>, strides = array<i64: 1>} : tensor<1x4x4xf32>, tensor<4x3x5xf32> -> tensor<1x6x10xf32>
  return %y : tensor<1x6x10xf32>
}

// CHECK-LABEL: @symbols
// CHECK-SAME: (%[[X:.+]]: tensor<?x?x3xf32
func.func @symbols(%x: tensor<?x?x3xf32, #mlc.dims<()[s0, s1] -> (s0, s1, 3)>>, %w: tensor<3x2x6xf32>) -> tensor<?x?x6xf32, #mlc.dims<()[s0, s1] -> (s0, s1 * 2, 6)>> {
  // CHECK: mlc.conv %[[X]], {{.*}} -> tensor<?x?x12xf32, #mlc.dims<()[s0, s1] -> (s0, s1, 12)>>
  // CHECK: mlc.reshape {{.*}} -> tensor<?x?x6xf32, #mlc.dims<()[s0, s1] -> (s0, s1 * 2, 6)>>
  %y = mlc.conv_transpose %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 0>, low = array<i64: 0>, output_padding = array<i64: 0>, strides = array<i64: 2>} : tensor<?x?x3xf32, #mlc.dims<()[s0, s1] -> (s0, s1, 3)>>, tensor<3x2x6xf32> -> tensor<?x?x6xf32, #mlc.dims<()[s0, s1] -> (s0, s1 * 2, 6)>>
  return %y : tensor<?x?x6xf32, #mlc.dims<()[s0, s1] -> (s0, s1 * 2, 6)>>
}
