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
  // expected-error @+1 {{expected string or keyword containing one of the following enum values for attribute 'kind' [lstm, gru]}}
  %0:2 = mlc.recurrent rnn %x, %w, %h : tensor<5x2x8xf32>, tensor<1x8x1x16xf32>, tensor<2x8xf32> -> tensor<5x2x8xf32>, tensor<2x8xf32>
  return
}
