// Reductions, scans and calls of constants are folded by the plain kernels.
// RUN: %mlc-opt %s --canonicalize | FileCheck %s

!m = tensor<2x3xi32>

// CHECK-LABEL: @reductions
func.func @reductions() -> (tensor<2xi32>, tensor<1x3xi32>, tensor<i32>, tensor<2xi64>, tensor<2xi64>, !m, !m) {
  %x = mlc.constant dense<[[1, 5, 5], [4, -2, 3]]> : !m : !m
  // CHECK-DAG: %[[SUM:.+]] = mlc.constant dense<[11, 5]> : tensor<2xi32>
  %0 = mlc.reduce sum %x [1] keepdims false : !m -> tensor<2xi32>
  // CHECK-DAG: %[[MAX:.+]] = mlc.constant dense<{{\[}}[4, 5, 5]]> : tensor<1x3xi32>
  %1 = mlc.reduce max %x [0] keepdims true : !m -> tensor<1x3xi32>
  // CHECK-DAG: %[[MIN:.+]] = mlc.constant dense<-2> : tensor<i32>
  %2 = mlc.reduce min %x [0, 1] keepdims false : !m -> tensor<i32>
  // CHECK-DAG: %[[FIRST:.+]] = mlc.constant dense<[1, 0]> : tensor<2xi64>
  %3 = mlc.arg_reduce max %x axis 1 keepdims false : !m -> tensor<2xi64>
  // CHECK-DAG: %[[LAST:.+]] = mlc.constant dense<[2, 0]> : tensor<2xi64>
  %4 = mlc.arg_reduce max %x axis 1 keepdims false {last = true} : !m -> tensor<2xi64>
  // CHECK-DAG: %[[RUNNING:.+]] = mlc.constant dense<{{\[}}[1, 6, 11], [4, 2, 5]]> : tensor<2x3xi32>
  %5 = mlc.cumulative sum %x axis 1 : !m -> !m
  // CHECK-DAG: %[[BEHIND:.+]] = mlc.constant dense<{{\[}}[10, 5, 0], [1, 3, 0]]> : tensor<2x3xi32>
  %6 = mlc.cumulative sum %x axis 1 {exclusive = true, reverse = true} : !m -> !m
  // CHECK: return %[[SUM]], %[[MAX]], %[[MIN]], %[[FIRST]], %[[LAST]], %[[RUNNING]], %[[BEHIND]]
  return %0, %1, %2, %3, %4, %5, %6 : tensor<2xi32>, tensor<1x3xi32>, tensor<i32>, tensor<2xi64>, tensor<2xi64>, !m, !m
}

// CHECK-LABEL: @rows
func.func @rows() -> (tensor<1x4xf32>, tensor<1x2xf32>) {
  %x = mlc.constant dense<3.0> : tensor<1x4xf32> : tensor<1x4xf32>
  // CHECK-DAG: %[[SOFTMAX:.+]] = mlc.constant dense<2.500000e-01> : tensor<1x4xf32>
  %0 = mlc.softmax %x axis 1 : tensor<1x4xf32> -> tensor<1x4xf32>
  %y = mlc.constant dense<[[1.0, 3.0]]> : tensor<1x2xf32> : tensor<1x2xf32>
  %scale = mlc.constant dense<[2.0, 4.0]> : tensor<2xf32> : tensor<2xf32>
  %bias = mlc.constant dense<[10.0, 20.0]> : tensor<2xf32> : tensor<2xf32>
  // CHECK-DAG: %[[NORM:.+]] = mlc.constant dense<{{\[}}[8.000000e+00, 2.400000e+01]]> : tensor<1x2xf32>
  %1 = mlc.layer_norm %y scale %scale : tensor<2xf32> bias %bias : tensor<2xf32> axis 1 {epsilon = 0.0 : f64} : tensor<1x2xf32> -> tensor<1x2xf32>
  // CHECK: return %[[SOFTMAX]], %[[NORM]]
  return %0, %1 : tensor<1x4xf32>, tensor<1x2xf32>
}

// CHECK-LABEL: @calls
func.func @calls() -> (tensor<2xf32>, tensor<2xi64>, tensor<4xf32>) {
  %x = mlc.constant dense<[3.0, 9.0, 1.0, 7.0]> : tensor<4xf32> : tensor<4xf32>
  // CHECK-DAG: %[[TOP:.+]] = mlc.constant dense<[9.000000e+00, 7.000000e+00]> : tensor<2xf32>
  // CHECK-DAG: %[[WHERE:.+]] = mlc.constant dense<[1, 3]> : tensor<2xi64>
  %0:2 = mlc.call "top_k"(%x) {floats = array<f64>, ints = array<i64: 0, 1, 1>, mask = array<i1>} : (tensor<4xf32>) -> (tensor<2xf32>, tensor<2xi64>)
  // CHECK-DAG: %[[ONE:.+]] = mlc.constant dense<[0.000000e+00, 1.000000e+00, 0.000000e+00, 0.000000e+00]> : tensor<4xf32>
  %1 = mlc.call "hardmax"(%x) {floats = array<f64>, ints = array<i64: 0>, mask = array<i1>} : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: return %[[TOP]], %[[WHERE]], %[[ONE]]
  return %0#0, %0#1, %1 : tensor<2xf32>, tensor<2xi64>, tensor<4xf32>
}

// CHECK-LABEL: @nothing_to_reduce
// CHECK-SAME: (%[[X:.+]]: tensor<2x3xi32>)
// CHECK-NEXT: return %[[X]]
func.func @nothing_to_reduce(%x: !m) -> !m {
  %0 = mlc.reduce sum %x [] keepdims false : !m -> !m
  return %0 : !m
}

// What nobody reads is gone.
// CHECK-LABEL: @unused
// CHECK-NEXT: return
func.func @unused(%x: !m) {
  %0 = mlc.reduce sum %x [0] keepdims false : !m -> tensor<3xi32>
  %1:2 = mlc.call "top_k"(%x) {floats = array<f64>, ints = array<i64: 1, 1, 1>, mask = array<i1>} : (!m) -> (tensor<2x2xi32>, tensor<2x2xi64>)
  return
}
