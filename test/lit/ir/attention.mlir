// Attention is read back as it was printed, and its shapes follow from the operands.
// RUN: %mlc-opt %s | %mlc-opt | FileCheck %s
// RUN: %mlc-opt %s --mlir-print-op-generic | %mlc-opt | FileCheck %s

// CHECK-LABEL: @plain
func.func @plain(%q: tensor<2x12x40x32xf32>, %k: tensor<2x12x50x32xf32>, %v: tensor<2x12x50x16xf32>) {
  // CHECK: mlc.attention %{{.+}}, %{{.+}}, %{{.+}} scale 2.500000e-01 : tensor<2x12x40x32xf32>, tensor<2x12x50x32xf32>, tensor<2x12x50x16xf32> -> tensor<2x12x40x16xf32>
  %0 = mlc.attention %q, %k, %v scale 0.25 : tensor<2x12x40x32xf32>, tensor<2x12x50x32xf32>, tensor<2x12x50x16xf32> -> tensor<2x12x40x16xf32>
  return
}

// Heads share keys, all share the values; the mask is one of the keys.
// CHECK-LABEL: @shared
func.func @shared(%q: tensor<2x12x40x32xf16>, %k: tensor<2x1x50x32xf16>, %v: tensor<50x16xf16>, %m: tensor<2x1x1x50xf16>) {
  // CHECK: mlc.attention %{{.+}}, %{{.+}}, %{{.+}} mask %{{.+}} : tensor<2x1x1x50xf16> scale 1.000000e+00 guard empty : tensor<2x12x40x32xf16>, tensor<2x1x50x32xf16>, tensor<50x16xf16> -> tensor<2x12x40x16xf16>
  %0 = mlc.attention %q, %k, %v mask %m : tensor<2x1x1x50xf16> scale 1.0 guard empty : tensor<2x12x40x32xf16>, tensor<2x1x50x32xf16>, tensor<50x16xf16> -> tensor<2x12x40x16xf16>
  return
}

// What has to be equal for the operands to fit is required of a run.
// CHECK-LABEL: @unknown
// CHECK-SAME: mlc.constraints = [#mlc.dims<()[s0, s1, s2] -> (s1, s2)>]
func.func @unknown(%q: tensor<?x8xf32, #mlc.dims<()[s0, s1, s2] -> (s0, 8)>>, %k: tensor<?x8xf32, #mlc.dims<()[s0, s1, s2] -> (s1, 8)>>, %v: tensor<?x4xf32, #mlc.dims<()[s0, s1, s2] -> (s2, 4)>>)
    attributes {mlc.symbols = [#mlc.symbol<"m", "input", 1, () -> (0, 0)>, #mlc.symbol<"n", "input", 1, () -> (1, 0)>, #mlc.symbol<"o", "input", 1, () -> (2, 0)>]} {
  %0 = mlc.attention %q, %k, %v scale 1.0 : tensor<?x8xf32, #mlc.dims<()[s0, s1, s2] -> (s0, 8)>>, tensor<?x8xf32, #mlc.dims<()[s0, s1, s2] -> (s1, 8)>>, tensor<?x4xf32, #mlc.dims<()[s0, s1, s2] -> (s2, 4)>> -> tensor<?x4xf32, #mlc.dims<()[s0, s1, s2] -> (s0, 4)>>
  return
}
