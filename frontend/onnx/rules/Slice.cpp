// Slice, and the integers that say what it takes.
#include "Common.h"

namespace mlc::onnx {

// Exporters write the end of a dimension as a number far beyond it.
static constexpr int64_t kFar = int64_t{1} << 40;

namespace {

struct Part {
  Number start, end;
  Number step;
};

// What a dimension gives: the first index and how many.
struct Taken {
  Number start, count;
};

Number within(NodeContext &n, Number value, Number low, Number high) { return n.smaller(n.larger(value, low), high); }

// Negative indices count from the end; the result lies in low … high.
Number position(NodeContext &n, Number value, Number extent, Number low, Number high) {
  if (auto c = n.constantOf(value)) {
    if (*c >= kFar)
      return high;
    if (*c <= -kFar)
      return low;
  }
  Number counted = n.ifNegative(value, n.plus(value, extent), value);
  return within(n, counted, low, high);
}

Taken takeForwards(NodeContext &n, const Part &part, Number extent) {
  Number zero = n.number(int64_t{0});
  Number start = position(n, part.start, extent, zero, extent);
  Number end = position(n, part.end, extent, zero, extent);
  return {start, n.larger(n.ceilDiv(n.minus(end, start), part.step), zero)};
}

Taken takeBackwards(NodeContext &n, const Part &part, Number extent) {
  Number zero = n.number(int64_t{0}), minusOne = n.number(int64_t{-1}), last = n.minus(extent, n.number(1));
  Number start = position(n, part.start, extent, zero, last);
  // An end of -1 counts from the end like any negative one; only one below -extent means "before the first".
  Number end = position(n, part.end, extent, minusOne, last);
  Number count = n.ceilDiv(n.minus(start, end), n.minus(zero, part.step));
  return {start, n.larger(count, zero)};
}

// Axes or steps come at run time: every dimension gathers the indices start + i·step.
LogicalResult importGathering(NodeContext &n, Value x, ArrayRef<Part> parts, ArrayRef<Number> axes) {
  for (int64_t d = 0; d < n.rank(x); ++d) {
    Number extent = n.number(n.dims(x)[d]);
    Part whole{n.number(int64_t{0}), extent, n.number(1)};
    Value start = n.valueOf(whole.start), end = n.valueOf(whole.end), step = n.valueOf(whole.step);
    for (auto [axis, part] : llvm::zip(axes, parts)) {
      if (auto known = n.constantOf(axis); known && *known != d)
        continue;
      Value hit = n.compare(Relation::eq, n.valueOf(axis), n.integer(d));
      start = n.select(hit, n.valueOf(part.start), start);
      end = n.select(hit, n.valueOf(part.end), end);
      step = n.select(hit, n.valueOf(part.step), step);
    }
    // The divisors have to be positive on both ways; only one way counts.
    Value backwards = n.compare(Relation::lt, step, 0.0), one = n.integer(1);
    Part forwardPart{n.fromValue(start), n.fromValue(end), n.fromValue(n.select(backwards, one, step))};
    Part backwardPart{n.fromValue(start), n.fromValue(end), n.fromValue(n.select(backwards, step, n.neg(one)))};
    Taken forward = takeForwards(n, forwardPart, extent), backward = takeBackwards(n, backwardPart, extent);
    AffineExpr count = n.bind(n.fromValue(n.select(backwards, n.valueOf(backward.count), n.valueOf(forward.count))));
    if (!count)
      return failure();
    Value first = n.select(backwards, n.valueOf(backward.start), n.valueOf(forward.start));
    Value indices = n.add(n.mul(n.iota({count}, n.i64(), 0), step), first);
    x = n.gather(x, indices, d);
  }
  return n.yield(x);
}

} // namespace

static LogicalResult importSlice(NodeContext &n) {
  Value x = n.operand(0);
  if (!x)
    return failure();
  int64_t rank = n.rank(x);
  SmallVector<Number> starts, ends, axes, steps;
  if (n.version() < 10) {
    auto list = [&](StringRef name, SmallVector<Number> &to) {
      for (int64_t v : n.integers(name).value_or(SmallVector<int64_t>()))
        to.push_back(n.number(v));
    };
    list("starts", starts);
    list("ends", ends);
    list("axes", axes);
  } else {
    SmallVector<Number> *lists[] = {&starts, &ends, &axes, &steps};
    for (auto [i, to] : llvm::enumerate(lists)) {
      Value given = i < 2 ? n.operand(i + 1) : n.optional(i + 1);
      if (!given)
        continue;
      auto all = n.elements(given);
      if (!all)
        return n.unsupported("the number of slices is known only while the model runs");
      *to = *all;
    }
  }
  if (axes.empty())
    for (size_t i = 0; i < starts.size(); ++i)
      axes.push_back(n.number(static_cast<int64_t>(i)));
  if (steps.empty())
    steps.assign(starts.size(), n.number(1));
  if (!n.require(starts.size() == ends.size() && starts.size() == axes.size() && starts.size() == steps.size(),
                 "starts, ends, axes and steps differ in number"))
    return failure();

  SmallVector<Part> parts;
  bool late = false;
  Axes seen;
  for (size_t i = 0; i < starts.size(); ++i) {
    if (auto axis = n.constantOf(axes[i])) {
      int64_t counted = n.axis(*axis, rank);
      if (counted < 0 || !n.require(!llvm::is_contained(seen, counted), "axis " + Twine(*axis) + " is given twice"))
        return failure();
      seen.push_back(counted);
      axes[i] = n.number(counted);
    } else {
      axes[i] = n.ifNegative(axes[i], n.plus(axes[i], n.number(rank)), axes[i]);
      late = true;
    }
    if (auto step = n.constantOf(steps[i])) {
      if (!n.require(*step != 0, "a step is 0"))
        return failure();
      steps[i] = n.number(std::clamp(*step, -kFar, kFar));
    } else {
      late = true;
    }
    parts.push_back({starts[i], ends[i], steps[i]});
  }
  if (late)
    return importGathering(n, x, parts, axes);

  Shape shape = n.dims(x), first(rank, n.c(0)), size = shape;
  SmallVector<int64_t> strides(rank, 1);
  for (auto [axisNumber, part] : llvm::zip(axes, parts)) {
    int64_t axis = *n.constantOf(axisNumber), step = *n.constantOf(part.step);
    Number extent = n.number(shape[axis]);
    Taken taken = step > 0 ? takeForwards(n, part, extent) : takeBackwards(n, part, extent);
    size[axis] = n.bind(taken.count);
    first[axis] = n.bind(taken.start, 0, "start");
    strides[axis] = step;
    if (!size[axis] || !first[axis])
      return failure();
    // With at most one element the step does not matter, and a start at the end is as good as none.
    if (auto count = mlc::constantOf(size[axis]); count && *count <= 1) {
      strides[axis] = 1;
      if (*count == 0)
        first[axis] = n.c(0);
    }
  }
  if (first == Shape(rank, n.c(0)) && size == shape && llvm::all_of(strides, [](int64_t s) { return s == 1; }))
    return n.yield(x);
  return n.yield(n.slice(x, first, size, strides));
}

ArrayRef<RuleEntry> sliceRules() {
  static const RuleEntry table[] = {
      {"", "Slice", 1, kAnyVersion, importSlice},
  };
  return table;
}

} // namespace mlc::onnx
