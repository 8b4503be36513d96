// All passes together: a block of a channels-first network with batch normalisation is two kernels, without any transpose.
// RUN: %mlc-opt %s --mlc-pipeline 2>/dev/null | FileCheck %s

// CHECK: func.func @block(%[[X:.+]]: tensor<1x8x8x4xf32>)
// CHECK-NOT: mlc.transpose
// CHECK: mlc.group "k0" emitter "loop"(%[[X]])
// CHECK: mlc.pad
// CHECK: mlc.group "k1" emitter "contraction"
// CHECK: mlc.conv
// CHECK-NEXT: mlc.add
// CHECK-NEXT: mlc.relu
// CHECK-NEXT: mlc.yield
// CHECK-NOT: mlc.mul
// CHECK-NOT: mlc.transpose
// CHECK-NOT: mlc.group
// CHECK: return
func.func @block(%x: tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32> {
  %w = mlc.constant dense<0.5> : tensor<4x3x3x4xf32> : tensor<4x3x3x4xf32>
  %scale = mlc.constant dense<[[[1.0]], [[2.0]], [[3.0]], [[4.0]]]> : tensor<4x1x1xf32> : tensor<4x1x1xf32>
  %shift = mlc.constant dense<[[[5.0]], [[6.0]], [[7.0]], [[8.0]]]> : tensor<4x1x1xf32> : tensor<4x1x1xf32>
  %c = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 1, 1>, low = array<i64: 1, 1>, strides = array<i64: 1, 1>} : tensor<1x8x8x4xf32>, tensor<4x3x3x4xf32> -> tensor<1x8x8x4xf32>
  %f = mlc.transpose %c [0, 3, 1, 2] : tensor<1x8x8x4xf32> -> tensor<1x4x8x8xf32>
  %m = mlc.mul %f, %scale : tensor<1x4x8x8xf32>, tensor<4x1x1xf32> -> tensor<1x4x8x8xf32>
  %a = mlc.add %m, %shift : tensor<1x4x8x8xf32>, tensor<4x1x1xf32> -> tensor<1x4x8x8xf32>
  %r = mlc.relu %a : tensor<1x4x8x8xf32> -> tensor<1x4x8x8xf32>
  %l = mlc.transpose %r [0, 2, 3, 1] : tensor<1x4x8x8xf32> -> tensor<1x8x8x4xf32>
  return %l : tensor<1x8x8x4xf32>
}
