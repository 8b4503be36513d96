// f16 and bf16 from and to f32 and f64, against rounding by a scale.
#include "Machine.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>

namespace {

/// A small float: bits of the fraction, least exponent of a normal number, bits of the greatest finite number.
struct Format {
  const char *name;
  int fraction, leastExponent;
  uint16_t infinity;
};
const Format formats[] = {{"f16", 10, -14, 0x7C00}, {"bf16", 7, -126, 0x7F80}};

double valueOf(const Format &f, uint16_t bits) {
  int exponent = (bits & 0x7FFF) >> f.fraction, fraction = bits & ((1 << f.fraction) - 1);
  double sign = bits & 0x8000 ? -1 : 1;
  if ((bits & 0x7FFF) >= f.infinity)
    return (bits & 0x7FFF) == f.infinity ? sign * INFINITY : NAN;
  double magnitude = exponent ? std::ldexp(fraction + (1 << f.fraction), exponent - 1 + f.leastExponent - f.fraction)
                              : std::ldexp(fraction, f.leastExponent - f.fraction);
  return sign * magnitude;
}

uint16_t bitsOf(const Format &f, double x) {
  uint16_t sign = std::signbit(x) ? 0x8000 : 0;
  if (std::isnan(x))
    return sign | f.infinity | 1;
  if (std::isinf(x))
    return sign | f.infinity;
  int exponent = x == 0 ? f.leastExponent : std::max(std::ilogb(x), f.leastExponent);
  // In units of the last place; a carry moves on into the exponent, and to infinity at last.
  double units = std::nearbyint(std::ldexp(std::abs(x), f.fraction - exponent));
  double bits = units + std::ldexp(double(exponent - f.leastExponent), f.fraction);
  return sign | (bits > f.infinity ? f.infinity : uint16_t(bits));
}

bool sameNarrow(const Format &f, uint16_t got, uint16_t expected) {
  bool nan = (expected & 0x7FFF) > f.infinity;
  return nan ? (got & 0x7FFF) > f.infinity : got == expected;
}

template <typename T>
void checkWiden(const Format &f, const std::string &to) {
  for (const auto &cpu : processors())
    for (int lanes : {0, 8}) {
      Machine machine({{"f", "arith.extf", f.name, to, lanes}}, cpu);
      std::vector<uint16_t> x(blockSize);
      std::vector<T> y(blockSize);
      for (uint32_t at = 0; at < 65536; at += blockSize) {
        for (int64_t i = 0; i < blockSize; ++i)
          x[i] = uint16_t(at + i);
        machine.unary("f")(x.data(), y.data());
        for (int64_t i = 0; i < blockSize; ++i) {
          double expected = valueOf(f, x[i]);
          bool same =
              std::isnan(expected) ? std::isnan(y[i]) : y[i] == expected && std::signbit(y[i]) == std::signbit(expected);
          ASSERT_TRUE(same) << f.name << " bits " << x[i] << " got " << y[i] << " expected " << expected << " on " << cpu;
        }
      }
    }
}

template <typename T>
void checkNarrow(const Format &f, const std::string &from, std::function<bool(std::vector<T> &)> next) {
  std::vector<T> x(blockSize);
  std::vector<uint16_t> y(blockSize), expected(blockSize);
  std::vector<std::unique_ptr<Machine>> machines;
  for (const auto &cpu : processors())
    machines.push_back(std::make_unique<Machine>(
        std::vector<FunctionSpec>{{"f8", "arith.truncf", from, f.name, 8}, {"f0", "arith.truncf", from, f.name, 0}}, cpu));
  for (bool more = true; more;) {
    more = next(x);
    for (int64_t i = 0; i < blockSize; ++i)
      expected[i] = bitsOf(f, x[i]);
    for (const auto &machine : machines)
      for (const char *name : {"f8", "f0"}) {
        machine->unary(name)(x.data(), y.data());
        for (int64_t i = 0; i < blockSize; ++i)
          if (!sameNarrow(f, y[i], expected[i]))
            FAIL() << std::hexfloat << double(x[i]) << " as " << f.name << ": got " << std::hex << y[i] << " expected "
                   << expected[i];
      }
  }
}

class Conversions : public testing::TestWithParam<Format> {};

TEST_P(Conversions, WidenExactly) {
  checkWiden<float>(GetParam(), "f32");
  checkWiden<double>(GetParam(), "f64");
}

TEST_P(Conversions, RoundSingleToNearestEven) {
  uint64_t at = 0;
  checkNarrow<float>(GetParam(), "f32", [&](std::vector<float> &x) {
    for (float &v : x) {
      v = std::bit_cast<float>(uint32_t(at));
      at += exhaustive ? 1 : thorough ? 17 : 4095; // meets ties of both formats
    }
    return at < (uint64_t(1) << 32);
  });
}

TEST_P(Conversions, RoundDoubleOnce) {
  Format f = GetParam();
  // Halfway between neighbours, and a little beside: by as little as a double can say.
  uint32_t low = 0;
  checkNarrow<double>(f, "f64", [&](std::vector<double> &x) {
    for (size_t i = 0; i + 8 <= x.size(); i += 8, ++low) {
      double a = valueOf(f, uint16_t(low)), b = valueOf(f, uint16_t(low + 1));
      double middle = std::isfinite(a) && std::isfinite(b) ? (a + b) / 2
                      : std::isfinite(a)                   ? a * (1 + std::ldexp(0.5, -f.fraction - 1))
                                                           : a;
      x[i] = middle;
      x[i + 1] = std::nextafter(middle, INFINITY);
      x[i + 2] = std::nextafter(middle, -INFINITY);
      x[i + 3] = middle * (1 + 0x1p-30);
      x[i + 4] = middle * (1 - 0x1p-30);
      x[i + 5] = a;
      x[i + 6] = std::nextafter(a, INFINITY);
      x[i + 7] = std::nextafter(a, -INFINITY);
    }
    return low < 65536;
  });
  std::mt19937_64 random(1);
  int blocks = exhaustive ? 2000 : 20;
  checkNarrow<double>(f, "f64", [&](std::vector<double> &x) {
    for (double &v : x)
      v = std::ldexp(double(int64_t(random())), int(random() % 320) - 240);
    return --blocks > 0;
  });
}

INSTANTIATE_TEST_SUITE_P(Small, Conversions, testing::ValuesIn(formats),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
