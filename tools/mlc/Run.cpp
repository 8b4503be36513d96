#include "Command.h"
#include "What.h"

#include <CLI/App.hpp>

using namespace mlc::driver;

namespace mlc::cli {

static int run(const RunOptions &options) {
  Loaded loaded;
  if (int status = load(options, loaded))
    return status;
  if (int status = loaded.job->run())
    return status;
  return loaded.job->finish(stdout);
}

void addRun(CLI::App &app, Action &action) {
  auto options = std::make_shared<RunOptions>();
  CLI::App *command = app.add_subcommand("run", "Runs a compiled model, or a model file");
  addRunOptions(*command, *options);
  command
      ->add_option("--output-dir,-o", options->job.outputDir,
                   "Folder for the outputs and outputs.json; without it a summary is printed")
      ->type_name("DIR");
  addOutputFormat(*command, *options);
  command->footer("Examples:\n"
                  "  mlc run model.so --feeds inputs.npz --output-dir out\n"
                  "  mlc run model.onnx --input image=cat.npy --fetch scores\n"
                  "  mlc run model.onnx --seed 1 --threads 1");
  command->callback([&action, options] { action = [options] { return run(*options); }; });
}

} // namespace mlc::cli
