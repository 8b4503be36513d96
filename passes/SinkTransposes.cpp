#include "Match.h"
#include "Passes.h"

#include "ir/Fold.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace mlc {

#define GEN_PASS_DEF_SINKTRANSPOSESPASS
#include "passes/Passes.h.inc"

namespace {

SmallVector<int64_t> inverse(ArrayRef<int64_t> perm) { return invertPermutationVector(perm); }

DimsAttr permuted(DimsAttr dims, ArrayRef<int64_t> order) {
  SmallVector<AffineExpr> result;
  for (int64_t i : order)
    result.push_back(dims[i]);
  return DimsAttr::get(dims.getContext(), result);
}

SmallVector<int64_t> permuted(ArrayRef<int64_t> list, ArrayRef<int64_t> order) {
  SmallVector<int64_t> result;
  for (int64_t i : order)
    result.push_back(list[i]);
  return result;
}

RankedTensorType permuted(RankedTensorType type, ArrayRef<int64_t> order) {
  Shape shape = shapeOf(type), result;
  for (int64_t i : order)
    result.push_back(shape[i]);
  return tensorType(result, type.getElementType());
}

/// Dimensions that are not 1; with one of them a transpose moves nothing.
int64_t largeDimensions(Value v) {
  return llvm::count_if(shapeOf(v), [](AffineExpr e) { return constantOf(e) != std::optional<int64_t>(1); });
}

/// A value in the layout before a transpose by `perm`; null where that would cost a transpose at run time. `rank` is the
/// transposed rank: operands of lower rank are first filled up with leading dimensions of size 1.
Value untransposed(PatternRewriter &rewriter, Location loc, Value v, ArrayRef<int64_t> perm) {
  auto type = tensorTypeOf(v);
  if (auto t = v.getDefiningOp<TransposeOp>(); t && t.getPerm() == perm)
    return t.getX();
  if (type.getRank() == 0 || (type.hasStaticShape() && type.getNumElements() == 1 && type.getRank() <= static_cast<int64_t>(perm.size())))
    return v;
  Shape shape = shapeOf(v);
  while (shape.size() < perm.size())
    shape.insert(shape.begin(), constantExpr(1, v.getContext()));
  Value full = v;
  if (shape.size() != static_cast<size_t>(type.getRank()))
    full = rewriter.createOrFold<ReshapeOp>(loc, tensorType(shape, type.getElementType()), v);
  if (largeDimensions(v) <= 1)
    return rewriter.createOrFold<ReshapeOp>(loc, permuted(tensorTypeOf(full), inverse(perm)), full);
  return rewriter.createOrFold<TransposeOp>(loc, full, inverse(perm));
}

/// Neighbouring dimensions of a tensor, and those of a view of it that hold the same elements.
struct Piece {
  size_t from, fromEnd, to, toEnd;
};

/// The smallest pieces of a view, in their order; nothing where they cannot be told.
std::optional<SmallVector<Piece>> piecesOf(const Shape &from, const Shape &to) {
  SmallVector<Piece> pieces;
  size_t i = 0, j = 0;
  while (i < from.size() && j < to.size()) {
    Piece piece{i, i + 1, j, j + 1};
    AffineExpr a = from[i++], b = to[j++];
    while (a != b) {
      auto ca = constantOf(a), cb = constantOf(b);
      if (!ca || !cb || *ca == 0 || *cb == 0)
        return std::nullopt;
      if (*ca < *cb ? i == from.size() : j == to.size())
        return std::nullopt;
      if (*ca < *cb)
        a = a * from[i++];
      else
        b = b * to[j++];
    }
    piece.fromEnd = i, piece.toEnd = j;
    pieces.push_back(piece);
  }
  // What is left has one element.
  auto ones = [](ArrayRef<AffineExpr> rest) { return llvm::all_of(rest, [](AffineExpr e) { return constantOf(e) == 1; }); };
  if (pieces.empty() || !ones(ArrayRef(from).drop_front(i)) || !ones(ArrayRef(to).drop_front(j)))
    return std::nullopt;
  pieces.back().fromEnd = from.size(), pieces.back().toEnd = to.size();
  return pieces;
}

struct SinkElementwise : OpInterfaceRewritePattern<Elementwise> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(Elementwise op, PatternRewriter &rewriter) const override {
    // The operand that decides on the layout: one whose elements a transpose really moves, if there is any.
    TransposeOp first;
    int64_t rank = cast<RankedTensorType>(op->getResult(0).getType()).getRank();
    for (Value v : op->getOperands())
      if (auto t = v.getDefiningOp<TransposeOp>(); t && tensorTypeOf(v).getRank() == rank) {
        if (!first || largeDimensions(v) > 1)
          first = t;
        if (largeDimensions(v) > 1)
          break;
      }
    if (!first)
      return failure();
    SmallVector<int64_t> perm(first.getPerm());
    // Nothing is created before it is clear that all operands can be had.
    for (Value v : op->getOperands()) {
      auto t = v.getDefiningOp<TransposeOp>();
      bool same = t && t.getPerm() == ArrayRef(perm);
      if (!same && largeDimensions(v) > 1 && !matchPattern(v, m_Constant()))
        return failure();
    }
    SmallVector<Value> operands;
    for (Value v : op->getOperands())
      operands.push_back(untransposed(rewriter, op->getLoc(), v, perm));
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    RankedTensorType before = permuted(type, inverse(perm));
    Operation *moved = rewriter.clone(*op);
    moved->setOperands(operands);
    moved->getResult(0).setType(before);
    rewriter.replaceOpWithNewOp<TransposeOp>(op, moved->getResult(0), perm);
    return success();
  }
};

/// Reductions and softmax: the axes are renamed.
struct SinkReduce : OpRewritePattern<ReduceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReduceOp op, PatternRewriter &rewriter) const override {
    auto t = op.getX().getDefiningOp<TransposeOp>();
    if (!t)
      return failure();
    ArrayRef<int64_t> perm = t.getPerm();
    SmallVector<int64_t> axes;
    for (int64_t a : op.getAxes())
      axes.push_back(perm[a]);
    llvm::sort(axes);
    SmallVector<int64_t> rest; // the transpose behind
    if (op.getKeepdims()) {
      rest.assign(perm.begin(), perm.end());
    } else {
      SmallVector<int64_t> kept;
      for (int64_t d = 0; d < static_cast<int64_t>(perm.size()); ++d)
        if (!llvm::is_contained(axes, d))
          kept.push_back(d);
      for (auto [i, p] : llvm::enumerate(perm))
        if (!llvm::is_contained(op.getAxes(), static_cast<int64_t>(i)))
          rest.push_back(llvm::find(kept, p) - kept.begin());
    }
    Value y = ReduceOp::create(rewriter, op.getLoc(), op.getKind(), t.getX(), axes, op.getKeepdims());
    rewriter.replaceOp(op, rewriter.createOrFold<TransposeOp>(op.getLoc(), y, rest));
    return success();
  }
};

struct SinkSoftmax : OpRewritePattern<SoftmaxOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SoftmaxOp op, PatternRewriter &rewriter) const override {
    auto t = op.getX().getDefiningOp<TransposeOp>();
    // Along the innermost dimension it is fastest as it stands.
    if (!t || t.getPerm()[op.getAxis()] != static_cast<int64_t>(t.getPerm().size()) - 1)
      return failure();
    Value y = SoftmaxOp::create(rewriter, op.getLoc(), t.getX(), t.getPerm()[op.getAxis()], op.getLog());
    rewriter.replaceOpWithNewOp<TransposeOp>(op, y, t.getPerm());
    return success();
  }
};

/// Of channels-last images a layer norm would read a channel's elements from everywhere: the same in single steps runs along the
/// channels.
struct SinkLayerNorm : OpRewritePattern<LayerNormOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(LayerNormOp op, PatternRewriter &rewriter) const override {
    auto t = op.getX().getDefiningOp<TransposeOp>();
    Type element = elementTypeOf(op.getX());
    if (!t || largeDimensions(t.getY()) <= 1 || element.getIntOrFloatBitWidth() < 32)
      return failure();
    ArrayRef<int64_t> perm = t.getPerm();
    // Of the normalised dimensions alone, and constants where they have to be turned.
    for (Value v : {op.getScale(), op.getBias()})
      if (v && (tensorTypeOf(v).getRank() > static_cast<int64_t>(perm.size() - op.getAxis()) ||
                (largeDimensions(v) > 1 && !matchPattern(v, m_Constant()))))
        return failure();
    Location loc = op.getLoc();
    MLIRContext *ctx = op.getContext();
    Shape shape = shapeOf(t.getX());
    SmallVector<int64_t> axes(perm.drop_front(op.getAxis()));
    if (llvm::equal(axes, llvm::seq<int64_t>(op.getAxis(), perm.size()))) { // rows stay as they are
      Value y = LayerNormOp::create(rewriter, loc, t.getX(), op.getScale(), op.getBias(), op.getAxis(), op.getEpsilon());
      rewriter.replaceOpWithNewOp<TransposeOp>(op, y, perm);
      return success();
    }
    llvm::sort(axes);
    AffineExpr count = constantExpr(1, ctx);
    for (int64_t a : axes)
      count = count * shape[a];
    auto number = [&](double value) { return numberTensor(rewriter, loc, element, value); };
    auto make = [&]<typename Op>(Op, Value a, Value b) -> Value { return Op::create(rewriter, loc, a, b); };
    auto known = constantOf(count);
    Value size = known ? number(static_cast<double>(*known))
                       : Value(SymbolicOp::create(rewriter, loc, RankedTensorType::get({}, element), DimsAttr::get(ctx, {count})));
    auto mean = [&](Value v) { return make(DivOp(), ReduceOp::create(rewriter, loc, ReduceKind::sum, v, axes, /*keepdims=*/true), size); };
    Value x = t.getX(), middle = mean(x);
    // What is squared is computed where it is summed up: with the other sign it is not the value that is kept for the result.
    Value opposite = make(SubOp(), middle, x), variance = mean(make(MulOp(), opposite, opposite));
    Value deviation = SqrtOp::create(rewriter, loc, make(AddOp(), variance, number(op.getEpsilon().convertToDouble())));
    Value factor = make(DivOp(), number(1), deviation);
    // Statistics of groups are repeated for their channels, so that what follows sees channels.
    Value whole = x;
    if (auto reshape = x.getDefiningOp<ReshapeOp>()) {
      auto pieces = piecesOf(shapeOf(reshape.getX()), shape);
      if (pieces && llvm::all_of(*pieces, [](const Piece &piece) { return piece.fromEnd == piece.from + 1; })) {
        whole = reshape.getX();
        Shape spread = shapeOf(middle), flat;
        for (const Piece &piece : *pieces) {
          auto normalised = [&](int64_t d) { return llvm::is_contained(axes, d); };
          auto dims = llvm::seq<int64_t>(piece.to, piece.toEnd);
          if (llvm::any_of(dims, normalised) && !llvm::all_of(dims, normalised))
            for (int64_t d : dims)
              spread[d] = shape[d];
          flat.push_back(product(ArrayRef(spread).slice(piece.to, piece.toEnd - piece.to), ctx));
        }
        for (Value *v : {&middle, &factor}) {
          *v = BroadcastOp::create(rewriter, loc, tensorType(spread, element), *v);
          *v = ReshapeOp::create(rewriter, loc, tensorType(flat, element), *v);
        }
      }
    }
    Value y = make(MulOp(), make(SubOp(), whole, middle), factor);
    if (whole != x)
      y = ReshapeOp::create(rewriter, loc, tensorType(shape, element), y);
    if (op.getScale())
      y = make(MulOp(), y, untransposed(rewriter, loc, op.getScale(), perm));
    if (op.getBias())
      y = make(AddOp(), y, untransposed(rewriter, loc, op.getBias(), perm));
    rewriter.replaceOpWithNewOp<TransposeOp>(op, y, perm);
    return success();
  }
};

/// Groups of channels as exporters write them, [N, G, all else]: seen as [N, G, C/G, spatial...] transposes pass.
struct SplitLayerNorm : OpRewritePattern<LayerNormOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(LayerNormOp op, PatternRewriter &rewriter) const override {
    auto reshape = op.getX().getDefiningOp<ReshapeOp>();
    if (!reshape || !reshape.getX().getDefiningOp<TransposeOp>() || op.getScale() || op.getBias())
      return failure();
    MLIRContext *ctx = op.getContext();
    AffineExpr rows = product(ArrayRef(shapeOf(op.getX())).take_front(op.getAxis()), ctx);
    Shape whole = shapeOf(reshape.getX());
    for (size_t d = 0; d < whole.size(); ++d) {
      AffineExpr ratio = divideExactly(rows, product(ArrayRef(whole).take_front(d), ctx));
      auto groups = ratio ? constantOf(ratio) : std::nullopt, size = constantOf(whole[d]);
      if (!groups || !size || *groups == 0 || *groups > *size || *size % *groups)
        continue;
      whole[d] = ratio;
      whole.insert(whole.begin() + d + 1, constantExpr(*size / *groups, ctx));
      if (whole == shapeOf(op.getX()))
        return failure();
      Location loc = op.getLoc();
      Value view = rewriter.createOrFold<ReshapeOp>(loc, tensorType(whole, elementTypeOf(op.getX())), reshape.getX());
      Value y = LayerNormOp::create(rewriter, loc, view, Value(), Value(), d + 1, op.getEpsilon());
      rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getY().getType(), y);
      return success();
    }
    return failure();
  }
};

struct SinkConcat : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConcatOp op, PatternRewriter &rewriter) const override {
    auto t = op.getParts()[0].getDefiningOp<TransposeOp>();
    if (!t)
      return failure();
    SmallVector<Value> parts;
    for (Value v : op.getParts()) {
      auto other = v.getDefiningOp<TransposeOp>();
      if (other && other.getPerm() == t.getPerm())
        parts.push_back(other.getX());
      else if (matchPattern(v, m_Constant()))
        parts.push_back(rewriter.createOrFold<TransposeOp>(op.getLoc(), v, inverse(t.getPerm())));
      else
        return failure();
    }
    Value y = ConcatOp::create(rewriter, op.getLoc(), parts, t.getPerm()[op.getAxis()]);
    rewriter.replaceOpWithNewOp<TransposeOp>(op, y, t.getPerm());
    return success();
  }
};

struct SinkBroadcast : OpRewritePattern<BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BroadcastOp op, PatternRewriter &rewriter) const override {
    auto t = op.getX().getDefiningOp<TransposeOp>();
    if (!t || t.getPerm().size() != shapeOf(op.getY()).size())
      return failure();
    Value y = BroadcastOp::create(rewriter, op.getLoc(), permuted(op.getY().getType(), inverse(t.getPerm())), t.getX());
    rewriter.replaceOpWithNewOp<TransposeOp>(op, y, t.getPerm());
    return success();
  }
};

struct SinkPad : OpRewritePattern<PadOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PadOp op, PatternRewriter &rewriter) const override {
    auto t = op.getX().getDefiningOp<TransposeOp>();
    if (!t)
      return failure();
    SmallVector<int64_t> back = inverse(t.getPerm());
    Value y = PadOp::create(rewriter, op.getLoc(), permuted(op.getY().getType(), back), t.getX(), op.getValue(), op.getMode(),
                            permuted(op.getLow(), back), permuted(op.getHigh(), back), permuted(op.getInterior(), back));
    rewriter.replaceOpWithNewOp<TransposeOp>(op, y, t.getPerm());
    return success();
  }
};

struct SinkSlice : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op, PatternRewriter &rewriter) const override {
    auto t = op.getX().getDefiningOp<TransposeOp>();
    if (!t)
      return failure();
    SmallVector<int64_t> back = inverse(t.getPerm());
    Value y = SliceOp::create(rewriter, op.getLoc(), permuted(op.getY().getType(), back), t.getX(), permuted(op.getStarts(), back),
                              permuted(op.getSteps(), back));
    rewriter.replaceOpWithNewOp<TransposeOp>(op, y, t.getPerm());
    return success();
  }
};

struct SinkResize : OpRewritePattern<ResizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ResizeOp op, PatternRewriter &rewriter) const override {
    auto t = op.getX().getDefiningOp<TransposeOp>();
    if (!t || !op.getRoi().empty())
      return failure();
    SmallVector<int64_t> back = inverse(t.getPerm());
    // Not into a layout in which vectors would run along what is sampled.
    if (shapeOf(op.getX())[back.back()] != shapeOf(op.getY())[back.back()])
      return failure();
    SmallVector<double> scales;
    if (!op.getScales().empty())
      for (int64_t i : back)
        scales.push_back(op.getScales()[i]);
    Value y = ResizeOp::create(rewriter, op.getLoc(), permuted(op.getY().getType(), back), t.getX(), op.getMode(), op.getCoordinates(),
                               op.getNearest(), op.getAntialias(), op.getExcludeOutside(), op.getCubic(), op.getExtrapolation(), scales,
                               ArrayRef<double>());
    rewriter.replaceOpWithNewOp<TransposeOp>(op, y, t.getPerm());
    return success();
  }
};

/// A resize of a channels-first image has the vectors along what is sampled; channels-last it has not.
struct ResizeChannelsLast : OpRewritePattern<ResizeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ResizeOp op, PatternRewriter &rewriter) const override {
    Shape in = shapeOf(op.getX()), out = shapeOf(op.getY());
    int64_t rank = in.size();
    if (rank < 3 || !op.getRoi().empty() || in.back() == out.back() || in[1] != out[1] ||
        constantOf(in[1]).value_or(8) < 8 || op.getX().getDefiningOp<TransposeOp>())
      return failure();
    SmallVector<int64_t> last{0}, first;
    for (int64_t d = 2; d < rank; ++d)
      last.push_back(d);
    last.push_back(1);
    Value x = TransposeOp::create(rewriter, op.getLoc(), op.getX(), last);
    SmallVector<double> scales;
    if (!op.getScales().empty())
      for (int64_t i : last)
        scales.push_back(op.getScales()[i]);
    Value y = ResizeOp::create(rewriter, op.getLoc(), permuted(op.getY().getType(), last), x, op.getMode(), op.getCoordinates(),
                               op.getNearest(), op.getAntialias(), op.getExcludeOutside(), op.getCubic(), op.getExtrapolation(), scales,
                               ArrayRef<double>());
    rewriter.replaceOpWithNewOp<TransposeOp>(op, y, inverse(last));
    return success();
  }
};

/// A view of a transposed tensor, where dimensions that become one lie next to each other before the transpose, too.
struct SinkReshape : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    auto t = op.getX().getDefiningOp<TransposeOp>();
    if (!t || !t->hasOneUse() || largeDimensions(t.getY()) <= 1)
      return failure();
    ArrayRef<int64_t> perm = t.getPerm();
    Shape to = shapeOf(op.getY()), view;
    auto pieces = piecesOf(shapeOf(t.getY()), to);
    if (!pieces)
      return failure();
    // Dimensions of size 1 stand anywhere.
    Shape x = shapeOf(t.getX());
    auto isOne = [&](int64_t d) { return constantOf(x[d]) == std::optional<int64_t>(1); };
    SmallVector<std::pair<int64_t, Piece>> before; // by their first dimension before the transpose
    for (const Piece &piece : *pieces) {
      int64_t first = -1, last = -1;
      for (size_t d = piece.from; d < piece.fromEnd; ++d) {
        if (isOne(perm[d]))
          continue;
        if (first < 0)
          first = perm[d];
        else if (perm[d] < last || !llvm::all_of(llvm::seq<int64_t>(last + 1, perm[d]), isOne))
          return failure();
        last = perm[d];
      }
      before.push_back({first < 0 ? perm[piece.from] : first, piece});
    }
    llvm::sort(before, llvm::less_first());
    SmallVector<int64_t> place(to.size());
    for (const auto &[first, piece] : before)
      for (size_t d = piece.to; d < piece.toEnd; ++d) {
        place[d] = static_cast<int64_t>(view.size());
        view.push_back(to[d]);
      }
    Value viewed = rewriter.createOrFold<ReshapeOp>(op.getLoc(), tensorType(view, elementTypeOf(op.getX())), t.getX());
    rewriter.replaceOp(op, rewriter.createOrFold<TransposeOp>(op.getLoc(), viewed, place));
    return success();
  }
};

/// A transpose that moves only dimensions of size 1 keeps the elements' order.
struct TransposeIsReshape : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    Shape x = shapeOf(op.getX());
    int64_t last = -1;
    for (int64_t p : op.getPerm()) {
      if (constantOf(x[p]) == std::optional<int64_t>(1))
        continue;
      if (p < last)
        return failure();
      last = p;
    }
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getY().getType(), op.getX());
    return success();
  }
};

struct SinkTransposes : impl::SinkTransposesPassBase<SinkTransposes> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<SinkElementwise, SinkReduce, SinkSoftmax, SinkLayerNorm, SplitLayerNorm, SinkConcat, SinkBroadcast, SinkPad, SinkSlice,
                 SinkReshape, SinkResize, ResizeChannelsLast>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    RewritePatternSet views(&getContext());
    views.add<TransposeIsReshape>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(views))))
      return signalPassFailure();
  }
};

} // namespace
} // namespace mlc
