// Normalisations along one or more dimensions: softmax, hardmax, layer_norm, lrn. All sums are formed in double.
#include "Dispatch.h"

using namespace mlc;
using namespace mlc::ref;

extern "C" {

// Along `axis`: e^(x_k - m) / sum_j e^(x_j - m), m the maximum; or with `log` its logarithm. ints: axis, log
int32_t mlc_ref_softmax(const Call *c) {
  const Tensor &x = c->inputs[0];
  int32_t axis = wrapAxis(c->ints[0], x.rank);
  bool logarithm = c->ints[1];
  int64_t outer = product(x.dims, 0, axis), inner = product(x.dims, axis + 1, x.rank), extent = x.dims[axis];
  return dispatchFloat(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    for (int64_t row = 0; row < outer * inner; ++row) {
      const T *from = data<T>(x) + row / inner * extent * inner + row % inner;
      T *to = data<T>(c->outputs[0]) + (from - data<T>(x));
      double maximum = -math::infinity, sum = 0;
      for (int64_t k = 0; k < extent; ++k)
        maximum = larger<double>(maximum, load(from[k * inner]));
      for (int64_t k = 0; k < extent; ++k)
        sum += math::exp(load(from[k * inner]) - maximum);
      for (int64_t k = 0; k < extent; ++k) {
        double shifted = load(from[k * inner]) - maximum;
        store(to[k * inner], logarithm ? shifted - math::log(sum) : math::exp(shifted) / sum);
      }
    }
    return MLC_OK;
  });
}

// Along `axis` 1 at the first maximum, else 0. ints: axis
int32_t mlc_ref_hardmax(const Call *c) {
  const Tensor &x = c->inputs[0];
  int32_t axis = wrapAxis(c->ints[0], x.rank);
  int64_t outer = product(x.dims, 0, axis), inner = product(x.dims, axis + 1, x.rank), extent = x.dims[axis];
  return dispatchNumber(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    for (int64_t row = 0; row < outer * inner; ++row) {
      const T *from = data<T>(x) + row / inner * extent * inner + row % inner;
      T *to = data<T>(c->outputs[0]) + (from - data<T>(x));
      int64_t best = 0;
      for (int64_t k = 1; k < extent; ++k)
        if (load(from[k * inner]) > load(from[best * inner]))
          best = k;
      for (int64_t k = 0; k < extent; ++k)
        store(to[k * inner], Compute<T>(k == best));
    }
    return MLC_OK;
  });
}

// Over the dimensions from `axis` on: y = (x - mean) / sqrt(variance + eps) * scale + bias; scale and bias broadcast to x.
// inputs: x, scale?, bias? (x's type); outputs: y, mean?, inv_std_dev? (one a normalised block, any floating type).
// ints: axis; floats: eps
int32_t mlc_ref_layer_norm(const Call *c) {
  const Tensor &x = c->inputs[0];
  int32_t axis = wrapAxis(c->ints[0], x.rank);
  int64_t blocks = product(x.dims, 0, axis), size = product(x.dims, axis, x.rank);
  return dispatchFloat(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    const T *scale = present(c, 1) ? data<T>(c->inputs[1]) : nullptr;
    const T *bias = present(c, 2) ? data<T>(c->inputs[2]) : nullptr;
    Walk<2> walk(x);
    if (scale)
      broadcastStrides(c->inputs[1], x, walk.strides[0]);
    if (bias)
      broadcastStrides(c->inputs[2], x, walk.strides[1]);
    for (int64_t b = 0; b < blocks; ++b) {
      const T *from = data<T>(x) + b * size;
      T *to = data<T>(c->outputs[0]) + b * size;
      double sum = 0, squares = 0;
      for (int64_t i = 0; i < size; ++i)
        sum += load(from[i]);
      double mean = sum / double(size);
      for (int64_t i = 0; i < size; ++i)
        squares += (load(from[i]) - mean) * (load(from[i]) - mean);
      double inverse = 1 / math::sqrt(squares / double(size) + c->floats[0]);
      for (int64_t i = 0; i < size; ++i, walk.next()) {
        double value = (load(from[i]) - mean) * inverse;
        value = (scale ? value * load(scale[walk.at[0]]) : value) + (bias ? load(bias[walk.at[1]]) : 0);
        store(to[i], value);
      }
      if (wanted(c, 1))
        storeAt(c->outputs[1], b, mean);
      if (wanted(c, 2))
        storeAt(c->outputs[2], b, inverse);
    }
    return MLC_OK;
  });
}

// Local response normalisation: y = x / (bias + alpha / size * sum of x^2 over `size` neighbours along `axis`)^beta, the
// neighbours from k - floor((size-1)/2) to k + ceil((size-1)/2). ints: axis, size; floats: alpha, beta, bias
int32_t mlc_ref_lrn(const Call *c) {
  const Tensor &x = c->inputs[0];
  int32_t axis = wrapAxis(c->ints[0], x.rank);
  int64_t size = c->ints[1], before = (size - 1) / 2, after = size - 1 - before;
  double alpha = c->floats[0], beta = c->floats[1], bias = c->floats[2];
  int64_t inner = product(x.dims, axis + 1, x.rank), extent = x.dims[axis];
  return dispatchFloat(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    const T *from = data<T>(x);
    T *to = data<T>(c->outputs[0]);
    for (int64_t i = 0, n = count(x); i < n; ++i) {
      int64_t k = i / inner % extent;
      double squares = 0;
      for (int64_t j = k < before ? 0 : k - before; j <= k + after && j < extent; ++j) {
        double value = load(from[i + (j - k) * inner]);
        squares += value * value;
      }
      store(to[i], load(from[i]) / math::pow(bias + alpha / double(size) * squares, beta));
    }
    return MLC_OK;
  });
}

} // extern "C"
