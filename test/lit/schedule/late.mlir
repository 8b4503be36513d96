// Sizes that follow from data: symbols are bound first, then what is computed from them is stored and late memory asked for.
// RUN: %mlc compile %s --emit=kernels --cpu=x86-64-v3 -o - | FileCheck %s

// CHECK: // symbol 0 n >= 0: bound during the run
// CHECK: // late slots 1
// CHECK: // bind symbol 0 = input 1 [0]
// CHECK-NEXT: // step 0: call 0 {{.*}} -> (late 0)
// CHECK-NEXT: // step 1: call 1 {{.*}} -> (late output 0)
// CHECK-NEXT: // store (n * 2) -> output 1
!t = tensor<?xf32, #mlc.dims<()[s0] -> (s0)>>
func.func @main(%x: tensor<64xf32>, %n: tensor<i64>) -> (!t, tensor<i64>) attributes {
    mlc.symbols = [#mlc.symbol<"n", "data", 0, () -> ()>]} {
  %double = mlc.symbolic <()[s0] -> (s0 * 2)> : tensor<i64>
  mlc.bind %n[0] as 0 : tensor<i64>
  %a = mlc.slice %x <() -> (0)> [1] : tensor<64xf32> -> !t
  %b = mlc.cumulative sum %a axis 0 : !t -> !t
  %c = mlc.cumulative sum %b axis 0 : !t -> !t
  return %c, %double : !t, tensor<i64>
}
