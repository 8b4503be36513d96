#include "Command.h"
#include "What.h"
#include "runtime/driver/Timing.h"
#include "runtime/io/Json.h"
#include "runtime/io/Outputs.h"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>

using namespace mlc::driver;

namespace mlc::cli {
namespace {

struct BenchOptions {
  RunOptions run;
  double minTime = 1;
  int rounds = 1;
  std::string json;
  bool profile = false;
  std::string trace;
};

// Seconds, or null for what did not happen.
void putSeconds(io::Json &json, const char *name, double seconds) {
  json.key(name);
  if (seconds < 0)
    json.null();
  else
    json.value(seconds);
}

std::string asJson(const BenchOptions &options, const Loaded &loaded, const Samples &samples, const Profile &profile) {
  const mlc_model &model = *mlc_descriptor(loaded.job->program());
  io::Json json;
  json.beginObject().field("model", options.run.what).field("threads", mlc_session_threads(loaded.job->session()));
  json.field("runs", samples.all.size()).field("median_s", samples.quantile(0.5));
  json.field("p10_s", samples.quantile(0.1)).field("p90_s", samples.quantile(0.9)).field("min_s", samples.quantile(0));
  putSeconds(json, "compile_s", loaded.compileSeconds);
  json.field("load_s", loaded.loadSeconds).field("peak_rss_bytes", peakResidentBytes());
  json.key("round_medians_s").beginArray();
  for (double median : samples.roundMedians)
    json.value(median);
  json.endArray();
  if (options.profile) {
    json.field("peak_flops", profile.peaks.flops).field("peak_bytes", profile.peaks.bytes);
    json.key("steps").beginArray();
    for (uint32_t i = 0; i < model.step_count; ++i) {
      const mlc_step_info &step = model.steps[i];
      json.beginObject()
          .field("kernel", step.kernel ? step.kernel : "")
          .field("layers", step.layers ? step.layers : "");
      json.field("flops", step.flops).field("bytes", step.bytes);
      json.field("seconds", profile.steps[i]).endObject();
    }
    json.endArray();
  }
  return json.endObject().text() + "\n";
}

int bench(const BenchOptions &options) {
  Loaded loaded;
  if (int status = load(options.run, loaded))
    return status;
  mlc_session *session = loaded.job->session();
  Samples samples;
  Profile steps;
  if (measure(session, options.minTime, options.rounds, samples) ||
      ((options.profile || !options.trace.empty()) && profile(loaded.job->program(), session, options.minTime, steps)))
    return refuse(options.run.what + ": " + mlc_last_error());

  std::printf("%s: median %s (p10 %s, p90 %s, min %s), %zu runs, %d threads\n", options.run.what.c_str(),
              durationText(samples.quantile(0.5)).c_str(), durationText(samples.quantile(0.1)).c_str(),
              durationText(samples.quantile(0.9)).c_str(), durationText(samples.quantile(0)).c_str(),
              samples.all.size(), mlc_session_threads(session));
  for (size_t i = 0; options.rounds > 1 && i < samples.roundMedians.size(); ++i)
    std::printf("round %zu: median %s\n", i + 1, durationText(samples.roundMedians[i]).c_str());
  if (options.profile)
    std::fputs(profileText(*mlc_descriptor(loaded.job->program()), steps).c_str(), stdout);
  if (!options.trace.empty()) {
    io::Status status = io::writeFile(options.trace, traceJson(*mlc_descriptor(loaded.job->program()), steps));
    if (status.failed())
      return refuse(status.text());
  }
  if (options.json.empty())
    return Done;
  io::Status status = io::writeFile(options.json, asJson(options, loaded, samples, steps));
  return status.failed() ? refuse(status.text()) : Done;
}

} // namespace

void addBench(CLI::App &app, Action &action) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App *command = app.add_subcommand("bench", "Times a compiled model, or a model file, in this process");
  addRunOptions(*command, options->run);
  command->add_option("--min-time", options->minTime, "Seconds a round takes at least (default 1)")
      ->check(CLI::Range(0.0, 1e6));
  command->add_option("--rounds", options->rounds, "Rounds (default 1)")->check(CLI::Range(1, 1000000));
  command->add_option("--json", options->json, "Write the result to this file")->type_name("FILE");
  command->add_flag("--profile", options->profile,
                    "Time each step as well, after the rounds, beside the peaks of the machine measured next to it");
  command->add_option("--trace", options->trace, "Write the last profiled run to this file, for Perfetto or chrome://tracing")
      ->type_name("FILE");
  command->footer("Examples:\n"
                  "  mlc bench model.so --feeds inputs.npz --threads 1 --min-time 3\n"
                  "  mlc bench model.onnx --shape image=1x3x224x224 --profile --json result.json");
  command->callback([&action, options] { action = [options] { return bench(*options); }; });
}

} // namespace mlc::cli
