//===- Loop.cpp - one pass over memory: element-wise chains and movement ----===//
//
// Every element of the results is computed where it is stored, from elements of the operands. The innermost dimension goes
// through vectors; neighbouring dimensions that all tensors see alike are one. A concatenation at the end writes each part
// with a loop of its own, and rows that padding makes longer consist of three loops.
//
//===----------------------------------------------------------------------===//

#include "KernelBuilder.h"
#include "ir/Views.h"

using namespace mlir;

namespace mlc {

// Elements of a task where there is one dimension only.
constexpr int64_t kChunk = 4096;
// Tasks enumerate so many leading dimensions that there are at least these many.
constexpr int64_t kEnoughTasks = 64;

namespace {

struct LoopSpace {
  IterationSpace space;
  int64_t outer = 0; // leading merged dimensions that tasks enumerate; 0: chunks of the only one

  AffineExpr tasks(MLIRContext *ctx) const {
    if (outer == 0)
      return space.extents.empty() ? constantExpr(1, ctx) : space.extents[0].ceilDiv(kChunk);
    return product(ArrayRef(space.extents).take_front(outer), ctx);
  }
};

LoopSpace loopSpace(GroupOp group, Value result) {
  bool elementwise = true;
  SmallVector<Value> tensors;
  for (Operation &op : group.getBody().front().without_terminator()) {
    auto p = dyn_cast<Pointwise>(op);
    elementwise &= p && (p.isElementwise() || isa<ConstantOp>(op));
    tensors.append(op.operand_begin(), op.operand_end());
    tensors.append(op.result_begin(), op.result_end());
  }
  Shape shape = shapeOf(result);
  LoopSpace s;
  if (elementwise) {
    s.space = mergeDimensions(shape, tensors);
  } else {
    s.space.rank = shape.size();
    for (auto [d, e] : llvm::enumerate(shape)) {
      s.space.extents.push_back(e);
      s.space.last.push_back(d);
    }
  }
  int64_t dims = s.space.extents.size(), count = 1;
  while (s.outer + 1 < dims && count < kEnoughTasks) {
    auto c = constantOf(s.space.extents[s.outer]);
    count = c ? count * *c : kEnoughTasks;
    ++s.outer;
  }
  return s;
}

/// Vectors cannot run along a dimension that is sampled.
bool sampledInside(GroupOp group) {
  bool sampled = false;
  group.getBody().walk([&](ResizeOp op) {
    Shape in = shapeOf(op.getX()), out = shapeOf(op.getY());
    sampled |= !in.empty() && (in.back() != out.back() || op.getCoordinates() == 4 ||
                               (!op.getScales().empty() && op.getScales().back() != 1.0));
  });
  return sampled;
}

} // namespace

AffineExpr loopTasks(GroupOp group) {
  auto yield = cast<YieldOp>(group.getBody().front().getTerminator());
  Value result = yield.getResults()[0];
  if (auto concat = result.getDefiningOp<ConcatOp>()) {
    // All parts take part in every task: rows before the axis.
    Shape shape = shapeOf(result);
    return product(ArrayRef(shape).take_front(concat.getAxis()), group.getContext());
  }
  return loopSpace(group, result).tasks(group.getContext());
}

/// Whether the dimensions from one on follow on each other in memory.
static bool isRun(Value tensor, int64_t from) {
  SmallVector<AffineExpr> strides = memoryStrides(tensor);
  Shape shape = shapeOf(tensor);
  for (size_t d = from; d + 1 < shape.size(); ++d)
    if (strides[d] != strides[d + 1] * shape[d + 1] && constantOf(shape[d]) != std::optional<int64_t>(1))
      return false;
  return true;
}

static LogicalResult emitConcat(KernelBuilder &k, ConcatOp concat, int64_t lanes) {
  Value result = concat.getY();
  int64_t axis = concat.getAxis(), rank = concat.getY().getType().getRank();
  Shape shape = shapeOf(result);
  k.loop(k.begin, k.end, 1, [&](Value task) {
    SmallVector<Value> rows = k.delinearize(task, ArrayRef(shape).take_front(axis));
    Value offset = k.index(0);
    for (Value part : concat.getParts()) {
      Shape own = shapeOf(part);
      // The part's dimensions from the axis on; what is read from memory as it lies there is one run.
      bool run = isa<BlockArgument>(part) && isRun(part, axis) && isRun(result, axis);
      auto inner = [&](GroupSource &source, ArrayRef<LaneIndex> tail) {
        SmallVector<LaneIndex> from, to;
        for (Value r : rows)
          from.push_back(source.uniform(r)), to.push_back(source.uniform(r));
        from.append(tail.begin(), tail.end());
        to.append(tail.begin(), tail.end());
        to[axis] = source.add(to[axis], source.uniform(offset));
        if (Value v = source.at(part, from))
          source.store(result, to, v);
      };
      if (run) {
        AffineExpr extent = product(ArrayRef(own).drop_front(axis), k.group.getContext());
        k.vectorLoop(extent, lanes, [&](GroupSource &source, LaneIndex i) {
          SmallVector<LaneIndex> tail(rank - axis, source.uniform(0));
          tail.back() = i;
          inner(source, tail);
        });
      } else {
        SmallVector<Value> at;
        std::function<void(int64_t)> nest = [&](int64_t d) {
          if (d + 1 == rank) {
            k.vectorLoop(own[d], lanes, [&](GroupSource &source, LaneIndex i) {
              SmallVector<LaneIndex> tail;
              for (Value v : at)
                tail.push_back(source.uniform(v));
              tail.push_back(i);
              inner(source, tail);
            });
            return;
          }
          k.loop(k.index(0), k.expression(own[d]), 1, [&](Value i) {
            at.push_back(i);
            nest(d + 1);
            at.pop_back();
          });
        };
        nest(axis);
      }
      offset = k.add(offset, k.expression(own[axis]));
    }
  });
  return failure(k.failed);
}

/// Whether a pad adds to the rows themselves: then lanes at their ends would have to be told from the others.
static bool lengthensRows(PadOp pad) {
  auto low = constantOf(pad.getLow().exprs().back()), high = constantOf(pad.getHigh().exprs().back());
  auto type = pad.getX().getType();
  return pad.getMode() == PadMode::constant && llvm::all_of(pad.getInterior(), [](int64_t i) { return i == 0; }) && low && high && *low >= 0 &&
         *high >= 0 && *low + *high > 0 && type.getRank() > 1 && !(type.hasStaticShape() && type.getNumElements() == 0);
}

/// Rows outside of the operand hold the padding; others what is before, the operand's row, and what is behind.
static LogicalResult emitPad(KernelBuilder &k, PadOp pad, const LoopSpace &s, int64_t lanes) {
  OpBuilder &b = k.b;
  Shape from = shapeOf(pad.getX()), to = shapeOf(pad.getY());
  size_t last = from.size() - 1;
  auto fill = [&](ArrayRef<Value> at, Value begin, AffineExpr count) {
    k.vectorLoop(count, lanes, [&](GroupSource &source, LaneIndex i) {
      SmallVector<LaneIndex> place;
      for (Value v : at)
        place.push_back(source.uniform(v));
      place.push_back(source.add(i, source.uniform(begin)));
      Value value;
      if (pad.getValue()) {
        value = source.at(pad.getValue(), SmallVector<LaneIndex>(tensorTypeOf(pad.getValue()).getRank(), source.uniform(0)));
      } else {
        Type type = computeType(elementTypeOf(pad.getX()));
        value = arith::ConstantOp::create(b, k.loc, cast<TypedAttr>(b.getZeroAttr(type)));
      }
      if (value)
        source.store(pad.getY(), place, i.isUniform() ? value : source.splat(value));
    });
  };
  auto row = [&](ArrayRef<Value> at) {
    Value inside;
    SmallVector<Value> of;
    for (size_t d = 0; d < last; ++d) {
      Value low = k.expression(pad.getLow()[d]), i = k.sub(at[d], low);
      of.push_back(i);
      if (constantOf(pad.getLow()[d]) == 0 && constantOf(pad.getHigh()[d]) == 0)
        continue;
      // Below 0 is beyond all sizes, without a sign.
      Value fits = arith::CmpIOp::create(b, k.loc, arith::CmpIPredicate::ult, i, k.expression(from[d]));
      inside = inside ? Value(arith::AndIOp::create(b, k.loc, inside, fits)) : fits;
    }
    auto whole = [&] {
      AffineExpr low = pad.getLow()[last], high = pad.getHigh()[last];
      if (constantOf(low) != 0)
        fill(at, k.index(0), low);
      k.vectorLoop(from[last], lanes, [&](GroupSource &source, LaneIndex i) {
        SmallVector<LaneIndex> read, place;
        for (auto [r, p] : llvm::zip(of, at))
          read.push_back(source.uniform(r)), place.push_back(source.uniform(p));
        read.push_back(i);
        place.push_back(source.add(i, source.uniform(k.expression(low))));
        if (Value v = source.at(pad.getX(), read))
          source.store(pad.getY(), place, v);
      });
      if (constantOf(high) != 0)
        fill(at, k.add(k.expression(low), k.expression(from[last])), high);
    };
    if (!inside)
      return whole();
    auto branch = scf::IfOp::create(b, k.loc, inside, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    whole();
    b.setInsertionPointToStart(branch.elseBlock());
    fill(at, k.index(0), to[last]);
  };
  k.loop(k.begin, k.end, 1, [&](Value task) {
    SmallVector<Value> at = k.delinearize(task, ArrayRef(to).take_front(s.outer));
    std::function<void(size_t)> nest = [&](size_t d) {
      if (d == last)
        return row(at);
      k.loop(k.index(0), k.expression(to[d]), 1, [&](Value i) {
        at.push_back(i);
        nest(d + 1);
        at.pop_back();
      });
    };
    nest(s.outer);
  });
  return failure(k.failed);
}

LogicalResult emitLoopKernel(KernelBuilder &k) {
  int64_t lanes = sampledInside(k.group) ? 1 : k.groupLanes();
  Value first = k.results()[0];
  if (auto concat = first.getDefiningOp<ConcatOp>())
    return emitConcat(k, concat, lanes);
  LoopSpace s = loopSpace(k.group, first);
  if (auto pad = first.getDefiningOp<PadOp>(); pad && k.results().size() == 1 && s.outer > 0 && lengthensRows(pad))
    return emitPad(k, pad, s, lanes);
  auto body = [&](ArrayRef<Value> outer, GroupSource &source, LaneIndex lane) {
    SmallVector<LaneIndex> merged;
    for (Value v : outer)
      merged.push_back(source.uniform(v));
    merged.push_back(lane);
    SmallVector<LaneIndex> index = s.space.spread(source, merged);
    // All elements are computed before the first is stored, since a result may stand in an operand's memory.
    SmallVector<Value> elements;
    for (Value result : k.results())
      elements.push_back(source.at(result, index));
    for (auto [result, element] : llvm::zip(k.results(), elements))
      if (element)
        source.store(result, index, element);
  };
  if (s.space.extents.empty()) { // a scalar
    GroupSource source(k, 1);
    SmallVector<Value> elements;
    for (Value result : k.results())
      elements.push_back(source.at(result, {}));
    for (auto [result, element] : llvm::zip(k.results(), elements))
      if (element)
        source.store(result, {}, element);
    return failure(k.failed);
  }
  if (s.outer == 0) {
    AffineExpr extent = s.space.extents[0];
    auto count = constantOf(extent);
    if (count && *count <= kChunk) {
      k.vectorLoop(extent, lanes, [&](GroupSource &source, LaneIndex i) { body({}, source, i); });
      return failure(k.failed);
    }
    Value from = k.mul(k.begin, k.index(kChunk));
    Value to = k.min(k.mul(k.end, k.index(kChunk)), k.expression(extent));
    k.vectorLoop(from, to, std::nullopt, lanes, [&](GroupSource &source, LaneIndex i) { body({}, source, i); });
    return failure(k.failed);
  }
  k.loop(k.begin, k.end, 1, [&](Value task) {
    SmallVector<Value> at = k.delinearize(task, ArrayRef(s.space.extents).take_front(s.outer));
    std::function<void(size_t)> nest = [&](size_t d) {
      if (d + 1 == s.space.extents.size()) {
        k.vectorLoop(s.space.extents[d], lanes, [&](GroupSource &source, LaneIndex i) { body(at, source, i); });
        return;
      }
      k.loop(k.index(0), k.expression(s.space.extents[d]), 1, [&](Value i) {
        at.push_back(i);
        nest(d + 1);
        at.pop_back();
      });
    };
    nest(s.outer);
  });
  return failure(k.failed);
}

} // namespace mlc
