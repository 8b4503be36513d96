// What attention refuses.
// RUN: %mlc-opt %s --split-input-file --verify-diagnostics

func.func @vectors(%q: tensor<8xf32>, %k: tensor<5x8xf32>) {
  // expected-error @+2 {{operands of rank 1, 2 and 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.attention %q, %k, %k scale 1.0 : tensor<8xf32>, tensor<5x8xf32>, tensor<5x8xf32> -> tensor<8xf32>
  return
}

// -----

func.func @elements(%q: tensor<4x8xf32>, %k: tensor<5x8xf16>) {
  // expected-error @+2 {{element types 'f32' and 'f16' differ}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.attention %q, %k, %k scale 1.0 : tensor<4x8xf32>, tensor<5x8xf16>, tensor<5x8xf16> -> tensor<4x8xf32>
  return
}

// -----

func.func @integers(%q: tensor<4x8xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of float of 16 bits or more values, but got 'tensor<4x8xi32>'}}
  %0 = mlc.attention %q, %q, %q scale 1.0 : tensor<4x8xi32>, tensor<4x8xi32>, tensor<4x8xi32> -> tensor<4x8xi32>
  return
}

// -----

func.func @lengths(%q: tensor<4x8xf32>, %k: tensor<5x9xf32>) {
  // expected-error @+2 {{queries and keys differ in length: 8 and 9}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.attention %q, %k, %k scale 1.0 : tensor<4x8xf32>, tensor<5x9xf32>, tensor<5x9xf32> -> tensor<4x9xf32>
  return
}

// -----

func.func @numbers(%q: tensor<4x8xf32>, %k: tensor<5x8xf32>, %v: tensor<6x8xf32>) {
  // expected-error @+2 {{keys and values differ in number: 5 and 6}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.attention %q, %k, %v scale 1.0 : tensor<4x8xf32>, tensor<5x8xf32>, tensor<6x8xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @heads(%q: tensor<3x4x8xf32>, %k: tensor<2x5x8xf32>) {
  // expected-error @+2 {{leading dimensions of 'tensor<3x4x8xf32>', 'tensor<2x5x8xf32>' and 'tensor<2x5x8xf32>' do not broadcast}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.attention %q, %k, %k scale 1.0 : tensor<3x4x8xf32>, tensor<2x5x8xf32>, tensor<2x5x8xf32> -> tensor<3x4x8xf32>
  return
}

// -----

func.func @mask(%q: tensor<4x8xf32>, %k: tensor<5x8xf32>, %m: tensor<2x4x5xf32>) {
  // expected-error @+2 {{mask of type 'tensor<2x4x5xf32>' does not spread over the scores}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.attention %q, %k, %k mask %m : tensor<2x4x5xf32> scale 1.0 : tensor<4x8xf32>, tensor<5x8xf32>, tensor<5x8xf32> -> tensor<4x8xf32>
  return
}
