// Formats of 16 bits and less: every code, and every boundary between two codes.
#include "Number.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

using namespace mlc::ref;
using narrow::Format;

namespace {

const struct {
  const char *name;
  Format format;
} formats[] = {{"f16", narrow::f16},           {"bf16", narrow::bf16}, {"e4m3fn", narrow::e4m3fn},
               {"e4m3fnuz", narrow::e4m3fnuz}, {"e5m2", narrow::e5m2}, {"e5m2fnuz", narrow::e5m2fnuz},
               {"e2m1", narrow::e2m1}};

} // namespace

TEST(Narrow, EveryCodeComesBack) {
  for (const auto &[name, format] : formats)
    for (uint32_t code = 0; code < 2 * signOf(format); ++code) {
      double value = decode(format, code);
      if (std::isnan(value))
        EXPECT_TRUE(std::isnan(decode(format, encode(format, value)))) << name << " " << code;
      else
        EXPECT_EQ(encode(format, value), code) << name << " " << value;
    }
}

TEST(Narrow, BoundariesRoundToEven) {
  for (const auto &[name, format] : formats)
    for (uint32_t code = 0; code + 1 <= largest(format); ++code) {
      double low = decode(format, code), high = decode(format, code + 1), middle = (low + high) / 2;
      EXPECT_EQ(encode(format, middle), code & 1 ? code + 1 : code) << name;
      EXPECT_EQ(encode(format, std::nextafter(middle, 0)), code) << name;
      EXPECT_EQ(encode(format, std::nextafter(middle, 1e300)), code + 1) << name;
      EXPECT_EQ(encode(format, -std::nextafter(middle, 1e300)), (code + 1) | signOf(format)) << name;
    }
}

TEST(Narrow, KnownValues) {
  EXPECT_EQ(decode(narrow::f16, 0x3c00), 1);
  EXPECT_EQ(decode(narrow::f16, 0x7bff), 65504);
  EXPECT_EQ(decode(narrow::f16, 1), 0x1p-24);
  EXPECT_EQ(encode(narrow::f16, 65520), 0x7c00u);
  EXPECT_EQ(encode(narrow::f16, 65519.99), 0x7bffu);
  EXPECT_EQ(decode(narrow::bf16, 0x3f80), 1);
  EXPECT_EQ(decode(narrow::e4m3fn, 0x7e), 448);
  EXPECT_EQ(decode(narrow::e4m3fnuz, 0x7f), 240);
  EXPECT_EQ(decode(narrow::e5m2, 0x7b), 57344);
  EXPECT_EQ(decode(narrow::e5m2fnuz, 0x7f), 57344);
  EXPECT_EQ(decode(narrow::e2m1, 7), 6);
}

TEST(Narrow, TooLargeSaturatesOrNot) {
  double inf = std::numeric_limits<double>::infinity();
  for (double x : {1e9, inf}) {
    EXPECT_EQ(encode(narrow::e4m3fn, x, true), 0x7eu);
    EXPECT_EQ(encode(narrow::e4m3fn, x, false), 0x7fu);
    EXPECT_EQ(encode(narrow::e4m3fn, -x, false), 0xffu);
    EXPECT_EQ(encode(narrow::e5m2, x, true), 0x7bu);
    EXPECT_EQ(encode(narrow::e5m2, -x, false), 0xfcu);
    EXPECT_EQ(encode(narrow::e5m2fnuz, x, false), 0x80u);
    EXPECT_EQ(encode(narrow::e5m2fnuz, -x, true), 0xffu);
    EXPECT_EQ(encode(narrow::e2m1, x), 7u);
  }
  EXPECT_EQ(encode(narrow::e4m3fnuz, -0.0), 0u);
}

TEST(Narrow, Scales) {
  EXPECT_EQ(narrow::decodeScale(127), 1);
  EXPECT_TRUE(std::isnan(narrow::decodeScale(255)));
  EXPECT_EQ(narrow::encodeScale(1.25, true, 0), 128u);
  EXPECT_EQ(narrow::encodeScale(1.25, true, 1), 127u);
  EXPECT_EQ(narrow::encodeScale(1.25, true, 2), 127u);
  EXPECT_EQ(narrow::encodeScale(1.5, true, 2), 128u);
  EXPECT_EQ(narrow::encodeScale(0, true, 0), 0u);
  EXPECT_EQ(narrow::encodeScale(0, false, 2), 255u);
  EXPECT_EQ(narrow::encodeScale(1e300, true, 0), 254u);
}

TEST(Narrow, SmallIntegersWrap) {
  I4 a;
  store(a, int64_t(9));
  EXPECT_EQ(load(a), -7);
  U4 b;
  store(b, uint64_t(17));
  EXPECT_EQ(load(b), 1u);
  EXPECT_EQ(lowest<I4>(), -8);
  EXPECT_EQ(highest<I4>(), 7);
  EXPECT_EQ(highest<U4>(), 15u);
  EXPECT_EQ(highest<uint64_t>(), ~uint64_t(0));
  EXPECT_EQ(truncate<int64_t>(1e30, lowest<int64_t>(), highest<int64_t>()), INT64_MAX);
  EXPECT_EQ(truncate<uint64_t>(-1, 0, highest<uint64_t>()), 0u);
}
