//===- Passes.h - the passes of mlc ------------------------------------------===//
#ifndef MLC_PASSES_PASSES_H
#define MLC_PASSES_PASSES_H

#include "ir/Dialect.h"
#include "mlir/Pass/Pass.h"

namespace mlc {

/// Columns of a panel of packed weights (see `pack`).
constexpr int64_t kPanel = 16;
/// Channels of a first layer at most: its planes are read as they are, not channels-last.
constexpr int64_t kFewChannels = 4;

#define GEN_PASS_DECL
#include "passes/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "passes/Passes.h.inc"

} // namespace mlc

#endif // MLC_PASSES_PASSES_H
