//===- RuntimeAxes.h - axes that are known only while the model runs -------===//
//
// The number of axes is known, so ranks are: what they name is computed in integers from the axes and the shape, and bound.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_FRONTEND_ONNX_RULES_RUNTIMEAXES_H
#define MLC_FRONTEND_ONNX_RULES_RUNTIMEAXES_H

#include "Common.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace mlc::onnx {

/// The axes as a tensor<Nxi64>, negative ones counted from the end of `rank`; null after an error.
Value normalisedAxes(NodeContext &n, Value axes, int64_t rank);

/// 1 where a dimension is among the axes, else 0: tensor<rank x i64>.
Value axisFlags(NodeContext &n, Value axes, int64_t rank);

/// The shape with ones inserted at the axes, which count in the result's dimensions.
Shape unsqueezedShape(NodeContext &n, Value x, Value axes);

/// The shape without the axes.
Shape squeezedShape(NodeContext &n, Value shape, Value axes, int64_t rank);

/// Binds every element of an integer vector.
Shape bindAll(NodeContext &n, Value vector);

/// Applies `step` to x seen as [outer, axis, inner] for each axis in turn; it returns [outer, inner] (reduces) or keeps the
/// shape. `shape` is x's shape, and becomes the result's (1 along axes that were reduced).
Value alongRuntimeAxes(NodeContext &n, Value x, Value axes, bool reduces, Value &shape, llvm::function_ref<Value(Value)> step);

} // namespace mlc::onnx

#endif // MLC_FRONTEND_ONNX_RULES_RUNTIMEAXES_H
