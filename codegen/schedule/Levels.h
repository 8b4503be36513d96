//===- Levels.h - code that chooses the processor level --------------------===//
#ifndef MLC_CODEGEN_SCHEDULE_LEVELS_H
#define MLC_CODEGEN_SCHEDULE_LEVELS_H

#include "codegen/Target.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/Module.h"

namespace mlc {

/// Adds `int32_t NAME.level()`: the index of the last level that runs on this processor, or -1. The answer is found once, by
/// cpuid and xgetbv on x86, and kept; other processors have one level, which is taken as given.
llvm::Function *emitLevelFunction(llvm::Module &module, llvm::StringRef name, llvm::ArrayRef<CpuTarget> levels);

} // namespace mlc

#endif // MLC_CODEGEN_SCHEDULE_LEVELS_H
