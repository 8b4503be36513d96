// The dialect's attributes are checked when they are read.
// RUN: %mlc-opt %s --split-input-file --verify-diagnostics

// expected-error @+2 {{failed to parse Mlc_DimsAttr parameter 'map'}}
// expected-error @+1 {{expected '('}}
func.func @dims_is_a_map(%x: tensor<?xf32, #mlc.dims<7>>) {
  return
}

// -----

// expected-error @+2 {{use of undeclared identifier}}
// expected-error @+1 {{failed to parse Mlc_DimsAttr parameter 'map'}}
func.func @undeclared_symbol(%x: tensor<?xf32, #mlc.dims<()[s0] -> (s1)>>) {
  return
}

// -----

// expected-error @+1 {{expected ','}}
func.func @symbol_is_whole() attributes {mlc.symbols = [#mlc.symbol<"n", "input", 1>]} {
  return
}

// -----

// expected-error @+1 {{unknown attribute `shape` in dialect `mlc`}}
func.func @no_such_attribute() attributes {mlc.symbols = [#mlc.shape<1>]} {
  return
}

// -----

func.func @no_such_operator(%x: tensor<4xf32>) {
  // expected-error @+1 {{custom op 'mlc.median' is unknown}}
  %0 = mlc.median %x : tensor<4xf32> -> tensor<4xf32>
  return
}
