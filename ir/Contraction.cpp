//===- Contraction.cpp - products, convolutions, windows --------------------===//

#include "Fold.h"
#include "Layout.h"
#include "Winograd.h"

using namespace mlir;

namespace mlc {

//===----------------------------------------------------------------------===//
// Product
//===----------------------------------------------------------------------===//

/// Packed weights may be narrower than what they are multiplied with.
static bool fitsWeights(Type x, Type weights, bool packed) {
  return x == weights || (packed && x.isF32() && (weights.isF16() || weights.isBF16()));
}

LogicalResult MatmulOp::inferReturnTypes(MLIRContext *ctx, std::optional<Location> loc, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Shape a = shapeOf(adaptor.getA()), b = shapeOf(adaptor.getB());
  bool packed = adaptor.getColumns().has_value();
  size_t tail = packed ? 3 : 2;
  if (a.size() < 2 || b.size() < tail)
    return emitOptionalError(loc, "operands of rank ", a.size(), " and ", b.size());
  if (!fitsWeights(elementTypeOf(adaptor.getA()), elementTypeOf(adaptor.getB()), packed))
    return emitOptionalError(loc, "element types ", elementTypeOf(adaptor.getA()), " and ", elementTypeOf(adaptor.getB()), " differ");
  AffineExpr m = a[a.size() - (adaptor.getTransA() ? 1 : 2)], ka = a[a.size() - (adaptor.getTransA() ? 2 : 1)];
  AffineExpr kb, n;
  if (packed) {
    kb = b[b.size() - 2];
    if (adaptor.getColumns()->size() != 1)
      return emitOptionalError(loc, "columns is one expression");
    n = (*adaptor.getColumns())[0];
  } else {
    kb = b[b.size() - (adaptor.getTransB() ? 1 : 2)];
    n = b[b.size() - (adaptor.getTransB() ? 2 : 1)];
  }
  auto ca = constantOf(ka), cb = constantOf(kb);
  if (ca && cb && *ca != *cb)
    return emitOptionalError(loc, "inner dimensions ", *ca, " and ", *cb, " differ");
  if (ka != kb)
    Symbols::of(adaptor.getA()).constrain(ka, kb);
  auto batch = broadcastShapes(ArrayRef(a).drop_back(2), ArrayRef(b).drop_back(tail), Symbols::of(adaptor.getA()));
  if (!batch)
    return emitOptionalError(loc, "leading dimensions of ", adaptor.getA().getType(), " and ", adaptor.getB().getType(),
                             " do not broadcast");
  batch->push_back(m);
  batch->push_back(n);
  types.push_back(tensorType(*batch, elementTypeOf(adaptor.getA())));
  return success();
}
LogicalResult MatmulOp::verifyRegions() {
  if (!isPacked())
    return success();
  if (failed(checkExpressions(*this, *getColumns(), "columns")))
    return failure();
  Shape expected = shapeOf(getB());
  expected[expected.size() - 3] = (*getColumns())[0].ceilDiv(kPanel);
  expected.back() = constantExpr(kPanel, getContext());
  return checkShape(*this, getB(), expected);
}
OpFoldResult MatmulOp::fold(FoldAdaptor adaptor) { return isPacked() ? OpFoldResult() : foldOne(*this, adaptor.getOperands()); }
LogicalResult MatmulOp::getReference(ReferenceCall &call) {
  if (isPacked())
    return failure();
  call.name = "matmul";
  call.ints = {getTransA(), getTransB()};
  return success();
}
AffineExpr MatmulOp::getWork() {
  Shape a = shapeOf(getA());
  return product(shapeOf(getY()), getContext()) * a[a.size() - (getTransA() ? 2 : 1)];
}
std::pair<int, int> MatmulOp::getWeightAxis() {
  return {1, static_cast<int>(getB().getType().getRank()) - (getTransB() ? 2 : 1)};
}

LogicalResult PackOp::inferReturnTypes(MLIRContext *ctx, std::optional<Location> loc, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Shape x = shapeOf(adaptor.getX());
  if (x.size() < 2)
    return emitOptionalError(loc, "packs matrices, and x has rank ", x.size());
  AffineExpr k = x[x.size() - (adaptor.getTrans() ? 1 : 2)], n = x[x.size() - (adaptor.getTrans() ? 2 : 1)];
  Shape y(x.begin(), x.end() - 2);
  y.append({n.ceilDiv(kPanel), k, constantExpr(kPanel, ctx)});
  types.push_back(tensorType(y, elementTypeOf(adaptor.getX())));
  return success();
}

//===----------------------------------------------------------------------===//
// Winograd's domain
//===----------------------------------------------------------------------===//

/// The transforms of such tiles; nothing (after a message) where there are none.
static std::optional<winograd::Tile> tileOf(std::optional<Location> loc, ArrayRef<int64_t> outputs, ArrayRef<int64_t> taps) {
  std::optional<winograd::Tile> tile = winograd::tileOf(outputs, taps);
  if (tile && tile->domain() > 1)
    return tile;
  (void)emitOptionalError(loc, "has no matrices for tiles of [", outputs, "] outputs with [", taps, "] taps");
  return std::nullopt;
}

LogicalResult WinogradInputOp::inferReturnTypes(MLIRContext *ctx, std::optional<Location> loc, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Shape x = shapeOf(adaptor.getX());
  ArrayRef<int64_t> outputs = adaptor.getOutputs(), taps = adaptor.getTaps(), low = adaptor.getLow(), high = adaptor.getHigh();
  std::optional<winograd::Tile> tile = tileOf(loc, outputs, taps);
  if (!tile)
    return failure();
  if (x.size() != outputs.size() + 2 || low.size() != outputs.size() || high.size() != outputs.size())
    return emitOptionalError(loc, "takes [N, spatial..., C] and two sizes of padding for each of ", outputs.size(), " dimensions");
  if (!elementTypeOf(adaptor.getX()).isF32())
    return emitOptionalError(loc, "takes f32");
  AffineExpr tiles = x[0];
  for (size_t d = 0; d < outputs.size(); ++d)
    tiles = tiles * (x[d + 1] + (low[d] + high[d] - (taps[d] - 1))).ceilDiv(outputs[d]);
  types.push_back(tensorType({constantExpr(tile->domain(), ctx), tiles, x.back()}, elementTypeOf(adaptor.getX())));
  return success();
}

LogicalResult WinogradOutputOp::inferReturnTypes(MLIRContext *ctx, std::optional<Location> loc, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  std::optional<winograd::Tile> tile = tileOf(loc, adaptor.getOutputs(), adaptor.getTaps());
  if (!tile)
    return failure();
  Shape x = shapeOf(adaptor.getX());
  if (x.size() != 3 || constantOf(x[0]) != std::optional<int64_t>(tile->domain()) || adaptor.getShape().size() != adaptor.getOutputs().size() + 1)
    return emitOptionalError(loc, "takes [", tile->domain(), ", tiles, F], and a shape of ", adaptor.getOutputs().size() + 1, " sizes");
  if (!elementTypeOf(adaptor.getX()).isF32())
    return emitOptionalError(loc, "takes f32");
  Shape y(adaptor.getShape().exprs());
  y.push_back(x[2]);
  types.push_back(tensorType(y, elementTypeOf(adaptor.getX())));
  return success();
}

LogicalResult WinogradOutputOp::verifyRegions() {
  if (failed(checkExpressions(*this, getShape(), "shape")))
    return failure();
  Shape x = shapeOf(getX()), y = shapeOf(getY());
  x[1] = y[0];
  for (auto [d, outputs] : llvm::enumerate(getOutputs()))
    x[1] = x[1] * y[d + 1].ceilDiv(outputs);
  return checkShape(*this, getX(), x);
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

/// Checks that all lists of a windowed operator have `rank` members that make sense.
static LogicalResult checkWindow(std::optional<Location> loc, size_t rank, ArrayRef<int64_t> window, ArrayRef<int64_t> strides,
                                 ArrayRef<int64_t> dilations, ArrayRef<int64_t> low, ArrayRef<int64_t> high) {
  if (window.size() != rank || strides.size() != rank || dilations.size() != rank || low.size() != rank || high.size() != rank)
    return emitOptionalError(loc, "window, strides, dilations or padding do not have ", rank, " members");
  for (size_t d = 0; d < rank; ++d)
    if (window[d] < 1 || strides[d] < 1 || dilations[d] < 1 || window[d] > (1 << 24) || dilations[d] > (1 << 24) ||
        strides[d] > (1 << 30) || low[d] < -(1 << 30) || low[d] > (1 << 30) || high[d] < -(1 << 30) || high[d] > (1 << 30))
      return emitOptionalError(loc, "window ", window[d], ", stride ", strides[d], ", dilation ", dilations[d], " in dimension ", d);
  return success();
}

/// Size of the output along one dimension; null (after a message) where it is negative.
static AffineExpr outputSize(std::optional<Location> loc, AffineExpr in, int64_t window, int64_t stride, int64_t dilation, int64_t low,
                             int64_t high, bool ceil, Symbols symbols) {
  AffineExpr span = in + (low + high - (window - 1) * dilation - 1);
  if (auto c = constantOf(span); c && *c < 0) {
    (void)emitOptionalError(loc, "a window of ", (window - 1) * dilation + 1, " elements is larger than the padded input");
    return nullptr;
  }
  if (!ceil)
    return span.floorDiv(stride) + 1;
  AffineExpr size = span.ceilDiv(stride) + 1;
  // The last window has to start inside the input or the padding before it.
  AffineExpr starts = (in + (low - 1)).floorDiv(stride) + 1;
  return symbols.minimum(size, starts);
}

SmallVector<int64_t> ConvOp::getWindow() {
  ArrayRef<int64_t> shape = getWeights().getType().getShape();
  size_t rank = getSpatialRank();
  size_t first = isPacked() && isDepthwise() ? 0 : 1;
  return SmallVector<int64_t>(shape.begin() + first, shape.begin() + first + rank);
}

bool ConvOp::isDepthwise() {
  int64_t channels = getX().getType().getShape().back();
  int64_t features = getY().getType().getShape().back();
  return getGroups() > 1 && channels == static_cast<int64_t>(getGroups()) && features == channels;
}

LogicalResult ConvOp::inferReturnTypes(MLIRContext *ctx, std::optional<Location> loc, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Shape x = shapeOf(adaptor.getX());
  auto weights = tensorTypeOf(adaptor.getWeights());
  size_t rank = adaptor.getStrides().size();
  int64_t groups = adaptor.getGroups(), columns = adaptor.getColumns();
  if (x.size() != rank + 2)
    return emitOptionalError(loc, "input of rank ", x.size(), ", expected ", rank + 2);
  if (!fitsWeights(elementTypeOf(adaptor.getX()), weights.getElementType(), columns != 0))
    return emitOptionalError(loc, "input of ", elementTypeOf(adaptor.getX()), " and weights of ", weights.getElementType());
  auto channels = constantOf(x.back());
  if (!channels)
    return emitOptionalError(loc, "the number of channels is not known");
  if (groups < 1 || *channels % groups)
    return emitOptionalError(loc, *channels, " channels in ", groups, " groups");
  size_t first = 1;
  int64_t features;
  if (rank == 0)
    return emitOptionalError(loc, "no spatial dimensions");
  if (columns == 0) {
    if (static_cast<size_t>(weights.getRank()) != rank + 2 || !weights.hasStaticShape())
      return emitOptionalError(loc, "weights of type ", weights, " for ", rank, " spatial dimensions");
    features = weights.getDimSize(0);
    if (features % groups)
      return emitOptionalError(loc, features, " filters in ", groups, " groups");
    if (weights.getShape().back() != *channels / groups)
      return emitOptionalError(loc, "weights have ", weights.getShape().back(), " input channels, expected ", *channels / groups, " (input ",
                               *channels, ", group ", groups, ")");
  } else {
    features = columns;
    if (groups > 1 && groups == *channels && features == *channels)
      first = 0;
    if (static_cast<size_t>(weights.getRank()) < first + rank || !weights.hasStaticShape())
      return emitOptionalError(loc, "packed weights of type ", weights);
  }
  ArrayRef<int64_t> window = weights.getShape().slice(first, rank);
  if (failed(checkWindow(loc, rank, window, adaptor.getStrides(), adaptor.getDilations(), adaptor.getLow(), adaptor.getHigh())))
    return failure();
  Shape y{x[0]};
  for (size_t d = 0; d < rank; ++d) {
    AffineExpr size = outputSize(loc, x[d + 1], window[d], adaptor.getStrides()[d], adaptor.getDilations()[d], adaptor.getLow()[d],
                                 adaptor.getHigh()[d], false, Symbols::of(adaptor.getX()));
    if (!size)
      return failure();
    y.push_back(size);
  }
  y.push_back(constantExpr(features, ctx));
  types.push_back(tensorType(y, elementTypeOf(adaptor.getX())));
  return success();
}
LogicalResult ConvOp::verifyRegions() {
  ArrayRef<int64_t> zeros = getZeros();
  if (!zeros.empty())
    if (!isPacked() || static_cast<int64_t>(zeros.size()) != 2 * getSpatialRank() || llvm::any_of(zeros, [](int64_t z) { return z < 0; }))
      return emitOpError("has packed weights and two numbers a spatial dimension where it has zeros");
  if (!isPacked())
    return success();
  auto nonZero = [](int64_t p) { return p != 0; };
  if (llvm::any_of(getLow(), nonZero) || llvm::any_of(getHigh(), nonZero))
    return emitOpError("has packed weights and padding");
  int64_t groups = getGroups(), features = getColumns();
  if (features % groups)
    return emitOpError() << features << " filters in " << groups << " groups";
  SmallVector<int64_t> window = getWindow();
  Shape expected;
  auto push = [&](int64_t size) { expected.push_back(constantExpr(size, getContext())); };
  if (!isDepthwise())
    push(groups * llvm::divideCeil(features / groups, kPanel));
  llvm::for_each(window, push);
  if (isDepthwise()) {
    push(features);
  } else {
    push(getX().getType().getShape().back() / groups);
    push(kPanel);
  }
  return checkShape(*this, getWeights(), expected);
}
OpFoldResult ConvOp::fold(FoldAdaptor adaptor) { return isPacked() ? OpFoldResult() : foldOne(*this, adaptor.getOperands()); }
LogicalResult ConvOp::getReference(ReferenceCall &call) {
  if (isPacked())
    return failure();
  call.name = "conv";
  call.ints = {getSpatialRank(), static_cast<int64_t>(getGroups())};
  for (ArrayRef<int64_t> list : {getStrides(), getDilations(), getLow(), getHigh()})
    call.ints.append(list.begin(), list.end());
  return success();
}
AffineExpr ConvOp::getWork() {
  AffineExpr work = product(shapeOf(getY()), getContext());
  for (int64_t w : getWindow())
    work = work * w;
  return work * (getX().getType().getShape().back() / static_cast<int64_t>(getGroups()));
}
std::pair<int, int> ConvOp::getWeightAxis() { return {1, 0}; }

LogicalResult ConvTransposeOp::inferReturnTypes(MLIRContext *ctx, std::optional<Location> loc, Adaptor adaptor,
                                                SmallVectorImpl<Type> &types) {
  Shape x = shapeOf(adaptor.getX());
  auto weights = tensorTypeOf(adaptor.getWeights());
  size_t rank = adaptor.getStrides().size();
  int64_t groups = adaptor.getGroups();
  if (rank == 0 || x.size() != rank + 2 || static_cast<size_t>(weights.getRank()) != rank + 2 || !weights.hasStaticShape())
    return emitOptionalError(loc, "input ", adaptor.getX().getType(), " and weights ", weights, " for ", rank, " spatial dimensions");
  if (elementTypeOf(adaptor.getX()) != weights.getElementType())
    return emitOptionalError(loc, "input of ", elementTypeOf(adaptor.getX()), " and weights of ", weights.getElementType());
  auto channels = constantOf(x.back());
  if (!channels || weights.getDimSize(0) != *channels || groups < 1 || *channels % groups)
    return emitOptionalError(loc, "weights for ", weights.getDimSize(0), " channels in ", groups, " groups do not fit the input");
  ArrayRef<int64_t> window = weights.getShape().slice(1, rank);
  if (failed(checkWindow(loc, rank, window, adaptor.getStrides(), adaptor.getDilations(), adaptor.getLow(), adaptor.getHigh())))
    return failure();
  if (adaptor.getOutputPadding().size() != rank)
    return emitOptionalError(loc, "output padding does not have ", rank, " members");
  Shape y{x[0]};
  for (size_t d = 0; d < rank; ++d) {
    AffineExpr size = (x[d + 1] - 1) * adaptor.getStrides()[d] + (adaptor.getOutputPadding()[d] + (window[d] - 1) * adaptor.getDilations()[d] +
                                                                  1 - adaptor.getLow()[d] - adaptor.getHigh()[d]);
    if (auto c = constantOf(size); c && *c < 0)
      return emitOptionalError(loc, "the output has a negative size in dimension ", d);
    y.push_back(size);
  }
  y.push_back(constantExpr(weights.getShape().back() * groups, ctx));
  types.push_back(tensorType(y, elementTypeOf(adaptor.getX())));
  return success();
}
LogicalResult ConvTransposeOp::verifyRegions() { return success(); }
OpFoldResult ConvTransposeOp::fold(FoldAdaptor adaptor) { return foldOne(*this, adaptor.getOperands()); }
LogicalResult ConvTransposeOp::getReference(ReferenceCall &call) {
  call.name = "conv_transpose";
  call.ints = {static_cast<int64_t>(getStrides().size()), static_cast<int64_t>(getGroups())};
  for (ArrayRef<int64_t> list : {getStrides(), getDilations(), getLow(), getHigh(), getOutputPadding()})
    call.ints.append(list.begin(), list.end());
  return success();
}
AffineExpr ConvTransposeOp::getWork() {
  AffineExpr work = product(shapeOf(getX()), getContext());
  for (int64_t w : getWeights().getType().getShape().drop_front())
    work = work * w;
  return work;
}
std::pair<int, int> ConvTransposeOp::getWeightAxis() { return {1, getWeights().getType().getRank() - 1}; }

LogicalResult PoolOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Shape x = shapeOf(adaptor.getX());
  size_t rank = adaptor.getWindow().size();
  if (x.size() != rank + 2)
    return emitOptionalError(loc, "input of rank ", x.size(), ", expected ", rank + 2);
  if (failed(checkWindow(loc, rank, adaptor.getWindow(), adaptor.getStrides(), adaptor.getDilations(), adaptor.getLow(), adaptor.getHigh())))
    return failure();
  Shape y{x[0]};
  for (size_t d = 0; d < rank; ++d) {
    AffineExpr size = outputSize(loc, x[d + 1], adaptor.getWindow()[d], adaptor.getStrides()[d], adaptor.getDilations()[d],
                                 adaptor.getLow()[d], adaptor.getHigh()[d], adaptor.getCeilMode(), Symbols::of(adaptor.getX()));
    if (!size)
      return failure();
    y.push_back(size);
  }
  y.push_back(x.back());
  types.push_back(tensorType(y, elementTypeOf(adaptor.getX())));
  return success();
}
LogicalResult PoolOp::verifyRegions() { return success(); }
OpFoldResult PoolOp::fold(FoldAdaptor adaptor) { return foldOne(*this, adaptor.getOperands()); }
LogicalResult PoolOp::getReference(ReferenceCall &call) {
  call.name = "pool";
  call.ints = {static_cast<int64_t>(getWindow().size()), static_cast<int64_t>(getKind()), getCountIncludePad(), static_cast<int64_t>(getP())};
  for (ArrayRef<int64_t> list : {getWindow(), getStrides(), getDilations(), getLow(), getHigh()})
    call.ints.append(list.begin(), list.end());
  return success();
}
AffineExpr PoolOp::getWork() {
  AffineExpr work = product(shapeOf(getY()), getContext());
  for (int64_t w : getWindow())
    work = work * w;
  return work;
}
std::pair<int, int> PoolOp::getWeightAxis() { return {-1, -1}; }

} // namespace mlc

#define GET_OP_CLASSES
#include "Contraction.cpp.inc"
