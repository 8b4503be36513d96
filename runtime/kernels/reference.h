/* The plain references: one slow, readable kernel for each operator of the mlc dialect, the definition that everything
 * else is held to. Constant folding calls them, irregular operators are linked into compiled models from them as LLVM
 * bitcode, the tests of the emitters compare with them.
 *
 * Freestanding C++20: no allocation, no exceptions, no library beyond memcpy, memset and memmove, no mutable state.
 *
 * Calling convention, one for all: tensors by descriptor, contiguous and row-major; integer and floating parameters in
 * the order that the operator's `Reference` interface gives (and that each kernel's comment repeats). The caller has
 * inferred the outputs' types and shapes and allocated them; a kernel trusts them. What only the values can tell (an
 * index out of range) is answered by an error of enum mlc_error; outputs are then undefined but memory is safe.
 */
#ifndef MLC_KERNELS_REFERENCE_H
#define MLC_KERNELS_REFERENCE_H

#include "mlc/abi.h"

#include <stdint.h>

namespace mlc::ref {

struct Tensor {
  void *data;            // null: the optional operand is absent
  int32_t dtype;         // enum mlc_dtype
  int32_t rank;
  int64_t dims[MLC_MAX_RANK];
};

struct Call {
  const Tensor *inputs;
  const Tensor *outputs;
  const int64_t *ints;
  const double *floats;
  int32_t inputCount, outputCount, intCount, floatCount;
  void *scratch;          // at least scratchBytes(entry, call) bytes, aligned to 64; may be null where that is 0
};

using Kernel = int32_t (*)(const Call *);

// Bytes of scratch as a sum of products of the tensors' dimensions, so that the compiler can form it where those are known
// only at run time. Tensors are told apart by their descriptors' addresses.
struct Scratch {
  struct Dim {
    const Tensor *tensor;
    int32_t axis;
  };
  struct Term {
    int64_t factor;
    int32_t count;
    Dim dims[MLC_MAX_RANK];
  };
  Term terms[2 * MLC_MAX_RANK];
  int32_t count = 0;

  Scratch &add(int64_t factor) {
    terms[count++] = {factor, 0, {}};
    return *this;
  }
  // Multiplies the last term.
  Scratch &times(const Tensor &tensor, int32_t axis) {
    Term &last = terms[count - 1];
    last.dims[last.count++] = {&tensor, axis};
    return *this;
  }
};

struct Entry {
  const char *name;       // as the operator's Reference interface says, for example "top_k"
  Kernel kernel;
  // Adds what the kernel needs with these ranks and parameters; reads neither data nor dimensions. Null: none.
  void (*scratch)(const Call *, Scratch &);
  const char *parameters; // what ints and floats hold, for people
};

// Bytes of scratch for a call whose dimensions are known.
inline int64_t scratchBytes(const Entry &entry, const Call *call) {
  Scratch scratch;
  if (entry.scratch)
    entry.scratch(call, scratch);
  int64_t sum = 0;
  for (int32_t i = 0; i < scratch.count; ++i) {
    int64_t product = scratch.terms[i].factor;
    for (int32_t d = 0; d < scratch.terms[i].count; ++d)
      product *= scratch.terms[i].dims[d].tensor->dims[scratch.terms[i].dims[d].axis];
    sum += product;
  }
  return sum;
}

// The entry of a name, or null. Native code only; compiled models link the kernels themselves, by the symbol
// "mlc_ref_" + name (C linkage).
const Entry *find(const char *name);

// All entries, ended by one with a null name.
const Entry *entries();

} // namespace mlc::ref

#endif // MLC_KERNELS_REFERENCE_H
