// The table of all kernels, made from Kernels.def.
#include "reference.h"

extern "C" {
#define KERNEL(name, parameters) int32_t mlc_ref_##name(const mlc::ref::Call *);
#define SCRATCH_KERNEL(name, parameters)                                                                               \
  int32_t mlc_ref_##name(const mlc::ref::Call *);                                                                      \
  void mlc_ref_scratch_##name(const mlc::ref::Call *, mlc::ref::Scratch &);
#include "Kernels.def"
#undef KERNEL
#undef SCRATCH_KERNEL
}

namespace mlc::ref {

static const Entry table[] = {
#define KERNEL(name, parameters) {#name, mlc_ref_##name, nullptr, parameters},
#define SCRATCH_KERNEL(name, parameters) {#name, mlc_ref_##name, mlc_ref_scratch_##name, parameters},
#include "Kernels.def"
#undef KERNEL
#undef SCRATCH_KERNEL
    {nullptr, nullptr, nullptr, nullptr}};

const Entry *entries() { return table; }

const Entry *find(const char *name) {
  for (const Entry *entry = table; entry->name; ++entry) {
    const char *a = entry->name, *b = name;
    while (*a && *a == *b) {
      ++a;
      ++b;
    }
    if (*a == *b)
      return entry;
  }
  return nullptr;
}

} // namespace mlc::ref
