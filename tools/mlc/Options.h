// Options that several subcommands share.
#ifndef MLC_TOOLS_MLC_OPTIONS_H
#define MLC_TOOLS_MLC_OPTIONS_H

#include "runtime/driver/Job.h"

#include <map>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace mlc::cli {

using Shapes = std::map<std::string, std::vector<int64_t>>;

// What runs, and with which inputs.
struct RunOptions {
  std::string what;
  driver::JobOptions job;
  Shapes shapes;
  std::vector<std::string> cpus;
};

// WHAT, --input, --feeds, --seed, --threads, --fetch, --shape, --cpu.
void addRunOptions(CLI::App &app, RunOptions &options);
void addOutputFormat(CLI::App &app, RunOptions &options);

// --shape NAME=1x3x224x224, repeatable.
void addShapes(CLI::App &app, Shapes &shapes);

// An option that may be given several times, each time with one value.
CLI::Option *addRepeated(CLI::App &app, const char *names, std::vector<std::string> &values, const char *help);

} // namespace mlc::cli

#endif // MLC_TOOLS_MLC_OPTIONS_H
