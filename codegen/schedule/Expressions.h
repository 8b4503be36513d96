//===- Expressions.h - affine expressions as LLVM IR -----------------------===//
#ifndef MLC_CODEGEN_SCHEDULE_EXPRESSIONS_H
#define MLC_CODEGEN_SCHEDULE_EXPRESSIONS_H

#include "mlir/IR/AffineExpr.h"
#include "llvm/IR/IRBuilder.h"

#include <functional>

namespace mlc {

/// Emits expressions as i64 computations. `symbol` gives the value of symbol i.
class Expressions {
public:
  using SymbolValue = std::function<llvm::Value *(unsigned)>;
  Expressions(llvm::IRBuilderBase &b, SymbolValue symbol) : b(b), symbol(symbol) {}

  llvm::Value *emit(mlir::AffineExpr expr);
  /// A size: `overflow` (i1, begins as null) becomes true where a sum or product does not fit or a factor is negative.
  llvm::Value *emitSize(mlir::AffineExpr expr, llvm::Value *&overflow);

private:
  llvm::Value *binary(mlir::AffineExpr expr, llvm::Value *&overflow, bool checked);
  llvm::Value *walk(mlir::AffineExpr expr, llvm::Value *&overflow, bool checked);

  llvm::IRBuilderBase &b;
  SymbolValue symbol;
};

} // namespace mlc

#endif // MLC_CODEGEN_SCHEDULE_EXPRESSIONS_H
