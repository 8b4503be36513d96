// Pooling. Windows slide over channels-last images, as for convolutions.
#include "Conv.h"

namespace mlc::onnx {

static Value lowest(NodeContext &n, Type element) {
  if (isReal(element))
    return n.scalar(-std::numeric_limits<double>::infinity(), element);
  unsigned bits = element.getIntOrFloatBitWidth();
  return n.integer(isUnsigned(element) ? 0 : -(int64_t{1} << (bits - 1)), element);
}

static Value pool(NodeContext &n, PoolKind kind, Value x, const Window &w, bool countPad, bool ceilMode, int64_t p) {
  return n.make<PoolOp>(kind, x, w.sizes, w.strides, w.dilations, w.low, w.high, countPad, ceilMode, static_cast<uint64_t>(p));
}

// The positions of the largest elements, counted in x with the channels first; in `columnMajor`, the last two dimensions
// count the other way round.
static LogicalResult yieldIndices(NodeContext &n, Value x, Value y, const Window &w, bool columnMajor) {
  SmallVector<int64_t> ints{static_cast<int64_t>(w.sizes.size()), static_cast<int64_t>(columnMajor)};
  for (ArrayRef<int64_t> list : {ArrayRef<int64_t>(w.sizes), ArrayRef<int64_t>(w.strides), ArrayRef<int64_t>(w.dilations),
                                 ArrayRef<int64_t>(w.low), ArrayRef<int64_t>(w.high)})
    ints.append(list.begin(), list.end());
  Shape shape = n.dims(y);
  SmallVector<Value> both = n.call("max_pool_indices", {x}, {n.typeOf(shape, elementTypeOf(x)), n.typeOf(shape, n.i64())}, ints);
  n.result(0, both[0]);
  n.result(1, both[1]);
  return success();
}

template <PoolKind kind>
static LogicalResult importPool(NodeContext &n) {
  Value x = n.operand(0);
  if (!x || !n.require(n.rank(x) >= 3, "the operand has " + Twine(n.rank(x)) + " dimensions, expected 3 or more") ||
      !requireNumbers(n, x))
    return failure();
  Shape shape = n.dims(x);
  bool ceilMode = n.flag("ceil_mode", false);
  bool countPad = kind == PoolKind::average ? n.flag("count_include_pad", false) : false;
  bool columnMajor = kind == PoolKind::max ? n.flag("storage_order", false) : false;
  int64_t p = kind == PoolKind::lp ? n.integer("p", 2) : 2;
  auto window = readWindow(n, ArrayRef<AffineExpr>(shape).drop_front(2), {});
  if (!window)
    return failure();
  for (auto [i, size] : llvm::enumerate(window->sizes)) {
    int64_t reach = (size - 1) * window->dilations[i] + 1;
    if (!n.require(window->low[i] >= 0 && window->high[i] >= 0, "its padding is negative") ||
        !n.require(reach < (int64_t{1} << 31), "the window is too large"))
      return failure();
  }
  Value padding = kind == PoolKind::max ? lowest(n, elementTypeOf(x)) : n.scalarLike(0.0, x);
  if (window->padsFirst && kind == PoolKind::average && !countPad)
    return n.unsupported("auto_pad " + n.text("auto_pad", "") + " of an average over unknown dimensions");
  Value last = padFirst(n, channelsLast(n, x), *window, padding);
  Value y = channelsFirst(n, pool(n, kind, last, *window, countPad, ceilMode, p));
  if (kind == PoolKind::max && n.wants(1))
    return y ? yieldIndices(n, x, y, *window, columnMajor) : failure();
  return n.yield(y);
}

static std::optional<Axes> spatialAxes(NodeContext &n, Value x) {
  if (!x || !n.require(n.rank(x) >= 2, "the operand has " + Twine(n.rank(x)) + " dimensions, expected 2 or more"))
    return std::nullopt;
  return range(2, n.rank(x));
}

static LogicalResult importGlobalAverage(NodeContext &n) {
  Value x = n.operand(0);
  auto axes = spatialAxes(n, x);
  return axes ? n.yield(n.mean(x, *axes, true)) : failure();
}

static LogicalResult importGlobalMax(NodeContext &n) {
  Value x = n.operand(0);
  auto axes = spatialAxes(n, x);
  return axes ? n.yield(n.reduce(ReduceKind::max, x, *axes, true)) : failure();
}

static LogicalResult importGlobalLp(NodeContext &n) {
  Value x = n.operand(0);
  int64_t p = n.integer("p", 2);
  auto axes = spatialAxes(n, x);
  if (!axes || !n.require(p > 0, "p is " + Twine(p)))
    return failure();
  Value powered = p == 1 ? n.abs(x) : p == 2 ? n.mul(x, x) : n.pow(n.abs(x), n.scalarLike(p, x));
  Value sum = n.sum(powered, *axes, true);
  return n.yield(p == 1 ? sum : p == 2 ? n.sqrt(sum) : n.pow(sum, n.scalarLike(1.0 / p, x)));
}

// The inverse of a max pool with indices: the elements go back to their places among zeros.
static LogicalResult importMaxUnpool(NodeContext &n) {
  Value x = n.operand(0), indices = n.operand(1), target = n.optional(2);
  if (!x || !indices || !n.require(n.rank(x) >= 3 && n.rank(indices) == n.rank(x), "operand and indices have to be images"))
    return failure();
  Shape shape = n.dims(x), any(shape.size() - 2, n.c(0)), full(shape.begin(), shape.begin() + 2);
  auto window = readWindow(n, any, {}, /*hasDilations=*/false);
  if (!window)
    return failure();
  for (size_t i = 0; i < window->sizes.size(); ++i)
    full.push_back((shape[i + 2] - 1) * window->strides[i] - window->low[i] - window->high[i] + window->sizes[i]);
  Shape result = full;
  if (target) {
    auto sizes = n.elements(target);
    if (!n.require(sizes && sizes->size() == shape.size(), "output_shape needs one size a dimension"))
      return failure();
    for (auto [e, size] : llvm::zip(result, *sizes))
      e = n.bind(size);
  }
  // The indices count in the smaller, inferred shape; a larger output holds it in its first corner.
  AffineExpr count = n.numElements(x);
  Value zeros = n.fill(n.scalarLike(0.0, x), {product(full, n.ctx())});
  Value flat = n.make<ScatterElementsOp>(zeros, n.reshape(indices, {count}), n.reshape(x, {count}), static_cast<uint64_t>(0),
                                         static_cast<uint64_t>(0));
  Value image = n.reshape(flat, full);
  Shape zero(shape.size(), n.c(0)), more;
  for (auto [e, f] : llvm::zip(result, full))
    more.push_back(e - f);
  return n.yield(n.pad(image, zero, more));
}

ArrayRef<RuleEntry> poolRules() {
  static const RuleEntry table[] = {
      {"", "AveragePool", 1, kAnyVersion, importPool<PoolKind::average>},
      {"", "GlobalAveragePool", 1, kAnyVersion, importGlobalAverage},
      {"", "GlobalLpPool", 2, kAnyVersion, importGlobalLp},
      {"", "GlobalMaxPool", 1, kAnyVersion, importGlobalMax},
      {"", "LpPool", 2, kAnyVersion, importPool<PoolKind::lp>},
      {"", "MaxPool", 1, kAnyVersion, importPool<PoolKind::max>},
      {"", "MaxUnpool", 9, kAnyVersion, importMaxUnpool},
  };
  return table;
}

} // namespace mlc::onnx
