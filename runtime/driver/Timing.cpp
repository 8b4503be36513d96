#include "Timing.h"
#include "runtime/io/Json.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <sys/resource.h>

namespace mlc::driver {
namespace {

constexpr size_t maxSamples = 10'000'000;

double sortedQuantile(const std::vector<double> &values, double share) {
  if (values.empty())
    return 0;
  double place = share * static_cast<double>(values.size() - 1);
  auto low = static_cast<size_t>(place);
  size_t high = std::min(low + 1, values.size() - 1);
  return values[low] + (place - static_cast<double>(low)) * (values[high] - values[low]);
}

// Until caches, clocks and page tables have settled: a fifth of the time asked for, at most half a second.
int32_t warmUp(mlc_session *session, double minTime) {
  double until = seconds() + std::min(minTime / 5, 0.5);
  do {
    if (int32_t status = mlc_run(session))
      return status;
  } while (seconds() < until);
  return MLC_OK;
}

// Samples of one step that are kept.
constexpr size_t maxStepSamples = 1000;

struct Stopwatch {
  std::vector<std::vector<double>> times; // of each step
  std::vector<Event> events;              // of the run at hand
  std::vector<size_t> open;               // steps that have begun: places in `events`
  double start = 0;
};

void stepTimer(void *user, uint32_t step, int begin) {
  auto *watch = static_cast<Stopwatch *>(user);
  double now = seconds();
  if (begin) {
    watch->open.push_back(watch->events.size());
    watch->events.push_back({step, now - watch->start, 0});
    return;
  }
  if (watch->open.empty())
    return;
  Event &event = watch->events[watch->open.back()];
  watch->open.pop_back();
  event.end = now - watch->start;
  if (step < watch->times.size() && watch->times[step].size() < maxStepSamples)
    watch->times[step].push_back(event.end - event.begin);
}

} // namespace

double seconds() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

double Samples::quantile(double share) const { return sortedQuantile(all, share); }

int32_t measure(mlc_session *session, double minTime, int rounds, Samples &samples) {
  if (int32_t status = warmUp(session, minTime))
    return status;
  for (int round = 0; round < rounds; ++round) {
    std::vector<double> times;
    for (double start = seconds(), end = start;
         times.empty() || (end - start < minTime && times.size() < maxSamples);) {
      double before = end;
      if (int32_t status = mlc_run(session))
        return status;
      end = seconds();
      times.push_back(end - before);
    }
    samples.all.insert(samples.all.end(), times.begin(), times.end());
    std::sort(times.begin(), times.end());
    samples.roundMedians.push_back(sortedQuantile(times, 0.5));
  }
  std::sort(samples.all.begin(), samples.all.end());
  return MLC_OK;
}

int32_t profile(mlc_program *program, mlc_session *session, double minTime, Profile &profile) {
  int threads = mlc_session_threads(session);
  profile.peaks = measurePeaks(threads);
  Stopwatch watch;
  watch.times.resize(mlc_descriptor(program)->step_count);
  mlc_set_trace(session, stepTimer, &watch);
  int32_t status = MLC_OK;
  double until = seconds() + minTime, end = 0;
  do {
    watch.events.clear();
    watch.open.clear();
    watch.start = seconds();
    status = mlc_run(session);
    end = seconds();
    ++profile.runs;
  } while (!status && end < until);
  mlc_set_trace(session, nullptr, nullptr);
  Peaks after = measurePeaks(threads);
  profile.peaks = {std::max(profile.peaks.flops, after.flops), std::max(profile.peaks.bytes, after.bytes)};
  profile.lastRun = watch.events;
  profile.lastRunSeconds = end - watch.start;
  for (std::vector<double> &times : watch.times) {
    std::sort(times.begin(), times.end());
    profile.steps.push_back(sortedQuantile(times, 0.5));
  }
  return status;
}

std::string profileText(const mlc_model &model, const Profile &profile) {
  std::vector<uint32_t> order;
  double total = 0;
  for (uint32_t i = 0; i < model.step_count; ++i) {
    order.push_back(i);
    total += profile.steps[i];
  }
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return profile.steps[a] != profile.steps[b] ? profile.steps[a] > profile.steps[b] : a < b;
  });
  char line[128];
  std::snprintf(line, sizeof line, "peaks: %.1f GFLOP/s, %.1f GB/s; steps together %s\n", profile.peaks.flops * 1e-9,
                profile.peaks.bytes * 1e-9, durationText(total).c_str());
  std::string text = line;
  text += "      ms  share   GFLOP/s    GB/s   roof  kernel  [layers]\n";
  for (uint32_t i : order) {
    const mlc_step_info &step = model.steps[i];
    double each = profile.steps[i], rate = each > 0 ? 1 / each : 0;
    double flops = rate * static_cast<double>(step.flops), bytes = rate * static_cast<double>(step.bytes);
    double roof = std::max(profile.peaks.flops > 0 ? flops / profile.peaks.flops : 0,
                           profile.peaks.bytes > 0 ? bytes / profile.peaks.bytes : 0);
    std::snprintf(line, sizeof line, "%8.4f %5.1f%% %9.1f %7.1f %5.0f%%  ", each * 1e3, total > 0 ? 100 * each / total : 0,
                  flops * 1e-9, bytes * 1e-9, 100 * roof);
    text += line + std::string(step.kernel ? step.kernel : "?") + "  [" + (step.layers ? step.layers : "") + "]\n";
  }
  return text;
}

std::string traceJson(const mlc_model &model, const Profile &profile) {
  io::Json json;
  json.beginObject().field("displayTimeUnit", "ns").key("traceEvents").beginArray();
  auto event = [&](const char *name, double begin, double duration) {
    json.beginObject().field("name", name).field("ph", "X").field("pid", 1).field("tid", 1);
    json.field("ts", begin * 1e6).field("dur", duration * 1e6);
  };
  event(model.name, 0, profile.lastRunSeconds);
  json.endObject();
  for (const Event &e : profile.lastRun) {
    const mlc_step_info &step = model.steps[e.step];
    event(step.kernel ? step.kernel : "?", e.begin, e.end - e.begin);
    json.key("args").beginObject().field("step", e.step).field("layers", step.layers ? step.layers : "");
    json.field("flops", step.flops).field("bytes", step.bytes).endObject().endObject();
  }
  return json.endArray().endObject().text() + "\n";
}

std::string durationText(double seconds) {
  char text[48];
  if (seconds >= 1)
    std::snprintf(text, sizeof text, "%.3f s", seconds);
  else if (seconds >= 1e-3)
    std::snprintf(text, sizeof text, "%.3f ms", seconds * 1e3);
  else
    std::snprintf(text, sizeof text, "%.2f us", seconds * 1e6);
  return text;
}

uint64_t peakResidentBytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

} // namespace mlc::driver
