// Products, convolutions, windows and packing are read back as they were printed.
// RUN: %mlc-opt %s | %mlc-opt | FileCheck %s
// RUN: %mlc-opt %s --mlir-print-op-generic | %mlc-opt | FileCheck %s

// CHECK-LABEL: @matmul
func.func @matmul(%a: tensor<2x3x4xf32>, %b: tensor<4x5xf32>, %t: tensor<5x4xf32>, %p: tensor<1x4x16xf32>) {
  // CHECK: mlc.matmul %{{.+}}, %{{.+}} : tensor<2x3x4xf32>, tensor<4x5xf32> -> tensor<2x3x5xf32>
  %0 = mlc.matmul %a, %b : tensor<2x3x4xf32>, tensor<4x5xf32> -> tensor<2x3x5xf32>
  // CHECK: mlc.matmul %{{.+}}, %{{.+}} {trans_b = true} : tensor<2x3x4xf32>, tensor<5x4xf32> -> tensor<2x3x5xf32>
  %1 = mlc.matmul %a, %t {trans_b = true} : tensor<2x3x4xf32>, tensor<5x4xf32> -> tensor<2x3x5xf32>
  // CHECK: mlc.matmul %{{.+}}, %{{.+}} {trans_a = true} : tensor<4x5xf32>, tensor<4x5xf32> -> tensor<5x5xf32>
  %2 = mlc.matmul %b, %b {trans_a = true} : tensor<4x5xf32>, tensor<4x5xf32> -> tensor<5x5xf32>
  // CHECK: mlc.matmul %{{.+}}, %{{.+}} columns <() -> (5)> : tensor<2x3x4xf32>, tensor<1x4x16xf32> -> tensor<2x3x5xf32>
  %3 = mlc.matmul %a, %p columns <() -> (5)> : tensor<2x3x4xf32>, tensor<1x4x16xf32> -> tensor<2x3x5xf32>
  // CHECK: mlc.pack %{{.+}} : tensor<4x5xf32> -> tensor<1x4x16xf32>
  %4 = mlc.pack %b : tensor<4x5xf32> -> tensor<1x4x16xf32>
  // CHECK: mlc.pack %{{.+}} {trans = true} : tensor<5x4xf32> -> tensor<1x4x16xf32>
  %5 = mlc.pack %t {trans = true} : tensor<5x4xf32> -> tensor<1x4x16xf32>
  return
}

// CHECK-LABEL: @conv
func.func @conv(%x: tensor<1x8x8x4xf32>, %w: tensor<6x3x3x4xf32>, %d: tensor<4x3x3x1xf32>, %p: tensor<1x3x3x4x16xf32>, %q: tensor<3x3x4xf32>) {
  // CHECK: mlc.conv %{{.+}}, %{{.+}} {dilations = array<i64: 1, 1>, groups = 1 : i64, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 2, 2>} : tensor<1x8x8x4xf32>, tensor<6x3x3x4xf32> -> tensor<1x4x4x6xf32>
  %0 = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1 : i64, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 2, 2>} : tensor<1x8x8x4xf32>, tensor<6x3x3x4xf32> -> tensor<1x4x4x6xf32>
  // CHECK: mlc.conv %{{.+}}, %{{.+}} {dilations = array<i64: 2, 1>, groups = 4 : i64, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x8x8x4xf32>, tensor<4x3x3x1xf32> -> tensor<1x4x6x4xf32>
  %1 = mlc.conv %x, %d {dilations = array<i64: 2, 1>, groups = 4 : i64, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x8x8x4xf32>, tensor<4x3x3x1xf32> -> tensor<1x4x6x4xf32>
  // CHECK: mlc.conv %{{.+}}, %{{.+}} {columns = 6 : i64, dilations = array<i64: 1, 1>, groups = 1 : i64, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x8x8x4xf32>, tensor<1x3x3x4x16xf32> -> tensor<1x6x6x6xf32>
  %2 = mlc.conv %x, %p {columns = 6 : i64, dilations = array<i64: 1, 1>, groups = 1 : i64, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x8x8x4xf32>, tensor<1x3x3x4x16xf32> -> tensor<1x6x6x6xf32>
  // CHECK: mlc.conv %{{.+}}, %{{.+}} {columns = 4 : i64, dilations = array<i64: 1, 1>, groups = 4 : i64, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x8x8x4xf32>, tensor<3x3x4xf32> -> tensor<1x6x6x4xf32>
  %3 = mlc.conv %x, %q {columns = 4 : i64, dilations = array<i64: 1, 1>, groups = 4 : i64, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x8x8x4xf32>, tensor<3x3x4xf32> -> tensor<1x6x6x4xf32>
  return
}

// CHECK-LABEL: @conv_transpose
func.func @conv_transpose(%x: tensor<1x4x4x3xf32>, %w: tensor<3x3x3x5xf32>) {
  // CHECK: mlc.conv_transpose %{{.+}}, %{{.+}} {dilations = array<i64: 1, 1>, groups = 1 : i64, high = array<i64: 1, 1>, low = array<i64: 1, 1>, output_padding = array<i64: 1, 0>, strides = array<i64: 2, 2>} : tensor<1x4x4x3xf32>, tensor<3x3x3x5xf32> -> tensor<1x8x7x5xf32>
  %0 = mlc.conv_transpose %x, %w {dilations = array<i64: 1, 1>, groups = 1 : i64, high = array<i64: 1, 1>, low = array<i64: 1, 1>, output_padding = array<i64: 1, 0>, strides = array<i64: 2, 2>} : tensor<1x4x4x3xf32>, tensor<3x3x3x5xf32> -> tensor<1x8x7x5xf32>
  return
}

// CHECK-LABEL: @pool
func.func @pool(%x: tensor<1x9x4xf32>) {
  // CHECK: mlc.pool max %{{.+}} {dilations = array<i64: 1>, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 2>, window = array<i64: 2>} : tensor<1x9x4xf32> -> tensor<1x4x4xf32>
  %0 = mlc.pool max %x {dilations = array<i64: 1>, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 2>, window = array<i64: 2>} : tensor<1x9x4xf32> -> tensor<1x4x4xf32>
  // CHECK: mlc.pool max %{{.+}} {ceil_mode = true, dilations = array<i64: 1>, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 2>, window = array<i64: 2>} : tensor<1x9x4xf32> -> tensor<1x5x4xf32>
  %1 = mlc.pool max %x {ceil_mode = true, dilations = array<i64: 1>, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 2>, window = array<i64: 2>} : tensor<1x9x4xf32> -> tensor<1x5x4xf32>
  // CHECK: mlc.pool average %{{.+}} {count_include_pad = true, dilations = array<i64: 1>, high = array<i64: 1>, low = array<i64: 1>, strides = array<i64: 1>, window = array<i64: 3>} : tensor<1x9x4xf32> -> tensor<1x9x4xf32>
  %2 = mlc.pool average %x {count_include_pad = true, dilations = array<i64: 1>, high = array<i64: 1>, low = array<i64: 1>, strides = array<i64: 1>, window = array<i64: 3>} : tensor<1x9x4xf32> -> tensor<1x9x4xf32>
  // CHECK: mlc.pool lp %{{.+}} {dilations = array<i64: 1>, high = array<i64: 0>, low = array<i64: 0>, p = 3 : i64, strides = array<i64: 1>, window = array<i64: 9>} : tensor<1x9x4xf32> -> tensor<1x1x4xf32>
  %3 = mlc.pool lp %x {dilations = array<i64: 1>, high = array<i64: 0>, low = array<i64: 0>, p = 3 : i64, strides = array<i64: 1>, window = array<i64: 9>} : tensor<1x9x4xf32> -> tensor<1x1x4xf32>
  return
}
