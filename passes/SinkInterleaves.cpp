#include "Passes.h"

#include "ir/Fold.h"
#include "ir/Layout.h"

#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace mlc {

#define GEN_PASS_DEF_SINKINTERLEAVESPASS
#include "passes/Passes.h.inc"

namespace {

// How many operators may lie between a product and the one that moves.
constexpr int kMostBetween = 16;

// A slice cuts at most one part of so many along a dimension.
constexpr int64_t kLeastKept = 3;

// Functions of this cost take longer in a panel with empty columns than the elements take to be read again.
constexpr unsigned kLongFunction = 8;

/// What rearranges a product's result, from the last operator to the first.
struct Interleave {
  SmallVector<Operation *> steps;
  Value source;
  bool isView = true;  // reshapes alone
};

/// Whether a slice cuts little, so that computing all that it cuts from costs little more.
bool keepsMost(SliceOp slice) {
  Shape from = shapeOf(slice.getX()), to = shapeOf(slice.getY());
  return llvm::all_of(llvm::zip(from, to), [](auto pair) {
    auto [f, t] = pair;
    auto cut = constantOf(f - t), whole = constantOf(f);
    return cut && (!whole || *cut * kLeastKept <= *whole);
  });
}

/// Reshapes, transposes and slices that leave the elements of the last dimension together.
std::optional<Interleave> interleaveOf(Value v) {
  Interleave found;
  found.source = v;
  if (tensorTypeOf(v).getRank() == 0)
    return std::nullopt;
  auto inner = constantOf(shapeOf(v).back());
  if (!inner || *inner == 0)
    return std::nullopt;
  int64_t last = *inner;
  bool moves = false;
  while (Operation *op = found.source.getDefiningOp()) {
    if (!isa<ReshapeOp, TransposeOp, SliceOp>(op) || (op != v.getDefiningOp() && !op->hasOneUse()))
      break;
    Value x = op->getOperand(0);
    if (tensorTypeOf(x).getRank() == 0)
      break;
    auto before = constantOf(shapeOf(x).back());
    if (!before || *before % last)
      break;
    auto transpose = dyn_cast<TransposeOp>(op);
    auto slice = dyn_cast<SliceOp>(op);
    if ((transpose && transpose.getPerm().back() + 1 != static_cast<int64_t>(transpose.getPerm().size())) ||
        (slice && (*before != last || !keepsMost(slice))))
      break;
    moves |= transpose != nullptr;
    found.steps.push_back(op);
    found.isView &= isa<ReshapeOp>(op);
    found.source = x;
    last = *before;
  }
  if (found.steps.empty() || !(moves || found.isView))
    return std::nullopt;
  return found;
}

/// Whether a value is computed from one product, element by element, so that its kernel can do more of that.
bool followsProduct(Value v, int depth = 0) {
  Operation *op = v.getDefiningOp();
  if (!op || depth > kMostBetween)
    return false;
  if (isa<ConvOp, MatmulOp>(op))
    return true;
  return isa<Elementwise>(op) && llvm::any_of(op->getOperands(), [&](Value x) {
           return tensorTypeOf(x).getRank() == tensorTypeOf(v).getRank() && followsProduct(x, depth + 1);
         });
}

/// Whether both rearrange in the same way.
bool same(const Interleave &a, const Interleave &b) {
  if (a.steps.size() != b.steps.size() || shapeOf(a.source) != shapeOf(b.source))
    return false;
  return llvm::all_of(llvm::zip(a.steps, b.steps), [](auto pair) {
    auto [x, y] = pair;
    return x->getName() == y->getName() && x->getAttrDictionary() == y->getAttrDictionary() && shapeOf(x->getResult(0)) == shapeOf(y->getResult(0));
  });
}

/// Elements after which a constant operand of a result of shape y repeats itself; 0 for other operands.
int64_t periodOf(Value v, ArrayRef<AffineExpr> y) {
  RankedTensorType type = tensorTypeOf(v);
  if (!matchPattern(v, m_Constant()) || !type.hasStaticShape() || type.getRank() > static_cast<int64_t>(y.size()))
    return 0;
  int64_t period = 1;
  for (auto [size, whole] : llvm::zip(llvm::reverse(type.getShape()), llvm::reverse(y))) {
    if (period == type.getNumElements())
      break;
    if (constantOf(whole) != std::optional<int64_t>(size))
      return 0;
    period *= size;
  }
  return period;
}

/// Constants that differ along the last dimension at most.
bool isPerChannel(Value v) {
  RankedTensorType type = tensorTypeOf(v);
  return matchPattern(v, m_Constant()) && type.hasStaticShape() && (type.getRank() == 0 || type.getNumElements() == type.getShape().back());
}

struct SinkInterleave : OpInterfaceRewritePattern<Elementwise> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(Elementwise op, PatternRewriter &rewriter) const override {
    std::optional<Interleave> way;
    SmallVector<Value> operands;
    Shape y = shapeOf(op->getResult(0));
    SmallVector<unsigned> others;     // operands of the result's shape, which a view makes what is needed
    SmallVector<unsigned> constants;
    for (auto [i, v] : llvm::enumerate(op->getOperands())) {
      operands.push_back(v);
      if (periodOf(v, y)) {
        constants.push_back(i);
        continue;
      }
      // What stands behind a product without a view stays there.
      if (shapeOf(v) != y || followsProduct(v))
        return failure();
      auto found = interleaveOf(v);
      if (!found || !followsProduct(found->source) || (way && !same(*way, *found)) || !onlyElementwise(v, found->isView)) {
        others.push_back(i);
        continue;
      }
      operands.back() = found->source;
      way = found;
    }
    if (!way || (!others.empty() && !way->isView))
      return failure();
    int64_t last = *constantOf(shapeOf(way->source).back());
    for (unsigned i : constants)
      if (!isPerChannel(operands[i]) && (!way->isView || last % periodOf(operands[i], y)))
        return failure();
    if (cast<Pointwise>(op.getOperation()).getElementCost() >= kLongFunction && last < kPanel)
      return failure();
    for (unsigned i : others)
      operands[i] = rewriter.createOrFold<ReshapeOp>(op->getLoc(), tensorType(shapeOf(way->source), elementTypeOf(operands[i])), operands[i]);
    for (unsigned i : constants)
      operands[i] = repeated(rewriter, op->getLoc(), operands[i], last);
    Type element = elementTypeOf(op->getResult(0));
    Operation *moved = rewriter.clone(*op);
    moved->setOperands(operands);
    moved->getResult(0).setType(tensorType(shapeOf(way->source), element));
    Value result = moved->getResult(0);
    for (Operation *step : llvm::reverse(way->steps)) {
      Operation *again = rewriter.clone(*step);
      again->setOperand(0, result);
      again->getResult(0).setType(tensorType(shapeOf(step->getResult(0)), element));
      result = again->getResult(0);
    }
    rewriter.replaceOp(op, result);
    return success();
  }

private:
  /// Whether all that reads the rearranged value is element-wise too; else it would have to be there in both orders.
  static bool onlyElementwise(Value v, bool isView) {
    return isView || llvm::all_of(v.getUsers(), [&](Operation *user) {
      return isa<Elementwise>(user) && shapeOf(user->getResult(0)) == shapeOf(v) && llvm::all_of(user->getOperands(), [&](Value other) {
               return other == v || isPerChannel(other) || (shapeOf(other) == shapeOf(v) && derivesFrom(other, v));
             });
    });
  }
  static bool derivesFrom(Value v, Value root, int depth = 0) {
    if (v == root)
      return true;
    Operation *op = v.getDefiningOp();
    // What moved already stands behind a rearrangement of its own.
    if (auto way = interleaveOf(v))
      return followsProduct(way->source);
    return op && depth < kMostBetween && isa<Elementwise>(op) && llvm::all_of(op->getOperands(), [&](Value x) {
             return isPerChannel(x) || derivesFrom(x, root, depth + 1);
           });
  }
  /// A constant for a last dimension of `length`.
  static Value repeated(PatternRewriter &rewriter, Location loc, Value v, int64_t length) {
    int64_t n = tensorTypeOf(v).getNumElements();
    if (n == 1)
      return v;
    Type element = elementTypeOf(v);
    v = rewriter.createOrFold<ReshapeOp>(loc, RankedTensorType::get({n}, element), v);
    if (n == length)
      return v;
    v = rewriter.createOrFold<BroadcastOp>(loc, RankedTensorType::get({length / n, n}, element), v);
    return rewriter.createOrFold<ReshapeOp>(loc, RankedTensorType::get({length}, element), v);
  }
};

struct SinkInterleaves : impl::SinkInterleavesPassBase<SinkInterleaves> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<SinkInterleave>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlc
