// What exporters write in several ways has one form.
// RUN: %mlc-opt %s --mlc-unify-forms --canonicalize | FileCheck %s

!x = tensor<1x8x8x4xf32>

// CHECK-LABEL: @maximum_with_zero
// CHECK: mlc.relu %{{.+}}
// CHECK: mlc.max %{{.+}}, %{{.+}}
func.func @maximum_with_zero(%x: !x) -> (!x, !x) {
  %zero = mlc.constant dense<0.0> : tensor<1xf32> : tensor<1xf32>
  %one = mlc.constant dense<1.0> : tensor<f32> : tensor<f32>
  %0 = mlc.max %zero, %x : tensor<1xf32>, !x -> !x
  %1 = mlc.max %x, %one : !x, tensor<f32> -> !x
  return %0, %1 : !x, !x
}

// Leading dimensions go where another operand has them; a constant that is no smaller keeps its own.
// CHECK-LABEL: @leading_dimensions
// CHECK-DAG: %[[BIAS:.+]] = mlc.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]> : tensor<4xf32>
// CHECK-DAG: %[[ROW:.+]] = mlc.constant {{.*}} : tensor<1x4xf32>
// CHECK: mlc.add %{{.+}}, %[[BIAS]]
// CHECK: mlc.add %{{.+}}, %[[ROW]]
func.func @leading_dimensions(%x: !x, %v: tensor<4xf32>) -> (!x, tensor<1x4xf32>) {
  %bias = mlc.constant dense<[[[[1.0, 2.0, 3.0, 4.0]]]]> : tensor<1x1x1x4xf32> : tensor<1x1x1x4xf32>
  %row = mlc.constant dense<[[4.0, 3.0, 2.0, 1.0]]> : tensor<1x4xf32> : tensor<1x4xf32>
  %0 = mlc.add %bias, %x : tensor<1x1x1x4xf32>, !x -> !x
  %1 = mlc.add %v, %row : tensor<4xf32>, tensor<1x4xf32> -> tensor<1x4xf32>
  return %0, %1 : !x, tensor<1x4xf32>
}

// The branch with the convolution comes first. A difference stays as it is.
// CHECK-LABEL: @deeper_branch_first
// CHECK-SAME: (%[[X:[a-z0-9]+]]:
// CHECK: %[[C:.+]] = mlc.conv
// CHECK: mlc.add %[[C]], %[[X]]
// CHECK: mlc.sub %[[X]], %[[C]]
func.func @deeper_branch_first(%x: !x, %w: tensor<4x1x1x4xf32>) -> (!x, !x) {
  %c = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : !x, tensor<4x1x1x4xf32> -> !x
  %0 = mlc.add %x, %c : !x, !x -> !x
  %1 = mlc.sub %x, %c : !x, !x -> !x
  return %0, %1 : !x, !x
}

// CHECK-LABEL: @whole_window
// CHECK: %[[S:.+]] = mlc.reduce sum %{{.+}} [1, 2] keepdims true
// CHECK: mlc.div %[[S]], %{{.+}}
// CHECK: mlc.pool average {{.*}} -> tensor<1x2x1x4xf32>
func.func @whole_window(%x: !x) -> (tensor<1x1x1x4xf32>, tensor<1x2x1x4xf32>) {
  %0 = mlc.pool average %x {dilations = array<i64: 1, 1>, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>, window = array<i64: 8, 8>} : !x -> tensor<1x1x1x4xf32>
  %1 = mlc.pool average %x {dilations = array<i64: 1, 1>, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>, window = array<i64: 7, 8>} : !x -> tensor<1x2x1x4xf32>
  return %0, %1 : tensor<1x1x1x4xf32>, tensor<1x2x1x4xf32>
}

// CHECK-LABEL: @kept_dimensions
// CHECK: %[[S:.+]] = mlc.reduce sum %{{.+}} [1, 2] keepdims false
// CHECK: %[[M:.+]] = mlc.div %[[S]], %{{.+}} -> tensor<1x4xf32>
// CHECK: return %[[M]]
func.func @kept_dimensions(%x: !x) -> tensor<1x4xf32> {
  %count = mlc.constant dense<64.0> : tensor<f32> : tensor<f32>
  %0 = mlc.reduce sum %x [1, 2] keepdims true : !x -> tensor<1x1x1x4xf32>
  %1 = mlc.div %0, %count : tensor<1x1x1x4xf32>, tensor<f32> -> tensor<1x1x1x4xf32>
  %2 = mlc.reshape %1 : tensor<1x1x1x4xf32> -> tensor<1x4xf32>
  return %2 : tensor<1x4xf32>
}

// Somebody reads the kept dimensions; the view drops others.
// CHECK-LABEL: @kept_dimensions_are_read
// CHECK: mlc.reduce max %{{.+}} [1, 2] keepdims true
// CHECK: mlc.reduce max %{{.+}} [1] keepdims true
func.func @kept_dimensions_are_read(%x: !x) -> (tensor<1x1x1x4xf32>, tensor<1x4xf32>, tensor<8x4xf32>) {
  %0 = mlc.reduce max %x [1, 2] keepdims true : !x -> tensor<1x1x1x4xf32>
  %1 = mlc.reshape %0 : tensor<1x1x1x4xf32> -> tensor<1x4xf32>
  %2 = mlc.reduce max %x [1] keepdims true : !x -> tensor<1x1x8x4xf32>
  %3 = mlc.reshape %2 : tensor<1x1x8x4xf32> -> tensor<8x4xf32>
  return %0, %1, %3 : tensor<1x1x1x4xf32>, tensor<1x4xf32>, tensor<8x4xf32>
}

// Through the transpose that brings the channels to the end, too.
// CHECK-LABEL: @zeros_around_an_image
// CHECK: mlc.conv %{{.+}}, %{{.+}} {{{.*}}high = array<i64: 2, 1>, low = array<i64: 1, 1>{{.*}} : tensor<1x5x6x4xf32>
// CHECK: %[[T:.+]] = mlc.transpose %{{.+}} [0, 2, 3, 1] : tensor<1x4x5x6xf32>
// CHECK: mlc.conv %[[T]], %{{.+}} {{{.*}}high = array<i64: 2, 1>, low = array<i64: 1, 1>
func.func @zeros_around_an_image(%x: tensor<1x5x6x4xf32>, %planes: tensor<1x4x5x6xf32>, %w: tensor<4x3x3x4xf32>) -> (tensor<1x6x6x4xf32>, tensor<1x6x6x4xf32>) {
  %0 = mlc.pad constant %x low <() -> (0, 1, 0, 0)> high <() -> (0, 1, 0, 0)> interior [0, 0, 0, 0] : tensor<1x5x6x4xf32> -> tensor<1x7x6x4xf32>
  %1 = mlc.conv %0, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 0, 1>, strides = array<i64: 1, 1>} : tensor<1x7x6x4xf32>, tensor<4x3x3x4xf32> -> tensor<1x6x6x4xf32>
  %2 = mlc.pad constant %planes low <() -> (0, 0, 1, 1)> high <() -> (0, 0, 2, 1)> interior [0, 0, 0, 0] : tensor<1x4x5x6xf32> -> tensor<1x4x8x8xf32>
  %3 = mlc.transpose %2 [0, 2, 3, 1] : tensor<1x4x8x8xf32> -> tensor<1x8x8x4xf32>
  %4 = mlc.conv %3, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x8x8x4xf32>, tensor<4x3x3x4xf32> -> tensor<1x6x6x4xf32>
  return %1, %4 : tensor<1x6x6x4xf32>, tensor<1x6x6x4xf32>
}

// Ones, edges and channels are no padding of a convolution.
// CHECK-LABEL: @other_padding
// CHECK: mlc.pad
// CHECK: mlc.pad
// CHECK: mlc.pad
func.func @other_padding(%x: tensor<1x5x6x4xf32>, %w: tensor<4x1x1x4xf32>, %w5: tensor<4x1x1x5xf32>) -> (tensor<1x6x6x4xf32>, tensor<1x6x6x4xf32>, tensor<1x5x6x4xf32>) {
  %one = mlc.constant dense<1.0> : tensor<f32> : tensor<f32>
  %0 = mlc.pad constant %x, %one low <() -> (0, 1, 0, 0)> high <() -> (0, 0, 0, 0)> interior [0, 0, 0, 0] : tensor<1x5x6x4xf32>, tensor<f32> -> tensor<1x6x6x4xf32>
  %1 = mlc.pad edge %x low <() -> (0, 1, 0, 0)> high <() -> (0, 0, 0, 0)> interior [0, 0, 0, 0] : tensor<1x5x6x4xf32> -> tensor<1x6x6x4xf32>
  %2 = mlc.pad constant %x low <() -> (0, 0, 0, 1)> high <() -> (0, 0, 0, 0)> interior [0, 0, 0, 0] : tensor<1x5x6x4xf32> -> tensor<1x5x6x5xf32>
  %3 = mlc.conv %0, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x6x6x4xf32>, tensor<4x1x1x4xf32> -> tensor<1x6x6x4xf32>
  %4 = mlc.conv %1, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x6x6x4xf32>, tensor<4x1x1x4xf32> -> tensor<1x6x6x4xf32>
  %5 = mlc.conv %2, %w5 {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x5x6x5xf32>, tensor<4x1x1x5xf32> -> tensor<1x5x6x4xf32>
  return %3, %4, %5 : tensor<1x6x6x4xf32>, tensor<1x6x6x4xf32>, tensor<1x5x6x4xf32>
}

// What drops dimensions of size 1 goes behind what is computed of it; what it is added to gets the dimensions.
// CHECK-LABEL: @dropped_dimensions
// CHECK-SAME: (%[[X:.+]]: tensor<1x9x1x8xf32>, %[[W:.+]]: tensor<6x3x1x8xf32>, %[[V:.+]]: tensor<1x7x6xf32>, %[[R:.+]]: tensor<7x1xf32>)
// CHECK: %[[C:.+]] = mlc.conv %[[X]]
// CHECK: %[[A:.+]] = mlc.add %[[C]], %{{.+}} : tensor<1x7x1x6xf32>, tensor<6xf32>
// CHECK: %[[V2:.+]] = mlc.reshape %[[V]] : tensor<1x7x6xf32> -> tensor<1x7x1x6xf32>
// CHECK: %[[B:.+]] = mlc.mul %[[A]], %[[V2]]
// CHECK: %[[R2:.+]] = mlc.reshape %[[R]] : tensor<7x1xf32> -> tensor<7x1x1xf32>
// CHECK: %[[D:.+]] = mlc.add %[[B]], %[[R2]] : tensor<1x7x1x6xf32>, tensor<7x1x1xf32>
// CHECK: %[[M:.+]] = mlc.mul %[[D]], %[[D]]
// CHECK: %[[Y:.+]] = mlc.reshape %[[M]] : tensor<1x7x1x6xf32> -> tensor<7x6xf32>
// CHECK: return %[[Y]]
func.func @dropped_dimensions(%x: tensor<1x9x1x8xf32>, %w: tensor<6x3x1x8xf32>, %v: tensor<1x7x6xf32>, %r: tensor<7x1xf32>) -> tensor<7x6xf32> {
  %bias = mlc.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]> : tensor<6xf32> : tensor<6xf32>
  %0 = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x9x1x8xf32>, tensor<6x3x1x8xf32> -> tensor<1x7x1x6xf32>
  %1 = mlc.reshape %0 : tensor<1x7x1x6xf32> -> tensor<1x7x6xf32>
  %2 = mlc.add %1, %bias : tensor<1x7x6xf32>, tensor<6xf32> -> tensor<1x7x6xf32>
  %3 = mlc.mul %2, %v : tensor<1x7x6xf32>, tensor<1x7x6xf32> -> tensor<1x7x6xf32>
  %4 = mlc.add %3, %r : tensor<1x7x6xf32>, tensor<7x1xf32> -> tensor<1x7x6xf32>
  %5 = mlc.reshape %4 : tensor<1x7x6xf32> -> tensor<7x6xf32>
  %6 = mlc.mul %5, %5 : tensor<7x6xf32>, tensor<7x6xf32> -> tensor<7x6xf32>
  return %6 : tensor<7x6xf32>
}

// Other views, and what spreads a view, stay where they are.
// CHECK-LABEL: @other_views
// CHECK: mlc.reshape %{{.+}} : tensor<1x7x1x6xf32> -> tensor<1x42xf32>
// CHECK: mlc.relu
// CHECK: mlc.reshape %{{.+}} : tensor<1x7x1x6xf32> -> tensor<7x6xf32>
// CHECK: mlc.add %{{.+}} : tensor<7x6xf32>, tensor<2x7x6xf32>
// CHECK: mlc.reshape %{{.+}} : tensor<1x9x1x8xf32> -> tensor<9x8xf32>
// CHECK: mlc.relu
func.func @other_views(%x: tensor<1x9x1x8xf32>, %w: tensor<6x3x1x8xf32>, %v: tensor<2x7x6xf32>) -> (tensor<1x42xf32>, tensor<2x7x6xf32>, tensor<9x8xf32>) {
  %0 = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x9x1x8xf32>, tensor<6x3x1x8xf32> -> tensor<1x7x1x6xf32>
  %1 = mlc.reshape %0 : tensor<1x7x1x6xf32> -> tensor<1x42xf32>
  %2 = mlc.relu %1 : tensor<1x42xf32> -> tensor<1x42xf32>
  %3 = mlc.reshape %0 : tensor<1x7x1x6xf32> -> tensor<7x6xf32>
  %4 = mlc.add %3, %v : tensor<7x6xf32>, tensor<2x7x6xf32> -> tensor<2x7x6xf32>
  %5 = mlc.reshape %x : tensor<1x9x1x8xf32> -> tensor<9x8xf32>
  %6 = mlc.relu %5 : tensor<9x8xf32> -> tensor<9x8xf32>
  return %2, %4, %6 : tensor<1x42xf32>, tensor<2x7x6xf32>, tensor<9x8xf32>
}

// What is 1 at an index and 0 elsewhere takes a row of the weights, and zeros where the index is out of range.
// CHECK-LABEL: @one_hot
// CHECK-SAME: (%[[I:.+]]: tensor<2x1xi32>)
// CHECK-DAG: %[[W:.+]] = mlc.constant dense<{{\[}}[1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00], [5.000000e+00, 6.000000e+00], [0.000000e+00, 0.000000e+00]]> : tensor<4x2xf32>
// CHECK-DAG: %[[K:.+]] = mlc.constant dense<3> : tensor<i32>
// CHECK-DAG: %[[ZERO:.+]] = mlc.constant dense<0> : tensor<i32>
// CHECK: %[[B:.+]] = mlc.compare lt %[[I]], %[[ZERO]]
// CHECK: %[[M:.+]] = mlc.min %[[I]], %[[K]]
// CHECK: %[[S:.+]] = mlc.select %[[B]], %[[K]], %[[M]]
// CHECK: %[[R:.+]] = mlc.reshape %[[S]] : tensor<2x1xi32> -> tensor<2xi32>
// CHECK: %[[Y:.+]] = mlc.gather %[[W]], %[[R]] axis 0
// CHECK: %[[Z:.+]] = mlc.gather
// CHECK: return %[[Y]], %[[Z]]
func.func @one_hot(%i: tensor<2x1xi32>) -> (tensor<2x2xf32>, tensor<2x2xf32>) {
  %numbers = mlc.constant dense<[[0, 1, 2]]> : tensor<1x3xi32> : tensor<1x3xi32>
  %w = mlc.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32> : tensor<3x2xf32>
  %t = mlc.constant dense<[[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]> : tensor<2x3xf32> : tensor<2x3xf32>
  %0 = mlc.compare eq %i, %numbers : tensor<2x1xi32>, tensor<1x3xi32> -> tensor<2x3xi1>
  %1 = mlc.cast %0 to f32 : tensor<2x3xi1> -> tensor<2x3xf32>
  %2 = mlc.matmul %1, %w : tensor<2x3xf32>, tensor<3x2xf32> -> tensor<2x2xf32>
  %3 = mlc.compare eq %numbers, %i : tensor<1x3xi32>, tensor<2x1xi32> -> tensor<2x3xi1>
  %4 = mlc.cast %3 to f32 : tensor<2x3xi1> -> tensor<2x3xf32>
  %5 = mlc.matmul %4, %t {trans_b = true} : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x2xf32>
  return %2, %5 : tensor<2x2xf32>, tensor<2x2xf32>
}

// Infinite weights spread beyond their row, other numbers are no row's, and other relations hold for several.
// CHECK-LABEL: @not_one_hot
// CHECK-COUNT-3: mlc.matmul
func.func @not_one_hot(%i: tensor<2x1xi32>) -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>) {
  %numbers = mlc.constant dense<[[0, 1, 2]]> : tensor<1x3xi32> : tensor<1x3xi32>
  %others = mlc.constant dense<[[0, 2, 1]]> : tensor<1x3xi32> : tensor<1x3xi32>
  %w = mlc.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32> : tensor<3x2xf32>
  %inf = mlc.constant dense<[[1.0, 2.0], [0x7F800000, 4.0], [5.0, 6.0]]> : tensor<3x2xf32> : tensor<3x2xf32>
  %0 = mlc.compare eq %i, %numbers : tensor<2x1xi32>, tensor<1x3xi32> -> tensor<2x3xi1>
  %1 = mlc.cast %0 to f32 : tensor<2x3xi1> -> tensor<2x3xf32>
  %2 = mlc.matmul %1, %inf : tensor<2x3xf32>, tensor<3x2xf32> -> tensor<2x2xf32>
  %3 = mlc.compare eq %i, %others : tensor<2x1xi32>, tensor<1x3xi32> -> tensor<2x3xi1>
  %4 = mlc.cast %3 to f32 : tensor<2x3xi1> -> tensor<2x3xf32>
  %5 = mlc.matmul %4, %w : tensor<2x3xf32>, tensor<3x2xf32> -> tensor<2x2xf32>
  %6 = mlc.compare ge %i, %numbers : tensor<2x1xi32>, tensor<1x3xi32> -> tensor<2x3xi1>
  %7 = mlc.cast %6 to f32 : tensor<2x3xi1> -> tensor<2x3xf32>
  %8 = mlc.matmul %7, %w : tensor<2x3xf32>, tensor<3x2xf32> -> tensor<2x2xf32>
  return %2, %5, %8 : tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>
}
