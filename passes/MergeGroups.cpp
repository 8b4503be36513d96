#include "Passes.h"

#include "ir/Fold.h"
#include "ir/Layout.h"

#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cstring>

using namespace mlir;

namespace mlc {

#define GEN_PASS_DEF_MERGEGROUPSPASS
#include "passes/Passes.h.inc"

namespace {

struct MergeGroup : OpRewritePattern<ConvOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConvOp op, PatternRewriter &rewriter) const override {
    int64_t groups = op.getGroups();
    ElementsAttr value;
    if (groups == 1 || op.isDepthwise() || op.isPacked() || !matchPattern(op.getWeights(), m_Constant(&value)) ||
        tensorTypeOf(op.getWeights()).getElementTypeBitWidth() % 8)
      return failure();
    RankedTensorType type = tensorTypeOf(op.getWeights()); // [F, window…, C/groups]
    int64_t features = type.getDimSize(0) / groups, channels = type.getShape().back(), merged = kPanel / features;
    while (merged > 1 && groups % merged)
      --merged;
    if (merged <= 1)
      return failure();

    SmallVector<char> storage;
    ArrayRef<char> bytes = bytesOf(value, storage);
    int64_t run = channels * type.getElementTypeBitWidth() / 8, taps = type.getNumElements() / channels / type.getDimSize(0);
    std::vector<char> wide(bytes.size() * merged);
    for (int64_t f = 0; f < type.getDimSize(0); ++f)
      for (int64_t t = 0; t < taps; ++t) {
        int64_t place = f * taps + t;
        std::memcpy(wide.data() + (place * merged + f / features % merged) * run, bytes.data() + place * run, run);
      }
    SmallVector<int64_t> shape(type.getShape());
    shape.back() *= merged;
    auto weights = ConstantOp::create(rewriter, op.getWeights().getLoc(), constantFromBytes(RankedTensorType::get(shape, type.getElementType()), std::move(wide)));
    op.emitRemark() << merged << " of its groups are computed as one, whose outputs fill a panel";
    rewriter.replaceOpWithNewOp<ConvOp>(op, op.getX(), weights, op.getStrides(), op.getDilations(), op.getLow(), op.getHigh(), groups / merged, 0);
    return success();
  }
};

struct MergeGroups : impl::MergeGroupsPassBase<MergeGroups> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<MergeGroup>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace mlc
