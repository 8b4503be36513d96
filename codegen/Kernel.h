//===- Kernel.h - from a group to code: the only door to the emitters -------===//
//
// A kernel is identified by the text of its group (`kernelText`), in which symbols are renumbered and names are left out:
// equal groups are one kernel. The text is all that the emitters see, so that kernels can be compiled on any thread, in any
// order, and kept in a cache across models.
//
// Calling convention (mlc_kernel of mlc/abi.h): `args` points to 8-byte words: one pointer an operand of the group, one
// pointer a result, then one int64 a symbol. All tensors are row-major and aligned to their element, and contiguous but for
// those that the group has strides of.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_CODEGEN_KERNEL_H
#define MLC_CODEGEN_KERNEL_H

#include "Target.h"
#include "ir/Dialect.h"

#include "llvm/Support/Error.h"

namespace mlc {

/// Registers what a context needs to read groups and to make kernels of them.
void registerKernelDialects(mlir::DialectRegistry &registry);

/// The canonical text of a group: input of `compileKernel` and key of the kernel.
std::string kernelText(GroupOp group);

/// Linker symbol of the kernel with this text for a level: "mlc_k_" and a hash. Equal symbols are equal code, so kernels
/// are emitted linkonce_odr (COMDAT) and hidden.
std::string kernelSymbol(llvm::StringRef text, const CpuTarget &target);

/// A name for people: operator, types, shape.
std::string kernelName(GroupOp group);

/// Number of tasks of a group's kernel, over the function's symbols. Does not depend on the level.
mlir::AffineExpr kernelTasks(GroupOp group);

/// Floating-point operations and bytes that one run needs at least (null where not known), over the function's symbols.
mlir::AffineExpr kernelFlops(GroupOp group);
mlir::AffineExpr kernelBytes(GroupOp group);

enum class KernelForm { mlir, llvm, assembly, object };

/// Compiles a kernel: the text of its IR, its assembly, or an ELF object in `out`. Safe to call from several threads.
llvm::Error compileKernel(llvm::StringRef text, const CpuTarget &target, KernelForm form, std::string &out);

} // namespace mlc

#endif // MLC_CODEGEN_KERNEL_H
