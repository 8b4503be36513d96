//===- Header.h - the C header of a compiled model -------------------------===//
#ifndef MLC_CODEGEN_LINK_HEADER_H
#define MLC_CODEGEN_LINK_HEADER_H

#include "codegen/schedule/Lower.h"

namespace mlc {

/// A name that C and C++ take: other characters become '_', keywords and names of the C library get "model_" in front.
std::string cIdentifier(llvm::StringRef name);

/// Declarations, sizes and what there is to know of inputs and outputs.
std::string writeHeader(const Schedule &schedule, const LowerOptions &options);

} // namespace mlc

#endif // MLC_CODEGEN_LINK_HEADER_H
