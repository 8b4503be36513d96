// Transposes move behind what works on any layout, until they cancel.
// RUN: %mlc-opt %s --mlc-sink-transposes | FileCheck %s

!f = tensor<1x4x5x6xf32>
!l = tensor<1x5x6x4xf32>

// CHECK-LABEL: @behind_unary
// CHECK-SAME: (%[[X:.+]]: tensor<1x5x6x4xf32>)
func.func @behind_unary(%x: !l) -> !f {
  // CHECK-NEXT: %[[R:.+]] = mlc.relu %[[X]] : tensor<1x5x6x4xf32> -> tensor<1x5x6x4xf32>
  // CHECK-NEXT: %[[T:.+]] = mlc.transpose %[[R]] [0, 3, 1, 2]
  // CHECK-NEXT: return %[[T]]
  %t = mlc.transpose %x [0, 3, 1, 2] : !l -> !f
  %r = mlc.relu %t : !f -> !f
  return %r : !f
}

// CHECK-LABEL: @cancels
// CHECK-SAME: (%[[X:.+]]: tensor<1x5x6x4xf32>)
func.func @cancels(%x: !l) -> !l {
  // CHECK-NEXT: %[[R:.+]] = mlc.relu %[[X]]
  // CHECK-NEXT: return %[[R]]
  %t = mlc.transpose %x [0, 3, 1, 2] : !l -> !f
  %r = mlc.relu %t : !f -> !f
  %b = mlc.transpose %r [0, 2, 3, 1] : !f -> !l
  return %b : !l
}

// Both operands come from the same layout.
// CHECK-LABEL: @behind_sum
// CHECK-SAME: (%[[X:.+]]: tensor<1x5x6x4xf32>, %[[Y:.+]]: tensor<1x5x6x4xf32>)
func.func @behind_sum(%x: !l, %y: !l) -> !f {
  // CHECK-NEXT: %[[S:.+]] = mlc.add %[[X]], %[[Y]]
  // CHECK-NEXT: mlc.transpose %[[S]] [0, 3, 1, 2]
  %t = mlc.transpose %x [0, 3, 1, 2] : !l -> !f
  %u = mlc.transpose %y [0, 3, 1, 2] : !l -> !f
  %s = mlc.add %t, %u : !f, !f -> !f
  return %s : !f
}

// What a transpose of a vector moves is nothing, so it goes on as a view behind the operators.
// CHECK-LABEL: @behind_vector
// CHECK-SAME: (%[[X:.+]]: tensor<1x1x1x4xf32>)
func.func @behind_vector(%x: tensor<1x1x1x4xf32>) -> tensor<1x4x1x1xf32> {
  // CHECK: %[[D:.+]] = mlc.div %[[X]], %{{.+}} : tensor<1x1x1x4xf32>, tensor<f32>
  // CHECK-NEXT: mlc.reshape %[[D]] : tensor<1x1x1x4xf32> -> tensor<1x4x1x1xf32>
  %two = mlc.constant dense<2.0> : tensor<f32> : tensor<f32>
  %t = mlc.transpose %x [0, 3, 1, 2] : tensor<1x1x1x4xf32> -> tensor<1x4x1x1xf32>
  %d = mlc.div %t, %two : tensor<1x4x1x1xf32>, tensor<f32> -> tensor<1x4x1x1xf32>
  return %d : tensor<1x4x1x1xf32>
}

// The image lies in the layout in which the vector is given: only the vector is turned.
// CHECK-LABEL: @image_beside_vector
func.func @image_beside_vector(%x: tensor<1x1x1x4xf32>, %y: !f) -> !f {
  // CHECK-NEXT: %[[V:.+]] = mlc.reshape
  // CHECK-NEXT: mlc.mul %{{.+}}, %[[V]]
  // CHECK-NEXT: return
  %t = mlc.transpose %x [0, 3, 1, 2] : tensor<1x1x1x4xf32> -> tensor<1x4x1x1xf32>
  %m = mlc.mul %y, %t : !f, tensor<1x4x1x1xf32> -> !f
  return %m : !f
}

// The other operand would need a transpose while the model runs.
// CHECK-LABEL: @stays_before_mixed_layouts
func.func @stays_before_mixed_layouts(%x: !l, %y: !f) -> !f {
  // CHECK-NEXT: mlc.transpose
  // CHECK-NEXT: mlc.add
  // CHECK-NEXT: return
  %t = mlc.transpose %x [0, 3, 1, 2] : !l -> !f
  %s = mlc.add %t, %y : !f, !f -> !f
  return %s : !f
}

// Constants change their layout when compiling; a value a channel needs a view only.
// CHECK-LABEL: @with_constants
// CHECK-SAME: (%[[X:.+]]: tensor<1x2x1x3xf32>, %[[C:.+]]: tensor<3x1x1xf32>)
func.func @with_constants(%x: tensor<1x2x1x3xf32>, %c: tensor<3x1x1xf32>) -> tensor<1x3x2x1xf32> {
  // CHECK-DAG: %[[K:.+]] = mlc.constant dense<{{\[}}{{\[}}{{\[}}[1.000000e+00, 3.000000e+00, 5.000000e+00]], {{\[}}[2.000000e+00, 4.000000e+00, 6.000000e+00]]]]> : tensor<1x2x1x3xf32>
  // CHECK-DAG: %[[V:.+]] = mlc.reshape %[[C]] : tensor<3x1x1xf32> -> tensor<1x1x1x3xf32>
  // CHECK-DAG: %[[S:.+]] = mlc.add %[[X]], %[[K]]
  // CHECK: %[[M:.+]] = mlc.mul %[[S]], %[[V]]
  // CHECK: mlc.transpose %[[M]] [0, 3, 1, 2]
  %k = mlc.constant dense<[[[1.0], [2.0]], [[3.0], [4.0]], [[5.0], [6.0]]]> : tensor<3x2x1xf32> : tensor<3x2x1xf32>
  %t = mlc.transpose %x [0, 3, 1, 2] : tensor<1x2x1x3xf32> -> tensor<1x3x2x1xf32>
  %s = mlc.add %t, %k : tensor<1x3x2x1xf32>, tensor<3x2x1xf32> -> tensor<1x3x2x1xf32>
  %m = mlc.mul %s, %c : tensor<1x3x2x1xf32>, tensor<3x1x1xf32> -> tensor<1x3x2x1xf32>
  return %m : tensor<1x3x2x1xf32>
}

// The axes of a reduction are renamed; what is left over moves nothing, or is permuted behind it.
// CHECK-LABEL: @behind_reduction
// CHECK-SAME: (%[[X:.+]]: tensor<1x5x6x4xf32>)
func.func @behind_reduction(%x: !l) -> (tensor<1x4xf32>, tensor<1x4x5x1xf32>) {
  // CHECK-DAG: %[[A:.+]] = mlc.reduce max %[[X]] [1, 2] keepdims false : tensor<1x5x6x4xf32> -> tensor<1x4xf32>
  // CHECK-DAG: %[[B:.+]] = mlc.reduce sum %[[X]] [2] keepdims true : tensor<1x5x6x4xf32> -> tensor<1x5x1x4xf32>
  // CHECK-DAG: %[[T:.+]] = mlc.transpose %[[B]] [0, 3, 1, 2]
  // CHECK: return %[[A]], %[[T]]
  %t = mlc.transpose %x [0, 3, 1, 2] : !l -> !f
  %a = mlc.reduce max %t [2, 3] keepdims false : !f -> tensor<1x4xf32>
  %b = mlc.reduce sum %t [3] keepdims true : !f -> tensor<1x4x5x1xf32>
  return %a, %b : tensor<1x4xf32>, tensor<1x4x5x1xf32>
}

// Only where the rows become the innermost dimension.
// CHECK-LABEL: @behind_softmax
// CHECK-SAME: (%[[X:.+]]: tensor<1x5x6x4xf32>)
func.func @behind_softmax(%x: !l) -> !f {
  // CHECK-NEXT: %[[S:.+]] = mlc.softmax %[[X]] axis 3
  // CHECK-NEXT: mlc.transpose %[[S]] [0, 3, 1, 2]
  %t = mlc.transpose %x [0, 3, 1, 2] : !l -> !f
  %s = mlc.softmax %t axis 1 : !f -> !f
  return %s : !f
}

// CHECK-LABEL: @stays_before_inner_softmax
func.func @stays_before_inner_softmax(%x: !l) -> !f {
  // CHECK-NEXT: %[[T:.+]] = mlc.transpose %{{.+}} [0, 3, 1, 2]
  // CHECK-NEXT: mlc.softmax %[[T]] axis 3
  %t = mlc.transpose %x [0, 3, 1, 2] : !l -> !f
  %s = mlc.softmax %t axis 3 : !f -> !f
  return %s : !f
}

// CHECK-LABEL: @behind_movement
// CHECK-SAME: (%[[X:.+]]: tensor<1x5x6x4xf32>)
func.func @behind_movement(%x: !l) -> tensor<1x8x4x8xf32> {
  // CHECK: %[[C:.+]] = mlc.concat(%[[X]], %[[X]]) axis 3
  // CHECK: %[[P:.+]] = mlc.pad constant %[[C]] low <() -> (0, 0, 1, 0)> high <() -> (0, 0, 1, 0)> interior [0, 0, 0, 0] : tensor<1x5x6x8xf32> -> tensor<1x5x8x8xf32>
  // CHECK: %[[S:.+]] = mlc.slice %[[P]] <() -> (0, 1, 0, 0)> [1, 1, 1, 1] : tensor<1x5x8x8xf32> -> tensor<1x4x8x8xf32>
  // CHECK: mlc.transpose %[[S]] [0, 3, 1, 2]
  %t = mlc.transpose %x [0, 3, 1, 2] : !l -> !f
  %c = mlc.concat(%t, %t) axis 1 : (!f, !f) -> tensor<1x8x5x6xf32>
  %p = mlc.pad constant %c low <() -> (0, 0, 0, 1)> high <() -> (0, 0, 0, 1)> interior [0, 0, 0, 0] : tensor<1x8x5x6xf32> -> tensor<1x8x5x8xf32>
  %s = mlc.slice %p <() -> (0, 0, 1, 0)> [1, 1, 1, 1] : tensor<1x8x5x8xf32> -> tensor<1x8x4x8xf32>
  return %s : tensor<1x8x4x8xf32>
}

// An image is sampled with the channels innermost, so that vectors run along them.
// CHECK-LABEL: @resizes_channels_last
// CHECK-SAME: (%[[X:.+]]: tensor<1x8x5x6xf32>)
func.func @resizes_channels_last(%x: tensor<1x8x5x6xf32>) -> tensor<1x8x10x12xf32> {
  // CHECK-NEXT: %[[T:.+]] = mlc.transpose %[[X]] [0, 2, 3, 1]
  // CHECK-NEXT: %[[R:.+]] = mlc.resize %[[T]] {{.*}} : tensor<1x5x6x8xf32> -> tensor<1x10x12x8xf32>
  // CHECK-NEXT: mlc.transpose %[[R]] [0, 3, 1, 2]
  %r = mlc.resize %x {coordinates = 1 : i64, mode = 0 : i64, nearest = 2 : i64, roi = array<f64>, scales = array<f64>} : tensor<1x8x5x6xf32> -> tensor<1x8x10x12xf32>
  return %r : tensor<1x8x10x12xf32>
}

// CHECK-LABEL: @keeps_few_channels
func.func @keeps_few_channels(%x: tensor<1x3x5x6xf32>) -> tensor<1x3x10x12xf32> {
  // CHECK-NEXT: mlc.resize
  // CHECK-NEXT: return
  %r = mlc.resize %x {coordinates = 1 : i64, mode = 0 : i64, nearest = 2 : i64, roi = array<f64>, scales = array<f64>} : tensor<1x3x5x6xf32> -> tensor<1x3x10x12xf32>
  return %r : tensor<1x3x10x12xf32>
}

// Where only dimensions of one element change places, the elements keep their order.
// CHECK-LABEL: @becomes_view
func.func @becomes_view(%x: tensor<1x4x1x6xf32>) -> tensor<4x6x1x1xf32> {
  // CHECK-NEXT: mlc.reshape %{{.+}} : tensor<1x4x1x6xf32> -> tensor<4x6x1x1xf32>
  // CHECK-NEXT: return
  %t = mlc.transpose %x [1, 3, 0, 2] : tensor<1x4x1x6xf32> -> tensor<4x6x1x1xf32>
  return %t : tensor<4x6x1x1xf32>
}

// Symbols go along.
// A dimension of size 1 between them separates nothing.
// CHECK-LABEL: @past_one
// CHECK-SAME: %[[X:.+]]: tensor<3x16x1x4x8xf32>
func.func @past_one(%x: tensor<3x16x1x4x8xf32>) -> tensor<3x4x8x16xf32> {
  // CHECK: %[[V:.+]] = mlc.reshape %[[X]] : tensor<3x16x1x4x8xf32> -> tensor<3x16x4x8xf32>
  // CHECK: %[[T:.+]] = mlc.transpose %[[V]] [0, 2, 3, 1]
  // CHECK: return %[[T]]
  %t = mlc.transpose %x [0, 3, 2, 4, 1] : tensor<3x16x1x4x8xf32> -> tensor<3x4x1x8x16xf32>
  %y = mlc.reshape %t : tensor<3x4x1x8x16xf32> -> tensor<3x4x8x16xf32>
  return %y : tensor<3x4x8x16xf32>
}

// CHECK-LABEL: @symbols
func.func @symbols(%x: tensor<?x5x?xf32, #mlc.dims<()[s0, s1] -> (s0, 5, s1)>>) -> tensor<?x?x5xf32, #mlc.dims<()[s0, s1] -> (s0, s1, 5)>> {
  // CHECK-NEXT: %[[R:.+]] = mlc.relu %{{.+}} -> tensor<?x5x?xf32, #mlc.dims<()[s0, s1] -> (s0, 5, s1)>>
  // CHECK-NEXT: mlc.transpose %[[R]] [0, 2, 1]
  %t = mlc.transpose %x [0, 2, 1] : tensor<?x5x?xf32, #mlc.dims<()[s0, s1] -> (s0, 5, s1)>> -> tensor<?x?x5xf32, #mlc.dims<()[s0, s1] -> (s0, s1, 5)>>
  %r = mlc.relu %t : tensor<?x?x5xf32, #mlc.dims<()[s0, s1] -> (s0, s1, 5)>> -> tensor<?x?x5xf32, #mlc.dims<()[s0, s1] -> (s0, s1, 5)>>
  return %r : tensor<?x?x5xf32, #mlc.dims<()[s0, s1] -> (s0, s1, 5)>>
}

// The rows and columns of an image become one dimension, as they lie; a channel's halves become two.
// CHECK-LABEL: @behind_view
// CHECK-SAME: (%[[X:.+]]: tensor<1x5x6x4xf32>)
func.func @behind_view(%x: !l) -> (tensor<1x4x30xf32>, tensor<1x2x2x5x6xf32>) {
  // CHECK-DAG: %[[V:.+]] = mlc.reshape %[[X]] : tensor<1x5x6x4xf32> -> tensor<1x30x4xf32>
  // CHECK-DAG: %[[T:.+]] = mlc.transpose %[[V]] [0, 2, 1]
  // CHECK-DAG: %[[W:.+]] = mlc.reshape %[[X]] : tensor<1x5x6x4xf32> -> tensor<1x5x6x2x2xf32>
  // CHECK-DAG: %[[U:.+]] = mlc.transpose %[[W]] [0, 3, 4, 1, 2]
  // CHECK: return %[[T]], %[[U]]
  %t = mlc.transpose %x [0, 3, 1, 2] : !l -> !f
  %r = mlc.reshape %t : !f -> tensor<1x4x30xf32>
  %u = mlc.transpose %x [0, 3, 1, 2] : !l -> !f
  %s = mlc.reshape %u : !f -> tensor<1x2x2x5x6xf32>
  return %r, %s : tensor<1x4x30xf32>, tensor<1x2x2x5x6xf32>
}

// Channels and rows do not lie side by side before the transpose; in the second the transpose is read as it is, too.
// CHECK-LABEL: @stays_before_view
func.func @stays_before_view(%x: !l) -> (tensor<1x20x6xf32>, tensor<1x4x30xf32>, !f) {
  // CHECK: %[[T:.+]] = mlc.transpose
  // CHECK: mlc.reshape %[[T]]
  // CHECK: %[[U:.+]] = mlc.transpose
  // CHECK: mlc.reshape %[[U]]
  %t = mlc.transpose %x [0, 3, 1, 2] : !l -> !f
  %r = mlc.reshape %t : !f -> tensor<1x20x6xf32>
  %u = mlc.transpose %x [0, 3, 1, 2] : !l -> !f
  %s = mlc.reshape %u : !f -> tensor<1x4x30xf32>
  return %r, %s, %u : tensor<1x20x6xf32>, tensor<1x4x30xf32>, !f
}

// Of symbols, too, where they are only moved.
!n = tensor<?x5x6x4xf32, #mlc.dims<()[s0] -> (s0, 5, 6, 4)>>
// CHECK-LABEL: @behind_view_of_symbols
// CHECK: mlc.reshape %{{.+}} -> tensor<?x30x4xf32
// CHECK-NEXT: mlc.transpose %{{.+}} [0, 2, 1]
func.func @behind_view_of_symbols(%x: !n) -> tensor<?x4x30xf32, #mlc.dims<()[s0] -> (s0, 4, 30)>> attributes {mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>]} {
  %t = mlc.transpose %x [0, 3, 1, 2] : !n -> tensor<?x4x5x6xf32, #mlc.dims<()[s0] -> (s0, 4, 5, 6)>>
  %r = mlc.reshape %t : tensor<?x4x5x6xf32, #mlc.dims<()[s0] -> (s0, 4, 5, 6)>> -> tensor<?x4x30xf32, #mlc.dims<()[s0] -> (s0, 4, 30)>>
  return %r : tensor<?x4x30xf32, #mlc.dims<()[s0] -> (s0, 4, 30)>>
}

// A channel normalised over its image, channels-last: in single steps, along the channels. What is squared is not what is kept.
// CHECK-LABEL: @instance_norm
// CHECK-SAME: (%[[X:.+]]: tensor<1x5x6x4xf32>)
func.func @instance_norm(%x: !l) -> !l {
  // CHECK-DAG: %[[N:.+]] = mlc.constant dense<3.000000e+01>
  // CHECK-DAG: %[[E:.+]] = mlc.constant dense<9.99999974E-6>
  // CHECK: %[[S:.+]] = mlc.reduce sum %[[X]] [1, 2] keepdims true
  // CHECK: %[[M:.+]] = mlc.div %[[S]], %[[N]]
  // CHECK: %[[O:.+]] = mlc.sub %[[M]], %[[X]]
  // CHECK: %[[Q:.+]] = mlc.mul %[[O]], %[[O]]
  // CHECK: %[[V:.+]] = mlc.reduce sum %[[Q]] [1, 2] keepdims true
  // CHECK: %[[W:.+]] = mlc.div %[[V]], %[[N]]
  // CHECK: %[[A:.+]] = mlc.add %[[W]], %[[E]]
  // CHECK: %[[D:.+]] = mlc.sqrt %[[A]]
  // CHECK: %[[F:.+]] = mlc.div %{{.+}}, %[[D]]
  // CHECK: %[[C:.+]] = mlc.sub %[[X]], %[[M]]
  // CHECK: %[[Y:.+]] = mlc.mul %[[C]], %[[F]]
  // CHECK-NEXT: return %[[Y]]
  %t = mlc.transpose %x [0, 3, 1, 2] : !l -> !f
  %n = mlc.layer_norm %t axis 2 {epsilon = 1.0e-05 : f64} : !f -> !f
  %y = mlc.transpose %n [0, 2, 3, 1] : !f -> !l
  return %y : !l
}

// Rows that stay rows are normalised as rows.
// CHECK-LABEL: @layer_norm
// CHECK-SAME: (%[[X:.+]]: tensor<2x3x4xf32>)
func.func @layer_norm(%x: tensor<2x3x4xf32>) -> tensor<3x2x4xf32> {
  // CHECK-NEXT: %[[N:.+]] = mlc.layer_norm %[[X]] axis 2
  // CHECK-NEXT: mlc.transpose %[[N]] [1, 0, 2]
  %t = mlc.transpose %x [1, 0, 2] : tensor<2x3x4xf32> -> tensor<3x2x4xf32>
  %n = mlc.layer_norm %t axis 2 {epsilon = 1.0e-05 : f64} : tensor<3x2x4xf32> -> tensor<3x2x4xf32>
  return %n : tensor<3x2x4xf32>
}

// Two groups of two channels, as exporters write them; their statistics are repeated for their channels.
// CHECK-LABEL: @group_norm
// CHECK-SAME: (%[[X:.+]]: tensor<1x5x6x4xf32>)
func.func @group_norm(%x: !l) -> !l {
  // CHECK: %[[G:.+]] = mlc.reshape %[[X]] : tensor<1x5x6x4xf32> -> tensor<1x5x6x2x2xf32>
  // CHECK: mlc.reduce sum %[[G]] [1, 2, 4] keepdims true : tensor<1x5x6x2x2xf32> -> tensor<1x1x1x2x1xf32>
  // CHECK: mlc.reduce sum %{{.+}} [1, 2, 4] keepdims true
  // CHECK: %[[M:.+]] = mlc.broadcast_to %{{.+}} -> tensor<1x1x1x2x2xf32>
  // CHECK: %[[C:.+]] = mlc.reshape %[[M]] : tensor<1x1x1x2x2xf32> -> tensor<1x1x1x4xf32>
  // CHECK: mlc.sub %[[X]], %[[C]]
  // CHECK: %[[Y:.+]] = mlc.mul
  // CHECK-NEXT: return %[[Y]]
  %t = mlc.transpose %x [0, 3, 1, 2] : !l -> !f
  %r = mlc.reshape %t : !f -> tensor<1x2x60xf32>
  %n = mlc.layer_norm %r axis 2 {epsilon = 1.0e-05 : f64} : tensor<1x2x60xf32> -> tensor<1x2x60xf32>
  %b = mlc.reshape %n : tensor<1x2x60xf32> -> !f
  %y = mlc.transpose %b [0, 2, 3, 1] : !f -> !l
  return %y : !l
}

// The number of a channel's elements is known only at run time.
// CHECK-LABEL: @instance_norm_of_symbols
// CHECK: %[[N:.+]] = mlc.symbolic <()[s0] -> (s0 * 6)> : tensor<f32>
// CHECK: mlc.div %{{.+}}, %[[N]]
!s = tensor<1x?x6x4xf32, #mlc.dims<()[s0] -> (1, s0, 6, 4)>>
!sf = tensor<1x4x?x6xf32, #mlc.dims<()[s0] -> (1, 4, s0, 6)>>
func.func @instance_norm_of_symbols(%x: !s) -> !s attributes {mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>]} {
  %t = mlc.transpose %x [0, 3, 1, 2] : !s -> !sf
  %n = mlc.layer_norm %t axis 2 {epsilon = 1.0e-05 : f64} : !sf -> !sf
  %y = mlc.transpose %n [0, 2, 3, 1] : !sf -> !s
  return %y : !s
}

// What is repeated all over an image does not keep it from being joined.
// CHECK-LABEL: @behind_broadcast
// CHECK-SAME: (%[[X:.+]]: tensor<1x5x6x4xf32>, %[[Y:.+]]: tensor<1x5x1x4xf32>)
func.func @behind_broadcast(%x: !l, %y: tensor<1x5x1x4xf32>) -> tensor<1x5x6x8xf32> {
  // CHECK-NEXT: %[[B:.+]] = mlc.broadcast_to %[[Y]] : tensor<1x5x1x4xf32> -> tensor<1x5x6x4xf32>
  // CHECK-NEXT: %[[C:.+]] = mlc.concat(%[[X]], %[[B]]) axis 3
  // CHECK-NEXT: return %[[C]]
  %t = mlc.transpose %x [0, 3, 1, 2] : !l -> !f
  %u = mlc.transpose %y [0, 3, 1, 2] : tensor<1x5x1x4xf32> -> tensor<1x4x5x1xf32>
  %b = mlc.broadcast_to %u : tensor<1x4x5x1xf32> -> !f
  %c = mlc.concat(%t, %b) axis 1 : (!f, !f) -> tensor<1x8x5x6xf32>
  %r = mlc.transpose %c [0, 2, 3, 1] : tensor<1x8x5x6xf32> -> tensor<1x5x6x8xf32>
  return %r : tensor<1x5x6x8xf32>
}
