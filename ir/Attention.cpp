//===- Attention.cpp - rows that are weighted means of other rows -----------===//

#include "Fold.h"
#include "Layout.h"

using namespace mlir;

namespace mlc {

LogicalResult AttentionOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Shape q = shapeOf(adaptor.getQ()), k = shapeOf(adaptor.getK()), v = shapeOf(adaptor.getV());
  Symbols symbols = Symbols::of(adaptor.getQ());
  if (q.size() < 2 || k.size() < 2 || v.size() < 2)
    return emitOptionalError(loc, "operands of rank ", q.size(), ", ", k.size(), " and ", v.size());
  Type element = elementTypeOf(adaptor.getQ());
  for (Value other : {adaptor.getK(), adaptor.getV(), adaptor.getMask()})
    if (other && elementTypeOf(other) != element)
      return emitOptionalError(loc, "element types ", element, " and ", elementTypeOf(other), " differ");
  auto same = [&](AffineExpr a, AffineExpr b, StringRef what) -> LogicalResult {
    auto ca = constantOf(a), cb = constantOf(b);
    if (ca && cb && *ca != *cb)
      return emitOptionalError(loc, what, ": ", *ca, " and ", *cb);
    if (a != b)
      symbols.constrain(a, b);
    return success();
  };
  if (failed(same(q.back(), k.back(), "queries and keys differ in length")) ||
      failed(same(k[k.size() - 2], v[v.size() - 2], "keys and values differ in number")))
    return failure();
  auto batch = broadcastShapes(ArrayRef(q).drop_back(2), ArrayRef(k).drop_back(2), symbols);
  if (batch)
    batch = broadcastShapes(*batch, ArrayRef(v).drop_back(2), symbols);
  if (!batch)
    return emitOptionalError(loc, "leading dimensions of ", adaptor.getQ().getType(), ", ", adaptor.getK().getType(), " and ",
                             adaptor.getV().getType(), " do not broadcast");
  if (adaptor.getMask()) {
    Shape scores(*batch), mask = shapeOf(adaptor.getMask());
    scores.append({q[q.size() - 2], k[k.size() - 2]});
    bool spreads = mask.size() <= scores.size();
    for (size_t d = 0; spreads && d < mask.size(); ++d) {
      AffineExpr have = mask[d], want = scores[scores.size() - mask.size() + d];
      if (have == want || constantOf(have) == std::optional<int64_t>(1))
        continue;
      spreads = !constantOf(have) || !constantOf(want);
      symbols.constrain(have, want);
    }
    if (!spreads)
      return emitOptionalError(loc, "mask of type ", adaptor.getMask().getType(), " does not spread over the scores");
  }
  batch->push_back(q[q.size() - 2]);
  batch->push_back(v.back());
  types.push_back(tensorType(*batch, element));
  return success();
}

OpFoldResult AttentionOp::fold(FoldAdaptor adaptor) { return foldOne(*this, adaptor.getOperands()); }

LogicalResult AttentionOp::getReference(ReferenceCall &call) {
  call.name = "attention";
  call.ints = {static_cast<int64_t>(getGuard()), getReplaces()};
  call.floats = {getScale().convertToDouble()};
  call.mask = {true, true, true, getMask() != nullptr};
  return success();
}

AffineExpr AttentionOp::getWork() {
  Shape k = shapeOf(getK()), y = shapeOf(getY());
  AffineExpr rows = product(ArrayRef(y).drop_back(), getContext());
  return rows * k[k.size() - 2] * (k.back() + y.back());
}

bool AttentionOp::fitsKernel() {
  auto inner = constantOf(shapeOf(getK()).back()), outer = constantOf(shapeOf(getV()).back());
  return inner && outer && std::max(*inner, *outer) <= kMostHeadSize;
}

} // namespace mlc

#define GET_OP_CLASSES
#include "Attention.cpp.inc"
