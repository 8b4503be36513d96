// Operators that move elements are read back as they were printed, in their own form and in the generic one.
// RUN: %mlc-opt %s | %mlc-opt | FileCheck %s
// RUN: %mlc-opt %s --mlir-print-op-generic | %mlc-opt | FileCheck %s

// CHECK-LABEL: @known
func.func @known() {
  // CHECK: mlc.constant dense<[1, -2, 3]> : tensor<3xi64> : tensor<3xi64>
  %c = mlc.constant dense<[1, -2, 3]> : tensor<3xi64> : tensor<3xi64>
  // CHECK: mlc.constant dense<true> : tensor<i1> : tensor<i1>
  %b = mlc.constant dense<true> : tensor<i1> : tensor<i1>
  // CHECK: mlc.constant dense<[-8, 7]> : tensor<2xi4> : tensor<2xi4>
  %n = mlc.constant dense<[-8, 7]> : tensor<2xi4> : tensor<2xi4>
  // CHECK: mlc.constant dense<> : tensor<0x3xf32> : tensor<0x3xf32>
  %e = mlc.constant dense<> : tensor<0x3xf32> : tensor<0x3xf32>
  // CHECK: mlc.iota axis 1 <() -> (3, -1)> : tensor<2x4xi32>
  %i = mlc.iota axis 1 <() -> (3, -1)> : tensor<2x4xi32>
  // CHECK: mlc.iota axis 0 <() -> (0, 1)> {float_start = 5.000000e-01 : f64, float_step = 2.500000e-01 : f64} : tensor<4xf32>
  %f = mlc.iota axis 0 <() -> (0, 1)> {float_start = 5.000000e-01 : f64, float_step = 2.500000e-01 : f64} : tensor<4xf32>
  return
}

// Weights are resources: their bytes stand in the file's section at the end.
// CHECK-LABEL: @weights
func.func @weights() {
  // CHECK: mlc.constant dense_resource<w> : tensor<2xf32> : tensor<2xf32>
  %w = mlc.constant dense_resource<w> : tensor<2xf32> : tensor<2xf32>
  return
}

!d = tensor<?x8xf32, #mlc.dims<()[s0] -> (s0, 8)>>
// CHECK-LABEL: @symbols
// CHECK-SAME: mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>, #mlc.symbol<"k", "data", 0, () -> ()>]
func.func @symbols(%x: !d, %k: tensor<2xi64>) attributes {
    mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>, #mlc.symbol<"k", "data", 0, () -> ()>]} {
  // CHECK: mlc.symbolic <()[s0] -> (s0, s0 * 8 + 1, 3)> : tensor<3xi64>
  %0 = mlc.symbolic <()[s0] -> (s0, s0 * 8 + 1, 3)> : tensor<3xi64>
  // CHECK: mlc.bind %{{.+}}[1] as 1 : tensor<2xi64>
  mlc.bind %k[1] as 1 : tensor<2xi64>
  // CHECK: mlc.slice %{{.+}} <()[s0] -> (s0 floordiv 2, 0)> [1, 2] : tensor<?x8xf32, #mlc.dims<()[s0] -> (s0, 8)>> -> tensor<?x4xf32, #mlc.dims<()[s0, s1] -> (s1, 4)>>
  %1 = mlc.slice %x <()[s0] -> (s0 floordiv 2, 0)> [1, 2] : tensor<?x8xf32, #mlc.dims<()[s0] -> (s0, 8)>> -> tensor<?x4xf32, #mlc.dims<()[s0, s1] -> (s1, 4)>>
  // CHECK: mlc.iota axis 0 <()[s0] -> (s0, 1)> : tensor<4xi64>
  %2 = mlc.iota axis 0 <()[s0] -> (s0, 1)> : tensor<4xi64>
  // CHECK: mlc.reshape %{{.+}} : tensor<?x8xf32, #mlc.dims<()[s0] -> (s0, 8)>> -> tensor<?xf32, #mlc.dims<()[s0] -> (s0 * 8)>>
  %3 = mlc.reshape %x : tensor<?x8xf32, #mlc.dims<()[s0] -> (s0, 8)>> -> tensor<?xf32, #mlc.dims<()[s0] -> (s0 * 8)>>
  return
}

// CHECK-LABEL: @views
func.func @views(%x: tensor<2x3x4xf32>, %one: tensor<1x3xf32>) {
  // CHECK: mlc.reshape %{{.+}} : tensor<2x3x4xf32> -> tensor<6x4xf32>
  %r = mlc.reshape %x : tensor<2x3x4xf32> -> tensor<6x4xf32>
  // CHECK: mlc.broadcast_to %{{.+}} : tensor<1x3xf32> -> tensor<5x2x3xf32>
  %b = mlc.broadcast_to %one : tensor<1x3xf32> -> tensor<5x2x3xf32>
  // CHECK: mlc.transpose %{{.+}} [2, 0, 1] : tensor<2x3x4xf32> -> tensor<4x2x3xf32>
  %t = mlc.transpose %x [2, 0, 1] : tensor<2x3x4xf32> -> tensor<4x2x3xf32>
  // CHECK: mlc.slice %{{.+}} <() -> (1, 0, 3)> [1, 2, -1] : tensor<2x3x4xf32> -> tensor<1x2x4xf32>
  %s = mlc.slice %x <() -> (1, 0, 3)> [1, 2, -1] : tensor<2x3x4xf32> -> tensor<1x2x4xf32>
  %c = mlc.concat(%x, %x) axis 1 : (tensor<2x3x4xf32>, tensor<2x3x4xf32>) -> tensor<2x6x4xf32>
  return
}

// CHECK-LABEL: @pad
func.func @pad(%x: tensor<3x4xf32>, %v: tensor<f32>) {
  // CHECK: mlc.pad constant %{{.+}} low <() -> (1, 0)> high <() -> (0, 2)> interior [0, 0] : tensor<3x4xf32> -> tensor<4x6xf32>
  %z = mlc.pad constant %x low <() -> (1, 0)> high <() -> (0, 2)> interior [0, 0] : tensor<3x4xf32> -> tensor<4x6xf32>
  // CHECK: mlc.pad constant %{{.+}}, %{{.+}} low <() -> (0, 0)> high <() -> (0, -1)> interior [1, 0] : tensor<3x4xf32>, tensor<f32> -> tensor<5x3xf32>
  %c = mlc.pad constant %x, %v low <() -> (0, 0)> high <() -> (0, -1)> interior [1, 0] : tensor<3x4xf32>, tensor<f32> -> tensor<5x3xf32>
  // CHECK: mlc.pad reflect %{{.+}} low <() -> (0, 1)> high <() -> (0, 1)> interior [0, 0] : tensor<3x4xf32> -> tensor<3x6xf32>
  %r = mlc.pad reflect %x low <() -> (0, 1)> high <() -> (0, 1)> interior [0, 0] : tensor<3x4xf32> -> tensor<3x6xf32>
  // CHECK: mlc.pad edge %{{.+}} low <() -> (0, 1)> high <() -> (0, 1)> interior [0, 0] : tensor<3x4xf32> -> tensor<3x6xf32>
  %e = mlc.pad edge %x low <() -> (0, 1)> high <() -> (0, 1)> interior [0, 0] : tensor<3x4xf32> -> tensor<3x6xf32>
  // CHECK: mlc.pad wrap %{{.+}} low <() -> (0, 1)> high <() -> (0, 1)> interior [0, 0] : tensor<3x4xf32> -> tensor<3x6xf32>
  %w = mlc.pad wrap %x low <() -> (0, 1)> high <() -> (0, 1)> interior [0, 0] : tensor<3x4xf32> -> tensor<3x6xf32>
  return
}

// CHECK-LABEL: @index
func.func @index(%x: tensor<3x4xf32>, %i: tensor<2x4xi64>, %p: tensor<7x2xi32>, %u: tensor<7xf32>, %v: tensor<2x4xf32>, %l: tensor<3xi64>) {
  // CHECK: mlc.gather %{{.+}}, %{{.+}} axis 1 : tensor<3x4xf32>, tensor<2x4xi64> -> tensor<3x2x4xf32>
  %g = mlc.gather %x, %i axis 1 : tensor<3x4xf32>, tensor<2x4xi64> -> tensor<3x2x4xf32>
  // CHECK: mlc.gather_elements %{{.+}}, %{{.+}} axis 0 : tensor<3x4xf32>, tensor<2x4xi64> -> tensor<2x4xf32>
  %e = mlc.gather_elements %x, %i axis 0 : tensor<3x4xf32>, tensor<2x4xi64> -> tensor<2x4xf32>
  // CHECK: mlc.gather_nd %{{.+}}, %{{.+}} batch 0 : tensor<3x4xf32>, tensor<7x2xi32> -> tensor<7xf32>
  %n = mlc.gather_nd %x, %p batch 0 : tensor<3x4xf32>, tensor<7x2xi32> -> tensor<7xf32>
  // CHECK: mlc.scatter_nd %{{.+}}, %{{.+}}, %{{.+}} reduction 1 : tensor<3x4xf32>, tensor<7x2xi32>, tensor<7xf32> -> tensor<3x4xf32>
  %s = mlc.scatter_nd %x, %p, %u reduction 1 : tensor<3x4xf32>, tensor<7x2xi32>, tensor<7xf32> -> tensor<3x4xf32>
  // CHECK: mlc.scatter_elements %{{.+}}, %{{.+}}, %{{.+}} axis 0 reduction 4 : tensor<3x4xf32>, tensor<2x4xi64>, tensor<2x4xf32> -> tensor<3x4xf32>
  %a = mlc.scatter_elements %x, %i, %v axis 0 reduction 4 : tensor<3x4xf32>, tensor<2x4xi64>, tensor<2x4xf32> -> tensor<3x4xf32>
  // CHECK: mlc.reverse_sequence %{{.+}}, %{{.+}} batch 0 time 1 : tensor<3x4xf32>, tensor<3xi64> -> tensor<3x4xf32>
  %q = mlc.reverse_sequence %x, %l batch 0 time 1 : tensor<3x4xf32>, tensor<3xi64> -> tensor<3x4xf32>
  return
}

// CHECK-LABEL: @resize
func.func @resize(%x: tensor<1x3x4x2xf32>) {
  // CHECK: mlc.resize %{{.+}} {coordinates = 1 : i64, mode = 0 : i64, nearest = 2 : i64, roi = array<f64>, scales = array<f64>} : tensor<1x3x4x2xf32> -> tensor<1x6x8x2xf32>
  %n = mlc.resize %x {coordinates = 1 : i64, mode = 0 : i64, nearest = 2 : i64, roi = array<f64>, scales = array<f64>} : tensor<1x3x4x2xf32> -> tensor<1x6x8x2xf32>
  // CHECK: mlc.resize %{{.+}} {antialias = true, coordinates = 0 : i64, cubic = -5.000000e-01 : f64, exclude_outside = true, mode = 2 : i64, nearest = 0 : i64, roi = array<f64>, scales = array<f64: 1.000000e+00, 5.000000e-01, 5.000000e-01, 1.000000e+00>} : tensor<1x3x4x2xf32> -> tensor<1x1x2x2xf32>
  %c = mlc.resize %x {antialias = true, coordinates = 0 : i64, cubic = -5.000000e-01 : f64, exclude_outside = true, mode = 2 : i64, nearest = 0 : i64, roi = array<f64>, scales = array<f64: 1.000000e+00, 5.000000e-01, 5.000000e-01, 1.000000e+00>} : tensor<1x3x4x2xf32> -> tensor<1x1x2x2xf32>
  return
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x400000000000803F00000040"
    }
  }
#-}
