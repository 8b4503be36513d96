//===- Recurrent.cpp - LSTM, GRU and RNN over a whole sequence --------------------===//
//
// A step adds the recurrence's product to the projected input and applies the gates. Sixteen hidden units (or as many of them
// as registers allow) are done at a time: the accumulators of all their gates stay in registers over the whole of k, then the
// gates are computed from them. The weights come in panels of 16 units with the gates beside each other, so that one step of
// k reads one run of memory.
//
// A task is a block of a few elements of the batch: steps follow each other, batches do not, and what is read of the weights
// serves all elements of a block: as many gates at a time as leave registers for all of them. Where gates, vectors and elements
// together are too few accumulators to keep the processor's multipliers busy, each of them becomes several, which take every
// second (fourth, …) k and are added at the end. That is the same for all elements of a kernel, so that an element's result does
// not depend on where in the batch it stands.
//
//===----------------------------------------------------------------------===//

#include "Cut.h"
#include "KernelBuilder.h"

using namespace mlir;

namespace mlc {

namespace {

// Elements a task, and products that are under way at a time: two a cycle, each of four cycles.
constexpr int64_t kMostElements = 4, kFewestChains = 8;
constexpr int64_t kPanel = 16;

/// Elements of the batch that a task has, or all but the last task: as even as can be where the batch is known.
int64_t blockOf(AffineExpr batch) {
  auto known = constantOf(batch);
  if (!known || *known < 1)
    return kMostElements;
  return llvm::divideCeil(*known, llvm::divideCeil(*known, kMostElements));
}

class Emitter {
public:
  explicit Emitter(KernelBuilder &k);
  LogicalResult emit();

private:
  /// A panel of units, or what there is of the last one.
  struct Units {
    Value panel;
    int64_t count;
  };
  /// Neighbouring gates of the panel's.
  struct Gates {
    int64_t first, count;
  };
  /// What is computed of some units: all gates, or, for a GRU that resets before the product, the update and reset gates
  /// first and the new state when the whole reset state is there.
  enum class Phase { all, gates, state };
  /// A step of some elements of the batch: where the rows of each begin.
  struct Step {
    Value state;               // memory of the hidden states before the step
    SmallVector<Value> before; // in `state`
    SmallVector<Value> own;    // in the last states, [batch, hidden]
    SmallVector<Value> projected, sequence;
    size_t elements() const { return own.size(); }
  };

  Value constant(double v) {
    return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(type, Attribute(b.getFloatAttr(element, v))));
  }
  Value add(Value x, Value y) { return arith::AddFOp::create(b, loc, x, y); }
  Value mul(Value x, Value y) { return arith::MulFOp::create(b, loc, x, y); }
  Value sub(Value x, Value y) { return arith::SubFOp::create(b, loc, x, y); }
  /// The activation of that number.
  Value activate(size_t activation, Value x);

  Gates gatesOf(Phase phase) const {
    return phase == Phase::gates ? Gates{0, 2} : phase == Phase::state ? Gates{2, 1} : Gates{0, gates};
  }
  SmallVector<Phase> phases() const {
    return resetsBefore ? SmallVector<Phase>{Phase::gates, Phase::state} : SmallVector<Phase>{Phase::all};
  }
  /// Accumulators of one vector of one element.
  int64_t splitsFor(int64_t gateCount) const;
  /// Of how many gates the accumulators of so many vectors of so many elements fit the registers, beside a vector of weights and a
  /// state of each element.
  int64_t gatesAtOnce(int64_t gateCount, int64_t vectors, int64_t elements) const;

  /// `count` units of a row, from `unit` on; other lanes are 0, or what they like.
  Value load(Value memory, Value row, Value unit, int64_t count);
  void store(Value memory, Value row, Value unit, int64_t count, Value value);
  Value resultMemory(Value result) { return k.memory[result].base; }
  /// Memory that may be one of several.
  Value anyMemory(Value memory) {
    return memref::CastOp::create(b, loc, MemRefType::get({ShapedType::kDynamic}, element), memory);
  }

  void forUnits(function_ref<void(Units)> body);
  /// The recurrence's product of `count` vectors of a panel from the one of that number on: [gate][vector][element].
  SmallVector<Value> multiply(const Step &step, Phase phase, Value panel, int64_t vector, int64_t count);
  void computeUnits(const Step &step, Phase phase, Units units);
  void computeGates(const Step &step, Phase phase, size_t e, Value unit, int64_t count, function_ref<Value(int64_t)> product);
  Value lstm(const Step &step, size_t e, Value unit, int64_t count, function_ref<Value(int64_t)> sum);
  void copy(Value from, Value fromRow, Value to, Value toRow);
  /// All steps of `count` elements from `element` on.
  void computeSequence(Value element, int64_t count);
  /// The same for a task's elements, as many together as registers allow.
  void computeBlock(Value element, int64_t count);

  KernelBuilder &k;
  OpBuilder &b;
  Location loc;
  RecurrentOp op;
  SmallVector<ActivationAttr> activations;
  int64_t gates, hidden, lanes;
  int64_t vectors;     // of a panel
  int64_t block, most; // elements a task, and at a time
  bool resetsBefore;   // a GRU whose product is that of the reset state
  Type element;
  VectorType type;
  AffineExpr batch;
  Value batches, steps;
};

Emitter::Emitter(KernelBuilder &k)
    : k(k), b(k.b), loc(k.loc), op(cast<RecurrentOp>(rootOf(k.group))), activations(op.cellActivations()),
      gates(RecurrentOp::gatesOf(op.getKind())), hidden(*constantOf(shapeOf(op.getHidden0()).back())),
      lanes(std::min<int64_t>(kPanel, k.lanesFor({elementTypeOf(op.getProjected())}))), vectors(kPanel / lanes),
      resetsBefore(op.getKind() == RecurrentKind::gru && !op.getLinearBeforeReset()),
      element(computeType(elementTypeOf(op.getProjected()))), type(VectorType::get({lanes}, element)),
      batch(shapeOf(op.getProjected())[1]) {
  block = blockOf(batch);
  auto fitting = [&](int64_t elements) {
    return llvm::all_of(phases(), [&](Phase phase) {
      int64_t count = gatesOf(phase).count;
      return gatesAtOnce(count, 1, elements) >= std::min<int64_t>(count, 2);
    });
  };
  most = block;
  // What is left of an unknown batch is done one by one, so that blocks are made of equal parts.
  while (most > 1 && !(fitting(most) && (constantOf(batch) || block % most == 0)))
    --most;
}

int64_t Emitter::splitsFor(int64_t gateCount) const {
  int64_t elements = constantOf(batch) ? block : 1, splits = 1;
  while (gateCount * vectors * elements * splits < kFewestChains && splits * 2 <= hidden)
    splits *= 2;
  return splits;
}

int64_t Emitter::gatesAtOnce(int64_t gateCount, int64_t vectors, int64_t elements) const {
  return std::clamp<int64_t>((k.target.vectorRegisters - elements - 2) / (splitsFor(gateCount) * vectors * elements), 0, gateCount);
}

Value Emitter::activate(size_t activation, Value x) {
  double clip = op.getClip().convertToDouble();
  if (clip > 0) {
    // NaN is passed on.
    auto cut = [&](arith::CmpFPredicate beyond, Value bound) {
      return arith::SelectOp::create(b, loc, arith::CmpFOp::create(b, loc, beyond, bound, x), bound, x);
    };
    x = cut(arith::CmpFPredicate::OLT, constant(clip));
    x = cut(arith::CmpFPredicate::OGT, constant(-clip));
  }
  return activations[activation].emit(b, loc, x);
}

Value Emitter::load(Value memory, Value row, Value unit, int64_t count) {
  Value at = k.add(row, unit);
  if (count == lanes)
    return vector::LoadOp::create(b, loc, type, memory, at);
  if (k.target.maskedMemory) {
    Value mask = vector::CreateMaskOp::create(b, loc, VectorType::get({lanes}, b.getI1Type()), k.index(count));
    return vector::MaskedLoadOp::create(b, loc, type, memory, at, mask, constant(0));
  }
  Value last;
  SmallVector<Value> elements;
  for (int64_t l = 0; l < lanes; ++l)
    elements.push_back(l < count ? last = memref::LoadOp::create(b, loc, memory, k.add(at, k.index(l))) : last);
  return vector::FromElementsOp::create(b, loc, type, elements);
}

// In halves, so that the next step reads what was stored without waiting for it to reach the cache, as it would behind a mask.
void Emitter::store(Value memory, Value row, Value unit, int64_t count, Value value) {
  Value at = k.add(row, unit);
  int64_t done = 0;
  for (int64_t size = lanes; size > 0; size /= 2) {
    if (!(count & size))
      continue;
    Value place = k.add(at, k.index(done));
    if (size == 1) {
      memref::StoreOp::create(b, loc, vector::ExtractOp::create(b, loc, value, done), memory, place);
    } else {
      auto part = llvm::to_vector(llvm::seq<int64_t>(done, done + size));
      Value some = size == lanes ? value : Value(vector::ShuffleOp::create(b, loc, value, value, part));
      vector::StoreOp::create(b, loc, some, memory, place);
    }
    done += size;
  }
}

void Emitter::forUnits(function_ref<void(Units)> body) {
  int64_t whole = hidden / kPanel;
  if (whole > 0)
    k.loop(k.index(0), k.index(whole), 1, [&](Value panel) { body({panel, kPanel}); });
  if (hidden % kPanel)
    body({k.index(whole), hidden % kPanel});
}

SmallVector<Value> Emitter::multiply(const Step &step, Phase phase, Value panel, int64_t vector, int64_t count) {
  // The reset state waits in the last hidden state's place.
  Value state = phase == Phase::state ? resultMemory(op.getHidden()) : step.state;
  ArrayRef<Value> rows = phase == Phase::state ? step.own : step.before;
  Gates some = gatesOf(phase);
  int64_t elements = step.elements(), width = gates * kPanel, splits = splitsFor(some.count);
  Value weights = k.memory[op.getWeights()].base;
  Value start = k.mul(panel, k.index(hidden * width));
  // Adds the product of some gates with one unit of the state to the accumulators of a split.
  auto addUnit = [&](Value unit, Gates these, MutableArrayRef<Value> accumulators) {
    SmallVector<Value> states;
    for (Value row : rows) {
      Value h = memref::LoadOp::create(b, loc, state, k.add(row, unit));
      states.push_back(vector::BroadcastOp::create(b, loc, type, h));
    }
    Value weightRow = k.add(start, k.mul(unit, k.index(width)));
    for (int64_t g = 0; g < these.count; ++g)
      for (int64_t v = 0; v < count; ++v) {
        Value column = k.add(weightRow, k.index((these.first + g) * kPanel + (vector + v) * lanes));
        Value w = vector::LoadOp::create(b, loc, type, weights, column);
        for (auto [e, h] : llvm::enumerate(states)) {
          Value &sum = accumulators[(g * count + v) * elements + e];
          sum = k.multiplyAdd(h, w, sum);
        }
      }
  };
  int64_t unroll = std::max<int64_t>(splits, 2), whole = hidden / unroll * unroll;
  // As many gates at a time as there are registers for.
  SmallVector<Value> result;
  int64_t atOnce = std::max<int64_t>(1, gatesAtOnce(some.count, count, elements));
  for (int64_t first = 0; first < some.count; first += atOnce) {
    Gates these{some.first + first, std::min(atOnce, some.count - first)};
    int64_t sums = these.count * count * elements;
    SmallVector<Value> all(sums * splits, constant(0));
    auto addUnits = [&](Value at, int64_t number, SmallVector<Value> &accumulators) {
      for (int64_t u = 0; u < number; ++u)
        addUnit(k.add(at, k.index(u)), these, MutableArrayRef(accumulators).slice(u % splits * sums, sums));
    };
    if (whole > 0)
      all = k.loop(k.index(0), k.index(whole), unroll, all, [&](Value at, ValueRange carried) {
        SmallVector<Value> current(carried);
        addUnits(at, unroll, current);
        return current;
      });
    addUnits(k.index(whole), hidden - whole, all);
    for (int64_t half = splits / 2; half > 0; half /= 2)
      for (int64_t i = 0; i < half * sums; ++i)
        all[i] = add(all[i], all[half * sums + i]);
    result.append(all.begin(), all.begin() + sums);
  }
  return result;
}

Value Emitter::lstm(const Step &step, size_t e, Value unit, int64_t count, function_ref<Value(int64_t)> sum) { // i, o, f, c
  Value cells = resultMemory(op.getCell());
  Value cell = load(cells, step.own[e], unit, count);
  auto gate = [&](int64_t g, int64_t peephole, Value seen) {
    Value x = sum(g);
    if (op.getPeepholes())
      x = add(x, mul(load(k.memory[op.getPeepholes()].base, k.index(peephole * hidden), unit, count), seen));
    return activate(0, x);
  };
  Value i = gate(0, 0, cell), f = op.getInputForget() ? sub(constant(1), i) : gate(2, 2, cell);
  Value next = add(mul(f, cell), mul(i, activate(1, sum(3))));
  store(cells, step.own[e], unit, count, next);
  return mul(gate(1, 1, next), activate(2, next));
}

void Emitter::computeGates(const Step &step, Phase phase, size_t e, Value unit, int64_t count, function_ref<Value(int64_t)> product) {
  Value sequence = resultMemory(op.getSequence());
  auto projected = [&](int64_t g) {
    return load(k.memory[op.getProjected()].base, k.add(step.projected[e], k.index(g * hidden)), unit, count);
  };
  auto sum = [&](int64_t g) { return add(projected(g), product(g)); };
  auto next = [&]() -> Value {
    if (op.getKind() == RecurrentKind::rnn)
      return activate(0, sum(0));
    if (op.getKind() == RecurrentKind::lstm)
      return lstm(step, e, unit, count, sum);
    // z, r, h
    auto biased = [&](int64_t g) {
      return op.getBias() ? add(product(g), load(k.memory[op.getBias()].base, k.index(g * hidden), unit, count)) : product(g);
    };
    auto gate = [&](int64_t g) { return activate(0, add(projected(g), biased(g))); };
    Value old = load(step.state, step.before[e], unit, count);
    if (phase == Phase::gates) {
      store(resultMemory(op.getHidden()), step.own[e], unit, count, mul(gate(1), old));
      return gate(0);
    }
    Value z = phase == Phase::state ? load(sequence, step.sequence[e], unit, count) : gate(0);
    Value recurrent = phase == Phase::state ? biased(2) : mul(gate(1), biased(2));
    Value h = activate(1, add(projected(2), recurrent));
    return add(mul(sub(constant(1), z), h), mul(z, old));
  };
  store(sequence, step.sequence[e], unit, count, next());
}

void Emitter::computeUnits(const Step &step, Phase phase, Units units) {
  Gates some = gatesOf(phase);
  int64_t elements = step.elements(), needed = llvm::divideCeil(units.count, lanes), together = llvm::PowerOf2Ceil(needed);
  while (together > 1 && gatesAtOnce(some.count, together, elements) < some.count)
    together /= 2;
  for (int64_t from = 0; from < needed; from += together) {
    int64_t here = std::min(together, needed - from);
    SmallVector<Value> sums = multiply(step, phase, units.panel, from, here);
    for (int64_t v = 0; v < here; ++v) {
      Value unit = k.add(k.mul(units.panel, k.index(kPanel)), k.index((from + v) * lanes));
      int64_t count = std::min(lanes, units.count - (from + v) * lanes);
      for (int64_t e = 0; e < elements; ++e)
        computeGates(step, phase, e, unit, count, [&](int64_t g) { return sums[((g - some.first) * here + v) * elements + e]; });
    }
  }
}

void Emitter::copy(Value from, Value fromRow, Value to, Value toRow) {
  forUnits([&](Units units) {
    for (int64_t at = 0; at < units.count; at += lanes) {
      Value unit = k.add(k.mul(units.panel, k.index(kPanel)), k.index(at));
      int64_t count = std::min(lanes, units.count - at);
      store(to, toRow, unit, count, load(from, fromRow, unit, count));
    }
  });
}

void Emitter::computeSequence(Value element, int64_t count) {
  SmallVector<Value> elements;
  for (int64_t e = 0; e < count; ++e)
    elements.push_back(k.add(element, k.index(e)));
  auto rowsOf = [&](Value step, int64_t width) {
    return llvm::map_to_vector(elements, [&](Value e) { return k.mul(k.add(k.mul(step, batches), e), k.index(width)); });
  };
  Value sequence = resultMemory(op.getSequence()), hidden0 = k.memory[op.getHidden0()].base;
  SmallVector<Value> own = rowsOf(k.index(0), hidden);
  if (op.getCell())
    for (Value row : own)
      copy(k.memory[op.getCell0()].base, row, resultMemory(op.getCell()), row);
  auto placeOf = [&](Value t) { return op.getReverse() ? k.sub(k.sub(steps, k.index(1)), t) : t; };
  // The hidden states before step t.
  auto before = [&](Value t, Value &state) {
    Value first = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, t, k.index(0));
    state = arith::SelectOp::create(b, loc, first, anyMemory(hidden0), anyMemory(sequence));
    Value step = arith::SelectOp::create(b, loc, first, k.index(0), placeOf(k.sub(t, k.index(1))));
    return rowsOf(step, hidden);
  };
  k.loop(k.index(0), steps, 1, [&](Value t) {
    Step step;
    step.own = own;
    step.before = before(t, step.state);
    step.projected = rowsOf(placeOf(t), gates * hidden);
    step.sequence = rowsOf(placeOf(t), hidden);
    for (Phase phase : phases())
      forUnits([&](Units units) { computeUnits(step, phase, units); });
  });
  Value state;
  SmallVector<Value> last = before(steps, state);
  for (auto [from, to] : llvm::zip(last, own))
    copy(state, from, resultMemory(op.getHidden()), to);
}

void Emitter::computeBlock(Value element, int64_t count) {
  Cut cut = cutRows(count, most);
  int64_t at = 0;
  for (auto [size, number] : {std::pair(most, cut.high), {most - 1, cut.low}, {cut.rest, int64_t(cut.rest > 0)}}) {
    if (number == 0)
      continue;
    k.loop(k.add(element, k.index(at)), k.add(element, k.index(at + number * size)), size, [&](Value e) { computeSequence(e, size); });
    at += number * size;
  }
}

LogicalResult Emitter::emit() {
  steps = k.expression(shapeOf(op.getProjected())[0]);
  batches = k.expression(batch);
  auto tasks = [&](Value from, Value to, function_ref<void(Value)> body) {
    k.loop(from, to, 1, [&](Value task) { body(k.mul(task, k.index(block))); });
  };
  if (auto known = constantOf(batch)) {
    Value whole = k.index(*known / block);
    tasks(k.begin, k.min(k.end, whole), [&](Value element) { computeBlock(element, block); });
    if (int64_t rest = *known % block)
      tasks(k.max(k.begin, whole), k.end, [&](Value element) { computeBlock(element, rest); });
    return failure(k.failed);
  }
  tasks(k.begin, k.end, [&](Value element) {
    Value to = k.min(k.add(element, k.index(block)), batches), together = element;
    if (most > 1) {
      Value left = arith::RemUIOp::create(b, loc, k.sub(to, element), k.index(most));
      together = k.sub(to, left);
      k.loop(element, together, most, [&](Value e) { computeSequence(e, most); });
    }
    k.loop(together, to, 1, [&](Value e) { computeSequence(e, 1); });
  });
  return failure(k.failed);
}

} // namespace

AffineExpr recurrentTasks(GroupOp group) {
  AffineExpr batch = shapeOf(cast<RecurrentOp>(rootOf(group)).getProjected())[1];
  return batch.ceilDiv(blockOf(batch));
}

LogicalResult emitRecurrentKernel(KernelBuilder &kernel) { return Emitter(kernel).emit(); }

} // namespace mlc
