// Reductions, scans and normalisations are read back as they were printed.
// RUN: %mlc-opt %s | %mlc-opt | FileCheck %s
// RUN: %mlc-opt %s --mlir-print-op-generic | %mlc-opt | FileCheck %s

// CHECK-LABEL: @reduce
func.func @reduce(%x: tensor<2x3x4xf32>) {
  // CHECK: mlc.reduce sum %{{.+}} [1] keepdims true : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  %0 = mlc.reduce sum %x [1] keepdims true : tensor<2x3x4xf32> -> tensor<2x1x4xf32>
  // CHECK: mlc.reduce prod %{{.+}} [0, 2] keepdims false : tensor<2x3x4xf32> -> tensor<3xf32>
  %1 = mlc.reduce prod %x [0, 2] keepdims false : tensor<2x3x4xf32> -> tensor<3xf32>
  // CHECK: mlc.reduce max %{{.+}} [0, 1, 2] keepdims false : tensor<2x3x4xf32> -> tensor<f32>
  %2 = mlc.reduce max %x [0, 1, 2] keepdims false : tensor<2x3x4xf32> -> tensor<f32>
  // CHECK: mlc.reduce min %{{.+}} [] keepdims true : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %3 = mlc.reduce min %x [] keepdims true : tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return
}

// CHECK-LABEL: @positions
func.func @positions(%x: tensor<2x3xf32>) {
  // CHECK: mlc.arg_reduce max %{{.+}} axis 1 keepdims false : tensor<2x3xf32> -> tensor<2xi64>
  %0 = mlc.arg_reduce max %x axis 1 keepdims false : tensor<2x3xf32> -> tensor<2xi64>
  // CHECK: mlc.arg_reduce min %{{.+}} axis 0 keepdims true {last = true} : tensor<2x3xf32> -> tensor<1x3xi64>
  %1 = mlc.arg_reduce min %x axis 0 keepdims true {last = true} : tensor<2x3xf32> -> tensor<1x3xi64>
  return
}

// CHECK-LABEL: @scans
func.func @scans(%x: tensor<2x3xi32>) {
  // CHECK: mlc.cumulative sum %{{.+}} axis 1 : tensor<2x3xi32> -> tensor<2x3xi32>
  %0 = mlc.cumulative sum %x axis 1 : tensor<2x3xi32> -> tensor<2x3xi32>
  // CHECK: mlc.cumulative prod %{{.+}} axis 0 {exclusive = true, reverse = true} : tensor<2x3xi32> -> tensor<2x3xi32>
  %1 = mlc.cumulative prod %x axis 0 {exclusive = true, reverse = true} : tensor<2x3xi32> -> tensor<2x3xi32>
  return
}

// CHECK-LABEL: @rows
func.func @rows(%x: tensor<2x3xf32>, %s: tensor<3xf32>) {
  // CHECK: mlc.softmax %{{.+}} axis 1 : tensor<2x3xf32> -> tensor<2x3xf32>
  %0 = mlc.softmax %x axis 1 : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.softmax %{{.+}} axis 0 {log = true} : tensor<2x3xf32> -> tensor<2x3xf32>
  %1 = mlc.softmax %x axis 0 {log = true} : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.layer_norm %{{.+}} axis 1 {epsilon = 1.000000e-05 : f64} : tensor<2x3xf32> -> tensor<2x3xf32>
  %2 = mlc.layer_norm %x axis 1 {epsilon = 1.000000e-05 : f64} : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.layer_norm %{{.+}} scale %{{.+}} : tensor<3xf32> bias %{{.+}} : tensor<3xf32> axis 1 {epsilon = 1.000000e-05 : f64} : tensor<2x3xf32> -> tensor<2x3xf32>
  %3 = mlc.layer_norm %x scale %s : tensor<3xf32> bias %s : tensor<3xf32> axis 1 {epsilon = 1.000000e-05 : f64} : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.layer_norm %{{.+}} bias %{{.+}} : tensor<3xf32> axis 1 {epsilon = 0.000000e+00 : f64} : tensor<2x3xf32> -> tensor<2x3xf32>
  %4 = mlc.layer_norm %x bias %s : tensor<3xf32> axis 1 {epsilon = 0.000000e+00 : f64} : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}
