//===- Window.cpp - depthwise convolutions and pooling ------------------------===//
//
// Vectors run along channels; a task is one row of the output. A depthwise convolution keeps a few neighbouring outputs in
// registers, so that a weight is loaded once for all of them, and takes all channels of them before it moves on, so that
// memory is read in its order. Windows are clipped at the borders: what lies outside is not read. Where the width is known
// the first and the last outputs of a row have code of their own, which leaves out the taps beyond the border.
//
//===----------------------------------------------------------------------===//

#include "Cut.h"
#include "KernelBuilder.h"

#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>

using namespace mlir;

namespace mlc {

namespace {

// Outputs of a row that a depthwise convolution holds at a time: enough to hide the latency of multiply-adds.
constexpr int64_t kPixels = 8;
// Taps along a row that are written out one by one.
constexpr int64_t kUnrolledTaps = 9;

class Emitter {
public:
  explicit Emitter(KernelBuilder &k) : k(k), b(k.b), loc(k.loc), root(rootOf(k.group)), x(root->getOperand(0)), y(root->getResult(0)) {
    // Padding that is fused is not read.
    if (auto pad = x.getDefiningOp<PadOp>(); pad && isa<ConvOp>(root)) {
      x = pad.getX();
      clipped = true;
      for (AffineExpr e : ArrayRef(pad.getLow().exprs()).drop_front().drop_back())
        low.push_back(*constantOf(e));
    }
    in = shapeOf(x), out = shapeOf(y);
    rank = in.size() - 2;
    low.resize(rank);
    element = computeType(elementTypeOf(y));
  }
  LogicalResult emit();

private:
  /// Stores all results of the group at a place whose root value is known.
  void finish(GroupSource &source, ArrayRef<Value> place, LaneIndex channel, Value value);
  /// The taps k of spatial dimension d for which start + k * dilation lies in 0 … size - 1: from … to - 1.
  struct Taps {
    Value from, to;
  };
  Taps tapsInside(Value start, Value size, int64_t window, int64_t dilation);
  void depthwise(ConvOp conv);
  void depthwiseRow(ConvOp conv, ArrayRef<Value> place);
  enum class Border { none, known, any }; // what is outside: nothing, what the constant place says, whatever
  void depthwisePixels(ConvOp conv, ArrayRef<Value> place, ArrayRef<Taps> outer, Value first, int64_t count, Border border);
  void poolPixel(PoolOp pool, GroupSource &source, LaneIndex channel, ArrayRef<Value> place);
  Value real(Type type, double value);

  KernelBuilder &k;
  OpBuilder &b;
  Location loc;
  Operation *root;
  Value x, y;
  Shape in, out;
  SmallVector<int64_t> low; // padding before the spatial dimensions
  bool clipped = false;
  int64_t rank;
  Type element;
  Value firstChannel; // and how many, of those at hand
  AffineExpr channels;
};

void Emitter::finish(GroupSource &source, ArrayRef<Value> place, LaneIndex channel, Value value) {
  SmallVector<LaneIndex> index;
  for (Value v : place)
    index.push_back(source.uniform(v));
  index.push_back(channel);
  k.finish(source, y, index, value);
}

Emitter::Taps Emitter::tapsInside(Value start, Value size, int64_t window, int64_t dilation) {
  auto below = [&](Value length) { // taps k with k * dilation < length
    return k.min(k.ceilDiv(k.max(length, k.index(0)), dilation), k.index(window));
  };
  return {below(k.sub(k.index(0), start)), below(k.sub(size, start))};
}

/// `place`: n and all spatial dimensions but the last; `first` … `first` + count - 1 of the last.
void Emitter::depthwisePixels(ConvOp conv, ArrayRef<Value> place, ArrayRef<Taps> outer, Value first, int64_t count, Border border) {
  SmallVector<int64_t> window = conv.getWindow();
  int64_t stride = conv.getStrides()[rank - 1], dilation = conv.getDilations()[rank - 1], taps = window[rank - 1];
  Value size = k.expression(in[rank]);
  Value start = k.sub(k.mul(first, k.index(stride)), k.index(low[rank - 1]));
  auto known = getConstantIntValue(OpFoldResult(start));
  auto width = constantOf(in[rank]);
  k.vectorLoop(firstChannel, k.add(firstChannel, k.expression(channels)), constantOf(channels), k.groupLanes(), [&](GroupSource &source, LaneIndex channel) {
    Type type = source.valueType(elementTypeOf(y));
    SmallVector<Value> sums(count, arith::ConstantOp::create(b, loc, b.getZeroAttr(type)));
    SmallVector<Value> at; // taps of the outer dimensions
    // One tap of the last dimension, for all outputs that it has something for.
    auto tap = [&](Value t, std::optional<int64_t> number, ValueRange current) {
      SmallVector<LaneIndex> weight;
      for (Value v : at)
        weight.push_back(source.uniform(v));
      weight.push_back(source.uniform(t));
      weight.push_back(channel);
      Value w = source.load(k.memory[conv.getWeights()], weight);
      SmallVector<Value> next(current);
      for (int64_t p = 0; p < count; ++p) {
        if (border == Border::known) {
          int64_t i = *known + p * stride + *number * dilation;
          if (i < 0 || i >= *width)
            continue;
        }
        SmallVector<LaneIndex> index{source.uniform(place[0])};
        for (int64_t d = 0; d + 1 < rank; ++d)
          index.push_back(source.uniform(k.add(k.sub(k.mul(place[d + 1], k.index(conv.getStrides()[d])), k.index(low[d])),
                                               k.mul(at[d], k.index(conv.getDilations()[d])))));
        Value distance = number ? k.index(p * stride + *number * dilation) : k.add(k.index(p * stride), k.mul(t, k.index(dilation)));
        index.push_back(source.uniform(k.add(start, distance)));
        index.push_back(channel);
        Value v = source.at(x, index);
        if (!v)
          return next;
        if (isa<FloatType>(element) && k.target.fusedMultiplyAdd && isa<VectorType>(type))
          next[p] = vector::FMAOp::create(b, loc, v, w, current[p]);
        else if (isa<FloatType>(element))
          next[p] = arith::AddFOp::create(b, loc, current[p], arith::MulFOp::create(b, loc, v, w));
        else
          next[p] = arith::AddIOp::create(b, loc, current[p], arith::MulIOp::create(b, loc, v, w));
      }
      return next;
    };
    std::function<SmallVector<Value>(ValueRange)> nest = [&](ValueRange current) -> SmallVector<Value> {
      size_t d = at.size();
      if (static_cast<int64_t>(d) + 1 < rank) {
        return k.loop(outer[d].from, outer[d].to, 1, current, [&](Value i, ValueRange carried) {
          at.push_back(i);
          SmallVector<Value> next = nest(carried);
          at.pop_back();
          return next;
        });
      }
      if (border != Border::any && taps <= kUnrolledTaps) {
        SmallVector<Value> next(current);
        for (int64_t t = 0; t < taps; ++t)
          next = tap(k.index(t), t, next);
        return next;
      }
      Taps inside = border == Border::any ? tapsInside(start, size, taps, dilation) : Taps{k.index(0), k.index(taps)};
      return k.loop(inside.from, inside.to, 1, current, [&](Value t, ValueRange carried) { return tap(t, std::nullopt, carried); });
    };
    sums = nest(sums);
    for (int64_t p = 0; p < count; ++p) {
      SmallVector<Value> full(place);
      full.push_back(k.add(first, k.index(p)));
      finish(source, full, channel, sums[p]);
    }
  });
}

void Emitter::depthwiseRow(ConvOp conv, ArrayRef<Value> place) {
  SmallVector<int64_t> window = conv.getWindow();
  SmallVector<Taps> outer;
  for (int64_t d = 0; d + 1 < rank; ++d) {
    Value start = k.sub(k.mul(place[d + 1], k.index(conv.getStrides()[d])), k.index(low[d]));
    outer.push_back(clipped ? tapsInside(start, k.expression(in[d + 1]), window[d], conv.getDilations()[d])
                            : Taps{k.index(0), k.index(window[d])});
  }
  auto width = constantOf(out[rank]), size = constantOf(in[rank]);
  auto each = [&](int64_t from, int64_t blocks, int64_t count) {
    if (blocks > 0 && count > 0)
      k.loop(k.index(from), k.index(from + blocks * count), count,
             [&](Value first) { depthwisePixels(conv, place, outer, first, count, Border::none); });
  };
  int64_t last = rank - 1, stride = conv.getStrides()[last], reach = (window[last] - 1) * conv.getDilations()[last];
  if (width && size && window[last] <= kUnrolledTaps) {
    int64_t block = llvm::divideCeil(*width, llvm::divideCeil(*width, kPixels));
    Cut cut = cutRows(*width, block);
    int64_t at = 0;
    // Blocks of one height, those at the borders apart.
    auto row = [&](int64_t blocks, int64_t count) {
      auto free = [&](int64_t i) {
        int64_t begin = (at + i * count) * stride - low[last];
        return begin >= 0 && begin + (count - 1) * stride + reach < *size;
      };
      for (int64_t i = 0; i < blocks;) {
        int64_t many = 0;
        while (i + many < blocks && free(i + many))
          ++many;
        each(at + i * count, many, count);
        i += many;
        if (i < blocks)
          depthwisePixels(conv, place, outer, k.index(at + i++ * count), count, Border::known);
      }
      at += blocks * count;
    };
    row(cut.high, block);
    row(cut.low, block - 1);
    row(cut.rest > 0, cut.rest);
    return;
  }
  // Outputs whose taps are all inside, as many at a time as fit; the others one by one.
  Value end = k.expression(out[rank]);
  Value begin = k.min(k.index(llvm::divideCeil(low[last], stride)), end);
  Value free = k.add(k.expression(in[rank]), k.index(low[last] - reach - 1 + stride)); // of the outputs' strides
  Value stop = k.min(b.createOrFold<arith::DivUIOp>(loc, k.max(free, k.index(0)), k.index(stride)), end);
  Value span = k.max(k.sub(stop, begin), k.index(0));
  Value whole = k.add(begin, k.sub(span, b.createOrFold<arith::RemUIOp>(loc, span, k.index(kPixels))));
  k.loop(begin, whole, kPixels, [&](Value first) { depthwisePixels(conv, place, outer, first, kPixels, Border::none); });
  k.loop(k.index(0), k.sub(end, k.sub(whole, begin)), 1, [&](Value i) {
    Value before = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, i, begin);
    Value at = arith::SelectOp::create(b, loc, before, i, k.add(i, k.sub(whole, begin)));
    depthwisePixels(conv, place, outer, at, 1, Border::any);
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
    auto taps = [&](Value size) { return tapsInside(start, size, pool.getWindow()[d], pool.getDilations()[d]); };
    Taps here = inside ? Taps{k.index(0), window} : taps(size);
    firsts.push_back(here.from);
    lasts.push_back(here.to);
    counted = k.mul(counted, pool.getCountIncludePad() ? (inside ? window : taps(k.add(size, k.index(pool.getHigh()[d]))).to)
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

/// Channels that a range of rows is done for at a time: all where the images come from far away, so that memory is read in its
/// order, and else few enough for a window's rows and weights to stay in L1 from one row to the next.
void Emitter::depthwise(ConvOp conv) {
  auto rows = [&] {
    k.loop(k.begin, k.end, 1, [&](Value task) { depthwiseRow(conv, k.delinearize(task, ArrayRef(out).take_front(rank))); });
  };
  firstChannel = k.index(0), channels = out.back();
  auto known = constantsOf(in), made = constantsOf(out);
  if (!known || !made || rank != 2) {
    rows();
    return;
  }
  int64_t bytes = storageBytes(elementTypeOf(x)), row = (*known)[2] * bytes, all = made->back();
  int64_t image = all * bytes * ((*known)[1] * (*known)[2] + (*made)[1] * (*made)[2]);
  int64_t few = 4 * k.groupLanes();
  while (few * 2 <= all && few * 2 * row * conv.getWindow()[0] <= k.target.l1Bytes / 2)
    few *= 2;
  if (image > k.target.l2Bytes / 2 || few >= all || all % few) {
    rows();
    return;
  }
  channels = constantExpr(few, k.group.getContext());
  k.loop(k.index(0), k.index(all), few, [&](Value first) {
    firstChannel = first;
    rows();
  });
}

LogicalResult Emitter::emit() {
  if (auto conv = dyn_cast<ConvOp>(root)) {
    depthwise(conv);
    return failure(k.failed);
  }
  k.loop(k.begin, k.end, 1, [&](Value task) {
    // n and all spatial dimensions but the last.
    SmallVector<Value> place = k.delinearize(task, ArrayRef(out).take_front(rank));
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
