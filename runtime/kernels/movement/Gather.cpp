// Reading by indices. Indices are i32 or i64; negative ones count from the end; one outside its axis is MLC_E_RANGE.
#include "Dispatch.h"

using namespace mlc;
using namespace mlc::ref;

namespace {

// A possibly negative index into `extent` elements, or -1 where it is outside.
int64_t resolve(int64_t index, int64_t extent) {
  if (index < 0)
    index += extent;
  return index < 0 || index >= extent ? -1 : index;
}

} // namespace

extern "C" {

// y[a…, i…, b…] = x[a…, indices[i…], b…], a… the dimensions before `axis`. inputs: x, indices. ints: axis
int32_t mlc_ref_gather(const Call *c) {
  const Tensor &x = c->inputs[0], &y = c->outputs[0];
  int32_t axis = wrapAxis(c->ints[0], x.rank);
  int64_t outer = product(x.dims, 0, axis), extent = x.dims[axis], picked = count(c->inputs[1]);
  int64_t bytes = product(x.dims, axis + 1, x.rank) * elementBytes(x.dtype);
  return dispatchIndex(c->inputs[1].dtype, [&](auto type) {
    const auto *indices = data<Element<decltype(type)>>(c->inputs[1]);
    for (int64_t a = 0; a < outer; ++a)
      for (int64_t i = 0; i < picked; ++i) {
        int64_t from = resolve(indices[i], extent);
        if (from < 0)
          return MLC_E_RANGE;
        if (bytes > 0)
          __builtin_memcpy(data<char>(y) + (a * picked + i) * bytes, data<char>(x) + (a * extent + from) * bytes,
                           size_t(bytes));
      }
    return MLC_OK;
  });
}

// y[i] = x[i with i[axis] replaced by indices[i]]; indices may be smaller than x elsewhere. inputs: x, indices. ints: axis
int32_t mlc_ref_gather_elements(const Call *c) {
  const Tensor &x = c->inputs[0], &y = c->outputs[0];
  int32_t axis = wrapAxis(c->ints[0], x.rank);
  return dispatchIndex(c->inputs[1].dtype, [&](auto indexType) {
    const auto *indices = data<Element<decltype(indexType)>>(c->inputs[1]);
    return dispatchSize(x.dtype, [&](auto type) {
      using T = Element<decltype(type)>;
      const T *from = data<T>(x);
      T *to = data<T>(y);
      Walk<1> walk(y);
      contiguousStrides(x, walk.strides[0]);
      int64_t along = walk.strides[0][axis];
      walk.strides[0][axis] = 0;
      for (int64_t i = 0, n = count(y); i < n; ++i, walk.next()) {
        int64_t index = resolve(indices[i], x.dims[axis]);
        if (index < 0)
          return MLC_E_RANGE;
        to[i] = from[walk.at[0] + index * along];
      }
      return MLC_OK;
    });
  });
}

// The last dimension of indices holds positions in the dimensions of x after the first `batch_dims`, which both share:
// y[b…, i…, r…] = x[b…, indices[b…, i…, :], r…]. inputs: x, indices. ints: batch_dims
int32_t mlc_ref_gather_nd(const Call *c) {
  const Tensor &x = c->inputs[0], &indices = c->inputs[1], &y = c->outputs[0];
  int32_t batch = int32_t(c->ints[0]);
  int64_t depth = indices.dims[indices.rank - 1];
  int64_t batches = product(x.dims, 0, batch), tuples = product(indices.dims, batch, indices.rank - 1);
  int64_t bytes = product(x.dims, batch + int32_t(depth), x.rank) * elementBytes(x.dtype);
  return dispatchIndex(indices.dtype, [&](auto type) {
    const auto *tuple = data<Element<decltype(type)>>(indices);
    for (int64_t b = 0; b < batches; ++b)
      for (int64_t i = 0; i < tuples; ++i, tuple += depth) {
        int64_t from = b;
        for (int64_t k = 0; k < depth; ++k) {
          int64_t index = resolve(tuple[k], x.dims[batch + k]);
          if (index < 0)
            return MLC_E_RANGE;
          from = from * x.dims[batch + k] + index;
        }
        if (bytes > 0)
          __builtin_memcpy(data<char>(y) + (b * tuples + i) * bytes, data<char>(x) + from * bytes, size_t(bytes));
      }
    return MLC_OK;
  });
}

} // extern "C"
