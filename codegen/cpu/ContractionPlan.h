//===- ContractionPlan.h - what a contraction computes, and in which pieces --===//
//
// The emitter's description of a product or convolution, whatever operator it came from, how its rows and panels are cut into
// tasks, and the register tile. Everything but the tile is the same for all processor levels.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_CODEGEN_CPU_CONTRACTIONPLAN_H
#define MLC_CODEGEN_CPU_CONTRACTIONPLAN_H

#include "KernelBuilder.h"
#include "ir/Layout.h"

namespace mlc {

/// Rows whose sums a task keeps at most.
constexpr int64_t kScratchRows = 256;

struct Dimension {
  mlir::AffineExpr extent;
  mlir::AffineExpr stride; // of A, in elements
  int64_t window = -1;     // the spatial dimension of a window whose taps these are
};

/// A spatial dimension of A: what is not `low` … `high` - 1 is 0.
struct Border {
  int64_t stride, dilation, low, high;
};

/// A contraction, whatever operator it came from.
struct Contraction {
  mlir::Operation *root;
  mlir::Value a, b, result;
  llvm::SmallVector<Dimension> rows, reduction; // rows: of the block at hand where A is staged
  llvm::SmallVector<Dimension> chunks;          // the outer part of the reduction, of which a chunk is one index; may be empty
  mlir::AffineExpr rowCount, depth;             // products of the extents of all rows, and of chunks and reduction
  mlir::AffineExpr footprint;                   // elements of A that a row adds to a block
  Shape batch;                                  // dimensions with a B of their own
  llvm::SmallVector<mlir::AffineExpr> aBatch, bBatch; // strides of A in elements and of B in matrices
  int64_t groups = 1;
  mlir::AffineExpr columns, panels;             // of one group
  mlir::AffineExpr groupStride;                 // of A's elements; null without groups
  int64_t batchRank = 0;                        // leading dimensions of the result that are batch
  llvm::SmallVector<Border> borders;            // of a window's dimensions; empty: no zeros are known
  PadOp stage;                                  // what copies a block's part of A beside its zeros into scratch; null: A is read in place

  bool chunked() const { return !chunks.empty(); }
  /// Moves the outer part of a long reduction into `chunks`, for register tiles of so many panels.
  void cutReduction(int64_t panels);
  /// The reduction of a chunk as runs, outer part and run: each run is summed up by itself, in registers, since one long sum
  /// loses more. The same for all tiles.
  std::pair<llvm::SmallVector<Dimension>, llvm::SmallVector<Dimension>> runs() const;
};

/// Of a product or a convolution.
Contraction describeContraction(mlir::Operation *root);

/// How rows and panels are cut into tasks. The same for all levels, so it does not ask the processor.
struct Blocks {
  int64_t rows = 48, panels = 1; // of one block; the last may have less
  mlir::AffineExpr rowBlocks, panelBlocks;
  bool rowsOutside = false; // neighbouring tasks share rows rather than panels
};

Blocks blocksOf(const Contraction &contraction);

struct Tile {
  int64_t rows, panels;
};

/// The register tile: as many accumulators as the registers hold beside the panel's vectors and one broadcast. `blocks`:
/// rows of the blocks that there are, where that is known; `far`: the weights come from memory.
Tile tileFor(const CpuTarget &target, int64_t lanes, int64_t panels, llvm::ArrayRef<int64_t> blocks, bool far);

} // namespace mlc

#endif // MLC_CODEGEN_CPU_CONTRACTIONPLAN_H
