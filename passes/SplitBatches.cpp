#include "Passes.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace mlc {

#define GEN_PASS_DEF_SPLITBATCHESPASS
#include "passes/Passes.h.inc"

namespace {

/// An operand of a product, [batch, rows, columns], as a view of a tensor whose leading dimensions are the batch's parts.
struct Merged {
  Shape batch;      // without dimensions of size 1
  ReshapeOp view;
  bool turned = false; // rows and columns are exchanged behind the view
};

std::optional<Merged> mergedBatch(Value v) {
  Merged m;
  if (auto transpose = v.getDefiningOp<TransposeOp>(); transpose && transpose.getPerm() == ArrayRef<int64_t>{0, 2, 1}) {
    m.turned = true;
    v = transpose.getX();
  }
  m.view = v.getDefiningOp<ReshapeOp>();
  if (!m.view || tensorTypeOf(v).getRank() != 3)
    return std::nullopt;
  AffineExpr whole = shapeOf(v)[0];
  for (AffineExpr e : shapeOf(m.view.getX())) {
    if (constantOf(e) != std::optional<int64_t>(1))
      m.batch.push_back(e);
    if (product(m.batch, v.getContext()) == whole)
      return m.batch.size() > 1 ? std::optional(m) : std::nullopt;
  }
  return std::nullopt;
}

struct SplitBatch : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MatmulOp op, PatternRewriter &rewriter) const override {
    if (op.isPacked() || tensorTypeOf(op.getA()).getRank() != 3 || tensorTypeOf(op.getB()).getRank() != 3)
      return failure();
    auto a = mergedBatch(op.getA()), b = mergedBatch(op.getB());
    if (!a || !b || a->batch != b->batch)
      return failure();
    int64_t parts = a->batch.size();
    auto split = [&](Merged &m) -> Value {
      Shape shape = m.batch, rest = shapeOf(m.view.getY());
      shape.append({rest[1], rest[2]});
      Value v = rewriter.createOrFold<ReshapeOp>(op.getLoc(), tensorType(shape, elementTypeOf(m.view.getY())), m.view.getX());
      if (!m.turned)
        return v;
      SmallVector<int64_t> perm(llvm::to_vector(llvm::seq<int64_t>(0, parts)));
      perm.append({parts + 1, parts});
      return rewriter.createOrFold<TransposeOp>(op.getLoc(), v, perm);
    };
    Value left = split(*a), right = split(*b);
    Value y = MatmulOp::create(rewriter, op.getLoc(), left, right, op.getTransA(), op.getTransB(), DimsAttr());
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getY().getType(), y);
    return success();
  }
};

struct SplitBatches : impl::SplitBatchesPassBase<SplitBatches> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<SplitBatch>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlc
