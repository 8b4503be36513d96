// The plain references as LLVM bitcode, one module for each target that mlc compiles for, to be linked into compiled
// models. The modules define mlc_ref_<name> and mlc_ref_scratch_<name> for all kernels but the element-wise ones, matmul
// and conv, and need nothing but memcpy, memset and memmove. Their functions carry no processor and no features, so that
// they inline into code for any; a caller that passes a constant Call gets, after internalizing and interprocedural
// constant propagation, the kernel of its types and shapes alone.
#ifndef MLC_KERNELS_BITCODE_H
#define MLC_KERNELS_BITCODE_H

#include <stddef.h>

namespace mlc::ref {

struct Bitcode {
  const char *data;
  size_t size;
};

// `architecture` as LLVM's triples name it: "x86_64", "aarch64", "riscv64". Null data: there is none for it.
Bitcode bitcode(const char *architecture);

} // namespace mlc::ref

#endif // MLC_KERNELS_BITCODE_H
