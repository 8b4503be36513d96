// Freestanding scalar mathematics, for double (errors below 1 ulp) and float (formed in double and rounded once, so
// that the error stays below 0.501 ulp). NaN, infinities, signed zeros and denormals are treated as C's Annex F says.
// Results are the same bits on every processor: no fused multiply-add, no library.
//
//   exp expm1 exp2 log log1p log2 pow sinh cosh tanh asinh acosh atanh   Exponential.h
//   sin cos tan asin acos atan                                          Trigonometric.h
//   erf                                                                 here
//   floor ceil trunc round (half to even) fmod remainder sqrt abs       Bits.h
#ifndef MLC_KERNELS_MATH_MATH_H
#define MLC_KERNELS_MATH_MATH_H

#include "math/Bits.h"
#include "math/Exponential.h"
#include "math/Trigonometric.h"

namespace mlc::math {

// The error function. Below 0.5 its Maclaurin series; then the Taylor series around the nearest multiple c of 1/4:
//   erf(c + h) = erf(c) + g sum_n (-1)^n H_n(c) h^(n+1) / (n+1)!,   g = 2/sqrt(pi) exp(-c^2),
// with the Hermite polynomials by their recurrence H_(n+1) = 2c H_n - 2n H_(n-1).
inline double erf(double x) {
  struct Row {
    double head, tail, slope; // erf(c) in two parts, and g
  };
  static const Row table[] = { // c = 0.5, 0.75 … 6
      {0x1.0a7ef5c18edd2p-1, 0x1.5e809f1a31a28p-56, 0x1.c1efca49a5011p-1},
      {0x1.6c1c9759d0e5fp-1, 0x1.b1432f2cbc455p-55, 0x1.492e42d78d2c5p-1},
      {0x1.af767a741088bp-1, -0x1.c97f778122797p-56, 0x1.a911f096fbc26p-2},
      {0x1.d8865d98abe01p-1, -0x1.fcec4afb974d9p-55, 0x1.e4652fadcb6b2p-3},
      {0x1.eea5557137ae0p-1, -0x1.385e445f2c96dp-55, 0x1.e723726b824a9p-4},
      {0x1.f92d077f8d56dp-1, 0x1.8b55ef493fce7p-56, 0x1.b055303221015p-5},
      {0x1.fd9ae142795e3p-1, 0x1.972801904b9a3p-56, 0x1.529b9e8cf9a1ep-6},
      {0x1.ff404760319b4p-1, 0x1.f142071432025p-56, 0x1.d4143a9dfe965p-8},
      {0x1.ffcaa8f4c9beap-1, 0x1.b0cee160116f9p-55, 0x1.1d83170fbf6fbp-9},
      {0x1.fff2cfb0453d9p-1, 0x1.9a913686042a3p-55, 0x1.3360ccd23db3ap-11},
      {0x1.fffd1ac4135f9p-1, 0x1.eeafa1ecd6cefp-55, 0x1.2408e9ba3327fp-13},
      {0x1.ffff6f9f67e55p-1, 0x1.e1e4483ba034bp-55, 0x1.e9b5e8d00ce77p-16},
      {0x1.ffffe710d565ep-1, 0x1.c9ea52d76dc04p-55, 0x1.6a597219a93dap-18},
      {0x1.fffffc2f171e3p-1, 0x1.85edd0395f475p-55, 0x1.d9371e2ff7c35p-21},
      {0x1.ffffff7b91176p-1, 0x1.0b2865615db40p-56, 0x1.10b1488aeb235p-23},
      {0x1.fffffff01a8b6p-1, 0x1.23370eca5ca6ap-60, 0x1.155a09065d4f7p-26},
      {0x1.fffffffe4fa30p-1, 0x1.d166bcb681c7bp-57, 0x1.f1e3523b41d7dp-30},
      {0x1.ffffffffd759dp-1, 0x1.f7bee7eb23420p-55, 0x1.8a61745ec7d1dp-33},
      {0x1.fffffffffc9e8p-1, -0x1.a759f7738935fp-56, 0x1.13af4f04f9998p-36},
      {0x1.ffffffffffc05p-1, 0x1.07ba96a6b2e1ap-55, 0x1.5422ef5d8949dp-40},
      {0x1.fffffffffffbep-1, -0x1.182b326b228dcp-55, 0x1.7258610b3b233p-44},
      {0x1.ffffffffffffcp-1, 0x1.8115fd1b12786p-56, 0x1.63daf8b4b1e0cp-48},
      {0x1.0000000000000p+0, -0x1.8cf81557d20b6p-56, 0x1.2dc119095729fp-52}};
  double a = abs(x);
  if (isNan(x))
    return x;
  if (a >= 6)
    return copySign(1, x);
  if (a < 0.5) {
    // 2/sqrt(pi) (x - x^3/3 + x^5/(2! 5) - …), its first factor taken as 1 + 0.128… so that less is rounded.
    static const double coefficients[] = {-1.0 / 3,      1.0 / 10,      -1.0 / 42,      1.0 / 216,     -1.0 / 1320,
                                          1.0 / 9360,    -1.0 / 75600,  1.0 / 685440,   -1.0 / 6894720, 1.0 / 76204800,
                                          -1.0 / 918086400};
    double z = x * x, sum = 0;
    for (int n = 10; n >= 0; --n)
      sum = (sum + coefficients[n]) * z;
    if (a < 0x1p-1000) // keeps the product above the denormals until the end
      return (0x1p60 * x + 0x1.06eba8214db69p-3 * (0x1p60 * x)) * 0x1p-60;
    return x + x * (0x1.06eba8214db69p-3 + 0x1.20dd750429b6dp+0 * sum);
  }
  double c = round(4 * a) * 0.25, h = a - c;
  const Row &row = table[int(4 * c) - 2];
  double previous = 0, hermite = 1, power = 1, sum = 0; // power = (-h)^n / (n+1)!
  for (int n = 0; n < 22; ++n) {
    sum += hermite * power;
    double next = 2 * c * hermite - 2 * n * previous;
    previous = hermite;
    hermite = next;
    power *= -h / (n + 2);
  }
  return copySign(row.head + (row.tail + row.slope * (h * sum)), x);
}

// 1 / (1 + e^-x) without overflow on either side.
inline double sigmoid(double x) {
  double e = exp(-abs(x));
  return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

inline float exp(float x) { return float(exp(double(x))); }
inline float expm1(float x) { return float(expm1(double(x))); }
inline float exp2(float x) { return float(exp2(double(x))); }
inline float log(float x) { return float(log(double(x))); }
inline float log1p(float x) { return float(log1p(double(x))); }
inline float log2(float x) { return float(log2(double(x))); }
inline float pow(float x, float y) { return float(pow(double(x), double(y))); }
inline float sin(float x) { return float(sin(double(x))); }
inline float cos(float x) { return float(cos(double(x))); }
inline float tan(float x) { return float(tan(double(x))); }
inline float asin(float x) { return float(asin(double(x))); }
inline float acos(float x) { return float(acos(double(x))); }
inline float atan(float x) { return float(atan(double(x))); }
inline float sinh(float x) { return float(sinh(double(x))); }
inline float cosh(float x) { return float(cosh(double(x))); }
inline float tanh(float x) { return float(tanh(double(x))); }
inline float asinh(float x) { return float(asinh(double(x))); }
inline float acosh(float x) { return float(acosh(double(x))); }
inline float atanh(float x) { return float(atanh(double(x))); }
inline float erf(float x) { return float(erf(double(x))); }
inline float sigmoid(float x) { return float(sigmoid(double(x))); }

} // namespace mlc::math

#endif // MLC_KERNELS_MATH_MATH_H
