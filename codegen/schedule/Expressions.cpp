#include "Expressions.h"

using namespace llvm;
using mlir::AffineExpr;
using mlir::AffineExprKind;

namespace mlc {

Value *Expressions::emit(AffineExpr expr) {
  Value *unused = nullptr;
  return walk(expr, unused, false);
}

Value *Expressions::emitSize(AffineExpr expr, Value *&overflow) { return walk(expr, overflow, true); }

Value *Expressions::walk(AffineExpr expr, Value *&overflow, bool checked) {
  switch (expr.getKind()) {
  case AffineExprKind::Constant:
    return b.getInt64(static_cast<uint64_t>(llvm::cast<mlir::AffineConstantExpr>(expr).getValue()));
  case AffineExprKind::SymbolId:
    return symbol(llvm::cast<mlir::AffineSymbolExpr>(expr).getPosition());
  case AffineExprKind::DimId:
    return b.getInt64(0);   // the dialect's expressions are over symbols only
  default:
    return binary(expr, overflow, checked);
  }
}

Value *Expressions::binary(AffineExpr expr, Value *&overflow, bool checked) {
  auto parts = llvm::cast<mlir::AffineBinaryOpExpr>(expr);
  Value *l = walk(parts.getLHS(), overflow, checked), *r = walk(parts.getRHS(), overflow, checked);
  if (expr.getKind() == AffineExprKind::Add || expr.getKind() == AffineExprKind::Mul) {
    bool add = expr.getKind() == AffineExprKind::Add;
    if (!checked)
      return add ? b.CreateAdd(l, r) : b.CreateMul(l, r);
    Value *both = b.CreateBinaryIntrinsic(add ? Intrinsic::sadd_with_overflow : Intrinsic::smul_with_overflow, l, r);
    Value *flag = b.CreateExtractValue(both, 1);
    overflow = overflow ? b.CreateOr(overflow, flag) : flag;
    return b.CreateExtractValue(both, 0);
  }
  // Towards minus infinity. A divisor that is a symbol may be 0 in a run that a check refuses later.
  Value *zero = b.getInt64(0), *one = b.getInt64(1);
  Value *divisor = isa<ConstantInt>(r) ? r : b.CreateSelect(b.CreateICmpSLE(r, zero), one, r);
  if (expr.getKind() == AffineExprKind::CeilDiv)
    l = b.CreateAdd(l, b.CreateSub(divisor, one));
  Value *remainder = b.CreateSRem(l, divisor), *below = b.CreateICmpSLT(remainder, zero);
  if (expr.getKind() == AffineExprKind::Mod)
    return b.CreateSelect(below, b.CreateAdd(remainder, divisor), remainder);
  Value *quotient = b.CreateSDiv(l, divisor);
  return b.CreateSelect(below, b.CreateSub(quotient, one), quotient);
}

} // namespace mlc
