//===- Symbols.h - shapes with unknown dimensions --------------------------===//
#ifndef MLC_IR_SYMBOLS_H
#define MLC_IR_SYMBOLS_H

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"
#include "mlir/IR/TypeRange.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace mlc {

using Shape = llvm::SmallVector<mlir::AffineExpr>;

/// Function attributes.
constexpr llvm::StringLiteral kSymbolsAttr = "mlc.symbols";         // array of #mlc.symbol
constexpr llvm::StringLiteral kConstraintsAttr = "mlc.constraints"; // array of #mlc.dims, two expressions each: equal

/// The dimensions of a tensor as expressions (constants where known).
Shape shapeOf(mlir::RankedTensorType type);
inline Shape shapeOf(mlir::Value v) { return shapeOf(llvm::cast<mlir::RankedTensorType>(v.getType())); }

/// The tensor type with these dimensions.
mlir::RankedTensorType tensorType(llvm::ArrayRef<mlir::AffineExpr> shape, mlir::Type element);

inline mlir::RankedTensorType tensorTypeOf(mlir::Value v) { return llvm::cast<mlir::RankedTensorType>(v.getType()); }
inline mlir::Type elementTypeOf(mlir::Value v) { return tensorTypeOf(v).getElementType(); }

inline mlir::AffineExpr constantExpr(int64_t value, mlir::MLIRContext *ctx) { return mlir::getAffineConstantExpr(value, ctx); }
std::optional<int64_t> constantOf(mlir::AffineExpr expr);
bool allConstant(llvm::ArrayRef<mlir::AffineExpr> exprs);
std::optional<llvm::SmallVector<int64_t>> constantsOf(llvm::ArrayRef<mlir::AffineExpr> exprs);

/// Whether element types, ranks and all sizes that both know are the same.
bool compatibleTypes(mlir::TypeRange a, mlir::TypeRange b);

/// Product of all dimensions.
mlir::AffineExpr product(llvm::ArrayRef<mlir::AffineExpr> exprs, mlir::MLIRContext *ctx);
/// a / b where that is known to leave no remainder and can be simplified; null otherwise.
mlir::AffineExpr divideExactly(mlir::AffineExpr a, mlir::AffineExpr b);

/// The symbols of a function and what is known of them. Cheap to make; changes go to the function's attributes.
class Symbols {
public:
  explicit Symbols(mlir::Operation *function) : function(function) {}
  /// The symbols of the function in which a value or operation stands; null function inside a group.
  static Symbols of(mlir::Value value);
  static Symbols of(mlir::Operation *op);

  mlir::Operation *getFunction() const { return function; }
  unsigned count() const;
  /// A new symbol, or the one that is defined in the same way already (kind `data` is always new).
  mlir::AffineExpr add(llvm::StringRef name, llvm::StringRef kind, int64_t low, llvm::ArrayRef<mlir::AffineExpr> args);
  /// Smaller and larger of two expressions; a new symbol where it cannot be said which.
  mlir::AffineExpr minimum(mlir::AffineExpr a, mlir::AffineExpr b);
  mlir::AffineExpr maximum(mlir::AffineExpr a, mlir::AffineExpr b);
  /// Records that two expressions are equal in every run that is not refused.
  void constrain(mlir::AffineExpr a, mlir::AffineExpr b);
  /// Least value that the expression can take, if known.
  std::optional<int64_t> lowerBound(mlir::AffineExpr expr) const;
  /// Whether a <= b in all runs (false: not known).
  bool lessOrEqual(mlir::AffineExpr a, mlir::AffineExpr b) const;

private:
  mlir::Operation *function;
};

/// The shape of two operands broadcast against each other as numpy does; nothing where they do not fit. Dimensions that are
/// both unknown are taken to be equal, which is recorded in `symbols`.
std::optional<Shape> broadcastShapes(llvm::ArrayRef<mlir::AffineExpr> a, llvm::ArrayRef<mlir::AffineExpr> b, Symbols symbols);

} // namespace mlc

#endif // MLC_IR_SYMBOLS_H
