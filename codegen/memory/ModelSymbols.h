//===- ModelSymbols.h - a function's symbols, as the schedule sees them -----===//
#ifndef MLC_CODEGEN_MEMORY_MODELSYMBOLS_H
#define MLC_CODEGEN_MEMORY_MODELSYMBOLS_H

#include "ir/Dialect.h"

#include "llvm/ADT/BitVector.h"

namespace mlc {

enum class SymbolKind { input, min, max, data };

struct SymbolEntry {
  std::string name;
  SymbolKind kind = SymbolKind::data;
  int64_t low = 0;
  unsigned input = 0, dimension = 0;   // kind input
  mlir::AffineExpr left, right;        // kinds min, max
  llvm::BitVector data;                // the symbols of kind data that the value follows from
  bool late() const { return data.any(); }
};

class ModelSymbols {
public:
  ModelSymbols() = default;
  explicit ModelSymbols(mlir::func::FuncOp function);

  llvm::ArrayRef<SymbolEntry> entries() const { return symbols; }
  size_t size() const { return symbols.size(); }
  llvm::ArrayRef<std::pair<mlir::AffineExpr, mlir::AffineExpr>> constraints() const { return equalities; }

  /// The symbols of kind data that an expression follows from.
  llvm::BitVector dataOf(mlir::AffineExpr expr) const;
  llvm::BitVector dataOf(llvm::ArrayRef<mlir::AffineExpr> exprs) const;
  /// Whether an expression is known only during the run.
  bool isLate(mlir::AffineExpr expr) const { return dataOf(expr).any(); }
  bool isLate(llvm::ArrayRef<mlir::AffineExpr> exprs) const { return dataOf(exprs).any(); }
  /// A guess of the value, to compare sizes with.
  int64_t estimate(mlir::AffineExpr expr) const;
  /// The expression with the symbols' names, for people.
  std::string text(mlir::AffineExpr expr) const;

private:
  std::vector<SymbolEntry> symbols;
  std::vector<std::pair<mlir::AffineExpr, mlir::AffineExpr>> equalities;
};

/// Bytes of a tensor in memory.
mlir::AffineExpr bytesOfType(mlir::RankedTensorType type);

} // namespace mlc

#endif // MLC_CODEGEN_MEMORY_MODELSYMBOLS_H
