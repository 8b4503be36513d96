// What control flow and groups refuse.
// RUN: %mlc-opt %s --split-input-file --verify-diagnostics

func.func @group_sees_operands_only(%x: tensor<4xf32>) {
  // expected-note @+1 {{required by region isolation constraints}}
  %0 = mlc.group "k0" emitter "loop"() symbols <() -> ()> : () -> tensor<4xf32> {
    // expected-error @+1 {{using value defined outside the region}}
    %1 = mlc.neg %x : tensor<4xf32> -> tensor<4xf32>
    mlc.yield %1 : tensor<4xf32>
  }
  return
}

// -----

func.func @branch_takes_no_arguments(%c: tensor<i1>) {
  // expected-error @+1 {{region #0 should have no arguments}}
  %0 = mlc.if %c : tensor<i1> -> (tensor<4xf32>) {
  ^bb0(%x: tensor<4xf32>):
    mlc.yield %x : tensor<4xf32>
  } else {
    %y = mlc.constant dense<1.0> : tensor<4xf32> : tensor<4xf32>
    mlc.yield %y : tensor<4xf32>
  }
  return
}
