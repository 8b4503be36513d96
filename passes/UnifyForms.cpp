#include "Passes.h"

#include "ir/Fold.h"
#include "ir/Staging.h"

#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

using namespace mlir;

namespace mlc {

#define GEN_PASS_DEF_UNIFYFORMSPASS
#include "passes/Passes.h.inc"

namespace {

// What a convolution may pad by (see its verifier), and less.
constexpr int64_t kMostPadding = 1 << 20;

bool isConstant(Value v) { return matchPattern(v, m_Constant()); }

bool isCommutative(Operation *op) { return isa<AddOp, MulOp, MinOp, MaxOp, AndOp, OrOp, XorOp>(op); }

/// A constant that an element-wise operator spreads needs no leading dimensions of size 1, where another operand has them.
struct DropLeadingOnes : OpInterfaceRewritePattern<Elementwise> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(Elementwise op, PatternRewriter &rewriter) const override {
    int64_t rank = tensorTypeOf(op->getResult(0)).getRank();
    if (llvm::none_of(op->getOperands(), [&](Value v) { return !isConstant(v) && tensorTypeOf(v).getRank() == rank; }))
      return failure();
    bool changed = false;
    for (OpOperand &operand : op->getOpOperands()) {
      auto type = tensorTypeOf(operand.get());
      if (!isConstant(operand.get()) || !type.hasStaticShape() || type.getRank() == 0 || type.getDimSize(0) != 1)
        continue;
      ArrayRef<int64_t> shape = type.getShape().drop_while([](int64_t d) { return d == 1; });
      Value dropped = rewriter.createOrFold<ReshapeOp>(op->getLoc(), RankedTensorType::get(shape, type.getElementType()), operand.get());
      rewriter.modifyOpInPlace(op, [&] { operand.set(dropped); });
      changed = true;
    }
    return success(changed);
  }
};

/// max(x, 0) => relu(x)
struct MaxIsRelu : OpRewritePattern<MaxOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MaxOp op, PatternRewriter &rewriter) const override {
    for (auto [x, zero] : {std::pair{op.getA(), op.getB()}, std::pair{op.getB(), op.getA()}})
      if (x.getType() == op.getY().getType() && (matchPattern(zero, m_PosZeroFloat()) || matchPattern(zero, m_Zero()))) {
        rewriter.replaceOpWithNewOp<ReluOp>(op, x);
        return success();
      }
    return failure();
  }
};

/// A window as large as the image is a reduction.
struct WholeWindowIsReduction : OpRewritePattern<PoolOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PoolOp op, PatternRewriter &rewriter) const override {
    Shape x = shapeOf(op.getX()), y = shapeOf(op.getY());
    Type element = elementTypeOf(op.getX());
    auto is = [](ArrayRef<int64_t> list, int64_t v) { return llvm::all_of(list, [&](int64_t e) { return e == v; }); };
    if (!isa<FloatType>(element) || op.getKind() == PoolKind::lp || !is(op.getLow(), 0) || !is(op.getHigh(), 0) || !is(op.getDilations(), 1))
      return failure();
    SmallVector<int64_t> axes;
    int64_t count = 1;
    for (auto [d, size] : llvm::enumerate(op.getWindow())) {
      if (constantOf(x[d + 1]) != size || constantOf(y[d + 1]) != 1)
        return failure();
      axes.push_back(static_cast<int64_t>(d) + 1);
      count *= size;
    }
    bool average = op.getKind() == PoolKind::average;
    op.emitRemark() << "the window is the whole image: a reduction";
    Value reduced = ReduceOp::create(rewriter, op.getLoc(), average ? ReduceKind::sum : ReduceKind::max, op.getX(), axes, /*keepdims=*/true);
    if (average) {
      auto type = RankedTensorType::get({}, element);
      Value divisor = ConstantOp::create(rewriter, op.getLoc(), DenseElementsAttr::get(type, rewriter.getFloatAttr(element, static_cast<double>(count))));
      reduced = DivOp::create(rewriter, op.getLoc(), reduced, divisor);
    }
    rewriter.replaceOp(op, reduced);
    return success();
  }
};

/// Where all that is read of a reduction with kept dimensions is a view without them, they are not kept, and what is computed
/// of it in between has the rank of the view.
struct DropKeptDimensions : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    // From the view up to the reduction, over operators with nothing but single elements beside.
    SmallVector<Operation *> between;
    Value v = op.getX();
    while (auto elementwise = v.getDefiningOp<Elementwise>()) {
      Value next;
      for (Value operand : elementwise->getOperands()) {
        auto type = tensorTypeOf(operand);
        if (type.getRank() == 0 && type.hasStaticShape())
          continue;
        if (next)
          return failure();
        next = operand;
      }
      if (!next || !v.hasOneUse())
        return failure();
      between.push_back(elementwise);
      v = next;
    }
    auto reduce = v.getDefiningOp<ReduceOp>();
    if (!reduce || !reduce.getKeepdims() || !v.hasOneUse())
      return failure();
    Shape kept;
    for (auto [d, size] : llvm::enumerate(shapeOf(v)))
      if (!llvm::is_contained(reduce.getAxes(), static_cast<int64_t>(d)))
        kept.push_back(size);
    if (kept != shapeOf(op.getY()))
      return failure();
    rewriter.setInsertionPointAfter(reduce);
    Value y = ReduceOp::create(rewriter, reduce.getLoc(), reduce.getKind(), reduce.getX(), reduce.getAxes(), /*keepdims=*/false);
    for (Operation *e : llvm::reverse(between)) {
      rewriter.setInsertionPoint(e);
      Operation *moved = rewriter.clone(*e);
      for (OpOperand &operand : moved->getOpOperands())
        if (tensorTypeOf(operand.get()).getRank() != 0)
          operand.set(y);
      moved->getResult(0).setType(tensorType(kept, elementTypeOf(e->getResult(0))));
      y = moved->getResult(0);
    }
    rewriter.replaceOp(op, y);
    return success();
  }
};

/// Zeros around an image are part of the convolution that reads it.
struct PadIntoConvolution : OpRewritePattern<ConvOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConvOp op, PatternRewriter &rewriter) const override {
    auto transpose = op.getX().getDefiningOp<TransposeOp>();
    auto pad = (transpose ? transpose.getX() : Value(op.getX())).getDefiningOp<PadOp>();
    if (op.isPacked() || !pad || !isZeroPadding(pad))
      return failure();
    auto channelsLast = [&](DimsAttr list) {
      SmallVector<int64_t> result = *constantsOf(list.exprs());
      if (!transpose)
        return result;
      SmallVector<int64_t> turned;
      for (int64_t d : transpose.getPerm())
        turned.push_back(result[d]);
      return turned;
    };
    SmallVector<int64_t> low = channelsLast(pad.getLow()), high = channelsLast(pad.getHigh());
    if (low.front() || low.back() || high.front() || high.back())
      return failure();
    SmallVector<int64_t> lows(op.getLow()), highs(op.getHigh());
    for (size_t d = 0; d < lows.size(); ++d) {
      lows[d] += low[d + 1];
      highs[d] += high[d + 1];
      // A convolution that crops would take zeros away again; and its padding has a limit.
      if (op.getLow()[d] < 0 || op.getHigh()[d] < 0 || std::max(lows[d], highs[d]) > kMostPadding)
        return failure();
    }
    pad.emitRemark() << "zeros are part of the convolution that reads them";
    Value x = pad.getX();
    if (transpose)
      x = TransposeOp::create(rewriter, transpose.getLoc(), x, transpose.getPerm());
    auto y = ConvOp::create(rewriter, op.getLoc(), x, op.getWeights(), op.getStrides(), op.getDilations(), lows, highs, op.getGroups(), op.getColumns());
    y.getY().setType(op.getY().getType());
    rewriter.replaceOp(op, y);
    return success();
  }
};

/// Element-wise operators stand before a view that drops dimensions of size 1, so that they are computed with what the view is of.
struct SinkDroppedDimensions : OpInterfaceRewritePattern<Elementwise> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(Elementwise op, PatternRewriter &rewriter) const override {
    Shape y = shapeOf(op->getResult(0));
    ReshapeOp view;
    for (Value v : op->getOperands())
      if (auto reshape = v.getDefiningOp<ReshapeOp>(); reshape && !view && shapeOf(v) == y && computed(reshape.getX()))
        view = reshape;
    if (!view)
      return failure();
    // Which dimension of the view each one before it is; -1: dropped.
    Shape before = shapeOf(view.getX());
    SmallVector<int64_t> dims;
    size_t next = 0;
    for (AffineExpr e : before) {
      bool dropped = (next == y.size() || e != y[next]) && constantOf(e) == std::optional<int64_t>(1);
      if (!dropped && (next == y.size() || e != y[next]))
        return failure();
      dims.push_back(dropped ? -1 : static_cast<int64_t>(next++));
    }
    if (next != y.size() || before.size() == y.size())
      return failure();

    SmallVector<Value> operands;
    for (Value v : op->getOperands()) {
      Shape from = shapeOf(v), to;
      int64_t missing = static_cast<int64_t>(y.size() - from.size());
      for (int64_t d : dims)
        if (!to.empty() || d >= missing)
          to.push_back(d < 0 ? constantExpr(1, op->getContext()) : from[d - missing]);
      if (shapeOf(v) == y)
        to.insert(to.begin(), before.size() - to.size(), constantExpr(1, op->getContext()));
      operands.push_back(rewriter.createOrFold<ReshapeOp>(op->getLoc(), tensorType(to, elementTypeOf(v)), v));
    }
    Operation *moved = rewriter.clone(*op.getOperation());
    moved->setOperands(operands);
    moved->getResult(0).setType(tensorType(before, elementTypeOf(op->getResult(0))));
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op->getResult(0).getType(), moved->getResult(0));
    return success();
  }

private:
  static bool computed(Value v) {
    Operation *def = v.getDefiningOp();
    return isa_and_nonnull<Structured>(def) || isa_and_nonnull<Elementwise>(def);
  }
};

/// A product with a row that is 1 at one index and 0 elsewhere takes a row of the other operand, or zeros where the index is none:
///   matmul(cast(compare eq(i, [0 … k-1])), w) => gather(w and a row of zeros, i or k)
struct ProductOfOneHot : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MatmulOp op, PatternRewriter &rewriter) const override {
    auto type = op.getB().getType();
    ElementsAttr table;
    if (op.isPacked() || op.getTransA() || type.getRank() != 2 || !type.getElementType().isF32() || !matchPattern(op.getB(), m_Constant(&table)))
      return failure();
    const int64_t rows = type.getDimSize(op.getTransB()), columns = type.getDimSize(!op.getTransB());
    auto cast = op.getA().getDefiningOp<CastOp>();
    auto compare = cast ? cast.getX().getDefiningOp<CompareOp>() : CompareOp();
    if (!compare || compare.getRelation() != Relation::eq)
      return failure();
    Value index = compare.getA(), numbers = compare.getB();
    if (isConstant(index))
      std::swap(index, numbers);
    Shape shape = shapeOf(index), whole = shapeOf(compare.getY());
    if (!countsUp(numbers, rows) || shape.size() != whole.size() || constantOf(shape.back()) != std::optional<int64_t>(1) || rows >= (1 << 30) ||
        ArrayRef(shape).drop_back() != ArrayRef(whole).drop_back())
      return failure();
    SmallVector<char, 0> storage;
    ArrayRef<char> bytes = bytesOf(table, storage);
    ArrayRef<float> values(reinterpret_cast<const float *>(bytes.data()), bytes.size() / sizeof(float));
    if (!llvm::all_of(values, [](float v) { return std::isfinite(v); }))
      return failure();
    std::vector<char> longer((rows + 1) * columns * sizeof(float));
    float *to = reinterpret_cast<float *>(longer.data());
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < columns; ++c)
        *to++ = values[op.getTransB() ? c * rows + r : r * columns + c];

    Location loc = op.getLoc();
    Type integer = elementTypeOf(index);
    auto number = [&](int64_t v) { return ConstantOp::create(rewriter, loc, DenseElementsAttr::get(RankedTensorType::get({}, integer), rewriter.getIntegerAttr(integer, v))); };
    Value taken = ConstantOp::create(rewriter, loc, constantFromBytes(RankedTensorType::get({rows + 1, columns}, type.getElementType()), std::move(longer)));
    Value none = number(rows), below = CompareOp::create(rewriter, loc, Relation::lt, index, number(0));
    Value row = SelectOp::create(rewriter, loc, below, none, MinOp::create(rewriter, loc, index, none));
    shape.pop_back();
    row = rewriter.createOrFold<ReshapeOp>(loc, tensorType(shape, integer), row);
    rewriter.replaceOpWithNewOp<GatherOp>(op, op.getY().getType(), taken, row, 0);
    return success();
  }

private:
  /// Whether a constant is 0 … count - 1 along the last dimension, in i32 or i64.
  static bool countsUp(Value v, int64_t count) {
    ElementsAttr attr;
    auto type = tensorTypeOf(v);
    if (!(type.getElementType().isSignlessInteger(32) || type.getElementType().isSignlessInteger(64)) || !matchPattern(v, m_Constant(&attr)) ||
        attr.getNumElements() != count || type.getRank() == 0 || type.getShape().back() != count)
      return false;
    SmallVector<char, 0> storage;
    const char *at = bytesOf(attr, storage).data();
    auto number = [&](int64_t i) -> int64_t {
      return type.getElementType().isInteger(32) ? reinterpret_cast<const int32_t *>(at)[i] : reinterpret_cast<const int64_t *>(at)[i];
    };
    return llvm::all_of(llvm::seq(count), [&](int64_t i) { return number(i) == i; });
  }
};

/// Of operands that may change places, the one with more contractions and windows before it comes first, a constant last.
void orderOperands(Block &block) {
  DenseMap<Operation *, int64_t> depths;
  auto depthOf = [&](Value v) { return isConstant(v) ? int64_t{-1} : v.getDefiningOp() ? depths.lookup(v.getDefiningOp()) : 0; };
  for (Operation &op : block) {
    int64_t depth = 0;
    for (Value v : op.getOperands())
      depth = std::max(depth, depthOf(v));
    depths[&op] = depth + isa<Structured>(op);
    if (isCommutative(&op) && depthOf(op.getOperand(0)) < depthOf(op.getOperand(1))) {
      Value first = op.getOperand(0);
      op.setOperand(0, op.getOperand(1));
      op.setOperand(1, first);
    }
  }
}

struct UnifyForms : impl::UnifyFormsPassBase<UnifyForms> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<DropLeadingOnes, MaxIsRelu, WholeWindowIsReduction, DropKeptDimensions, PadIntoConvolution, SinkDroppedDimensions, ProductOfOneHot>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    getOperation().walk([](Block *block) { orderOperands(*block); });
  }
};

} // namespace
} // namespace mlc
