// sin, cos, tan for every finite argument, and asin, acos, atan.
#ifndef MLC_KERNELS_MATH_TRIGONOMETRIC_H
#define MLC_KERNELS_MATH_TRIGONOMETRIC_H

#include "math/DoubleDouble.h"

namespace mlc::math {

constexpr Double2 halfPi = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};

// x = q pi/2 + r, |r| <= pi/4; returns q mod 4. Payne and Hanek: only those bits of 2/pi are multiplied with the
// mantissa that reach below four turns; seven words of 32 bits leave r good to 2^-135 absolutely, and no double comes
// nearer to a multiple of pi/2 than 2^-62.
inline int reduceAngle(double x, Double2 &r) {
  static const uint32_t twoOverPi[] = {
      0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab, 0xdebbc561, 0xb7246e3a,
      0x424dd2e0, 0x06492eea, 0x09d1921c, 0xfe1deb1c, 0xb129a73e, 0xe88235f5, 0x2ebb4484, 0xe99c7026, 0xb45f7e41,
      0x3991d639, 0x835339f4, 0x9c845f8b, 0xbdf9283b, 0x1ff897ff, 0xde05980f, 0xef2f118b, 0x5a0a6d1f, 0x6d367ecf,
      0x27cb09b7, 0x4f463f66, 0x9e5fea2d, 0x7527bac7, 0xebe5f17b, 0x3d0739f7, 0x8a5292ea, 0x6bfb5fb1, 0x1f8d5d08,
      0x56033046, 0xfc7b6bab, 0xf0cfbc20, 0x9af4361d};
  constexpr int words = 7;
  double a = abs(x);
  if (a <= 0.7853981633974483) {
    r = {x, 0};
    return 0;
  }
  int e = int(bits(a) >> 52) - 1075; // a = mantissa 2^e
  uint64_t mantissa = (bits(a) & 0xfffffffffffffull) | 1ull << 52;
  int first = e >= 2 ? (e - 2) / 32 : 0; // words before it contribute multiples of 4 only
  // product = mantissa * (words first … first + 6 as one integer), little-endian.
  uint32_t product[words + 3] = {};
  for (int half = 0; half < 2; ++half) {
    uint64_t factor = half == 0 ? mantissa & 0xffffffff : mantissa >> 32, carry = 0;
    for (int i = 0; i < words; ++i) {
      carry += factor * twoOverPi[first + words - 1 - i] + product[i + half];
      product[i + half] = uint32_t(carry);
      carry >>= 32;
    }
    product[words + half] = uint32_t(carry);
  }
  // a * 2/pi = product * 2^-fraction (mod 4).
  int fraction = 32 * (first + words) - e;
  auto word = [&](int lowest) -> uint32_t { // the 32 bits from bit `lowest` on
    int index = lowest >> 5, shift = lowest & 31;
    uint64_t pair = index + 1 < words + 3 ? uint64_t(product[index + 1]) << 32 : 0;
    return uint32_t((pair | product[index]) >> shift);
  };
  int quadrant = int(word(fraction) & 3);
  uint32_t parts[4] = {word(fraction - 32), word(fraction - 64), word(fraction - 96), word(fraction - 128)};
  bool negative = parts[0] >> 31;
  if (negative) { // nearer to the next multiple: r = part - 1
    ++quadrant;
    uint64_t carry = 1;
    for (int i = 3; i >= 0; --i) {
      carry += uint32_t(~parts[i]);
      parts[i] = uint32_t(carry);
      carry >>= 32;
    }
  }
  Double2 turn = {0, 0};
  for (int i = 3; i >= 0; --i)
    turn = turn + double(parts[i]) * powerOfTwo(-32 * (i + 1));
  r = turn * halfPi;
  if (negative != signBit(x))
    r = -r;
  return (signBit(x) ? -quadrant : quadrant) & 3;
}

// sin and cos of |r| <= pi/4 by their Taylor series; about 57 good bits.
inline Double2 sineWide(Double2 r) {
  double z = r.hi * r.hi;
  static const double coefficients[] = {-1.0 / 6,        1.0 / 120,        -1.0 / 5040,          1.0 / 362880,
                                        -1.0 / 39916800, 1.0 / 6227020800, -1.0 / 1307674368000, 1.0 / 355687428096000};
  double sum = 0;
  for (int n = 7; n >= 0; --n)
    sum = sum * z + coefficients[n];
  return quickSum(r.hi, r.hi * z * sum + r.lo * (1 - 0.5 * z));
}
inline Double2 cosineWide(Double2 r) {
  double z = r.hi * r.hi;
  static const double coefficients[] = {1.0 / 24,        -1.0 / 720,        1.0 / 40320,           -1.0 / 3628800,
                                        1.0 / 479001600, -1.0 / 87178291200, 1.0 / 20922789888000, -1.0 / 6402373705728000};
  double sum = 0;
  for (int n = 7; n >= 0; --n)
    sum = sum * z + coefficients[n];
  Double2 square = twoProduct(r.hi, r.hi);
  Double2 head = twoSum(1, -0.5 * square.hi);
  return quickSum(head.hi, head.lo + (z * z * sum - 0.5 * square.lo - r.hi * r.lo));
}

inline double sin(double x) {
  if (!isFinite(x))
    return nan;
  if (abs(x) < 0x1p-27)
    return x;
  Double2 r;
  int q = reduceAngle(x, r);
  Double2 s = q & 1 ? cosineWide(r) : sineWide(r);
  return q & 2 ? -(s.hi + s.lo) : s.hi + s.lo;
}

inline double cos(double x) {
  if (!isFinite(x))
    return nan;
  Double2 r;
  int q = reduceAngle(x, r);
  Double2 c = q & 1 ? sineWide(r) : cosineWide(r);
  return q == 1 || q == 2 ? -(c.hi + c.lo) : c.hi + c.lo;
}

inline double tan(double x) {
  if (!isFinite(x))
    return nan;
  if (abs(x) < 0x1p-27)
    return x;
  Double2 r;
  int q = reduceAngle(x, r);
  Double2 s = sineWide(r), c = cosineWide(r);
  Double2 t = q & 1 ? -(c / s) : s / c;
  return t.hi + t.lo;
}

// atan(y / x) for y, x >= 0, not both 0, as the angle in [0, pi/2]. With c the multiple of 1/8 nearest to the ratio,
// atan(y/x) = atan(c) + atan((y - c x) / (x + c y)), and the rest's series needs eight terms.
inline Double2 angle(Double2 y, Double2 x) {
  static const Double2 table[] = {{0x0.0p+0, 0x0.0p+0},
                                  {0x1.fd5ba9aac2f6ep-4, -0x1.cd37686760c17p-59},
                                  {0x1.f5b75f92c80ddp-3, 0x1.8ab6e3cf7afbdp-57},
                                  {0x1.6f61941e4def1p-2, -0x1.c63aae6f6e918p-56},
                                  {0x1.dac670561bb4fp-2, 0x1.a2b7f222f65e2p-56},
                                  {0x1.1e00babdefeb4p-1, -0x1.928df287a668fp-58},
                                  {0x1.4978fa3269ee1p-1, 0x1.2419a87f2a458p-56},
                                  {0x1.700a7c5784634p-1, -0x1.8c34d25aadef6p-56},
                                  {0x1.921fb54442d18p-1, 0x1.1a62633145c07p-55}};
  bool swap = y.hi > x.hi;
  if (swap) {
    Double2 t = y;
    y = x;
    x = t;
  }
  int index = int(round(8 * (y.hi / x.hi)));
  double c = index * 0.125;
  Double2 t = index == 0 ? y / x : (y - x * c) / (x + y * c);
  double z = t.hi * t.hi, sum = 0;
  static const double coefficients[] = {-1.0 / 3, 1.0 / 5, -1.0 / 7, 1.0 / 9, -1.0 / 11, 1.0 / 13, -1.0 / 15, 1.0 / 17};
  for (int n = 7; n >= 0; --n)
    sum = (sum + coefficients[n]) * z;
  Double2 result = table[index] + (t + t.hi * sum);
  return swap ? halfPi - result : result;
}

inline double atan(double x) {
  double a = abs(x);
  if (isNan(x) || a < 0x1p-27)
    return x;
  Double2 r = a > 0x1p60 ? halfPi : angle({a, 0}, {1, 0});
  return copySign(r.hi + r.lo, x);
}

// sqrt(1 - x^2)
inline Double2 cosineOfSine(double x) { return sqrt(Double2{1, 0} - twoProduct(x, x)); }

inline double asin(double x) {
  double a = abs(x);
  if (isNan(x) || a < 0x1p-27)
    return x;
  if (a > 1)
    return nan;
  Double2 r = angle({a, 0}, cosineOfSine(a));
  return copySign(r.hi + r.lo, x);
}

inline double acos(double x) {
  double a = abs(x);
  if (!(a <= 1))
    return nan;
  Double2 r = angle(cosineOfSine(a), {a, 0});
  if (signBit(x))
    r = Double2{2 * halfPi.hi, 2 * halfPi.lo} - r;
  return r.hi + r.lo;
}

} // namespace mlc::math

#endif // MLC_KERNELS_MATH_TRIGONOMETRIC_H
