// The steps of a run: memory, kernel calls, symbols, what is copied at the end.

#include "Run.h"

#include "codegen/Kernel.h"
#include "ir/Fold.h"

using namespace llvm;
using mlir::AffineExpr;

namespace mlc {

Value *RunEmitter::addressOf(const Place &place) {
  switch (place.where) {
  case Where::input:
    return inputs[place.index];
  case Where::output:
    return outputs[place.index];
  case Where::weights:
    return b.CreateConstInBoundsGEP1_64(abi.i8, weights, static_cast<uint64_t>(place.offset));
  case Where::arena:
    return b.CreateConstInBoundsGEP1_64(abi.i8, arena, static_cast<uint64_t>(place.offset));
  case Where::slot:
    return b.CreateInBoundsGEP(abi.i8, arena, slotOffsets[place.index]);
  case Where::none:
  case Where::late:
  case Where::lateOutput:
  case Where::scan:
    break;
  }
  return ConstantPointerNull::get(abi.ptr);
}

Value *RunEmitter::address(unsigned buffer) {
  if (auto cell = lateCells.find(buffer); cell != lateCells.end())
    return b.CreateLoad(abi.ptr, cell->second.pointer);
  return addressOf(s.plan.buffers()[buffer].place);
}

Value *RunEmitter::address(mlir::Value value) {
  Value *buffer = address(s.plan.idOf(value));
  int64_t offset = s.plan.offsetOf(value);
  return offset ? b.CreateConstInBoundsGEP1_64(abi.i8, buffer, static_cast<uint64_t>(offset)) : buffer;
}

Value *RunEmitter::grow(unsigned slot, Value *bytes) {
  failIf(b.CreateIsNull(growFunction), MLC_E_ARENA);
  Value *memory = b.CreateCall(abi.grow, growFunction, {context, b.getInt32(slot), bytes});
  failIf(b.CreateAnd(b.CreateIsNull(memory), b.CreateICmpNE(bytes, b.getInt64(0))), MLC_E_ARENA);
  return memory;
}

void RunEmitter::request(unsigned buffer, Value *bytes) {
  const Place &place = s.plan.buffers()[buffer].place;
  Value *memory = place.where == Where::late ? grow(place.index, bytes) : lateOutput(place.index, bytes);
  b.CreateStore(memory, lateCells[buffer].pointer);
  b.CreateStore(bytes, lateCells[buffer].bytes);
}

Value *RunEmitter::room(unsigned buffer) {
  if (auto cells = lateCells.find(buffer); cells != lateCells.end())
    return b.CreateLoad(abi.i64, cells->second.bytes);
  return size(s.plan.buffers()[buffer].bytes, MLC_E_ARENA);
}

void RunEmitter::checkRoom(mlir::RankedTensorType type, unsigned buffer) {
  AffineExpr bytes = bytesOfType(type);
  if (bytes != s.plan.buffers()[buffer].bytes)
    failIf(b.CreateICmpUGT(size(bytes, MLC_E_ARENA), room(buffer)), MLC_E_VALUE);
}

/// Memory for an output of late size: what the caller gave all the same, else what it gives now.
Value *RunEmitter::lateOutput(unsigned output, Value *bytes) {
  Value *given = outputs[output];
  BasicBlock *from = b.GetInsertBlock(), *ask = block("output"), *next = block();
  b.CreateCondBr(b.CreateIsNull(given), ask, next);
  b.SetInsertPoint(ask);
  failIf(b.CreateIsNull(outputFunction), MLC_E_ARENA);
  Value *memory = b.CreateCall(abi.output, outputFunction, {context, b.getInt32(output), bytes});
  failIf(b.CreateAnd(b.CreateIsNull(memory), b.CreateICmpNE(bytes, b.getInt64(0))), MLC_E_ARENA);
  BasicBlock *asked = b.GetInsertBlock();
  b.CreateBr(next);
  b.SetInsertPoint(next);
  PHINode *pointer = b.CreatePHI(abi.ptr, 2);
  pointer->addIncoming(given, from);
  pointer->addIncoming(memory, asked);
  return pointer;
}

void RunEmitter::requestIfLate(mlir::Value value) {
  unsigned buffer = s.plan.idOf(value);
  Where where = s.plan.buffers()[buffer].place.where;
  if ((where == Where::late || where == Where::lateOutput) && s.plan.requests(value))
    request(buffer, bytesOf(value));
}

/// Copies from one buffer into another, whose memory is requested if it is late.
void RunEmitter::copy(unsigned from, unsigned to, Value *bytes) {
  if (from == to)
    return;
  Where where = s.plan.buffers()[to].place.where;
  if (where == Where::late || where == Where::lateOutput)
    request(to, bytes);
  else if (!isa<ConstantInt>(bytes))
    failIf(b.CreateICmpUGT(bytes, room(to)), MLC_E_VALUE);
  b.CreateMemCpy(address(to), MaybeAlign(), address(from), MaybeAlign(), bytes);
}

void RunEmitter::copy(mlir::Value from, mlir::Value to) {
  if (!s.plan.sameBuffer(from, to))
    copy(s.plan.idOf(from), s.plan.idOf(to), bytesOf(from));
}

void RunEmitter::body(mlir::Block &block) {
  for (mlir::Operation &op : block) {
    if (auto index = s.stepOf.find(&op); index != s.stepOf.end())
      step(&op, index->second);
    else
      operation(&op);
  }
}

void RunEmitter::operation(mlir::Operation *op) {
  if (auto kernel = dyn_cast<GroupOp>(op))
    group(kernel);
  else if (auto taken = dyn_cast<BindOp>(op))
    whenStep(s.isTopLevel(op) ? s.stepOfValue(taken.getX()) : -1, [&] { bind(taken); });
  else if (auto values = dyn_cast<SymbolicOp>(op))
    symbolic(values);
  else if (auto choice = dyn_cast<IfOp>(op))
    branch(choice);
  else if (auto repeated = dyn_cast<LoopOp>(op))
    loop(repeated);
}

/// Emits code that is skipped where a step does not run; -1: always done.
void RunEmitter::whenStep(int step, function_ref<void()> then) {
  if (step < 0)
    return then();
  Value *word = b.CreateLoad(abi.i64, b.CreateConstGEP1_64(abi.i64, steps, static_cast<unsigned>(step) / 64));
  Value *bit = b.CreateAnd(word, b.getInt64(1ull << (step % 64)));
  BasicBlock *run = block("step" + Twine(step)), *next = block();
  b.CreateCondBr(b.CreateIsNull(bit), next, run);
  b.SetInsertPoint(run);
  then();
  b.CreateBr(next);
  b.SetInsertPoint(next);
}

void RunEmitter::traceStep(unsigned step, bool begin) {
  BasicBlock *tell = block("trace"), *next = block();
  b.CreateCondBr(b.CreateIsNull(traceFunction), next, tell);
  b.SetInsertPoint(tell);
  b.CreateCall(abi.trace, traceFunction, {context, b.getInt32(step), b.getInt32(begin)});
  b.CreateBr(next);
  b.SetInsertPoint(next);
}

void RunEmitter::step(mlir::Operation *op, unsigned index) {
  whenStep(static_cast<int>(index), [&] {
    if (lines)
      b.SetCurrentDebugLocation(lines->ofStep(index));
    traceStep(index, true);
    operation(op);
    traceStep(index, false);
    if (lines)
      b.SetCurrentDebugLocation(lines->between());
  });
}

void RunEmitter::group(GroupOp op) {
  for (mlir::Value result : op.getResults())
    requestIfLate(result);
  for (mlir::Value value : llvm::concat<mlir::Value>(llvm::to_vector(op.getOperands()), llvm::to_vector(op.getResults())))
    checkRoom(tensorTypeOf(value), s.plan.idOf(value));
  unsigned at = 0;
  auto put = [&](Value *word) { b.CreateStore(word, b.CreateConstGEP1_64(abi.i64, args, at++)); };
  for (mlir::Value operand : op.getOperands())
    put(address(operand));
  for (mlir::Value result : op.getResults())
    put(address(result));
  for (AffineExpr e : op.getSymbols().exprs())
    put(expression(e));
  launch(op, expression(kernelTasks(op)));
}

/// Where sizes are known, the schedule's choice; else work below some microseconds stays on the caller.
void RunEmitter::launch(GroupOp op, Value *tasks) {
  constexpr int64_t leastFlops = 1'200'000, leastBytes = 400'000;
  unsigned index = s.kernelOf.lookup(op);
  Value *kernel = kernels.single() ? static_cast<Value *>(kernels.function(index))
                                   : b.CreateLoad(abi.ptr, b.CreateConstInBoundsGEP1_64(abi.ptr, table, index));
  AffineExpr flops = kernelFlops(op), bytes = kernelBytes(op);
  auto *known = dyn_cast<ConstantInt>(tasks);
  Value *worth = b.getTrue();
  if (known && flops && bytes && constantOf(flops) && constantOf(bytes))
    worth = b.getInt1(forWorkers.contains(op));
  else if (flops && bytes)
    worth = b.CreateOr(b.CreateICmpSGT(expression(flops), b.getInt64(leastFlops)),
                       b.CreateICmpSGT(expression(bytes), b.getInt64(leastBytes)));
  auto *decided = dyn_cast<ConstantInt>(worth);
  if ((known && known->getSExtValue() <= 1) || (decided && decided->isZero())) {
    b.CreateCall(abi.kernel, kernel, {args, b.getInt64(0), tasks});
    return;
  }
  Value *workers = decided ? parallelFunction : b.CreateSelect(worth, parallelFunction, ConstantPointerNull::get(abi.ptr));
  b.CreateCall(launcher, {context, workers, kernel, args, tasks});
}

/// An element of an integer or boolean tensor as i64.
Value *RunEmitter::loadElement(mlir::Value tensor, int64_t element) {
  mlir::Type type = elementTypeOf(tensor);
  auto bytes = static_cast<unsigned>(storageBytes(type));
  Type *stored = b.getIntNTy(bytes * 8);
  Value *value = b.CreateLoad(stored, b.CreateConstGEP1_64(stored, address(tensor), static_cast<uint64_t>(element)));
  bool isUnsigned = type.isUnsignedInteger() || type.isInteger(1);
  return bytes == 8 ? value : isUnsigned ? b.CreateZExt(value, abi.i64) : b.CreateSExt(value, abi.i64);
}

void RunEmitter::bind(BindOp op) {
  auto index = static_cast<unsigned>(op.getSymbol());
  if (index >= s.symbols.size())
    return;
  Value *value = loadElement(op.getX(), op.getElement());
  failIf(b.CreateICmpSLT(value, b.getInt64(static_cast<uint64_t>(s.symbols.entries()[index].low))), MLC_E_VALUE);
  setSymbol(index, value);
  BitVector changed(static_cast<unsigned>(s.symbols.size()));
  changed.set(index);
  deriveSymbols(changed);
}

void RunEmitter::symbolic(SymbolicOp op) {
  if (op.getY().use_empty())
    return;
  requestIfLate(op.getY());
  // An output that is not wanted has no memory.
  BasicBlock *store = block(), *next = block();
  Value *to = address(op.getY());
  b.CreateCondBr(b.CreateIsNull(to), next, store);
  b.SetInsertPoint(store);
  mlir::Type type = elementTypeOf(op.getY());
  Type *stored = b.getIntNTy(static_cast<unsigned>(storageBytes(type)) * 8);
  for (auto [i, expr] : enumerate(op.getValue().exprs())) {
    Value *value = expression(expr);
    if (type.isF32() || type.isF64())
      value = b.CreateBitCast(b.CreateSIToFP(value, type.isF32() ? b.getFloatTy() : b.getDoubleTy()), stored);
    else if (type.isInteger(1))
      value = b.CreateZExt(b.CreateICmpNE(value, b.getInt64(0)), stored);
    else
      value = b.CreateTrunc(value, stored);
    b.CreateStore(value, b.CreateConstGEP1_64(stored, to, i));
  }
  b.CreateBr(next);
  b.SetInsertPoint(next);
}

/// Outputs whose value has another place, and the outputs' dimensions.
void RunEmitter::finish() {
  for (auto [index, value] : s.plan.copies()) {
    const Port &port = s.outputs[index];
    unsigned output = index;
    mlir::Value from = value;
    whenStep(s.stepOfValue(value), [&] {
      Value *bytes = bytesOf(from), *to = port.late ? lateOutput(output, bytes) : outputs[output];
      BasicBlock *next = block();
      BasicBlock *move = block();
      b.CreateCondBr(b.CreateIsNull(to), next, move);
      b.SetInsertPoint(move);
      b.CreateMemCpy(to, MaybeAlign(), address(from), MaybeAlign(), bytes);
      b.CreateBr(next);
      b.SetInsertPoint(next);
    });
  }
  BasicBlock *tell = block("dims"), *done = block();
  b.CreateCondBr(b.CreateIsNull(outputDims), done, tell);
  b.SetInsertPoint(tell);
  writeOutputDims(outputDims, true);
  b.CreateBr(done);
  b.SetInsertPoint(done);
  b.CreateRet(b.getInt32(MLC_OK));
}

} // namespace mlc
