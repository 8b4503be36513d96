// Groups with few outputs are computed together, as many as fill a panel.
// RUN: %mlc-opt %s --mlc-merge-groups | FileCheck %s

// CHECK-LABEL: @pairs
func.func @pairs(%x: tensor<1x3x4xf32>) -> tensor<1x3x16xf32> {
  // Outputs 0 … 3 are of inputs 0 … 1, 8 … 11 of the second group of the second pair.
  // CHECK: %[[W:.+]] = mlc.constant dense<{{\[}}{{\[}}[1.000000e+00, 0.000000e+00]], {{\[}}[2.000000e+00, 0.000000e+00]], {{\[}}[3.000000e+00, 0.000000e+00]], {{\[}}[4.000000e+00, 0.000000e+00]], {{\[}}[5.000000e+00, 0.000000e+00]], {{\[}}[6.000000e+00, 0.000000e+00]], {{\[}}[7.000000e+00, 0.000000e+00]], {{\[}}[8.000000e+00, 0.000000e+00]], {{\[}}[0.000000e+00, 9.000000e+00]]
  // CHECK-SAME: tensor<16x1x2xf32>
  // CHECK: mlc.conv %{{.+}}, %[[W]] {dilations = array<i64: 1>, groups = 1 : i64
  %w = mlc.constant dense<[[[1.0]], [[2.0]], [[3.0]], [[4.0]], [[5.0]], [[6.0]], [[7.0]], [[8.0]], [[9.0]], [[10.0]], [[11.0]], [[12.0]], [[13.0]], [[14.0]], [[15.0]], [[16.0]]]> : tensor<16x1x1xf32> : tensor<16x1x1xf32>
  %z = mlc.slice %x <() -> (0, 0, 0)> [1, 1, 1] : tensor<1x3x4xf32> -> tensor<1x3x2xf32>
  %y = mlc.conv %z, %w {dilations = array<i64: 1>, groups = 2 : i64, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>} : tensor<1x3x2xf32>, tensor<16x1x1xf32> -> tensor<1x3x16xf32>
  return %y : tensor<1x3x16xf32>
}

// Two of three groups do not divide them; a group that fills a panel stays; one output a channel is depthwise.
// CHECK-LABEL: @stay
func.func @stay(%x: tensor<1x3x6xf32>, %z: tensor<1x3x4xf32>) -> (tensor<1x3x24xf32>, tensor<1x3x32xf32>, tensor<1x3x6xf32>) {
  // CHECK: mlc.conv {{.*}}groups = 3 : i64
  // CHECK: mlc.conv {{.*}}groups = 2 : i64
  // CHECK: mlc.conv {{.*}}groups = 6 : i64
  %u = mlc.constant dense<1.0> : tensor<24x1x2xf32> : tensor<24x1x2xf32>
  %v = mlc.constant dense<1.0> : tensor<32x1x2xf32> : tensor<32x1x2xf32>
  %w = mlc.constant dense<1.0> : tensor<6x1x1xf32> : tensor<6x1x1xf32>
  %a = mlc.conv %x, %u {dilations = array<i64: 1>, groups = 3 : i64, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>} : tensor<1x3x6xf32>, tensor<24x1x2xf32> -> tensor<1x3x24xf32>
  %b = mlc.conv %z, %v {dilations = array<i64: 1>, groups = 2 : i64, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>} : tensor<1x3x4xf32>, tensor<32x1x2xf32> -> tensor<1x3x32xf32>
  %c = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 6 : i64, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>} : tensor<1x3x6xf32>, tensor<6x1x1xf32> -> tensor<1x3x6xf32>
  return %a, %b, %c : tensor<1x3x24xf32>, tensor<1x3x32xf32>, tensor<1x3x6xf32>
}
