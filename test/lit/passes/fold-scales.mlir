// Constant factors behind a contraction go into its weights, the addition behind it stays; constants in a row become one.
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

// CHECK-LABEL: @quotient_by_constant
func.func @quotient_by_constant(%x: !y) -> !y {
  // CHECK: %[[R:.+]] = mlc.constant dense<[2.500000e-01, 1.250000e-01]> : tensor<2xf32>
  // CHECK: mlc.mul %{{.+}}, %[[R]]
  %c = mlc.constant dense<[4.0, 8.0]> : tensor<2xf32> : tensor<2xf32>
  %d = mlc.div %x, %c : !y, tensor<2xf32> -> !y
  return %d : !y
}

// No inverse: of zero, of what is too small, of integers, of what is not known; and f64 is exact.
// CHECK-LABEL: @keeps_quotient
func.func @keeps_quotient(%x: !y, %i: tensor<2xi32>, %z: tensor<2xf64>, %v: tensor<2xf32>) -> (!y, !y, !y, tensor<2xi32>, tensor<2xf64>) {
  // CHECK-COUNT-5: mlc.div
  %zero = mlc.constant dense<[4.0, 0.0]> : tensor<2xf32> : tensor<2xf32>
  %small = mlc.constant dense<1.0e-39> : tensor<f32> : tensor<f32>
  %four = mlc.constant dense<4> : tensor<i32> : tensor<i32>
  %three = mlc.constant dense<3.0> : tensor<f64> : tensor<f64>
  %a = mlc.div %x, %zero : !y, tensor<2xf32> -> !y
  %b = mlc.div %x, %small : !y, tensor<f32> -> !y
  %c = mlc.div %x, %v : !y, tensor<2xf32> -> !y
  %d = mlc.div %i, %four : tensor<2xi32>, tensor<i32> -> tensor<2xi32>
  %e = mlc.div %z, %three : tensor<2xf64>, tensor<f64> -> tensor<2xf64>
  return %a, %b, %c, %d, %e : !y, !y, !y, tensor<2xi32>, tensor<2xf64>
}

// (s (x / 4)) 3 and ((x - b) + c) + d, with constants on either side.
// CHECK-LABEL: @joined
func.func @joined(%x: !y) -> (!y, !y) {
  // CHECK-DAG: %[[F:.+]] = mlc.constant dense<[1.500000e+00, 3.000000e+00]> : tensor<2xf32>
  // CHECK-DAG: %[[B:.+]] = mlc.constant dense<[9.000000e+00, 8.000000e+00]> : tensor<2xf32>
  // CHECK-DAG: mlc.mul %{{.+}}, %[[F]]
  // CHECK-DAG: mlc.add %{{.+}}, %[[B]]
  // CHECK-NOT: mlc.mul
  // CHECK-NOT: mlc.add
  // CHECK: return
  %four = mlc.constant dense<4.0> : tensor<1xf32> : tensor<1xf32>
  %s = mlc.constant dense<[2.0, 4.0]> : tensor<2xf32> : tensor<2xf32>
  %three = mlc.constant dense<3.0> : tensor<f32> : tensor<f32>
  %q = mlc.div %x, %four : !y, tensor<1xf32> -> !y
  %p = mlc.mul %s, %q : tensor<2xf32>, !y -> !y
  %m = mlc.mul %p, %three : !y, tensor<f32> -> !y
  %b = mlc.constant dense<[1.0, 2.0]> : tensor<2xf32> : tensor<2xf32>
  %d = mlc.constant dense<7.0> : tensor<f32> : tensor<f32>
  %u = mlc.sub %x, %b : !y, tensor<2xf32> -> !y
  %v = mlc.add %three, %u : tensor<f32>, !y -> !y
  %w = mlc.add %v, %d : !y, tensor<f32> -> !y
  return %m, %w : !y, !y
}

// Both factors together would be infinite, or lose what the first saved.
// CHECK-LABEL: @keeps_apart
func.func @keeps_apart(%x: !y) -> (!y, !y) {
  // CHECK-COUNT-4: mlc.mul
  %large = mlc.constant dense<1.0e30> : tensor<f32> : tensor<f32>
  %small = mlc.constant dense<1.0e-30> : tensor<f32> : tensor<f32>
  %a = mlc.mul %x, %large : !y, tensor<f32> -> !y
  %b = mlc.mul %a, %large : !y, tensor<f32> -> !y
  %c = mlc.mul %x, %small : !y, tensor<f32> -> !y
  %d = mlc.mul %c, %small : !y, tensor<f32> -> !y
  return %b, %d : !y, !y
}

// The zeros around the convolution's input are zeros with and without the factor; the summand would not be.
// CHECK-LABEL: @handed_on
func.func @handed_on(%x: !y) -> (tensor<1x4x1xf32>, tensor<1x4x1xf32>) {
  // CHECK-DAG: %[[B:.+]] = mlc.constant dense<[4.000000e+00, 2.000000e+00]> : tensor<2xf32>
  // CHECK-DAG: %[[W:.+]] = mlc.constant dense<{{\[}}{{\[}}[2.000000e+00, 4.000000e+00], [6.000000e+00, 8.000000e+00], [1.000000e+01, 1.200000e+01]]]> : tensor<1x3x2xf32>
  // CHECK-DAG: %[[V:.+]] = mlc.constant dense<{{\[}}[6.000000e+00], [1.600000e+01]]> : tensor<2x1xf32>
  // CHECK: %[[A:.+]] = mlc.add %{{.+}}, %[[B]]
  // CHECK: mlc.conv %[[A]], %[[W]]
  // CHECK: mlc.matmul %[[A]], %[[V]]
  // CHECK-NOT: mlc.mul
  %s = mlc.constant dense<[2.0, 4.0]> : tensor<2xf32> : tensor<2xf32>
  %b = mlc.constant dense<8.0> : tensor<f32> : tensor<f32>
  %w = mlc.constant dense<[[[1.0, 1.0], [3.0, 2.0], [5.0, 3.0]]]> : tensor<1x3x2xf32> : tensor<1x3x2xf32>
  %v = mlc.constant dense<[[3.0], [4.0]]> : tensor<2x1xf32> : tensor<2x1xf32>
  %m = mlc.mul %s, %x : tensor<2xf32>, !y -> !y
  %a = mlc.add %m, %b : !y, tensor<f32> -> !y
  %c = mlc.conv %a, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 1>, low = array<i64: 1>, strides = array<i64: 1>} : !y, tensor<1x3x2xf32> -> tensor<1x4x1xf32>
  %p = mlc.matmul %a, %v : !y, tensor<2x1xf32> -> tensor<1x4x1xf32>
  return %c, %p : tensor<1x4x1xf32>, tensor<1x4x1xf32>
}

// A depthwise convolution has its channels first.
// CHECK-LABEL: @handed_on_to_depthwise
func.func @handed_on_to_depthwise(%x: !y) -> tensor<1x2x2xf32> {
  // CHECK: %[[W:.+]] = mlc.constant dense<{{\[}}{{\[}}[2.000000e+00], [4.000000e+00], [6.000000e+00]], {{\[}}[1.600000e+01], [2.000000e+01], [2.400000e+01]]]> : tensor<2x3x1xf32>
  // CHECK: mlc.conv %{{.+}}, %[[W]]
  // CHECK-NOT: mlc.mul
  %s = mlc.constant dense<[2.0, 4.0]> : tensor<2xf32> : tensor<2xf32>
  %w = mlc.constant dense<[[[1.0], [2.0], [3.0]], [[4.0], [5.0], [6.0]]]> : tensor<2x3x1xf32> : tensor<2x3x1xf32>
  %m = mlc.mul %x, %s : !y, tensor<2xf32> -> !y
  %c = mlc.conv %m, %w {dilations = array<i64: 1>, groups = 2, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>} : !y, tensor<2x3x1xf32> -> tensor<1x2x2xf32>
  return %c : tensor<1x2x2xf32>
}

// CHECK-LABEL: @keeps_factor_that_others_read
func.func @keeps_factor_that_others_read(%x: !y) -> (!y, tensor<1x4x1xf32>) {
  // CHECK: mlc.mul
  %s = mlc.constant dense<[2.0, 4.0]> : tensor<2xf32> : tensor<2xf32>
  %v = mlc.constant dense<[[3.0], [4.0]]> : tensor<2x1xf32> : tensor<2x1xf32>
  %m = mlc.mul %x, %s : !y, tensor<2xf32> -> !y
  %p = mlc.matmul %m, %v : !y, tensor<2x1xf32> -> tensor<1x4x1xf32>
  return %m, %p : !y, tensor<1x4x1xf32>
}

// The summand cannot be divided by a factor of zero.
// CHECK-LABEL: @keeps_zero_factor
func.func @keeps_zero_factor(%x: !y) -> tensor<1x4x1xf32> {
  // CHECK: mlc.mul
  %s = mlc.constant dense<[0.0, 4.0]> : tensor<2xf32> : tensor<2xf32>
  %b = mlc.constant dense<8.0> : tensor<f32> : tensor<f32>
  %v = mlc.constant dense<[[3.0], [4.0]]> : tensor<2x1xf32> : tensor<2x1xf32>
  %m = mlc.mul %x, %s : !y, tensor<2xf32> -> !y
  %a = mlc.add %m, %b : !y, tensor<f32> -> !y
  %p = mlc.matmul %a, %v : !y, tensor<2x1xf32> -> tensor<1x4x1xf32>
  return %p : tensor<1x4x1xf32>
}

// 0.1 * 0.1 * 2.9 rounded once; with the product of any two of them rounded, too, it is 0.0290000029.
// CHECK-LABEL: @rounds_chains_once
func.func @rounds_chains_once(%x: tensor<3x1xf32>) -> tensor<3x1xf32> {
  // CHECK: %[[W:.+]] = mlc.constant dense<0.029000001> : tensor<1x1xf32>
  // CHECK: %[[P:.+]] = mlc.matmul %{{.+}}, %[[W]]
  // CHECK: return %[[P]]
  %w = mlc.constant dense<0.1> : tensor<1x1xf32> : tensor<1x1xf32>
  %s = mlc.constant dense<0.1> : tensor<f32> : tensor<f32>
  %t = mlc.constant dense<2.9> : tensor<f32> : tensor<f32>
  %p = mlc.matmul %x, %w : tensor<3x1xf32>, tensor<1x1xf32> -> tensor<3x1xf32>
  %m = mlc.mul %p, %s : tensor<3x1xf32>, tensor<f32> -> tensor<3x1xf32>
  %n = mlc.mul %m, %t : tensor<3x1xf32>, tensor<f32> -> tensor<3x1xf32>
  return %n : tensor<3x1xf32>
}

// 2^24 + 1 is none of f32's numbers.
// CHECK-LABEL: @rounds_biases_once
func.func @rounds_biases_once(%x: tensor<3x1xf32>) -> tensor<3x1xf32> {
  // CHECK-DAG: %[[B:.+]] = mlc.constant dense<1.000000e+00> : tensor<f32>
  // CHECK: %[[P:.+]] = mlc.matmul
  // CHECK: %[[Y:.+]] = mlc.add %[[P]], %[[B]]
  // CHECK: return %[[Y]]
  %w = mlc.constant dense<3.0> : tensor<1x1xf32> : tensor<1x1xf32>
  %p = mlc.matmul %x, %w : tensor<3x1xf32>, tensor<1x1xf32> -> tensor<3x1xf32>
  %b = mlc.constant dense<16777216.0> : tensor<f32> : tensor<f32>
  %c = mlc.constant dense<1.0> : tensor<f32> : tensor<f32>
  %d = mlc.constant dense<-16777216.0> : tensor<f32> : tensor<f32>
  %m = mlc.add %p, %b : tensor<3x1xf32>, tensor<f32> -> tensor<3x1xf32>
  %n = mlc.add %m, %c : tensor<3x1xf32>, tensor<f32> -> tensor<3x1xf32>
  %o = mlc.add %n, %d : tensor<3x1xf32>, tensor<f32> -> tensor<3x1xf32>
  return %o : tensor<3x1xf32>
}
