//===- Emit.h - arithmetic on scalars and vectors alike ---------------------===//
#ifndef MLC_IR_EMIT_H
#define MLC_IR_EMIT_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"

namespace mlc {

/// Shorthand for arith on scalars and vectors.
struct Emit {
  mlir::OpBuilder &b;
  mlir::Location loc;

  mlir::Type like(mlir::Type reference, mlir::Type element) const {
    if (auto v = llvm::dyn_cast<mlir::VectorType>(reference))
      return mlir::VectorType::get(v.getShape(), element);
    return element;
  }
  mlir::Value real(mlir::Type type, double value) const {
    auto element = llvm::cast<mlir::FloatType>(getElementTypeOrSelf(type));
    llvm::APFloat f(value);
    bool lost;
    f.convert(element.getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &lost);
    return constant(type, mlir::FloatAttr::get(element, f));
  }
  mlir::Value integer(mlir::Type type, int64_t value) const {
    mlir::Type element = getElementTypeOrSelf(type);
    llvm::APInt bits(element.getIntOrFloatBitWidth(), static_cast<uint64_t>(value), true, true);
    return constant(type, mlir::IntegerAttr::get(element, bits));
  }
  bool isReal(mlir::Value v) const { return llvm::isa<mlir::FloatType>(getElementTypeOrSelf(v.getType())); }
  mlir::Value cmp(mlir::arith::CmpFPredicate p, mlir::Value x, mlir::Value y) const { return mlir::arith::CmpFOp::create(b, loc, p, x, y); }
  mlir::Value cmp(mlir::arith::CmpIPredicate p, mlir::Value x, mlir::Value y) const { return mlir::arith::CmpIOp::create(b, loc, p, x, y); }
  mlir::Value select(mlir::Value c, mlir::Value x, mlir::Value y) const { return mlir::arith::SelectOp::create(b, loc, c, x, y); }

private:
  mlir::Value constant(mlir::Type type, mlir::TypedAttr element) const {
    if (auto v = llvm::dyn_cast<mlir::VectorType>(type))
      return mlir::arith::ConstantOp::create(b, loc, mlir::DenseElementsAttr::get(v, mlir::Attribute(element)));
    return mlir::arith::ConstantOp::create(b, loc, element);
  }
};

/// min (less = true) and max with NaN passed on. x86's min and max return the second operand where one is NaN, so that
/// with a constant on one side one instruction does.
mlir::Value emitMinMax(Emit e, mlir::Value x, mlir::Value y, bool less, bool isUnsigned);
/// 1 / (1 + e^-x).
mlir::Value emitSigmoid(Emit e, mlir::Value x);

} // namespace mlc

#endif // MLC_IR_EMIT_H
