// The compiler, loaded when it is needed.
#ifndef MLC_TOOLS_MLC_LIBRARY_H
#define MLC_TOOLS_MLC_LIBRARY_H

#include "Compiler.h"

namespace mlc::cli {

struct CompilerLibrary {
  decltype(&mlc_compiler_compile) compile = nullptr;
  decltype(&mlc_compiler_check) check = nullptr;
  decltype(&mlc_compiler_inspect) inspect = nullptr;
};

// Done, or the exit status after it has said why.
int loadCompiler(CompilerLibrary &library);

// Prints notes and errors of a result and returns the exit status.
int conclude(const CompileResult &result);

// Shows the stages of a compilation where standard error is a terminal; empty elsewhere.
std::function<void(const std::string &, double)> progressBar();

} // namespace mlc::cli

#endif // MLC_TOOLS_MLC_LIBRARY_H
