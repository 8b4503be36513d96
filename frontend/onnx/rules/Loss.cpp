// Losses for classification.
#include "Common.h"

namespace mlc::onnx {

namespace {

enum Reduction { None, Sum, Mean };

// -weight[target] · logProb[n, target, …], with 0 where the target is to be ignored.
Value negativeLogLikelihood(NodeContext &n, Value logProb, Value target, Value weight, std::optional<int64_t> ignore, int64_t reduction) {
  if (!logProb || !target || !requireInteger(n, target) || !requireNumbers(n, logProb, /*integersToo=*/false) ||
      !n.require(n.rank(logProb) >= 2 && n.rank(target) == n.rank(logProb) - 1, "the targets do not fit the scores"))
    return nullptr;
  Value index = n.cast(target, n.i64()), kept;
  if (ignore) {
    kept = n.compare(Relation::ne, index, n.integer(*ignore));
    index = n.select(kept, index, n.integer(0));
  }
  Value picked = n.make<GatherElementsOp>(logProb, n.unsqueeze(index, {1}), static_cast<uint64_t>(1));
  Value loss = n.neg(n.squeeze(picked, {1}));
  Value weights;
  if (weight) {
    if (!n.requireRank(weight, 1, "the weight"))
      return nullptr;
    weights = n.gather(weight, index, 0);
  }
  if (kept) {
    Value one = n.scalarLike(1.0, logProb), zero = n.scalarLike(0.0, logProb);
    weights = weights ? n.select(kept, weights, zero) : n.select(kept, one, zero);
  }
  if (weights)
    loss = n.mul(loss, weights);
  if (!loss)
    return nullptr;
  Axes all = range(0, n.rank(loss));
  if (reduction == None)
    return loss;
  if (reduction == Mean && !weights)
    return n.mean(loss, all, false);
  Value sum = n.sum(loss, all, false);
  return reduction == Sum ? sum : n.div(sum, n.sum(weights, all, false));
}

} // namespace

static LogicalResult importNll(NodeContext &n) {
  Value scores = n.operand(0), target = n.operand(1), weight = n.optional(2);
  auto ignore = n.optionalInteger("ignore_index");
  int64_t reduction = n.choice("reduction", "mean", {"none", "sum", "mean"});
  return n.yield(negativeLogLikelihood(n, scores, target, weight, ignore, reduction));
}

static LogicalResult importCrossEntropy(NodeContext &n) {
  Value scores = n.operand(0), target = n.operand(1), weight = n.optional(2);
  auto ignore = n.optionalInteger("ignore_index");
  int64_t reduction = n.choice("reduction", "mean", {"none", "sum", "mean"});
  if (!scores || !n.require(n.rank(scores) >= 2, "the scores have fewer than 2 dimensions"))
    return failure();
  Value logProb = n.softmax(scores, 1, /*log=*/true);
  n.result(0, negativeLogLikelihood(n, logProb, target, weight, ignore, reduction));
  n.result(1, logProb);
  return success();
}

ArrayRef<RuleEntry> lossRules() {
  static const RuleEntry table[] = {
      {"", "NegativeLogLikelihoodLoss", 12, kAnyVersion, importNll},
      {"", "SoftmaxCrossEntropyLoss", 12, kAnyVersion, importCrossEntropy},
  };
  return table;
}

} // namespace mlc::onnx
