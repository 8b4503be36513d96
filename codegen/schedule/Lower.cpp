// The module around the run function: descriptor, sizes, the plain C function of models of fixed shape.

#include "Lower.h"
#include "Levels.h"
#include "Run.h"

#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;

namespace mlc {
namespace {

class ShapesEmitter : FunctionEmitter {
public:
  ShapesEmitter(Module &module, const Schedule &schedule) : FunctionEmitter(module, schedule) {}

  /// int32_t NAME_shapes(const int64_t *input_dims, int64_t *output_dims, uint64_t *arena_bytes)
  Function *emit(const std::string &name) {
    auto *f = Function::Create(abi.shapes, GlobalValue::ExternalLinkage, name + "_shapes", module);
    f->setDoesNotThrow();
    begin(f);
    if (any_of(s.inputs, [](const Port &p) { return !p.shape.empty(); })) {
      failIf(b.CreateIsNull(f->getArg(0)), MLC_E_ARGUMENT);
      readSymbols(f->getArg(0));
    }
    Value *arena = layOutSlots();
    for (const Port &output : s.outputs)
      if (!output.late)
        size(output.bytes, MLC_E_SHAPE);
    unlessNull(f->getArg(1), [&] { writeOutputDims(f->getArg(1), false); });
    unlessNull(f->getArg(2), [&] { b.CreateStore(arena, f->getArg(2)); });
    b.CreateRet(b.getInt32(MLC_OK));
    return f;
  }

private:
  void unlessNull(Value *pointer, function_ref<void()> then) {
    BasicBlock *yes = block(), *next = block();
    b.CreateCondBr(b.CreateIsNull(pointer), next, yes);
    b.SetInsertPoint(yes);
    then();
    b.CreateBr(next);
    b.SetInsertPoint(next);
  }
};

class ModuleEmitter {
public:
  ModuleEmitter(const Schedule &s, const LowerOptions &options, LLVMContext &context)
      : s(s), options(options), name(options.symbol), abi(context), b(context),
        module(std::make_unique<Module>(options.symbol, context)) {
    i64 = b.getInt64Ty();
  }

  std::unique_ptr<Module> emit() {
    GlobalVariable *weights = nullptr;
    if (int64_t bytes = s.plan.weights().bytes()) {
      weights = new GlobalVariable(*module, ArrayType::get(b.getInt8Ty(), static_cast<uint64_t>(bytes)), true,
                                   GlobalValue::ExternalLinkage, nullptr, weightsSymbol(options));
      weights->setVisibility(GlobalValue::HiddenVisibility);
      weights->setAlignment(Align(64));
    } else {
      // Constants without elements stand somewhere too.
      weights = new GlobalVariable(*module, b.getInt8Ty(), true, GlobalValue::InternalLinkage, b.getInt8(0), name + ".empty");
    }
    GlobalVariable *outputSteps = stepRows();
    Function *level = emitLevelFunction(*module, name, options.levels);
    KernelTables kernels(*module, name, s, options.levels);
    std::optional<StepLines> lines;
    if (!options.debugFile.empty())
      lines.emplace(*module, s, options.debugFile, options.producer);
    Function *run = RunEmitter(*module, s, name, kernels, level, weights, outputSteps, lines ? &*lines : nullptr).emit();
    if (lines)
      lines->finish();
    Function *shapes = ShapesEmitter(*module, s).emit(name);
    GlobalVariable *model = descriptor(run, shapes, level, weights, outputSteps);
    if (s.isStatic())
      plainRun(run);
    publish(model);
    return std::move(module);
  }

private:
  Constant *text(const std::string &value) {
    auto [it, fresh] = strings.try_emplace(value, nullptr);
    if (fresh)
      it->second = b.CreateGlobalString(value, name + ".text", 0, module.get());
    return it->second;
  }

  Constant *null() { return ConstantPointerNull::get(abi.ptr); }

  GlobalVariable *table(ArrayType *type, ArrayRef<Constant *> elements, const Twine &as) {
    return new GlobalVariable(*module, type, true, GlobalValue::InternalLinkage, ConstantArray::get(type, elements), name + as);
  }
  Constant *structs(StructType *type, ArrayRef<Constant *> elements, const Twine &as) {
    return elements.empty() ? null() : table(ArrayType::get(type, elements.size()), elements, as);
  }
  Constant *texts(const std::vector<std::string> &values, const Twine &as) {
    std::vector<Constant *> pointers;
    for (const std::string &value : values)
      pointers.push_back(text(value));
    return values.empty() ? null() : table(ArrayType::get(abi.ptr, values.size()), pointers, as);
  }
  GlobalVariable *numbers(ArrayRef<uint64_t> values, const Twine &as) {
    Constant *data = ConstantDataArray::get(b.getContext(), values);
    return new GlobalVariable(*module, data->getType(), true, GlobalValue::InternalLinkage, data, name + as);
  }

  /// For each output a bit set of the steps it needs.
  GlobalVariable *stepRows() {
    size_t words = (s.steps.size() + 63) / 64;
    std::vector<uint64_t> rows(s.outputs.size() * words);
    for (auto [j, steps] : enumerate(s.outputSteps))
      for (unsigned step : steps.set_bits())
        rows[j * words + step / 64] |= 1ull << (step % 64);
    return numbers(rows, ".output_steps");
  }

  std::vector<uint64_t> knownDims(const Port &port) {
    std::vector<uint64_t> dims;
    for (mlir::AffineExpr e : port.shape)
      dims.push_back(static_cast<uint64_t>(constantOf(e).value_or(-1)));
    return dims;
  }

  Constant *port(const Port &p) {
    bool known = allConstant(p.shape);
    return ConstantStruct::get(abi.tensorInfo, text(p.name), b.getInt32(static_cast<uint32_t>(p.dtype)),
                               b.getInt32(static_cast<uint32_t>(p.shape.size())),
                               p.shape.empty() ? null() : static_cast<Constant *>(numbers(knownDims(p), ".dims")),
                               known ? null() : texts(p.dimNames, ".dim_names"),
                               b.getInt64(static_cast<uint64_t>(constantOf(p.bytes).value_or(0))), b.getInt32(p.late ? MLC_LATE : 0),
                               b.getInt32(0));
  }

  Constant *ports(const std::vector<Port> &list, const Twine &as) {
    std::vector<Constant *> infos;
    for (const Port &p : list)
      infos.push_back(port(p));
    return structs(abi.tensorInfo, infos, as);
  }

  /// What MLC_E_SHAPE is about: everything that is assumed of the inputs' dimensions.
  std::string assumptions() {
    std::string all;
    auto add = [&](const std::string &part) { all += (all.empty() ? "" : ", ") + part; };
    for (const SymbolEntry &entry : s.symbols.entries())
      if (entry.kind == SymbolKind::input && entry.low > 0)
        add(entry.name + " >= " + std::to_string(entry.low));
    for (auto [l, r] : s.symbols.constraints())
      if (!s.symbols.isLate({l, r}))
        add(s.symbols.text(l) + " == " + s.symbols.text(r));
    return all;
  }

  GlobalVariable *descriptor(Function *run, Function *shapes, Function *level, Constant *weights, GlobalVariable *outputSteps) {
    std::vector<Constant *> steps;
    for (const Step &step : s.steps)
      steps.push_back(ConstantStruct::get(abi.stepInfo, text(step.kernel), text(step.layers), b.getInt64(step.flops), b.getInt64(step.bytes)));
    std::vector<std::string> levels;
    for (const CpuTarget &target : options.levels)
      levels.push_back(target.level);
    std::string assumed = assumptions();
    auto count = [&](size_t n) { return b.getInt32(static_cast<uint32_t>(n)); };
    Constant *fields[] = {
        ConstantDataArray::getString(b.getContext(), MLC_ABI_MAGIC, false), b.getInt32(MLC_ABI_VERSION), count(sizeof(mlc_model)),
        text(options.name), text(options.producer), count(s.inputs.size()), count(s.outputs.size()), ports(s.inputs, ".inputs"),
        ports(s.outputs, ".outputs"), b.getInt64(s.plan.slots().empty() ? static_cast<uint64_t>(s.plan.staticArenaBytes()) : 0),
        b.getInt32(MemoryPlan::kAlign), count(s.steps.size()), structs(abi.stepInfo, steps, ".steps"),
        s.steps.empty() || s.outputs.empty() ? null() : outputSteps, count(levels.size()), count(s.plan.lateSlots()),
        texts(levels, ".levels"), weights, b.getInt64(static_cast<uint64_t>(s.plan.weights().bytes())), shapes, run, level,
        assumed.empty() ? null() : text(assumed)};
    return new GlobalVariable(*module, abi.model, true, GlobalValue::ExternalLinkage, ConstantStruct::get(abi.model, fields), name);
  }

  /// int32_t NAME_run(inputs…, outputs…, arena): a call with everything known filled in.
  void plainRun(Function *run) {
    size_t ins = s.inputs.size(), outs = s.outputs.size();
    std::vector<Type *> types(ins + outs + 1, abi.ptr);
    auto *f = Function::Create(FunctionType::get(b.getInt32Ty(), types, false), GlobalValue::ExternalLinkage, name + "_run", *module);
    f->setDoesNotThrow();
    b.SetInsertPoint(BasicBlock::Create(b.getContext(), "", f));
    auto fill = [&](size_t from, size_t count) -> Value * {
      Value *array = b.CreateAlloca(abi.ptr, b.getInt32(static_cast<uint32_t>(count)));
      for (size_t i = 0; i < count; ++i)
        b.CreateStore(f->getArg(static_cast<unsigned>(from + i)), b.CreateConstGEP1_64(abi.ptr, array, i));
      return array;
    };
    std::vector<uint64_t> dims;
    for (const Port &input : s.inputs)
      append_range(dims, knownDims(input));
    Value *call = b.CreateAlloca(abi.call);
    Value *values[] = {b.getInt32(sizeof(mlc_call)), b.getInt32(0), null(), fill(0, ins), numbers(dims, ".input_dims"), fill(ins, outs),
                       null(), f->getArg(static_cast<unsigned>(ins + outs)),
                       b.getInt64(static_cast<uint64_t>(s.plan.staticArenaBytes())), null()};
    for (auto [i, value] : enumerate(values))
      b.CreateStore(value, b.CreateStructGEP(abi.call, call, static_cast<unsigned>(i)));
    b.CreateRet(b.CreateCall(run, {call}));
  }

  void publish(GlobalVariable *model) {
    if (options.entry)
      GlobalAlias::create(abi.model, 0, GlobalValue::ExternalLinkage, MLC_MODEL_SYMBOL, model, module.get());
    if (!options.program)
      return;
    for (GlobalObject &object : module->global_objects())
      if (!object.isDeclaration() && object.hasExternalLinkage())
        object.setLinkage(GlobalValue::InternalLinkage);
    new GlobalVariable(*module, abi.ptr, true, GlobalValue::ExternalLinkage, model, "mlc_linked_model");
  }

  const Schedule &s;
  const LowerOptions &options;
  std::string name;
  AbiTypes abi;
  IRBuilder<> b;
  std::unique_ptr<Module> module;
  Type *i64;
  std::map<std::string, Constant *> strings;
};

} // namespace

std::string weightsSymbol(const LowerOptions &options) { return options.symbol + ".weights"; }

std::unique_ptr<Module> lowerSchedule(const Schedule &schedule, const LowerOptions &options, LLVMContext &context) {
  return ModuleEmitter(schedule, options, context).emit();
}

Error emitMain(Module &module, const CpuTarget &level, MainForm form, std::string &out) {
  CpuTarget baseline = level.baseline();
  std::unique_ptr<TargetMachine> machine = baseline.createMachine();
  if (!machine)
    return createStringError("no code generator for " + baseline.triple);
  module.setDataLayout(machine->createDataLayout());
  module.setTargetTriple(machine->getTargetTriple());
  module.setPICLevel(PICLevel::BigPIC);
  std::string broken;
  raw_string_ostream why(broken);
  if (verifyModule(module, &why))
    return createStringError("the schedule's code is not valid: " + broken);

  // Long schedules (thousands of steps or inputs) cost more to optimise than they ever take to run.
  size_t instructions = 0;
  for (Function &f : module)
    instructions += f.getInstructionCount();
  bool isLong = instructions > 50000;
  if (isLong) {
    machine->setOptLevel(CodeGenOptLevel::None);
    machine->setFastISel(true);
  }
  LoopAnalysisManager lam;
  FunctionAnalysisManager fam;
  CGSCCAnalysisManager cam;
  ModuleAnalysisManager mam;
  PassBuilder passes(machine.get());
  passes.registerModuleAnalyses(mam);
  passes.registerCGSCCAnalyses(cam);
  passes.registerFunctionAnalyses(fam);
  passes.registerLoopAnalyses(lam);
  passes.crossRegisterProxies(lam, fam, cam, mam);
  ModulePassManager pipeline;
  StringRef stages = isLong ? "globaldce" : "function(sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,simplifycfg),globaldce";
  if (Error error = passes.parsePassPipeline(pipeline, stages))
    return error;
  pipeline.run(module, mam);

  raw_string_ostream os(out);
  if (form == MainForm::llvm) {
    module.print(os, nullptr);
    return Error::success();
  }
  SmallVector<char, 0> buffer;
  raw_svector_ostream code(buffer);
  legacy::PassManager generator;
  if (machine->addPassesToEmitFile(generator, code, nullptr,
                                   form == MainForm::object ? CodeGenFileType::ObjectFile : CodeGenFileType::AssemblyFile))
    return createStringError("no code generator for objects of " + baseline.triple);
  generator.run(module);
  os.write(buffer.data(), buffer.size());
  return Error::success();
}

} // namespace mlc
