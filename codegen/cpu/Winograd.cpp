//===- Winograd.cpp - into and out of Winograd's domain ----------------------===//
//
// A task is one row of 4x4 tiles; vectors run along channels. Each tile is transformed column by column into a scratch tile
// in L1 and from there row by row. The product between the two transforms is the contraction emitter's.
//
//===----------------------------------------------------------------------===//

#include "KernelBuilder.h"
#include "ir/Winograd.h"

using namespace mlir;

namespace mlc {

namespace {

using namespace winograd;

class Emitter {
public:
  explicit Emitter(KernelBuilder &k) : k(k), b(k.b), loc(k.loc), root(rootOf(k.group)), x(root->getOperand(0)), y(root->getResult(0)) {
    element = computeType(elementTypeOf(y));
    lanes = k.groupLanes();
  }
  LogicalResult emit();

private:
  void input(WinogradInputOp op, Value task);
  void output(WinogradOutputOp op, Value task);
  /// One line of six into the domain, and one of the domain into four outputs.
  SmallVector<Value> inputLine(ArrayRef<Value> d);
  SmallVector<Value> outputLine(ArrayRef<Value> m);

  Value constant(Type type, double value) {
    TypedAttr attr = b.getFloatAttr(getElementTypeOrSelf(type), value);
    if (auto v = dyn_cast<VectorType>(type))
      attr = DenseElementsAttr::get(v, Attribute(attr));
    return arith::ConstantOp::create(b, loc, attr);
  }
  Value add(Value u, Value v) { return arith::AddFOp::create(b, loc, u, v); }
  Value sub(Value u, Value v) { return arith::SubFOp::create(b, loc, u, v); }
  Value scale(Value u, double f) { return arith::MulFOp::create(b, loc, u, constant(u.getType(), f)); }
  Value addScaled(Value sum, double f, Value u) {
    if (k.target.fusedMultiplyAdd && isa<VectorType>(u.getType()))
      return vector::FMAOp::create(b, loc, u, constant(u.getType(), f), sum);
    return add(sum, scale(u, f));
  }
  void keep(Value value, Value place) {
    Value at = k.mul(place, k.index(lanes));
    if (isa<VectorType>(value.getType()))
      vector::StoreOp::create(b, loc, value, scratch, at);
    else
      memref::StoreOp::create(b, loc, value, scratch, at);
  }
  Value kept(Type type, Value place) {
    Value at = k.mul(place, k.index(lanes));
    if (auto v = dyn_cast<VectorType>(type))
      return vector::LoadOp::create(b, loc, v, scratch, at);
    return memref::LoadOp::create(b, loc, scratch, at);
  }
  Value compare(arith::CmpIPredicate how, Value u, Value v) { return arith::CmpIOp::create(b, loc, how, u, v); }
  /// Whether 0 <= v < size.
  Value within(Value v, Value size) { return compare(arith::CmpIPredicate::ult, v, size); }

  KernelBuilder &k;
  OpBuilder &b;
  Location loc;
  Operation *root;
  Value x, y, scratch;
  Type element;
  int64_t lanes;
};

SmallVector<Value> Emitter::inputLine(ArrayRef<Value> d) {
  // Rows of kInput: points of opposite sign share their even and their odd part.
  auto pair = [&](double point, double other, Value &plus, Value &minus) {
    Value even = addScaled(d[4], -other, d[2]), odd = addScaled(d[3], -other, d[1]);
    plus = addScaled(even, point, odd);
    minus = addScaled(even, -point, odd);
  };
  SmallVector<Value> t(kPoints);
  t[0] = addScaled(add(d[0], d[4]), -(kP2 + kQ2), d[2]);
  pair(kP, kQ2, t[1], t[2]);
  pair(kQ, kP2, t[3], t[4]);
  t[5] = addScaled(add(d[1], d[5]), -(kP2 + kQ2), d[3]);
  return t;
}
static_assert(kP2 * kQ2 == 1, "d[0] and d[1] have the factor 1");

SmallVector<Value> Emitter::outputLine(ArrayRef<Value> m) {
  Value evenP = add(m[1], m[2]), oddP = sub(m[1], m[2]), evenQ = add(m[3], m[4]), oddQ = sub(m[3], m[4]);
  return {add(m[0], add(evenP, evenQ)), addScaled(scale(oddP, kP), kQ, oddQ), addScaled(scale(evenP, kP2), kQ2, evenQ),
          addScaled(addScaled(m[5], kP * kP2, oddP), kQ * kQ2, oddQ)};
}

void Emitter::input(WinogradInputOp op, Value task) {
  Shape shape = shapeOf(x);
  auto out = [&](int d) { return shape[d + 1] + (op.getLow()[d] + op.getHigh()[d] - 2); };
  Value high = k.expression(out(0).ceilDiv(kOutputs)), wide = k.expression(out(1).ceilDiv(kOutputs));
  Value height = k.expression(shape[1]), width = k.expression(shape[2]);
  Value n = b.createOrFold<arith::DivUIOp>(loc, task, high), row = k.sub(task, k.mul(n, high));
  Value top = k.sub(k.mul(row, k.index(kOutputs)), k.index(op.getLow()[0]));
  auto both = [&](Value u, Value v) { return arith::AndIOp::create(b, loc, u, v); };
  auto spans = [&](Value from, Value size) {
    return both(compare(arith::CmpIPredicate::sge, from, k.index(0)), compare(arith::CmpIPredicate::sle, k.add(from, k.index(kPoints)), size));
  };
  Value rowsInside = spans(top, height);
  k.loop(k.index(0), wide, 1, [&](Value column) {
    Value tile = k.add(k.mul(task, wide), column);
    Value left = k.sub(k.mul(column, k.index(kOutputs)), k.index(op.getLow()[1]));
    auto transform = [&](bool inside) {
      k.vectorLoop(shape[3], lanes, [&](GroupSource &source, LaneIndex channel) {
        Type type = source.valueType(elementTypeOf(x));
        k.loop(k.index(0), k.index(kPoints), 1, [&](Value j) {
          SmallVector<Value> line;
          Value at = k.add(left, j), columnInside = inside ? nullptr : within(at, width);
          for (int64_t i = 0; i < kPoints; ++i) {
            Value from = k.add(top, k.index(i));
            SmallVector<LaneIndex> index{source.uniform(n), source.uniform(from), source.uniform(at), channel};
            if (inside) {
              line.push_back(source.at(x, index));
              continue;
            }
            auto branch = scf::IfOp::create(b, loc, TypeRange(type), both(within(from, height), columnInside), /*withElseRegion=*/true);
            OpBuilder::InsertionGuard guard(b);
            b.setInsertionPointToStart(branch.thenBlock());
            scf::YieldOp::create(b, loc, source.at(x, index));
            b.setInsertionPointToStart(branch.elseBlock());
            scf::YieldOp::create(b, loc, constant(type, 0));
            line.push_back(branch.getResult(0));
          }
          for (auto [i, v] : llvm::enumerate(inputLine(line)))
            keep(v, k.add(k.index(i * kPoints), j));
        });
        k.loop(k.index(0), k.index(kPoints), 1, [&](Value i) {
          SmallVector<Value> line;
          Value first = k.mul(i, k.index(kPoints));
          for (int64_t j = 0; j < kPoints; ++j)
            line.push_back(kept(type, k.add(first, k.index(j))));
          for (auto [j, v] : llvm::enumerate(inputLine(line)))
            k.finish(source, y, {source.uniform(k.add(first, k.index(j))), source.uniform(tile), channel}, v);
        });
      });
    };
    auto branch = scf::IfOp::create(b, loc, both(rowsInside, spans(left, width)), /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    transform(true);
    b.setInsertionPointToStart(branch.elseBlock());
    transform(false);
  });
}

void Emitter::output(WinogradOutputOp op, Value task) {
  Shape shape = shapeOf(y);
  Value high = k.expression(shape[1].ceilDiv(kOutputs)), wide = k.expression(shape[2].ceilDiv(kOutputs));
  Value height = k.expression(shape[1]), width = k.expression(shape[2]);
  Value n = b.createOrFold<arith::DivUIOp>(loc, task, high), row = k.sub(task, k.mul(n, high));
  Value top = k.mul(row, k.index(kOutputs));
  Value rows = k.min(k.sub(height, top), k.index(kOutputs));
  auto whole = constantOf(shape[2] % kOutputs) == std::optional<int64_t>(0);
  k.loop(k.index(0), wide, 1, [&](Value column) {
    Value tile = k.add(k.mul(task, wide), column), left = k.mul(column, k.index(kOutputs));
    k.vectorLoop(shape[3], lanes, [&](GroupSource &source, LaneIndex channel) {
      Type type = source.valueType(elementTypeOf(x));
      k.loop(k.index(0), k.index(kPoints), 1, [&](Value j) {
        SmallVector<Value> line;
        for (int64_t i = 0; i < kPoints; ++i)
          line.push_back(source.at(x, {source.uniform(k.add(k.index(i * kPoints), j)), source.uniform(tile), channel}));
        for (auto [i, v] : llvm::enumerate(outputLine(line)))
          keep(v, k.add(k.index(i * kPoints), j));
      });
      k.loop(k.index(0), rows, 1, [&](Value r) {
        SmallVector<Value> line;
        for (int64_t j = 0; j < kPoints; ++j)
          line.push_back(kept(type, k.add(k.mul(r, k.index(kPoints)), k.index(j))));
        for (auto [c, v] : llvm::enumerate(outputLine(line))) {
          Value at = k.add(left, k.index(c));
          OpBuilder::InsertionGuard guard(b);
          if (!whole && c > 0) {
            auto branch = scf::IfOp::create(b, loc, compare(arith::CmpIPredicate::slt, at, width), /*withElseRegion=*/false);
            b.setInsertionPointToStart(branch.thenBlock());
          }
          k.finish(source, y, {source.uniform(n), source.uniform(k.add(top, r)), source.uniform(at), channel}, v);
        }
      });
    });
  });
}

LogicalResult Emitter::emit() {
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&k.function.front());
    scratch = memref::AllocaOp::create(b, loc, MemRefType::get({kPoints * kPoints * lanes}, element), b.getI64IntegerAttr(64));
  }
  k.loop(k.begin, k.end, 1, [&](Value task) {
    if (auto op = dyn_cast<WinogradInputOp>(root))
      input(op, task);
    else
      output(cast<WinogradOutputOp>(root), task);
  });
  return failure(k.failed);
}

} // namespace

AffineExpr winogradTasks(GroupOp group) {
  Operation *root = rootOf(group);
  if (auto op = dyn_cast<WinogradInputOp>(root)) {
    Shape x = shapeOf(op.getX());
    return x[0] * (x[1] + (op.getLow()[0] + op.getHigh()[0] - 2)).ceilDiv(kOutputs);
  }
  Shape y = shapeOf(root->getResult(0));
  return y[0] * y[1].ceilDiv(kOutputs);
}

LogicalResult emitWinogradKernel(KernelBuilder &kernel) { return Emitter(kernel).emit(); }

} // namespace mlc
