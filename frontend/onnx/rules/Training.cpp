// Steps of optimisers: several tensors at once, each with its gradient and its state.
#include "Common.h"

namespace mlc::onnx {

namespace {

// Operands behind rate and count: `lists` lists of equal length.
struct Tensors {
  Value rate, count;
  SmallVector<SmallVector<Value>> lists;
  size_t size() const { return lists[0].size(); }
};

std::optional<Tensors> readTensors(NodeContext &n, size_t lists) {
  SmallVector<Value> all = n.allOperands();
  if (!n.require(all.size() >= 2 + lists && (all.size() - 2) % lists == 0, "it has " + Twine(all.size()) + " operands"))
    return std::nullopt;
  Tensors t{all[0], all[1], {}};
  if (!t.rate || !t.count)
    return std::nullopt;
  size_t each = (all.size() - 2) / lists;
  for (size_t i = 0; i < lists; ++i)
    t.lists.emplace_back(all.begin() + 2 + i * each, all.begin() + 2 + (i + 1) * each);
  for (const auto &list : t.lists)
    if (llvm::is_contained(list, Value()))
      return std::nullopt;
  return t;
}

Value regularised(NodeContext &n, Value x, Value gradient, double norm) { return norm == 0.0 ? gradient : n.add(n.mul(x, norm), gradient); }
Value scalarAs(NodeContext &n, Value v, Value like) { return like ? n.reshape(n.cast(v, elementTypeOf(like)), Shape()) : Value(); }

} // namespace

static LogicalResult importAdagrad(NodeContext &n) {
  double norm = n.real("norm_coefficient", 0.0), decay = n.real("decay_factor", 0.0), epsilon = n.real("epsilon", 1e-6);
  auto t = readTensors(n, 3);
  if (!t)
    return failure();
  for (size_t i = 0; i < t->size(); ++i) {
    Value x = t->lists[0][i], state = t->lists[2][i];
    Value rate = n.div(scalarAs(n, t->rate, x), n.add(n.mul(scalarAs(n, t->count, x), decay), 1.0));
    Value g = regularised(n, x, t->lists[1][i], norm);
    state = n.add(state, n.mul(g, g));
    n.result(i, n.sub(x, n.div(n.mul(rate, g), n.add(n.sqrt(state), epsilon))));
    n.result(t->size() + i, state);
  }
  return success();
}

static LogicalResult importAdam(NodeContext &n) {
  double norm = n.real("norm_coefficient", 0.0), post = n.real("norm_coefficient_post", 0.0), epsilon = n.real("epsilon", 1e-6);
  double alpha = n.real("alpha", 0.9), beta = n.real("beta", 0.999);
  auto t = readTensors(n, 4);
  if (!t)
    return failure();
  for (size_t i = 0; i < t->size(); ++i) {
    Value x = t->lists[0][i], v = t->lists[2][i], h = t->lists[3][i];
    Value g = regularised(n, x, t->lists[1][i], norm);
    v = n.add(n.mul(v, alpha), n.mul(g, 1.0 - alpha));
    h = n.add(n.mul(h, beta), n.mul(n.mul(g, g), 1.0 - beta));
    Value count = scalarAs(n, t->count, x), rate = scalarAs(n, t->rate, x), one = n.scalarLike(1.0, x);
    auto powerOf = [&](double base) { return n.pow(n.scalarLike(base, x), count); };
    Value corrected = n.div(n.mul(rate, n.sqrt(n.sub(one, powerOf(beta)))), n.sub(one, powerOf(alpha)));
    Value step = n.select(n.compare(Relation::gt, count, 0.0), corrected, rate);
    Value y = n.sub(x, n.div(n.mul(step, v), n.add(n.sqrt(h), epsilon)));
    n.result(i, post == 0.0 ? y : n.mul(y, 1.0 - post));
    n.result(t->size() + i, v);
    n.result(2 * t->size() + i, h);
  }
  return success();
}

static LogicalResult importMomentum(NodeContext &n) {
  double norm = n.real("norm_coefficient", 0.0), alpha = n.real("alpha", 0.0), beta = n.real("beta", 0.0);
  bool nesterov = n.choice("mode", "standard", {"standard", "nesterov"}) == 1;
  auto t = readTensors(n, 3);
  if (!t)
    return failure();
  for (size_t i = 0; i < t->size(); ++i) {
    Value x = t->lists[0][i], rate = scalarAs(n, t->rate, x);
    Value g = regularised(n, x, t->lists[1][i], norm);
    Value first = n.compare(Relation::gt, scalarAs(n, t->count, x), 0.0);
    Value factor = n.select(first, n.scalarLike(beta, x), n.scalarLike(1.0, x));
    Value v = n.add(n.mul(t->lists[2][i], alpha), n.mul(factor, g));
    n.result(i, n.sub(x, n.mul(rate, nesterov ? n.add(g, n.mul(v, alpha)) : v)));
    n.result(t->size() + i, v);
  }
  return success();
}

ArrayRef<RuleEntry> trainingRules() {
  static const RuleEntry table[] = {
      {"ai.onnx.preview.training", "Adagrad", 1, kAnyVersion, importAdagrad},
      {"ai.onnx.preview.training", "Adam", 1, kAnyVersion, importAdam},
      {"ai.onnx.preview.training", "Momentum", 1, kAnyVersion, importMomentum},
  };
  return table;
}

} // namespace mlc::onnx
