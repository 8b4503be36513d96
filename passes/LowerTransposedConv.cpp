#include "Passes.h"

#include "ir/Fold.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace mlc {

#define GEN_PASS_DEF_LOWERTRANSPOSEDCONVPASS
#include "passes/Passes.h.inc"

namespace {

struct Lower : OpRewritePattern<ConvTransposeOp> {
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
    auto all = [](ArrayRef<int64_t> list, int64_t v) { return llvm::all_of(list, [&](int64_t e) { return e == v; }); };

    bool apart = groups == 1 && all(op.getLow(), 0) && all(op.getHigh(), 0) && all(op.getOutputPadding(), 0) && all(op.getDilations(), 1) &&
                 llvm::equal(window, op.getStrides());
    if (apart) {
      // [N, in…, C] x [C, window… F] -> [N, in…, window…, F] -> [N, in0, w0, in1, w1, …, F]
      int64_t columns = perGroup;
      for (int64_t w : window)
        columns *= w;
      Value b = rewriter.createOrFold<ReshapeOp>(loc, RankedTensorType::get({channels, columns}, element), op.getWeights());
      AffineExpr rows = product(ArrayRef(x).drop_back(), ctx);
      Value a = rewriter.createOrFold<ReshapeOp>(loc, tensorType({rows, x.back()}, element), op.getX());
      Value blocks = MatmulOp::create(rewriter, loc, a, b, false, false, DimsAttr());
      Shape apartShape(x.begin(), x.end() - 1);
      for (int64_t w : window)
        apartShape.push_back(constantExpr(w, ctx));
      apartShape.push_back(constantExpr(perGroup, ctx));
      Value split = rewriter.createOrFold<ReshapeOp>(loc, tensorType(apartShape, element), blocks);
      SmallVector<int64_t> perm{0};
      for (int64_t d = 0; d < rank; ++d)
        perm.append({1 + d, 1 + rank + d});
      perm.push_back(1 + 2 * rank);
      Value mixed = rewriter.createOrFold<TransposeOp>(loc, split, perm);
      rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getY().getType(), mixed);
      return success();
    }

    // Spread the input, then convolve with the mirrored weights [F, window…, C/groups].
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
    patterns.add<Lower>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlc
