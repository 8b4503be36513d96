// Integers that are computed from dimensions fold to expressions over the function's symbols.
// RUN: %mlc-opt %s --canonicalize | FileCheck %s

!i = tensor<i64>
!v = tensor<2xi64>

// CHECK-LABEL: @arithmetic
func.func @arithmetic() -> (!v, !v, !v, !v, !v, !v) attributes {mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>]} {
  %n = mlc.symbolic <()[s0] -> (s0, s0 * 4)> : !v
  %two = mlc.constant dense<2> : !i : !i
  // CHECK-DAG: %[[ADD:.+]] = mlc.symbolic <()[s0] -> (s0 + 2, s0 * 4 + 2)> : tensor<2xi64>
  %0 = mlc.add %n, %two : !v, !i -> !v
  // CHECK-DAG: %[[SUB:.+]] = mlc.symbolic <()[s0] -> (s0 - 2, s0 * 4 - 2)> : tensor<2xi64>
  %1 = mlc.sub %n, %two : !v, !i -> !v
  // CHECK-DAG: %[[MUL:.+]] = mlc.symbolic <()[s0] -> (s0 * 2, s0 * 8)> : tensor<2xi64>
  %2 = mlc.mul %n, %two : !v, !i -> !v
  // CHECK-DAG: %[[DIV:.+]] = mlc.symbolic <()[s0] -> (s0 floordiv 2, s0 * 2)> : tensor<2xi64>
  %3 = mlc.div %n, %two : !v, !i -> !v
  // CHECK-DAG: %[[MOD:.+]] = mlc.symbolic <()[s0] -> (s0 mod 2, 0)> : tensor<2xi64>
  %4 = mlc.mod %n, %two : !v, !i -> !v
  // CHECK-DAG: %[[NEG:.+]] = mlc.symbolic <()[s0] -> (-s0, s0 * -4)> : tensor<2xi64>
  %5 = mlc.neg %n : !v -> !v
  // CHECK: return %[[ADD]], %[[SUB]], %[[MUL]], %[[DIV]], %[[MOD]], %[[NEG]]
  return %0, %1, %2, %3, %4, %5 : !v, !v, !v, !v, !v, !v
}

// Towards zero and towards minus infinity are the same only where nothing is negative.
// CHECK-LABEL: @keeps_division_of_negative
func.func @keeps_division_of_negative() -> !i attributes {mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>]} {
  %n = mlc.symbolic <()[s0] -> (s0 - 5)> : !i
  %two = mlc.constant dense<2> : !i : !i
  // CHECK: mlc.div
  %0 = mlc.div %n, %two : !i, !i -> !i
  return %0 : !i
}

// CHECK-LABEL: @keeps_division_by_symbol
func.func @keeps_division_by_symbol() -> !i attributes {mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>]} {
  %n = mlc.symbolic <()[s0] -> (s0)> : !i
  %many = mlc.constant dense<100> : !i : !i
  // CHECK: mlc.div
  %0 = mlc.div %many, %n : !i, !i -> !i
  return %0 : !i
}

// What is known of a symbol decides; where it does not, a minimum is a symbol of its own, and only one for equal operands.
// CHECK-LABEL: @extremes
// CHECK-SAME: #mlc.symbol<"min", "min", 1, ()[s0] -> (s0, 8)>
// CHECK-NOT: "min", "min"
func.func @extremes() -> (!i, !i, !i, !i) attributes {mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>]} {
  %n = mlc.symbolic <()[s0] -> (s0)> : !i
  %m = mlc.symbolic <()[s0] -> (s0 + 1)> : !i
  %zero = mlc.constant dense<0> : !i : !i
  %eight = mlc.constant dense<8> : !i : !i
  // CHECK-DAG: %[[MIN:.+]] = mlc.symbolic <()[s0, s1] -> (s1)> : tensor<i64>
  // CHECK-DAG: %[[N:.+]] = mlc.symbolic <()[s0] -> (s0)> : tensor<i64>
  // CHECK-DAG: %[[M:.+]] = mlc.symbolic <()[s0] -> (s0 + 1)> : tensor<i64>
  %0 = mlc.min %n, %eight : !i, !i -> !i
  %1 = mlc.min %n, %eight : !i, !i -> !i
  %2 = mlc.max %n, %zero : !i, !i -> !i
  %3 = mlc.max %n, %m : !i, !i -> !i
  // CHECK: return %[[MIN]], %[[MIN]], %[[N]], %[[M]]
  return %0, %1, %2, %3 : !i, !i, !i, !i
}

// CHECK-LABEL: @comparisons
func.func @comparisons() -> (tensor<i1>, tensor<i1>, tensor<i1>, tensor<i1>, !i) attributes {mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>]} {
  %n = mlc.symbolic <()[s0] -> (s0)> : !i
  %m = mlc.symbolic <()[s0] -> (s0 + 1)> : !i
  %zero = mlc.constant dense<0> : !i : !i
  // CHECK-DAG: %[[TRUE:.+]] = mlc.constant dense<true> : tensor<i1>
  // CHECK-DAG: %[[FALSE:.+]] = mlc.constant dense<false> : tensor<i1>
  // CHECK-DAG: %[[N:.+]] = mlc.symbolic <()[s0] -> (s0)> : tensor<i64>
  %0 = mlc.compare gt %n, %zero : !i, !i -> tensor<i1>
  %1 = mlc.compare eq %n, %m : !i, !i -> tensor<i1>
  %2 = mlc.compare eq %n, %n : !i, !i -> tensor<i1>
  %3 = mlc.compare ge %zero, %m : !i, !i -> tensor<i1>
  %4 = mlc.select %0, %n, %zero : tensor<i1>, !i, !i -> !i
  // CHECK: return %[[TRUE]], %[[FALSE]], %[[TRUE]], %[[FALSE]], %[[N]]
  return %0, %1, %2, %3, %4 : tensor<i1>, tensor<i1>, tensor<i1>, tensor<i1>, !i
}

// CHECK-LABEL: @keeps_undecided_comparison
func.func @keeps_undecided_comparison() -> tensor<i1> attributes {mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>]} {
  %n = mlc.symbolic <()[s0] -> (s0)> : !i
  %one = mlc.constant dense<1> : !i : !i
  // CHECK: mlc.compare gt
  %0 = mlc.compare gt %n, %one : !i, !i -> tensor<i1>
  return %0 : tensor<i1>
}

// Sizes go through floats where scales are multiplied.
// CHECK-LABEL: @casts
func.func @casts() -> (!i, tensor<i1>, tensor<i32>) attributes {mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>]} {
  %n = mlc.symbolic <()[s0] -> (s0)> : !i
  %two = mlc.constant dense<2.0> : tensor<f32> : tensor<f32>
  %f = mlc.cast %n to f32 : !i -> tensor<f32>
  %d = mlc.mul %f, %two : tensor<f32>, tensor<f32> -> tensor<f32>
  %r = mlc.floor %d : tensor<f32> -> tensor<f32>
  // CHECK-DAG: %[[DOUBLE:.+]] = mlc.symbolic <()[s0] -> (s0 * 2)> : tensor<i64>
  %0 = mlc.cast %r to i64 : tensor<f32> -> !i
  // CHECK-DAG: %[[TRUE:.+]] = mlc.constant dense<true> : tensor<i1>
  %1 = mlc.cast %n to i1 : !i -> tensor<i1>
  // CHECK-DAG: %[[N32:.+]] = mlc.symbolic <()[s0] -> (s0)> : tensor<i32>
  %2 = mlc.cast %n to i32 : !i -> tensor<i32>
  // CHECK: return %[[DOUBLE]], %[[TRUE]], %[[N32]]
  return %0, %1, %2 : !i, tensor<i1>, tensor<i32>
}

// A narrow integer may wrap, so that the expression would be wrong.
// CHECK-LABEL: @keeps_narrow_cast
func.func @keeps_narrow_cast() -> tensor<i8> attributes {mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>]} {
  %n = mlc.symbolic <()[s0] -> (s0)> : !i
  // CHECK: mlc.cast
  %0 = mlc.cast %n to i8 : !i -> tensor<i8>
  return %0 : tensor<i8>
}

// Shapes are taken apart and put together by operators that move elements.
// CHECK-LABEL: @movement
func.func @movement() -> (tensor<4xi64>, tensor<2x2xi64>, tensor<2xi64>, !i, tensor<3xi64>, tensor<2x2xi64>) attributes {
    mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>, #mlc.symbol<"m", "input", 1, () -> (0, 1)>]} {
  %s = mlc.symbolic <()[s0, s1] -> (s0, 3, s1)> : tensor<3xi64>
  %minus = mlc.constant dense<-1> : tensor<1xi64> : tensor<1xi64>
  %last = mlc.constant dense<-1> : !i : !i
  // CHECK-DAG: %[[CONCAT:.+]] = mlc.symbolic <()[s0, s1] -> (s0, 3, s1, -1)> : tensor<4xi64>
  %0 = mlc.concat(%s, %minus) axis 0 : (tensor<3xi64>, tensor<1xi64>) -> tensor<4xi64>
  // CHECK-DAG: %[[RESHAPE:.+]] = mlc.symbolic <()[s0, s1] -> (s0, 3, s1, -1)> : tensor<2x2xi64>
  %1 = mlc.reshape %0 : tensor<4xi64> -> tensor<2x2xi64>
  // CHECK-DAG: %[[SLICE:.+]] = mlc.symbolic <()[s0, s1] -> (s1, s0)> : tensor<2xi64>
  %2 = mlc.slice %s <() -> (2)> [-2] : tensor<3xi64> -> tensor<2xi64>
  // CHECK-DAG: %[[GATHER:.+]] = mlc.symbolic <()[s0, s1] -> (s1)> : tensor<i64>
  %3 = mlc.gather %s, %last axis 0 : tensor<3xi64>, !i -> !i
  // CHECK-DAG: %[[BROADCAST:.+]] = mlc.symbolic <()[s0, s1] -> (s1, s1, s1)> : tensor<3xi64>
  %4 = mlc.broadcast_to %3 : !i -> tensor<3xi64>
  // CHECK-DAG: %[[TRANSPOSE:.+]] = mlc.symbolic <()[s0, s1] -> (s0, s1, 3, -1)> : tensor<2x2xi64>
  %5 = mlc.transpose %1 [1, 0] : tensor<2x2xi64> -> tensor<2x2xi64>
  // CHECK: return %[[CONCAT]], %[[RESHAPE]], %[[SLICE]], %[[GATHER]], %[[BROADCAST]], %[[TRANSPOSE]]
  return %0, %1, %2, %3, %4, %5 : tensor<4xi64>, tensor<2x2xi64>, tensor<2xi64>, !i, tensor<3xi64>, tensor<2x2xi64>
}

// CHECK-LABEL: @reductions
// CHECK-SAME: #mlc.symbol<"max", "max", 1, ()[s0, s1] -> (s0, s1)>
func.func @reductions() -> (!i, !i, tensor<1xi64>) attributes {
    mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>, #mlc.symbol<"m", "input", 1, () -> (0, 1)>]} {
  %s = mlc.symbolic <()[s0, s1] -> (s0, s1)> : tensor<2xi64>
  // CHECK-DAG: %[[PROD:.+]] = mlc.symbolic <()[s0, s1] -> (s0 * s1)> : tensor<i64>
  %0 = mlc.reduce prod %s [0] keepdims false : tensor<2xi64> -> !i
  // CHECK-DAG: %[[SUM:.+]] = mlc.symbolic <()[s0, s1] -> (s0 + s1)> : tensor<i64>
  %1 = mlc.reduce sum %s [0] keepdims false : tensor<2xi64> -> !i
  // CHECK-DAG: %[[MAX:.+]] = mlc.symbolic <()[s0, s1, s2] -> (s2)> : tensor<1xi64>
  %2 = mlc.reduce max %s [0] keepdims true : tensor<2xi64> -> tensor<1xi64>
  // CHECK: return %[[PROD]], %[[SUM]], %[[MAX]]
  return %0, %1, %2 : !i, !i, tensor<1xi64>
}

// CHECK-LABEL: @iota
func.func @iota() -> (tensor<3xi64>, tensor<2x3xi32>) attributes {mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>]} {
  // CHECK-DAG: %[[N:.+]] = mlc.symbolic <()[s0] -> (s0, s0 + 2, s0 + 4)> : tensor<3xi64>
  %0 = mlc.iota axis 0 <()[s0] -> (s0, 2)> : tensor<3xi64>
  // CHECK-DAG: %[[K:.+]] = mlc.constant dense<{{\[}}[5, 4, 3], [5, 4, 3]]> : tensor<2x3xi32>
  %1 = mlc.iota axis 1 <() -> (5, -1)> : tensor<2x3xi32>
  // CHECK: return %[[N]], %[[K]]
  return %0, %1 : tensor<3xi64>, tensor<2x3xi32>
}

// The symbols of a group are its own, and nothing in it folds.
// CHECK-LABEL: @keeps_groups
func.func @keeps_groups() -> !i {
  // CHECK: mlc.group
  // CHECK: mlc.add
  %0 = mlc.group "k0" emitter "loop" () symbols <() -> ()> : () -> !i {
    %two = mlc.constant dense<2> : !i : !i
    %four = mlc.add %two, %two : !i, !i -> !i
    mlc.yield %four : !i
  }
  return %0 : !i
}
