// Reductions, positions of extremes, running sums.
#include "RuntimeAxes.h"

namespace mlc::onnx {

namespace {

enum class Reduction { Sum, Mean, Max, Min, Prod, L1, L2, LogSum, LogSumExp, SumSquare };

Value before(NodeContext &n, Reduction kind, Value x) {
  switch (kind) {
  case Reduction::L1: return n.abs(x);
  case Reduction::L2: case Reduction::SumSquare: return n.mul(x, x);
  default: return x;
  }
}

// What makes one value of many; applied to one axis after the other it gives the same as to all at once.
Value combine(NodeContext &n, Reduction kind, Value x, ArrayRef<int64_t> axes, bool keepdims) {
  switch (kind) {
  case Reduction::Mean: return n.mean(x, axes, keepdims);
  case Reduction::Max: return n.reduce(ReduceKind::max, x, axes, keepdims);
  case Reduction::Min: return n.reduce(ReduceKind::min, x, axes, keepdims);
  case Reduction::Prod: return n.reduce(ReduceKind::prod, x, axes, keepdims);
  case Reduction::LogSumExp: {
    if (axes.empty())
      return x;
    Value largest = n.reduce(ReduceKind::max, x, axes, true);
    // An infinite maximum would make inf - inf.
    largest = n.select(n.compare(Relation::lt, n.abs(largest), n.scalarLike(INFINITY, largest)), largest, n.scalarLike(0.0, x));
    Value sum = n.log(n.sum(n.exp(n.sub(x, largest)), axes, true));
    Value y = n.add(sum, largest);
    return keepdims ? y : n.squeeze(y, axes);
  }
  default: return n.sum(x, axes, keepdims);
  }
}

Value after(NodeContext &n, Reduction kind, Value x) {
  switch (kind) {
  case Reduction::L2: return n.sqrt(x);
  case Reduction::LogSum: return n.log(x);
  default: return x;
  }
}

} // namespace

// Square roots, logarithms and means of narrow or integer elements are computed wider.
static Value computed(NodeContext &n, Reduction kind, Value x) {
  if (!x)
    return nullptr;
  Type t = elementTypeOf(x);
  bool orders = kind == Reduction::Max || kind == Reduction::Min;
  if (orders || isBool(t))
    return orders && isBool(t) ? n.cast(x, n.ui8()) : x;
  if (isReal(t))
    return widen(n, x);
  bool needsReal = kind == Reduction::L2 || kind == Reduction::LogSum || kind == Reduction::LogSumExp;
  return needsReal ? n.cast(x, n.builder.getF64Type()) : x;
}

template <Reduction kind>
static LogicalResult importReduce(NodeContext &n) {
  constexpr bool byOperand13 = kind == Reduction::Sum;
  Value original = n.operand(0);
  bool keepdims = n.flag("keepdims", true);
  bool noop = n.version() >= (byOperand13 ? 13 : 18) ? n.flag("noop_with_empty_axes", false) : false;
  bool atRunTime;
  auto given = constantAxes(n, 1, n.version() < (byOperand13 ? 13 : 18) ? "axes" : "", atRunTime);
  if (!original)
    return failure();
  Value x = before(n, kind, computed(n, kind, original));
  auto done = [&](Value y) { return n.yield(narrow(n, after(n, kind, y), original)); };
  if (atRunTime) {
    Value axes = normalisedAxes(n, n.operand(1), n.rank(original)), shape = n.expressions(n.dims(original));
    Value whole = shape;
    Value y = alongRuntimeAxes(n, x, axes, /*reduces=*/true, shape, [&](Value view) { return combine(n, kind, view, {1}, false); });
    if (!y)
      return failure();
    return done(n.reshape(y, keepdims ? bindAll(n, shape) : squeezedShape(n, whole, axes, n.rank(original))));
  }
  Axes axes = range(0, n.rank(original));
  if (given && !given->empty()) {
    auto checked = n.axes(*given, n.rank(original));
    if (!checked)
      return failure();
    axes = *checked;
  } else if (noop) {
    axes.clear();
  }
  return done(combine(n, kind, x, axes, keepdims));
}

template <ReduceKind kind>
static LogicalResult importArg(NodeContext &n) {
  Value x = n.operand(0);
  bool keepdims = n.flag("keepdims", true), last = n.flag("select_last_index", false);
  int64_t given = n.integer("axis", 0);
  if (!requireNumbers(n, x))
    return failure();
  int64_t axis = n.axis(given, n.rank(x));
  return axis < 0 ? failure() : n.yield(n.argReduce(kind, x, axis, keepdims, last));
}

template <ReduceKind kind>
static LogicalResult importCumulative(NodeContext &n) {
  Value x = n.operand(0), which = n.operand(1);
  bool exclusive = n.flag("exclusive", false), reverse = n.flag("reverse", false);
  if (!requireNumbers(n, x) || !which)
    return failure();
  if (auto axis = n.constants(which)) {
    if (!n.require(axis->size() == 1, "its axis is no scalar"))
      return failure();
    int64_t counted = n.axis((*axis)[0], n.rank(x));
    return counted < 0 ? failure() : n.yield(n.cumulative(kind, x, counted, exclusive, reverse));
  }
  Value shape = n.expressions(n.dims(x));
  return n.yield(alongRuntimeAxes(n, x, normalisedAxes(n, which, n.rank(x)), /*reduces=*/false, shape,
                                  [&](Value view) { return n.cumulative(kind, view, 1, exclusive, reverse); }));
}

ArrayRef<RuleEntry> reduceRules() {
  static const RuleEntry table[] = {
      {"", "ArgMax", 1, kAnyVersion, importArg<ReduceKind::max>},
      {"", "ArgMin", 1, kAnyVersion, importArg<ReduceKind::min>},
      {"", "CumProd", 26, kAnyVersion, importCumulative<ReduceKind::prod>},
      {"", "CumSum", 11, kAnyVersion, importCumulative<ReduceKind::sum>},
      {"", "ReduceL1", 1, kAnyVersion, importReduce<Reduction::L1>},
      {"", "ReduceL2", 1, kAnyVersion, importReduce<Reduction::L2>},
      {"", "ReduceLogSum", 1, kAnyVersion, importReduce<Reduction::LogSum>},
      {"", "ReduceLogSumExp", 1, kAnyVersion, importReduce<Reduction::LogSumExp>},
      {"", "ReduceMax", 1, kAnyVersion, importReduce<Reduction::Max>},
      {"", "ReduceMean", 1, kAnyVersion, importReduce<Reduction::Mean>},
      {"", "ReduceMin", 1, kAnyVersion, importReduce<Reduction::Min>},
      {"", "ReduceProd", 1, kAnyVersion, importReduce<Reduction::Prod>},
      {"", "ReduceSum", 1, kAnyVersion, importReduce<Reduction::Sum>},
      {"", "ReduceSumSquare", 1, kAnyVersion, importReduce<Reduction::SumSquare>},
  };
  return table;
}

} // namespace mlc::onnx
