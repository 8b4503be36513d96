//===- Sharing.h - lifetimes, and which values share a buffer --------------===//
#ifndef MLC_CODEGEN_MEMORY_SHARING_H
#define MLC_CODEGEN_MEMORY_SHARING_H

#include "MemoryPlan.h"

namespace mlc {

/// Values that share a buffer.
struct ValueClass {
  Lifetime life;
  int internalEnd = 0;             // last use but for being returned
  mlir::AffineExpr bytes;
  mlir::ElementsAttr constant;     // of weights
  int input = -1, output = -1;
  bool late = false;
  bool scan = false;               // grows with the iterations of a loop
  bool fallback = false;           // see Buffer::fallback

  /// Written by the schedule, and not yet given a place of its own.
  bool movable() const { return !constant && input < 0 && output < 0; }
};

/// Decides which values share memory. `mlc.reshape` always shares, and so do wholes and their parts; results of branches, carried values and results that
/// may be computed in place share where nobody needs the old value any more.
class Sharing {
public:
  Sharing(mlir::func::FuncOp function, const ModelSymbols &symbols);
  void run();

  unsigned classOf(mlir::Value value) const;
  const ValueClass &at(unsigned id) const { return classes[id]; }
  llvm::ArrayRef<mlir::Value> values() const { return order; }
  int timeOf(mlir::Operation *op) const { return times.lookup(op).first; }

  llvm::DenseSet<mlir::Value> inherited;    // values whose definition requests no memory
  std::vector<std::pair<unsigned, mlir::Value>> outputCopies;

private:
  void number(mlir::Block &block);
  unsigned add(mlir::Value value, int begin);
  void define(mlir::Operation *op);
  unsigned root(unsigned id) const;
  unsigned join(mlir::Value a, mlir::Value b);
  int useTime(mlir::OpOperand &use) const;
  void extend(mlir::Value value);

  void shareBranches(IfOp op);
  void shareCarried(LoopOp op);
  void shareInPlace(GroupOp op);
  bool mayOverwrite(GroupOp op, mlir::OpResult result, mlir::OpOperand &operand) const;
  void placeOutputs();

  mlir::func::FuncOp function;
  const ModelSymbols &symbols;
  std::vector<ValueClass> classes;
  mutable std::vector<unsigned> parents;
  llvm::DenseMap<mlir::Value, unsigned> ids;
  std::vector<mlir::Value> order;
  llvm::DenseMap<mlir::Operation *, std::pair<int, int>> times;   // first and last of an operation
  int clock = 0;
};

} // namespace mlc

#endif // MLC_CODEGEN_MEMORY_SHARING_H
