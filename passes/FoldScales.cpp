#include "Passes.h"

#include "ir/Fold.h"

#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

using namespace mlir;

namespace mlc {

#define GEN_PASS_DEF_FOLDSCALESPASS
#include "passes/Passes.h.inc"

namespace {

// What is folded stays in f64, under a cast that folds last of all: chains of constants are rounded once. What several roundings
// leave is the same for all pixels, and does not average out as the errors of sums do.

/// The constant itself, or the one in f64 that is rounded to it.
Value exactOf(Value v) {
  auto cast = v.getDefiningOp<CastOp>();
  return cast && elementTypeOf(cast.getX()).isF64() && matchPattern(cast.getX(), m_Constant()) ? cast.getX() : v;
}

bool isConstant(Value v) { return matchPattern(exactOf(v), m_Constant()) && tensorTypeOf(v).hasStaticShape(); }

/// What is computed of constants stands before all its readers, which may be before the rewritten operator.
void beginFunction(OpBuilder &builder) {
  Operation *parent = builder.getInsertionBlock()->getParentOp();
  auto function = isa<func::FuncOp>(parent) ? cast<func::FuncOp>(parent) : parent->getParentOfType<func::FuncOp>();
  builder.setInsertionPointToStart(&function.getBody().front());
}

/// Gives the memory of a constant back that was made here and that nobody uses: those of all weights would add up.
void release(PatternRewriter &rewriter, Value v) {
  ElementsAttr value;
  if (!v.use_empty() || !matchPattern(v, m_Constant(&value)))
    return;
  rewriter.eraseOp(v.getDefiningOp());
  releaseConstant(value);
}

/// The weights of a contraction that have new ones in their place.
void releaseWeights(PatternRewriter &rewriter, Value weights) {
  Value exact = exactOf(weights);
  if (exact == weights || !weights.use_empty())
    return;
  rewriter.eraseOp(weights.getDefiningOp());
  release(rewriter, exact);
}

/// An operator on constants of one float type.
template <typename Op, typename... Values>
Value computed(PatternRewriter &rewriter, Location loc, Value first, Values... others) {
  OpBuilder::InsertionGuard guard(rewriter);
  beginFunction(rewriter);
  Value given[] = {exactOf(first), exactOf(others)...};
  SmallVector<Value> wide;
  for (Value v : given)
    wide.push_back(rewriter.createOrFold<CastOp>(loc, v, rewriter.getF64Type()));
  Value y = [&]<size_t... I>(std::index_sequence<I...>) { return rewriter.createOrFold<Op>(loc, wide[I]...); }(std::index_sequence_for<Value, Values...>());
  for (auto [v, w] : llvm::zip(given, wide))
    if (v != w && w != y)
      release(rewriter, w);
  Type narrow = elementTypeOf(first);
  return elementTypeOf(y) == narrow ? y : CastOp::create(rewriter, loc, y, narrow);
}

Value reshaped(PatternRewriter &rewriter, Location loc, Value v, ArrayRef<int64_t> shape) {
  OpBuilder::InsertionGuard guard(rewriter);
  beginFunction(rewriter);
  Value exact = exactOf(v);
  Value y = rewriter.createOrFold<ReshapeOp>(loc, RankedTensorType::get(shape, elementTypeOf(exact)), exact);
  return exact == v ? y : CastOp::create(rewriter, loc, y, elementTypeOf(v));
}

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

/// Of the elements of a constant that are not zero.
struct Magnitudes {
  double least = std::numeric_limits<double>::infinity(), most = 0;
  bool zeros = false;
  double smallest, largest; // normal numbers of the type
};

/// Nothing unless all elements are known and finite.
std::optional<Magnitudes> magnitudesOf(Value v) {
  ElementsAttr value;
  auto type = dyn_cast<FloatType>(elementTypeOf(v));
  if (!type || type.getWidth() < 16 || type.getWidth() > 64 || !matchPattern(exactOf(v), m_Constant(&value)))
    return {};
  Magnitudes result;
  result.smallest = APFloat::getSmallestNormalized(type.getFloatSemantics()).convertToDouble();
  result.largest = APFloat::getLargest(type.getFloatSemantics()).convertToDouble();
  SmallVector<char, 0> storage;
  ArrayRef<char> bytes = bytesOf(value, storage);
  auto stored = cast<FloatType>(elementTypeOf(exactOf(v)));
  for (size_t at = 0, width = stored.getWidth() / 8; at < bytes.size(); at += width) {
    double x;
    if (stored.isF64()) {
      memcpy(&x, &bytes[at], width);
    } else if (stored.isF32()) {
      float narrow;
      memcpy(&narrow, &bytes[at], width);
      x = narrow;
    } else {
      uint64_t bits = 0;
      memcpy(&bits, &bytes[at], width);
      x = APFloat(stored.getFloatSemantics(), APInt(stored.getWidth(), bits)).convertToDouble();
    }
    x = std::abs(x);
    if (!std::isfinite(x))
      return {};
    if (x == 0) {
      result.zeros = true;
      continue;
    }
    result.least = std::min(result.least, x);
    result.most = std::max(result.most, x);
  }
  return result;
}

/// x - c => x + -c
struct SubtractConstant : OpRewritePattern<SubOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SubOp op, PatternRewriter &rewriter) const override {
    if (!isa<FloatType>(elementTypeOf(op.getY())) || !perChannel(op.getB(), op.getY()))
      return failure();
    rewriter.replaceOpWithNewOp<AddOp>(op, op.getA(), computed<NegOp>(rewriter, op.getLoc(), op.getB()));
    return success();
  }
};

/// x / c => x * (1 / c)
struct DivideByConstant : OpRewritePattern<DivOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DivOp op, PatternRewriter &rewriter) const override {
    if (!elementTypeOf(op.getY()).isF32() || !isConstant(op.getB()))
      return failure();
    auto divisor = magnitudesOf(op.getB());
    if (!divisor || divisor->zeros || 1 / divisor->most < divisor->smallest || 1 / divisor->least > divisor->largest)
      return failure();
    rewriter.replaceOpWithNewOp<MulOp>(op, op.getA(), computed<ReciprocalOp>(rewriter, op.getLoc(), op.getB()));
    return success();
  }
};

/// mul(div(x, c), d) and div(mul(x, d), c) => mul(x, d / c): one rounding, whose sign is not the same in all layers.
struct JoinQuotient : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MulOp op, PatternRewriter &rewriter) const override {
    for (auto [quotient, factor] : {std::pair{op.getA(), op.getB()}, std::pair{op.getB(), op.getA()}}) {
      auto inner = quotient.getDefiningOp<DivOp>();
      if (inner && inner->hasOneUse() && join(op, inner.getA(), factor, inner.getB(), rewriter))
        return success();
    }
    return failure();
  }
  static bool join(Operation *op, Value x, Value factor, Value divisor, PatternRewriter &rewriter) {
    Value y = op->getResult(0);
    if (x.getType() != y.getType() || !elementTypeOf(y).isF32() || !perChannel(factor, y) || !perChannel(divisor, y))
      return false;
    auto d = magnitudesOf(factor), c = magnitudesOf(divisor);
    if (!c || !d || c->zeros || d->least / c->most < d->smallest || d->most / c->least > d->largest)
      return false;
    rewriter.replaceOpWithNewOp<MulOp>(op, x, computed<DivOp>(rewriter, op->getLoc(), factor, divisor));
    return true;
  }
};

struct JoinDividend : OpRewritePattern<DivOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DivOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getA().getDefiningOp<MulOp>();
    if (!inner || !inner->hasOneUse())
      return failure();
    for (auto [x, factor] : {std::pair{inner.getA(), inner.getB()}, std::pair{inner.getB(), inner.getA()}})
      if (JoinQuotient::join(op, x, factor, op.getB(), rewriter))
        return success();
    return failure();
  }
};

/// mul(mul(x, c), d) => mul(x, c * d)
struct JoinFactors : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MulOp op, PatternRewriter &rewriter) const override {
    for (auto [product, outer] : {std::pair{op.getA(), op.getB()}, std::pair{op.getB(), op.getA()}}) {
      auto inner = product.getDefiningOp<MulOp>();
      if (!inner || !inner->hasOneUse() || !perChannel(outer, op.getY()) || product.getType() != op.getY().getType())
        continue;
      for (auto [x, factor] : {std::pair{inner.getA(), inner.getB()}, std::pair{inner.getB(), inner.getA()}}) {
        if (x.getType() != op.getY().getType() || !perChannel(factor, op.getY()))
          continue;
        auto c = magnitudesOf(factor), d = magnitudesOf(outer);
        if (!c || !d || c->least * d->least < c->smallest || c->most * d->most > c->largest)
          continue;
        rewriter.replaceOpWithNewOp<MulOp>(op, x, computed<MulOp>(rewriter, op.getLoc(), factor, outer));
        return success();
      }
    }
    return failure();
  }
};

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
      Value weights = def->getOperand(1);
      if (!isConstant(weights))
        continue;
      if (auto conv = dyn_cast<ConvOp>(def)) {
        SmallVector<int64_t> shape(conv.getWeights().getType().getRank(), 1);
        shape[0] = count;
        Value scaled = computed<MulOp>(rewriter, loc, weights, reshaped(rewriter, loc, factor, shape));
        rewriter.modifyOpInPlace(conv, [&] { conv.getWeightsMutable().assign(scaled); });
        releaseWeights(rewriter, weights);
        rewriter.replaceOp(op, contraction);
        return success();
      }
      if (auto matmul = dyn_cast<MatmulOp>(def); matmul && !matmul.isPacked()) {
        SmallVector<int64_t> shape(matmul.getB().getType().getRank(), 1);
        shape[shape.size() - (matmul.getTransB() ? 2 : 1)] = count;
        Value scaled = computed<MulOp>(rewriter, loc, weights, reshaped(rewriter, loc, factor, shape));
        rewriter.modifyOpInPlace(matmul, [&] { matmul.getBMutable().assign(scaled); });
        releaseWeights(rewriter, weights);
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
        Value scaled = computed<MulOp>(rewriter, op.getLoc(), bias, factor);
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
    for (auto [sum, outer] : {std::pair{op.getA(), op.getB()}, std::pair{op.getB(), op.getA()}}) {
      auto inner = sum.getDefiningOp<AddOp>();
      if (!inner || !inner->hasOneUse() || !isa<FloatType>(elementTypeOf(sum)) || !perChannel(outer, op.getY()) ||
          sum.getType() != op.getY().getType())
        continue;
      for (auto [x, bias] : {std::pair{inner.getA(), inner.getB()}, std::pair{inner.getB(), inner.getA()}}) {
        if (x.getType() != op.getY().getType() || !perChannel(bias, op.getY()))
          continue;
        Value joined = computed<AddOp>(rewriter, op.getLoc(), bias, outer);
        rewriter.replaceOpWithNewOp<AddOp>(op, x, joined);
        return success();
      }
    }
    return failure();
  }
};

/// The shape in which a factor a channel of a reader's first operand fits its weights; empty where there is none.
SmallVector<int64_t> shapeInWeights(Operation *reader, int64_t count) {
  auto type = tensorTypeOf(reader->getOperand(1));
  SmallVector<int64_t> shape(type.getRank(), 1);
  if (auto conv = dyn_cast<ConvOp>(reader)) {
    if (conv.isPacked() || (count != 1 && conv.getGroups() != 1 && !conv.isDepthwise()))
      return {};
    (conv.isDepthwise() ? shape.front() : shape.back()) = count;
  } else if (auto matmul = dyn_cast<MatmulOp>(reader)) {
    if (matmul.isPacked() || (count != 1 && matmul.getTransA()))
      return {};
    shape[shape.size() - (matmul.getTransB() ? 1 : 2)] = count;
  }
  return shape;
}

/// contraction(add(mul(x, s), b), w) => contraction(add(x, b / s), s * w), with or without b, and of quotients likewise; each
/// weight is rounded by itself. Zeros around the input are none of s's matter.
template <typename Op> struct HandFactorOn : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  static constexpr bool isQuotient = std::is_same_v<Op, DivOp>;
  using Inverse = std::conditional_t<isQuotient, MulOp, DivOp>;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    Value x = op.getA(), factor = op.getB();
    if (!isQuotient && isConstant(x))
      std::swap(x, factor);
    if (isQuotient && !elementTypeOf(x).isF32())
      return failure();
    if (x.getType() != op.getY().getType() || !perChannel(factor, x))
      return failure();
    auto s = magnitudesOf(factor);
    if (!s || s->zeros)
      return failure();
    if (isQuotient)
      std::tie(s->least, s->most) = std::pair{1 / s->most, 1 / s->least};
    if (s->least < s->smallest)
      return failure();
    Value result = op.getY(), bias;
    AddOp sum;
    if (op->hasOneUse() && (sum = dyn_cast<AddOp>(*op->user_begin()))) {
      bias = sum.getA() == op.getY() ? sum.getB() : sum.getA();
      result = sum.getY();
      auto b = magnitudesOf(bias);
      if (result.getType() != x.getType() || !perChannel(bias, x) || !b || b->most / s->least > b->largest)
        return failure();
    }
    SmallVector<Operation *> readers;
    int64_t count = tensorTypeOf(factor).getNumElements();
    for (OpOperand &use : result.getUses()) {
      Operation *reader = use.getOwner();
      if (!isa<ConvOp, MatmulOp>(reader) || use.getOperandNumber() != 0 || shapeInWeights(reader, count).empty())
        return failure();
      auto w = magnitudesOf(reader->getOperand(1));
      if (!w || w->most * s->most > w->largest)
        return failure();
      readers.push_back(reader);
    }
    if (readers.empty())
      return failure();
    op.emitRemark() << "factor multiplied into the weights behind it";
    for (Operation *reader : readers) {
      Value fitting = reshaped(rewriter, op.getLoc(), factor, shapeInWeights(reader, count));
      Value before = reader->getOperand(1), weights = computed<Op>(rewriter, op.getLoc(), before, fitting);
      rewriter.modifyOpInPlace(reader, [&] { reader->setOperand(1, weights); });
      releaseWeights(rewriter, before);
    }
    if (sum) {
      rewriter.setInsertionPoint(sum);
      rewriter.replaceOpWithNewOp<AddOp>(sum, x, computed<Inverse>(rewriter, op.getLoc(), bias, factor));
    }
    rewriter.replaceOp(op, x);
    return success();
  }
};

struct FoldScales : impl::FoldScalesPassBase<FoldScales> {
  void runOnOperation() override {
    auto apply = [&](auto add) {
      RewritePatternSet patterns(&getContext());
      patterns.add<SubtractConstant, JoinQuotient, JoinDividend, JoinFactors, JoinBiases>(&getContext());
      add(patterns);
      auto config = GreedyRewriteConfig().enableFolding(false).enableConstantCSE(false);
      return succeeded(applyPatternsGreedily(getOperation(), std::move(patterns), config));
    };
    // Once they are whole, factors that no weights before them took go into those behind; what is still divided then, by a number
    // that is rounded for all elements alike, is multiplied at last.
    bool done = apply([&](RewritePatternSet &p) { p.add<FoldFactor, DistributeFactor>(&getContext()); }) &&
                apply([&](RewritePatternSet &p) { p.add<HandFactorOn<MulOp>, HandFactorOn<DivOp>>(&getContext()); }) &&
                apply([&](RewritePatternSet &p) { p.add<DivideByConstant, FoldFactor, DistributeFactor>(&getContext()); });
    if (!done)
      signalPassFailure();
  }
};

} // namespace
} // namespace mlc
