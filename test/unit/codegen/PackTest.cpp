#include "codegen/memory/Pack.h"

#include <gtest/gtest.h>
#include <random>

using namespace mlc;

namespace {

std::vector<SizedBuffer> randomBuffers(std::mt19937 &random, int count) {
  std::vector<SizedBuffer> buffers;
  for (int i = 0; i < count; ++i) {
    int begin = static_cast<int>(random() % 60), end = begin + static_cast<int>(random() % 12);
    buffers.push_back({static_cast<int64_t>(random() % 5000), {begin, end}});
  }
  return buffers;
}

// No packing can do with less than what lives at one time.
int64_t leastBytes(const std::vector<SizedBuffer> &buffers) {
  int64_t least = 0;
  for (int t = 0; t < 80; ++t) {
    int64_t live = 0;
    for (const SizedBuffer &b : buffers)
      live += b.life.begin <= t && t <= b.life.end ? (b.bytes + 63) / 64 * 64 : 0;
    least = std::max(least, live);
  }
  return least;
}

TEST(PackBySize, BuffersThatLiveTogetherNeverOverlap) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    auto buffers = randomBuffers(random, 1 + static_cast<int>(random() % 60));
    Packing packing = packBySize(buffers, 64);
    for (size_t i = 0; i < buffers.size(); ++i) {
      EXPECT_EQ(packing.offsets[i] % 64, 0);
      EXPECT_LE(packing.offsets[i] + buffers[i].bytes, packing.bytes);
      for (size_t j = 0; j < i; ++j)
        if (buffers[i].life.overlaps(buffers[j].life))
          EXPECT_TRUE(packing.offsets[i] + buffers[i].bytes <= packing.offsets[j] ||
                      packing.offsets[j] + buffers[j].bytes <= packing.offsets[i]);
    }
    EXPECT_LE(packing.bytes, 2 * leastBytes(buffers));
  }
}

TEST(PackBySize, AChainNeedsTwoBuffers) {
  std::vector<SizedBuffer> chain;
  for (int i = 0; i < 20; ++i)
    chain.push_back({1000, {i, i + 1}});
  EXPECT_EQ(packBySize(chain, 64).bytes, 2 * 1024);
}

TEST(PackBySize, FillsTheSmallestGapThatFits) {
  // Between the long-lived ones two gaps open, of 512 and of 320 bytes.
  std::vector<SizedBuffer> buffers = {{640, {0, 9}}, {512, {0, 3}}, {384, {0, 9}}, {320, {0, 3}}, {256, {0, 9}}, {100, {5, 6}}};
  Packing packing = packBySize(buffers, 64);
  EXPECT_EQ(packing.offsets[5], packing.offsets[3]);
}

TEST(AssignSlots, BuffersThatLiveTogetherHaveDifferentSlots) {
  std::mt19937 random(2);
  for (int round = 0; round < 300; ++round) {
    std::vector<SlotBuffer> buffers;
    for (unsigned i = 0; i < 40; ++i) {
      int begin = static_cast<int>(random() % 60);
      unsigned sizeClass = static_cast<unsigned>(random() % 5);
      buffers.push_back({sizeClass, 100 * (sizeClass + 1), {begin, begin + static_cast<int>(random() % 12)}});
    }
    SlotAssignment slots = assignSlots(buffers);
    for (size_t i = 0; i < buffers.size(); ++i) {
      EXPECT_LT(slots.slots[i], slots.count);
      for (size_t j = 0; j < i; ++j)
        if (buffers[i].life.overlaps(buffers[j].life))
          EXPECT_NE(slots.slots[i], slots.slots[j]);
    }
  }
}

TEST(AssignSlots, PrefersASlotOfTheSameFormula) {
  std::vector<SlotBuffer> buffers = {{0, 100, {0, 1}}, {1, 90, {0, 1}}, {1, 90, {2, 3}}, {0, 100, {2, 3}}};
  SlotAssignment slots = assignSlots(buffers);
  EXPECT_EQ(slots.count, 2u);
  EXPECT_EQ(slots.slots[1], slots.slots[2]);
  EXPECT_EQ(slots.slots[0], slots.slots[3]);
}

} // namespace
