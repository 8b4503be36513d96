// Gathering, scattering, and tensors that are made of indices.
#include "Common.h"

namespace mlc::onnx {

static std::optional<int64_t> axisAttribute(NodeContext &n, Value x, int64_t otherwise) {
  int64_t given = n.integer("axis", otherwise);
  if (!x)
    return std::nullopt;
  int64_t axis = n.axis(given, n.rank(x));
  return axis < 0 ? std::nullopt : std::optional<int64_t>(axis);
}

// Constant indices are checked here, others while the model runs.
static bool indicesInRange(NodeContext &n, Value indices, AffineExpr extent) {
  auto size = mlc::constantOf(extent);
  auto values = size ? n.constants(indices) : std::nullopt;
  if (values)
    for (int64_t v : *values)
      if (!n.require(v >= -*size && v < *size, "index " + Twine(v) + " lies outside of a dimension of " + Twine(*size)))
        return false;
  return true;
}

static LogicalResult importGather(NodeContext &n) {
  Value x = n.operand(0), indices = n.operand(1);
  auto axis = axisAttribute(n, x, 0);
  if (!axis || !requireInteger(n, indices) || !indicesInRange(n, indices, n.dims(x)[*axis]))
    return failure();
  return n.yield(n.gather(x, indices, *axis));
}

static LogicalResult importGatherElements(NodeContext &n) {
  Value x = n.operand(0), indices = n.operand(1);
  auto axis = axisAttribute(n, x, 0);
  if (!axis || !requireInteger(n, indices) || !indicesInRange(n, indices, n.dims(x)[*axis]))
    return failure();
  return n.yield(n.make<GatherElementsOp>(x, indices, static_cast<uint64_t>(*axis)));
}

static LogicalResult importGatherNd(NodeContext &n) {
  Value x = n.operand(0), indices = n.operand(1);
  int64_t batch = n.version() >= 12 ? n.integer("batch_dims", 0) : 0;
  if (!x || !requireInteger(n, indices) || !n.require(n.rank(indices) > 0 && n.rank(x) > 0, "an operand is a scalar"))
    return failure();
  if (!mlc::constantOf(n.dims(indices).back()))
    return n.unsupported("the length of the index tuples is unknown");
  return n.yield(n.make<GatherNdOp>(x, indices, static_cast<uint64_t>(batch)));
}

static int64_t reductionAttribute(NodeContext &n) {
  return n.version() >= 16 ? n.choice("reduction", "none", {"none", "add", "mul", "max", "min"}) : 0;
}

static LogicalResult importScatterElements(NodeContext &n) {
  Value x = n.operand(0), indices = n.operand(1), updates = n.operand(2);
  auto axis = axisAttribute(n, x, 0);
  int64_t reduction = reductionAttribute(n);
  if (!axis || !updates || !requireInteger(n, indices) || !indicesInRange(n, indices, n.dims(x)[*axis]) ||
      !n.require(n.rank(indices) == n.rank(x) && n.rank(updates) == n.rank(x), "the operands differ in their number of dimensions") ||
      !n.require(elementTypeOf(updates) == elementTypeOf(x), "the updates have another element type"))
    return failure();
  return n.yield(n.make<ScatterElementsOp>(x, indices, updates, static_cast<uint64_t>(*axis), static_cast<uint64_t>(reduction)));
}

static LogicalResult importScatterNd(NodeContext &n) {
  Value x = n.operand(0), indices = n.operand(1), updates = n.operand(2);
  int64_t reduction = reductionAttribute(n);
  if (!x || !updates || !requireInteger(n, indices) || !n.require(n.rank(indices) > 0, "the indices are a scalar") ||
      !n.require(elementTypeOf(updates) == elementTypeOf(x), "the updates have another element type"))
    return failure();
  auto tuple = mlc::constantOf(n.dims(indices).back());
  if (!tuple)
    return n.unsupported("the length of the index tuples is unknown");
  if (!n.require(*tuple <= n.rank(x) && n.rank(updates) == n.rank(indices) - 1 + n.rank(x) - *tuple,
                 "indices and updates do not fit the operand"))
    return failure();
  return n.yield(n.make<ScatterNdOp>(x, indices, updates, static_cast<uint64_t>(reduction)));
}

static LogicalResult importReverseSequence(NodeContext &n) {
  Value x = n.operand(0), lengths = n.operand(1);
  int64_t batch = n.integer("batch_axis", 1), time = n.integer("time_axis", 0);
  if (!x || !n.requireRank(lengths, 1, "the list of lengths") || !requireInteger(n, lengths))
    return failure();
  batch = n.axis(batch, n.rank(x));
  time = n.axis(time, n.rank(x));
  if (batch < 0 || time < 0 || !n.require(batch != time, "batch and time axis are the same"))
    return failure();
  return n.yield(n.make<ReverseSequenceOp>(x, n.cast(lengths, n.i64()), static_cast<uint64_t>(batch), static_cast<uint64_t>(time)));
}

// on where the position along the new axis is the index, off elsewhere; negative indices count from the end, and what lies
// outside is nowhere.
static LogicalResult importOneHot(NodeContext &n) {
  Value indices = n.operand(0), depth = n.operand(1), values = n.operand(2);
  int64_t given = n.integer("axis", -1);
  if (!indices || !depth || !n.requireRank(values, 1, "the pair of values"))
    return failure();
  int64_t rank = n.rank(indices), axis = n.axis(given, rank + 1);
  if (axis < 0)
    return failure();
  auto sizes = n.elements(n.cast(depth, n.i64()));
  if (!n.require(sizes && sizes->size() == 1, "depth is no scalar"))
    return failure();
  AffineExpr size = n.bind((*sizes)[0]);
  if (!size || !n.require(mlc::constantOf(size).value_or(0) >= 0, "depth is negative"))
    return failure();
  Value at = n.cast(indices, n.i64());
  at = n.select(n.compare(Relation::lt, at, 0.0), n.add(at, n.expression(size)), at);
  Value places = n.alongAxis(n.iota({size}, n.i64(), 0), axis, rank + 1);
  Value hit = n.compare(Relation::eq, n.unsqueeze(at, {axis}), places);
  return n.yield(n.select(hit, n.pick(values, 0, 1), n.pick(values, 0, 0)));
}

static LogicalResult importEyeLike(NodeContext &n) {
  Value x = n.operand(0);
  int64_t k = n.integer("k", 0);
  if (!n.requireRank(x, 2, "the operand"))
    return failure();
  Type type = n.hasAttribute("dtype") ? n.elementType("dtype", std::nullopt) : elementTypeOf(x);
  if (!type)
    return failure();
  Shape shape = n.dims(x);
  Value rows = n.iota(shape, n.i64(), 0, n.c(k)), columns = n.iota(shape, n.i64(), 1);
  return n.yield(n.cast(n.compare(Relation::eq, rows, columns), type));
}

static LogicalResult importTrilu(NodeContext &n) {
  Value x = n.operand(0), offset = n.optional(1);
  bool upper = n.flag("upper", true);
  if (!x || !n.require(n.rank(x) >= 2, "the operand has fewer than 2 dimensions"))
    return failure();
  Shape shape = n.dims(x), plane(shape.end() - 2, shape.end());
  Value k = offset ? n.reshape(n.cast(offset, n.i64()), Shape()) : n.integer(0);
  Value difference = n.sub(n.iota(plane, n.i64(), 1), n.iota(plane, n.i64(), 0));
  Value kept = n.compare(upper ? Relation::ge : Relation::le, difference, k);
  return n.yield(n.select(kept, x, n.scalarLike(0.0, x)));
}

// max(ceil((limit - start) / delta), 0) elements.
static LogicalResult importRange(NodeContext &n) {
  Value start = n.operand(0), limit = n.operand(1), delta = n.operand(2);
  if (n.version() >= 27)
    (void)n.integer("stash_type", 1);
  for (Value *v : {&start, &limit, &delta}) {
    if (!*v || !n.require(tensorTypeOf(*v).hasStaticShape() && tensorTypeOf(*v).getNumElements() == 1, "an operand is no scalar"))
      return failure();
    *v = n.reshape(*v, Shape());
  }
  Type type = elementTypeOf(start);
  if (!isReal(type)) {
    Number from = n.fromValue(n.cast(start, n.i64())), to = n.fromValue(n.cast(limit, n.i64()));
    Number step = n.fromValue(n.cast(delta, n.i64()));
    auto known = n.constantOf(step);
    if (!n.require(!known || *known != 0, "delta is 0"))
      return failure();
    Number zero = n.number(int64_t{0}), count;
    if (known) {
      bool forwards = *known > 0;
      count = forwards ? n.ceilDiv(n.minus(to, from), step) : n.ceilDiv(n.minus(from, to), n.number(-*known));
      AffineExpr size = n.bind(n.larger(count, zero));
      if (from.expr && size)
        return n.yield(n.iota({size}, type, 0, from.expr, step.expr));
      count = n.number(size);
    } else {
      Value difference = n.sub(n.valueOf(to), n.valueOf(from)), by = n.valueOf(step), floor = n.sub(difference, n.mod(difference, by));
      Value whole = n.div(floor, by), rest = n.compare(Relation::ne, n.mod(difference, by), 0.0);
      count = n.number(n.bind(n.larger(n.fromValue(n.add(whole, n.cast(rest, n.i64()))), zero)));
    }
    if (!count.expr)
      return failure();
    return n.yield(n.cast(n.add(n.mul(n.iota({count.expr}, n.i64(), 0), n.valueOf(step)), n.valueOf(from)), type));
  }
  Type wide = n.builder.getF64Type();
  Value from = n.cast(start, wide), to = n.cast(limit, wide), by = n.cast(delta, wide);
  Value steps = n.maximum(n.ceilOf(n.div(n.sub(to, from), by)), n.scalar(0.0, wide));
  AffineExpr size = n.bind(n.fromValue(n.cast(steps, n.i64())));
  if (!size)
    return failure();
  return n.yield(n.cast(n.add(n.mul(n.cast(n.iota({size}, n.i64(), 0), wide), by), from), type));
}

// Writes updates into a cache along an axis, at a position of its own for each batch.
static LogicalResult importTensorScatter(NodeContext &n) {
  Value cache = n.operand(0), update = n.operand(1), at = n.optional(2);
  bool circular = n.choice("mode", "linear", {"linear", "circular"}) == 1;
  int64_t given = n.integer("axis", -2);
  if (!cache || !update || !n.require(n.rank(cache) == n.rank(update), "cache and update differ in their number of dimensions"))
    return failure();
  int64_t rank = n.rank(cache), axis = n.axis(given, rank);
  if (axis < 0 || !n.require(axis > 0, "the axis is the batch"))
    return failure();
  Shape shape = n.dims(update);
  Value place = n.iota(shape, n.i64(), axis);
  if (at) {
    Shape batch(rank, n.c(1));
    batch[0] = n.dims(cache)[0];
    place = n.add(place, n.reshape(n.cast(at, n.i64()), batch));
  }
  if (circular)
    place = n.mod(place, n.expression(n.dims(cache)[axis]));
  return n.yield(n.make<ScatterElementsOp>(cache, place, update, static_cast<uint64_t>(axis), static_cast<uint64_t>(0)));
}

ArrayRef<RuleEntry> indexRules() {
  static const RuleEntry table[] = {
      {"", "EyeLike", 9, kAnyVersion, importEyeLike},
      {"", "Gather", 1, kAnyVersion, importGather},
      {"", "GatherElements", 11, kAnyVersion, importGatherElements},
      {"", "GatherND", 11, kAnyVersion, importGatherNd},
      {"", "OneHot", 9, kAnyVersion, importOneHot},
      {"", "Range", 11, kAnyVersion, importRange},
      {"", "ReverseSequence", 10, kAnyVersion, importReverseSequence},
      {"", "Scatter", 9, 10, importScatterElements},
      {"", "ScatterElements", 11, kAnyVersion, importScatterElements},
      {"", "ScatterND", 11, kAnyVersion, importScatterNd},
      {"", "TensorScatter", 24, kAnyVersion, importTensorScatter},
      {"", "Trilu", 14, kAnyVersion, importTrilu},
  };
  return table;
}

} // namespace mlc::onnx
