//===- Cut.h - rows as register tiles ---------------------------------------===//
#ifndef MLC_CODEGEN_CPU_CUT_H
#define MLC_CODEGEN_CPU_CUT_H

#include "llvm/Support/MathExtras.h"

namespace mlc {

/// A block of rows as tiles: `high` of the tile's height, then `low` of one row less, then one of `rest` rows.
struct Cut {
  int64_t high, low, rest;
};

/// Leaves as few rows as can be: none as soon as there are enough tiles for two neighbouring heights to make up the block.
inline Cut cutRows(int64_t rows, int64_t height) {
  for (int64_t rest = 0; rest < height; ++rest) {
    int64_t tiles = llvm::divideCeil(rows - rest, height), low = tiles * height - (rows - rest);
    if (low == 0 || (low <= tiles && height > 1))
      return {tiles - low, low, rest};
  }
  return {0, 0, rows};
}

} // namespace mlc

#endif // MLC_CODEGEN_CPU_CUT_H
