// Numbers of about 106 bits as unevaluated sums hi + lo with |lo| <= ulp(hi)/2: what the functions of Math.h compute in
// where a double's own rounding would show. Without fused multiply-add, so that every processor gives the same bits.
// Arguments must stay below 2^990 (the splitting of a product multiplies by 2^27).
#ifndef MLC_KERNELS_MATH_DOUBLEDOUBLE_H
#define MLC_KERNELS_MATH_DOUBLEDOUBLE_H

#include "math/Bits.h"

namespace mlc::math {

struct Double2 {
  double hi, lo;
};

// a + b exactly, where |a| >= |b| or a == 0.
inline Double2 quickSum(double a, double b) {
  double s = a + b;
  return {s, b - (s - a)};
}

// a + b exactly (Knuth).
inline Double2 twoSum(double a, double b) {
  double s = a + b, t = s - a;
  return {s, (a - (s - t)) + (b - t)};
}

// a * b exactly (Dekker, Veltkamp's splitting).
inline Double2 twoProduct(double a, double b) {
  double p = a * b;
  double ta = 0x8000001p0 * a, ah = ta - (ta - a), al = a - ah;
  double tb = 0x8000001p0 * b, bh = tb - (tb - b), bl = b - bh;
  return {p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
}

inline Double2 operator-(Double2 a) { return {-a.hi, -a.lo}; }

inline Double2 operator+(Double2 a, Double2 b) {
  Double2 s = twoSum(a.hi, b.hi), t = twoSum(a.lo, b.lo);
  s = quickSum(s.hi, s.lo + t.hi);
  return quickSum(s.hi, s.lo + t.lo);
}
inline Double2 operator+(Double2 a, double b) {
  Double2 s = twoSum(a.hi, b);
  return quickSum(s.hi, s.lo + a.lo);
}
inline Double2 operator-(Double2 a, Double2 b) { return a + -b; }

inline Double2 operator*(Double2 a, Double2 b) {
  Double2 p = twoProduct(a.hi, b.hi);
  return quickSum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}
inline Double2 operator*(Double2 a, double b) {
  Double2 p = twoProduct(a.hi, b);
  return quickSum(p.hi, p.lo + a.lo * b);
}

inline Double2 operator/(Double2 a, Double2 b) {
  double q = a.hi / b.hi;
  Double2 rest = a - b * q;
  return quickSum(q, (rest.hi + rest.lo) / b.hi);
}

inline Double2 sqrt(Double2 a) {
  if (a.hi <= 0)
    return {0, 0};
  double s = sqrt(a.hi);
  Double2 rest = a - twoProduct(s, s);
  return quickSum(s, rest.hi / (s + s));
}

inline Double2 scale(Double2 a, int k) { return {scale(a.hi, k), scale(a.lo, k)}; }

} // namespace mlc::math

#endif // MLC_KERNELS_MATH_DOUBLEDOUBLE_H
