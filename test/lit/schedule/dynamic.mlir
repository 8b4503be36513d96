// Sizes that follow from inputs get slots; equalities are required.
// RUN: %mlc compile %s --emit=kernels --cpu=x86-64-v3 -o - | FileCheck %s

// CHECK: // symbol 0 n >= 1: dimension 0 of input 0
// CHECK: // require n == m
// CHECK: // arena 0 bytes; then slot 0 of n * 32
// CHECK: // step 0: call 0 {{.*}} (input 0) -> (slot 0)
// CHECK: // step 1: call 1 {{.*}} (slot 0, input 1) -> (output 0)
!t = tensor<?x8xf32, #mlc.dims<()[s0] -> (s0, 8)>>
!u = tensor<?x8xf32, #mlc.dims<()[s0, s1] -> (s1, 8)>>
func.func @main(%x: !t, %z: !u) -> !t attributes {
    mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>, #mlc.symbol<"m", "input", 1, () -> (1, 0)>],
    mlc.constraints = [#mlc.dims<()[s0, s1] -> (s0, s1)>]} {
  %a = mlc.softmax %x axis 1 : !t -> !t
  %b = mlc.cumulative sum %a axis 1 : !t -> !t
  %c = mlc.add %b, %z : !t, !u -> !t
  return %c : !t
}
