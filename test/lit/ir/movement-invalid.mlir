// What operators that move elements refuse.
// RUN: %mlc-opt %s --split-input-file --verify-diagnostics

func.func @constant_type() {
  // expected-error @+1 {{has a value of type 'tensor<2xf32>' and a result of type 'tensor<3xf32>'}}
  %0 = mlc.constant dense<1.0> : tensor<2xf32> : tensor<3xf32>
  return
}

// -----

func.func @reshape_count(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{makes 'tensor<4xf32>' of 'tensor<2x3xf32>'}}
  %0 = mlc.reshape %x : tensor<2x3xf32> -> tensor<4xf32>
  return
}

// -----

func.func @reshape_type(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{changes the element type}}
  %0 = mlc.reshape %x : tensor<2x3xf32> -> tensor<6xi32>
  return
}

// -----

func.func @transpose_length(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{permutation of 3 dimensions for rank 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.transpose %x [1, 0, 2] : tensor<2x3xf32> -> tensor<3x2xf32>
  return
}

// -----

func.func @transpose_twice_the_same(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{no permutation of the dimensions}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.transpose %x [1, 1] : tensor<2x3xf32> -> tensor<3x3xf32>
  return
}

// -----

func.func @transpose_negative(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{no permutation of the dimensions}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.transpose %x [0, -1] : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @slice_lists(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{needs a start and a step for each of 2 dimensions}}
  %0 = mlc.slice %x <() -> (0)> [1, 1] : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @slice_rank(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{needs a start and a step for each of 2 dimensions}}
  %0 = mlc.slice %x <() -> (0, 0)> [1, 1] : tensor<2x3xf32> -> tensor<3xf32>
  return
}

// -----

func.func @slice_behind_the_end(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{reads outside of dimension 1}}
  %0 = mlc.slice %x <() -> (0, 1)> [1, 1] : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @slice_before_the_start(%x: tensor<4xf32>) {
  // expected-error @+1 {{reads outside of dimension 0}}
  %0 = mlc.slice %x <() -> (1)> [-1] : tensor<4xf32> -> tensor<3xf32>
  return
}

// -----

func.func @concat_nothing() {
  // expected-error @+2 {{nothing to concatenate}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.concat() axis 0 : () -> tensor<0xf32>
  return
}

// -----

func.func @concat_axis(%x: tensor<2xf32>) {
  // expected-error @+2 {{axis 1 is outside of rank 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.concat(%x, %x) axis 1 : (tensor<2xf32>, tensor<2xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @concat_sizes(%x: tensor<2x3xf32>, %y: tensor<2x4xf32>) {
  // expected-error @+2 {{parts have sizes 3 and 4 in dimension 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.concat(%x, %y) axis 0 : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<4x3xf32>
  return
}

// -----

func.func @concat_types(%x: tensor<2xf32>, %y: tensor<2xi32>) {
  // expected-error @+2 {{parts 'tensor<2xf32>' and 'tensor<2xi32>' differ in rank or type}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.concat(%x, %y) axis 0 : (tensor<2xf32>, tensor<2xi32>) -> tensor<4xf32>
  return
}

// -----

func.func @pad_lists(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{needs padding for each of 2 dimensions}}
  %0 = mlc.pad constant %x low <() -> (0)> high <() -> (0, 1)> interior [0, 0] : tensor<2x3xf32> -> tensor<2x4xf32>
  return
}

// -----

func.func @pad_interior_mode(%x: tensor<3xf32>) {
  // expected-error @+1 {{has interior padding in a mode other than constant}}
  %0 = mlc.pad edge %x low <() -> (0)> high <() -> (0)> interior [1] : tensor<3xf32> -> tensor<5xf32>
  return
}

// -----

func.func @gather_axis(%x: tensor<3x4xf32>, %i: tensor<2xi64>) {
  // expected-error @+2 {{axis 2 is outside of rank 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.gather %x, %i axis 2 : tensor<3x4xf32>, tensor<2xi64> -> tensor<3x2xf32>
  return
}

// -----

func.func @gather_by_floats(%x: tensor<3x4xf32>, %i: tensor<2xf32>) {
  // expected-error @+2 {{indices are no integers}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.gather %x, %i axis 0 : tensor<3x4xf32>, tensor<2xf32> -> tensor<2x4xf32>
  return
}

// -----

func.func @gather_elements_rank(%x: tensor<3x4xf32>, %i: tensor<2xi64>) {
  // expected-error @+2 {{indices of rank 1 for data of rank 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.gather_elements %x, %i axis 0 : tensor<3x4xf32>, tensor<2xi64> -> tensor<2xf32>
  return
}

// -----

func.func @gather_nd_tuples(%x: tensor<3x4xf32>, %i: tensor<5x3xi64>) {
  // expected-error @+2 {{index tuples do not fit data of rank 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.gather_nd %x, %i batch 0 : tensor<3x4xf32>, tensor<5x3xi64> -> tensor<5xf32>
  return
}

// -----

func.func @gather_nd_unknown_tuple(%x: tensor<3x4xf32>, %i: tensor<5x?xi64, #mlc.dims<()[s0] -> (5, s0)>>) {
  // expected-error @+2 {{index tuples do not fit data of rank 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.gather_nd %x, %i batch 0 : tensor<3x4xf32>, tensor<5x?xi64, #mlc.dims<()[s0] -> (5, s0)>> -> tensor<5xf32>
  return
}

// -----

// What is scattered into keeps its type.
func.func @scatter_result(%x: tensor<3x4xf32>, %i: tensor<2x1xi64>, %u: tensor<2x4xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<3x4xf32>' are incompatible with return type(s) of operation 'tensor<2x4xf32>'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.scatter_nd %x, %i, %u reduction 0 : tensor<3x4xf32>, tensor<2x1xi64>, tensor<2x4xf32> -> tensor<2x4xf32>
  return
}
