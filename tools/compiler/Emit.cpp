#include "Emit.h"
#include "Kernels.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace mlc::compiler {

std::optional<Emit> emitKind(const std::string &kind, const std::string &output) {
  if (!kind.empty())
    return StringSwitch<std::optional<Emit>>(kind)
        .Case("shared", Emit::shared)
        .Case("static", Emit::archive)
        .Case("obj", Emit::object)
        .Case("exe", Emit::program)
        .Case("header", Emit::header)
        .Case("mlir", Emit::mlir)
        .Case("groups", Emit::groups)
        .Case("kernels", Emit::kernels)
        .Case("llvm", Emit::llvm)
        .Case("asm", Emit::assembly)
        .Default(std::nullopt);
  if (output == "-")
    return std::nullopt;
  return StringSwitch<std::optional<Emit>>(sys::path::extension(output))
      .Case(".so", Emit::shared)
      .Case(".a", Emit::archive)
      .Case(".o", Emit::object)
      .Case(".h", Emit::header)
      .Case(".mlir", Emit::mlir)
      .Case(".ll", Emit::llvm)
      .Case(".s", Emit::assembly)
      .Case("", Emit::program)
      .Default(std::nullopt);
}

bool emitSchedule(Stages &stages, const LowerOptions &lower, MainForm form, std::string &out) {
  LLVMContext context;
  std::unique_ptr<Module> module = lowerSchedule(stages.schedule(), lower, context);
  if (stages.wantsDumps())
    stages.dump("schedule.ll", [&] {
      std::string text;
      raw_string_ostream(text) << *module;
      return text;
    }());
  if (Error error = emitMain(*module, lower.levels.front(), form, out))
    return stages.fault(toString(std::move(error)));
  stages.lap("code of the schedule");
  return true;
}

bool emitKernelTexts(Stages &stages, const CompileRequest &request, Emit kind, const LowerOptions &lower, std::string &text) {
  KernelRequest wanted;
  wanted.levels = lower.levels;
  wanted.jobs = request.jobs;
  wanted.only = request.onlyKernel;
  wanted.form = kind == Emit::kernels ? KernelForm::mlir : kind == Emit::llvm ? KernelForm::llvm : KernelForm::assembly;
  std::vector<KernelObject> kernels;
  if (!compileKernels(stages, wanted, kernels))
    return false;
  const char *comment = kind == Emit::kernels ? "// " : kind == Emit::llvm ? "; " : "# ";
  if (wanted.only.empty()) {
    std::string schedule;
    if (kind == Emit::kernels) {
      SmallVector<StringRef> lines;
      std::string plain = stages.schedule().text();
      StringRef(plain).rtrim().split(lines, '\n');
      for (StringRef line : lines)
        text += comment + line.str() + "\n";
    } else {
      if (!emitSchedule(stages, lower, kind == Emit::llvm ? MainForm::llvm : MainForm::assembly, schedule))
        return false;
      text += schedule;
    }
  }
  for (auto [i, kernel] : enumerate(kernels)) {
    const std::string &level = lower.levels[i % lower.levels.size()].level;
    if (!text.empty())
      text += std::string(comment) + "-----\n";
    text += comment + kernel.symbol + " '" + kernel.name + "' for " + level + "\n" + kernel.bytes;
  }
  return true;
}

} // namespace mlc::compiler
