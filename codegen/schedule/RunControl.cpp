// Branches and loops of a run.

#include "Run.h"

using namespace llvm;

namespace mlc {

/// A variable of the function; it stands in the entry block, so that loops do not make new ones.
AllocaInst *RunEmitter::cell(Type *type) {
  BasicBlock &entry = function->getEntryBlock();
  IRBuilder<> at(&entry, entry.begin());
  return at.CreateAlloca(type);
}

void RunEmitter::setSymbols(ArrayRef<std::pair<unsigned, Value *>> values) {
  BitVector changed(static_cast<unsigned>(s.symbols.size()));
  for (auto [index, value] : values) {
    if (index >= s.symbols.size())
      continue;
    failIf(b.CreateICmpSLT(value, b.getInt64(static_cast<uint64_t>(s.symbols.entries()[index].low))), MLC_E_VALUE);
    setSymbol(index, value);
    changed.set(index);
  }
  if (changed.any())
    deriveSymbols(changed);
}

void RunEmitter::branch(IfOp op) {
  Value *condition = b.CreateICmpNE(loadElement(op.getCondition(), 0), b.getInt64(0));
  BasicBlock *yes = block("then"), *no = block("else"), *next = block();
  b.CreateCondBr(condition, yes, no);
  b.SetInsertPoint(yes);
  arm(op, op.getThenRegion());
  b.CreateBr(next);
  b.SetInsertPoint(no);
  arm(op, op.getElseRegion());
  b.CreateBr(next);
  b.SetInsertPoint(next);
}

/// What a branch assumes of the inputs' dimensions, checked where it runs: the operator's attribute `mlc.constraints` has
/// a list of equalities for each of its regions.
void RunEmitter::checkArm(IfOp op, mlir::Region &region) {
  auto lists = op->getAttrOfType<mlir::ArrayAttr>(kConstraintsAttr);
  auto list = lists && lists.size() == 2 ? dyn_cast<mlir::ArrayAttr>(lists[region.getRegionNumber()]) : mlir::ArrayAttr();
  if (list)
    for (auto pair : list.getAsRange<DimsAttr>())
      failIf(b.CreateICmpNE(expression(pair[0]), expression(pair[1])), MLC_E_SHAPE);
}

void RunEmitter::arm(IfOp op, mlir::Region &region) {
  checkArm(op, region);
  body(region.front());
  mlir::OperandRange values = yieldedBy(region);
  for (auto [value, result] : zip(values, op.getResults()))
    copy(value, result);
  // Dimensions that differ between the branches become known here. All are read before any is set.
  SmallVector<std::pair<unsigned, Value *>> symbols;
  ArrayRef<int64_t> list = op.getSymbols();
  for (size_t i = 0; i + 2 < list.size(); i += 3) {
    auto result = static_cast<size_t>(list[i + 1]), dim = static_cast<size_t>(list[i + 2]);
    if (result >= values.size())
      continue;
    Shape shape = shapeOf(values[static_cast<unsigned>(result)]);
    if (dim < shape.size())
      symbols.emplace_back(static_cast<unsigned>(list[i]), expression(shape[dim]));
  }
  setSymbols(symbols);
}

void RunEmitter::loop(LoopOp op) {
  mlir::Block &inner = op.getBody().front();
  Value *trips = op.getTrips() ? loadElement(op.getTrips(), 0) : b.getInt64(INT64_MAX);
  AllocaInst *count = cell(abi.i64), *goOn = cell(b.getInt1Ty());
  b.CreateStore(b.getInt64(0), count);
  b.CreateStore(op.getCondition() ? b.CreateICmpNE(loadElement(op.getCondition(), 0), b.getInt64(0)) : b.getTrue(), goOn);
  for (auto [i, initial] : enumerate(op.getCarried()))
    copy(initial, op.getResult(static_cast<unsigned>(i)));
  for (mlir::Value result : op.getResults().drop_front(op.getCarried().size()))
    if (auto scan = scans.find(s.plan.idOf(result)); scan != scans.end()) {
      b.CreateStore(b.getInt64(0), scan->second.capacity);
      b.CreateStore(b.getInt32(0), scan->second.turn);
    }

  BasicBlock *head = block("loop"), *run = block("iteration"), *done = block("done");
  b.CreateBr(head);
  b.SetInsertPoint(head);
  Value *iteration = b.CreateLoad(abi.i64, count);
  b.CreateCondBr(b.CreateAnd(b.CreateICmpSLT(iteration, trips), b.CreateLoad(b.getInt1Ty(), goOn)), run, done);
  b.SetInsertPoint(run);
  if (!inner.getArgument(0).use_empty())
    b.CreateStore(iteration, address(inner.getArgument(0)));
  body(inner);
  yieldFrom(op, iteration, goOn);
  b.CreateStore(b.CreateAdd(iteration, b.getInt64(1)), count);
  b.CreateBr(head);

  b.SetInsertPoint(done);
  for (mlir::Value result : op.getResults().drop_front(op.getCarried().size()))
    if (!s.symbols.isLate(shapeOf(result)[0]))
      failIf(b.CreateICmpNE(iteration, expression(shapeOf(result)[0])), MLC_E_VALUE);
  if (op.getTripSymbol() >= 0)
    setSymbols({{static_cast<unsigned>(op.getTripSymbol()), iteration}});
}

/// The end of an iteration: all that is read from carried values comes before they are replaced.
void RunEmitter::yieldFrom(LoopOp op, Value *iteration, AllocaInst *condition) {
  mlir::Operation *yield = op.getBody().front().getTerminator();
  auto carried = static_cast<unsigned>(op.getCarried().size());
  // A loop without a condition ignores what its body says.
  if (op.getCondition())
    b.CreateStore(b.CreateICmpNE(loadElement(yield->getOperand(0), 0), b.getInt64(0)), condition);
  for (unsigned i = carried; i < op.getNumResults(); ++i)
    appendScan(yield->getOperand(i + 1), op.getResult(i), iteration);
  for (unsigned i = 1; i <= carried; ++i)
    if (int temporary = s.plan.temporaryOf(yield, i); temporary >= 0)
      copy(s.plan.idOf(yield->getOperand(i)), static_cast<unsigned>(temporary), bytesOf(yield->getOperand(i)));
  for (unsigned i = 1; i <= carried; ++i) {
    mlir::Value value = yield->getOperand(i);
    int temporary = s.plan.temporaryOf(yield, i);
    unsigned from = temporary >= 0 ? static_cast<unsigned>(temporary) : s.plan.idOf(value), to = s.plan.idOf(op.getResult(i - 1));
    if (from != to)
      copy(from, to, bytesOf(value));
  }
}

/// Puts an iteration's value behind those of the iterations before.
void RunEmitter::appendScan(mlir::Value value, mlir::Value result, Value *iteration) {
  unsigned buffer = s.plan.idOf(result);
  Value *bytes = bytesOf(value), *at = b.CreateMul(iteration, bytes);
  if (scans.contains(buffer)) {
    appendLate(buffer, bytes, at);
  } else {
    // Room for as many iterations as the type says.
    failIf(b.CreateICmpSGE(iteration, expression(shapeOf(result)[0])), MLC_E_VALUE);
    failIf(b.CreateICmpUGT(b.CreateAdd(at, bytes), room(buffer)), MLC_E_VALUE);
  }
  b.CreateMemCpy(b.CreateGEP(abi.i8, address(buffer), at), MaybeAlign(), address(value), MaybeAlign(), bytes);
}

/// Doubles the room where it is used up: in the other of the two slots, since the old values have to be copied.
void RunEmitter::appendLate(unsigned buffer, Value *bytes, Value *at) {
  const Scan &scan = scans[buffer];
  Value *needed = b.CreateAdd(at, bytes);
  BasicBlock *more = block("grow"), *next = block();
  b.CreateCondBr(b.CreateICmpUGT(needed, b.CreateLoad(abi.i64, scan.capacity)), more, next);
  b.SetInsertPoint(more);
  Value *capacity = b.CreateShl(needed, 1), *turn = b.CreateXor(b.CreateLoad(abi.i32, scan.turn), b.getInt32(1));
  failIf(b.CreateIsNull(growFunction), MLC_E_ARENA);
  Value *slot = b.CreateAdd(turn, b.getInt32(s.plan.buffers()[buffer].place.index));
  Value *memory = b.CreateCall(abi.grow, growFunction, {context, slot, capacity});
  failIf(b.CreateIsNull(memory), MLC_E_ARENA);
  b.CreateMemCpy(memory, MaybeAlign(), address(buffer), MaybeAlign(), at);
  b.CreateStore(memory, lateCells[buffer].pointer);
  b.CreateStore(capacity, lateCells[buffer].bytes);
  b.CreateStore(capacity, scan.capacity);
  b.CreateStore(turn, scan.turn);
  b.CreateBr(next);
  b.SetInsertPoint(next);
}

} // namespace mlc
