// Operators that put elements elsewhere: transposes, joints, splits, padding.
#include "Common.h"

namespace mlc::onnx {

static LogicalResult importTranspose(NodeContext &n) {
  Value x = n.operand(0);
  if (!x)
    return failure();
  Axes reversed;
  for (int64_t i = n.rank(x) - 1; i >= 0; --i)
    reversed.push_back(i);
  Axes perm = n.integers("perm").value_or(reversed);
  if (!n.require(static_cast<int64_t>(perm.size()) == n.rank(x),
                 "perm has " + Twine(perm.size()) + " entries for " + Twine(n.rank(x)) + " dimensions"))
    return failure();
  for (int64_t &p : perm)
    if ((p = n.axis(p, n.rank(x))) < 0)
      return failure();
  return n.axes(perm, n.rank(x)) ? n.yield(n.transpose(x, perm)) : failure();
}

static LogicalResult importConcat(NodeContext &n) {
  auto given = n.optionalInteger("axis");
  if (!n.require(given.has_value(), "attribute 'axis' is missing") || !n.require(n.operandCount() > 0, "it has no operands"))
    return failure();
  SmallVector<Value> parts = n.allOperands();
  int64_t axis = n.axis(*given, n.rank(parts[0]));
  return axis < 0 ? failure() : n.yield(n.concat(parts, axis));
}

static LogicalResult importSplit(NodeContext &n) {
  Value x = n.operand(0);
  if (!x)
    return failure();
  int64_t axis = n.axis(n.integer("axis", 0), n.rank(x));
  std::optional<int64_t> parts = n.version() >= 18 ? n.optionalInteger("num_outputs") : std::nullopt;
  SmallVector<Number> sizes;
  if (axis < 0)
    return failure();
  AffineExpr extent = n.dims(x)[axis];
  int64_t count = n.resultCount();
  if (n.version() < 13) {
    if (auto given = n.integers("split"))
      for (int64_t v : *given)
        sizes.push_back(n.number(v));
  } else if (Value given = n.optional(1)) {
    auto all = n.elements(given);
    if (!all)
      return n.unsupported("the number of parts is known only while the model runs");
    sizes = *all;
  }
  if (sizes.empty()) {
    if (!n.require(!parts || *parts == count, "num_outputs is not the number of results"))
      return failure();
    auto known = mlc::constantOf(extent);
    if (!n.require(!known || n.version() >= 18 || *known % count == 0, "a dimension of " + Twine(known.value_or(0)) +
                                                                           " cannot be split into " + Twine(count) + " equal parts"))
      return failure();
    // The last part is what is left; before version 18 there were equal parts only.
    AffineExpr part = n.version() < 18 ? divideExactly(extent, n.c(count)) : nullptr;
    if (!part)
      part = extent.ceilDiv(count);
    for (int64_t i = 0; i + 1 < count; ++i)
      sizes.push_back(n.number(part));
    sizes.push_back(n.number(extent - part * (count - 1)));
  }
  if (!n.require(static_cast<int64_t>(sizes.size()) == count,
                 "it has " + Twine(sizes.size()) + " sizes for " + Twine(count) + " results"))
    return failure();
  AffineExpr start = n.c(0), sum = n.c(0);
  SmallVector<AffineExpr> bound;
  for (Number size : sizes) {
    bound.push_back(n.bind(size));
    if (!bound.back())
      return failure();
    sum = sum + bound.back();
    if (!n.require(mlc::constantOf(bound.back()).value_or(0) >= 0, "a part has a negative size"))
      return failure();
  }
  auto all = mlc::constantOf(sum), known = mlc::constantOf(extent);
  if (!n.require(!all || !known || *all == *known,
                 "the parts make " + Twine(all.value_or(0)) + ", the dimension is " + Twine(known.value_or(0))))
    return failure();
  n.symbols().constrain(sum, extent);
  for (int64_t i = 0; i < count; ++i) {
    n.result(i, n.sliceAxis(x, axis, start, bound[i]));
    start = start + bound[i];
  }
  return success();
}

static LogicalResult importDepthToSpace(NodeContext &n) {
  Value x = n.operand(0);
  int64_t b = n.integer("blocksize", 0);
  bool rowsFirst = n.choice("mode", "DCR", {"DCR", "CRD"}) == 1;
  if (!n.requireRank(x, 4, "the operand") || !n.require(b > 0 && b < 1 << 20, "blocksize is " + Twine(b)))
    return failure();
  Shape s = n.dims(x);
  auto channels = mlc::constantOf(s[1]);
  if (!n.require(!channels || *channels % (b * b) == 0, Twine(channels.value_or(0)) + " channels are no multiple of blocksize²"))
    return failure();
  AffineExpr depth = s[1].floorDiv(b * b), size = n.c(b);
  Value view = rowsFirst ? n.reshape(x, {s[0], depth, size, size, s[2], s[3]}) : n.reshape(x, {s[0], size, size, depth, s[2], s[3]});
  Value moved = n.transpose(view, rowsFirst ? Axes{0, 1, 4, 2, 5, 3} : Axes{0, 3, 4, 1, 5, 2});
  return n.yield(n.reshape(moved, {s[0], depth, s[2] * b, s[3] * b}));
}

static LogicalResult importSpaceToDepth(NodeContext &n) {
  Value x = n.operand(0);
  int64_t b = n.integer("blocksize", 0);
  bool rowsFirst = n.choice("mode", "DCR", {"DCR", "CRD"}) == 1;
  if (!n.requireRank(x, 4, "the operand") || !n.require(b > 0 && b < 1 << 20, "blocksize is " + Twine(b)))
    return failure();
  Shape s = n.dims(x);
  for (int64_t d : {2, 3})
    if (auto size = mlc::constantOf(s[d]); !n.require(!size || *size % b == 0, Twine(size.value_or(0)) + " is no multiple of blocksize"))
      return failure();
  AffineExpr h = s[2].floorDiv(b), w = s[3].floorDiv(b), size = n.c(b);
  Value view = n.reshape(x, {s[0], s[1], h, size, w, size});
  Value moved = n.transpose(view, rowsFirst ? Axes{0, 1, 3, 5, 2, 4} : Axes{0, 3, 5, 1, 2, 4});
  return n.yield(n.reshape(moved, {s[0], s[1] * (b * b), h, w}));
}

static LogicalResult importPad(NodeContext &n) {
  Value x = n.operand(0), value;
  static constexpr PadMode modes[] = {PadMode::constant, PadMode::reflect, PadMode::edge, PadMode::wrap};
  PadMode mode = modes[n.choice("mode", "constant", {"constant", "reflect", "edge", "wrap"})];
  if (!x || n.failed())
    return failure();
  int64_t rank = n.rank(x);
  std::optional<SmallVector<Number>> amounts;
  std::optional<SmallVector<Number>> named;
  if (n.version() < 11) {
    amounts.emplace();
    for (int64_t v : n.integers("pads").value_or(SmallVector<int64_t>()))
      amounts->push_back(n.number(v));
    if (double v = n.real("value", 0.0); v != 0.0)
      value = n.scalarLike(v, x);
  } else {
    Value given = n.operand(1);
    amounts = n.elements(given);
    value = n.optional(2);
    if (given && !amounts)
      return n.unsupported("the number of pads is known only while the model runs");
    if (value) {
      if (!n.require(tensorTypeOf(value).hasStaticShape() && tensorTypeOf(value).getNumElements() == 1, "its value is no scalar"))
        return failure();
      value = n.reshape(value, Shape());
    }
    if (Value axes = n.optional(3)) {
      named = n.elements(axes);
      if (!named)
        return n.unsupported("the number of axes is known only while the model runs");
    }
  }
  if (!amounts)
    return failure();
  int64_t count = named ? named->size() : rank;
  if (!n.require(static_cast<int64_t>(amounts->size()) == 2 * count,
                 "it has " + Twine(amounts->size()) + " pads, expected two for each of " + Twine(count) + " dimensions"))
    return failure();
  SmallVector<Number> low(rank, n.number(int64_t{0})), high(rank, n.number(int64_t{0}));
  for (int64_t i = 0; i < count; ++i) {
    Number before = (*amounts)[i], behind = (*amounts)[count + i];
    if (!named) {
      low[i] = before;
      high[i] = behind;
    } else if (auto constant = n.constantOf((*named)[i])) {
      int64_t axis = n.axis(*constant, rank);
      if (axis < 0)
        return failure();
      low[axis] = before;
      high[axis] = behind;
    } else {
      // Which axis it is comes at run time: each takes the amounts where it is the one.
      Value axis = n.valueOf(n.ifNegative((*named)[i], n.plus((*named)[i], n.number(rank)), (*named)[i]));
      for (int64_t d = 0; d < rank; ++d) {
        Value hit = n.compare(Relation::eq, axis, static_cast<double>(d));
        low[d] = n.fromValue(n.select(hit, n.valueOf(before), n.valueOf(low[d])));
        high[d] = n.fromValue(n.select(hit, n.valueOf(behind), n.valueOf(high[d])));
      }
    }
  }
  constexpr int64_t kLowest = -(int64_t{1} << 40);
  Shape lows, highs, shape = n.dims(x);
  for (int64_t d = 0; d < rank; ++d) {
    lows.push_back(n.bind(low[d], kLowest, "pad"));
    highs.push_back(n.bind(high[d], kLowest, "pad"));
    if (!lows.back() || !highs.back())
      return failure();
    if (auto size = mlc::constantOf(shape[d] + lows[d] + highs[d]);
        !n.require(!size || *size >= 0, "it leaves dimension " + Twine(d) + " with " + Twine(size.value_or(0)) + " elements"))
      return failure();
    if (auto size = mlc::constantOf(shape[d]); mode != PadMode::constant && size == 0 && (lows[d] != n.c(0) || highs[d] != n.c(0)))
      return n.error("there is nothing to repeat in dimension " + Twine(d));
  }
  return n.yield(n.pad(x, lows, highs, mode == PadMode::constant ? value : Value(), mode));
}

// Crops or pads around the middle; of an odd difference the larger half is behind (crop) or behind (pad).
static LogicalResult importCenterCropPad(NodeContext &n) {
  Value x = n.operand(0), target = n.operand(1);
  if (!x || !target)
    return failure();
  Axes given = n.integers("axes").value_or(range(0, n.rank(x)));
  for (int64_t &a : given)
    if ((a = n.axis(a, n.rank(x))) < 0)
      return failure();
  auto sizes = n.elements(target);
  if (!n.axes(given, n.rank(x)) || !n.require(sizes && sizes->size() == given.size(), "it needs one size an axis"))
    return failure();
  Shape shape = n.dims(x), low(shape.size(), n.c(0)), high = low;
  constexpr int64_t kLowest = -(int64_t{1} << 40);
  for (auto [axis, size] : llvm::zip(given, *sizes)) {
    // before = floor(difference / 2) where it pads; where it crops, the part cut off in front is the smaller half.
    Number difference = n.minus(size, n.number(shape[axis]));
    Number before = n.ifNegative(difference, n.ceilDiv(difference, n.number(2)), n.floorDiv(difference, n.number(2)));
    low[axis] = n.bind(before, kLowest, "pad");
    high[axis] = n.bind(n.minus(difference, before), kLowest, "pad");
  }
  return n.yield(n.pad(x, low, high));
}

ArrayRef<RuleEntry> movementRules() {
  static const RuleEntry table[] = {
      {"", "CenterCropPad", 18, kAnyVersion, importCenterCropPad},
      {"", "Concat", 4, kAnyVersion, importConcat},
      {"", "DepthToSpace", 1, kAnyVersion, importDepthToSpace},
      {"", "Pad", 2, kAnyVersion, importPad},
      {"", "SpaceToDepth", 1, kAnyVersion, importSpaceToDepth},
      {"", "Split", 2, kAnyVersion, importSplit},
      {"", "Transpose", 1, kAnyVersion, importTranspose},
  };
  return table;
}

} // namespace mlc::onnx
