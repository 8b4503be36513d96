// Products of merged batches are products of the batches that were merged.
// RUN: %mlc-opt %s --mlc-split-batches --canonicalize | FileCheck %s

// CHECK-LABEL: @heads
// CHECK-SAME: (%[[A:.+]]: tensor<2x4x16x8xf32>, %[[B:.+]]: tensor<2x4x1x16x8xf32>)
func.func @heads(%a: tensor<2x4x16x8xf32>, %b: tensor<2x4x1x16x8xf32>) -> tensor<2x4x16x16xf32> {
  // CHECK: %[[V:.+]] = mlc.reshape %[[B]] : tensor<2x4x1x16x8xf32> -> tensor<2x4x16x8xf32>
  // CHECK: %[[T:.+]] = mlc.transpose %[[V]] [0, 1, 3, 2]
  // CHECK: %[[P:.+]] = mlc.matmul %[[A]], %[[T]] : tensor<2x4x16x8xf32>, tensor<2x4x8x16xf32> -> tensor<2x4x16x16xf32>
  // CHECK: return %[[P]]
  %m = mlc.reshape %a : tensor<2x4x16x8xf32> -> tensor<8x16x8xf32>
  %n = mlc.reshape %b : tensor<2x4x1x16x8xf32> -> tensor<8x16x8xf32>
  %t = mlc.transpose %n [0, 2, 1] : tensor<8x16x8xf32> -> tensor<8x8x16xf32>
  %p = mlc.matmul %m, %t : tensor<8x16x8xf32>, tensor<8x8x16xf32> -> tensor<8x16x16xf32>
  %y = mlc.reshape %p : tensor<8x16x16xf32> -> tensor<2x4x16x16xf32>
  return %y : tensor<2x4x16x16xf32>
}

// CHECK-LABEL: @symbols
func.func @symbols(%a: tensor<?x4x16x8xf32, #mlc.dims<()[s0] -> (s0, 4, 16, 8)>>, %b: tensor<?x4x8x5xf32, #mlc.dims<()[s0] -> (s0, 4, 8, 5)>>) -> tensor<?x16x5xf32, #mlc.dims<()[s0] -> (s0 * 4, 16, 5)>> {
  // CHECK: mlc.matmul {{.*}} -> tensor<?x4x16x5xf32, #mlc.dims<()[s0] -> (s0, 4, 16, 5)>>
  %m = mlc.reshape %a : tensor<?x4x16x8xf32, #mlc.dims<()[s0] -> (s0, 4, 16, 8)>> -> tensor<?x16x8xf32, #mlc.dims<()[s0] -> (s0 * 4, 16, 8)>>
  %n = mlc.reshape %b : tensor<?x4x8x5xf32, #mlc.dims<()[s0] -> (s0, 4, 8, 5)>> -> tensor<?x8x5xf32, #mlc.dims<()[s0] -> (s0 * 4, 8, 5)>>
  %p = mlc.matmul %m, %n : tensor<?x16x8xf32, #mlc.dims<()[s0] -> (s0 * 4, 16, 8)>>, tensor<?x8x5xf32, #mlc.dims<()[s0] -> (s0 * 4, 8, 5)>> -> tensor<?x16x5xf32, #mlc.dims<()[s0] -> (s0 * 4, 16, 5)>>
  return %p : tensor<?x16x5xf32, #mlc.dims<()[s0] -> (s0 * 4, 16, 5)>>
}

// The operands' batches have other parts, or the view mixes batches and rows.
// CHECK-LABEL: @others
func.func @others(%a: tensor<2x4x16x8xf32>, %b: tensor<4x2x8x5xf32>, %c: tensor<3x16x8xf32>) -> (tensor<8x16x5xf32>, tensor<6x8x8xf32>) {
  // CHECK: mlc.matmul {{.*}} -> tensor<8x16x5xf32>
  // CHECK: mlc.matmul {{.*}} -> tensor<6x8x8xf32>
  %m = mlc.reshape %a : tensor<2x4x16x8xf32> -> tensor<8x16x8xf32>
  %n = mlc.reshape %b : tensor<4x2x8x5xf32> -> tensor<8x8x5xf32>
  %p = mlc.matmul %m, %n : tensor<8x16x8xf32>, tensor<8x8x5xf32> -> tensor<8x16x5xf32>
  %d = mlc.reshape %c : tensor<3x16x8xf32> -> tensor<6x8x8xf32>
  %q = mlc.matmul %d, %d : tensor<6x8x8xf32>, tensor<6x8x8xf32> -> tensor<6x8x8xf32>
  return %p, %q : tensor<8x16x5xf32>, tensor<6x8x8xf32>
}
