//===- Reader.h - models that are given as MLIR's text --------------------===//
#ifndef MLC_FRONTEND_MLIR_READER_H
#define MLC_FRONTEND_MLIR_READER_H

#include "frontend/Frontend.h"
#include "frontend/MappedFile.h"

namespace mlc::frontend {

/// Reads a module of the mlc dialect and checks all that the compiler relies on: one function of one block, operators of
/// this dialect only, and what the verifiers see. Groups are dissolved, to be formed anew. Null where it is refused.
mlir::OwningOpRef<mlir::ModuleOp> readMlir(const MappedFile &file, const ImportOptions &options, mlir::MLIRContext &context,
                                           Diagnostics &problems, CheckResult *check);

} // namespace mlc::frontend

#endif // MLC_FRONTEND_MLIR_READER_H
