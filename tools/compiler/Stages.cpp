#include "Stages.h"
#include "Guard.h"

#include "codegen/Kernel.h"
#include "codegen/link/OutputFile.h"
#include "frontend/Frontend.h"
#include "ir/Views.h"
#include "passes/Pipeline.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace mlc::compiler {
namespace {

std::string oneLine(std::string text) {
  for (char &c : text)
    if (static_cast<unsigned char>(c) < 0x20)
      c = ' ';
  return text;
}

std::string secondsText(double seconds) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%8.3f s", seconds);
  return text;
}

} // namespace

std::string locationText(Location loc) {
  std::string text;
  loc->walk([&](Location part) {
    if (auto name = dyn_cast<NameLoc>(part)) {
      text = name.getName().str();
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  if (text.empty())
    loc->walk([&](Location part) {
      if (auto file = dyn_cast<FileLineColLoc>(part)) {
        text = "line " + std::to_string(file.getLine()) + ", column " + std::to_string(file.getColumn());
        return WalkResult::interrupt();
      }
      return WalkResult::advance();
    });
  return text;
}

std::string moduleText(ModuleOp module, bool withWeights) {
  OpPrintingFlags flags;
  // In elements of at least four bytes; and in hexadecimal digits, with the alignment before them.
  constexpr int64_t kLargest = 64 * 1024;
  if (!withWeights)
    flags.elideLargeElementsAttrs(kLargest / 4).elideLargeResourceString(2 * kLargest + 16);
  std::string text;
  llvm::raw_string_ostream os(text);
  module.print(os, flags);
  os << "\n";
  return text;
}

llvm::Expected<std::vector<CpuTarget>> levelsOf(const std::vector<std::string> &names, const std::string &target) {
  std::vector<CpuTarget> levels;
  std::optional<CpuTarget> plain = CpuTarget::named("generic", target);
  if (!plain)
    return llvm::createStringError("--target: there is no '" + target + "' (expected x86_64-linux, aarch64-linux or riscv64-linux)");
  bool isX86 = llvm::StringRef(plain->triple).starts_with("x86_64");
  for (const std::string &name : names.empty() ? CpuTarget::defaultLevels(target) : names) {
    std::optional<CpuTarget> level = CpuTarget::named(name, target);
    if (!level)
      return llvm::createStringError("--cpu: no processor level '" + name + "' for " + (target.empty() ? "this machine" : target) +
                                     " (expected " + (isX86 ? "x86-64-v2, x86-64-v3, x86-64-v4, " : "") +
                                     (CpuTarget::named("native", target) ? "native, " : "") + "generic, or a processor's name in LLVM)");
    for (const CpuTarget &other : levels)
      if (other.level == name)
        return llvm::createStringError("--cpu: the level '" + name + "' is named twice");
    levels.push_back(std::move(*level));
  }
  if (levels.size() > 1 && !isX86)
    return llvm::createStringError("--cpu: several levels in one artefact are for x86-64 only; give one for " + target);
  return levels;
}

/// Sees every pass come and go: takes times, prints and dumps the module in between.
class Stages::Watch : public PassInstrumentation {
public:
  explicit Watch(Stages &stages) : stages(stages) {}
  void runBeforePass(Pass *, Operation *) override { begun = std::chrono::steady_clock::now(); }
  void runAfterPass(Pass *pass, Operation *op) override {
    StringRef name = pass->getArgument();
    // Adaptors, which only run other passes, have no name.
    if (name.empty())
      return;
    if (stages.options.timePasses)
      stages.result.notes.push_back(
          "time " + secondsText(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count()) + "  pass " + name.str());
    bool print = stages.options.printAfter == "all" || stages.options.printAfter == name;
    if (!print && !stages.wantsDumps())
      return;
    std::string text = stages.print(false);
    if (print)
      llvm::errs() << "// after " << name << "\n" << text;
    stages.dump(name.str() + ".mlir", text);
  }

private:
  Stages &stages;
  std::chrono::steady_clock::time_point begun;
};

Stages::Stages(StageOptions o, CompileResult &result) : options(std::move(o)), result(result), last(std::chrono::steady_clock::now()) {
  DialectRegistry registry;
  registerKernelDialects(registry);
  context = std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  // A message with its operation printed verifies the whole function, for every remark.
  context->printOpOnDiagnostic(false);
  context->getDiagEngine().registerHandler([this](mlir::Diagnostic &d) { return diagnose(d); });
}

Stages::~Stages() = default;

/// Errors are messages; remarks, where they are asked for, and warnings are notes.
LogicalResult Stages::diagnose(mlir::Diagnostic &d) {
  if (d.getSeverity() == DiagnosticSeverity::Remark && !options.remarks)
    return success();
  std::string where = locationText(d.getLocation());
  std::string line = options.model + ": " + (where.empty() ? "" : where + ": ") + d.str();
  for (mlir::Diagnostic &note : d.getNotes())
    line += "; " + note.str();
  line = oneLine(std::move(line));
  if (d.getSeverity() == DiagnosticSeverity::Error)
    result.messages.push_back(std::move(line));
  else
    result.notes.push_back(std::move(line));
  return success();
}

bool Stages::refuse(const std::string &where, const std::string &what) {
  result.status = std::max(result.status, 1);
  result.messages.push_back(options.model + ": " + (where.empty() ? "" : where + ": ") + oneLine(what));
  return false;
}

bool Stages::fault(const std::string &what) {
  internalFault(result, options.model + ": " + oneLine(what));
  return false;
}

void Stages::lap(const std::string &stage) {
  auto now = std::chrono::steady_clock::now();
  if (options.timePasses)
    result.notes.push_back("time " + secondsText(std::chrono::duration<double>(now - last).count()) + "  " + stage);
  last = now;
}

void Stages::progress(const std::string &stage, double share) {
  if (options.progress)
    options.progress(stage, share);
}

void Stages::dump(const std::string &name, const std::string &text) {
  if (!wantsDumps())
    return;
  std::string path, file = name;
  llvm::replace(file, '/', '_');
  llvm::raw_string_ostream(path) << options.dumpTo << "/" << llvm::format("%03u-", dumped++) << file;
  std::error_code ec = llvm::sys::fs::create_directories(options.dumpTo);
  llvm::Error error = ec ? llvm::createStringError(ec, options.dumpTo + ": cannot be made: " + ec.message()) : writeText(text, path);
  if (error)
    result.notes.push_back(llvm::toString(std::move(error)));
}

std::string Stages::print(bool withWeights) { return moduleText(module(), withWeights); }

std::string Stages::modelName() {
  if (owned)
    if (auto name = module()->getAttrOfType<StringAttr>("mlc.model_name"); name && !name.empty())
      return name.str();
  return llvm::sys::path::stem(options.model).str();
}

bool Stages::knowsPass() {
  if (options.printAfter.empty() || options.printAfter == "all")
    return true;
  PassManager pm(context.get());
  buildPipeline(pm);
  unsigned depth = 0;
  std::string text;
  llvm::raw_string_ostream os(text);
  pm.printAsTextualPipeline(os);
  // "builtin.module(func.func(canonicalize{…},cse,…))": the names stand within both brackets.
  SmallVector<StringRef> parts;
  for (char &c : text) {
    depth += c == '{';
    bool inName = !depth && c != '(' && c != ')' && c != ',';
    depth -= c == '}';
    c = inName ? c : ' ';
  }
  StringRef(text).split(parts, ' ', -1, /*KeepEmpty=*/false);
  std::string known;
  llvm::StringSet<> seen;
  for (StringRef name : parts)
    if (!name.contains('.') && seen.insert(name).second)
      known += (known.empty() ? "" : ", ") + name.str();
  if (seen.contains(options.printAfter))
    return true;
  result.status = 2;
  result.messages.push_back("command line: --print-ir-after: there is no pass '" + options.printAfter + "' (expected all, or one of " +
                            known + ")");
  return false;
}

bool Stages::import() {
  progress("read the model", 0);
  frontend::ImportOptions import;
  import.shapes = options.shapes;
  import.inputs = options.inputs;
  import.outputs = options.outputs;
  frontend::Diagnostics problems(options.model);
  size_t before = result.messages.size();
  owned = frontend::importModel(options.model, import, *context, problems);
  for (std::string &line : problems.lines())
    result.messages.push_back(std::move(line));
  if (!owned || problems.any()) {
    result.status = 1;
    if (result.messages.size() == before)
      refuse("", "the importer refused it and did not say why");
    return false;
  }
  lap("import");
  if (wantsDumps())
    dump("import.mlir", print(false));
  return true;
}

bool Stages::group() {
  progress("optimise the graph", 0.1);
  PassManager pm(context.get());
  buildPipeline(pm, options.precision == "f16" ? Precision::f16 : options.precision == "bf16" ? Precision::bf16 : Precision::f32);
  if (options.timePasses || wantsDumps() || !options.printAfter.empty())
    pm.addInstrumentation(std::make_unique<Watch>(*this));
  size_t before = result.messages.size();
  if (failed(pm.run(module()))) {
    result.status = 1;
    return result.messages.size() > before ? false : fault("a pass failed and did not say why");
  }
  lap("passes");
  return checkGrouped();
}

/// What the schedule is made of, and nothing else.
bool Stages::checkGrouped() {
  bool good = true;
  (*module().getOps<func::FuncOp>().begin()).getBody().walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isa<GroupOp>(op))
      return WalkResult::skip();
    if (!isView(op) && !isa<ConstantOp, SymbolicOp, ReshapeOp, BindOp, IfOp, LoopOp, YieldOp, func::ReturnOp>(op))
      good = fault(locationText(op->getLoc()) + ": no group takes " + op->getName().getStringRef().str());
    return WalkResult::advance();
  });
  size_t before = result.messages.size();
  if (good && failed(checkViews(*module().getOps<func::FuncOp>().begin())))
    good = result.messages.size() > before ? false : fault("a view does not fit its groups");
  return good;
}

bool Stages::makeSchedule() {
  scheduled.emplace(Schedule::make(module()));
  lap("memory and schedule");
  if (wantsDumps())
    dump("schedule.txt", schedule().text());
  return true;
}

} // namespace mlc::compiler
