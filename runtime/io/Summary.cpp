#include "Outputs.h"
#include "runtime/Element.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace mlc::io {
namespace {

template <typename T> double load(const mlc_tensor &tensor, uint64_t index) {
  T value;
  std::memcpy(&value, static_cast<const char *>(tensor.data) + index * sizeof value, sizeof value);
  return static_cast<double>(value);
}

// How the small floats are built: bits of exponent and mantissa, bias, and what the highest codes mean.
struct Small {
  int exponent, mantissa, bias;
  enum Top { Ieee, OneNan, NegativeZeroNan, Finite } top;
};

double small(uint32_t code, Small form) {
  int sign = static_cast<int>(code >> (form.exponent + form.mantissa) & 1);
  int exponent = static_cast<int>(code >> form.mantissa & ((1u << form.exponent) - 1));
  int mantissa = static_cast<int>(code & ((1u << form.mantissa) - 1));
  int highest = (1 << form.exponent) - 1, all = (1 << form.mantissa) - 1;
  if (form.top == Small::Ieee && exponent == highest)
    return mantissa ? NAN : sign ? -INFINITY : INFINITY;
  if (form.top == Small::OneNan && exponent == highest && mantissa == all)
    return NAN;
  if (form.top == Small::NegativeZeroNan && sign && !exponent && !mantissa)
    return NAN;
  double value = exponent ? std::ldexp(1 + std::ldexp(mantissa, -form.mantissa), exponent - form.bias)
                          : std::ldexp(mantissa, 1 - form.bias - form.mantissa);
  return sign ? -value : value;
}

void append(std::string &text, const char *format, double value) {
  char number[48];
  std::snprintf(number, sizeof number, format, value);
  text += number;
}

} // namespace

bool elementValue(const mlc_tensor &tensor, uint64_t index, double &value) {
  auto byte = [&] { return static_cast<uint32_t>(static_cast<const unsigned char *>(tensor.data)[index]); };
  auto word = [&] { return static_cast<uint32_t>(load<uint16_t>(tensor, index)); };
  switch (tensor.dtype) {
  case MLC_F32: value = load<float>(tensor, index); return true;
  case MLC_F64: value = load<double>(tensor, index); return true;
  case MLC_C64: value = load<float>(tensor, 2 * index); return true;
  case MLC_C128: value = load<double>(tensor, 2 * index); return true;
  case MLC_F16: value = small(word(), {5, 10, 15, Small::Ieee}); return true;
  case MLC_BF16: value = small(word(), {8, 7, 127, Small::Ieee}); return true;
  case MLC_F8E4M3FN: value = small(byte(), {4, 3, 7, Small::OneNan}); return true;
  case MLC_F8E4M3FNUZ: value = small(byte(), {4, 3, 8, Small::NegativeZeroNan}); return true;
  case MLC_F8E5M2: value = small(byte(), {5, 2, 15, Small::Ieee}); return true;
  case MLC_F8E5M2FNUZ: value = small(byte(), {5, 2, 16, Small::NegativeZeroNan}); return true;
  case MLC_F4E2M1: value = small(byte(), {2, 1, 1, Small::Finite}); return true;
  case MLC_F8E8M0: value = byte() == 255 ? NAN : std::ldexp(1.0, static_cast<int>(byte()) - 127); return true;
  case MLC_I8:
  case MLC_I4:
  case MLC_I2: value = load<int8_t>(tensor, index); return true;
  case MLC_U8:
  case MLC_U4:
  case MLC_U2:
  case MLC_BOOL: value = load<uint8_t>(tensor, index); return true;
  case MLC_I16: value = load<int16_t>(tensor, index); return true;
  case MLC_U16: value = load<uint16_t>(tensor, index); return true;
  case MLC_I32: value = load<int32_t>(tensor, index); return true;
  case MLC_U32: value = load<uint32_t>(tensor, index); return true;
  case MLC_I64: value = load<int64_t>(tensor, index); return true;
  case MLC_U64: value = load<uint64_t>(tensor, index); return true;
  default: return false;
  }
}

std::string describe(const std::string &name, const mlc_tensor &tensor) {
  std::string text = name + ": " + mlc_dtype_name(tensor.dtype) + " " + rt::shapeText(tensor.dims, tensor.rank) + ":";
  uint64_t count = rt::elementCount(tensor.dims, tensor.rank).value_or(0);
  double value, low = INFINITY, high = -INFINITY;
  uint64_t nans = 0;
  constexpr uint64_t shown = 6;
  for (uint64_t i = 0; i < count && elementValue(tensor, i, value); ++i) {
    if (i < shown)
      append(text, " %.6g", value);
    nans += std::isnan(value);
    low = std::min(low, std::isnan(value) ? low : value);
    high = std::max(high, std::isnan(value) ? high : value);
  }
  if (count == 0)
    return text + " empty";
  if (count > shown)
    text += " …";
  append(text, " (min %.6g", low);
  append(text, ", max %.6g", high);
  return text + (nans ? ", " + std::to_string(nans) + " not a number)" : ")");
}

} // namespace mlc::io
