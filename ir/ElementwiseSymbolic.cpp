//===- ElementwiseSymbolic.cpp - integer arithmetic on expressions over symbols ---===//

#include "Fold.h"

using namespace mlir;

namespace mlc {

/// Applies `compute` to the operands' elements at each index of the result; failure where it gives null.
static LogicalResult foldEach(Operation *op, ArrayRef<SmallVector<AffineExpr>> operands, SmallVectorImpl<AffineExpr> &result,
                              function_ref<AffineExpr(ArrayRef<AffineExpr>)> compute) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  int64_t rank = type.getRank();
  for (int64_t n = 0; n < type.getNumElements(); ++n) {
    SmallVector<AffineExpr> elements;
    for (auto [k, v] : llvm::enumerate(op->getOperands())) {
      auto given = tensorTypeOf(v);
      int64_t rest = n, linear = 0, stride = 1;
      for (int64_t d = rank - 1; d >= 0; --d) {
        int64_t at = rest % type.getDimSize(d);
        rest /= type.getDimSize(d);
        int64_t own = d - (rank - given.getRank());
        if (own < 0)
          continue;
        if (given.getDimSize(own) != 1)
          linear += at * stride;
        stride *= given.getDimSize(own);
      }
      if (operands[k].empty() || linear >= static_cast<int64_t>(operands[k].size()))
        return failure();
      elements.push_back(operands[k][linear]);
    }
    AffineExpr e = compute(elements);
    if (!e)
      return failure();
    result.push_back(e);
  }
  return success();
}

/// Whether expressions stand for the operator's exact result: integers, or floats with integer values.
#define MLC_EACH(OP, ...)                                                                                                      \
  LogicalResult OP::foldSymbolic(ArrayRef<SmallVector<AffineExpr>> operands, SmallVectorImpl<AffineExpr> &result) {             \
    [[maybe_unused]] Symbols symbols = Symbols::of(getOperation());                                                                              \
    [[maybe_unused]] bool real = isa<FloatType>(elementTypeOf((*this)->getOperand(0)));                                                  \
    return foldEach(*this, operands, result, [&](ArrayRef<AffineExpr> v) -> AffineExpr { __VA_ARGS__ });                               \
  }

MLC_EACH(NegOp, return -v[0];)
MLC_EACH(FloorOp, return v[0];)
MLC_EACH(CeilOp, return v[0];)
MLC_EACH(TruncOp, return v[0];)
MLC_EACH(RoundOp, return v[0];)
MLC_EACH(AddOp, return v[0] + v[1];)
MLC_EACH(SubOp, return v[0] - v[1];)
MLC_EACH(MulOp, return v[0] * v[1];)
MLC_EACH(DivOp, {
  auto low = symbols.lowerBound(v[0]);
  auto divisor = constantOf(v[1]);
  if (divisor && *divisor == 1)
    return v[0];
  if (real || !divisor || *divisor <= 0 || !low || *low < 0)
    return nullptr;
  return v[0].floorDiv(v[1]);
})
MLC_EACH(ModOp, {
  auto low = symbols.lowerBound(v[0]);
  auto divisor = constantOf(v[1]);
  if (real || !divisor || *divisor <= 0 || !low || *low < 0)
    return nullptr;
  return v[0] % v[1];
})
MLC_EACH(MinOp, return symbols.minimum(v[0], v[1]);)
MLC_EACH(MaxOp, return symbols.maximum(v[0], v[1]);)
MLC_EACH(CompareOp, {
  auto known = [&](bool value) { return constantExpr(value, getContext()); };
  AffineExpr x = v[0], y = v[1], one = constantExpr(1, getContext());
  switch (getRelation()) {
  case Relation::gt: std::swap(x, y); [[fallthrough]];
  case Relation::lt:
    if (symbols.lessOrEqual(x + one, y)) return known(true);
    if (symbols.lessOrEqual(y, x)) return known(false);
    return nullptr;
  case Relation::ge: std::swap(x, y); [[fallthrough]];
  case Relation::le:
    if (symbols.lessOrEqual(x, y)) return known(true);
    if (symbols.lessOrEqual(y + one, x)) return known(false);
    return nullptr;
  case Relation::eq:
  case Relation::ne: {
    bool equal = getRelation() == Relation::eq;
    if (x == y) return known(equal);
    if (symbols.lessOrEqual(x + one, y) || symbols.lessOrEqual(y + one, x)) return known(!equal);
    return nullptr;
  }
  }
  return nullptr;
})
MLC_EACH(CastOp, {
  auto to = dyn_cast<IntegerType>(getTo());
  if (to && to.getWidth() == 1) {
    auto low = symbols.lowerBound(v[0]);
    if (auto c = constantOf(v[0])) return constantExpr(*c != 0, getContext());
    return low && *low > 0 ? constantExpr(1, getContext()) : nullptr;
  }
  return (to && to.getWidth() >= 32) || getTo().isF32() || getTo().isF64() ? v[0] : nullptr;
})

LogicalResult SelectOp::foldSymbolic(ArrayRef<SmallVector<AffineExpr>> operands, SmallVectorImpl<AffineExpr> &result) {
  return foldEach(*this, operands, result, [&](ArrayRef<AffineExpr> v) -> AffineExpr {
    if (v[1] == v[2])
      return v[1];
    auto c = constantOf(v[0]);
    return !c ? nullptr : *c ? v[1] : v[2];
  });
}

} // namespace mlc
