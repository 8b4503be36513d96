// What brings a block's outputs to their places moves behind the element-wise operators that follow the product.
// RUN: %mlc-opt %s --mlc-sink-interleaves --canonicalize | FileCheck %s

!x = tensor<1x4x5x3xf32>
!w = tensor<8x1x1x3xf32>
!p = tensor<1x4x5x8xf32>
!s = tensor<1x4x5x2x2x2xf32>
!t = tensor<1x4x2x5x2x2xf32>
!y = tensor<1x8x10x2xf32>

// A constant a channel is repeated for each place of a block.
// CHECK-LABEL: @shuffle
func.func @shuffle(%x: !x, %w: !w) -> !y {
  // CHECK-DAG: %[[B:.+]] = mlc.constant dense<[1.000000e+00, 2.000000e+00, 1.000000e+00, 2.000000e+00, 1.000000e+00, 2.000000e+00, 1.000000e+00, 2.000000e+00]> : tensor<8xf32>
  // CHECK: %[[P:.+]] = mlc.conv
  // CHECK: %[[A:.+]] = mlc.add %[[P]], %[[B]]
  // CHECK: %[[R:.+]] = mlc.relu %[[A]]
  // CHECK: mlc.reshape %[[R]]
  // CHECK: mlc.transpose
  // CHECK: %[[Y:.+]] = mlc.reshape
  // CHECK: return %[[Y]]
  %b = mlc.constant dense<[1.0, 2.0]> : tensor<2xf32> : tensor<2xf32>
  %p = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1 : i64, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : !x, !w -> !p
  %s = mlc.reshape %p : !p -> !s
  %t = mlc.transpose %s [0, 1, 3, 2, 4, 5] : !s -> !t
  %i = mlc.reshape %t : !t -> !y
  %a = mlc.add %i, %b : !y, tensor<2xf32> -> !y
  %y = mlc.relu %a : !y -> !y
  return %y : !y
}

// What is read twice moves if all that reads it does; slices of the image cut what was computed in vain.
// CHECK-LABEL: @twice
func.func @twice(%x: !x, %w: !w) -> tensor<1x7x10x2xf32> {
  // CHECK: %[[P:.+]] = mlc.conv
  // CHECK: %[[R:.+]] = mlc.relu %[[P]]
  // CHECK: %[[M:.+]] = mlc.mul %[[P]], %[[R]]
  // CHECK: mlc.reshape %[[M]]
  // CHECK: mlc.transpose
  // CHECK: mlc.reshape
  // CHECK: %[[Y:.+]] = mlc.slice {{.*}} <() -> (0, 1, 0, 0)> [1, 1, 1, 1]
  // CHECK: return %[[Y]]
  %p = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1 : i64, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : !x, !w -> !p
  %s = mlc.reshape %p : !p -> !s
  %t = mlc.transpose %s [0, 1, 3, 2, 4, 5] : !s -> !t
  %i = mlc.reshape %t : !t -> !y
  %c = mlc.slice %i <() -> (0, 1, 0, 0)> [1, 1, 1, 1] : !y -> tensor<1x7x10x2xf32>
  %r = mlc.relu %c : tensor<1x7x10x2xf32> -> tensor<1x7x10x2xf32>
  %y = mlc.mul %c, %r : tensor<1x7x10x2xf32>, tensor<1x7x10x2xf32> -> tensor<1x7x10x2xf32>
  return %y : tensor<1x7x10x2xf32>
}

// Long functions would be computed for the empty columns of the panel, too.
// CHECK-LABEL: @long
func.func @long(%x: !x, %w: !w) -> !y {
  // CHECK: %[[I:.+]] = mlc.reshape {{.*}} -> tensor<1x8x10x2xf32>
  // CHECK: mlc.tanh %[[I]]
  %p = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1 : i64, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : !x, !w -> !p
  %s = mlc.reshape %p : !p -> !s
  %t = mlc.transpose %s [0, 1, 3, 2, 4, 5] : !s -> !t
  %i = mlc.reshape %t : !t -> !y
  %y = mlc.tanh %i : !y -> !y
  return %y : !y
}

// Another image stands in the other order already; and where the block is read in both orders it is stored in this one.
// CHECK-LABEL: @stays
func.func @stays(%x: !x, %w: !w, %z: !y) -> (!y, !y) {
  // CHECK: %[[I:.+]] = mlc.reshape {{.*}} -> tensor<1x8x10x2xf32>
  // CHECK: mlc.add %[[I]],
  // CHECK: mlc.relu %[[I]]
  %p = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1 : i64, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : !x, !w -> !p
  %s = mlc.reshape %p : !p -> !s
  %t = mlc.transpose %s [0, 1, 3, 2, 4, 5] : !s -> !t
  %i = mlc.reshape %t : !t -> !y
  %a = mlc.add %i, %z : !y, !y -> !y
  %r = mlc.relu %i : !y -> !y
  return %a, %r : !y, !y
}

// Channels first: the last dimension is spread by the transpose.
// CHECK-LABEL: @spread
func.func @spread(%x: !x, %w: !w) -> tensor<1x8x4x5xf32> {
  // CHECK: %[[T:.+]] = mlc.transpose
  // CHECK: mlc.relu %[[T]]
  %p = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1 : i64, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : !x, !w -> !p
  %t = mlc.transpose %p [0, 3, 1, 2] : !p -> tensor<1x8x4x5xf32>
  %y = mlc.relu %t : tensor<1x8x4x5xf32> -> tensor<1x8x4x5xf32>
  return %y : tensor<1x8x4x5xf32>
}

// Behind a view everything moves that is not behind a product itself.
// CHECK-LABEL: @view
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<6x3xf32>, %[[W:[a-z0-9]+]]: tensor<3x4xf32>, %[[Z:[a-z0-9]+]]: tensor<2x3x4xf32>
func.func @view(%x: tensor<6x3xf32>, %w: tensor<3x4xf32>, %z: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  // CHECK: %[[P:.+]] = mlc.matmul %[[X]], %[[W]]
  // CHECK: %[[V:.+]] = mlc.reshape %[[Z]]
  // CHECK: %[[A:.+]] = mlc.add %[[P]], %[[V]] : tensor<6x4xf32>
  // CHECK: %[[T:.+]] = mlc.relu %[[A]]
  // CHECK: %[[Y:.+]] = mlc.reshape %[[T]] : tensor<6x4xf32> -> tensor<2x3x4xf32>
  // CHECK: return %[[Y]]
  %p = mlc.matmul %x, %w : tensor<6x3xf32>, tensor<3x4xf32> -> tensor<6x4xf32>
  %v = mlc.reshape %p : tensor<6x4xf32> -> tensor<2x3x4xf32>
  %a = mlc.add %v, %z : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %y = mlc.relu %a : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %y : tensor<2x3x4xf32>
}

// A constant for more than the last dimension of the view, as heads have it.
// CHECK-LABEL: @heads
func.func @heads(%x: tensor<6x3xf32>, %w: tensor<3x4xf32>) -> tensor<6x2x2xf32> {
  // CHECK-DAG: %[[B:.+]] = mlc.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]> : tensor<4xf32>
  // CHECK: %[[P:.+]] = mlc.matmul
  // CHECK: mlc.add %[[P]], %[[B]] : tensor<6x4xf32>, tensor<4xf32>
  %b = mlc.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32> : tensor<2x2xf32>
  %p = mlc.matmul %x, %w : tensor<6x3xf32>, tensor<3x4xf32> -> tensor<6x4xf32>
  %v = mlc.reshape %p : tensor<6x4xf32> -> tensor<6x2x2xf32>
  %y = mlc.add %v, %b : tensor<6x2x2xf32>, tensor<2x2xf32> -> tensor<6x2x2xf32>
  return %y : tensor<6x2x2xf32>
}

// CHECK-LABEL: @between_products
func.func @between_products(%x: tensor<6x3xf32>, %z: tensor<2x3x3xf32>, %w: tensor<3x4xf32>) -> tensor<2x3x4xf32> {
  // CHECK: mlc.add {{.*}} : tensor<2x3x4xf32>, tensor<2x3x4xf32>
  %p = mlc.matmul %x, %w : tensor<6x3xf32>, tensor<3x4xf32> -> tensor<6x4xf32>
  %q = mlc.matmul %z, %w : tensor<2x3x3xf32>, tensor<3x4xf32> -> tensor<2x3x4xf32>
  %v = mlc.reshape %p : tensor<6x4xf32> -> tensor<2x3x4xf32>
  %y = mlc.add %v, %q : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %y : tensor<2x3x4xf32>
}

// Most of the product is not wanted.
// CHECK-LABEL: @few
func.func @few(%x: !x, %w: !w) -> tensor<1x2x10x2xf32> {
  // CHECK: mlc.relu {{.*}} : tensor<1x2x10x2xf32>
  %p = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1 : i64, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : !x, !w -> !p
  %s = mlc.reshape %p : !p -> !s
  %t = mlc.transpose %s [0, 1, 3, 2, 4, 5] : !s -> !t
  %i = mlc.reshape %t : !t -> !y
  %c = mlc.slice %i <() -> (0, 1, 0, 0)> [1, 1, 1, 1] : !y -> tensor<1x2x10x2xf32>
  %y = mlc.relu %c : tensor<1x2x10x2xf32> -> tensor<1x2x10x2xf32>
  return %y : tensor<1x2x10x2xf32>
}
