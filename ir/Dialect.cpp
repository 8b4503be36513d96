#include "Dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

#include "Dialect.cpp.inc"
#include "Enums.cpp.inc"
#include "Interfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "Attributes.cpp.inc"

using namespace mlir;

namespace mlc {


void MlcDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "Attributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "Elementwise.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "Movement.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "Contraction.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "Attention.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "Reduction.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "Irregular.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "Control.cpp.inc"
      >();
}

Operation *MlcDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location loc) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return nullptr;
  if (auto elements = dyn_cast<ElementsAttr>(value); elements && elements.getType() == type)
    return ConstantOp::create(builder, loc, tensor, elements);
  if (auto dims = dyn_cast<DimsAttr>(value))
    return SymbolicOp::create(builder, loc, tensor, dims);
  return nullptr;
}

DimsAttr DimsAttr::get(MLIRContext *ctx, ArrayRef<AffineExpr> exprs) {
  // The number of symbols follows from the expressions, so that equal lists are the same attribute.
  unsigned symbols = 0;
  for (AffineExpr e : exprs)
    e.walk([&](AffineExpr part) {
      if (auto s = dyn_cast<AffineSymbolExpr>(part))
        symbols = std::max(symbols, s.getPosition() + 1);
    });
  return Base::get(ctx, AffineMap::get(0, symbols, exprs, ctx));
}

} // namespace mlc
