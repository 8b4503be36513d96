// Functions of f32 against libm's of double.
#include "Machine.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <random>

namespace {

/// Distance in units of the last place of a float; huge where one is NaN, infinite or of other sign and the other is not.
double ulps(float got, double expected) {
  constexpr double huge = 1e30;
  if (std::isfinite(got) && got != 0 && std::abs(expected) < 0x1p128) {
    uint64_t exponent = std::max<uint64_t>((std::bit_cast<uint64_t>(expected) >> 52) & 0x7FF, 1023 - 126);
    return std::abs(got - expected) * std::bit_cast<double>((2046 + 23 - exponent) << 52);
  }
  if (std::isnan(expected) || std::isnan(got))
    return std::isnan(expected) && std::isnan(got) ? 0 : huge;
  if (std::isinf(expected))
    return got == expected ? 0 : huge;
  if (got == 0)
    return std::signbit(got) == std::signbit(expected) ? std::abs(expected) / 0x1p-149 : huge;
  double clamped = std::fmax(std::fmin(expected, 0x1p128), -0x1p128);
  double g = std::isinf(got) ? std::copysign(0x1p128, got) : double(got);
  int exponent = clamped == 0 ? -126 : std::min(std::max(std::ilogb(clamped), -126), 127);
  return std::abs(g - clamped) / std::ldexp(1.0, exponent - 23);
}

struct Worst {
  double error = 0;
  float x = 0, z = 0, got = 0;
  double expected = 0;
  void see(float x, float z, float got, double expected) {
    double e = ulps(got, expected);
    if (e > error)
      *this = {e, x, z, got, expected};
  }
};

struct Function {
  const char *name;
  double (*reference)(double);
  int parity; // of f(-x): 1 as f(x), -1 negated, 0 neither
};
constexpr double bound = 2;

double rsqrt(double x) { return 1 / std::sqrt(x); }

const Function functions[] = {
    {"exp", std::exp, 0},     {"exp2", std::exp2, 0},    {"expm1", std::expm1, 0}, {"log", std::log, 0},
    {"log2", std::log2, 0},   {"log1p", std::log1p, 0},  {"sin", std::sin, -1},    {"cos", std::cos, 1},
    {"tan", std::tan, -1},    {"asin", std::asin, -1},   {"acos", std::acos, 0},   {"atan", std::atan, -1},
    {"sinh", std::sinh, -1},  {"cosh", std::cosh, 1},    {"tanh", std::tanh, -1},  {"asinh", std::asinh, -1},
    {"acosh", std::acosh, 0}, {"atanh", std::atanh, -1}, {"erf", std::erf, -1},    {"rsqrt", rsqrt, 0}};

class Unary : public testing::TestWithParam<Function> {};

TEST_P(Unary, StaysWithinItsBound) {
  Function f = GetParam();
  std::vector<FunctionSpec> specs;
  for (int lanes : {0, 8, 16})
    specs.push_back({"f" + std::to_string(lanes), std::string("math.") + f.name, "f32", "f32", lanes});
  std::vector<Machine::Unary> variants;
  std::vector<std::string> names;
  std::vector<std::unique_ptr<Machine>> machines;
  for (const auto &cpu : processors()) {
    machines.push_back(std::make_unique<Machine>(specs, cpu));
    for (const auto &spec : specs) {
      if ((exhaustive || thorough) && spec.lanes != 8)
        continue;
      variants.push_back(machines.back()->unary(spec.name));
      names.push_back(cpu + ", " + spec.name);
    }
  }
  std::vector<Worst> worst(variants.size());
  std::vector<float> x(blockSize), y(blockSize);
  std::vector<double> expected(blockSize);
  auto compareAll = [&] {
    for (size_t v = 0; v < variants.size(); ++v) {
      variants[v](x.data(), y.data());
      for (int64_t i = 0; i < blockSize; ++i)
        worst[v].see(x[i], 0, y[i], expected[i]);
    }
  };
  auto check = [&] {
    for (int64_t i = 0; i < blockSize; ++i)
      expected[i] = f.reference(x[i]);
    compareAll();
    if (!f.parity)
      return;
    for (int64_t i = 0; i < blockSize; ++i)
      x[i] = -x[i], expected[i] *= f.parity;
    compareAll();
  };
  // Around all powers of two; then the sweep, over positive numbers where the others follow.
  uint32_t bits = 0;
  for (auto &v : x) {
    v = std::bit_cast<float>(((bits >> 4) << 22) + (bits & 15) - 8);
    ++bits;
  }
  check();
  uint64_t at = 0, end = uint64_t(1) << (f.parity ? 31 : 32);
  while (at < end) {
    int exponent = int(at >> 23 & 0xFF) - 127;
    bool interesting = exponent >= -30 && exponent < 30;
    uint64_t stride = exhaustive || (thorough && interesting) ? 1 : thorough ? 61 : f.parity ? 2053 : 4099;
    for (auto &v : x) {
      v = std::bit_cast<float>(uint32_t(at));
      at += stride;
    }
    check();
  }
  for (size_t v = 0; v < variants.size(); ++v) {
    EXPECT_LE(worst[v].error, bound) << f.name << ", " << names[v] << ": x = " << worst[v].x << " got " << worst[v].got
                                     << " expected " << worst[v].expected;
    RecordProperty(names[v], std::to_string(worst[v].error));
    std::printf("%-6s %-14s %.3f ulp at %.9g\n", f.name, names[v].c_str(), worst[v].error, worst[v].x);
    std::fflush(stdout);
  }
}

INSTANTIATE_TEST_SUITE_P(F32, Unary, testing::ValuesIn(functions),
                         [](const auto &info) { return std::string(info.param.name); });

TEST(Power, StaysWithinTwoUlps) {
  std::vector<FunctionSpec> specs = {{"pow", "math.powf", "f32", "f32", 8, true}, {"pow0", "math.powf", "f32", "f32", 0, true}};
  std::vector<float> special = {
      0.0f,          1.0f,           2.0f,       3.0f,       4.0f,        0.5f,        0.25f,
      1.5f,          1e-3f,          1e10f,      1e30f,      0x1p-126f,   0x1p-149f,   0x1.fffffep127f,
      0x1.000002p0f, 0x1.fffffep-1f, 5.0f,       7.0f,       127.0f,      128.0f,      149.0f,
      150.0f,        8388607.0f,     8388608.0f, 8388609.0f, 16777215.0f, 16777216.0f, 16777218.0f,
      1.0f / 3,      INFINITY,       NAN,        1e-40f,     2.5f};
  for (size_t i = 0, n = special.size(); i < n; ++i)
    special.push_back(-special[i]);
  std::mt19937 random(1);
  std::uniform_real_distribution<float> any(-150, 150);
  std::vector<float> x(blockSize), z(blockSize), y(blockSize);
  std::vector<double> expected(blockSize);
  std::vector<std::unique_ptr<Machine>> machines;
  for (const auto &cpu : processors())
    machines.push_back(std::make_unique<Machine>(specs, cpu));
  std::vector<Worst> worst(machines.size() * specs.size());
  for (int64_t at = 0, n = exhaustive ? 200'000'000 : thorough ? 20'000'000 : 400'000; at < n; at += blockSize) {
    for (int64_t i = 0; i < blockSize; ++i) {
      float a = std::bit_cast<float>(uint32_t(random())), b = std::bit_cast<float>(uint32_t(random()));
      if (at + i < int64_t(special.size() * special.size())) {
        a = special[(at + i) / special.size()];
        b = special[(at + i) % special.size()];
      } else if (i % 4 == 0) { // results in range
        a = std::abs(a);
        b = float(any(random) / std::log2(double(a)));
      } else if (i % 4 == 1) { // near 1
        a = 1 + any(random) / 300;
        b = any(random);
      } else if (i % 4 == 2) // whole exponents
        b = std::round(any(random) / 10);
      x[i] = a, z[i] = b;
      expected[i] = std::pow(double(a), double(b));
    }
    for (size_t v = 0; v < worst.size(); ++v) {
      machines[v / specs.size()]->binary(specs[v % specs.size()].name)(x.data(), z.data(), y.data());
      for (int64_t i = 0; i < blockSize; ++i)
        worst[v].see(x[i], z[i], y[i], expected[i]);
    }
  }
  for (size_t v = 0; v < worst.size(); ++v) {
    std::string name = processors()[v / specs.size()] + ", " + specs[v % specs.size()].name;
    EXPECT_LE(worst[v].error, bound) << name << ": " << worst[v].x << " to the power " << worst[v].z << " got " << worst[v].got
                                     << " expected " << worst[v].expected;
    std::printf("pow    %-14s %.3f ulp at %.9g, %.9g\n", name.c_str(), worst[v].error, worst[v].x, worst[v].z);
  }
}

} // namespace
