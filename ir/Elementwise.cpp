//===- Elementwise.cpp - types, folding and code of element-wise operators -===//

#include "Emit.h"
#include "Fold.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace mlc {

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

static LogicalResult inferBroadcast(std::optional<Location> loc, ValueRange operands, Type element,
                                    SmallVectorImpl<Type> &types) {
  Shape shape;
  for (auto [i, v] : llvm::enumerate(operands)) {
    Shape other = shapeOf(v);
    if (i == 0) {
      shape = other;
      continue;
    }
    auto joined = broadcastShapes(shape, other, Symbols::of(v));
    if (!joined)
      return emitOptionalError(loc, "shapes of ", operands[0].getType(), " and ", v.getType(), " do not broadcast");
    shape = *joined;
  }
  types.push_back(tensorType(shape, element));
  return success();
}

static LogicalResult inferSame(std::optional<Location> loc, ValueRange operands, SmallVectorImpl<Type> &types) {
  for (Value v : operands)
    if (elementTypeOf(v) != elementTypeOf(operands[0]))
      return emitOptionalError(loc, "element types ", elementTypeOf(operands[0]), " and ", elementTypeOf(v), " differ");
  return inferBroadcast(loc, operands, elementTypeOf(operands[0]), types);
}

static Type boolType(MLIRContext *ctx) { return IntegerType::get(ctx, 1); }

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

/// Emits an element-wise operation at an index: operands at theirs, scalars widened where any is a vector.
static Value emitElementwiseAt(Operation *op, ElementSource &source, ArrayRef<LaneIndex> index) {
  SmallVector<Value> operands;
  bool anyVector = false;
  for (Value v : op->getOperands()) {
    auto type = tensorTypeOf(v);
    SmallVector<LaneIndex> at;
    size_t skip = index.size() - type.getRank();
    for (int64_t d = 0; d < type.getRank(); ++d)
      at.push_back(type.getDimSize(d) == 1 ? source.uniform(0) : index[skip + d]);
    Value element = source.at(v, at);
    if (!element)
      return nullptr;
    anyVector |= isa<VectorType>(element.getType());
    operands.push_back(element);
  }
  if (anyVector)
    for (Value &v : operands)
      v = source.splat(v);
  return cast<Elementwise>(op).emitElement(source.builder, source.loc, operands);
}

static bool isNonNanConstant(Value v) {
  if (auto broadcast = v.getDefiningOp<vector::BroadcastOp>())
    v = broadcast.getSource();
  APFloat f(0.0);
  return matchPattern(v, m_ConstantFloat(&f)) && !f.isNaN();
}

static std::optional<double> constantReal(Value v) {
  if (auto broadcast = v.getDefiningOp<vector::BroadcastOp>())
    v = broadcast.getSource();
  APFloat f(0.0);
  if (!matchPattern(v, m_ConstantFloat(&f)))
    return std::nullopt;
  bool lost;
  f.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &lost);
  return f.convertToDouble();
}

Value emitMinMax(Emit e, Value x, Value y, bool less, bool isUnsigned) {
  if (!e.isReal(x)) {
    if (isUnsigned)
      return less ? Value(arith::MinUIOp::create(e.b, e.loc, x, y)) : Value(arith::MaxUIOp::create(e.b, e.loc, x, y));
    return less ? Value(arith::MinSIOp::create(e.b, e.loc, x, y)) : Value(arith::MaxSIOp::create(e.b, e.loc, x, y));
  }
  auto order = less ? arith::CmpFPredicate::OLT : arith::CmpFPredicate::OGT;
  if (isNonNanConstant(y))
    return e.select(e.cmp(order, y, x), y, x);
  if (isNonNanConstant(x))
    return e.select(e.cmp(order, x, y), x, y);
  return less ? Value(arith::MinimumFOp::create(e.b, e.loc, x, y)) : Value(arith::MaximumFOp::create(e.b, e.loc, x, y));
}

Value emitSigmoid(Emit e, Value x) {
  Value one = e.real(x.getType(), 1), power = math::ExpOp::create(e.b, e.loc, arith::NegFOp::create(e.b, e.loc, x));
  return arith::DivFOp::create(e.b, e.loc, one, arith::AddFOp::create(e.b, e.loc, one, power));
}

/// The divisor with what traps replaced: 0, and -1 for signed types.
static Value emitIntegerDivision(Emit e, Value x, Value y, bool isUnsigned, bool remainder) {
  Type t = x.getType();
  Value zero = e.integer(t, 0), one = e.integer(t, 1);
  Value isZero = e.cmp(arith::CmpIPredicate::eq, y, zero);
  if (isUnsigned) {
    Value safe = e.select(isZero, one, y);
    Value q = remainder ? Value(arith::RemUIOp::create(e.b, e.loc, x, safe)) : Value(arith::DivUIOp::create(e.b, e.loc, x, safe));
    return e.select(isZero, zero, q);
  }
  Value isMinus = e.cmp(arith::CmpIPredicate::eq, y, e.integer(t, -1));
  Value safe = e.select(arith::OrIOp::create(e.b, e.loc, isZero, isMinus), one, y);
  Value q = remainder ? Value(arith::RemSIOp::create(e.b, e.loc, x, safe)) : Value(arith::DivSIOp::create(e.b, e.loc, x, safe));
  Value minus = remainder ? zero : Value(arith::SubIOp::create(e.b, e.loc, zero, x));
  return e.select(isZero, zero, e.select(isMinus, minus, q));
}

static Value emitFloatMod(Emit e, Value x, Value y, bool fmod) {
  Type given = x.getType();
  Type wide = e.like(given, e.b.getF64Type());
  if (given != wide) {
    x = arith::ExtFOp::create(e.b, e.loc, wide, x);
    y = arith::ExtFOp::create(e.b, e.loc, wide, y);
  }
  Value q = math::TruncOp::create(e.b, e.loc, arith::DivFOp::create(e.b, e.loc, x, y));
  Value r = arith::SubFOp::create(e.b, e.loc, x, arith::MulFOp::create(e.b, e.loc, q, y));
  Value inf = e.real(wide, std::numeric_limits<double>::infinity());
  Value bigY = e.cmp(arith::CmpFPredicate::OEQ, math::AbsFOp::create(e.b, e.loc, y), inf);
  Value bigX = e.cmp(arith::CmpFPredicate::OEQ, math::AbsFOp::create(e.b, e.loc, x), inf);
  r = e.select(arith::AndIOp::create(e.b, e.loc, bigY, arith::XOrIOp::create(e.b, e.loc, bigX, e.integer(bigX.getType(), 1))), x, r);
  Value zero = e.real(wide, 0);
  if (!fmod) {
    Value differ = e.cmp(arith::CmpFPredicate::OLT, arith::MulFOp::create(e.b, e.loc, r, y), zero);
    r = e.select(differ, arith::AddFOp::create(e.b, e.loc, r, y), r);
  }
  return given != wide ? Value(arith::TruncFOp::create(e.b, e.loc, given, r)) : r;
}

static Value emitIntegerPower(Emit e, Value base, Value exponent) {
  Type t = base.getType();
  Value zero = e.integer(t, 0), one = e.integer(t, 1);
  Value result = one, square = base;
  for (int bit = 0; bit < 6; ++bit) {
    Value set = e.cmp(arith::CmpIPredicate::ne, arith::AndIOp::create(e.b, e.loc, exponent, e.integer(t, int64_t(1) << bit)), zero);
    result = e.select(set, arith::MulIOp::create(e.b, e.loc, result, square), result);
    if (bit < 5)
      square = arith::MulIOp::create(e.b, e.loc, square, square);
  }
  // A negative exponent leaves something only of 1 and -1, for which the low bits of the exponent say enough.
  Value negative = e.cmp(arith::CmpIPredicate::slt, exponent, zero);
  Value unit = e.cmp(arith::CmpIPredicate::eq, arith::MulIOp::create(e.b, e.loc, base, base), one);
  return e.select(arith::AndIOp::create(e.b, e.loc, negative, arith::XOrIOp::create(e.b, e.loc, unit, e.integer(unit.getType(), 1))),
                  zero, result);
}

/// Conversion between compute types, with the tensor element types `from` and `to` for signs and widths.
static Value emitCast(Emit e, Value x, Type from, Type to) {
  Type computed = computeType(to), target = e.like(x.getType(), computed);
  auto toFloat = dyn_cast<FloatType>(to);
  auto toInt = dyn_cast<IntegerType>(to);
  if (isa<FloatType>(from)) {
    if (toFloat) {
      if (toFloat.getWidth() < 32) { // rounded once, then computed in f32
        if (from == to)
          return x;
        Type narrow = e.like(x.getType(), to);
        return arith::ExtFOp::create(e.b, e.loc, target, Value(arith::TruncFOp::create(e.b, e.loc, narrow, x)));
      }
      unsigned have = cast<FloatType>(getElementTypeOrSelf(x.getType())).getWidth();
      if (have == toFloat.getWidth())
        return x;
      return have < toFloat.getWidth() ? Value(arith::ExtFOp::create(e.b, e.loc, target, x))
                                       : Value(arith::TruncFOp::create(e.b, e.loc, target, x));
    }
    if (toInt.getWidth() == 1)
      return e.cmp(arith::CmpFPredicate::UNE, x, e.real(x.getType(), 0));
    bool isUnsigned = toInt.isUnsigned();
    unsigned width = toInt.getWidth();
    if (width < 8) { // the low bits are kept
      Type wide = e.b.getI64Type();
      return emitCast(e, emitCast(e, x, from, wide), wide, to);
    }
    double low = isUnsigned ? 0.0 : -std::ldexp(1.0, width - 1), high = std::ldexp(1.0, isUnsigned ? width : width - 1);
    Value xt = math::TruncOp::create(e.b, e.loc, x);
    Value above = e.cmp(arith::CmpFPredicate::OGE, xt, e.real(x.getType(), high));
    Value below = e.cmp(arith::CmpFPredicate::OLT, xt, e.real(x.getType(), low));
    Value nan = e.cmp(arith::CmpFPredicate::UNO, x, x);
    Value outside = arith::OrIOp::create(e.b, e.loc, arith::OrIOp::create(e.b, e.loc, above, below), nan);
    Value safe = e.select(outside, e.real(x.getType(), 0), xt);
    Value v = isUnsigned ? Value(arith::FPToUIOp::create(e.b, e.loc, target, safe)) : Value(arith::FPToSIOp::create(e.b, e.loc, target, safe));
    APInt highest = isUnsigned ? APInt::getMaxValue(width) : APInt::getSignedMaxValue(width);
    APInt lowest = isUnsigned ? APInt::getMinValue(width) : APInt::getSignedMinValue(width);
    v = e.select(above, e.integer(target, isUnsigned ? int64_t(highest.getZExtValue()) : highest.getSExtValue()), v);
    return e.select(below, e.integer(target, isUnsigned ? int64_t(lowest.getZExtValue()) : lowest.getSExtValue()), v);
  }
  auto fromInt = cast<IntegerType>(from);
  bool zeroExtend = fromInt.isUnsigned() || fromInt.getWidth() == 1;
  if (toFloat) {
    Type wide = target;
    Value v = zeroExtend ? Value(arith::UIToFPOp::create(e.b, e.loc, wide, x)) : Value(arith::SIToFPOp::create(e.b, e.loc, wide, x));
    return toFloat.getWidth() < 32 ? emitCast(e, v, e.b.getF32Type(), to) : v;
  }
  if (toInt.getWidth() == 1)
    return fromInt.getWidth() == 1 ? x : e.cmp(arith::CmpIPredicate::ne, x, e.integer(x.getType(), 0));
  unsigned have = getElementTypeOrSelf(x.getType()).getIntOrFloatBitWidth(), want = computed.getIntOrFloatBitWidth();
  Value v = x;
  if (want > have)
    v = zeroExtend ? Value(arith::ExtUIOp::create(e.b, e.loc, target, x)) : Value(arith::ExtSIOp::create(e.b, e.loc, target, x));
  else if (want < have)
    v = arith::TruncIOp::create(e.b, e.loc, target, x);
  if (toInt.getWidth() < 8) {
    Value shift = e.integer(target, 8 - toInt.getWidth());
    v = arith::ShLIOp::create(e.b, e.loc, v, shift);
    v = toInt.isUnsigned() ? Value(arith::ShRUIOp::create(e.b, e.loc, v, shift)) : Value(arith::ShRSIOp::create(e.b, e.loc, v, shift));
  }
  return v;
}

//===----------------------------------------------------------------------===//
// The operators
//===----------------------------------------------------------------------===//

/// x * 1, x / 1, x + 0 and x - 0 are x, where it is as large as the result.
static OpFoldResult foldNeutral(Operation *op, ArrayRef<Attribute> operands) {
  bool scales = isa<MulOp, DivOp>(op);
  if (!scales && !isa<AddOp, SubOp>(op))
    return {};
  for (unsigned i : {0u, 1u})
    if (op->getOperand(i).getType() == op->getResult(0).getType() && (i == 0 || isa<MulOp, AddOp>(op)) &&
        numberOf(operands[1 - i]) == (scales ? 1.0 : 0.0))
      return op->getOperand(i);
  return {};
}

#define MLC_ELEMENTWISE(OP, COST)                                                                                               \
  Value OP::emitAt(ElementSource &source, ArrayRef<LaneIndex> index) { return emitElementwiseAt(*this, source, index); }        \
  bool OP::isElementwise() { return true; }                                                                                     \
  unsigned OP::getElementCost() { return COST; }                                                                                \
  OpFoldResult OP::fold(FoldAdaptor adaptor) {                                                                                  \
    OpFoldResult same = foldNeutral(*this, adaptor.getOperands());                                                              \
    return same ? same : foldOne(*this, adaptor.getOperands());                                                                 \
  }
#define MLC_REFERENCE(OP, NAME)                                                                                                 \
  LogicalResult OP::getReference(ReferenceCall &call) {                                                                         \
    call.name = NAME;                                                                                                           \
    return success();                                                                                                           \
  }
#define MLC_INFER_SAME(OP)                                                                                                      \
  LogicalResult OP::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor, SmallVectorImpl<Type> &types) {\
    return inferSame(loc, adaptor.getOperands(), types);                                                                        \
  }
#define MLC_INFER_BOOL(OP)                                                                                                      \
  LogicalResult OP::inferReturnTypes(MLIRContext *ctx, std::optional<Location> loc, Adaptor adaptor,                            \
                                     SmallVectorImpl<Type> &types) {                                                            \
    return inferBroadcast(loc, adaptor.getOperands(), boolType(ctx), types);                                                    \
  }

// Operators with one or more operands of one type, by an expression over `e` and the operands `v`.
#define MLC_SAME(OP, NAME, COST, ...)                                                                                          \
  MLC_ELEMENTWISE(OP, COST)                                                                                                     \
  MLC_REFERENCE(OP, NAME)                                                                                                       \
  MLC_INFER_SAME(OP)                                                                                                            \
  Value OP::emitElement(OpBuilder &builder, Location loc, ValueRange v) {                                                       \
    [[maybe_unused]] Emit e{builder, loc};                                                                                                       \
    [[maybe_unused]] bool isUnsigned = !isa<FloatType>(elementTypeOf((*this)->getOperand(0))) &&                                         \
        (elementTypeOf((*this)->getOperand(0)).isUnsignedInteger() || elementTypeOf((*this)->getOperand(0)).isInteger(1));                        \
    __VA_ARGS__                                                                                                                        \
  }

#define MLC_MATH(OP, NAME, COST, MATH) MLC_SAME(OP, NAME, COST, return MATH::create(builder, loc, v[0]);)
// Rounding leaves integers as they are.
#define MLC_ROUNDING(OP, NAME, MATH)                                                                                            \
  MLC_SAME(OP, NAME, 1, if (!e.isReal(v[0])) return v[0]; return MATH::create(builder, loc, v[0]);)
#define MLC_ARITH(OP, NAME, REAL, INTEGER)                                                                                      \
  MLC_SAME(OP, NAME, 1, if (e.isReal(v[0])) return REAL::create(builder, loc, v[0], v[1]);                                      \
           return INTEGER::create(builder, loc, v[0], v[1]);)

MLC_SAME(NegOp, "neg", 1, {
  if (e.isReal(v[0]))
    return arith::NegFOp::create(builder, loc, v[0]);
  return arith::SubIOp::create(builder, loc, e.integer(v[0].getType(), 0), v[0]);
})
MLC_SAME(AbsOp, "abs", 1, {
  if (e.isReal(v[0]))
    return math::AbsFOp::create(builder, loc, v[0]);
  if (isUnsigned)
    return v[0];
  return arith::MaxSIOp::create(builder, loc, v[0], arith::SubIOp::create(builder, loc, e.integer(v[0].getType(), 0), v[0]));
})
MLC_SAME(SignOp, "sign", 3, {
  Type t = v[0].getType();
  if (e.isReal(v[0])) {
    Value zero = e.real(t, 0);
    Value negative = e.select(e.cmp(arith::CmpFPredicate::OLT, v[0], zero), e.real(t, -1), v[0]);
    return e.select(e.cmp(arith::CmpFPredicate::OGT, v[0], zero), e.real(t, 1), negative);
  }
  Value zero = e.integer(t, 0);
  if (isUnsigned)
    return e.select(e.cmp(arith::CmpIPredicate::ne, v[0], zero), e.integer(t, 1), zero);
  Value negative = e.select(e.cmp(arith::CmpIPredicate::slt, v[0], zero), e.integer(t, -1), zero);
  return e.select(e.cmp(arith::CmpIPredicate::sgt, v[0], zero), e.integer(t, 1), negative);
})
MLC_ROUNDING(FloorOp, "floor", math::FloorOp)
MLC_ROUNDING(CeilOp, "ceil", math::CeilOp)
MLC_ROUNDING(TruncOp, "trunc", math::TruncOp)
MLC_ROUNDING(RoundOp, "round", math::RoundEvenOp)
MLC_MATH(SqrtOp, "sqrt", 8, math::SqrtOp)
MLC_SAME(ReciprocalOp, "reciprocal", 6, return arith::DivFOp::create(builder, loc, e.real(v[0].getType(), 1), v[0]);)
MLC_MATH(ExpOp, "exp", 16, math::ExpOp)
MLC_MATH(LogOp, "log", 20, math::LogOp)
MLC_MATH(SinOp, "sin", 25, math::SinOp)
MLC_MATH(CosOp, "cos", 25, math::CosOp)
MLC_MATH(TanOp, "tan", 35, math::TanOp)
MLC_MATH(AsinOp, "asin", 30, math::AsinOp)
MLC_MATH(AcosOp, "acos", 30, math::AcosOp)
MLC_MATH(AtanOp, "atan", 25, math::AtanOp)
MLC_MATH(SinhOp, "sinh", 30, math::SinhOp)
MLC_MATH(CoshOp, "cosh", 30, math::CoshOp)
MLC_MATH(TanhOp, "tanh", 20, math::TanhOp)
MLC_MATH(AsinhOp, "asinh", 40, math::AsinhOp)
MLC_MATH(AcoshOp, "acosh", 40, math::AcoshOp)
MLC_MATH(AtanhOp, "atanh", 40, math::AtanhOp)
MLC_MATH(ErfOp, "erf", 25, math::ErfOp)
MLC_SAME(SigmoidOp, "sigmoid", 22, return emitSigmoid(e, v[0]);)
MLC_SAME(ReluOp, "relu", 1, {
  Value zero = e.isReal(v[0]) ? e.real(v[0].getType(), 0) : e.integer(v[0].getType(), 0);
  return emitMinMax(e, v[0], zero, false, isUnsigned);
})
MLC_SAME(NotOp, "not", 1, return arith::XOrIOp::create(builder, loc, v[0], e.integer(v[0].getType(), -1));)
MLC_ARITH(AddOp, "add", arith::AddFOp, arith::AddIOp)
MLC_ARITH(SubOp, "sub", arith::SubFOp, arith::SubIOp)
MLC_ARITH(MulOp, "mul", arith::MulFOp, arith::MulIOp)
MLC_SAME(DivOp, "div", 6, {
  if (e.isReal(v[0]))
    return arith::DivFOp::create(builder, loc, v[0], v[1]);
  return emitIntegerDivision(e, v[0], v[1], isUnsigned, false);
})
MLC_SAME(MinOp, "min", 1, return emitMinMax(e, v[0], v[1], true, isUnsigned);)
MLC_SAME(MaxOp, "max", 1, return emitMinMax(e, v[0], v[1], false, isUnsigned);)
MLC_SAME(AndOp, "and", 1, return arith::AndIOp::create(builder, loc, v[0], v[1]);)
MLC_SAME(OrOp, "or", 1, return arith::OrIOp::create(builder, loc, v[0], v[1]);)
MLC_SAME(XorOp, "xor", 1, return arith::XOrIOp::create(builder, loc, v[0], v[1]);)

// Shifts by the width or more leave zeros; to the right, of signed numbers, the sign.
static Value emitShift(Emit e, Value x, Value by, bool left, bool isUnsigned) {
  Type t = x.getType();
  unsigned width = getElementTypeOrSelf(t).getIntOrFloatBitWidth();
  Value fits = e.cmp(arith::CmpIPredicate::ult, by, e.integer(t, width));
  if (!left && !isUnsigned)
    return arith::ShRSIOp::create(e.b, e.loc, x, e.select(fits, by, e.integer(t, width - 1)));
  Value safe = e.select(fits, by, e.integer(t, 0));
  Value shifted = left ? Value(arith::ShLIOp::create(e.b, e.loc, x, safe)) : Value(arith::ShRUIOp::create(e.b, e.loc, x, safe));
  return e.select(fits, shifted, e.integer(t, 0));
}
MLC_SAME(ShlOp, "shl", 2, return emitShift(e, v[0], v[1], true, isUnsigned);)
MLC_SAME(ShrOp, "shr", 2, return emitShift(e, v[0], v[1], false, isUnsigned);)

MLC_ELEMENTWISE(ModOp, 10)
MLC_INFER_SAME(ModOp)
LogicalResult ModOp::getReference(ReferenceCall &call) {
  call.name = "mod";
  call.ints = {getFmod()};
  return success();
}
Value ModOp::emitElement(OpBuilder &builder, Location loc, ValueRange v) {
  Emit e{builder, loc};
  if (e.isReal(v[0]))
    return emitFloatMod(e, v[0], v[1], getFmod());
  bool isUnsigned = elementTypeOf(getA()).isUnsignedInteger();
  Value r = emitIntegerDivision(e, v[0], v[1], isUnsigned, true);
  if (isUnsigned || getFmod())
    return r;
  Value zero = e.integer(r.getType(), 0);
  Value differ = e.cmp(arith::CmpIPredicate::slt, arith::XOrIOp::create(builder, loc, r, v[1]), zero);
  Value some = e.cmp(arith::CmpIPredicate::ne, r, zero);
  return e.select(arith::AndIOp::create(builder, loc, differ, some), arith::AddIOp::create(builder, loc, r, v[1]), r);
}

MLC_ELEMENTWISE(PowOp, 45)
MLC_REFERENCE(PowOp, "pow")
LogicalResult PowOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferBroadcast(loc, adaptor.getOperands(), elementTypeOf(adaptor.getA()), types);
}
Value PowOp::emitElement(OpBuilder &builder, Location loc, ValueRange v) {
  Emit e{builder, loc};
  Type base = elementTypeOf(getA()), exponent = elementTypeOf(getB());
  if (!isa<FloatType>(base)) {
    if (!isa<FloatType>(exponent))
      return emitIntegerPower(e, v[0], emitCast(e, v[1], exponent, base));
    Type f64 = builder.getF64Type();
    Value p = math::PowFOp::create(builder, loc, emitCast(e, v[0], base, f64), emitCast(e, v[1], exponent, f64));
    return emitCast(e, p, f64, base);
  }
  Value x = v[0], y = isa<FloatType>(exponent) && computeType(exponent) == computeType(base)
                          ? v[1] : emitCast(e, v[1], exponent, computeType(base));
  if (auto c = constantReal(y)) {
    if (*c == 1) return x;
    if (*c == 2) return arith::MulFOp::create(builder, loc, x, x);
    if (*c == 3) return arith::MulFOp::create(builder, loc, arith::MulFOp::create(builder, loc, x, x), x);
    if (*c == -1) return arith::DivFOp::create(builder, loc, e.real(x.getType(), 1), x);
    if (*c == 0.5) { // pow(-0, 1/2) = +0, pow(-inf, 1/2) = +inf
      Value root = math::SqrtOp::create(builder, loc, arith::AddFOp::create(builder, loc, x, e.real(x.getType(), 0)));
      Value inf = e.real(x.getType(), std::numeric_limits<double>::infinity());
      return e.select(e.cmp(arith::CmpFPredicate::OEQ, math::AbsFOp::create(builder, loc, x), inf), inf, root);
    }
  }
  return math::PowFOp::create(builder, loc, x, y);
}

MLC_ELEMENTWISE(IsNanOp, 1)
MLC_REFERENCE(IsNanOp, "is_nan")
MLC_INFER_BOOL(IsNanOp)
Value IsNanOp::emitElement(OpBuilder &builder, Location loc, ValueRange v) {
  Emit e{builder, loc};
  if (!e.isReal(v[0]))
    return e.integer(e.like(v[0].getType(), builder.getI1Type()), 0);
  return e.cmp(arith::CmpFPredicate::UNO, v[0], v[0]);
}

MLC_ELEMENTWISE(IsInfOp, 2)
MLC_INFER_BOOL(IsInfOp)
LogicalResult IsInfOp::getReference(ReferenceCall &call) {
  call.name = "is_inf";
  call.ints = {getNegative(), getPositive()};
  return success();
}
Value IsInfOp::emitElement(OpBuilder &builder, Location loc, ValueRange v) {
  Emit e{builder, loc};
  Type t = v[0].getType();
  Value none = e.integer(e.like(t, builder.getI1Type()), 0);
  if (!e.isReal(v[0]))
    return none;
  double inf = std::numeric_limits<double>::infinity();
  Value n = getNegative() ? e.cmp(arith::CmpFPredicate::OEQ, v[0], e.real(t, -inf)) : none;
  Value p = getPositive() ? e.cmp(arith::CmpFPredicate::OEQ, v[0], e.real(t, inf)) : none;
  return arith::OrIOp::create(builder, loc, n, p);
}

MLC_ELEMENTWISE(CompareOp, 1)
LogicalResult CompareOp::getReference(ReferenceCall &call) {
  call.name = "compare";
  call.ints = {static_cast<int64_t>(getRelation())};
  return success();
}
LogicalResult CompareOp::inferReturnTypes(MLIRContext *ctx, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  if (elementTypeOf(adaptor.getA()) != elementTypeOf(adaptor.getB()))
    return emitOptionalError(loc, "element types ", elementTypeOf(adaptor.getA()), " and ", elementTypeOf(adaptor.getB()), " differ");
  return inferBroadcast(loc, adaptor.getOperands(), boolType(ctx), types);
}
Value CompareOp::emitElement(OpBuilder &builder, Location loc, ValueRange v) {
  Emit e{builder, loc};
  using F = arith::CmpFPredicate;
  using I = arith::CmpIPredicate;
  int r = static_cast<int>(getRelation());
  if (e.isReal(v[0])) {
    constexpr F order[] = {F::OEQ, F::UNE, F::OLT, F::OLE, F::OGT, F::OGE};
    return e.cmp(order[r], v[0], v[1]);
  }
  constexpr I signs[] = {I::eq, I::ne, I::slt, I::sle, I::sgt, I::sge};
  constexpr I noSigns[] = {I::eq, I::ne, I::ult, I::ule, I::ugt, I::uge};
  bool isUnsigned = elementTypeOf(getA()).isUnsignedInteger() || elementTypeOf(getA()).isInteger(1);
  return e.cmp((isUnsigned ? noSigns : signs)[r], v[0], v[1]);
}

MLC_ELEMENTWISE(SelectOp, 1)
MLC_REFERENCE(SelectOp, "select")
LogicalResult SelectOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  if (!elementTypeOf(adaptor.getCondition()).isInteger(1))
    return emitOptionalError(loc, "the condition is no boolean");
  if (elementTypeOf(adaptor.getA()) != elementTypeOf(adaptor.getB()))
    return emitOptionalError(loc, "element types ", elementTypeOf(adaptor.getA()), " and ", elementTypeOf(adaptor.getB()), " differ");
  return inferBroadcast(loc, adaptor.getOperands(), elementTypeOf(adaptor.getA()), types);
}
Value SelectOp::emitElement(OpBuilder &builder, Location loc, ValueRange v) {
  return arith::SelectOp::create(builder, loc, v[0], v[1], v[2]);
}

MLC_ELEMENTWISE(CastOp, 2)
LogicalResult CastOp::getReference(ReferenceCall &call) {
  call.name = "cast";
  call.ints = {getSaturate(), static_cast<int64_t>(getRoundMode())};
  return success();
}
LogicalResult CastOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferBroadcast(loc, adaptor.getOperands(), adaptor.getTo(), types);
}
Value CastOp::emitElement(OpBuilder &builder, Location loc, ValueRange v) {
  return emitCast(Emit{builder, loc}, v[0], elementTypeOf(getX()), getTo());
}

MLC_ELEMENTWISE(BitcastOp, 1)
MLC_REFERENCE(BitcastOp, "bitcast")
LogicalResult BitcastOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  if (storageBytes(elementTypeOf(adaptor.getX())) != storageBytes(adaptor.getTo()))
    return emitOptionalError(loc, "element types ", elementTypeOf(adaptor.getX()), " and ", adaptor.getTo(), " differ in width");
  return inferBroadcast(loc, adaptor.getOperands(), adaptor.getTo(), types);
}
Value BitcastOp::emitElement(OpBuilder &builder, Location loc, ValueRange v) {
  Emit e{builder, loc};
  Type from = elementTypeOf(getX()), to = getTo();
  Value x = v[0];
  Type shape = x.getType();
  if (auto f = dyn_cast<FloatType>(from); f && f.getWidth() < 32)
    x = arith::TruncFOp::create(builder, loc, e.like(shape, from), x);
  else if (from.isInteger(1))
    x = arith::ExtUIOp::create(builder, loc, e.like(shape, builder.getI8Type()), x);
  bool narrowFloat = isa<FloatType>(to) && to.getIntOrFloatBitWidth() < 32;
  Type raw = e.like(shape, narrowFloat ? to : storageType(to));
  if (x.getType() != raw)
    x = arith::BitcastOp::create(builder, loc, raw, x);
  if (narrowFloat)
    return arith::ExtFOp::create(builder, loc, e.like(shape, builder.getF32Type()), x);
  if (to.isInteger(1))
    return e.cmp(arith::CmpIPredicate::ne, x, e.integer(x.getType(), 0));
  return x;
}

} // namespace mlc

#define GET_OP_CLASSES
#include "Elementwise.cpp.inc"
