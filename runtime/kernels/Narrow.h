// Floating-point formats of 16 bits and less, described by their parameters, with one exact decoder and one encoder
// that rounds a double to nearest even. Both are integer arithmetic, so that no target needs a conversion routine.
#ifndef MLC_KERNELS_NARROW_H
#define MLC_KERNELS_NARROW_H

#include "math/Bits.h"

namespace mlc::ref::narrow {

enum class Special {
  Ieee,     // top exponent: infinity and NaN
  Nan,      // only the code of all ones is NaN, no infinity ("FN")
  Zero,     // only the code of minus zero is NaN, no infinity, no minus zero ("FNUZ")
  None,     // neither NaN nor infinity; NaN is encoded as minus zero, as ONNX's tests expect
};

struct Format {
  int exponentBits, mantissaBits, bias;
  Special special;
};

constexpr Format f16 = {5, 10, 15, Special::Ieee};
constexpr Format bf16 = {8, 7, 127, Special::Ieee};
constexpr Format e4m3fn = {4, 3, 7, Special::Nan};
constexpr Format e4m3fnuz = {4, 3, 8, Special::Zero};
constexpr Format e5m2 = {5, 2, 15, Special::Ieee};
constexpr Format e5m2fnuz = {5, 2, 16, Special::Zero};
constexpr Format e2m1 = {2, 1, 1, Special::None};

constexpr uint32_t signOf(Format f) { return 1u << (f.exponentBits + f.mantissaBits); }
constexpr uint32_t infinityOf(Format f) { return ((1u << f.exponentBits) - 1) << f.mantissaBits; }
// The code of the largest finite magnitude.
constexpr uint32_t largest(Format f) {
  return f.special == Special::Ieee ? infinityOf(f) - 1 : signOf(f) - (f.special == Special::Nan ? 2 : 1);
}
constexpr uint32_t nanOf(Format f) {
  return f.special == Special::Ieee  ? infinityOf(f) | 1u << (f.mantissaBits - 1)
         : f.special == Special::Nan ? signOf(f) - 1
                                     : signOf(f);
}

inline double decode(Format f, uint32_t code) {
  uint32_t magnitude = code & (signOf(f) - 1);
  double value;
  if (f.special == Special::Ieee && magnitude > infinityOf(f))
    value = math::nan;
  else if (f.special == Special::Ieee && magnitude == infinityOf(f))
    value = math::infinity;
  else if (f.special == Special::Nan && magnitude == signOf(f) - 1)
    value = math::nan;
  else if (f.special == Special::Zero && code == signOf(f))
    return math::nan;
  else {
    int exponent = int(magnitude >> f.mantissaBits);
    uint32_t mantissa = magnitude & ((1u << f.mantissaBits) - 1);
    if (exponent > 0)
      mantissa |= 1u << f.mantissaBits;
    value = double(mantissa) * math::powerOfTwo((exponent > 0 ? exponent : 1) - f.bias - f.mantissaBits);
  }
  return code & signOf(f) ? -value : value;
}

// `saturate`: what is too large, infinity included, becomes the largest finite number, as ONNX casts to 8 bits do.
inline uint32_t encode(Format f, double x, bool saturate = false) {
  uint32_t sign = math::signBit(x) ? signOf(f) : 0;
  uint32_t negative = f.special == Special::Zero ? 0 : sign; // NaN and zero have no sign there
  if (math::isNan(x))
    return f.special == Special::None || f.special == Special::Zero ? signOf(f) : sign | nanOf(f);
  double a = math::abs(x);
  uint32_t code = largest(f) + 1;
  if (a < math::powerOfTwo(f.special == Special::Ieee ? (1 << f.exponentBits) - f.bias : (1 << f.exponentBits) - f.bias + 1)) {
    // The code counts steps of the size that holds at this exponent; carries run into the exponent by themselves.
    int lowest = 1 - f.bias, e = int(math::bits(a) >> 52) - 1023;
    if (e < lowest)
      e = lowest;
    double steps = math::round(a * math::powerOfTwo(f.mantissaBits - e));
    code = (uint32_t(e - lowest) << f.mantissaBits) + uint32_t(steps);
  }
  if (code > largest(f)) {
    if (saturate || f.special == Special::None)
      return sign | largest(f);
    return f.special == Special::Zero ? nanOf(f) : negative | (f.special == Special::Ieee ? infinityOf(f) : nanOf(f));
  }
  return code == 0 ? negative : sign | code;
}

// E8M0: 2^(code - 127), 255 is NaN. `mode`: 0 up, 1 down, 2 nearest (a tie goes up), as ONNX's round_mode.
inline double decodeScale(uint32_t code) { return code == 255 ? math::nan : math::powerOfTwo(int(code) - 127); }
inline uint32_t encodeScale(double x, bool saturate, int mode) {
  double a = math::abs(x);
  if (math::isNan(x))
    return 255;
  if (a == math::infinity)
    return saturate ? 254 : 255;
  if (a == 0)
    return saturate ? 0 : 255;
  double mantissa;
  int code = math::exponent(a, mantissa) + 127;
  if (mode == 0 ? mantissa > 1 : mode == 2 && mantissa >= 1.5)
    ++code;
  if (code < 0)
    return saturate ? 0 : 255;
  if (code > 254)
    return saturate ? 254 : 255;
  return uint32_t(code);
}

} // namespace mlc::ref::narrow

#endif // MLC_KERNELS_NARROW_H
