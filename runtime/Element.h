// Element types: sizes, names, and sizes of whole tensors with every product checked.
#ifndef MLC_RUNTIME_ELEMENT_H
#define MLC_RUNTIME_ELEMENT_H

#include <mlc/abi.h>

#include <cstdint>
#include <optional>
#include <string>

namespace mlc::rt {

inline constexpr int32_t elementTypes = 27; // one more than the highest number

// Bits of an element where files hold it packed: 4 or 2; 8 times its bytes otherwise.
uint32_t packedBits(int32_t dtype);

// The type with that name (see mlc_dtype_name), or MLC_NONE.
int32_t elementByName(const char *name);

// Number of elements; nothing where a dimension is negative or the product does not fit.
std::optional<uint64_t> elementCount(const int64_t *dims, int32_t rank);

// Bytes in memory, at most what an int64_t holds.
std::optional<uint64_t> tensorBytes(int32_t dtype, const int64_t *dims, int32_t rank);

// "2x3x?", or "scalar".
std::string shapeText(const int64_t *dims, int32_t rank);

} // namespace mlc::rt

#endif // MLC_RUNTIME_ELEMENT_H
