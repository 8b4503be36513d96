// Products of matrices.
#include "contraction/Terms.h"

using namespace mlc;
using namespace mlc::ref;

namespace {

// An operand as a stack of matrices [rows, columns] over broadcast batch dimensions.
struct Matrix {
  int64_t rows, columns, rowStep, columnStep, size;
};

// A vector is one row on the left side, one column on the right.
Matrix matrixOf(const Tensor &t, bool transposed, bool left) {
  Matrix m;
  if (t.rank == 1) {
    m = left ? Matrix{1, t.dims[0], 0, 1, t.dims[0]} : Matrix{t.dims[0], 1, 1, 0, t.dims[0]};
    return m;
  }
  int64_t r = t.dims[t.rank - 2], c = t.dims[t.rank - 1];
  m = transposed ? Matrix{c, r, 1, c, r * c} : Matrix{r, c, c, 1, r * c};
  return m;
}

// Strides of the operand's matrices over the output's batch dimensions.
void batchStrides(const Tensor &t, const Matrix &m, const int64_t *batch, int32_t batchRank, int64_t *strides) {
  int32_t own = t.rank > 2 ? t.rank - 2 : 0;
  int64_t step = m.size;
  for (int32_t d = 0; d < batchRank; ++d)
    strides[d] = 0;
  for (int32_t d = own - 1; d >= 0; --d) {
    strides[d + batchRank - own] = t.dims[d] == 1 ? 0 : step;
    step *= t.dims[d];
  }
}

} // namespace

extern "C" {

// y[…, m, n] = sum_k a[…, m, k] b[…, k, n]; with trans_a, trans_b the last two dimensions of an operand are swapped.
// Batch dimensions broadcast as numpy's. ints: trans_a, trans_b
int32_t mlc_ref_matmul(const Call *c) {
  const Tensor &a = c->inputs[0], &b = c->inputs[1], &y = c->outputs[0];
  Matrix left = matrixOf(a, c->ints[0], true), right = matrixOf(b, c->ints[1], false);
  int64_t batch[MLC_MAX_RANK];
  int32_t batchRank = y.rank - (a.rank > 1) - (b.rank > 1);
  for (int32_t d = 0; d < batchRank; ++d)
    batch[d] = y.dims[d];
  Walk<2> walk(batchRank, batch);
  batchStrides(a, left, batch, batchRank, walk.strides[0]);
  batchStrides(b, right, batch, batchRank, walk.strides[1]);
  return dispatchOperands(a.dtype, b.dtype, [&](auto typeA, auto typeB) {
    using A = Element<decltype(typeA)>;
    using B = Element<decltype(typeB)>;
    int64_t i = 0;
    for (int64_t n = 0, matrices = walk.positions(); n < matrices; ++n, walk.next()) {
      const A *from = data<A>(a) + walk.at[0];
      const B *with = data<B>(b) + walk.at[1];
      for (int64_t row = 0; row < left.rows; ++row)
        for (int64_t column = 0; column < right.columns; ++column) {
          Sum<A> sum = 0;
          for (int64_t k = 0; k < left.columns; ++k)
            sum = plus(sum, times(Sum<A>(load(from[row * left.rowStep + k * left.columnStep])),
                                  Sum<A>(load(with[k * right.rowStep + column * right.columnStep]))));
          storeAt(y, i++, sum);
        }
    }
    return MLC_OK;
  });
}

} // extern "C"
