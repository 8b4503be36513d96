// Random numbers: functions of a seed, of the layer (so that two layers differ) and of the element alone.
#include "Common.h"

#include "frontend/onnx/Model.h"
#include "llvm/Support/xxhash.h"

namespace mlc::onnx {

static SmallVector<int64_t> seedAndStream(NodeContext &n) {
  double seed = n.real("seed", 0.0);
  int64_t stream = static_cast<int64_t>(llvm::xxh3_64bits(layerName(n.proto())) >> 33);
  return {static_cast<int64_t>(std::isfinite(seed) ? std::clamp(seed, -1e15, 1e15) : 0.0), stream};
}

static std::optional<Shape> shapeAttribute(NodeContext &n) {
  auto given = n.integers("shape");
  if (!n.require(given.has_value(), "attribute 'shape' is missing"))
    return std::nullopt;
  for (int64_t d : *given)
    if (!n.require(d >= 0, "a dimension is " + Twine(d)))
      return std::nullopt;
  return n.exprs(*given);
}

template <bool normal, bool like>
static LogicalResult importDistribution(NodeContext &n) {
  SmallVector<int64_t> ints = seedAndStream(n);
  SmallVector<double> floats = normal ? SmallVector<double>{n.real("mean", 0.0), n.real("scale", 1.0)}
                                      : SmallVector<double>{n.real("low", 0.0), n.real("high", 1.0)};
  Shape shape;
  Type type;
  if (like) {
    Value x = n.operand(0);
    if (!x)
      return failure();
    shape = n.dims(x);
    type = n.hasAttribute("dtype") ? n.elementType("dtype", std::nullopt) : elementTypeOf(x);
  } else {
    auto given = shapeAttribute(n);
    type = n.elementType("dtype", MLC_F32);
    if (!given)
      return failure();
    shape = *given;
  }
  if (!type || !n.require(isReal(type), "its elements have to be real numbers"))
    return failure();
  return n.yield(n.call(normal ? "random_normal" : "random_uniform", {}, {n.typeOf(shape, type)}, ints, floats)[0]);
}

static LogicalResult importBernoulli(NodeContext &n) {
  SmallVector<int64_t> ints = seedAndStream(n);
  Value x = n.operand(0);
  if (!requireNumbers(n, x, /*integersToo=*/false))
    return failure();
  Type type = n.hasAttribute("dtype") ? n.elementType("dtype", std::nullopt) : elementTypeOf(x);
  return n.yield(n.call("bernoulli", {x}, {n.typeOf(n.dims(x), type)}, ints)[0]);
}

static LogicalResult importMultinomial(NodeContext &n) {
  SmallVector<int64_t> ints = seedAndStream(n);
  Value x = n.operand(0);
  int64_t samples = n.integer("sample_size", 1);
  Type type = n.elementType("dtype", MLC_I32);
  if (!n.requireRank(x, 2, "the operand") || !type || !n.require(samples >= 0, "sample_size is negative"))
    return failure();
  return n.yield(n.call("multinomial", {x}, {n.typeOf({n.dims(x)[0], n.c(samples)}, type)}, ints)[0]);
}

// While training, elements are dropped with the probability `ratio` and the others scaled up; else nothing happens.
static LogicalResult importDropout(NodeContext &n) {
  Value x = n.operand(0), ratio, training;
  SmallVector<int64_t> ints{0, 0};
  if (n.version() >= 12) {
    ints = {n.integer("seed", 0), static_cast<int64_t>(llvm::xxh3_64bits(layerName(n.proto())) >> 33)};
    ratio = n.optional(1);
    training = n.optional(2);
  } else {
    (void)n.real("ratio", 0.5);
    if (n.version() < 7)
      (void)n.flag("is_test", false);
  }
  if (!requireNumbers(n, x, /*integersToo=*/false))
    return failure();
  auto mode = training ? n.constants(training) : SmallVector<int64_t>{0};
  Shape shape = n.dims(x);
  Value all = n.wants(1) ? n.fill(n.scalar(1.0, n.i1()), shape) : Value();
  if (mode && mode->size() == 1 && !(*mode)[0]) {
    n.result(0, x);
    if (all)
      n.result(1, all);
    return success();
  }
  Value share = ratio ? n.reshape(n.cast(ratio, n.f32()), Shape()) : n.scalar(0.5, n.f32());
  Value drawn = n.call("random_uniform", {}, {n.typeOf(shape, n.f32())}, ints, {0.0, 1.0})[0];
  Value kept = n.compare(Relation::ge, drawn, share);
  // A ratio of 1 keeps nothing: no matter what the factor is.
  Value rest = n.sub(n.scalar(1.0, n.f32()), share);
  Value factor = n.div(n.scalar(1.0, n.f32()), n.select(n.compare(Relation::gt, rest, 0.0), rest, n.scalar(1.0, n.f32())));
  Value scaled = narrow(n, n.mul(widen(n, x), n.cast(factor, elementTypeOf(widen(n, x)))), x);
  Value y = n.select(kept, scaled, n.scalarLike(0.0, x));
  Value on = n.reshape(training, Shape());
  n.result(0, mode ? y : n.select(on, y, x));
  if (all)
    n.result(1, mode ? kept : n.lor(kept, n.lnot(on)));
  return success();
}

ArrayRef<RuleEntry> randomRules() {
  static const RuleEntry table[] = {
      {"", "Bernoulli", 15, kAnyVersion, importBernoulli},
      {"", "Dropout", 6, kAnyVersion, importDropout},
      {"", "Multinomial", 7, kAnyVersion, importMultinomial},
      {"", "RandomNormal", 1, kAnyVersion, importDistribution<true, false>},
      {"", "RandomNormalLike", 1, kAnyVersion, importDistribution<true, true>},
      {"", "RandomUniform", 1, kAnyVersion, importDistribution<false, false>},
      {"", "RandomUniformLike", 1, kAnyVersion, importDistribution<false, true>},
  };
  return table;
}

} // namespace mlc::onnx
