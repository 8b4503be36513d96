//===- Common.h - what several families of rules share ---------------------===//
#ifndef MLC_FRONTEND_ONNX_RULES_COMMON_H
#define MLC_FRONTEND_ONNX_RULES_COMMON_H

#include "frontend/onnx/Rules.h"
#include "frontend/onnx/Types.h"

#include "mlc/abi.h"
#include "llvm/ADT/Sequence.h"
#include <cmath>
#include <limits>

namespace mlc::onnx {

using llvm::StringRef;
using llvm::Twine;
using mlir::failure;
using mlir::FloatType;
using mlir::IntegerType;
using mlir::LogicalResult;
using mlir::success;

inline bool isReal(Type t) { return llvm::isa<FloatType>(t); }
inline bool isReal(Value v) { return v && isReal(elementTypeOf(v)); }
inline bool isBool(Type t) { return t.isInteger(1); }
inline bool isUnsigned(Type t) { return t.isUnsignedInteger(); }

inline Axes range(int64_t from, int64_t to) {
  return llvm::to_vector<6>(llvm::seq<int64_t>(from, std::max(from, to)));
}

/// Whether the elements are real numbers (or integers, where allowed); an error otherwise.
inline bool requireNumbers(NodeContext &n, Value x, bool integersToo = true) {
  if (!x)
    return false;
  Type t = elementTypeOf(x);
  return n.require(isReal(t) || (integersToo && !isBool(t)), "elements of " + dataTypeName(dataTypeOf(t)) + " are not allowed");
}

inline bool requireBool(NodeContext &n, Value x) {
  return x && n.require(isBool(elementTypeOf(x)), "elements of " + dataTypeName(dataTypeOf(elementTypeOf(x))) + ", expected bool");
}

inline bool requireInteger(NodeContext &n, Value x) {
  return x && n.require(!isReal(x) && !isBool(elementTypeOf(x)),
                        "elements of " + dataTypeName(dataTypeOf(elementTypeOf(x))) + ", expected integers");
}

/// Narrow floats are computed in f32 where many are added up; the result goes back to `like`'s type with `narrow`.
inline Value widen(NodeContext &n, Value x) {
  return x && isReal(x) && elementTypeOf(x).getIntOrFloatBitWidth() < 32 ? n.cast(x, n.f32()) : x;
}
inline Value narrow(NodeContext &n, Value x, Value like) { return x && like ? n.cast(x, elementTypeOf(like)) : Value(); }

/// The axes of a node: an attribute up to some version, an operand afterwards. Nothing where neither is given; an error,
/// and `failed`, where the operand is known only at run time.
std::optional<Axes> constantAxes(NodeContext &n, size_t operand, StringRef attribute, bool &atRunTime);

/// The permutations between channels-first and channels-last.
inline Axes toChannelsLast(int64_t rank) {
  Axes perm{0};
  for (int64_t d = 2; d < rank; ++d)
    perm.push_back(d);
  perm.push_back(1);
  return perm;
}
inline Axes toChannelsFirst(int64_t rank) {
  Axes perm{0, rank - 1};
  for (int64_t d = 1; d < rank - 1; ++d)
    perm.push_back(d);
  return perm;
}

} // namespace mlc::onnx

#endif // MLC_FRONTEND_ONNX_RULES_COMMON_H
