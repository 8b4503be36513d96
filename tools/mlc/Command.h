// A subcommand: adds itself to the command line, and sets `action` when it was chosen.
#ifndef MLC_TOOLS_MLC_COMMAND_H
#define MLC_TOOLS_MLC_COMMAND_H

#include <functional>

namespace CLI {
class App;
}

namespace mlc::cli {

// Does the work and returns the exit status.
using Action = std::function<int()>;

void addBench(CLI::App &app, Action &action);
void addCheck(CLI::App &app, Action &action);
void addCompile(CLI::App &app, Action &action);
void addCompletion(CLI::App &app, Action &action);
void addInspect(CLI::App &app, Action &action);
void addRun(CLI::App &app, Action &action);
void addServeLoop(CLI::App &app, Action &action);

} // namespace mlc::cli

#endif // MLC_TOOLS_MLC_COMMAND_H
