#include "Element.h"

#include <mlc/runtime.h>

#include <cstring>

namespace mlc::rt {
namespace {

struct Row {
  const char *name;
  uint8_t bytes, bits;
};

// By the numbers of enum mlc_dtype. Names are those of numpy and ml_dtypes.
constexpr Row rows[elementTypes] = {
    {"unknown", 0, 0},
    {"float32", 4, 32},
    {"uint8", 1, 8},
    {"int8", 1, 8},
    {"uint16", 2, 16},
    {"int16", 2, 16},
    {"int32", 4, 32},
    {"int64", 8, 64},
    {"string", 0, 0},
    {"bool", 1, 8},
    {"float16", 2, 16},
    {"float64", 8, 64},
    {"uint32", 4, 32},
    {"uint64", 8, 64},
    {"complex64", 8, 64},
    {"complex128", 16, 128},
    {"bfloat16", 2, 16},
    {"float8_e4m3fn", 1, 8},
    {"float8_e4m3fnuz", 1, 8},
    {"float8_e5m2", 1, 8},
    {"float8_e5m2fnuz", 1, 8},
    {"uint4", 1, 4},
    {"int4", 1, 4},
    {"float4_e2m1fn", 1, 4},
    {"float8_e8m0fnu", 1, 8},
    {"uint2", 1, 2},
    {"int2", 1, 2},
};

const Row &row(int32_t dtype) { return rows[dtype > 0 && dtype < elementTypes ? dtype : 0]; }

} // namespace

uint32_t packedBits(int32_t dtype) { return row(dtype).bits; }

int32_t elementByName(const char *name) {
  for (int32_t dtype = 1; dtype < elementTypes; ++dtype)
    if (!std::strcmp(rows[dtype].name, name))
      return dtype;
  return MLC_NONE;
}

std::optional<uint64_t> elementCount(const int64_t *dims, int32_t rank) {
  uint64_t count = 1;
  bool overflow = false;
  for (int32_t i = 0; i < rank; ++i) {
    if (dims[i] < 0)
      return std::nullopt;
    if (dims[i] == 0)
      return 0;
    overflow |= __builtin_mul_overflow(count, static_cast<uint64_t>(dims[i]), &count);
  }
  if (overflow || count > INT64_MAX)
    return std::nullopt;
  return count;
}

std::optional<uint64_t> tensorBytes(int32_t dtype, const int64_t *dims, int32_t rank) {
  std::optional<uint64_t> count = elementCount(dims, rank);
  uint64_t bytes = 0;
  if (!count || __builtin_mul_overflow(*count, uint64_t{row(dtype).bytes}, &bytes) || bytes > INT64_MAX)
    return std::nullopt;
  return bytes;
}

std::string shapeText(const int64_t *dims, int32_t rank) {
  if (rank == 0)
    return "scalar";
  std::string text;
  for (int32_t i = 0; i < rank; ++i) {
    if (i)
      text += 'x';
    text += dims[i] == -1 ? "?" : std::to_string(dims[i]);
  }
  return text;
}

} // namespace mlc::rt

uint32_t mlc_dtype_bytes(int32_t dtype) { return mlc::rt::row(dtype).bytes; }

const char *mlc_dtype_name(int32_t dtype) { return mlc::rt::row(dtype).name; }
