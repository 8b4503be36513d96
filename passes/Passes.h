//===- Passes.h - the passes of mlc ------------------------------------------===//
#ifndef MLC_PASSES_PASSES_H
#define MLC_PASSES_PASSES_H

#include "Pipeline.h"
#include "ir/Dialect.h"
#include "ir/Layout.h"
#include "mlir/Pass/Pass.h"

namespace mlc {

/// Channels of a first layer at most: its planes are read as they are, not channels-last.
constexpr int64_t kFewChannels = 4;

#define GEN_PASS_DECL
#include "passes/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "passes/Passes.h.inc"

} // namespace mlc

#endif // MLC_PASSES_PASSES_H
