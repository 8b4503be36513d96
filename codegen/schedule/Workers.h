//===- Workers.h - which steps are handed to workers -----------------------===//
#ifndef MLC_CODEGEN_SCHEDULE_WORKERS_H
#define MLC_CODEGEN_SCHEDULE_WORKERS_H

#include "ir/Dialect.h"

#include "llvm/ADT/DenseSet.h"

namespace mlc {

/// The groups of known size in a function for which workers are worth their while. Handing over one kernel takes a microsecond
/// or two, but the first kernel that workers share and the first that they do not share again also fetch half of their operands
/// from another processor's cache: small kernels are handed over in a row or not at all.
llvm::DenseSet<mlir::Operation *> groupsForWorkers(mlir::func::FuncOp function);

} // namespace mlc

#endif // MLC_CODEGEN_SCHEDULE_WORKERS_H
