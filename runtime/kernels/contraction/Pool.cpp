// Windows over spatial dimensions: pool (channels last), max_pool_indices (channels first) and max_unpool.
#include "Dispatch.h"

using namespace mlc;
using namespace mlc::ref;

namespace {

enum Kind { Maximum, Average, Norm };

// The ints after those of the kernel itself.
struct Window {
  const int64_t *kernel, *strides, *dilations, *low, *high;
  Window(const int64_t *ints, int64_t r)
      : kernel(ints), strides(ints + r), dilations(ints + 2 * r), low(ints + 3 * r), high(ints + 4 * r) {}
};

// |v|^p and its inverse, without rounding for the usual p.
double powered(double v, int64_t p) { return p == 1 ? v : p == 2 ? v * v : math::pow(v, double(p)); }
double rooted(double v, int64_t p) { return p == 1 ? v : p == 2 ? math::sqrt(v) : math::pow(v, 1 / double(p)); }

template <class T, class V> V average(V sum, int64_t taps) {
  if (taps == 0)
    return 0;
  if constexpr (isFloating<V>)
    return sum / double(taps);
  else
    return sum / V(taps);
}

} // namespace

extern "C" {

// Over each window of x [N, spatial…, C] and each channel: the maximum; the mean of the elements inside x (or, with
// count_include_pad, inside the padded x, padding being zero); the p-norm. Positions outside do not take part; a
// window without any gives the lowest number, or 0. ints: spatial rank r, kind (0 max, 1 average, 2 lp),
// count_include_pad, p, kernel[r], strides[r], dilations[r], pads_low[r], pads_high[r]
int32_t mlc_ref_pool(const Call *c) {
  const Tensor &x = c->inputs[0], &y = c->outputs[0];
  int32_t r = int32_t(c->ints[0]);
  int64_t kind = c->ints[1], p = c->ints[3];
  bool includePad = c->ints[2];
  Window window(c->ints + 4, r);
  int64_t channels = x.dims[r + 1], image = product(x.dims, 1, r + 1), taps = product(window.kernel, 0, r);
  return dispatchNumber(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    const T *from = data<T>(x);
    T *to = data<T>(y);
    Walk<1> position(y); // n, p…, channel
    for (int64_t i = 0, n = count(y); i < n; ++i, position.next()) {
      int64_t counted = 0;
      Wide<T> result = kind == Maximum ? lowest<T>() : Wide<T>(0);
      double norm = 0;
      Walk<1> tap(r, window.kernel);
      for (int64_t k = 0; k < taps; ++k, tap.next()) {
        int64_t at = 0;
        bool inside = true, padded = true;
        for (int32_t d = 0; d < r; ++d) {
          int64_t s = position.index[d + 1] * window.strides[d] - window.low[d] + tap.index[d] * window.dilations[d];
          inside &= s >= 0 && s < x.dims[d + 1];
          padded &= s < x.dims[d + 1] + window.high[d];
          at = at * x.dims[d + 1] + s;
        }
        counted += includePad ? padded : inside;
        if (!inside)
          continue;
        Wide<T> value = load(from[(position.index[0] * image + at) * channels + position.index[r + 1]]);
        if (kind == Maximum)
          result = larger(result, value);
        else if (kind == Average)
          result = plus(result, value);
        else
          norm += powered(math::abs(double(value)), p);
      }
      if (kind == Average)
        result = average<T>(result, counted);
      if (kind == Norm)
        store(to[i], rooted(norm, p));
      else
        store(to[i], result);
    }
    return MLC_OK;
  });
}

// The maximum over each window of x [N, C, spatial…], and where in the whole of x it was found first: the row-major
// position, or with storage_order 1 the one that counts each map's spatial dimensions from the first.
// outputs: y, indices (i64). ints: spatial rank r, storage_order, kernel[r], strides[r], dilations[r], pads_low[r],
// pads_high[r]
int32_t mlc_ref_max_pool_indices(const Call *c) {
  const Tensor &x = c->inputs[0], &y = c->outputs[0];
  int32_t r = int32_t(c->ints[0]);
  bool columnMajor = c->ints[1];
  Window window(c->ints + 2, r);
  int64_t image = product(x.dims, 2, r + 2), taps = product(window.kernel, 0, r);
  return dispatchNumber(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    const T *from = data<T>(x);
    T *to = data<T>(y);
    Walk<1> position(y); // n, channel, p…
    for (int64_t i = 0, n = count(y); i < n; ++i, position.next()) {
      int64_t map = (position.index[0] * x.dims[1] + position.index[1]) * image, index = -1;
      Wide<T> result = lowest<T>();
      Walk<1> tap(r, window.kernel);
      for (int64_t k = 0; k < taps; ++k, tap.next()) {
        int64_t at = 0, transposed = 0, step = 1;
        bool inside = true;
        for (int32_t d = 0; d < r; ++d) {
          int64_t s = position.index[d + 2] * window.strides[d] - window.low[d] + tap.index[d] * window.dilations[d];
          inside &= s >= 0 && s < x.dims[d + 2];
          at = at * x.dims[d + 2] + s;
          transposed += s * step;
          step *= x.dims[d + 2];
        }
        if (!inside)
          continue;
        Wide<T> value = load(from[map + at]);
        if (index < 0 || value > result || (value != value && result == result)) {
          result = value;
          index = map + (columnMajor ? transposed : at);
        }
      }
      store(to[i], result);
      if (wanted(c, 1))
        data<int64_t>(c->outputs[1])[i] = index;
    }
    return MLC_OK;
  });
}

// y is zero but where an index says: y.flat[indices[i]] = x[i]. The indices count in a tensor of the shape
// `original` (that of max_pool_indices' input) whose spatial corner y contains. inputs: x, indices (i64).
// ints: original (one a dimension)
int32_t mlc_ref_max_unpool(const Call *c) {
  const Tensor &x = c->inputs[0], &y = c->outputs[0];
  const int64_t *indices = data<int64_t>(c->inputs[1]), *original = c->ints;
  int64_t bytes = count(y) * elementBytes(y.dtype), positions = product(original, 0, y.rank);
  if (bytes > 0)
    __builtin_memset(y.data, 0, size_t(bytes));
  return dispatchSize(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    int64_t strides[MLC_MAX_RANK];
    contiguousStrides(y, strides);
    for (int64_t i = 0, n = count(x); i < n; ++i) {
      int64_t rest = indices[i], at = 0;
      if (rest < 0 || rest >= positions)
        return MLC_E_RANGE;
      for (int32_t d = y.rank - 1; d >= 0; --d) {
        int64_t index = rest % original[d];
        if (index >= y.dims[d])
          return MLC_E_RANGE;
        at += index * strides[d];
        rest /= original[d];
      }
      data<T>(y)[at] = data<T>(x)[i];
    }
    return MLC_OK;
  });
}

} // extern "C"
