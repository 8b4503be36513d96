// Products with a softmax between them become attention, and attention without a kernel becomes such products.
// RUN: %mlc-opt %s --mlc-form-attention --canonicalize --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: @scaled_and_masked
// CHECK-SAME: (%[[Q:.+]]: tensor<2x40x32xf32>, %[[K:.+]]: tensor<2x50x32xf32>, %[[V:.+]]: tensor<2x50x16xf32>, %[[M:.+]]: tensor<2x1x50xf32>)
// CHECK: %[[Y:.+]] = mlc.attention %[[Q]], %[[K]], %[[V]] mask %[[M]] : tensor<2x1x50xf32> scale 2.500000e-01 :
// CHECK-NEXT: return %[[Y]]
func.func @scaled_and_masked(%q: tensor<2x40x32xf32>, %k: tensor<2x50x32xf32>, %v: tensor<2x50x16xf32>, %m: tensor<2x1x50xf32>) -> tensor<2x40x16xf32> {
  %four = mlc.constant dense<4.0> : tensor<f32> : tensor<f32>
  %s = mlc.matmul %q, %k {trans_b = true} : tensor<2x40x32xf32>, tensor<2x50x32xf32> -> tensor<2x40x50xf32>
  %c = mlc.div %s, %four : tensor<2x40x50xf32>, tensor<f32> -> tensor<2x40x50xf32>
  %a = mlc.add %m, %c : tensor<2x1x50xf32>, tensor<2x40x50xf32> -> tensor<2x40x50xf32>
  %w = mlc.softmax %a axis 2 : tensor<2x40x50xf32> -> tensor<2x40x50xf32>
  // expected-remark @+1 {{computed as attention}}
  %y = mlc.matmul %w, %v : tensor<2x40x50xf32>, tensor<2x50x16xf32> -> tensor<2x40x16xf32>
  return %y : tensor<2x40x16xf32>
}

// A number instead of scores becomes a mask that replaces them.
// CHECK-LABEL: @selected_scores
// CHECK-SAME: (%[[Q:.+]]: tensor<2x40x32xf32>, %[[C:.+]]: tensor<40x40xi1>)
// CHECK-DAG: %[[Z:.+]] = mlc.constant dense<0.000000e+00> : tensor<f32>
// CHECK-DAG: %[[F:.+]] = mlc.constant dense<-1.000000e+04> : tensor<f32>
// CHECK: %[[M:.+]] = mlc.select %[[C]], %[[Z]], %[[F]] {{.*}} -> tensor<40x40xf32>
// CHECK: mlc.attention %[[Q]], %[[Q]], %[[Q]] mask %[[M]] : tensor<40x40xf32> scale 2.500000e-01 {replaces = true}
func.func @selected_scores(%q: tensor<2x40x32xf32>, %m: tensor<40x40xi1>) -> tensor<2x40x32xf32> {
  %four = mlc.constant dense<4.0> : tensor<f32> : tensor<f32>
  %f = mlc.constant dense<-1.0e4> : tensor<f32> : tensor<f32>
  %s = mlc.matmul %q, %q {trans_b = true} : tensor<2x40x32xf32>, tensor<2x40x32xf32> -> tensor<2x40x40xf32>
  %c = mlc.div %s, %four : tensor<2x40x40xf32>, tensor<f32> -> tensor<2x40x40xf32>
  %a = mlc.select %m, %c, %f : tensor<40x40xi1>, tensor<2x40x40xf32>, tensor<f32> -> tensor<2x40x40xf32>
  %w = mlc.softmax %a axis 2 : tensor<2x40x40xf32> -> tensor<2x40x40xf32>
  // expected-remark @+1 {{computed as attention}}
  %y = mlc.matmul %w, %q : tensor<2x40x40xf32>, tensor<2x40x32xf32> -> tensor<2x40x32xf32>
  return %y : tensor<2x40x32xf32>
}

// -----

// Zero would not be told from scores that stay.
// CHECK-LABEL: @zeroed_scores
// CHECK: mlc.softmax
func.func @zeroed_scores(%q: tensor<2x40x32xf32>, %m: tensor<40x40xi1>) -> tensor<2x40x32xf32> {
  %f = mlc.constant dense<0.0> : tensor<f32> : tensor<f32>
  %s = mlc.matmul %q, %q {trans_b = true} : tensor<2x40x32xf32>, tensor<2x40x32xf32> -> tensor<2x40x40xf32>
  %a = mlc.select %m, %s, %f : tensor<40x40xi1>, tensor<2x40x40xf32>, tensor<f32> -> tensor<2x40x40xf32>
  %w = mlc.softmax %a axis 2 : tensor<2x40x40xf32> -> tensor<2x40x40xf32>
  // expected-remark @+1 {{no attention: what stands for scores is no number other than 0}}
  %y = mlc.matmul %w, %q : tensor<2x40x40xf32>, tensor<2x40x32xf32> -> tensor<2x40x32xf32>
  return %y : tensor<2x40x32xf32>
}

// -----

// Factors of the operands, transposes of the last two dimensions, weights that are not a number.
// CHECK-LABEL: @scaled_operands
// CHECK-SAME: (%[[Q:.+]]: tensor<2x40x32xf32>, %[[K:.+]]: tensor<2x50x32xf32>, %[[V:.+]]: tensor<2x16x50xf32>)
// CHECK: %[[T:.+]] = mlc.transpose %[[V]] [0, 2, 1]
// CHECK: mlc.attention %[[Q]], %[[K]], %[[T]] scale 2.500000e-01 guard nan :
func.func @scaled_operands(%q: tensor<2x40x32xf32>, %k: tensor<2x50x32xf32>, %v: tensor<2x16x50xf32>) -> tensor<2x40x16xf32> {
  %half = mlc.constant dense<0.5> : tensor<f32> : tensor<f32>
  %zero = mlc.constant dense<0.0> : tensor<f32> : tensor<f32>
  %a = mlc.mul %q, %half : tensor<2x40x32xf32>, tensor<f32> -> tensor<2x40x32xf32>
  %t = mlc.transpose %k [0, 2, 1] : tensor<2x50x32xf32> -> tensor<2x32x50xf32>
  %b = mlc.mul %half, %t : tensor<f32>, tensor<2x32x50xf32> -> tensor<2x32x50xf32>
  %s = mlc.matmul %a, %b : tensor<2x40x32xf32>, tensor<2x32x50xf32> -> tensor<2x40x50xf32>
  %w = mlc.softmax %s axis 2 : tensor<2x40x50xf32> -> tensor<2x40x50xf32>
  %n = mlc.is_nan %w : tensor<2x40x50xf32> -> tensor<2x40x50xi1>
  %z = mlc.select %n, %zero, %w : tensor<2x40x50xi1>, tensor<f32>, tensor<2x40x50xf32> -> tensor<2x40x50xf32>
  // expected-remark @+1 {{computed as attention}}
  %y = mlc.matmul %z, %v {trans_b = true} : tensor<2x40x50xf32>, tensor<2x16x50xf32> -> tensor<2x40x16xf32>
  return %y : tensor<2x40x16xf32>
}

// A leading dimension of size 1 that was left out is left out behind.
// CHECK-LABEL: @new_dimension
// CHECK: %[[Y:.+]] = mlc.attention %{{.+}}, %{{.+}}, %{{.+}} scale 1.000000e+00 : tensor<1x2x8x40x15xf32>, tensor<2x8x40x15xf32>, tensor<2x8x40x15xf32> -> tensor<1x2x8x40x15xf32>
// CHECK: %[[T:.+]] = mlc.transpose %[[Y]] [0, 1, 3, 2, 4]
// CHECK: mlc.reshape %[[T]] : tensor<1x2x40x8x15xf32> -> tensor<2x40x8x15xf32>
func.func @new_dimension(%x: tensor<2x40x1x8x15xf32>, %k: tensor<2x8x40x15xf32>) -> tensor<2x40x8x15xf32> {
  %t = mlc.transpose %x [2, 0, 3, 1, 4] : tensor<2x40x1x8x15xf32> -> tensor<1x2x8x40x15xf32>
  %q = mlc.reshape %t : tensor<1x2x8x40x15xf32> -> tensor<2x8x40x15xf32>
  %s = mlc.matmul %q, %k {trans_b = true} : tensor<2x8x40x15xf32>, tensor<2x8x40x15xf32> -> tensor<2x8x40x40xf32>
  %w = mlc.softmax %s axis 3 : tensor<2x8x40x40xf32> -> tensor<2x8x40x40xf32>
  // expected-remark @+1 {{computed as attention}}
  %y = mlc.matmul %w, %k : tensor<2x8x40x40xf32>, tensor<2x8x40x15xf32> -> tensor<2x8x40x15xf32>
  %z = mlc.transpose %y [0, 2, 1, 3] : tensor<2x8x40x15xf32> -> tensor<2x40x8x15xf32>
  return %z : tensor<2x40x8x15xf32>
}

// -----

// CHECK-LABEL: @scores_used_twice
// CHECK-NOT: mlc.attention
// CHECK: return
func.func @scores_used_twice(%q: tensor<40x32xf32>) -> (tensor<40x32xf32>, tensor<40x40xf32>) {
  %s = mlc.matmul %q, %q {trans_b = true} : tensor<40x32xf32>, tensor<40x32xf32> -> tensor<40x40xf32>
  %w = mlc.softmax %s axis 1 : tensor<40x40xf32> -> tensor<40x40xf32>
  // expected-remark @+1 {{no attention: the scores are used elsewhere}}
  %y = mlc.matmul %w, %q : tensor<40x40xf32>, tensor<40x32xf32> -> tensor<40x32xf32>
  return %y, %s : tensor<40x32xf32>, tensor<40x40xf32>
}

// CHECK-LABEL: @capped
// CHECK-NOT: mlc.attention
// CHECK: return
func.func @capped(%q: tensor<40x32xf32>) -> tensor<40x32xf32> {
  %s = mlc.matmul %q, %q {trans_b = true} : tensor<40x32xf32>, tensor<40x32xf32> -> tensor<40x40xf32>
  %t = mlc.tanh %s : tensor<40x40xf32> -> tensor<40x40xf32>
  %w = mlc.softmax %t axis 1 : tensor<40x40xf32> -> tensor<40x40xf32>
  // expected-remark @+1 {{no attention: mlc.tanh stands between the product and the softmax}}
  %y = mlc.matmul %w, %q : tensor<40x40xf32>, tensor<40x32xf32> -> tensor<40x32xf32>
  return %y : tensor<40x32xf32>
}

// CHECK-LABEL: @scaled_mask
// CHECK-NOT: mlc.attention
// CHECK: return
func.func @scaled_mask(%q: tensor<40x32xf32>, %m: tensor<40xf32>) -> tensor<40x32xf32> {
  %half = mlc.constant dense<0.5> : tensor<f32> : tensor<f32>
  %s = mlc.matmul %q, %q {trans_b = true} : tensor<40x32xf32>, tensor<40x32xf32> -> tensor<40x40xf32>
  %a = mlc.add %s, %m : tensor<40x40xf32>, tensor<40xf32> -> tensor<40x40xf32>
  %c = mlc.mul %a, %half : tensor<40x40xf32>, tensor<f32> -> tensor<40x40xf32>
  %w = mlc.softmax %c axis 1 : tensor<40x40xf32> -> tensor<40x40xf32>
  // expected-remark @+1 {{no attention: the mask has a factor of its own}}
  %y = mlc.matmul %w, %q : tensor<40x40xf32>, tensor<40x32xf32> -> tensor<40x32xf32>
  return %y : tensor<40x32xf32>
}

// CHECK-LABEL: @along_queries
// CHECK-NOT: mlc.attention
// CHECK: return
func.func @along_queries(%q: tensor<40x32xf32>) -> tensor<40x32xf32> {
  %s = mlc.matmul %q, %q {trans_b = true} : tensor<40x32xf32>, tensor<40x32xf32> -> tensor<40x40xf32>
  %w = mlc.softmax %s axis 0 : tensor<40x40xf32> -> tensor<40x40xf32>
  %y = mlc.matmul %w, %q : tensor<40x40xf32>, tensor<40x32xf32> -> tensor<40x32xf32>
  return %y : tensor<40x32xf32>
}

// -----

// CHECK-LABEL: @large_heads
// CHECK: %[[S:.+]] = mlc.matmul %{{.+}}, %{{.+}} {trans_b = true} : tensor<40x300xf32>, tensor<40x300xf32> -> tensor<40x40xf32>
// CHECK: %[[C:.+]] = mlc.mul %[[S]], %{{.+}}
// CHECK: mlc.softmax %[[C]] axis 1
// CHECK: %[[H:.+]] = mlc.reduce max %[[C]] [1] keepdims true
// CHECK: mlc.compare eq %[[H]]
// CHECK: mlc.select
// CHECK: mlc.matmul
func.func @large_heads(%q: tensor<40x300xf32>) -> tensor<40x300xf32> {
  // expected-remark @+1 {{computed in products and a softmax: heads are larger than 256 numbers, or of unknown size}}
  %y = mlc.attention %q, %q, %q scale 0.25 guard empty : tensor<40x300xf32>, tensor<40x300xf32>, tensor<40x300xf32> -> tensor<40x300xf32>
  return %y : tensor<40x300xf32>
}
