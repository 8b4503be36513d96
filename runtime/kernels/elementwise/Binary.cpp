// Two inputs of the same type and numpy's broadcasting: y = f(a, b).
#include "Dispatch.h"

using namespace mlc;
using namespace mlc::ref;

namespace {

template <class T, class F> int32_t zip(const Call *c, F f) {
  const T *a = data<T>(c->inputs[0]), *b = data<T>(c->inputs[1]);
  T *y = data<T>(c->outputs[0]);
  broadcast<2>(c->inputs, c->outputs[0],
               [&](int64_t i, const int64_t *at) { store(y[i], f(load(a[at[0]]), load(b[at[1]]))); });
  return MLC_OK;
}

template <class F> int32_t zipNumber(const Call *c, F f) {
  return dispatchNumber(c->inputs[0].dtype, [&](auto type) { return zip<Element<decltype(type)>>(c, f); });
}

// Bit patterns: integers, and bools as 0 and 1.
template <class F> int32_t zipBits(const Call *c, F f) {
  if (c->inputs[0].dtype == MLC_BOOL)
    return zip<Bool>(c, f);
  return dispatchInteger(c->inputs[0].dtype, [&](auto type) { return zip<Element<decltype(type)>>(c, f); });
}

// Toward zero; by zero is zero, and the lowest number by -1 wraps to itself.
template <class C> C quotient(C a, C b) {
  if constexpr (isFloating<C>)
    return a / b;
  else if (b == 0)
    return 0;
  else if constexpr (same<C, int64_t>)
    return b == -1 ? C(0 - uint64_t(a)) : a / b;
  else
    return a / b;
}

// The rest of that division, with the sign of the dividend.
template <class C> C rest(C a, C b) {
  if constexpr (isFloating<C>)
    return math::fmod(a, b);
  else if (b == 0)
    return 0;
  else if constexpr (same<C, int64_t>)
    return b == -1 ? 0 : a % b;
  else
    return a % b;
}

// The rest with the sign of the divisor, as Python's and numpy's.
template <class C> C modulo(C a, C b) {
  C r = rest(a, b);
  if constexpr (!same<C, uint64_t>)
    if (r != 0 && (r < 0) != (b < 0))
      return r + b;
  if constexpr (isFloating<C>)
    if (r == 0)
      return C(math::copySign(0.0, double(b)));
  return r;
}

// base^exponent of integers, wrapping; a negative exponent truncates 1 / base^|exponent|.
template <class B> B integerPower(B base, uint64_t exponent, bool negative) {
  if (negative) {
    if constexpr (same<B, int64_t>)
      if (base == -1)
        return exponent & 1 ? B(-1) : B(1);
    return base == 1 ? B(1) : B(0);
  }
  uint64_t result = 1, square = uint64_t(base);
  for (; exponent; exponent >>= 1, square *= square)
    if (exponent & 1)
      result *= square;
  return B(result);
}

// One exponent, of any number type.
struct Exponent {
  bool floating, negative;
  double real;
  uint64_t whole; // the bits of an integer
};
bool readExponent(const Tensor &t, int64_t i, Exponent &e) {
  return dispatchNumber(t.dtype, [&](auto type) {
           using T = Element<decltype(type)>;
           auto value = load(data<T>(t)[i]);
           e = {isFloating<Compute<T>>, value < 0, double(value), isFloating<Compute<T>> ? 0 : uint64_t(value)};
           return MLC_OK;
         }) == MLC_OK;
}

} // namespace

extern "C" {

// a + b, a - b, a * b; integers wrap.
int32_t mlc_ref_add(const Call *c) {
  return zipNumber(c, [](auto a, auto b) { return plus(a, b); });
}
int32_t mlc_ref_sub(const Call *c) {
  return zipNumber(c, []<class C>(C a, C b) {
    if constexpr (isFloating<C>)
      return a - b;
    else
      return C(uint64_t(a) - uint64_t(b));
  });
}
int32_t mlc_ref_mul(const Call *c) {
  return zipNumber(c, [](auto a, auto b) { return times(a, b); });
}

// a / b; of integers toward zero, by zero 0.
int32_t mlc_ref_div(const Call *c) {
  return zipNumber(c, []<class C>(C a, C b) { return quotient(a, b); });
}

// The rest of a / b. ints: fmod (0: sign of the divisor, 1: sign of the dividend). An integer by zero is 0.
int32_t mlc_ref_mod(const Call *c) {
  if (c->ints[0])
    return zipNumber(c, []<class C>(C a, C b) { return rest(a, b); });
  return zipNumber(c, []<class C>(C a, C b) { return modulo(a, b); });
}

// The larger, the smaller; NaN wins.
int32_t mlc_ref_max(const Call *c) {
  return zipNumber(c, []<class C>(C a, C b) { return larger(a, b); });
}
int32_t mlc_ref_min(const Call *c) {
  return zipNumber(c, []<class C>(C a, C b) { return smaller(a, b); });
}

int32_t mlc_ref_and(const Call *c) {
  return zipBits(c, []<class C>(C a, C b) { return C(a & b); });
}
int32_t mlc_ref_or(const Call *c) {
  return zipBits(c, []<class C>(C a, C b) { return C(a | b); });
}
int32_t mlc_ref_xor(const Call *c) {
  return zipBits(c, []<class C>(C a, C b) { return C(a ^ b); });
}

// a * 2^b and floor(a / 2^b) in the integer's width; a shift by the width or more leaves only zeros (of a negative
// number, shifted right, only ones).
int32_t mlc_ref_shl(const Call *c) {
  return zipBits(c, []<class C>(C a, C b) { return uint64_t(b) > 63 ? C(0) : C(uint64_t(a) << uint64_t(b)); });
}
int32_t mlc_ref_shr(const Call *c) {
  return zipBits(c, []<class C>(C a, C b) { return uint64_t(b) > 63 ? (a < 0 ? C(-1) : C(0)) : C(a >> b); });
}

// a^b in the base's type; the exponent may have another type. Of floats as C's pow; an integer base with an integer
// exponent wraps, with a floating exponent it is formed in double and truncated.
int32_t mlc_ref_pow(const Call *c) {
  return dispatchNumber(c->inputs[0].dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    using B = Compute<T>;
    const T *a = data<T>(c->inputs[0]);
    T *y = data<T>(c->outputs[0]);
    int32_t error = MLC_OK;
    broadcast<2>(c->inputs, c->outputs[0], [&](int64_t i, const int64_t *at) {
      B base = load(a[at[0]]);
      Exponent e;
      if (!readExponent(c->inputs[1], at[1], e))
        error = MLC_E_ARGUMENT;
      else if constexpr (isFloating<B>)
        store(y[i], B(math::pow(double(base), e.real)));
      else if (e.floating)
        store(y[i], truncate<B>(math::pow(double(base), e.real), lowest<T>(), highest<T>()));
      else
        store(y[i], integerPower(base, e.whole, e.negative));
    });
    return error;
  });
}

// A bool for each pair. ints: relation (0 ==, 1 !=, 2 <, 3 <=, 4 >, 5 >=)
int32_t mlc_ref_compare(const Call *c) {
  return dispatchAny(c->inputs[0].dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    const T *x = data<T>(c->inputs[0]), *z = data<T>(c->inputs[1]);
    uint8_t *y = data<uint8_t>(c->outputs[0]);
    int64_t relation = c->ints[0];
    broadcast<2>(c->inputs, c->outputs[0], [&](int64_t i, const int64_t *at) {
      auto a = load(x[at[0]]), b = load(z[at[1]]);
      switch (relation) {
      case 0:
        y[i] = a == b;
        break;
      case 1:
        y[i] = a != b;
        break;
      case 2:
        y[i] = a < b;
        break;
      case 3:
        y[i] = a <= b;
        break;
      case 4:
        y[i] = a > b;
        break;
      default:
        y[i] = a >= b;
      }
    });
    return MLC_OK;
  });
}

// condition ? a : b, inputs condition (bool), a, b of any type.
int32_t mlc_ref_select(const Call *c) {
  return dispatchSize(c->outputs[0].dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    const uint8_t *condition = data<uint8_t>(c->inputs[0]);
    const T *a = data<T>(c->inputs[1]), *b = data<T>(c->inputs[2]);
    T *y = data<T>(c->outputs[0]);
    broadcast<3>(c->inputs, c->outputs[0],
                 [&](int64_t i, const int64_t *at) { y[i] = condition[at[0]] ? a[at[1]] : b[at[2]]; });
    return MLC_OK;
  });
}

} // extern "C"
