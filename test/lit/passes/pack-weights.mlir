// Weights come into panels of 16 columns, and padding out of convolutions.
// RUN: %mlc-opt %s --mlc-pack-weights | FileCheck %s

// CHECK-LABEL: @product
// CHECK-SAME: (%[[X:.+]]: tensor<3x2xf32>)
func.func @product(%x: tensor<3x2xf32>) -> tensor<3x3xf32> {
  // CHECK: %[[W:.+]] = mlc.constant dense<{{\[}}{{\[}}[1.000000e+00, 2.000000e+00, 3.000000e+00, 0.000000e+00, {{.*}}], [4.000000e+00, 5.000000e+00, 6.000000e+00, 0.000000e+00, {{.*}}]]]> : tensor<1x2x16xf32>
  // CHECK: mlc.matmul %[[X]], %[[W]] columns <() -> (3)> : tensor<3x2xf32>, tensor<1x2x16xf32> -> tensor<3x3xf32>
  %w = mlc.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32> : tensor<2x3xf32>
  %y = mlc.matmul %x, %w : tensor<3x2xf32>, tensor<2x3xf32> -> tensor<3x3xf32>
  return %y : tensor<3x3xf32>
}

// The other order of the weights gives the same panels.
// CHECK-LABEL: @product_transposed
func.func @product_transposed(%x: tensor<3x2xf32>) -> tensor<3x3xf32> {
  // CHECK: %[[W:.+]] = mlc.constant dense<{{\[}}{{\[}}[1.000000e+00, 2.000000e+00, 3.000000e+00, 0.000000e+00, {{.*}}], [4.000000e+00, 5.000000e+00, 6.000000e+00, 0.000000e+00, {{.*}}]]]> : tensor<1x2x16xf32>
  // CHECK: mlc.matmul %{{.+}}, %[[W]] columns <() -> (3)> : tensor<3x2xf32>, tensor<1x2x16xf32> -> tensor<3x3xf32>
  %w = mlc.constant dense<[[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]> : tensor<3x2xf32> : tensor<3x2xf32>
  %y = mlc.matmul %x, %w {trans_b = true} : tensor<3x2xf32>, tensor<3x2xf32> -> tensor<3x3xf32>
  return %y : tensor<3x3xf32>
}

// Two panels, and a matrix for each batch; the bytes are a resource.
// CHECK-LABEL: @batched_product
func.func @batched_product(%x: tensor<2x3x8xf32>) -> tensor<2x3x20xf32> {
  // CHECK: %[[W:.+]] = mlc.constant {{.*}} : tensor<2x2x8x16xf32> : tensor<2x2x8x16xf32>
  // CHECK: mlc.matmul %{{.+}}, %[[W]] columns <() -> (20)>
  %w = mlc.constant dense<1.0> : tensor<2x8x20xf32> : tensor<2x8x20xf32>
  %y = mlc.matmul %x, %w : tensor<2x3x8xf32>, tensor<2x8x20xf32> -> tensor<2x3x20xf32>
  return %y : tensor<2x3x20xf32>
}

// What is not known when compiling is packed while the model runs.
// CHECK-LABEL: @unknown_weights
// CHECK-SAME: (%[[X:.+]]: tensor<?x8xf32{{.*}}>, %[[W:.+]]: tensor<?x8xf32
func.func @unknown_weights(%x: tensor<?x8xf32, #mlc.dims<()[s0] -> (s0, 8)>>, %w: tensor<?x8xf32, #mlc.dims<()[s0, s1] -> (s1, 8)>>) -> tensor<?x?xf32, #mlc.dims<()[s0, s1] -> (s0, s1)>> {
  // CHECK: %[[P:.+]] = mlc.pack %[[W]] {trans = true} : {{.*}} -> tensor<?x8x16xf32, #mlc.dims<()[s0, s1] -> (s1 ceildiv 16, 8, 16)>>
  // CHECK: mlc.matmul %[[X]], %[[P]] columns <()[s0, s1] -> (s1)>
  %y = mlc.matmul %x, %w {trans_b = true} : tensor<?x8xf32, #mlc.dims<()[s0] -> (s0, 8)>>, tensor<?x8xf32, #mlc.dims<()[s0, s1] -> (s1, 8)>> -> tensor<?x?xf32, #mlc.dims<()[s0, s1] -> (s0, s1)>>
  return %y : tensor<?x?xf32, #mlc.dims<()[s0, s1] -> (s0, s1)>>
}

// CHECK-LABEL: @keeps_packed
func.func @keeps_packed(%x: tensor<3x2xf32>, %w: tensor<1x2x16xf32>) -> tensor<3x3xf32> {
  // CHECK-NEXT: mlc.matmul
  // CHECK-NEXT: return
  %y = mlc.matmul %x, %w columns <() -> (3)> : tensor<3x2xf32>, tensor<1x2x16xf32> -> tensor<3x3xf32>
  return %y : tensor<3x3xf32>
}

// [F, window, C] becomes [panels, window, C, 16]: filter 0 is the first column.
// CHECK-LABEL: @convolution
// CHECK-SAME: (%[[X:.+]]: tensor<1x5x1xf32>)
func.func @convolution(%x: tensor<1x5x1xf32>) -> tensor<1x5x2xf32> {
  // CHECK-DAG: %[[W:.+]] = mlc.constant dense<{{\[}}{{\[}}{{\[}}[1.000000e+00, 4.000000e+00, 0.000000e+00, {{.*}}]], {{\[}}[2.000000e+00, 5.000000e+00, {{.*}}]], {{\[}}[3.000000e+00, 6.000000e+00, {{.*}}]]]]> : tensor<1x3x1x16xf32>
  // CHECK-DAG: %[[P:.+]] = mlc.pad constant %[[X]] low <() -> (0, 1, 0)> high <() -> (0, 1, 0)> interior [0, 0, 0] : tensor<1x5x1xf32> -> tensor<1x7x1xf32>
  // CHECK: mlc.conv %[[P]], %[[W]] {columns = 2 : i64, dilations = array<i64: 1>, groups = 1 : i64, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>}
  %w = mlc.constant dense<[[[1.0], [2.0], [3.0]], [[4.0], [5.0], [6.0]]]> : tensor<2x3x1xf32> : tensor<2x3x1xf32>
  %y = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 1>, low = array<i64: 1>, strides = array<i64: 1>} : tensor<1x5x1xf32>, tensor<2x3x1xf32> -> tensor<1x5x2xf32>
  return %y : tensor<1x5x2xf32>
}

// Panels do not cross groups.
// CHECK-LABEL: @grouped
func.func @grouped(%x: tensor<1x5x4xf32>) -> tensor<1x3x6xf32> {
  // CHECK: mlc.constant {{.*}} : tensor<2x3x2x16xf32> : tensor<2x3x2x16xf32>
  // CHECK-NOT: mlc.pad
  // CHECK: mlc.conv {{.*}}columns = 6 : i64{{.*}}groups = 2 : i64
  %w = mlc.constant dense<1.0> : tensor<6x3x2xf32> : tensor<6x3x2xf32>
  %y = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 2, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>} : tensor<1x5x4xf32>, tensor<6x3x2xf32> -> tensor<1x3x6xf32>
  return %y : tensor<1x3x6xf32>
}

// Depthwise, channels come last, as in the image.
// CHECK-LABEL: @depthwise
func.func @depthwise(%x: tensor<1x5x2xf32>) -> tensor<1x3x2xf32> {
  // CHECK: %[[W:.+]] = mlc.constant dense<{{\[}}[1.000000e+00, 4.000000e+00], [2.000000e+00, 5.000000e+00], [3.000000e+00, 6.000000e+00]]> : tensor<3x2xf32>
  // CHECK: mlc.conv %{{.+}}, %[[W]] {columns = 2 : i64
  %w = mlc.constant dense<[[[1.0], [2.0], [3.0]], [[4.0], [5.0], [6.0]]]> : tensor<2x3x1xf32> : tensor<2x3x1xf32>
  %y = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 2, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>} : tensor<1x5x2xf32>, tensor<2x3x1xf32> -> tensor<1x3x2xf32>
  return %y : tensor<1x3x2xf32>
}

// CHECK-LABEL: @unknown_filters
// CHECK-SAME: (%[[X:.+]]: tensor<1x5x4xf32>, %[[W:.+]]: tensor<20x3x4xf32>)
func.func @unknown_filters(%x: tensor<1x5x4xf32>, %w: tensor<20x3x4xf32>) -> tensor<1x3x20xf32> {
  // CHECK: %[[M:.+]] = mlc.reshape %[[W]] : tensor<20x3x4xf32> -> tensor<1x20x12xf32>
  // CHECK: %[[P:.+]] = mlc.pack %[[M]] {trans = true} : tensor<1x20x12xf32> -> tensor<1x2x12x16xf32>
  // CHECK: %[[V:.+]] = mlc.reshape %[[P]] : tensor<1x2x12x16xf32> -> tensor<2x3x4x16xf32>
  // CHECK: mlc.conv %[[X]], %[[V]] {columns = 20 : i64
  %y = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>} : tensor<1x5x4xf32>, tensor<20x3x4xf32> -> tensor<1x3x20xf32>
  return %y : tensor<1x3x20xf32>
}

// Planes of few channels are padded as they are: the convolution reads them in this order.
// CHECK-LABEL: @planes
// CHECK-SAME: (%[[X:.+]]: tensor<1x3x8x9xf32>
// CHECK: %[[P:.+]] = mlc.pad constant %[[X]] low <() -> (0, 0, 1, 0)> high <() -> (0, 0, 1, 1)> interior [0, 0, 0, 0] : tensor<1x3x8x9xf32> -> tensor<1x3x10x10xf32>
// CHECK: %[[T:.+]] = mlc.transpose %[[P]] [0, 2, 3, 1]
// CHECK: mlc.conv %[[T]]
func.func @planes(%x: tensor<1x3x8x9xf32>, %w: tensor<16x3x3x3xf32>) -> tensor<1x8x8x16xf32> {
  %t = mlc.transpose %x [0, 2, 3, 1] : tensor<1x3x8x9xf32> -> tensor<1x8x9x3xf32>
  %y = mlc.conv %t, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 0>, strides = array<i64: 1, 1>} : tensor<1x8x9x3xf32>, tensor<16x3x3x3xf32> -> tensor<1x8x8x16xf32>
  return %y : tensor<1x8x8x16xf32>
}

// Subnormal weights become 0 beside large ones, and stay what they are where there are no others.
// CHECK-LABEL: @subnormal_weights
// CHECK-DAG: mlc.constant dense<{{\[}}{{\[}}[0.000000e+00, 2.500000e-01]], {{\[}}[1.000000e+00, 0.000000e+00]]]>
// CHECK-DAG: mlc.constant dense<{{.*}}1.000000e-39
func.func @subnormal_weights(%x: tensor<1x3x3x2xf32>) -> (tensor<1x2x3x2xf32>, tensor<1x2x3x2xf32>) {
  %w = mlc.constant dense<[[[[1.0e-39]], [[1.0]]], [[[0.25]], [[-1.0e-40]]]]> : tensor<2x2x1x1xf32> : tensor<2x2x1x1xf32>
  %v = mlc.constant dense<[[[[1.0e-39]], [[1.0e-30]]], [[[0.0]], [[-1.0e-30]]]]> : tensor<2x2x1x1xf32> : tensor<2x2x1x1xf32>
  %0 = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 2, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x3x3x2xf32>, tensor<2x2x1x1xf32> -> tensor<1x2x3x2xf32>
  %1 = mlc.conv %x, %v {dilations = array<i64: 1, 1>, groups = 2, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x3x3x2xf32>, tensor<2x2x1x1xf32> -> tensor<1x2x3x2xf32>
  return %0, %1 : tensor<1x2x3x2xf32>, tensor<1x2x3x2xf32>
}

// Of three places two taps of nine read padding: the convolution knows where it is. Of twenty it is not worth while, nor of an
// unknown number.
// CHECK-LABEL: @leaves_taps_out
// CHECK: mlc.conv {{.*}}zeros = array<i64: 1, 1>{{.*}} : tensor<1x5x64xf32>
// CHECK-NOT: zeros
func.func @leaves_taps_out(%x: tensor<1x3x64xf32>, %z: tensor<1x20x64xf32>, %n: tensor<1x?x64xf32, #mlc.dims<()[s0] -> (1, s0, 64)>>)
    -> (tensor<1x3x16xf32>, tensor<1x20x16xf32>, tensor<1x?x16xf32, #mlc.dims<()[s0] -> (1, s0, 16)>>)
    attributes {mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (2, 1)>]} {
  %w = mlc.constant dense<1.0> : tensor<16x3x64xf32> : tensor<16x3x64xf32>
  %0 = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 1>, low = array<i64: 1>, strides = array<i64: 1>} : tensor<1x3x64xf32>, tensor<16x3x64xf32> -> tensor<1x3x16xf32>
  %1 = mlc.conv %z, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 1>, low = array<i64: 1>, strides = array<i64: 1>} : tensor<1x20x64xf32>, tensor<16x3x64xf32> -> tensor<1x20x16xf32>
  %2 = mlc.conv %n, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 1>, low = array<i64: 1>, strides = array<i64: 1>} : tensor<1x?x64xf32, #mlc.dims<()[s0] -> (1, s0, 64)>>, tensor<16x3x64xf32> -> tensor<1x?x16xf32, #mlc.dims<()[s0] -> (1, s0, 16)>>
  return %0, %1, %2 : tensor<1x3x16xf32>, tensor<1x20x16xf32>, tensor<1x?x16xf32, #mlc.dims<()[s0] -> (1, s0, 16)>>
}
