//===- Irregular.h - operators that are their reference kernel ----------------===//
#ifndef MLC_CODEGEN_CPU_IRREGULAR_H
#define MLC_CODEGEN_CPU_IRREGULAR_H

#include "KernelBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

namespace mlc {

/// Emits a call of the group's reference kernel: descriptors of all tensors on the stack, parameters as constants.
/// `reference` gets the kernel's name.
mlir::LogicalResult emitIrregularKernel(KernelBuilder &kernel, std::string &reference);

/// Links the code of a reference kernel into a module, internal and inlined, so that constants specialise it.
llvm::Error linkReference(llvm::Module &module, llvm::StringRef name, const CpuTarget &target);

} // namespace mlc

#endif // MLC_CODEGEN_CPU_IRREGULAR_H
