// Neighbouring outputs of convolutions with few output channels are computed as channels.
// RUN: %mlc-opt %s --mlc-widen-convs --split-input-file --verify-diagnostics | FileCheck %s
// RUN: %mlc-opt %s --mlc-widen-convs --canonicalize --split-input-file --verify-diagnostics | FileCheck %s --check-prefix=VALUES

// The last of four groups has the whole window; what follows is computed on the wide result.
// CHECK-LABEL: @along_rows
// CHECK-SAME: (%[[X:.+]]: tensor<1x1x64x4xf32>, %[[R:.+]]: tensor<1x1x64x4xf32>)
// CHECK: %[[W:.+]] = mlc.constant {{.*}} : tensor<16x1x8x4xf32>
// CHECK: %[[C:.+]] = mlc.conv %[[X]], %[[W]] {dilations = array<i64: 1, 1>, groups = 1 : i64, high = array<i64: 0, 2>, low = array<i64: 0, 2>, strides = array<i64: 1, 4>} : {{.*}} -> tensor<1x1x16x16xf32>
// CHECK: %[[B:.+]] = mlc.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]>
// CHECK: %[[A:.+]] = mlc.add %[[C]], %[[B]]
// CHECK: %[[S:.+]] = mlc.sigmoid %[[A]]
// CHECK: %[[M:.+]] = mlc.mul %[[A]], %[[S]]
// CHECK: %[[P:.+]] = mlc.reshape %[[R]] : tensor<1x1x64x4xf32> -> tensor<1x1x16x16xf32>
// CHECK: %[[Z:.+]] = mlc.add %[[M]], %[[P]]
// CHECK: %[[Y:.+]] = mlc.reshape %[[Z]] : tensor<1x1x16x16xf32> -> tensor<1x1x64x4xf32>
// CHECK: return %[[Y]]
func.func @along_rows(%x: tensor<1x1x64x4xf32>, %r: tensor<1x1x64x4xf32>) -> tensor<1x1x64x4xf32> {
  %w = mlc.constant dense<0.5> : tensor<4x1x5x4xf32> : tensor<4x1x5x4xf32>
  %b = mlc.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32> : tensor<4xf32>
  // expected-remark @+1 {{4 neighbouring outputs computed as channels}}
  %c = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 2>, low = array<i64: 0, 2>, strides = array<i64: 1, 1>} : tensor<1x1x64x4xf32>, tensor<4x1x5x4xf32> -> tensor<1x1x64x4xf32>
  %a = mlc.add %c, %b : tensor<1x1x64x4xf32>, tensor<4xf32> -> tensor<1x1x64x4xf32>
  %s = mlc.sigmoid %a : tensor<1x1x64x4xf32> -> tensor<1x1x64x4xf32>
  %m = mlc.mul %a, %s : tensor<1x1x64x4xf32>, tensor<1x1x64x4xf32> -> tensor<1x1x64x4xf32>
  %z = mlc.add %m, %r : tensor<1x1x64x4xf32>, tensor<1x1x64x4xf32> -> tensor<1x1x64x4xf32>
  return %z : tensor<1x1x64x4xf32>
}

// -----

// 237 is no multiple of anything: more padding behind for groups of 16, of which the last outputs are cut off.
// CHECK-LABEL: @cut_off
// CHECK: %[[C:.+]] = mlc.conv {{.*}}high = array<i64: 6>, low = array<i64: 0>, strides = array<i64: 32>} : tensor<1x728x1xf32>, tensor<16x286x1xf32> -> tensor<1x15x16xf32>
// CHECK: %[[F:.+]] = mlc.reshape %[[C]] : tensor<1x15x16xf32> -> tensor<1x240x1xf32>
// CHECK: %[[S:.+]] = mlc.slice %[[F]] {{.*}} -> tensor<1x237x1xf32>
// CHECK: return %[[S]]
func.func @cut_off(%x: tensor<1x728x1xf32>) -> tensor<1x237x1xf32> {
  %w = mlc.constant dense<0.5> : tensor<1x256x1xf32> : tensor<1x256x1xf32>
  // expected-remark @+1 {{16 neighbouring outputs computed as channels}}
  %c = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 2>} : tensor<1x728x1xf32>, tensor<1x256x1xf32> -> tensor<1x237x1xf32>
  return %c : tensor<1x237x1xf32>
}

// -----

// Squares of outputs share most of their windows, and are turned back.
// CHECK-LABEL: @squares
// CHECK: %[[C:.+]] = mlc.conv {{.*}}strides = array<i64: 4, 4>} : tensor<1x64x64x8xf32>, tensor<16x8x8x8xf32> -> tensor<1x16x16x16xf32>
// CHECK: %[[A:.+]] = mlc.sigmoid %[[C]]
// CHECK: %[[R:.+]] = mlc.reshape %[[A]] : tensor<1x16x16x16xf32> -> tensor<1x16x16x4x4x1xf32>
// CHECK: %[[T:.+]] = mlc.transpose %[[R]] [0, 1, 3, 2, 4, 5]
// CHECK: %[[Y:.+]] = mlc.reshape %[[T]] : {{.*}} -> tensor<1x64x64x1xf32>
// CHECK: return %[[Y]]
func.func @squares(%x: tensor<1x64x64x8xf32>) -> tensor<1x64x64x1xf32> {
  %w = mlc.constant dense<0.5> : tensor<1x5x5x8xf32> : tensor<1x5x5x8xf32>
  // expected-remark @+1 {{16 neighbouring outputs computed as channels}}
  %c = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 2, 2>, low = array<i64: 2, 2>, strides = array<i64: 1, 1>} : tensor<1x64x64x8xf32>, tensor<1x5x5x8xf32> -> tensor<1x64x64x1xf32>
  %s = mlc.sigmoid %c : tensor<1x64x64x1xf32> -> tensor<1x64x64x1xf32>
  return %s : tensor<1x64x64x1xf32>
}

// -----

// An operand that is another at each place does not stand in the wide order without being computed in it.
// CHECK-LABEL: @reads_narrow
// CHECK: %[[C:.+]] = mlc.conv {{.*}} -> tensor<1x1x16x16xf32>
// CHECK: %[[Y:.+]] = mlc.reshape %[[C]] : tensor<1x1x16x16xf32> -> tensor<1x1x64x4xf32>
// CHECK: mlc.mul %[[Y]]
func.func @reads_narrow(%x: tensor<1x1x64x4xf32>, %r: tensor<1x1x64x1xf32>) -> tensor<1x1x64x4xf32> {
  %w = mlc.constant dense<0.5> : tensor<4x1x5x4xf32> : tensor<4x1x5x4xf32>
  // expected-remark @+1 {{4 neighbouring outputs computed as channels}}
  %c = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 2>, low = array<i64: 0, 2>, strides = array<i64: 1, 1>} : tensor<1x1x64x4xf32>, tensor<4x1x5x4xf32> -> tensor<1x1x64x4xf32>
  %m = mlc.mul %c, %r : tensor<1x1x64x4xf32>, tensor<1x1x64x1xf32> -> tensor<1x1x64x4xf32>
  return %m : tensor<1x1x64x4xf32>
}

// -----

// A batch of unknown size is no matter, a row of unknown length is.
// CHECK-LABEL: @any_batch
// CHECK: %[[C:.+]] = mlc.conv {{.*}} -> tensor<?x16x16xf32, #mlc.dims<()[s0] -> (s0, 16, 16)>>
// CHECK: mlc.reshape %[[C]]
func.func @any_batch(%x: tensor<?x64x4xf32, #mlc.dims<()[s0] -> (s0, 64, 4)>> {mlc.dim_names = ["n", "", ""]})
    -> tensor<?x64x4xf32, #mlc.dims<()[s0] -> (s0, 64, 4)>> attributes {
    mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>]} {
  %w = mlc.constant dense<0.5> : tensor<4x5x4xf32> : tensor<4x5x4xf32>
  // expected-remark @+1 {{4 neighbouring outputs computed as channels}}
  %c = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 2>, low = array<i64: 2>, strides = array<i64: 1>} : tensor<?x64x4xf32, #mlc.dims<()[s0] -> (s0, 64, 4)>>, tensor<4x5x4xf32> -> tensor<?x64x4xf32, #mlc.dims<()[s0] -> (s0, 64, 4)>>
  return %c : tensor<?x64x4xf32, #mlc.dims<()[s0] -> (s0, 64, 4)>>
}

// CHECK-LABEL: @unknown_length
// CHECK: mlc.conv {{.*}} : {{.*}}, tensor<4x5x4xf32>
func.func @unknown_length(%x: tensor<1x?x4xf32, #mlc.dims<()[s0] -> (1, s0, 4)>> {mlc.dim_names = ["", "t", ""]})
    -> tensor<1x?x4xf32, #mlc.dims<()[s0] -> (1, s0, 4)>> attributes {
    mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 1)>]} {
  %w = mlc.constant dense<0.5> : tensor<4x5x4xf32> : tensor<4x5x4xf32>
  %c = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 2>, low = array<i64: 2>, strides = array<i64: 1>} : tensor<1x?x4xf32, #mlc.dims<()[s0] -> (1, s0, 4)>>, tensor<4x5x4xf32> -> tensor<1x?x4xf32, #mlc.dims<()[s0] -> (1, s0, 4)>>
  return %c : tensor<1x?x4xf32, #mlc.dims<()[s0] -> (1, s0, 4)>>
}

// -----

// Whole panels, windows of which neighbours share nothing, weights of the input, depthwise convolutions stay as they are.
// CHECK-LABEL: @whole_panel
// CHECK: mlc.conv {{.*}}, tensor<16x5x8xf32>
func.func @whole_panel(%x: tensor<1x64x8xf32>) -> tensor<1x64x16xf32> {
  %w = mlc.constant dense<0.5> : tensor<16x5x8xf32> : tensor<16x5x8xf32>
  %c = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 2>, low = array<i64: 2>, strides = array<i64: 1>} : tensor<1x64x8xf32>, tensor<16x5x8xf32> -> tensor<1x64x16xf32>
  return %c : tensor<1x64x16xf32>
}

// CHECK-LABEL: @apart
// CHECK: mlc.conv {{.*}}, tensor<8x4x64xf32>
func.func @apart(%x: tensor<1x256x64xf32>) -> tensor<1x64x8xf32> {
  %w = mlc.constant dense<0.5> : tensor<8x4x64xf32> : tensor<8x4x64xf32>
  %c = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 4>} : tensor<1x256x64xf32>, tensor<8x4x64xf32> -> tensor<1x64x8xf32>
  return %c : tensor<1x64x8xf32>
}

// CHECK-LABEL: @variable
// CHECK: mlc.conv %{{.+}}, %{{.+}} {{.*}}, tensor<4x5x4xf32>
func.func @variable(%x: tensor<1x64x4xf32>, %w: tensor<4x5x4xf32>) -> tensor<1x64x4xf32> {
  %c = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 2>, low = array<i64: 2>, strides = array<i64: 1>} : tensor<1x64x4xf32>, tensor<4x5x4xf32> -> tensor<1x64x4xf32>
  return %c : tensor<1x64x4xf32>
}

// CHECK-LABEL: @depthwise
// CHECK: mlc.conv {{.*}}, tensor<4x5x1xf32>
func.func @depthwise(%x: tensor<1x64x4xf32>) -> tensor<1x64x4xf32> {
  %w = mlc.constant dense<0.5> : tensor<4x5x1xf32> : tensor<4x5x1xf32>
  %c = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 4, high = array<i64: 2>, low = array<i64: 2>, strides = array<i64: 1>} : tensor<1x64x4xf32>, tensor<4x5x1xf32> -> tensor<1x64x4xf32>
  return %c : tensor<1x64x4xf32>
}

// -----

// y[i] = x[i] + 10 x[i + 1] + 100 x[i + 2], at the ends of the groups of 5 and at the end.
// CHECK-LABEL: @same_values
// CHECK: mlc.conv {{.*}} -> tensor<1x8x5xf32>
// VALUES-LABEL: @same_values
// VALUES: mlc.constant dense<{{\[}}{{\[}}[2.100000e+02], {{.*}}, [6.540000e+02], [7.650000e+02], {{.*}}, [3.984000e+03], [4.095000e+03], [4.206000e+03], [4.317000e+03]]]>
func.func @same_values() -> tensor<1x38x1xf32> {
  %x = mlc.constant dense<[[[0.0], [1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0], [8.0], [9.0], [10.0], [11.0], [12.0], [13.0], [14.0], [15.0], [16.0], [17.0], [18.0], [19.0], [20.0], [21.0], [22.0], [23.0], [24.0], [25.0], [26.0], [27.0], [28.0], [29.0], [30.0], [31.0], [32.0], [33.0], [34.0], [35.0], [36.0], [37.0], [38.0], [39.0]]]> : tensor<1x40x1xf32> : tensor<1x40x1xf32>
  %w = mlc.constant dense<[[[1.0], [10.0], [100.0]]]> : tensor<1x3x1xf32> : tensor<1x3x1xf32>
  // expected-remark @+1 {{5 neighbouring outputs computed as channels}}
  %c = mlc.conv %x, %w {dilations = array<i64: 1>, groups = 1, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>} : tensor<1x40x1xf32>, tensor<1x3x1xf32> -> tensor<1x38x1xf32>
  return %c : tensor<1x38x1xf32>
}
