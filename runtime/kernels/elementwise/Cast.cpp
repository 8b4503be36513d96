// Conversions between all element types.
#include "Dispatch.h"

using namespace mlc;
using namespace mlc::ref;

namespace {

// Elements pass in blocks through one of three exact carriers (double, int64_t, uint64_t), so that m + n small loops do
// the work of m * n.
constexpr int blockSize = 256;

enum class Carrier { None, Real, Signed, Unsigned };

union Block {
  double real[blockSize];
  int64_t whole[blockSize];
  uint64_t natural[blockSize];
};

const narrow::Format *narrowFormat(int32_t dtype) {
  switch (dtype) {
  case MLC_F8E4M3FN:
    return &narrow::e4m3fn;
  case MLC_F8E4M3FNUZ:
    return &narrow::e4m3fnuz;
  case MLC_F8E5M2:
    return &narrow::e5m2;
  case MLC_F8E5M2FNUZ:
    return &narrow::e5m2fnuz;
  case MLC_F4E2M1:
    return &narrow::e2m1;
  default:
    return nullptr;
  }
}

int signedTwoBits(uint8_t code) { return int8_t(uint8_t(code << 6)) >> 6; }

Carrier read(const Tensor &x, int64_t begin, int64_t n, Block &block) {
  const uint8_t *bytes = data<uint8_t>(x) + begin;
  if (const narrow::Format *format = narrowFormat(x.dtype)) {
    for (int64_t i = 0; i < n; ++i)
      block.real[i] = narrow::decode(*format, bytes[i]);
    return Carrier::Real;
  }
  switch (x.dtype) {
  case MLC_F8E8M0:
    for (int64_t i = 0; i < n; ++i)
      block.real[i] = narrow::decodeScale(bytes[i]);
    return Carrier::Real;
  case MLC_I2:
    for (int64_t i = 0; i < n; ++i)
      block.whole[i] = signedTwoBits(bytes[i]);
    return Carrier::Signed;
  case MLC_U2:
    for (int64_t i = 0; i < n; ++i)
      block.natural[i] = bytes[i] & 3;
    return Carrier::Unsigned;
  default:
    break;
  }
  Carrier carrier = Carrier::None;
  dispatchAny(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    const T *from = data<T>(x) + begin;
    for (int64_t i = 0; i < n; ++i) {
      if constexpr (isFloating<Compute<T>>)
        block.real[i] = load(from[i]);
      else if constexpr (same<Compute<T>, int64_t>)
        block.whole[i] = load(from[i]);
      else
        block.natural[i] = load(from[i]);
    }
    carrier = isFloating<Compute<T>> ? Carrier::Real : same<Compute<T>, int64_t> ? Carrier::Signed : Carrier::Unsigned;
    return MLC_OK;
  });
  return carrier;
}

// A value as a 64-bit integer whose low bits are kept.
template <class V> int64_t whole(V value) {
  if constexpr (isFloating<V>)
    return truncate<int64_t>(value, lowest<int64_t>(), highest<int64_t>());
  else
    return int64_t(value);
}

// A carrier value as the element T: integers wrap, a real number truncates and stays within T's range.
template <class T, class V> void convert(T &to, V value) {
  if constexpr (same<T, I4> || same<T, U4>)
    store(to, whole(value));
  else if constexpr (isFloating<V> && !isFloating<Compute<T>> && !same<T, Bool>)
    store(to, truncate<Compute<T>>(value, lowest<T>(), highest<T>()));
  else
    store(to, value);
}

template <class V> int32_t write(const Tensor &y, int64_t begin, int64_t n, const V *values, bool saturate, int mode) {
  uint8_t *bytes = data<uint8_t>(y) + begin;
  if (const narrow::Format *format = narrowFormat(y.dtype)) {
    for (int64_t i = 0; i < n; ++i)
      bytes[i] = uint8_t(narrow::encode(*format, double(values[i]), saturate));
    return MLC_OK;
  }
  switch (y.dtype) {
  case MLC_F8E8M0:
    for (int64_t i = 0; i < n; ++i)
      bytes[i] = uint8_t(narrow::encodeScale(double(values[i]), saturate, mode));
    return MLC_OK;
  case MLC_I2:
    for (int64_t i = 0; i < n; ++i)
      bytes[i] = uint8_t(signedTwoBits(uint8_t(whole(values[i]))));
    return MLC_OK;
  case MLC_U2:
    for (int64_t i = 0; i < n; ++i)
      bytes[i] = uint8_t(whole(values[i])) & 3;
    return MLC_OK;
  default:
    return dispatchAny(y.dtype, [&](auto type) {
      auto *to = data<Element<decltype(type)>>(y) + begin;
      for (int64_t i = 0; i < n; ++i)
        convert(to[i], values[i]);
      return MLC_OK;
    });
  }
}

} // namespace

extern "C" {

// y = x in the output's type, as ONNX's Cast. ints: saturate, round_mode (0 up, 1 down, 2 nearest; for E8M0 only)
//   float to float     nearest even; too large becomes infinity; to 8 bits, with `saturate`, the largest finite number
//   float to integer   toward zero; too large or small becomes the nearest limit, NaN 0; of 4 and 2 bits the low bits are
//                      kept, as ONNX's tests expect
//   integer to integer the low bits
//   to bool            other than zero (NaN is true)
int32_t mlc_ref_cast(const Call *c) {
  const Tensor &x = c->inputs[0], &y = c->outputs[0];
  bool saturate = c->ints[0];
  int mode = int(c->ints[1]);
  Block block;
  for (int64_t begin = 0, total = count(y); begin < total; begin += blockSize) {
    int64_t n = total - begin < blockSize ? total - begin : blockSize;
    int32_t error = MLC_E_ARGUMENT;
    switch (read(x, begin, n, block)) {
    case Carrier::Real:
      error = write(y, begin, n, block.real, saturate, mode);
      break;
    case Carrier::Signed:
      error = write(y, begin, n, block.whole, saturate, mode);
      break;
    case Carrier::Unsigned:
      error = write(y, begin, n, block.natural, saturate, mode);
      break;
    case Carrier::None:
      break;
    }
    if (error)
      return error;
  }
  return MLC_OK;
}

// The same bits as another type of the same size.
int32_t mlc_ref_bitcast(const Call *c) {
  __builtin_memcpy(c->outputs[0].data, c->inputs[0].data, size_t(count(c->outputs[0]) * elementBytes(c->outputs[0].dtype)));
  return MLC_OK;
}

} // extern "C"
