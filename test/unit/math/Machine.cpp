#include "Machine.h"

#include "codegen/cpu/Math.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"

using namespace mlir;

static std::string textOf(const FunctionSpec &spec) {
  std::string n = std::to_string(blockSize), from = spec.from, to = spec.to;
  std::string step = std::to_string(spec.lanes ? spec.lanes : 1);
  auto lanes = [&](std::string element) { return spec.lanes ? "vector<" + step + "x" + element + ">" : element; };
  auto memory = [&](std::string element) { return "memref<" + n + "x" + element + ">"; };
  auto load = [&](std::string name, std::string at) {
    return "  " + name + " = " + (spec.lanes ? "vector" : "memref") + ".load " + at + "[%i] : " + memory(from) +
           (spec.lanes ? ", " + lanes(from) : "") + "\n";
  };
  bool converts = from != to;
  std::string text = "func.func @" + spec.name + "(%x: " + memory(from) + (spec.binary ? ", %z: " + memory(from) : "") +
                     ", %y: " + memory(to) + ") {\n  %c0 = arith.constant 0 : index\n  %n = arith.constant " + n +
                     " : index\n  %s = arith.constant " + step + " : index\n  scf.for %i = %c0 to %n step %s {\n";
  text += load("%a", "%x") + (spec.binary ? load("%b", "%z") : "");
  text += "  %r = " + spec.op + " %a" + (spec.binary ? ", %b" : "") + " : " + lanes(from) +
          (converts ? " to " + lanes(to) : "") + "\n";
  text += std::string("  ") + (spec.lanes ? "vector" : "memref") + ".store %r, %y[%i] : " + memory(to) +
          (spec.lanes ? ", " + lanes(to) : "") + "\n  }\n  return\n}\n";
  return text;
}

std::vector<FunctionSpec> allFunctions(const std::vector<int> &lanes) {
  std::vector<FunctionSpec> specs;
  const char *names[] = {"exp",  "exp2", "expm1", "log",  "log2", "log1p", "sin",   "cos",   "tan", "asin",
                         "acos", "atan", "sinh",  "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "rsqrt"};
  for (int n : lanes) {
    auto add = [&](std::string name, std::string op, std::string from, std::string to, int lanes, bool binary = false) {
      specs.push_back({name + "_" + std::to_string(lanes), op, from, to, lanes, binary});
    };
    int half = n / 2;
    for (std::string name : names) {
      add(name + "_f32", "math." + name, "f32", "f32", n);
      add(name + "_f64", "math." + name, "f64", "f64", half);
    }
    add("pow_f32", "math.powf", "f32", "f32", n, true);
    add("pow_f64", "math.powf", "f64", "f64", half, true);
    for (std::string narrow : {"f16", "bf16"})
      for (std::string wide : {"f32", "f64"}) {
        add(narrow + "_" + wide, "arith.extf", narrow, wide, n);
        add(wide + "_" + narrow, "arith.truncf", wide, narrow, n);
      }
  }
  return specs;
}

std::vector<std::string> processors() {
  auto features = llvm::sys::getHostCPUFeatures();
  if (llvm::sys::getDefaultTargetTriple().find("x86_64") == std::string::npos)
    return {llvm::sys::getHostCPUName().str()};
  if (features.lookup("avx2") && features.lookup("fma"))
    return {"x86-64-v2", "x86-64-v3"};
  return {"x86-64-v2"};
}

/// The functions as LLVM IR, by the patterns and MLIR's own lowering.
static std::unique_ptr<llvm::Module> lower(const std::vector<FunctionSpec> &specs, llvm::LLVMContext &llvmContext,
                                           llvm::TargetMachine &target) {
  DialectRegistry registry;
  registry.insert<arith::ArithDialect, cf::ControlFlowDialect, func::FuncDialect, LLVM::LLVMDialect, math::MathDialect,
                  memref::MemRefDialect, scf::SCFDialect, vector::VectorDialect>();
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  std::string text;
  for (const auto &spec : specs)
    text += textOf(spec);
  auto module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    llvm::report_fatal_error("the test's functions do not parse");
  RewritePatternSet patterns(&context);
  mlc::populateMathPatterns(patterns);
  mlc::populateHalfConversionPatterns(patterns);
  mlc::populateBf16Patterns(patterns);
  if (failed(applyPatternsGreedily(*module, std::move(patterns))))
    llvm::report_fatal_error("the patterns do not come to an end");
  PassManager passes(&context);
  passes.addPass(createCSEPass());
  passes.addPass(createSCFToControlFlowPass());
  passes.addPass(createConvertVectorToLLVMPass());
  passes.addPass(createConvertMathToLLVMPass());
  passes.addPass(createFinalizeMemRefToLLVMConversionPass());
  passes.addPass(createArithToLLVMConversionPass());
  passes.addPass(createConvertControlFlowToLLVMPass());
  ConvertFuncToLLVMPassOptions options;
  options.useBarePtrCallConv = true;
  passes.addPass(createConvertFuncToLLVMPass(options));
  passes.addPass(createReconcileUnrealizedCastsPass());
  if (failed(passes.run(*module)))
    llvm::report_fatal_error("the functions do not lower");
  auto result = translateModuleToLLVMIR(*module, llvmContext);
  result->setDataLayout(target.createDataLayout());
  result->setTargetTriple(target.getTargetTriple());

  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PipelineTuningOptions tuning;
  tuning.LoopUnrolling = tuning.LoopVectorization = tuning.SLPVectorization = false;
  llvm::PassBuilder builder(&target, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2).run(*result, modules);
  return result;
}

static std::unique_ptr<llvm::TargetMachine> makeTarget(const std::string &triple, const std::string &cpu,
                                                       const std::string &features) {
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargets();
  llvm::InitializeAllTargetMCs();
  llvm::InitializeAllAsmPrinters();
  std::string error;
  llvm::Triple parsed(triple);
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(parsed, error);
  if (!target)
    llvm::report_fatal_error(llvm::StringRef(error));
  llvm::TargetOptions options;
  if (parsed.isRISCV())
    options.MCOptions.ABIName = "lp64d";
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(parsed, cpu, features, options, llvm::Reloc::PIC_));
}

struct Machine::State {
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

Machine::Machine(const std::vector<FunctionSpec> &specs, const std::string &cpu) : state(new State) {
  std::string triple = llvm::sys::getDefaultTargetTriple();
  auto target = makeTarget(triple, cpu, "");
  auto context = std::make_unique<llvm::LLVMContext>();
  auto module = lower(specs, *context, *target);
  llvm::orc::JITTargetMachineBuilder builder{llvm::Triple(triple)};
  builder.setCPU(cpu);
  state->jit = llvm::cantFail(llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(builder).create());
  llvm::cantFail(state->jit->addIRModule(llvm::orc::ThreadSafeModule(std::move(module), std::move(context))));
}

Machine::~Machine() = default;

void *Machine::find(const std::string &name) const { return llvm::cantFail(state->jit->lookup(name)).toPtr<void *>(); }

std::vector<std::string> undefinedSymbols(const std::vector<FunctionSpec> &specs, const std::string &triple,
                                          const std::string &cpu, const std::string &features) {
  auto target = makeTarget(triple, cpu, features);
  llvm::LLVMContext context;
  auto module = lower(specs, context, *target);
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager emit;
  target->addPassesToEmitFile(emit, stream, nullptr, llvm::CodeGenFileType::ObjectFile);
  emit.run(*module);
  llvm::SmallVectorMemoryBuffer buffer(std::move(bytes), false);
  auto object = llvm::cantFail(llvm::object::ObjectFile::createObjectFile(buffer));
  std::vector<std::string> names;
  for (const auto &symbol : object->symbols())
    if (llvm::cantFail(symbol.getFlags()) & llvm::object::SymbolRef::SF_Undefined)
      if (auto name = llvm::cantFail(symbol.getName()); !name.empty())
        names.push_back(name.str());
  return names;
}
