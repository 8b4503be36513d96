//===- Reduction.cpp - reductions, scans, normalisations --------------------===//

#include "Fold.h"

using namespace mlir;

namespace mlc {

static LogicalResult checkAxis(std::optional<Location> loc, int64_t axis, int64_t rank) {
  if (axis < 0 || axis >= rank)
    return emitOptionalError(loc, "axis ", axis, " is outside of rank ", rank);
  return success();
}

static Shape reducedShape(Value x, ArrayRef<int64_t> axes, bool keepdims) {
  Shape y;
  for (auto [d, size] : llvm::enumerate(shapeOf(x))) {
    if (!llvm::is_contained(axes, static_cast<int64_t>(d)))
      y.push_back(size);
    else if (keepdims)
      y.push_back(constantExpr(1, x.getContext()));
  }
  return y;
}

LogicalResult ReduceOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  int64_t rank = tensorTypeOf(adaptor.getX()).getRank();
  for (auto [i, axis] : llvm::enumerate(adaptor.getAxes())) {
    if (failed(checkAxis(loc, axis, rank)))
      return failure();
    if (llvm::is_contained(adaptor.getAxes().take_front(i), axis))
      return emitOptionalError(loc, "axis ", axis, " stands twice");
  }
  types.push_back(tensorType(reducedShape(adaptor.getX(), adaptor.getAxes(), adaptor.getKeepdims()), elementTypeOf(adaptor.getX())));
  return success();
}
LogicalResult ReduceOp::verify() { return success(); }
OpFoldResult ReduceOp::fold(FoldAdaptor adaptor) {
  if (getAxes().empty())
    return getX();
  return foldOne(*this, adaptor.getOperands());
}
LogicalResult ReduceOp::getReference(ReferenceCall &call) {
  call.name = "reduce";
  call.ints = {static_cast<int64_t>(getKind()), getKeepdims()};
  call.ints.append(getAxes().begin(), getAxes().end());
  return success();
}
LogicalResult ReduceOp::foldSymbolic(ArrayRef<SmallVector<AffineExpr>> operands, SmallVectorImpl<AffineExpr> &result) {
  if (operands[0].empty() || getY().getType().getNumElements() != 1)
    return failure();
  Symbols symbols = Symbols::of(getOperation());
  AffineExpr total = operands[0][0];
  for (AffineExpr e : ArrayRef(operands[0]).drop_front())
    switch (getKind()) {
    case ReduceKind::sum: total = total + e; break;
    case ReduceKind::prod: total = total * e; break;
    case ReduceKind::max: total = symbols.maximum(total, e); break;
    case ReduceKind::min: total = symbols.minimum(total, e); break;
    }
  result.push_back(total);
  return success();
}
AffineExpr ReduceOp::getWork() { return product(shapeOf(getX()), getContext()); }

LogicalResult ArgReduceOp::inferReturnTypes(MLIRContext *ctx, std::optional<Location> loc, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  int64_t axis = adaptor.getAxis();
  if (failed(checkAxis(loc, axis, tensorTypeOf(adaptor.getX()).getRank())))
    return failure();
  types.push_back(tensorType(reducedShape(adaptor.getX(), axis, adaptor.getKeepdims()), IntegerType::get(ctx, 64)));
  return success();
}
LogicalResult ArgReduceOp::verify() {
  if (getKind() != ReduceKind::max && getKind() != ReduceKind::min)
    return emitOpError("finds the largest or the smallest element");
  return success();
}
OpFoldResult ArgReduceOp::fold(FoldAdaptor adaptor) { return foldOne(*this, adaptor.getOperands()); }
LogicalResult ArgReduceOp::getReference(ReferenceCall &call) {
  call.name = "arg_reduce";
  call.ints = {getKind() == ReduceKind::max ? 0 : 1, static_cast<int64_t>(getAxis()), getKeepdims(), getLast()};
  return success();
}
AffineExpr ArgReduceOp::getWork() { return product(shapeOf(getX()), getContext()); }

LogicalResult CumulativeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  if (failed(checkAxis(loc, adaptor.getAxis(), tensorTypeOf(adaptor.getX()).getRank())))
    return failure();
  types.push_back(adaptor.getX().getType());
  return success();
}
LogicalResult CumulativeOp::verify() {
  if (getKind() != ReduceKind::sum && getKind() != ReduceKind::prod)
    return emitOpError("adds or multiplies");
  return success();
}
OpFoldResult CumulativeOp::fold(FoldAdaptor adaptor) { return foldOne(*this, adaptor.getOperands()); }
LogicalResult CumulativeOp::getReference(ReferenceCall &call) {
  call.name = "cumulative";
  call.ints = {static_cast<int64_t>(getKind()), static_cast<int64_t>(getAxis()), getExclusive(), getReverse()};
  return success();
}
AffineExpr CumulativeOp::getWork() { return product(shapeOf(getX()), getContext()); }

LogicalResult SoftmaxOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  if (failed(checkAxis(loc, adaptor.getAxis(), tensorTypeOf(adaptor.getX()).getRank())))
    return failure();
  types.push_back(adaptor.getX().getType());
  return success();
}
LogicalResult SoftmaxOp::verify() { return success(); }
OpFoldResult SoftmaxOp::fold(FoldAdaptor adaptor) { return foldOne(*this, adaptor.getOperands()); }
LogicalResult SoftmaxOp::getReference(ReferenceCall &call) {
  call.name = "softmax";
  call.ints = {static_cast<int64_t>(getAxis()), getLog()};
  return success();
}
AffineExpr SoftmaxOp::getWork() { return product(shapeOf(getX()), getContext()) * 4; }

LogicalResult LayerNormOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  if (failed(checkAxis(loc, adaptor.getAxis(), tensorTypeOf(adaptor.getX()).getRank())))
    return failure();
  types.push_back(adaptor.getX().getType());
  return success();
}
LogicalResult LayerNormOp::verify() {
  // Scale and bias spread over x.
  ArrayRef<int64_t> x = getX().getType().getShape();
  for (Value v : {Value(getScale()), Value(getBias())}) {
    if (!v)
      continue;
    if (elementTypeOf(v) != elementTypeOf(getX()))
      return emitOpError("has a scale or bias of ") << elementTypeOf(v) << " for an input of " << elementTypeOf(getX());
    ArrayRef<int64_t> shape = tensorTypeOf(v).getShape();
    bool fits = shape.size() <= x.size();
    for (size_t d = 0; fits && d < shape.size(); ++d) {
      int64_t have = shape[d], want = x[x.size() - shape.size() + d];
      fits = have == 1 || have == want || ShapedType::isDynamic(have) || ShapedType::isDynamic(want);
    }
    if (!fits)
      return emitOpError("has a scale or bias of type ") << v.getType() << " for an input of type " << getX().getType();
  }
  return success();
}
OpFoldResult LayerNormOp::fold(FoldAdaptor adaptor) { return foldOne(*this, adaptor.getOperands()); }
LogicalResult LayerNormOp::getReference(ReferenceCall &call) {
  call.name = "layer_norm";
  call.ints = {static_cast<int64_t>(getAxis())};
  call.floats = {getEpsilon().convertToDouble()};
  call.mask = {true, getScale() != nullptr, getBias() != nullptr};
  return success();
}
AffineExpr LayerNormOp::getWork() { return product(shapeOf(getX()), getContext()) * 4; }

} // namespace mlc

#define GET_OP_CLASSES
#include "Reduction.cpp.inc"
