//===- Lower.cpp - from the text of a group to machine code --------------------===//

#include "KernelBuilder.h"
#include "Irregular.h"
#include "Math.h"
#include "codegen/Kernel.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Dialect/Vector/Transforms/VectorRewritePatterns.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Transforms/CSE.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

#include <mutex>

using namespace mlir;

namespace mlc {

void registerKernelDialects(DialectRegistry &registry) {
  registry.insert<MlcDialect, arith::ArithDialect, cf::ControlFlowDialect, func::FuncDialect, LLVM::LLVMDialect, math::MathDialect,
                  memref::MemRefDialect, scf::SCFDialect, vector::VectorDialect>();
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
}

static void initializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo(), LLVMInitializeX86Target(), LLVMInitializeX86TargetMC(), LLVMInitializeX86AsmPrinter();
    LLVMInitializeAArch64TargetInfo(), LLVMInitializeAArch64Target(), LLVMInitializeAArch64TargetMC(), LLVMInitializeAArch64AsmPrinter();
    LLVMInitializeRISCVTargetInfo(), LLVMInitializeRISCVTarget(), LLVMInitializeRISCVTargetMC(), LLVMInitializeRISCVAsmPrinter();
  });
}

namespace {

/// The code generator of a target, one a thread: its tables cost more to make than a small kernel to compile.
llvm::TargetMachine *machineFor(const CpuTarget &target) {
  thread_local llvm::StringMap<std::unique_ptr<llvm::TargetMachine>> machines;
  auto &machine = machines[(target.triple + " " + target.cpu + " " + target.features)];
  if (!machine)
    machine = target.createMachine();
  return machine.get();
}

/// One compilation: owns the context, so that threads share nothing.
class Compilation {
public:
  Compilation(const CpuTarget &target) : target(target) {}
  llvm::Error run(StringRef text, KernelForm form, std::string &out);

private:
  llvm::Error error(const Twine &what) {
    std::string message = what.str();
    if (!diagnostics.empty())
      message += ": " + diagnostics;
    return llvm::createStringError(message);
  }
  llvm::Error emit();
  llvm::Error lower();
  llvm::Error translate(StringRef symbol, KernelForm form, std::string &out);

  const CpuTarget &target;
  std::string diagnostics;
  std::unique_ptr<MLIRContext> ctx;
  OwningOpRef<ModuleOp> module;
  std::string irregular; // name of the reference kernel that the group is, or empty
};

llvm::Error Compilation::run(StringRef text, KernelForm form, std::string &out) {
  initializeTargets();
  DialectRegistry registry;
  registerKernelDialects(registry);
  ctx = std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  ctx->printOpOnDiagnostic(false);
  ctx->loadAllAvailableDialects();
  ScopedDiagnosticHandler handler(ctx.get(), [&](Diagnostic &d) {
    if (d.getSeverity() == DiagnosticSeverity::Error && diagnostics.empty())
      diagnostics = d.str();
    return success();
  });
  module = parseSourceString<ModuleOp>(text, ParserConfig(ctx.get(), /*verifyAfterParse=*/false));
  if (!module)
    return error("the group's text does not parse");
  if (llvm::Error e = emit())
    return e;
  if (form == KernelForm::mlir) {
    llvm::raw_string_ostream os(out);
    module->print(os);
    return llvm::Error::success();
  }
  if (llvm::Error e = lower())
    return e;
  return translate(kernelSymbol(text, target), form, out);
}

llvm::Error Compilation::emit() {
  GroupOp group;
  module->walk([&](GroupOp g) { group = g; });
  if (!group)
    return error("no group in the text");
  auto function = group->getParentOfType<func::FuncOp>();
  OpBuilder builder(ctx.get());
  builder.setInsertionPointToEnd(module->getBody());
  KernelBuilder kernel(builder, group, target);
  kernel.open("body");
  StringRef emitter = group.getEmitter();
  LogicalResult done = emitter == "loop"          ? emitLoopKernel(kernel)
                       : emitter == "contraction" ? emitContractionKernel(kernel)
                       : emitter == "window"      ? emitWindowKernel(kernel)
                       : emitter == "separable"   ? emitSeparableKernel(kernel)
                       : emitter == "winograd"    ? emitWinogradKernel(kernel)
                       : emitter == "attention"   ? emitAttentionKernel(kernel)
                       : emitter == "row"         ? emitRowKernel(kernel)
                       : emitter == "recurrent"   ? emitRecurrentKernel(kernel)
                       : emitter == "irregular"   ? emitIrregularKernel(kernel, irregular)
                                                  : failure();
  if (failed(done))
    return error("emitter '" + emitter + "' cannot make this group");
  func::ReturnOp::create(builder, kernel.loc);
  function.erase();
  if (failed(verify(*module)))
    return error("the kernel is not valid");
  // Most of what emitters make is index arithmetic that has been made before.
  IRRewriter rewriter(ctx.get());
  DominanceInfo dominance;
  eliminateCommonSubExpressions(rewriter, dominance, module->getOperation());
  return llvm::Error::success();
}

llvm::Error Compilation::lower() {
  {
    RewritePatternSet patterns(ctx.get());
    populateMathPatterns(patterns);
    populateBf16Patterns(patterns);
    if (!target.halfConversion)
      populateHalfConversionPatterns(patterns);
    arith::populateCeilFloorDivExpandOpsPatterns(patterns);
    vector::populateVectorMaskMaterializationPatterns(patterns, /*force32BitVectorIndices=*/true);
    vector::populateVectorFromElementsUnrollPatterns(patterns);
    if (failed(applyPatternsGreedily(*module, std::move(patterns))))
      return error("the kernel's arithmetic cannot be expanded");
  }
  LowerToLLVMOptions options(ctx.get());
  options.useBarePtrCallConv = true;
  LLVMTypeConverter converter(ctx.get(), options);
  RewritePatternSet patterns(ctx.get());
  populateSCFToControlFlowConversionPatterns(patterns);
  populateFuncToLLVMConversionPatterns(converter, patterns);
  cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
  arith::populateArithToLLVMConversionPatterns(converter, patterns);
  populateFinalizeMemRefToLLVMConversionPatterns(converter, patterns);
  populateVectorToLLVMConversionPatterns(converter, patterns, /*reassociateFPReductions=*/false, /*force32BitVectorIndices=*/true);
  populateMathToLLVMConversionPatterns(converter, patterns);
  LLVMConversionTarget conversion(*ctx);
  conversion.addLegalOp<ModuleOp>();
  if (failed(applyFullConversion(*module, conversion, std::move(patterns))))
    return error("the kernel cannot be lowered to LLVM");
  return llvm::Error::success();
}

/// kernel(args, begin, end): takes the words of args apart and calls the body, whose pointers do not alias.
void addEntry(llvm::Module &m, llvm::Function *body, StringRef symbol) {
  llvm::LLVMContext &c = m.getContext();
  llvm::IRBuilder<> b(c);
  auto *pointer = b.getPtrTy();
  auto *type = llvm::FunctionType::get(b.getVoidTy(), {pointer, b.getInt64Ty(), b.getInt64Ty()}, false);
  auto *entry = llvm::Function::Create(type, llvm::GlobalValue::WeakODRLinkage, symbol, m);
  entry->setVisibility(llvm::GlobalValue::HiddenVisibility);
  entry->setComdat(m.getOrInsertComdat(symbol));
  entry->setDSOLocal(true);
  b.SetInsertPoint(llvm::BasicBlock::Create(c, "entry", entry));
  SmallVector<llvm::Value *> args;
  unsigned count = body->arg_size() - 2;
  for (unsigned i = 0; i < count; ++i) {
    auto *at = b.CreateConstInBoundsGEP1_64(b.getInt64Ty(), entry->getArg(0), i);
    args.push_back(b.CreateLoad(body->getArg(i)->getType(), at));
  }
  args.push_back(entry->getArg(1));
  args.push_back(entry->getArg(2));
  b.CreateCall(body, args);
  b.CreateRetVoid();
  body->setLinkage(llvm::GlobalValue::InternalLinkage);
  body->addFnAttr(llvm::Attribute::NoInline);
}

llvm::Error Compilation::translate(StringRef symbol, KernelForm form, std::string &out) {
  llvm::LLVMContext llvmContext;
  auto m = translateModuleToLLVMIR(*module, llvmContext, "kernel");
  if (!m)
    return error("the kernel cannot be translated to LLVM IR");
  llvm::TargetMachine *machine = machineFor(target);
  if (!machine)
    return error("no code generator for " + target.triple);
  llvm::Triple triple(target.triple);
  m->setDataLayout(machine->createDataLayout());
  m->setTargetTriple(triple);
  m->setPICLevel(llvm::PICLevel::BigPIC);
  llvm::Function *body = m->getFunction("body");
  addEntry(*m, body, symbol);
  if (!irregular.empty())
    if (llvm::Error e = linkReference(*m, irregular, target))
      return e;
  for (llvm::Function &f : *m) {
    f.addFnAttr(llvm::Attribute::NoUnwind);
    if (f.isDeclaration())
      continue;
    f.addFnAttr("target-cpu", target.cpu);
    if (!target.features.empty())
      f.addFnAttr("target-features", target.features);
    if (target.vectorBits >= 512)
      f.addFnAttr("prefer-vector-width", "512");
  }

  llvm::PassBuilder passes(machine);
  llvm::LoopAnalysisManager lam;
  llvm::FunctionAnalysisManager fam;
  llvm::CGSCCAnalysisManager cam;
  llvm::ModuleAnalysisManager mam;
  passes.registerModuleAnalyses(mam), passes.registerCGSCCAnalyses(cam), passes.registerFunctionAnalyses(fam), passes.registerLoopAnalyses(lam);
  passes.crossRegisterProxies(lam, fam, cam, mam);
  llvm::ModulePassManager pipeline;
  if (!irregular.empty()) {
    pipeline = passes.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2);
  } else if (llvm::Error e = passes.parsePassPipeline(pipeline, "function(instcombine<no-verify-fixpoint>,loop-mssa(licm),simplifycfg,early-cse)")) {
    return e;
  }
  pipeline.run(*m, mam);
  if (form == KernelForm::llvm) {
    llvm::raw_string_ostream os(out);
    m->print(os, nullptr);
    return llvm::Error::success();
  }
  SmallVector<char, 0> code;
  llvm::raw_svector_ostream os(code);
  llvm::legacy::PassManager generator;
  auto kind = form == KernelForm::assembly ? llvm::CodeGenFileType::AssemblyFile : llvm::CodeGenFileType::ObjectFile;
  if (machine->addPassesToEmitFile(generator, os, nullptr, kind, /*DisableVerify=*/true))
    return error("no code generator for " + target.triple);
  generator.run(*m);
  out.assign(code.begin(), code.end());
  return llvm::Error::success();
}

} // namespace

llvm::Error compileKernel(StringRef text, const CpuTarget &target, KernelForm form, std::string &out) {
  return Compilation(target).run(text, form, out);
}

} // namespace mlc
