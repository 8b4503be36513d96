//===- Winograd.cpp - into and out of Winograd's domain ----------------------===//
//
// A task is one row of tiles; vectors run along channels. Each tile is transformed column by column into a scratch tile
// in L1 and from there row by row; where one of both is nothing to do, without the scratch tile. The product between the two
// transforms is the contraction emitter's.
//
//===----------------------------------------------------------------------===//

#include "ir/Winograd.h"
#include "KernelBuilder.h"

using namespace mlir;

namespace mlc {

namespace {

using namespace winograd;

/// The tiles of an operator, and its image as one with rows and columns: a line is one row.
struct Image {
  Tile tile;
  size_t rank = 0;           // spatial
  Shape shape;               // [N, spatial..., C]
  AffineExpr high, wide;     // of the image
  int64_t low[2] = {}, more[2] = {}; // padding before the image, and in all
};

Image imageOf(Operation *root) {
  Image image;
  auto input = dyn_cast<WinogradInputOp>(root);
  auto output = dyn_cast<WinogradOutputOp>(root);
  image.tile = *tileOf(input ? input.getOutputs() : output.getOutputs(), input ? input.getTaps() : output.getTaps());
  image.rank = input ? input.getOutputs().size() : output.getOutputs().size();
  image.shape = shapeOf(input ? input.getX() : output.getY());
  image.high = image.rank == 2 ? image.shape[1] : constantExpr(1, root->getContext());
  image.wide = image.shape[image.rank];
  for (size_t d = 0; input && d < image.rank; ++d) {
    image.low[2 - image.rank + d] = input.getLow()[d];
    image.more[2 - image.rank + d] = input.getLow()[d] + input.getHigh()[d];
  }
  return image;
}

/// Tiles along a dimension of the input.
AffineExpr tilesAlong(const Image &image, int d) {
  const Transform &t = *image.tile.dims[d];
  return ((d ? image.wide : image.high) + (image.more[d] - (t.taps - 1))).ceilDiv(t.outputs);
}

class Emitter {
public:
  explicit Emitter(KernelBuilder &k)
      : k(k), b(k.b), loc(k.loc), root(rootOf(k.group)), image(imageOf(root)), down(*image.tile.dims[0], *this),
        along(*image.tile.dims[1], *this), x(root->getOperand(0)), y(root->getResult(0)) {
    element = computeType(elementTypeOf(y));
    lanes = k.groupLanes();
    for (int d = 0; d < 2; ++d) {
      points[d] = image.tile.dims[d]->points;
      outputs[d] = image.tile.dims[d]->outputs;
    }
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
  void input(Value task);
  void output(Value task);
  using Element = function_ref<Value(Value i, Value j)>;
  using Lines = function_ref<SmallVector<Value>(ArrayRef<Value>)>;
  using Give = function_ref<void(Value i, Value j, Value v)>;
  void transform(Type type, Value rows, Element element, Lines columnTransform, Lines rowTransform, Give give);

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
  /// The number of the point (i, j).
  Value point(Value i, Value j) { return k.add(k.mul(i, k.index(points[1])), j); }
  SmallVector<LaneIndex> imageIndex(GroupSource &source, Value n, Value row, Value column, LaneIndex channel) {
    SmallVector<LaneIndex> index{source.uniform(n), source.uniform(row), source.uniform(column), channel};
    if (image.rank == 1)
      index.erase(index.begin() + 1);
    return index;
  }

  Operation *root;
  Image image;
  Line<Value, Emitter> down, along; // columns' and rows' transforms
  Value x, y, scratch;
  Type element;
  int64_t lanes, points[2], outputs[2];
};

/// Transforms a tile's columns and then its first `rows` rows. Of the two numbers of what is given the one along the line that
/// was transformed last is a constant.
void Emitter::transform(Type type, Value rows, Element element, Lines columnTransform, Lines rowTransform, Give give) {
  bool column = points[1] == 1;
  if (points[0] > 1)
    k.loop(k.index(0), k.index(points[1]), 1, [&](Value j) {
      SmallVector<Value> elements;
      for (int64_t i = 0; i < points[0]; ++i)
        elements.push_back(element(k.index(i), j));
      for (auto [i, v] : llvm::enumerate(columnTransform(elements)))
        column ? give(k.index(i), j, v) : keep(v, point(k.index(i), j));
    });
  if (column)
    return;
  k.loop(k.index(0), rows, 1, [&](Value i) {
    SmallVector<Value> elements;
    for (int64_t j = 0; j < points[1]; ++j)
      elements.push_back(points[0] > 1 ? kept(type, point(i, k.index(j))) : element(i, k.index(j)));
    for (auto [j, v] : llvm::enumerate(rowTransform(elements)))
      give(i, k.index(j), v);
  });
}

void Emitter::input(Value task) {
  Value high = k.expression(tilesAlong(image, 0)), wide = k.expression(tilesAlong(image, 1));
  Value height = k.expression(image.high), width = k.expression(image.wide);
  Value n = b.createOrFold<arith::DivUIOp>(loc, task, high), row = k.sub(task, k.mul(n, high));
  Value top = k.sub(k.mul(row, k.index(outputs[0])), k.index(image.low[0]));
  auto both = [&](Value u, Value v) { return arith::AndIOp::create(b, loc, u, v); };
  auto spans = [&](Value from, int64_t count, Value size) {
    return both(compare(arith::CmpIPredicate::sge, from, k.index(0)),
                compare(arith::CmpIPredicate::sle, k.add(from, k.index(count)), size));
  };
  Value rowsInside = spans(top, points[0], height);
  k.loop(k.index(0), wide, 1, [&](Value column) {
    Value tile = k.add(k.mul(task, wide), column);
    Value left = k.sub(k.mul(column, k.index(outputs[1])), k.index(image.low[1]));
    auto patch = [&](bool inside) {
      k.vectorLoop(image.shape.back(), lanes, [&](GroupSource &source, LaneIndex channel) {
        Type type = source.valueType(elementTypeOf(x));
        auto element = [&](Value i, Value j) -> Value {
          Value from = k.add(top, i), at = k.add(left, j);
          SmallVector<LaneIndex> index = imageIndex(source, n, from, at, channel);
          if (inside)
            return source.at(x, index);
          auto branch = scf::IfOp::create(b, loc, TypeRange(type), both(within(from, height), within(at, width)), /*withElseRegion=*/true);
          OpBuilder::InsertionGuard guard(b);
          b.setInsertionPointToStart(branch.thenBlock());
          scf::YieldOp::create(b, loc, source.at(x, index));
          b.setInsertionPointToStart(branch.elseBlock());
          scf::YieldOp::create(b, loc, constant(type, 0));
          return branch.getResult(0);
        };
        auto give = [&](Value i, Value j, Value v) { k.finish(source, y, {source.uniform(point(i, j)), source.uniform(tile), channel}, v); };
        transform(type, k.index(points[0]), element, [&](ArrayRef<Value> line) { return down.input(line); },
                  [&](ArrayRef<Value> line) { return along.input(line); }, give);
      });
    };
    auto branch = scf::IfOp::create(b, loc, both(rowsInside, spans(left, points[1], width)), /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    patch(true);
    b.setInsertionPointToStart(branch.elseBlock());
    patch(false);
  });
}

void Emitter::output(Value task) {
  Value high = k.expression(image.high.ceilDiv(outputs[0])), wide = k.expression(image.wide.ceilDiv(outputs[1]));
  Value height = k.expression(image.high), width = k.expression(image.wide);
  Value n = b.createOrFold<arith::DivUIOp>(loc, task, high), row = k.sub(task, k.mul(n, high));
  Value top = k.mul(row, k.index(outputs[0]));
  Value rows = k.min(k.sub(height, top), k.index(outputs[0]));
  auto isWhole = [&](AffineExpr size, int64_t by) { return constantOf(size % by) == std::optional<int64_t>(0); };
  bool rowsWhole = isWhole(image.high, outputs[0]), columnsWhole = isWhole(image.wide, outputs[1]);
  k.loop(k.index(0), wide, 1, [&](Value column) {
    Value tile = k.add(k.mul(task, wide), column), left = k.mul(column, k.index(outputs[1]));
    k.vectorLoop(image.shape.back(), lanes, [&](GroupSource &source, LaneIndex channel) {
      Type type = source.valueType(elementTypeOf(x));
      auto element = [&](Value i, Value j) { return source.at(x, {source.uniform(point(i, j)), source.uniform(tile), channel}); };
      // An output, if it is there: of constant numbers the first always is.
      auto give = [&](Value r, Value c, Value v) {
        auto first = [](Value number) { return getConstantIntValue(number).value_or(0) == 0; };
        Value exists = !rowsWhole && !first(r)      ? compare(arith::CmpIPredicate::slt, r, rows)
                       : !columnsWhole && !first(c) ? compare(arith::CmpIPredicate::slt, k.add(left, c), width)
                                                    : nullptr;
        OpBuilder::InsertionGuard guard(b);
        if (exists) {
          auto branch = scf::IfOp::create(b, loc, exists, /*withElseRegion=*/false);
          b.setInsertionPointToStart(branch.thenBlock());
        }
        k.finish(source, y, imageIndex(source, n, k.add(top, r), k.add(left, c), channel), v);
      };
      transform(type, rows, element, [&](ArrayRef<Value> line) { return down.output(line); },
                [&](ArrayRef<Value> line) { return along.output(line); }, give);
    });
  });
}

LogicalResult Emitter::emit() {
  if (points[0] > 1 && points[1] > 1) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&k.function.front());
    scratch = memref::AllocaOp::create(b, loc, MemRefType::get({image.tile.domain() * lanes}, element), b.getI64IntegerAttr(64));
  }
  k.loop(k.begin, k.end, 1, [&](Value task) { isa<WinogradInputOp>(root) ? input(task) : output(task); });
  return failure(k.failed);
}

} // namespace

AffineExpr winogradTasks(GroupOp group) {
  Operation *root = rootOf(group);
  Image image = imageOf(root);
  if (isa<WinogradInputOp>(root))
    return image.shape[0] * tilesAlong(image, 0);
  return image.shape[0] * image.high.ceilDiv(image.tile.dims[0]->outputs);
}

LogicalResult emitWinogradKernel(KernelBuilder &kernel) { return Emitter(kernel).emit(); }

} // namespace mlc
