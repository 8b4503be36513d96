#include "Buffer.h"

#include <mlc/abi.h>

#include <cstdlib>
#include <sys/mman.h>

namespace mlc::rt {
namespace {

// Memory of huge pages has fewer faults and fewer misses of the page tables. From so many bytes on, clearing a whole one costs
// less than a fault for each small page.
constexpr uint64_t hugePage = uint64_t{2} << 20, worthHuge = hugePage / 2;
constexpr uint64_t largest = uint64_t{1} << 46;

void *mapAligned(uint64_t bytes) {
  // Mapped with one huge page to spare, then cut on both sides.
  void *got = mmap(nullptr, bytes + hugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (got == MAP_FAILED)
    return nullptr;
  uintptr_t start = reinterpret_cast<uintptr_t>(got);
  uintptr_t aligned = (start + hugePage - 1) & ~(hugePage - 1);
  if (aligned != start)
    munmap(got, aligned - start);
  if (uint64_t tail = start + hugePage - aligned)
    munmap(reinterpret_cast<void *>(aligned + bytes), tail);
  void *memory = reinterpret_cast<void *>(aligned);
  madvise(memory, bytes, MADV_HUGEPAGE);
  return memory;
}

} // namespace

bool Buffer::reserve(uint64_t bytes) {
  if (memory && bytes <= room)
    return true;
  if (bytes > largest)
    return false;
  release();
  mapped = bytes >= worthHuge;
  uint64_t unit = !mapped ? MLC_ARENA_ALIGN : bytes % hugePage >= worthHuge ? hugePage : 4096;
  uint64_t rounded = bytes ? (bytes + unit - 1) / unit * unit : unit;
  memory = mapped ? mapAligned(rounded) : std::aligned_alloc(MLC_ARENA_ALIGN, rounded);
  room = memory ? rounded : 0;
  return memory != nullptr;
}

void Buffer::release() {
  if (mapped && memory)
    munmap(memory, room);
  else
    std::free(memory);
  memory = nullptr;
  room = 0;
}

} // namespace mlc::rt
