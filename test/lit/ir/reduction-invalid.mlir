// What reductions, scans and normalisations refuse.
// RUN: %mlc-opt %s --split-input-file --verify-diagnostics

func.func @reduce_axis(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{axis 2 is outside of rank 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.reduce sum %x [0, 2] keepdims false : tensor<2x3xf32> -> tensor<3xf32>
  return
}

// -----

// Axes are counted from the front here; the importers see to that.
func.func @reduce_negative_axis(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{axis -1 is outside of rank 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.reduce sum %x [-1] keepdims false : tensor<2x3xf32> -> tensor<2xf32>
  return
}

// -----

func.func @reduce_keeps(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<2x1xf32>' are incompatible with return type(s) of operation 'tensor<2xf32>'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.reduce sum %x [1] keepdims true : tensor<2x3xf32> -> tensor<2xf32>
  return
}

// -----

func.func @reduce_kind(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{expected string or keyword containing one of the following enum values for attribute 'kind' [sum, prod, max, min]}}
  %0 = mlc.reduce mean %x [1] keepdims false : tensor<2x3xf32> -> tensor<2xf32>
  return
}

// -----

func.func @arg_reduce_sum(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{finds the largest or the smallest element}}
  %0 = mlc.arg_reduce sum %x axis 1 keepdims false : tensor<2x3xf32> -> tensor<2xi64>
  return
}

// -----

func.func @arg_reduce_type(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<2xi64>' are incompatible with return type(s) of operation 'tensor<2xi32>'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.arg_reduce max %x axis 1 keepdims false : tensor<2x3xf32> -> tensor<2xi32>
  return
}

// -----

func.func @cumulative_max(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{adds or multiplies}}
  %0 = mlc.cumulative max %x axis 1 : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @softmax_scalar(%x: tensor<f32>) {
  // expected-error @+2 {{axis 0 is outside of rank 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.softmax %x axis 0 : tensor<f32> -> tensor<f32>
  return
}

// -----

func.func @layer_norm_axis(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{axis 2 is outside of rank 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.layer_norm %x axis 2 {epsilon = 1.0e-5 : f64} : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @layer_norm_epsilon(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'mlc.layer_norm' op requires attribute 'epsilon'}}
  %0 = mlc.layer_norm %x axis 1 : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @reduce_axis_twice(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{axis 0 stands twice}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.reduce sum %x [0, 0] keepdims false : tensor<2x3xf32> -> tensor<3xf32>
  return
}

// -----

func.func @softmax_of_integers(%x: tensor<4xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of float values, but got 'tensor<4xi32>'}}
  %0 = mlc.softmax %x axis 0 : tensor<4xi32> -> tensor<4xi32>
  return
}

// -----

func.func @layer_norm_scale(%x: tensor<2x3xf32>, %s: tensor<7xf32>) {
  // expected-error @+1 {{has a scale or bias of type 'tensor<7xf32>' for an input of type 'tensor<2x3xf32>'}}
  %0 = mlc.layer_norm %x scale %s : tensor<7xf32> axis 1 {epsilon = 1.0e-5 : f64} : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @layer_norm_bias_type(%x: tensor<2x3xf32>, %s: tensor<3xf64>) {
  // expected-error @+1 {{has a scale or bias of 'f64' for an input of 'f32'}}
  %0 = mlc.layer_norm %x bias %s : tensor<3xf64> axis 1 {epsilon = 1.0e-5 : f64} : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}
