// mlc: compiles models and runs them. One file a subcommand; this one reads the command line and answers for the rest.

#include "Command.h"
#include "Fault.h"
#include "runtime/driver/Job.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <iostream>

using namespace mlc::cli;
using namespace mlc::driver;

static int runProgram(int argc, char **argv) {
  CLI::App app("mlc compiles machine learning models to small, fast, self-contained code, and runs it.", "mlc");
  Action action;
  app.set_version_flag("--version", "mlc " MLC_VERSION);
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  addCompile(app, action);
  addRun(app, action);
  addBench(app, action);
  addCheck(app, action);
  addInspect(app, action);
  addServeLoop(app, action);
  addCompletion(app, action);
  app.footer("Examples:\n"
             "  mlc compile model.onnx -o model.so\n"
             "  mlc run model.so --feeds inputs.npz --output-dir out\n"
             "  mlc bench model.so --threads 1\n"
             "Exit status: 0 done; 1 the model or an input is refused; 2 wrong use; 70 a fault of mlc.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    if (error.get_exit_code() == 0) // --help and --version
      return app.exit(error, std::cout, std::cerr);
    std::fprintf(stderr, "mlc: error: command line: %s (see mlc --help)\n", error.what());
    return Usage;
  }
  int status = action();
  if (std::fflush(stdout) && status == Done)
    return refuse("standard output: file: cannot be written");
  return status;
}

int main(int argc, char **argv) {
  installFaultHandlers();
  try {
    return runProgram(argc, argv);
  } catch (const std::bad_alloc &) {
    std::fprintf(stderr, "mlc: error: internal: memory ran out\n");
  } catch (const std::exception &error) {
    std::fprintf(stderr, "mlc: error: internal: %s\n", error.what());
  } catch (...) {
    std::fprintf(stderr, "mlc: error: internal: unknown exception\n");
  }
  return Fault;
}
