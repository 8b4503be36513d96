// What the element-wise operators refuse.
// RUN: %mlc-opt %s --split-input-file --verify-diagnostics

func.func @no_broadcast(%x: tensor<2x3xf32>, %y: tensor<4xf32>) {
  // expected-error @+2 {{shapes of 'tensor<2x3xf32>' and 'tensor<4xf32>' do not broadcast}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.add %x, %y : tensor<2x3xf32>, tensor<4xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @third_does_not_broadcast(%c: tensor<2xi1>, %x: tensor<2xf32>, %y: tensor<3xf32>) {
  // expected-error @+2 {{shapes of 'tensor<2xi1>' and 'tensor<3xf32>' do not broadcast}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.select %c, %x, %y : tensor<2xi1>, tensor<2xf32>, tensor<3xf32> -> tensor<2xf32>
  return
}

// -----

func.func @other_shape(%x: tensor<2x3xf32>, %y: tensor<3xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<2x3xf32>' are incompatible with return type(s) of operation 'tensor<2x4xf32>'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.sub %x, %y : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x4xf32>
  return
}

// -----

func.func @other_type(%x: tensor<3xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<3xf32>' are incompatible with return type(s) of operation 'tensor<3xf64>'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.exp %x : tensor<3xf32> -> tensor<3xf64>
  return
}

// -----

func.func @mixed_types(%x: tensor<2x3xf32>, %y: tensor<3xi32>) {
  // expected-error @+2 {{element types 'f32' and 'i32' differ}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.mul %x, %y : tensor<2x3xf32>, tensor<3xi32> -> tensor<2x3xf32>
  return
}

// -----

// Signed and unsigned are not the same.
func.func @mixed_signs(%x: tensor<3xi8>, %y: tensor<3xui8>) {
  // expected-error @+2 {{element types 'i8' and 'ui8' differ}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.max %x, %y : tensor<3xi8>, tensor<3xui8> -> tensor<3xi8>
  return
}

// -----

func.func @compare_mixed(%x: tensor<3xf32>, %y: tensor<3xf64>) {
  // expected-error @+2 {{element types 'f32' and 'f64' differ}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.compare lt %x, %y : tensor<3xf32>, tensor<3xf64> -> tensor<3xi1>
  return
}

// -----

func.func @compare_gives_booleans(%x: tensor<3xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<3xi1>' are incompatible with return type(s) of operation 'tensor<3xf32>'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.compare lt %x, %x : tensor<3xf32>, tensor<3xf32> -> tensor<3xf32>
  return
}

// -----

func.func @compare_unknown_relation(%x: tensor<3xf32>) {
  // expected-error @+1 {{expected string or keyword containing one of the following enum values for attribute 'relation' [eq, ne, lt, le, gt, ge]}}
  %0 = mlc.compare above %x, %x : tensor<3xf32>, tensor<3xf32> -> tensor<3xi1>
  return
}

// -----

func.func @select_by_number(%c: tensor<3xi32>, %x: tensor<3xf32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of 1-bit signless integer values, but got 'tensor<3xi32>'}}
  %0 = mlc.select %c, %x, %x : tensor<3xi32>, tensor<3xf32>, tensor<3xf32> -> tensor<3xf32>
  return
}

// -----

func.func @select_mixed(%c: tensor<3xi1>, %x: tensor<3xf32>, %y: tensor<3xi32>) {
  // expected-error @+2 {{element types 'f32' and 'i32' differ}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.select %c, %x, %y : tensor<3xi1>, tensor<3xf32>, tensor<3xi32> -> tensor<3xf32>
  return
}

// -----

func.func @cast_to_another_type(%x: tensor<3xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<3xi8>' are incompatible with return type(s) of operation 'tensor<3xi16>'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.cast %x to i8 : tensor<3xf32> -> tensor<3xi16>
  return
}

// -----

func.func @bitcast_changes_width(%x: tensor<3xf32>) {
  // expected-error @+2 {{element types 'f32' and 'i64' differ in width}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.bitcast %x to i64 : tensor<3xf32> -> tensor<3xi64>
  return
}

// -----

func.func @unranked(%x: tensor<*xf32>) {
  // expected-error @+1 {{invalid kind of type specified: expected builtin.tensor, but found 'tensor<*xf32>'}}
  %0 = mlc.neg %x : tensor<*xf32> -> tensor<*xf32>
  return
}

// -----

func.func @unknown_without_expression(%x: tensor<?xf32>) {
  // expected-error @+1 {{operand #0 of type 'tensor<?xf32>' has no expression for its unknown dimension 0 (#mlc.dims)}}
  %0 = mlc.neg %x : tensor<?xf32> -> tensor<?xf32>
  return
}

// -----

func.func @expressions_for_other_dimensions(%x: tensor<?x2xf32, #mlc.dims<()[s0] -> (s0)>>) {
  // expected-error @+1 {{has 1 expressions for 2 dimensions}}
  %0 = mlc.neg %x : tensor<?x2xf32, #mlc.dims<()[s0] -> (s0)>> -> tensor<?x2xf32, #mlc.dims<()[s0] -> (s0)>>
  return
}

// -----

func.func @expression_of_another_size(%x: tensor<4x?xf32, #mlc.dims<()[s0] -> (5, s0)>>) {
  // expected-error @+1 {{has another expression than its size for dimension 0}}
  %0 = mlc.neg %x : tensor<4x?xf32, #mlc.dims<()[s0] -> (5, s0)>> -> tensor<4x?xf32, #mlc.dims<()[s0] -> (5, s0)>>
  return
}

// -----

func.func @no_such_symbol(%x: tensor<?xf32, #mlc.dims<()[s0] -> (s0)>>, %y: tensor<?xf32, #mlc.dims<()[s0, s1] -> (s1)>>) attributes {mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>]} {
  // expected-error @+1 {{speaks of symbol s1, but the last one is s0}}
  %0 = mlc.neg %y : tensor<?xf32, #mlc.dims<()[s0, s1] -> (s1)>> -> tensor<?xf32, #mlc.dims<()[s0, s1] -> (s1)>>
  return
}

// -----

func.func @too_large(%x: tensor<1000000000000x1000000000xf32>) {
  // expected-error @+1 {{has too many elements}}
  %0 = mlc.neg %x : tensor<1000000000000x1000000000xf32> -> tensor<1000000000000x1000000000xf32>
  return
}

// -----

func.func @complex(%x: tensor<4xcomplex<f32>>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of number values, but got 'tensor<4xcomplex<f32>>'}}
  %0 = mlc.add %x, %x : tensor<4xcomplex<f32>>, tensor<4xcomplex<f32>> -> tensor<4xcomplex<f32>>
  return
}

// -----

func.func @index(%x: tensor<4xindex>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of number values, but got 'tensor<4xindex>'}}
  %0 = mlc.add %x, %x : tensor<4xindex>, tensor<4xindex> -> tensor<4xindex>
  return
}

// -----

func.func @odd_width(%x: tensor<4xi7>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of number values, but got 'tensor<4xi7>'}}
  %0 = mlc.add %x, %x : tensor<4xi7>, tensor<4xi7> -> tensor<4xi7>
  return
}

// -----

func.func @signed(%x: tensor<4xsi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of number values, but got 'tensor<4xsi32>'}}
  %0 = mlc.add %x, %x : tensor<4xsi32>, tensor<4xsi32> -> tensor<4xsi32>
  return
}

// -----

func.func @exponential_of_integers(%x: tensor<4xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of float values, but got 'tensor<4xi32>'}}
  %0 = mlc.exp %x : tensor<4xi32> -> tensor<4xi32>
  return
}

// -----

func.func @complement_of_floats(%x: tensor<4xf32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of integer or boolean values, but got 'tensor<4xf32>'}}
  %0 = mlc.not %x : tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @bits_of_floats(%x: tensor<4xf32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of integer or boolean values, but got 'tensor<4xf32>'}}
  %0 = mlc.and %x, %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @cast_to_no_number(%x: tensor<4xf32>) {
  // expected-error @+1 {{attribute 'to' failed to satisfy constraint: type attribute of number}}
  %0 = mlc.cast %x to index : tensor<4xf32> -> tensor<4xf32>
  return
}
