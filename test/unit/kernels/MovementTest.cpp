#include "Kernel.h"

#include <numeric>

namespace {

std::vector<float> numbers(size_t n) {
  std::vector<float> v(n);
  std::iota(v.begin(), v.end(), 0.f);
  return v;
}
using Floats = std::vector<float>;

} // namespace

TEST(Movement, Transposes) {
  Kernel k("transpose");
  k.input<float>({2, 3}, numbers(6)).output<float>({3, 2}).ints({1, 0}).run();
  EXPECT_EQ(k.result<float>(0), (Floats{0, 3, 1, 4, 2, 5}));
  Kernel wide("transpose");
  wide.input<uint64_t>({2, 1, 2}, {1, 2, 3, 4}, MLC_C64).output<uint64_t>({2, 2, 1}, MLC_C64).ints({2, 0, 1}).run();
  EXPECT_EQ(wide.result<uint64_t>(0), (std::vector<uint64_t>{1, 3, 2, 4}));
}

TEST(Movement, SlicesBackwards) {
  Kernel k("slice");
  k.input<float>({2, 5}, numbers(10)).output<float>({1, 3}).ints({1, 4, 1, -2}).run();
  EXPECT_EQ(k.result<float>(0), (Floats{9, 7, 5}));
}

TEST(Movement, ConcatenatesWithEmptyParts) {
  Kernel k("concat");
  k.input<float>({2, 1}, {1, 2}).input<float>({2, 0}, {}).input<float>({2, 2}, {3, 4, 5, 6}).output<float>({2, 3}).ints({-1}).run();
  EXPECT_EQ(k.result<float>(0), (Floats{1, 3, 4, 2, 5, 6}));
}

TEST(Movement, BroadcastsAndReshapes) {
  Kernel k("broadcast_to");
  k.input<int8_t>({2, 1}, {1, 2}).output<int8_t>({2, 2, 2}).run();
  EXPECT_EQ(k.result<int8_t>(0), (std::vector<int8_t>{1, 1, 2, 2, 1, 1, 2, 2}));
  Kernel r("reshape");
  r.input<float>({2, 3}, numbers(6)).output<float>({6}).run();
  EXPECT_EQ(r.result<float>(0), numbers(6));
}

TEST(Movement, PadsInEveryMode) {
  const std::vector<Floats> expected = {
      {9, 9, 9, 0, 1, 2, 9, 9}, {1, 2, 1, 0, 1, 2, 1, 0}, {0, 0, 0, 0, 1, 2, 2, 2}, {0, 1, 2, 0, 1, 2, 0, 1}};
  for (int64_t mode = 0; mode < 4; ++mode) {
    Kernel k("pad");
    k.input<float>({3}, numbers(3)).input<float>({}, {9}).output<float>({8}).ints({mode, 3, 2, 0}).run();
    EXPECT_EQ(k.result<float>(0), expected[size_t(mode)]) << mode;
  }
}

TEST(Movement, PadsBetweenAndCrops) {
  Kernel k("pad");
  k.input<float>({4}, {1, 2, 3, 4}).absent().output<float>({5}).ints({0, -1, -1, 1}).run(); // 1 0 2 0 3 0 4
  EXPECT_EQ(k.result<float>(0), (Floats{0, 2, 0, 3, 0}));
}

TEST(Movement, GathersFromTheEnd) {
  Kernel k("gather");
  k.input<float>({2, 3}, numbers(6)).input<int32_t>({2}, {-1, 0}).output<float>({2, 2}).ints({1}).run();
  EXPECT_EQ(k.result<float>(0), (Floats{2, 0, 5, 3}));
  Kernel e("gather_elements");
  e.input<float>({2, 2}, numbers(4)).input<int64_t>({2, 2}, {0, 0, -1, 0}).output<float>({2, 2}).ints({1}).run();
  EXPECT_EQ(e.result<float>(0), (Floats{0, 0, 3, 2}));
  Kernel n("gather_nd");
  n.input<float>({2, 2, 2}, numbers(8)).input<int64_t>({2, 1}, {1, -2}).output<float>({2, 2}).ints({1}).run();
  EXPECT_EQ(n.result<float>(0), (Floats{2, 3, 4, 5}));
}

TEST(Movement, IndicesOutsideAreRefused) {
  for (int64_t index : {2, -3}) {
    Kernel("gather").input<float>({2}, {1, 2}).input<int64_t>({1}, {index}).output<float>({1}).ints({0}).run(MLC_E_RANGE);
    Kernel("gather_elements").input<float>({2}, {1, 2}).input<int64_t>({1}, {index}).output<float>({1}).ints({0}).run(MLC_E_RANGE);
    Kernel("gather_nd").input<float>({2}, {1, 2}).input<int64_t>({1, 1}, {index}).output<float>({1}).ints({0}).run(MLC_E_RANGE);
    Kernel("scatter_nd").input<float>({2}, {1, 2}).input<int64_t>({1, 1}, {index}).input<float>({1}, {5}).output<float>({2})
        .ints({0}).run(MLC_E_RANGE);
    Kernel("scatter_elements").input<float>({2}, {1, 2}).input<int64_t>({1}, {index}).input<float>({1}, {5}).output<float>({2})
        .ints({0, 0}).run(MLC_E_RANGE);
  }
}

TEST(Movement, ScattersWithEveryReduction) {
  const std::vector<Floats> expected = {{1, 4, 3}, {1, 12, 3}, {1, 48, 3}, {1, 6, 3}, {1, 2, 3}};
  for (int64_t reduction = 0; reduction < 5; ++reduction) {
    Kernel nd("scatter_nd");
    nd.input<float>({3}, {1, 2, 3}).input<int64_t>({2, 1}, {1, -2}).input<float>({2}, {6, 4}).output<float>({3}).ints({reduction}).run();
    EXPECT_EQ(nd.result<float>(0), expected[size_t(reduction)]) << reduction;
    Kernel elements("scatter_elements");
    elements.input<float>({3}, {1, 2, 3}).input<int64_t>({2}, {1, -2}).input<float>({2}, {6, 4}).output<float>({3})
        .ints({0, reduction}).run();
    EXPECT_EQ(elements.result<float>(0), expected[size_t(reduction)]) << reduction;
  }
}

TEST(Movement, ReversesSequences) {
  Kernel k("reverse_sequence");
  k.input<float>({2, 3}, numbers(6)).input<int64_t>({2}, {2, 3}).output<float>({2, 3}).ints({0, 1}).run();
  EXPECT_EQ(k.result<float>(0), (Floats{1, 0, 2, 5, 4, 3}));
  Kernel("reverse_sequence").input<float>({1, 1}, {1}).input<int64_t>({1}, {2}).output<float>({1, 1}).ints({0, 1}).run(MLC_E_RANGE);
}

TEST(Movement, CountsPositions) {
  Kernel whole("iota");
  whole.output<int32_t>({2, 3}).ints({1, 5, -2}).run();
  EXPECT_EQ(whole.result<int32_t>(0), (std::vector<int32_t>{5, 3, 1, 5, 3, 1}));
  Kernel real("iota");
  real.output<float>({3}).ints({0, 0, 0}).floats({0.5, 0.25}).run();
  EXPECT_EQ(real.result<float>(0), (Floats{0.5f, 0.75f, 1}));
}

TEST(Resize, Nearest) {
  Kernel k("resize");
  k.input<uint8_t>({1, 2}, {1, 2}).output<uint8_t>({1, 5}).ints({0, 1, 2, 0, 0}).floats({-0.75, 0, 1, 2.5, 0, 0, 1, 1}).run();
  EXPECT_EQ(k.result<uint8_t>(0), (std::vector<uint8_t>{1, 1, 1, 2, 2}));
}

TEST(Resize, LinearAndCubic) {
  Kernel linear("resize");
  linear.input<float>({2}, {0, 1}).output<float>({4}).ints({1, 0, 0, 0, 0}).floats({-0.75, 0, 2, 0, 1}).run();
  EXPECT_EQ(linear.result<float>(0), (Floats{0, 0.25f, 0.75f, 1}));
  Kernel corners("resize");
  corners.input<float>({2}, {0, 3}).output<float>({4}).ints({2, 2, 0, 0, 0}).floats({-0.75, 0, 2, 0, 1}).run();
  EXPECT_EQ(corners.result<float>(0)[0], 0);
  EXPECT_NEAR(corners.result<float>(0)[3], 3, 1e-6);
}

TEST(Resize, AntialiasAveragesAndCropExtrapolates) {
  Kernel k("resize");
  k.input<float>({4}, {0, 2, 4, 6}).output<float>({2}).ints({1, 0, 0, 1, 0}).floats({-0.75, 0, 0.5, 0, 1}).run();
  expectNear(k.result<float>(0), Floats{1.25f, 4.75f}, 1e-6);
  Kernel inside("resize");
  inside.input<float>({4}, {0, 2, 4, 6}).output<float>({2}).ints({1, 0, 0, 1, 1}).floats({-0.75, 0, 0.5, 0, 1}).run();
  expectNear(inside.result<float>(0), Floats{10.f / 7, 32.f / 7}, 1e-6);
  Kernel crop("resize");
  crop.input<float>({3}, {1, 2, 3}).output<float>({3}).ints({1, 4, 0, 0, 0}).floats({-0.75, 9, 1, 0.5, 1.5}).run();
  EXPECT_EQ(crop.result<float>(0), (Floats{2, 3, 9}));
}
