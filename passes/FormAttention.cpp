#include "Match.h"
#include "Passes.h"

#include "ir/Fold.h"
#include "ir/Layout.h"

#include "mlir/IR/Matchers.h"

#include <cmath>

using namespace mlir;

namespace mlc {

#define GEN_PASS_DEF_FORMATTENTIONPASS
#include "passes/Passes.h.inc"

namespace {

/// A tensor of one number and no dimensions.
struct Attention {
  Value q, k, v, mask;
  double scale = 1;
  bool replaces = false;
  AttentionGuard guard = AttentionGuard::none;
};

class Matcher {
public:
  Matcher(MatmulOp last, IRRewriter &rewriter) : last(last), rewriter(rewriter) {}
  /// Whether attention ends in this product; null where it does not. Changes nothing.
  MatmulOp match();
  void replace(MatmulOp first);

private:
  Value withoutScale(Value v);
  Value turned(Value v);
  Value withoutNewDimensions(Value v);

  MatmulOp last;
  IRRewriter &rewriter;
  Attention found;
  SelectOp selection; // of scores or of a number that stands for them
};

MatmulOp Matcher::match() {
  if (last.isPacked() || last.getTransA() || !isa<FloatType>(elementTypeOf(last.getY())))
    return nullptr;
  Value weights = last.getA();
  SoftmaxOp softmax = weights.getDefiningOp<SoftmaxOp>();
  if (auto select = weights.getDefiningOp<SelectOp>()) {
    auto isNan = select.getCondition().getDefiningOp<IsNanOp>();
    softmax = select.getB().getDefiningOp<SoftmaxOp>();
    auto zero = numberOf(select.getA());
    if (!isNan || !softmax || isNan.getX() != softmax.getY() || !zero || *zero != 0 ||
        select.getY().getType() != softmax.getY().getType() || !isNan->hasOneUse() || !select->hasOneUse() || !softmax.getY().hasNUses(2))
      return nullptr;
    found.guard = AttentionGuard::nan;
  } else if (!softmax || !softmax->hasOneUse()) {
    return nullptr;
  }
  if (softmax.getLog() || static_cast<int64_t>(softmax.getAxis()) + 1 != softmax.getX().getType().getRank())
    return nullptr;
  // From the softmax up to the scores; a factor below the mask would be the mask's as well.
  auto refuse = [&](const Twine &why) -> MatmulOp {
    last.emitRemark() << "no attention: " << why;
    return nullptr;
  };
  Value scores = softmax.getX();
  while (!scores.getDefiningOp<MatmulOp>()) {
    Operation *op = scores.getDefiningOp();
    if (!op)
      return nullptr;
    if (!op->hasOneUse())
      return refuse("the scores are used elsewhere");
    if (auto [x, factor] = scaledBy(scores); x) {
      found.scale *= factor;
      scores = x;
      continue;
    }
    if (auto select = dyn_cast<SelectOp>(op)) {
      if (found.mask || found.scale != 1)
        return refuse(found.mask ? "there is more than one mask" : "the mask has a factor of its own");
      Value x = select.getA();
      auto fill = numberOf(select.getB());
      if (!fill)
        x = select.getB(), fill = numberOf(select.getA());
      if (!fill || *fill == 0 || std::isnan(*fill) || x.getType() != scores.getType())
        return refuse("what stands for scores is no number other than 0");
      found.replaces = true;
      selection = select;
      found.mask = select.getCondition();
      scores = x;
      continue;
    }
    auto add = dyn_cast<AddOp>(op);
    if (!add)
      return refuse(op->getName().getStringRef() + " stands between the product and the softmax");
    if (found.mask || found.scale != 1)
      return refuse(found.mask ? "there is more than one mask" : "the mask has a factor of its own");
    // The product is on one side; both could be, where a mask is a product.
    auto leadsToProduct = [&](Value v) {
      while (v && v.getType() == scores.getType() && !v.getDefiningOp<MatmulOp>())
        v = v.getDefiningOp<AddOp>() ? v.getDefiningOp<AddOp>().getA() : scaledBy(v).first;
      return v && v.getType() == scores.getType();
    };
    Value x = leadsToProduct(add.getA()) ? add.getA() : add.getB();
    found.mask = x == add.getA() ? add.getB() : add.getA();
    if (x.getType() != scores.getType())
      return refuse("the mask is larger than the scores");
    scores = x;
  }
  auto first = scores.getDefiningOp<MatmulOp>();
  // Scores that a loop's body only reads are computed before it.
  if (first.isPacked() || first->getBlock() != last->getBlock())
    return nullptr;
  if (!first->hasOneUse())
    return refuse("the scores are used elsewhere");
  Shape q = shapeOf(first.getA());
  auto inner = constantOf(q[q.size() - (first.getTransA() ? 2 : 1)]), outer = constantOf(shapeOf(last.getY()).back());
  if (!inner || !outer || std::max(*inner, *outer) > kMostHeadSize)
    return refuse("heads are larger than " + Twine(kMostHeadSize) + " numbers, or of unknown size");
  return first;
}

/// v without factors, which become the scale, below and between what only lays elements out.
Value Matcher::withoutScale(Value v) {
  Operation *op = v.getDefiningOp();
  if (!op || !op->hasOneUse())
    return v;
  if (auto [x, factor] = scaledBy(v); x) {
    found.scale *= factor;
    return withoutScale(x);
  }
  if (!isa<TransposeOp, ReshapeOp>(op))
    return v;
  Value x = withoutScale(op->getOperand(0));
  if (x == op->getOperand(0))
    return v;
  rewriter.modifyOpInPlace(op, [&] { op->setOperand(0, x); });
  return v;
}

/// v with its last two dimensions in the other order.
Value Matcher::turned(Value v) {
  int64_t rank = tensorTypeOf(v).getRank();
  auto swap = [](int64_t rank) {
    SmallVector<int64_t> perm = llvm::to_vector(llvm::seq<int64_t>(0, rank));
    std::swap(perm[rank - 1], perm[rank - 2]);
    return perm;
  };
  // Leading dimensions that were one when the others were turned.
  if (auto reshape = v.getDefiningOp<ReshapeOp>())
    if (auto transpose = reshape.getX().getDefiningOp<TransposeOp>()) {
      Shape to = shapeOf(v), from = shapeOf(reshape.getX());
      if (from.size() >= 2 && ArrayRef(from).take_back(2) == ArrayRef(to).take_back(2) &&
          transpose.getPerm() == ArrayRef<int64_t>(swap(from.size()))) {
        std::swap(to[rank - 1], to[rank - 2]);
        return rewriter.createOrFold<ReshapeOp>(v.getLoc(), tensorType(to, elementTypeOf(v)), transpose.getX());
      }
    }
  return rewriter.createOrFold<TransposeOp>(v.getLoc(), v, swap(rank));
}

/// The transposed tensor of which v only leaves out leading dimensions of size 1.
Value Matcher::withoutNewDimensions(Value v) {
  auto reshape = v.getDefiningOp<ReshapeOp>();
  if (!reshape || !reshape.getX().getDefiningOp<TransposeOp>())
    return v;
  Shape from = shapeOf(reshape.getX()), to = shapeOf(v);
  if (from.size() <= to.size() || ArrayRef(from).take_back(to.size()) != ArrayRef(to) ||
      !llvm::all_of(ArrayRef(from).drop_back(to.size()), [](AffineExpr e) { return constantOf(e) == std::optional<int64_t>(1); }))
    return v;
  return reshape.getX();
}

void Matcher::replace(MatmulOp first) {
  Location loc = rewriter.getFusedLoc({first.getLoc(), last.getLoc()});
  rewriter.setInsertionPoint(last);
  auto operand = [&](Value v, bool turn) { return withoutNewDimensions(turn ? turned(v) : v); };
  Value q = operand(withoutScale(first.getA()), first.getTransA()), k = operand(withoutScale(first.getB()), !first.getTransB());
  Value v = operand(last.getB(), last.getTransB());
  if (selection) {
    // The number where a score gives way to it, and 0.
    bool keepsFirst = numberOf(selection.getB()).has_value();
    Value zero = numberTensor(rewriter, loc, elementTypeOf(q), 0);
    Value fill = numberTensor(rewriter, loc, elementTypeOf(q), *numberOf(keepsFirst ? selection.getB() : selection.getA()));
    found.mask = SelectOp::create(rewriter, loc, found.mask, keepsFirst ? zero : fill, keepsFirst ? fill : zero);
  }
  last.emitRemark() << "computed as attention";
  auto y = AttentionOp::create(rewriter, loc, q, k, v, found.mask, llvm::APFloat(found.scale), found.guard, found.replaces);
  auto type = last.getY().getType();
  int64_t more = y.getY().getType().getRank() - type.getRank();
  if (more == 0) {
    y.getY().setType(type);
    rewriter.replaceOp(last, y);
    return;
  }
  // New dimensions go behind the transpose that joins the heads, which the kernel writes through.
  Operation *user = last->hasOneUse() ? *last->getUsers().begin() : nullptr;
  if (auto transpose = dyn_cast_or_null<TransposeOp>(user)) {
    SmallVector<int64_t> perm = llvm::to_vector(llvm::seq<int64_t>(0, more));
    for (int64_t p : transpose.getPerm())
      perm.push_back(more + p);
    Value other = TransposeOp::create(rewriter, transpose.getLoc(), y, perm);
    rewriter.replaceOp(transpose, rewriter.createOrFold<ReshapeOp>(loc, transpose.getY().getType(), other));
    rewriter.eraseOp(last);
    return;
  }
  rewriter.replaceOp(last, rewriter.createOrFold<ReshapeOp>(loc, type, y));
}

/// Attention in products and a softmax.
void expand(AttentionOp op, IRRewriter &rewriter) {
  Location loc = op.getLoc();
  rewriter.setInsertionPoint(op);
  op.emitRemark() << "computed in products and a softmax: heads are larger than " << kMostHeadSize << " numbers, or of unknown size";
  Type element = elementTypeOf(op.getY());
  auto number = [&](double value) { return numberTensor(rewriter, loc, element, value); };
  Value scores = MatmulOp::create(rewriter, loc, op.getQ(), op.getK(), false, true, DimsAttr());
  if (double scale = op.getScale().convertToDouble(); scale != 1)
    scores = MulOp::create(rewriter, loc, scores, number(scale));
  if (op.getReplaces())
    scores = SelectOp::create(rewriter, loc, CompareOp::create(rewriter, loc, Relation::eq, op.getMask(), number(0)), scores, op.getMask());
  else if (op.getMask())
    scores = AddOp::create(rewriter, loc, scores, op.getMask());
  int64_t axis = tensorTypeOf(scores).getRank() - 1;
  Value weights = SoftmaxOp::create(rewriter, loc, scores, axis, false);
  if (op.getGuard() == AttentionGuard::nan) {
    weights = SelectOp::create(rewriter, loc, IsNanOp::create(rewriter, loc, weights), number(0), weights);
  } else if (op.getGuard() == AttentionGuard::empty) {
    Value highest = ReduceOp::create(rewriter, loc, ReduceKind::max, scores, ArrayRef<int64_t>(axis), true);
    Value empty = CompareOp::create(rewriter, loc, Relation::eq, highest, number(-std::numeric_limits<double>::infinity()));
    weights = SelectOp::create(rewriter, loc, empty, number(0), weights);
  }
  auto y = MatmulOp::create(rewriter, loc, weights, op.getV(), false, false, DimsAttr());
  y.getY().setType(op.getY().getType());
  rewriter.replaceOp(op, y);
}

struct FormAttention : impl::FormAttentionPassBase<FormAttention> {
  using FormAttentionPassBase::FormAttentionPassBase;
  void runOnOperation() override {
    SmallVector<MatmulOp> products;
    getOperation().walk([&](MatmulOp op) { products.push_back(op); });
    IRRewriter rewriter(&getContext());
    for (MatmulOp op : products) {
      Matcher matcher(op, rewriter);
      MatmulOp first = matcher.match();
      if (!first)
        continue;
      matcher.replace(first);
      ++formed;
    }
    SmallVector<AttentionOp> unfit;
    getOperation().walk([&](AttentionOp op) {
      if (!op.fitsKernel())
        unfit.push_back(op);
    });
    for (AttentionOp op : unfit)
      expand(op, rewriter);
  }
};

} // namespace
} // namespace mlc
