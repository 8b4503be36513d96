// Attention: softmax of products of queries and keys, and the means of the values that it weighs.
#include "Dispatch.h"

using namespace mlc;
using namespace mlc::ref;

namespace {

// Strides of an operand's matrices over `rank` broadcast dimensions.
void leadingStrides(const Tensor &t, int32_t rank, int64_t *strides) {
  int64_t own[MLC_MAX_RANK];
  contiguousStrides(t, own);
  for (int32_t d = 0; d < rank; ++d) {
    int32_t from = d - (rank + 2 - t.rank);
    strides[d] = from < 0 || t.dims[from] == 1 ? 0 : own[from];
  }
}

} // namespace

extern "C" {

// The scores of one query.
void mlc_ref_scratch_attention(const Call *c, Scratch &bytes) {
  bytes.add(sizeof(double)).times(c->inputs[1], c->inputs[1].rank - 2);
}

// s[…, m, n] = scale * sum_d q[…, m, d] k[…, n, d] + mask[…, m, n]; y[…, m, e] = sum_n e^(s_n - max) / sum_j e^(s_j - max) *
// v[…, n, e], or 0 for rows that `guard` names: 1 those whose weights are NaN, 2 those without a score above -infinity. Leading
// dimensions broadcast, the mask to the scores. With `replaces` the mask is the score where it is not 0, and not added. inputs: q, k,
// v, mask?; ints: guard, replaces; floats: scale
int32_t mlc_ref_attention(const Call *c) {
  const Tensor &q = c->inputs[0], &k = c->inputs[1], &v = c->inputs[2], &y = c->outputs[0];
  int32_t batch = y.rank - 2;
  int64_t rows = y.dims[batch], columns = y.dims[batch + 1], keys = k.dims[k.rank - 2], depth = q.dims[q.rank - 1];
  Walk<4> walk(batch, y.dims);
  leadingStrides(q, batch, walk.strides[0]);
  leadingStrides(k, batch, walk.strides[1]);
  leadingStrides(v, batch, walk.strides[2]);
  int64_t maskStrides[MLC_MAX_RANK] = {};
  if (present(c, 3)) {
    Tensor scores = y;
    scores.dims[batch + 1] = keys;
    broadcastStrides(c->inputs[3], scores, maskStrides);
    for (int32_t d = 0; d < batch; ++d)
      walk.strides[3][d] = maskStrides[d];
  }
  double *scores = static_cast<double *>(c->scratch);
  return dispatchFloat(q.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    T *to = data<T>(y);
    for (int64_t b = 0, matrices = walk.positions(); b < matrices; ++b, walk.next()) {
      const T *queries = data<T>(q) + walk.at[0], *with = data<T>(k) + walk.at[1], *values = data<T>(v) + walk.at[2];
      const T *mask = present(c, 3) ? data<T>(c->inputs[3]) + walk.at[3] : nullptr;
      for (int64_t m = 0; m < rows; ++m) {
        double maximum = -math::infinity, sum = 0;
        for (int64_t n = 0; n < keys; ++n) {
          double score = 0;
          for (int64_t d = 0; d < depth; ++d)
            score += double(load(queries[m * depth + d])) * double(load(with[n * depth + d]));
          score *= c->floats[0];
          if (mask) {
            double given = load(mask[m * maskStrides[batch] + n * maskStrides[batch + 1]]);
            score = !c->ints[1] ? score + given : given == 0 ? score : given;
          }
          scores[n] = score;
          maximum = score > maximum ? score : maximum;
        }
        for (int64_t n = 0; n < keys; ++n)
          sum += scores[n] = math::exp(scores[n] - maximum);
        bool zero = keys == 0 || (c->ints[0] == 1 && sum != sum) || (c->ints[0] == 2 && maximum == -math::infinity);
        for (int64_t e = 0; e < columns; ++e) {
          double mean = 0;
          for (int64_t n = 0; n < keys && !zero; ++n)
            mean += scores[n] / sum * load(values[n * columns + e]);
          store(*to++, mean);
        }
      }
    }
    return MLC_OK;
  });
}

} // extern "C"
