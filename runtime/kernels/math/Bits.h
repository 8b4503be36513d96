// Bits of floating-point numbers, and what can be done exactly on them: scaling, rounding to integers, remainders.
// No function here calls a library on any target: everything is integer arithmetic or a correctly rounded operation.
#ifndef MLC_KERNELS_MATH_BITS_H
#define MLC_KERNELS_MATH_BITS_H

#include <stdint.h>

namespace mlc::math {

inline uint64_t bits(double x) { return __builtin_bit_cast(uint64_t, x); }
inline uint32_t bits(float x) { return __builtin_bit_cast(uint32_t, x); }
inline double doubleOf(uint64_t x) { return __builtin_bit_cast(double, x); }
inline float floatOf(uint32_t x) { return __builtin_bit_cast(float, x); }

constexpr double infinity = __builtin_inf();
constexpr double nan = __builtin_nan("");

inline bool isNan(double x) { return x != x; }
inline bool isInfinite(double x) { return x == infinity || x == -infinity; }
inline bool isFinite(double x) { return x - x == 0; }
inline bool signBit(double x) { return bits(x) >> 63; }
inline double abs(double x) { return doubleOf(bits(x) & ~(1ull << 63)); }
inline double copySign(double x, double sign) { return doubleOf((bits(x) & ~(1ull << 63)) | (bits(sign) & 1ull << 63)); }
inline double sqrt(double x) { return __builtin_sqrt(x); }

// 2^k for -1022 <= k <= 1023.
inline double powerOfTwo(int k) { return doubleOf(uint64_t(k + 1023) << 52); }

// x * 2^k, rounded once.
inline double scale(double x, int k) {
  if (k > 1023) {
    x *= 0x1p1023;
    k -= 1023;
    if (k > 1023) {
      x *= 0x1p1023;
      k = k - 1023 > 1023 ? 1023 : k - 1023;
    }
  } else if (k < -1022) {
    // Steps of 2^-969 keep 53 bits above the denormal range, so that only the last multiplication rounds.
    x *= 0x1p-969;
    k += 969;
    if (k < -1022) {
      x *= 0x1p-969;
      k = k + 969 < -1022 ? -1022 : k + 969;
    }
  }
  return x * powerOfTwo(k);
}

// x = mantissa * 2^result with 1 <= |mantissa| < 2, for finite x other than zero.
inline int exponent(double x, double &mantissa) {
  int extra = 0;
  if ((bits(x) >> 52 & 0x7ff) == 0) {
    x *= 0x1p54;
    extra = -54;
  }
  int field = int(bits(x) >> 52 & 0x7ff);
  mantissa = doubleOf((bits(x) & 0x800fffffffffffffull) | 0x3ff0000000000000ull);
  return field - 1023 + extra;
}

// Toward zero: clears the bits of the fraction.
inline double trunc(double x) {
  int e = int(bits(x) >> 52 & 0x7ff) - 1023;
  if (e < 0)
    return copySign(0.0, x);
  if (e >= 52)
    return x;
  return doubleOf(bits(x) & ~((1ull << (52 - e)) - 1));
}
inline double floor(double x) {
  double t = trunc(x);
  return t > x ? t - 1 : t;
}
inline double ceil(double x) {
  double t = trunc(x);
  return t < x ? copySign(t + 1, x) : t;
}
// To nearest, ties to even: adding 2^52 leaves no room for a fraction.
inline double round(double x) {
  if (!(abs(x) < 0x1p52))
    return x;
  double shifted = (abs(x) + 0x1p52) - 0x1p52;
  return copySign(shifted, x);
}

inline float trunc(float x) { return float(trunc(double(x))); }
inline float floor(float x) { return float(floor(double(x))); }
inline float ceil(float x) { return float(ceil(double(x))); }
inline float round(float x) { return float(round(double(x))); }
inline float abs(float x) { return floatOf(bits(x) & 0x7fffffffu); }
inline float sqrt(float x) { return __builtin_sqrtf(x); }

// x - n*y exactly, n = trunc(x/y), as C's fmod: long division of the mantissas, one bit a step.
inline double fmod(double x, double y) {
  if (isNan(x) || isNan(y) || isInfinite(x) || y == 0)
    return nan;
  double a = abs(x), b = abs(y);
  if (a < b || isInfinite(y))
    return x;
  double ma, mb;
  int ea = exponent(a, ma), eb = exponent(b, mb);
  uint64_t rest = (bits(ma) & 0xfffffffffffffull) | 1ull << 52;
  uint64_t divisor = (bits(mb) & 0xfffffffffffffull) | 1ull << 52;
  for (int e = ea; e > eb; --e) {
    if (rest >= divisor)
      rest -= divisor;
    rest <<= 1;
  }
  if (rest >= divisor)
    rest -= divisor;
  return copySign(scale(double(int64_t(rest)), eb - 52), x);
}
inline float fmod(float x, float y) { return float(fmod(double(x), double(y))); }

// x - n*y exactly, n = x/y rounded to nearest, ties to even, as IEEE 754 defines it.
inline double remainder(double x, double y) {
  if (isNan(x) || isNan(y) || isInfinite(x) || y == 0)
    return nan;
  if (isInfinite(y))
    return x;
  double b = abs(y);
  double r = b < 0x1p1023 ? fmod(abs(x), b + b) : abs(x);
  // Now 0 <= r < 2b. Halving instead of doubling would lose bits of denormals, so tiny values compare doubled.
  if (b < 0x1p-1000) {
    if (r + r > b) {
      r -= b;
      if (r + r >= b)
        r -= b;
    }
  } else {
    double half = 0.5 * b;
    if (r > half) {
      r -= b;
      if (r >= half)
        r -= b;
    }
  }
  return signBit(x) ? -r : r;
}
inline float remainder(float x, float y) { return float(remainder(double(x), double(y))); }

} // namespace mlc::math

#endif // MLC_KERNELS_MATH_BITS_H
