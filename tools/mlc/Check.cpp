#include "Command.h"
#include "Library.h"
#include "Options.h"
#include "runtime/driver/Job.h"

#include <CLI/App.hpp>

using namespace mlc::driver;

namespace mlc::cli {

static int check(const CheckRequest &request) {
  CompilerLibrary library;
  if (int status = loadCompiler(library))
    return status;
  CompileResult result;
  std::string text;
  library.check(&request, &result, &text);
  std::fputs(text.c_str(), stdout);
  return conclude(result);
}

void addCheck(CLI::App &app, Action &action) {
  auto request = std::make_shared<CheckRequest>();
  CLI::App *command = app.add_subcommand("check", "Says what of a model is supported and what not, without compiling");
  command->add_option("MODEL", request->model, "The model file")->required()->type_name("FILE");
  command->add_option("--json", request->json, "Write the result to this file")->type_name("FILE");
  addShapes(*command, request->shapes);
  command->footer("Example:\n  mlc check model.onnx --json report.json");
  command->callback([&action, request] { action = [request] { return check(*request); }; });
}

} // namespace mlc::cli
