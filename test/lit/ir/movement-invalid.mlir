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

func.func @view_of_inputs(%x: tensor<2x3xf32>, %y: tensor<2x3xf32>) {
  // expected-error @+1 {{is a view whose part 0 is made by no group}}
  %0 = mlc.concat(%x, %y) axis 0 {view} : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
  return
}

// -----

func.func @view_of_a_part_given_twice(%x: tensor<2x3xf32>) {
  %a = mlc.group "a" emitter "loop"(%x) symbols <() -> ()> : (tensor<2x3xf32>) -> tensor<2x3xf32> {
  ^bb0(%p: tensor<2x3xf32>):
    %1 = mlc.neg %p : tensor<2x3xf32> -> tensor<2x3xf32>
    mlc.yield %1 : tensor<2x3xf32>
  }
  // expected-error @+1 {{is a view whose part 0 is a part twice}}
  %0 = mlc.concat(%a, %a) axis 0 {view} : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
  return
}

// -----

func.func @view_of_unknown_size(%x: tensor<?x3xf32, #mlc.dims<()[s0] -> (s0, 3)>>) {
  // expected-error @+1 {{is a view of unknown size}}
  %0 = mlc.concat(%x) axis 0 {view} : (tensor<?x3xf32, #mlc.dims<()[s0] -> (s0, 3)>>) -> tensor<?x3xf32, #mlc.dims<()[s0] -> (s0, 3)>>
  return
}

// -----

func.func @view_with_steps(%x: tensor<4xf32>) {
  // expected-error @+1 {{is a view of unknown sizes or with steps}}
  %0 = mlc.slice %x <() -> (0)> [2] {view} : tensor<4xf32> -> tensor<2xf32>
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
  // expected-error @+1 {{operand #1 must be ranked tensor of 32-bit signless integer or 64-bit signless integer values, but got 'tensor<2xf32>'}}
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

// -----

func.func @symbolic_count() {
  // expected-error @+1 {{has 1 expressions for a result of type 'tensor<3xi64>'}}
  %0 = mlc.symbolic <()[s0] -> (s0)> : tensor<3xi64>
  return
}

// -----

func.func @bind_element(%k: tensor<2xi64>) attributes {mlc.symbols = [#mlc.symbol<"k", "data", 0, () -> ()>]} {
  // expected-error @+1 {{takes element 7 of a tensor of type 'tensor<2xi64>'}}
  mlc.bind %k[7] as 0 : tensor<2xi64>
  return
}

// -----

func.func @bind_symbol(%k: tensor<2xi64>) attributes {mlc.symbols = [#mlc.symbol<"k", "data", 0, () -> ()>]} {
  // expected-error @+1 {{binds symbol 9, but the function has 1}}
  mlc.bind %k[0] as 9 : tensor<2xi64>
  return
}

// -----

func.func @bind_input(%k: tensor<?xi64, #mlc.dims<()[s0] -> (s0)>>, %v: tensor<2xi64>) attributes {mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>]} {
  // expected-error @+1 {{binds symbol 0, which is of kind "input", not data}}
  mlc.bind %v[0] as 0 : tensor<2xi64>
  return
}

// -----

func.func @bind_float(%k: tensor<2xf32>) attributes {mlc.symbols = [#mlc.symbol<"k", "data", 0, () -> ()>]} {
  // expected-error @+1 {{operand #0 must be ranked tensor of integer or boolean values, but got 'tensor<2xf32>'}}
  mlc.bind %k[0] as 0 : tensor<2xf32>
  return
}

// -----

func.func @broadcast_sizes(%x: tensor<3xf32>) {
  // expected-error @+1 {{spreads a tensor of type 'tensor<3xf32>' to 'tensor<2x4xf32>'}}
  %0 = mlc.broadcast_to %x : tensor<3xf32> -> tensor<2x4xf32>
  return
}

// -----

func.func @broadcast_rank(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{spreads a tensor of type 'tensor<2x3xf32>' to 'tensor<3xf32>'}}
  %0 = mlc.broadcast_to %x : tensor<2x3xf32> -> tensor<3xf32>
  return
}

// -----

func.func @broadcast_type(%x: tensor<3xf32>) {
  // expected-error @+1 {{failed to verify that all of {x, y} have same element type}}
  %0 = mlc.broadcast_to %x : tensor<3xf32> -> tensor<2x3xi32>
  return
}

// -----

func.func @slice_type(%x: tensor<3xf32>) {
  // expected-error @+1 {{failed to verify that all of {x, y} have same element type}}
  %0 = mlc.slice %x <() -> (0)> [1] : tensor<3xf32> -> tensor<3xi32>
  return
}

// -----

func.func @slice_behind_an_unknown_end(%x: tensor<?xf32, #mlc.dims<()[s0] -> (s0)>>) attributes {mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>]} {
  // expected-error @+1 {{reads outside of dimension 0}}
  %0 = mlc.slice %x <() -> (1)> [1] : tensor<?xf32, #mlc.dims<()[s0] -> (s0)>> -> tensor<?xf32, #mlc.dims<()[s0] -> (s0)>>
  return
}

// -----

func.func @slice_no_such_symbol(%x: tensor<?xf32, #mlc.dims<()[s0] -> (s0)>>) attributes {mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>]} {
  // expected-error @+1 {{starts speaks of symbol s1, but the last one is s0}}
  %0 = mlc.slice %x <()[s0, s1] -> (s1)> [1] : tensor<?xf32, #mlc.dims<()[s0] -> (s0)>> -> tensor<1xf32>
  return
}

// -----

func.func @pad_type(%x: tensor<3xf32>) {
  // expected-error @+1 {{failed to verify that all of {x, y} have same element type}}
  %0 = mlc.pad constant %x low <() -> (0)> high <() -> (0)> interior [0] : tensor<3xf32> -> tensor<3xi32>
  return
}

// -----

func.func @pad_rank(%x: tensor<3x4xf32>) {
  // expected-error @+1 {{has a tensor of type 'tensor<3x4x5xf32>', expected rank 2}}
  %0 = mlc.pad constant %x low <() -> (0, 1)> high <() -> (0, 1)> interior [0, 0] : tensor<3x4xf32> -> tensor<3x4x5xf32>
  return
}

// -----

func.func @pad_size(%x: tensor<3x4xf32>) {
  // expected-error @+1 {{has a tensor of type 'tensor<3x9xf32>', expected 6 in dimension 1}}
  %0 = mlc.pad constant %x low <() -> (0, 1)> high <() -> (0, 1)> interior [0, 0] : tensor<3x4xf32> -> tensor<3x9xf32>
  return
}

// -----

func.func @pad_value(%x: tensor<3xf32>, %v: tensor<2xf32>) {
  // expected-error @+1 {{has a value of type 'tensor<2xf32>', expected one 'f32'}}
  %0 = mlc.pad constant %x, %v low <() -> (0)> high <() -> (1)> interior [0] : tensor<3xf32>, tensor<2xf32> -> tensor<4xf32>
  return
}

// -----

func.func @gather_elements_by_floats(%x: tensor<3x4xf32>, %i: tensor<3x4xf32>) {
  // expected-error @+1 {{operand #1 must be ranked tensor of 32-bit signless integer or 64-bit signless integer values, but got 'tensor<3x4xf32>'}}
  %0 = mlc.gather_elements %x, %i axis 0 : tensor<3x4xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
  return
}

// -----

func.func @gather_elements_outside(%x: tensor<3x4xf32>, %i: tensor<3x5xi64>) {
  // expected-error @+1 {{has indices of type 'tensor<3x5xi64>' for data of type 'tensor<3x4xf32>'}}
  %0 = mlc.gather_elements %x, %i axis 0 : tensor<3x4xf32>, tensor<3x5xi64> -> tensor<3x5xf32>
  return
}

// -----

func.func @gather_nd_batch(%x: tensor<3x4xf32>, %i: tensor<2x1xi64>) {
  // expected-error @+1 {{has indices of type 'tensor<2x1xi64>' for data of type 'tensor<3x4xf32>'}}
  %0 = mlc.gather_nd %x, %i batch 1 : tensor<3x4xf32>, tensor<2x1xi64> -> tensor<2xf32>
  return
}

// -----

func.func @iota_axis() {
  // expected-error @+1 {{axis 3 is outside of rank 1}}
  %0 = mlc.iota axis 3 <() -> (0, 1)> : tensor<4xi64>
  return
}

// -----

func.func @iota_range() {
  // expected-error @+1 {{needs a start and a step, not 1 expressions}}
  %0 = mlc.iota axis 0 <() -> (0)> : tensor<4xi64>
  return
}

// -----

func.func @resize_rank(%x: tensor<1x3x4x2xf32>) {
  // expected-error @+1 {{makes 'tensor<1x6x8xf32>' of 'tensor<1x3x4x2xf32>'}}
  %0 = mlc.resize %x {coordinates = 1, mode = 0, nearest = 2, roi = array<f64>, scales = array<f64>} : tensor<1x3x4x2xf32> -> tensor<1x6x8xf32>
  return
}

// -----

func.func @resize_mode(%x: tensor<1x3x4x2xf32>) {
  // expected-error @+1 {{attribute 'mode' failed to satisfy constraint: 64-bit signless integer attribute whose minimum value is 0 whose maximum value is 2}}
  %0 = mlc.resize %x {coordinates = 1, mode = 9, nearest = 2, roi = array<f64>, scales = array<f64>} : tensor<1x3x4x2xf32> -> tensor<1x6x8x2xf32>
  return
}

// -----

func.func @resize_coordinates(%x: tensor<1x3x4x2xf32>) {
  // expected-error @+1 {{attribute 'coordinates' failed to satisfy constraint}}
  %0 = mlc.resize %x {coordinates = 11, mode = 0, nearest = 2, roi = array<f64>, scales = array<f64>} : tensor<1x3x4x2xf32> -> tensor<1x6x8x2xf32>
  return
}

// -----

func.func @resize_scales(%x: tensor<1x3x4x2xf32>) {
  // expected-error @+1 {{has 1 scales for 4 dimensions}}
  %0 = mlc.resize %x {coordinates = 1, mode = 0, nearest = 2, roi = array<f64>, scales = array<f64: 2.0>} : tensor<1x3x4x2xf32> -> tensor<1x6x8x2xf32>
  return
}

// -----

func.func @resize_no_scale(%x: tensor<1x3x4x2xf32>) {
  // expected-error @+1 {{has a scale that is not above 0}}
  %0 = mlc.resize %x {coordinates = 1, mode = 0, nearest = 2, roi = array<f64>, scales = array<f64: 1.0, 2.0, 0.0, 1.0>} : tensor<1x3x4x2xf32> -> tensor<1x6x8x2xf32>
  return
}

// -----

func.func @resize_region(%x: tensor<1x3x4x2xf32>) {
  // expected-error @+1 {{has 2 limits of the region, expected 8}}
  %0 = mlc.resize %x {coordinates = 1, mode = 0, nearest = 2, roi = array<f64: 0.0, 1.0>, scales = array<f64>} : tensor<1x3x4x2xf32> -> tensor<1x6x8x2xf32>
  return
}

// -----

func.func @scatter_updates_type(%x: tensor<3x4xf32>, %i: tensor<2x1xi64>, %u: tensor<2x4xi32>) {
  // expected-error @+1 {{has updates of 'i32' for data of 'f32'}}
  %0 = mlc.scatter_nd %x, %i, %u reduction 0 : tensor<3x4xf32>, tensor<2x1xi64>, tensor<2x4xi32> -> tensor<3x4xf32>
  return
}

// -----

func.func @scatter_updates_shape(%x: tensor<3x4xf32>, %i: tensor<2x1xi64>, %u: tensor<2x5xf32>) {
  // expected-error @+1 {{has a tensor of type 'tensor<2x5xf32>', expected 4 in dimension 1}}
  %0 = mlc.scatter_nd %x, %i, %u reduction 0 : tensor<3x4xf32>, tensor<2x1xi64>, tensor<2x5xf32> -> tensor<3x4xf32>
  return
}

// -----

func.func @scatter_axis(%x: tensor<3x4xf32>, %i: tensor<2x1xi64>, %u: tensor<2x1xf32>) {
  // expected-error @+1 {{axis 7 is outside of rank 2}}
  %0 = mlc.scatter_elements %x, %i, %u axis 7 reduction 0 : tensor<3x4xf32>, tensor<2x1xi64>, tensor<2x1xf32> -> tensor<3x4xf32>
  return
}

// -----

func.func @scatter_reduction(%x: tensor<3x4xf32>, %i: tensor<2x1xi64>, %u: tensor<2x1xf32>) {
  // expected-error @+1 {{attribute 'reduction' failed to satisfy constraint}}
  %0 = mlc.scatter_elements %x, %i, %u axis 0 reduction 5 : tensor<3x4xf32>, tensor<2x1xi64>, tensor<2x1xf32> -> tensor<3x4xf32>
  return
}

// -----

func.func @reverse_axes(%x: tensor<3x4xf32>, %l: tensor<3xi64>) {
  // expected-error @+1 {{axis 5 is outside of rank 2}}
  %0 = mlc.reverse_sequence %x, %l batch 5 time 9 : tensor<3x4xf32>, tensor<3xi64> -> tensor<3x4xf32>
  return
}

// -----

func.func @reverse_one_axis(%x: tensor<3x4xf32>, %l: tensor<3xi64>) {
  // expected-error @+1 {{has one axis for batch and time}}
  %0 = mlc.reverse_sequence %x, %l batch 0 time 0 : tensor<3x4xf32>, tensor<3xi64> -> tensor<3x4xf32>
  return
}

// -----

func.func @reverse_lengths(%x: tensor<3x4xf32>, %l: tensor<4xi64>) {
  // expected-error @+1 {{has a tensor of type 'tensor<4xi64>', expected 3 in dimension 0}}
  %0 = mlc.reverse_sequence %x, %l batch 0 time 1 : tensor<3x4xf32>, tensor<4xi64> -> tensor<3x4xf32>
  return
}
