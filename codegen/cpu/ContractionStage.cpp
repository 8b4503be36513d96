//===- ContractionStage.cpp - what a contraction copies into scratch memory -----===//
//
// Padded input of few rows beside its zeros, and weights of 16 bits in the type in which they are multiplied: each once for all
// tiles that use it.
//
//===----------------------------------------------------------------------===//

#include "ContractionEmitter.h"
#include "ir/Staging.h"
#include "ir/Views.h"

using namespace mlir;

namespace mlc {

// Steps of weights of 16 bits that are widened at a time, so that they stay near.
constexpr int64_t kMostWideSteps = 320;

/// Copies the rows of the input that a block reads into scratch memory, beside the zeros around them.
void ContractionEmitter::stageInput(Value from) {
  auto conv = cast<ConvOp>(c.root);
  Staging staging = stagingOf(conv);
  PadOp pad = staging.pad;
  Shape in = shapeOf(pad.getX()), padded = shapeOf(pad.getY()), y = shapeOf(c.result);
  int64_t row = staging.dims[1], rank = in.size();
  Memory memory{{}, SmallVector<Value>(rank), elementTypeOf(pad.getY())};
  int64_t stride = 1;
  for (int64_t d = rank; d-- > 0;) {
    memory.strides[d] = k.index(stride);
    stride *= d == 0 ? 1 : d == row ? staging.inRows : *constantOf(padded[d]);
  }
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&k.function.front());
    memory.base = memref::AllocaOp::create(b, loc, MemRefType::get({stride}, storageType(memory.element)), b.getI64IntegerAttr(64));
  }
  k.memory[c.a] = memory;

  Value block = b.createOrFold<arith::DivUIOp>(loc, from, k.index(blocks.rows)), perImage = k.index(*constantOf(y[1]) / staging.outRows);
  Value image = b.createOrFold<arith::DivUIOp>(loc, block, perImage);
  Value top = k.sub(k.mul(k.sub(block, k.mul(image, perImage)), k.index(staging.outRows * conv.getStrides()[0])), k.expression(pad.getLow().exprs()[row]));
  // The run: the innermost dimensions behind the rows, which lie in the input as in scratch but for their ends.
  int64_t copyLanes = k.lanesFor({memory.element}), first = row + 1;
  int64_t unit = 1;
  for (int64_t d = first + 1; d < rank; ++d)
    unit *= *constantOf(in[d]);
  // Behind gaps in the input each of its columns is a run of its own.
  ArrayRef<int64_t> strides = gappedStrides(pad.getX());
  bool gaps = first + 1 < rank && !strides.empty() && strides[first] != unit;
  int64_t low = *constantOf(pad.getLow().exprs()[first]) * unit, length = *constantOf(in[first]) * unit, whole = *constantOf(padded[first]) * unit;
  MLIRContext *ctx = k.group.getContext();
  SmallVector<Value> outer; // indices before the rows, the image's left out
  auto indexOf = [&](GroupSource &source, Value n, Value i, LaneIndex run) {
    SmallVector<LaneIndex> index{source.uniform(n)};
    for (Value v : outer)
      index.push_back(source.uniform(v));
    index.push_back(source.uniform(i));
    index.resize(rank, source.uniform(0));
    index.back() = run;
    return index;
  };
  auto fill = [&](Value to, int64_t start, int64_t count) {
    if (count > 0)
      k.vectorLoop(constantExpr(count, ctx), copyLanes, [&](GroupSource &source, LaneIndex i) {
        Value none = arith::ConstantOp::create(b, loc, b.getZeroAttr(source.valueType(memory.element)));
        source.store(memory, indexOf(source, k.index(0), to, source.add(i, source.uniform(start))), none);
      });
  };
  auto rows = [&] {
    k.loop(k.index(0), k.index(staging.inRows), 1, [&](Value to) {
      Value at = k.add(top, to);
      Value inside = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, at, k.expression(in[row]));
      auto branch = scf::IfOp::create(b, loc, inside, /*withElseRegion=*/true);
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(branch.thenBlock());
      fill(to, 0, low);
      auto copy = [&](Value column, int64_t count) {
        k.vectorLoop(constantExpr(count, ctx), copyLanes, [&](GroupSource &source, LaneIndex i) {
          SmallVector<LaneIndex> from = indexOf(source, image, at, i);
          if (column)
            from[first] = source.uniform(column);
          LaneIndex place = source.add(i, source.uniform(column ? k.add(k.mul(column, k.index(unit)), k.index(low)) : k.index(low)));
          source.store(memory, indexOf(source, k.index(0), to, place), source.load(k.memory[pad.getX()], from));
        });
      };
      if (gaps)
        k.loop(k.index(0), k.expression(in[first]), 1, [&](Value column) { copy(column, unit); });
      else
        copy(nullptr, length);
      fill(to, low + length, whole - low - length);
      b.setInsertionPointToStart(branch.elseBlock());
      fill(to, 0, whole);
    });
  };
  if (row == 1) {
    rows();
    return;
  }
  k.loop(k.index(0), k.expression(in[1]), 1, [&](Value channel) { // planes
    outer.assign({channel});
    rows();
  });
}

/// Weights of 16 bits become what they are multiplied as once for all tiles of a pass.
void ContractionEmitter::widenWeights(Value panel, int64_t panels) {
  Memory w = k.memory[c.b];
  int64_t steps = 1, rows = constantOf(c.rowCount).value_or(0);
  for (Dimension d : c.reduction)
    steps *= constantOf(d.extent).value_or(kMostWideSteps + 1);
  if (storageType(w.element) == element || steps > kMostWideSteps || std::min(rows, together * blocks.rows) < 2 * tile.rows)
    return;
  if (!wide) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&k.function.front());
    wide = memref::AllocaOp::create(b, loc, MemRefType::get({tile.panels * steps * kPanel}, element), b.getI64IntegerAttr(64));
  }
  Value panelSize = k.mul(k.expression(c.depth), k.index(kPanel));
  Value base = k.add(bOffset, k.mul(panel, panelSize));
  if (chunkK)
    base = k.add(base, k.mul(chunkK, k.index(kPanel)));
  GroupSource source(k, lanes);
  for (int64_t p = 0; p < panels; ++p)
    k.loop(k.index(0), k.index(steps * kPanel), lanes, [&](Value i) {
      VectorType type = VectorType::get({lanes}, storageType(w.element));
      Value stored = vector::LoadOp::create(b, loc, type, w.base, k.add(k.add(base, k.mul(panelSize, k.index(p))), i));
      vector::StoreOp::create(b, loc, source.fromStorage(stored, w.element), wide, k.add(i, k.index(p * steps * kPanel)));
    });
}

} // namespace mlc
