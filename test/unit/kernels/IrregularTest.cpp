#include "Kernel.h"

#include <cmath>
#include <limits>
#include <numeric>

using Floats = std::vector<float>;
using Longs = std::vector<int64_t>;
using Ints = std::vector<int32_t>;

namespace {
const float nan_ = std::numeric_limits<float>::quiet_NaN();
}

TEST(Irregular, TopKIsStable) {
  const Floats x = {3, 1, 3, nan_, 2, 1};
  Kernel largest("top_k"), smallest("top_k"), unsorted("top_k");
  largest.input<float>({6}, x).output<float>({4}).output<int64_t>({4}).ints({0, 1, 1}).run();
  EXPECT_EQ(largest.result<int64_t>(1), (Longs{3, 0, 2, 4}));
  smallest.input<float>({6}, x).output<float>({6}).output<int64_t>({6}).ints({0, 0, 1}).run();
  EXPECT_EQ(smallest.result<int64_t>(1), (Longs{1, 5, 4, 0, 2, 3}));
  unsorted.input<float>({6}, x).output<float>({2}).output<int64_t>({2}).ints({0, 0, 0}).run();
  EXPECT_EQ(unsorted.result<int64_t>(1), (Longs{1, 5}));
  Kernel("top_k").input<float>({1}, {1}).output<float>({2}).output<int64_t>({2}).ints({0, 1, 1}).run(MLC_E_VALUE);
}

TEST(Irregular, TopKAlongAnOuterAxis) {
  Kernel k("top_k");
  k.input<int32_t>({3, 2}, {1, 6, 5, 2, 3, 4}).output<int32_t>({2, 2}).output<int64_t>({2, 2}).ints({0, 1, 1}).run();
  EXPECT_EQ(k.result<int32_t>(0), (Ints{5, 6, 3, 4}));
  EXPECT_EQ(k.result<int64_t>(1), (Longs{1, 0, 2, 2}));
}

TEST(Irregular, NonZeroAndCompressLeaveZerosBehind) {
  Kernel k("non_zero");
  k.input<int8_t>({2, 2}, {0, 5, -1, 0}).output<int64_t>({2, 4}).output<int64_t>({}).run();
  EXPECT_EQ(k.result<int64_t>(0), (Longs{0, 1, 0, 0, 1, 0, 0, 0}));
  EXPECT_EQ(k.result<int64_t>(1), Longs{2});
  Kernel axis("compress");
  axis.input<float>({2, 3}, {1, 2, 3, 4, 5, 6}).input<bool>({2}, {false, true}).output<float>({2, 3}).output<int64_t>({})
      .ints({1, 1}).run();
  EXPECT_EQ(axis.result<float>(0), (Floats{2, 0, 0, 5, 0, 0}));
  EXPECT_EQ(axis.result<int64_t>(1), Longs{1});
  Kernel flat("compress");
  flat.input<float>({2, 2}, {1, 2, 3, 4}).input<bool>({4}, {true, false, false, true}).output<float>({4}).output<int64_t>({})
      .ints({0, 0}).run();
  EXPECT_EQ(flat.result<float>(0), (Floats{1, 4, 0, 0}));
}

TEST(Irregular, UniqueSortedOrNot) {
  for (int64_t sorted : {1, 0}) {
    Kernel k("unique");
    k.input<float>({6}, {2, 1, 1, 3, 4, 3}).output<float>({6}).output<int64_t>({6}).output<int64_t>({6}).output<int64_t>({6})
        .output<int64_t>({}).ints({0, 0, sorted}).run();
    EXPECT_EQ(k.result<float>(0), sorted ? (Floats{1, 2, 3, 4, 0, 0}) : (Floats{2, 1, 3, 4, 0, 0}));
    EXPECT_EQ(k.result<int64_t>(1), sorted ? (Longs{1, 0, 3, 4, 0, 0}) : (Longs{0, 1, 3, 4, 0, 0}));
    EXPECT_EQ(k.result<int64_t>(2), sorted ? (Longs{1, 0, 0, 2, 3, 2}) : (Longs{0, 1, 1, 2, 3, 2}));
    EXPECT_EQ(k.result<int64_t>(3), sorted ? (Longs{2, 1, 2, 1, 0, 0}) : (Longs{1, 2, 2, 1, 0, 0}));
    EXPECT_EQ(k.result<int64_t>(4), Longs{4});
  }
}

TEST(Irregular, UniqueSlices) {
  Kernel k("unique");
  k.input<int32_t>({2, 3}, {1, 0, 1, 2, 5, 2}).output<int32_t>({2, 3}).unwanted().unwanted().unwanted().output<int64_t>({})
      .ints({1, 1, 1}).run();
  EXPECT_EQ(k.result<int32_t>(0), (Ints{0, 1, 0, 5, 2, 0}));
  EXPECT_EQ(k.result<int64_t>(4), Longs{2});
}

TEST(Irregular, NonMaxSuppression) {
  const Floats boxes = {0, 0, 1, 1, 0, 0.1f, 1, 1.1f, 1, 11, 0, 10}, scores = {0.9f, 0.95f, 0.3f};
  Kernel k("non_max_suppression");
  k.input<float>({1, 3, 4}, boxes).input<float>({1, 1, 3}, scores).input<int64_t>({}, {9}).input<float>({}, {0.5f}).absent()
      .output<int64_t>({3, 3}).output<int64_t>({}).ints({0}).run();
  EXPECT_EQ(k.result<int64_t>(0), (Longs{0, 0, 1, 0, 0, 2, 0, 0, 0}));
  EXPECT_EQ(k.result<int64_t>(1), Longs{2});
  Kernel limited("non_max_suppression");
  limited.input<float>({1, 3, 4}, boxes).input<float>({1, 1, 3}, scores).input<int64_t>({1}, {9}).input<float>({1}, {0.99f})
      .input<float>({1}, {0.3f}).output<int64_t>({3, 3}).output<int64_t>({}).ints({0}).run();
  EXPECT_EQ(limited.result<int64_t>(1), Longs{2});
  Kernel("non_max_suppression").input<float>({1, 3, 4}, boxes).input<float>({1, 1, 3}, scores).input<int64_t>({}, {9})
      .input<float>({}, {1}).absent().output<int64_t>({1, 3}).output<int64_t>({}).ints({0}).run(MLC_E_ARENA);
}

TEST(Irregular, RegionsOfInterest) {
  Kernel k("roi_align");
  k.input<float>({1, 1, 2, 2}, {0, 1, 2, 3}).input<float>({1, 4}, {0, 0, 2, 2}).input<int64_t>({1}, {0}).output<float>({1, 1, 1, 1})
      .ints({0, 0, 1}).floats({1}).run();
  EXPECT_EQ(k.result<float>(0), Floats{1.5f});
  Kernel("roi_align").input<float>({1, 1, 1, 1}, {0}).input<float>({1, 4}, {0, 0, 1, 1}).input<int64_t>({1}, {1})
      .output<float>({1, 1, 1, 1}).ints({0, 0, 1}).floats({1}).run(MLC_E_RANGE);
}

TEST(Irregular, GridSampleModesAndPadding) {
  const auto sample = [](int64_t mode, int64_t padding, float where) {
    Kernel k("grid_sample");
    k.input<float>({1, 1, 1, 4}, {1, 2, 3, 4}).input<float>({1, 1, 1, 2}, {where, 0}).output<float>({1, 1, 1, 1})
        .ints({mode, padding, 0}).run();
    return k.result<float>(0)[0];
  };
  EXPECT_EQ(sample(0, 0, 0), 2.5f);
  EXPECT_EQ(sample(0, 0, 1), 2);   // half of the last pixel and half of zero
  EXPECT_EQ(sample(0, 1, 1), 4);
  EXPECT_EQ(sample(1, 2, 1.4f), 4); // 4.3 rounds to 4, mirrored to 3
  EXPECT_EQ(sample(1, 0, 3), 0);
  EXPECT_EQ(sample(0, 0, nan_), 0);
  EXPECT_EQ(sample(0, 1, 1e30f), 4);
  EXPECT_FLOAT_EQ(sample(2, 1, 0), 2.5f);
}

TEST(Irregular, AffineGridOfTheIdentity) {
  Kernel k("affine_grid");
  k.input<float>({1, 2, 3}, {1, 0, 0, 0, 1, 0}).output<float>({1, 1, 2, 2}).ints({0}).run();
  EXPECT_EQ(k.result<float>(0), (Floats{-0.5f, 0, 0.5f, 0}));
}

TEST(Irregular, DeformableConvolutionMovesItsTaps) {
  Kernel k("deform_conv");
  k.input<float>({1, 1, 1, 3}, {1, 2, 4}).input<float>({1, 1, 1, 1}, {2}).input<float>({1, 2, 1, 3}, {0, 0, 0, 0.5f, 1, 0.5f})
      .input<float>({1}, {10}).input<float>({1, 1, 1, 3}, {1, 1, 0.5f}).output<float>({1, 1, 1, 3})
      .ints({2, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0}).run();
  EXPECT_EQ(k.result<float>(0), (Floats{13, 18, 12}));
}

TEST(Irregular, Determinants) {
  Kernel k("det");
  k.input<double>({2, 3, 3}, {0, 2, 0, 1, 0, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9}).output<double>({2}).run();
  expectNear(k.result<double>(0), std::vector<double>{-6, 0}, 1e-12);
}

TEST(Irregular, FourierTransformsOfAnyLength) {
  for (int64_t n : {1, 2, 5, 8, 12}) {
    std::vector<double> x(size_t(n), 0);
    x[size_t(n > 1)] = 1; // an impulse at 1: roots of unity
    Kernel k("dft");
    k.input<double>({n, 1}, x).output<double>({n, 2}).ints({0, 0, 0, n}).run();
    auto y = k.result<double>(0);
    for (int64_t i = 0; i < n; ++i) {
      double angle = n > 1 ? -2 * M_PI * double(i) / double(n) : 0;
      EXPECT_NEAR(y[size_t(2 * i)], std::cos(angle), 1e-15) << n;
      EXPECT_NEAR(y[size_t(2 * i + 1)], std::sin(angle), 1e-15) << n;
    }
    Kernel half("dft"), back("dft");
    half.input<double>({n, 1}, x).output<double>({n / 2 + 1, 2}).ints({0, 0, 1, n}).run();
    back.input<double>({n / 2 + 1, 2}, half.result<double>(0)).output<double>({n, 1}).ints({0, 1, 1, n}).run();
    expectNear(back.result<double>(0), x, 1e-15);
  }
  Kernel("dft").input<double>({0, 1}, {}).output<double>({0, 2}).ints({0, 0, 0, 0}).run(MLC_E_VALUE);
}

TEST(Irregular, ColumnsToImage) {
  Kernel k("col2im"); // 1-D, blocks of 2, stride 1
  k.input<float>({1, 2, 2}, {1, 2, 10, 20}).output<float>({1, 1, 3}).ints({1, 2, 1, 1, 0, 0}).run();
  EXPECT_EQ(k.result<float>(0), (Floats{1, 12, 20}));
}

TEST(Irregular, CountsNGrams) {
  Kernel k("tfidf_vectorizer"); // unigrams 2, 3; bigram (5, 4), with skips up to 1
  k.input<int32_t>({6}, {1, 2, 5, 3, 4, 3}).input<int64_t>({4}, {2, 3, 5, 4}).input<int64_t>({2}, {0, 2}).input<int64_t>({3}, {0, 2, 1})
      .absent().output<float>({3}).ints({0, 1, 2, 1}).run();
  EXPECT_EQ(k.result<float>(0), (Floats{1, 1, 2}));
}

TEST(Irregular, RandomNumbersDependOnSeedStreamAndPlaceOnly) {
  const auto draw = [](int64_t n, int64_t seed, int64_t stream) {
    Kernel k("random_uniform");
    k.output<float>({n}).ints({seed, stream}).floats({-1, 1}).run();
    return k.result<float>(0);
  };
  Floats a = draw(1000, 7, 0), b = draw(10, 7, 0);
  EXPECT_TRUE(std::equal(b.begin(), b.end(), a.begin()));
  EXPECT_NE(draw(10, 8, 0), b);
  EXPECT_NE(draw(10, 7, 1), b);
  for (float x : a)
    EXPECT_TRUE(x >= -1 && x < 1);
  EXPECT_NEAR(std::accumulate(a.begin(), a.end(), 0.0) / 1000, 0, 0.06);
  Kernel normal("random_normal");
  normal.output<double>({20000}).ints({1, 2}).floats({3, 2}).run();
  double mean = 0, squares = 0;
  for (double x : normal.result<double>(0)) {
    mean += x / 20000;
    squares += (x - 3) * (x - 3) / 20000;
  }
  EXPECT_NEAR(mean, 3, 0.06);
  EXPECT_NEAR(squares, 4, 0.15);
}

TEST(Irregular, DrawsFromProbabilities) {
  Kernel b("bernoulli"), m("multinomial");
  b.input<float>({3000}, Floats(3000, 0.25f)).output<bool>({3000}).ints({1, 0}).run();
  auto drawn = b.result<uint8_t>(0);
  EXPECT_NEAR(std::accumulate(drawn.begin(), drawn.end(), 0) / 3000.0, 0.25, 0.03);
  m.input<float>({1, 3}, {0, -std::numeric_limits<float>::infinity(), std::log(3.f)}).output<int32_t>({1, 4000}).ints({5, 0}).run();
  int counts[3] = {};
  for (int32_t k : m.result<int32_t>(0))
    ++counts[k];
  EXPECT_EQ(counts[1], 0);
  EXPECT_NEAR(counts[2] / 4000.0, 0.75, 0.03);
}

namespace {

// Tree 0: x0 <= 1 (NaN too) ? leaf 0 : (x1 in {2, 4} ? leaf 1 : leaf 2); tree 1: leaf 0 alone.
Kernel forest(const Floats &x, const Ints &targets, const Floats &weights) {
  Kernel k("tree_ensemble");
  k.input<float>({int64_t(x.size()) / 2, 2}, x).input<int32_t>({2}, {0, 1}).input<float>({2}, {1, 0}).input<uint8_t>({2}, {128, 6})
      .input<int32_t>({2}, {-1, -2}).input<int32_t>({2}, {1, -3}).input<int32_t>({2}, {0, -1}).input<int32_t>({4}, {0, 1, 2, 3})
      .input<int32_t>({3}, targets).input<float>({3}, weights);
  return k;
}

} // namespace

TEST(Irregular, TreesAddUp) {
  const Floats x = {0, 0, nan_, 0, 5, 4, 5, 3};
  Kernel k = forest(x, {0, 1, 0}, {1, 10, 100});
  k.input<float>({2}, {0.5f, 0}).input<int32_t>({2}, {0, 2}).input<float>({2}, {2, 4}).output<float>({4, 2}).output<int64_t>({4})
      .ints({0, 0, 0}).run();
  EXPECT_EQ(k.result<float>(0), (Floats{2.5f, 0, 2.5f, 0, 1.5f, 10, 101.5f, 0}));
  EXPECT_EQ(k.result<int64_t>(1), (Longs{0, 0, 1, 0}));
}

TEST(Irregular, TreesWithTwoClasses) {
  for (int64_t binary : {1, 2}) {
    Kernel k = forest({0, 0}, {0, 0, 0}, {0.3f, 0, 0});
    k.absent().absent().absent().output<float>({1, 2}).output<int64_t>({1}).ints({1, binary == 2 ? 2 : 0, binary}).run();
    double s = 0.3f, p = 1 / (1 + std::exp(-s));
    expectNear(k.result<float>(0), binary == 1 ? Floats{float(1 - s), float(s)} : Floats{float(1 - p), float(p)}, 1e-6);
    EXPECT_EQ(k.result<int64_t>(1), Longs{binary == 2});
  }
}

TEST(Irregular, BrokenTreesAreRefused) {
  Kernel target = forest({0, 0}, {7, 0, 0}, {1, 1, 1});
  target.absent().absent().absent().output<float>({1, 2}).unwanted().ints({0, 0, 0}).run(MLC_E_RANGE);
  Kernel loop("tree_ensemble");
  loop.input<float>({1, 1}, {0}).input<int32_t>({1}, {0}).input<float>({1}, {1}).input<uint8_t>({1}, {0}).input<int32_t>({1}, {0})
      .input<int32_t>({1}, {0}).input<int32_t>({1}, {0}).input<int32_t>({1}, {0}).input<int32_t>({0}, {}).input<float>({0}, {})
      .output<float>({1, 1}).ints({0, 0, 0}).run(MLC_E_RANGE);
}
