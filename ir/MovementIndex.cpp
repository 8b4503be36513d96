//===- MovementIndex.cpp - where operators that move elements take them from ---===//

#include "Fold.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace mlc {

using Index = ArrayRef<LaneIndex>;

static Value dimOf(ElementSource &source, Value tensor, int64_t d) { return source.expression(shapeOf(tensor)[d]); }

static Value scalarConstant(ElementSource &source, Type type, double value, int64_t integer) {
  if (auto f = dyn_cast<FloatType>(type)) {
    APFloat v(value);
    bool lost;
    v.convert(f.getFloatSemantics(), APFloat::rmNearestTiesToEven, &lost);
    return arith::ConstantOp::create(source.builder, source.loc, FloatAttr::get(f, v));
  }
  return arith::ConstantOp::create(source.builder, source.loc, IntegerAttr::get(type, integer));
}

Value ConstantOp::emitAt(ElementSource &source, Index) {
  auto dense = dyn_cast<DenseElementsAttr>(getValueAttr());
  if (!dense || !dense.isSplat()) {
    emitOpError("with different elements inside a kernel");
    return nullptr;
  }
  Type type = computeType(dense.getElementType());
  if (isa<FloatType>(type)) {
    APFloat v = dense.getSplatValue<APFloat>();
    bool lost;
    v.convert(cast<FloatType>(type).getFloatSemantics(), APFloat::rmNearestTiesToEven, &lost);
    return arith::ConstantOp::create(source.builder, source.loc, FloatAttr::get(type, v));
  }
  APInt v = dense.getSplatValue<APInt>();
  unsigned width = type.getIntOrFloatBitWidth();
  bool zeroExtend = dense.getElementType().isUnsignedInteger() || width == 1;
  return arith::ConstantOp::create(source.builder, source.loc, IntegerAttr::get(type, zeroExtend ? v.zextOrTrunc(width) : v.sextOrTrunc(width)));
}

Value BroadcastOp::emitAt(ElementSource &source, Index index) {
  auto from = getX().getType();
  SmallVector<LaneIndex> at;
  for (int64_t d = 0; d < from.getRank(); ++d)
    at.push_back(from.getDimSize(d) == 1 ? source.uniform(0) : index[index.size() - from.getRank() + d]);
  return source.at(getX(), at);
}

Value TransposeOp::emitAt(ElementSource &source, Index index) {
  SmallVector<LaneIndex> at(index.size());
  for (auto [i, p] : llvm::enumerate(getPerm()))
    at[p] = index[i];
  return source.at(getX(), at);
}

Value SliceOp::emitAt(ElementSource &source, Index index) {
  SmallVector<LaneIndex> at;
  for (auto [d, i] : llvm::enumerate(index))
    at.push_back(source.add(source.scale(i, getSteps()[d]), source.uniform(source.expression(getStarts()[d]))));
  return source.at(getX(), at);
}

Value PadOp::emitAt(ElementSource &source, Index index) {
  auto type = getX().getType();
  SmallVector<LaneIndex> at;
  Value inside;
  auto require = [&](Value condition) { inside = inside ? source.conjunction(inside, condition) : condition; };
  for (int64_t d = 0; d < type.getRank(); ++d) {
    auto low = constantOf(getLow()[d]), high = constantOf(getHigh()[d]);
    int64_t interior = getInterior()[d];
    if (low && high && *low == 0 && *high == 0 && interior == 0) {
      at.push_back(index[d]);
      continue;
    }
    Value size = dimOf(source, getX(), d);
    LaneIndex i = source.sub(index[d], source.uniform(source.expression(getLow()[d])));
    bool onlyCrops = low && high && *low <= 0 && *high <= 0 && interior == 0;
    if (onlyCrops) {
      at.push_back(i);
      continue;
    }
    switch (getMode()) {
    case PadMode::constant: {
      if (interior) {
        Value step = source.constant(interior + 1);
        LaneIndex quotient = source.floorDiv(i, step);
        LaneIndex rest = source.sub(i, source.scale(quotient, interior + 1));
        require(source.inside(rest, source.constant(0), source.constant(1)));
        i = quotient;
      }
      require(source.inside(i, source.constant(0), size));
      at.push_back(source.clamp(i, size));
      break;
    }
    case PadMode::edge:
      at.push_back(source.clamp(i, size));
      break;
    case PadMode::wrap:
      at.push_back(source.mod(i, size));
      break;
    case PadMode::reflect: {
      OpBuilder &b = source.builder;
      Value last = b.createOrFold<arith::SubIOp>(source.loc, size, source.constant(1));
      Value period = b.createOrFold<arith::MulIOp>(source.loc, last, source.constant(2));
      period = b.createOrFold<arith::MaxSIOp>(source.loc, period, source.constant(1));
      LaneIndex t = source.mod(i, period);
      at.push_back(source.clamp(source.select(source.less(t, size), t, source.sub(source.uniform(period), t)), size));
      break;
    }
    }
  }
  Value outside;
  if (getMode() == PadMode::constant && getValue()) {
    SmallVector<LaneIndex> first(tensorTypeOf(getValue()).getRank(), source.uniform(0));
    outside = source.at(getValue(), first);
  } else {
    outside = scalarConstant(source, computeType(type.getElementType()), 0, 0);
  }
  // There is nothing to read; the other modes have no result then.
  if (type.hasStaticShape() && type.getNumElements() == 0)
    return outside;
  Value element = source.at(getX(), at);
  if (!element || !inside)
    return element;
  return source.choose(inside, element, outside);
}

/// An index that a tensor holds: negative ones count from the end, and what lies outside is moved to the border, so that no
/// memory outside is read.
static LaneIndex indexFrom(ElementSource &source, Value element, Value size) {
  LaneIndex i = source.fromElement(element);
  LaneIndex wrapped = source.add(i, source.uniform(size));
  return source.clamp(source.select(source.less(i, source.constant(0)), wrapped, i), size);
}

Value GatherOp::emitAt(ElementSource &source, Index index) {
  int64_t axis = getAxis(), indexRank = getIndices().getType().getRank();
  Value element = source.at(getIndices(), index.slice(axis, indexRank));
  if (!element)
    return nullptr;
  SmallVector<LaneIndex> at(index.begin(), index.begin() + axis);
  at.push_back(indexFrom(source, element, dimOf(source, getX(), axis)));
  at.append(index.begin() + axis + indexRank, index.end());
  return source.at(getX(), at);
}

Value GatherElementsOp::emitAt(ElementSource &source, Index index) {
  Value element = source.at(getIndices(), index);
  if (!element)
    return nullptr;
  SmallVector<LaneIndex> at(index.begin(), index.end());
  at[getAxis()] = indexFrom(source, element, dimOf(source, getX(), getAxis()));
  return source.at(getX(), at);
}

Value GatherNdOp::emitAt(ElementSource &source, Index index) {
  int64_t batch = getBatchDims(), indexRank = getIndices().getType().getRank();
  int64_t tuple = getIndices().getType().getDimSize(indexRank - 1);
  SmallVector<LaneIndex> place(index.begin(), index.begin() + indexRank - 1);
  SmallVector<LaneIndex> at(index.begin(), index.begin() + batch);
  for (int64_t k = 0; k < tuple; ++k) {
    SmallVector<LaneIndex> where = place;
    where.push_back(source.uniform(k));
    Value element = source.at(getIndices(), where);
    if (!element)
      return nullptr;
    at.push_back(indexFrom(source, element, dimOf(source, getX(), batch + k)));
  }
  at.append(index.begin() + indexRank - 1, index.end());
  return source.at(getX(), at);
}

Value ReverseSequenceOp::emitAt(ElementSource &source, Index index) {
  LaneIndex time = index[getTimeAxis()];
  Value element = source.at(getLengths(), index[getBatchAxis()]);
  if (!element)
    return nullptr;
  LaneIndex length = source.fromElement(element);
  LaneIndex mirrored = source.sub(source.sub(length, source.uniform(1)), time);
  // time < length, as a comparison with 0 since both may differ from lane to lane.
  LaneIndex difference = source.sub(time, length);
  SmallVector<LaneIndex> at(index.begin(), index.end());
  at[getTimeAxis()] = source.clamp(source.select(source.less(difference, source.constant(0)), mirrored, time),
                                   dimOf(source, getX(), getTimeAxis()));
  return source.at(getX(), at);
}

Value IotaOp::emitAt(ElementSource &source, Index index) {
  OpBuilder &b = source.builder;
  Location loc = source.loc;
  Type type = computeType(getY().getType().getElementType());
  LaneIndex i = index[getAxis()];
  bool real = isa<FloatType>(type);
  if (!real) {
    i = source.scale(i, source.expression(getRange()[1]));
    i = source.add(i, source.uniform(source.expression(getRange()[0])));
  }
  Value element = source.toElement(i);
  auto shaped = [&](Type t) -> Type {
    if (auto v = dyn_cast<VectorType>(element.getType()))
      return VectorType::get(v.getShape(), t);
    return t;
  };
  if (!real) {
    unsigned width = type.getIntOrFloatBitWidth();
    return width == 64 ? element : Value(arith::TruncIOp::create(b, loc, shaped(type), element));
  }
  Value x = arith::SIToFPOp::create(b, loc, shaped(type), element);
  Value step = scalarConstant(source, type, getFloatStep().convertToDouble(), 0);
  Value start = scalarConstant(source, type, getFloatStart().convertToDouble(), 0);
  if (isa<VectorType>(x.getType()))
    step = source.splat(step), start = source.splat(start);
  return arith::AddFOp::create(b, loc, arith::MulFOp::create(b, loc, x, step), start);
}

Value PackOp::emitAt(ElementSource &source, Index index) {
  size_t rank = index.size();
  LaneIndex k = index[rank - 2];
  LaneIndex column = source.add(source.scale(index[rank - 3], 16), index[rank - 1]);
  SmallVector<LaneIndex> at(index.begin(), index.end() - 3);
  int64_t last = getX().getType().getRank() - 1;
  AffineExpr columns = shapeOf(getX())[getTrans() ? last - 1 : last];
  auto known = constantOf(columns);
  Value inside;
  if (!known || *known % 16) {
    Value size = source.expression(columns);
    inside = source.less(column, size);
    column = source.minimum(column, source.builder.createOrFold<arith::SubIOp>(source.loc, size, source.constant(1)));
  }
  at.push_back(getTrans() ? column : k);
  at.push_back(getTrans() ? k : column);
  Value element = source.at(getX(), at);
  if (!element || !inside)
    return element;
  return source.choose(inside, element, scalarConstant(source, computeType(elementTypeOf(getX())), 0, 0));
}

} // namespace mlc
