// Quantization, as arithmetic: integers are exact, what is scaled is computed in f32.
#include "Conv.h"

#include "mlir/IR/Matchers.h"

namespace mlc::onnx {

static Type i32(NodeContext &n) { return n.builder.getI32Type(); }

// Lowest and highest value of an integer type.
static std::pair<double, double> limits(Type t) {
  int bits = t.getIntOrFloatBitWidth();
  return isUnsigned(t) ? std::pair(0.0, std::ldexp(1.0, bits) - 1) : std::pair(-std::ldexp(1.0, bits - 1), std::ldexp(1.0, bits - 1) - 1);
}

// Scale or zero point with a dimension for each of x's: one value, one along an axis, or one a block.
static Value spreadParameter(NodeContext &n, Value p, Value x, int64_t givenAxis, int64_t block) {
  if (!p || !x)
    return nullptr;
  int64_t rank = n.rank(x);
  if (block > 0) {
    int64_t axis = n.axis(givenAxis, rank);
    if (axis < 0 || !n.require(n.rank(p) == rank, "a blocked parameter has " + Twine(n.rank(p)) + " dimensions, expected " + Twine(rank)))
      return nullptr;
    Shape shape = n.dims(p), spread = shape, joined = shape, cut = n.dims(x);
    spread.insert(spread.begin() + axis + 1, n.c(block));
    joined[axis] = shape[axis] * block;
    Value repeated = n.reshape(n.broadcastTo(n.unsqueeze(p, {axis + 1}), spread), joined);
    return n.sliceAxis(repeated, axis, n.c(0), cut[axis]);
  }
  if (n.rank(p) == 0)
    return p;
  if (!n.require(n.rank(p) == 1, "scale or zero point has " + Twine(n.rank(p)) + " dimensions"))
    return nullptr;
  if (mlc::constantOf(n.dims(p)[0]) == 1)
    return n.reshape(p, Shape());
  int64_t axis = n.axis(givenAxis, rank);
  if (axis < 0)
    return nullptr;
  auto have = mlc::constantOf(n.dims(p)[0]), want = mlc::constantOf(n.dims(x)[axis]);
  if (!n.require(!have || !want || *have == *want, "scale or zero point has " + Twine(have.value_or(0)) + " elements, dimension " +
                                                       Twine(axis) + " has " + Twine(want.value_or(0))))
    return nullptr;
  return n.alongAxis(p, axis, rank);
}

static bool isZero(NodeContext &n, Value v) {
  auto values = n.constants(v);
  return values && llvm::all_of(*values, [](int64_t e) { return e == 0; });
}

// clamp(round(x) + zero) in an integer type, from f32.
static Value toInteger(NodeContext &n, Value x, Value zero, Type type) {
  Value y = n.round(x);
  if (zero && !isZero(n, zero))
    y = n.add(y, n.cast(zero, elementTypeOf(y)));
  auto [low, high] = limits(type);
  return n.cast(n.clamp(y, low, high), type);
}

static LogicalResult importQuantize(NodeContext &n) {
  Value x = n.operand(0), scale = n.operand(1), zero = n.optional(2);
  int64_t axis = n.integer("axis", 1), block = n.integer("block_size", 0);
  bool saturate = n.flag("saturate", true);
  (void)n.integer("precision", 0);
  bool named = n.hasAttribute("output_dtype") && n.integer("output_dtype", 0) != 0;
  Type type = zero ? elementTypeOf(zero) : named ? n.elementType("output_dtype", std::nullopt) : n.ui8();
  if (!x || !scale || !type || !requireNumbers(n, x) || !requireNumbers(n, scale, /*integersToo=*/false))
    return failure();
  Value wideScale = spreadParameter(n, n.cast(scale, n.f32()), x, axis, block);
  Value scaled = n.div(n.cast(x, n.f32()), wideScale);
  if (isReal(type))
    return n.yield(n.cast(scaled, type, saturate));
  return n.yield(toInteger(n, scaled, zero ? spreadParameter(n, zero, x, axis, block) : Value(), type));
}

static LogicalResult importDequantize(NodeContext &n) {
  Value x = n.operand(0), scale = n.operand(1), zero = n.optional(2);
  int64_t axis = n.integer("axis", 1), block = n.integer("block_size", 0);
  bool named = n.hasAttribute("output_dtype") && n.integer("output_dtype", 0) != 0;
  if (!x || !scale || !requireNumbers(n, x) || !requireNumbers(n, scale, /*integersToo=*/false))
    return failure();
  Type type = named ? n.elementType("output_dtype", std::nullopt) : elementTypeOf(scale);
  Value wideScale = spreadParameter(n, n.cast(scale, n.f32()), x, axis, block);
  Value offset = zero && !isReal(zero) && !isZero(n, zero) ? spreadParameter(n, zero, x, axis, block) : Value();
  // Quantized weights stay what they are; the passes decide what becomes of them.
  n.folds = !mlir::matchPattern(x, mlir::m_Constant()) || !tensorTypeOf(x).hasStaticShape() || tensorTypeOf(x).getNumElements() < 64;
  Value y;
  if (offset && elementTypeOf(x).getIntOrFloatBitWidth() > 16)
    y = n.cast(n.sub(x, offset), n.f32());
  else
    y = offset ? n.sub(n.cast(x, n.f32()), n.cast(offset, n.f32())) : n.cast(x, n.f32());
  Value result = n.cast(n.mul(y, wideScale), type);
  n.folds = true;
  return n.yield(result);
}

static LogicalResult importDynamicQuantize(NodeContext &n) {
  Value x = n.operand(0);
  if (!requireNumbers(n, x, /*integersToo=*/false))
    return failure();
  Axes all = range(0, n.rank(x));
  Value zero = n.scalarLike(0.0, x);
  Value high = n.maximum(n.reduce(ReduceKind::max, x, all, false), zero), low = n.minimum(n.reduce(ReduceKind::min, x, all, false), zero);
  Value scale = n.div(n.sub(high, low), 255.0);
  Value offset = n.cast(n.clamp(n.round(n.div(n.neg(low), scale)), 0.0, 255.0), n.ui8());
  n.result(0, toInteger(n, n.div(x, scale), offset, n.ui8()));
  n.result(1, scale);
  n.result(2, offset);
  return success();
}

// x - zero point, in i32. A zero point with one value a row or column stands along `axis`.
static Value centred(NodeContext &n, Value x, Value zero, int64_t axis) {
  if (!x || !requireInteger(n, x))
    return nullptr;
  Value wide = n.cast(x, i32(n));
  if (!zero || isZero(n, zero))
    return wide;
  Value offset = n.cast(zero, i32(n));
  if (n.rank(offset) == 1)
    offset = mlc::constantOf(n.dims(offset)[0]) == 1 ? n.reshape(offset, Shape()) : n.alongAxis(offset, axis, n.rank(x));
  return n.sub(wide, offset);
}

static LogicalResult importMatMulInteger(NodeContext &n) {
  Value a = n.operand(0), b = n.operand(1), zeroA = n.optional(2), zeroB = n.optional(3);
  if (!a || !b || !n.require(n.rank(a) >= 2 && n.rank(b) >= 2, "an operand has fewer than 2 dimensions"))
    return failure();
  return n.yield(n.matmul(centred(n, a, zeroA, n.rank(a) - 2), centred(n, b, zeroB, n.rank(b) - 1)));
}

// One scale, one a row (`axis` = rank - 2) or one a column.
static Value productScale(NodeContext &n, Value scale, int64_t axis, int64_t rank) {
  if (!scale)
    return nullptr;
  Value wide = n.cast(scale, n.f32());
  if (n.rank(wide) != 1)
    return wide;
  return mlc::constantOf(n.dims(wide)[0]) == 1 ? n.reshape(wide, Shape()) : n.alongAxis(wide, axis, rank);
}

static LogicalResult importQLinearMatMul(NodeContext &n) {
  Value a = n.operand(0), scaleA = n.operand(1), zeroA = n.operand(2), b = n.operand(3), scaleB = n.operand(4), zeroB = n.operand(5);
  Value scaleY = n.operand(6), zeroY = n.operand(7);
  if (!a || !b || !zeroY || !n.require(n.rank(a) >= 2 && n.rank(b) >= 2, "an operand has fewer than 2 dimensions"))
    return failure();
  Value product = n.matmul(centred(n, a, zeroA, n.rank(a) - 2), centred(n, b, zeroB, n.rank(b) - 1));
  if (!product)
    return failure();
  int64_t rank = n.rank(product);
  Value scale = n.div(n.mul(productScale(n, scaleA, rank - 2, rank), productScale(n, scaleB, rank - 1, rank)),
                      productScale(n, scaleY, rank - 1, rank));
  Value zero = n.rank(zeroY) == 1 ? productScale(n, zeroY, rank - 1, rank) : zeroY;
  return n.yield(toInteger(n, n.mul(n.cast(product, n.f32()), scale), zero, elementTypeOf(zeroY)));
}

static LogicalResult importConvInteger(NodeContext &n) {
  Value x = n.operand(0), w = n.operand(1), zeroX = n.optional(2), zeroW = n.optional(3);
  Value y = convolution(n, centred(n, x, zeroX, 1), centred(n, w, zeroW, 0));
  return n.yield(y ? channelsFirst(n, y) : Value());
}

static LogicalResult importQLinearConv(NodeContext &n) {
  Value x = n.operand(0), scaleX = n.operand(1), zeroX = n.operand(2), w = n.operand(3), scaleW = n.operand(4), zeroW = n.operand(5);
  Value scaleY = n.operand(6), zeroY = n.operand(7), bias = n.optional(8);
  if (!zeroY)
    return failure();
  Value y = convolution(n, centred(n, x, zeroX, 1), centred(n, w, zeroW, 0));
  if (!y)
    return failure();
  if (bias)
    y = n.add(y, n.cast(bias, i32(n)));
  // Channels are the last dimension here.
  int64_t last = n.rank(y) - 1;
  Value scale = n.div(n.mul(productScale(n, scaleX, last, n.rank(y)), productScale(n, scaleW, last, n.rank(y))),
                      productScale(n, scaleY, last, n.rank(y)));
  Value quantized = toInteger(n, n.mul(n.cast(y, n.f32()), scale), n.reshape(zeroY, Shape()), elementTypeOf(zeroY));
  return n.yield(quantized ? channelsFirst(n, quantized) : Value());
}

ArrayRef<RuleEntry> quantRules() {
  static const RuleEntry table[] = {
      {"", "ConvInteger", 10, kAnyVersion, importConvInteger},
      {"", "DequantizeLinear", 10, kAnyVersion, importDequantize},
      {"", "DynamicQuantizeLinear", 11, kAnyVersion, importDynamicQuantize},
      {"", "MatMulInteger", 10, kAnyVersion, importMatMulInteger},
      {"", "QLinearConv", 10, kAnyVersion, importQLinearConv},
      {"", "QLinearMatMul", 10, kAnyVersion, importQLinearMatMul},
      {"", "QuantizeLinear", 10, kAnyVersion, importQuantize},
  };
  return table;
}

} // namespace mlc::onnx
