// Elements around, between, or fewer.
#include "Dispatch.h"

using namespace mlc;
using namespace mlc::ref;

namespace {

enum Mode { Constant, Reflect, Edge, Wrap };

// Where position `p` of the endless padded axis comes from in an axis of `n` elements, or -1 where it is the value.
int64_t source(int64_t p, int64_t n, int64_t mode, int64_t interior) {
  if (n == 0)
    return -1;
  if (mode == Constant) {
    int64_t step = interior + 1;
    return p < 0 || p % step || p / step >= n ? -1 : p / step;
  }
  if (mode == Edge)
    return p < 0 ? 0 : p >= n ? n - 1 : p;
  int64_t period = mode == Wrap ? n : n > 1 ? 2 * (n - 1) : 1;
  p %= period;
  if (p < 0)
    p += period;
  return p < n ? p : period - p;
}

} // namespace

extern "C" {

// y[o] = x[o - low] where that exists, else what `mode` says: the value, the mirrored element (the border not repeated),
// the nearest one, or the one a period away. Between two elements of x lie `interior` values (constant mode only).
// Negative low or high remove elements. inputs: x, value? (a scalar; absent: zero). ints: mode (0 constant, 1 reflect,
// 2 edge, 3 wrap), low, high, interior (one each a dimension)
int32_t mlc_ref_pad(const Call *c) {
  const Tensor &x = c->inputs[0], &y = c->outputs[0];
  int64_t mode = c->ints[0];
  const int64_t *low = c->ints + 1, *interior = low + 2 * x.rank;
  return dispatchSize(y.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    const T *from = data<T>(x);
    T *to = data<T>(y);
    T value = {};
    if (present(c, 1))
      value = *data<T>(c->inputs[1]);
    int64_t strides[MLC_MAX_RANK];
    contiguousStrides(x, strides);
    Walk<1> walk(y);
    for (int64_t i = 0, n = count(y); i < n; ++i, walk.next()) {
      int64_t at = 0;
      bool inside = true;
      for (int32_t d = 0; d < x.rank; ++d) {
        int64_t s = source(walk.index[d] - low[d], x.dims[d], mode, interior[d]);
        inside &= s >= 0;
        at += s * strides[d];
      }
      to[i] = inside ? from[at] : value;
    }
    return MLC_OK;
  });
}

} // extern "C"
