// Every element-wise operator is read back as it was printed, in its own form and in the generic one.
// RUN: %mlc-opt %s | %mlc-opt | FileCheck %s
// RUN: %mlc-opt %s --mlir-print-op-generic | %mlc-opt | FileCheck %s

// CHECK-LABEL: @unary
func.func @unary(%x: tensor<2x3xf32>, %i: tensor<4xui8>) {
  // CHECK: mlc.neg %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %neg = mlc.neg %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.abs %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %abs = mlc.abs %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.sign %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %sign = mlc.sign %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.floor %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %floor = mlc.floor %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.ceil %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %ceil = mlc.ceil %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.trunc %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %trunc = mlc.trunc %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.round %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %round = mlc.round %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.sqrt %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %sqrt = mlc.sqrt %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.reciprocal %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %reciprocal = mlc.reciprocal %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.exp %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %exp = mlc.exp %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.log %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %log = mlc.log %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.sin %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %sin = mlc.sin %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.cos %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %cos = mlc.cos %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.tan %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %tan = mlc.tan %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.asin %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %asin = mlc.asin %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.acos %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %acos = mlc.acos %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.atan %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %atan = mlc.atan %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.sinh %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %sinh = mlc.sinh %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.cosh %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %cosh = mlc.cosh %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.tanh %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %tanh = mlc.tanh %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.asinh %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %asinh = mlc.asinh %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.acosh %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %acosh = mlc.acosh %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.atanh %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %atanh = mlc.atanh %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.erf %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %erf = mlc.erf %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.sigmoid %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %sigmoid = mlc.sigmoid %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.relu %{{.+}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %relu = mlc.relu %x : tensor<2x3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.not %{{.+}} : tensor<4xui8> -> tensor<4xui8>
  %not = mlc.not %i : tensor<4xui8> -> tensor<4xui8>
  // CHECK: mlc.is_nan %{{.+}} : tensor<2x3xf32> -> tensor<2x3xi1>
  %nan = mlc.is_nan %x : tensor<2x3xf32> -> tensor<2x3xi1>
  // CHECK: mlc.is_inf %{{.+}} : tensor<2x3xf32> -> tensor<2x3xi1>
  %inf = mlc.is_inf %x : tensor<2x3xf32> -> tensor<2x3xi1>
  // CHECK: mlc.is_inf %{{.+}} {negative = false} : tensor<2x3xf32> -> tensor<2x3xi1>
  %plus = mlc.is_inf %x {negative = false} : tensor<2x3xf32> -> tensor<2x3xi1>
  // CHECK: mlc.is_inf %{{.+}} {positive = false} : tensor<2x3xf32> -> tensor<2x3xi1>
  %minus = mlc.is_inf %x {positive = false} : tensor<2x3xf32> -> tensor<2x3xi1>
  return
}

// CHECK-LABEL: @binary
func.func @binary(%x: tensor<2x3xf32>, %y: tensor<3xf32>, %i: tensor<4xui8>, %j: tensor<1xui8>) {
  // CHECK: mlc.add %{{.+}}, %{{.+}} : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  %add = mlc.add %x, %y : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.sub %{{.+}}, %{{.+}} : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  %sub = mlc.sub %x, %y : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.mul %{{.+}}, %{{.+}} : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  %mul = mlc.mul %x, %y : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.div %{{.+}}, %{{.+}} : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  %div = mlc.div %x, %y : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.pow %{{.+}}, %{{.+}} : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  %pow = mlc.pow %x, %y : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.min %{{.+}}, %{{.+}} : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  %min = mlc.min %x, %y : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.max %{{.+}}, %{{.+}} : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  %max = mlc.max %x, %y : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.and %{{.+}}, %{{.+}} : tensor<4xui8>, tensor<1xui8> -> tensor<4xui8>
  %and = mlc.and %i, %j : tensor<4xui8>, tensor<1xui8> -> tensor<4xui8>
  // CHECK: mlc.or %{{.+}}, %{{.+}} : tensor<4xui8>, tensor<1xui8> -> tensor<4xui8>
  %or = mlc.or %i, %j : tensor<4xui8>, tensor<1xui8> -> tensor<4xui8>
  // CHECK: mlc.xor %{{.+}}, %{{.+}} : tensor<4xui8>, tensor<1xui8> -> tensor<4xui8>
  %xor = mlc.xor %i, %j : tensor<4xui8>, tensor<1xui8> -> tensor<4xui8>
  // CHECK: mlc.shl %{{.+}}, %{{.+}} : tensor<4xui8>, tensor<1xui8> -> tensor<4xui8>
  %shl = mlc.shl %i, %j : tensor<4xui8>, tensor<1xui8> -> tensor<4xui8>
  // CHECK: mlc.shr %{{.+}}, %{{.+}} : tensor<4xui8>, tensor<1xui8> -> tensor<4xui8>
  %shr = mlc.shr %i, %j : tensor<4xui8>, tensor<1xui8> -> tensor<4xui8>
  // CHECK: mlc.mod %{{.+}}, %{{.+}} : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  %mod = mlc.mod %x, %y : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.mod %{{.+}}, %{{.+}} {fmod = true} : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  %fmod = mlc.mod %x, %y {fmod = true} : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  // CHECK: mlc.compare eq %{{.+}}, %{{.+}} : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xi1>
  %eq = mlc.compare eq %x, %y : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xi1>
  // CHECK: mlc.compare ne %{{.+}}, %{{.+}} : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xi1>
  %ne = mlc.compare ne %x, %y : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xi1>
  // CHECK: mlc.compare lt %{{.+}}, %{{.+}} : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xi1>
  %lt = mlc.compare lt %x, %y : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xi1>
  // CHECK: mlc.compare le %{{.+}}, %{{.+}} : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xi1>
  %le = mlc.compare le %x, %y : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xi1>
  // CHECK: mlc.compare gt %{{.+}}, %{{.+}} : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xi1>
  %gt = mlc.compare gt %x, %y : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xi1>
  // CHECK: mlc.compare ge %{{.+}}, %{{.+}} : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xi1>
  %ge = mlc.compare ge %x, %y : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xi1>
  return
}

// CHECK-LABEL: @select
func.func @select(%c: tensor<2x1xi1>, %a: tensor<3xi64>, %b: tensor<i64>) {
  // CHECK: mlc.select %{{.+}}, %{{.+}}, %{{.+}} : tensor<2x1xi1>, tensor<3xi64>, tensor<i64> -> tensor<2x3xi64>
  %0 = mlc.select %c, %a, %b : tensor<2x1xi1>, tensor<3xi64>, tensor<i64> -> tensor<2x3xi64>
  return
}

// Element types of one byte and less, and unsigned ones.
// CHECK-LABEL: @cast
func.func @cast(%x: tensor<2xf32>, %i: tensor<2xi32>) {
  // CHECK: mlc.cast %{{.+}} to f64 : tensor<2xf32> -> tensor<2xf64>
  %f64 = mlc.cast %x to f64 : tensor<2xf32> -> tensor<2xf64>
  // CHECK: mlc.cast %{{.+}} to f16 : tensor<2xf32> -> tensor<2xf16>
  %f16 = mlc.cast %x to f16 : tensor<2xf32> -> tensor<2xf16>
  // CHECK: mlc.cast %{{.+}} to bf16 : tensor<2xf32> -> tensor<2xbf16>
  %bf16 = mlc.cast %x to bf16 : tensor<2xf32> -> tensor<2xbf16>
  // CHECK: mlc.cast %{{.+}} to f8E4M3FN : tensor<2xf32> -> tensor<2xf8E4M3FN>
  %f8E4M3FN = mlc.cast %x to f8E4M3FN : tensor<2xf32> -> tensor<2xf8E4M3FN>
  // CHECK: mlc.cast %{{.+}} to f8E5M2 : tensor<2xf32> -> tensor<2xf8E5M2>
  %f8E5M2 = mlc.cast %x to f8E5M2 : tensor<2xf32> -> tensor<2xf8E5M2>
  // CHECK: mlc.cast %{{.+}} to f8E4M3FNUZ : tensor<2xf32> -> tensor<2xf8E4M3FNUZ>
  %f8E4M3FNUZ = mlc.cast %x to f8E4M3FNUZ : tensor<2xf32> -> tensor<2xf8E4M3FNUZ>
  // CHECK: mlc.cast %{{.+}} to f8E5M2FNUZ : tensor<2xf32> -> tensor<2xf8E5M2FNUZ>
  %f8E5M2FNUZ = mlc.cast %x to f8E5M2FNUZ : tensor<2xf32> -> tensor<2xf8E5M2FNUZ>
  // CHECK: mlc.cast %{{.+}} to f8E8M0FNU : tensor<2xf32> -> tensor<2xf8E8M0FNU>
  %f8E8M0FNU = mlc.cast %x to f8E8M0FNU : tensor<2xf32> -> tensor<2xf8E8M0FNU>
  // CHECK: mlc.cast %{{.+}} to f4E2M1FN : tensor<2xf32> -> tensor<2xf4E2M1FN>
  %f4E2M1FN = mlc.cast %x to f4E2M1FN : tensor<2xf32> -> tensor<2xf4E2M1FN>
  // CHECK: mlc.cast %{{.+}} to i1 : tensor<2xf32> -> tensor<2xi1>
  %i1 = mlc.cast %x to i1 : tensor<2xf32> -> tensor<2xi1>
  // CHECK: mlc.cast %{{.+}} to i4 : tensor<2xf32> -> tensor<2xi4>
  %i4 = mlc.cast %x to i4 : tensor<2xf32> -> tensor<2xi4>
  // CHECK: mlc.cast %{{.+}} to ui4 : tensor<2xf32> -> tensor<2xui4>
  %ui4 = mlc.cast %x to ui4 : tensor<2xf32> -> tensor<2xui4>
  // CHECK: mlc.cast %{{.+}} to i2 : tensor<2xf32> -> tensor<2xi2>
  %i2 = mlc.cast %x to i2 : tensor<2xf32> -> tensor<2xi2>
  // CHECK: mlc.cast %{{.+}} to ui2 : tensor<2xf32> -> tensor<2xui2>
  %ui2 = mlc.cast %x to ui2 : tensor<2xf32> -> tensor<2xui2>
  // CHECK: mlc.cast %{{.+}} to i8 : tensor<2xf32> -> tensor<2xi8>
  %i8 = mlc.cast %x to i8 : tensor<2xf32> -> tensor<2xi8>
  // CHECK: mlc.cast %{{.+}} to ui8 : tensor<2xf32> -> tensor<2xui8>
  %ui8 = mlc.cast %x to ui8 : tensor<2xf32> -> tensor<2xui8>
  // CHECK: mlc.cast %{{.+}} to i16 : tensor<2xf32> -> tensor<2xi16>
  %i16 = mlc.cast %x to i16 : tensor<2xf32> -> tensor<2xi16>
  // CHECK: mlc.cast %{{.+}} to ui16 : tensor<2xf32> -> tensor<2xui16>
  %ui16 = mlc.cast %x to ui16 : tensor<2xf32> -> tensor<2xui16>
  // CHECK: mlc.cast %{{.+}} to i32 : tensor<2xf32> -> tensor<2xi32>
  %i32 = mlc.cast %x to i32 : tensor<2xf32> -> tensor<2xi32>
  // CHECK: mlc.cast %{{.+}} to ui32 : tensor<2xf32> -> tensor<2xui32>
  %ui32 = mlc.cast %x to ui32 : tensor<2xf32> -> tensor<2xui32>
  // CHECK: mlc.cast %{{.+}} to i64 : tensor<2xf32> -> tensor<2xi64>
  %i64 = mlc.cast %x to i64 : tensor<2xf32> -> tensor<2xi64>
  // CHECK: mlc.cast %{{.+}} to ui64 : tensor<2xf32> -> tensor<2xui64>
  %ui64 = mlc.cast %x to ui64 : tensor<2xf32> -> tensor<2xui64>
  // CHECK: mlc.cast %{{.+}} to f8E4M3FN {saturate = false} : tensor<2xf32> -> tensor<2xf8E4M3FN>
  %clip = mlc.cast %x to f8E4M3FN {saturate = false} : tensor<2xf32> -> tensor<2xf8E4M3FN>
  // CHECK: mlc.cast %{{.+}} to f8E8M0FNU {round_mode = 1 : i64} : tensor<2xf32> -> tensor<2xf8E8M0FNU>
  %up = mlc.cast %x to f8E8M0FNU {round_mode = 1 : i64} : tensor<2xf32> -> tensor<2xf8E8M0FNU>
  // CHECK: mlc.bitcast %{{.+}} to f32 : tensor<2xi32> -> tensor<2xf32>
  %bits = mlc.bitcast %i to f32 : tensor<2xi32> -> tensor<2xf32>
  return
}

// CHECK-LABEL: @symbolic
func.func @symbolic(%x: tensor<?x3xf32, #mlc.dims<()[s0] -> (s0, 3)>>) {
  // CHECK: mlc.exp %{{.+}} : tensor<?x3xf32, #mlc.dims<()[s0] -> (s0, 3)>> -> tensor<?x3xf32, #mlc.dims<()[s0] -> (s0, 3)>>
  %0 = mlc.exp %x : tensor<?x3xf32, #mlc.dims<()[s0] -> (s0, 3)>> -> tensor<?x3xf32, #mlc.dims<()[s0] -> (s0, 3)>>
  return
}
