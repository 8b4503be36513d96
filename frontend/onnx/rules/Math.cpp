// Arithmetic on corresponding elements.
#include "Common.h"

namespace mlc::onnx {

template <typename Op>
static LogicalResult importReal(NodeContext &n) {
  Value x = n.operand(0);
  if (!requireNumbers(n, x, /*integersToo=*/false))
    return failure();
  return n.yield(n.unary<Op>(x));
}

template <typename Op>
static LogicalResult importNumber(NodeContext &n) {
  Value x = n.operand(0);
  if (!requireNumbers(n, x))
    return failure();
  return n.yield(n.unary<Op>(x));
}

// The second operand. Up to version 6, `axis` says at which dimension of the first one it begins.
static Value alignedOperand(NodeContext &n, Value a) {
  Value b = n.operand(1);
  if (n.version() >= 7 || !a || !b)
    return b;
  bool spread = n.flag("broadcast", false);
  auto axis = n.optionalInteger("axis");
  if (!spread || !axis)
    return b;
  int64_t from = n.axis(*axis, n.rank(a)), behind = n.rank(a) - from - n.rank(b);
  if (from < 0 || !n.require(behind >= 0, "operand 1 does not fit at axis " + Twine(*axis)))
    return nullptr;
  return n.unsqueeze(b, range(n.rank(b), n.rank(b) + behind));
}

template <typename Op>
static LogicalResult importBinary(NodeContext &n) {
  Value a = n.operand(0), b = alignedOperand(n, a);
  if (!requireNumbers(n, a) || !requireNumbers(n, b))
    return failure();
  return n.yield(n.binary<Op>(a, b));
}

static LogicalResult importPow(NodeContext &n) {
  Value a = n.operand(0), b = alignedOperand(n, a);
  if (!requireNumbers(n, a) || !requireNumbers(n, b))
    return failure();
  // Squares and roots are what powers are used for most.
  if (auto exponent = n.realConstants(b); exponent && exponent->size() == 1 && n.rank(b) == 0 && isReal(a)) {
    if ((*exponent)[0] == 2.0)
      return n.yield(n.mul(a, a));
    if ((*exponent)[0] == 1.0)
      return n.yield(a);
  }
  return n.yield(n.pow(a, b));
}

static LogicalResult importMod(NodeContext &n) {
  Value a = n.operand(0), b = n.operand(1);
  bool fmod = n.flag("fmod", false);
  if (!requireNumbers(n, a) || !requireNumbers(n, b))
    return failure();
  return n.yield(n.mod(a, b, fmod));
}

template <typename Op>
static Value joined(NodeContext &n) {
  Value result;
  for (Value v : n.allOperands()) {
    if (!requireNumbers(n, v))
      return nullptr;
    result = result ? n.binary<Op>(result, v) : v;
  }
  return result;
}

template <typename Op>
static LogicalResult importVariadic(NodeContext &n) {
  if (!n.require(n.operandCount() > 0, "it has no operands"))
    return failure();
  return n.yield(joined<Op>(n));
}

static LogicalResult importMean(NodeContext &n) {
  if (!n.require(n.operandCount() > 0, "it has no operands"))
    return failure();
  return n.yield(n.div(joined<AddOp>(n), static_cast<double>(n.operandCount())));
}

static LogicalResult importClip(NodeContext &n) {
  Value x = n.operand(0), low, high;
  if (!requireNumbers(n, x))
    return failure();
  if (n.version() < 11) {
    if (auto v = n.optionalReal("min"))
      low = n.scalarLike(*v, x);
    if (auto v = n.optionalReal("max"))
      high = n.scalarLike(*v, x);
  } else {
    low = n.optional(1);
    high = n.optional(2);
    for (Value bound : {low, high})
      if (bound && !n.require(constantsOf(n.dims(bound)) && tensorTypeOf(bound).getNumElements() == 1, "a bound is no scalar"))
        return failure();
  }
  if (low)
    x = n.maximum(x, n.reshape(low, Shape()));
  if (high)
    x = n.minimum(x, n.reshape(high, Shape()));
  return n.yield(x);
}

static LogicalResult importCast(NodeContext &n) {
  Value x = n.operand(0);
  Type to = n.elementType("to", std::nullopt);
  bool saturate = n.flag("saturate", true);
  // The kernel's numbers: 0 up, 1 down, 2 nearest.
  int64_t mode = n.choice("round_mode", "up", {"up", "down", "nearest"});
  return n.yield(n.cast(x, to, saturate, mode));
}

static LogicalResult importCastLike(NodeContext &n) {
  Value x = n.operand(0), like = n.operand(1);
  bool saturate = n.flag("saturate", true);
  int64_t mode = n.choice("round_mode", "up", {"up", "down", "nearest"});
  return n.yield(like ? n.cast(x, elementTypeOf(like), saturate, mode) : Value());
}

static LogicalResult importBitCast(NodeContext &n) {
  Value x = n.operand(0);
  Type to = n.elementType("to", std::nullopt);
  if (!x || !to)
    return failure();
  auto bits = [](Type t) { return isBool(t) ? 8 : t.getIntOrFloatBitWidth(); };
  if (!n.require(bits(elementTypeOf(x)) == bits(to), "the element types differ in width"))
    return failure();
  return n.yield(elementTypeOf(x) == to ? x : n.make<BitcastOp>(x, to));
}

static LogicalResult importIdentity(NodeContext &n) { return n.yield(n.operand(0)); }

ArrayRef<RuleEntry> mathRules() {
  static const RuleEntry table[] = {
      {"", "Abs", 1, kAnyVersion, importNumber<AbsOp>},
      {"", "Acos", 1, kAnyVersion, importReal<AcosOp>},
      {"", "Acosh", 1, kAnyVersion, importReal<AcoshOp>},
      {"", "Add", 6, kAnyVersion, importBinary<AddOp>},
      {"", "Asin", 1, kAnyVersion, importReal<AsinOp>},
      {"", "Asinh", 1, kAnyVersion, importReal<AsinhOp>},
      {"", "Atan", 1, kAnyVersion, importReal<AtanOp>},
      {"", "Atanh", 1, kAnyVersion, importReal<AtanhOp>},
      {"", "BitCast", 26, kAnyVersion, importBitCast},
      {"", "Cast", 6, kAnyVersion, importCast},
      {"", "CastLike", 15, kAnyVersion, importCastLike},
      {"", "Ceil", 1, kAnyVersion, importReal<CeilOp>},
      {"", "Clip", 6, kAnyVersion, importClip},
      {"", "Cos", 1, kAnyVersion, importReal<CosOp>},
      {"", "Cosh", 1, kAnyVersion, importReal<CoshOp>},
      {"", "Div", 6, kAnyVersion, importBinary<DivOp>},
      {"", "Erf", 9, kAnyVersion, importNumber<ErfOp>},
      {"", "Exp", 1, kAnyVersion, importReal<ExpOp>},
      {"", "Floor", 1, kAnyVersion, importReal<FloorOp>},
      {"", "Identity", 1, kAnyVersion, importIdentity},
      {"", "Log", 1, kAnyVersion, importReal<LogOp>},
      {"", "Max", 6, kAnyVersion, importVariadic<MaxOp>},
      {"", "Mean", 6, kAnyVersion, importMean},
      {"", "Min", 6, kAnyVersion, importVariadic<MinOp>},
      {"", "Mod", 10, kAnyVersion, importMod},
      {"", "Mul", 6, kAnyVersion, importBinary<MulOp>},
      {"", "Neg", 1, kAnyVersion, importNumber<NegOp>},
      {"", "Pow", 6, kAnyVersion, importPow},
      {"", "Reciprocal", 1, kAnyVersion, importReal<ReciprocalOp>},
      {"", "Relu", 1, kAnyVersion, importNumber<ReluOp>},
      {"", "Round", 11, kAnyVersion, importReal<RoundOp>},
      {"", "Sigmoid", 1, kAnyVersion, importReal<SigmoidOp>},
      {"", "Sign", 9, kAnyVersion, importNumber<SignOp>},
      {"", "Sin", 7, kAnyVersion, importReal<SinOp>},
      {"", "Sinh", 9, kAnyVersion, importReal<SinhOp>},
      {"", "Sqrt", 1, kAnyVersion, importReal<SqrtOp>},
      {"", "Sub", 6, kAnyVersion, importBinary<SubOp>},
      {"", "Sum", 6, kAnyVersion, importVariadic<AddOp>},
      {"", "Tan", 7, kAnyVersion, importReal<TanOp>},
      {"", "Tanh", 1, kAnyVersion, importReal<TanhOp>},
  };
  return table;
}

} // namespace mlc::onnx
