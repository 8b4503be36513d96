//===- RowBlock.h - rows side by side ----------------------------------------===//
//
// Rows that are too short to fill vectors are computed several at a time: a vector holds one column of as many neighbouring rows
// as it has lanes. Nothing is combined across lanes then. Columns are read and written a few at a time, since those of one row
// stand side by side in memory.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_CODEGEN_CPU_ROWBLOCK_H
#define MLC_CODEGEN_CPU_ROWBLOCK_H

#include "KernelBuilder.h"

namespace mlc {

/// How the root of a group of rows is cut.
struct RowForm {
  llvm::SmallVector<bool> reduced;       // dimensions of x that are combined
  int64_t lane = 0;                      // along which vectors run
  int64_t first = 0;                     // of the kept dimensions first … lane, which are walked as one
  mlir::AffineExpr rows;                 // their product
  int64_t rowsAtOnce = 0;                // of these in a task; 0: all
  llvm::SmallVector<int64_t> columns;    // where rows are side by side: extents of the dimensions behind the lane's
};
RowForm rowForm(GroupOp group);

/// The columns of a block of rows: visited in order, kept between visits, and stored together.
class RowBlock {
public:
  using Place = llvm::SmallVector<LaneIndex>; // of x
  using Visit = llvm::function_ref<llvm::SmallVector<mlir::Value>(llvm::ArrayRef<LaneIndex>, mlir::ValueRange)>;

  RowBlock(KernelBuilder &k, const RowForm &form);

  /// Begins with another block of rows.
  void open(GroupSource &source, llvm::ArrayRef<LaneIndex> place);
  /// The same rows elsewhere along the dimensions before the lane's.
  void moveTo(llvm::ArrayRef<LaneIndex> at) { place.assign(at.begin(), at.end()); }
  /// Visits the columns, the last first if `reverse`; the body returns the next state.
  llvm::SmallVector<mlir::Value> walk(mlir::ValueRange init, Visit body, bool reverse = false);
  /// The elements of a tensor in the first column.
  mlir::Value firstElement(mlir::Value tensor);

  // While a column is visited:
  /// The element of a tensor; where a visit of all columns has kept it, that one.
  mlir::Value element(mlir::Value tensor, llvm::ArrayRef<LaneIndex> at);
  /// From now on the tensor's element here is this.
  void keep(mlir::Value tensor, mlir::Value element);
  /// All results of the group where the root's value is known; they are stored with the block.
  void finish(mlir::Value root, llvm::ArrayRef<LaneIndex> at, mlir::Value value);

  /// Stores what has been finished in all columns.
  void store();

private:
  // A column's number is known where the columns are visited one after the other, and a value within loops.
  struct Column {
    int64_t known = 0;
    mlir::Value number;
  };
  struct Tile {
    mlir::Type type;                           // of a column
    llvm::SmallVector<mlir::Value> columns;    // where their numbers are known
    mlir::Value memory;                        // otherwise
    bool begun = false, complete = false;
  };

  /// Calls `body` for groups of `atOnce` neighbouring columns; the last overlaps the one before where they do not divide the row.
  /// It gets the place and the number of the first, and how many of its columns were in the group before.
  llvm::SmallVector<mlir::Value> forEachGroup(mlir::ValueRange init, bool reverse,
      llvm::function_ref<llvm::SmallVector<mlir::Value>(const Place &, llvm::ArrayRef<mlir::Value>, Column, int64_t, mlir::ValueRange)> body);
  Column plus(Column column, int64_t offset);
  void put(Tile &tile, mlir::Value element);
  mlir::Value get(Tile &tile, Column column);

  KernelBuilder &k;
  int64_t rank, lane;
  llvm::SmallVector<int64_t> outer;        // extents of the dimensions behind the lane's but the last that is not 1
  int64_t innermost, length, total;        // that one, its extent; of all columns
  int64_t atOnce = 1;
  bool loops;
  GroupSource *source = nullptr;
  Place place;
  Column current;
  llvm::DenseMap<mlir::Value, Tile> tiles;
};

} // namespace mlc

#endif // MLC_CODEGEN_CPU_ROWBLOCK_H
