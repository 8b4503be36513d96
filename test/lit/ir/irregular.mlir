// Calls of reference kernels and recurrent operators are read back as they were printed.
// RUN: %mlc-opt %s | %mlc-opt | FileCheck %s
// RUN: %mlc-opt %s --mlir-print-op-generic | %mlc-opt | FileCheck %s

// CHECK-LABEL: @call
func.func @call(%x: tensor<2x6xf32>, %boxes: tensor<1x8x4xf32>, %scores: tensor<1x2x8xf32>, %limit: tensor<f32>) {
  // CHECK: mlc.call "top_k"(%{{.+}}) {floats = array<f64>, ints = array<i64: 1, 1, 1>, mask = array<i1>} : (tensor<2x6xf32>) -> (tensor<2x3xf32>, tensor<2x3xi64>)
  %0:2 = mlc.call "top_k"(%x) {floats = array<f64>, ints = array<i64: 1, 1, 1>, mask = array<i1>} : (tensor<2x6xf32>) -> (tensor<2x3xf32>, tensor<2x3xi64>)
  // CHECK: mlc.call "random_normal"() {floats = array<f64: 0.000000e+00, 1.000000e+00>, ints = array<i64: 7, 1>, mask = array<i1>} : () -> tensor<4xf32>
  %1 = mlc.call "random_normal"() {floats = array<f64: 0.000000e+00, 1.000000e+00>, ints = array<i64: 7, 1>, mask = array<i1>} : () -> tensor<4xf32>
  // CHECK: mlc.call "non_max_suppression"(%{{.+}}, %{{.+}}, %{{.+}}) {floats = array<f64>, ints = array<i64: 0>, mask = array<i1: true, true, false, true, false>} : (tensor<1x8x4xf32>, tensor<1x2x8xf32>, tensor<f32>) -> (tensor<16x3xi64>, tensor<i64>)
  %2:2 = mlc.call "non_max_suppression"(%boxes, %scores, %limit) {floats = array<f64>, ints = array<i64: 0>, mask = array<i1: true, true, false, true, false>} : (tensor<1x8x4xf32>, tensor<1x2x8xf32>, tensor<f32>) -> (tensor<16x3xi64>, tensor<i64>)
  return
}

// CHECK-LABEL: @recurrent
func.func @recurrent(%x: tensor<5x2x32xf32>, %w: tensor<1x8x4x16xf32>, %h: tensor<2x8xf32>, %g: tensor<5x2x24xf32>, %v: tensor<1x8x3x16xf32>, %b: tensor<3x8xf32>) {
  // CHECK: mlc.recurrent lstm %{{.+}}, %{{.+}}, %{{.+}} cell %{{.+}} : tensor<2x8xf32> : tensor<5x2x32xf32>, tensor<1x8x4x16xf32>, tensor<2x8xf32> -> tensor<5x2x8xf32>, tensor<2x8xf32>, tensor<2x8xf32>
  %0:3 = mlc.recurrent lstm %x, %w, %h cell %h : tensor<2x8xf32> : tensor<5x2x32xf32>, tensor<1x8x4x16xf32>, tensor<2x8xf32> -> tensor<5x2x8xf32>, tensor<2x8xf32>, tensor<2x8xf32>
  // CHECK: mlc.recurrent gru %{{.+}}, %{{.+}}, %{{.+}} : tensor<5x2x24xf32>, tensor<1x8x3x16xf32>, tensor<2x8xf32> -> tensor<5x2x8xf32>, tensor<2x8xf32>
  %1:2 = mlc.recurrent gru %g, %v, %h : tensor<5x2x24xf32>, tensor<1x8x3x16xf32>, tensor<2x8xf32> -> tensor<5x2x8xf32>, tensor<2x8xf32>
  // CHECK: mlc.recurrent gru %{{.+}}, %{{.+}}, %{{.+}} bias %{{.+}} : tensor<3x8xf32> {linear_before_reset = true, reverse = true} : tensor<5x2x24xf32>, tensor<1x8x3x16xf32>, tensor<2x8xf32> -> tensor<5x2x8xf32>, tensor<2x8xf32>
  %2:2 = mlc.recurrent gru %g, %v, %h bias %b : tensor<3x8xf32> {linear_before_reset = true, reverse = true} : tensor<5x2x24xf32>, tensor<1x8x3x16xf32>, tensor<2x8xf32> -> tensor<5x2x8xf32>, tensor<2x8xf32>
  return
}

// The usual activations are not written, and neither is what a cell does not have.
// CHECK-LABEL: @cells
func.func @cells(%x: tensor<5x2x32xf32>, %w: tensor<1x8x4x16xf32>, %h: tensor<2x8xf32>, %p: tensor<3x8xf32>, %y: tensor<5x2x8xf32>, %v: tensor<1x8x1x16xf32>) {
  // CHECK: mlc.recurrent lstm %{{.+}}, %{{.+}}, %{{.+}} cell %{{.+}} : tensor<2x8xf32> peepholes %{{.+}} : tensor<3x8xf32> {clip = 5.000000e-01 : f64, input_forget = true} : tensor<5x2x32xf32>
  %0:3 = mlc.recurrent lstm %x, %w, %h cell %h : tensor<2x8xf32> peepholes %p : tensor<3x8xf32> {clip = 0.5 : f64, input_forget = true} : tensor<5x2x32xf32>, tensor<1x8x4x16xf32>, tensor<2x8xf32> -> tensor<5x2x8xf32>, tensor<2x8xf32>, tensor<2x8xf32>
  // CHECK: mlc.recurrent rnn %{{.+}}, %{{.+}}, %{{.+}} : tensor<5x2x8xf32>, tensor<1x8x1x16xf32>, tensor<2x8xf32> -> tensor<5x2x8xf32>, tensor<2x8xf32>
  %1:2 = mlc.recurrent rnn %y, %v, %h : tensor<5x2x8xf32>, tensor<1x8x1x16xf32>, tensor<2x8xf32> -> tensor<5x2x8xf32>, tensor<2x8xf32>
  // CHECK: mlc.recurrent rnn %{{.+}} {activations = [#mlc.activation<leaky_relu, 1.000000e-01 : f64>]} :
  %2:2 = mlc.recurrent rnn %y, %v, %h {activations = [#mlc.activation<leaky_relu, 0.1>]} : tensor<5x2x8xf32>, tensor<1x8x1x16xf32>, tensor<2x8xf32> -> tensor<5x2x8xf32>, tensor<2x8xf32>
  // CHECK: activations = [#mlc.activation<hard_sigmoid, 2.500000e-01 : f64, 5.000000e-01 : f64>, #mlc.activation<relu>, #mlc.activation<softplus>]
  %3:3 = mlc.recurrent lstm %x, %w, %h cell %h : tensor<2x8xf32> {activations = [#mlc.activation<hard_sigmoid, 0.25, 0.5>, #mlc.activation<relu>, #mlc.activation<softplus>]} : tensor<5x2x32xf32>, tensor<1x8x4x16xf32>, tensor<2x8xf32> -> tensor<5x2x8xf32>, tensor<2x8xf32>, tensor<2x8xf32>
  return
}
