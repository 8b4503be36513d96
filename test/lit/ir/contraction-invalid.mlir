// What products, convolutions and windows refuse.
// RUN: %mlc-opt %s --split-input-file --verify-diagnostics

func.func @matmul_inner(%a: tensor<2x3xf32>, %b: tensor<4x5xf32>) {
  // expected-error @+2 {{inner dimensions 3 and 4 differ}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.matmul %a, %b : tensor<2x3xf32>, tensor<4x5xf32> -> tensor<2x5xf32>
  return
}

// -----

func.func @matmul_inner_transposed(%a: tensor<2x3xf32>, %b: tensor<3x5xf32>) {
  // expected-error @+2 {{inner dimensions 3 and 5 differ}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.matmul %a, %b {trans_b = true} : tensor<2x3xf32>, tensor<3x5xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @matmul_vector(%a: tensor<3xf32>, %b: tensor<3x5xf32>) {
  // expected-error @+2 {{operands of rank 1 and 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.matmul %a, %b : tensor<3xf32>, tensor<3x5xf32> -> tensor<5xf32>
  return
}

// -----

func.func @matmul_types(%a: tensor<2x3xf32>, %b: tensor<3x5xf16>) {
  // expected-error @+2 {{element types 'f32' and 'f16' differ}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.matmul %a, %b : tensor<2x3xf32>, tensor<3x5xf16> -> tensor<2x5xf32>
  return
}

// -----

// Only packed weights are narrower, and only than f32.
func.func @narrow_types(%x: tensor<1x4x1x4xf16>, %w: tensor<1x1x1x4x16xbf16>) {
  // expected-error @+2 {{input of 'f16' and weights of 'bf16'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.conv %x, %w {columns = 5, dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x4x1x4xf16>, tensor<1x1x1x4x16xbf16> -> tensor<1x4x1x5xf16>
  return
}

// -----

func.func @matmul_batches(%a: tensor<2x2x3xf32>, %b: tensor<4x3x5xf32>) {
  // expected-error @+2 {{leading dimensions of 'tensor<2x2x3xf32>' and 'tensor<4x3x5xf32>' do not broadcast}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.matmul %a, %b : tensor<2x2x3xf32>, tensor<4x3x5xf32> -> tensor<2x2x5xf32>
  return
}

// -----

func.func @packed_rank(%a: tensor<2x3xf32>, %b: tensor<3x16xf32>) {
  // expected-error @+2 {{operands of rank 2 and 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.matmul %a, %b columns <() -> (16)> : tensor<2x3xf32>, tensor<3x16xf32> -> tensor<2x16xf32>
  return
}

// -----

func.func @packed_columns(%a: tensor<2x3xf32>, %b: tensor<1x3x16xf32>) {
  // expected-error @+2 {{columns is one expression}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.matmul %a, %b columns <() -> (16, 1)> : tensor<2x3xf32>, tensor<1x3x16xf32> -> tensor<2x16xf32>
  return
}

// -----

func.func @pack_vector(%x: tensor<3xf32>) {
  // expected-error @+2 {{packs matrices, and x has rank 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.pack %x : tensor<3xf32> -> tensor<1x3x16xf32>
  return
}

// -----

func.func @conv_rank(%x: tensor<1x8x4xf32>, %w: tensor<6x3x3x4xf32>) {
  // expected-error @+2 {{input of rank 3, expected 4}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x8x4xf32>, tensor<6x3x3x4xf32> -> tensor<1x6x6xf32>
  return
}

// -----

func.func @conv_channels(%x: tensor<1x8x4xf32>, %w: tensor<6x3x2xf32>) {
  // expected-error @+2 {{weights have 2 input channels, expected 4 (input 4, group 1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>} : tensor<1x8x4xf32>, tensor<6x3x2xf32> -> tensor<1x6x6xf32>
  return
}

// -----

func.func @conv_groups(%x: tensor<1x8x4xf32>, %w: tensor<6x3x2xf32>) {
  // expected-error @+2 {{4 channels in 3 groups}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 3, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>} : tensor<1x8x4xf32>, tensor<6x3x2xf32> -> tensor<1x6x6xf32>
  return
}

// -----

func.func @conv_filters(%x: tensor<1x8x4xf32>, %w: tensor<5x3x2xf32>) {
  // expected-error @+2 {{5 filters in 2 groups}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 2, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>} : tensor<1x8x4xf32>, tensor<5x3x2xf32> -> tensor<1x6x5xf32>
  return
}

// -----

func.func @conv_types(%x: tensor<1x8x4xf32>, %w: tensor<6x3x4xf64>) {
  // expected-error @+2 {{input of 'f32' and weights of 'f64'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>} : tensor<1x8x4xf32>, tensor<6x3x4xf64> -> tensor<1x6x6xf32>
  return
}

// -----

func.func @conv_unknown_channels(%x: tensor<1x8x?xf32, #mlc.dims<()[s0] -> (1, 8, s0)>>, %w: tensor<6x3x4xf32>) {
  // expected-error @+2 {{the number of channels is not known}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>} : tensor<1x8x?xf32, #mlc.dims<()[s0] -> (1, 8, s0)>>, tensor<6x3x4xf32> -> tensor<1x6x6xf32>
  return
}

// -----

func.func @conv_window_too_large(%x: tensor<1x3x4xf32>, %w: tensor<6x5x4xf32>) {
  // expected-error @+2 {{a window of 9 elements is larger than the padded input}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.conv %x, %w {dilations = array<i64: 2>, groups = 1, high = array<i64: 1>, low = array<i64: 1>, strides = array<i64: 1>} : tensor<1x3x4xf32>, tensor<6x5x4xf32> -> tensor<1x1x6xf32>
  return
}

// -----

func.func @conv_stride(%x: tensor<1x8x4xf32>, %w: tensor<6x3x4xf32>) {
  // expected-error @+2 {{window 3, stride 0, dilation 1 in dimension 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 0>} : tensor<1x8x4xf32>, tensor<6x3x4xf32> -> tensor<1x6x6xf32>
  return
}

// -----

func.func @conv_lists(%x: tensor<1x8x4xf32>, %w: tensor<6x3x4xf32>) {
  // expected-error @+2 {{window, strides, dilations or padding do not have 1 members}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0>, strides = array<i64: 1>} : tensor<1x8x4xf32>, tensor<6x3x4xf32> -> tensor<1x6x6xf32>
  return
}

// -----

func.func @conv_without_strides(%x: tensor<1x8x4xf32>, %w: tensor<6x3x4xf32>) {
  // expected-error @+1 {{'mlc.conv' op requires attribute 'strides'}}
  %0 = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 0>, low = array<i64: 0>} : tensor<1x8x4xf32>, tensor<6x3x4xf32> -> tensor<1x6x6xf32>
  return
}

// -----

func.func @conv_transpose_channels(%x: tensor<1x4x3xf32>, %w: tensor<2x3x5xf32>) {
  // expected-error @+2 {{weights for 2 channels in 1 groups do not fit the input}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.conv_transpose %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 0>, low = array<i64: 0>, output_padding = array<i64: 0>, strides = array<i64: 1>} : tensor<1x4x3xf32>, tensor<2x3x5xf32> -> tensor<1x6x5xf32>
  return
}

// -----

func.func @conv_transpose_padding(%x: tensor<1x4x3xf32>, %w: tensor<3x3x5xf32>) {
  // expected-error @+2 {{output padding does not have 1 members}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.conv_transpose %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 0>, low = array<i64: 0>, output_padding = array<i64>, strides = array<i64: 1>} : tensor<1x4x3xf32>, tensor<3x3x5xf32> -> tensor<1x6x5xf32>
  return
}

// -----

func.func @conv_transpose_negative(%x: tensor<1x1x3xf32>, %w: tensor<3x1x5xf32>) {
  // expected-error @+2 {{the output has a negative size in dimension 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.conv_transpose %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 1>, low = array<i64: 1>, output_padding = array<i64: 0>, strides = array<i64: 1>} : tensor<1x1x3xf32>, tensor<3x1x5xf32> -> tensor<1x0x5xf32>
  return
}

// -----

func.func @pool_rank(%x: tensor<1x8x4xf32>) {
  // expected-error @+2 {{input of rank 3, expected 4}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.pool max %x {dilations = array<i64: 1, 1>, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>, window = array<i64: 2, 2>} : tensor<1x8x4xf32> -> tensor<1x7x4xf32>
  return
}

// -----

func.func @pool_window(%x: tensor<1x8x4xf32>) {
  // expected-error @+2 {{window 0, stride 1, dilation 1 in dimension 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.pool average %x {dilations = array<i64: 1>, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>, window = array<i64: 0>} : tensor<1x8x4xf32> -> tensor<1x8x4xf32>
  return
}

// -----

func.func @pool_kind(%x: tensor<1x8x4xf32>) {
  // expected-error @+1 {{expected string or keyword containing one of the following enum values for attribute 'kind' [max, average, lp]}}
  %0 = mlc.pool median %x {dilations = array<i64: 1>, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>, window = array<i64: 2>} : tensor<1x8x4xf32> -> tensor<1x7x4xf32>
  return
}

// -----

func.func @matmul_of_small_floats(%a: tensor<2x3xf8E5M2>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of float of 16 bits or more or integer of 8 bits or more values, but got 'tensor<2x3xf8E5M2>'}}
  %0 = mlc.matmul %a, %a {trans_b = true} : tensor<2x3xf8E5M2>, tensor<2x3xf8E5M2> -> tensor<2x2xf8E5M2>
  return
}

// -----

func.func @packed_panels(%a: tensor<2x3xf32>, %b: tensor<2x3x16xf32>) {
  // expected-error @+1 {{has a tensor of type 'tensor<2x3x16xf32>', expected 1 in dimension 0}}
  %0 = mlc.matmul %a, %b columns <() -> (16)> : tensor<2x3xf32>, tensor<2x3x16xf32> -> tensor<2x16xf32>
  return
}

// -----

func.func @packed_width(%a: tensor<2x3xf32>, %b: tensor<1x3x8xf32>) {
  // expected-error @+1 {{has a tensor of type 'tensor<1x3x8xf32>', expected 16 in dimension 2}}
  %0 = mlc.matmul %a, %b columns <() -> (8)> : tensor<2x3xf32>, tensor<1x3x8xf32> -> tensor<2x8xf32>
  return
}

// -----

func.func @conv_packed_channels(%x: tensor<1x8x8x4xf32>, %w: tensor<1x3x3x9x16xf32>) {
  // expected-error @+1 {{has a tensor of type 'tensor<1x3x3x9x16xf32>', expected 4 in dimension 3}}
  %0 = mlc.conv %x, %w {columns = 6, dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x8x8x4xf32>, tensor<1x3x3x9x16xf32> -> tensor<1x6x6x6xf32>
  return
}

// -----

func.func @conv_packed_padding(%x: tensor<1x8x8x4xf32>, %w: tensor<1x3x3x4x16xf32>) {
  // expected-error @+1 {{has packed weights and padding}}
  %0 = mlc.conv %x, %w {columns = 6, dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x8x8x4xf32>, tensor<1x3x3x4x16xf32> -> tensor<1x7x6x6xf32>
  return
}

// -----

func.func @conv_without_dimensions(%x: tensor<1x4xf32>, %w: tensor<6x4xf32>) {
  // expected-error @+2 {{no spatial dimensions}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.conv %x, %w {dilations = array<i64>, groups = 1, high = array<i64>, low = array<i64>, strides = array<i64>} : tensor<1x4xf32>, tensor<6x4xf32> -> tensor<1x6xf32>
  return
}

// -----

func.func @winograd_input_outputs(%x: tensor<1x15x15x16xf32>) {
  // expected-error @+2 {{has no matrices for tiles of [5, 5] outputs with [3, 3] taps}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.winograd_input %x outputs [5, 5] taps [3, 3] low [1, 1] high [1, 1] : tensor<1x15x15x16xf32> -> tensor<49x9x16xf32>
  return
}

// -----

func.func @winograd_output_outputs(%x: tensor<9x225x16xf32>) {
  // expected-error @+2 {{has no matrices for tiles of [1, 1] outputs with [3, 3] taps}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.winograd_output %x outputs [1, 1] taps [3, 3] to <() -> (1, 15, 15)> : tensor<9x225x16xf32> -> tensor<1x15x15x16xf32>
  return
}

// -----

func.func @winograd_input_of_nothing(%x: tensor<1x15x15x16xf32>) {
  // expected-error @+2 {{has no matrices for tiles of [1, 1] outputs with [1, 1] taps}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.winograd_input %x outputs [1, 1] taps [1, 1] low [0, 0] high [0, 0] : tensor<1x15x15x16xf32> -> tensor<1x225x16xf32>
  return
}

// -----

func.func @winograd_input_rank(%x: tensor<1x15x15x16xf32>) {
  // expected-error @+2 {{takes [N, spatial..., C] and two sizes of padding for each of 1 dimensions}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.winograd_input %x outputs [4] taps [3] low [1] high [1] : tensor<1x15x15x16xf32> -> tensor<6x4x16xf32>
  return
}

// -----

func.func @winograd_output_points(%x: tensor<36x25x16xf32>) {
  // expected-error @+2 {{takes [25, tiles, F], and a shape of 3 sizes}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = mlc.winograd_output %x outputs [3, 3] taps [3, 3] to <() -> (1, 15, 15)> : tensor<36x25x16xf32> -> tensor<1x15x15x16xf32>
  return
}

// -----

func.func @winograd_output_tiles(%x: tensor<25x16x16xf32>) {
  // expected-error @+1 {{expected 25 in dimension 1}}
  %0 = mlc.winograd_output %x outputs [3, 3] taps [3, 3] to <() -> (1, 15, 15)> : tensor<25x16x16xf32> -> tensor<1x15x15x16xf32>
  return
}

// -----

func.func @conv_zeros(%x: tensor<1x8x8x4xf32>, %w: tensor<1x3x3x4x16xf32>) {
  // expected-error @+1 {{has packed weights and two numbers a spatial dimension where it has zeros}}
  %0 = mlc.conv %x, %w {columns = 12 : i64, dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>, zeros = array<i64: 1, 1>} : tensor<1x8x8x4xf32>, tensor<1x3x3x4x16xf32> -> tensor<1x6x6x12xf32>
  return
}
