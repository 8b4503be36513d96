// The main function of programs made with --emit=exe: `mlc run` of the one model that is linked in, with the same
// options less WHAT, and --bench. It reads its command line itself, to stay small.

#include "Job.h"
#include "Timing.h"

#include <charconv>
#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>
#include <unistd.h>

extern "C" const mlc_model *const mlc_linked_model;

using namespace mlc::driver;

namespace {

constexpr const char *help =
    "Runs the model that is compiled into this program.\n"
    "\n"
    "  -i, --input NAME=FILE    an input, a .npy or .pb; @0, @1 ... name them by position; repeatable\n"
    "      --feeds FILE.npz     inputs in one .npz, members named after them\n"
    "      --seed N             for the inputs that are not given (default 0)\n"
    "  -t, --threads N          workers with the caller (default: the physical cores)\n"
    "      --fetch NAME         compute only this output; repeatable\n"
    "  -o, --output-dir DIR     folder for the outputs and outputs.json; without it a summary is printed\n"
    "      --output-format npy|pb\n"
    "      --bench              time it instead, for --min-time SECONDS (default 1)\n"
    "  -h, --help, --version\n";

struct Options {
  JobOptions job;
  bool bench = false;
  double minTime = 1;
};

int misuse(const std::string &what) {
  std::fprintf(stderr, "mlc: error: command line: %s (see --help)\n", what.c_str());
  return Usage;
}

// Integers.
template <typename T> bool number(std::string_view text, T &value) {
  auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

bool readSeconds(const std::string &text, double &value) {
  char *end;
  value = std::strtod(text.c_str(), &end);
  return !text.empty() && !*end && value >= 0 && value < 1e6;
}

// Takes one option with its value; false where the value is wrong. `known` tells whether there is such an option.
bool take(std::string_view name, const char *value, Options &options, bool &known) {
  std::string text = value ? value : "";
  known = true;
  if (name == "--input" || name == "-i")
    options.job.inputs.push_back(text);
  else if (name == "--feeds")
    options.job.archives.push_back(text);
  else if (name == "--fetch")
    options.job.fetch.push_back(text);
  else if (name == "--output-dir" || name == "-o")
    options.job.outputDir = text;
  else if (name == "--output-format")
    return options.job.outputFormat = text, text == "npy" || text == "pb";
  else if (name == "--seed")
    return number(text, options.job.seed);
  else if (name == "--threads" || name == "-t")
    return number(text, options.job.threads) && options.job.threads >= 1 && options.job.threads <= 1024;
  else if (name == "--min-time")
    return readSeconds(text, options.minTime);
  else
    known = false;
  return value != nullptr;
}

// Done where the model is to be run; else the exit status, with `over` set.
int parse(int argc, char **argv, Options &options, bool &over) {
  over = true;
  for (int i = 1; i < argc; ++i) {
    std::string_view argument = argv[i];
    if (argument == "--bench") {
      options.bench = true;
      continue;
    }
    if (argument == "-h" || argument == "--help" || argument == "--version") {
      if (argument == "--version")
        std::printf("%s, compiled by %s\n", mlc_linked_model->name, mlc_linked_model->producer);
      else
        std::fputs(help, stdout);
      return Done;
    }
    size_t equals = argument.starts_with("--") ? argument.find('=') : argument.npos;
    std::string_view name = argument.substr(0, equals);
    const char *value = equals != argument.npos ? argv[i] + equals + 1 : i + 1 < argc ? argv[++i] : nullptr;
    bool known;
    bool good = take(name, value, options, known);
    if (!known)
      return misuse("unknown option '" + std::string(name) + "'");
    if (!good)
      return misuse(std::string(name) + ": its value is missing or wrong");
  }
  over = false;
  return Done;
}

int bench(Job &job, const Options &options) {
  Samples samples;
  if (measure(job.session(), options.minTime, 1, samples))
    return refuse(mlc_last_error());
  std::printf("%s: median %s (p10 %s, p90 %s, min %s), %zu runs, %d threads\n", mlc_linked_model->name,
              durationText(samples.quantile(0.5)).c_str(), durationText(samples.quantile(0.1)).c_str(),
              durationText(samples.quantile(0.9)).c_str(), durationText(samples.quantile(0)).c_str(),
              samples.all.size(), mlc_session_threads(job.session()));
  return Done;
}

int runProgram(int argc, char **argv) {
  Options options;
  bool over;
  if (int status = parse(argc, argv, options, over); over)
    return status;
  Job job(options.job, mlc_linked_model->name);
  int status = job.openFeeds();
  mlc_program *program = nullptr;
  if (!status && mlc_open_model(mlc_linked_model, &program))
    return refuse(mlc_last_error());
  if (!status)
    status = job.start(program);
  return status ? status : options.bench ? bench(job, options) : (status = job.run()) ? status : job.finish(stdout);
}

} // namespace

int main(int argc, char **argv) {
  try {
    int status = runProgram(argc, argv);
    if (std::fflush(stdout) && status == Done)
      return refuse("standard output: file: cannot be written");
    return status;
  } catch (const std::exception &error) {
    std::fprintf(stderr, "mlc: error: internal: %s\n", error.what());
  }
  return Fault;
}
