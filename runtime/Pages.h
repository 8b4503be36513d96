// Pages of memory that are about to be used.
#ifndef MLC_RUNTIME_PAGES_H
#define MLC_RUNTIME_PAGES_H

#include <cstdint>
#include <sys/mman.h>

namespace mlc::rt {

// Brings mapped bytes that will be read into the page table in one call; otherwise each few pages cost a fault of their own.
// Where the system cannot, the faults come.
inline void populate(const void *bytes, uint64_t size) {
#ifdef MADV_POPULATE_READ
  constexpr uintptr_t page = 4096;
  uintptr_t begin = reinterpret_cast<uintptr_t>(bytes) & ~(page - 1), end = reinterpret_cast<uintptr_t>(bytes) + size;
  if (size)
    madvise(reinterpret_cast<void *>(begin), end - begin, MADV_POPULATE_READ);
#endif
}

} // namespace mlc::rt

#endif // MLC_RUNTIME_PAGES_H
