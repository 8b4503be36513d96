// Element types, and how each is read into the type that a kernel computes in and written back, rounded once.
//
//   stored as                    computes in
//   f16, bf16, f32               float
//   f64                          double
//   i4, i8, i16, i32, i64        int64_t    (results wrap to the stored width)
//   bool, u4, u8, u16, u32, u64  uint64_t   (a bool is stored as "other than zero")
#ifndef MLC_KERNELS_NUMBER_H
#define MLC_KERNELS_NUMBER_H

#include "Narrow.h"
#include "math/Math.h"
#include "mlc/abi.h"

#include <stddef.h>
#include <stdint.h>

namespace mlc::ref {

struct F16 {
  uint16_t bits;
};
struct BF16 {
  uint16_t bits;
};
struct Bool {
  uint8_t byte;
};
struct I4 {
  int8_t value;
};
struct U4 {
  uint8_t value;
};

template <class A, class B> constexpr bool same = __is_same(A, B);

// What a kernel computes in, see above; and what sums of many elements are kept in.
template <class T> struct ComputeOf {
  using type = uint64_t;
};
template <class T>
  requires(same<T, I4> || same<T, int8_t> || same<T, int16_t> || same<T, int32_t> || same<T, int64_t>)
struct ComputeOf<T> {
  using type = int64_t;
};
template <class T>
  requires(same<T, F16> || same<T, BF16> || same<T, float>)
struct ComputeOf<T> {
  using type = float;
};
template <> struct ComputeOf<double> {
  using type = double;
};
template <class T> using Compute = typename ComputeOf<T>::type;

template <class C> constexpr bool isFloating = same<C, float> || same<C, double>;
template <class C, bool = isFloating<C>> struct WideOf {
  using type = C;
};
template <class C> struct WideOf<C, true> {
  using type = double;
};
// double for every floating type, 64-bit integers for the others.
template <class T> using Wide = typename WideOf<Compute<T>>::type;

inline float load(F16 x) { return float(narrow::decode(narrow::f16, x.bits)); }
inline float load(BF16 x) { return math::floatOf(uint32_t(x.bits) << 16); }
inline float load(float x) { return x; }
inline double load(double x) { return x; }
inline int64_t load(I4 x) { return x.value; }
inline int64_t load(int8_t x) { return x; }
inline int64_t load(int16_t x) { return x; }
inline int64_t load(int32_t x) { return x; }
inline int64_t load(int64_t x) { return x; }
inline uint64_t load(Bool x) { return x.byte != 0; }
inline uint64_t load(U4 x) { return x.value; }
inline uint64_t load(uint8_t x) { return x; }
inline uint64_t load(uint16_t x) { return x; }
inline uint64_t load(uint32_t x) { return x; }
inline uint64_t load(uint64_t x) { return x; }

// Writes a value of compute or wide type. Of an integer, T keeps the low bits.
template <class T, class C> inline void store(T &to, C value) { to = T(value); }
template <class C> inline void store(F16 &to, C value) { to.bits = uint16_t(narrow::encode(narrow::f16, double(value))); }
template <class C> inline void store(BF16 &to, C value) { to.bits = uint16_t(narrow::encode(narrow::bf16, double(value))); }
template <class C> inline void store(Bool &to, C value) { to.byte = value != 0; }
template <class C> inline void store(I4 &to, C value) { to.value = int8_t(int8_t(uint8_t(value) << 4) >> 4); }
template <class C> inline void store(U4 &to, C value) { to.value = uint8_t(value) & 15; }

// Limits for the identity of max and min, in the wide type.
template <class T> constexpr int bitsOf = same<T, I4> || same<T, U4> ? 4 : same<T, Bool> ? 1 : int(sizeof(T)) * 8;
template <class T> inline Wide<T> lowest() {
  if constexpr (isFloating<Compute<T>>)
    return -math::infinity;
  else if constexpr (same<Compute<T>, int64_t>)
    return int64_t(-1) << (bitsOf<T> - 1);
  else
    return 0;
}
template <class T> inline Wide<T> highest() {
  if constexpr (isFloating<Compute<T>>)
    return math::infinity;
  else if constexpr (same<Compute<T>, int64_t>)
    return ~(int64_t(-1) << (bitsOf<T> - 1));
  else
    return ~uint64_t(0) >> (64 - bitsOf<T>);
}

// Arithmetic that wraps on signed integers instead of being undefined.
inline float plus(float a, float b) { return a + b; }
inline double plus(double a, double b) { return a + b; }
inline uint64_t plus(uint64_t a, uint64_t b) { return a + b; }
inline int64_t plus(int64_t a, int64_t b) { return int64_t(uint64_t(a) + uint64_t(b)); }
inline float times(float a, float b) { return a * b; }
inline double times(double a, double b) { return a * b; }
inline uint64_t times(uint64_t a, uint64_t b) { return a * b; }
inline int64_t times(int64_t a, int64_t b) { return int64_t(uint64_t(a) * uint64_t(b)); }

// NaN wins over every number, as in ONNX and numpy.
template <class C> inline C larger(C a, C b) { return a > b || a != a ? a : b; }
template <class C> inline C smaller(C a, C b) { return a < b || a != a ? a : b; }

// A floating number toward zero into an integer type, kept within [low, high] of it; NaN becomes 0.
template <class C> inline C truncate(double x, C low, C high) {
  if (x != x)
    return 0;
  // The limits as doubles: `high` may round up to one more than it is, hence >=.
  return x <= double(low) ? low : x >= double(high) ? high : C(x);
}

// Bytes of one element; 0 for strings and unknown types.
inline int64_t elementBytes(int32_t dtype) {
  switch (dtype) {
  case MLC_C128:
    return 16;
  case MLC_F64:
  case MLC_I64:
  case MLC_U64:
  case MLC_C64:
    return 8;
  case MLC_F32:
  case MLC_I32:
  case MLC_U32:
    return 4;
  case MLC_F16:
  case MLC_BF16:
  case MLC_I16:
  case MLC_U16:
    return 2;
  case MLC_NONE:
  case MLC_STRING:
    return 0;
  default:
    return dtype > MLC_I2 || dtype < 0 ? 0 : 1;
  }
}

} // namespace mlc::ref

#endif // MLC_KERNELS_NUMBER_H
