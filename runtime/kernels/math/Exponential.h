// exp, expm1, exp2, log, log1p, log2, pow, and the hyperbolic functions with their inverses.
//
// exp: x = k ln2 + r, |r| <= ln2/2, a Taylor polynomial in r, scaled by 2^k. log: x = 2^k m, m near 1, the series of
// 2 artanh((m-1)/(m+1)). Where a result is a difference of such values, it is formed in Double2.
#ifndef MLC_KERNELS_MATH_EXPONENTIAL_H
#define MLC_KERNELS_MATH_EXPONENTIAL_H

#include "math/DoubleDouble.h"

namespace mlc::math {

constexpr double ln2Head = 0x1.62e42feep-1;             // 33 bits, so that its product with an exponent is exact
constexpr double ln2Tail = 0x1.a39ef35793c76p-33;       // ln2 - ln2Head
constexpr Double2 ln2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
constexpr Double2 log2e = {0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56};

// (e^r - 1 - r - r^2/2) / r^3 for |r| <= 0.36: the sum of r^n / (n+3)!, n = 0 … 12.
inline double exponentialTail(double r) {
  static const double coefficients[] = {1.0 / 6,         1.0 / 24,         1.0 / 120,        1.0 / 720,       1.0 / 5040,
                                        1.0 / 40320,     1.0 / 362880,     1.0 / 3628800,    1.0 / 39916800,  1.0 / 479001600,
                                        1.0 / 6227020800, 1.0 / 87178291200, 1.0 / 1307674368000};
  double sum = coefficients[12];
  for (int n = 11; n >= 0; --n)
    sum = sum * r + coefficients[n];
  return sum;
}
// e^(hi + lo) for a reduced argument.
inline double exponentialSum(Double2 r) {
  return 1 + (r.hi + (r.lo + r.hi * r.hi * (0.5 + r.hi * exponentialTail(r.hi))));
}

// x = k ln2 + r. The remainder is good to about 2^-76 absolutely for |x| < 1100.
inline int reduceExponent(Double2 x, Double2 &r) {
  double k = round(x.hi * log2e.hi);
  r = twoSum(x.hi - k * ln2Head, -k * ln2Tail) + x.lo;
  return int(k);
}

// e^(hi + lo), |lo| small beside hi; < 0.8 ulp.
inline double exp(Double2 x) {
  if (isNan(x.hi))
    return x.hi;
  if (x.hi > 709.8)
    return infinity;
  if (x.hi < -746)
    return 0;
  Double2 r;
  int k = reduceExponent(x, r);
  return scale(exponentialSum(r), k);
}
inline double exp(double x) { return exp(Double2{x, 0}); }

// e^x - 1 with about 57 good bits, for -100 < x < 700.
inline Double2 expm1Wide(double x) {
  Double2 r;
  int k = reduceExponent({x, 0}, r);
  double cubic = r.hi * r.hi * r.hi * exponentialTail(r.hi);
  Double2 half = r * r;
  Double2 small = r + Double2{0.5 * half.hi, 0.5 * half.lo} + cubic;
  if (k == 0)
    return small;
  return scale(small, k) + (twoSum(scale(1, k), -1));
}

inline double expm1(double x) {
  if (isNan(x) || abs(x) < 0x1p-54)
    return x;
  if (x > 709.8)
    return infinity;
  if (x < -40)
    return -1;
  if (x > 100)
    return exp(x);
  Double2 e = expm1Wide(x);
  return e.hi + e.lo;
}

inline double exp2(double x) {
  if (isNan(x))
    return x;
  if (x >= 1024)
    return infinity;
  if (x < -1076)
    return 0;
  double k = round(x);
  Double2 r = ln2 * (x - k);
  return scale(exponentialSum(r), int(k));
}

// log(1 + f) with about 70 good bits; 1 + f > 0.
inline Double2 log1pWide(Double2 f) {
  Double2 numerator = f, denominator = f + 2.0;
  int k = 0;
  Double2 x = Double2{1, 0} + f;
  if (x.hi < 0.7071 || x.hi > 1.4143) {
    double mantissa;
    k = exponent(x.hi, mantissa);
    if (mantissa > 1.4142135)
      ++k;
    Double2 m = scale(x, -k);
    numerator = m + -1.0;
    denominator = m + 1.0;
  }
  // log m = 2 s (1 + z/3 + z^2/5 + …), s = (m-1)/(m+1), |s| < 0.1717, z = s^2 < 0.0295.
  Double2 s = numerator / denominator, z = s * s;
  double sum = 0;
  for (int n = 25; n >= 9; n -= 2)
    sum = sum * z.hi + 1.0 / n;
  Double2 series = {0x1.2492492492492p-3, 0x1.2492492492492p-57}; // 1/7
  series = series + z * sum;
  series = Double2{0x1.999999999999ap-3, -0x1.999999999999ap-57} + z * series; // 1/5
  series = Double2{0x1.5555555555555p-2, 0x1.5555555555555p-56} + z * series;  // 1/3
  Double2 result = s + s * (z * series);
  result = {2 * result.hi, 2 * result.lo};
  return k == 0 ? result : ln2 * double(k) + result;
}
// log x of a positive finite x.
inline Double2 logWide(double x) {
  double mantissa;
  int k = exponent(x, mantissa);
  if (mantissa > 1.4142135) {
    mantissa *= 0.5;
    ++k;
  }
  Double2 l = log1pWide({mantissa - 1, 0});
  return k == 0 ? l : ln2 * double(k) + l;
}

inline double logOutside(double x) { return isNan(x) ? x : x == 0 ? -infinity : x < 0 ? nan : x; }

inline double log(double x) {
  if (!(x > 0) || x == infinity)
    return logOutside(x);
  double m;
  int k = exponent(x, m);
  if (m > 1.4142135) {
    m *= 0.5;
    ++k;
  }
  // log m = f - (f^2/2 - s (f^2/2 + R)), f = m - 1, s = f/(2+f), R = 2 (z/3 + z^2/5 + …), z = s^2.
  double f = m - 1, s = f / (2 + f), z = s * s;
  static const double coefficients[] = {2.0 / 3,  2.0 / 5,  2.0 / 7,  2.0 / 9,  2.0 / 11, 2.0 / 13,
                                        2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21, 2.0 / 23};
  double series = 0;
  for (int n = 10; n >= 0; --n)
    series = (series + coefficients[n]) * z;
  double half = 0.5 * f * f;
  return k * ln2Head - ((half - (s * (half + series) + k * ln2Tail)) - f);
}

inline double log1p(double x) {
  if (!(x > -1) || x == infinity)
    return isNan(x) || x == infinity ? x : x == -1 ? -infinity : nan;
  if (abs(x) < 0x1p-54)
    return x;
  if (x > 0x1p60)
    return log(x);
  Double2 l = log1pWide({x, 0});
  return l.hi + l.lo;
}

inline double log2(double x) {
  if (!(x > 0) || x == infinity)
    return logOutside(x);
  double m;
  int k = exponent(x, m);
  if (m > 1.4142135) {
    m *= 0.5;
    ++k;
  }
  Double2 l = log1pWide({m - 1, 0}) * log2e + double(k);
  return l.hi + l.lo;
}

inline double sinh(double x) {
  double a = abs(x);
  if (isNan(x) || isInfinite(x) || a < 0x1p-27)
    return x;
  if (a > 30) {
    double e = exp(Double2{a, 0} - ln2); // e^a / 2 without overflowing before the result does
    return copySign(e, x);
  }
  Double2 t = expm1Wide(a);
  Double2 r = t + t / (t + 1.0); // 2 sinh a = t + t / (t + 1), t = e^a - 1
  return copySign(0.5 * (r.hi + r.lo), x);
}

inline double cosh(double x) {
  double a = abs(x);
  if (isNan(x) || a == infinity)
    return a;
  if (a > 30)
    return exp(Double2{a, 0} - ln2);
  Double2 e = expm1Wide(a) + 1.0;
  Double2 r = e + Double2{1, 0} / e;
  return 0.5 * (r.hi + r.lo);
}

inline double tanh(double x) {
  double a = abs(x);
  if (isNan(x) || a < 0x1p-27)
    return x;
  if (a > 22)
    return copySign(1, x);
  Double2 t = expm1Wide(2 * a);
  Double2 r = t / (t + 2.0);
  return copySign(r.hi + r.lo, x);
}

inline double asinh(double x) {
  double a = abs(x);
  if (isNan(x) || isInfinite(x) || a < 0x1p-27)
    return x;
  Double2 l;
  if (a > 0x1p30) {
    l = logWide(a) + ln2;
  } else {
    Double2 square = twoProduct(a, a), one = {1, 0}; // a + sqrt(1+a^2) - 1 = a + a^2 / (1 + sqrt(1+a^2))
    l = log1pWide(Double2{a, 0} + square / (one + sqrt(one + square)));
  }
  return copySign(l.hi + l.lo, x);
}

inline double acosh(double x) {
  if (!(x >= 1))
    return nan;
  if (x == infinity)
    return x;
  Double2 l;
  if (x > 0x1p30) {
    l = logWide(x) + ln2;
  } else {
    double f = x - 1;
    l = log1pWide(Double2{f, 0} + sqrt(twoSum(x, 1) * f)); // x^2 - 1 = (x+1) (x-1)
  }
  return l.hi + l.lo;
}

inline double atanh(double x) {
  double a = abs(x);
  if (isNan(x) || a < 0x1p-27)
    return x;
  if (a >= 1)
    return a == 1 ? copySign(infinity, x) : nan;
  Double2 l = log1pWide(Double2{2 * a, 0} / twoSum(1, -a)); // 2 artanh a = log(1 + 2a/(1-a))
  return copySign(0.5 * (l.hi + l.lo), x);
}

// x^y with the special cases of C's Annex F.
inline double pow(double x, double y) {
  if (y == 0 || x == 1)
    return 1;
  if (isNan(x) || isNan(y))
    return nan;
  bool integral = trunc(y) == y;
  bool odd = integral && abs(y) < 0x1p53 && (int64_t(y) & 1);
  double a = abs(x);
  if (isInfinite(y))
    return a == 1 ? 1 : (a > 1) == (y > 0) ? infinity : 0;
  double sign = signBit(x) && odd ? -1 : 1;
  if (a == 0 || a == infinity)
    return sign * ((a == 0) == (y > 0) ? 0 : infinity);
  if (x < 0 && !integral)
    return nan;
  if (a == 1)
    return sign;
  if (abs(y) > 0x1p64) // the result is beyond every number, or below, for any base other than 1
    return sign * ((a > 1) == (y > 0) ? infinity : 0);
  Double2 power = logWide(a) * y;
  return sign * exp(power);
}

} // namespace mlc::math

#endif // MLC_KERNELS_MATH_EXPONENTIAL_H
