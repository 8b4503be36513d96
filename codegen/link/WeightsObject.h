//===- WeightsObject.h - the object file of the weights --------------------===//
#ifndef MLC_CODEGEN_LINK_WEIGHTSOBJECT_H
#define MLC_CODEGEN_LINK_WEIGHTSOBJECT_H

#include "codegen/memory/Weights.h"

#include "llvm/Support/Error.h"

namespace mlc {

/// Writes a relocatable ELF file with one section, `.mlc.weights`, and one hidden symbol for it. The bytes go from where
/// they are to the file; they never pass through a code generator. Machine and flags are those of `likeObject`, an ELF
/// object of the same target.
llvm::Error writeWeightsObject(const WeightsLayout &weights, llvm::StringRef symbol, llvm::StringRef likeObject, llvm::StringRef path);

} // namespace mlc

#endif // MLC_CODEGEN_LINK_WEIGHTSOBJECT_H
