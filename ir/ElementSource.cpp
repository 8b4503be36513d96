#include "ElementSource.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace mlc {

Type computeType(Type element) {
  MLIRContext *ctx = element.getContext();
  if (auto f = dyn_cast<FloatType>(element))
    return f.getWidth() < 32 ? Type(Float32Type::get(ctx)) : element;
  auto i = cast<IntegerType>(element);
  if (i.getWidth() == 1)
    return IntegerType::get(ctx, 1);
  return IntegerType::get(ctx, std::max(8u, i.getWidth()));
}

Type storageType(Type element) {
  MLIRContext *ctx = element.getContext();
  if (auto f = dyn_cast<FloatType>(element))
    return f.getWidth() <= 16 ? Type(IntegerType::get(ctx, std::max(8u, f.getWidth()))) : element;
  return IntegerType::get(ctx, std::max(8u, cast<IntegerType>(element).getWidth()));
}

int64_t storageBytes(Type element) { return storageType(element).getIntOrFloatBitWidth() / 8; }

Value ElementSource::constant(int64_t value) { return arith::ConstantIndexOp::create(builder, loc, value); }

static VectorType indexVector(OpBuilder &b, int64_t lanes) { return VectorType::get({lanes}, b.getI64Type()); }

Value ElementSource::vectorOf(LaneIndex a) {
  if (a.lanes)
    return a.lanes;
  VectorType type = indexVector(builder, lanes);
  Value base = builder.createOrFold<arith::IndexCastOp>(loc, builder.getI64Type(), a.base);
  Value v = vector::BroadcastOp::create(builder, loc, type, base);
  if (a.step == 0)
    return v;
  SmallVector<int64_t> steps;
  for (int64_t i = 0; i < lanes; ++i)
    steps.push_back(i * a.step);
  Value offsets = arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(type, ArrayRef<int64_t>(steps)));
  return arith::AddIOp::create(builder, loc, v, offsets);
}

LaneIndex ElementSource::add(LaneIndex a, LaneIndex b) {
  if (!a.lanes && !b.lanes)
    return {builder.createOrFold<arith::AddIOp>(loc, a.base, b.base), a.step + b.step, nullptr};
  return ofVector(arith::AddIOp::create(builder, loc, vectorOf(a), vectorOf(b)));
}

LaneIndex ElementSource::sub(LaneIndex a, LaneIndex b) {
  if (!a.lanes && !b.lanes)
    return {builder.createOrFold<arith::SubIOp>(loc, a.base, b.base), a.step - b.step, nullptr};
  return ofVector(arith::SubIOp::create(builder, loc, vectorOf(a), vectorOf(b)));
}

LaneIndex ElementSource::scale(LaneIndex a, int64_t factor) {
  if (factor == 1)
    return a;
  if (!a.lanes)
    return {builder.createOrFold<arith::MulIOp>(loc, a.base, constant(factor)), a.step * factor, nullptr};
  return ofVector(arith::MulIOp::create(builder, loc, a.lanes, vectorOf(uniform(factor))));
}

LaneIndex ElementSource::scale(LaneIndex a, Value factor) {
  APInt c;
  if (matchPattern(factor, m_ConstantInt(&c)))
    return scale(a, c.getSExtValue());
  if (a.isUniform())
    return uniform(builder.createOrFold<arith::MulIOp>(loc, a.base, factor));
  return ofVector(arith::MulIOp::create(builder, loc, vectorOf(a), vectorOf(uniform(factor))));
}

LaneIndex ElementSource::floorDiv(LaneIndex a, Value divisor) {
  if (a.isUniform())
    return uniform(builder.createOrFold<arith::FloorDivSIOp>(loc, a.base, divisor));
  return ofVector(arith::FloorDivSIOp::create(builder, loc, vectorOf(a), vectorOf(uniform(divisor))));
}

LaneIndex ElementSource::mod(LaneIndex a, Value divisor) { return sub(a, scale(floorDiv(a, divisor), divisor)); }

LaneIndex ElementSource::minimum(LaneIndex a, Value b) {
  if (a.isUniform())
    return uniform(builder.createOrFold<arith::MinSIOp>(loc, a.base, b));
  return ofVector(arith::MinSIOp::create(builder, loc, vectorOf(a), vectorOf(uniform(b))));
}

LaneIndex ElementSource::maximum(LaneIndex a, Value b) {
  if (a.isUniform())
    return uniform(builder.createOrFold<arith::MaxSIOp>(loc, a.base, b));
  return ofVector(arith::MaxSIOp::create(builder, loc, vectorOf(a), vectorOf(uniform(b))));
}

LaneIndex ElementSource::clamp(LaneIndex a, Value extent) {
  Value last = builder.createOrFold<arith::SubIOp>(loc, extent, constant(1));
  return maximum(minimum(a, last), constant(0));
}

Value ElementSource::less(LaneIndex a, Value b) {
  if (a.isUniform())
    return builder.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::slt, a.base, b);
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, vectorOf(a), vectorOf(uniform(b)));
}

Value ElementSource::inside(LaneIndex a, Value low, Value high) {
  Value below = less(a, high);
  LaneIndex lowest = uniform(low);
  Value above = a.isUniform() ? builder.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::sge, a.base, low)
                              : Value(arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sge, vectorOf(a), vectorOf(lowest)));
  return conjunction(above, below);
}

LaneIndex ElementSource::select(Value condition, LaneIndex a, LaneIndex b) {
  if (a == b)
    return a;
  if (!isa<VectorType>(condition.getType()) && !a.lanes && !b.lanes && a.step == b.step)
    return {builder.createOrFold<arith::SelectOp>(loc, condition, a.base, b.base), a.step, nullptr};
  return ofVector(arith::SelectOp::create(builder, loc, condition, vectorOf(a), vectorOf(b)));
}

LaneIndex ElementSource::fromElement(Value element) {
  Type type = element.getType();
  if (auto v = dyn_cast<VectorType>(type)) {
    VectorType wide = indexVector(builder, v.getNumElements());
    return ofVector(type == wide ? element : Value(arith::ExtSIOp::create(builder, loc, wide, element)));
  }
  return uniform(arith::IndexCastOp::create(builder, loc, builder.getIndexType(), element));
}

Value ElementSource::toElement(LaneIndex a) {
  if (a.isUniform())
    return builder.createOrFold<arith::IndexCastOp>(loc, builder.getI64Type(), a.base);
  return vectorOf(a);
}

Value ElementSource::splat(Value scalar) {
  if (isa<VectorType>(scalar.getType()))
    return scalar;
  return vector::BroadcastOp::create(builder, loc, VectorType::get({lanes}, scalar.getType()), scalar);
}

Value ElementSource::choose(Value condition, Value a, Value b) {
  if (a == b)
    return a;
  bool vectors = isa<VectorType>(a.getType()) || isa<VectorType>(b.getType()) || isa<VectorType>(condition.getType());
  if (vectors)
    a = splat(a), b = splat(b);
  return builder.createOrFold<arith::SelectOp>(loc, condition, a, b);
}

Value ElementSource::conjunction(Value a, Value b) {
  if (isa<VectorType>(a.getType()) != isa<VectorType>(b.getType()))
    a = splat(a), b = splat(b);
  return builder.createOrFold<arith::AndIOp>(loc, a, b);
}

} // namespace mlc
