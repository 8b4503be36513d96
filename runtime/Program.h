// An opened model: its descriptor, checked, and the library it lives in.
#ifndef MLC_RUNTIME_PROGRAM_H
#define MLC_RUNTIME_PROGRAM_H

#include <mlc/runtime.h>

#include <atomic>

struct mlc_program {
  const mlc_model *model = nullptr;
  void *library = nullptr; // null for a linked-in model
  // Closes the library. A pointer, so that programs with a linked-in model are linked without the loader.
  int (*closeLibrary)(void *) = nullptr;
  std::atomic<bool> populated{false};  // the weights are in the page table
  std::atomic<uint32_t> references{1}; // the caller's, and one a session
};

namespace mlc::rt {

void retain(mlc_program *program);
void release(mlc_program *program);

// Whether a descriptor is one that this runtime can trust with its own memory: version, counts, ranks, pointers.
// `place` begins the sentence.
int32_t checkDescriptor(const mlc_model *model, const char *place);

} // namespace mlc::rt

#endif // MLC_RUNTIME_PROGRAM_H
