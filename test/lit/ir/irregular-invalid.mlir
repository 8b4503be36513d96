// What calls of reference kernels and recurrent operators refuse.
// RUN: %mlc-opt %s --split-input-file --verify-diagnostics

func.func @no_kernel(%x: tensor<4xf32>) {
  // expected-error @+1 {{calls 'median', which is no reference kernel}}
  %0 = mlc.call "median"(%x) {floats = array<f64>, ints = array<i64>, mask = array<i1>} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @mask(%x: tensor<4xf32>) {
  // expected-error @+1 {{has a mask that does not fit its operands}}
  %0 = mlc.call "hardmax"(%x) {floats = array<f64>, ints = array<i64: 0>, mask = array<i1: true, true>} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @cell_kind(%x: tensor<5x2x8xf32>, %w: tensor<1x8x1x16xf32>, %h: tensor<2x8xf32>) {
  // expected-error @+1 {{expected string or keyword containing one of the following enum values for attribute 'kind' [lstm, gru, rnn]}}
  %0:2 = mlc.recurrent elman %x, %w, %h : tensor<5x2x8xf32>, tensor<1x8x1x16xf32>, tensor<2x8xf32> -> tensor<5x2x8xf32>, tensor<2x8xf32>
  return
}

// -----

func.func @call_operands(%x: tensor<1x2x4x4xf32>) {
  // expected-error @+1 {{calls 'grid_sample', which has 2 operands, and #1 is missing}}
  %0 = mlc.call "grid_sample"(%x) {floats = array<f64>, ints = array<i64: 0, 0, 0>, mask = array<i1>} : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  return
}

// -----

func.func @call_too_many(%x: tensor<4xf32>) {
  // expected-error @+1 {{calls 'non_zero', which has 1 operands, not 2}}
  %0:2 = mlc.call "non_zero"(%x, %x) {floats = array<f64>, ints = array<i64>, mask = array<i1>} : (tensor<4xf32>, tensor<4xf32>) -> (tensor<1x4xi64>, tensor<i64>)
  return
}

// -----

func.func @call_results(%x: tensor<4xf32>) {
  // expected-error @+1 {{calls 'top_k', which has 2 results, and #1 is missing}}
  %0 = mlc.call "top_k"(%x) {floats = array<f64>, ints = array<i64>, mask = array<i1>} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @call_integers(%x: tensor<4xf32>) {
  // expected-error @+1 {{calls 'top_k', which has 3 integers, not 0}}
  %0:2 = mlc.call "top_k"(%x) {floats = array<f64>, ints = array<i64>, mask = array<i1>} : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xi64>)
  return
}

// -----

func.func @call_floats() {
  // expected-error @+1 {{calls 'random_normal', which has 2 floats, not 1}}
  %0 = mlc.call "random_normal"() {floats = array<f64: 0.0>, ints = array<i64: 7, 1>, mask = array<i1>} : () -> tensor<4xf32>
  return
}

// -----

func.func @call_rank(%x: tensor<2x4x4xf32>, %g: tensor<1x4x4x2xf32>) {
  // expected-error @+1 {{calls 'grid_sample', which has operand #1 of 2 in dimension 0, not of 1}}
  %0 = mlc.call "grid_sample"(%x, %g) {floats = array<f64>, ints = array<i64: 0, 0, 0>, mask = array<i1>} : (tensor<2x4x4xf32>, tensor<1x4x4x2xf32>) -> tensor<2x4x4x4xf32>
  return
}

// -----

func.func @call_type(%x: tensor<2x6xf32>) {
  // expected-error @+1 {{calls 'top_k', which has result #1 of i64, not of 'i32'}}
  %0:2 = mlc.call "top_k"(%x) {floats = array<f64>, ints = array<i64: 1, 1, 1>, mask = array<i1>} : (tensor<2x6xf32>) -> (tensor<2x3xf32>, tensor<2x3xi32>)
  return
}

// -----

func.func @recurrent_ranks(%x: tensor<4xf32>) {
  // expected-error @+1 {{has a projected input of type 'tensor<4xf32>' and a state of type 'tensor<4xf32>', expected ranks 3 and 2}}
  %0:2 = mlc.recurrent gru %x, %x, %x : tensor<4xf32>, tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>, tensor<4xf32>
  return
}

// -----

func.func @recurrent_gates(%x: tensor<5x2x32xf32>, %w: tensor<1x8x3x16xf32>, %h: tensor<2x8xf32>) {
  // expected-error @+1 {{has a tensor of type 'tensor<5x2x32xf32>', expected 24 in dimension 2}}
  %0:2 = mlc.recurrent gru %x, %w, %h : tensor<5x2x32xf32>, tensor<1x8x3x16xf32>, tensor<2x8xf32> -> tensor<5x2x8xf32>, tensor<2x8xf32>
  return
}

// -----

func.func @recurrent_cell(%x: tensor<5x2x32xf32>, %w: tensor<1x8x4x16xf32>, %h: tensor<2x8xf32>) {
  // expected-error @+1 {{of kind lstm has no cell}}
  %0:2 = mlc.recurrent lstm %x, %w, %h : tensor<5x2x32xf32>, tensor<1x8x4x16xf32>, tensor<2x8xf32> -> tensor<5x2x8xf32>, tensor<2x8xf32>
  return
}

// -----

func.func @recurrent_bias(%x: tensor<5x2x8xf32>, %w: tensor<1x8x1x16xf32>, %h: tensor<2x8xf32>, %b: tensor<3x8xf32>) {
  // expected-error @+1 {{of kind rnn has no reset, and its bias is part of the projected input}}
  %0:2 = mlc.recurrent rnn %x, %w, %h bias %b : tensor<3x8xf32> : tensor<5x2x8xf32>, tensor<1x8x1x16xf32>, tensor<2x8xf32> -> tensor<5x2x8xf32>, tensor<2x8xf32>
  return
}

// -----

func.func @recurrent_peepholes(%x: tensor<5x2x8xf32>, %w: tensor<1x8x1x16xf32>, %h: tensor<2x8xf32>, %p: tensor<3x8xf32>) {
  // expected-error @+1 {{of kind rnn has no gates that would be coupled or see a cell}}
  %0:2 = mlc.recurrent rnn %x, %w, %h peepholes %p : tensor<3x8xf32> : tensor<5x2x8xf32>, tensor<1x8x1x16xf32>, tensor<2x8xf32> -> tensor<5x2x8xf32>, tensor<2x8xf32>
  return
}

// -----

func.func @recurrent_activations(%x: tensor<5x2x24xf32>, %w: tensor<1x8x3x16xf32>, %h: tensor<2x8xf32>) {
  // expected-error @+1 {{of kind gru has 1 activations, expected 2}}
  %0:2 = mlc.recurrent gru %x, %w, %h {activations = [#mlc.activation<relu>]} : tensor<5x2x24xf32>, tensor<1x8x3x16xf32>, tensor<2x8xf32> -> tensor<5x2x8xf32>, tensor<2x8xf32>
  return
}

// -----

func.func @recurrent_clip(%x: tensor<5x2x8xf32>, %w: tensor<1x8x1x16xf32>, %h: tensor<2x8xf32>) {
  // expected-error @+1 {{has a clip of -1.000000e+00, expected 0 or more}}
  %0:2 = mlc.recurrent rnn %x, %w, %h {clip = -1.0 : f64} : tensor<5x2x8xf32>, tensor<1x8x1x16xf32>, tensor<2x8xf32> -> tensor<5x2x8xf32>, tensor<2x8xf32>
  return
}

// -----

// expected-error @+1 {{activation elu has 0 parameters, expected 1}}
func.func @activation_parameters(%x: tensor<4xf32>) attributes {f = #mlc.activation<elu>} {
  return
}
