// Dimensions that have to be equal for the graph to make sense are recorded, each pair once, to be checked when a run starts.
// RUN: %mlc-opt %s | FileCheck %s

!n = tensor<?xf32, #mlc.dims<()[s0] -> (s0)>>
!m = tensor<?xf32, #mlc.dims<()[s0, s1] -> (s1)>>
!nm = tensor<?x?xf32, #mlc.dims<()[s0, s1] -> (s0, s1)>>

// CHECK-LABEL: @equal_sizes
// CHECK-SAME: attributes {mlc.constraints = [#mlc.dims<()[s0, s1] -> (s0, s1)>]}
func.func @equal_sizes(%x: !n, %y: !m) -> (!n, !n) {
  %0 = mlc.add %x, %y : !n, !m -> !n
  %1 = mlc.mul %x, %y : !n, !m -> !n
  return %0, %1 : !n, !n
}

// CHECK-LABEL: @known_size
// CHECK-SAME: attributes {mlc.constraints = [#mlc.dims<()[s0] -> (s0, 7)>]}
func.func @known_size(%x: !n, %y: tensor<7xf32>) -> tensor<7xf32> {
  %0 = mlc.add %x, %y : !n, tensor<7xf32> -> tensor<7xf32>
  return %0 : tensor<7xf32>
}

// CHECK-LABEL: @inner_dimensions
// CHECK-SAME: attributes {mlc.constraints = [#mlc.dims<()[s0, s1] -> (s1, s0)>]}
func.func @inner_dimensions(%x: !nm) -> !nm {
  %0 = mlc.matmul %x, %x : !nm, !nm -> !nm
  return %0 : !nm
}

// CHECK-LABEL: @concatenated
// CHECK-SAME: attributes {mlc.constraints = [#mlc.dims<()[s0, s1] -> (s1, 4)>]}
func.func @concatenated(%x: !nm, %y: tensor<2x4xf32>) -> tensor<?x4xf32, #mlc.dims<()[s0] -> (s0 + 2, 4)>> {
  %0 = mlc.concat(%x, %y) axis 0 : (!nm, tensor<2x4xf32>) -> tensor<?x4xf32, #mlc.dims<()[s0] -> (s0 + 2, 4)>>
  return %0 : tensor<?x4xf32, #mlc.dims<()[s0] -> (s0 + 2, 4)>>
}

// One expression, and sizes that broadcast, need nothing.
// CHECK-LABEL: @nothing_to_check
// CHECK-NOT: mlc.constraints
// CHECK: return
func.func @nothing_to_check(%x: !n, %y: tensor<1xf32>) -> !n {
  %0 = mlc.add %x, %y : !n, tensor<1xf32> -> !n
  %1 = mlc.mul %0, %x : !n, !n -> !n
  return %1 : !n
}
