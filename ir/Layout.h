//===- Layout.h - how the passes lay out weights -----------------------------===//
#ifndef MLC_IR_LAYOUT_H
#define MLC_IR_LAYOUT_H

#include <cstdint>

namespace mlc {

/// Columns of a panel of packed weights (see `pack`).
constexpr int64_t kPanel = 16;

} // namespace mlc

#endif // MLC_IR_LAYOUT_H
