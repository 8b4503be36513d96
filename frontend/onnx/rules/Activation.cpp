// Activations, each spelt out in arithmetic.
#include "Common.h"

namespace mlc::onnx {

static Value one(NodeContext &n, Value x) { return n.scalarLike(1.0, x); }
static Value zero(NodeContext &n, Value x) { return n.scalarLike(0.0, x); }
static Value positive(NodeContext &n, Value x) { return n.compare(Relation::gt, x, 0.0); }

// log(1 + e^x) without overflow.
static Value softplus(NodeContext &n, Value x) {
  Value tail = n.log(n.add(n.exp(n.neg(n.abs(x))), 1.0));
  return n.add(n.maximum(x, zero(n, x)), tail);
}

static Value realOperand(NodeContext &n, size_t i = 0) {
  Value x = n.operand(i);
  return requireNumbers(n, x, /*integersToo=*/false) ? x : Value();
}

static LogicalResult importElu(NodeContext &n) {
  double alpha = n.real("alpha", 1.0);
  Value x = realOperand(n);
  return n.yield(n.select(positive(n, x), x, n.mul(n.sub(n.exp(x), 1.0), alpha)));
}

static LogicalResult importSelu(NodeContext &n) {
  double alpha = n.real("alpha", 1.67326319217681884765625), gamma = n.real("gamma", 1.05070102214813232421875);
  Value x = realOperand(n);
  Value low = n.mul(n.sub(n.exp(x), 1.0), alpha);
  return n.yield(n.mul(n.select(positive(n, x), x, low), gamma));
}

static LogicalResult importCelu(NodeContext &n) {
  double alpha = n.real("alpha", 1.0);
  if (!n.require(alpha != 0.0, "alpha is 0"))
    return failure();
  Value x = realOperand(n);
  Value low = n.mul(n.sub(n.exp(n.div(x, alpha)), 1.0), alpha);
  return n.yield(n.add(n.maximum(x, zero(n, x)), n.minimum(low, zero(n, x))));
}

static LogicalResult importLeakyRelu(NodeContext &n) {
  double alpha = n.real("alpha", 0.01);
  Value x = realOperand(n);
  return n.yield(n.select(n.compare(Relation::lt, x, 0.0), n.mul(x, alpha), x));
}

static LogicalResult importPRelu(NodeContext &n) {
  Value x = n.operand(0), slope = n.operand(1);
  if (!requireNumbers(n, x) || !requireNumbers(n, slope))
    return failure();
  // Up to version 6 there is one slope, or one a channel.
  if (n.version() < 7 && n.rank(slope) == 1 && n.rank(x) > 2)
    slope = mlc::constantOf(n.dims(slope)[0]) == 1 ? n.reshape(slope, Shape()) : n.alongAxis(slope, 1, n.rank(x));
  return n.yield(n.select(n.compare(Relation::lt, x, 0.0), n.mul(x, slope), x));
}

static LogicalResult importThresholdedRelu(NodeContext &n) {
  double alpha = n.real("alpha", 1.0);
  Value x = realOperand(n);
  return n.yield(n.select(n.compare(Relation::gt, x, alpha), x, zero(n, x)));
}

static LogicalResult importHardSigmoid(NodeContext &n) {
  double alpha = n.real("alpha", 0.2), beta = n.real("beta", 0.5);
  return n.yield(n.clamp(n.add(n.mul(realOperand(n), alpha), beta), 0.0, 1.0));
}

// The standard's own definitions hold their constants in f32, whatever x's type is.
static double single(double v) { return static_cast<float>(v); }

static LogicalResult importHardSwish(NodeContext &n) {
  Value x = realOperand(n);
  return n.yield(n.mul(x, n.clamp(n.add(n.mul(x, single(1.0 / 6.0)), 0.5), 0.0, 1.0)));
}

static LogicalResult importSoftplus(NodeContext &n) { return n.yield(softplus(n, realOperand(n))); }

static LogicalResult importSoftsign(NodeContext &n) {
  Value x = realOperand(n);
  return n.yield(n.div(x, n.add(n.abs(x), 1.0)));
}

static LogicalResult importMish(NodeContext &n) {
  Value x = realOperand(n);
  return n.yield(n.mul(x, n.tanh(softplus(n, x))));
}

static LogicalResult importGelu(NodeContext &n) {
  bool byTanh = n.choice("approximate", "none", {"none", "tanh"}) == 1;
  Value x = realOperand(n);
  Value inner;
  if (byTanh) {
    Value cube = n.mul(n.mul(x, x), x);
    inner = n.tanh(n.mul(n.add(x, n.mul(cube, single(0.044715))), std::sqrt(single(2.0 / M_PI))));
  } else {
    inner = n.unary<ErfOp>(n.mul(x, std::sqrt(0.5)));
  }
  return n.yield(n.mul(n.mul(x, 0.5), n.add(inner, 1.0)));
}

static Value swish(NodeContext &n, Value x, double alpha) {
  return n.mul(x, n.sigmoid(alpha == 1.0 ? x : n.mul(x, alpha)));
}

static LogicalResult importSwish(NodeContext &n) {
  double alpha = n.real("alpha", 1.0);
  return n.yield(swish(n, realOperand(n), alpha));
}

static LogicalResult importSwiGlu(NodeContext &n) {
  double alpha = n.real("alpha", 1.0);
  return n.yield(n.mul(swish(n, realOperand(n, 0), alpha), realOperand(n, 1)));
}

static LogicalResult importShrink(NodeContext &n) {
  double lambda = n.real("lambd", 0.5), bias = n.real("bias", 0.0);
  Value x = n.operand(0);
  if (!requireNumbers(n, x))
    return failure();
  // Comparisons with a limit that an integer type cannot hold would wrap.
  Value wide = isReal(x) ? x : n.cast(x, n.f32());
  Value high = n.select(n.compare(Relation::gt, wide, lambda), n.sub(wide, bias), zero(n, wide));
  return n.yield(narrow(n, n.select(n.compare(Relation::lt, wide, -lambda), n.add(wide, bias), high), x));
}

// 1 at the first largest element along the axis, 0 elsewhere. Before version 13 all axes from the given one on count as one.
static LogicalResult importHardmax(NodeContext &n) {
  Value x = realOperand(n);
  if (!x)
    return failure();
  int64_t axis = n.axis(n.integer("axis", n.version() >= 13 ? -1 : 1), n.rank(x), n.version() < 13);
  if (axis < 0)
    return failure();
  Shape shape = n.dims(x);
  Value rows = x;
  if (n.version() < 13) {
    ArrayRef<AffineExpr> all(shape);
    rows = n.reshape(x, {product(all.take_front(axis), n.ctx()), product(all.drop_front(axis), n.ctx())});
    axis = 1;
  }
  Value first = n.argReduce(ReduceKind::max, rows, axis, /*keepdims=*/true);
  Value hit = n.compare(Relation::eq, n.iota(n.dims(rows), n.i64(), axis), first);
  return n.yield(n.reshape(n.select(hit, one(n, x), zero(n, x)), shape));
}

template <bool log>
static LogicalResult importSoftmax(NodeContext &n) {
  Value x = realOperand(n);
  if (!x)
    return failure();
  int64_t axis = n.axis(n.integer("axis", n.version() >= 13 ? -1 : 1), n.rank(x), n.version() < 13);
  if (axis < 0)
    return failure();
  if (n.version() >= 13 || axis == n.rank(x) - 1)
    return n.yield(n.softmax(x, axis, log));
  Shape shape = n.dims(x);
  ArrayRef<AffineExpr> all(shape);
  Value rows = n.reshape(x, {product(all.take_front(axis), n.ctx()), product(all.drop_front(axis), n.ctx())});
  return n.yield(n.reshape(n.softmax(rows, 1, log), shape));
}

ArrayRef<RuleEntry> activationRules() {
  static const RuleEntry table[] = {
      {"", "Celu", 12, kAnyVersion, importCelu},
      {"", "Elu", 6, kAnyVersion, importElu},
      {"", "Gelu", 20, kAnyVersion, importGelu},
      {"", "HardSigmoid", 6, kAnyVersion, importHardSigmoid},
      {"", "HardSwish", 14, kAnyVersion, importHardSwish},
      {"", "Hardmax", 1, kAnyVersion, importHardmax},
      {"", "LeakyRelu", 6, kAnyVersion, importLeakyRelu},
      {"", "LogSoftmax", 1, kAnyVersion, importSoftmax<true>},
      {"", "Mish", 18, kAnyVersion, importMish},
      {"", "PRelu", 6, kAnyVersion, importPRelu},
      {"", "Selu", 6, kAnyVersion, importSelu},
      {"", "Shrink", 9, kAnyVersion, importShrink},
      {"", "Softmax", 1, kAnyVersion, importSoftmax<false>},
      {"", "Softplus", 1, kAnyVersion, importSoftplus},
      {"", "Softsign", 1, kAnyVersion, importSoftsign},
      {"", "SwiGLU", 28, kAnyVersion, importSwiGlu},
      {"", "Swish", 24, kAnyVersion, importSwish},
      {"", "ThresholdedRelu", 10, kAnyVersion, importThresholdedRelu},
  };
  return table;
}

} // namespace mlc::onnx
