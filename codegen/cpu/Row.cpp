//===- Row.cpp - reductions, softmax, normalisation, scans ---------------------===//
//
// The dimensions of x are kept or reduced. Where the innermost is kept, or next to a few columns that are reduced (RowBlock.h),
// vectors run along it and each lane has a result of its own; where it is reduced, vectors gather partial results that are
// combined at the end, in an order that does not depend on anything but the shape. A task is one index of the kept dimensions
// that vectors do not cover, and of many rows side by side a part.
//
//===----------------------------------------------------------------------===//

#include "RowBlock.h"

#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>

using namespace mlir;

namespace mlc {

namespace {

// Elements along a kept lane's reduced dimension that are combined at a time.
constexpr int64_t kPiece = 32;

bool isOne(AffineExpr e) { return constantOf(e) == std::optional<int64_t>(1); }

using Combine = llvm::function_ref<Value(Value, Value)>;

class Emitter {
public:
  explicit Emitter(KernelBuilder &k) : k(k), b(k.b), loc(k.loc), root(rootOf(k.group)), x(root->getOperand(0)), y(root->getResult(0)) {
    shape = shapeOf(x);
    form = rowForm(k.group);
    reduced = form.reduced;
    lane = form.lane;
    rank = shape.size();
    element = computeType(elementTypeOf(x));
    lanes = k.groupLanes();
    if (!form.columns.empty())
      block.emplace(k, form);
  }
  LogicalResult emit();

private:
  using Place = SmallVector<LaneIndex>; // of x, reduced dimensions unset

  /// Walks the kept dimensions that tasks enumerate, and the lane dimension if it is kept.
  void forEachPlace(function_ref<void(GroupSource &, Place)> body);
  /// Walks the reduced dimensions; `body` sees an index of x. Vectors run along the last if it is reduced.
  void sweep(Place place, int64_t lanes, function_ref<void(GroupSource &, ArrayRef<LaneIndex>)> body, GroupSource *outer);
  /// Combines f(x) over the reduced dimensions into one value (a vector of independent ones where lanes are kept).
  Value fold(GroupSource &outer, Place place, Type type, double identity, function_ref<Value(GroupSource &, ArrayRef<LaneIndex>)> f,
             Combine combine);
  Value horizontal(Value vector, Combine combine);
  void finish(GroupSource &source, ArrayRef<LaneIndex> index, Value value) { k.finish(source, y, index, value); }
  /// The same for an element of a row, in a sweep.
  void finishInRow(GroupSource &source, ArrayRef<LaneIndex> index, Value value) {
    block ? block->finish(y, index, value) : finish(source, index, value);
  }
  /// An element of x, in a sweep or a fold that is not the only one.
  Value elementOfX(GroupSource &source, ArrayRef<LaneIndex> at) { return block ? block->element(x, at) : source.at(x, at); }
  SmallVector<LaneIndex> resultIndex(ArrayRef<LaneIndex> place, bool keepdims, GroupSource &source);

  void reduce(ReduceOp op);
  void argReduce(ArgReduceOp op);
  void cumulative(CumulativeOp op);
  void softmax(SoftmaxOp op);
  void layerNorm(LayerNormOp op);

  Value real(Type type, double value) {
    Type scalar = getElementTypeOrSelf(type);
    TypedAttr attr = isa<FloatType>(scalar) ? TypedAttr(b.getFloatAttr(scalar, value)) : TypedAttr(b.getIntegerAttr(scalar, static_cast<int64_t>(value)));
    if (auto v = dyn_cast<VectorType>(type))
      attr = DenseElementsAttr::get(v, Attribute(attr));
    return arith::ConstantOp::create(b, loc, attr);
  }
  bool laneKept() const { return rank == 0 || !reduced[lane]; }
  Value fit(GroupSource &source, Value v, Type type) {
    return isa<VectorType>(type) && !isa<VectorType>(v.getType()) ? source.splat(v) : v;
  }

  KernelBuilder &k;
  OpBuilder &b;
  Location loc;
  Operation *root;
  Value x, y;
  Shape shape;
  RowForm form;
  SmallVector<bool> reduced;
  int64_t rank, lane = 0, lanes;
  Type element;
  std::optional<RowBlock> block; // where rows are side by side
};

void Emitter::forEachPlace(function_ref<void(GroupSource &, Place)> body) {
  SmallVector<AffineExpr> extents;
  SmallVector<int64_t> dims;
  for (int64_t d = 0; d < rank; ++d)
    if (!reduced[d] && !(laneKept() && d >= form.first && d <= lane)) {
      extents.push_back(shape[d]);
      dims.push_back(d);
    }
  if (form.rowsAtOnce)
    extents.push_back(form.rows.ceilDiv(form.rowsAtOnce));
  k.loop(k.begin, k.end, 1, [&](Value task) {
    SmallVector<Value> at = k.delinearize(task, extents);
    auto with = [&](GroupSource &source, std::optional<LaneIndex> laneIndex) {
      Place place(rank, source.uniform(0));
      for (auto [i, d] : llvm::enumerate(dims))
        place[d] = source.uniform(at[i]);
      if (laneIndex)
        place[lane] = *laneIndex;
      if (block)
        block->open(source, place);
      body(source, place);
    };
    auto rows = [&](GroupSource &source, LaneIndex i) { with(source, i); };
    if (form.rowsAtOnce) {
      Value from = k.mul(at.back(), k.index(form.rowsAtOnce));
      Value to = k.min(k.add(from, k.index(form.rowsAtOnce)), k.expression(form.rows));
      auto known = constantOf(form.rows);
      bool divides = known && *known % form.rowsAtOnce == 0;
      k.vectorLoop(from, to, divides ? std::optional(form.rowsAtOnce) : std::nullopt, lanes, rows);
    } else if (rank > 0 && laneKept()) {
      k.vectorLoop(form.rows, lanes, rows);
    } else {
      GroupSource source(k, 1);
      with(source, std::nullopt);
    }
  });
}

Value Emitter::horizontal(Value vector, Combine combine) {
  int64_t n = cast<VectorType>(vector.getType()).getNumElements();
  while (n > 1) {
    n /= 2;
    SmallVector<int64_t> low, high;
    for (int64_t i = 0; i < n; ++i)
      low.push_back(i), high.push_back(n + i);
    Value l = vector::ShuffleOp::create(b, loc, vector, vector, low), h = vector::ShuffleOp::create(b, loc, vector, vector, high);
    vector = combine(l, h);
  }
  return vector::ExtractOp::create(b, loc, vector, 0);
}

Value Emitter::fold(GroupSource &outer, Place place, Type type, double identity,
                    function_ref<Value(GroupSource &, ArrayRef<LaneIndex>)> f, Combine combine) {
  SmallVector<int64_t> dims;
  for (int64_t d = 0; d < rank; ++d)
    if (reduced[d] && !(!laneKept() && d == lane) && !(block && d > lane) && !isOne(shape[d]))
      dims.push_back(d);
  // All reduced dimensions but the lane's, carrying `state`. Each dimension within another is combined by itself first, and a long
  // one in pieces: what one long sum of like elements loses grows with its length.
  std::function<SmallVector<Value>(size_t, ValueRange, function_ref<SmallVector<Value>(ValueRange)>)> nest =
      [&](size_t i, ValueRange state, function_ref<SmallVector<Value>(ValueRange)> inner) -> SmallVector<Value> {
    if (i == dims.size())
      return inner(state);
    SmallVector<Value> begin(state);
    auto joined = [&](ValueRange carried, ArrayRef<Value> own) {
      SmallVector<Value> next;
      for (auto [c, o] : llvm::zip(carried, own))
        next.push_back(combine(c, o));
      return next;
    };
    auto extent = constantOf(shape[dims[i]]);
    auto walk = [&](Value from, Value to, ValueRange init) {
      return k.loop(from, to, 1, init, [&](Value at, ValueRange carried) {
        place[dims[i]] = outer.uniform(at);
        return i + 1 < dims.size() ? joined(carried, nest(i + 1, begin, inner)) : nest(i + 1, carried, inner);
      });
    };
    Value end = k.expression(shape[dims[i]]);
    if (extent && *extent <= 2 * kPiece)
      return walk(k.index(0), end, state);
    return k.loop(k.index(0), end, kPiece, state, [&](Value from, ValueRange carried) {
      return joined(carried, walk(from, k.min(k.add(from, k.index(kPiece)), end), begin));
    });
  };
  if (laneKept()) {
    Type own = outer.lanes > 1 ? Type(VectorType::get({outer.lanes}, type)) : type;
    auto one = [&](ArrayRef<LaneIndex> at, ValueRange state) {
      Value v = f(outer, at);
      return SmallVector<Value>{v ? combine(state[0], fit(outer, v, own)) : state[0]};
    };
    return nest(0, real(own, identity), [&](ValueRange state) {
      if (!block)
        return one(place, state);
      block->moveTo(place);
      if (dims.empty())
        return block->walk(state, one);
      return SmallVector<Value>{combine(state[0], block->walk(real(own, identity), one)[0])};
    })[0];
  }
  auto length = constantOf(shape[lane]);
  Value total = k.expression(shape[lane]);
  Type wide = VectorType::get({lanes}, type);
  bool vectors = lanes > 1 && (!length || *length >= lanes);
  Value rest = vectors ? b.createOrFold<arith::RemUIOp>(loc, total, k.index(lanes)) : total;
  Value whole = k.sub(total, rest);
  // Four partial results, where the row is long enough, hide the latency of combining.
  int64_t parts = !length || *length >= 8 * lanes ? 4 : 1;
  SmallVector<Value> init;
  if (vectors)
    init.assign(parts, real(wide, identity));
  bool remains = !vectors || !length || *length % lanes;
  if (remains)
    init.push_back(real(type, identity));
  SmallVector<Value> sums = nest(0, init, [&](ValueRange state) {
    SmallVector<Value> current(state);
    if (vectors) {
      GroupSource source(k, lanes);
      auto one = [&](Value at, Value sum) {
        place[lane] = {at, 1, nullptr};
        Value v = f(source, place);
        return v ? combine(sum, fit(source, v, wide)) : sum;
      };
      Value block = k.mul(b.createOrFold<arith::DivUIOp>(loc, whole, k.index(parts * lanes)), k.index(parts * lanes));
      SmallVector<Value> carried(current.begin(), current.begin() + parts);
      carried = k.loop(k.index(0), block, parts * lanes, carried, [&](Value at, ValueRange sums) {
        SmallVector<Value> next;
        for (int64_t p = 0; p < parts; ++p)
          next.push_back(one(k.add(at, k.index(p * lanes)), sums[p]));
        return next;
      });
      if (parts > 1)
        carried[0] = k.loop(block, whole, lanes, carried[0], [&](Value at, ValueRange sums) { return SmallVector<Value>{one(at, sums[0])}; })[0];
      std::copy(carried.begin(), carried.end(), current.begin());
    }
    if (remains) {
      GroupSource source(k, 1);
      current.back() = k.loop(whole, total, 1, current.back(), [&](Value at, ValueRange sums) {
        place[lane] = source.uniform(at);
        Value v = f(source, place);
        return SmallVector<Value>{v ? combine(sums[0], v) : sums[0]};
      })[0];
    }
    return current;
  });
  Value result;
  if (vectors) {
    Value sum = sums[0];
    for (int64_t p = 1; p < parts; ++p)
      sum = combine(sum, sums[p]);
    result = horizontal(sum, combine);
  }
  if (remains)
    result = result ? combine(result, sums.back()) : sums.back();
  return result;
}

void Emitter::sweep(Place place, int64_t, function_ref<void(GroupSource &, ArrayRef<LaneIndex>)> body, GroupSource *outer) {
  if (block) {
    block->walk({}, [&](ArrayRef<LaneIndex> at, ValueRange) {
      body(*outer, at);
      return SmallVector<Value>();
    });
    block->store();
    return;
  }
  std::function<void(int64_t)> nest = [&](int64_t d) {
    if (d == rank) {
      body(*outer, place);
      return;
    }
    if (!reduced[d]) {
      nest(d + 1);
      return;
    }
    if (d == lane && !laneKept()) {
      // Dimensions behind the lane's are single elements.
      k.vectorLoop(shape[d], lanes, [&](GroupSource &source, LaneIndex i) {
        place[d] = i;
        body(source, place);
      });
      return;
    }
    k.loop(k.index(0), k.expression(shape[d]), 1, [&](Value i) {
      place[d] = outer->uniform(i);
      nest(d + 1);
    });
  };
  nest(0);
}

SmallVector<LaneIndex> Emitter::resultIndex(ArrayRef<LaneIndex> place, bool keepdims, GroupSource &source) {
  SmallVector<LaneIndex> index;
  for (int64_t d = 0; d < rank; ++d) {
    if (!reduced[d])
      index.push_back(place[d]);
    else if (keepdims)
      index.push_back(source.uniform(0));
  }
  return index;
}

void Emitter::reduce(ReduceOp op) {
  bool isReal = isa<FloatType>(element);
  bool isUnsigned = !isReal && (elementTypeOf(x).isUnsignedInteger() || elementTypeOf(x).isInteger(1));
  unsigned bits = element.getIntOrFloatBitWidth();
  double inf = std::numeric_limits<double>::infinity(), identity = 0;
  ReduceKind kind = op.getKind();
  if (kind == ReduceKind::prod)
    identity = 1;
  if (kind == ReduceKind::max)
    identity = isReal ? -inf : isUnsigned ? 0 : -std::ldexp(1.0, bits - 1);
  if (kind == ReduceKind::min)
    identity = isReal ? inf : 0;
  auto combine = [&](Value s, Value v) -> Value {
    switch (kind) {
    case ReduceKind::sum: return isReal ? Value(arith::AddFOp::create(b, loc, s, v)) : Value(arith::AddIOp::create(b, loc, s, v));
    case ReduceKind::prod: return isReal ? Value(arith::MulFOp::create(b, loc, s, v)) : Value(arith::MulIOp::create(b, loc, s, v));
    case ReduceKind::max:
      if (isReal) return arith::MaximumFOp::create(b, loc, s, v);
      return isUnsigned ? Value(arith::MaxUIOp::create(b, loc, s, v)) : Value(arith::MaxSIOp::create(b, loc, s, v));
    case ReduceKind::min:
      if (isReal) return arith::MinimumFOp::create(b, loc, s, v);
      return isUnsigned ? Value(arith::MinUIOp::create(b, loc, s, v)) : Value(arith::MinSIOp::create(b, loc, s, v));
    }
    llvm_unreachable("all kinds");
  };
  forEachPlace([&](GroupSource &source, Place place) {
    Value result;
    if (kind == ReduceKind::min && !isReal) {
      // The highest value has no exact double at 64 bits: minimum of the complement's maximum.
      auto invert = [&](Value v) -> Value { return arith::XOrIOp::create(b, loc, v, real(v.getType(), -1)); };
      auto larger = [&](Value s, Value v) -> Value {
        return isUnsigned ? Value(arith::MaxUIOp::create(b, loc, s, v)) : Value(arith::MaxSIOp::create(b, loc, s, v));
      };
      double lowest = isUnsigned ? 0 : -std::ldexp(1.0, bits - 1);
      result = invert(fold(source, place, element, lowest, [&](GroupSource &s, ArrayRef<LaneIndex> at) -> Value {
        Value v = s.at(x, at);
        return v ? invert(v) : v;
      }, larger));
    } else {
      result = fold(source, place, element, identity, [&](GroupSource &s, ArrayRef<LaneIndex> at) { return s.at(x, at); }, combine);
    }
    finish(source, resultIndex(place, op.getKeepdims(), source), result);
  });
}

void Emitter::argReduce(ArgReduceOp op) {
  bool isReal = isa<FloatType>(element), isMax = op.getKind() == ReduceKind::max, last = op.getLast();
  bool isUnsigned = !isReal && (elementTypeOf(x).isUnsignedInteger() || elementTypeOf(x).isInteger(1));
  auto better = [&](Value v, Value best) -> Value { // whether v replaces an earlier best
    if (isReal) {
      using P = arith::CmpFPredicate;
      return arith::CmpFOp::create(b, loc, isMax ? (last ? P::OGE : P::OGT) : (last ? P::OLE : P::OLT), v, best);
    }
    using P = arith::CmpIPredicate;
    P p = isMax ? (last ? P::sge : P::sgt) : (last ? P::sle : P::slt);
    if (isUnsigned)
      p = isMax ? (last ? P::uge : P::ugt) : (last ? P::ule : P::ult);
    return arith::CmpIOp::create(b, loc, p, v, best);
  };
  int64_t axis = op.getAxis();
  Type i64 = b.getI64Type();
  Value length = k.expression(shape[axis]);
  forEachPlace([&](GroupSource &source, Place place) {
    bool kept = laneKept() || axis != lane;
    auto known = constantOf(shape[axis]);
    if (kept || lanes == 1 || (known && *known < 2 * lanes)) {
      place[axis] = source.uniform(0);
      Value first = block ? block->firstElement(x) : source.at(x, place);
      if (!first)
        return;
      Type own = source.valueType(elementTypeOf(x));
      first = fit(source, first, own);
      Type at = source.lanes > 1 ? Type(VectorType::get({source.lanes}, i64)) : i64;
      auto next = [&](ArrayRef<LaneIndex> place, ValueRange state) {
        Value v = source.at(x, place);
        if (!v)
          return SmallVector<Value>(state);
        v = fit(source, v, own);
        Value wins = better(v, state[0]);
        Value number = arith::IndexCastOp::create(b, loc, i64, place[axis].base);
        return SmallVector<Value>{arith::SelectOp::create(b, loc, wins, v, state[0]),
                                  arith::SelectOp::create(b, loc, wins, fit(source, number, at), state[1])};
      };
      SmallVector<Value> begin{first, real(at, 0)};
      SmallVector<Value> best = block ? block->walk(begin, next) : k.loop(k.index(1), length, 1, begin, [&](Value i, ValueRange state) {
        place[axis] = source.uniform(i);
        return next(place, state);
      });
      finish(source, resultIndex(place, op.getKeepdims(), source), best[1]);
      return;
    }
    // Each lane finds its best; then the lanes are compared, the lower index first among equals.
    GroupSource wide(k, lanes);
    VectorType vi = VectorType::get({lanes}, i64);
    place[axis] = {k.index(0), 1, nullptr};
    Value first = wide.at(x, place);
    if (!first)
      return;
    SmallVector<int64_t> steps;
    for (int64_t i = 0; i < lanes; ++i)
      steps.push_back(i);
    Value start = arith::ConstantOp::create(b, loc, DenseElementsAttr::get(vi, ArrayRef<int64_t>(steps)));
    Value whole = k.sub(length, b.createOrFold<arith::RemUIOp>(loc, length, k.index(lanes)));
    SmallVector<Value> best = k.loop(k.index(lanes), whole, lanes, {first, start}, [&](Value i, ValueRange state) {
      place[axis] = {i, 1, nullptr};
      Value v = wide.at(x, place);
      if (!v)
        return SmallVector<Value>(state);
      Value wins = better(v, state[0]);
      Value number = vector::BroadcastOp::create(b, loc, vi, arith::IndexCastOp::create(b, loc, i64, i));
      number = arith::AddIOp::create(b, loc, number, start);
      return SmallVector<Value>{arith::SelectOp::create(b, loc, wins, v, state[0]), arith::SelectOp::create(b, loc, wins, number, state[1])};
    });
    Value v = vector::ExtractOp::create(b, loc, best[0], 0), at = vector::ExtractOp::create(b, loc, best[1], 0);
    auto strictly = [&](Value a, Value o) -> Value {
      if (isReal)
        return arith::CmpFOp::create(b, loc, isMax ? arith::CmpFPredicate::OGT : arith::CmpFPredicate::OLT, a, o);
      using P = arith::CmpIPredicate;
      return arith::CmpIOp::create(b, loc, isUnsigned ? (isMax ? P::ugt : P::ult) : (isMax ? P::sgt : P::slt), a, o);
    };
    for (int64_t l = 1; l < lanes; ++l) {
      Value lv = vector::ExtractOp::create(b, loc, best[0], l), li = vector::ExtractOp::create(b, loc, best[1], l);
      Value equal = isReal ? Value(arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, lv, v))
                           : Value(arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, lv, v));
      Value order = arith::CmpIOp::create(b, loc, last ? arith::CmpIPredicate::sgt : arith::CmpIPredicate::slt, li, at);
      Value wins = arith::OrIOp::create(b, loc, strictly(lv, v), arith::AndIOp::create(b, loc, equal, order));
      v = arith::SelectOp::create(b, loc, wins, lv, v);
      at = arith::SelectOp::create(b, loc, wins, li, at);
    }
    SmallVector<Value> end = k.loop(whole, length, 1, {v, at}, [&](Value i, ValueRange state) {
      place[axis] = source.uniform(i);
      Value one = source.at(x, place);
      if (!one)
        return SmallVector<Value>(state);
      Value wins = better(one, state[0]);
      Value number = arith::IndexCastOp::create(b, loc, i64, i);
      return SmallVector<Value>{arith::SelectOp::create(b, loc, wins, one, state[0]), arith::SelectOp::create(b, loc, wins, number, state[1])};
    });
    finish(source, resultIndex(place, op.getKeepdims(), source), end[1]);
  });
}

void Emitter::cumulative(CumulativeOp op) {
  bool isReal = isa<FloatType>(element), isSum = op.getKind() == ReduceKind::sum;
  int64_t axis = op.getAxis();
  auto combine = [&](Value s, Value v) -> Value {
    if (isSum)
      return isReal ? Value(arith::AddFOp::create(b, loc, s, v)) : Value(arith::AddIOp::create(b, loc, s, v));
    return isReal ? Value(arith::MulFOp::create(b, loc, s, v)) : Value(arith::MulIOp::create(b, loc, s, v));
  };
  Value length = k.expression(shape[axis]);
  forEachPlace([&](GroupSource &source, Place place) {
    Type own = source.valueType(elementTypeOf(x));
    auto step = [&](ArrayRef<LaneIndex> at, ValueRange state) {
      Value v = source.at(x, at);
      if (!v)
        return SmallVector<Value>(state);
      Value next = combine(state[0], fit(source, v, own));
      finishInRow(source, at, op.getExclusive() ? state[0] : next);
      return SmallVector<Value>{next};
    };
    Value begin = real(own, isSum ? 0 : 1);
    if (block) {
      block->walk(begin, step, op.getReverse());
      block->store();
      return;
    }
    k.loop(k.index(0), length, 1, begin, [&](Value i, ValueRange state) {
      Value at = op.getReverse() ? k.sub(k.sub(length, k.index(1)), i) : i;
      place[axis] = source.uniform(at);
      return step(place, state);
    });
  });
}

void Emitter::softmax(SoftmaxOp op) {
  double inf = std::numeric_limits<double>::infinity();
  auto larger = [&](Value s, Value v) -> Value { return arith::MaximumFOp::create(b, loc, s, v); };
  auto plus = [&](Value s, Value v) -> Value { return arith::AddFOp::create(b, loc, s, v); };
  // The exponentials wait for their sum: in the place of x where that is kept, in the result's where that itself is stored.
  bool keep = !op.getLog() && !block && k.memory.count(y);
  forEachPlace([&](GroupSource &source, Place place) {
    Value highest = fold(source, place, element, -inf, [&](GroupSource &s, ArrayRef<LaneIndex> at) { return elementOfX(s, at); }, larger);
    auto power = [&](GroupSource &s, ArrayRef<LaneIndex> at) -> Value {
      Value v = elementOfX(s, at);
      if (!v)
        return v;
      Type own = s.valueType(elementTypeOf(x));
      return math::ExpOp::create(b, loc, arith::SubFOp::create(b, loc, fit(s, v, own), fit(s, highest, own)));
    };
    Value sum = fold(source, place, element, 0, [&](GroupSource &s, ArrayRef<LaneIndex> at) -> Value {
      Value e = power(s, at);
      if (e && keep)
        s.store(y, at, e);
      if (e && block && !op.getLog())
        block->keep(x, e);
      return e;
    }, plus);
    Value factor = op.getLog() ? Value(math::LogOp::create(b, loc, sum))
                               : Value(arith::DivFOp::create(b, loc, real(sum.getType(), 1), sum));
    sweep(place, lanes, [&](GroupSource &s, ArrayRef<LaneIndex> at) {
      Type own = s.valueType(elementTypeOf(x));
      Value v;
      if (op.getLog()) {
        v = elementOfX(s, at);
        if (!v)
          return;
        v = arith::SubFOp::create(b, loc, arith::SubFOp::create(b, loc, fit(s, v, own), fit(s, highest, own)), fit(s, factor, own));
      } else {
        v = keep ? s.load(k.memory[y], at) : block ? elementOfX(s, at) : power(s, at);
        if (!v)
          return;
        v = arith::MulFOp::create(b, loc, v, fit(s, factor, own));
      }
      finishInRow(s, at, v);
    }, &source);
  });
}

void Emitter::layerNorm(LayerNormOp op) {
  auto plus = [&](Value s, Value v) -> Value { return arith::AddFOp::create(b, loc, s, v); };
  Value count = k.index(1);
  for (int64_t d = op.getAxis(); d < rank; ++d)
    count = k.mul(count, k.expression(shape[d]));
  Value n = arith::SIToFPOp::create(b, loc, element, arith::IndexCastOp::create(b, loc, b.getI64Type(), count));
  Value share = arith::DivFOp::create(b, loc, real(element, 1), n);
  forEachPlace([&](GroupSource &source, Place place) {
    Value mean = fold(source, place, element, 0, [&](GroupSource &s, ArrayRef<LaneIndex> at) { return elementOfX(s, at); }, plus);
    // Vectors where the lanes are rows of their own.
    auto constant = [&](Value v) { return fit(source, v, mean.getType()); };
    mean = arith::MulFOp::create(b, loc, mean, constant(share));
    auto centred = [&](GroupSource &s, ArrayRef<LaneIndex> at) -> Value {
      Value v = elementOfX(s, at);
      if (!v)
        return v;
      Type own = s.valueType(elementTypeOf(x));
      return arith::SubFOp::create(b, loc, fit(s, v, own), fit(s, mean, own));
    };
    Value variance = fold(source, place, element, 0, [&](GroupSource &s, ArrayRef<LaneIndex> at) -> Value {
      Value v = centred(s, at);
      return v ? Value(arith::MulFOp::create(b, loc, v, v)) : v;
    }, plus);
    variance = arith::AddFOp::create(b, loc, arith::MulFOp::create(b, loc, variance, constant(share)),
                                     constant(real(element, op.getEpsilon().convertToDouble())));
    Value factor = arith::DivFOp::create(b, loc, constant(real(element, 1)), math::SqrtOp::create(b, loc, variance));
    sweep(place, lanes, [&](GroupSource &s, ArrayRef<LaneIndex> at) {
      Type own = s.valueType(elementTypeOf(x));
      Value v = centred(s, at);
      if (!v)
        return;
      v = arith::MulFOp::create(b, loc, v, fit(s, factor, own));
      auto operand = [&](Value tensor) {
        int64_t have = tensorTypeOf(tensor).getRank();
        SmallVector<LaneIndex> index;
        for (int64_t d = 0; d < have; ++d)
          index.push_back(tensorTypeOf(tensor).getDimSize(d) == 1 ? s.uniform(0) : at[rank - have + d]);
        return fit(s, s.at(tensor, index), own);
      };
      if (op.getScale())
        v = arith::MulFOp::create(b, loc, v, operand(op.getScale()));
      if (op.getBias())
        v = arith::AddFOp::create(b, loc, v, operand(op.getBias()));
      finishInRow(s, at, v);
    }, &source);
  });
}

LogicalResult Emitter::emit() {
  if (auto op = dyn_cast<ReduceOp>(root))
    reduce(op);
  else if (auto op = dyn_cast<ArgReduceOp>(root))
    argReduce(op);
  else if (auto op = dyn_cast<CumulativeOp>(root))
    cumulative(op);
  else if (auto op = dyn_cast<SoftmaxOp>(root))
    softmax(op);
  else
    layerNorm(cast<LayerNormOp>(root));
  return failure(k.failed);
}

} // namespace

AffineExpr rowTasks(GroupOp group) {
  Shape shape = shapeOf(rootOf(group)->getOperand(0));
  RowForm form = rowForm(group);
  AffineExpr tasks = constantExpr(1, group.getContext());
  for (int64_t d = 0; d < static_cast<int64_t>(shape.size()); ++d)
    if (!form.reduced[d] && (d < form.first || d > form.lane))
      tasks = tasks * shape[d];
  return form.rowsAtOnce ? tasks * form.rows.ceilDiv(form.rowsAtOnce) : tasks;
}

LogicalResult emitRowKernel(KernelBuilder &kernel) { return Emitter(kernel).emit(); }

} // namespace mlc
