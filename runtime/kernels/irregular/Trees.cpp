// Ensembles of decision trees (ai.onnx.ml TreeEnsemble, TreeEnsembleRegressor, TreeEnsembleClassifier).
//
// The tables, all constant inputs:
//   nodes_feature  i32 [nodes]     column of x that the node looks at
//   nodes_value    real [nodes]    what it compares with; for mode 6 the number of a set
//   nodes_mode     u8 [nodes]      0 <=, 1 <, 2 >=, 3 >, 4 ==, 5 !=, 6 member of a set; plus 128: NaN goes to the true side
//   nodes_true, nodes_false  i32 [nodes]   where to go: a node, or leaf ~k for a negative number (k = -1 - number)
//   roots          i32 [trees]     the same
//   leaf_begin     i32 [leaves+1]  leaf k holds the weights leaf_begin[k] … leaf_begin[k+1] - 1
//   weight_target  i32 [weights]   the target or class that a weight belongs to
//   weight_value   real [weights]
//   base?          real [targets]  added to the scores
//   set_begin?     i32 [sets+1], set_member? real    the members of each set
// real: f32 or f64, one type for all. Comparisons are made in that type.
#include "Dispatch.h"

using namespace mlc;
using namespace mlc::ref;

namespace {

enum Input { X, Feature, Value, NodeMode, True, False, Roots, LeafBegin, Target, Weight, Base, SetBegin, SetMember };
enum Aggregate { Sum, Average, Minimum, Maximum };
enum Transform { None, Softmax, Logistic, SoftmaxZero, Probit };

template <class R> struct Forest {
  const Call *c;
  const int32_t *ints(Input i) const { return data<int32_t>(c->inputs[i]); }
  const R *reals(Input i) const { return data<R>(c->inputs[i]); }
  int64_t size(Input i) const { return count(c->inputs[i]); }

  bool member(R v, R set) const {
    if (!present(c, SetMember) || !(set >= 0) || !(set < R(size(SetBegin) - 1)))
      return false;
    const int32_t *begin = ints(SetBegin) + int64_t(set);
    for (int64_t i = begin[0]; i < begin[1]; ++i)
      if (i >= 0 && i < size(SetMember) && reals(SetMember)[i] == v)
        return true;
    return false;
  }

  bool goesTrue(int64_t node, R v) const {
    uint8_t mode = data<uint8_t>(c->inputs[NodeMode])[node];
    if (v != v && mode & 128)
      return true;
    R value = reals(Value)[node];
    switch (mode & 127) {
    case 0:
      return v <= value;
    case 1:
      return v < value;
    case 2:
      return v >= value;
    case 3:
      return v > value;
    case 4:
      return v == value;
    case 5:
      return v != value;
    default:
      return member(v, value);
    }
  }

  // The leaf that a row reaches from `at`, or -1 where the tables are broken.
  template <class T> int64_t leaf(int64_t at, const T *row, int64_t columns) const {
    for (int64_t steps = 0; steps <= size(Value); ++steps) {
      if (at < 0)
        return ~at < size(LeafBegin) - 1 ? ~at : -1;
      if (at >= size(Value) || ints(Feature)[at] < 0 || ints(Feature)[at] >= columns)
        return -1;
      at = goesTrue(at, R(load(row[ints(Feature)[at]]))) ? ints(True)[at] : ints(False)[at];
    }
    return -1;
  }
};

// The inverse of the normal distribution by Winitzki's approximation of erf^-1, as all runtimes define PROBIT.
double probit(double p) {
  double v = 2 * p - 1, l = math::log((1 - v) * (1 + v)), a = 2 / (3.14159265358979323846 * 0.147) + 0.5 * l;
  if ((1 - v) * (1 + v) == 0)
    return 0;
  return 1.41421356 * math::copySign(math::sqrt(-a + math::sqrt(a * a - l / 0.147)), v);
}

void transform(double *scores, int64_t n, int64_t kind) {
  double maximum = -math::infinity, sum = 0;
  for (int64_t i = 0; i < n; ++i)
    maximum = larger(maximum, scores[i]);
  for (int64_t i = 0; i < n; ++i) {
    double s = scores[i];
    bool zero = kind == SoftmaxZero && math::abs(s) <= 1e-7; // stays as small as it is
    if (kind == Softmax || kind == SoftmaxZero)
      sum += scores[i] = zero ? s * math::exp(-maximum) : math::exp(s - maximum);
    else if (kind == Logistic)
      scores[i] = math::sigmoid(s);
    else if (kind == Probit)
      scores[i] = probit(s);
  }
  if (kind == Softmax || kind == SoftmaxZero)
    for (int64_t i = 0; i < n; ++i)
      scores[i] = sum == 0 ? 0.5 : scores[i] / sum;
}

} // namespace

extern "C" {

// The scores of one row, and which of them have been touched.
void mlc_ref_scratch_tree_ensemble(const Call *c, Scratch &bytes) {
  constexpr int64_t each = 2 * int64_t(sizeof(double));
  bytes.add(each).times(c->outputs[0], 1).add(2 * each);
}

// For each row of x, the weights of the leaves that it reaches in all trees, aggregated by target, plus the base.
// inputs: x [N, columns] (any number type), then the tables above; outputs: scores [N, targets], label? [N] (i64: the
// first largest score's index). ints: aggregate (0 sum, 1 average, 2 min, 3 max), post_transform (0 none, 1 softmax,
// 2 logistic, 3 softmax_zero, 4 probit), binary
// binary: 0 targets are independent. With two classes of which only one, target 0, has weights (its score s):
//   1 the scores are 1 - s, s and the label is s > 0.5;
//   2 the scores are -s, s (of logistic: its values of these) and the label is s > 0.
int32_t mlc_ref_tree_ensemble(const Call *c) {
  const Tensor &x = c->inputs[X], &y = c->outputs[0];
  int64_t aggregate = c->ints[0], post = c->ints[1], binary = c->ints[2];
  int64_t columns = x.dims[1], targets = y.dims[1], own = binary ? 1 : targets;
  double *scores = static_cast<double *>(c->scratch), *touched = scores + (targets < 2 ? 2 : targets);
  return dispatchNumber(x.dtype, [&](auto type) -> int32_t {
    using T = Element<decltype(type)>;
    auto run = [&](auto realType) -> int32_t {
      using R = Element<decltype(realType)>;
      Forest<R> forest{c};
      int64_t trees = forest.size(Roots);
      for (int64_t row = 0; row < x.dims[0]; ++row) {
        for (int64_t t = 0; t < own; ++t)
          scores[t] = touched[t] = 0;
        for (int64_t tree = 0; tree < trees; ++tree) {
          int64_t leaf = forest.leaf(forest.ints(Roots)[tree], data<T>(x) + row * columns, columns);
          if (leaf < 0)
            return MLC_E_RANGE;
          for (int64_t w = forest.ints(LeafBegin)[leaf]; w < forest.ints(LeafBegin)[leaf + 1]; ++w) {
            if (w < 0 || w >= forest.size(Weight))
              return MLC_E_RANGE;
            int64_t t = forest.ints(Target)[w];
            if (t < 0 || t >= own)
              return MLC_E_RANGE;
            double weight = forest.reals(Weight)[w];
            bool takes = !touched[t] || (aggregate == Minimum ? weight < scores[t] : weight > scores[t]);
            if (aggregate == Sum || aggregate == Average)
              scores[t] += weight;
            else if (takes)
              scores[t] = weight;
            touched[t] = 1;
          }
        }
        for (int64_t t = 0; t < own; ++t) {
          if (aggregate == Average)
            scores[t] /= double(trees);
          if (present(c, Base) && t < forest.size(Base))
            scores[t] += forest.reals(Base)[t];
        }
        int64_t label = 0;
        if (binary) {
          double s = scores[0];
          label = s > (binary == 1 ? 0.5 : 0.0);
          scores[0] = binary == 1 ? 1 - s : -s;
          scores[1] = s;
          if (binary == 2 && post == Logistic)
            transform(scores, 2, Logistic);
        } else {
          for (int64_t t = 1; t < targets; ++t)
            if (scores[t] > scores[label])
              label = t;
          transform(scores, targets, post);
        }
        for (int64_t t = 0; t < targets; ++t)
          storeAt(y, row * targets + t, scores[t]);
        if (wanted(c, 1))
          data<int64_t>(c->outputs[1])[row] = label;
      }
      return MLC_OK;
    };
    return c->inputs[Value].dtype == MLC_F64 ? run(Type<double>()) : run(Type<float>());
  });
}

} // extern "C"
