//===- Guard.h - faults of the compiler become messages --------------------===//
//
// Nothing that a model does may end the process: not a fatal error of LLVM, not memory that runs out. At the door of the
// library and at the start of each of its threads stands
//
//     std::string fault = guarded([&] { … });      // empty: went well
//
//===----------------------------------------------------------------------===//
#ifndef MLC_TOOLS_COMPILER_GUARD_H
#define MLC_TOOLS_COMPILER_GUARD_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "tools/mlc/Compiler.h"
#include <string>

namespace mlc::compiler {

/// Calls a function; what went wrong within LLVM or the standard library, or "".
std::string guarded(llvm::function_ref<void()> body);

/// The same for a whole request: a fault gets into the result, with status 70, and the time is taken.
void guardedRequest(CompileResult &result, llvm::function_ref<void()> body);

/// Marks a result as an internal fault.
void internalFault(CompileResult &result, const std::string &what);

} // namespace mlc::compiler

#endif // MLC_TOOLS_COMPILER_GUARD_H
