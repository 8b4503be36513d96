// Large images are reduced row by row first; small ones, whole batches and rows themselves at once.
// RUN: %mlc-opt %s --mlc-split-reductions 2>/dev/null | FileCheck %s

// CHECK-LABEL: @mean
// CHECK: %[[R:.+]] = mlc.reduce sum %{{.+}} [2] keepdims true
// CHECK-SAME: -> tensor<1x56x1x64xf32>
// CHECK: mlc.reduce sum %[[R]] [1, 2] keepdims false
// CHECK-SAME: -> tensor<1x64xf32>
func.func @mean(%x: tensor<1x56x56x64xf32>) -> tensor<1x64xf32> {
  %y = mlc.reduce sum %x [1, 2] keepdims false : tensor<1x56x56x64xf32> -> tensor<1x64xf32>
  return %y : tensor<1x64xf32>
}

// CHECK-LABEL: @small
// CHECK-COUNT-1: mlc.reduce
// CHECK-NOT: mlc.reduce
func.func @small(%x: tensor<1x7x7x64xf32>) -> tensor<1x64xf32> {
  %y = mlc.reduce sum %x [1, 2] keepdims false : tensor<1x7x7x64xf32> -> tensor<1x64xf32>
  return %y : tensor<1x64xf32>
}

// CHECK-LABEL: @batch
// CHECK-COUNT-1: mlc.reduce
// CHECK-NOT: mlc.reduce
func.func @batch(%x: tensor<8x56x56x64xf32>) -> tensor<8x64xf32> {
  %y = mlc.reduce sum %x [1, 2] keepdims false : tensor<8x56x56x64xf32> -> tensor<8x64xf32>
  return %y : tensor<8x64xf32>
}

// CHECK-LABEL: @planes
// CHECK-COUNT-1: mlc.reduce
// CHECK-NOT: mlc.reduce
func.func @planes(%x: tensor<1x64x56x56xf32>) -> tensor<1x64xf32> {
  %y = mlc.reduce sum %x [2, 3] keepdims false : tensor<1x64x56x56xf32> -> tensor<1x64xf32>
  return %y : tensor<1x64xf32>
}
