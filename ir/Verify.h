//===- Verify.h - what holds of all operators ------------------------------===//
//
// Element types are constraints in the operators' definitions. Here stands what these cannot say: that unknown dimensions
// have an expression over symbols that there are, and that sizes do not overflow. Everything is cheap: modules are
// verified after each pass.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_IR_VERIFY_H
#define MLC_IR_VERIFY_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"

namespace mlc {

class DimsAttr;

/// The most elements that a tensor of known dimensions has; the product of all sizes stays far from overflow.
constexpr int64_t kMaxElements = int64_t{1} << 40;

/// Whether tensors can have elements of this type: those with a number in ONNX, and numbers.
bool isElementType(mlir::Type type);

/// How many symbols types and attributes of an operation may speak of: the group's or the function's; no limit where a
/// function does not list its symbols.
unsigned symbolsAround(mlir::Operation *op);

/// What is wrong with a tensor's shape among so many symbols, or "".
std::string shapeFault(mlir::RankedTensorType type, unsigned symbols);

/// Checks the expressions of an attribute.
llvm::LogicalResult checkExpressions(mlir::Operation *op, DimsAttr dims, llvm::StringRef what);

/// Checks that the function has such a symbol, and that it is bound while the model runs.
llvm::LogicalResult checkDataSymbol(mlir::Operation *op, int64_t symbol);

/// Checks a value's rank, and its known sizes where the expected ones are constants.
llvm::LogicalResult checkShape(mlir::Operation *op, mlir::Value value, llvm::ArrayRef<mlir::AffineExpr> expected);

/// Checks all operands and results.
llvm::LogicalResult verifyTypes(mlir::Operation *op);

template <typename ConcreteOp>
struct WellTyped : mlir::OpTrait::TraitBase<ConcreteOp, WellTyped> {
  static llvm::LogicalResult verifyTrait(mlir::Operation *op) { return verifyTypes(op); }
};

} // namespace mlc

#endif // MLC_IR_VERIFY_H
