// What one group makes and groups read is written where it stands in the concatenation, and slices are read where they lie.
// RUN: %mlc-opt %s --mlc-place-parts 2>/dev/null | FileCheck %s
// RUN: %mlc-opt %s --mlc-place-parts 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK

!image = tensor<1x8x8x16xf32>
!two = tensor<1x8x8x32xf32>
!wide = tensor<1x8x8x48xf32>
!large = tensor<1x32x32x16xf32>
!half = tensor<1x32x32x8xf32>

// Both parts; their kernels step over the other's channels.
// CHECK-LABEL: @both
// CHECK: %[[A:.+]] = mlc.group "a" {{.*}} {strides = array<i64: 1, 2048, 256, 32, 1>}
// CHECK: %[[B:.+]] = mlc.group "b" {{.*}} {strides = array<i64: 1, 2048, 256, 32, 1>}
// CHECK: %[[Y:.+]] = mlc.concat(%[[A]], %[[B]]) axis 3 {view}
// CHECK: return %[[Y]]
// REMARK: 2 of 2 parts are written where they stand
func.func @both(%x: !image) -> !two {
  %a = mlc.group "a" emitter "loop"(%x) symbols <() -> ()> {in_place = array<i64: 0, 0>} : (!image) -> !image {
  ^bb0(%p: !image):
    %0 = mlc.relu %p : !image -> !image
    mlc.yield %0 : !image
  }
  %b = mlc.group "b" emitter "loop"(%x) symbols <() -> ()> : (!image) -> !image {
  ^bb0(%p: !image):
    %0 = mlc.neg %p : !image -> !image
    mlc.yield %0 : !image
  }
  %y = mlc.group "y" emitter "loop"(%a, %b) symbols <() -> ()> : (!image, !image) -> !two {
  ^bb0(%p: !image, %q: !image):
    %0 = mlc.concat (%p, %q) axis 3 : (!image, !image) -> !two
    mlc.yield %0 : !two
  }
  return %y : !two
}

// Along the outermost dimension of more than one element a part is a run, and its kernel like any other.
// CHECK-LABEL: @rows
// CHECK: %[[A:.+]] = mlc.group "a" {{.*}} symbols <() -> ()> :
// CHECK: %[[B:.+]] = mlc.group "b" {{.*}} symbols <() -> ()> :
// CHECK: mlc.concat(%[[A]], %[[B]]) axis 1 {view}
func.func @rows(%x: !image) -> tensor<1x16x8x16xf32> {
  %a = mlc.group "a" emitter "loop"(%x) symbols <() -> ()> : (!image) -> !image {
  ^bb0(%p: !image):
    %0 = mlc.relu %p : !image -> !image
    mlc.yield %0 : !image
  }
  %b = mlc.group "b" emitter "loop"(%a) symbols <() -> ()> : (!image) -> !image {
  ^bb0(%p: !image):
    %0 = mlc.neg %p : !image -> !image
    mlc.yield %0 : !image
  }
  %y = mlc.group "y" emitter "loop"(%a, %b) symbols <() -> ()> : (!image, !image) -> tensor<1x16x8x16xf32> {
  ^bb0(%p: !image, %q: !image):
    %0 = mlc.concat (%p, %q) axis 1 : (!image, !image) -> tensor<1x16x8x16xf32>
    mlc.yield %0 : tensor<1x16x8x16xf32>
  }
  return %y : tensor<1x16x8x16xf32>
}

// Who reads a part reads it within the whole. Inputs, what is returned and what is given twice are copied, neighbours together.
// CHECK-LABEL: @some
// CHECK: %[[A:.+]] = mlc.group "a" {{.*}} symbols <() -> ()> :
// CHECK: %[[B:.+]] = mlc.group "b" emitter "loop"(%[[A]]) {{.*}}strides = array<i64: 1, 81920, 2560, 80, 1>}
// CHECK: %[[C:.+]] = mlc.group "c" emitter "loop"(%[[B]]) {{.*}}strides = array<i64: 0, 81920, 2560, 80, 1>}
// CHECK: %[[LEFT:.+]] = mlc.group "y" emitter "loop"(%{{.+}}, %[[A]]) {{.*}}strides = array<i64: 2, 81920, 2560, 80, 1>}
// CHECK: mlc.concat(%{{.+}}, %{{.+}}) axis 3 : {{.*}} -> tensor<1x32x32x32xf32>
// CHECK: %[[RIGHT:.+]] = mlc.group "y" emitter "loop"(%[[C]]) {{.*}}strides = array<i64: 1, 81920, 2560, 80, 1>}
// CHECK: mlc.concat(%[[LEFT]], %[[B]], %[[RIGHT]]) axis 3 {view}
// REMARK: 1 of 5 parts are written where they stand, the others copied by 2 kernels
func.func @some(%x: !large) -> (tensor<1x32x32x80xf32>, !large, !large) {
  %a = mlc.group "a" emitter "loop"(%x) symbols <() -> ()> : (!large) -> !large {
  ^bb0(%p0: !large):
    %0 = mlc.relu %p0 : !large -> !large
    mlc.yield %0 : !large
  }
  %b = mlc.group "b" emitter "loop"(%a) symbols <() -> ()> {in_place = array<i64: 0, 0>} : (!large) -> !large {
  ^bb0(%p0: !large):
    %0 = mlc.neg %p0 : !large -> !large
    mlc.yield %0 : !large
  }
  %c = mlc.group "c" emitter "loop"(%b) symbols <() -> ()> : (!large) -> !large {
  ^bb0(%p0: !large):
    %0 = mlc.exp %p0 : !large -> !large
    mlc.yield %0 : !large
  }
  %y = mlc.group "y" emitter "loop"(%x, %a, %b, %c) symbols <() -> ()> : (!large, !large, !large, !large) -> tensor<1x32x32x80xf32> {
  ^bb0(%p0: !large, %p1: !large, %p2: !large, %p3: !large):
    %0 = mlc.concat (%p0, %p1, %p2, %p3, %p3) axis 3 : (!large, !large, !large, !large, !large) -> tensor<1x32x32x80xf32>
    mlc.yield %0 : tensor<1x32x32x80xf32>
  }
  return %y, %a, %c : tensor<1x32x32x80xf32>, !large, !large
}

// What was computed in the concatenation's kernel has a kernel of its own.
// CHECK-LABEL: @computed
// CHECK: %[[A:.+]] = mlc.group "a"
// CHECK: %[[R:.+]] = mlc.group "y" emitter "loop"(%{{.+}}) {{.*}}strides = array<i64: 1, 32768, 1024, 32, 1>}
// CHECK-NEXT: ^bb0
// CHECK-NEXT: mlc.abs
// CHECK-NEXT: mlc.yield
// CHECK: mlc.concat(%[[A]], %[[R]]) axis 3 {view}
func.func @computed(%x: !large) -> tensor<1x32x32x32xf32> {
  %a = mlc.group "a" emitter "loop"(%x) symbols <() -> ()> : (!large) -> !large {
  ^bb0(%p0: !large):
    %0 = mlc.relu %p0 : !large -> !large
    mlc.yield %0 : !large
  }
  %y = mlc.group "y" emitter "loop"(%a, %x) symbols <() -> ()> : (!large, !large) -> tensor<1x32x32x32xf32> {
  ^bb0(%p0: !large, %p1: !large):
    %1 = mlc.abs %p1 : !large -> !large
    %0 = mlc.concat (%p0, %1) axis 3 : (!large, !large) -> tensor<1x32x32x32xf32>
    mlc.yield %0 : tensor<1x32x32x32xf32>
  }
  return %y : tensor<1x32x32x32xf32>
}

// A whole is a part itself, and what stands in it stands in the larger one.
// CHECK-LABEL: @nested
// CHECK: %[[A:.+]] = mlc.group "a" {{.*}}strides = array<i64: 1, 3072, 384, 48, 1>}
// CHECK: %[[B:.+]] = mlc.group "b" {{.*}}strides = array<i64: 1, 3072, 384, 48, 1>}
// CHECK: %[[I:.+]] = mlc.concat(%[[A]], %[[B]]) axis 3 {view}
// CHECK: %[[C:.+]] = mlc.group "c" {{.*}}strides = array<i64: 0, 3072, 384, 48, 1, 1, 3072, 384, 48, 1>}
// CHECK: mlc.concat(%[[C]], %[[I]]) axis 3 {view}
func.func @nested(%x: !image) -> !wide {
  %a = mlc.group "a" emitter "loop"(%x) symbols <() -> ()> : (!image) -> !image {
  ^bb0(%p0: !image):
    %0 = mlc.relu %p0 : !image -> !image
    mlc.yield %0 : !image
  }
  %b = mlc.group "b" emitter "loop"(%x) symbols <() -> ()> : (!image) -> !image {
  ^bb0(%p0: !image):
    %0 = mlc.neg %p0 : !image -> !image
    mlc.yield %0 : !image
  }
  %i = mlc.group "i" emitter "loop"(%a, %b) symbols <() -> ()> : (!image, !image) -> !two {
  ^bb0(%p0: !image, %p1: !image):
    %0 = mlc.concat (%p0, %p1) axis 3 : (!image, !image) -> !two
    mlc.yield %0 : !two
  }
  %c = mlc.group "c" emitter "loop"(%a) symbols <() -> ()> : (!image) -> !image {
  ^bb0(%p0: !image):
    %0 = mlc.exp %p0 : !image -> !image
    mlc.yield %0 : !image
  }
  %y = mlc.group "y" emitter "loop"(%c, %i) symbols <() -> ()> : (!image, !two) -> !wide {
  ^bb0(%p0: !image, %p1: !two):
    %0 = mlc.concat (%p0, %p1) axis 3 : (!image, !two) -> !wide
    mlc.yield %0 : !wide
  }
  return %y : !wide
}

// Under another shape a part has to be a run.
// CHECK-LABEL: @reshaped
// CHECK: %[[A:.+]] = mlc.group "a" {{.*}} symbols <() -> ()> :
// CHECK: %[[V:.+]] = mlc.reshape %[[A]]
// CHECK: %[[B:.+]] = mlc.group "b" {{.*}} symbols <() -> ()> :
// CHECK: mlc.concat(%[[V]], %[[B]]) axis 1 {view}
// CHECK: mlc.group "z"
// CHECK-NOT: {view}
func.func @reshaped(%x: !image, %v: tensor<1x64x16xf32>) -> (tensor<1x128x16xf32>, tensor<1x64x32xf32>) {
  %a = mlc.group "a" emitter "loop"(%x) symbols <() -> ()> : (!image) -> !image {
  ^bb0(%p0: !image):
    %0 = mlc.relu %p0 : !image -> !image
    mlc.yield %0 : !image
  }
  %r = mlc.reshape %a : !image -> tensor<1x64x16xf32>
  %b = mlc.group "b" emitter "loop"(%v) symbols <() -> ()> : (tensor<1x64x16xf32>) -> tensor<1x64x16xf32> {
  ^bb0(%p0: tensor<1x64x16xf32>):
    %0 = mlc.neg %p0 : tensor<1x64x16xf32> -> tensor<1x64x16xf32>
    mlc.yield %0 : tensor<1x64x16xf32>
  }
  %y = mlc.group "y" emitter "loop"(%r, %b) symbols <() -> ()> : (tensor<1x64x16xf32>, tensor<1x64x16xf32>) -> tensor<1x128x16xf32> {
  ^bb0(%p0: tensor<1x64x16xf32>, %p1: tensor<1x64x16xf32>):
    %0 = mlc.concat (%p0, %p1) axis 1 : (tensor<1x64x16xf32>, tensor<1x64x16xf32>) -> tensor<1x128x16xf32>
    mlc.yield %0 : tensor<1x128x16xf32>
  }
  %c = mlc.group "c" emitter "loop"(%x) symbols <() -> ()> : (!image) -> !image {
  ^bb0(%p0: !image):
    %0 = mlc.abs %p0 : !image -> !image
    mlc.yield %0 : !image
  }
  %s = mlc.reshape %c : !image -> tensor<1x64x16xf32>
  %z = mlc.group "z" emitter "loop"(%s, %v) symbols <() -> ()> : (tensor<1x64x16xf32>, tensor<1x64x16xf32>) -> tensor<1x64x32xf32> {
  ^bb0(%p0: tensor<1x64x16xf32>, %p1: tensor<1x64x16xf32>):
    %0 = mlc.concat (%p0, %p1) axis 2 : (tensor<1x64x16xf32>, tensor<1x64x16xf32>) -> tensor<1x64x32xf32>
    mlc.yield %0 : tensor<1x64x32xf32>
  }
  return %y, %z : tensor<1x128x16xf32>, tensor<1x64x32xf32>
}

// CHECK-LABEL: @slices
// CHECK: %[[A:.+]] = mlc.group "a"
// CHECK: %[[S:.+]] = mlc.slice %[[A]] <() -> (0, 0, 0, 8)> {{.*}} {view}
// CHECK: mlc.group "b" emitter "loop"(%[[S]]) {{.*}}strides = array<i64: 0, 24576, 768, 24, 1>}
// CHECK: mlc.group "s2" emitter "loop"(%[[A]])
// CHECK: mlc.slice {{.*}} <() -> (0, 0, 0, 0)> [1, 1, 1, 1] :
// CHECK: mlc.group "s3" emitter "loop"(%[[A]])
// CHECK: mlc.slice {{.*}} [1, 1, 1, 2] :
// REMARK: left out: read where it lies
func.func @slices(%x: tensor<1x32x32x24xf32>) -> (!large, !large, tensor<1x32x32x12xf32>) {
  %a = mlc.group "a" emitter "loop"(%x) symbols <() -> ()> : (tensor<1x32x32x24xf32>) -> tensor<1x32x32x24xf32> {
  ^bb0(%p0: tensor<1x32x32x24xf32>):
    %0 = mlc.relu %p0 : tensor<1x32x32x24xf32> -> tensor<1x32x32x24xf32>
    mlc.yield %0 : tensor<1x32x32x24xf32>
  }
  %s1 = mlc.group "s1" emitter "loop"(%a) symbols <() -> ()> : (tensor<1x32x32x24xf32>) -> !large {
  ^bb0(%p0: tensor<1x32x32x24xf32>):
    %0 = mlc.slice %p0 <() -> (0, 0, 0, 8)> [1, 1, 1, 1] : tensor<1x32x32x24xf32> -> !large
    mlc.yield %0 : !large
  }
  %b = mlc.group "b" emitter "loop"(%s1) symbols <() -> ()> : (!large) -> !large {
  ^bb0(%p0: !large):
    %0 = mlc.exp %p0 : !large -> !large
    mlc.yield %0 : !large
  }
  %s2 = mlc.group "s2" emitter "loop"(%a) symbols <() -> ()> : (tensor<1x32x32x24xf32>) -> !large {
  ^bb0(%p0: tensor<1x32x32x24xf32>):
    %0 = mlc.slice %p0 <() -> (0, 0, 0, 0)> [1, 1, 1, 1] : tensor<1x32x32x24xf32> -> !large
    mlc.yield %0 : !large
  }
  %s3 = mlc.group "s3" emitter "loop"(%a) symbols <() -> ()> : (tensor<1x32x32x24xf32>) -> tensor<1x32x32x12xf32> {
  ^bb0(%p0: tensor<1x32x32x24xf32>):
    %0 = mlc.slice %p0 <() -> (0, 0, 0, 0)> [1, 1, 1, 2] : tensor<1x32x32x24xf32> -> tensor<1x32x32x12xf32>
    mlc.yield %0 : tensor<1x32x32x12xf32>
  }
  %c = mlc.group "c" emitter "loop"(%s3) symbols <() -> ()> : (tensor<1x32x32x12xf32>) -> tensor<1x32x32x12xf32> {
  ^bb0(%p0: tensor<1x32x32x12xf32>):
    %0 = mlc.exp %p0 : tensor<1x32x32x12xf32> -> tensor<1x32x32x12xf32>
    mlc.yield %0 : tensor<1x32x32x12xf32>
  }
  return %b, %s2, %c : !large, !large, tensor<1x32x32x12xf32>
}

// The first part would need the whole's memory all the time; the second stands beside it.
// CHECK-LABEL: @early
// CHECK: %[[A:.+]] = mlc.group "a" {{.*}} symbols <() -> ()> :
// CHECK: %[[C:.+]] = mlc.group "c"
// CHECK: %[[P:.+]] = mlc.group "y" emitter "loop"(%[[A]])
// CHECK: mlc.concat(%[[P]], %[[C]]) axis 1 {view}
func.func @early(%x: !image, %l: tensor<1x64x64x64xf32>) -> tensor<1x32x8x16xf32> {
  %a = mlc.group "a" emitter "loop"(%x) symbols <() -> ()> : (!image) -> !image {
  ^bb0(%p0: !image):
    %0 = mlc.relu %p0 : !image -> !image
    mlc.yield %0 : !image
  }
  %l1 = mlc.group "l1" emitter "loop"(%l) symbols <() -> ()> : (tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  ^bb0(%p0: tensor<1x64x64x64xf32>):
    %0 = mlc.relu %p0 : tensor<1x64x64x64xf32> -> tensor<1x64x64x64xf32>
    mlc.yield %0 : tensor<1x64x64x64xf32>
  }
  %l2 = mlc.group "l2" emitter "loop"(%l1) symbols <() -> ()> : (tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  ^bb0(%p0: tensor<1x64x64x64xf32>):
    %0 = mlc.exp %p0 : tensor<1x64x64x64xf32> -> tensor<1x64x64x64xf32>
    mlc.yield %0 : tensor<1x64x64x64xf32>
  }
  %c = mlc.group "c" emitter "loop"(%l2) symbols <() -> ()> : (tensor<1x64x64x64xf32>) -> tensor<1x24x8x16xf32> {
  ^bb0(%p0: tensor<1x64x64x64xf32>):
    %0 = mlc.slice %p0 <() -> (0, 0, 0, 0)> [1, 2, 8, 4] : tensor<1x64x64x64xf32> -> tensor<1x24x8x16xf32>
    mlc.yield %0 : tensor<1x24x8x16xf32>
  }
  %y = mlc.group "y" emitter "loop"(%a, %c) symbols <() -> ()> : (!image, tensor<1x24x8x16xf32>) -> tensor<1x32x8x16xf32> {
  ^bb0(%p0: !image, %p1: tensor<1x24x8x16xf32>):
    %0 = mlc.concat (%p0, %p1) axis 1 : (!image, tensor<1x24x8x16xf32>) -> tensor<1x32x8x16xf32>
    mlc.yield %0 : tensor<1x32x8x16xf32>
  }
  %z = mlc.group "z" emitter "loop"(%y) symbols <() -> ()> : (tensor<1x32x8x16xf32>) -> tensor<1x32x8x16xf32> {
  ^bb0(%p0: tensor<1x32x8x16xf32>):
    %0 = mlc.neg %p0 : tensor<1x32x8x16xf32> -> tensor<1x32x8x16xf32>
    mlc.yield %0 : tensor<1x32x8x16xf32>
  }
  return %z : tensor<1x32x8x16xf32>
}

// Irregular kernels, and pieces of less than a vector.
// CHECK-LABEL: @kept
// CHECK-NOT: {view}
// CHECK-NOT: strides
// REMARK: copied: no part can be written where it stands
func.func @kept(%x: tensor<16x32xf32>, %i: tensor<16x32xi64>) -> (tensor<16x64xf32>, tensor<16x32x2xf32>) {
  %a = mlc.group "a" emitter "irregular"(%x, %i) symbols <() -> ()> : (tensor<16x32xf32>, tensor<16x32xi64>) -> tensor<16x32xf32> {
  ^bb0(%p0: tensor<16x32xf32>, %p1: tensor<16x32xi64>):
    %0 = mlc.scatter_elements %p0, %p1, %p0 axis 1 reduction 0 : tensor<16x32xf32>, tensor<16x32xi64>, tensor<16x32xf32> -> tensor<16x32xf32>
    mlc.yield %0 : tensor<16x32xf32>
  }
  %y = mlc.group "y" emitter "loop"(%a, %x) symbols <() -> ()> : (tensor<16x32xf32>, tensor<16x32xf32>) -> tensor<16x64xf32> {
  ^bb0(%p0: tensor<16x32xf32>, %p1: tensor<16x32xf32>):
    %0 = mlc.concat (%p0, %p1) axis 1 : (tensor<16x32xf32>, tensor<16x32xf32>) -> tensor<16x64xf32>
    mlc.yield %0 : tensor<16x64xf32>
  }
  %r = mlc.reshape %x : tensor<16x32xf32> -> tensor<16x32x1xf32>
  %b = mlc.group "b" emitter "loop"(%r) symbols <() -> ()> : (tensor<16x32x1xf32>) -> tensor<16x32x1xf32> {
  ^bb0(%p0: tensor<16x32x1xf32>):
    %0 = mlc.relu %p0 : tensor<16x32x1xf32> -> tensor<16x32x1xf32>
    mlc.yield %0 : tensor<16x32x1xf32>
  }
  %c = mlc.group "c" emitter "loop"(%r) symbols <() -> ()> : (tensor<16x32x1xf32>) -> tensor<16x32x1xf32> {
  ^bb0(%p0: tensor<16x32x1xf32>):
    %0 = mlc.exp %p0 : tensor<16x32x1xf32> -> tensor<16x32x1xf32>
    mlc.yield %0 : tensor<16x32x1xf32>
  }
  %z = mlc.group "z" emitter "loop"(%b, %c) symbols <() -> ()> : (tensor<16x32x1xf32>, tensor<16x32x1xf32>) -> tensor<16x32x2xf32> {
  ^bb0(%p0: tensor<16x32x1xf32>, %p1: tensor<16x32x1xf32>):
    %0 = mlc.concat (%p0, %p1) axis 2 : (tensor<16x32x1xf32>, tensor<16x32x1xf32>) -> tensor<16x32x2xf32>
    mlc.yield %0 : tensor<16x32x2xf32>
  }
  return %y, %z : tensor<16x64xf32>, tensor<16x32x2xf32>
}

// What is padded is written between its sides, each of which is written by a kernel; small tensors are copied.
// CHECK-LABEL: @padded
// CHECK: %[[A:.+]] = mlc.group "a" {{.*}}strides = array<i64: 1, 270336, 4224, 64, 1>}
// CHECK: %[[L:.+]] = mlc.group "p" emitter "loop"() {{.*}}strides = array<i64: 0, 270336, 4224, 64, 1>} : () -> tensor<1x64x1x64xf32>
// CHECK: mlc.broadcast_to
// CHECK: %[[R:.+]] = mlc.group "p" emitter "loop"() {{.*}} : () -> tensor<1x64x1x64xf32>
// CHECK: %[[W:.+]] = mlc.concat(%[[L]], %[[A]], %[[R]]) axis 2 {view}
// CHECK: %[[T:.+]] = mlc.group "p" emitter "loop"() symbols <() -> ()> : () -> tensor<1x2x66x64xf32>
// CHECK: mlc.concat(%[[T]], %[[W]]) axis 1 {view}
// CHECK: mlc.group "c" {{.*}} symbols <() -> ()> :
// CHECK: mlc.pad
// CHECK-NOT: {view}
// REMARK: left out: the operand is written where it stands, and 3 sides beside it
func.func @padded(%x: tensor<1x64x64x64xf32>, %s: !image) -> (tensor<1x66x66x64xf32>, tensor<1x8x10x16xf32>) {
  %a = mlc.group "a" emitter "loop"(%x) symbols <() -> ()> : (tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  ^bb0(%p0: tensor<1x64x64x64xf32>):
    %0 = mlc.relu %p0 : tensor<1x64x64x64xf32> -> tensor<1x64x64x64xf32>
    mlc.yield %0 : tensor<1x64x64x64xf32>
  }
  %p = mlc.group "p" emitter "loop"(%a) symbols <() -> ()> : (tensor<1x64x64x64xf32>) -> tensor<1x66x66x64xf32> {
  ^bb0(%p0: tensor<1x64x64x64xf32>):
    %0 = mlc.pad constant %p0 low <() -> (0, 2, 1, 0)> high <() -> (0, 0, 1, 0)> interior [0, 0, 0, 0] : tensor<1x64x64x64xf32> -> tensor<1x66x66x64xf32>
    mlc.yield %0 : tensor<1x66x66x64xf32>
  }
  %c = mlc.group "c" emitter "loop"(%s) symbols <() -> ()> : (!image) -> !image {
  ^bb0(%p0: !image):
    %0 = mlc.relu %p0 : !image -> !image
    mlc.yield %0 : !image
  }
  %q = mlc.group "q" emitter "loop"(%c) symbols <() -> ()> : (!image) -> tensor<1x8x10x16xf32> {
  ^bb0(%p0: !image):
    %0 = mlc.pad constant %p0 low <() -> (0, 0, 1, 0)> high <() -> (0, 0, 1, 0)> interior [0, 0, 0, 0] : !image -> tensor<1x8x10x16xf32>
    mlc.yield %0 : tensor<1x8x10x16xf32>
  }
  return %p, %q : tensor<1x66x66x64xf32>, tensor<1x8x10x16xf32>
}
