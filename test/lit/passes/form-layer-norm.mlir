// A normalisation that is written out becomes one operator, with the scale and the bias that follow.
// RUN: %mlc-opt %s --mlc-form-layer-norm --canonicalize | FileCheck %s

!x = tensor<2x5x4xf32>
!r = tensor<2x5x1xf32>

// CHECK-LABEL: @quotient
// CHECK-SAME: (%[[X:.+]]: tensor<2x5x4xf32>)
func.func @quotient(%x: !x) -> !x {
  // CHECK-DAG: %[[G:.+]] = mlc.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]>
  // CHECK-DAG: %[[B:.+]] = mlc.constant dense<[5.000000e+00, 6.000000e+00, 7.000000e+00, 8.000000e+00]>
  // CHECK: %[[Y:.+]] = mlc.layer_norm %[[X]] scale %[[G]] : tensor<4xf32> bias %[[B]] : tensor<4xf32> axis 2 {epsilon = 2.500000e-01 : f64}
  // CHECK-NEXT: return %[[Y]]
  %n = mlc.constant dense<4.0> : tensor<f32> : tensor<f32>
  %e = mlc.constant dense<0.25> : tensor<f32> : tensor<f32>
  %g = mlc.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32> : tensor<4xf32>
  %b = mlc.constant dense<[5.0, 6.0, 7.0, 8.0]> : tensor<4xf32> : tensor<4xf32>
  %s = mlc.reduce sum %x [2] keepdims true : !x -> !r
  %m = mlc.div %s, %n : !r, tensor<f32> -> !r
  %d = mlc.sub %x, %m : !x, !r -> !x
  %p = mlc.mul %d, %d : !x, !x -> !x
  %t = mlc.reduce sum %p [2] keepdims true : !x -> !r
  %v = mlc.div %t, %n : !r, tensor<f32> -> !r
  %w = mlc.add %v, %e : !r, tensor<f32> -> !r
  %q = mlc.sqrt %w : !r -> !r
  %z = mlc.div %d, %q : !x, !r -> !x
  %h = mlc.mul %g, %z : tensor<4xf32>, !x -> !x
  %y = mlc.add %h, %b : !x, tensor<4xf32> -> !x
  return %y : !x
}

// Scale and bias are put together before x comes in.
// CHECK-LABEL: @affine
// CHECK-SAME: (%[[X:.+]]: tensor<2x5x4xf32>, %[[G:.+]]: tensor<4xf32>)
func.func @affine(%x: !x, %g: tensor<4xf32>) -> (!x, !x) {
  // CHECK-DAG: %[[B:.+]] = mlc.constant dense<5.000000e+00> : tensor<4xf32>
  // CHECK: %[[N:.+]] = mlc.layer_norm %[[X]] axis 2
  // CHECK: %[[M:.+]] = mlc.mul %[[N]], %[[G]]
  // CHECK: mlc.add %[[M]], %[[B]]
  // CHECK: %[[N2:.+]] = mlc.layer_norm %[[X]] axis 2
  // CHECK: %[[M2:.+]] = mlc.mul %[[N2]], %[[G]]
  // CHECK: mlc.add %[[M2]], %[[B]]
  %n = mlc.constant dense<0.25> : tensor<f32> : tensor<f32>
  %e = mlc.constant dense<0.25> : tensor<f32> : tensor<f32>
  %b = mlc.constant dense<5.0> : tensor<4xf32> : tensor<4xf32>
  %s = mlc.reduce sum %x [2] keepdims true : !x -> !r
  %m = mlc.mul %s, %n : !r, tensor<f32> -> !r
  %d = mlc.sub %x, %m : !x, !r -> !x
  %p = mlc.mul %d, %d : !x, !x -> !x
  %t = mlc.reduce sum %p [2] keepdims true : !x -> !r
  %v = mlc.mul %t, %n : !r, tensor<f32> -> !r
  %w = mlc.add %e, %v : tensor<f32>, !r -> !r
  %q = mlc.sqrt %w : !r -> !r
  %i = mlc.reciprocal %q : !r -> !r
  %k = mlc.mul %i, %g : !r, tensor<4xf32> -> !x
  %a = mlc.mul %k, %x : !x, !x -> !x
  %c = mlc.mul %k, %m : !x, !r -> !x
  %f = mlc.sub %b, %c : tensor<4xf32>, !x -> !x
  %y = mlc.add %a, %f : !x, !x -> !x
  %o = mlc.neg %m : !r -> !r
  %u = mlc.mul %k, %o : !x, !r -> !x
  %h = mlc.add %u, %b : !x, tensor<4xf32> -> !x
  %z = mlc.add %h, %a : !x, !x -> !x
  return %y, %z : !x, !x
}

// Of another tensor, of another number of elements, or over dimensions that are not the last ones.
// CHECK-LABEL: @others
func.func @others(%x: !x, %z: !x) -> (!x, !x, !x) {
  // CHECK-NOT: layer_norm
  %n = mlc.constant dense<4.0> : tensor<f32> : tensor<f32>
  %l = mlc.constant dense<5.0> : tensor<f32> : tensor<f32>
  %e = mlc.constant dense<0.25> : tensor<f32> : tensor<f32>
  %s = mlc.reduce sum %x [2] keepdims true : !x -> !r
  %m = mlc.div %s, %n : !r, tensor<f32> -> !r
  %d = mlc.sub %x, %m : !x, !r -> !x
  %p = mlc.mul %d, %d : !x, !x -> !x
  %t = mlc.reduce sum %p [2] keepdims true : !x -> !r
  %v = mlc.div %t, %n : !r, tensor<f32> -> !r
  %w = mlc.add %v, %e : !r, tensor<f32> -> !r
  %q = mlc.sqrt %w : !r -> !r
  %a = mlc.sub %z, %m : !x, !r -> !x
  %y0 = mlc.div %a, %q : !x, !r -> !x
  %m1 = mlc.div %s, %l : !r, tensor<f32> -> !r
  %d1 = mlc.sub %x, %m1 : !x, !r -> !x
  %y1 = mlc.div %d1, %q : !x, !r -> !x
  %s2 = mlc.reduce sum %x [1] keepdims true : !x -> tensor<2x1x4xf32>
  %m2 = mlc.div %s2, %l : tensor<2x1x4xf32>, tensor<f32> -> tensor<2x1x4xf32>
  %d2 = mlc.sub %x, %m2 : !x, tensor<2x1x4xf32> -> !x
  %y2 = mlc.div %d2, %q : !x, !r -> !x
  return %y0, %y1, %y2 : !x, !x, !x
}
