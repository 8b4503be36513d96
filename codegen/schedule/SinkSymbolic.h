//===- SinkSymbolic.h - values of symbols after their symbols --------------===//
#ifndef MLC_CODEGEN_SCHEDULE_SINKSYMBOLIC_H
#define MLC_CODEGEN_SCHEDULE_SINKSYMBOLIC_H

#include "codegen/memory/ModelSymbols.h"

namespace mlc {

/// `mlc.symbolic` is like a constant, and passes move it to the function's beginning. One that follows from data is
/// stored only when its symbols are bound: a copy of it goes before its first reader in each block.
void sinkSymbolic(mlir::func::FuncOp function, const ModelSymbols &symbols);

} // namespace mlc

#endif // MLC_CODEGEN_SCHEDULE_SINKSYMBOLIC_H
