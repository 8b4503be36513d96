//===- Recurrent.cpp - LSTM and GRU over a whole sequence ------------------------===//
//
// A step adds the recurrence's product to the projected input and applies the gates. Sixteen hidden units are done at a time:
// the accumulators of all their gates stay in registers over the whole of k, then the gates are computed from them. The
// weights come in panels of 16 units with the gates beside each other, so that one step of k reads one run of memory.
//
// A task is one element of the batch: steps follow each other, batches do not.
//
//===----------------------------------------------------------------------===//

#include "KernelBuilder.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace mlc {

namespace {

class Emitter {
public:
  explicit Emitter(KernelBuilder &k) : k(k), b(k.b), loc(k.loc), op(cast<RecurrentOp>(rootOf(k.group))) {
    gates = op.getKind() == RecurrentKind::lstm ? 4 : 3;
    element = computeType(elementTypeOf(op.getProjected()));
    hidden = *constantOf(shapeOf(op.getHidden0()).back());
    lanes = std::min<int64_t>(16, k.lanesFor({elementTypeOf(op.getProjected())}));
    type = VectorType::get({lanes}, element);
  }
  LogicalResult emit();

private:
  Value splat(double v) { return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(type, Attribute(b.getFloatAttr(element, v)))); }
  Value add(Value x, Value y) { return arith::AddFOp::create(b, loc, x, y); }
  Value mul(Value x, Value y) { return arith::MulFOp::create(b, loc, x, y); }
  Value sigmoid(Value x) {
    return arith::DivFOp::create(b, loc, splat(1), add(splat(1), math::ExpOp::create(b, loc, arith::NegFOp::create(b, loc, x))));
  }
  /// Vector `v` of 16 units from `unit` on of a row of `hidden` elements at `base`; what lies behind the last unit reads 0.
  Value load(Value tensor, Value base, Value unit);
  void store(Value tensor, Value base, Value unit, Value value);
  /// What is computed of a block of units: all gates, or, for a GRU that resets before the product, the update and reset gates
  /// first and the new state when the whole reset state is there.
  enum class Phase { all, gates, state };
  void block(Value batch, Value step, Value before, Value unit, Phase phase = Phase::all);
  void step(Value batch, Value step, Value before);

  KernelBuilder &k;
  OpBuilder &b;
  Location loc;
  RecurrentOp op;
  int64_t gates, hidden, lanes;
  Type element;
  VectorType type;
  Value batches, steps;
  bool first = false; // the step that starts from hidden0
};

Value Emitter::load(Value tensor, Value base, Value unit) {
  Memory m = k.memory[tensor];
  // Units that do not exist are read from the last ones that do; they are never stored.
  if (hidden % lanes == 0) {
    Value inside = hidden % 16 == 0 ? unit : k.min(unit, k.index(hidden - lanes));
    return vector::LoadOp::create(b, loc, type, m.base, k.add(base, inside));
  }
  SmallVector<Value> elements;
  for (int64_t l = 0; l < lanes; ++l)
    elements.push_back(memref::LoadOp::create(b, loc, m.base, k.add(base, k.min(k.add(unit, k.index(l)), k.index(hidden - 1)))));
  return vector::FromElementsOp::create(b, loc, type, elements);
}

void Emitter::store(Value tensor, Value base, Value unit, Value value) {
  auto it = k.memory.find(tensor);
  if (it == k.memory.end())
    return;
  Memory m = it->second;
  if (hidden % 16 == 0) {
    vector::StoreOp::create(b, loc, value, m.base, k.add(base, unit));
    return;
  }
  if (hidden % lanes == 0) { // once, or not at all
    k.loop(unit, k.min(k.add(unit, k.index(1)), k.index(hidden)), 1,
           [&](Value at) { vector::StoreOp::create(b, loc, value, m.base, k.add(base, at)); });
    return;
  }
  Value count = k.max(k.min(k.sub(k.index(hidden), unit), k.index(lanes)), k.index(0));
  k.loop(k.index(0), count, 1, [&](Value l) {
    Value x = vector::ExtractOp::create(b, loc, value, ArrayRef<OpFoldResult>{OpFoldResult(l)});
    memref::StoreOp::create(b, loc, x, m.base, k.add(base, k.add(unit, l)));
  });
}

void Emitter::block(Value batch, Value step, Value before, Value panel, Phase phase) {
  int64_t vectors = 16 / lanes;
  Memory weights = k.memory[op.getWeights()];
  Value stateRow = k.mul(batch, k.index(hidden));
  // The reset state waits in the last hidden state's place.
  Memory state = k.memory[phase == Phase::state ? op.getHidden() : first ? op.getHidden0() : op.getSequence()];
  Value stateAt = phase == Phase::state ? stateRow : before;
  int64_t firstGate = phase == Phase::state ? 2 : 0, lastGate = phase == Phase::gates ? 2 : gates;
  int64_t width = gates * 16;
  Value start = k.mul(panel, k.index(hidden * width));
  // before: offset of the previous hidden state's row.
  SmallVector<Value> sums(gates * vectors, splat(0));
  int64_t unroll = hidden % 2 == 0 ? 2 : 1;
  sums = k.loop(k.index(0), k.index(hidden), unroll, sums, [&](Value at, ValueRange carried) {
    SmallVector<Value> current(carried);
    for (int64_t u = 0; u < unroll; ++u) {
      Value unit = k.add(at, k.index(u));
      Value h = memref::LoadOp::create(b, loc, state.base, k.add(stateAt, unit));
      Value wide = vector::BroadcastOp::create(b, loc, type, h);
      Value row = k.add(start, k.mul(unit, k.index(width)));
      for (int64_t g = firstGate * vectors; g < lastGate * vectors; ++g) {
        Value w = vector::LoadOp::create(b, loc, type, weights.base, k.add(row, k.index(g * lanes)));
        current[g] = vector::FMAOp::create(b, loc, wide, w, current[g]);
      }
    }
    return current;
  });
  // Rows of projected, of the sequence and of the states.
  Value place = k.add(k.mul(step, batches), batch);
  Value projected = k.mul(place, k.index(gates * hidden));
  Value sequenceRow = k.mul(place, k.index(hidden));
  for (int64_t v = 0; v < vectors; ++v) {
    Value unit = k.add(k.mul(panel, k.index(16)), k.index(v * lanes));
    auto input = [&](int64_t g) { return load(op.getProjected(), k.add(projected, k.index(g * hidden)), unit); };
    auto sum = [&](int64_t g) { return sums[g * vectors + v]; };
    Value next;
    if (op.getKind() == RecurrentKind::lstm) { // i, o, f, c
      Value i = sigmoid(add(input(0), sum(0))), o = sigmoid(add(input(1), sum(1))), f = sigmoid(add(input(2), sum(2)));
      Value c = math::TanhOp::create(b, loc, add(input(3), sum(3)));
      Value cell = load(first ? op.getCell0() : op.getCell(), stateRow, unit);
      Value newCell = add(mul(f, cell), mul(i, c));
      store(op.getCell(), stateRow, unit, newCell);
      next = mul(o, math::TanhOp::create(b, loc, newCell));
    } else { // z, r, h
      auto biased = [&](int64_t g) { return op.getBias() ? add(sum(g), load(op.getBias(), k.index(g * hidden), unit)) : sum(g); };
      auto old = [&] { return load(first ? op.getHidden0() : op.getSequence(), before, unit); };
      if (phase == Phase::gates) {
        Value z = sigmoid(add(input(0), biased(0))), r = sigmoid(add(input(1), biased(1)));
        store(op.getHidden(), stateRow, unit, mul(r, old()));
        store(op.getSequence(), sequenceRow, unit, z);
        continue;
      }
      Value z, h;
      if (phase == Phase::state) {
        z = load(op.getSequence(), sequenceRow, unit);
        h = math::TanhOp::create(b, loc, add(input(2), biased(2)));
      } else {
        z = sigmoid(add(input(0), biased(0)));
        Value r = sigmoid(add(input(1), biased(1)));
        h = math::TanhOp::create(b, loc, add(input(2), mul(r, biased(2))));
      }
      next = add(mul(arith::SubFOp::create(b, loc, splat(1), z), h), mul(z, old()));
    }
    store(op.getSequence(), sequenceRow, unit, next);
  }
}

void Emitter::step(Value batch, Value step, Value before) {
  Value panels = k.index(llvm::divideCeil(hidden, 16));
  auto blocks = [&](Phase phase) {
    k.loop(k.index(0), panels, 1, [&](Value panel) { block(batch, step, before, panel, phase); });
  };
  if (op.getKind() == RecurrentKind::gru && !op.getLinearBeforeReset()) {
    blocks(Phase::gates);
    blocks(Phase::state);
  } else {
    blocks(Phase::all);
  }
}

LogicalResult Emitter::emit() {
  Shape projected = shapeOf(op.getProjected());
  steps = k.expression(projected[0]);
  batches = k.expression(projected[1]);
  k.loop(k.begin, k.end, 1, [&](Value batch) {
    auto stepAt = [&](Value t) { return op.getReverse() ? k.sub(k.sub(steps, k.index(1)), t) : t; };
    first = true;
    step(batch, stepAt(k.index(0)), k.mul(batch, k.index(hidden)));
    first = false;
    k.loop(k.index(1), steps, 1, [&](Value t) {
      Value previous = stepAt(k.sub(t, k.index(1)));
      Value before = k.mul(k.add(k.mul(previous, batches), batch), k.index(hidden));
      step(batch, stepAt(t), before);
    });
    // The last hidden state.
    if (auto it = k.memory.find(op.getHidden()); it != k.memory.end()) {
      Value last = stepAt(k.sub(steps, k.index(1)));
      Value from = k.mul(k.add(k.mul(last, batches), batch), k.index(hidden)), to = k.mul(batch, k.index(hidden));
      k.loop(k.index(0), k.index(hidden), 1, [&](Value i) {
        Value x = memref::LoadOp::create(b, loc, k.memory[op.getSequence()].base, k.add(from, i));
        memref::StoreOp::create(b, loc, x, it->second.base, k.add(to, i));
      });
    }
  });
  return failure(k.failed);
}

} // namespace

AffineExpr recurrentTasks(GroupOp group) { return shapeOf(cast<RecurrentOp>(rootOf(group)).getProjected())[1]; }

LogicalResult emitRecurrentKernel(KernelBuilder &kernel) { return Emitter(kernel).emit(); }

} // namespace mlc
