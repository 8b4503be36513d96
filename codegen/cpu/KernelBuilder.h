//===- KernelBuilder.h - what all emitters share -----------------------------===//
//
// A kernel is one function: memory of operands and results, symbols, and the range of tasks. Emitters make its loops;
// GroupSource gives the elements of the group's tensors within them.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_CODEGEN_CPU_KERNELBUILDER_H
#define MLC_CODEGEN_CPU_KERNELBUILDER_H

#include "codegen/Target.h"
#include "ir/Dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace mlc {

/// A tensor in memory: elements of the storage type behind a pointer, row-major, maybe with gaps between rows.
struct Memory {
  mlir::Value base;                        // memref<Nxstorage>
  llvm::SmallVector<mlir::Value> strides;  // in elements, one a dimension
  mlir::Type element;                      // of the tensor
  int64_t innermost = 0;                   // extent of the last dimension where it is known
};

/// Fewer elements than lanes: only the first `count` lanes stand for elements.
struct LaneMask {
  mlir::Value count;  // index
  mlir::Value mask;   // vector of i1
};

class KernelBuilder;

/// The elements of a group's tensors: read from memory, or computed by the operator that makes them.
class GroupSource : public ElementSource {
public:
  GroupSource(KernelBuilder &kernel, int64_t lanes) : GroupSource(kernel, lanes, std::nullopt) {}
  GroupSource(KernelBuilder &kernel, int64_t lanes, std::optional<LaneMask> mask);

  mlir::Value at(mlir::Value tensor, llvm::ArrayRef<LaneIndex> index) override;
  mlir::Value expression(mlir::AffineExpr expr) override;
  mlir::Value constant(int64_t value) override;

  /// The value of a tensor wherever it is asked for from now on (the root of a group, in registers).
  void give(mlir::Value tensor, mlir::Value element);
  /// Writes an element (in compute type) of a result.
  void store(mlir::Value tensor, llvm::ArrayRef<LaneIndex> index, mlir::Value element);

  mlir::Value load(const Memory &memory, llvm::ArrayRef<LaneIndex> index);
  /// Calls the line of the index's first lane into the first cache.
  void prefetch(const Memory &memory, llvm::ArrayRef<LaneIndex> index, bool isWrite);
  void store(const Memory &memory, llvm::ArrayRef<LaneIndex> index, mlir::Value element);
  /// Says that several lanes will be asked for their elements at each of these neighbouring indices of the last dimension, which
  /// has at least `extent` ones: what is read at one of them is read at all of them. Ends where it is said again.
  void expectColumns(llvm::ArrayRef<mlir::Value> columns, int64_t extent);
  /// Writes neighbours along the last dimension, the first of them at `first`.
  void storeColumns(mlir::Value tensor, llvm::ArrayRef<LaneIndex> first, llvm::ArrayRef<mlir::Value> elements);
  /// The element type's compute type, as vector of all lanes where lanes > 1.
  mlir::Type valueType(mlir::Type element);
  mlir::Value fromStorage(mlir::Value stored, mlir::Type element);
  mlir::Value toStorage(mlir::Value computed, mlir::Type element);

private:
  LaneIndex linear(const Memory &memory, llvm::ArrayRef<LaneIndex> index);
  mlir::Value loadNear(const Memory &memory, LaneIndex at);
  mlir::Value loadColumn(const Memory &memory, llvm::ArrayRef<LaneIndex> index);
  mlir::Value placeOfLane(LaneIndex at, int64_t lane);

  KernelBuilder &kernel;
  std::optional<LaneMask> mask;
  struct Known {
    mlir::Value tensor;
    llvm::SmallVector<LaneIndex> index;
    llvm::SmallVector<mlir::Value> elements;
    mlir::Block *block;

    bool is(mlir::Value tensor, llvm::ArrayRef<LaneIndex> index, mlir::Block *here) const;
  };
  llvm::SmallVector<Known> known, knownColumns;
  llvm::SmallVector<mlir::Value> columns;   // that are expected
  int64_t columnExtent = 0;
  llvm::DenseMap<mlir::Value, mlir::Value> given;
};

/// Neighbouring dimensions of an iteration space that every tensor sees as one.
struct IterationSpace {
  Shape extents;                      // of the merged dimensions, outermost first
  llvm::SmallVector<int64_t> last;    // the innermost dimension of each
  int64_t rank = 0;                   // of the space before merging

  /// An index of the space from one index a merged dimension.
  llvm::SmallVector<LaneIndex> spread(ElementSource &source, llvm::ArrayRef<LaneIndex> merged) const;
};

class KernelBuilder {
public:
  KernelBuilder(mlir::OpBuilder &builder, GroupOp group, const CpuTarget &target);

  GroupOp group;
  const CpuTarget &target;
  mlir::OpBuilder &b;
  mlir::Location loc;
  mlir::func::FuncOp function;
  mlir::Value begin, end;                             // tasks, index
  llvm::SmallVector<mlir::Value> symbols;             // index
  llvm::DenseMap<mlir::Value, Memory> memory;         // block arguments and yielded values

  /// Makes the function; the builder stands in its body afterwards.
  void open(llvm::StringRef name);

  mlir::Value index(int64_t value);
  mlir::Value expression(mlir::AffineExpr expr);
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, mlir::Value y);
  mlir::Value sub(mlir::Value x, mlir::Value y);
  mlir::Value min(mlir::Value x, mlir::Value y);
  mlir::Value max(mlir::Value x, mlir::Value y);
  mlir::Value ceilDiv(mlir::Value x, int64_t y);
  /// x * y + sum on numbers or vectors of them, fused where the processor does that.
  mlir::Value multiplyAdd(mlir::Value x, mlir::Value y, mlir::Value sum);

  /// for i from `from` to `to` by `step`.
  void loop(mlir::Value from, mlir::Value to, int64_t step, llvm::function_ref<void(mlir::Value)> body);
  /// The same with carried values; the body returns their next values.
  llvm::SmallVector<mlir::Value> loop(mlir::Value from, mlir::Value to, int64_t step, mlir::ValueRange init,
                                      llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value, mlir::ValueRange)> body);

  /// Covers 0 … extent-1 by vectors of `lanes` and what is left by a masked vector, or one by one where the processor has no
  /// masks. The body gets a source of as many lanes as the index has.
  void vectorLoop(mlir::AffineExpr extent, int64_t lanes, llvm::function_ref<void(GroupSource &, LaneIndex)> body);
  void vectorLoop(mlir::Value from, mlir::Value to, std::optional<int64_t> length, int64_t lanes,
                  llvm::function_ref<void(GroupSource &, LaneIndex)> body);

  /// Splits a linear index over extents (outermost first).
  llvm::SmallVector<mlir::Value> delinearize(mlir::Value linear, llvm::ArrayRef<mlir::AffineExpr> extents);

  /// Stores all results of the group at an index where the root's value is known.
  void finish(GroupSource &source, mlir::Value root, llvm::ArrayRef<LaneIndex> index, mlir::Value value);
  /// The same in two steps, so that several indices can be computed before any is stored.
  llvm::SmallVector<mlir::Value> computeResults(GroupSource &source, mlir::Value root, llvm::ArrayRef<LaneIndex> index, mlir::Value value);
  void storeResults(GroupSource &source, llvm::ArrayRef<LaneIndex> index, llvm::ArrayRef<mlir::Value> elements);

  /// The values that the group yields.
  mlir::ValueRange results();
  YieldOp yield();
  /// Lanes with which elements of these types are computed.
  int64_t lanesFor(llvm::ArrayRef<mlir::Type> elements);
  /// Lanes for the widest element type among the group's tensors.
  int64_t groupLanes();
  bool failed = false;

private:
  llvm::DenseMap<int64_t, mlir::Value> constants;
  llvm::DenseMap<mlir::AffineExpr, mlir::Value> expressions;
  mlir::Operation *lastExpression = nullptr;
};

/// Rows as columns: vectors of n elements, n a power of two, or of several groups of n that are turned each by itself.
llvm::SmallVector<mlir::Value> turned(mlir::OpBuilder &builder, mlir::Location loc, llvm::SmallVector<mlir::Value> rows);

/// Merges neighbouring dimensions of `shape` that all tensors of the group's element-wise operators have whole or not at all;
/// `tensors` are those that count. Dimensions are never merged across `cut` (-1: anywhere).
IterationSpace mergeDimensions(llvm::ArrayRef<mlir::AffineExpr> shape, llvm::ArrayRef<mlir::Value> tensors, int64_t cut = -1);

/// Emits the body of the kernel into its function. Failure after a diagnostic.
mlir::LogicalResult emitLoopKernel(KernelBuilder &kernel);
mlir::LogicalResult emitContractionKernel(KernelBuilder &kernel);
mlir::LogicalResult emitWindowKernel(KernelBuilder &kernel);
mlir::LogicalResult emitSeparableKernel(KernelBuilder &kernel);
mlir::LogicalResult emitWinogradKernel(KernelBuilder &kernel);
mlir::LogicalResult emitAttentionKernel(KernelBuilder &kernel);
mlir::LogicalResult emitRowKernel(KernelBuilder &kernel);
mlir::LogicalResult emitRecurrentKernel(KernelBuilder &kernel);

/// Number of tasks of each family, over the symbols of the group's types.
mlir::AffineExpr loopTasks(GroupOp group);
mlir::AffineExpr contractionTasks(GroupOp group);
mlir::AffineExpr windowTasks(GroupOp group);
mlir::AffineExpr winogradTasks(GroupOp group);
mlir::AffineExpr attentionTasks(GroupOp group);
mlir::AffineExpr rowTasks(GroupOp group);
mlir::AffineExpr recurrentTasks(GroupOp group);

/// How a value lies in memory: the tensor that it is a view of behind transposes and slices, where it begins there, and the
/// distance of neighbours along each of its dimensions, in elements.
struct View {
  mlir::Value tensor;
  mlir::AffineExpr offset;
  llvm::SmallVector<mlir::AffineExpr> strides;
};
View viewOf(mlir::Value value);

/// The operator that gives the group its loop nest: the last one that is not Pointwise, or the last one.
mlir::Operation *rootOf(GroupOp group);

/// Replaces math operations by arithmetic.
void populateMathPatterns(mlir::RewritePatternSet &patterns);

} // namespace mlc

#endif // MLC_CODEGEN_CPU_KERNELBUILDER_H
