#include "Narrow.h"
#include "Passes.h"

#include "ir/Fold.h"

#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

using namespace mlir;

namespace mlc {

#define GEN_PASS_DEF_PACKWEIGHTSPASS
#include "passes/Passes.h.inc"

namespace {

/// Copies matrices into panels: `at(matrix, k, n)` is the element's number in the source.
ElementsAttr packPanels(ElementsAttr source, std::optional<Narrowing> narrow, ArrayRef<int64_t> shape, int64_t matrices, int64_t depth,
                        int64_t columns, function_ref<int64_t(int64_t, int64_t, int64_t)> at) {
  Type element = narrow ? narrow->type : source.getElementType();
  int64_t width = storageBytes(element), panels = llvm::divideCeil(columns, kPanel);
  SmallVector<char, 0> storage;
  ArrayRef<char> from = bytesOf(source, storage);
  std::vector<char> to(matrices * panels * depth * kPanel * width);
  auto fill = [&]<typename From, typename To>(From, To, auto convert) {
    const From *in = reinterpret_cast<const From *>(from.data());
    To *out = reinterpret_cast<To *>(to.data());
    for (int64_t m = 0; m < matrices; ++m)
      for (int64_t p = 0; p < panels; ++p)
        for (int64_t k = 0; k < depth; ++k) {
          To *row = out + ((m * panels + p) * depth + k) * kPanel;
          for (int64_t j = 0, n = p * kPanel; j < kPanel && n < columns; ++j, ++n)
            row[j] = convert(in[at(m, k, n)]);
        }
  };
  auto copy = [&]<typename T>(T) { fill(T(), T(), [](T v) { return v; }); };
  if (narrow)
    fill(float(), uint16_t(), *narrow);
  else
    switch (width) {
    case 1: copy(uint8_t()); break;
    case 2: copy(uint16_t()); break;
    case 4: copy(uint32_t()); break;
    default: copy(uint64_t()); break;
    }
  return constantFromBytes(RankedTensorType::get(shape, element), std::move(to));
}

ElementsAttr constantOfValue(Value v) {
  ElementsAttr attr;
  if (!matchPattern(v, m_Constant(&attr)))
    return nullptr;
  return attr;
}

// Of the largest weight: what is less than that fraction of it is lost in a sum's rounding.
constexpr float kLost = 0x1p-60f;

/// Constant f32 weights without subnormal numbers, with which a multiply-add takes a hundred times as long: they become 0 where
/// other weights are large beside them.
ElementsAttr withoutSubnormals(Operation *op, ElementsAttr weights) {
  if (!weights || !weights.getElementType().isF32())
    return weights;
  constexpr float smallest = std::numeric_limits<float>::min();
  SmallVector<char, 0> storage;
  ArrayRef<char> bytes = bytesOf(weights, storage);
  ArrayRef<float> values(reinterpret_cast<const float *>(bytes.data()), bytes.size() / sizeof(float));
  int64_t subnormals = 0;
  float largest = 0;
  for (float v : values) {
    subnormals += v != 0 && std::abs(v) < smallest;
    largest = std::max(largest, std::abs(v));
  }
  if (subnormals == 0 || smallest > largest * kLost)
    return weights;
  op->emitRemark() << subnormals << " subnormal weights become 0";
  std::vector<char> normal(bytes.begin(), bytes.end());
  for (float &v : MutableArrayRef(reinterpret_cast<float *>(normal.data()), values.size()))
    if (std::abs(v) < smallest)
      v = 0;
  return constantFromBytes(cast<RankedTensorType>(weights.getType()), std::move(normal));
}

struct PackMatmul : OpRewritePattern<MatmulOp> {
  PackMatmul(MLIRContext *ctx, Precision precision) : OpRewritePattern(ctx), precision(precision) {}
  LogicalResult matchAndRewrite(MatmulOp op, PatternRewriter &rewriter) const override {
    if (op.isPacked())
      return failure();
    Location loc = op.getLoc();
    Shape b = shapeOf(op.getB());
    bool trans = op.getTransB();
    AffineExpr columns = b[b.size() - (trans ? 2 : 1)];
    Value packed;
    if (ElementsAttr weights = withoutSubnormals(op, constantOfValue(op.getB()))) {
      ArrayRef<int64_t> shape = op.getB().getType().getShape();
      int64_t k = shape[shape.size() - (trans ? 1 : 2)], n = shape[shape.size() - (trans ? 2 : 1)], matrices = 1;
      SmallVector<int64_t> to(shape.begin(), shape.end() - 2);
      for (int64_t d : to)
        matrices *= d;
      to.append({static_cast<int64_t>(llvm::divideCeil(n, kPanel)), k, kPanel});
      ElementsAttr value = packPanels(weights, narrowingOf(op, op.getA(), weights, precision), to, matrices, k, n, [&](int64_t m, int64_t i, int64_t j) {
        return m * k * n + (trans ? j * k + i : i * n + j);
      });
      packed = ConstantOp::create(rewriter, loc, value);
    } else {
      packed = PackOp::create(rewriter, loc, op.getB(), trans);
    }
    auto y = MatmulOp::create(rewriter, loc, op.getA(), packed, op.getTransA(), false, DimsAttr::get(op.getContext(), columns));
    y.getY().setType(op.getY().getType());
    rewriter.replaceOp(op, y);
    return success();
  }

  Precision precision;
};

// Taps outside of padding, where it is worth asking which they are; and steps of a sum that is taken in chunks at some level.
constexpr double kMostUsed = 0.95;
constexpr int64_t kLongSum = 160;

struct PackConv : OpRewritePattern<ConvOp> {
  PackConv(MLIRContext *ctx, Precision precision) : OpRewritePattern(ctx), precision(precision) {}
  LogicalResult matchAndRewrite(ConvOp op, PatternRewriter &rewriter) const override {
    if (op.isPacked())
      return failure();
    Location loc = op.getLoc();
    MLIRContext *ctx = op.getContext();
    auto type = op.getWeights().getType(); // [F, window…, C/groups]
    Type element = type.getElementType();
    int64_t features = type.getDimSize(0), groups = op.getGroups(), channels = type.getShape().back();
    SmallVector<int64_t> window = op.getWindow();
    int64_t taps = 1;
    for (int64_t w : window)
      taps *= w;
    ElementsAttr given = constantOfValue(op.getWeights()), weights = withoutSubnormals(op, given);
    Value packed;
    if (op.isDepthwise()) {
      Value plain = weights == given ? Value(op.getWeights()) : ConstantOp::create(rewriter, loc, weights);
      Value flat = rewriter.createOrFold<ReshapeOp>(loc, RankedTensorType::get({features, taps}, element), plain);
      Value turned = rewriter.createOrFold<TransposeOp>(loc, flat, ArrayRef<int64_t>{1, 0});
      SmallVector<int64_t> to(window);
      to.push_back(features);
      packed = rewriter.createOrFold<ReshapeOp>(loc, RankedTensorType::get(to, element), turned);
    } else {
      int64_t perGroup = features / groups, depth = taps * channels, panels = llvm::divideCeil(perGroup, kPanel);
      SmallVector<int64_t> to{groups * panels};
      to.append(window);
      to.append({channels, kPanel});
      if (weights) {
        ElementsAttr value = packPanels(weights, narrowingOf(op, op.getX(), weights, precision), to, groups, depth, perGroup, [&](int64_t g, int64_t k, int64_t n) {
          return (g * perGroup + n) * depth + k;
        });
        packed = ConstantOp::create(rewriter, loc, value);
      } else {
        Value matrices = rewriter.createOrFold<ReshapeOp>(loc, RankedTensorType::get({groups, perGroup, depth}, element), op.getWeights());
        Value inPanels = PackOp::create(rewriter, loc, matrices, /*trans=*/true);
        packed = rewriter.createOrFold<ReshapeOp>(loc, RankedTensorType::get(to, element), inPanels);
      }
    }
    Value x = op.getX();
    bool pads = llvm::any_of(op.getLow(), [](int64_t p) { return p != 0; }) || llvm::any_of(op.getHigh(), [](int64_t p) { return p != 0; });
    SmallVector<int64_t> none(window.size(), 0);
    if (pads) {
      // Planes of a few channels are padded as they are, since the convolution can read them in this order.
      auto transpose = x.getDefiningOp<TransposeOp>();
      bool planes = transpose && transpose->hasOneUse() && channels * groups <= kFewChannels;
      auto zero = constantExpr(0, ctx);
      SmallVector<AffineExpr> low{zero}, high{zero};
      Shape shape = shapeOf(x);
      for (auto [d, l, h] : llvm::enumerate(op.getLow(), op.getHigh())) {
        low.push_back(constantExpr(l, ctx)), high.push_back(constantExpr(h, ctx));
        shape[d + 1] = shape[d + 1] + (l + h);
      }
      low.push_back(zero), high.push_back(zero);
      ArrayRef<int64_t> order = planes ? transpose.getPerm() : ArrayRef<int64_t>();
      auto turned = [&](const SmallVector<AffineExpr> &list) {
        SmallVector<AffineExpr> result(list);
        for (auto [d, from] : llvm::enumerate(order))
          result[from] = list[d];
        return result;
      };
      Value source = planes ? transpose.getX() : x;
      x = rewriter.createOrFold<PadOp>(loc, tensorType(turned(shape), element), source, Value(), PadMode::constant,
                                       DimsAttr::get(ctx, turned(low)), DimsAttr::get(ctx, turned(high)), SmallVector<int64_t>(shape.size(), 0));
      if (planes)
        x = rewriter.createOrFold<TransposeOp>(loc, x, order);
    }
    auto y = ConvOp::create(rewriter, loc, x, packed, op.getStrides(), op.getDilations(), none, none, groups, features);
    y.getY().setType(op.getY().getType());
    if (pads && leavesOut(op)) {
      SmallVector<int64_t> zeros;
      for (auto [l, h] : llvm::zip(op.getLow(), op.getHigh()))
        zeros.append({l, h});
      y.setZeros(zeros);
      op.emitRemark() << "leaves out taps that only read padding";
    }
    rewriter.replaceOp(op, y);
    return success();
  }

private:
  /// Whether so many taps read padding that it pays to ask.
  static bool leavesOut(ConvOp op) {
    auto in = constantsOf(shapeOf(op.getX())), out = constantsOf(shapeOf(op.getY()));
    if (!in || !out || op.isDepthwise())
      return false;
    double used = 1; // of the taps
    SmallVector<int64_t> window = op.getWindow();
    int64_t steps = in->back() / op.getGroups();
    for (int64_t w : window)
      steps *= w;
    if (steps <= kLongSum)
      return false;
    for (size_t d = 0; d < window.size(); ++d) {
      int64_t inside = 0, size = (*in)[d + 1], count = (*out)[d + 1];
      for (int64_t t = 0; t < window[d]; ++t)
        for (int64_t o = 0; o < count; ++o) {
          int64_t at = o * op.getStrides()[d] + t * op.getDilations()[d] - op.getLow()[d];
          inside += at >= 0 && at < size;
        }
      used *= static_cast<double>(inside) / static_cast<double>(std::max<int64_t>(1, window[d] * count));
    }
    return used < kMostUsed;
  }

  Precision precision;
};

struct PackWeights : impl::PackWeightsPassBase<PackWeights> {
  using PackWeightsPassBase::PackWeightsPassBase;
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<PackMatmul, PackConv>(&getContext(), precision);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlc
