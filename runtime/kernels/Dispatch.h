// From an element type known at run time to a template: dispatch(dtype, types, body) calls body(Type<T>()) with the
// element type T, or answers MLC_E_ARGUMENT where the family has no such type.
#ifndef MLC_KERNELS_DISPATCH_H
#define MLC_KERNELS_DISPATCH_H

#include "Index.h"
#include "Number.h"
#include "reference.h"

namespace mlc::ref {

template <class T> struct Type {
  using type = T;
};

// For bodies: `using T = Element<decltype(type)>;`
template <class W> using Element = typename W::type;

template <class F> int32_t dispatchFloat(int32_t dtype, F body) {
  switch (dtype) {
  case MLC_F16:
    return body(Type<F16>());
  case MLC_BF16:
    return body(Type<BF16>());
  case MLC_F32:
    return body(Type<float>());
  case MLC_F64:
    return body(Type<double>());
  default:
    return MLC_E_ARGUMENT;
  }
}

// Integers; bool too where the body has a meaning for it.
template <class F> int32_t dispatchInteger(int32_t dtype, F body) {
  switch (dtype) {
  case MLC_I8:
    return body(Type<int8_t>());
  case MLC_I16:
    return body(Type<int16_t>());
  case MLC_I32:
    return body(Type<int32_t>());
  case MLC_I64:
    return body(Type<int64_t>());
  case MLC_U8:
    return body(Type<uint8_t>());
  case MLC_U16:
    return body(Type<uint16_t>());
  case MLC_U32:
    return body(Type<uint32_t>());
  case MLC_U64:
    return body(Type<uint64_t>());
  case MLC_I4:
    return body(Type<I4>());
  case MLC_U4:
    return body(Type<U4>());
  default:
    return MLC_E_ARGUMENT;
  }
}

template <class F> int32_t dispatchNumber(int32_t dtype, F body) {
  bool floating = dtype == MLC_F16 || dtype == MLC_BF16 || dtype == MLC_F32 || dtype == MLC_F64;
  return floating ? dispatchFloat(dtype, body) : dispatchInteger(dtype, body);
}

template <class F> int32_t dispatchAny(int32_t dtype, F body) {
  return dtype == MLC_BOOL ? body(Type<Bool>()) : dispatchNumber(dtype, body);
}

template <class F> int32_t dispatchIndex(int32_t dtype, F body) {
  if (dtype == MLC_I64)
    return body(Type<int64_t>());
  return dtype == MLC_I32 ? body(Type<int32_t>()) : int32_t(MLC_E_ARGUMENT);
}

// For kernels that only move elements: an unsigned type of the element's size.
struct Bytes16 {
  uint64_t halves[2];
};
template <class F> int32_t dispatchSize(int32_t dtype, F body) {
  switch (elementBytes(dtype)) {
  case 1:
    return body(Type<uint8_t>());
  case 2:
    return body(Type<uint16_t>());
  case 4:
    return body(Type<uint32_t>());
  case 8:
    return body(Type<uint64_t>());
  case 16:
    return body(Type<Bytes16>());
  default:
    return MLC_E_ARGUMENT;
  }
}

// Writes element i of a tensor whose type the caller has not dispatched on: results of sums, statistics, counts.
template <class V> inline void storeAt(const Tensor &t, int64_t i, V value) {
  dispatchAny(t.dtype, [&](auto type) {
    store(static_cast<Element<decltype(type)> *>(t.data)[i], value);
    return MLC_OK;
  });
}

template <class T> inline T *data(const Tensor &t) { return static_cast<T *>(t.data); }
inline bool present(const Call *c, int32_t input) { return input < c->inputCount && c->inputs[input].data; }
inline bool wanted(const Call *c, int32_t output) { return output < c->outputCount && c->outputs[output].data; }

} // namespace mlc::ref

#endif // MLC_KERNELS_DISPATCH_H
