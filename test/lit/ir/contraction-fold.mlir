// Products, convolutions and windows of constants are folded by the plain kernels.
// RUN: %mlc-opt %s --canonicalize | FileCheck %s

!a = tensor<2x2xf32>

// CHECK-LABEL: @matmul
func.func @matmul() -> (!a, !a, !a) {
  %a = mlc.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : !a : !a
  %b = mlc.constant dense<[[1.0, 0.0], [10.0, 1.0]]> : !a : !a
  // CHECK-DAG: %[[AB:.+]] = mlc.constant dense<{{\[}}[2.100000e+01, 2.000000e+00], [4.300000e+01, 4.000000e+00]]>
  %0 = mlc.matmul %a, %b : !a, !a -> !a
  // CHECK-DAG: %[[ABT:.+]] = mlc.constant dense<{{\[}}[1.000000e+00, 1.200000e+01], [3.000000e+00, 3.400000e+01]]>
  %1 = mlc.matmul %a, %b {trans_b = true} : !a, !a -> !a
  // CHECK-DAG: %[[ATB:.+]] = mlc.constant dense<{{\[}}[3.100000e+01, 3.000000e+00], [4.200000e+01, 4.000000e+00]]>
  %2 = mlc.matmul %a, %b {trans_a = true} : !a, !a -> !a
  // CHECK: return %[[AB]], %[[ABT]], %[[ATB]]
  return %0, %1, %2 : !a, !a, !a
}

// CHECK-LABEL: @windows
func.func @windows() -> (tensor<1x3x1xf32>, tensor<1x5x1xf32>, tensor<1x2x1xf32>, tensor<1x2x1xf32>) {
  %x = mlc.constant dense<[[[1.0], [2.0], [4.0]]]> : tensor<1x3x1xf32> : tensor<1x3x1xf32>
  %w = mlc.constant dense<[[[1.0], [10.0], [100.0]]]> : tensor<1x3x1xf32> : tensor<1x3x1xf32>
  // CHECK-DAG: %[[CONV:.+]] = mlc.constant dense<{{\[}}{{\[}}[2.100000e+02], [4.210000e+02], [4.200000e+01]]]>
  %0 = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 1>, low = array<i64: 1>, strides = array<i64: 1>} : tensor<1x3x1xf32>, tensor<1x3x1xf32> -> tensor<1x3x1xf32>
  // CHECK-DAG: %[[BACK:.+]] = mlc.constant dense<{{\[}}{{\[}}[1.000000e+00], [1.200000e+01], [1.240000e+02], [2.400000e+02], [4.000000e+02]]]>
  %1 = mlc.conv_transpose %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 0>, low = array<i64: 0>, output_padding = array<i64: 0>, strides = array<i64: 1>} : tensor<1x3x1xf32>, tensor<1x3x1xf32> -> tensor<1x5x1xf32>
  // CHECK-DAG: %[[MAX:.+]] = mlc.constant dense<{{\[}}{{\[}}[2.000000e+00], [4.000000e+00]]]>
  %2 = mlc.pool max %x {dilations = array<i64: 1>, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>, window = array<i64: 2>} : tensor<1x3x1xf32> -> tensor<1x2x1xf32>
  // CHECK-DAG: %[[AVERAGE:.+]] = mlc.constant dense<{{\[}}{{\[}}[1.500000e+00], [3.000000e+00]]]>
  %3 = mlc.pool average %x {dilations = array<i64: 1>, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>, window = array<i64: 2>} : tensor<1x3x1xf32> -> tensor<1x2x1xf32>
  // CHECK: return %[[CONV]], %[[BACK]], %[[MAX]], %[[AVERAGE]]
  return %0, %1, %2, %3 : tensor<1x3x1xf32>, tensor<1x5x1xf32>, tensor<1x2x1xf32>, tensor<1x2x1xf32>
}

// The plain kernel reads weights as they come from the model, not in panels.
// CHECK-LABEL: @keeps_packed
func.func @keeps_packed() -> tensor<1x2xf32> {
  %a = mlc.constant dense<1.0> : tensor<1x1xf32> : tensor<1x1xf32>
  %b = mlc.constant dense<1.0> : tensor<1x1x16xf32> : tensor<1x1x16xf32>
  // CHECK: mlc.matmul
  %0 = mlc.matmul %a, %b columns <() -> (2)> : tensor<1x1xf32>, tensor<1x1x16xf32> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}
