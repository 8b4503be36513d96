// Operators become kernels: what joins, what stays apart, and what is shared. Each joining leaves a remark.
// RUN: %mlc-opt %s --mlc-form-groups --canonicalize 2>/dev/null | FileCheck %s
// RUN: %mlc-opt %s --mlc-form-groups --verify-diagnostics -o /dev/null

!m = tensor<8x16xf32>

// CHECK-LABEL: @chain
// CHECK-SAME: (%[[X:.+]]: tensor<8x16xf32>)
// CHECK-NEXT: %[[G:.+]] = mlc.group "k0" emitter "loop"(%[[X]]) symbols <() -> ()> {in_place = array<i64: 0, 0>}
// CHECK-NEXT: ^bb0(%[[A:.+]]: tensor<8x16xf32>):
// CHECK-NEXT: %[[E:.+]] = mlc.exp %[[A]]
// CHECK-NEXT: %[[N:.+]] = mlc.neg %[[E]]
// CHECK-NEXT: mlc.yield %[[N]]
// CHECK-NEXT: }
// CHECK-NEXT: return %[[G]]
func.func @chain(%x: !m) -> !m {
  %e = mlc.exp %x : !m -> !m
  // expected-remark @+1 {{computed in the kernel of mlc.exp}}
  %n = mlc.neg %e : !m -> !m
  return %n : !m
}

// What follows a product on its own shape is the product's epilogue; a scalar constant is part of the kernel's text.
// CHECK-LABEL: @epilogue
// CHECK-SAME: (%[[X:.+]]: tensor<8x4xf32>, %[[W:.+]]: tensor<1x4x16xf32>, %[[B:.+]]: tensor<16xf32>)
// CHECK-NEXT: mlc.group "k0" emitter "contraction"(%[[X]], %[[W]], %[[B]])
// CHECK-NEXT: ^bb0
// CHECK-NEXT: mlc.constant dense<6.000000e+00> : tensor<f32>
// CHECK-NEXT: mlc.matmul
// CHECK-NEXT: mlc.add
// CHECK-NEXT: mlc.min
// CHECK-NEXT: mlc.yield
func.func @epilogue(%x: tensor<8x4xf32>, %w: tensor<1x4x16xf32>, %b: tensor<16xf32>) -> !m {
  %six = mlc.constant dense<6.0> : tensor<f32> : tensor<f32>
  %p = mlc.matmul %x, %w columns <() -> (16)> : tensor<8x4xf32>, tensor<1x4x16xf32> -> !m
  // expected-remark @+1 {{computed in the kernel of mlc.matmul}}
  %a = mlc.add %p, %b : !m, tensor<16xf32> -> !m
  // expected-remark @+1 {{computed in the kernel of mlc.matmul}}
  %c = mlc.min %a, %six : !m, tensor<f32> -> !m
  return %c : !m
}

// Of a product and a loop the product takes the sum, and the loop comes before it.
// CHECK-LABEL: @residual
// CHECK: %[[E:.+]] = mlc.group "k0" emitter "loop"
// CHECK-NEXT: ^bb0
// CHECK-NEXT: mlc.exp
// CHECK-NEXT: mlc.yield
// CHECK: mlc.group "k1" emitter "contraction"(%{{.+}}, %{{.+}}, %[[E]]) symbols <() -> ()> {in_place = array<i64: 0, 2>}
// CHECK: mlc.matmul
// CHECK-NEXT: mlc.add
func.func @residual(%x: tensor<8x4xf32>, %w: tensor<1x4x16xf32>, %r: !m) -> (!m, !m) {
  %e = mlc.exp %r : !m -> !m
  %p = mlc.matmul %x, %w columns <() -> (16)> : tensor<8x4xf32>, tensor<1x4x16xf32> -> !m
  // expected-remark @+1 {{computed in the kernel of mlc.matmul}}
  %s = mlc.add %e, %p : !m, !m -> !m
  return %s, %e : !m, !m
}

// A value that others read is a result beside the last one.
// CHECK-LABEL: @two_results
// CHECK: %[[G:.+]]:2 = mlc.group "k0" emitter "loop"
// CHECK: %[[E:.+]] = mlc.exp
// CHECK: %[[N:.+]] = mlc.neg
// CHECK: mlc.yield %[[E]], %[[N]]
// CHECK: return %[[G]]#0, %[[G]]#1
func.func @two_results(%x: !m) -> (!m, !m) {
  %e = mlc.exp %x : !m -> !m
  // expected-remark @+1 {{computed in the kernel of mlc.exp}}
  %n = mlc.neg %e : !m -> !m
  return %e, %n : !m, !m
}

// Two matrix products are two kernels; so are a product and the rows that are normalised behind it.
// CHECK-LABEL: @stays_apart
// CHECK: mlc.group "k0" emitter "contraction"
// CHECK: mlc.group "k1" emitter "contraction"
// CHECK: mlc.group "k2" emitter "row"
// CHECK: mlc.softmax
func.func @stays_apart(%x: tensor<16x16xf32>, %w: tensor<1x16x16xf32>) -> tensor<16x16xf32> {
  %p = mlc.matmul %x, %w columns <() -> (16)> : tensor<16x16xf32>, tensor<1x16x16xf32> -> tensor<16x16xf32>
  %q = mlc.matmul %p, %w columns <() -> (16)> : tensor<16x16xf32>, tensor<1x16x16xf32> -> tensor<16x16xf32>
  %s = mlc.softmax %q axis 1 : tensor<16x16xf32> -> tensor<16x16xf32>
  return %s : tensor<16x16xf32>
}

// What is cheap goes where it is read: into the rows that are reduced.
// CHECK-LABEL: @cheap_producer
// CHECK: mlc.group "k0" emitter "row"
// CHECK: mlc.mul
// CHECK-NEXT: mlc.reduce
// CHECK-NOT: mlc.group
// CHECK: return
func.func @cheap_producer(%x: !m) -> tensor<8xf32> {
  // expected-remark @+1 {{computed where mlc.reduce reads it}}
  %q = mlc.mul %x, %x : !m, !m -> !m
  %s = mlc.reduce sum %q [1] keepdims false : !m -> tensor<8xf32>
  return %s : tensor<8xf32>
}

// What is dear is not computed again for each of the rows that read it.
// CHECK-LABEL: @dear_producer
// CHECK: mlc.group "k0" emitter "loop"
// CHECK: mlc.tan
// CHECK: mlc.group "k1" emitter "row"
// CHECK: mlc.softmax
func.func @dear_producer(%x: !m) -> !m {
  %t = mlc.tan %x : !m -> !m
  %s = mlc.softmax %t axis 1 : !m -> !m
  return %s : !m
}

// Movement fuses with arithmetic, in both directions; views stay outside.
// CHECK-LABEL: @movement
// CHECK-NEXT: %[[V:.+]] = mlc.reshape
// CHECK-NEXT: mlc.group "k0" emitter "loop"(%[[V]])
// CHECK-NEXT: ^bb0
// CHECK-NEXT: mlc.transpose
// CHECK-NEXT: mlc.relu
// CHECK-NEXT: mlc.yield
func.func @movement(%x: tensor<128xf32>) -> tensor<16x8xf32> {
  %v = mlc.reshape %x : tensor<128xf32> -> tensor<8x16xf32>
  %t = mlc.transpose %v [1, 0] : !m -> tensor<16x8xf32>
  // expected-remark @+1 {{computed in the kernel of mlc.transpose}}
  %r = mlc.relu %t : tensor<16x8xf32> -> tensor<16x8xf32>
  return %r : tensor<16x8xf32>
}

// The emitters by operator.
// CHECK-LABEL: @emitters
// CHECK: emitter "window"
// CHECK: mlc.pool
// CHECK: emitter "window"
// CHECK: mlc.conv
// CHECK: emitter "loop"
// CHECK: mlc.concat
// CHECK: emitter "row"
// CHECK: mlc.arg_reduce
// CHECK: emitter "irregular"
// CHECK: mlc.scatter_nd
// CHECK: emitter "irregular"
// CHECK: mlc.call "hardmax"
func.func @emitters(%x: tensor<1x5x4xf32>, %w: tensor<3x4xf32>, %m: !m, %i: tensor<2x1xi64>, %u: tensor<2x16xf32>) -> (tensor<1x4x4xf32>, tensor<1x3x4xf32>, tensor<16x16xf32>, tensor<8xi64>, !m, !m) {
  %0 = mlc.pool max %x {dilations = array<i64: 1>, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>, window = array<i64: 2>} : tensor<1x5x4xf32> -> tensor<1x4x4xf32>
  %1 = mlc.conv %x, %w {columns = 4, dilations = array<i64: 1>, groups = 4, high = array<i64: 0>, low = array<i64: 0>, strides = array<i64: 1>} : tensor<1x5x4xf32>, tensor<3x4xf32> -> tensor<1x3x4xf32>
  %2 = mlc.concat(%m, %m) axis 0 : (!m, !m) -> tensor<16x16xf32>
  %3 = mlc.arg_reduce max %m axis 1 keepdims false : !m -> tensor<8xi64>
  %4 = mlc.scatter_nd %m, %i, %u reduction 0 : !m, tensor<2x1xi64>, tensor<2x16xf32> -> !m
  %5 = mlc.call "hardmax"(%m) {floats = array<f64>, ints = array<i64: 1>, mask = array<i1>} : (!m) -> !m
  return %0, %1, %2, %3, %4, %5 : tensor<1x4x4xf32>, tensor<1x3x4xf32>, tensor<16x16xf32>, tensor<8xi64>, !m, !m
}

// Types that no emitter computes with go to the plain kernels.
// CHECK-LABEL: @narrow_floats
// CHECK: emitter "irregular"
// CHECK: mlc.add
func.func @narrow_floats(%x: tensor<4xf8E5M2>) -> tensor<4xf8E5M2> {
  %0 = mlc.add %x, %x : tensor<4xf8E5M2>, tensor<4xf8E5M2> -> tensor<4xf8E5M2>
  return %0 : tensor<4xf8E5M2>
}

// Inside a group symbols are counted anew; outside it says which of the function's they are.
// CHECK-LABEL: @symbols
// CHECK: mlc.group "k0" emitter "loop"(%{{.+}}) symbols <()[s0, s1] -> (s1)>
// CHECK-NEXT: ^bb0(%{{.+}}: tensor<?x4xf32, #mlc.dims<()[s0] -> (s0, 4)>>):
// CHECK-NEXT: mlc.exp %{{.+}} : tensor<?x4xf32, #mlc.dims<()[s0] -> (s0, 4)>>
func.func @symbols(%x: tensor<?x4xf32, #mlc.dims<()[s0, s1] -> (s1, 4)>>) -> tensor<?x4xf32, #mlc.dims<()[s0, s1] -> (s1, 4)>> attributes {
    mlc.symbols = [#mlc.symbol<"n", "data", 1, () -> ()>, #mlc.symbol<"m", "input", 1, () -> (0, 0)>]} {
  %0 = mlc.exp %x : tensor<?x4xf32, #mlc.dims<()[s0, s1] -> (s1, 4)>> -> tensor<?x4xf32, #mlc.dims<()[s0, s1] -> (s1, 4)>>
  return %0 : tensor<?x4xf32, #mlc.dims<()[s0, s1] -> (s1, 4)>>
}

// Kernels are not fused past a symbol that is bound between them.
// CHECK-LABEL: @not_past_binding
// CHECK: mlc.group
// CHECK: mlc.exp
// CHECK: mlc.bind
// CHECK: mlc.group
// CHECK: mlc.neg
func.func @not_past_binding(%x: !m, %n: tensor<i64>) -> !m attributes {mlc.symbols = [#mlc.symbol<"n", "data", 0, () -> ()>]} {
  %e = mlc.exp %x : !m -> !m
  mlc.bind %n[0] as 0 : tensor<i64>
  %y = mlc.neg %e : !m -> !m
  return %y : !m
}

// Branches have kernels of their own, with one numbering.
// CHECK-LABEL: @branches
// CHECK: mlc.if
// CHECK: mlc.group "k0"
// CHECK: mlc.exp
// CHECK: } else {
// CHECK: mlc.group "k1"
// CHECK: mlc.neg
func.func @branches(%c: tensor<i1>, %x: !m) -> !m {
  %0 = mlc.if %c : tensor<i1> -> (!m) {
    %e = mlc.exp %x : !m -> !m
    mlc.yield %e : !m
  } else {
    %n = mlc.neg %x : !m -> !m
    mlc.yield %n : !m
  }
  return %0 : !m
}

// A plain kernel that needs memory to work in has it as a further result, whose size may be an expression.
// CHECK-LABEL: @scratch
// CHECK: mlc.group "k0" emitter "irregular"(%{{.+}}) symbols <()[s0] -> (s0)> : (tensor<2x?x?xf32, #mlc.dims<()[s0] -> (2, s0, s0)>>) -> (tensor<2xf32>, tensor<?xi8, #mlc.dims<()[s0] -> ((s0 * s0) * 8)>>)
// CHECK: mlc.call "det"
// CHECK: mlc.yield %{{.+}}, %{{.+}} : tensor<2xf32>, tensor<?xi8, #mlc.dims<()[s0] -> ((s0 * s0) * 8)>>
func.func @scratch(%x: tensor<2x?x?xf32, #mlc.dims<()[s0] -> (2, s0, s0)>>) -> tensor<2xf32> attributes {
    mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 1)>]} {
  %0 = mlc.call "det"(%x) {floats = array<f64>, ints = array<i64>, mask = array<i1>} : (tensor<2x?x?xf32, #mlc.dims<()[s0] -> (2, s0, s0)>>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// A depthwise convolution does not read the zeros around its input; padding with something else stays.
// CHECK-LABEL: @padding
// CHECK-SAME: (%[[X:.+]]: tensor<1x8x9x4xf32>, %[[W:.+]]: tensor<3x3x4xf32>)
// CHECK-NEXT: mlc.group "k0" emitter "window"(%[[X]], %[[W]])
// CHECK-NEXT: ^bb0
// CHECK-NEXT: mlc.pad constant
// CHECK-NEXT: mlc.conv
// CHECK: mlc.group "k1" emitter "loop"(%[[X]])
// CHECK-NEXT: ^bb0
// CHECK-NEXT: mlc.pad edge
// CHECK: mlc.group "k2" emitter "window"
func.func @padding(%x: tensor<1x8x9x4xf32>, %w: tensor<3x3x4xf32>) -> (tensor<1x8x9x4xf32>, tensor<1x8x9x4xf32>) {
  // expected-remark @+1 {{left out: the window is clipped at the border}}
  %p = mlc.pad constant %x low <() -> (0, 1, 1, 0)> high <() -> (0, 1, 1, 0)> interior [0, 0, 0, 0] : tensor<1x8x9x4xf32> -> tensor<1x10x11x4xf32>
  %y = mlc.conv %p, %w {columns = 4 : i64, dilations = array<i64: 1, 1>, groups = 4 : i64, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x10x11x4xf32>, tensor<3x3x4xf32> -> tensor<1x8x9x4xf32>
  %q = mlc.pad edge %x low <() -> (0, 1, 1, 0)> high <() -> (0, 1, 1, 0)> interior [0, 0, 0, 0] : tensor<1x8x9x4xf32> -> tensor<1x10x11x4xf32>
  %z = mlc.conv %q, %w {columns = 4 : i64, dilations = array<i64: 1, 1>, groups = 4 : i64, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x10x11x4xf32>, tensor<3x3x4xf32> -> tensor<1x8x9x4xf32>
  return %y, %z : tensor<1x8x9x4xf32>, tensor<1x8x9x4xf32>
}

// Heads are read where they lie by the product of a batch.
// CHECK-LABEL: @heads
// CHECK-SAME: (%[[X:.+]]: tensor<10x3x24xf32>, %[[W:.+]]: tensor<3x1x24x16xf32>)
// CHECK-NEXT: mlc.group "k0" emitter "contraction"(%[[X]], %[[W]])
// CHECK-NEXT: ^bb0
// CHECK-NEXT: mlc.transpose
// CHECK-NEXT: mlc.matmul
func.func @heads(%x: tensor<10x3x24xf32>, %w: tensor<3x1x24x16xf32>) -> tensor<3x10x16xf32> {
  // expected-remark @+1 {{left out: read in this order}}
  %t = mlc.transpose %x [1, 0, 2] : tensor<10x3x24xf32> -> tensor<3x10x24xf32>
  %y = mlc.matmul %t, %w columns <() -> (16)> : tensor<3x10x24xf32>, tensor<3x1x24x16xf32> -> tensor<3x10x16xf32>
  return %y : tensor<3x10x16xf32>
}

// A convolution copies small padded rows itself; a depthwise one computes the rows of a large pointwise one that nobody else reads.
// CHECK-LABEL: @staged
// CHECK-NEXT: mlc.group "k0" emitter "contraction"
// CHECK-NEXT: ^bb0
// CHECK-NEXT: mlc.pad constant
// CHECK-NEXT: mlc.conv
func.func @staged(%x: tensor<1x24x24x8xf32>, %w: tensor<1x3x3x8x16xf32>) -> tensor<1x24x24x16xf32> {
  // expected-remark @+1 {{left out: the kernel copies the rows of a block beside their zeros}}
  %p = mlc.pad constant %x low <() -> (0, 1, 1, 0)> high <() -> (0, 1, 1, 0)> interior [0, 0, 0, 0] : tensor<1x24x24x8xf32> -> tensor<1x26x26x8xf32>
  %y = mlc.conv %p, %w {columns = 16 : i64, dilations = array<i64: 1, 1>, groups = 1 : i64, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x26x26x8xf32>, tensor<1x3x3x8x16xf32> -> tensor<1x24x24x16xf32>
  return %y : tensor<1x24x24x16xf32>
}

// CHECK-LABEL: @separable
// CHECK-NEXT: mlc.group "k0" emitter "separable"
// CHECK-NEXT: ^bb0
// CHECK-NEXT: mlc.conv
// CHECK-NEXT: mlc.relu
// CHECK-NEXT: mlc.pad constant
// CHECK-NEXT: mlc.conv
// CHECK-NEXT: mlc.yield
func.func @separable(%x: tensor<1x64x64x8xf32>, %w: tensor<2x1x1x8x16xf32>, %d: tensor<3x3x32xf32>) -> tensor<1x64x64x32xf32> {
  // expected-remark @+1 {{computed row by row for the depthwise convolution that reads it}}
  %a = mlc.conv %x, %w {columns = 32 : i64, dilations = array<i64: 1, 1>, groups = 1 : i64, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x64x64x8xf32>, tensor<2x1x1x8x16xf32> -> tensor<1x64x64x32xf32>
  // expected-remark @+1 {{computed in the kernel of mlc.conv}}
  %b = mlc.relu %a : tensor<1x64x64x32xf32> -> tensor<1x64x64x32xf32>
  // expected-remark @+1 {{left out: the window is clipped at the border}}
  %p = mlc.pad constant %b low <() -> (0, 1, 1, 0)> high <() -> (0, 1, 1, 0)> interior [0, 0, 0, 0] : tensor<1x64x64x32xf32> -> tensor<1x66x66x32xf32>
  %y = mlc.conv %p, %d {columns = 32 : i64, dilations = array<i64: 1, 1>, groups = 32 : i64, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x66x66x32xf32>, tensor<3x3x32xf32> -> tensor<1x64x64x32xf32>
  return %y : tensor<1x64x64x32xf32>
}

// What another operator reads too stays a kernel of its own.
// CHECK-LABEL: @read_twice
// CHECK-NEXT: mlc.group "k0" emitter "contraction"
// CHECK: mlc.group "k1" emitter "window"
func.func @read_twice(%x: tensor<1x64x64x8xf32>, %w: tensor<2x1x1x8x16xf32>, %d: tensor<3x3x32xf32>) -> (tensor<1x64x64x32xf32>, tensor<1x62x62x32xf32>) {
  %a = mlc.conv %x, %w {columns = 32 : i64, dilations = array<i64: 1, 1>, groups = 1 : i64, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x64x64x8xf32>, tensor<2x1x1x8x16xf32> -> tensor<1x64x64x32xf32>
  %y = mlc.conv %a, %d {columns = 32 : i64, dilations = array<i64: 1, 1>, groups = 32 : i64, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x64x64x32xf32>, tensor<3x3x32xf32> -> tensor<1x62x62x32xf32>
  return %a, %y : tensor<1x64x64x32xf32>, tensor<1x62x62x32xf32>
}

// Attention reads parts of a tensor where they lie, and writes its result in the order in which it is asked for.
// CHECK-LABEL: @attention
// CHECK-SAME: (%[[X:.+]]: tensor<40x3x3x8xf32>, %[[R:.+]]: tensor<40x3x8xf32>)
// CHECK-NEXT: %[[Y:.+]] = mlc.group "k0" emitter "attention"(%[[X]], %[[R]])
// CHECK: mlc.slice
// CHECK-NEXT: mlc.transpose
// CHECK-NEXT: mlc.slice
// CHECK-NEXT: mlc.transpose
// CHECK-NEXT: mlc.slice
// CHECK-NEXT: mlc.transpose
// CHECK-NEXT: mlc.attention
// CHECK-NEXT: mlc.transpose
// CHECK-NEXT: mlc.add
// CHECK-NEXT: mlc.yield
// CHECK: %[[Z:.+]] = mlc.reshape %[[Y]]
// CHECK: return %[[Z]]
func.func @attention(%x: tensor<40x3x3x8xf32>, %r: tensor<40x3x8xf32>) -> tensor<40x3x8xf32> {
  // expected-remark @+1 {{left out: read in this order}}
  %a = mlc.slice %x <() -> (0, 0, 0, 0)> [1, 1, 1, 1] : tensor<40x3x3x8xf32> -> tensor<40x1x3x8xf32>
  // expected-remark @+1 {{left out: read in this order}}
  %q = mlc.transpose %a [1, 2, 0, 3] : tensor<40x1x3x8xf32> -> tensor<1x3x40x8xf32>
  // expected-remark @+1 {{left out: read in this order}}
  %b = mlc.slice %x <() -> (0, 1, 0, 0)> [1, 1, 1, 1] : tensor<40x3x3x8xf32> -> tensor<40x1x3x8xf32>
  // expected-remark @+1 {{left out: read in this order}}
  %k = mlc.transpose %b [1, 2, 0, 3] : tensor<40x1x3x8xf32> -> tensor<1x3x40x8xf32>
  // expected-remark @+1 {{left out: read in this order}}
  %c = mlc.slice %x <() -> (0, 2, 0, 0)> [1, 1, 1, 1] : tensor<40x3x3x8xf32> -> tensor<40x1x3x8xf32>
  // expected-remark @+1 {{left out: read in this order}}
  %v = mlc.transpose %c [1, 2, 0, 3] : tensor<40x1x3x8xf32> -> tensor<1x3x40x8xf32>
  %y = mlc.attention %q, %k, %v scale 1.0 : tensor<1x3x40x8xf32>, tensor<1x3x40x8xf32>, tensor<1x3x40x8xf32> -> tensor<1x3x40x8xf32>
  // expected-remark @+1 {{left out: written in this order}}
  %t = mlc.transpose %y [0, 2, 1, 3] : tensor<1x3x40x8xf32> -> tensor<1x40x3x8xf32>
  // expected-remark @+1 {{computed in the kernel of mlc.transpose}}
  %z = mlc.add %t, %r : tensor<1x40x3x8xf32>, tensor<40x3x8xf32> -> tensor<1x40x3x8xf32>
  %o = mlc.reshape %z : tensor<1x40x3x8xf32> -> tensor<40x3x8xf32>
  return %o : tensor<40x3x8xf32>
}

// Many keys that lie a power of two apart are brought together first.
// CHECK-LABEL: @many_keys
// CHECK: mlc.group "k0" emitter "loop"
// CHECK: mlc.transpose
// CHECK: mlc.group "k1" emitter "attention"
// CHECK-NEXT: ^bb0
// CHECK-NEXT: mlc.transpose
// CHECK-NEXT: mlc.attention
func.func @many_keys(%q: tensor<512x8x64xf32>, %k: tensor<1024x8x64xf32>, %v: tensor<8x1024x64xf32>) -> tensor<8x512x64xf32> {
  // expected-remark @+1 {{left out: read in this order}}
  %a = mlc.transpose %q [1, 0, 2] : tensor<512x8x64xf32> -> tensor<8x512x64xf32>
  %b = mlc.transpose %k [1, 0, 2] : tensor<1024x8x64xf32> -> tensor<8x1024x64xf32>
  %y = mlc.attention %a, %b, %v scale 1.0 : tensor<8x512x64xf32>, tensor<8x1024x64xf32>, tensor<8x1024x64xf32> -> tensor<8x512x64xf32>
  return %y : tensor<8x512x64xf32>
}
