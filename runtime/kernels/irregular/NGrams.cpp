// Counts of known sequences of tokens.
#include "Dispatch.h"

using namespace mlc;
using namespace mlc::ref;

namespace {

enum Weighting { Frequency, Inverse, Both };

} // namespace

extern "C" {

// ONNX's TfIdfVectorizer of integers. Of each row of x and each length n in [min, max], all sequences of n tokens whose
// distance is 1 … max_skip + 1 (a single token: once) are looked up in the pool; y[row, index] counts (mode 0, times
// the weight in mode 2), or is the weight (else 1) where there is any (mode 1).
// inputs: x [C] or [N, C] (i32, i64), pool (i64: all sequences of length 1, then of length 2, …), starts (i64: where in
// the pool each length begins), indexes (i64: y's position of each sequence), weights? (f32, one an index); output: y
// [size] or [N, size] (f32). ints: mode (0 TF, 1 IDF, 2 TFIDF), min_gram_length, max_gram_length, max_skip_count
int32_t mlc_ref_tfidf_vectorizer(const Call *c) {
  const Tensor &x = c->inputs[0], &y = c->outputs[0];
  const int64_t *pool = data<int64_t>(c->inputs[1]), *starts = data<int64_t>(c->inputs[2]);
  const int64_t *indexes = data<int64_t>(c->inputs[3]);
  const float *weights = present(c, 4) ? data<float>(c->inputs[4]) : nullptr;
  int64_t tokens = x.rank ? x.dims[x.rank - 1] : 1, size = y.dims[y.rank - 1], rows = size ? count(y) / size : 0;
  int64_t lengths = count(c->inputs[2]), poolSize = count(c->inputs[1]), known = count(c->inputs[3]);
  float *to = data<float>(y);
  for (int64_t i = 0, n = count(y); i < n; ++i)
    to[i] = 0;
  return dispatchIndex(x.dtype, [&](auto type) -> int32_t {
    const auto *token = data<Element<decltype(type)>>(x);
    int64_t number = 0; // of the first sequence of this length
    for (int64_t n = 1; n <= lengths; ++n) {
      int64_t begin = starts[n - 1], end = n < lengths ? starts[n] : poolSize;
      if (begin < 0 || end < begin || end > poolSize)
        return MLC_E_RANGE;
      int64_t sequences = (end - begin) / n;
      bool counted = n >= c->ints[1] && n <= c->ints[2];
      for (int64_t row = 0; row < rows && counted; ++row)
        for (int64_t distance = 1; distance <= (n == 1 ? 1 : c->ints[3] + 1); ++distance)
          for (int64_t first = 0; first + distance * (n - 1) < tokens; ++first)
            for (int64_t s = sequences - 1; s >= 0; --s) {
              bool equal = true;
              for (int64_t k = 0; k < n && equal; ++k)
                equal = token[row * tokens + first + k * distance] == pool[begin + s * n + k];
              if (!equal)
                continue;
              if (number + s >= known || indexes[number + s] < 0 || indexes[number + s] >= size)
                return MLC_E_RANGE;
              to[row * size + indexes[number + s]] += 1;
              break;
            }
      number += sequences;
    }
    for (int64_t i = 0, n = count(y); i < n; ++i) {
      float weight = weights ? weights[i % size] : 1;
      if (c->ints[0] == Inverse)
        to[i] = to[i] > 0 ? weight : 0;
      else if (c->ints[0] == Both)
        to[i] *= weight;
    }
    return MLC_OK;
  });
}

} // extern "C"
