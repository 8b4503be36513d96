#include "Kernel.h"

#include <cmath>
#include <limits>

namespace {

template <class T> std::vector<T> binary(const char *name, std::vector<T> a, std::vector<T> b, std::vector<int64_t> ints = {}) {
  int64_t n = int64_t(a.size()), m = int64_t(b.size());
  Kernel k(name);
  k.input<T>({n}, a).template input<T>({m}, b).template output<T>({std::max(n, m)}).ints(ints).run();
  return k.result<T>(0);
}
template <class T> std::vector<T> unary(const char *name, std::vector<T> a) {
  Kernel k(name);
  k.input<T>({int64_t(a.size())}, a).template output<T>({int64_t(a.size())}).run();
  return k.result<T>(0);
}
template <class A, class B>
std::vector<B> cast(std::vector<A> x, int32_t to = dtypeOf<B>(), bool saturate = true, int32_t from = dtypeOf<A>()) {
  Kernel k("cast");
  k.input<A>({int64_t(x.size())}, x, from).template output<B>({int64_t(x.size())}, to).ints({saturate, 0}).run();
  return k.template result<B>(0);
}

const float nan_ = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();

} // namespace

TEST(Elementwise, BroadcastsFromTheRight) {
  Kernel k("add");
  k.input<int32_t>({2, 1}, {10, 20}).input<int32_t>({3}, {1, 2, 3}).output<int32_t>({2, 3}).run();
  EXPECT_EQ(k.result<int32_t>(0), (std::vector<int32_t>{11, 12, 13, 21, 22, 23}));
}

TEST(Elementwise, TakesScalarsAndNothing) {
  Kernel scalar("mul");
  scalar.input<float>({}, {3}).input<float>({}, {4}).output<float>({}).run();
  EXPECT_EQ(scalar.result<float>(0), std::vector<float>{12});
  Kernel empty("mul");
  empty.input<float>({0, 2}, {}).input<float>({2}, {1, 2}).output<float>({0, 2}).run();
}

TEST(Elementwise, IntegersWrap) {
  EXPECT_EQ(binary<int8_t>("add", {127}, {1}), std::vector<int8_t>{-128});
  EXPECT_EQ(binary<int64_t>("mul", {INT64_MAX}, {2}), std::vector<int64_t>{-2});
  EXPECT_EQ(binary<uint8_t>("sub", {0}, {1}), std::vector<uint8_t>{255});
  EXPECT_EQ(unary<int32_t>("neg", {INT32_MIN}), std::vector<int32_t>{INT32_MIN});
  EXPECT_EQ(unary<int8_t>("abs", {-128, -3}), (std::vector<int8_t>{-128, 3}));
}

TEST(Elementwise, DivisionOfIntegersNeverTraps) {
  EXPECT_EQ(binary<int32_t>("div", {7, -7, 7, INT32_MIN, 5}, {2, 2, -2, -1, 0}), (std::vector<int32_t>{3, -3, -3, INT32_MIN, 0}));
  EXPECT_EQ(binary<int64_t>("div", {INT64_MIN}, {-1}), std::vector<int64_t>{INT64_MIN});
  EXPECT_EQ(binary<int64_t>("mod", {INT64_MIN, 4}, {-1, 0}, {1}), (std::vector<int64_t>{0, 0}));
}

TEST(Elementwise, RemaindersTakeTheSignAskedFor) {
  EXPECT_EQ(binary<int32_t>("mod", {-4, 7, 5, 4}, {2, -3, 8, -8}, {0}), (std::vector<int32_t>{0, -2, 5, -4}));
  EXPECT_EQ(binary<int32_t>("mod", {-4, 7, 5, -7}, {2, -3, 8, 3}, {1}), (std::vector<int32_t>{0, 1, 5, -1}));
  EXPECT_EQ(binary<float>("mod", {-4.5f, 5}, {2, -3}, {1}), (std::vector<float>{-0.5f, 2}));
  EXPECT_EQ(binary<float>("mod", {-4.5f, 5}, {2, -3}, {0}), (std::vector<float>{1.5f, -1}));
}

TEST(Elementwise, NanWinsInMaxAndMin) {
  for (const char *name : {"max", "min"})
    for (float y : binary<float>(name, {nan_, 1}, {1, nan_}))
      EXPECT_TRUE(std::isnan(y));
  EXPECT_EQ(binary<float>("max", {1, -inf}, {2, 0}), (std::vector<float>{2, 0}));
  EXPECT_TRUE(std::isnan(unary<float>("relu", {nan_})[0]));
  EXPECT_TRUE(std::isnan(unary<float>("sign", {nan_})[0]));
}

TEST(Elementwise, BitsAndBools) {
  EXPECT_EQ(binary<uint8_t>("and", {12}, {10}), std::vector<uint8_t>{8});
  EXPECT_EQ(binary<int16_t>("xor", {-1}, {1}), std::vector<int16_t>{-2});
  EXPECT_EQ(binary<uint8_t>("shl", {1, 255, 1}, {7, 4, 200}), (std::vector<uint8_t>{128, 240, 0}));
  EXPECT_EQ(binary<int8_t>("shr", {-128, -128, 64}, {1, 100, 6}), (std::vector<int8_t>{-64, -1, 1}));
  EXPECT_EQ(unary<uint8_t>("not", {0xf0}), std::vector<uint8_t>{0x0f});
  Kernel k("not");
  k.input<bool>({2}, {true, false}).output<bool>({2}).run();
  EXPECT_EQ(k.result<uint8_t>(0), (std::vector<uint8_t>{0, 1}));
}

TEST(Elementwise, RoundsHalfToEven) {
  EXPECT_EQ(unary<float>("round", {0.5f, 1.5f, 2.5f, -2.5f, -0.4f}), (std::vector<float>{0, 2, 2, -2, -0.f}));
  EXPECT_TRUE(std::signbit(unary<float>("ceil", {-0.5f})[0]));
}

TEST(Elementwise, PowersMixTypes) {
  Kernel k("pow");
  k.input<int32_t>({3}, {2, -3, 10}).input<float>({3}, {3, 2, -1}).output<int32_t>({3}).run();
  EXPECT_EQ(k.result<int32_t>(0), (std::vector<int32_t>{8, 9, 0}));
  Kernel whole("pow");
  whole.input<int64_t>({4}, {3, -1, 2, 0}).input<int8_t>({4}, {4, -3, -1, 0}).output<int64_t>({4}).run();
  EXPECT_EQ(whole.result<int64_t>(0), (std::vector<int64_t>{81, -1, 0, 1}));
  Kernel real("pow");
  real.input<float>({2}, {2, 4}).input<int64_t>({2}, {-1, 2}).output<float>({2}).run();
  EXPECT_EQ(real.result<float>(0), (std::vector<float>{0.5f, 16}));
}

TEST(Elementwise, ComparesAndSelects) {
  const std::vector<std::vector<uint8_t>> expected = {{0, 1, 0, 0}, {1, 0, 1, 1}, {1, 0, 0, 0},
                                                      {1, 1, 0, 0}, {0, 0, 1, 0}, {0, 1, 1, 0}};
  for (int64_t relation = 0; relation < 6; ++relation) {
    Kernel k("compare");
    k.input<float>({4}, {1, 2, 3, nan_}).input<float>({1}, {2}).output<bool>({4}).ints({relation}).run();
    EXPECT_EQ(k.result<uint8_t>(0), expected[size_t(relation)]) << relation;
  }
  Kernel k("select");
  k.input<bool>({2, 1}, {true, false}).input<int16_t>({2}, {1, 2}).input<int16_t>({}, {9}).output<int16_t>({2, 2}).run();
  EXPECT_EQ(k.result<int16_t>(0), (std::vector<int16_t>{1, 2, 9, 9}));
}

TEST(Elementwise, ClassifiesInfinities) {
  Kernel k("is_inf");
  k.input<float>({3}, {inf, -inf, nan_}).output<bool>({3}).ints({1, 0}).run();
  EXPECT_EQ(k.result<uint8_t>(0), (std::vector<uint8_t>{0, 1, 0}));
}

TEST(Elementwise, HalfPrecisionComputesInFloat) {
  // 1 + 2^-11 ties to even, and 60000 + 60000 overflows.
  EXPECT_EQ((Kernel("add").input<uint16_t>({2}, {0x3c00, 0x7b53}, MLC_F16).input<uint16_t>({2}, {0x1000, 0x7b53}, MLC_F16)
                 .output<uint16_t>({2}, MLC_F16).run().result<uint16_t>(0)),
            (std::vector<uint16_t>{0x3c00, 0x7c00}));
  EXPECT_EQ((Kernel("exp").input<uint16_t>({1}, {0x0000}, MLC_BF16).output<uint16_t>({1}, MLC_BF16).run().result<uint16_t>(0)),
            std::vector<uint16_t>{0x3f80});
}

TEST(Cast, FloatsToIntegersTruncateAndSaturate) {
  EXPECT_EQ((cast<float, int8_t>({1.9f, -1.9f, 300, -300, nan_, inf})), (std::vector<int8_t>{1, -1, 127, -128, 0, 127}));
  EXPECT_EQ((cast<double, uint64_t>({1e30, -1, 18446744073709549568.0})),
            (std::vector<uint64_t>{~uint64_t(0), 0, 18446744073709549568u}));
}

TEST(Cast, IntegersWrapAndConvert) {
  EXPECT_EQ((cast<int16_t, int8_t>({200, -129})), (std::vector<int8_t>{-56, 127}));
  EXPECT_EQ((cast<int64_t, float>({16777217, -3})), (std::vector<float>{16777216, -3}));
  EXPECT_EQ((cast<uint64_t, float>({~uint64_t(0)})), std::vector<float>{18446744073709551616.0f});
  EXPECT_EQ((cast<int64_t, float>({(int64_t(1) << 54) + (int64_t(1) << 30) + 1})), std::vector<float>{0x1.000002p54f});
}

TEST(Cast, ToBoolIsOtherThanZero) {
  EXPECT_EQ((cast<float, uint8_t>({0, -0.f, 0.1f, nan_}, MLC_BOOL)), (std::vector<uint8_t>{0, 0, 1, 1}));
  EXPECT_EQ((cast<uint8_t, float>({0, 1}, MLC_F32, true, MLC_BOOL)), (std::vector<float>{0, 1}));
}

TEST(Cast, NarrowTypes) {
  EXPECT_EQ((cast<float, uint8_t>({500, -500, 1}, MLC_F8E4M3FN)), (std::vector<uint8_t>{0x7e, 0xfe, 0x38}));
  EXPECT_EQ((cast<float, uint8_t>({500}, MLC_F8E4M3FN, false)), std::vector<uint8_t>{0x7f});
  EXPECT_EQ((cast<float, int8_t>({7, -8, 9, -1.7f}, MLC_I4)), (std::vector<int8_t>{7, -8, -7, -1}));
  EXPECT_EQ((cast<int32_t, uint8_t>({5, -1}, MLC_U2)), (std::vector<uint8_t>{1, 3}));
  EXPECT_EQ((cast<uint8_t, float>({3, 2, 1}, MLC_F32, true, MLC_I2)), (std::vector<float>{-1, -2, 1}));
  EXPECT_EQ((cast<uint8_t, float>({7, 15}, MLC_F32, true, MLC_F4E2M1)), (std::vector<float>{6, -6}));
}

TEST(Cast, ManyBlocks) {
  std::vector<int32_t> x(1000);
  for (int i = 0; i < 1000; ++i)
    x[size_t(i)] = i - 500;
  EXPECT_EQ((cast<double, int32_t>(cast<int32_t, double>(x))), x);
}

TEST(Cast, BitcastKeepsBits) {
  Kernel k("bitcast");
  k.input<float>({2}, {1, -2}).output<uint32_t>({2}).run();
  EXPECT_EQ(k.result<uint32_t>(0), (std::vector<uint32_t>{0x3f800000, 0xc0000000}));
}
