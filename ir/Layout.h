//===- Layout.h - what passes and emitters agree on --------------------------===//
#ifndef MLC_IR_LAYOUT_H
#define MLC_IR_LAYOUT_H

#include <cstdint>

namespace mlc {

/// Columns of a panel of packed weights (see `pack`).
constexpr int64_t kPanel = 16;
/// Numbers of a query or value of which attention's kernel keeps a block of rows.
constexpr int64_t kMostHeadSize = 256;

} // namespace mlc

#endif // MLC_IR_LAYOUT_H
