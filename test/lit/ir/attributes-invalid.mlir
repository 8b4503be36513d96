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

// -----

// expected-error @+1 {{expressions are over symbols, not over dimensions: affine_map<(d0) -> (d0)>}}
func.func @dims_of_dimensions(%x: tensor<?xf32, #mlc.dims<(d0) -> (d0)>>) {
  return
}

// -----

// expected-error @+1 {{a symbol of kind "sum", expected input, min, max or data}}
func.func @symbol_kind() attributes {mlc.symbols = [#mlc.symbol<"n", "sum", 1, () -> (0, 0)>]} {
  return
}

// -----

// expected-error @+1 {{a symbol of kind "min" is made of two expressions}}
func.func @symbol_arguments() attributes {mlc.symbols = [#mlc.symbol<"n", "min", 1, () -> (0)>]} {
  return
}

// -----

// Symbols speak of earlier ones, so that they can be computed in order.
// expected-error @+1 {{symbol s0 speaks of symbol s0, but there are none}}
func.func @symbol_of_itself() attributes {mlc.symbols = [#mlc.symbol<"n", "max", 1, ()[s0] -> (s0, 1)>]} {
  return
}

// -----

// expected-error @+1 {{mlc.symbols has an entry that is no #mlc.symbol: 7}}
func.func @symbols_are_symbols() attributes {mlc.symbols = [7]} {
  return
}

// -----

// expected-error @+1 {{mlc.constraints has an entry that is no pair of expressions: #mlc.dims<() -> (1)>}}
func.func @constraints_are_pairs() attributes {mlc.constraints = [#mlc.dims<() -> (1)>]} {
  return
}

// -----

// expected-error @+1 {{mlc.dtype is 7 : i64 for a value of type 'tensor<4xf32>'}}
func.func @another_type(%x: tensor<4xf32> {mlc.dtype = 7}) {
  return
}
