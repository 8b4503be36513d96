// Parts stand in the place of the whole, and a slice in that of what it is cut from; the whole is an output, too. A second run
// over what is printed comes to the same.
// RUN: %mlc compile %s --emit=kernels --cpu=x86-64-v3 -o - | FileCheck %s
// RUN: %mlc compile %s --emit=groups -o %t.mlir && %mlc compile %t.mlir --emit=kernels --cpu=x86-64-v3 -o - | FileCheck %s

// CHECK: // arena 8192 bytes
// CHECK: // step 0: call 0 {{.*}} (input 0) -> (output 0 (or arena+0))
// CHECK: // step 1: call 1 {{.*}} (output 0 (or arena+0)) -> (output 0 (or arena+0) at 128)
// CHECK: // step 2: call 2 {{.*}} (output 0 (or arena+0) at 64) -> (output 1)
// CHECK: // step 3: call 3 {{.*}} (output 0 (or arena+0) at 64) -> (output 2)
// CHECK-NOT: step 4
!half = tensor<1x32x32xf32>
!whole = tensor<1x32x64xf32>
func.func @main(%x: !half {mlc.name = "x", mlc.dtype = 1}) -> (!whole {mlc.name = "y", mlc.dtype = 1}, !half {mlc.name = "z", mlc.dtype = 1},
                                                      !half {mlc.name = "u", mlc.dtype = 1}) {
  %a = mlc.softmax %x axis 2 : !half -> !half
  %b = mlc.cumulative sum %a axis 1 : !half -> !half
  %y = mlc.concat (%a, %b) axis 2 : (!half, !half) -> !whole
  %s = mlc.slice %y <() -> (0, 0, 16)> [1, 1, 1] : !whole -> !half
  %z = mlc.softmax %s axis 1 : !half -> !half
  %u = mlc.cumulative sum %s axis 2 : !half -> !half
  return %y, %z, %u : !whole, !half, !half
}
