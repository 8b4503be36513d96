#include "Feeds.h"

#include <bit>
#include <cstring>

namespace mlc::io {
namespace {

// SplitMix64 (Steele, Lea, Flood 2014): short, and the same everywhere.
struct Random {
  uint64_t state;
  uint64_t next() {
    uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
};

// k / 1024 as float16: exact for k below 1024.
uint16_t half(uint32_t k) {
  if (k == 0)
    return 0;
  auto exponent = static_cast<uint32_t>(std::bit_width(k)) - 1;
  uint32_t mantissa = (k << (10 - exponent)) & 0x3ff;
  return static_cast<uint16_t>((exponent + 15 - 10) << 10 | mantissa);
}

template <typename T> void put(void *data, uint64_t i, T value) {
  std::memcpy(static_cast<char *>(data) + i * sizeof value, &value, sizeof value);
}

void fill(void *data, uint64_t i, int32_t dtype, Random &random) {
  switch (dtype) {
  case MLC_F32: return put(data, i, static_cast<float>(random.next() >> 40) * 0x1p-24f);
  case MLC_F64: return put(data, i, random.unit());
  case MLC_C64:
    put(data, 2 * i, static_cast<float>(random.next() >> 40) * 0x1p-24f);
    return put(data, 2 * i + 1, static_cast<float>(random.next() >> 40) * 0x1p-24f);
  case MLC_C128: put(data, 2 * i, random.unit()); return put(data, 2 * i + 1, random.unit());
  case MLC_F16: return put(data, i, half(static_cast<uint32_t>(random.next() >> 54)));
  case MLC_BF16:
    return put(data, i,
               static_cast<uint16_t>(std::bit_cast<uint32_t>(static_cast<float>(random.next() >> 56) * 0x1p-8f) >> 16));
  // Positive codes of the 8-bit floats grow with their values: any code below that of 1 lies in [0, 1).
  case MLC_F8E4M3FN: return put(data, i, static_cast<uint8_t>(random.next() % 0x38));
  case MLC_F8E5M2: return put(data, i, static_cast<uint8_t>(random.next() % 0x3c));
  case MLC_F8E4M3FNUZ:
  case MLC_F8E5M2FNUZ: return put(data, i, static_cast<uint8_t>(random.next() % 0x40));
  case MLC_F8E8M0: return put(data, i, static_cast<uint8_t>(119 + random.next() % 8));
  case MLC_F4E2M1:
  case MLC_BOOL:
  case MLC_I2: return put(data, i, static_cast<uint8_t>(random.next() >> 63));
  case MLC_U16:
  case MLC_I16: return put(data, i, static_cast<uint16_t>(random.next() >> 62));
  case MLC_U32:
  case MLC_I32: return put(data, i, static_cast<uint32_t>(random.next() >> 62));
  case MLC_U64:
  case MLC_I64: return put(data, i, random.next() >> 62);
  default: return put(data, i, static_cast<uint8_t>(random.next() >> 62));
  }
}

} // namespace

Status fillTensor(Tensor &tensor, uint64_t seed, uint32_t index) {
  if (!tensor.data.reserve(tensor.head.bytes))
    return Status::error("no memory for " + std::to_string(tensor.head.bytes) + " bytes");
  Random random{seed};
  random.state = random.next() + index;
  for (uint64_t i = 0; i < tensor.head.elements; ++i)
    fill(tensor.data.data(), i, tensor.head.dtype, random);
  return {};
}

} // namespace mlc::io
