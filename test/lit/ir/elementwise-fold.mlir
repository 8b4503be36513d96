// Constant operands are folded by the plain kernels; with symbols inside a shape, integer arithmetic is done on expressions.
// RUN: %mlc-opt %s --canonicalize | FileCheck %s

!f = tensor<3xf32>

// CHECK-LABEL: @unary
func.func @unary() -> (!f, !f, !f, !f, !f, !f, !f, !f, !f) {
  %x = mlc.constant dense<[-1.5, 0.0, 2.5]> : !f : !f
  %s = mlc.constant dense<[0.25, 1.0, 4.0]> : !f : !f
  %h = mlc.constant dense<[0.5, 1.5, 2.5]> : !f : !f
  // CHECK-DAG: %[[NEG:.+]] = mlc.constant dense<[1.500000e+00, -0.000000e+00, -2.500000e+00]>
  %0 = mlc.neg %x : !f -> !f
  // CHECK-DAG: %[[ABS:.+]] = mlc.constant dense<[1.500000e+00, 0.000000e+00, 2.500000e+00]>
  %1 = mlc.abs %x : !f -> !f
  // CHECK-DAG: %[[SIGN:.+]] = mlc.constant dense<[-1.000000e+00, 0.000000e+00, 1.000000e+00]>
  %2 = mlc.sign %x : !f -> !f
  // CHECK-DAG: %[[FLOOR:.+]] = mlc.constant dense<[-2.000000e+00, 0.000000e+00, 2.000000e+00]>
  %3 = mlc.floor %x : !f -> !f
  // Halves go to the even neighbour.
  // CHECK-DAG: %[[ROUND:.+]] = mlc.constant dense<[0.000000e+00, 2.000000e+00, 2.000000e+00]>
  %4 = mlc.round %h : !f -> !f
  // CHECK-DAG: %[[TRUNC:.+]] = mlc.constant dense<[-1.000000e+00, 0.000000e+00, 2.000000e+00]>
  %5 = mlc.trunc %x : !f -> !f
  // CHECK-DAG: %[[SQRT:.+]] = mlc.constant dense<[5.000000e-01, 1.000000e+00, 2.000000e+00]>
  %6 = mlc.sqrt %s : !f -> !f
  // CHECK-DAG: %[[RECIPROCAL:.+]] = mlc.constant dense<[4.000000e+00, 1.000000e+00, 2.500000e-01]>
  %7 = mlc.reciprocal %s : !f -> !f
  // CHECK-DAG: %[[RELU:.+]] = mlc.constant dense<[0.000000e+00, 0.000000e+00, 2.500000e+00]>
  %8 = mlc.relu %x : !f -> !f
  // CHECK: return %[[NEG]], %[[ABS]], %[[SIGN]], %[[FLOOR]], %[[ROUND]], %[[TRUNC]], %[[SQRT]], %[[RECIPROCAL]], %[[RELU]]
  return %0, %1, %2, %3, %4, %5, %6, %7, %8 : !f, !f, !f, !f, !f, !f, !f, !f, !f
}

// Halfs and narrow types go through the same kernels.
// CHECK-LABEL: @narrow
func.func @narrow() -> (tensor<2xf16>, tensor<2xi4>, tensor<2xui8>, tensor<2xf8E4M3FN>) {
  %h = mlc.constant dense<[1.0, 2.5]> : tensor<2xf16> : tensor<2xf16>
  %n = mlc.constant dense<[-3, 7]> : tensor<2xi4> : tensor<2xi4>
  %u = mlc.constant dense<[200, 100]> : tensor<2xui8> : tensor<2xui8>
  // CHECK-DAG: mlc.constant dense<[2.000000e+00, 5.000000e+00]> : tensor<2xf16>
  %0 = mlc.add %h, %h : tensor<2xf16>, tensor<2xf16> -> tensor<2xf16>
  // CHECK-DAG: mlc.constant dense<[3, -7]> : tensor<2xi4>
  %1 = mlc.neg %n : tensor<2xi4> -> tensor<2xi4>
  // Integers wrap.
  // CHECK-DAG: mlc.constant dense<[144, 200]> : tensor<2xui8>
  %2 = mlc.add %u, %u : tensor<2xui8>, tensor<2xui8> -> tensor<2xui8>
  // CHECK-DAG: mlc.constant dense<[1.000000e+00, 2.500000e+00]> : tensor<2xf8E4M3FN>
  %3 = mlc.cast %h to f8E4M3FN : tensor<2xf16> -> tensor<2xf8E4M3FN>
  return %0, %1, %2, %3 : tensor<2xf16>, tensor<2xi4>, tensor<2xui8>, tensor<2xf8E4M3FN>
}

// CHECK-LABEL: @broadcast
func.func @broadcast() -> tensor<2x3xi32> {
  %column = mlc.constant dense<[[10], [20]]> : tensor<2x1xi32> : tensor<2x1xi32>
  %row = mlc.constant dense<[1, 2, 3]> : tensor<3xi32> : tensor<3xi32>
  // CHECK: mlc.constant dense<{{\[}}[11, 12, 13], [21, 22, 23]]> : tensor<2x3xi32>
  // CHECK-NOT: mlc.add
  %0 = mlc.add %column, %row : tensor<2x1xi32>, tensor<3xi32> -> tensor<2x3xi32>
  return %0 : tensor<2x3xi32>
}

// Division by zero and remainders of integers are defined: 0, and the divisor's sign.
// CHECK-LABEL: @integers
func.func @integers() -> (tensor<4xi32>, tensor<4xi32>, tensor<4xi32>, tensor<2xui8>) {
  %a = mlc.constant dense<[7, -7, 7, -7]> : tensor<4xi32> : tensor<4xi32>
  %b = mlc.constant dense<[0, 2, -2, 3]> : tensor<4xi32> : tensor<4xi32>
  // CHECK-DAG: %[[DIV:.+]] = mlc.constant dense<[0, -3, -3, -2]> : tensor<4xi32>
  %0 = mlc.div %a, %b : tensor<4xi32>, tensor<4xi32> -> tensor<4xi32>
  // CHECK-DAG: %[[MOD:.+]] = mlc.constant dense<[0, 1, -1, 2]> : tensor<4xi32>
  %1 = mlc.mod %a, %b : tensor<4xi32>, tensor<4xi32> -> tensor<4xi32>
  // CHECK-DAG: %[[FMOD:.+]] = mlc.constant dense<[0, -1, 1, -1]> : tensor<4xi32>
  %2 = mlc.mod %a, %b {fmod = true} : tensor<4xi32>, tensor<4xi32> -> tensor<4xi32>
  %u = mlc.constant dense<[3, 255]> : tensor<2xui8> : tensor<2xui8>
  %by = mlc.constant dense<[4, 8]> : tensor<2xui8> : tensor<2xui8>
  // CHECK-DAG: %[[SHL:.+]] = mlc.constant dense<[48, 0]> : tensor<2xui8>
  %3 = mlc.shl %u, %by : tensor<2xui8>, tensor<2xui8> -> tensor<2xui8>
  // CHECK: return %[[DIV]], %[[MOD]], %[[FMOD]], %[[SHL]]
  return %0, %1, %2, %3 : tensor<4xi32>, tensor<4xi32>, tensor<4xi32>, tensor<2xui8>
}

// CHECK-LABEL: @logic
func.func @logic() -> (tensor<3xi1>, tensor<3xi1>, tensor<3xi1>, tensor<3xi1>, !f) {
  %x = mlc.constant dense<[1.0, 0x7FC00000, 0xFF800000]> : !f : !f
  %y = mlc.constant dense<2.0> : tensor<f32> : tensor<f32>
  // CHECK-DAG: %[[LT:.+]] = mlc.constant dense<[true, false, true]> : tensor<3xi1>
  %lt = mlc.compare lt %x, %y : !f, tensor<f32> -> tensor<3xi1>
  // Of not-a-number only `ne` holds.
  // CHECK-DAG: %[[NE:.+]] = mlc.constant dense<true> : tensor<3xi1>
  %ne = mlc.compare ne %x, %y : !f, tensor<f32> -> tensor<3xi1>
  // CHECK-DAG: %[[NAN:.+]] = mlc.constant dense<[false, true, false]> : tensor<3xi1>
  %nan = mlc.is_nan %x : !f -> tensor<3xi1>
  // CHECK-DAG: %[[INF:.+]] = mlc.constant dense<false> : tensor<3xi1>
  %inf = mlc.is_inf %x {negative = false} : !f -> tensor<3xi1>
  // CHECK-DAG: %[[SELECT:.+]] = mlc.constant dense<[2.000000e+00, 0x7FC00000, 2.000000e+00]> : tensor<3xf32>
  %s = mlc.select %lt, %y, %x : tensor<3xi1>, tensor<f32>, !f -> !f
  // CHECK: return %[[LT]], %[[NE]], %[[NAN]], %[[INF]], %[[SELECT]]
  return %lt, %ne, %nan, %inf, %s : tensor<3xi1>, tensor<3xi1>, tensor<3xi1>, tensor<3xi1>, !f
}

// Floats saturate in integers and lose their fraction; not-a-number becomes 0.
// CHECK-LABEL: @casts
func.func @casts() -> (tensor<4xi8>, tensor<4xui8>, tensor<4xi1>, tensor<4xi32>) {
  %x = mlc.constant dense<[-1.75, 300.0, 0x7FC00000, 0.5]> : tensor<4xf32> : tensor<4xf32>
  // CHECK-DAG: %[[I8:.+]] = mlc.constant dense<[-1, 127, 0, 0]> : tensor<4xi8>
  %0 = mlc.cast %x to i8 : tensor<4xf32> -> tensor<4xi8>
  // CHECK-DAG: %[[U8:.+]] = mlc.constant dense<[0, 255, 0, 0]> : tensor<4xui8>
  %1 = mlc.cast %x to ui8 : tensor<4xf32> -> tensor<4xui8>
  // CHECK-DAG: %[[I1:.+]] = mlc.constant dense<true> : tensor<4xi1>
  %2 = mlc.cast %x to i1 : tensor<4xf32> -> tensor<4xi1>
  // CHECK-DAG: %[[BITS:.+]] = mlc.constant dense<[-1075838976, 1133903872, 2143289344, 1056964608]> : tensor<4xi32>
  %3 = mlc.bitcast %x to i32 : tensor<4xf32> -> tensor<4xi32>
  // CHECK: return %[[I8]], %[[U8]], %[[I1]], %[[BITS]]
  return %0, %1, %2, %3 : tensor<4xi8>, tensor<4xui8>, tensor<4xi1>, tensor<4xi32>
}

// What would be much larger than what it is made of stays an operation.
// CHECK-LABEL: @keeps_large_results
func.func @keeps_large_results() -> tensor<1024x1024xf32> {
  %column = mlc.constant dense<1.0> : tensor<1024x1xf32> : tensor<1024x1xf32>
  %row = mlc.constant dense<2.0> : tensor<1024xf32> : tensor<1024xf32>
  // CHECK: mlc.add
  %0 = mlc.add %column, %row : tensor<1024x1xf32>, tensor<1024xf32> -> tensor<1024x1024xf32>
  return %0 : tensor<1024x1024xf32>
}

// CHECK-LABEL: @keeps_unknown_operands
func.func @keeps_unknown_operands(%x: !f) -> !f {
  %one = mlc.constant dense<1.0> : !f : !f
  // CHECK: mlc.add
  %0 = mlc.add %x, %one : !f, !f -> !f
  return %0 : !f
}

// Neutral elements, where the other operand is as large as the result.
// CHECK-LABEL: @neutral
// CHECK-SAME: (%[[X:.+]]: tensor<2x3xf32>, %[[R:.+]]: tensor<3xf32>, %[[I:.+]]: tensor<3xi64>)
func.func @neutral(%x: tensor<2x3xf32>, %r: tensor<3xf32>, %i: tensor<3xi64>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<3xi64>, tensor<2x3xf32>) {
  // CHECK-DAG: %[[S:.+]] = mlc.sub %{{.+}}, %[[X]]
  // CHECK-DAG: %[[W:.+]] = mlc.mul %[[R]], %{{.+}} -> tensor<2x3xf32>
  // CHECK: return %[[X]], %[[S]], %[[I]], %[[W]]
  %ones = mlc.constant dense<[[1.0], [1.0]]> : tensor<2x1xf32> : tensor<2x1xf32>
  %wide = mlc.constant dense<1.0> : tensor<2x3xf32> : tensor<2x3xf32>
  %zero = mlc.constant dense<0.0> : tensor<f32> : tensor<f32>
  %none = mlc.constant dense<0> : tensor<i64> : tensor<i64>
  %a = mlc.mul %x, %ones : tensor<2x3xf32>, tensor<2x1xf32> -> tensor<2x3xf32>
  %b = mlc.add %zero, %a : tensor<f32>, tensor<2x3xf32> -> tensor<2x3xf32>
  %c = mlc.div %b, %wide : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
  %s = mlc.sub %zero, %x : tensor<f32>, tensor<2x3xf32> -> tensor<2x3xf32>
  %d = mlc.sub %i, %none : tensor<3xi64>, tensor<i64> -> tensor<3xi64>
  %w = mlc.mul %r, %wide : tensor<3xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
  return %c, %s, %d, %w : tensor<2x3xf32>, tensor<2x3xf32>, tensor<3xi64>, tensor<2x3xf32>
}
