// Normalisations.
#include "Common.h"

namespace mlc::onnx {

// A vector over the channels of an image with the channels first.
static Value overChannels(NodeContext &n, Value v, int64_t rank) { return n.alongAxis(v, 1, rank); }

// Mean and variance along axes, kept as dimensions of size 1.
static std::pair<Value, Value> moments(NodeContext &n, Value x, ArrayRef<int64_t> axes) {
  Value mean = n.mean(x, axes, true);
  Value centred = n.sub(x, mean);
  return {mean, n.mean(n.mul(centred, centred), axes, true)};
}

static bool channelVector(NodeContext &n, Value v, Value x, StringRef what) {
  if (!n.requireRank(v, 1, what))
    return false;
  auto have = mlc::constantOf(n.dims(v)[0]), want = n.rank(x) > 1 ? mlc::constantOf(n.dims(x)[1]) : std::nullopt;
  return n.require(!have || !want || *have == *want, what + " has " + Twine(have.value_or(0)) + " elements for " +
                                                         Twine(want.value_or(0)) + " channels");
}

// x · a + b with a = scale / sqrt(variance + ε) and b = bias - mean · a: both fold where the parameters are constants.
static LogicalResult importBatchNorm(NodeContext &n) {
  Value x = n.operand(0), scale = n.operand(1), bias = n.operand(2), mean = n.operand(3), variance = n.operand(4);
  double epsilon = n.real("epsilon", 1e-5), momentum = n.real("momentum", 0.9);
  bool training = n.version() >= 14 ? n.flag("training_mode", false) : false;
  if (n.version() < 9 && !n.require(n.flag("spatial", true), "statistics of single elements (spatial = 0)"))
    return failure();
  if (n.version() < 7)
    training = !n.flag("is_test", false);
  if (!x || !n.require(n.rank(x) >= 2, "the operand has fewer than 2 dimensions"))
    return failure();
  for (auto [v, what] : {std::pair<Value, StringRef>{scale, "the scale"}, {bias, "the bias"}, {mean, "the mean"}, {variance, "the variance"}})
    if (!channelVector(n, v, x, what))
      return failure();
  if (!requireNumbers(n, x, /*integersToo=*/false))
    return failure();
  // Statistics may be wider than the values.
  Type wide = elementTypeOf(mean);
  Value input = n.cast(x, wide);
  auto toWide = [&](Value v) { return n.cast(v, wide); };
  if (training) {
    Axes axes{0};
    axes.append(range(2, n.rank(x)));
    auto [batchMean, batchVariance] = moments(n, input, axes);
    AffineExpr channels = n.dims(x)[1];
    Value newMean = n.reshape(batchMean, {channels}), newVariance = n.reshape(batchVariance, {channels});
    auto running = [&](Value old, Value now) { return n.add(n.mul(old, momentum), n.mul(now, 1.0 - momentum)); };
    n.result(1, running(mean, newMean));
    n.result(2, running(variance, toWide(newVariance)));
    mean = newMean;
    variance = newVariance;
  }
  // Constants are rounded once: what is lost on them is lost for all pixels alike.
  bool known = llvm::all_of(ArrayRef{scale, bias, mean, variance}, [](Value v) { return mlir::matchPattern(v, mlir::m_Constant()); });
  Type exact = known ? Type(mlir::Float64Type::get(wide.getContext())) : wide;
  auto parameter = [&](Value v) { return n.cast(v, exact); };
  Value a = n.div(parameter(scale), n.sqrt(n.add(parameter(variance), epsilon)));
  Value b = toWide(n.sub(parameter(bias), n.mul(parameter(mean), a)));
  a = toWide(a);
  Value y = n.add(n.mul(input, overChannels(n, a, n.rank(x))), overChannels(n, b, n.rank(x)));
  return n.yield(narrow(n, y, x));
}

// The channels in so many groups, and of each image each group normalised by itself. Spatial dimensions stay what they are, so that
// transposes pass.
static Value normaliseGroups(NodeContext &n, Value x, AffineExpr groups, double epsilon) {
  if (!x)
    return nullptr;
  Shape shape = n.dims(x), view = shape;
  if (shape[1] != groups) {
    AffineExpr each = divideExactly(shape[1], groups);
    view[1] = groups;
    view.insert(view.begin() + 2, each ? each : shape[1].floorDiv(groups));
  } else if (shape.size() == 2) {
    view.push_back(n.c(1));
  }
  Value grouped = n.reshape(x, view);
  Value y = grouped ? n.make<LayerNormOp>(grouped, Maybe{}, Maybe{}, static_cast<uint64_t>(2), llvm::APFloat(epsilon)) : Value();
  return n.reshape(y, shape);
}

static LogicalResult importInstanceNorm(NodeContext &n) {
  Value x = n.operand(0), scale = n.operand(1), bias = n.operand(2);
  double epsilon = n.real("epsilon", 1e-5);
  if (!x || !n.require(n.rank(x) >= 3, "the operand has fewer than 3 dimensions") || !channelVector(n, scale, x, "the scale") ||
      !channelVector(n, bias, x, "the bias"))
    return failure();
  Value rows = normaliseGroups(n, x, n.dims(x)[1], epsilon);
  return n.yield(n.add(n.mul(rows, overChannels(n, scale, n.rank(x))), overChannels(n, bias, n.rank(x))));
}

static LogicalResult importGroupNorm(NodeContext &n) {
  Value x = n.operand(0), scale = n.operand(1), bias = n.operand(2);
  double epsilon = n.real("epsilon", 1e-5);
  int64_t groups = n.integer("num_groups", 0);
  if (n.version() >= 21)
    (void)n.integer("stash_type", 1);
  if (!x || !n.require(n.rank(x) >= 2, "the operand has fewer than 2 dimensions"))
    return failure();
  auto channels = mlc::constantOf(n.dims(x)[1]);
  if (!n.require(groups > 0 && (!channels || *channels % groups == 0), "num_groups is " + Twine(groups)))
    return failure();
  Value rows = normaliseGroups(n, widen(n, x), n.c(groups), epsilon);
  auto parameter = [&](Value v) -> Value {
    if (!v)
      return nullptr;
    // Up to version 20 there is one value a group.
    if (n.version() < 21 && n.rank(v) == 1 && mlc::constantOf(n.dims(v)[0]) == groups && channels && *channels != groups)
      v = n.reshape(n.broadcastTo(n.unsqueeze(v, {1}), {n.c(groups), n.c(*channels / groups)}), {*channels});
    return channelVector(n, v, x, "a parameter") ? overChannels(n, rows ? n.cast(v, elementTypeOf(rows)) : Value(), n.rank(x)) : Value();
  };
  return n.yield(narrow(n, n.add(n.mul(rows, parameter(scale)), parameter(bias)), x));
}

static LogicalResult importLayerNorm(NodeContext &n) {
  Value x = n.operand(0), scale = n.operand(1), bias = n.optional(2);
  double epsilon = n.real("epsilon", 1e-5);
  int64_t given = n.integer("axis", -1);
  (void)n.integer("stash_type", 1);
  if (!x || !scale || !requireNumbers(n, x, /*integersToo=*/false))
    return failure();
  int64_t axis = n.axis(given, n.rank(x));
  if (axis < 0)
    return failure();
  Value wide = widen(n, x);
  auto parameter = [&](Value v) { return v ? n.cast(v, elementTypeOf(wide)) : Value(); };
  // Scale and bias are part of the operator where they have just the normalised dimensions.
  Shape shape = n.dims(x), tail(shape.begin() + axis, shape.end());
  bool plain = n.dims(scale) == tail && (!bias || n.dims(bias) == tail);
  Value y = n.make<LayerNormOp>(wide, Maybe{plain ? parameter(scale) : Value()}, Maybe{plain ? parameter(bias) : Value()},
                                static_cast<uint64_t>(axis), llvm::APFloat(epsilon));
  if (!plain) {
    y = n.mul(y, parameter(scale));
    if (bias)
      y = n.add(y, parameter(bias));
  }
  n.result(0, narrow(n, y, x));
  if (n.wants(1) || n.wants(2)) {
    auto [mean, variance] = moments(n, wide, range(axis, n.rank(x)));
    n.result(1, mean);
    n.result(2, n.unary<ReciprocalOp>(n.sqrt(n.add(variance, epsilon))));
  }
  return success();
}

static LogicalResult importRmsNorm(NodeContext &n) {
  Value x = n.operand(0), scale = n.operand(1);
  double epsilon = n.real("epsilon", 1e-5);
  int64_t given = n.integer("axis", -1);
  (void)n.integer("stash_type", 1);
  if (!x || !scale || !requireNumbers(n, x, /*integersToo=*/false))
    return failure();
  int64_t axis = n.axis(given, n.rank(x));
  if (axis < 0)
    return failure();
  Value wide = widen(n, x);
  Value root = n.sqrt(n.add(n.mean(n.mul(wide, wide), range(axis, n.rank(x)), true), epsilon));
  Value normal = narrow(n, n.div(wide, root), scale);
  return n.yield(n.mul(normal, scale));
}

static LogicalResult importMeanVarianceNorm(NodeContext &n) {
  Value x = n.operand(0);
  Axes given = n.integers("axes").value_or(SmallVector<int64_t>{0, 2, 3});
  if (!x)
    return failure();
  auto axes = n.axes(given, n.rank(x));
  if (!axes)
    return failure();
  // The standard's function: E[x²] - E[x]² and an ε of 1e-9 beside the deviation.
  Value mean = n.mean(x, *axes, true), squares = n.mean(n.mul(x, x), *axes, true);
  Value deviation = n.sqrt(n.sub(squares, n.mul(mean, mean)));
  return n.yield(n.div(n.sub(x, mean), n.add(deviation, 1e-9)));
}

static LogicalResult importLpNorm(NodeContext &n) {
  Value x = n.operand(0);
  int64_t p = n.integer("p", 2), given = n.integer("axis", -1);
  if (!x || !n.require(p == 1 || p == 2, "p is " + Twine(p) + ", expected 1 or 2"))
    return failure();
  int64_t axis = n.axis(given, n.rank(x));
  if (axis < 0)
    return failure();
  Value norm = p == 1 ? n.sum(n.abs(x), {axis}, true) : n.sqrt(n.sum(n.mul(x, x), {axis}, true));
  // A row of zeros stays one.
  Value zero = n.scalarLike(0.0, x);
  return n.yield(n.select(n.compare(Relation::eq, norm, 0.0), zero, n.div(x, norm)));
}

// y = x / (bias + alpha / size · sum of x² over neighbouring channels)^beta. The sum is an average over windows: with the
// channels as the spatial dimension, and everything behind them as the channels.
static LogicalResult importLrn(NodeContext &n) {
  Value x = n.operand(0);
  double alpha = n.real("alpha", 1e-4), beta = n.real("beta", 0.75), bias = n.real("bias", 1.0);
  int64_t size = n.integer("size", 0);
  if (!x || !n.require(n.rank(x) >= 3, "the operand has fewer than 3 dimensions") ||
      !n.require(size > 0 && size < 4096, "size is " + Twine(size)))
    return failure();
  Shape shape = n.dims(x);
  if (constantOf(shape[1]) == std::optional<int64_t>(0)) // no window fits, and there is nothing to normalise
    return n.yield(x);
  Value view = n.reshape(x, {shape[0], shape[1], product(ArrayRef<AffineExpr>(shape).drop_front(2), n.ctx())});
  Value squares = n.mul(view, view);
  SmallVector<int64_t> window{size}, one{1}, low{(size - 1) / 2}, high{size - 1 - (size - 1) / 2};
  Value average = n.make<PoolOp>(PoolKind::average, squares, window, one, one, low, high, /*count_include_pad=*/true,
                                 /*ceil_mode=*/false, static_cast<uint64_t>(2));
  Value base = n.add(n.mul(average, alpha), bias);
  return n.yield(n.reshape(n.div(view, n.pow(base, n.scalarLike(beta, base))), shape));
}

ArrayRef<RuleEntry> normRules() {
  static const RuleEntry table[] = {
      {"", "BatchNormalization", 6, kAnyVersion, importBatchNorm},
      {"", "GroupNormalization", 18, kAnyVersion, importGroupNorm},
      {"", "InstanceNormalization", 6, kAnyVersion, importInstanceNorm},
      {"", "LRN", 1, kAnyVersion, importLrn},
      {"", "LayerNormalization", 17, kAnyVersion, importLayerNorm},
      {"", "LpNormalization", 1, kAnyVersion, importLpNorm},
      {"", "MeanVarianceNormalization", 9, kAnyVersion, importMeanVarianceNorm},
      {"", "RMSNormalization", 23, kAnyVersion, importRmsNorm},
  };
  return table;
}

} // namespace mlc::onnx
