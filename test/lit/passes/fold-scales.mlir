// Constant factors behind a contraction go into its weights, the addition behind it stays.
// RUN: %mlc-opt %s --mlc-fold-scales --canonicalize | FileCheck %s

!x = tensor<1x4x1xf32>
!y = tensor<1x4x2xf32>

// CHECK-LABEL: @into_convolution
func.func @into_convolution(%x: !x) -> !y {
  // CHECK: %[[W:.+]] = mlc.constant dense<{{\[}}{{\[}}[1.000000e+01]], {{\[}}[6.000000e+01]]]> : tensor<2x1x1xf32>
  // CHECK: %[[C:.+]] = mlc.conv %{{.+}}, %[[W]]
  // CHECK: return %[[C]]
  %w = mlc.constant dense<[[[1.0]], [[2.0]]]> : tensor<2x1x1xf32> : tensor<2x1x1xf32>
  %s = mlc.constant dense<[10.0, 30.0]> : tensor<2xf32> : tensor<2xf32>
  %c = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>} : !x, tensor<2x1x1xf32> -> !y
  %m = mlc.mul %c, %s : !y, tensor<2xf32> -> !y
  return %m : !y
}

// (x w + b) s + d = x (w s) + (b s + d)
// CHECK-LABEL: @past_bias
func.func @past_bias(%x: !x) -> !y {
  // CHECK-DAG: %[[W:.+]] = mlc.constant dense<{{\[}}{{\[}}[1.000000e+01]], {{\[}}[6.000000e+01]]]> : tensor<2x1x1xf32>
  // CHECK-DAG: %[[B:.+]] = mlc.constant dense<[1.050000e+02, 6.070000e+02]> : tensor<2xf32>
  // CHECK: %[[C:.+]] = mlc.conv %{{.+}}, %[[W]]
  // CHECK: %[[A:.+]] = mlc.add %[[C]], %[[B]]
  // CHECK: return %[[A]]
  %w = mlc.constant dense<[[[1.0]], [[2.0]]]> : tensor<2x1x1xf32> : tensor<2x1x1xf32>
  %b = mlc.constant dense<[10.0, 20.0]> : tensor<2xf32> : tensor<2xf32>
  %s = mlc.constant dense<[10.0, 30.0]> : tensor<2xf32> : tensor<2xf32>
  %d = mlc.constant dense<[5.0, 7.0]> : tensor<2xf32> : tensor<2xf32>
  %c = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>} : !x, tensor<2x1x1xf32> -> !y
  %a = mlc.add %c, %b : !y, tensor<2xf32> -> !y
  %m = mlc.mul %a, %s : !y, tensor<2xf32> -> !y
  %e = mlc.add %m, %d : !y, tensor<2xf32> -> !y
  return %e : !y
}

// The factor is the left operand here, and the weights are transposed in the second product.
// CHECK-LABEL: @into_product
func.func @into_product(%x: tensor<3x1xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>) {
  // CHECK-DAG: %[[W:.+]] = mlc.constant dense<{{\[}}[1.000000e+01, 6.000000e+01]]> : tensor<1x2xf32>
  // CHECK-DAG: %[[V:.+]] = mlc.constant dense<{{\[}}[3.000000e+01], [1.200000e+02]]> : tensor<2x1xf32>
  // CHECK-DAG: %[[P:.+]] = mlc.matmul %{{.+}}, %[[W]] :
  // CHECK-DAG: %[[Q:.+]] = mlc.matmul %{{.+}}, %[[V]] {trans_b = true}
  // CHECK: return %[[P]], %[[Q]]
  %w = mlc.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32> : tensor<1x2xf32>
  %v = mlc.constant dense<[[3.0], [4.0]]> : tensor<2x1xf32> : tensor<2x1xf32>
  %s = mlc.constant dense<[10.0, 30.0]> : tensor<2xf32> : tensor<2xf32>
  %p = mlc.matmul %x, %w : tensor<3x1xf32>, tensor<1x2xf32> -> tensor<3x2xf32>
  %q = mlc.matmul %x, %v {trans_b = true} : tensor<3x1xf32>, tensor<2x1xf32> -> tensor<3x2xf32>
  %m = mlc.mul %s, %p : tensor<2xf32>, tensor<3x2xf32> -> tensor<3x2xf32>
  %n = mlc.mul %s, %q : tensor<2xf32>, tensor<3x2xf32> -> tensor<3x2xf32>
  return %m, %n : tensor<3x2xf32>, tensor<3x2xf32>
}

// Someone else reads the product without its factor.
// CHECK-LABEL: @keeps_when_used_twice
func.func @keeps_when_used_twice(%x: tensor<3x1xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>) {
  // CHECK: %[[P:.+]] = mlc.matmul
  // CHECK: mlc.mul %[[P]]
  %w = mlc.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32> : tensor<1x2xf32>
  %s = mlc.constant dense<[10.0, 30.0]> : tensor<2xf32> : tensor<2xf32>
  %p = mlc.matmul %x, %w : tensor<3x1xf32>, tensor<1x2xf32> -> tensor<3x2xf32>
  %m = mlc.mul %p, %s : tensor<3x2xf32>, tensor<2xf32> -> tensor<3x2xf32>
  return %m, %p : tensor<3x2xf32>, tensor<3x2xf32>
}

// A factor a row is none of the weights'.
// CHECK-LABEL: @keeps_factor_of_rows
func.func @keeps_factor_of_rows(%x: tensor<3x1xf32>) -> tensor<3x2xf32> {
  // CHECK: %[[P:.+]] = mlc.matmul
  // CHECK: mlc.mul %[[P]]
  %w = mlc.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32> : tensor<1x2xf32>
  %s = mlc.constant dense<[[10.0], [20.0], [30.0]]> : tensor<3x1xf32> : tensor<3x1xf32>
  %p = mlc.matmul %x, %w : tensor<3x1xf32>, tensor<1x2xf32> -> tensor<3x2xf32>
  %m = mlc.mul %p, %s : tensor<3x2xf32>, tensor<3x1xf32> -> tensor<3x2xf32>
  return %m : tensor<3x2xf32>
}

// CHECK-LABEL: @keeps_unknown_factor
func.func @keeps_unknown_factor(%x: tensor<3x1xf32>, %s: tensor<2xf32>) -> tensor<3x2xf32> {
  // CHECK: %[[P:.+]] = mlc.matmul
  // CHECK: mlc.mul %[[P]]
  %w = mlc.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32> : tensor<1x2xf32>
  %p = mlc.matmul %x, %w : tensor<3x1xf32>, tensor<1x2xf32> -> tensor<3x2xf32>
  %m = mlc.mul %p, %s : tensor<3x2xf32>, tensor<2xf32> -> tensor<3x2xf32>
  return %m : tensor<3x2xf32>
}

// CHECK-LABEL: @keeps_unknown_weights
func.func @keeps_unknown_weights(%x: tensor<3x1xf32>, %w: tensor<1x2xf32>) -> tensor<3x2xf32> {
  // CHECK: %[[P:.+]] = mlc.matmul
  // CHECK: mlc.mul %[[P]]
  %s = mlc.constant dense<[10.0, 30.0]> : tensor<2xf32> : tensor<2xf32>
  %p = mlc.matmul %x, %w : tensor<3x1xf32>, tensor<1x2xf32> -> tensor<3x2xf32>
  %m = mlc.mul %p, %s : tensor<3x2xf32>, tensor<2xf32> -> tensor<3x2xf32>
  return %m : tensor<3x2xf32>
}

// Integers wrap at other places then.
// CHECK-LABEL: @keeps_integers
func.func @keeps_integers(%x: tensor<3x1xi32>) -> tensor<3x2xi32> {
  // CHECK: %[[P:.+]] = mlc.matmul
  // CHECK: mlc.mul %[[P]]
  %w = mlc.constant dense<[[1, 2]]> : tensor<1x2xi32> : tensor<1x2xi32>
  %s = mlc.constant dense<[10, 30]> : tensor<2xi32> : tensor<2xi32>
  %p = mlc.matmul %x, %w : tensor<3x1xi32>, tensor<1x2xi32> -> tensor<3x2xi32>
  %m = mlc.mul %p, %s : tensor<3x2xi32>, tensor<2xi32> -> tensor<3x2xi32>
  return %m : tensor<3x2xi32>
}
