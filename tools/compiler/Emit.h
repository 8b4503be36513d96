//===- Emit.h - what a request wants to have written -----------------------===//
#ifndef MLC_TOOLS_COMPILER_EMIT_H
#define MLC_TOOLS_COMPILER_EMIT_H

#include "Stages.h"

namespace mlc::compiler {

enum class Emit { shared, archive, object, program, header, mlir, groups, kernels, llvm, assembly };

/// From the name of the kind, or the output's ending where that is empty; nothing where neither says.
std::optional<Emit> emitKind(const std::string &kind, const std::string &output);

inline bool isText(Emit kind) { return kind >= Emit::header; }

/// Kernels (and the schedule before them) as MLIR, LLVM IR or assembly: false after messages.
bool emitKernelTexts(Stages &stages, const CompileRequest &request, Emit kind, const LowerOptions &lower, std::string &text);

/// The schedule's LLVM IR, assembly or object: false after messages.
bool emitSchedule(Stages &stages, const LowerOptions &lower, MainForm form, std::string &out);

} // namespace mlc::compiler

#endif // MLC_TOOLS_COMPILER_EMIT_H
