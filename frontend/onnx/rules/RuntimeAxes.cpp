#include "RuntimeAxes.h"

namespace mlc::onnx {

Value normalisedAxes(NodeContext &n, Value axes, int64_t rank) {
  if (!axes || !requireInteger(n, axes))
    return nullptr;
  if (!tensorTypeOf(axes).hasStaticShape()) {
    (void)n.unsupported("the number of axes is known only while the model runs");
    return nullptr;
  }
  Value flat = n.reshape(n.cast(axes, n.i64()), {tensorTypeOf(axes).getNumElements()});
  return n.select(n.compare(Relation::lt, flat, 0.0), n.add(flat, static_cast<double>(rank)), flat);
}

Value axisFlags(NodeContext &n, Value axes, int64_t rank) {
  if (!axes)
    return nullptr;
  Value each = n.unsqueeze(axes, {1});
  Value hits = n.cast(n.compare(Relation::eq, each, n.iota({n.c(rank)}, n.i64(), 0)), n.i64());
  return n.reduce(ReduceKind::max, hits, {0}, /*keepdims=*/false);
}

Shape bindAll(NodeContext &n, Value vector) {
  Shape shape;
  if (auto all = n.elements(vector))
    for (Number e : *all)
      shape.push_back(n.bind(e));
  return shape;
}

Shape unsqueezedShape(NodeContext &n, Value x, Value axes) {
  if (!x || !axes)
    return {};
  int64_t rank = n.rank(x) + tensorTypeOf(axes).getNumElements();
  Value flags = axisFlags(n, axes, rank);
  Value kept = n.sub(n.vector(SmallVector<int64_t>(rank, 1)), flags);
  Value source = n.cumulative(ReduceKind::sum, kept, 0, /*exclusive=*/true);
  if (n.rank(x) == 0)
    return Shape(rank, n.c(1));
  source = n.minimum(source, n.integer(n.rank(x) - 1));
  Value sizes = n.gather(n.expressions(n.dims(x)), source, 0);
  return bindAll(n, n.select(n.compare(Relation::eq, flags, 1.0), n.integer(1), sizes));
}

Shape squeezedShape(NodeContext &n, Value shape, Value axes, int64_t rank) {
  if (!shape || !axes)
    return {};
  int64_t left = std::max<int64_t>(rank - tensorTypeOf(axes).getNumElements(), 0);
  Value kept = n.sub(n.vector(SmallVector<int64_t>(rank, 1)), axisFlags(n, axes, rank));
  Value place = n.cumulative(ReduceKind::sum, kept, 0, /*exclusive=*/true);
  // result[k] = the size of the dimension that is kept at place k
  Value grid = n.compare(Relation::eq, n.unsqueeze(n.iota({n.c(left)}, n.i64(), 0), {1}), place);
  Value sizes = n.mul(n.mul(n.cast(grid, n.i64()), kept), shape);
  return bindAll(n, n.sum(sizes, {1}, /*keepdims=*/false));
}

Value alongRuntimeAxes(NodeContext &n, Value x, Value axes, bool reduces, Value &shape, llvm::function_ref<Value(Value)> step) {
  if (!x || !axes || !shape)
    return nullptr;
  int64_t rank = n.rank(x), count = tensorTypeOf(axes).getNumElements();
  Value places = n.iota({n.c(rank)}, n.i64(), 0), one = n.integer(1);
  Shape original = n.dims(x);
  for (int64_t i = 0; i < count; ++i) {
    Value axis = n.pick(axes, 0, i);
    auto productWhere = [&](Relation relation) {
      Value sizes = n.select(n.compare(relation, places, axis), shape, one);
      return n.bind(n.fromValue(n.reduce(ReduceKind::prod, sizes, {0}, false)));
    };
    AffineExpr outer = productWhere(Relation::lt), middle = productWhere(Relation::eq), inner = productWhere(Relation::gt);
    if (!outer || !middle || !inner)
      return nullptr;
    x = step(n.reshape(x, {outer, middle, inner}));
    if (reduces)
      shape = n.select(n.compare(Relation::eq, places, axis), one, shape);
  }
  return reduces ? x : n.reshape(x, original);
}

std::optional<Axes> constantAxes(NodeContext &n, size_t operand, StringRef attribute, bool &atRunTime) {
  atRunTime = false;
  if (!attribute.empty()) // in these versions there is no operand
    return n.integers(attribute);
  Value given = n.optional(operand);
  if (!given)
    return std::nullopt;
  if (auto values = n.constants(given))
    return Axes(*values);
  atRunTime = true;
  return std::nullopt;
}

} // namespace mlc::onnx
