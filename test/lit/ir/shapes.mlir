// Shapes of results, with known sizes and with symbols. Each function asks for a type that no operator has, so that the message
// says what was inferred.
// RUN: %mlc-opt %s --split-input-file --verify-diagnostics

// Shapes are aligned at the last dimension.
func.func @broadcasts(%x: tensor<2x1x4xf32>, %y: tensor<3x1xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<2x3x4xf32>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.add %x, %y : tensor<2x1x4xf32>, tensor<3x1xf32> -> tensor<ui2>
  return
}

// -----

func.func @broadcasts_symbols(%x: tensor<?x1xf32, #mlc.dims<()[s0] -> (s0, 1)>>, %y: tensor<1x?xf32, #mlc.dims<()[s0, s1] -> (1, s1)>>) {
  // expected-error @+2 {{inferred type(s) 'tensor<?x?xf32, #mlc.dims<()[s0, s1] -> (s0, s1)>>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.add %x, %y : tensor<?x1xf32, #mlc.dims<()[s0] -> (s0, 1)>>, tensor<1x?xf32, #mlc.dims<()[s0, s1] -> (1, s1)>> -> tensor<ui2>
  return
}

// -----

func.func @known_beats_unknown(%x: tensor<?xf32, #mlc.dims<()[s0] -> (s0)>>, %y: tensor<7xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<7xf32>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.add %x, %y : tensor<?xf32, #mlc.dims<()[s0] -> (s0)>>, tensor<7xf32> -> tensor<ui2>
  return
}

// -----

func.func @scalar_broadcasts(%x: tensor<f32>, %y: tensor<?xf32, #mlc.dims<()[s0] -> (s0 * 2)>>) {
  // expected-error @+2 {{inferred type(s) 'tensor<?xf32, #mlc.dims<()[s0] -> (s0 * 2)>>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.max %x, %y : tensor<f32>, tensor<?xf32, #mlc.dims<()[s0] -> (s0 * 2)>> -> tensor<ui2>
  return
}

// -----

func.func @compares(%x: tensor<?xf32, #mlc.dims<()[s0] -> (s0)>>, %y: tensor<f32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<?xi1, #mlc.dims<()[s0] -> (s0)>>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.compare lt %x, %y : tensor<?xf32, #mlc.dims<()[s0] -> (s0)>>, tensor<f32> -> tensor<ui2>
  return
}

// -----

func.func @power_has_the_base_type(%x: tensor<2xf32>, %y: tensor<2xi32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<2xf32>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.pow %x, %y : tensor<2xf32>, tensor<2xi32> -> tensor<ui2>
  return
}

// -----

func.func @casts(%x: tensor<?x2xf32, #mlc.dims<()[s0] -> (s0, 2)>>) {
  // expected-error @+2 {{inferred type(s) 'tensor<?x2xi16, #mlc.dims<()[s0] -> (s0, 2)>>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.cast %x to i16 : tensor<?x2xf32, #mlc.dims<()[s0] -> (s0, 2)>> -> tensor<ui2>
  return
}

// -----

func.func @transposes(%x: tensor<?x3x?xf32, #mlc.dims<()[s0, s1] -> (s0, 3, s1 + 1)>>) {
  // expected-error @+2 {{inferred type(s) 'tensor<?x?x3xf32, #mlc.dims<()[s0, s1] -> (s1 + 1, s0, 3)>>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.transpose %x [2, 0, 1] : tensor<?x3x?xf32, #mlc.dims<()[s0, s1] -> (s0, 3, s1 + 1)>> -> tensor<ui2>
  return
}

// -----

func.func @concatenates(%x: tensor<?x3xf32, #mlc.dims<()[s0] -> (s0, 3)>>, %y: tensor<5x3xf32>, %z: tensor<?x3xf32, #mlc.dims<()[s0] -> (s0, 3)>>) {
  // expected-error @+2 {{inferred type(s) 'tensor<?x3xf32, #mlc.dims<()[s0] -> (s0 * 2 + 5, 3)>>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.concat(%x, %y, %z) axis 0 : (tensor<?x3xf32, #mlc.dims<()[s0] -> (s0, 3)>>, tensor<5x3xf32>, tensor<?x3xf32, #mlc.dims<()[s0] -> (s0, 3)>>) -> tensor<ui2>
  return
}

// -----

func.func @gathers(%x: tensor<4x?x6xf32, #mlc.dims<()[s0] -> (4, s0, 6)>>, %i: tensor<?x2xi64, #mlc.dims<()[s0, s1] -> (s1, 2)>>) {
  // expected-error @+2 {{inferred type(s) 'tensor<4x?x2x6xf32, #mlc.dims<()[s0, s1] -> (4, s1, 2, 6)>>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.gather %x, %i axis 1 : tensor<4x?x6xf32, #mlc.dims<()[s0] -> (4, s0, 6)>>, tensor<?x2xi64, #mlc.dims<()[s0, s1] -> (s1, 2)>> -> tensor<ui2>
  return
}

// -----

func.func @gathers_scalar(%x: tensor<4x?xf32, #mlc.dims<()[s0] -> (4, s0)>>, %i: tensor<i64>) {
  // expected-error @+2 {{inferred type(s) 'tensor<?xf32, #mlc.dims<()[s0] -> (s0)>>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.gather %x, %i axis 0 : tensor<4x?xf32, #mlc.dims<()[s0] -> (4, s0)>>, tensor<i64> -> tensor<ui2>
  return
}

// -----

func.func @gathers_elements(%x: tensor<4x?xf32, #mlc.dims<()[s0] -> (4, s0)>>, %i: tensor<2x?xi64, #mlc.dims<()[s0, s1] -> (2, s1)>>) {
  // expected-error @+2 {{inferred type(s) 'tensor<2x?xf32, #mlc.dims<()[s0, s1] -> (2, s1)>>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.gather_elements %x, %i axis 0 : tensor<4x?xf32, #mlc.dims<()[s0] -> (4, s0)>>, tensor<2x?xi64, #mlc.dims<()[s0, s1] -> (2, s1)>> -> tensor<ui2>
  return
}

// -----

func.func @gathers_tuples(%x: tensor<?x4x5xf32, #mlc.dims<()[s0] -> (s0, 4, 5)>>, %i: tensor<?x?x1xi64, #mlc.dims<()[s0, s1] -> (s0, s1, 1)>>) {
  // expected-error @+2 {{inferred type(s) 'tensor<?x?x5xf32, #mlc.dims<()[s0, s1] -> (s0, s1, 5)>>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.gather_nd %x, %i batch 1 : tensor<?x4x5xf32, #mlc.dims<()[s0] -> (s0, 4, 5)>>, tensor<?x?x1xi64, #mlc.dims<()[s0, s1] -> (s0, s1, 1)>> -> tensor<ui2>
  return
}

// -----

func.func @multiplies(%x: tensor<?x?x8xf32, #mlc.dims<()[s0, s1] -> (s0, s1, 8)>>, %y: tensor<8x5xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<?x?x5xf32, #mlc.dims<()[s0, s1] -> (s0, s1, 5)>>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.matmul %x, %y : tensor<?x?x8xf32, #mlc.dims<()[s0, s1] -> (s0, s1, 8)>>, tensor<8x5xf32> -> tensor<ui2>
  return
}

// -----

func.func @multiplies_batches(%x: tensor<3x1x4x8xf32>, %y: tensor<2x8x5xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<3x2x4x5xf32>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.matmul %x, %y : tensor<3x1x4x8xf32>, tensor<2x8x5xf32> -> tensor<ui2>
  return
}

// -----

func.func @multiplies_transposed(%x: tensor<8x?xf32, #mlc.dims<()[s0] -> (8, s0)>>, %y: tensor<?x8xf32, #mlc.dims<()[s0, s1] -> (s1, 8)>>) {
  // expected-error @+2 {{inferred type(s) 'tensor<?x?xf32, #mlc.dims<()[s0, s1] -> (s0, s1)>>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.matmul %x, %y {trans_a = true, trans_b = true} : tensor<8x?xf32, #mlc.dims<()[s0] -> (8, s0)>>, tensor<?x8xf32, #mlc.dims<()[s0, s1] -> (s1, 8)>> -> tensor<ui2>
  return
}

// -----

func.func @multiplies_packed(%x: tensor<?x8xf32, #mlc.dims<()[s0] -> (s0, 8)>>, %y: tensor<2x8x16xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<?x20xf32, #mlc.dims<()[s0] -> (s0, 20)>>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.matmul %x, %y columns <() -> (20)> : tensor<?x8xf32, #mlc.dims<()[s0] -> (s0, 8)>>, tensor<2x8x16xf32> -> tensor<ui2>
  return
}

// -----

func.func @packs(%x: tensor<2x8x?xf32, #mlc.dims<()[s0] -> (2, 8, s0)>>) {
  // expected-error @+2 {{inferred type(s) 'tensor<2x?x8x16xf32, #mlc.dims<()[s0] -> (2, s0 ceildiv 16, 8, 16)>>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.pack %x : tensor<2x8x?xf32, #mlc.dims<()[s0] -> (2, 8, s0)>> -> tensor<ui2>
  return
}

// -----

func.func @packs_transposed(%x: tensor<33x8xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<3x8x16xf32>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.pack %x {trans = true} : tensor<33x8xf32> -> tensor<ui2>
  return
}

// -----

func.func @convolves(%x: tensor<1x9x8x4xf32>, %w: tensor<6x3x3x4xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<1x5x8x6xf32>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 2, 1>} : tensor<1x9x8x4xf32>, tensor<6x3x3x4xf32> -> tensor<ui2>
  return
}

// -----

func.func @convolves_symbols(%x: tensor<?x?x?x4xf32, #mlc.dims<()[s0, s1] -> (s0, s1, s1, 4)>>, %w: tensor<6x3x3x4xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<?x?x?x6xf32, #mlc.dims<()[s0, s1] -> (s0, (s1 - 1) floordiv 2 + 1, s1, 6)>>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 2, 1>} : tensor<?x?x?x4xf32, #mlc.dims<()[s0, s1] -> (s0, s1, s1, 4)>>, tensor<6x3x3x4xf32> -> tensor<ui2>
  return
}

// -----

func.func @convolves_back(%x: tensor<1x?x3xf32, #mlc.dims<()[s0] -> (1, s0, 3)>>, %w: tensor<3x4x5xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<1x?x5xf32, #mlc.dims<()[s0] -> (1, (s0 - 1) * 2 + 2, 5)>>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.conv_transpose %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 1>, low = array<i64: 1>, output_padding = array<i64: 0>, strides = array<i64: 2>} : tensor<1x?x3xf32, #mlc.dims<()[s0] -> (1, s0, 3)>>, tensor<3x4x5xf32> -> tensor<ui2>
  return
}

// -----

func.func @pools_down(%x: tensor<1x?x3xf32, #mlc.dims<()[s0] -> (1, s0, 3)>>) {
  // expected-error @+2 {{inferred type(s) 'tensor<1x?x3xf32, #mlc.dims<()[s0] -> (1, s0 floordiv 2, 3)>>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.pool max %x {dilations = array<i64: 1>, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 2>, window = array<i64: 2>} : tensor<1x?x3xf32, #mlc.dims<()[s0] -> (1, s0, 3)>> -> tensor<ui2>
  return
}

// -----

func.func @pools_up(%x: tensor<1x5x3xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<1x3x3xf32>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.pool max %x {ceil_mode = true, dilations = array<i64: 1>, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 2>, window = array<i64: 2>} : tensor<1x5x3xf32> -> tensor<ui2>
  return
}

// -----

func.func @no_window_starts_in_the_padding(%x: tensor<1x3x3xf32>) {
  // expected-error @+2 {{inferred type(s) 'tensor<1x2x3xf32>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.pool max %x {ceil_mode = true, dilations = array<i64: 1>, high = array<i64: 1>, low = array<i64: 1>, strides = array<i64: 2>, window = array<i64: 2>} : tensor<1x3x3xf32> -> tensor<ui2>
  return
}

// -----

func.func @reduces(%x: tensor<?x3x?xf32, #mlc.dims<()[s0, s1] -> (s0, 3, s1)>>) {
  // expected-error @+2 {{inferred type(s) 'tensor<?x?xf32, #mlc.dims<()[s0, s1] -> (s0, s1)>>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.reduce sum %x [1] keepdims false : tensor<?x3x?xf32, #mlc.dims<()[s0, s1] -> (s0, 3, s1)>> -> tensor<ui2>
  return
}

// -----

func.func @reduces_and_keeps(%x: tensor<?x3x?xf32, #mlc.dims<()[s0, s1] -> (s0, 3, s1)>>) {
  // expected-error @+2 {{inferred type(s) 'tensor<1x1x?xf32, #mlc.dims<()[s0, s1] -> (1, 1, s1)>>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.reduce sum %x [0, 1] keepdims true : tensor<?x3x?xf32, #mlc.dims<()[s0, s1] -> (s0, 3, s1)>> -> tensor<ui2>
  return
}

// -----

func.func @finds_positions(%x: tensor<?x3xf32, #mlc.dims<()[s0] -> (s0, 3)>>) {
  // expected-error @+2 {{inferred type(s) 'tensor<?xi64, #mlc.dims<()[s0] -> (s0)>>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.arg_reduce max %x axis 1 keepdims false : tensor<?x3xf32, #mlc.dims<()[s0] -> (s0, 3)>> -> tensor<ui2>
  return
}

// -----

func.func @keeps_rows(%x: tensor<?x3xf32, #mlc.dims<()[s0] -> (s0, 3)>>) {
  // expected-error @+2 {{inferred type(s) 'tensor<?x3xf32, #mlc.dims<()[s0] -> (s0, 3)>>' are incompatible}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.softmax %x axis 1 : tensor<?x3xf32, #mlc.dims<()[s0] -> (s0, 3)>> -> tensor<ui2>
  return
}
