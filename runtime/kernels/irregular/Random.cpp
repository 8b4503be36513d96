// Random numbers without state: element i of stream s with seed k is a function of (i, s, k) alone, Philox 4x32 with ten
// rounds (Salmon and others, "Parallel random numbers: as easy as 1, 2, 3", 2011), so that any number of workers draws
// the same numbers. `stream` tells apart operators of one model, or runs.
#include "Dispatch.h"

using namespace mlc;
using namespace mlc::ref;

namespace {

struct Draw {
  uint64_t first, second;
};

Draw draw(int64_t seed, int64_t stream, int64_t index) {
  uint32_t x[4] = {uint32_t(index), uint32_t(uint64_t(index) >> 32), uint32_t(stream), uint32_t(uint64_t(stream) >> 32)};
  uint32_t key[2] = {uint32_t(seed), uint32_t(uint64_t(seed) >> 32)};
  for (int round = 0; round < 10; ++round) {
    uint64_t a = uint64_t(0xD2511F53) * x[0], b = uint64_t(0xCD9E8D57) * x[2];
    uint32_t next[4] = {uint32_t(b >> 32) ^ x[1] ^ key[0], uint32_t(b), uint32_t(a >> 32) ^ x[3] ^ key[1], uint32_t(a)};
    for (int i = 0; i < 4; ++i)
      x[i] = next[i];
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return {uint64_t(x[1]) << 32 | x[0], uint64_t(x[3]) << 32 | x[2]};
}

// In [0, 1), a multiple of 2^-53.
double unit(uint64_t bits) { return double(int64_t(bits >> 11)) * 0x1p-53; }
// In [0, 1), a multiple of 2^-bits, so that it is no 1 after rounding to a type of that precision.
double unit(uint64_t bits, int precision) { return double(int64_t(bits >> (64 - precision))) * math::powerOfTwo(-precision); }

template <class T> constexpr int precisionOf = same<T, F16> ? 11 : same<T, BF16> ? 8 : same<T, float> ? 24 : 53;

} // namespace

extern "C" {

// Uniform in [low, high). ints: seed, stream; floats: low, high
int32_t mlc_ref_random_uniform(const Call *c) {
  const Tensor &y = c->outputs[0];
  return dispatchFloat(y.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    double low = c->floats[0], high = c->floats[1];
    for (int64_t i = 0, n = count(y); i < n; ++i)
      store(data<T>(y)[i], low + (high - low) * unit(draw(c->ints[0], c->ints[1], i).first, precisionOf<T>));
    return MLC_OK;
  });
}

// Normal, by Box and Muller's transform. ints: seed, stream; floats: mean, scale
int32_t mlc_ref_random_normal(const Call *c) {
  const Tensor &y = c->outputs[0];
  return dispatchFloat(y.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    for (int64_t i = 0, n = count(y); i < n; ++i) {
      Draw d = draw(c->ints[0], c->ints[1], i);
      double radius = math::sqrt(-2 * math::log(1 - unit(d.first)));
      store(data<T>(y)[i], c->floats[0] + c->floats[1] * radius * math::cos(6.283185307179586 * unit(d.second)));
    }
    return MLC_OK;
  });
}

// 1 with probability x, else 0, in the output's type. ints: seed, stream
int32_t mlc_ref_bernoulli(const Call *c) {
  const Tensor &x = c->inputs[0], &y = c->outputs[0];
  return dispatchFloat(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    for (int64_t i = 0, n = count(y); i < n; ++i)
      storeAt(y, i, int64_t(unit(draw(c->ints[0], c->ints[1], i).first) < load(data<T>(x)[i])));
    return MLC_OK;
  });
}

// The running sums of one row's probabilities.
void mlc_ref_scratch_multinomial(const Call *c, Scratch &bytes) { bytes.add(sizeof(double)).times(c->inputs[0], 1); }

// y[b, s]: a class drawn with probability proportional to e^x[b, :]. x [B, classes]; y [B, samples] (i32, i64).
// ints: seed, stream
int32_t mlc_ref_multinomial(const Call *c) {
  const Tensor &x = c->inputs[0], &y = c->outputs[0];
  int64_t classes = x.dims[1], samples = y.dims[1];
  double *sums = static_cast<double *>(c->scratch);
  return dispatchFloat(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    for (int64_t b = 0; b < x.dims[0]; ++b) {
      const T *row = data<T>(x) + b * classes;
      double maximum = -math::infinity, total = 0;
      for (int64_t k = 0; k < classes; ++k)
        maximum = larger<double>(maximum, load(row[k]));
      for (int64_t k = 0; k < classes; ++k)
        sums[k] = total += math::exp(load(row[k]) - maximum);
      for (int64_t s = 0; s < samples; ++s) {
        double target = unit(draw(c->ints[0], c->ints[1], b * samples + s).first) * total;
        int64_t k = 0;
        while (k < classes - 1 && !(target < sums[k]))
          ++k;
        storeAt(y, b * samples + s, k);
      }
    }
    return MLC_OK;
  });
}

} // extern "C"
