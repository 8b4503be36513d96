//===- Window.cpp - depthwise convolutions and pooling ------------------------===//
//
// Vectors run along channels; a task is one row of the output. A depthwise convolution keeps a few neighbouring outputs in
// registers, so that a weight is loaded once for all of them; its input carries its padding (`pad` before it). Pooling clips
// its window at the borders instead, since what lies outside does not count.
//
//===----------------------------------------------------------------------===//

#include "KernelBuilder.h"

#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>

using namespace mlir;

namespace mlc {

namespace {

// Outputs of a row that a depthwise convolution holds at a time.
constexpr int64_t kPixels = 4;

class Emitter {
public:
  explicit Emitter(KernelBuilder &k) : k(k), b(k.b), loc(k.loc), root(rootOf(k.group)), x(root->getOperand(0)), y(root->getResult(0)) {
    in = shapeOf(x), out = shapeOf(y);
    rank = in.size() - 2;
    element = computeType(elementTypeOf(y));
  }
  LogicalResult emit();

private:
  /// Stores all results of the group at a place whose root value is known.
  void finish(GroupSource &source, ArrayRef<Value> place, LaneIndex channel, Value value);
  void depthwiseRow(ConvOp conv, ArrayRef<Value> place);
  void depthwisePixels(ConvOp conv, GroupSource &source, LaneIndex channel, ArrayRef<Value> place, Value first, int64_t count);
  void poolPixel(PoolOp pool, GroupSource &source, LaneIndex channel, ArrayRef<Value> place);
  Value real(Type type, double value);

  KernelBuilder &k;
  OpBuilder &b;
  Location loc;
  Operation *root;
  Value x, y;
  Shape in, out;
  int64_t rank;
  Type element;
};

void Emitter::finish(GroupSource &source, ArrayRef<Value> place, LaneIndex channel, Value value) {
  SmallVector<LaneIndex> index;
  for (Value v : place)
    index.push_back(source.uniform(v));
  index.push_back(channel);
  source.give(y, value);
  SmallVector<Value> elements;
  for (Value result : k.results())
    elements.push_back(source.at(result, index));
  for (auto [result, e] : llvm::zip(k.results(), elements))
    if (e)
      source.store(result, index, e);
}

void Emitter::depthwisePixels(ConvOp conv, GroupSource &source, LaneIndex channel, ArrayRef<Value> place, Value first, int64_t count) {
  SmallVector<int64_t> window = conv.getWindow();
  Type type = source.valueType(elementTypeOf(y));
  SmallVector<Value> sums(count, arith::ConstantOp::create(b, loc, b.getZeroAttr(type)));
  // place: n and all spatial dimensions but the last.
  auto tap = [&](ArrayRef<Value> at, ValueRange current) {
    SmallVector<LaneIndex> weight;
    for (Value v : at)
      weight.push_back(source.uniform(v));
    weight.push_back(channel);
    Value w = source.load(k.memory[conv.getWeights()], weight);
    SmallVector<Value> next;
    for (int64_t p = 0; p < count; ++p) {
      SmallVector<LaneIndex> index{source.uniform(place[0])};
      for (int64_t d = 0; d < rank; ++d) {
        Value o = d + 1 < rank ? place[d + 1] : k.add(first, k.index(p));
        Value i = k.add(k.mul(o, k.index(conv.getStrides()[d])), k.mul(at[d], k.index(conv.getDilations()[d])));
        index.push_back(source.uniform(i));
      }
      index.push_back(channel);
      Value v = source.at(x, index);
      if (!v)
        return SmallVector<Value>(current);
      if (isa<FloatType>(element) && k.target.fusedMultiplyAdd && isa<VectorType>(type))
        next.push_back(vector::FMAOp::create(b, loc, v, w, current[p]));
      else if (isa<FloatType>(element))
        next.push_back(arith::AddFOp::create(b, loc, current[p], arith::MulFOp::create(b, loc, v, w)));
      else
        next.push_back(arith::AddIOp::create(b, loc, current[p], arith::MulIOp::create(b, loc, v, w)));
    }
    return next;
  };
  int64_t taps = 1;
  for (int64_t w : window)
    taps *= w;
  if (taps <= 25) {
    for (int64_t t = 0; t < taps; ++t) {
      SmallVector<Value> at(rank);
      int64_t left = t;
      for (int64_t d = rank; d-- > 0; left /= window[d])
        at[d] = k.index(left % window[d]);
      sums = tap(at, sums);
    }
  } else {
    SmallVector<Value> at;
    std::function<SmallVector<Value>(ValueRange)> nest = [&](ValueRange current) -> SmallVector<Value> {
      if (static_cast<int64_t>(at.size()) == rank)
        return tap(at, current);
      return k.loop(k.index(0), k.index(window[at.size()]), 1, current, [&](Value i, ValueRange carried) {
        at.push_back(i);
        SmallVector<Value> next = nest(carried);
        at.pop_back();
        return next;
      });
    };
    sums = nest(sums);
  }
  for (int64_t p = 0; p < count; ++p) {
    SmallVector<Value> full(place);
    full.push_back(k.add(first, k.index(p)));
    finish(source, full, channel, sums[p]);
  }
}

void Emitter::depthwiseRow(ConvOp conv, ArrayRef<Value> place) {
  Value width = k.expression(out[rank]);
  auto known = constantOf(out[rank]);
  int64_t step = known ? std::min(kPixels, *known) : kPixels;
  k.vectorLoop(out.back(), k.groupLanes(), [&](GroupSource &source, LaneIndex channel) {
    Value rest = b.createOrFold<arith::RemUIOp>(loc, width, k.index(step));
    Value whole = k.sub(width, rest);
    k.loop(k.index(0), whole, step, [&](Value first) { depthwisePixels(conv, source, channel, place, first, step); });
    if (known && *known % step == 0)
      return;
    if (known) {
      depthwisePixels(conv, source, channel, place, whole, *known % step);
      return;
    }
    k.loop(whole, width, 1, [&](Value first) { depthwisePixels(conv, source, channel, place, first, 1); });
  });
}

Value Emitter::real(Type type, double value) {
  Type scalar = getElementTypeOrSelf(type);
  TypedAttr attr = isa<FloatType>(scalar) ? TypedAttr(b.getFloatAttr(scalar, value)) : TypedAttr(b.getIntegerAttr(scalar, static_cast<int64_t>(value)));
  if (auto v = dyn_cast<VectorType>(type))
    attr = DenseElementsAttr::get(v, Attribute(attr));
  return arith::ConstantOp::create(b, loc, attr);
}

void Emitter::poolPixel(PoolOp pool, GroupSource &source, LaneIndex channel, ArrayRef<Value> place) {
  Type type = source.valueType(elementTypeOf(y));
  bool isReal = isa<FloatType>(element);
  bool isUnsigned = !isReal && elementTypeOf(y).isUnsignedInteger();
  PoolKind kind = pool.getKind();
  // The taps of each dimension that lie inside: first … last-1.
  SmallVector<Value> firsts, lasts;
  Value counted = k.index(1);
  for (int64_t d = 0; d < rank; ++d) {
    Value start = k.sub(k.mul(place[d + 1], k.index(pool.getStrides()[d])), k.index(pool.getLow()[d]));
    Value size = k.expression(in[d + 1]), window = k.index(pool.getWindow()[d]);
    bool inside = pool.getLow()[d] == 0 && pool.getHigh()[d] == 0 && !pool.getCeilMode();
    auto taps = [&](Value length) { // taps k with k * dilation < length
      return k.min(k.ceilDiv(k.max(length, k.index(0)), pool.getDilations()[d]), window);
    };
    firsts.push_back(inside ? k.index(0) : taps(k.sub(k.index(0), start)));
    lasts.push_back(inside ? window : taps(k.sub(size, start)));
    counted = k.mul(counted, pool.getCountIncludePad() ? (inside ? window : taps(k.sub(k.add(size, k.index(pool.getHigh()[d])), start)))
                                                       : k.sub(lasts.back(), firsts.back()));
  }
  double lowest = isReal ? -std::numeric_limits<double>::infinity()
                         : isUnsigned ? 0 : -std::ldexp(1.0, element.getIntOrFloatBitWidth() - 1);
  Value sum = real(type, kind == PoolKind::max ? lowest : 0);
  int64_t p = pool.getP();
  SmallVector<Value> at;
  std::function<Value(Value)> nest = [&](Value current) -> Value {
    if (static_cast<int64_t>(at.size()) < rank) {
      size_t d = at.size();
      return k.loop(firsts[d], lasts[d], 1, current, [&](Value i, ValueRange carried) {
        at.push_back(i);
        Value next = nest(carried[0]);
        at.pop_back();
        return SmallVector<Value>{next};
      })[0];
    }
    SmallVector<LaneIndex> index{source.uniform(place[0])};
    for (int64_t d = 0; d < rank; ++d) {
      Value start = k.sub(k.mul(place[d + 1], k.index(pool.getStrides()[d])), k.index(pool.getLow()[d]));
      index.push_back(source.uniform(k.add(start, k.mul(at[d], k.index(pool.getDilations()[d])))));
    }
    index.push_back(channel);
    Value v = source.at(x, index);
    if (!v)
      return current;
    if (isa<VectorType>(v.getType()) != isa<VectorType>(current.getType()))
      v = source.splat(v);
    switch (kind) {
    case PoolKind::max:
      if (isReal) // NaN stays, whichever side it is on
        return arith::MaximumFOp::create(b, loc, v, current);
      return isUnsigned ? Value(arith::MaxUIOp::create(b, loc, v, current)) : Value(arith::MaxSIOp::create(b, loc, v, current));
    case PoolKind::average:
      return isReal ? Value(arith::AddFOp::create(b, loc, current, v)) : Value(arith::AddIOp::create(b, loc, current, v));
    case PoolKind::lp: {
      Value a = math::AbsFOp::create(b, loc, v), power = a;
      if (p <= 4)
        for (int64_t i = 1; i < p; ++i)
          power = arith::MulFOp::create(b, loc, power, a);
      else
        power = math::PowFOp::create(b, loc, a, real(type, static_cast<double>(p)));
      return arith::AddFOp::create(b, loc, current, power);
    }
    }
    llvm_unreachable("all kinds");
  };
  Value result = nest(sum);
  if (kind == PoolKind::average) {
    Value n = arith::IndexCastOp::create(b, loc, b.getI64Type(), counted);
    if (isReal) {
      Value divisor = arith::SIToFPOp::create(b, loc, element, n);
      result = arith::DivFOp::create(b, loc, result, isa<VectorType>(type) ? source.splat(divisor) : divisor);
    } else {
      Value divisor = element == n.getType() ? n : Value(arith::TruncIOp::create(b, loc, element, n));
      result = arith::DivSIOp::create(b, loc, result, isa<VectorType>(type) ? source.splat(divisor) : divisor);
    }
  } else if (kind == PoolKind::lp && p == 2) {
    result = math::SqrtOp::create(b, loc, result);
  } else if (kind == PoolKind::lp && p > 1) {
    result = math::PowFOp::create(b, loc, result, real(type, 1.0 / static_cast<double>(p)));
  }
  finish(source, place, channel, result);
}

LogicalResult Emitter::emit() {
  k.loop(k.begin, k.end, 1, [&](Value task) {
    // n and all spatial dimensions but the last.
    SmallVector<Value> place = k.delinearize(task, ArrayRef(out).take_front(rank));
    if (auto conv = dyn_cast<ConvOp>(root)) {
      depthwiseRow(conv, place);
      return;
    }
    k.loop(k.index(0), k.expression(out[rank]), 1, [&](Value column) {
      SmallVector<Value> full(place);
      full.push_back(column);
      k.vectorLoop(out.back(), k.groupLanes(), [&](GroupSource &source, LaneIndex channel) {
        poolPixel(cast<PoolOp>(root), source, channel, full);
      });
    });
  });
  return failure(k.failed);
}

} // namespace

AffineExpr windowTasks(GroupOp group) {
  Shape out = shapeOf(rootOf(group)->getResult(0));
  return product(ArrayRef(out).take_front(out.size() - 2), group.getContext());
}

LogicalResult emitWindowKernel(KernelBuilder &kernel) { return Emitter(kernel).emit(); }

} // namespace mlc
