// Weights of 4 KiB and more in fewer bits, on request.
// RUN: %mlc-opt %s --mlc-pack-weights="precision=f16" | FileCheck --check-prefixes=CHECK,F16 %s
// RUN: %mlc-opt %s --mlc-pack-weights="precision=bf16" | FileCheck --check-prefixes=CHECK,BF16 %s
// RUN: %mlc-opt %s --mlc-pack-weights | FileCheck --check-prefix=F32 %s
// RUN: %mlc-opt %s --mlc-pack-weights="precision=f16" 2>&1 >/dev/null | FileCheck --check-prefix=REMARK %s

!x = tensor<3x64xf32>
!w = tensor<64x16xf32>
!y = tensor<3x16xf32>

// To nearest, of two equally near to the even one; what is multiplied and the sum stay f32.
// CHECK-LABEL: @to_nearest_even
// F16-DAG: %[[DOWN:.+]] = mlc.constant dense<1.000000e+00> : tensor<1x64x16xf16>
// F16-DAG: %[[UP:.+]] = mlc.constant dense<1.001950e+00> : tensor<1x64x16xf16>
// BF16-DAG: %[[DOWN:.+]] = mlc.constant dense<1.000000e+00> : tensor<1x64x16xbf16>
// F16: mlc.matmul %{{.+}}, %[[DOWN]] columns <() -> (16)> : tensor<3x64xf32>, tensor<1x64x16xf16> -> tensor<3x16xf32>
// F16: mlc.matmul %{{.+}}, %[[UP]] columns
// BF16: mlc.matmul %{{.+}}, %[[DOWN]] columns <() -> (16)> : tensor<3x64xf32>, tensor<1x64x16xbf16> -> tensor<3x16xf32>
// F32-LABEL: @to_nearest_even
// F32-NOT: f16
// F32-LABEL: @convolution
// REMARK: remark: weights in 'f16', 4.88{{.*}}e-04 off, of their size
func.func @to_nearest_even(%x: !x) -> (!y, !y) {
  %w = mlc.constant dense<1.00048828125> : !w : !w
  %v = mlc.constant dense<1.00146484375> : !w : !w
  %0 = mlc.matmul %x, %w : !x, !w -> !y
  %1 = mlc.matmul %x, %v : !x, !w -> !y
  return %0, %1 : !y, !y
}

// CHECK-LABEL: @convolution
// F16: mlc.conv %{{.+}}, %{{.+}} {columns = 16{{.*}}} : tensor<1x5x5x16xf32>, tensor<1x2x2x16x16xf16> -> tensor<1x4x4x16xf32>
// BF16: mlc.conv %{{.+}}, %{{.+}} {columns = 16{{.*}}} : tensor<1x5x5x16xf32>, tensor<1x2x2x16x16xbf16> -> tensor<1x4x4x16xf32>
func.func @convolution(%x: tensor<1x5x5x16xf32>) -> tensor<1x4x4x16xf32> {
  %w = mlc.constant dense<0.5> : tensor<16x2x2x16xf32> : tensor<16x2x2x16xf32>
  %y = mlc.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x5x5x16xf32>, tensor<16x2x2x16xf32> -> tensor<1x4x4x16xf32>
  return %y : tensor<1x4x4x16xf32>
}

// Of more than 65504, and of fewer bits than 11, f16 is not: bf16 has f32's range.
// CHECK-LABEL: @out_of_range
// F16-COUNT-2: mlc.matmul {{.*}} tensor<1x64x16xf32>
// BF16-COUNT-2: mlc.matmul {{.*}} tensor<1x64x16xbf16>
// REMARK-DAG: remark: weights stay f32: 'f16' does not hold 7.0{{.*}}e+04
// REMARK-DAG: remark: weights stay f32: in 'f16' they would be {{.+}} off, of their size
func.func @out_of_range(%x: !x) -> (!y, !y) {
  %w = mlc.constant dense<70000.0> : !w : !w
  %v = mlc.constant dense<1.0e-7> : !w : !w
  %0 = mlc.matmul %x, %w : !x, !w -> !y
  %1 = mlc.matmul %x, %v : !x, !w -> !y
  return %0, %1 : !y, !y
}

// Few weights, those that are not known, other types, and depthwise ones stay.
// CHECK-LABEL: @stays
// CHECK-NOT: f16
// CHECK: return
func.func @stays(%x: !x, %u: !w, %d: tensor<3x64xf64>, %c: tensor<1x9x9x256xf32>) -> (tensor<3x15xf32>, !y, tensor<3x16xf64>, tensor<1x7x7x256xf32>) {
  %few = mlc.constant dense<1.0> : tensor<64x15xf32> : tensor<64x15xf32>
  %wide = mlc.constant dense<1.0> : tensor<64x16xf64> : tensor<64x16xf64>
  %window = mlc.constant dense<1.0> : tensor<256x3x3x1xf32> : tensor<256x3x3x1xf32>
  %0 = mlc.matmul %x, %few : !x, tensor<64x15xf32> -> tensor<3x15xf32>
  %1 = mlc.matmul %x, %u : !x, !w -> !y
  %2 = mlc.matmul %d, %wide : tensor<3x64xf64>, tensor<64x16xf64> -> tensor<3x16xf64>
  %3 = mlc.conv %c, %window {dilations = array<i64: 1, 1>, groups = 256, high = array<i64: 0, 0>, low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<1x9x9x256xf32>, tensor<256x3x3x1xf32> -> tensor<1x7x7x256xf32>
  return %0, %1, %2, %3 : tensor<3x15xf32>, !y, tensor<3x16xf64>, tensor<1x7x7x256xf32>
}
