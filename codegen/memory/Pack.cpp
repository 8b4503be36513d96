#include "Pack.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace mlc {

Packing packBySize(const std::vector<SizedBuffer> &buffers, int64_t align) {
  auto rounded = [&](size_t i) { return (buffers[i].bytes + align - 1) / align * align; };
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    if (rounded(a) != rounded(b))
      return rounded(a) > rounded(b);
    return buffers[a].life.begin != buffers[b].life.begin ? buffers[a].life.begin < buffers[b].life.begin : a < b;
  });

  Packing packing;
  packing.offsets.assign(buffers.size(), 0);
  std::vector<size_t> placed;      // by offset
  for (size_t i : order) {
    int64_t size = rounded(i), best = -1, bestGap = std::numeric_limits<int64_t>::max(), top = 0;
    for (size_t other : placed) {
      if (!buffers[other].life.overlaps(buffers[i].life))
        continue;
      int64_t gap = packing.offsets[other] - top;
      if (gap >= size && gap < bestGap) {
        best = top;
        bestGap = gap;
      }
      top = std::max(top, packing.offsets[other] + rounded(other));
    }
    packing.offsets[i] = best >= 0 ? best : top;
    packing.bytes = std::max(packing.bytes, packing.offsets[i] + size);
    placed.insert(std::upper_bound(placed.begin(), placed.end(), i,
                                   [&](size_t a, size_t b) { return packing.offsets[a] < packing.offsets[b]; }), i);
  }
  return packing;
}

SlotAssignment assignSlots(const std::vector<SlotBuffer> &buffers) {
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    if (buffers[a].estimate != buffers[b].estimate)
      return buffers[a].estimate > buffers[b].estimate;
    return buffers[a].life.begin != buffers[b].life.begin ? buffers[a].life.begin < buffers[b].life.begin : a < b;
  });

  SlotAssignment assignment;
  assignment.slots.assign(buffers.size(), 0);
  std::vector<std::vector<size_t>> members;
  for (size_t i : order) {
    size_t best = members.size();
    int64_t bestCost = std::numeric_limits<int64_t>::max();
    for (size_t s = 0; s < members.size(); ++s) {
      bool free = std::none_of(members[s].begin(), members[s].end(),
                               [&](size_t other) { return buffers[other].life.overlaps(buffers[i].life); });
      if (!free)
        continue;
      bool same = std::any_of(members[s].begin(), members[s].end(),
                              [&](size_t other) { return buffers[other].sizeClass == buffers[i].sizeClass; });
      // The first member is the largest by estimate; what it has more than this buffer is the waste.
      int64_t cost = same ? -1 : buffers[members[s].front()].estimate - buffers[i].estimate;
      if (cost < bestCost) {
        best = s;
        bestCost = cost;
      }
    }
    if (best == members.size())
      members.emplace_back();
    members[best].push_back(i);
    assignment.slots[i] = static_cast<unsigned>(best);
  }
  assignment.count = static_cast<unsigned>(members.size());
  return assignment;
}

} // namespace mlc
