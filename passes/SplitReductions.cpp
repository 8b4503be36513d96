#include "Passes.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace mlc {

#define GEN_PASS_DEF_SPLITREDUCTIONSPASS
#include "passes/Passes.h.inc"

namespace {

// Bytes for which workers are asked, rows that give each of them some, kept elements that are enough without, and channels that
// fill vectors.
constexpr int64_t kFewBytes = 200'000, kFewRows = 4, kManyKept = 8, kFewChannels = 16;

struct Split : OpRewritePattern<ReduceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReduceOp op, PatternRewriter &rewriter) const override {
    auto shape = constantsOf(shapeOf(op.getX()));
    ArrayRef<int64_t> axes = op.getAxes();
    if (!shape || axes.size() < 2 || !isa<FloatType>(elementTypeOf(op.getX())) || op.getKind() == ReduceKind::prod)
      return failure();
    int64_t rank = shape->size(), first = *llvm::min_element(axes), kept = 1, elements = 1;
    for (int64_t d = 0; d < rank; ++d) {
      elements *= (*shape)[d];
      if (!llvm::is_contained(axes, d) && d + 1 < rank)
        kept *= (*shape)[d];
    }
    SmallVector<int64_t> inner;
    int64_t columns = 1;
    for (int64_t a : axes)
      if (a != first)
        inner.push_back(a), columns *= (*shape)[a];
    if (llvm::is_contained(axes, rank - 1) || shape->back() < kFewChannels || elements * storageBytes(elementTypeOf(op.getX())) < kFewBytes ||
        (*shape)[first] < kFewRows || columns < 2 || kept >= kManyKept)
      return failure();
    op.emitRemark() << "reduced row by row, then over the rows";
    Value rows = ReduceOp::create(rewriter, op.getLoc(), op.getKind(), op.getX(), inner, /*keepdims=*/true);
    rewriter.replaceOpWithNewOp<ReduceOp>(op, op.getKind(), rows, axes, op.getKeepdims());
    return success();
  }
};

struct SplitReductions : impl::SplitReductionsPassBase<SplitReductions> {
  void runOnOperation() override {
    SmallVector<ReduceOp> reductions;
    getOperation().walk([&](ReduceOp op) { reductions.push_back(op); });
    PatternRewriter rewriter(&getContext());
    Split pattern(&getContext());
    for (ReduceOp op : reductions) {
      rewriter.setInsertionPoint(op);
      split += succeeded(pattern.matchAndRewrite(op, rewriter));
    }
  }
};

} // namespace
} // namespace mlc
