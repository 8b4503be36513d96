//===- Pipeline.h - graph to groups ------------------------------------------===//
#ifndef MLC_PASSES_PIPELINE_H
#define MLC_PASSES_PIPELINE_H

#include "ir/Dialect.h"
#include "mlir/Pass/PassManager.h"

namespace mlc {

/// What constant weights of contractions are kept in (see PackWeights).
enum class Precision { f32, f16, bf16 };

/// All passes from the imported graph to groups, in order. Afterwards a function holds only: mlc.constant, mlc.symbolic,
/// mlc.group, mlc.reshape (a view), mlc.bind, mlc.if, mlc.loop, and func.return.
void buildPipeline(mlir::OpPassManager &pm, Precision precision = Precision::f32);

/// Registers the passes, so that mlc-opt knows them by name.
void registerPasses();

} // namespace mlc

#endif // MLC_PASSES_PIPELINE_H
