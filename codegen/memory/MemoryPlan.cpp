#include "MemoryPlan.h"
#include "Sharing.h"
#include "ir/Views.h"

using namespace mlir;

namespace mlc {

int MemoryPlan::temporaryOf(Operation *yield, unsigned operand) const {
  auto found = temporaries.find({yield, operand});
  return found == temporaries.end() ? -1 : static_cast<int>(found->second);
}

/// Gives every class of values its place.
class Planner {
public:
  Planner(func::FuncOp function, const ModelSymbols &symbols) : function(function), symbols(symbols), sharing(function, symbols) {}

  MemoryPlan plan() {
    sharing.run();
    for (Value value : sharing.values())
      addValue(value);
    function.walk([&](LoopOp loop) { addTemporaries(loop); });
    packStatic();
    packSlots();
    packLate();
    plan_.outputCopies = std::move(sharing.outputCopies);
    return std::move(plan_);
  }

private:
  void addValue(Value value) {
    unsigned id = sharing.classOf(value);
    auto [it, fresh] = buffers.try_emplace(id, static_cast<unsigned>(plan_.all.size()));
    plan_.ids[value] = it->second;
    if (!sharing.inherited.contains(value))
      plan_.requesting.insert(value);
    if (int64_t offset = placeWithin(value).offset)
      plan_.offsets[value] = offset * storageBytes(elementTypeOf(value));
    if (!fresh)
      return;
    const ValueClass &c = sharing.at(id);
    Buffer buffer;
    buffer.bytes = c.bytes;
    buffer.life = c.life;
    unsigned index = static_cast<unsigned>(plan_.all.size());
    if (c.constant) {
      // Constants that only folded away operators read take no room.
      bool read = llvm::any_of(sharing.values(), [&](Value v) {
        return sharing.classOf(v) == id && llvm::any_of(v.getUsers(), [](Operation *user) { return !isa<ReshapeOp>(user); });
      });
      buffer.place = {Where::weights, 0, read ? plan_.constants.add(c.constant) : 0};
    } else if (c.input >= 0) {
      buffer.place = {Where::input, static_cast<unsigned>(c.input), 0};
    } else if (c.output >= 0) {
      buffer.place = {c.late ? Where::lateOutput : Where::output, static_cast<unsigned>(c.output), 0};
      if (c.fallback && !c.late)
        request(index, c.bytes, {c.life.begin, c.internalEnd}, true);
    } else if (c.scan) {
      buffer.place = {Where::scan, 0, 0};
    } else if (c.late) {
      buffer.place = {Where::late, 0, 0};
    } else {
      request(index, c.bytes, c.life, false);
    }
    plan_.all.push_back(buffer);
  }

  /// A yielded value that stands in another carried value's place would be overwritten before it is read.
  void addTemporaries(LoopOp loop) {
    Block &body = loop.getBody().front();
    Operation *yield = body.getTerminator();
    auto carried = static_cast<unsigned>(loop.getCarried().size());
    for (unsigned i = 1; i <= carried; ++i) {
      Value next = yield->getOperand(i);
      bool elsewhere = false;
      for (unsigned j = 1; j <= carried; ++j)
        elsewhere |= j != i && plan_.sameBuffer(next, body.getArgument(j));
      if (!elsewhere || plan_.sameBuffer(next, body.getArgument(i)))
        continue;
      Buffer buffer;
      buffer.bytes = bytesOfType(tensorTypeOf(next));
      buffer.life = {sharing.timeOf(yield), sharing.timeOf(yield)};
      auto index = static_cast<unsigned>(plan_.all.size());
      if (symbols.isLate(buffer.bytes))
        buffer.place.where = Where::late;
      else
        request(index, buffer.bytes, buffer.life, false);
      plan_.temporaries[{yield, i}] = index;
      plan_.all.push_back(buffer);
    }
  }

  /// Memory of the arena for a buffer.
  struct Request {
    unsigned buffer;
    AffineExpr bytes;
    Lifetime life;
    bool fallback;
  };
  void request(unsigned buffer, AffineExpr bytes, Lifetime life, bool fallback) {
    (constantOf(bytes) ? fixed : formulas).push_back({buffer, bytes, life, fallback});
  }
  void give(const Request &r, Place place) {
    (r.fallback ? plan_.all[r.buffer].fallback : plan_.all[r.buffer].place) = place;
  }

  void packStatic() {
    std::vector<SizedBuffer> sized;
    for (const Request &r : fixed)
      sized.push_back({*constantOf(r.bytes), r.life});
    Packing packing = packBySize(sized, MemoryPlan::kAlign);
    for (auto [r, offset] : llvm::zip(fixed, packing.offsets))
      give(r, {Where::arena, 0, offset});
    plan_.staticBytes = packing.bytes;
  }

  SlotBuffer slotBuffer(AffineExpr bytes, Lifetime life) {
    unsigned sizeClass = sizeClasses.try_emplace(bytes, static_cast<unsigned>(sizeClasses.size())).first->second;
    return {sizeClass, symbols.estimate(bytes), life};
  }

  void packSlots() {
    std::vector<SlotBuffer> wanted;
    for (const Request &r : formulas)
      wanted.push_back(slotBuffer(r.bytes, r.life));
    SlotAssignment slots = assignSlots(wanted);
    plan_.slotSizes.resize(slots.count);
    for (auto [r, slot] : llvm::zip(formulas, slots.slots)) {
      give(r, {Where::slot, slot, 0});
      addSize(plan_.slotSizes[slot], r.bytes);
    }
  }

  /// Keeps only formulas that are not known to be at most another one.
  void addSize(SmallVector<AffineExpr> &sizes, AffineExpr bytes) {
    Symbols known(function);
    if (llvm::any_of(sizes, [&](AffineExpr e) { return known.lessOrEqual(bytes, e); }))
      return;
    llvm::erase_if(sizes, [&](AffineExpr e) { return known.lessOrEqual(e, bytes); });
    sizes.push_back(bytes);
  }

  void packLate() {
    std::vector<SlotBuffer> wanted;
    std::vector<unsigned> owners;
    for (auto [i, buffer] : llvm::enumerate(plan_.all))
      if (buffer.place.where == Where::late) {
        wanted.push_back(slotBuffer(buffer.bytes, buffer.life));
        owners.push_back(static_cast<unsigned>(i));
      }
    SlotAssignment slots = assignSlots(wanted);
    for (auto [owner, slot] : llvm::zip(owners, slots.slots))
      plan_.all[owner].place.index = slot;
    plan_.lateCount = slots.count;
    for (Buffer &buffer : plan_.all)
      if (buffer.place.where == Where::scan) {
        buffer.place.index = plan_.lateCount;
        plan_.lateCount += 2;
      }
  }

  func::FuncOp function;
  const ModelSymbols &symbols;
  Sharing sharing;
  MemoryPlan plan_;
  llvm::DenseMap<unsigned, unsigned> buffers;   // class → buffer
  std::vector<Request> fixed, formulas;
  llvm::DenseMap<AffineExpr, unsigned> sizeClasses;
};

MemoryPlan MemoryPlan::make(func::FuncOp function, const ModelSymbols &symbols) { return Planner(function, symbols).plan(); }

} // namespace mlc
