// Writing by indices into a copy of x. Updates that meet the same element are applied in their order. Indices are i32 or
// i64; negative ones count from the end; one outside its axis is MLC_E_RANGE.
#include "Dispatch.h"

using namespace mlc;
using namespace mlc::ref;

namespace {

enum Reduction { None, Add, Multiply, Maximum, Minimum };

template <class T> void combine(T &to, T update, int64_t reduction) {
  auto a = load(to), b = load(update);
  switch (reduction) {
  case Add:
    return store(to, plus(a, b));
  case Multiply:
    return store(to, times(a, b));
  case Maximum:
    return store(to, larger(a, b));
  case Minimum:
    return store(to, smaller(a, b));
  default:
    to = update;
  }
}

void copyInput(const Call *c) {
  const Tensor &y = c->outputs[0];
  int64_t bytes = count(y) * elementBytes(y.dtype);
  if (bytes > 0)
    __builtin_memmove(y.data, c->inputs[0].data, size_t(bytes));
}

// Without a reduction elements are only moved, so that every type has its size's code.
template <class F> int32_t dispatchUpdate(int32_t dtype, int64_t reduction, F body) {
  return reduction == None ? dispatchSize(dtype, body) : dispatchAny(dtype, body);
}
template <class T> void update(T &to, T value, int64_t reduction) {
  if constexpr (same<T, Bytes16>)
    to = value;
  else
    combine(to, value, reduction);
}

} // namespace

extern "C" {

// y = x, then y[indices[i…, :], r…] = updates[i…, r…]. inputs: x, indices, updates.
// ints: reduction (0 none, 1 add, 2 mul, 3 max, 4 min)
int32_t mlc_ref_scatter_nd(const Call *c) {
  const Tensor &indices = c->inputs[1], &y = c->outputs[0];
  int64_t reduction = c->ints[0], depth = indices.dims[indices.rank - 1];
  int64_t tuples = product(indices.dims, 0, indices.rank - 1), inner = product(y.dims, int32_t(depth), y.rank);
  copyInput(c);
  return dispatchIndex(indices.dtype, [&](auto indexType) {
    const auto *tuple = data<Element<decltype(indexType)>>(indices);
    return dispatchUpdate(y.dtype, reduction, [&](auto type) {
      using T = Element<decltype(type)>;
      const T *updates = data<T>(c->inputs[2]);
      T *to = data<T>(y);
      for (int64_t i = 0; i < tuples; ++i) {
        int64_t at = 0;
        for (int64_t k = 0; k < depth; ++k) {
          int64_t index = tuple[i * depth + k];
          if (index < 0)
            index += y.dims[k];
          if (index < 0 || index >= y.dims[k])
            return MLC_E_RANGE;
          at = at * y.dims[k] + index;
        }
        for (int64_t r = 0; r < inner; ++r)
          update(to[at * inner + r], updates[i * inner + r], reduction);
      }
      return MLC_OK;
    });
  });
}

// y = x, then y[i with i[axis] replaced by indices[i]] = updates[i]. inputs: x, indices, updates. ints: axis, reduction
int32_t mlc_ref_scatter_elements(const Call *c) {
  const Tensor &indices = c->inputs[1], &y = c->outputs[0];
  int32_t axis = wrapAxis(c->ints[0], y.rank);
  int64_t reduction = c->ints[1];
  copyInput(c);
  return dispatchIndex(indices.dtype, [&](auto indexType) {
    const auto *index = data<Element<decltype(indexType)>>(indices);
    return dispatchUpdate(y.dtype, reduction, [&](auto type) {
      using T = Element<decltype(type)>;
      const T *updates = data<T>(c->inputs[2]);
      T *to = data<T>(y);
      Walk<1> walk(indices);
      contiguousStrides(y, walk.strides[0]);
      int64_t along = walk.strides[0][axis];
      walk.strides[0][axis] = 0;
      for (int64_t i = 0, n = count(indices); i < n; ++i, walk.next()) {
        int64_t k = index[i] < 0 ? index[i] + y.dims[axis] : index[i];
        if (k < 0 || k >= y.dims[axis])
          return MLC_E_RANGE;
        update(to[walk.at[0] + k * along], updates[i], reduction);
      }
      return MLC_OK;
    });
  });
}

} // extern "C"
