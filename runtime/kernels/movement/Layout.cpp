// Elements in another order or shape, of any type: transpose, reshape, broadcast_to, slice, concat, reverse_sequence;
// and iota, which makes positions.
#include "Dispatch.h"

using namespace mlc;
using namespace mlc::ref;

namespace {

// y[i] = x[walk.at[0]] for all i.
int32_t copy(const Call *c, const Walk<1> &start) {
  return dispatchSize(c->outputs[0].dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    const T *x = data<T>(c->inputs[0]);
    T *y = data<T>(c->outputs[0]);
    Walk<1> walk = start;
    for (int64_t i = 0, n = count(c->outputs[0]); i < n; ++i, walk.next())
      y[i] = x[walk.at[0]];
    return MLC_OK;
  });
}

void copyBytes(void *to, const void *from, int64_t bytes) {
  if (bytes > 0)
    __builtin_memmove(to, from, size_t(bytes));
}

} // namespace

extern "C" {

// y[i_0, …] = x[j], j[perm[d]] = i[d]. ints: perm (one a dimension)
int32_t mlc_ref_transpose(const Call *c) {
  int64_t strides[MLC_MAX_RANK];
  contiguousStrides(c->inputs[0], strides);
  Walk<1> walk(c->outputs[0]);
  for (int32_t d = 0; d < walk.rank; ++d)
    walk.strides[0][d] = strides[c->ints[d]];
  return copy(c, walk);
}

// The same elements in the output's shape.
int32_t mlc_ref_reshape(const Call *c) {
  copyBytes(c->outputs[0].data, c->inputs[0].data, count(c->outputs[0]) * elementBytes(c->outputs[0].dtype));
  return MLC_OK;
}

// numpy's broadcasting to the output's shape.
int32_t mlc_ref_broadcast_to(const Call *c) {
  Walk<1> walk(c->outputs[0]);
  broadcastStrides(c->inputs[0], c->outputs[0], walk.strides[0]);
  return copy(c, walk);
}

// y[i] = x[start + i * step] in each dimension. ints: starts, steps (one each a dimension; starts within the dimension,
// steps may be negative)
int32_t mlc_ref_slice(const Call *c) {
  int64_t strides[MLC_MAX_RANK];
  contiguousStrides(c->inputs[0], strides);
  Walk<1> walk(c->outputs[0]);
  for (int32_t d = 0; d < walk.rank; ++d) {
    walk.at[0] += c->ints[d] * strides[d];
    walk.strides[0][d] = c->ints[walk.rank + d] * strides[d];
  }
  return copy(c, walk);
}

// The inputs one after the other along `axis`. ints: axis
int32_t mlc_ref_concat(const Call *c) {
  const Tensor &y = c->outputs[0];
  int32_t axis = wrapAxis(c->ints[0], y.rank);
  int64_t outer = product(y.dims, 0, axis), size = elementBytes(y.dtype);
  int64_t row = product(y.dims, axis, y.rank) * size, at = 0;
  for (int32_t n = 0; n < c->inputCount; ++n) {
    const Tensor &x = c->inputs[n];
    int64_t part = product(x.dims, axis, x.rank) * size;
    for (int64_t i = 0; i < outer; ++i)
      copyBytes(data<char>(y) + i * row + at, data<char>(x) + i * part, part);
    at += part;
  }
  return MLC_OK;
}

// y[…, t, …] = x[…, len - 1 - t, …] for t < len = sequence_lens[b], else x[…, t, …]; b counts batch_axis, t time_axis.
// inputs: x, sequence_lens (i64). ints: batch_axis, time_axis
int32_t mlc_ref_reverse_sequence(const Call *c) {
  const Tensor &x = c->inputs[0];
  const int64_t *lengths = data<int64_t>(c->inputs[1]);
  int32_t batch = wrapAxis(c->ints[0], x.rank), time = wrapAxis(c->ints[1], x.rank);
  for (int64_t b = 0; b < x.dims[batch]; ++b)
    if (lengths[b] < 0 || lengths[b] > x.dims[time])
      return MLC_E_RANGE;
  return dispatchSize(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    const T *from = data<T>(x);
    T *to = data<T>(c->outputs[0]);
    int64_t strides[MLC_MAX_RANK];
    contiguousStrides(x, strides);
    Walk<1> walk(x);
    for (int64_t i = 0, n = count(x); i < n; ++i, walk.next()) {
      int64_t t = walk.index[time], length = lengths[walk.index[batch]];
      to[i] = from[t < length ? i + (length - 1 - 2 * t) * strides[time] : i];
    }
    return MLC_OK;
  });
}

// y[i] = start + i[axis] * step. Integer types use ints: axis, start, step; floating ones ints: axis, floats: start, step
int32_t mlc_ref_iota(const Call *c) {
  const Tensor &y = c->outputs[0];
  int32_t axis = wrapAxis(c->ints[0], y.rank);
  int64_t inner = product(y.dims, axis + 1, y.rank), extent = y.rank ? y.dims[axis] : 1;
  return dispatchNumber(y.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    T *to = data<T>(y);
    for (int64_t i = 0, n = count(y); i < n; ++i) {
      int64_t position = i / inner % extent;
      if constexpr (isFloating<Compute<T>>)
        store(to[i], c->floats[0] + double(position) * c->floats[1]);
      else
        store(to[i], plus(c->ints[1], times(position, c->ints[2])));
    }
    return MLC_OK;
  });
}

} // extern "C"
