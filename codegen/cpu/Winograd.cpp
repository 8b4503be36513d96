//===- Winograd.cpp - into and out of Winograd's domain ----------------------===//
//
// A task is one row of tiles; vectors run along channels. Each tile is transformed column by column into a scratch tile
// in L1 and from there row by row. The product between the two transforms is the contraction emitter's.
//
//===----------------------------------------------------------------------===//

#include "ir/Winograd.h"
#include "KernelBuilder.h"

using namespace mlir;

namespace mlc {

namespace {

using namespace winograd;

const Transform &transformOf(Operation *root) {
  auto input = dyn_cast<WinogradInputOp>(root);
  return *winograd::transformOf(input ? input.getOutputs() : cast<WinogradOutputOp>(root).getOutputs());
}

class Emitter {
public:
  explicit Emitter(KernelBuilder &k)
      : k(k), b(k.b), loc(k.loc), root(rootOf(k.group)), t(transformOf(root)), line(t, *this), x(root->getOperand(0)),
        y(root->getResult(0)) {
    element = computeType(elementTypeOf(y));
    lanes = k.groupLanes();
  }
  LogicalResult emit();

  // The arithmetic of lines.
  Value add(Value u, Value v) { return arith::AddFOp::create(b, loc, u, v); }
  Value sub(Value u, Value v) { return arith::SubFOp::create(b, loc, u, v); }
  Value scale(Value u, double f) { return arith::MulFOp::create(b, loc, u, constant(u.getType(), f)); }
  Value addScaled(Value sum, double f, Value u) {
    if (k.target.fusedMultiplyAdd && isa<VectorType>(u.getType()))
      return vector::FMAOp::create(b, loc, u, constant(u.getType(), f), sum);
    return add(sum, scale(u, f));
  }

private:
  void input(WinogradInputOp op, Value task);
  void output(WinogradOutputOp op, Value task);

  Value constant(Type type, double value) {
    TypedAttr attr = b.getFloatAttr(getElementTypeOrSelf(type), value);
    if (auto v = dyn_cast<VectorType>(type))
      attr = DenseElementsAttr::get(v, Attribute(attr));
    return arith::ConstantOp::create(b, loc, attr);
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
  const Transform &t;
  Line<Value, Emitter> line;
  Value x, y, scratch;
  Type element;
  int64_t lanes;
};

void Emitter::input(WinogradInputOp op, Value task) {
  Shape shape = shapeOf(x);
  auto out = [&](int d) { return shape[d + 1] + (op.getLow()[d] + op.getHigh()[d] - 2); };
  Value high = k.expression(out(0).ceilDiv(t.outputs)), wide = k.expression(out(1).ceilDiv(t.outputs));
  Value height = k.expression(shape[1]), width = k.expression(shape[2]);
  Value n = b.createOrFold<arith::DivUIOp>(loc, task, high), row = k.sub(task, k.mul(n, high));
  Value top = k.sub(k.mul(row, k.index(t.outputs)), k.index(op.getLow()[0]));
  auto both = [&](Value u, Value v) { return arith::AndIOp::create(b, loc, u, v); };
  auto spans = [&](Value from, Value size) {
    return both(compare(arith::CmpIPredicate::sge, from, k.index(0)),
                compare(arith::CmpIPredicate::sle, k.add(from, k.index(t.points)), size));
  };
  Value rowsInside = spans(top, height);
  k.loop(k.index(0), wide, 1, [&](Value column) {
    Value tile = k.add(k.mul(task, wide), column);
    Value left = k.sub(k.mul(column, k.index(t.outputs)), k.index(op.getLow()[1]));
    auto transform = [&](bool inside) {
      k.vectorLoop(shape[3], lanes, [&](GroupSource &source, LaneIndex channel) {
        Type type = source.valueType(elementTypeOf(x));
        k.loop(k.index(0), k.index(t.points), 1, [&](Value j) {
          SmallVector<Value> elements;
          Value at = k.add(left, j), columnInside = inside ? nullptr : within(at, width);
          for (int64_t i = 0; i < t.points; ++i) {
            Value from = k.add(top, k.index(i));
            SmallVector<LaneIndex> index{source.uniform(n), source.uniform(from), source.uniform(at), channel};
            if (inside) {
              elements.push_back(source.at(x, index));
              continue;
            }
            auto branch = scf::IfOp::create(b, loc, TypeRange(type), both(within(from, height), columnInside), /*withElseRegion=*/true);
            OpBuilder::InsertionGuard guard(b);
            b.setInsertionPointToStart(branch.thenBlock());
            scf::YieldOp::create(b, loc, source.at(x, index));
            b.setInsertionPointToStart(branch.elseBlock());
            scf::YieldOp::create(b, loc, constant(type, 0));
            elements.push_back(branch.getResult(0));
          }
          for (auto [i, v] : llvm::enumerate(line.input(elements)))
            keep(v, k.add(k.index(i * t.points), j));
        });
        k.loop(k.index(0), k.index(t.points), 1, [&](Value i) {
          SmallVector<Value> elements;
          Value first = k.mul(i, k.index(t.points));
          for (int64_t j = 0; j < t.points; ++j)
            elements.push_back(kept(type, k.add(first, k.index(j))));
          for (auto [j, v] : llvm::enumerate(line.input(elements)))
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
  Value high = k.expression(shape[1].ceilDiv(t.outputs)), wide = k.expression(shape[2].ceilDiv(t.outputs));
  Value height = k.expression(shape[1]), width = k.expression(shape[2]);
  Value n = b.createOrFold<arith::DivUIOp>(loc, task, high), row = k.sub(task, k.mul(n, high));
  Value top = k.mul(row, k.index(t.outputs));
  Value rows = k.min(k.sub(height, top), k.index(t.outputs));
  auto whole = constantOf(shape[2] % t.outputs) == std::optional<int64_t>(0);
  k.loop(k.index(0), wide, 1, [&](Value column) {
    Value tile = k.add(k.mul(task, wide), column), left = k.mul(column, k.index(t.outputs));
    k.vectorLoop(shape[3], lanes, [&](GroupSource &source, LaneIndex channel) {
      Type type = source.valueType(elementTypeOf(x));
      k.loop(k.index(0), k.index(t.points), 1, [&](Value j) {
        SmallVector<Value> elements;
        for (int64_t i = 0; i < t.points; ++i)
          elements.push_back(source.at(x, {source.uniform(k.add(k.index(i * t.points), j)), source.uniform(tile), channel}));
        for (auto [i, v] : llvm::enumerate(line.output(elements)))
          keep(v, k.add(k.index(i * t.points), j));
      });
      k.loop(k.index(0), rows, 1, [&](Value r) {
        SmallVector<Value> elements;
        for (int64_t j = 0; j < t.points; ++j)
          elements.push_back(kept(type, k.add(k.mul(r, k.index(t.points)), k.index(j))));
        for (auto [c, v] : llvm::enumerate(line.output(elements))) {
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
    scratch = memref::AllocaOp::create(b, loc, MemRefType::get({t.domain() * lanes}, element), b.getI64IntegerAttr(64));
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
  int64_t outputs = transformOf(root).outputs;
  if (auto op = dyn_cast<WinogradInputOp>(root)) {
    Shape x = shapeOf(op.getX());
    return x[0] * (x[1] + (op.getLow()[0] + op.getHigh()[0] - 2)).ceilDiv(outputs);
  }
  Shape y = shapeOf(root->getResult(0));
  return y[0] * y[1].ceilDiv(outputs);
}

LogicalResult emitWinogradKernel(KernelBuilder &kernel) { return Emitter(kernel).emit(); }

} // namespace mlc
