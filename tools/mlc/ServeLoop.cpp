// The lines that harnesses drive: `run N`, `dump DIR`, `quit`. Between them nothing of this process runs: the workers
// park right after a run, and the loop sleeps in read.

#include "Command.h"
#include "What.h"
#include "runtime/driver/Timing.h"

#include <CLI/App.hpp>

#include <cerrno>
#include <charconv>
#include <unistd.h>

using namespace mlc::driver;

namespace mlc::cli {
namespace {

// A line of standard input without its end; false at the end of input. A last line without an end counts.
bool readLine(std::string &line) {
  static char buffer[4096];
  static ssize_t filled = 0, at = 0;
  line.clear();
  for (;;) {
    for (; at < filled; ++at) {
      if (buffer[at] == '\n') {
        ++at;
        return true;
      }
      line += buffer[at];
    }
    at = 0;
    do
      filled = read(STDIN_FILENO, buffer, sizeof buffer);
    while (filled < 0 && errno == EINTR);
    if (filled <= 0) {
      filled = 0;
      return !line.empty();
    }
  }
}

bool answer(const std::string &line) { return std::printf("%s\n", line.c_str()) >= 0 && std::fflush(stdout) == 0; }

std::string runs(Job &job, std::string_view count) {
  uint64_t n = 0;
  auto parsed = std::from_chars(count.data(), count.data() + count.size(), n);
  if (parsed.ec != std::errc() || parsed.ptr != count.data() + count.size() || n == 0)
    return "error run: expected a number of runs";
  double begun = seconds();
  for (uint64_t i = 0; i < n; ++i)
    if (mlc_run(job.session()))
      return std::string("error ") + mlc_last_error();
  char text[64];
  std::snprintf(text, sizeof text, "ok %.9f", seconds() - begun);
  return text;
}

std::string obey(Job &job, std::string_view line) {
  if (line.starts_with("run "))
    return runs(job, line.substr(4));
  if (line.starts_with("dump ") && line.size() > 5) {
    io::Status status = job.writeTo(std::string(line.substr(5)));
    return status.failed() ? "error " + status.text() : "ok";
  }
  return "error expected one of: run N, dump DIR, quit";
}

int serveLoop(const RunOptions &options) {
  Loaded loaded;
  if (int status = load(options, loaded))
    return status;
  std::string line, reply = "ready";
  while (answer(reply) && readLine(line)) {
    if (!line.empty() && line.back() == '\r')
      line.pop_back();
    if (line == "quit")
      break;
    reply = obey(*loaded.job, line);
  }
  return Done;
}

} // namespace

void addServeLoop(CLI::App &app, Action &action) {
  auto options = std::make_shared<RunOptions>();
  CLI::App *command = app.add_subcommand("serve-loop", "Keeps a model loaded and obeys lines: run N, dump DIR, quit");
  addRunOptions(*command, *options);
  addOutputFormat(*command, *options);
  command->footer("For harnesses. Example: mlc serve-loop model.so --threads 1 --feeds inputs.npz\n"
                  "Prints 'ready', then answers each line of standard input with one line:\n"
                  "  run N      runs N times      ok SECONDS (for all N)\n"
                  "  dump DIR   writes outputs    ok\n"
                  "  quit       ends\n"
                  "Anything else, and every failure: error TEXT.");
  command->callback([&action, options] { action = [options] { return serveLoop(*options); }; });
}

} // namespace mlc::cli
