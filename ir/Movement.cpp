//===- Movement.cpp - types and folding of operators that move elements ----===//

#include "Fold.h"
#include "Views.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace mlc {

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

void ConstantOp::build(OpBuilder &builder, OperationState &state, ElementsAttr value) {
  build(builder, state, RankedTensorType::get(cast<RankedTensorType>(value.getType()).getShape(), value.getElementType()), value);
}
OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValueAttr(); }
LogicalResult ConstantOp::verify() {
  if (getValueAttr().getShapedType() != getType())
    return emitOpError("has a value of type ") << getValueAttr().getShapedType() << " and a result of type " << getType();
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(getValueAttr())) {
    // A text can name a resource and leave its bytes out.
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    int64_t needed = getType().getNumElements() * storageBytes(getType().getElementType());
    if (!blob || static_cast<int64_t>(blob->getData().size()) < needed)
      return emitOpError("has ") << (blob ? blob->getData().size() : 0) << " bytes, expected " << needed;
  }
  return success();
}
OpFoldResult SymbolicOp::fold(FoldAdaptor) { return getValueAttr(); }
LogicalResult SymbolicOp::verify() {
  if (!getType().hasStaticShape() || getType().getNumElements() != static_cast<int64_t>(getValue().size()))
    return emitOpError("has ") << getValue().size() << " expressions for a result of type " << getType();
  return checkExpressions(*this, getValue(), "value");
}
LogicalResult BindOp::verify() {
  auto type = getX().getType();
  if (!type.hasStaticShape() || static_cast<int64_t>(getElement()) >= type.getNumElements())
    return emitOpError("takes element ") << getElement() << " of a tensor of type " << type;
  return checkDataSymbol(*this, getSymbol());
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

static LogicalResult checkAxis(std::optional<Location> loc, int64_t axis, int64_t rank) {
  if (axis < 0 || axis >= rank)
    return emitOptionalError(loc, "axis ", axis, " is outside of rank ", rank);
  return success();
}

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  Shape x = shapeOf(adaptor.getX()), y;
  ArrayRef<int64_t> perm = adaptor.getPerm();
  SmallVector<bool> seen(x.size());
  if (perm.size() != x.size())
    return emitOptionalError(loc, "permutation of ", perm.size(), " dimensions for rank ", x.size());
  for (int64_t p : perm) {
    if (p < 0 || p >= static_cast<int64_t>(x.size()) || seen[p])
      return emitOptionalError(loc, "no permutation of the dimensions");
    seen[p] = true;
    y.push_back(x[p]);
  }
  types.push_back(tensorType(y, elementTypeOf(adaptor.getX())));
  return success();
}
LogicalResult TransposeOp::verify() { return success(); }

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  if (adaptor.getParts().empty())
    return emitOptionalError(loc, "nothing to concatenate");
  Shape y = shapeOf(adaptor.getParts()[0]);
  int64_t axis = adaptor.getAxis();
  if (failed(checkAxis(loc, axis, y.size())))
    return failure();
  for (Value v : adaptor.getParts().drop_front()) {
    Shape x = shapeOf(v);
    if (x.size() != y.size() || elementTypeOf(v) != elementTypeOf(adaptor.getParts()[0]))
      return emitOptionalError(loc, "parts ", adaptor.getParts()[0].getType(), " and ", v.getType(), " differ in rank or type");
    for (size_t d = 0; d < y.size(); ++d) {
      if (static_cast<int64_t>(d) == axis) {
        y[d] = y[d] + x[d];
      } else if (y[d] != x[d]) {
        auto cx = constantOf(x[d]), cy = constantOf(y[d]);
        if (cx && cy)
          return emitOptionalError(loc, "parts have sizes ", *cy, " and ", *cx, " in dimension ", d);
        Symbols::of(v).constrain(y[d], x[d]);
        if (cx)
          y[d] = x[d];
      }
    }
  }
  types.push_back(tensorType(y, elementTypeOf(adaptor.getParts()[0])));
  return success();
}

/// What is wrong with a value as part of a view, or "". Who reads it is for `checkViews`.
static std::string faultOfPart(Value part, Block *block) {
  Operation *made = part.getDefiningOp();
  if (!made || made->getBlock() != block || !(isa<GroupOp, ReshapeOp>(made) || (isa<ConcatOp>(made) && isView(made))))
    return "is made by no group";
  if (tensorTypeOf(part).getNumElements() == 0)
    return "is empty";
  if (llvm::count_if(part.getUses(), [](OpOperand &use) { return isa<ConcatOp>(use.getOwner()); }) > 1)
    return "is a part twice";
  auto reshape = dyn_cast<ReshapeOp>(made);
  return reshape ? faultOfPart(reshape.getX(), block) : "";
}

LogicalResult ConcatOp::verify() {
  if (!getView())
    return success();
  if (!getY().getType().hasStaticShape())
    return emitOpError("is a view of unknown size");
  for (auto [i, part] : llvm::enumerate(getParts()))
    if (std::string fault = faultOfPart(part, (*this)->getBlock()); !fault.empty())
      return emitOpError("is a view whose part ") << i << " " << fault;
  return success();
}

LogicalResult GatherOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Shape x = shapeOf(adaptor.getX()), indices = shapeOf(adaptor.getIndices());
  if (failed(checkAxis(loc, adaptor.getAxis(), x.size())))
    return failure();
  if (!isa<IntegerType>(elementTypeOf(adaptor.getIndices())))
    return emitOptionalError(loc, "indices are no integers");
  Shape y(x.begin(), x.begin() + adaptor.getAxis());
  y.append(indices);
  y.append(x.begin() + adaptor.getAxis() + 1, x.end());
  types.push_back(tensorType(y, elementTypeOf(adaptor.getX())));
  return success();
}
LogicalResult GatherOp::verify() { return success(); }

LogicalResult GatherElementsOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                                 SmallVectorImpl<Type> &types) {
  Shape x = shapeOf(adaptor.getX()), indices = shapeOf(adaptor.getIndices());
  if (failed(checkAxis(loc, adaptor.getAxis(), x.size())))
    return failure();
  if (indices.size() != x.size())
    return emitOptionalError(loc, "indices of rank ", indices.size(), " for data of rank ", x.size());
  types.push_back(tensorType(indices, elementTypeOf(adaptor.getX())));
  return success();
}

LogicalResult GatherNdOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Shape x = shapeOf(adaptor.getX()), indices = shapeOf(adaptor.getIndices());
  int64_t batch = adaptor.getBatchDims();
  auto tuple = indices.empty() ? std::nullopt : constantOf(indices.back());
  if (!tuple || batch < 0 || *tuple < 0 || batch + *tuple > static_cast<int64_t>(x.size()) ||
      batch >= static_cast<int64_t>(indices.size()))
    return emitOptionalError(loc, "index tuples do not fit data of rank ", x.size());
  Shape y(indices.begin(), indices.end() - 1);
  y.append(x.begin() + batch + *tuple, x.end());
  types.push_back(tensorType(y, elementTypeOf(adaptor.getX())));
  return success();
}

static LogicalResult inferLikeFirst(Value x, SmallVectorImpl<Type> &types) {
  types.push_back(x.getType());
  return success();
}
LogicalResult ScatterNdOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferLikeFirst(adaptor.getX(), types);
}
LogicalResult ScatterElementsOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                                  SmallVectorImpl<Type> &types) {
  return inferLikeFirst(adaptor.getX(), types);
}
LogicalResult ReverseSequenceOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                                  SmallVectorImpl<Type> &types) {
  return inferLikeFirst(adaptor.getX(), types);
}

//===----------------------------------------------------------------------===//
// Verifiers
//===----------------------------------------------------------------------===//

LogicalResult ReshapeOp::verify() {
  if (elementTypeOf(getX()) != elementTypeOf(getY()))
    return emitOpError("changes the element type");
  if (getX().getType().hasStaticShape() && getY().getType().hasStaticShape() &&
      getX().getType().getNumElements() != getY().getType().getNumElements())
    return emitOpError("makes ") << getY().getType() << " of " << getX().getType();
  return success();
}

LogicalResult BroadcastOp::verify() {
  ArrayRef<int64_t> x = getX().getType().getShape(), y = getY().getType().getShape();
  bool fits = x.size() <= y.size();
  for (size_t d = 0; fits && d < x.size(); ++d) {
    int64_t from = x[d], to = y[y.size() - x.size() + d];
    fits = from == 1 || from == to || ShapedType::isDynamic(from) || ShapedType::isDynamic(to);
  }
  if (!fits)
    return emitOpError("spreads a tensor of type ") << getX().getType() << " to " << getY().getType();
  return success();
}

/// Whether `steps` from `start` on stay within `size` in all runs, as far as that is known.
static bool readsInside(Symbols symbols, AffineExpr start, int64_t step, AffineExpr count, AffineExpr size) {
  if (auto c = constantOf(count); c && (*c <= 1 ? *c <= 0 : std::abs(step) > kMaxElements / *c))
    return *c <= 0;
  auto least = symbols.lowerBound(count);
  if (!least || *least < 1)
    return true;
  AffineExpr last = start + (count - 1) * step, below = step < 0 ? last : start, above = step < 0 ? start : last;
  return !symbols.lessOrEqual(size, above) && !symbols.lessOrEqual(below, constantExpr(-1, size.getContext()));
}

LogicalResult SliceOp::verify() {
  int64_t rank = getX().getType().getRank();
  if (getY().getType().getRank() != rank || static_cast<int64_t>(getStarts().size()) != rank ||
      static_cast<int64_t>(getSteps().size()) != rank)
    return emitOpError("needs a start and a step for each of ") << rank << " dimensions";
  if (failed(checkExpressions(*this, getStarts(), "starts")))
    return failure();
  Symbols symbols = Symbols::of(getOperation());
  Shape from = shapeOf(getX()), to = shapeOf(getY());
  for (int64_t d = 0; d < rank; ++d) {
    auto isIndex = [](int64_t i) { return i >= -kMaxElements && i <= kMaxElements; };
    if (!isIndex(getSteps()[d]) || !isIndex(constantOf(getStarts()[d]).value_or(0)))
      return emitOpError("has a start or a step in dimension ") << d << " that is no index";
    // What is taken whole needs no proof.
    if (from[d] == to[d] && getSteps()[d] == 1 && constantOf(getStarts()[d]) == 0)
      continue;
    if (!readsInside(symbols, getStarts()[d], getSteps()[d], to[d], from[d]))
      return emitOpError("reads outside of dimension ") << d;
  }
  if (!getView())
    return success();
  if (!getX().getType().hasStaticShape() || !getY().getType().hasStaticShape() || !allConstant(getStarts().exprs()) ||
      llvm::any_of(getSteps(), [](int64_t s) { return s != 1; }))
    return emitOpError("is a view of unknown sizes or with steps");
  return success();
}

LogicalResult PadOp::verify() {
  size_t rank = getX().getType().getRank();
  if (getLow().size() != rank || getHigh().size() != rank || getInterior().size() != rank)
    return emitOpError("needs padding for each of ") << rank << " dimensions";
  if (getMode() != PadMode::constant && llvm::any_of(getInterior(), [](int64_t i) { return i != 0; }))
    return emitOpError("has interior padding in a mode other than constant");
  if (getValue() && (elementTypeOf(getValue()) != elementTypeOf(getX()) || !getValue().getType().hasStaticShape() ||
                     getValue().getType().getNumElements() != 1))
    return emitOpError("has a value of type ") << getValue().getType() << ", expected one " << elementTypeOf(getX());
  if (failed(checkExpressions(*this, getLow(), "low")) || failed(checkExpressions(*this, getHigh(), "high")))
    return failure();
  Shape expected = shapeOf(getX());
  for (size_t d = 0; d < rank; ++d) {
    auto low = constantOf(getLow()[d]), high = constantOf(getHigh()[d]);
    auto isSize = [](int64_t i) { return i >= -kMaxElements && i <= kMaxElements; };
    if (getInterior()[d] < 0 || getInterior()[d] > (1 << 20) || !isSize(low.value_or(0)) || !isSize(high.value_or(0)))
      return emitOpError("has padding in dimension ") << d << " that is no size";
    // Between no elements there is nothing.
    auto size = constantOf(expected[d]);
    if (getInterior()[d] && size != 0)
      expected[d] = expected[d] + (expected[d] - 1) * getInterior()[d];
    expected[d] = expected[d] + getLow()[d] + getHigh()[d];
  }
  return checkShape(*this, getY(), expected);
}

LogicalResult IotaOp::verify() {
  if (failed(checkAxis(getLoc(), getAxis(), getY().getType().getRank())))
    return failure();
  if (getRange().size() != 2)
    return emitOpError("needs a start and a step, not ") << getRange().size() << " expressions";
  return checkExpressions(*this, getRange(), "range");
}

LogicalResult ResizeOp::verify() {
  size_t rank = getX().getType().getRank();
  if (getY().getType().getRank() != static_cast<int64_t>(rank))
    return emitOpError("makes ") << getY().getType() << " of " << getX().getType();
  if (!getScales().empty() && getScales().size() != rank)
    return emitOpError("has ") << getScales().size() << " scales for " << rank << " dimensions";
  if (llvm::any_of(getScales(), [](double s) { return !(s > 0); }))
    return emitOpError("has a scale that is not above 0");
  if (!getRoi().empty() && getRoi().size() != 2 * rank)
    return emitOpError("has ") << getRoi().size() << " limits of the region, expected " << 2 * rank;
  // From nothing nothing can be sampled.
  for (size_t d = 0; d < rank; ++d)
    if (getX().getType().getDimSize(d) == 0 && getY().getType().getDimSize(d) > 0)
      return emitOpError("samples dimension ") << d << ", which is empty";
  return success();
}

/// Checks that a walk over `indices` stays within x in all dimensions but `axis`.
static LogicalResult checkWithin(Operation *op, RankedTensorType indices, RankedTensorType x, int64_t axis) {
  for (int64_t d = 0; d < x.getRank(); ++d)
    if (d != axis && !indices.isDynamicDim(d) && !x.isDynamicDim(d) && indices.getDimSize(d) > x.getDimSize(d))
      return op->emitOpError() << "has indices of type " << indices << " for data of type " << x;
  return success();
}

LogicalResult GatherElementsOp::verifyRegions() { return checkWithin(*this, getIndices().getType(), getX().getType(), getAxis()); }

LogicalResult GatherNdOp::verifyRegions() {
  for (int64_t d = 0; d < static_cast<int64_t>(getBatchDims()); ++d) {
    int64_t x = getX().getType().getDimSize(d), indices = getIndices().getType().getDimSize(d);
    if (!ShapedType::isDynamic(x) && !ShapedType::isDynamic(indices) && x != indices)
      return emitOpError("has indices of type ") << getIndices().getType() << " for data of type " << getX().getType();
  }
  return success();
}

static LogicalResult checkUpdates(Operation *op, Value x, Value updates, ArrayRef<AffineExpr> expected) {
  if (elementTypeOf(updates) != elementTypeOf(x))
    return op->emitOpError() << "has updates of " << elementTypeOf(updates) << " for data of " << elementTypeOf(x);
  return checkShape(op, updates, expected);
}

LogicalResult ScatterNdOp::verify() {
  Shape x = shapeOf(getX()), indices = shapeOf(getIndices());
  auto tuple = indices.empty() ? std::nullopt : constantOf(indices.back());
  if (!tuple || *tuple < 0 || *tuple > static_cast<int64_t>(x.size()))
    return emitOpError("has index tuples that do not fit data of rank ") << x.size();
  Shape expected(indices.begin(), indices.end() - 1);
  expected.append(x.begin() + *tuple, x.end());
  return checkUpdates(*this, getX(), getUpdates(), expected);
}

LogicalResult ScatterElementsOp::verify() {
  auto x = getX().getType(), indices = getIndices().getType();
  if (failed(checkAxis(getLoc(), getAxis(), x.getRank())))
    return failure();
  if (indices.getRank() != x.getRank())
    return emitOpError("has indices of rank ") << indices.getRank() << " for data of rank " << x.getRank();
  if (failed(checkWithin(*this, indices, x, getAxis())))
    return failure();
  return checkUpdates(*this, getX(), getUpdates(), shapeOf(getIndices()));
}

LogicalResult ReverseSequenceOp::verify() {
  int64_t rank = getX().getType().getRank(), batch = getBatchAxis(), time = getTimeAxis();
  if (failed(checkAxis(getLoc(), batch, rank)) || failed(checkAxis(getLoc(), time, rank)))
    return failure();
  if (batch == time)
    return emitOpError("has one axis for batch and time");
  return checkShape(*this, getLengths(), shapeOf(getX())[batch]);
}

//===----------------------------------------------------------------------===//
// References
//===----------------------------------------------------------------------===//

static LogicalResult named(ReferenceCall &call, StringRef name, ArrayRef<int64_t> ints) {
  call.name = name.str();
  call.ints.assign(ints.begin(), ints.end());
  return success();
}

LogicalResult ReshapeOp::getReference(ReferenceCall &call) { return named(call, "reshape", {}); }
LogicalResult BroadcastOp::getReference(ReferenceCall &call) { return named(call, "broadcast_to", {}); }
LogicalResult TransposeOp::getReference(ReferenceCall &call) { return named(call, "transpose", getPerm()); }
LogicalResult ConcatOp::getReference(ReferenceCall &call) { return named(call, "concat", static_cast<int64_t>(getAxis())); }
LogicalResult GatherOp::getReference(ReferenceCall &call) { return named(call, "gather", static_cast<int64_t>(getAxis())); }
LogicalResult GatherElementsOp::getReference(ReferenceCall &call) {
  return named(call, "gather_elements", static_cast<int64_t>(getAxis()));
}
LogicalResult GatherNdOp::getReference(ReferenceCall &call) { return named(call, "gather_nd", static_cast<int64_t>(getBatchDims())); }
LogicalResult ScatterNdOp::getReference(ReferenceCall &call) { return named(call, "scatter_nd", static_cast<int64_t>(getReduction())); }
LogicalResult ScatterElementsOp::getReference(ReferenceCall &call) {
  return named(call, "scatter_elements", {static_cast<int64_t>(getAxis()), static_cast<int64_t>(getReduction())});
}
LogicalResult ReverseSequenceOp::getReference(ReferenceCall &call) {
  return named(call, "reverse_sequence", {static_cast<int64_t>(getBatchAxis()), static_cast<int64_t>(getTimeAxis())});
}

LogicalResult SliceOp::getReference(ReferenceCall &call) {
  auto starts = constantsOf(getStarts().exprs());
  if (!starts)
    return failure();
  starts->append(getSteps().begin(), getSteps().end());
  return named(call, "slice", *starts);
}

LogicalResult PadOp::getReference(ReferenceCall &call) {
  auto low = constantsOf(getLow().exprs()), high = constantsOf(getHigh().exprs());
  if (!low || !high)
    return failure();
  SmallVector<int64_t> ints{static_cast<int64_t>(getMode())};
  ints.append(*low);
  ints.append(*high);
  ints.append(getInterior().begin(), getInterior().end());
  return named(call, "pad", ints);
}

LogicalResult IotaOp::getReference(ReferenceCall &call) {
  auto range = constantsOf(getRange().exprs());
  if (!range)
    return failure();
  call.floats = {getFloatStart().convertToDouble(), getFloatStep().convertToDouble()};
  return named(call, "iota", {static_cast<int64_t>(getAxis()), (*range)[0], (*range)[1]});
}

//===----------------------------------------------------------------------===//
// Folding
//===----------------------------------------------------------------------===//

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getY().getType())
    return getX();
  if (auto before = getX().getDefiningOp<ReshapeOp>()) {
    getXMutable().assign(before.getX());
    return getResult();
  }
  // The bytes stay where they are.
  if (auto resource = dyn_cast_if_present<DenseResourceElementsAttr>(adaptor.getX()); resource && getY().getType().hasStaticShape())
    return DenseResourceElementsAttr::get(
        RankedTensorType::get(getY().getType().getShape(), getY().getType().getElementType()), resource.getRawHandle());
  if (auto dense = dyn_cast_if_present<DenseElementsAttr>(adaptor.getX()); dense && getY().getType().hasStaticShape())
    return dense.reshape(RankedTensorType::get(getY().getType().getShape(), getY().getType().getElementType()));
  return foldOne(*this, adaptor.getOperands());
}

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getY().getType())
    return getX();
  return foldOne(*this, adaptor.getOperands());
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  if (llvm::all_of(llvm::enumerate(getPerm()), [](auto p) { return static_cast<int64_t>(p.index()) == p.value(); }))
    return getX();
  if (auto before = getX().getDefiningOp<TransposeOp>()) {
    SmallVector<int64_t> joined;
    for (int64_t p : getPerm())
      joined.push_back(before.getPerm()[p]);
    getXMutable().assign(before.getX());
    setPerm(joined);
    return getResult();
  }
  return foldOne(*this, adaptor.getOperands());
}

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getY().getType() && llvm::all_of(getSteps(), [](int64_t s) { return s == 1; }))
    return getX();
  return foldOne(*this, adaptor.getOperands());
}

OpFoldResult ConcatOp::fold(FoldAdaptor adaptor) {
  // Within a group one part is a copy of it.
  if (getParts().size() == 1 && !getView() && !isa_and_present<GroupOp>((*this)->getParentOp()))
    return getParts()[0];
  return foldOne(*this, adaptor.getOperands());
}

/// Neighbouring slices of one tensor are one slice of it.
LogicalResult ConcatOp::canonicalize(ConcatOp op, PatternRewriter &rewriter) {
  int64_t axis = op.getAxis();
  auto follows = [&](SliceOp a, SliceOp b) {
    if (!a || !b || a.getX() != b.getX() || a.getSteps() != b.getSteps() || a.getSteps()[axis] != 1)
      return false;
    SmallVector<AffineExpr> next(a.getStarts().exprs());
    next[axis] = next[axis] + shapeOf(a.getY())[axis];
    return ArrayRef(next) == b.getStarts().exprs();
  };
  SmallVector<SmallVector<Value>> runs;
  for (Value part : op.getParts()) {
    if (!runs.empty() && follows(runs.back().back().getDefiningOp<SliceOp>(), part.getDefiningOp<SliceOp>()))
      runs.back().push_back(part);
    else
      runs.push_back({part});
  }
  if (op.getView() || runs.size() == op.getParts().size())
    return failure();
  SmallVector<Value> parts;
  for (ArrayRef<Value> run : runs) {
    if (run.size() == 1) {
      parts.push_back(run[0]);
      continue;
    }
    Shape shape = shapeOf(run[0]);
    for (Value next : run.drop_front())
      shape[axis] = shape[axis] + shapeOf(next)[axis];
    auto first = run[0].getDefiningOp<SliceOp>();
    auto type = runs.size() == 1 ? op.getY().getType() : tensorType(shape, elementTypeOf(run[0]));
    parts.push_back(rewriter.createOrFold<SliceOp>(op.getLoc(), type, first.getX(), first.getStarts(), first.getSteps()));
  }
  if (parts.size() == 1)
    rewriter.replaceOp(op, parts[0]);
  else
    rewriter.replaceOpWithNewOp<ConcatOp>(op, op.getY().getType(), parts, static_cast<uint64_t>(axis));
  return success();
}

OpFoldResult PadOp::fold(FoldAdaptor adaptor) {
  auto zero = [](DimsAttr a) {
    return llvm::all_of(a.exprs(), [](AffineExpr e) { return constantOf(e) == std::optional<int64_t>(0); });
  };
  if (zero(getLow()) && zero(getHigh()) && llvm::all_of(getInterior(), [](int64_t i) { return i == 0; }))
    return getX();
  return foldOne(*this, adaptor.getOperands());
}

OpFoldResult IotaOp::fold(FoldAdaptor) {
  auto type = getY().getType();
  if (!type.hasStaticShape() || type.getNumElements() > 1024 || !isa<IntegerType>(type.getElementType()) ||
      Symbols::of(getOperation()).getFunction() == nullptr)
    return {};
  SmallVector<AffineExpr> elements;
  int64_t inner = 1;
  for (int64_t d = getAxis() + 1; d < type.getRank(); ++d)
    inner *= type.getDimSize(d);
  for (int64_t n = 0; n < type.getNumElements(); ++n)
    elements.push_back(getRange()[0] + getRange()[1] * constantExpr(n / inner % type.getDimSize(getAxis()), getContext()));
  if (auto values = constantsOf(elements)) {
    std::vector<char> bytes;
    for (int64_t v : *values)
      bytes.insert(bytes.end(), reinterpret_cast<char *>(&v), reinterpret_cast<char *>(&v) + storageBytes(type.getElementType()));
    return constantFromBytes(type, std::move(bytes));
  }
  return DimsAttr::get(getContext(), elements);
}

OpFoldResult GatherOp::fold(FoldAdaptor adaptor) { return foldOne(*this, adaptor.getOperands()); }
OpFoldResult GatherElementsOp::fold(FoldAdaptor adaptor) { return foldOne(*this, adaptor.getOperands()); }
OpFoldResult GatherNdOp::fold(FoldAdaptor adaptor) { return foldOne(*this, adaptor.getOperands()); }
OpFoldResult ScatterNdOp::fold(FoldAdaptor adaptor) { return foldOne(*this, adaptor.getOperands()); }
OpFoldResult ScatterElementsOp::fold(FoldAdaptor adaptor) { return foldOne(*this, adaptor.getOperands()); }
OpFoldResult ReverseSequenceOp::fold(FoldAdaptor adaptor) { return foldOne(*this, adaptor.getOperands()); }

//===----------------------------------------------------------------------===//
// Movement of expressions
//===----------------------------------------------------------------------===//

using Elements = ArrayRef<SmallVector<AffineExpr>>;

/// Fills the result from x by a map of indices; x's type and the result's are static.
static LogicalResult moveEach(Value x, Value y, Elements operands, SmallVectorImpl<AffineExpr> &result,
                              function_ref<bool(ArrayRef<int64_t>, SmallVectorImpl<int64_t> &)> map) {
  auto from = tensorTypeOf(x), to = tensorTypeOf(y);
  if (operands[0].empty() || !from.hasStaticShape())
    return failure();
  SmallVector<int64_t> at(to.getRank());
  for (int64_t n = 0; n < to.getNumElements(); ++n) {
    int64_t rest = n;
    for (int64_t d = to.getRank() - 1; d >= 0; --d) {
      at[d] = rest % to.getDimSize(d);
      rest /= to.getDimSize(d);
    }
    SmallVector<int64_t> source;
    if (!map(at, source))
      return failure();
    int64_t linear = 0;
    for (int64_t d = 0; d < from.getRank(); ++d) {
      if (source[d] < 0 || source[d] >= from.getDimSize(d))
        return failure();
      linear = linear * from.getDimSize(d) + source[d];
    }
    result.push_back(operands[0][linear]);
  }
  return success();
}

LogicalResult ReshapeOp::foldSymbolic(Elements operands, SmallVectorImpl<AffineExpr> &result) {
  result.assign(operands[0].begin(), operands[0].end());
  return success(!operands[0].empty());
}

LogicalResult BroadcastOp::foldSymbolic(Elements operands, SmallVectorImpl<AffineExpr> &result) {
  auto from = getX().getType();
  return moveEach(getX(), getY(), operands, result, [&](ArrayRef<int64_t> at, SmallVectorImpl<int64_t> &source) {
    for (int64_t d = 0; d < from.getRank(); ++d)
      source.push_back(from.getDimSize(d) == 1 ? 0 : at[at.size() - from.getRank() + d]);
    return true;
  });
}

LogicalResult TransposeOp::foldSymbolic(Elements operands, SmallVectorImpl<AffineExpr> &result) {
  return moveEach(getX(), getY(), operands, result, [&](ArrayRef<int64_t> at, SmallVectorImpl<int64_t> &source) {
    source.resize(at.size());
    for (auto [i, p] : llvm::enumerate(getPerm()))
      source[p] = at[i];
    return true;
  });
}

LogicalResult SliceOp::foldSymbolic(Elements operands, SmallVectorImpl<AffineExpr> &result) {
  auto starts = constantsOf(getStarts().exprs());
  if (!starts)
    return failure();
  return moveEach(getX(), getY(), operands, result, [&](ArrayRef<int64_t> at, SmallVectorImpl<int64_t> &source) {
    for (auto [d, i] : llvm::enumerate(at))
      source.push_back((*starts)[d] + i * getSteps()[d]);
    return true;
  });
}

LogicalResult GatherOp::foldSymbolic(Elements operands, SmallVectorImpl<AffineExpr> &result) {
  auto indices = constantsOf(operands[1]);
  if (!indices || indices->empty())
    return failure();
  int64_t axis = getAxis(), indexRank = getIndices().getType().getRank();
  ArrayRef<int64_t> indexShape = getIndices().getType().getShape();
  int64_t size = getX().getType().getDimSize(axis);
  return moveEach(getX(), getY(), operands, result, [&](ArrayRef<int64_t> at, SmallVectorImpl<int64_t> &source) {
    source.append(at.begin(), at.begin() + axis);
    int64_t linear = 0;
    for (int64_t d = 0; d < indexRank; ++d)
      linear = linear * indexShape[d] + at[axis + d];
    int64_t i = (*indices)[linear];
    source.push_back(i < 0 ? i + size : i);
    source.append(at.begin() + axis + indexRank, at.end());
    return true;
  });
}

LogicalResult ConcatOp::foldSymbolic(Elements operands, SmallVectorImpl<AffineExpr> &result) {
  // Only what shapes are made of: one dimension, or parts with one row along leading dimensions.
  for (int64_t d = 0; d < static_cast<int64_t>(getAxis()); ++d)
    if (getY().getType().getDimSize(d) != 1)
      return failure();
  for (auto [part, elements] : llvm::zip(getParts(), operands)) {
    auto type = tensorTypeOf(part);
    if (!type.hasStaticShape() || static_cast<int64_t>(elements.size()) != type.getNumElements())
      return failure();
    result.append(elements.begin(), elements.end());
  }
  return success();
}

bool ReshapeOp::keepsScale() { return true; }
bool BroadcastOp::keepsScale() { return true; }
bool TransposeOp::keepsScale() { return true; }
bool SliceOp::keepsScale() { return true; }
bool ConcatOp::keepsScale() { return true; }
bool PadOp::keepsScale() { return true; }
bool GatherOp::keepsScale() { return true; }
bool GatherElementsOp::keepsScale() { return true; }
bool GatherNdOp::keepsScale() { return true; }
bool IotaOp::keepsScale() { return false; }
bool ResizeOp::keepsScale() { return getMode() == 0; }
bool ScatterNdOp::keepsScale() { return getReduction() == 0; }
bool ScatterElementsOp::keepsScale() { return getReduction() == 0; }
bool ReverseSequenceOp::keepsScale() { return true; }

} // namespace mlc

#define GET_OP_CLASSES
#include "Movement.cpp.inc"
