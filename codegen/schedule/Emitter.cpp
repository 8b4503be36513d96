#include "Emitter.h"

using namespace llvm;
using mlir::AffineExpr;

namespace mlc {

AbiTypes::AbiTypes(LLVMContext &c)
    : i8(Type::getInt8Ty(c)), i32(Type::getInt32Ty(c)), i64(Type::getInt64Ty(c)), ptr(PointerType::get(c, 0)) {
  Type *nothing = Type::getVoidTy(c);
  call = StructType::get(c, {i32, i32, ptr, ptr, ptr, ptr, ptr, ptr, i64, ptr});
  context = StructType::get(c, {i32, i32, ptr, ptr, ptr, ptr, ptr});
  tensorInfo = StructType::get(c, {ptr, i32, i32, ptr, ptr, i64, i32, i32});
  stepInfo = StructType::get(c, {ptr, ptr, i64, i64});
  model = StructType::get(c, {ArrayType::get(i8, 8), i32, i32, ptr, ptr, i32, i32, ptr, ptr, i64, i32, i32, ptr, ptr, i32, i32, ptr,
                              ptr, i64, ptr, ptr, ptr, ptr});
  kernel = FunctionType::get(nothing, {ptr, i64, i64}, false);
  parallel = FunctionType::get(nothing, {ptr, ptr, ptr, i64}, false);
  grow = output = FunctionType::get(ptr, {ptr, i32, i64}, false);
  trace = FunctionType::get(nothing, {ptr, i32, i32}, false);
  run = FunctionType::get(i32, {ptr}, false);
  shapes = FunctionType::get(i32, {ptr, ptr, ptr}, false);
}

FunctionEmitter::FunctionEmitter(Module &module, const Schedule &schedule)
    : module(module), s(schedule), abi(module.getContext()), b(module.getContext()) {
  bound.resize(static_cast<unsigned>(s.symbols.size()));
}

void FunctionEmitter::begin(Function *f) {
  function = f;
  b.SetInsertPoint(block("entry"));
  for (size_t i = 0; i < s.symbols.size(); ++i) {
    symbolCells.push_back(b.CreateAlloca(abi.i64, nullptr, "symbol" + Twine(i)));
    b.CreateStore(b.getInt64(0), symbolCells.back());
  }
}

BasicBlock *FunctionEmitter::block(const Twine &name) { return BasicBlock::Create(module.getContext(), name, function); }

void FunctionEmitter::failIf(Value *condition, mlc_error code) {
  BasicBlock *&failure = failures[code];
  if (!failure) {
    failure = block("fail." + Twine(static_cast<int>(code)));
    IRBuilder<>(failure).CreateRet(b.getInt32(code));
  }
  BasicBlock *next = block();
  b.CreateCondBr(condition, failure, next);
  b.SetInsertPoint(next);
}

Value *FunctionEmitter::expression(AffineExpr expr) {
  return Expressions(b, [this](unsigned i) { return symbol(i); }).emit(expr);
}

Value *FunctionEmitter::size(AffineExpr expr, mlc_error code) {
  Value *overflow = nullptr;
  Value *bytes = Expressions(b, [this](unsigned i) { return symbol(i); }).emitSize(expr, overflow);
  if (overflow)
    failIf(overflow, code);
  return bytes;
}

Value *FunctionEmitter::symbol(unsigned index) {
  return index < symbolCells.size() ? static_cast<Value *>(b.CreateLoad(abi.i64, symbolCells[index])) : b.getInt64(0);
}

void FunctionEmitter::setSymbol(unsigned index, Value *value) {
  if (index < symbolCells.size())
    b.CreateStore(value, symbolCells[index]);
}

Value *FunctionEmitter::derived(const SymbolEntry &entry) {
  Value *l = expression(entry.left), *r = expression(entry.right);
  return b.CreateBinaryIntrinsic(entry.kind == SymbolKind::min ? Intrinsic::smin : Intrinsic::smax, l, r);
}

void FunctionEmitter::readSymbols(Value *dims) {
  std::vector<size_t> start;
  size_t count = 0;
  for (const Port &input : s.inputs) {
    start.push_back(count);
    count += input.shape.size();
  }
  auto dimension = [&](size_t input, size_t d) {
    return b.CreateLoad(abi.i64, b.CreateConstGEP1_64(abi.i64, dims, start[input] + d));
  };
  for (auto [i, entry] : enumerate(s.symbols.entries())) {
    if (entry.kind == SymbolKind::input && entry.input < s.inputs.size() && entry.dimension < s.inputs[entry.input].shape.size()) {
      Value *value = dimension(entry.input, entry.dimension);
      failIf(b.CreateICmpSLT(value, b.getInt64(static_cast<uint64_t>(std::max<int64_t>(entry.low, 0)))), MLC_E_SHAPE);
      setSymbol(static_cast<unsigned>(i), value);
    } else if (entry.left && !entry.late()) {
      setSymbol(static_cast<unsigned>(i), derived(entry));
    }
  }
  for (auto [i, input] : enumerate(s.inputs))
    for (auto [d, expr] : enumerate(input.shape)) {
      auto named = dyn_cast<mlir::AffineSymbolExpr>(expr);
      if (named && named.getPosition() < s.symbols.size()) {
        const SymbolEntry &entry = s.symbols.entries()[named.getPosition()];
        if (entry.kind == SymbolKind::input && entry.input == i && entry.dimension == d)
          continue;
      }
      failIf(b.CreateICmpNE(dimension(i, d), expression(expr)), MLC_E_SHAPE);
    }
  for (auto [l, r] : s.symbols.constraints())
    if (!s.symbols.isLate({l, r}))
      failIf(b.CreateICmpNE(expression(l), expression(r)), MLC_E_SHAPE);
}

void FunctionEmitter::deriveSymbols(const BitVector &changed) {
  bound |= changed;
  for (auto [i, entry] : enumerate(s.symbols.entries()))
    if (entry.left && entry.data.anyCommon(changed))
      setSymbol(static_cast<unsigned>(i), derived(entry));
  for (auto [l, r] : s.symbols.constraints()) {
    BitVector needed = s.symbols.dataOf({l, r});
    BitVector missing = needed;
    missing.reset(bound);
    if (needed.anyCommon(changed) && missing.none())
      failIf(b.CreateICmpNE(expression(l), expression(r)), MLC_E_VALUE);
  }
}

void FunctionEmitter::writeOutputDims(Value *dims, bool late) {
  size_t at = 0;
  for (const Port &output : s.outputs)
    for (AffineExpr expr : output.shape) {
      Value *value = !late && s.symbols.isLate(expr) ? b.getInt64(-1ull) : expression(expr);
      b.CreateStore(value, b.CreateConstGEP1_64(abi.i64, dims, at++));
    }
}

Value *FunctionEmitter::layOutSlots() {
  Value *bytes = b.getInt64(static_cast<uint64_t>(s.plan.staticArenaBytes())), *overflow = nullptr;
  auto value = [this](unsigned i) { return symbol(i); };
  Expressions expressions(b, value);
  for (const auto &sizes : s.plan.slots()) {
    Value *largest = b.getInt64(0);
    for (AffineExpr e : sizes)
      largest = b.CreateBinaryIntrinsic(Intrinsic::smax, largest, expressions.emitSize(e, overflow));
    slotOffsets.push_back(bytes);
    // Half of what 63 bits hold is refused too, so that rounding up cannot overflow.
    Value *huge = b.CreateICmpUGT(b.CreateOr(bytes, largest), b.getInt64(1ull << 61));
    overflow = overflow ? b.CreateOr(overflow, huge) : huge;
    Value *rounded = b.CreateAnd(b.CreateAdd(largest, b.getInt64(MemoryPlan::kAlign - 1)), b.getInt64(~uint64_t{MemoryPlan::kAlign - 1}));
    bytes = b.CreateAdd(bytes, rounded);
  }
  if (overflow)
    failIf(overflow, MLC_E_SHAPE);
  return bytes;
}

} // namespace mlc
