#include "Match.h"
#include "Passes.h"

#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

using namespace mlir;

namespace mlc {

#define GEN_PASS_DEF_FORMLAYERNORMPASS
#include "passes/Passes.h.inc"

namespace {

/// What has been taken from a value: the dimensions from `axis` on.
struct Mean {
  Value of;
  int64_t axis;
};

/// v = the sum of x over all dimensions from one on, divided by their number.
std::optional<Mean> meanOf(Value v) {
  auto [sum, factor] = scaledBy(v);
  auto reduce = sum ? sum.getDefiningOp<ReduceOp>() : ReduceOp();
  if (!reduce || reduce.getKind() != ReduceKind::sum || !reduce.getKeepdims() || reduce.getAxes().empty())
    return std::nullopt;
  RankedTensorType type = tensorTypeOf(reduce.getX());
  int64_t axis = type.getRank() - reduce.getAxes().size(), count = 1;
  for (auto [i, a] : llvm::enumerate(reduce.getAxes())) {
    if (a != axis + static_cast<int64_t>(i) || type.isDynamicDim(a))
      return std::nullopt;
    count *= type.getDimSize(a);
  }
  if (!type.getElementType().isF32() || std::abs(factor * count - 1) > 1e-6)
    return std::nullopt;
  return Mean{reduce.getX(), axis};
}

/// Whether v is x less its mean over the dimensions from `axis` on.
bool isCentred(Value v, Value x, int64_t axis) {
  auto sub = v.getDefiningOp<SubOp>();
  auto mean = sub && sub.getA() == x ? meanOf(sub.getB()) : std::nullopt;
  return mean && mean->of == x && mean->axis == axis;
}

/// A row's x, and the number that is added to its variance before the square root.
struct Deviation {
  Value x;
  int64_t axis;
  double epsilon;
};

/// s = sqrt(variance of x + epsilon)
std::optional<Deviation> deviationOf(Value s) {
  auto sqrt = s.getDefiningOp<SqrtOp>();
  auto add = sqrt ? sqrt.getX().getDefiningOp<AddOp>() : AddOp();
  if (!add)
    return std::nullopt;
  auto epsilon = numberOf(add.getB());
  Value variance = epsilon ? add.getA() : add.getB();
  if (!epsilon)
    epsilon = numberOf(add.getA());
  auto squares = meanOf(variance);
  auto square = squares ? squares->of.getDefiningOp<MulOp>() : MulOp();
  auto centre = square ? square.getA().getDefiningOp<SubOp>() : SubOp();
  if (!epsilon || *epsilon < 0 || !centre)
    return std::nullopt;
  Value x = centre.getA();
  if (!isCentred(square.getA(), x, squares->axis) || !isCentred(square.getB(), x, squares->axis))
    return std::nullopt;
  return Deviation{x, squares->axis, *epsilon};
}

/// r = 1 / sqrt(variance of x + epsilon)
std::optional<Deviation> inverseDeviationOf(Value r) {
  if (auto inverse = r.getDefiningOp<ReciprocalOp>())
    return deviationOf(inverse.getX());
  if (auto div = r.getDefiningOp<DivOp>(); div && numberOf(div.getA()) == 1.0)
    return deviationOf(div.getB());
  return std::nullopt;
}

/// An inverse deviation and what it is multiplied by, if anything.
struct Gain {
  Deviation deviation;
  Value scale;
};

std::optional<Gain> gainOf(Value v) {
  if (auto r = inverseDeviationOf(v))
    return Gain{*r, nullptr};
  auto mul = v.getDefiningOp<MulOp>();
  if (!mul)
    return std::nullopt;
  if (auto r = inverseDeviationOf(mul.getA()))
    return Gain{*r, mul.getB()};
  if (auto r = inverseDeviationOf(mul.getB()))
    return Gain{*r, mul.getA()};
  return std::nullopt;
}

Value normalised(PatternRewriter &rewriter, Location loc, const Deviation &d) {
  return LayerNormOp::create(rewriter, loc, d.x, Value(), Value(), static_cast<uint64_t>(d.axis), llvm::APFloat(d.epsilon));
}

/// (x - mean) / s
struct FromQuotient : OpRewritePattern<DivOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DivOp op, PatternRewriter &rewriter) const override {
    auto d = deviationOf(op.getB());
    if (!d || !isCentred(op.getA(), d->x, d->axis))
      return failure();
    op.emitRemark() << "normalised in one kernel";
    rewriter.replaceOp(op, normalised(rewriter, op.getLoc(), *d));
    return success();
  }
};

/// (x - mean) * (r * scale)
struct FromProduct : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MulOp op, PatternRewriter &rewriter) const override {
    for (auto [centre, factor] : {std::pair(op.getA(), op.getB()), std::pair(op.getB(), op.getA())}) {
      auto gain = gainOf(factor);
      if (!gain || !isCentred(centre, gain->deviation.x, gain->deviation.axis))
        continue;
      op.emitRemark() << "normalised in one kernel";
      Value y = normalised(rewriter, op.getLoc(), gain->deviation);
      rewriter.replaceOp(op, gain->scale ? MulOp::create(rewriter, op.getLoc(), y, gain->scale).getResult() : y);
      return success();
    }
    return failure();
  }
};

/// x * (r * scale) + (bias - mean * (r * scale)), and with the mean's sign in the product
struct FromAffine : OpRewritePattern<AddOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AddOp op, PatternRewriter &rewriter) const override {
    for (auto [product, rest] : {std::pair(op.getA(), op.getB()), std::pair(op.getB(), op.getA())}) {
      auto mul = product.getDefiningOp<MulOp>();
      if (!mul)
        continue;
      for (auto [x, factor] : {std::pair(mul.getA(), mul.getB()), std::pair(mul.getB(), mul.getA())}) {
        auto gain = gainOf(factor);
        if (!gain || gain->deviation.x != x)
          continue;
        Value bias = biasOf(rest, factor, gain->deviation);
        if (!bias)
          continue;
        op.emitRemark() << "normalised in one kernel";
        Value y = normalised(rewriter, op.getLoc(), gain->deviation);
        if (gain->scale)
          y = MulOp::create(rewriter, op.getLoc(), y, gain->scale);
        rewriter.replaceOpWithNewOp<AddOp>(op, y, bias);
        return success();
      }
    }
    return failure();
  }

private:
  /// The bias where v = bias - mean * factor.
  static Value biasOf(Value v, Value factor, const Deviation &d) {
    auto isMean = [&](Value m) {
      auto mean = meanOf(m);
      return mean && mean->of == d.x && mean->axis == d.axis;
    };
    auto isShift = [&](Value s, bool negated) {
      auto mul = s.getDefiningOp<MulOp>();
      if (!mul || (mul.getA() != factor && mul.getB() != factor))
        return false;
      Value m = mul.getA() == factor ? mul.getB() : mul.getA();
      if (!negated)
        return isMean(m);
      auto neg = m.getDefiningOp<NegOp>();
      return neg && isMean(neg.getX());
    };
    if (auto sub = v.getDefiningOp<SubOp>())
      return isShift(sub.getB(), false) ? sub.getA() : Value();
    auto add = v.getDefiningOp<AddOp>();
    if (!add)
      return nullptr;
    return isShift(add.getA(), true) ? add.getB() : isShift(add.getB(), true) ? add.getA() : Value();
  }
};

/// Whether v is a constant of the dimensions that an operator normalises.
bool isParameter(LayerNormOp norm, Value v) {
  return matchPattern(v, m_Constant()) && elementTypeOf(v) == elementTypeOf(norm.getX()) &&
         shapeOf(v) == Shape(ArrayRef(shapeOf(norm.getX())).drop_front(norm.getAxis()));
}

/// The operator whose result is one operand of another, and the other operand, where that is such a constant.
template <typename Op>
std::pair<LayerNormOp, Value> parameterOf(Op op) {
  for (auto [x, p] : {std::pair(op.getA(), op.getB()), std::pair(op.getB(), op.getA())})
    if (auto norm = x.template getDefiningOp<LayerNormOp>(); norm && norm->hasOneUse() && !norm.getBias() && isParameter(norm, p))
      return {norm, p};
  return {};
}

struct TakeScale : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MulOp op, PatternRewriter &rewriter) const override {
    auto [norm, scale] = parameterOf(op);
    if (!norm || norm.getScale())
      return failure();
    rewriter.replaceOpWithNewOp<LayerNormOp>(op, norm.getX(), scale, Value(), norm.getAxisAttr(), norm.getEpsilonAttr());
    return success();
  }
};

struct TakeBias : OpRewritePattern<AddOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AddOp op, PatternRewriter &rewriter) const override {
    auto [norm, bias] = parameterOf(op);
    if (!norm)
      return failure();
    rewriter.replaceOpWithNewOp<LayerNormOp>(op, norm.getX(), norm.getScale(), bias, norm.getAxisAttr(), norm.getEpsilonAttr());
    return success();
  }
};

struct FormLayerNorm : impl::FormLayerNormPassBase<FormLayerNorm> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FromQuotient, FromProduct, FromAffine, TakeScale, TakeBias>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlc
