// One input, one output of the same shape: y[i] = f(x[i]).
#include "Dispatch.h"

using namespace mlc;
using namespace mlc::ref;

namespace {

template <class T, class F> int32_t map(const Call *c, F f) {
  const T *x = data<T>(c->inputs[0]);
  T *y = data<T>(c->outputs[0]);
  for (int64_t i = 0, n = count(c->outputs[0]); i < n; ++i)
    store(y[i], f(load(x[i])));
  return MLC_OK;
}

// Of numbers: float, double, int64_t, uint64_t.
template <class F> int32_t mapNumber(const Call *c, F f) {
  return dispatchNumber(c->inputs[0].dtype, [&](auto type) { return map<Element<decltype(type)>>(c, f); });
}

// Of floating types only.
template <class F> int32_t mapFloat(const Call *c, F f) {
  return dispatchFloat(c->inputs[0].dtype, [&](auto type) { return map<Element<decltype(type)>>(c, f); });
}

// y[i] = f(x[i]) as a bool.
template <class F> int32_t classify(const Call *c, F f) {
  return dispatchFloat(c->inputs[0].dtype, [&](auto type) {
    const auto *x = data<Element<decltype(type)>>(c->inputs[0]);
    uint8_t *y = data<uint8_t>(c->outputs[0]);
    for (int64_t i = 0, n = count(c->outputs[0]); i < n; ++i)
      y[i] = f(load(x[i]));
    return MLC_OK;
  });
}

} // namespace

extern "C" {

// -x; integers wrap.
int32_t mlc_ref_neg(const Call *c) {
  return mapNumber(c, []<class C>(C x) {
    if constexpr (isFloating<C>)
      return -x;
    else
      return C(0 - uint64_t(x));
  });
}

// |x|; the lowest integer stays as it is.
int32_t mlc_ref_abs(const Call *c) {
  return mapNumber(c, []<class C>(C x) {
    if constexpr (isFloating<C>)
      return math::abs(x);
    else if constexpr (same<C, int64_t>)
      return x < 0 ? C(0 - uint64_t(x)) : x;
    else
      return x;
  });
}

// -1, 0 or 1; NaN stays NaN.
int32_t mlc_ref_sign(const Call *c) {
  return mapNumber(c, []<class C>(C x) {
    if constexpr (same<C, uint64_t>)
      return C(x != 0);
    else
      return x > 0 ? C(1) : x < 0 ? C(-1) : x == 0 ? C(0) : x;
  });
}

// max(x, 0); NaN stays NaN.
int32_t mlc_ref_relu(const Call *c) {
  return mapNumber(c, []<class C>(C x) { return x < 0 ? C(0) : x; });
}

// Roundings to integers.
int32_t mlc_ref_floor(const Call *c) {
  return mapFloat(c, [](auto x) { return math::floor(x); });
}
int32_t mlc_ref_ceil(const Call *c) {
  return mapFloat(c, [](auto x) { return math::ceil(x); });
}
int32_t mlc_ref_trunc(const Call *c) {
  return mapFloat(c, [](auto x) { return math::trunc(x); });
}
// To nearest, ties to even.
int32_t mlc_ref_round(const Call *c) {
  return mapFloat(c, [](auto x) { return math::round(x); });
}

int32_t mlc_ref_sqrt(const Call *c) {
  return mapFloat(c, [](auto x) { return math::sqrt(x); });
}
// 1 / x
int32_t mlc_ref_reciprocal(const Call *c) {
  return mapFloat(c, [](auto x) { return 1 / x; });
}
int32_t mlc_ref_exp(const Call *c) {
  return mapFloat(c, [](auto x) { return math::exp(x); });
}
int32_t mlc_ref_log(const Call *c) {
  return mapFloat(c, [](auto x) { return math::log(x); });
}
int32_t mlc_ref_sin(const Call *c) {
  return mapFloat(c, [](auto x) { return math::sin(x); });
}
int32_t mlc_ref_cos(const Call *c) {
  return mapFloat(c, [](auto x) { return math::cos(x); });
}
int32_t mlc_ref_tan(const Call *c) {
  return mapFloat(c, [](auto x) { return math::tan(x); });
}
int32_t mlc_ref_asin(const Call *c) {
  return mapFloat(c, [](auto x) { return math::asin(x); });
}
int32_t mlc_ref_acos(const Call *c) {
  return mapFloat(c, [](auto x) { return math::acos(x); });
}
int32_t mlc_ref_atan(const Call *c) {
  return mapFloat(c, [](auto x) { return math::atan(x); });
}
int32_t mlc_ref_sinh(const Call *c) {
  return mapFloat(c, [](auto x) { return math::sinh(x); });
}
int32_t mlc_ref_cosh(const Call *c) {
  return mapFloat(c, [](auto x) { return math::cosh(x); });
}
int32_t mlc_ref_tanh(const Call *c) {
  return mapFloat(c, [](auto x) { return math::tanh(x); });
}
int32_t mlc_ref_asinh(const Call *c) {
  return mapFloat(c, [](auto x) { return math::asinh(x); });
}
int32_t mlc_ref_acosh(const Call *c) {
  return mapFloat(c, [](auto x) { return math::acosh(x); });
}
int32_t mlc_ref_atanh(const Call *c) {
  return mapFloat(c, [](auto x) { return math::atanh(x); });
}
int32_t mlc_ref_erf(const Call *c) {
  return mapFloat(c, [](auto x) { return math::erf(x); });
}
// 1 / (1 + e^-x)
int32_t mlc_ref_sigmoid(const Call *c) {
  return mapFloat(c, [](auto x) { return math::sigmoid(x); });
}

// Of a bool its negation, of an integer its complement.
int32_t mlc_ref_not(const Call *c) {
  if (c->inputs[0].dtype == MLC_BOOL)
    return map<Bool>(c, [](uint64_t x) { return uint64_t(x == 0); });
  return dispatchInteger(c->inputs[0].dtype, [&](auto type) {
    return map<Element<decltype(type)>>(c, []<class C>(C x) { return C(~x); });
  });
}

// x is NaN.
int32_t mlc_ref_is_nan(const Call *c) {
  return classify(c, [](auto x) { return x != x; });
}

// x is an infinity. ints: neg (count -inf), pos (count +inf)
int32_t mlc_ref_is_inf(const Call *c) {
  bool negative = c->ints[0], positive = c->ints[1];
  return classify(c, [=](double x) { return (negative && x == -math::infinity) || (positive && x == math::infinity); });
}

} // extern "C"
