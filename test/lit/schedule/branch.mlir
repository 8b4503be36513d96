// Both branches make their result where it is wanted.
// RUN: %mlc compile %s --emit=kernels --cpu=x86-64-v3 -o - | FileCheck %s

// CHECK: // arena 0 bytes
// CHECK: // step 0: if input 1
// CHECK-NEXT: //   call {{[0-9]+}} {{.*}} -> (output 0)
// CHECK-NEXT: // else
// CHECK-NEXT: //   call {{[0-9]+}} {{.*}} -> (output 0)
// CHECK-NOT: copy
func.func @main(%x: tensor<8xf32>, %flag: tensor<i1>) -> tensor<8xf32> {
  %0 = mlc.if %flag : tensor<i1> -> (tensor<8xf32>) {
    %a = mlc.add %x, %x : tensor<8xf32>, tensor<8xf32> -> tensor<8xf32>
    mlc.yield %a : tensor<8xf32>
  } else {
    %b = mlc.mul %x, %x : tensor<8xf32>, tensor<8xf32> -> tensor<8xf32>
    mlc.yield %b : tensor<8xf32>
  }
  return %0 : tensor<8xf32>
}
