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

// -----

func.func @condition_type(%c: tensor<f32>, %x: tensor<4xf32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of 1-bit signless integer values, but got 'tensor<f32>'}}
  %0 = mlc.if %c : tensor<f32> -> (tensor<4xf32>) {
    mlc.yield %x : tensor<4xf32>
  } else {
    mlc.yield %x : tensor<4xf32>
  }
  return
}

// -----

func.func @condition_of_many(%c: tensor<4xi1>, %x: tensor<4xf32>) {
  // expected-error @+1 {{has a condition of type 'tensor<4xi1>', expected one element}}
  %0 = mlc.if %c : tensor<4xi1> -> (tensor<4xf32>) {
    mlc.yield %x : tensor<4xf32>
  } else {
    mlc.yield %x : tensor<4xf32>
  }
  return
}

// -----

func.func @branch_gives_nothing(%c: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error @+1 {{has 1 results, but its then branch gives 0}}
  %0 = mlc.if %c : tensor<i1> -> (tensor<4xf32>) {
    mlc.yield
  } else {
    mlc.yield %x : tensor<4xf32>
  }
  return
}

// -----

func.func @branch_gives_another_type(%c: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error @+1 {{has a result #0 of type 'tensor<3xf32>', but its then branch gives 'tensor<4xf32>'}}
  %0 = mlc.if %c : tensor<i1> -> (tensor<3xf32>) {
    mlc.yield %x : tensor<4xf32>
  } else {
    mlc.yield %x : tensor<4xf32>
  }
  return
}

// -----

func.func @branch_binds_no_symbol(%c: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error @+1 {{binds symbol 0, but the function has 0}}
  %0 = mlc.if %c {symbols = array<i64: 0, 0, 0>} : tensor<i1> -> (tensor<4xf32>) {
    mlc.yield %x : tensor<4xf32>
  } else {
    mlc.yield %x : tensor<4xf32>
  }
  return
}

// -----

func.func @branch_binds_no_dimension(%c: tensor<i1>, %x: tensor<4xf32>) attributes {mlc.symbols = [#mlc.symbol<"k", "data", 0, () -> ()>]} {
  // expected-error @+1 {{binds symbol 0 to dimension 1 of result 0, which there is not}}
  %0 = mlc.if %c {symbols = array<i64: 0, 0, 1>} : tensor<i1> -> (tensor<4xf32>) {
    mlc.yield %x : tensor<4xf32>
  } else {
    mlc.yield %x : tensor<4xf32>
  }
  return
}

// -----

func.func @loop_arguments(%t: tensor<i64>, %c: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error @+1 {{has a body of 0 arguments, expected the iteration and 1 carried values}}
  %0 = mlc.loop trips %t : tensor<i64> (%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0:
    mlc.yield %c, %x : tensor<i1>, tensor<4xf32>
  }
  return
}

// -----

func.func @loop_iteration(%t: tensor<i64>, %c: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error @+1 {{gives its body the iteration as 'tensor<i32>', expected tensor<i64>}}
  %0 = mlc.loop trips %t : tensor<i64> (%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%i: tensor<i32>, %a: tensor<4xf32>):
    mlc.yield %c, %a : tensor<i1>, tensor<4xf32>
  }
  return
}

// -----

func.func @loop_yields(%t: tensor<i64>, %c: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error @+1 {{has a body that gives 1 values, expected the condition and 1 results}}
  %0 = mlc.loop trips %t : tensor<i64> (%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%i: tensor<i64>, %a: tensor<4xf32>):
    mlc.yield %a : tensor<4xf32>
  }
  return
}

// -----

func.func @loop_condition(%t: tensor<i64>, %c: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error @+1 {{has a body that gives a condition of type 'tensor<4xf32>', expected one boolean}}
  %0 = mlc.loop trips %t : tensor<i64> (%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%i: tensor<i64>, %a: tensor<4xf32>):
    mlc.yield %a, %a : tensor<4xf32>, tensor<4xf32>
  }
  return
}

// -----

func.func @loop_carries_another_type(%t: tensor<i64>, %c: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error @+1 {{carries 'tensor<4xf32>' as 'tensor<3xf32>'}}
  %0 = mlc.loop trips %t : tensor<i64> (%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%i: tensor<i64>, %a: tensor<3xf32>):
    mlc.yield %c, %x : tensor<i1>, tensor<4xf32>
  }
  return
}

// -----

func.func @loop_collects(%t: tensor<i64>, %c: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error @+1 {{collects 'tensor<4xf32>' in 'tensor<4xf32>'}}
  %0:2 = mlc.loop trips %t : tensor<i64> (%x) : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  ^bb0(%i: tensor<i64>, %a: tensor<4xf32>):
    mlc.yield %c, %a, %a : tensor<i1>, tensor<4xf32>, tensor<4xf32>
  }
  return
}

// -----

func.func @loop_trips(%t: tensor<2xi64>, %c: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error @+1 {{has trips or a condition of type 'tensor<2xi64>', expected one element}}
  %0 = mlc.loop trips %t : tensor<2xi64> (%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%i: tensor<i64>, %a: tensor<4xf32>):
    mlc.yield %c, %a : tensor<i1>, tensor<4xf32>
  }
  return
}

// -----

func.func @group_emitter(%x: tensor<4xf32>) {
  // expected-error @+1 {{has no emitter 'nothing', expected loop, contraction, window, separable, winograd, attention, row, recurrent or irregular}}
  %0 = mlc.group "k0" emitter "nothing"(%x) symbols <() -> ()> : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %1 = mlc.neg %a : tensor<4xf32> -> tensor<4xf32>
    mlc.yield %1 : tensor<4xf32>
  }
  return
}

// -----

func.func @group_arguments(%x: tensor<4xf32>) {
  // expected-error @+1 {{has 1 operands and a body of 0 arguments}}
  %0 = mlc.group "k0" emitter "loop"(%x) symbols <() -> ()> : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0:
    %1 = mlc.constant dense<1.0> : tensor<4xf32> : tensor<4xf32>
    mlc.yield %1 : tensor<4xf32>
  }
  return
}

// -----

func.func @group_argument_type(%x: tensor<4xf32>) {
  // expected-error @+1 {{gives 'tensor<4xf32>' to its body as 'tensor<3xf32>'}}
  %0 = mlc.group "k0" emitter "loop"(%x) symbols <() -> ()> : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<3xf32>):
    %1 = mlc.constant dense<1.0> : tensor<4xf32> : tensor<4xf32>
    mlc.yield %1 : tensor<4xf32>
  }
  return
}

// -----

func.func @group_in_place(%x: tensor<4xf32>) {
  // expected-error @+1 {{computes result 0 in place of operand 1, which differ in type}}
  %0 = mlc.group "k0" emitter "loop"(%x) symbols <() -> ()> {in_place = array<i64: 0, 1>} : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %1 = mlc.neg %a : tensor<4xf32> -> tensor<4xf32>
    mlc.yield %1 : tensor<4xf32>
  }
  return
}

// -----

func.func @group_strides_of_nothing(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{has strides of operand or result 2, expected growing numbers below 2}}
  %0 = mlc.group "k0" emitter "loop"(%x) symbols <() -> ()> {strides = array<i64: 2, 16, 1>} : (tensor<4x8xf32>) -> tensor<4x8xf32> {
  ^bb0(%a: tensor<4x8xf32>):
    %1 = mlc.neg %a : tensor<4x8xf32> -> tensor<4x8xf32>
    mlc.yield %1 : tensor<4x8xf32>
  }
  return
}

// -----

func.func @group_strides_out_of_order(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{has strides of operand or result 0, expected growing numbers below 2}}
  %0 = mlc.group "k0" emitter "loop"(%x) symbols <() -> ()> {strides = array<i64: 1, 16, 1, 0, 16, 1>} : (tensor<4x8xf32>) -> tensor<4x8xf32> {
  ^bb0(%a: tensor<4x8xf32>):
    %1 = mlc.neg %a : tensor<4x8xf32> -> tensor<4x8xf32>
    mlc.yield %1 : tensor<4x8xf32>
  }
  return
}

// -----

func.func @group_strides_too_few(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{has strides of a value of type 'tensor<4x8xf32>', expected one a dimension, and known sizes}}
  %0 = mlc.group "k0" emitter "loop"(%x) symbols <() -> ()> {strides = array<i64: 1, 16>} : (tensor<4x8xf32>) -> tensor<4x8xf32> {
  ^bb0(%a: tensor<4x8xf32>):
    %1 = mlc.neg %a : tensor<4x8xf32> -> tensor<4x8xf32>
    mlc.yield %1 : tensor<4x8xf32>
  }
  return
}

// -----

func.func @group_strides_of_nothing_at_all(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{has a stride of 0 for a dimension of 4}}
  %0 = mlc.group "k0" emitter "loop"(%x) symbols <() -> ()> {strides = array<i64: 1, 0, 1>} : (tensor<4x8xf32>) -> tensor<4x8xf32> {
  ^bb0(%a: tensor<4x8xf32>):
    %1 = mlc.neg %a : tensor<4x8xf32> -> tensor<4x8xf32>
    mlc.yield %1 : tensor<4x8xf32>
  }
  return
}

// -----

func.func @group_strides_too_far(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{has a stride of 1099511627776 for a dimension of 4}}
  %0 = mlc.group "k0" emitter "loop"(%x) symbols <() -> ()> {strides = array<i64: 1, 1099511627776, 1>} : (tensor<4x8xf32>) -> tensor<4x8xf32> {
  ^bb0(%a: tensor<4x8xf32>):
    %1 = mlc.neg %a : tensor<4x8xf32> -> tensor<4x8xf32>
    mlc.yield %1 : tensor<4x8xf32>
  }
  return
}

// -----

func.func @group_strides_in_place(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{has strides of operand or result 1, which shares memory}}
  %0 = mlc.group "k0" emitter "loop"(%x) symbols <() -> ()> {in_place = array<i64: 0, 0>, strides = array<i64: 1, 16, 1>} : (tensor<4x8xf32>) -> tensor<4x8xf32> {
  ^bb0(%a: tensor<4x8xf32>):
    %1 = mlc.neg %a : tensor<4x8xf32> -> tensor<4x8xf32>
    mlc.yield %1 : tensor<4x8xf32>
  }
  return
}

// -----

func.func @group_strides_irregular(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{has strides of operand or result 0, which emitter 'irregular' takes without gaps only}}
  %0 = mlc.group "k0" emitter "irregular"(%x) symbols <() -> ()> {strides = array<i64: 0, 16, 1>} : (tensor<4x8xf32>) -> tensor<4x8xf32> {
  ^bb0(%a: tensor<4x8xf32>):
    %1 = mlc.neg %a : tensor<4x8xf32> -> tensor<4x8xf32>
    mlc.yield %1 : tensor<4x8xf32>
  }
  return
}

// -----

func.func @group_strides_of_weights(%x: tensor<4x8xf32>, %w: tensor<1x8x16xf32>) {
  // expected-error @+1 {{has strides of operand or result 1, which emitter 'contraction' takes without gaps only}}
  %0 = mlc.group "k0" emitter "contraction"(%x, %w) symbols <() -> ()> {strides = array<i64: 1, 256, 32, 1>} : (tensor<4x8xf32>, tensor<1x8x16xf32>) -> tensor<4x16xf32> {
  ^bb0(%a: tensor<4x8xf32>, %b: tensor<1x8x16xf32>):
    %1 = mlc.matmul %a, %b {columns = #mlc.dims<() -> (16)>} : tensor<4x8xf32>, tensor<1x8x16xf32> -> tensor<4x16xf32>
    mlc.yield %1 : tensor<4x16xf32>
  }
  return
}
