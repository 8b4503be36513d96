#include "Views.h"

using namespace mlir;

namespace mlc {

bool isView(Operation *op) {
  auto concat = dyn_cast_if_present<ConcatOp>(op);
  auto slice = dyn_cast_if_present<SliceOp>(op);
  return (concat && concat.getView()) || (slice && slice.getView());
}

static ArrayRef<int64_t> sizesOf(Value value) { return tensorTypeOf(value).getShape(); }

Strides stridesOf(ArrayRef<int64_t> shape) {
  Strides strides(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;)
    strides[d - 1] = strides[d] * shape[d];
  return strides;
}

Strides canonicalStrides(ArrayRef<int64_t> shape, ArrayRef<int64_t> strides) {
  Strides result(strides);
  for (size_t d = shape.size(); d-- > 0;)
    if (shape[d] == 1)
      result[d] = d + 1 < shape.size() ? result[d + 1] * shape[d + 1] : 1;
  return result;
}

bool isContiguous(ArrayRef<int64_t> shape, ArrayRef<int64_t> strides) { return canonicalStrides(shape, strides) == stridesOf(shape); }

int64_t offsetOfPart(ConcatOp concat, unsigned part, ArrayRef<int64_t> strides) {
  int64_t before = 0, axis = concat.getAxis();
  for (Value v : concat.getParts().take_front(part))
    before += sizesOf(v)[axis];
  return before * strides[axis];
}

/// The place of a value that is a part of a concatenation, itself or under another shape.
static std::optional<Within> placeAsPart(Value value) {
  for (OpOperand &use : value.getUses()) {
    if (auto concat = dyn_cast<ConcatOp>(use.getOwner()); isView(concat)) {
      Within at = placeWithin(concat.getY());
      Strides strides = at.strides.empty() ? stridesOf(sizesOf(concat.getY())) : at.strides;
      return Within{at.whole, at.offset + offsetOfPart(concat, use.getOperandNumber(), strides), canonicalStrides(sizesOf(value), strides)};
    }
    // What a view of the same elements is a part of holds them one after the other.
    if (auto reshape = dyn_cast<ReshapeOp>(use.getOwner()))
      if (auto at = placeAsPart(reshape.getY()))
        return Within{at->whole, at->offset, stridesOf(sizesOf(value))};
  }
  return std::nullopt;
}

Within placeWithin(Value value) {
  if (auto at = placeAsPart(value))
    return *at;
  if (auto slice = value.getDefiningOp<SliceOp>(); isView(slice)) {
    Within at = placeWithin(slice.getX());
    Strides strides = at.strides.empty() ? stridesOf(sizesOf(slice.getX())) : at.strides;
    for (auto [start, stride] : llvm::zip(slice.getStarts().exprs(), strides))
      at.offset += *constantOf(start) * stride;
    at.strides = canonicalStrides(sizesOf(value), strides);
    return at;
  }
  if (auto reshape = value.getDefiningOp<ReshapeOp>())
    if (Within at = placeWithin(reshape.getX()); !at.strides.empty())
      return {at.whole, at.offset, stridesOf(sizesOf(value))};
  return {value, 0, {}};
}

Strides groupStrides(GroupOp group) {
  Strides list;
  unsigned position = 0;
  auto add = [&](Value v) {
    Within at = placeWithin(v);
    if (!at.strides.empty() && !isContiguous(sizesOf(v), at.strides)) {
      list.push_back(position);
      list.append(at.strides);
    }
    ++position;
  };
  llvm::for_each(group.getOperands(), add);
  llvm::for_each(group.getResults(), add);
  return list;
}

LogicalResult checkViews(func::FuncOp function) {
  WalkResult result = function.walk<WalkOrder::PreOrder>([&](Operation *op) -> WalkResult {
    if (auto group = dyn_cast<GroupOp>(op)) {
      if (ArrayRef(groupStrides(group)) != group.getStrides())
        return group.emitOpError("has other strides than what it reads and writes");
      return WalkResult::skip();
    }
    if (isView(op))
      return WalkResult::advance();
    for (Value v : op->getOperands())
      if (Within at = placeWithin(v); !at.strides.empty() && !(isa<ReshapeOp>(op) && isContiguous(sizesOf(v), at.strides)))
        return op->emitOpError("reads a part of another tensor");
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

ArrayRef<int64_t> gappedStrides(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto group = dyn_cast_if_present<GroupOp>(argument.getOwner()->getParentOp());
    return group ? group.stridesOf(argument.getArgNumber()) : ArrayRef<int64_t>();
  }
  auto group = dyn_cast_if_present<GroupOp>(value.getDefiningOp()->getParentOp());
  if (!group || group.getStrides().empty())
    return {};
  OperandRange yielded = group.getBody().front().getTerminator()->getOperands();
  return group.stridesOf(group.getNumOperands() + static_cast<unsigned>(llvm::find(yielded, value) - yielded.begin()));
}

SmallVector<AffineExpr> memoryStrides(Value value) {
  SmallVector<AffineExpr> strides;
  if (ArrayRef<int64_t> own = gappedStrides(value); !own.empty()) {
    for (int64_t s : own)
      strides.push_back(constantExpr(s, value.getContext()));
    return strides;
  }
  AffineExpr stride = constantExpr(1, value.getContext());
  Shape shape = shapeOf(value);
  for (AffineExpr extent : llvm::reverse(shape)) {
    strides.push_back(stride);
    stride = stride * extent;
  }
  std::reverse(strides.begin(), strides.end());
  return strides;
}

} // namespace mlc
