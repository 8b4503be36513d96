#include "Command.h"
#include "Library.h"
#include "Options.h"
#include "runtime/driver/Job.h"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>

#include <algorithm>

using namespace mlc::driver;

namespace mlc::cli {
namespace {

constexpr const char *textKinds[] = {"header", "mlir", "groups", "kernels", "llvm", "asm"};

int compile(CompileRequest request) {
  if (request.output.empty()) {
    if (std::find(std::begin(textKinds), std::end(textKinds), request.emit) == std::end(textKinds)) {
      std::fprintf(stderr, "mlc: error: command line: -o: expected the name of the output (see mlc compile --help)\n");
      return Usage;
    }
    request.output = "-";
  }
  if (request.output == "/dev/stdout") // nothing can be renamed to there
    request.output = "-";
  CompilerLibrary library;
  if (int status = loadCompiler(library))
    return status;
  request.progress = progressBar();
  CompileResult result;
  library.compile(&request, &result);
  return conclude(result);
}

} // namespace

void addCompile(CLI::App &app, Action &action) {
  auto request = std::make_shared<CompileRequest>();
  CLI::App *command = app.add_subcommand("compile", "Compiles a model file to an object, library, program or an IR");
  auto text = [&](const char *names, std::string &value, const char *help, const char *type) {
    return command->add_option(names, value, help)->type_name(type);
  };
  auto list = [&](const char *names, std::vector<std::string> &values, const char *help, const char *type) {
    return command->add_option(names, values, help)->type_name(type)->delimiter(',')->allow_extra_args(false);
  };
  text("MODEL", request->model, "The model file; its format is told by its content", "FILE")->required();
  text("--output,-o", request->output, "Where to write; - is standard output", "FILE");
  text("--emit", request->emit, "What to write (default: by the ending of the output)", "KIND")
      ->check(CLI::IsMember({"shared", "static", "obj", "exe", "header", "mlir", "groups", "kernels", "llvm", "asm"}));
  list("--cpu", request->cpus, "Processor levels, best last: x86-64-v2, -v3, -v4, native, generic, or names of LLVM",
       "LEVELS");
  text("--target", request->target, "x86_64-linux, aarch64-linux or riscv64-linux (default: this machine)", "TARGET");
  addShapes(*command, request->shapes);
  list("--inputs", request->inputs, "Begin at these tensors instead of the model's inputs", "NAMES");
  list("--outputs", request->outputs, "End at these tensors instead of the model's outputs", "NAMES");
  text("--name", request->name, "C name of the model (default: from the output's file name)", "NAME");
  text("--precision", request->precision,
       "Of constant weights of products and convolutions: f32 (default), f16 or bf16, for half the bytes; inputs and sums stay f32, "
       "and so do layers whose weights f16 does not hold",
       "TYPE")
      ->check(CLI::IsMember({"f32", "f16", "bf16"}));
  command->add_option("--jobs,-j", request->jobs, "Kernels compiled at a time (default: the cores)")
      ->check(CLI::Range(1, 1024));
  text("--cache", request->cache, "Folder of compiled kernels, or none", "DIR");
  command->add_flag("--debug", request->debug, "Line table: line n of the model's file is step n of mlc inspect, a function of its layers' names");
  command->add_flag("--remarks", request->remarks, "Say which decisions were taken, and why");
  command->add_flag("--time-passes", request->timePasses, "Say what took how long");
  text("--print-ir-after", request->printAfter, "Print the module after a pass, or after all; without constants above 64 KiB", "PASS");
  text("--dump-to", request->dumpTo, "Write every stage into this folder; without constants above 64 KiB", "DIR");
  text("--only-kernel", request->onlyKernel, "Only this kernel (with --emit=kernels, llvm or asm)", "NAME");
  command->footer("Examples:\n"
                  "  mlc compile model.onnx -o model.so\n"
                  "  mlc compile model.onnx -o model.o --cpu=x86-64-v3 --shape image=1x3x224x224\n"
                  "  mlc compile model.onnx --emit=groups -o -");
  command->callback([&action, request] { action = [request] { return compile(*request); }; });
}

} // namespace mlc::cli
