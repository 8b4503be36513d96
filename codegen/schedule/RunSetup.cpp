// What a run does before its first step: checks of the call, symbols, memory, the processor's level.

#include "Run.h"

#include "codegen/Kernel.h"

#include "llvm/Support/Path.h"

using namespace llvm;

namespace mlc {

KernelTables::KernelTables(Module &module, StringRef name, const Schedule &schedule, ArrayRef<CpuTarget> levels) {
  AbiTypes abi(module.getContext());
  std::vector<Constant *> perLevel;
  auto *tableType = ArrayType::get(abi.ptr, schedule.kernels.size());
  for (const CpuTarget &level : levels) {
    std::vector<Constant *> pointers;
    for (const std::string &text : schedule.kernels) {
      std::string symbol = kernelSymbol(text, level);
      auto *function = cast<Function>(module.getOrInsertFunction(symbol, abi.kernel).getCallee());
      function->setVisibility(GlobalValue::HiddenVisibility);
      function->setDSOLocal(true);
      function->setDoesNotThrow();
      pointers.push_back(function);
      if (perLevel.empty())
        first.push_back(function);
    }
    // With one level the kernels are called by name.
    perLevel.push_back(levels.size() == 1 ? nullptr
                                          : new GlobalVariable(module, tableType, true, GlobalValue::InternalLinkage,
                                                               ConstantArray::get(tableType, pointers), name + ".kernels." + level.level));
  }
  if (levels.size() == 1)
    return;
  auto *type = ArrayType::get(abi.ptr, perLevel.size());
  tables = new GlobalVariable(module, type, true, GlobalValue::InternalLinkage, ConstantArray::get(type, perLevel), name + ".tables");
}

RunEmitter::RunEmitter(Module &module, const Schedule &schedule, const std::string &name, const KernelTables &kernels, Function *level,
                       GlobalVariable *weights, GlobalVariable *outputSteps, StepLines *lines)
    : FunctionEmitter(module, schedule), name(name), kernels(kernels), level(level), weights(weights), outputSteps(outputSteps),
      lines(lines), forWorkers(groupsForWorkers(schedule.function)) {}

StepLines::StepLines(Module &module, const Schedule &schedule, StringRef path, StringRef producer) : builder(module), schedule(schedule) {
  module.addModuleFlag(Module::Warning, "Debug Info Version", DEBUG_METADATA_VERSION);
  module.addModuleFlag(Module::Warning, "Dwarf Version", 4);
  file = builder.createFile(sys::path::filename(path), sys::path::parent_path(path));
  builder.createCompileUnit(DISourceLanguageName(dwarf::DW_LANG_C11), file, producer, /*isOptimized=*/true, "", 0);
}

DISubprogram *StepLines::subprogram(StringRef name, unsigned line) {
  auto *type = builder.createSubroutineType(builder.getOrCreateTypeArray({}));
  return builder.createFunction(file, name, "", file, line, type, line, DINode::FlagZero, DISubprogram::SPFlagDefinition);
}

void StepLines::attach(Function *f) {
  run = subprogram(f->getName(), 0);
  f->setSubprogram(run);
}

DebugLoc StepLines::between() const { return DILocation::get(run->getContext(), 0, 0, run); }

DebugLoc StepLines::ofStep(unsigned step) {
  const std::string &layers = schedule.steps[step].layers;
  auto *call = DILocation::getDistinct(run->getContext(), step + 1, 0, run);
  return DILocation::get(run->getContext(), step + 1, 0, subprogram(layers.empty() ? schedule.steps[step].kernel : layers, step + 1), call);
}

Value *RunEmitter::field(StructType *type, Value *of, unsigned index) {
  return b.CreateLoad(type->getElementType(index), b.CreateStructGEP(type, of, index));
}

/// A function that the context lends; null where it lends none.
Value *RunEmitter::contextFunction(unsigned index) {
  BasicBlock *from = b.GetInsertBlock(), *load = block(), *next = block();
  b.CreateCondBr(b.CreateIsNull(context), next, load);
  b.SetInsertPoint(load);
  Value *loaded = field(abi.context, context, index);
  b.CreateBr(next);
  b.SetInsertPoint(next);
  PHINode *result = b.CreatePHI(abi.ptr, 2);
  result->addIncoming(ConstantPointerNull::get(abi.ptr), from);
  result->addIncoming(loaded, load);
  return result;
}

void RunEmitter::checkCall() {
  failIf(b.CreateIsNull(call), MLC_E_ARGUMENT);
  failIf(b.CreateICmpULT(field(abi.call, call, callSize), b.getInt32(sizeof(mlc_call))), MLC_E_VERSION);
  context = field(abi.call, call, callContext);
  parallelFunction = contextFunction(contextParallel);
  traceFunction = contextFunction(contextTrace);
  if (s.plan.lateSlots())
    growFunction = contextFunction(contextGrow);
  if (any_of(s.outputs, [](const Port &p) { return p.late; }))
    outputFunction = contextFunction(contextOutput);
}

void RunEmitter::bindLevel() {
  Value *found = b.CreateCall(level);
  failIf(b.CreateICmpSLT(found, b.getInt32(0)), MLC_E_CPU);
  if (!kernels.single())
    table = b.CreateLoad(abi.ptr, b.CreateInBoundsGEP(abi.ptr, kernels.tables, b.CreateZExt(found, abi.i64)));
}

void RunEmitter::readInputs() {
  if (s.inputs.empty())
    return;
  Value *array = field(abi.call, call, callInputs), *dims = field(abi.call, call, callInputDims);
  failIf(b.CreateIsNull(array), MLC_E_ARGUMENT);
  bool known = all_of(s.inputs, [](const Port &p) { return allConstant(p.shape); });
  if (known) {
    // Where there is nothing to learn from the dimensions, a caller may leave them out.
    BasicBlock *check = block("dims"), *next = block();
    b.CreateCondBr(b.CreateIsNull(dims), next, check);
    b.SetInsertPoint(check);
    readSymbols(dims);
    b.CreateBr(next);
    b.SetInsertPoint(next);
  } else {
    failIf(b.CreateIsNull(dims), MLC_E_ARGUMENT);
    readSymbols(dims);
  }
  for (auto [i, input] : enumerate(s.inputs)) {
    Value *pointer = b.CreateLoad(abi.ptr, b.CreateConstGEP1_64(abi.ptr, array, i));
    inputs.push_back(pointer);
    // An input without elements may be null.
    Value *missing = b.CreateAnd(b.CreateIsNull(pointer), b.CreateICmpNE(size(input.bytes, MLC_E_SHAPE), b.getInt64(0)));
    failIf(missing, MLC_E_ARGUMENT);
  }
}

void RunEmitter::checkArena() {
  arena = field(abi.call, call, callArena);
  Value *needed = layOutSlots();
  Value *given = field(abi.call, call, callArenaBytes);
  Value *address = b.CreatePtrToInt(arena, abi.i64);
  Value *missing = b.CreateAnd(b.CreateIsNull(arena), b.CreateICmpNE(needed, b.getInt64(0)));
  Value *crooked = b.CreateICmpNE(b.CreateAnd(address, b.getInt64(MemoryPlan::kAlign - 1)), b.getInt64(0));
  failIf(b.CreateOr(missing, b.CreateOr(b.CreateICmpULT(given, needed), crooked)), MLC_E_ARENA);
}

/// The steps that the caller asks for, or those that the outputs with memory need.
Value *RunEmitter::wantedSteps(Value *given) {
  if (s.steps.empty())
    return ConstantPointerNull::get(abi.ptr);
  BasicBlock *from = b.GetInsertBlock(), *find = block("wanted"), *next = block();
  b.CreateCondBr(b.CreateIsNull(given), find, next);
  b.SetInsertPoint(find);
  b.CreateCall(emitWanted(), {outputArray, wanted});
  b.CreateBr(next);
  b.SetInsertPoint(next);
  PHINode *result = b.CreatePHI(abi.ptr, 2);
  result->addIncoming(given, from);
  result->addIncoming(wanted, find);
  return result;
}

/// void NAME.wanted(void *const *outputs, uint64_t *words): the steps of all outputs that are wanted.
Function *RunEmitter::emitWanted() {
  auto words = static_cast<unsigned>(s.steps.size() + 63) / 64;
  auto *type = FunctionType::get(b.getVoidTy(), {abi.ptr, abi.ptr}, false);
  auto *f = Function::Create(type, GlobalValue::InternalLinkage, name + ".wanted", module);
  f->setDoesNotThrow();
  LLVMContext &c = module.getContext();
  IRBuilder<> w(BasicBlock::Create(c, "", f));
  Value *bytes = w.getInt64(words * sizeof(uint64_t));
  w.CreateMemSet(f->getArg(1), w.getInt8(0), bytes, MaybeAlign(8));
  // for (uint64_t i = 0; i != count; ++i) body(i); the builder stands behind the loop afterwards.
  auto loop = [&](uint64_t count, function_ref<void(Value *)> body) {
    BasicBlock *from = w.GetInsertBlock(), *head = BasicBlock::Create(c, "", f);
    w.CreateBr(head);
    w.SetInsertPoint(head);
    PHINode *i = w.CreatePHI(abi.i64, 2);
    i->addIncoming(w.getInt64(0), from);
    body(i);
    Value *next = w.CreateAdd(i, w.getInt64(1));
    i->addIncoming(next, w.GetInsertBlock());
    BasicBlock *end = BasicBlock::Create(c, "", f);
    w.CreateCondBr(w.CreateICmpEQ(next, w.getInt64(count)), end, head);
    w.SetInsertPoint(end);
  };
  auto add = [&](Value *output) {
    Value *row = w.CreateMul(output, w.getInt64(words));
    loop(words, [&](Value *i) {
      Value *cell = w.CreateInBoundsGEP(abi.i64, f->getArg(1), i);
      Value *bits = w.CreateLoad(abi.i64, w.CreateInBoundsGEP(abi.i64, outputSteps, w.CreateAdd(row, i)));
      w.CreateStore(w.CreateOr(w.CreateLoad(abi.i64, cell), bits), cell);
    });
  };
  // Outputs whose memory is requested during the run are always wanted.
  for (auto [j, output] : enumerate(s.outputs))
    if (output.late)
      add(w.getInt64(j));
  loop(s.outputs.size(), [&](Value *j) {
    BasicBlock *then = BasicBlock::Create(c, "add", f), *next = BasicBlock::Create(c, "", f);
    Value *pointer = w.CreateLoad(abi.ptr, w.CreateInBoundsGEP(abi.ptr, f->getArg(0), j));
    w.CreateCondBr(w.CreateIsNotNull(pointer), then, next);
    w.SetInsertPoint(then);
    add(j);
    w.CreateBr(next);
    w.SetInsertPoint(next);
  });
  w.CreateRetVoid();
  return f;
}

void RunEmitter::readOutputs() {
  outputArray = field(abi.call, call, callOutputs);
  if (!s.outputs.empty())
    failIf(b.CreateIsNull(outputArray), MLC_E_ARGUMENT);
  outputDims = field(abi.call, call, callOutputDims);
  steps = wantedSteps(field(abi.call, call, callSteps));
  for (size_t j = 0; j < s.outputs.size(); ++j)
    outputs.push_back(b.CreateLoad(abi.ptr, b.CreateConstGEP1_64(abi.ptr, outputArray, j)));
  mlir::Operation *end = s.body().getTerminator();
  for (const Buffer &buffer : s.plan.buffers()) {
    if (buffer.place.where != Where::output)
      continue;
    Value *&pointer = outputs[buffer.place.index];
    if (buffer.fallback.where != Where::none) {
      pointer = b.CreateSelect(b.CreateIsNull(pointer), addressOf(buffer.fallback), pointer);
      continue;
    }
    int step = s.stepOfValue(end->getOperand(buffer.place.index));
    if (step < 0)
      continue;
    // Memory that a step of this run writes has to be there, unless it is written with nothing.
    Value *word = b.CreateLoad(abi.i64, b.CreateConstGEP1_64(abi.i64, steps, static_cast<unsigned>(step) / 64));
    Value *runs = b.CreateICmpNE(b.CreateAnd(word, b.getInt64(1ull << (step % 64))), b.getInt64(0));
    Value *some = b.CreateICmpNE(size(s.outputs[buffer.place.index].bytes, MLC_E_SHAPE), b.getInt64(0));
    failIf(b.CreateAnd(b.CreateIsNull(pointer), b.CreateAnd(runs, some)), MLC_E_ARGUMENT);
  }
}

/// void NAME.launch(ctx, parallel, kernel, args, tasks): on the caller's workers, if it has any.
Function *RunEmitter::emitLaunch() {
  auto *type = FunctionType::get(b.getVoidTy(), {abi.ptr, abi.ptr, abi.ptr, abi.ptr, abi.i64}, false);
  auto *f = Function::Create(type, GlobalValue::InternalLinkage, name + ".launch", module);
  f->setDoesNotThrow();
  f->addFnAttr(Attribute::NoInline);
  LLVMContext &c = module.getContext();
  IRBuilder<> l(BasicBlock::Create(c, "", f));
  BasicBlock *shared = BasicBlock::Create(c, "shared", f), *alone = BasicBlock::Create(c, "alone", f);
  Value *usable = l.CreateAnd(l.CreateIsNotNull(f->getArg(1)), l.CreateICmpSGT(f->getArg(4), l.getInt64(1)));
  l.CreateCondBr(usable, shared, alone);
  l.SetInsertPoint(shared);
  l.CreateCall(abi.parallel, f->getArg(1), {f->getArg(0), f->getArg(2), f->getArg(3), f->getArg(4)});
  l.CreateRetVoid();
  l.SetInsertPoint(alone);
  l.CreateCall(abi.kernel, f->getArg(2), {f->getArg(3), l.getInt64(0), f->getArg(4)});
  l.CreateRetVoid();
  return f;
}

Function *RunEmitter::emit() {
  auto *f = Function::Create(abi.run, GlobalValue::ExternalLinkage, name + "_run_call", module);
  f->setDoesNotThrow();
  launcher = emitLaunch();
  if (lines) {
    lines->attach(f);
    b.SetCurrentDebugLocation(lines->between());
  }
  begin(f);
  call = f->getArg(0);
  size_t words = 1;
  for (auto &entry : s.kernelOf) {
    auto op = cast<GroupOp>(entry.first);
    words = std::max<size_t>(words, op->getNumOperands() + op->getNumResults() + op.getSymbols().size());
  }
  args = b.CreateAlloca(abi.i64, b.getInt32(static_cast<uint32_t>(words)), "args");
  wanted = b.CreateAlloca(abi.i64, b.getInt32(static_cast<uint32_t>(s.steps.size() + 63) / 64), "wanted");
  for (auto [i, buffer] : enumerate(s.plan.buffers())) {
    Where where = buffer.place.where;
    if (where != Where::late && where != Where::lateOutput && where != Where::scan)
      continue;
    auto id = static_cast<unsigned>(i);
    lateCells[id] = {b.CreateAlloca(abi.ptr, nullptr, "late" + Twine(i)), b.CreateAlloca(abi.i64)};
    b.CreateStore(ConstantPointerNull::get(abi.ptr), lateCells[id].pointer);
    b.CreateStore(b.getInt64(0), lateCells[id].bytes);
    if (where == Where::scan)
      scans[id] = {cell(abi.i64), cell(abi.i32)};
  }
  checkCall();
  bindLevel();
  readInputs();
  checkArena();
  readOutputs();
  body(s.body());
  finish();
  return f;
}

} // namespace mlc
