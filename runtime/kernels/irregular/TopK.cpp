// The k largest or smallest elements along an axis.
#include "Dispatch.h"
#include "irregular/Sort.h"

using namespace mlc;
using namespace mlc::ref;

extern "C" {

// k is the output's extent along `axis`. Equals come in the order of their positions; NaN counts as larger than every
// number. Not `sorted`: the same elements in the order of their positions. outputs: values, indices (i64).
// ints: axis, largest, sorted
int32_t mlc_ref_top_k(const Call *c) {
  const Tensor &x = c->inputs[0], &y = c->outputs[0];
  int32_t axis = wrapAxis(c->ints[0], x.rank);
  bool largest = c->ints[1], sorted = c->ints[2];
  int64_t outer = product(x.dims, 0, axis), step = product(x.dims, axis + 1, x.rank);
  int64_t extent = x.dims[axis], k = y.dims[axis];
  if (k > extent)
    return MLC_E_VALUE;
  if (k == 0)
    return MLC_OK;
  return dispatchAny(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    for (int64_t row = 0; row < outer * step; ++row) {
      const T *from = data<T>(x) + row / step * extent * step + row % step;
      T *values = data<T>(y) + row / step * k * step + row % step;
      int64_t *indices = data<int64_t>(c->outputs[1]) + (values - data<T>(y));
      auto comesFirst = [&](int64_t a, int64_t b) {
        auto p = load(from[a * step]), q = load(from[b * step]);
        bool nanP = p != p, nanQ = q != q;
        if (nanP != nanQ)
          return nanP == largest;
        if (p == q || nanP)
          return a < b;
        return largest ? p > q : p < q;
      };
      // The best k so far are a heap in `indices`, the worst on top.
      auto before = [&](int64_t i, int64_t j) { return comesFirst(indices[i * step], indices[j * step]); };
      auto swap = [&](int64_t i, int64_t j) {
        int64_t t = indices[i * step];
        indices[i * step] = indices[j * step];
        indices[j * step] = t;
      };
      for (int64_t i = 0; i < k; ++i)
        indices[i * step] = i;
      makeHeap(k, before, swap);
      for (int64_t i = k; i < extent; ++i)
        if (comesFirst(i, indices[0])) {
          indices[0] = i;
          sink(0, k, before, swap);
        }
      if (sorted) {
        sortHeap(k, before, swap);
      } else {
        auto byPosition = [&](int64_t i, int64_t j) { return indices[i * step] < indices[j * step]; };
        makeHeap(k, byPosition, swap);
        sortHeap(k, byPosition, swap);
      }
      for (int64_t i = 0; i < k; ++i)
        values[i * step] = from[indices[i * step] * step];
    }
    return MLC_OK;
  });
}

} // extern "C"
