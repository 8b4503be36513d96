// Functions of f64 against libm's of long double, which has eleven bits more.
#include "Machine.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

static_assert(std::numeric_limits<long double>::digits >= 64, "the reference needs more than f64");

namespace {

/// Distance in units of the last place of a double; huge where one is NaN, infinite or of other sign and the other is not.
double ulps(double got, long double expected) {
  constexpr double huge = 1e30;
  if (std::isnan(expected) || std::isnan(got))
    return std::isnan(expected) && std::isnan(got) ? 0 : huge;
  if (std::isinf(expected))
    return got == expected ? 0 : huge;
  if (got == 0)
    return std::signbit(got) == std::signbit(expected) ? double(std::fabs(expected) / 0x1p-1074L) : huge;
  const long double top = std::ldexp(1.0L, 1024);
  long double clamped = std::fmax(std::fmin(expected, top), -top);
  long double g = std::isinf(got) ? std::copysign(top, (long double)got) : (long double)got;
  int exponent = clamped == 0 ? -1022 : std::min(std::max(std::ilogb(clamped), -1022), 1023);
  return double(std::ldexp(std::fabs(g - clamped), 52 - exponent));
}

struct Function {
  const char *name;
  long double (*reference)(long double);
  double low, high; // where arguments are drawn from, beside random bits
  double bound;
};

long double rsqrt(long double x) { return 1 / std::sqrt(x); }
#define LIBM(NAME) static_cast<long double (*)(long double)>(std::NAME)

const Function functions[] = {{"exp", LIBM(exp), -746, 710, 2},  {"exp2", LIBM(exp2), -1076, 1025, 2},
                              {"expm1", LIBM(expm1), -40, 1, 2}, {"log", LIBM(log), 0, 4, 2},
                              {"log2", LIBM(log2), 0, 4, 2},     {"log1p", LIBM(log1p), -1, 2, 2},
                              {"sin", LIBM(sin), -100, 100, 2},  {"cos", LIBM(cos), -100, 100, 2},
                              {"tan", LIBM(tan), -100, 100, 3},  {"asin", LIBM(asin), -1, 1, 3},
                              {"acos", LIBM(acos), -1, 1, 3},    {"atan", LIBM(atan), -4, 4, 3},
                              {"sinh", LIBM(sinh), -3, 3, 3},    {"cosh", LIBM(cosh), -3, 3, 3},
                              {"tanh", LIBM(tanh), -4, 4, 2},    {"asinh", LIBM(asinh), -3, 3, 4},
                              {"acosh", LIBM(acosh), 1, 4, 4},   {"atanh", LIBM(atanh), -1, 1, 4},
                              {"erf", LIBM(erf), -6, 6, 2},      {"rsqrt", rsqrt, 0, 4, 2}};

class UnaryDouble : public testing::TestWithParam<Function> {};

TEST_P(UnaryDouble, StaysWithinItsBound) {
  Function f = GetParam();
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> inside(f.low, f.high), small(-1, 1);
  std::vector<double> x;
  for (int64_t i = 0, n = exhaustive || thorough ? 5'000'000 : 200'000; i < n || x.size() % blockSize; ++i)
    switch (i < 65536 ? 0 : i % 4) {
    case 0: // around powers of two, and multiples of pi/2
      x.push_back(i < 65536 ? std::bit_cast<double>((uint64_t(i >> 4) << 52) + uint64_t(int64_t(i & 15) - 8))
                            : double(int64_t(random() % 2000000) * 1.57079632679489661923L));
      break;
    case 1:
      x.push_back(std::bit_cast<double>(random()));
      break;
    case 2:
      x.push_back(inside(random));
      break;
    case 3:
      x.push_back(std::ldexp(small(random), -int(random() % 40)) + (f.low >= 0));
      break;
    }
  std::vector<long double> expected(x.size());
  for (size_t i = 0; i < x.size(); ++i)
    expected[i] = f.reference(x[i]);
  for (const auto &cpu : processors()) {
    Machine machine(
        {{"f4", std::string("math.") + f.name, "f64", "f64", 4}, {"f0", std::string("math.") + f.name, "f64", "f64", 0}}, cpu);
    for (const char *name : {"f4", "f0"}) {
      std::vector<double> y(blockSize);
      double worst = 0, where = 0, got = 0;
      for (size_t at = 0; at < x.size(); at += blockSize) {
        machine.unary(name)(&x[at], y.data());
        for (int64_t i = 0; i < blockSize; ++i)
          if (double e = ulps(y[i], expected[at + i]); e > worst)
            worst = e, where = x[at + i], got = y[i];
      }
      EXPECT_LE(worst, f.bound) << cpu << ", " << name << " at " << std::hexfloat << where << " got " << got << " expected "
                                << f.reference(where);
      std::printf("%-6s f64 %-14s %.3f ulp at %.17g\n", f.name, (cpu + ", " + name).c_str(), worst, where);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(F64, UnaryDouble, testing::ValuesIn(functions),
                         [](const auto &info) { return std::string(info.param.name); });

TEST(PowerDouble, StaysWithinTwoUlps) {
  std::vector<double> special = {0,
                                 1,
                                 2,
                                 3,
                                 0.5,
                                 0.25,
                                 1.5,
                                 1e-3,
                                 1e10,
                                 1e300,
                                 0x1p-1022,
                                 0x1p-1074,
                                 0x1.fffffffffffffp1023,
                                 0x1.0000000000001p0,
                                 0x1.fffffffffffffp-1,
                                 5,
                                 7,
                                 1023,
                                 1024,
                                 1074,
                                 1075,
                                 0x1p52,
                                 0x1p52 + 1,
                                 0x1p53,
                                 0x1p53 - 1,
                                 0x1p53 + 2,
                                 1.0 / 3,
                                 INFINITY,
                                 NAN,
                                 1e-310,
                                 2.5,
                                 1e18,
                                 1e200};
  for (size_t i = 0, n = special.size(); i < n; ++i)
    special.push_back(-special[i]);
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> any(-1100, 1100);
  std::vector<double> x, z;
  for (double a : special)
    for (double b : special)
      x.push_back(a), z.push_back(b);
  for (int64_t i = 0, n = exhaustive || thorough ? 5'000'000 : 200'000; i < n || x.size() % blockSize; ++i) {
    double a = std::bit_cast<double>(random()), b = std::bit_cast<double>(random());
    switch (i % 5) {
    case 0:
      a = std::abs(a);
      b = any(random) / std::log2(a);
      break;
    case 1: // near 1
      a = 1 + std::ldexp(any(random), -int(random() % 60));
      b = any(random) / std::log2(std::abs(a));
      break;
    case 2: // whole exponents
      b = std::round(any(random) / 100);
      a = any(random);
      break;
    case 3:
      a = std::abs(any(random));
      b = any(random) / 10;
      break;
    }
    x.push_back(a), z.push_back(b);
  }
  for (const auto &cpu : processors()) {
    Machine machine({{"f4", "math.powf", "f64", "f64", 4, true}, {"f0", "math.powf", "f64", "f64", 0, true}}, cpu);
    for (const char *name : {"f4", "f0"}) {
      std::vector<double> y(blockSize);
      double worst = 0, a = 0, b = 0, got = 0;
      for (size_t at = 0; at < x.size(); at += blockSize) {
        machine.binary(name)(&x[at], &z[at], y.data());
        for (int64_t i = 0; i < blockSize; ++i)
          if (double e = ulps(y[i], std::pow((long double)x[at + i], (long double)z[at + i])); e > worst)
            worst = e, a = x[at + i], b = z[at + i], got = y[i];
      }
      EXPECT_LE(worst, 2) << cpu << ", " << name << ": " << std::hexfloat << a << " to the power " << b << " got " << got
                          << " expected " << std::pow((long double)a, (long double)b);
      std::printf("pow    f64 %-14s %.3f ulp at %.17g, %.17g\n", (cpu + ", " + name).c_str(), worst, a, b);
    }
  }
}

} // namespace
