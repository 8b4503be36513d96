// Elements chosen by values, so that only the run tells how many: non_zero, compress, unique. Outputs have the largest
// size that is possible and ordinary strides; of the dimension that was not known, the first `count` positions hold the
// result and the others zeros.
#include "Dispatch.h"
#include "irregular/Sort.h"

using namespace mlc;
using namespace mlc::ref;

namespace {

void clear(const Tensor &t) {
  int64_t bytes = count(t) * elementBytes(t.dtype);
  if (bytes > 0)
    __builtin_memset(t.data, 0, size_t(bytes));
}

// A tensor as rows along an axis: [outer, extent, inner]. Without an axis all elements in one row.
struct Rows {
  int64_t outer = 1, extent, inner = 1;
  Rows(const Tensor &x, bool hasAxis, int64_t axis) {
    extent = count(x);
    if (hasAxis) {
      int32_t a = wrapAxis(axis, x.rank);
      outer = product(x.dims, 0, a);
      extent = x.dims[a];
      inner = product(x.dims, a + 1, x.rank);
    }
  }
};

// Slice `to` along the rows of y becomes slice `from` of x.
template <class T> void copySlice(const T *x, const Rows &rows, int64_t from, T *y, int64_t extent, int64_t to) {
  for (int64_t a = 0; a < rows.outer; ++a)
    for (int64_t b = 0; b < rows.inner; ++b)
      y[(a * extent + to) * rows.inner + b] = x[(a * rows.extent + from) * rows.inner + b];
}

// -1, 0 or 1; NaNs are equal to each other and larger than every number.
template <class C> int compare(C a, C b) {
  bool nanA = a != a, nanB = b != b;
  if (nanA || nanB)
    return int(nanA) - int(nanB);
  return a < b ? -1 : a > b;
}

// Slices in lexicographic order, outer positions first.
template <class T> int compareSlices(const T *x, const Rows &rows, int64_t i, int64_t k) {
  for (int64_t a = 0; a < rows.outer; ++a)
    for (int64_t b = 0; b < rows.inner; ++b)
      if (int order = compare(load(x[(a * rows.extent + i) * rows.inner + b]),
                              load(x[(a * rows.extent + k) * rows.inner + b])))
        return order;
  return 0;
}

} // namespace

extern "C" {

// The positions of the elements other than zero, in row-major order: indices[d, j] is the j-th one's index in dimension
// d. outputs: indices [rank, capacity] (i64), count [] (i64); the capacity is x's number of elements.
int32_t mlc_ref_non_zero(const Call *c) {
  const Tensor &x = c->inputs[0];
  clear(c->outputs[0]);
  int64_t *indices = data<int64_t>(c->outputs[0]), capacity = count(x), found = 0;
  int32_t error = dispatchAny(x.dtype, [&](auto type) {
    const auto *from = data<Element<decltype(type)>>(x);
    Walk<1> walk(x);
    for (int64_t i = 0; i < capacity; ++i, walk.next())
      if (load(from[i]) != 0) {
        for (int32_t d = 0; d < x.rank; ++d)
          indices[d * capacity + found] = walk.index[d];
        ++found;
      }
    return MLC_OK;
  });
  *data<int64_t>(c->outputs[1]) = found;
  return error;
}

// The slices along `axis` (without one, the elements) whose condition is true; the condition may be shorter.
// inputs: x, condition (bool); outputs: y (x's shape, or [elements of x]), count [] (i64). ints: has_axis, axis
int32_t mlc_ref_compress(const Call *c) {
  const Tensor &x = c->inputs[0], &y = c->outputs[0];
  const uint8_t *condition = data<uint8_t>(c->inputs[1]);
  Rows rows(x, c->ints[0], c->ints[1]);
  clear(y);
  return dispatchSize(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    int64_t kept = 0;
    for (int64_t i = 0, n = count(c->inputs[1]); i < n && i < rows.extent; ++i)
      if (condition[i])
        copySlice(data<T>(x), rows, i, data<T>(y), rows.extent, kept++);
    *data<int64_t>(c->outputs[1]) = kept;
    return MLC_OK;
  });
}

// The order of all slices, and for each the number that it gets.
void mlc_ref_scratch_unique(const Call *c, Scratch &bytes) {
  const Tensor &x = c->inputs[0];
  bytes.add(2 * int64_t(sizeof(int64_t)));
  if (c->ints[0])
    bytes.times(x, wrapAxis(c->ints[1], x.rank));
  else
    for (int32_t d = 0; d < x.rank; ++d)
      bytes.times(x, d);
}

// The distinct slices along `axis` (without one, the distinct elements), ascending if `sorted`, else in the order in
// which they appear first. outputs: y (x's shape, or [n]), indices [n] (where each appears first), inverse [n] (which
// of them every slice is), counts [n] (all i64, n the number of slices; each may be absent but y), number [] (i64).
// ints: has_axis, axis, sorted
int32_t mlc_ref_unique(const Call *c) {
  const Tensor &x = c->inputs[0], &y = c->outputs[0];
  Rows rows(x, c->ints[0], c->ints[1]);
  bool sorted = c->ints[2];
  int64_t n = rows.extent, *order = static_cast<int64_t *>(c->scratch), *number = order + n;
  for (int32_t i = 0; i < 4; ++i)
    if (wanted(c, i))
      clear(c->outputs[i]);
  return dispatchAny(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    const T *from = data<T>(x);
    for (int64_t i = 0; i < n; ++i)
      order[i] = i;
    sortPositions(order, n, [=](int64_t i, int64_t k) {
      int relation = compareSlices(from, rows, i, k);
      return relation < 0 || (relation == 0 && i < k);
    });
    // number[i]: the first slice that equals slice i; order keeps, in its front, these first slices in ascending order.
    int64_t distinct = 0;
    for (int64_t i = 0; i < n; ++i) {
      int64_t slice = order[i];
      bool repeats = i > 0 && compareSlices(from, rows, order[distinct - 1], slice) == 0;
      if (!repeats)
        order[distinct++] = slice;
      number[slice] = order[distinct - 1];
    }
    if (!sorted) {
      distinct = 0;
      for (int64_t i = 0; i < n; ++i)
        if (number[i] == i)
          order[distinct++] = i;
    }
    // From the first equal slice to its rank among them: first slices hold -1 - rank while the others look it up.
    for (int64_t k = 0; k < distinct; ++k)
      number[order[k]] = -1 - k;
    for (int64_t i = 0; i < n; ++i) {
      int64_t rank = -1 - (number[i] < 0 ? number[i] : number[number[i]]);
      if (wanted(c, 2))
        data<int64_t>(c->outputs[2])[i] = rank;
      if (wanted(c, 3))
        ++data<int64_t>(c->outputs[3])[rank];
    }
    for (int64_t k = 0; k < distinct; ++k) {
      copySlice(from, rows, order[k], data<T>(y), n, k);
      if (wanted(c, 1))
        data<int64_t>(c->outputs[1])[k] = order[k];
    }
    *data<int64_t>(c->outputs[4]) = distinct;
    return MLC_OK;
  });
}

} // extern "C"
