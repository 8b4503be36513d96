// The functions of math/Math.h against the C library: errors in units in the last place over sweeps of their whole
// domains, and the special values of C's Annex F.
#include "math/Math.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace math = mlc::math;

namespace {

using Wide = long double;

struct Function {
  const char *name;
  double (*own)(double);
  float (*ownFloat)(float);
  Wide (*library)(Wide);
  double (*plain)(double); // the library's double version, for special values
  double low, high;        // a linear sweep; the second one runs through all magnitudes up to `high`
};

#define FUNCTION(name, low, high)                                                                                      \
  Function { #name, math::name, math::name, name##l, std::name, low, high }

const Function functions[] = {
    FUNCTION(exp, -745, 709.7),   FUNCTION(expm1, -50, 709.7), FUNCTION(exp2, -1074, 1023.9), FUNCTION(log, 0, 4),
    FUNCTION(log1p, -0.999, 3),   FUNCTION(log2, 0, 4),        FUNCTION(sin, -100, 100),      FUNCTION(cos, -100, 100),
    FUNCTION(tan, -100, 100),     FUNCTION(asin, -1, 1),       FUNCTION(acos, -1, 1),         FUNCTION(atan, -5, 5),
    FUNCTION(sinh, -710, 710),    FUNCTION(cosh, -710, 710),   FUNCTION(tanh, -20, 20),       FUNCTION(asinh, -5, 5),
    FUNCTION(acosh, 1, 5),        FUNCTION(atanh, -1, 1),      FUNCTION(erf, -6, 6),
};

// |found - exact| in units in the last place of a format with `precision` bits and the least exponent `least`.
double ulps(double found, Wide exact, int precision, int least) {
  if (std::isnan(double(exact)))
    return std::isnan(found) ? 0 : 1e9;
  if (std::isinf(double(exact)) || exact == 0)
    return found == double(exact) ? 0 : 1e9;
  if (std::isnan(found) || std::isinf(found))
    return 1e9;
  int e;
  std::frexp(double(exact), &e);
  return double(std::fabs((Wide(found) - exact) / std::ldexp(Wide(1), std::max(e - precision, least))));
}

// Calls body(x) for arguments all over [low, high] and over all magnitudes of both signs.
template <class F> void sweep(double low, double high, F body) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> unit(0, 1);
  for (int i = 0; i < 20000; ++i) {
    body(low + (high - low) * unit(random));
    double magnitude = std::ldexp(1 + unit(random), -1060 + int(unit(random) * 2080));
    body(magnitude);
    body(-magnitude);
  }
}

void expectSame(double a, double b, const char *name, double x) {
  EXPECT_TRUE((std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b)))
      << name << "(" << x << ") is " << a << ", expected " << b;
}

const double inf = std::numeric_limits<double>::infinity(), nan_ = std::numeric_limits<double>::quiet_NaN();
const double specials[] = {0.0,  -0.0, 1,     -1,     inf,    -inf,   nan_, 0x1p-1074, -0x1p-1074,
                           0.5,  -0.5, 2,     -2,     0x1p1023, -0x1p1023, 3,    -3,        2.5,
                           -2.5, 1e22, -1e22, 0x1p52, 0x1.fffffffffffffp51, 4503599627370497.5};

} // namespace

TEST(Math, DoubleErrorsStayBelowTwoUlp) {
  for (const Function &f : functions) {
    double worst = 0, at = 0;
    sweep(f.low, f.high, [&](double x) {
      double error = ulps(f.own(x), f.library(x), 53, -1074);
      if (!(error <= worst)) {
        worst = error;
        at = x;
      }
    });
    // Where long double is no wider than double, the library's own error counts too.
    EXPECT_LT(worst, std::numeric_limits<Wide>::digits > 53 ? 1.5 : 2.5) << f.name << " at " << at;
  }
}

TEST(Math, FloatResultsAreRoundedOnce) {
  for (const Function &f : functions)
    sweep(f.low, f.high, [&](double wide) {
      float x = float(wide);
      double exact = f.plain(double(x)), error = ulps(f.ownFloat(x), exact, 24, -149);
      if (std::fabs(exact) < std::numeric_limits<float>::max())
        EXPECT_LT(error, 0.501) << f.name << " at " << x;
    });
}

TEST(Math, SpecialValues) {
  for (const Function &f : functions)
    for (double x : specials) {
      double expected = f.plain(x);
      if (x == 0 || std::isnan(expected) || std::isinf(expected) || expected == 0 || std::fabs(expected) == 1)
        expectSame(f.own(x), expected, f.name, x);
    }
}

TEST(Math, PowersOfAllSpecialPairs) {
  for (double x : specials)
    for (double y : specials) {
      double expected = std::pow(x, y);
      if (std::isnan(expected) || std::isinf(expected) || expected == 0 || std::fabs(expected) == 1)
        expectSame(math::pow(x, y), expected, "pow", x);
      else
        EXPECT_LT(ulps(math::pow(x, y), powl(x, y), 53, -1074), 1.5) << x << "^" << y;
    }
}

TEST(Math, PowersErrWithinTwoUlp) {
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> unit(0, 1);
  for (int i = 0; i < 50000; ++i) {
    double x = std::exp((unit(random) - 0.5) * 40), y = (unit(random) - 0.5) * 1400 / std::max(1e-3, std::fabs(std::log(x)));
    EXPECT_LT(ulps(math::pow(x, y), powl(x, y), 53, -1074), 1.5) << x << "^" << y;
  }
}

TEST(Math, RoundingsAreExact) {
  sweep(-3, 3, [&](double x) {
    expectSame(math::floor(x), std::floor(x), "floor", x);
    expectSame(math::ceil(x), std::ceil(x), "ceil", x);
    expectSame(math::trunc(x), std::trunc(x), "trunc", x);
    expectSame(math::round(x), std::nearbyint(x), "round", x);
  });
  for (double x : specials) {
    expectSame(math::floor(x), std::floor(x), "floor", x);
    expectSame(math::ceil(x), std::ceil(x), "ceil", x);
    expectSame(math::trunc(x), std::trunc(x), "trunc", x);
    expectSame(math::round(x), std::nearbyint(x), "round", x);
  }
}

namespace {

// Zero has the sign of x, says IEEE 754; the C library does not always follow.
void expectRemainder(double x, double y) {
  double r = math::remainder(x, y), expected = std::remainder(x, y);
  expectSame(r, expected == 0 ? std::copysign(0, x) : expected, "remainder", x);
}

} // namespace

TEST(Math, RemaindersAreExact) {
  for (double x : specials)
    for (double y : specials) {
      expectSame(math::fmod(x, y), std::fmod(x, y), "fmod", x);
      expectRemainder(x, y);
    }
  for (double y : {0.37, 1e-310, 0x1p-1074, 1e300, 1.0})
    sweep(-10, 10, [&](double x) {
      expectSame(math::fmod(x, y), std::fmod(x, y), "fmod", x);
      expectRemainder(x, y);
    });
}

TEST(Math, AnglesNearMultiplesOfHalfPi) {
  // Computed with 4000 bits; the second lies nearest to a multiple of pi/2 of all doubles. Here the C library errs by
  // several units itself.
  const struct {
    double x, sine, cosine;
  } cases[] = {
      {0x1.7e7ef2cfde1b7p+872, 0.9979467604784687987, -0.06404891295353594833},
      {0x1.6ac5b262ca1ffp+849, 1.0, -4.687165924254627611e-19},
      {0x1.921fb54442d18p+0, 1.0, 6.123233995736765886e-17},
      {0x1.fffffffffffffp+1023, 0.004961954789184061791, -0.9999876894265599375},
      {0x1.0f0cf064dd592p+73, -0.8522008497671888018, 0.5232147853951389455},
      {0x1.63p+8, -0.00003014435335948844921, -0.9999999995456589802},
  };
  for (const auto &[x, sine, cosine] : cases) {
    EXPECT_LT(ulps(math::sin(x), sine, 53, -1074), 1.01) << x;
    EXPECT_LT(ulps(math::cos(x), cosine, 53, -1074), 1.01) << x;
    EXPECT_LT(ulps(math::tan(x), Wide(sine) / Wide(cosine), 53, -1074), 2.5) << x;
    EXPECT_EQ(math::sin(-x), -math::sin(x));
  }
}

TEST(Math, SigmoidHasNoOverflow) {
  EXPECT_EQ(math::sigmoid(inf), 1);
  EXPECT_EQ(math::sigmoid(-inf), 0);
  EXPECT_EQ(math::sigmoid(0.0), 0.5);
  EXPECT_EQ(math::sigmoid(-1000.0), 0);
  EXPECT_TRUE(std::isnan(math::sigmoid(nan_)));
  for (double x = -700; x < 700; x += 0.37)
    EXPECT_LT(ulps(math::sigmoid(x), 1 / (1 + expl(-Wide(x))), 53, -1074), 2.5) << x;
}
