//===- Pack.h - places for buffers in one block of memory ------------------===//
//
// Two problems, both over numbers only. Buffers of known size get offsets; buffers whose size is a formula get slots, and
// the slots' sizes are computed when the model runs. Times are positions in the schedule, both ends belong to the buffer.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_CODEGEN_MEMORY_PACK_H
#define MLC_CODEGEN_MEMORY_PACK_H

#include <cstdint>
#include <vector>

namespace mlc {

struct Lifetime {
  int begin = 0, end = 0;
  bool overlaps(const Lifetime &o) const { return begin <= o.end && o.begin <= end; }
};

struct SizedBuffer {
  int64_t bytes = 0;
  Lifetime life;
};

struct Packing {
  std::vector<int64_t> offsets;   // one a buffer, multiples of the alignment
  int64_t bytes = 0;              // of the whole block
};

/// Largest buffers first, each into the smallest gap that holds it between those that live at the same time.
Packing packBySize(const std::vector<SizedBuffer> &buffers, int64_t align);

struct SlotBuffer {
  unsigned sizeClass = 0;   // equal: the same formula
  int64_t estimate = 0;     // a guess of the formula's value, to put like to like
  Lifetime life;
};

struct SlotAssignment {
  std::vector<unsigned> slots;   // one a buffer
  unsigned count = 0;
};

/// Greedy: a buffer takes a free slot of its own formula, else the free slot that wastes least, else a new one.
SlotAssignment assignSlots(const std::vector<SlotBuffer> &buffers);

} // namespace mlc

#endif // MLC_CODEGEN_MEMORY_PACK_H
