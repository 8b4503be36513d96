//===- Resize.cpp - sampling at other points --------------------------------===//
//
// A result's coordinate is mapped to one of the input by `coordinates`; nearest takes one element, linear and cubic mix 2
// and 4 neighbours a dimension with weights that follow from the fraction. Antialiasing (windows that grow with the scale)
// is left to the reference.
//
//===----------------------------------------------------------------------===//

#include "Fold.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace mlc {

LogicalResult ResizeOp::getReference(ReferenceCall &call) {
  call.name = "resize";
  call.ints = {static_cast<int64_t>(getMode()), static_cast<int64_t>(getCoordinates()), static_cast<int64_t>(getNearest()),
               getAntialias(), getExcludeOutside()};
  call.floats = {getCubic().convertToDouble(), getExtrapolation().convertToDouble()};
  int64_t rank = getX().getType().getRank();
  for (int64_t d = 0; d < rank; ++d)
    call.floats.push_back(getScales().empty() ? 0 : getScales()[d]);
  for (int64_t d = 0; d < 2 * rank; ++d)
    call.floats.push_back(getRoi().empty() ? (d < rank ? 0.0 : 1.0) : getRoi()[d]);
  return success();
}

OpFoldResult ResizeOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getY().getType() && getCoordinates() != 4)
    return getX();
  return foldOne(*this, adaptor.getOperands());
}

namespace {

struct Sampler {
  ElementSource &s;
  ResizeOp op;
  Type real; // f32; coordinates in f32 as the references of the formats do

  Value constant(double v) { return arith::ConstantOp::create(s.builder, s.loc, FloatAttr::get(real, v)); }
  Value number(Value index) {
    return arith::SIToFPOp::create(s.builder, s.loc, real, arith::IndexCastOp::create(s.builder, s.loc, s.builder.getI64Type(), index));
  }
  Value add(Value a, Value b) { return arith::AddFOp::create(s.builder, s.loc, a, b); }
  Value sub(Value a, Value b) { return arith::SubFOp::create(s.builder, s.loc, a, b); }
  Value mul(Value a, Value b) { return arith::MulFOp::create(s.builder, s.loc, a, b); }
  Value div(Value a, Value b) { return arith::DivFOp::create(s.builder, s.loc, a, b); }

  Value sizeIn(int64_t d) { return number(s.expression(shapeOf(op.getX())[d])); }
  Value sizeOut(int64_t d) { return number(s.expression(shapeOf(op.getY())[d])); }
  Value scale(int64_t d) { return op.getScales().empty() ? div(sizeOut(d), sizeIn(d)) : constant(op.getScales()[d]); }

  /// The coordinate in x of coordinate `i` (uniform) of y.
  Value coordinate(int64_t d, Value i) {
    Value x = number(i), half = constant(0.5), one = constant(1);
    switch (op.getCoordinates()) {
    case 0: return sub(div(add(x, half), scale(d)), half);
    case 1: return div(x, scale(d));
    case 2: {
      Value last = sub(sizeOut(d), one);
      Value safe = arith::MaximumFOp::create(s.builder, s.loc, last, one);
      return div(mul(x, sub(sizeIn(d), one)), safe);
    }
    case 3: {
      Value many = arith::CmpFOp::create(s.builder, s.loc, arith::CmpFPredicate::OGT, sizeOut(d), one);
      return arith::SelectOp::create(s.builder, s.loc, many, sub(div(add(x, half), scale(d)), half), constant(0));
    }
    case 4: {
      int64_t rank = op.getX().getType().getRank();
      double start = op.getRoi().empty() ? 0 : op.getRoi()[d], end = op.getRoi().empty() ? 1 : op.getRoi()[rank + d];
      Value extent = sub(sizeIn(d), one), last = sub(sizeOut(d), one);
      Value safe = arith::MaximumFOp::create(s.builder, s.loc, last, one);
      Value many = arith::CmpFOp::create(s.builder, s.loc, arith::CmpFPredicate::OGT, sizeOut(d), one);
      Value spread = add(mul(constant(start), extent), div(mul(mul(x, constant(end - start)), extent), safe));
      return arith::SelectOp::create(s.builder, s.loc, many, spread, mul(constant(0.5 * (start + end)), extent));
    }
    case 6: return div(add(x, half), scale(d));
    default: { // half_pixel_symmetric
      Value adjust = div(sizeOut(d), mul(scale(d), sizeIn(d)));
      Value center = div(sizeIn(d), constant(2));
      Value offset = mul(center, sub(one, adjust));
      return sub(add(offset, div(add(x, half), scale(d))), half);
    }
    }
  }

  Value toIndex(Value f) {
    return arith::IndexCastOp::create(s.builder, s.loc, s.builder.getIndexType(),
                                      arith::FPToSIOp::create(s.builder, s.loc, s.builder.getI64Type(), f));
  }
};

} // namespace

Value ResizeOp::emitAt(ElementSource &source, ArrayRef<LaneIndex> index) {
  OpBuilder &b = source.builder;
  Location loc = source.loc;
  Sampler sampler{source, *this, b.getF32Type()};
  int64_t rank = getX().getType().getRank();
  Shape in = shapeOf(getX()), out = shapeOf(getY());
  bool floats = isa<FloatType>(elementTypeOf(getX()));
  if (getAntialias() || (getMode() != 0 && !floats)) {
    emitOpError("with antialiasing, or mixing integers, inside a kernel");
    return nullptr;
  }

  struct Tap {
    LaneIndex at;
    Value weight; // null: 1
  };
  SmallVector<SmallVector<Tap>> taps(rank);
  Value outside;
  for (int64_t d = 0; d < rank; ++d) {
    bool same = in[d] == out[d] && getCoordinates() != 4 && (getScales().empty() || getScales()[d] == 1.0);
    if (same) {
      taps[d].push_back({index[d], nullptr});
      continue;
    }
    if (!index[d].isUniform()) {
      emitOpError("sampled along the vectorised dimension");
      return nullptr;
    }
    Value size = source.expression(in[d]);
    Value x = sampler.coordinate(d, index[d].base);
    if (getCoordinates() == 4) {
      Value low = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OLT, x, sampler.constant(0));
      Value high = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OGT, x, sampler.sub(sampler.sizeIn(d), sampler.constant(1)));
      Value either = arith::OrIOp::create(b, loc, low, high);
      outside = outside ? Value(arith::OrIOp::create(b, loc, outside, either)) : either;
    }
    auto clamped = [&](Value i) { return source.clamp(source.uniform(i), size); };
    if (getMode() == 0) {
      Value half = sampler.constant(0.5), f;
      switch (getNearest()) {
      case 0: f = math::CeilOp::create(b, loc, sampler.sub(x, half)); break;
      case 1: f = math::FloorOp::create(b, loc, sampler.add(x, half)); break;
      case 2: f = math::FloorOp::create(b, loc, x); break;
      default: f = math::CeilOp::create(b, loc, x); break;
      }
      taps[d].push_back({clamped(sampler.toIndex(f)), nullptr});
      continue;
    }
    Value base = math::FloorOp::create(b, loc, x);
    Value t = sampler.sub(x, base), first = sampler.toIndex(base);
    auto offset = [&](int64_t by) -> Value { return arith::AddIOp::create(b, loc, first, source.constant(by)); };
    if (getMode() == 1) {
      taps[d].push_back({clamped(first), sampler.sub(sampler.constant(1), t)});
      taps[d].push_back({clamped(offset(1)), t});
      continue;
    }
    // Keys' cubic with parameter a.
    double a = getCubic().convertToDouble();
    auto inner = [&](Value u) { // ((a + 2) u - (a + 3)) u^2 + 1
      return sampler.add(sampler.mul(sampler.mul(sampler.sub(sampler.mul(sampler.constant(a + 2), u), sampler.constant(a + 3)), u), u),
                         sampler.constant(1));
    };
    auto outer = [&](Value u) { // ((a u - 5 a) u + 8 a) u - 4 a
      Value v = sampler.sub(sampler.mul(sampler.constant(a), u), sampler.constant(5 * a));
      v = sampler.add(sampler.mul(v, u), sampler.constant(8 * a));
      return sampler.sub(sampler.mul(v, u), sampler.constant(4 * a));
    };
    Value u = sampler.sub(sampler.constant(1), t);
    Value weights[] = {outer(sampler.add(t, sampler.constant(1))), inner(t), inner(u), outer(sampler.add(u, sampler.constant(1)))};
    if (getExcludeOutside()) {
      Value sum;
      for (int k = 0; k < 4; ++k) {
        Value within = source.inside(source.uniform(offset(k - 1)), source.constant(0), size);
        weights[k] = arith::SelectOp::create(b, loc, within, weights[k], sampler.constant(0));
        sum = sum ? sampler.add(sum, weights[k]) : weights[k];
      }
      for (Value &w : weights)
        w = sampler.div(w, sum);
    }
    for (int k = 0; k < 4; ++k)
      taps[d].push_back({clamped(offset(k - 1)), weights[k]});
  }

  Type computed = computeType(elementTypeOf(getX()));
  // The sum over all combinations, innermost dimension first.
  std::function<Value(int64_t, SmallVector<LaneIndex> &)> sum = [&](int64_t d, SmallVector<LaneIndex> &at) -> Value {
    if (d == rank)
      return source.at(getX(), at);
    Value total;
    for (const Tap &tap : taps[d]) {
      at.push_back(tap.at);
      Value v = sum(d + 1, at);
      at.pop_back();
      if (!v)
        return nullptr;
      if (tap.weight) {
        Value w = tap.weight;
        if (computed != w.getType())
          w = arith::ExtFOp::create(b, loc, computed, w);
        if (isa<VectorType>(v.getType()))
          w = source.splat(w);
        v = arith::MulFOp::create(b, loc, v, w);
      }
      total = total ? Value(arith::AddFOp::create(b, loc, total, v)) : v;
    }
    return total;
  };
  SmallVector<LaneIndex> at;
  Value result = sum(0, at);
  if (!result || !outside)
    return result;
  Value extrapolated;
  double value = getExtrapolation().convertToDouble();
  if (isa<FloatType>(computed))
    extrapolated = arith::ConstantOp::create(b, loc, b.getFloatAttr(computed, value));
  else
    extrapolated = arith::ConstantOp::create(b, loc, b.getIntegerAttr(computed, static_cast<int64_t>(value)));
  return source.choose(outside, extrapolated, result);
}

} // namespace mlc
