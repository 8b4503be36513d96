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
  void *scratch;          // at least scratchBytes(call) bytes, aligned to 64; may be null where that is 0
};

using Kernel = int32_t (*)(const Call *);

struct Entry {
  const char *name;       // as the operator's Reference interface says, for example "top_k"
  Kernel kernel;
  // Bytes of scratch for these shapes (data pointers may be null then); null: none.
  int64_t (*scratch)(const Call *);
  const char *parameters; // what ints and floats hold, for people
};

// The entry of a name, or null. Native code only; compiled models link the kernels themselves, by the symbol
// "mlc_ref_" + name (C linkage).
const Entry *find(const char *name);

// All entries, ended by one with a null name.
const Entry *entries();

} // namespace mlc::ref

#endif // MLC_KERNELS_REFERENCE_H
