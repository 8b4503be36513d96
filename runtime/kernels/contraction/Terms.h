// What matmul, conv and conv_transpose share: the pairs of operand types, and the type that products are summed in.
//
// Operands have one number type, or are any mix of i8 and u8. Floating products are summed in double (those of f32, f16
// and bf16 are exact there) and rounded once to the output's type; integer ones in 64 bits, of which the output keeps
// its low ones. The output's type is free: i8 products go to i32, f16 ones to f32, say.
#ifndef MLC_KERNELS_CONTRACTION_TERMS_H
#define MLC_KERNELS_CONTRACTION_TERMS_H

#include "Dispatch.h"

namespace mlc::ref {

template <bool floating> struct SumOf {
  using type = int64_t;
};
template <> struct SumOf<true> {
  using type = double;
};
template <class T> using Sum = typename SumOf<isFloating<Compute<T>>>::type;

// body(Type<A>(), Type<B>())
template <class F> int32_t dispatchOperands(int32_t a, int32_t b, F body) {
  if (a == b)
    return dispatchNumber(a, [&](auto type) { return body(type, type); });
  if (a == MLC_I8 && b == MLC_U8)
    return body(Type<int8_t>(), Type<uint8_t>());
  if (a == MLC_U8 && b == MLC_I8)
    return body(Type<uint8_t>(), Type<int8_t>());
  return MLC_E_ARGUMENT;
}

} // namespace mlc::ref

#endif // MLC_KERNELS_CONTRACTION_TERMS_H
