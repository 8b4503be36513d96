// Operators that move elements: constants move when compiling, and what moves nothing is gone.
// RUN: %mlc-opt %s --canonicalize | FileCheck %s

!m = tensor<2x3xi32>

// CHECK-LABEL: @constants
func.func @constants() -> (tensor<3x2xi32>, tensor<3x2xi32>, tensor<2x2x3xi32>, tensor<1x2xi32>, tensor<2x5xi32>, tensor<4x3xi32>) {
  %x = mlc.constant dense<[[1, 2, 3], [4, 5, 6]]> : !m : !m
  // CHECK-DAG: %[[RESHAPE:.+]] = mlc.constant dense<{{\[}}[1, 2], [3, 4], [5, 6]]> : tensor<3x2xi32>
  %0 = mlc.reshape %x : !m -> tensor<3x2xi32>
  // CHECK-DAG: %[[TRANSPOSE:.+]] = mlc.constant dense<{{\[}}[1, 4], [2, 5], [3, 6]]> : tensor<3x2xi32>
  %1 = mlc.transpose %x [1, 0] : !m -> tensor<3x2xi32>
  // CHECK-DAG: %[[BROADCAST:.+]] = mlc.constant dense<{{\[}}{{\[}}[1, 2, 3], [4, 5, 6]], {{\[}}[1, 2, 3], [4, 5, 6]]]> : tensor<2x2x3xi32>
  %2 = mlc.broadcast_to %x : !m -> tensor<2x2x3xi32>
  // CHECK-DAG: %[[SLICE:.+]] = mlc.constant dense<{{\[}}[6, 4]]> : tensor<1x2xi32>
  %3 = mlc.slice %x <() -> (1, 2)> [1, -2] : !m -> tensor<1x2xi32>
  // CHECK-DAG: %[[PAD:.+]] = mlc.constant dense<{{\[}}[0, 1, 2, 3, 0], [0, 4, 5, 6, 0]]> : tensor<2x5xi32>
  %4 = mlc.pad constant %x low <() -> (0, 1)> high <() -> (0, 1)> interior [0, 0] : !m -> tensor<2x5xi32>
  // CHECK-DAG: %[[CONCAT:.+]] = mlc.constant dense<{{\[}}[1, 2, 3], [4, 5, 6], [1, 2, 3], [4, 5, 6]]> : tensor<4x3xi32>
  %5 = mlc.concat(%x, %x) axis 0 : (!m, !m) -> tensor<4x3xi32>
  // CHECK: return %[[RESHAPE]], %[[TRANSPOSE]], %[[BROADCAST]], %[[SLICE]], %[[PAD]], %[[CONCAT]]
  return %0, %1, %2, %3, %4, %5 : tensor<3x2xi32>, tensor<3x2xi32>, tensor<2x2x3xi32>, tensor<1x2xi32>, tensor<2x5xi32>, tensor<4x3xi32>
}

// CHECK-LABEL: @pad_modes
func.func @pad_modes() -> (tensor<7xi32>, tensor<7xi32>, tensor<7xi32>, tensor<6xi32>) {
  %x = mlc.constant dense<[1, 2, 3]> : tensor<3xi32> : tensor<3xi32>
  %v = mlc.constant dense<9> : tensor<i32> : tensor<i32>
  // CHECK-DAG: %[[REFLECT:.+]] = mlc.constant dense<[3, 2, 1, 2, 3, 2, 1]> : tensor<7xi32>
  %0 = mlc.pad reflect %x low <() -> (2)> high <() -> (2)> interior [0] : tensor<3xi32> -> tensor<7xi32>
  // CHECK-DAG: %[[EDGE:.+]] = mlc.constant dense<[1, 1, 1, 2, 3, 3, 3]> : tensor<7xi32>
  %1 = mlc.pad edge %x low <() -> (2)> high <() -> (2)> interior [0] : tensor<3xi32> -> tensor<7xi32>
  // CHECK-DAG: %[[WRAP:.+]] = mlc.constant dense<[2, 3, 1, 2, 3, 1, 2]> : tensor<7xi32>
  %2 = mlc.pad wrap %x low <() -> (2)> high <() -> (2)> interior [0] : tensor<3xi32> -> tensor<7xi32>
  // A negative pad removes; interior elements stand between neighbours.
  // CHECK-DAG: %[[INTERIOR:.+]] = mlc.constant dense<[9, 2, 9, 3, 9, 9]> : tensor<6xi32>
  %3 = mlc.pad constant %x, %v low <() -> (-1)> high <() -> (2)> interior [1] : tensor<3xi32>, tensor<i32> -> tensor<6xi32>
  // CHECK: return %[[REFLECT]], %[[EDGE]], %[[WRAP]], %[[INTERIOR]]
  return %0, %1, %2, %3 : tensor<7xi32>, tensor<7xi32>, tensor<7xi32>, tensor<6xi32>
}

// CHECK-LABEL: @index
func.func @index() -> (tensor<2x2xi32>, tensor<1x3xi32>, tensor<2xi32>, !m, !m, !m) {
  %x = mlc.constant dense<[[1, 2, 3], [4, 5, 6]]> : !m : !m
  %i = mlc.constant dense<[-1, 0]> : tensor<2xi64> : tensor<2xi64>
  %e = mlc.constant dense<[[1, 0, 1]]> : tensor<1x3xi64> : tensor<1x3xi64>
  %n = mlc.constant dense<[[0, 2], [1, 0]]> : tensor<2x2xi64> : tensor<2x2xi64>
  %u = mlc.constant dense<[70, 80]> : tensor<2xi32> : tensor<2xi32>
  %r = mlc.constant dense<[[10, 20, 30]]> : tensor<1x3xi32> : tensor<1x3xi32>
  %l = mlc.constant dense<[2, 3]> : tensor<2xi64> : tensor<2xi64>
  // Negative indices count from the end.
  // CHECK-DAG: %[[GATHER:.+]] = mlc.constant dense<{{\[}}[3, 1], [6, 4]]> : tensor<2x2xi32>
  %0 = mlc.gather %x, %i axis 1 : !m, tensor<2xi64> -> tensor<2x2xi32>
  // CHECK-DAG: %[[ELEMENTS:.+]] = mlc.constant dense<{{\[}}[4, 2, 6]]> : tensor<1x3xi32>
  %1 = mlc.gather_elements %x, %e axis 0 : !m, tensor<1x3xi64> -> tensor<1x3xi32>
  // CHECK-DAG: %[[ND:.+]] = mlc.constant dense<[3, 4]> : tensor<2xi32>
  %2 = mlc.gather_nd %x, %n batch 0 : !m, tensor<2x2xi64> -> tensor<2xi32>
  // CHECK-DAG: %[[SCATTER:.+]] = mlc.constant dense<{{\[}}[1, 2, 73], [84, 5, 6]]> : tensor<2x3xi32>
  %3 = mlc.scatter_nd %x, %n, %u reduction 1 : !m, tensor<2x2xi64>, tensor<2xi32> -> !m
  // CHECK-DAG: %[[REPLACE:.+]] = mlc.constant dense<{{\[}}[1, 20, 3], [10, 5, 30]]> : tensor<2x3xi32>
  %4 = mlc.scatter_elements %x, %e, %r axis 0 reduction 0 : !m, tensor<1x3xi64>, tensor<1x3xi32> -> !m
  // CHECK-DAG: %[[REVERSE:.+]] = mlc.constant dense<{{\[}}[2, 1, 3], [6, 5, 4]]> : tensor<2x3xi32>
  %5 = mlc.reverse_sequence %x, %l batch 0 time 1 : !m, tensor<2xi64> -> !m
  // CHECK: return %[[GATHER]], %[[ELEMENTS]], %[[ND]], %[[SCATTER]], %[[REPLACE]], %[[REVERSE]]
  return %0, %1, %2, %3, %4, %5 : tensor<2x2xi32>, tensor<1x3xi32>, tensor<2xi32>, !m, !m, !m
}

// An index that is outside is an error of the run, not of the compiler.
// CHECK-LABEL: @keeps_index_outside
func.func @keeps_index_outside() -> tensor<1xi32> {
  %x = mlc.constant dense<[1, 2, 3]> : tensor<3xi32> : tensor<3xi32>
  %i = mlc.constant dense<3> : tensor<1xi64> : tensor<1xi64>
  // CHECK: mlc.gather
  %0 = mlc.gather %x, %i axis 0 : tensor<3xi32>, tensor<1xi64> -> tensor<1xi32>
  return %0 : tensor<1xi32>
}

// CHECK-LABEL: @resize
func.func @resize() -> (tensor<1x4xf32>, tensor<1x4xf32>) {
  %x = mlc.constant dense<[[1.0, 3.0]]> : tensor<1x2xf32> : tensor<1x2xf32>
  // CHECK-DAG: %[[NEAREST:.+]] = mlc.constant dense<{{\[}}[1.000000e+00, 1.000000e+00, 3.000000e+00, 3.000000e+00]]> : tensor<1x4xf32>
  %0 = mlc.resize %x {coordinates = 1 : i64, mode = 0 : i64, nearest = 2 : i64, roi = array<f64>, scales = array<f64>} : tensor<1x2xf32> -> tensor<1x4xf32>
  // CHECK-DAG: %[[LINEAR:.+]] = mlc.constant dense<{{\[}}[1.000000e+00, 1.500000e+00, 2.500000e+00, 3.000000e+00]]> : tensor<1x4xf32>
  %1 = mlc.resize %x {coordinates = 0 : i64, mode = 1 : i64, nearest = 0 : i64, roi = array<f64>, scales = array<f64>} : tensor<1x2xf32> -> tensor<1x4xf32>
  // CHECK: return %[[NEAREST]], %[[LINEAR]]
  return %0, %1 : tensor<1x4xf32>, tensor<1x4xf32>
}

// CHECK-LABEL: @nothing_moves
// CHECK-SAME: (%[[X:.+]]: tensor<2x3xi32>)
// CHECK-NEXT: return %[[X]], %[[X]], %[[X]], %[[X]], %[[X]], %[[X]]
func.func @nothing_moves(%x: !m) -> (!m, !m, !m, !m, !m, !m) {
  %0 = mlc.reshape %x : !m -> !m
  %1 = mlc.transpose %x [0, 1] : !m -> !m
  %2 = mlc.broadcast_to %x : !m -> !m
  %3 = mlc.slice %x <() -> (0, 0)> [1, 1] : !m -> !m
  %4 = mlc.concat(%x) axis 1 : (!m) -> !m
  %5 = mlc.pad reflect %x low <() -> (0, 0)> high <() -> (0, 0)> interior [0, 0] : !m -> !m
  return %0, %1, %2, %3, %4, %5 : !m, !m, !m, !m, !m, !m
}

// CHECK-LABEL: @keeps_reversal
func.func @keeps_reversal(%x: !m) -> !m {
  // CHECK: mlc.slice %{{.+}} <() -> (0, 2)> [1, -1]
  %0 = mlc.slice %x <() -> (0, 2)> [1, -1] : !m -> !m
  return %0 : !m
}

// CHECK-LABEL: @one_after_the_other
// CHECK-SAME: (%[[X:.+]]: tensor<2x3x4xf32>)
func.func @one_after_the_other(%x: tensor<2x3x4xf32>) -> (tensor<4x6xf32>, tensor<3x2x4xf32>, tensor<2x3x4xf32>) {
  // CHECK-DAG: %[[R:.+]] = mlc.reshape %[[X]] : tensor<2x3x4xf32> -> tensor<4x6xf32>
  %0 = mlc.reshape %x : tensor<2x3x4xf32> -> tensor<24xf32>
  %1 = mlc.reshape %0 : tensor<24xf32> -> tensor<4x6xf32>
  // CHECK-DAG: %[[T:.+]] = mlc.transpose %[[X]] [1, 0, 2]
  %2 = mlc.transpose %x [2, 1, 0] : tensor<2x3x4xf32> -> tensor<4x3x2xf32>
  %3 = mlc.transpose %2 [1, 2, 0] : tensor<4x3x2xf32> -> tensor<3x2x4xf32>
  %4 = mlc.transpose %2 [2, 1, 0] : tensor<4x3x2xf32> -> tensor<2x3x4xf32>
  // CHECK: return %[[R]], %[[T]], %[[X]]
  return %1, %3, %4 : tensor<4x6xf32>, tensor<3x2x4xf32>, tensor<2x3x4xf32>
}

// The bytes of weights stay where they are: another shape is another view of one resource.
// CHECK-LABEL: @reshapes_weights
func.func @reshapes_weights() -> tensor<2x1xf32> {
  %w = mlc.constant dense_resource<w> : tensor<2xf32> : tensor<2xf32>
  // CHECK-NEXT: mlc.constant dense_resource<w> : tensor<2x1xf32> : tensor<2x1xf32>
  %0 = mlc.reshape %w : tensor<2xf32> -> tensor<2x1xf32>
  return %0 : tensor<2x1xf32>
}

// Neighbouring slices become one, which may be the whole.
// CHECK-LABEL: @joins_slices
func.func @joins_slices(%x: tensor<2x12xf32>, %y: tensor<2x5xf32>) -> (tensor<2x12xf32>, tensor<2x13xf32>) {
  %a = mlc.slice %x <() -> (0, 0)> [1, 1] : tensor<2x12xf32> -> tensor<2x4xf32>
  %b = mlc.slice %x <() -> (0, 4)> [1, 1] : tensor<2x12xf32> -> tensor<2x4xf32>
  %c = mlc.slice %x <() -> (0, 8)> [1, 1] : tensor<2x12xf32> -> tensor<2x4xf32>
  %0 = mlc.concat(%a, %b, %c) axis 1 : (tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x12xf32>
  // CHECK: %[[S:.+]] = mlc.slice %arg0 <() -> (0, 4)> [1, 1] : tensor<2x12xf32> -> tensor<2x8xf32>
  // CHECK: %[[Y:.+]] = mlc.concat(%arg1, %[[S]]) axis 1
  %1 = mlc.concat(%y, %b, %c) axis 1 : (tensor<2x5xf32>, tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x13xf32>
  // CHECK: return %arg0, %[[Y]]
  return %0, %1 : tensor<2x12xf32>, tensor<2x13xf32>
}

// Those in another order, with steps, or along another dimension stay.
// CHECK-LABEL: @keeps_slices
// CHECK-COUNT-3: mlc.concat(%{{.+}}, %{{.+}}) axis
func.func @keeps_slices(%x: tensor<12x12xf32>) -> (tensor<12x8xf32>, tensor<12x8xf32>, tensor<24x4xf32>) {
  %a = mlc.slice %x <() -> (0, 0)> [1, 1] : tensor<12x12xf32> -> tensor<12x4xf32>
  %b = mlc.slice %x <() -> (0, 4)> [1, 1] : tensor<12x12xf32> -> tensor<12x4xf32>
  %c = mlc.slice %x <() -> (0, 0)> [1, 2] : tensor<12x12xf32> -> tensor<12x4xf32>
  %d = mlc.slice %x <() -> (0, 4)> [1, 2] : tensor<12x12xf32> -> tensor<12x4xf32>
  %0 = mlc.concat(%b, %a) axis 1 : (tensor<12x4xf32>, tensor<12x4xf32>) -> tensor<12x8xf32>
  %1 = mlc.concat(%c, %d) axis 1 : (tensor<12x4xf32>, tensor<12x4xf32>) -> tensor<12x8xf32>
  %2 = mlc.concat(%a, %b) axis 0 : (tensor<12x4xf32>, tensor<12x4xf32>) -> tensor<24x4xf32>
  return %0, %1, %2 : tensor<12x8xf32>, tensor<12x8xf32>, tensor<24x4xf32>
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x400000000000803F00000040"
    }
  }
#-}
