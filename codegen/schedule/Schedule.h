//===- Schedule.h - what a model does, in order ----------------------------===//
//
// Built from a function of groups and control flow: its steps, its distinct kernels, its memory, and which steps each
// output needs. Everything that writes or shows a schedule reads it from here.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_CODEGEN_SCHEDULE_SCHEDULE_H
#define MLC_CODEGEN_SCHEDULE_SCHEDULE_H

#include "codegen/memory/MemoryPlan.h"

namespace mlc {

/// An input or output of the model.
struct Port {
  std::string name;
  int32_t dtype = 0;
  mlir::RankedTensorType type;
  Shape shape;
  std::vector<std::string> dimNames;   // "" where known
  mlir::AffineExpr bytes;
  bool late = false;                   // its size is known only during the run
};

/// A group, branch or loop at the top level of the function.
struct Step {
  mlir::Operation *op = nullptr;
  std::string kernel, layers;
  uint64_t flops = 0, bytes = 0;       // 0 where unknown when compiled
};

struct Schedule {
  static Schedule make(mlir::ModuleOp module);

  mlir::func::FuncOp function;
  ModelSymbols symbols;
  MemoryPlan plan;
  std::vector<Port> inputs, outputs;
  std::vector<Step> steps;
  llvm::DenseMap<mlir::Operation *, unsigned> stepOf;
  /// Texts of the distinct kernels, in order of first use, and the kernel of each group.
  std::vector<std::string> kernels;
  std::vector<GroupOp> kernelGroups;   // one group of each
  llvm::DenseMap<mlir::Operation *, unsigned> kernelOf;
  /// For each output the steps that it needs.
  std::vector<llvm::BitVector> outputSteps;

  mlir::Block &body() const { return mlir::func::FuncOp(function).getBody().front(); }
  mlir::MLIRContext *context() const { return mlir::func::FuncOp(function).getContext(); }
  /// Whether an operation stands at the top level.
  bool isTopLevel(mlir::Operation *op) const { return op->getBlock() == &body(); }
  /// Whether all sizes are known when compiling.
  bool isStatic() const;
  /// The step in which a value is made; -1 where it is there from the beginning.
  int stepOfValue(mlir::Value value) const;
  /// Operations that write values at the top level, sums over all steps.
  uint64_t flops() const;

  /// For people: symbols, memory and steps with the place of every tensor.
  std::string text() const;
};

/// Names of the model's layers that went into an operation, in order, each once.
std::vector<std::string> layersOf(mlir::Operation *op);

/// "arena+4096", "input 0", "weights+64", …
std::string placeText(const MemoryPlan &plan, const Buffer &buffer);
/// The same of a value: behind the place of its buffer the bytes between that and its own, if there are any.
std::string placeText(const MemoryPlan &plan, mlir::Value value);

} // namespace mlc

#endif // MLC_CODEGEN_SCHEDULE_SCHEDULE_H
