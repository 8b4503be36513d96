//===- Separable.cpp - pointwise convolutions in front of depthwise ones ------===//
//
// The wide image between the two is never in memory. For a few panels of channels at a time, rows of the pointwise convolution
// are computed into a ring of as many rows as the depthwise window is high, with zeros at their ends, and each row of the
// depthwise one is computed from the ring while it is in L1. A task is one row of the output; neighbouring tasks of a range go
// on with the ring, so that rows are computed twice only where ranges meet.
//
//===----------------------------------------------------------------------===//

#include "ContractionEmitter.h"
#include "Cut.h"

using namespace mlir;

namespace mlc {

namespace {

class Emitter {
public:
  explicit Emitter(KernelBuilder &k);
  LogicalResult emit();

private:
  void panelsOfRows(Value panel, int64_t panels);
  void pixels(ArrayRef<Value> place, Value top, Value first, int64_t count, Value panel, Value offset);
  Value ringAt(Value slot, Value column) {
    return k.mul(k.add(k.mul(slot, k.index(width)), column), k.index(pointwise->tilePanels() * kPanel));
  }
  Value slotOf(Value row) { return b.createOrFold<arith::RemUIOp>(loc, row, k.index(window[0])); }

  KernelBuilder &k;
  OpBuilder &b;
  Location loc;
  ConvOp conv;
  std::unique_ptr<ContractionEmitter> pointwise;
  Value y, ring;
  SmallVector<int64_t> window;
  int64_t low[2] = {}, inHigh = 0, inWide = 0, width = 0, outHigh = 0, outWide = 0, channels = 0, lanes = 1;
  Type element;
};

Emitter::Emitter(KernelBuilder &k) : k(k), b(k.b), loc(k.loc), conv(cast<ConvOp>(rootOf(k.group))), y(conv.getY()) {
  Value middle = conv.getX();
  auto pad = middle.getDefiningOp<PadOp>();
  width = *constantOf(shapeOf(middle)[2]);
  if (pad) {
    middle = pad.getX();
    low[0] = *constantOf(pad.getLow().exprs()[1]), low[1] = *constantOf(pad.getLow().exprs()[2]);
  }
  Shape in = shapeOf(middle), out = shapeOf(y);
  inHigh = *constantOf(in[1]), inWide = *constantOf(in[2]), outHigh = *constantOf(out[1]), outWide = *constantOf(out[2]);
  channels = *constantOf(out[3]);
  window = conv.getWindow();
  element = computeType(elementTypeOf(y));
  lanes = std::min<int64_t>(kPanel, std::max<int64_t>(1, k.target.vectorBits / element.getIntOrFloatBitWidth()));
  // What stands before the depthwise convolution is the pointwise one and what follows it.
  Operation *root = nullptr;
  SmallVector<Operation *> behind;
  for (Operation &op : k.group.getBody().front()) {
    if (&op == conv)
      break;
    if (isa<ConvOp>(op))
      root = &op;
    else if (!isa<PadOp>(op))
      behind.push_back(&op);
  }
  pointwise = std::make_unique<ContractionEmitter>(k, root, behind, middle, inWide);
}

/// Outputs `first` … `first` + count - 1 of a row, for the vector of channels at `offset` within the panels.
void Emitter::pixels(ArrayRef<Value> place, Value top, Value first, int64_t count, Value panel, Value offset) {
  GroupSource source(k, lanes);
  Type type = source.valueType(elementTypeOf(y));
  Value channel = k.add(k.mul(panel, k.index(kPanel)), offset);
  LaneIndex at{channel, lanes > 1 ? 1 : 0, nullptr};
  int64_t stride = conv.getStrides()[1];
  Value start = k.mul(first, k.index(stride));
  SmallVector<Value> sums(count, arith::ConstantOp::create(b, loc, b.getZeroAttr(type)));
  Value from = k.max(k.sub(k.index(0), top), k.index(0)), to = k.min(k.sub(k.index(inHigh), top), k.index(window[0]));
  sums = k.loop(from, to, 1, sums, [&](Value i, ValueRange carried) {
    SmallVector<Value> next(carried);
    // One address, from which all others are constant distances.
    Value begin = k.add(ringAt(slotOf(k.add(top, i)), start), offset);
    for (int64_t t = 0; t < window[1]; ++t) {
      Value w = source.load(k.memory[conv.getWeights()], {source.uniform(i), source.uniform(t), at});
      for (int64_t p = 0; p < count; ++p) {
        Value place = k.add(begin, k.index((p * stride + t) * pointwise->tilePanels() * kPanel));
        Value x = lanes > 1 ? Value(vector::LoadOp::create(b, loc, cast<VectorType>(type), ring, place))
                            : Value(memref::LoadOp::create(b, loc, ring, place));
        next[p] = k.multiplyAdd(x, w, next[p]);
      }
    }
    return next;
  });
  for (int64_t p = 0; p < count; ++p) {
    GroupSource own(k, lanes);
    SmallVector<LaneIndex> index{own.uniform(place[0]), own.uniform(place[1]), own.uniform(k.add(first, k.index(p))), at};
    k.finish(own, y, index, sums[p]);
  }
}

void Emitter::panelsOfRows(Value panel, int64_t panels) {
  int64_t stride = conv.getStrides()[0];
  k.loop(k.begin, k.end, 1, [&](Value task) {
    Value n = b.createOrFold<arith::DivUIOp>(loc, task, k.index(outHigh)), row = k.sub(task, k.mul(n, k.index(outHigh)));
    Value top = k.sub(k.mul(row, k.index(stride)), k.index(low[0]));
    Value end = k.min(k.add(top, k.index(window[0])), k.index(inHigh));
    // What the row before has left in the ring.
    Value begins = arith::OrIOp::create(b, loc, arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, task, k.begin),
                                        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, row, k.index(0)));
    Value known = arith::SelectOp::create(b, loc, begins, top, k.sub(k.add(top, k.index(window[0])), k.index(stride)));
    k.loop(k.max(k.max(top, known), k.index(0)), end, 1, [&](Value in) {
      Value from = k.mul(k.add(k.mul(n, k.index(inHigh)), in), k.index(inWide)), slot = slotOf(in);
      pointwise->rows(from, k.add(from, k.index(inWide)), panel, panels, [&](GroupSource &, Value at, LaneIndex column, Value v) {
        Value place = ringAt(slot, k.add(k.sub(at, from), k.index(low[1])));
        place = k.add(place, k.sub(column.base, k.mul(panel, k.index(kPanel))));
        if (isa<VectorType>(v.getType()))
          vector::StoreOp::create(b, loc, v, ring, place);
        else
          memref::StoreOp::create(b, loc, v, ring, place);
      });
    });
    // As many outputs at a time as registers hold beside a weight and, without memory operands, an input.
    int64_t most = k.target.vectorRegisters >= 32 ? 14 : 8;
    int64_t block = llvm::divideCeil(outWide, llvm::divideCeil(outWide, most));
    Cut cut = cutRows(outWide, block);
    auto blocks = [&](int64_t from, int64_t many, int64_t count) {
      if (many > 0 && count > 0)
        k.loop(k.index(from), k.index(from + many * count), count, [&](Value first) {
          k.loop(k.index(0), k.index(panels * kPanel), lanes, [&](Value offset) { pixels({n, row}, top, first, count, panel, offset); });
        });
    };
    blocks(0, cut.high, block);
    blocks(cut.high * block, cut.low, block - 1);
    blocks(cut.high * block + cut.low * (block - 1), cut.rest > 0, cut.rest);
  });
}

LogicalResult Emitter::emit() {
  int64_t each = pointwise->tilePanels(), all = channels / kPanel;
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&k.function.front());
    ring = memref::AllocaOp::create(b, loc, MemRefType::get({window[0] * width * each * kPanel}, element), b.getI64IntegerAttr(64));
  }
  // Nothing is ever written to the ends of the ring's rows.
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(VectorType::get({kPanel}, element)));
  k.loop(k.index(0), k.index(window[0]), 1, [&](Value slot) {
    auto fill = [&](int64_t from, int64_t to) {
      k.loop(k.index(from * each), k.index(to * each), 1, [&](Value i) {
        vector::StoreOp::create(b, loc, zero, ring, k.add(ringAt(slot, k.index(0)), k.mul(i, k.index(kPanel))));
      });
    };
    fill(0, low[1]);
    fill(low[1] + inWide, width);
  });
  k.loop(k.index(0), k.index(all / each * each), each, [&](Value panel) { panelsOfRows(panel, each); });
  for (int64_t panel = all / each * each; panel < all; ++panel)
    panelsOfRows(k.index(panel), 1);
  return failure(k.failed);
}

} // namespace

LogicalResult emitSeparableKernel(KernelBuilder &kernel) { return Emitter(kernel).emit(); }

} // namespace mlc
