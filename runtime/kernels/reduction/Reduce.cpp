// Many elements to one: reduce, arg_reduce; and running results: cumulative.
#include "Dispatch.h"

using namespace mlc;
using namespace mlc::ref;

namespace {

enum Kind { Sum, Product, Maximum, Minimum };

template <class T> Wide<T> identity(int64_t kind) {
  return kind == Sum ? 0 : kind == Product ? 1 : kind == Maximum ? lowest<T>() : highest<T>();
}
template <class W> W join(W a, W b, int64_t kind) {
  return kind == Sum       ? plus(a, b)
         : kind == Product ? times(a, b)
         : kind == Maximum ? larger(a, b)
                           : smaller(a, b);
}

// Rows along `axis`: calls body(first element, elements between neighbours, row number).
template <class F> void rows(const Tensor &x, int32_t axis, F body) {
  int64_t outer = product(x.dims, 0, axis), inner = product(x.dims, axis + 1, x.rank), extent = x.dims[axis];
  for (int64_t a = 0; a < outer; ++a)
    for (int64_t b = 0; b < inner; ++b)
      body(a * extent * inner + b, inner, a * inner + b);
}

} // namespace

extern "C" {

// The sum, product, maximum or minimum over the listed axes; none listed: a copy. Floating sums and products are formed
// in double in row-major order and rounded once; integer ones wrap; NaN wins. Of nothing: 0, 1, the lowest, the highest.
// ints: kind (0 sum, 1 prod, 2 max, 3 min), keepdims, axes…
int32_t mlc_ref_reduce(const Call *c) {
  const Tensor &x = c->inputs[0], &y = c->outputs[0];
  int64_t kind = c->ints[0];
  bool reduced[MLC_MAX_RANK] = {};
  for (int32_t i = 2; i < c->intCount; ++i)
    reduced[wrapAxis(c->ints[i], x.rank)] = true;
  int64_t strides[MLC_MAX_RANK];
  contiguousStrides(x, strides);
  Walk<1> outer, inner;
  for (int32_t d = 0; d < x.rank; ++d) {
    Walk<1> &walk = reduced[d] ? inner : outer;
    walk.strides[0][walk.rank] = strides[d];
    walk.add(x.dims[d]);
  }
  return dispatchAny(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    const T *from = data<T>(x);
    T *to = data<T>(y);
    int64_t results = outer.positions(), terms = inner.positions();
    for (int64_t i = 0; i < results; ++i, outer.next()) {
      Wide<T> total = identity<T>(kind);
      Walk<1> walk = inner;
      for (int64_t k = 0; k < terms; ++k, walk.next())
        total = join<Wide<T>>(total, load(from[outer.at[0] + walk.at[0]]), kind);
      store(to[i], total);
    }
    return MLC_OK;
  });
}

// The position of the largest or smallest element along `axis`, the first or the last of equals; a NaN counts as more
// extreme than any number. outputs: positions (i64). ints: kind (0 max, 1 min), axis, keepdims, select_last
int32_t mlc_ref_arg_reduce(const Call *c) {
  const Tensor &x = c->inputs[0];
  bool minimum = c->ints[0], last = c->ints[3];
  int32_t axis = wrapAxis(c->ints[1], x.rank);
  return dispatchAny(x.dtype, [&](auto type) {
    const auto *from = data<Element<decltype(type)>>(x);
    int64_t *to = data<int64_t>(c->outputs[0]);
    rows(x, axis, [&](int64_t first, int64_t step, int64_t row) {
      int64_t best = 0;
      for (int64_t k = 1; k < x.dims[axis]; ++k) {
        auto a = load(from[first + k * step]), b = load(from[first + best * step]);
        bool nanA = a != a, nanB = b != b;
        bool better = nanA || nanB ? nanA && !nanB : minimum ? a < b : a > b;
        bool equal = a == b || (nanA && nanB);
        if (better || (equal && last))
          best = k;
      }
      to[row] = best;
    });
    return MLC_OK;
  });
}

// Running sums or products along `axis`: y_k joins x_0 … x_k; exclusive: x_0 … x_(k-1); reverse: from the end.
// ints: kind (0 sum, 1 prod), axis, exclusive, reverse
int32_t mlc_ref_cumulative(const Call *c) {
  const Tensor &x = c->inputs[0];
  int64_t kind = c->ints[0];
  int32_t axis = wrapAxis(c->ints[1], x.rank);
  bool exclusive = c->ints[2], reverse = c->ints[3];
  return dispatchNumber(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    const T *from = data<T>(x);
    T *to = data<T>(c->outputs[0]);
    rows(x, axis, [&](int64_t first, int64_t step, int64_t) {
      Wide<T> total = identity<T>(kind);
      for (int64_t k = 0; k < x.dims[axis]; ++k) {
        int64_t at = first + (reverse ? x.dims[axis] - 1 - k : k) * step;
        Wide<T> value = load(from[at]);
        if (exclusive)
          store(to[at], total);
        total = join(total, value, kind);
        if (!exclusive)
          store(to[at], total);
      }
    });
    return MLC_OK;
  });
}

} // extern "C"
