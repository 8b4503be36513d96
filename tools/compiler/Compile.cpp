// mlc compile: one request from model file to artefact.

#include "Emit.h"
#include "Guard.h"
#include "Kernels.h"

#include "codegen/link/Header.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <dlfcn.h>

using namespace llvm;

namespace mlc::compiler {
namespace {

/// The folder of this library, where the parts of programs stand too.
std::string libraryFolder() {
  Dl_info self;
  if (!dladdr(reinterpret_cast<const void *>(&libraryFolder), &self) || !self.dli_fname)
    return ".";
  return sys::path::parent_path(self.dli_fname).str();
}

class Compilation {
public:
  Compilation(const CompileRequest &request, CompileResult &result)
      : request(request), stages({request.model, request.shapes, request.inputs, request.outputs, request.remarks, request.timePasses,
                                  request.printAfter, request.dumpTo, request.progress, request.precision},
                                 result),
        result(result) {}

  bool run() {
    std::optional<Emit> found = emitKind(request.emit, request.output);
    if (!found)
      return misuse("-o " + request.output + ": its ending does not say what to write: expected .so, .a, .o, .h, .mlir, .ll, .s, or --emit=KIND");
    kind = *found;
    if (request.output == "-" && !isText(kind))
      return misuse("-o: standard output is for texts only, expected the name of a file");
    if (!prepareLevels() || !stages.knowsPass() || !stages.import())
      return false;
    if (kind == Emit::mlir)
      return put(moduleText(stages.module(), true));
    if (!stages.group())
      return false;
    if (kind == Emit::groups)
      return put(moduleText(stages.module(), true));
    if (!stages.makeSchedule())
      return false;
    lower.name = stages.modelName();
    if (kind == Emit::header)
      return put(writeHeader(stages.schedule(), lower));
    if (isText(kind)) {
      std::string text;
      return emitKernelTexts(stages, request, kind, lower, text) && put(text);
    }
    return makeArtefact();
  }

private:
  bool say(const std::string &message) {
    result.status = 1;
    result.messages.push_back(message);
    return false;
  }

  bool misuse(const std::string &message) {
    result.status = 2;
    result.messages.push_back("command line: " + message);
    return false;
  }

  bool prepareLevels() {
    Expected<std::vector<CpuTarget>> levels = levelsOf(request.cpus, request.target);
    if (!levels)
      return misuse(toString(levels.takeError()));
    lower.levels = std::move(*levels);
    lower.producer = "mlc " MLC_VERSION;
    if (request.debug)
      lower.debugFile = request.model;
    StringRef base = request.output == "-" ? sys::path::stem(request.model) : sys::path::stem(request.output);
    lower.symbol = cIdentifier(request.name.empty() ? base : StringRef(request.name));
    lower.entry = kind == Emit::shared;
    lower.program = kind == Emit::program;
    return true;
  }

  bool put(const std::string &text) {
    if (Error error = writeText(text, request.output))
      return say(toString(std::move(error)));
    stages.lap("write");
    stages.progress("done", 1);
    return true;
  }

  bool makeArtefact() {
    if (kind == Emit::program && CpuTarget::named("generic", "")->triple != lower.levels[0].triple)
      return stages.refuse("", "unsupported: --emit=exe for " + request.target + ": programs are made for this machine only; link the object of --emit=obj there");
    LinkInputs inputs;
    inputs.symbol = lower.symbol;
    inputs.weightsSymbol = weightsSymbol(lower);
    inputs.weights = &stages.schedule().plan.weights();
    KernelRequest wanted;
    wanted.levels = lower.levels;
    wanted.jobs = request.jobs;
    wanted.cache = request.cache;
    if (!compileKernels(stages, wanted, inputs.kernels) || !emitSchedule(stages, lower, MainForm::object, inputs.main))
      return false;
    dropRepeated(inputs.kernels);
    if (stages.wantsDumps())
      for (const KernelObject &kernel : inputs.kernels)
        stages.dump(kernel.symbol + ".o", kernel.bytes);
    stages.progress("link", 0.95);
    if (Error error = checkUndefined(inputs))
      return stages.fault(toString(std::move(error)));
    LinkOptions options;
    options.kind = kind == Emit::shared ? Artefact::shared : kind == Emit::archive ? Artefact::archive
                 : kind == Emit::program ? Artefact::program : Artefact::object;
    options.output = request.output;
    options.supportFolder = libraryFolder();
    if (Error error = link(inputs, options))
      return say(toString(std::move(error)));
    if (kind == Emit::object || kind == Emit::archive) {
      SmallString<256> header(request.output);
      sys::path::replace_extension(header, ".h");
      if (Error error = writeText(writeHeader(stages.schedule(), lower), header))
        return say(toString(std::move(error)));
    }
    stages.lap("link");
    stages.progress("done", 1);
    return true;
  }

  /// Levels that differ in name only share their kernels.
  static void dropRepeated(std::vector<KernelObject> &kernels) {
    std::set<std::string> seen;
    llvm::erase_if(kernels, [&](const KernelObject &kernel) { return !seen.insert(kernel.symbol).second; });
  }

  const CompileRequest &request;
  Stages stages;
  CompileResult &result;
  Emit kind = Emit::shared;
  LowerOptions lower;
};

} // namespace
} // namespace mlc::compiler

void mlc_compiler_compile(const mlc::CompileRequest *request, mlc::CompileResult *result) {
  using namespace mlc::compiler;
  guardedRequest(*result, [&] {
    Compilation compilation(*request, *result);
    if (!compilation.run() && !result->status)
      internalFault(*result, "refused without a reason");
  });
}
