// Convolutions, channels last.
#include "contraction/Terms.h"

using namespace mlc;
using namespace mlc::ref;

namespace {

// The ints of both kernels after r and groups.
struct Window {
  const int64_t *strides, *dilations, *low;
};
Window windowOf(const Call *c) {
  int64_t r = c->ints[0];
  const int64_t *rest = c->ints + 2;
  return {rest, rest + r, rest + 2 * r};
}

template <class S> S biasOf(const Call *c, int64_t channel) {
  S value = 0;
  if (present(c, 2))
    dispatchNumber(c->inputs[2].dtype, [&](auto type) {
      value = S(load(data<Element<decltype(type)>>(c->inputs[2])[channel]));
      return MLC_OK;
    });
  return value;
}

} // namespace

extern "C" {

// y[n, p…, o] = bias[o] + sum over taps k… and channels j of the group of x[n, p s - low + k d, g C/groups + j] w[o, k…, j];
// outside x is zero. inputs: x [N, spatial…, C], w [O, kernel…, C/groups], bias? [O]; output: y [N, out…, O].
// ints: spatial rank r, groups, strides[r], dilations[r], pads_low[r], pads_high[r]
int32_t mlc_ref_conv(const Call *c) {
  const Tensor &x = c->inputs[0], &w = c->inputs[1], &y = c->outputs[0];
  int32_t r = int32_t(c->ints[0]);
  Window window = windowOf(c);
  int64_t groups = c->ints[1], channels = x.dims[r + 1], perGroup = w.dims[r + 1], outputs = w.dims[0];
  int64_t image = product(x.dims, 1, r + 1), taps = product(w.dims, 1, r + 1);
  return dispatchOperands(x.dtype, w.dtype, [&](auto typeX, auto typeW) {
    using X = Element<decltype(typeX)>;
    using W = Element<decltype(typeW)>;
    const X *from = data<X>(x);
    const W *weights = data<W>(w);
    Walk<1> position(r + 1, y.dims); // n, p…
    for (int64_t i = 0, n = position.positions() * outputs; i < n; ++i) {
      int64_t o = i % outputs, group = o / (outputs / groups);
      Sum<X> sum = biasOf<Sum<X>>(c, o);
      Walk<1> tap(r, w.dims + 1);
      for (int64_t k = 0; k < taps; ++k, tap.next()) {
        int64_t at = 0;
        bool inside = true;
        for (int32_t d = 0; d < r; ++d) {
          int64_t p = position.index[d + 1] * window.strides[d] - window.low[d] + tap.index[d] * window.dilations[d];
          inside &= p >= 0 && p < x.dims[d + 1];
          at = at * x.dims[d + 1] + p;
        }
        if (!inside)
          continue;
        const X *pixel = from + (position.index[0] * image + at) * channels + group * perGroup;
        const W *row = weights + (o * taps + k) * perGroup;
        for (int64_t j = 0; j < perGroup; ++j)
          sum = plus(sum, times(Sum<X>(load(pixel[j])), Sum<X>(load(row[j]))));
      }
      storeAt(y, i, sum);
      if (o == outputs - 1)
        position.next();
    }
    return MLC_OK;
  });
}

// The transposed map: y[n, p…, o] = bias[o] + sum over i…, k… with p = i s - low + k d, and channels j of the group of
// x[n, i…, j] w[j, k…, o - g O/groups]. inputs: x [N, spatial…, C], w [C, kernel…, O/groups], bias? [O];
// output: y [N, out…, O]. ints: spatial rank r, groups, strides[r], dilations[r], pads_low[r], pads_high[r],
// output_padding[r] (the last two are in y's shape already)
int32_t mlc_ref_conv_transpose(const Call *c) {
  const Tensor &x = c->inputs[0], &w = c->inputs[1], &y = c->outputs[0];
  int32_t r = int32_t(c->ints[0]);
  Window window = windowOf(c);
  int64_t groups = c->ints[1], channels = x.dims[r + 1], perGroup = w.dims[r + 1], outputs = perGroup * groups;
  int64_t image = product(x.dims, 1, r + 1), taps = product(w.dims, 1, r + 1), groupChannels = channels / groups;
  return dispatchOperands(x.dtype, w.dtype, [&](auto typeX, auto typeW) {
    using X = Element<decltype(typeX)>;
    using W = Element<decltype(typeW)>;
    const X *from = data<X>(x);
    const W *weights = data<W>(w);
    Walk<1> position(r + 1, y.dims); // n, p…
    for (int64_t i = 0, n = position.positions() * outputs; i < n; ++i) {
      int64_t o = i % outputs, group = o / perGroup;
      Sum<X> sum = biasOf<Sum<X>>(c, o);
      Walk<1> tap(r, w.dims + 1);
      for (int64_t k = 0; k < taps; ++k, tap.next()) {
        int64_t at = 0;
        bool inside = true;
        for (int32_t d = 0; d < r; ++d) {
          int64_t scaled = position.index[d + 1] + window.low[d] - tap.index[d] * window.dilations[d];
          int64_t p = scaled / window.strides[d];
          inside &= scaled >= 0 && scaled % window.strides[d] == 0 && p < x.dims[d + 1];
          at = at * x.dims[d + 1] + p;
        }
        if (!inside)
          continue;
        for (int64_t j = group * groupChannels; j < (group + 1) * groupChannels; ++j)
          sum = plus(sum, times(Sum<X>(load(from[(position.index[0] * image + at) * channels + j])),
                                Sum<X>(load(weights[(j * taps + k) * perGroup + o % perGroup]))));
      }
      storeAt(y, i, sum);
      if (o == outputs - 1)
        position.next();
    }
    return MLC_OK;
  });
}

} // extern "C"
