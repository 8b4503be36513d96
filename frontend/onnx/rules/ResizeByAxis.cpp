#include "ResizeByAxis.h"

namespace mlc::onnx {

// The place in x, as f32, of each of the result's elements along the axis.
static Value places(NodeContext &n, AffineExpr extent, AffineExpr size, Value scale, Value first, Value last, const ResizeMode &mode) {
  Type f32 = n.f32();
  Value i = n.cast(n.iota({size}, n.i64(), 0), f32), one = n.scalar(1.0, f32);
  Value length = n.expression(extent, f32), whole = n.mul(scale, length);
  auto halfPixel = [&] { return n.sub(n.div(n.add(i, 0.5), scale), 0.5); };
  Value single = n.compare(Relation::eq, whole, 1.0);
  // A divisor of whole - 1, or 1 where that is 0.
  Value steps = n.select(single, one, n.sub(whole, 1.0));
  switch (mode.coordinates) {
  case 1:
    return n.div(i, scale);
  case 2:
    return n.select(single, n.scalar(0.0, f32), n.div(n.mul(i, n.sub(length, 1.0)), steps));
  case 3:
    return n.select(single, n.scalar(-0.5, f32), halfPixel());
  case 4: {
    Value span = n.mul(n.sub(last, first), n.sub(length, 1.0));
    Value inside = n.select(single, n.mul(span, 0.5), n.div(n.mul(i, span), steps));
    return n.add(inside, n.mul(first, n.sub(length, 1.0)));
  }
  case 5: {
    Value adjustment = n.div(n.expression(size, f32), whole);
    Value offset = n.mul(n.mul(length, 0.5), n.sub(one, adjustment));
    return n.add(offset, halfPixel());
  }
  case 6:
    return n.div(n.add(i, 0.5), scale);
  default:
    return halfPixel();
  }
}

static Value nearestIndex(NodeContext &n, Value place, int64_t rounding) {
  switch (rounding) {
  case 0: return n.ceilOf(n.sub(place, 0.5));
  case 1: return n.floorOf(n.add(place, 0.5));
  case 2: return n.floorOf(place);
  default: return n.ceilOf(place);
  }
}

// The weight of a neighbour at a distance: a triangle, or the cubic of Keys with parameter a.
static Value weightAt(NodeContext &n, Value distance, const ResizeMode &mode) {
  Value d = n.abs(distance), one = n.scalarLike(1.0, d), zero = n.scalarLike(0.0, d);
  if (mode.mode == 1)
    return n.maximum(n.sub(one, d), zero);
  double a = mode.cubic;
  Value near = n.add(n.mul(n.mul(n.sub(n.mul(d, a + 2), a + 3), d), d), 1.0);
  Value far = n.sub(n.mul(n.add(n.mul(n.sub(n.mul(d, a), 5 * a), d), 8 * a), d), 4 * a);
  return n.select(n.compare(Relation::le, d, 1.0), near, n.select(n.compare(Relation::lt, d, 2.0), far, zero));
}

Value resizeAxis(NodeContext &n, Value x, int64_t axis, AffineExpr size, Value scale, Value first, Value last,
                 const ResizeMode &mode, Value *outside) {
  if (!x || !size || !scale)
    return nullptr;
  int64_t rank = n.rank(x);
  AffineExpr extent = n.dims(x)[axis];
  Value place = places(n, extent, size, scale, first, last, mode), lastIndex = n.expression(extent - 1);
  auto clamped = [&](Value index) { return n.maximum(n.minimum(index, lastIndex), n.integer(0)); };
  if (outside)
    *outside = n.alongAxis(n.lor(n.compare(Relation::lt, place, 0.0), n.compare(Relation::gt, place, n.cast(lastIndex, n.f32()))), axis, rank);
  if (mode.mode == 0)
    return n.gather(x, clamped(n.cast(nearestIndex(n, place, mode.nearest), n.i64())), axis);

  Value floor = n.floorOf(place), base = n.cast(floor, n.i64());
  Value wide = isReal(x) && elementTypeOf(x).getIntOrFloatBitWidth() >= 32 ? x : n.cast(x, n.f32());
  auto weightOfInside = [&](Value weight, Value index) {
    if (!mode.excludeOutside)
      return weight;
    Value good = n.land(n.compare(Relation::ge, index, 0.0), n.compare(Relation::le, index, lastIndex));
    return n.select(good, weight, n.scalarLike(0.0, weight));
  };
  if (!mode.antialias) {
    Value sum, total;
    for (int64_t t = mode.mode == 1 ? 0 : -1; t <= (mode.mode == 1 ? 1 : 2); ++t) {
      Value index = n.add(base, n.integer(t));
      Value weight = weightOfInside(weightAt(n, n.sub(n.cast(index, n.f32()), place), mode), index);
      Value part = n.mul(n.gather(wide, clamped(index), axis), n.alongAxis(n.cast(weight, elementTypeOf(wide)), axis, rank));
      sum = sum ? n.add(sum, part) : part;
      total = total ? n.add(total, weight) : weight;
    }
    if (mode.excludeOutside)
      sum = n.div(sum, n.alongAxis(n.cast(total, elementTypeOf(wide)), axis, rank));
    return sum;
  }
  // The window widens as the image shrinks, by 1 / scale, which is the extent at most: all places within that reach take
  // part as one matrix.
  AffineExpr reach = extent * (mode.mode == 1 ? 1 : 2) + 2, width = extent + reach * 2;
  Value index = n.iota({width}, n.i64(), 0, reach * -1);
  Value shrink = n.minimum(scale, n.scalar(1.0, n.f32()));
  Value distance = n.mul(n.sub(n.cast(index, n.f32()), n.unsqueeze(place, {1})), shrink);
  Value weights = weightOfInside(weightAt(n, distance, mode), index);
  weights = n.cast(n.div(weights, n.sum(weights, {1}, true)), elementTypeOf(wide));
  Value all = n.gather(wide, clamped(index), axis);
  Axes perm = range(0, rank);
  std::swap(perm[axis], perm[rank - 1]);
  Value rows = n.transpose(all, perm);
  if (!rows)
    return nullptr;
  Shape shape = n.dims(rows);
  Value product2 = n.matmul(n.reshape(rows, {product(ArrayRef<AffineExpr>(shape).drop_back(), n.ctx()), width}), weights, false, true);
  shape.back() = size;
  return n.transpose(n.reshape(product2, shape), perm);
}

} // namespace mlc::onnx
