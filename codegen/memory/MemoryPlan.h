//===- MemoryPlan.h - a place for every tensor of a model ------------------===//
//
// Works on a function that holds groups, views, constants and control flow only. Every value belongs to a buffer; views,
// results of branches, carried values of loops and results computed in place share one, and so do wholes and their parts.
// Where memory stands:
//
//   input, output     the caller's, read and written where they are
//   weights           at an offset in the section of constants
//   arena             at an offset that is known when compiling
//   slot              behind those, at an offset computed once a run: sizes follow from the inputs' dimensions
//   late              requested through context->grow, since the size is known only during the run
//   lateOutput        requested through context->output, for the same reason
//   scan              late and growing with each iteration: two late slots, index and index + 1, used in turn
//
//===----------------------------------------------------------------------===//
#ifndef MLC_CODEGEN_MEMORY_MEMORYPLAN_H
#define MLC_CODEGEN_MEMORY_MEMORYPLAN_H

#include "ModelSymbols.h"
#include "Pack.h"
#include "Weights.h"

#include "llvm/ADT/DenseSet.h"

namespace mlc {

enum class Where { none, input, output, weights, arena, slot, late, lateOutput, scan };

struct Place {
  Where where = Where::none;
  unsigned index = 0;    // of the input, output or slot
  int64_t offset = 0;    // in the weights or the arena
};

struct Buffer {
  Place place;
  /// Where an output is written that the caller does not want but other steps read.
  Place fallback;
  mlir::AffineExpr bytes;   // of one value of it; the size of late buffers is each definition's own
  Lifetime life;
};

class MemoryPlan {
public:
  static constexpr int64_t kAlign = 64;

  static MemoryPlan make(mlir::func::FuncOp function, const ModelSymbols &symbols);

  llvm::ArrayRef<Buffer> buffers() const { return all; }
  unsigned idOf(mlir::Value value) const { return ids.lookup(value); }
  const Buffer &bufferOf(mlir::Value value) const { return all[idOf(value)]; }
  /// How many bytes behind the beginning of its buffer a value stands.
  int64_t offsetOf(mlir::Value value) const { return offsets.lookup(value); }
  bool sameBuffer(mlir::Value a, mlir::Value b) const { return idOf(a) == idOf(b); }

  /// Whether the definition of a value requests the memory of its late buffer. Views, values computed in place and results
  /// that branches have made already do not.
  bool requests(mlir::Value value) const { return requesting.contains(value); }
  /// The buffer through which a yielded value passes because its place is another carried value's; none: -1.
  int temporaryOf(mlir::Operation *yield, unsigned operand) const;
  /// Outputs that are copied at the end of the run because their value has another place.
  llvm::ArrayRef<std::pair<unsigned, mlir::Value>> copies() const { return outputCopies; }

  int64_t staticArenaBytes() const { return staticBytes; }
  /// For each slot the formulas whose maximum is its size.
  llvm::ArrayRef<llvm::SmallVector<mlir::AffineExpr>> slots() const { return slotSizes; }
  unsigned lateSlots() const { return lateCount; }
  const WeightsLayout &weights() const { return constants; }

private:
  friend class Planner;
  std::vector<Buffer> all;
  llvm::DenseMap<mlir::Value, unsigned> ids;
  llvm::DenseMap<mlir::Value, int64_t> offsets;   // those that are not 0
  llvm::DenseSet<mlir::Value> requesting;
  llvm::DenseMap<std::pair<mlir::Operation *, unsigned>, unsigned> temporaries;
  std::vector<std::pair<unsigned, mlir::Value>> outputCopies;
  int64_t staticBytes = 0;
  std::vector<llvm::SmallVector<mlir::AffineExpr>> slotSizes;
  unsigned lateCount = 0;
  WeightsLayout constants;
};

/// The terminator's operands of a region with one block.
mlir::OperandRange yieldedBy(mlir::Region &region);

} // namespace mlc

#endif // MLC_CODEGEN_MEMORY_MEMORYPLAN_H
