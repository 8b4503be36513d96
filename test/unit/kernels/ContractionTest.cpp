#include "Kernel.h"

#include <cmath>

using Floats = std::vector<float>;

TEST(Contraction, MatricesInEveryOrientation) {
  const Floats a = {1, 2, 3, 4, 5, 6}, at = {1, 4, 2, 5, 3, 6}, b = {1, 0, 0, 1, 2, 1}, bt = {1, 0, 2, 0, 1, 1};
  for (int64_t ta : {0, 1})
    for (int64_t tb : {0, 1}) {
      Kernel k("matmul");
      k.input<float>(ta ? Kernel::Shape{3, 2} : Kernel::Shape{2, 3}, ta ? at : a)
          .input<float>(tb ? Kernel::Shape{2, 3} : Kernel::Shape{3, 2}, tb ? bt : b).output<float>({2, 2}).ints({ta, tb}).run();
      EXPECT_EQ(k.result<float>(0), (Floats{7, 5, 16, 11}));
    }
}

TEST(Contraction, BatchesBroadcastAndVectors) {
  Kernel k("matmul");
  k.input<float>({2, 1, 1, 2}, {1, 2, 3, 4}).input<float>({3, 2, 1}, {1, 0, 0, 1, 1, 1}).output<float>({2, 3, 1, 1}).ints({0, 0}).run();
  EXPECT_EQ(k.result<float>(0), (Floats{1, 2, 3, 3, 4, 7}));
  Kernel dot("matmul");
  dot.input<float>({2}, {1, 2}).input<float>({2}, {3, 4}).output<float>({}).ints({0, 0}).run();
  EXPECT_EQ(dot.result<float>(0), Floats{11});
  Kernel row("matmul");
  row.input<float>({2}, {1, 2}).input<float>({2, 2}, {1, 2, 3, 4}).output<float>({2}).ints({0, 0}).run();
  EXPECT_EQ(row.result<float>(0), (Floats{7, 10}));
}

TEST(Contraction, BytesSumToWords) {
  Kernel k("matmul");
  k.input<uint8_t>({1, 2}, {255, 255}).input<int8_t>({2, 1}, {-128, -128}).output<int32_t>({1, 1}).ints({0, 0}).run();
  EXPECT_EQ(k.result<int32_t>(0), std::vector<int32_t>{-65280});
}

TEST(Contraction, SumsOfNothingAreZero) {
  Kernel k("matmul");
  k.input<float>({2, 0}, {}).input<float>({0, 1}, {}).output<float>({2, 1}).ints({0, 0}).run();
  EXPECT_EQ(k.result<float>(0), (Floats{0, 0}));
}

TEST(Contraction, AttentionWeighsValues) {
  const float ln3 = std::log(3.f), inf = INFINITY;
  // Two queries: the mask leaves the first both keys and the second one, or the second none.
  for (int64_t guard : {0, 1, 2}) {
    Kernel k("attention");
    k.input<float>({2, 1}, {2 * ln3, 2 * ln3}).input<float>({2, 1}, {0, 1}).input<float>({2, 2}, {0, 8, 4, 4})
        .input<float>({2, 2}, {0, 0, 0, -inf}).output<float>({2, 2}).ints({guard, 0}).floats({0.5}).run();
    const Floats expected = {3, 5, 0, 8};
    for (size_t i = 0; i < expected.size(); ++i)
      EXPECT_FLOAT_EQ(k.result<float>(0)[i], expected[i]);
    Kernel none("attention");
    none.input<float>({1, 1}, {1}).input<float>({2, 1}, {0, 1}).input<float>({2, 1}, {1, 2}).input<float>({1, 2}, {-inf, -inf})
        .output<float>({1, 1}).ints({guard, 0}).floats({1}).run();
    EXPECT_EQ(std::isnan(none.result<float>(0)[0]), guard == 0);
  }
  // Scores 0 and ln 3 of the first query; ln 3 instead of the first of the second, whose other is ln 3 as well.
  Kernel k("attention");
  k.input<float>({2, 1}, {2 * ln3, 2 * ln3}).input<float>({2, 1}, {0, 1}).input<float>({2, 2}, {0, 8, 4, 4})
      .input<float>({2, 2}, {0, 0, ln3, 0}).output<float>({2, 2}).ints({0, 1}).floats({0.5}).run();
  const Floats expected = {3, 5, 2, 6};
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_FLOAT_EQ(k.result<float>(0)[i], expected[i]);
}

TEST(Contraction, Convolution) {
  Kernel k("conv"); // 1-D, two groups, dilation 2, stride 1, one pixel of padding
  k.input<float>({1, 3, 2}, {1, 10, 2, 20, 3, 30}).input<float>({2, 2, 1}, {1, 2, 1, 0}).input<float>({2}, {100, 0})
      .output<float>({1, 3, 2}).ints({1, 2, 1, 2, 1, 1}).run();
  EXPECT_EQ(k.result<float>(0), (Floats{104, 0, 107, 10, 102, 20}));
}

TEST(Contraction, TransposedConvolutionIsTheAdjoint) {
  Kernel k("conv_transpose");
  k.input<float>({1, 2, 1}, {1, 2}).input<float>({1, 3, 1}, {1, 10, 100}).output<float>({1, 5, 1}).ints({1, 1, 2, 1, 0, 0, 0}).run();
  EXPECT_EQ(k.result<float>(0), (Floats{1, 10, 102, 20, 200}));
}

TEST(Contraction, Pools) {
  const std::vector<std::pair<std::vector<int64_t>, Floats>> cases = {
      {{1, 0, 0, 0, 2, 2, 1, 1, 1}, {1, -2, 4}},
      {{1, 1, 0, 0, 2, 2, 1, 1, 1}, {1, -2.5f, 4}},
      {{1, 1, 1, 0, 2, 2, 1, 1, 1}, {0.5f, -2.5f, 2}},
      {{1, 2, 0, 2, 2, 2, 1, 1, 1}, {1, std::sqrt(13.f), 4}}};
  for (const auto &[ints, expected] : cases) {
    Kernel k("pool");
    k.input<float>({1, 4, 1}, {1, -2, -3, 4}).output<float>({1, 3, 1}).ints(ints).run();
    EXPECT_EQ(k.result<float>(0), expected);
  }
}

TEST(Contraction, PoolIndicesAndBack) {
  Kernel k("max_pool_indices");
  k.input<float>({1, 1, 2, 4}, {1, 2, 8, 7, 4, 3, 5, 6}).output<float>({1, 1, 1, 2}).output<int64_t>({1, 1, 1, 2})
      .ints({2, 0, 2, 2, 2, 2, 1, 1, 0, 0, 0, 0}).run();
  EXPECT_EQ(k.result<float>(0), (Floats{4, 8}));
  EXPECT_EQ(k.result<int64_t>(1), (std::vector<int64_t>{4, 2}));
  Kernel u("max_unpool");
  u.input<float>({1, 1, 1, 2}, {4, 8}).input<int64_t>({1, 1, 1, 2}, {4, 2}).output<float>({1, 1, 2, 4}).ints({1, 1, 2, 4}).run();
  EXPECT_EQ(u.result<float>(0), (Floats{0, 0, 8, 0, 4, 0, 0, 0}));
  Kernel("max_unpool").input<float>({1}, {4}).input<int64_t>({1}, {4}).output<float>({4}).ints({4}).run(MLC_E_RANGE);
}
