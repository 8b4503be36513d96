//===- ResizeByAxis.h - resizing with factors known only at run time -------===//
#ifndef MLC_FRONTEND_ONNX_RULES_RESIZEBYAXIS_H
#define MLC_FRONTEND_ONNX_RULES_RESIZEBYAXIS_H

#include "Common.h"

namespace mlc::onnx {

/// What a Resize does, with numbers as `mlc.resize` has them.
struct ResizeMode {
  int64_t mode = 0, coordinates = 0, nearest = 0;
  bool antialias = false, excludeOutside = false;
  double cubic = -0.75, extrapolation = 0.0;
};

/// One axis of x resized to `size` by `scale` (a tensor<f32>): gathers of neighbours, with weights. `first`, `last`: the part
/// of the axis that is taken (tf_crop_and_resize only). `outside`, if given, becomes true where the place lies outside.
Value resizeAxis(NodeContext &n, Value x, int64_t axis, AffineExpr size, Value scale, Value first, Value last,
                 const ResizeMode &mode, Value *outside);

} // namespace mlc::onnx

#endif // MLC_FRONTEND_ONNX_RULES_RESIZEBYAXIS_H
