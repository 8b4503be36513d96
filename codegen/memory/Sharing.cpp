#include "Sharing.h"
#include "ir/Views.h"

using namespace mlir;

namespace mlc {

OperandRange yieldedBy(Region &region) { return region.front().getTerminator()->getOperands(); }

Sharing::Sharing(func::FuncOp function, const ModelSymbols &symbols) : function(function), symbols(symbols) {}

unsigned Sharing::root(unsigned id) const {
  while (parents[id] != id)
    id = parents[id] = parents[parents[id]];
  return id;
}

unsigned Sharing::classOf(Value value) const { return root(ids.lookup(value)); }

unsigned Sharing::add(Value value, int begin) {
  ValueClass c;
  c.life = {begin, begin};
  c.internalEnd = begin;
  c.bytes = bytesOfType(tensorTypeOf(value));
  c.late = symbols.isLate(c.bytes);
  unsigned id = static_cast<unsigned>(classes.size());
  classes.push_back(c);
  parents.push_back(id);
  ids[value] = id;
  order.push_back(value);
  return id;
}

unsigned Sharing::join(Value a, Value b) {
  unsigned x = classOf(a), y = classOf(b);
  if (x == y)
    return x;
  ValueClass &kept = classes[x];
  const ValueClass &gone = classes[y];
  kept.life = {std::min(kept.life.begin, gone.life.begin), std::max(kept.life.end, gone.life.end)};
  kept.internalEnd = std::max(kept.internalEnd, gone.internalEnd);
  kept.late |= gone.late;
  parents[y] = x;
  return x;
}

/// Gives every operation its time. A control operator has two: its operands are read at the first, and the second ends
/// its last region; results of branches begin between them.
void Sharing::number(Block &block) {
  for (Operation &op : block) {
    int first = clock++;
    if (isa<IfOp, LoopOp>(op)) {
      ++clock;
      for (Region &region : op.getRegions())
        number(region.front());
      times[&op] = {first, clock++};
    } else {
      times[&op] = {first, first};
    }
  }
}

void Sharing::define(Operation *op) {
  int begin = timeOf(op) + (isa<IfOp>(op) ? 1 : 0);
  for (Value result : op->getResults()) {
    unsigned id = add(result, begin);
    if (auto constant = dyn_cast<ConstantOp>(op))
      classes[id].constant = constant.getValue();
  }
  if (auto view = dyn_cast<ReshapeOp>(op)) {
    // Both are the same bytes: what is known of one view's size is known of the other's.
    bool late = classes[classOf(view.getX())].late && classes[classOf(view.getY())].late;
    AffineExpr bytes = classes[classOf(view.getX())].late ? classes[classOf(view.getY())].bytes : classes[classOf(view.getX())].bytes;
    ValueClass &c = classes[join(view.getX(), view.getY())];
    c.late = late;
    c.bytes = bytes;
    inherited.insert(view.getY());
  }
  if (isView(op))
    for (Value whole : op->getResults()) {
      inherited.insert(whole);
      for (Value operand : op->getOperands())
        isa<SliceOp>(op) ? join(operand, whole) : join(whole, operand);
    }
  if (auto loop = dyn_cast<LoopOp>(op)) {
    Block &body = loop.getBody().front();
    for (auto [i, arg] : llvm::enumerate(body.getArguments())) {
      add(arg, timeOf(op));
      inherited.insert(arg);
      if (i == 0) {
        // The iteration's number is written before each iteration.
        classes[classOf(arg)].life.end = times[op].second;
      } else {
        join(loop.getResult(static_cast<unsigned>(i) - 1), arg);
        inherited.insert(loop.getResult(static_cast<unsigned>(i) - 1));
      }
    }
    for (unsigned i = static_cast<unsigned>(loop.getCarried().size()); i < loop.getNumResults(); ++i) {
      inherited.insert(loop.getResult(i));
      classes[classOf(loop.getResult(i))].scan = classes[classOf(loop.getResult(i))].late;
    }
  }
  if (!isa<IfOp, LoopOp>(op))
    return;
  for (Region &region : op->getRegions())
    for (Operation &inner : region.front())
      define(&inner);
  // What a loop returns is complete when it ends, and what it carries is overwritten until then.
  if (isa<LoopOp>(op))
    for (Value result : op->getResults()) {
      ValueClass &c = classes[classOf(result)];
      c.life.end = std::max(c.life.end, times[op].second);
      c.internalEnd = std::max(c.internalEnd, times[op].second);
    }
}

/// When the value has to be there for a use: within a loop that the value comes from outside of, until the loop ends.
int Sharing::useTime(OpOperand &use) const {
  Operation *op = use.getOwner();
  Block *home = use.get().getParentBlock();
  int time = timeOf(op);
  for (Operation *p = op; p->getBlock() != home;) {
    p = p->getParentOp();
    if (isa<LoopOp>(p))
      time = std::max(time, times.lookup(p).second);
  }
  return time;
}

void Sharing::extend(Value value) {
  ValueClass &c = classes[classOf(value)];
  for (OpOperand &use : value.getUses()) {
    int time = useTime(use);
    c.life.end = std::max(c.life.end, time);
    if (!isa<func::ReturnOp>(use.getOwner()))
      c.internalEnd = std::max(c.internalEnd, time);
  }
}

/// A value that a branch yields is made in the result's place, if the branch itself makes it.
void Sharing::shareBranches(IfOp op) {
  for (Region *region : {&op.getThenRegion(), &op.getElseRegion()}) {
    int first = region->front().empty() ? 0 : timeOf(&region->front().front());
    int last = timeOf(region->front().getTerminator());
    for (auto [i, value] : llvm::enumerate(yieldedBy(*region))) {
      Value result = op.getResult(static_cast<unsigned>(i));
      const ValueClass &from = classes[classOf(value)], &to = classes[classOf(result)];
      bool own = from.movable() && !from.scan && from.life.begin >= first && from.life.end <= last;
      // A value yielded twice has one place only; the second result is copied.
      if (own && classOf(value) != classOf(result) && (to.late || (from.bytes == to.bytes && !from.late)))
        join(result, value);
    }
  }
  for (Value result : op.getResults())
    inherited.insert(result);
}

/// Whether a group may compute a result in the place of an operand. A second operand in that place might be read in another
/// order than it is overwritten in.
bool Sharing::mayOverwrite(GroupOp op, OpResult result, OpOperand &operand) const {
  ArrayRef<int64_t> pairs = op.getInPlace();
  bool allowed = false;
  for (size_t p = 0; p + 1 < pairs.size(); p += 2)
    allowed |= pairs[p] == result.getResultNumber() && pairs[p + 1] == operand.getOperandNumber();
  // Parts lie otherwise than what has as many bytes as their whole.
  if (!allowed || !placeWithin(result).strides.empty() || !placeWithin(operand.get()).strides.empty())
    return false;
  return llvm::count_if(op->getOperands(), [&](Value v) { return classOf(v) == classOf(operand.get()); }) == 1;
}

/// A carried value begins in the place of its initial value, if that dies there, and its next value is made in the same
/// place, if nobody reads the old one any more.
void Sharing::shareCarried(LoopOp op) {
  Block &body = op.getBody().front();
  int begin = timeOf(op);
  for (auto [i, initial] : llvm::enumerate(op.getCarried())) {
    Value carried = body.getArgument(static_cast<unsigned>(i) + 1);
    const ValueClass &home = classes[classOf(carried)], &from = classes[classOf(initial)];
    unsigned uses = static_cast<unsigned>(llvm::count_if(op->getOperands(), [&](Value v) { return classOf(v) == classOf(initial); }));
    if (from.movable() && !from.late && !from.scan && uses == 1 && from.life.end == begin && from.bytes == home.bytes &&
        classOf(initial) != classOf(carried))
      join(carried, initial);
  }
  Operation *yield = body.getTerminator();
  for (unsigned i = 0; i < op.getCarried().size(); ++i) {
    Value carried = body.getArgument(i + 1), next = yield->getOperand(i + 1);
    auto group = next.getDefiningOp<GroupOp>();
    if (!group || group->getBlock() != &body || classOf(next) == classOf(carried))
      continue;
    const ValueClass &home = classes[classOf(carried)], &from = classes[classOf(next)];
    int made = timeOf(group);
    if (!from.movable() || from.life.begin != made || from.late || home.late || from.bytes != home.bytes)
      continue;
    // All that stands in the carried value's place within the loop has to be read before.
    bool free = true;
    for (Value v : order)
      if (classOf(v) == classOf(carried) && (v == carried || op->isProperAncestor(v.getParentBlock()->getParentOp()) ||
                                             v.getParentBlock() == &body))
        for (OpOperand &use : v.getUses())
          free &= useTime(use) < made || (use.getOwner() == group && mayOverwrite(group, cast<OpResult>(next), use));
    if (free)
      join(carried, next);
  }
}

void Sharing::shareInPlace(GroupOp op) {
  int time = timeOf(op);
  for (OpResult result : op->getResults())
    for (OpOperand &operand : op->getOpOperands()) {
      const ValueClass &to = classes[classOf(result)], &from = classes[classOf(operand.get())];
      if (from.movable() && to.movable() && !from.scan && from.late == to.late && from.life.end == time && to.life.begin == time &&
          from.bytes == to.bytes && mayOverwrite(op, result, operand)) {
        join(operand.get(), result);
        inherited.insert(result);
        break;
      }
    }
}

/// Returned values are made in the caller's memory; only the second return of one, inputs and constants are copied.
void Sharing::placeOutputs() {
  Operation *end = function.getBody().front().getTerminator();
  for (auto [j, value] : llvm::enumerate(end->getOperands())) {
    ValueClass &c = classes[classOf(value)];
    if (c.movable() && !c.scan) {
      c.output = static_cast<int>(j);
      c.late = symbols.isLate(shapeOf(value));
      c.bytes = bytesOfType(tensorTypeOf(value));
    } else {
      outputCopies.emplace_back(static_cast<unsigned>(j), value);
    }
  }
  // An output that is not wanted has no memory. Its steps do not run then, unless another output needs them too.
  auto topLevel = [&](Operation *op) {
    while (op->getBlock() != &function.getBody().front())
      op = op->getParentOp();
    return op;
  };
  llvm::DenseMap<unsigned, llvm::SmallPtrSet<Operation *, 4>> steps;
  for (Value v : order) {
    unsigned id = classOf(v);
    if (classes[id].output < 0)
      continue;
    Operation *made = v.getDefiningOp() ? v.getDefiningOp() : v.getParentBlock()->getParentOp();
    if (!isa<ReshapeOp>(made))
      steps[id].insert(topLevel(made));
    for (Operation *user : v.getUsers())
      if (!isa<ReshapeOp, func::ReturnOp>(user))
        steps[id].insert(topLevel(user));
    if (topLevel(made)->getNumResults() > 1)
      classes[id].fallback = true;
  }
  for (auto &[id, ops] : steps)
    classes[id].fallback |= ops.size() > 1;
  for (auto &[j, value] : outputCopies)
    if (ValueClass &c = classes[classOf(value)]; c.output >= 0)
      c.fallback = true;
}

void Sharing::run() {
  Block &entry = function.getBody().front();
  number(entry);
  for (auto [i, arg] : llvm::enumerate(entry.getArguments()))
    classes[add(arg, -1)].input = static_cast<int>(i);
  for (Operation &op : entry)
    define(&op);
  for (Value v : order)
    extend(v);
  // Inner operators come first: what they share is then one value for the outer ones.
  function.walk([&](Operation *op) {
    if (auto branch = dyn_cast<IfOp>(op))
      shareBranches(branch);
    else if (auto loop = dyn_cast<LoopOp>(op))
      shareCarried(loop);
  });
  placeOutputs();
  function.walk([&](GroupOp op) { shareInPlace(op); });
}

} // namespace mlc
