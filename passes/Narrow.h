//===- Narrow.h - weights in fewer bits --------------------------------------===//
#ifndef MLC_PASSES_NARROW_H
#define MLC_PASSES_NARROW_H

#include "Pipeline.h"
#include "ir/Dialect.h"
#include "runtime/kernels/Narrow.h"

namespace mlc {

/// How f32 weights become narrower ones.
struct Narrowing {
  ref::narrow::Format format;
  mlir::Type type;

  uint16_t operator()(float value) const { return static_cast<uint16_t>(ref::narrow::encode(format, value)); }
};

/// How to narrow an operation's constant weights, which are multiplied with `x`; nothing where they stay as they are. Leaves a
/// remark.
std::optional<Narrowing> narrowingOf(mlir::Operation *op, mlir::Value x, mlir::ElementsAttr weights, Precision precision);

} // namespace mlc

#endif // MLC_PASSES_NARROW_H
