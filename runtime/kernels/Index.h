// Shapes and positions: contiguous strides, and a walk over a multi-dimensional range that keeps offsets into N tensors.
#ifndef MLC_KERNELS_INDEX_H
#define MLC_KERNELS_INDEX_H

#include "reference.h"

namespace mlc::ref {

inline int64_t product(const int64_t *dims, int32_t begin, int32_t end) {
  int64_t n = 1;
  for (int32_t d = begin; d < end; ++d)
    n *= dims[d];
  return n;
}
inline int64_t count(const Tensor &t) { return product(t.dims, 0, t.rank); }

inline int32_t wrapAxis(int64_t axis, int32_t rank) { return int32_t(axis < 0 ? axis + rank : axis); }

// Elements between neighbours along each dimension.
inline void contiguousStrides(const Tensor &t, int64_t *strides) {
  int64_t step = 1;
  for (int32_t d = t.rank - 1; d >= 0; --d) {
    strides[d] = step;
    step *= t.dims[d];
  }
}

// Strides of `t` seen as the larger `shape` (numpy: right-aligned, a dimension of 1 repeats).
inline void broadcastStrides(const Tensor &t, const Tensor &shape, int64_t *strides) {
  int64_t own[MLC_MAX_RANK];
  contiguousStrides(t, own);
  for (int32_t d = 0; d < shape.rank; ++d) {
    int32_t from = d - (shape.rank - t.rank);
    strides[d] = from < 0 || t.dims[from] == 1 ? 0 : own[from];
  }
}

// A position in a range of `rank` dimensions, row-major, with `at[n]` = base + sum of index[d] * strides[n][d].
// A rank of 0 has one position.
template <int N> struct Walk {
  int32_t rank = 0;
  int64_t dims[MLC_MAX_RANK] = {}, index[MLC_MAX_RANK] = {};
  int64_t strides[N][MLC_MAX_RANK] = {};
  int64_t at[N] = {};

  Walk() = default;
  Walk(int32_t rank, const int64_t *extents) : rank(rank) {
    for (int32_t d = 0; d < rank; ++d)
      dims[d] = extents[d];
  }
  explicit Walk(const Tensor &shape) : Walk(shape.rank, shape.dims) {}

  int64_t positions() const { return product(dims, 0, rank); }

  // Adds a dimension inside the others.
  void add(int64_t extent) { dims[rank++] = extent; }

  void next() {
    for (int32_t d = rank - 1; d >= 0; --d) {
      for (int n = 0; n < N; ++n)
        at[n] += strides[n][d];
      if (++index[d] < dims[d])
        return;
      for (int n = 0; n < N; ++n)
        at[n] -= strides[n][d] * dims[d];
      index[d] = 0;
    }
  }
};

// Calls body(i, at) for every element i of `out`, at[n] the element of input n that numpy's broadcasting pairs with it.
template <int N, class F> void broadcast(const Tensor *inputs, const Tensor &out, F body) {
  Walk<N> walk(out);
  for (int n = 0; n < N; ++n)
    broadcastStrides(inputs[n], out, walk.strides[n]);
  int64_t total = count(out);
  for (int64_t i = 0; i < total; ++i, walk.next())
    body(i, walk.at);
}

} // namespace mlc::ref

#endif // MLC_KERNELS_INDEX_H
