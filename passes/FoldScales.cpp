#include "Passes.h"

#include "ir/Fold.h"

#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace mlc {

#define GEN_PASS_DEF_FOLDSCALESPASS
#include "passes/Passes.h.inc"

namespace {

bool isConstant(Value v) { return matchPattern(v, m_Constant()) && tensorTypeOf(v).hasStaticShape(); }

/// Whether a constant differs only along the last dimension of `like`.
bool perChannel(Value v, Value like) {
  auto type = tensorTypeOf(v);
  if (!isConstant(v) || type.getRank() > tensorTypeOf(like).getRank())
    return false;
  for (int64_t d = 0; d + 1 < type.getRank(); ++d)
    if (type.getDimSize(d) != 1)
      return false;
  return true;
}

/// mul(contraction(x, w), s) => contraction(x, w * s)
struct FoldFactor : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MulOp op, PatternRewriter &rewriter) const override {
    for (auto [contraction, factor] : {std::pair{op.getA(), op.getB()}, std::pair{op.getB(), op.getA()}}) {
      Operation *def = contraction.getDefiningOp();
      if (!def || !isa<ConvOp, MatmulOp>(def) || !def->hasOneUse() || !isa<FloatType>(elementTypeOf(contraction)) || contraction.getType() != op.getY().getType() ||
          !perChannel(factor, contraction))
        continue;
      auto count = tensorTypeOf(factor).getNumElements();
      Location loc = op.getLoc();
      auto shaped = [&](ArrayRef<int64_t> shape) {
        return rewriter.createOrFold<ReshapeOp>(loc, RankedTensorType::get(shape, elementTypeOf(factor)), factor);
      };
      Value weights = def->getOperand(1);
      if (!isConstant(weights))
        continue;
      if (auto conv = dyn_cast<ConvOp>(def)) {
        SmallVector<int64_t> shape(conv.getWeights().getType().getRank(), 1);
        shape[0] = count;
        Value scaled = rewriter.createOrFold<MulOp>(loc, weights, shaped(shape));
        rewriter.modifyOpInPlace(conv, [&] { conv.getWeightsMutable().assign(scaled); });
        rewriter.replaceOp(op, contraction);
        return success();
      }
      if (auto matmul = dyn_cast<MatmulOp>(def); matmul && !matmul.isPacked()) {
        SmallVector<int64_t> shape(matmul.getB().getType().getRank(), 1);
        shape[shape.size() - (matmul.getTransB() ? 2 : 1)] = count;
        Value scaled = rewriter.createOrFold<MulOp>(loc, weights, shaped(shape));
        rewriter.modifyOpInPlace(matmul, [&] { matmul.getBMutable().assign(scaled); });
        rewriter.replaceOp(op, contraction);
        return success();
      }
    }
    return failure();
  }
};

/// mul(add(x, b), s) => add(mul(x, s), b * s), where x is a contraction that takes the factor.
struct DistributeFactor : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MulOp op, PatternRewriter &rewriter) const override {
    for (auto [sum, factor] : {std::pair{op.getA(), op.getB()}, std::pair{op.getB(), op.getA()}}) {
      auto add = sum.getDefiningOp<AddOp>();
      if (!add || !add->hasOneUse() || !isa<FloatType>(elementTypeOf(sum)) || !perChannel(factor, sum) || sum.getType() != op.getY().getType())
        continue;
      for (auto [x, bias] : {std::pair{add.getA(), add.getB()}, std::pair{add.getB(), add.getA()}}) {
        Operation *def = x.getDefiningOp();
        if (!def || !isa<ConvOp, MatmulOp>(def) || !def->hasOneUse() || !perChannel(bias, x) || !isConstant(def->getOperand(1)) ||
            x.getType() != sum.getType())
          continue;
        Value scaled = rewriter.createOrFold<MulOp>(op.getLoc(), bias, factor);
        Value product = MulOp::create(rewriter, op.getLoc(), x, factor);
        rewriter.replaceOpWithNewOp<AddOp>(op, product, scaled);
        return success();
      }
    }
    return failure();
  }
};

/// add(add(x, b), c) => add(x, b + c)
struct JoinBiases : OpRewritePattern<AddOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AddOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getA().getDefiningOp<AddOp>();
    if (!inner || !inner->hasOneUse() || !isa<FloatType>(elementTypeOf(op.getY())) || !isConstant(op.getB()) || !isConstant(inner.getB()) ||
        inner.getY().getType() != op.getY().getType() || inner.getA().getType() != op.getY().getType() || !perChannel(op.getB(), op.getY()) ||
        !perChannel(inner.getB(), op.getY()))
      return failure();
    Value joined = rewriter.createOrFold<AddOp>(op.getLoc(), inner.getB(), op.getB());
    rewriter.replaceOpWithNewOp<AddOp>(op, inner.getA(), joined);
    return success();
  }
};

struct FoldScales : impl::FoldScalesPassBase<FoldScales> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldFactor, DistributeFactor, JoinBiases>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlc
