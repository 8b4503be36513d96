// Constants, shapes, and operators that change a shape but no element.
#include "RuntimeAxes.h"

#include "frontend/onnx/Importer.h"

namespace mlc::onnx {

static LogicalResult importConstant(NodeContext &n) {
  mlir::ElementsAttr value;
  if (n.hasAttribute("value"))
    value = n.tensor("value");
  else if (n.hasAttribute("sparse_value"))
    value = n.sparseTensor("sparse_value");
  else if (auto v = n.optionalReal("value_float"))
    return n.yield(n.scalar(*v, n.f32()));
  else if (auto v = n.optionalInteger("value_int"))
    return n.yield(n.integer(*v));
  else if (auto list = n.realList("value_floats"))
    return n.yield(n.reals(*list, {static_cast<int64_t>(list->size())}, n.f32()));
  else if (auto list = n.integers("value_ints"))
    return n.yield(n.vector(*list));
  else if (n.hasAttribute("value_string") || n.hasAttribute("value_strings"))
    return n.unsupported("strings");
  else
    return n.error("it has no value");
  return value ? n.yield(n.constant(value)) : failure();
}

static LogicalResult importConstantOfShape(NodeContext &n) {
  Value element;
  if (mlir::ElementsAttr value = n.tensor("value")) {
    if (!n.require(value.getNumElements() == 1, "its value has more than one element"))
      return failure();
    element = n.reshape(n.constant(value), Shape());
  } else if (!n.failed()) {
    element = n.scalar(0.0, n.f32());
  }
  Value shape = n.operand(0);
  if (!shape || !n.require(n.rank(shape) <= 1, "its shape is no vector"))
    return failure();
  auto sizes = n.elements(shape);
  if (!sizes)
    return n.unsupported("the number of dimensions is known only while the model runs");
  Shape dims;
  for (Number size : *sizes)
    dims.push_back(n.bind(size));
  return n.yield(n.broadcastTo(element, dims));
}

static LogicalResult importShape(NodeContext &n) {
  Value x = n.operand(0);
  Shape shape = n.dims(x);
  int64_t rank = shape.size();
  auto bound = [&](int64_t v) { return std::clamp<int64_t>(v < 0 ? v + rank : v, 0, rank); };
  int64_t start = bound(n.integer("start", 0)), end = bound(n.integer("end", rank));
  ArrayRef<AffineExpr> all(shape);
  return n.yield(n.expressions(all.slice(start, std::max<int64_t>(end - start, 0))));
}

static LogicalResult importSize(NodeContext &n) {
  Value x = n.operand(0);
  return n.yield(x ? n.expression(n.numElements(x)) : Value());
}

// One dimension may be -1, "what is left", and 0 copies the operand's (unless it may mean 0). Where the values come at run
// time, any of them may be.
static LogicalResult importReshape(NodeContext &n) {
  Value x = n.operand(0), target = n.operand(1);
  bool allowZero = n.flag("allowzero", false);
  if (!x || !target || !requireInteger(n, target) || !n.require(n.rank(target) <= 1, "its shape is no vector"))
    return failure();
  auto sizes = n.elements(target);
  if (!sizes)
    return n.unsupported("the number of dimensions is known only while the model runs");
  Shape from = n.dims(x), shape;
  bool late = llvm::any_of(*sizes, [](Number s) { return !s.expr; });
  if (late) {
    Number rest = n.number(1);
    SmallVector<Value> resolved;
    for (auto [i, size] : llvm::enumerate(*sizes)) {
      Value v = n.valueOf(size);
      if (!allowZero && i < from.size())
        v = n.select(n.compare(Relation::eq, v, 0.0), n.expression(from[i]), v);
      resolved.push_back(v);
      rest = n.times(rest, n.fromValue(n.select(n.compare(Relation::eq, v, -1.0), n.integer(1), v)));
    }
    Value left = n.div(n.expression(n.numElements(x)), n.valueOf(rest));
    for (Value v : resolved)
      shape.push_back(n.bind(n.fromValue(n.select(n.compare(Relation::eq, v, -1.0), left, v))));
    return n.yield(n.reshape(x, shape));
  }
  std::optional<size_t> inferred;
  AffineExpr others = n.c(1);
  for (auto [i, size] : llvm::enumerate(*sizes)) {
    AffineExpr e = size.expr;
    if (auto v = mlc::constantOf(e)) {
      if (*v == -1) {
        if (!n.require(!inferred, "its shape has more than one -1"))
          return failure();
        inferred = i;
        shape.push_back(nullptr);
        continue;
      }
      if (*v == 0 && !allowZero) {
        if (!n.require(i < from.size(), "its shape copies dimension " + Twine(i) + ", which the operand does not have"))
          return failure();
        e = from[i];
      }
      if (!n.require(*v >= 0, "its shape has a dimension of " + Twine(*v)))
        return failure();
    }
    shape.push_back(e);
    others = others * e;
  }
  if (inferred) {
    AffineExpr total = n.numElements(x);
    auto all = mlc::constantOf(total), known = mlc::constantOf(others);
    if (all && known) {
      if (!n.require(*known != 0 ? *all % *known == 0 : *all == 0,
                     Twine(*all) + " elements cannot be split into dimensions of " + Twine(*known)))
        return failure();
      shape[*inferred] = n.c(*known != 0 ? *all / *known : 0);
    } else {
      AffineExpr left = divideExactly(total, others);
      shape[*inferred] = left ? left : total.floorDiv(others);
    }
  } else if (!constantsOf(from) || !constantsOf(shape)) {
    n.symbols().constrain(n.numElements(x), others);
  }
  return n.yield(n.reshape(x, shape));
}

static LogicalResult importFlatten(NodeContext &n) {
  Value x = n.operand(0);
  if (!x)
    return failure();
  int64_t axis = n.axis(n.integer("axis", 1), n.rank(x), /*inclusive=*/true);
  if (axis < 0)
    return failure();
  Shape shape = n.dims(x);
  ArrayRef<AffineExpr> all(shape);
  return n.yield(n.reshape(x, {product(all.take_front(axis), n.ctx()), product(all.drop_front(axis), n.ctx())}));
}

static LogicalResult importSqueeze(NodeContext &n) {
  Value x = n.operand(0);
  bool atRunTime;
  auto given = constantAxes(n, 1, n.version() < 13 ? "axes" : "", atRunTime);
  if (!x)
    return failure();
  Shape shape = n.dims(x);
  if (atRunTime)
    return n.yield(n.reshape(x, squeezedShape(n, n.expressions(shape), normalisedAxes(n, n.operand(1), n.rank(x)), n.rank(x))));
  Axes axes;
  if (given) {
    auto checked = n.axes(*given, n.rank(x));
    if (!checked)
      return failure();
    axes = *checked;
    for (int64_t a : axes) {
      auto size = mlc::constantOf(shape[a]);
      if (!n.require(!size || *size == 1, "dimension " + Twine(a) + " is " + Twine(size.value_or(0)) + ", only 1 can be squeezed"))
        return failure();
      if (!size)
        n.symbols().constrain(shape[a], n.c(1));
    }
    // A dimension that has to be 1 drops out of the products of sizes.
    Shape left;
    for (auto [i, e] : llvm::enumerate(shape))
      if (!llvm::is_contained(axes, static_cast<int64_t>(i)))
        left.push_back(e);
    return n.yield(n.reshape(x, left));
  }
  // Without axes the result's rank follows from the sizes. Unknown ones are larger than 1, which is what a model with a free
  // dimension means; unless the model's own outputs say otherwise: then they are 1. The run is refused where that is not so.
  std::optional<bool> larger;
  for (auto [i, e] : llvm::enumerate(shape)) {
    if (mlc::constantOf(e)) {
      if (mlc::constantOf(e) == 1)
        axes.push_back(i);
      continue;
    }
    if (!larger)
      larger = n.importer.decide();
    n.symbols().constrain(e, *larger ? n.symbols().maximum(e, n.c(2)) : n.c(1));
    if (!*larger)
      axes.push_back(i);
  }
  return n.yield(n.squeeze(x, axes));
}

static LogicalResult importUnsqueeze(NodeContext &n) {
  Value x = n.operand(0);
  bool atRunTime;
  auto given = constantAxes(n, 1, n.version() < 13 ? "axes" : "", atRunTime);
  if (!x)
    return failure();
  if (atRunTime) {
    Value axes = n.operand(1);
    int64_t count = tensorTypeOf(axes).hasStaticShape() ? tensorTypeOf(axes).getNumElements() : 0;
    return n.yield(n.reshape(x, unsqueezedShape(n, x, normalisedAxes(n, axes, n.rank(x) + count))));
  }
  if (!n.require(given.has_value(), "its axes are missing"))
    return failure();
  auto axes = n.axes(*given, n.rank(x) + given->size());
  return axes ? n.yield(n.unsqueeze(x, *axes)) : failure();
}

static LogicalResult importExpand(NodeContext &n) {
  Value x = n.operand(0), target = n.operand(1);
  if (!x || !target || !n.require(n.rank(target) <= 1, "its shape is no vector"))
    return failure();
  auto sizes = n.elements(target);
  if (!sizes)
    return n.unsupported("the number of dimensions is known only while the model runs");
  Shape from = n.dims(x), shape;
  size_t rank = std::max(from.size(), sizes->size());
  for (size_t i = 0; i < rank; ++i) {
    AffineExpr have = i + from.size() >= rank ? from[i + from.size() - rank] : n.c(1);
    Number want = i + sizes->size() >= rank ? (*sizes)[i + sizes->size() - rank] : n.number(1);
    auto known = mlc::constantOf(have);
    if (!want.expr && known && *known != 1) {
      shape.push_back(have);
      continue;
    }
    AffineExpr e = n.bind(want);
    if (!e)
      return failure();
    auto wanted = mlc::constantOf(e);
    if (known == 1 || have == e) {
      shape.push_back(e);
    } else if (wanted == 1) {
      shape.push_back(have);
    } else if (known && wanted) {
      if (!n.require(*known == *wanted, "a dimension of " + Twine(*known) + " cannot be spread to " + Twine(*wanted)))
        return failure();
      shape.push_back(e);
    } else {
      // Both unknown, or one of them: equal unless one is 1, which would be known.
      n.symbols().constrain(have, e);
      shape.push_back(known ? have : e);
    }
  }
  return n.yield(n.broadcastTo(x, shape));
}

// Each dimension d becomes [1, d], is spread to [r, d] and joined to r·d.
static LogicalResult importTile(NodeContext &n) {
  Value x = n.operand(0), repeats = n.operand(1);
  if (!x || !repeats)
    return failure();
  auto counts = n.elements(repeats);
  if (!n.require(counts && static_cast<int64_t>(counts->size()) == n.rank(x), "it needs one count a dimension"))
    return failure();
  Shape shape = n.dims(x), result;
  for (int64_t axis = 0; axis < n.rank(x); ++axis) {
    AffineExpr count = n.bind((*counts)[axis]);
    if (!count)
      return failure();
    auto known = mlc::constantOf(count);
    if (!n.require(known.value_or(0) >= 0, "a count is " + Twine(known.value_or(0))))
      return failure();
    if (known == 1)
      continue;
    ArrayRef<AffineExpr> all(shape);
    AffineExpr outer = product(all.take_front(axis), n.ctx()), inner = product(all.drop_front(axis), n.ctx());
    shape[axis] = shape[axis] * count;
    x = n.reshape(n.broadcastTo(n.reshape(x, {outer, n.c(1), inner}), {outer, count, inner}), shape);
  }
  return n.yield(x);
}

ArrayRef<RuleEntry> shapeRules() {
  static const RuleEntry table[] = {
      {"", "Constant", 1, kAnyVersion, importConstant},
      {"", "ConstantOfShape", 9, kAnyVersion, importConstantOfShape},
      {"", "Expand", 8, kAnyVersion, importExpand},
      {"", "Flatten", 1, kAnyVersion, importFlatten},
      {"", "Reshape", 5, kAnyVersion, importReshape},
      {"", "Shape", 1, kAnyVersion, importShape},
      {"", "Size", 1, kAnyVersion, importSize},
      {"", "Squeeze", 1, kAnyVersion, importSqueeze},
      {"", "Tile", 6, kAnyVersion, importTile},
      {"", "Unsqueeze", 1, kAnyVersion, importUnsqueeze},
  };
  return table;
}

} // namespace mlc::onnx
