//===- Irregular.cpp - operators that are their reference kernel --------------===//
//
// The kernel builds descriptors (mlc::ref::Tensor, mlc::ref::Call) on its stack and calls the reference, which is linked in
// as bitcode and specialised by inlining. An error that the reference reports leaves the outputs as they are: kernels have no
// way to fail, and what a value out of range reads stays inside its tensor.
//
//===----------------------------------------------------------------------===//

#include "Irregular.h"

#include "ir/Fold.h"
#include "runtime/kernels/Bitcode.h"
#include "runtime/kernels/reference.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Transforms/IPO/Internalize.h"

using namespace mlir;

namespace mlc {

namespace {

class Stack {
public:
  Stack(OpBuilder &b, Location loc) : b(b), loc(loc), pointer(LLVM::LLVMPointerType::get(b.getContext())) {}
  Value number(Type type, int64_t v) { return LLVM::ConstantOp::create(b, loc, type, b.getIntegerAttr(type, v)); }
  Value allocate(int64_t bytes) {
    return LLVM::AllocaOp::create(b, loc, pointer, b.getI8Type(), number(b.getI64Type(), std::max<int64_t>(bytes, 8)), 16);
  }
  void store(Value base, int64_t offset, Value v) {
    Value at = LLVM::GEPOp::create(b, loc, pointer, b.getI8Type(), base, ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(offset)});
    LLVM::StoreOp::create(b, loc, v, at);
  }
  OpBuilder &b;
  Location loc;
  Type pointer;
};

} // namespace

LogicalResult emitIrregularKernel(KernelBuilder &k, std::string &reference) {
  auto op = cast<Reference>(rootOf(k.group));
  ReferenceCall call;
  if (failed(op.getReference(call)))
    return op->emitOpError("has parameters that are not known when compiling");
  const ref::Entry *entry = ref::find(call.name.c_str());
  if (!entry)
    return op->emitOpError("has no reference kernel");
  reference = call.name;
  OpBuilder &b = k.b;
  Stack s(b, k.loc);
  Type i32 = b.getI32Type(), i64 = b.getI64Type();
  auto address = [&](Value memref) -> Value {
    Value raw = memref::ExtractAlignedPointerAsIndexOp::create(b, k.loc, memref);
    return LLVM::IntToPtrOp::create(b, k.loc, s.pointer, Value(arith::IndexCastOp::create(b, k.loc, i64, raw)));
  };
  auto describe = [&](Value array, int64_t at, Value tensor) {
    int64_t base = at * static_cast<int64_t>(sizeof(ref::Tensor));
    s.store(array, base + offsetof(ref::Tensor, data), address(k.memory[tensor].base));
    s.store(array, base + offsetof(ref::Tensor, dtype), s.number(i32, dtypeOf(elementTypeOf(tensor))));
    s.store(array, base + offsetof(ref::Tensor, rank), s.number(i32, tensorTypeOf(tensor).getRank()));
    for (auto [d, size] : llvm::enumerate(shapeOf(tensor)))
      s.store(array, base + offsetof(ref::Tensor, dims) + 8 * d, arith::IndexCastOp::create(b, k.loc, i64, k.expression(size)));
  };
  size_t inputs = call.mask.empty() ? op->getNumOperands() : call.mask.size();
  Value ins = s.allocate(inputs * sizeof(ref::Tensor)), outs = s.allocate(op->getNumResults() * sizeof(ref::Tensor));
  size_t next = 0;
  for (size_t i = 0; i < inputs; ++i) {
    if (!call.mask.empty() && !call.mask[i]) {
      int64_t base = i * sizeof(ref::Tensor);
      s.store(ins, base + offsetof(ref::Tensor, data), LLVM::ZeroOp::create(b, k.loc, s.pointer));
      s.store(ins, base + offsetof(ref::Tensor, dtype), s.number(i32, 0));
      s.store(ins, base + offsetof(ref::Tensor, rank), s.number(i32, 0));
      continue;
    }
    describe(ins, i, op->getOperand(next++));
  }
  for (auto [i, r] : llvm::enumerate(op->getResults()))
    describe(outs, i, r);
  Value ints = s.allocate(8 * call.ints.size()), floats = s.allocate(8 * call.floats.size());
  for (auto [i, v] : llvm::enumerate(call.ints))
    s.store(ints, 8 * i, s.number(i64, v));
  for (auto [i, v] : llvm::enumerate(call.floats))
    s.store(floats, 8 * i, LLVM::ConstantOp::create(b, k.loc, b.getF64Type(), b.getF64FloatAttr(v)));
  Value c = s.allocate(sizeof(ref::Call));
  s.store(c, offsetof(ref::Call, inputs), ins);
  s.store(c, offsetof(ref::Call, outputs), outs);
  s.store(c, offsetof(ref::Call, ints), ints);
  s.store(c, offsetof(ref::Call, floats), floats);
  s.store(c, offsetof(ref::Call, inputCount), s.number(i32, inputs));
  s.store(c, offsetof(ref::Call, outputCount), s.number(i32, op->getNumResults()));
  s.store(c, offsetof(ref::Call, intCount), s.number(i32, call.ints.size()));
  s.store(c, offsetof(ref::Call, floatCount), s.number(i32, call.floats.size()));
  // A result of the group beyond the operator's own is the scratch memory.
  bool scratch = k.results().size() > op->getNumResults();
  s.store(c, offsetof(ref::Call, scratch),
          scratch ? address(k.memory[k.results().back()].base) : Value(LLVM::ZeroOp::create(b, k.loc, s.pointer)));
  auto type = LLVM::LLVMFunctionType::get(i32, {s.pointer});
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPoint(k.function);
    LLVM::LLVMFuncOp::create(b, k.loc, "mlc_ref_" + call.name, type);
  }
  LLVM::CallOp::create(b, k.loc, type, "mlc_ref_" + call.name, ValueRange{c});
  return success();
}

llvm::Error linkReference(llvm::Module &module, StringRef name, const CpuTarget &target) {
  std::string architecture = StringRef(target.triple).split('-').first.str();
  ref::Bitcode code = ref::bitcode(architecture.c_str());
  if (!code.data)
    return llvm::createStringError("no reference kernels for " + architecture);
  auto buffer = llvm::MemoryBuffer::getMemBuffer(StringRef(code.data, code.size), "references", /*RequiresNullTerminator=*/false);
  auto library = llvm::getOwningLazyBitcodeModule(std::move(buffer), module.getContext(), /*ShouldLazyLoadMetadata=*/true);
  if (!library)
    return library.takeError();
  (*library)->setTargetTriple(module.getTargetTriple());
  (*library)->setDataLayout(module.getDataLayout());
  std::string symbol = ("mlc_ref_" + name).str();
  if (!(*library)->getFunction(symbol))
    return llvm::createStringError("no reference kernel " + symbol);
  llvm::StringSet<> kept;
  for (llvm::Function &f : module)
    if (!f.isDeclaration())
      kept.insert(f.getName());
  if (llvm::Linker::linkModules(module, std::move(*library), llvm::Linker::LinkOnlyNeeded))
    return llvm::createStringError("the reference kernel " + symbol + " does not link");
  llvm::internalizeModule(module, [&](const llvm::GlobalValue &v) { return v.isDeclaration() || kept.contains(v.getName()); });
  return llvm::Error::success();
}

} // namespace mlc
