#include "Kernel.h"

#include <cmath>
#include <limits>

using Floats = std::vector<float>;
using Longs = std::vector<int64_t>;

namespace {
const float nan_ = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
}

TEST(Reduction, EveryKind) {
  const std::vector<Floats> expected = {{6, -3}, {6, 10}, {3, 2}, {1, -5}};
  for (int64_t kind = 0; kind < 4; ++kind) {
    Kernel k("reduce");
    k.input<float>({2, 2}, {1, 3, 2, -5}).output<float>({2, 1}).ints({kind, 1, 1});
    Kernel t("reduce");
    t.input<float>({3, 2}, {1, 2, 2, -1, 3, -5}).output<float>({2}).ints({kind, 0, 0}).run();
    if (kind != 0)
      EXPECT_EQ(t.result<float>(0), expected[size_t(kind)]) << kind;
    else
      EXPECT_EQ(t.result<float>(0), (Floats{6, -4}));
  }
}

TEST(Reduction, OfNothingIsTheIdentity) {
  const Floats expected = {0, 1, -inf, inf};
  for (int64_t kind = 0; kind < 4; ++kind) {
    Kernel k("reduce");
    k.input<float>({0, 2}, {}).output<float>({2}).ints({kind, 0, 0}).run();
    EXPECT_EQ(k.result<float>(0), Floats(2, expected[size_t(kind)])) << kind;
  }
  Kernel k("reduce");
  k.input<int8_t>({0}, {}).output<int8_t>({}).ints({2, 0, 0}).run();
  EXPECT_EQ(k.result<int8_t>(0), std::vector<int8_t>{-128});
}

TEST(Reduction, SumsAreKeptWide) {
  Floats x(4097, 1);
  x[0] = 16777216;
  Kernel k("reduce");
  k.input<float>({4097}, x).output<float>({}).ints({0, 0, 0}).run();
  EXPECT_EQ(k.result<float>(0), Floats{16781312});
  Kernel nan("reduce");
  nan.input<float>({3}, {1, nan_, 3}).output<float>({}).ints({2, 0, 0}).run();
  EXPECT_TRUE(std::isnan(nan.result<float>(0)[0]));
}

TEST(Reduction, ArgumentsOfExtremes) {
  Kernel first("arg_reduce"), last("arg_reduce"), nan("arg_reduce");
  first.input<float>({2, 3}, {1, 3, 3, 5, 5, 2}).output<int64_t>({2}).ints({0, 1, 0, 0}).run();
  EXPECT_EQ(first.result<int64_t>(0), (Longs{1, 0}));
  last.input<float>({2, 3}, {1, 3, 3, 5, 5, 2}).output<int64_t>({2}).ints({0, 1, 0, 1}).run();
  EXPECT_EQ(last.result<int64_t>(0), (Longs{2, 1}));
  nan.input<float>({3}, {1, nan_, 0}).output<int64_t>({}).ints({1, 0, 0, 0}).run();
  EXPECT_EQ(nan.result<int64_t>(0), Longs{1});
}

TEST(Reduction, RunningSums) {
  const std::vector<Longs> expected = {{1, 3, 6}, {6, 5, 3}, {0, 1, 3}, {5, 3, 0}};
  for (int64_t i = 0; i < 4; ++i) {
    Kernel k("cumulative");
    k.input<int64_t>({3}, {1, 2, 3}).output<int64_t>({3}).ints({0, 0, i / 2, i % 2}).run();
    EXPECT_EQ(k.result<int64_t>(0), expected[size_t(i)]) << i;
  }
}

TEST(Normalize, Softmax) {
  Kernel k("softmax"), l("softmax");
  k.input<float>({2, 2}, {1000, 1000, 0, -inf}).output<float>({2, 2}).ints({1, 0}).run();
  EXPECT_EQ(k.result<float>(0), (Floats{0.5f, 0.5f, 1, 0}));
  l.input<float>({2}, {0, 0}).output<float>({2}).ints({-1, 1}).run();
  expectNear(l.result<float>(0), Floats(2, -0.6931472f), 1e-7);
  Kernel h("hardmax");
  h.input<float>({3}, {1, 2, 2}).output<float>({3}).ints({0}).run();
  EXPECT_EQ(h.result<float>(0), (Floats{0, 1, 0}));
}

TEST(Normalize, LayerNorm) {
  Kernel k("layer_norm");
  k.input<float>({2, 2}, {1, 3, -2, 2}).input<float>({2}, {2, 1}).input<float>({}, {1}).output<float>({2, 2}).output<float>({2, 1})
      .output<float>({2, 1}).ints({-1}).floats({0}).run();
  EXPECT_EQ(k.result<float>(0), (Floats{-1, 2, -1, 2}));
  EXPECT_EQ(k.result<float>(1), (Floats{2, 0}));
  EXPECT_EQ(k.result<float>(2), (Floats{1, 0.5f}));
}

TEST(Normalize, LocalResponse) {
  Kernel k("lrn");
  k.input<float>({1, 3}, {1, 2, 3}).output<float>({1, 3}).ints({1, 2}).floats({2, 1, 1}).run(); // neighbours k, k+1
  expectNear(k.result<float>(0), Floats{1.f / 6, 2.f / 14, 3.f / 10}, 1e-7);
}
