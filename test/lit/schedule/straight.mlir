// The schedule of a straight list of kernels: buffers die and are used in place, the result goes to the output at once.
// RUN: %mlc compile %s --emit=kernels --cpu=x86-64-v3 -o - | FileCheck %s

// CHECK: // input 0 'x' 64x64xf32
// CHECK: // output 0 'y' 64x64xf32
// CHECK: // arena 32768 bytes
// CHECK: // weights 0 bytes
// CHECK: // step 0: call 0 {{.*}} (input 0) -> ([[A:arena\+[0-9]+]])
// CHECK: // step 1: call 1 {{.*}} ([[A]]) -> ([[B:arena\+[0-9]+]])
// CHECK: // step 2: call 0 {{.*}} ([[B]]) -> ([[B]])
// CHECK: // step 3: call 1 {{.*}} ([[B]]) -> (output 0)
// CHECK-NOT: step 4
!t = tensor<64x64xf32>
func.func @main(%x: !t {mlc.name = "x", mlc.dtype = 1}) -> (!t {mlc.name = "y", mlc.dtype = 1}) {
  %a = mlc.softmax %x axis 1 : !t -> !t
  %b = mlc.cumulative sum %a axis 1 : !t -> !t
  %c = mlc.softmax %b axis 1 : !t -> !t
  %d = mlc.cumulative sum %c axis 1 : !t -> !t
  return %d : !t
}
