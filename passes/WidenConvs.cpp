#include "Passes.h"

#include "ir/Fold.h"

#include "mlir/IR/Matchers.h"

#include <numeric>

using namespace mlir;

namespace mlc {

#define GEN_PASS_DEF_WIDENCONVSPASS
#include "passes/Passes.h.inc"

namespace {

// What the cost of a kernel is counted in is a step: one element of A times one panel.
// Rows of a panel in flight that hide a multiply-add's latency.
constexpr int64_t kRowsInFlight = 8;
// Of finding a row and storing what it made; of bringing an output's channel to its place; of copying one.
constexpr double kRowSteps = 4, kTurnSteps = 4, kCutSteps = 0.5;
// The cost is to fall to this share.
constexpr double kClearly = 0.8;
// Panels at most, and outputs of an outer dimension.
constexpr int64_t kMostPanels = 4, kMostOuter = 8;
// Places along a dimension of unknown extent.
constexpr int64_t kUnknownExtent = 64;

/// How many neighbouring outputs along each spatial dimension become channels.
struct Folding {
  Shape narrow; // of the convolution's result as it was
  SmallVector<int64_t> counts;

  bool operator==(const Folding &other) const = default;

  int64_t outputs() const { return std::accumulate(counts.begin(), counts.end(), int64_t(1), std::multiplies<>()); }
  /// Whether the outputs stand in another order than before.
  bool turns() const {
    return llvm::any_of(ArrayRef(counts).drop_back(), [](int64_t n) { return n != 1; });
  }
  /// The extent with which whole groups of outputs begin.
  AffineExpr filled(size_t d) const { return narrow[d + 1].ceilDiv(counts[d]) * counts[d]; }
  bool cuts() const {
    for (size_t d = 0; d < counts.size(); ++d)
      if (filled(d) != narrow[d + 1])
        return true;
    return false;
  }
  Shape wide() const {
    Shape shape(narrow);
    for (auto [d, n] : llvm::enumerate(counts))
      shape[d + 1] = shape[d + 1].ceilDiv(n);
    shape.back() = shape.back() * outputs();
    return shape;
  }
};

/// Along one spatial dimension: taps stand at t * dilation + j * stride, in units of what divides both.
struct Taps {
  int64_t unit, window;
};

Taps tapsOf(ConvOp op, size_t d, int64_t count) {
  int64_t dilation = op.getDilations()[d], stride = op.getStrides()[d], span = (op.getWindow()[d] - 1) * dilation;
  if (count == 1)
    return {dilation, op.getWindow()[d]};
  int64_t unit = std::gcd(dilation, stride);
  return {unit, (span + (count - 1) * stride) / unit + 1};
}

double costOf(ConvOp op, const Folding &folding) {
  int64_t features = *constantOf(folding.narrow.back());
  double steps = static_cast<double>(op.getWeights().getType().getShape().back()), rows = 1, outputs = static_cast<double>(features);
  for (auto [i, extent] : llvm::enumerate(folding.narrow)) {
    if (i + 1 == folding.narrow.size())
      break;
    int64_t here = constantOf(extent).value_or(i == 0 ? 1 : kUnknownExtent), count = i == 0 ? 1 : folding.counts[i - 1];
    rows *= static_cast<double>(llvm::divideCeil(here, count));
    outputs *= static_cast<double>(here);
    if (i > 0)
      steps *= static_cast<double>(tapsOf(op, i - 1, count).window);
  }
  double tiles = rows * static_cast<double>(llvm::divideCeil(folding.outputs() * features, kPanel));
  double cost = std::max<double>(tiles, kRowsInFlight) * steps + tiles * kRowSteps;
  return cost + outputs * (folding.turns() ? kTurnSteps : folding.cuts() ? kCutSteps : 0);
}

/// Tries all numbers of outputs along dimension `d` and those before it.
void improve(ConvOp op, Folding &trial, size_t d, Folding &best, double &least) {
  int64_t features = *constantOf(trial.narrow.back()), room = kMostPanels * kPanel / (features * trial.outputs());
  auto in = constantOf(shapeOf(op.getX())[d + 1]), out = constantOf(trial.narrow[d + 1]);
  int64_t most = in && out ? std::min(*out, d + 1 == trial.counts.size() ? room : std::min(room, kMostOuter)) : 1;
  for (int64_t n = 1; n <= std::max<int64_t>(1, most); ++n) {
    trial.counts[d] = n;
    if (d > 0) {
      improve(op, trial, d - 1, best, least);
    } else if (double cost = costOf(op, trial); cost < least) {
      least = cost;
      best = trial;
    }
  }
  trial.counts[d] = 1;
}

/// The weights [(j…, f), window…, c] of all outputs j of a group.
ElementsAttr widen(ConvOp op, ElementsAttr weights, const Folding &folding) {
  ArrayRef<int64_t> from = op.getWeights().getType().getShape();
  Type element = weights.getElementType();
  int64_t rank = folding.counts.size(), channels = from.back(), taps = 1, wideTaps = 1, bytes = channels * storageBytes(element);
  SmallVector<int64_t> shape{from[0] * folding.outputs()}, strides(rank);
  for (int64_t d = 0; d < rank; ++d) {
    shape.push_back(tapsOf(op, d, folding.counts[d]).window);
    taps *= from[d + 1];
  }
  for (int64_t d = rank; d-- > 0;) {
    strides[d] = wideTaps;
    wideTaps *= shape[d + 1];
  }
  shape.push_back(channels);
  SmallVector<char, 0> storage;
  ArrayRef<char> in = bytesOf(weights, storage);
  std::vector<char> out(shape[0] * wideTaps * bytes);
  for (int64_t n = 0; n < shape[0]; ++n)
    for (int64_t tap = 0; tap < taps; ++tap) {
      int64_t at = 0, restOfTap = tap, restOfOutput = n / from[0];
      for (int64_t d = rank; d-- > 0;) {
        int64_t t = restOfTap % from[d + 1], j = restOfOutput % folding.counts[d];
        restOfTap /= from[d + 1], restOfOutput /= folding.counts[d];
        at += (t * op.getDilations()[d] + j * op.getStrides()[d]) / tapsOf(op, d, folding.counts[d]).unit * strides[d];
      }
      memcpy(&out[(n * wideTaps + at) * bytes], &in[(n % from[0] * taps + tap) * bytes], bytes);
    }
  return constantFromBytes(RankedTensorType::get(shape, element), std::move(out));
}

/// A wide value, and how it came to be.
struct Wide {
  Value value;
  Folding folding;
};

class Widener {
public:
  Widener(MLIRContext *ctx) : rewriter(ctx) {}
  int64_t widened = 0;

  void widenConv(ConvOp op);
  void widenElementwise(Operation *op);
  /// What still reads narrow values reads them out of the wide ones.
  void finish();

private:
  Value wideOperand(Value v, const Folding &folding, bool create);
  Value narrow(const Wide &wide, Location loc);

  PatternRewriter rewriter;
  llvm::MapVector<Value, Wide> wideOf;
};

void Widener::widenConv(ConvOp op) {
  ElementsAttr weights;
  if (op.isPacked() || op.getGroups() != 1 || !isa<FloatType>(elementTypeOf(op.getWeights())) || op.getSpatialRank() == 0 ||
      !matchPattern(op.getWeights(), m_Constant(&weights)) || weights.empty())
    return;
  auto extents = shapeOf(op.getY());
  if (!constantOf(extents.back()) || llvm::any_of(extents, [](AffineExpr e) { return constantOf(e) == std::optional<int64_t>(0); }))
    return;
  Folding none{extents, SmallVector<int64_t>(op.getSpatialRank(), 1)}, trial = none, best = none;
  double before = costOf(op, none), least = before;
  improve(op, trial, op.getSpatialRank() - 1, best, least);
  if (least > kClearly * before)
    return;

  op.emitRemark() << best.outputs() << " neighbouring outputs computed as channels: " << least / before << " of the steps";
  ++widened;
  rewriter.setInsertionPoint(op);
  Value wideWeights = ConstantOp::create(rewriter, op.getLoc(), widen(op, weights, best));
  SmallVector<int64_t> strides(op.getStrides()), dilations(op.getDilations()), high(op.getHigh());
  for (auto [d, n] : llvm::enumerate(best.counts)) {
    strides[d] *= n;
    dilations[d] = tapsOf(op, d, n).unit;
    if (best.filled(d) == extents[d + 1])
      continue;
    // The last of the outputs that are cut off reads up to here.
    int64_t last = (*constantOf(best.filled(d)) - 1) * op.getStrides()[d], span = (op.getWindow()[d] - 1) * op.getDilations()[d];
    high[d] = last + span + 1 - *constantOf(shapeOf(op.getX())[d + 1]) - op.getLow()[d];
  }
  auto y = ConvOp::create(rewriter, op.getLoc(), op.getX(), wideWeights, strides, dilations, op.getLow(), high, 1, 0);
  y.getY().setType(tensorType(best.wide(), elementTypeOf(op.getY())));
  wideOf[op.getY()] = {y.getY(), best};
}

/// An element-wise operator's operand for its wide form; null where it has none. `create`: otherwise only whether.
Value Widener::wideOperand(Value v, const Folding &folding, bool create) {
  if (auto it = wideOf.find(v); it != wideOf.end())
    return it->second.folding == folding ? it->second.value : Value();
  auto type = tensorTypeOf(v);
  Shape shape = shapeOf(v);
  ElementsAttr constant;
  if (type.hasStaticShape() && type.getNumElements() == 1)
    return v;
  bool perChannel = llvm::all_of(ArrayRef(shape).drop_back(), [](AffineExpr e) { return constantOf(e) == std::optional<int64_t>(1); });
  Type element = type.getElementType();
  if (perChannel && matchPattern(v, m_Constant(&constant)) && element.isIntOrFloat() && element.getIntOrFloatBitWidth() % 8 == 0) {
    if (!create)
      return v;
    SmallVector<char, 0> storage;
    ArrayRef<char> once = bytesOf(constant, storage);
    std::vector<char> bytes;
    for (int64_t j = 0; j < folding.outputs(); ++j)
      bytes.insert(bytes.end(), once.begin(), once.end());
    SmallVector<int64_t> to(type.getShape());
    to.back() *= folding.outputs();
    return ConstantOp::create(rewriter, v.getLoc(), constantFromBytes(RankedTensorType::get(to, element), std::move(bytes)));
  }
  if (shape == folding.narrow && !folding.turns() && !folding.cuts())
    return create ? rewriter.createOrFold<ReshapeOp>(v.getLoc(), tensorType(folding.wide(), element), v) : v;
  return {};
}

void Widener::widenElementwise(Operation *op) {
  const Wide *first = nullptr;
  for (Value v : op->getOperands())
    if (auto it = wideOf.find(v); it != wideOf.end())
      first = &it->second;
  if (!first || op->getNumResults() != 1 || shapeOf(op->getResult(0)) != first->folding.narrow)
    return;
  Folding folding = first->folding;
  if (!llvm::all_of(op->getOperands(), [&](Value v) { return wideOperand(v, folding, false); }))
    return;
  rewriter.setInsertionPoint(op);
  SmallVector<Value> operands;
  for (Value v : op->getOperands())
    operands.push_back(wideOperand(v, folding, true));
  Operation *wide = rewriter.clone(*op);
  wide->setOperands(operands);
  wide->getResult(0).setType(tensorType(folding.wide(), elementTypeOf(op->getResult(0))));
  wideOf[op->getResult(0)] = {wide->getResult(0), folding};
}

/// [N, out / n…, (n…, F)] as [N, out…, F].
Value Widener::narrow(const Wide &wide, Location loc) {
  const Folding &folding = wide.folding;
  Type element = elementTypeOf(wide.value);
  MLIRContext *ctx = rewriter.getContext();
  size_t rank = folding.counts.size();
  Value v = wide.value;
  if (folding.turns()) {
    Shape apart = folding.wide();
    apart.pop_back();
    SmallVector<int64_t> perm{0};
    for (auto [d, n] : llvm::enumerate(folding.counts)) {
      apart.push_back(constantExpr(n, ctx));
      perm.append({static_cast<int64_t>(1 + d), static_cast<int64_t>(1 + rank + d)});
    }
    apart.push_back(folding.narrow.back());
    perm.push_back(1 + 2 * rank);
    v = rewriter.createOrFold<ReshapeOp>(loc, tensorType(apart, element), v);
    v = rewriter.createOrFold<TransposeOp>(loc, v, perm);
  }
  Shape filled(folding.narrow);
  for (size_t d = 0; d < rank; ++d)
    filled[d + 1] = folding.filled(d);
  v = rewriter.createOrFold<ReshapeOp>(loc, tensorType(filled, element), v);
  if (!folding.cuts())
    return v;
  DimsAttr starts = DimsAttr::get(ctx, SmallVector<AffineExpr>(rank + 2, constantExpr(0, ctx)));
  return rewriter.createOrFold<SliceOp>(loc, tensorType(folding.narrow, element), v, starts, SmallVector<int64_t>(rank + 2, 1));
}

void Widener::finish() {
  // Readers come behind what they read.
  for (auto &[value, wide] : llvm::reverse(wideOf)) {
    Operation *op = value.getDefiningOp();
    if (!value.use_empty()) {
      rewriter.setInsertionPoint(op);
      rewriter.replaceAllUsesWith(value, narrow(wide, op->getLoc()));
    }
    rewriter.eraseOp(op);
  }
}

struct WidenConvs : impl::WidenConvsPassBase<WidenConvs> {
  using WidenConvsPassBase::WidenConvsPassBase;
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation().walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (isa<ConvOp, Elementwise>(op))
        ops.push_back(op);
    });
    Widener widener(&getContext());
    for (Operation *op : ops)
      if (auto conv = dyn_cast<ConvOp>(op))
        widener.widenConv(conv);
      else
        widener.widenElementwise(op);
    widener.finish();
    widened += widener.widened;
  }
};

} // namespace
} // namespace mlc
