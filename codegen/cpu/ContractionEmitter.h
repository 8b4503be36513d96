//===- ContractionEmitter.h - rows of products on register tiles ----------------===//
//
// Emits a contraction's rows for panels of columns. A kernel of its own does all tasks (`emit`); a kernel that needs a
// contraction's rows for something else asks for them (`rows`) and says where their elements go.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_CODEGEN_CPU_CONTRACTIONEMITTER_H
#define MLC_CODEGEN_CPU_CONTRACTIONEMITTER_H

#include "ContractionPlan.h"

namespace mlc {

/// Fewer steps leave no time between calling memory and using it.
constexpr int64_t kFewPrefetchSteps = 32;

class ContractionEmitter {
public:
  /// The group's root with all that is fused.
  explicit ContractionEmitter(KernelBuilder &kernel);
  /// `root` among others in its group: `behind` are the element-wise operators that follow it up to the value `last`, blocks are
  /// of `rows` rows.
  ContractionEmitter(KernelBuilder &kernel, mlir::Operation *root, llvm::ArrayRef<mlir::Operation *> behind, mlir::Value last, int64_t rows);

  mlir::LogicalResult emit();

  /// Receives an element of `last`: the number of its row, its column, its value.
  using Sink = std::function<void(GroupSource &, mlir::Value row, LaneIndex column, mlir::Value element)>;
  /// Rows `from` … `to` - 1, a whole block, of panels `panel` … `panel` + `panels` - 1.
  void rows(mlir::Value from, mlir::Value to, mlir::Value panel, int64_t panels, Sink sink);
  /// Panels of a register tile.
  int64_t tilePanels() const { return tile.panels; }

private:
  void prepare();
  /// Whether an operator only lays out the root's first operand: its order and padding.
  bool laysOut(mlir::Operation *op) { return op == c.root->getOperand(0).getDefiningOp() || op == c.stage; }
  void stageInput(mlir::Value from);
  std::optional<int64_t> weightBytes();
  void groupBlocks();
  void forEachPass(llvm::function_ref<void(mlir::Value task, mlir::Value count)> body);
  void widenWeights(mlir::Value panel, int64_t panels);
  void emitBlocks(mlir::Value from, mlir::Value to, mlir::Value panel, int64_t panels);
  void emitRows(mlir::Value from, mlir::Value to, mlir::Value panel, int64_t panels);
  void emitKnownRows(int64_t total, mlir::Value from, mlir::Value to, mlir::Value panel, int64_t panels);
  /// A tile of `rows` rows, of which `valid` exist (null: all).
  void emitTile(mlir::Value row, int64_t rows, mlir::Value valid, mlir::Value panel, int64_t panels);
  void emitEpilogue(llvm::ArrayRef<mlir::Value> rowIndex, mlir::Value panel, llvm::ArrayRef<mlir::Value> accumulators, int64_t panels);
  void prefetchEpilogue(mlir::Value row, int64_t rows, mlir::Value panel, int64_t panels);
  void emitRowsOfChunks(mlir::Value from, mlir::Value to, mlir::Value panel, int64_t panels);
  void emitEpilogueRowByRow(mlir::Value row, mlir::Value valid, mlir::Value panel, llvm::ArrayRef<mlir::Value> accumulators, int64_t panels);
  mlir::Value scratchAt(mlir::Value row, int64_t panels, int64_t vector);
  mlir::Type vectorType() { return mlir::VectorType::get({lanes}, element); }
  bool longEpilogue(int64_t vectors);
  llvm::SmallVector<mlir::Value> rowOffsets(mlir::Value row, int64_t rows, mlir::Value valid);
  mlir::Value readsAny(mlir::Value row, int64_t rows, mlir::Value valid);
  bool rowsAreFar();
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value zero();
  llvm::SmallVector<mlir::Value> computeResults(GroupSource &source, llvm::ArrayRef<LaneIndex> index, mlir::Value sum);
  void storeResults(GroupSource &source, llvm::ArrayRef<LaneIndex> index, mlir::Value row, llvm::ArrayRef<mlir::Value> elements);

  KernelBuilder &k;
  mlir::OpBuilder &b;
  mlir::Location loc;
  Contraction c;
  Blocks blocks;
  Tile tile;
  mlir::Type element;
  int64_t lanes, vectors;
  llvm::SmallVector<mlir::Operation *> behind; // what follows the root
  mlir::Value last;                            // what goes to the sink
  Sink sink;                                   // null: the group's results are stored
  std::optional<IterationSpace> space;         // rows are one dimension for all that is fused
  mlir::Value aOffset, bOffset, firstColumn;   // of the group and batch at hand
  llvm::SmallVector<mlir::Value> batchIndex;
  mlir::Value wide;        // a pass's weights in the compute type; null: they are read as they are
  mlir::Value scratch;     // the accumulators of a tile, or of all rows of a task
  int64_t together = 1;    // neighbouring blocks of rows that share a pass over the panels
  mlir::Value firstRow;    // of the pass
  mlir::Value firstPanel;  // of the task; null where rows are asked for
  llvm::SmallVector<mlir::Value> chunkIndex; // of the chunk at hand
  mlir::Value chunkA, chunkK, isFirstChunk, isLastChunk; // of the chunk at hand: offset in A, number of its first step
};

} // namespace mlc

#endif // MLC_CODEGEN_CPU_CONTRACTIONEMITTER_H
