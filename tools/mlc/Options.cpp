#include "Options.h"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>

#include <charconv>

namespace mlc::cli {
namespace {

// "1x3x?x224"; false for anything else. "?" and -1 leave a dimension open, "" and "scalar" have none.
bool parseDims(std::string_view text, std::vector<int64_t> &dims) {
  if (text.empty() || text == "scalar")
    return true;
  for (;;) {
    size_t end = std::min(text.find('x'), text.size());
    int64_t dim = -1;
    auto parsed = std::from_chars(text.data(), text.data() + end, dim);
    if (text.substr(0, end) != "?" && (parsed.ec != std::errc() || parsed.ptr != text.data() + end || dim < -1))
      return false;
    dims.push_back(dim);
    if (end == text.size())
      return true;
    text.remove_prefix(end + 1);
  }
}

} // namespace

CLI::Option *addRepeated(CLI::App &app, const char *names, std::vector<std::string> &values, const char *help) {
  return app.add_option(names, values, help)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void addShapes(CLI::App &app, Shapes &shapes) {
  CLI::callback_t take = [&shapes](const CLI::results_t &arguments) {
    for (const std::string &argument : arguments) {
      size_t split = argument.rfind('=');
      std::vector<int64_t> dims;
      if (split == argument.npos || !parseDims(std::string_view(argument).substr(split + 1), dims))
        return false;
      shapes[argument.substr(0, split)] = dims;
    }
    return true;
  };
  app.add_option("--shape", std::move(take),
                 "Shape of an input: NAME=1x3x224x224, ? leaves a dimension open; repeatable")
      ->type_name("NAME=DIMS")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void addRunOptions(CLI::App &app, RunOptions &options) {
  app.add_option("WHAT", options.what, "A compiled model (.so), or a model file, which is compiled first")
      ->required()
      ->type_name("FILE");
  addRepeated(app, "--input,-i", options.job.inputs, "An input: NAME=FILE or @0=FILE, a .npy or .pb; repeatable")
      ->type_name("NAME=FILE");
  addRepeated(app, "--feeds", options.job.archives, "Inputs in one .npz, members named after them")
      ->type_name("FILE.npz");
  app.add_option("--seed", options.job.seed, "For the inputs that are not given (default 0)");
  app.add_option("--threads,-t", options.job.threads, "Workers with the caller (default: the physical cores)")
      ->check(CLI::Range(1, 1024));
  addRepeated(app, "--fetch", options.job.fetch, "Compute only this output; repeatable")->type_name("NAME");
  addShapes(app, options.shapes);
  app.add_option("--cpu", options.cpus, "Processor levels to compile a model file for (default: native)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("LEVELS");
}

void addOutputFormat(CLI::App &app, RunOptions &options) {
  app.add_option("--output-format", options.job.outputFormat, "Of the files: npy or pb (default npy)")
      ->check(CLI::IsMember({"npy", "pb"}));
}

} // namespace mlc::cli
