// Control flow and groups are read back as they were printed.
// RUN: %mlc-opt %s | %mlc-opt | FileCheck %s
// RUN: %mlc-opt %s --mlir-print-op-generic | %mlc-opt | FileCheck %s

!f = tensor<8xf32>
!d = tensor<?xf32, #mlc.dims<()[s0] -> (s0)>>

// CHECK-LABEL: @branches
func.func @branches(%c: tensor<i1>, %x: !f) -> (!f, !f) {
  // CHECK: mlc.if %{{.+}} : tensor<i1> -> (tensor<8xf32>, tensor<8xf32>) {
  %0:2 = mlc.if %c : tensor<i1> -> (!f, !f) {
    // CHECK: mlc.neg %{{.+}} : tensor<8xf32> -> tensor<8xf32>
    %n = mlc.neg %x : tensor<8xf32> -> tensor<8xf32>
    // CHECK: mlc.yield %{{.+}}, %{{.+}} : tensor<8xf32>, tensor<8xf32>
    mlc.yield %n, %x : tensor<8xf32>, tensor<8xf32>
  // CHECK: } else {
  } else {
    // CHECK: mlc.yield %{{.+}}, %{{.+}} : tensor<8xf32>, tensor<8xf32>
    mlc.yield %x, %x : tensor<8xf32>, tensor<8xf32>
  }
  return %0#0, %0#1 : !f, !f
}

// CHECK-LABEL: @branch_without_results
func.func @branch_without_results(%c: tensor<i1>, %n: tensor<i64>) attributes {mlc.symbols = [#mlc.symbol<"n", "data", 0, () -> ()>]} {
  // CHECK: mlc.if %{{.+}} : tensor<i1> {
  mlc.if %c : tensor<i1> {
    // CHECK: mlc.bind
    mlc.bind %n[0] as 0 : tensor<i64>
  // CHECK: } else {
  } else {
    // CHECK: mlc.bind
    mlc.bind %n[0] as 0 : tensor<i64>
  }
  return
}

// A size that differs between the branches is a symbol, which the operator binds.
// CHECK-LABEL: @branch_binds
func.func @branch_binds(%c: tensor<i1>) -> !d attributes {mlc.symbols = [#mlc.symbol<"m", "data", 0, () -> ()>]} {
  // CHECK: mlc.if %{{.+}} {symbols = array<i64: 0, 0, 0>} : tensor<i1> -> (tensor<?xf32, #mlc.dims<()[s0] -> (s0)>>) {
  %0 = mlc.if %c {symbols = array<i64: 0, 0, 0>} : tensor<i1> -> (!d) {
    // CHECK: mlc.constant dense<1.000000e+00> : tensor<2xf32> : tensor<2xf32>
    %two = mlc.constant dense<1.000000e+00> : tensor<2xf32> : tensor<2xf32>
    // CHECK: mlc.yield %{{.+}} : tensor<2xf32>
    mlc.yield %two : tensor<2xf32>
  } else {
    // CHECK: mlc.constant dense<1.000000e+00> : tensor<3xf32> : tensor<3xf32>
    %three = mlc.constant dense<1.000000e+00> : tensor<3xf32> : tensor<3xf32>
    // CHECK: mlc.yield %{{.+}} : tensor<3xf32>
    mlc.yield %three : tensor<3xf32>
  }
  return %0 : !d
}

// CHECK-LABEL: @loops
func.func @loops(%trips: tensor<i64>, %go: tensor<i1>, %x: !f) attributes {mlc.symbols = [#mlc.symbol<"trips", "data", 0, () -> ()>]} {
  // CHECK: mlc.loop trips %{{.+}} : tensor<i64> while %{{.+}} : tensor<i1>(%{{.+}}) {trip_symbol = 0 : i64} : (tensor<8xf32>) -> (tensor<8xf32>, tensor<?x8xf32, #mlc.dims<()[s0] -> (s0, 8)>>) {
  // CHECK-NEXT: ^bb0(%{{.+}}: tensor<i64>, %{{.+}}: tensor<8xf32>):
  %0:2 = mlc.loop trips %trips : tensor<i64> while %go : tensor<i1> (%x) {trip_symbol = 0 : i64} : (!f) -> (!f, tensor<?x8xf32, #mlc.dims<()[s0] -> (s0, 8)>>) {
  ^bb0(%i: tensor<i64>, %a: !f):
    // CHECK: mlc.yield %{{.+}}, %{{.+}}, %{{.+}} : tensor<i1>, tensor<8xf32>, tensor<8xf32>
    mlc.yield %go, %a, %a : tensor<i1>, tensor<8xf32>, tensor<8xf32>
  }
  // CHECK: mlc.loop while %{{.+}} : tensor<i1>() : () -> () {
  mlc.loop while %go : tensor<i1> () : () -> () {
  ^bb0(%i: tensor<i64>):
    // CHECK: mlc.yield %{{.+}} : tensor<i1>
    mlc.yield %go : tensor<i1>
  }
  // CHECK: mlc.loop trips %{{.+}} : tensor<i64>(%{{.+}}) : (tensor<8xf32>) -> tensor<8xf32> {
  %1 = mlc.loop trips %trips : tensor<i64> (%x) : (!f) -> !f {
  ^bb0(%i: tensor<i64>, %a: !f):
    // CHECK: mlc.yield %{{.+}}, %{{.+}} : tensor<i1>, tensor<8xf32>
    mlc.yield %go, %a : tensor<i1>, tensor<8xf32>
  }
  return
}

// A group numbers symbols by itself: its first is the function's second here.
// CHECK-LABEL: @group
func.func @group(%x: tensor<?xf32, #mlc.dims<()[s0, s1] -> (s1)>>) {
  // CHECK: mlc.group "k0" emitter "loop"(%{{.+}}) symbols <()[s0, s1] -> (s1)> {in_place = array<i64: 0, 0>} : (tensor<?xf32, #mlc.dims<()[s0, s1] -> (s1)>>) -> tensor<?xf32, #mlc.dims<()[s0, s1] -> (s1)>> {
  %0 = mlc.group "k0" emitter "loop" (%x) symbols <()[s0, s1] -> (s1)> {in_place = array<i64: 0, 0>} : (tensor<?xf32, #mlc.dims<()[s0, s1] -> (s1)>>) -> tensor<?xf32, #mlc.dims<()[s0, s1] -> (s1)>> {
  // CHECK-NEXT: ^bb0(%{{.+}}: tensor<?xf32, #mlc.dims<()[s0] -> (s0)>>):
  ^bb0(%a: !d):
    // CHECK: mlc.relu %{{.+}} : tensor<?xf32, #mlc.dims<()[s0] -> (s0)>> -> tensor<?xf32, #mlc.dims<()[s0] -> (s0)>>
    %r = mlc.relu %a : tensor<?xf32, #mlc.dims<()[s0] -> (s0)>> -> tensor<?xf32, #mlc.dims<()[s0] -> (s0)>>
    // CHECK: mlc.yield %{{.+}} : tensor<?xf32, #mlc.dims<()[s0] -> (s0)>>
    mlc.yield %r : tensor<?xf32, #mlc.dims<()[s0] -> (s0)>>
  }
  return
}
