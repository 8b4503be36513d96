// Convolutions. ONNX has channels first; here they come last, with transposes around that a pass cancels.
#include "Conv.h"

#include "mlir/IR/Matchers.h"

namespace mlc::onnx {

// Amounts beyond these cannot be meant, and keep the arithmetic on sizes within 64 bits.
static constexpr int64_t kMaxStep = int64_t{1} << 31;

static bool readList(NodeContext &n, StringRef name, size_t count, int64_t least, int64_t otherwise, SmallVector<int64_t> &to) {
  if (auto given = n.integers(name); given && !given->empty()) {
    to = *given;
    if (!n.require(to.size() == count, "attribute '" + name + "' has " + Twine(to.size()) + " entries, expected " + Twine(count)))
      return false;
    for (int64_t v : to)
      if (!n.require(v >= least && v < kMaxStep, "attribute '" + name + "' holds " + Twine(v)))
        return false;
  } else {
    to.assign(count, otherwise);
  }
  return !n.failed();
}

std::optional<Window> readWindow(NodeContext &n, ArrayRef<AffineExpr> spatial, ArrayRef<AffineExpr> weights, bool hasDilations) {
  size_t rank = spatial.size();
  Window w;
  if (!n.require(rank > 0, "the operand has no spatial dimensions"))
    return std::nullopt;
  if (auto given = n.integers("kernel_shape"); given && !given->empty()) {
    w.sizes = *given;
  } else if (auto known = constantsOf(weights); known && !weights.empty()) {
    w.sizes = *known;
  } else {
    (void)n.error("the window's size is unknown (kernel_shape)");
    return std::nullopt;
  }
  if (!n.require(w.sizes.size() == rank, "kernel_shape has " + Twine(w.sizes.size()) + " entries for " + Twine(rank) + " spatial dimensions"))
    return std::nullopt;
  for (auto [i, v] : llvm::enumerate(w.sizes)) {
    auto known = weights.empty() ? std::nullopt : mlc::constantOf(weights[i]);
    if (!n.require(v > 0 && v < kMaxStep, "the window has a size of " + Twine(v)) ||
        !n.require(!known || *known == v, "kernel_shape says " + Twine(v) + ", the weights have " + Twine(known.value_or(0))))
      return std::nullopt;
  }
  SmallVector<int64_t> pads;
  if (!readList(n, "strides", rank, 1, 1, w.strides) || !readList(n, "pads", 2 * rank, -kMaxStep, 0, pads))
    return std::nullopt;
  if (hasDilations) {
    if (!readList(n, "dilations", rank, 1, 1, w.dilations))
      return std::nullopt;
  } else {
    w.dilations.assign(rank, 1);
  }
  w.low.assign(pads.begin(), pads.begin() + rank);
  w.high.assign(pads.begin() + rank, pads.end());
  int64_t mode = n.choice("auto_pad", "NOTSET", {"NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER", ""});
  if (n.failed())
    return std::nullopt;
  w.padLow.assign(rank, n.c(0));
  w.padHigh.assign(rank, n.c(0));
  if (mode == 1) {
    w.low.assign(rank, 0);
    w.high.assign(rank, 0);
  } else if (mode == 2 || mode == 3) {
    for (size_t i = 0; i < rank; ++i) {
      int64_t reach = (w.sizes[i] - 1) * w.dilations[i] + 1;
      auto size = mlc::constantOf(spatial[i]);
      int64_t total = 0;
      w.low[i] = w.high[i] = 0;
      if (size) {
        total = std::max<int64_t>(0, ((*size + w.strides[i] - 1) / w.strides[i] - 1) * w.strides[i] + reach - *size);
      } else if (w.strides[i] == 1) {
        total = reach - 1;
      } else {
        AffineExpr out = spatial[i].ceilDiv(w.strides[i]);
        AffineExpr sum = n.symbols().maximum((out - 1) * w.strides[i] + reach - spatial[i], n.c(0));
        AffineExpr half = mode == 2 ? sum.floorDiv(2) : sum.ceilDiv(2);
        w.padLow[i] = half;
        w.padHigh[i] = sum - half;
        w.padsFirst = true;
        continue;
      }
      w.low[i] = mode == 2 ? total / 2 : total - total / 2;
      w.high[i] = total - w.low[i];
    }
  }
  for (size_t i = 0; i < rank; ++i) {
    int64_t reach = (w.sizes[i] - 1) * w.dilations[i] + 1;
    if (auto size = mlc::constantOf(spatial[i]); mode < 2 && !n.require(!size || *size + w.low[i] + w.high[i] >= reach || *size == 0,
                                                           "the window (" + Twine(reach) + ") is larger than the padded operand (" +
                                                               Twine(size.value_or(0) + w.low[i] + w.high[i]) + ")"))
      return std::nullopt;
  }
  return w;
}

Value padFirst(NodeContext &n, Value x, const Window &window, Value value) {
  if (!window.padsFirst)
    return x;
  Shape low{n.c(0)}, high{n.c(0)};
  low.append(window.padLow);
  high.append(window.padHigh);
  low.push_back(n.c(0));
  high.push_back(n.c(0));
  return n.pad(x, low, high, value);
}

// Weights with the channels last. A window of one element has nothing to move.
static Value weightsChannelsLast(NodeContext &n, Value weights, ArrayRef<int64_t> window) {
  if (mlir::matchPattern(weights, mlir::m_Constant()) && llvm::all_of(window, [](int64_t v) { return v == 1; })) {
    Shape shape = n.dims(weights), moved;
    for (int64_t p : toChannelsLast(shape.size()))
      moved.push_back(shape[p]);
    return n.reshape(weights, moved);
  }
  return channelsLast(n, weights);
}

Value convolution(NodeContext &n, Value x, Value weights) {
  if (!x || !weights)
    return nullptr;
  if (!n.require(n.rank(x) >= 3 && n.rank(weights) == n.rank(x),
                 "operand and weights have " + Twine(n.rank(x)) + " and " + Twine(n.rank(weights)) +
                     " dimensions, expected the same number, 3 or more"))
    return nullptr;
  int64_t groups = n.integer("group", 1);
  Shape shape = n.dims(x), kernel = n.dims(weights);
  auto window = readWindow(n, ArrayRef<AffineExpr>(shape).drop_front(2), ArrayRef<AffineExpr>(kernel).drop_front(2));
  if (!window || !n.require(groups > 0 && groups < (1 << 24), "group is " + Twine(groups)))
    return nullptr;
  auto channels = mlc::constantOf(shape[1]), inputs = mlc::constantOf(kernel[1]), outputs = mlc::constantOf(kernel[0]);
  if (!n.require(!outputs || *outputs % groups == 0, Twine(outputs.value_or(0)) + " output channels are no multiple of " +
                                                         Twine(groups) + " groups") ||
      !n.require(!channels || !inputs || *channels == *inputs * groups,
                 "the weights have " + Twine(inputs.value_or(0)) + " input channels, expected " +
                     Twine(channels.value_or(0) / groups) + " (input " + Twine(channels.value_or(0)) + ", group " + Twine(groups) + ")"))
    return nullptr;
  Value rows = padFirst(n, channelsLast(n, x), *window);
  Value filters = weightsChannelsLast(n, weights, window->sizes);
  if (elementTypeOf(x) != elementTypeOf(weights)) {
    (void)n.error("operand and weights have different element types");
    return nullptr;
  }
  return n.make<ConvOp>(rows, filters, window->strides, window->dilations, window->low, window->high,
                        static_cast<uint64_t>(groups), static_cast<uint64_t>(0));
}

static LogicalResult importConv(NodeContext &n) {
  Value y = convolution(n, n.operand(0), n.operand(1));
  if (Value bias = n.optional(2); bias && y) {
    if (!n.requireRank(bias, 1, "the bias"))
      return failure();
    auto have = mlc::constantOf(n.dims(bias)[0]), want = mlc::constantOf(n.dims(y).back());
    if (!n.require(!have || !want || *have == *want,
                   "the bias has " + Twine(have.value_or(0)) + " elements for " + Twine(want.value_or(0)) + " channels"))
      return failure();
    y = n.add(y, bias);
  }
  return n.yield(y ? channelsFirst(n, y) : Value());
}

// Where auto_pad or output_shape say how large the output is, the padding follows from it.
static bool transposedPadding(NodeContext &n, Window &w, ArrayRef<AffineExpr> spatial, SmallVector<int64_t> &outputPadding) {
  std::string automatic = n.text("auto_pad", "NOTSET");
  bool upper = automatic == "SAME_UPPER", same = upper || automatic == "SAME_LOWER";
  auto wanted = n.integers("output_shape");
  if (wanted && wanted->size() == spatial.size() + 2)
    wanted->erase(wanted->begin(), wanted->begin() + 2);
  if (!n.require(!wanted || wanted->size() == spatial.size(), "output_shape has the wrong number of dimensions"))
    return false;
  if (!wanted && !same)
    return true;
  for (size_t i = 0; i < spatial.size(); ++i) {
    int64_t reach = (w.sizes[i] - 1) * w.dilations[i] + 1, total;
    auto size = mlc::constantOf(spatial[i]);
    if (wanted) {
      if (!size) {
        (void)n.unsupported("output_shape with unknown dimensions");
        return false;
      }
      total = w.strides[i] * (*size - 1) + outputPadding[i] + reach - (*wanted)[i];
      if (total < 0) {
        outputPadding[i] -= total;
        total = 0;
      }
    } else {
      // The output is size · stride.
      total = outputPadding[i] + reach - w.strides[i];
      if (total < 0) {
        outputPadding[i] -= total;
        total = 0;
      }
    }
    w.low[i] = upper ? total / 2 : total - total / 2;
    w.high[i] = total - w.low[i];
  }
  return true;
}

static LogicalResult importConvTranspose(NodeContext &n) {
  Value x = n.operand(0), weights = n.operand(1), bias = n.optional(2);
  if (!x || !weights ||
      !n.require(n.rank(x) >= 3 && n.rank(weights) == n.rank(x), "operand and weights have different numbers of dimensions, or fewer than 3"))
    return failure();
  int64_t groups = n.integer("group", 1);
  Shape shape = n.dims(x), kernel = n.dims(weights);
  ArrayRef<AffineExpr> spatial = ArrayRef<AffineExpr>(shape).drop_front(2);
  SmallVector<int64_t> outputPadding;
  if (!readList(n, "output_padding", spatial.size(), 0, 0, outputPadding))
    return failure();
  // Any size will do for the check of the window against the operand: it is the output that the window covers.
  Shape anySize(spatial.size(), n.c(0));
  auto window = readWindow(n, anySize, ArrayRef<AffineExpr>(kernel).drop_front(2));
  if (!window || !n.require(groups > 0 && groups < (1 << 24), "group is " + Twine(groups)) ||
      !transposedPadding(n, *window, spatial, outputPadding))
    return failure();
  auto channels = mlc::constantOf(shape[1]), inputs = mlc::constantOf(kernel[0]);
  if (!n.require(!channels || !inputs || *channels == *inputs,
                 "the weights have " + Twine(inputs.value_or(0)) + " input channels, expected " + Twine(channels.value_or(0))) ||
      !n.require(!channels || *channels % groups == 0, "the channels are no multiple of the groups"))
    return failure();
  if (!n.require(elementTypeOf(x) == elementTypeOf(weights), "operand and weights have different element types"))
    return failure();
  Value y = n.make<ConvTransposeOp>(channelsLast(n, x), weightsChannelsLast(n, weights, window->sizes), window->strides,
                                    window->dilations, window->low, window->high, outputPadding, static_cast<uint64_t>(groups));
  if (bias && y) {
    if (!n.requireRank(bias, 1, "the bias"))
      return failure();
    y = n.add(y, bias);
  }
  return n.yield(y ? channelsFirst(n, y) : Value());
}

ArrayRef<RuleEntry> convRules() {
  static const RuleEntry table[] = {
      {"", "Conv", 1, kAnyVersion, importConv},
      {"", "ConvTranspose", 1, kAnyVersion, importConvTranspose},
  };
  return table;
}

} // namespace mlc::onnx
