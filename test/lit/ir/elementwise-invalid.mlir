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
  // expected-error @+2 {{the condition is no boolean}}
  // expected-error @+1 {{failed to infer returned types}}
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
