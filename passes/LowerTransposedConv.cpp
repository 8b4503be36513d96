#include "Passes.h"

#include "ir/Fold.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace mlc {

#define GEN_PASS_DEF_LOWERTRANSPOSEDCONVPASS
#include "passes/Passes.h.inc"

namespace {

bool all(ArrayRef<int64_t> list, int64_t v) {
  return llvm::all_of(list, [&](int64_t e) { return e == v; });
}

/// Which inputs make the outputs of a block along one dimension. Output n = stride · q + r - crop is the sum over j of
/// x[q - low + j] w[r + first + stride · (taps - 1 - j)], where weights that do not exist are 0.
struct Taps {
  int64_t crop, taps, low, high, first;
};

int64_t ceilDiv(int64_t a, int64_t b) { return llvm::divideCeilSigned(a, b); }
int64_t floorDiv(int64_t a, int64_t b) { return llvm::divideFloorSigned(a, b); }

/// Blocks may begin up to a stride before the first output; of these beginnings one with the fewest taps, where there is any
/// that needs no inputs to be left out.
std::optional<Taps> tapsOf(int64_t window, int64_t stride, int64_t low, int64_t high, int64_t outputPadding) {
  std::optional<Taps> best;
  for (int64_t crop = 0; crop < stride; ++crop) {
    int64_t begin = low - crop;                                     // of the first block, in outputs without padding
    int64_t from = ceilDiv(begin - window + 1, stride), to = floorDiv(stride - 1 + begin, stride); // inputs of block 0
    int64_t beyond = ceilDiv(window - low - high + outputPadding + crop, stride) - 1;              // blocks more than inputs
    Taps taps{crop, to - from + 1, -from, beyond + to, begin - stride * to};
    if (taps.low >= 0 && taps.high >= 0 && (!best || taps.taps < best->taps))
      best = taps;
  }
  return best;
}

/// Of one group without dilation: a convolution makes whole blocks of outputs, stride by stride, beside each other among its
/// channels, and a transpose brings them to their places.
struct LowerByBlocks : OpRewritePattern<ConvTransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConvTransposeOp op, PatternRewriter &rewriter) const override {
    if (op.getGroups() != 1 || !all(op.getDilations(), 1))
      return failure();
    Location loc = op.getLoc();
    MLIRContext *ctx = op.getContext();
    RankedTensorType weights = tensorTypeOf(op.getWeights()); // [C, window…, F]
    ArrayRef<int64_t> strides = op.getStrides();
    int64_t rank = strides.size(), channels = weights.getDimSize(0), filters = weights.getShape().back();
    Type element = weights.getElementType();
    SmallVector<Taps> dims;
    for (int64_t d = 0; d < rank; ++d) {
      auto taps = tapsOf(weights.getDimSize(1 + d), strides[d], op.getLow()[d], op.getHigh()[d], op.getOutputPadding()[d]);
      if (!taps)
        return failure();
      dims.push_back(*taps);
    }

    // [C, window…, F] -> [C, taps, stride, …, F] -> [stride…, F, taps…, C], the taps in the inputs' order.
    auto number = [&](int64_t n) { return constantExpr(n, ctx); };
    SmallVector<AffineExpr> low{number(0)}, high{number(0)}, starts{number(0)};
    SmallVector<int64_t> filled{channels}, split{channels}, steps{1}, interior(rank + 2, 0), order, taps, lows, highs;
    int64_t columns = filters;
    for (int64_t d = 0; d < rank; ++d) {
      int64_t extent = dims[d].taps * strides[d];
      low.push_back(number(-dims[d].first)), high.push_back(number(extent + dims[d].first - weights.getDimSize(1 + d)));
      filled.push_back(extent), split.append({dims[d].taps, strides[d]});
      starts.append({number(dims[d].taps - 1), number(0)}), steps.append({dims[d].taps > 1 ? -1 : 1, 1});
      taps.push_back(dims[d].taps), lows.push_back(dims[d].low), highs.push_back(dims[d].high);
      columns *= strides[d];
    }
    low.push_back(number(0)), high.push_back(number(0)), starts.push_back(number(0));
    filled.push_back(filters), split.push_back(filters), steps.push_back(1);
    for (int64_t d = 0; d < rank; ++d)
      order.push_back(2 + 2 * d);
    order.push_back(1 + 2 * rank);
    for (int64_t d = 0; d < rank; ++d)
      order.push_back(1 + 2 * d);
    order.push_back(0);
    SmallVector<int64_t> kernel{columns};
    kernel.append(taps), kernel.push_back(channels);
    Value w = rewriter.createOrFold<PadOp>(loc, RankedTensorType::get(filled, element), op.getWeights(), Value(), PadMode::constant,
                                           DimsAttr::get(ctx, low), DimsAttr::get(ctx, high), interior);
    RankedTensorType splitType = RankedTensorType::get(split, element);
    w = rewriter.createOrFold<ReshapeOp>(loc, splitType, w);
    w = rewriter.createOrFold<SliceOp>(loc, splitType, w, DimsAttr::get(ctx, starts), steps);
    w = rewriter.createOrFold<TransposeOp>(loc, w, order);
    w = rewriter.createOrFold<ReshapeOp>(loc, RankedTensorType::get(kernel, element), w);
    SmallVector<int64_t> ones(rank, 1);
    Value blocks = rewriter.createOrFold<ConvOp>(loc, op.getX(), w, ones, ones, lows, highs, 1, 0);

    // [N, blocks…, stride…, F] -> [N, blocks, stride, …, F] -> [N, out…, F]
    Shape y = shapeOf(blocks), apart(y.begin(), y.end() - 1), whole{y[0]};
    SmallVector<int64_t> perm{0};
    for (int64_t d = 0; d < rank; ++d) {
      apart.push_back(number(strides[d]));
      perm.append({1 + d, 1 + rank + d});
      whole.push_back(y[1 + d] * strides[d]);
    }
    apart.push_back(number(filters)), whole.push_back(number(filters)), perm.push_back(1 + 2 * rank);
    Value result = blocks;
    if (!all(strides, 1)) {
      result = rewriter.createOrFold<ReshapeOp>(loc, tensorType(apart, element), result);
      result = rewriter.createOrFold<TransposeOp>(loc, result, perm);
      result = rewriter.createOrFold<ReshapeOp>(loc, tensorType(whole, element), result);
    }
    if (result.getType() != op.getY().getType()) {
      SmallVector<AffineExpr> from{number(0)};
      for (const Taps &t : dims)
        from.push_back(number(t.crop));
      from.push_back(number(0));
      result = rewriter.createOrFold<SliceOp>(loc, op.getY().getType(), result, DimsAttr::get(ctx, from), SmallVector<int64_t>(rank + 2, 1));
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

/// Any other: the input is spread, then convolved with the mirrored weights [F, window…, C/groups].
struct LowerBySpreading : OpRewritePattern<ConvTransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConvTransposeOp op, PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    MLIRContext *ctx = op.getContext();
    auto weights = op.getWeights().getType(); // [C, window…, F/groups]
    int64_t rank = op.getStrides().size(), groups = op.getGroups();
    int64_t channels = weights.getDimSize(0), perGroup = weights.getShape().back();
    SmallVector<int64_t> window(weights.getShape().begin() + 1, weights.getShape().end() - 1);
    Shape x = shapeOf(op.getX()), y = shapeOf(op.getY());
    Type element = weights.getElementType();
    SmallVector<AffineExpr> low{constantExpr(0, ctx)}, high{constantExpr(0, ctx)};
    SmallVector<int64_t> interior{0};
    Shape padded{x[0]};
    for (int64_t d = 0; d < rank; ++d) {
      int64_t span = (window[d] - 1) * op.getDilations()[d];
      low.push_back(constantExpr(span - op.getLow()[d], ctx));
      high.push_back(constantExpr(span - op.getHigh()[d] + op.getOutputPadding()[d], ctx));
      interior.push_back(op.getStrides()[d] - 1);
      padded.push_back(y[d + 1] + span);
    }
    low.push_back(constantExpr(0, ctx)), high.push_back(constantExpr(0, ctx)), interior.push_back(0);
    padded.push_back(x.back());
    Value spread = rewriter.createOrFold<PadOp>(loc, tensorType(padded, element), op.getX(), Value(), PadMode::constant,
                                                DimsAttr::get(ctx, low), DimsAttr::get(ctx, high), interior);
    // Mirror, then [groups, C/groups, window…, F/groups] -> [groups, F/groups, window…, C/groups].
    SmallVector<AffineExpr> starts{constantExpr(0, ctx)};
    SmallVector<int64_t> steps{1};
    for (int64_t w : window)
      starts.push_back(constantExpr(w - 1, ctx)), steps.push_back(-1);
    starts.push_back(constantExpr(0, ctx)), steps.push_back(1);
    Value mirrored = rewriter.createOrFold<SliceOp>(loc, weights, op.getWeights(), DimsAttr::get(ctx, starts), steps);
    SmallVector<int64_t> grouped{groups, channels / groups}, perm{0, rank + 2};
    for (int64_t d = 0; d < rank; ++d)
      grouped.push_back(window[d]), perm.push_back(2 + d);
    grouped.push_back(perGroup), perm.push_back(1);
    Value g = rewriter.createOrFold<ReshapeOp>(loc, RankedTensorType::get(grouped, element), mirrored);
    Value t = rewriter.createOrFold<TransposeOp>(loc, g, perm);
    SmallVector<int64_t> final{groups * perGroup};
    final.append(window);
    final.push_back(channels / groups);
    Value w = rewriter.createOrFold<ReshapeOp>(loc, RankedTensorType::get(final, element), t);
    SmallVector<int64_t> ones(rank, 1), zeros(rank, 0);
    rewriter.replaceOpWithNewOp<ConvOp>(op, spread, w, ones, op.getDilations(), zeros, zeros, groups, 0);
    return success();
  }
};

struct LowerTransposedConv : impl::LowerTransposedConvPassBase<LowerTransposedConv> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerByBlocks>(&getContext(), /*benefit=*/2);
    patterns.add<LowerBySpreading>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlc
