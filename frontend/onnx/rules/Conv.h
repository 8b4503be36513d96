//===- Conv.h - the windows of convolutions and pooling --------------------===//
#ifndef MLC_FRONTEND_ONNX_RULES_CONV_H
#define MLC_FRONTEND_ONNX_RULES_CONV_H

#include "Common.h"

namespace mlc::onnx {

/// What kernel_shape, strides, dilations, pads and auto_pad say. Amounts of padding that follow from an unknown size are no
/// numbers; then `pad` holds them and `low`, `high` are 0.
struct Window {
  SmallVector<int64_t> sizes, strides, dilations, low, high;
  Shape padLow, padHigh;
  bool padsFirst = false;
};

/// Reads the attributes. `spatial` are the operand's dimensions behind N and C; `weights` the window's sizes where known from
/// the weights. Nothing after an error.
std::optional<Window> readWindow(NodeContext &n, ArrayRef<AffineExpr> spatial, ArrayRef<AffineExpr> weights,
                                 bool hasDilations = true);

/// x, channels-last, with the padding that has to come first.
Value padFirst(NodeContext &n, Value channelsLast, const Window &window, Value value = nullptr);

/// The convolution of x (channels-first) with weights [F, C/groups, window…], channels-last; null after an error.
Value convolution(NodeContext &n, Value x, Value weights);

inline Value channelsLast(NodeContext &n, Value x) { return n.transpose(x, toChannelsLast(n.rank(x))); }
inline Value channelsFirst(NodeContext &n, Value x) { return n.transpose(x, toChannelsFirst(n.rank(x))); }

} // namespace mlc::onnx

#endif // MLC_FRONTEND_ONNX_RULES_CONV_H
