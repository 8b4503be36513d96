// Carried values that change places go through a temporary; what is scanned is read before.
// RUN: %mlc compile %s --emit=kernels --cpu=x86-64-v3 -o - | FileCheck %s

// CHECK: // step 0: loop trips input 1
// CHECK-NEXT: //   copy input 0 -> output 0
// CHECK-NEXT: //   copy weights+{{[0-9]+}} -> output 1
// CHECK-NEXT: //   call 0
// CHECK-NEXT: //   append output 0 {{.*}} -> output 2
// CHECK-NEXT: //   copy output 1 {{.*}} -> [[T:arena\+[0-9]+]]
// CHECK-NEXT: //   copy [[T]] -> output 0
// CHECK-NEXT: //   copy arena+{{[0-9]+}} -> output 1
func.func @main(%x: tensor<2xf32>, %trips: tensor<i64>) -> (tensor<2xf32>, tensor<2xf32>, tensor<6x2xf32>) {
  %one = mlc.constant dense<1.0> : tensor<2xf32> : tensor<2xf32>
  %0:3 = mlc.loop trips %trips : tensor<i64> (%x, %one) : (tensor<2xf32>, tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<6x2xf32>) {
  ^bb0(%i: tensor<i64>, %a: tensor<2xf32>, %b: tensor<2xf32>):
    %cond = mlc.constant dense<true> : tensor<i1> : tensor<i1>
    %n = mlc.add %a, %b : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
    mlc.yield %cond, %b, %n, %a : tensor<i1>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
  }
  return %0#0, %0#1, %0#2 : tensor<2xf32>, tensor<2xf32>, tensor<6x2xf32>
}
