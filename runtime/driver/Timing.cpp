#include "Timing.h"

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

struct Stopwatch {
  std::vector<double> *steps;
  double begun = 0;
};

void stepTimer(void *user, uint32_t step, int begin) {
  auto *watch = static_cast<Stopwatch *>(user);
  if (begin)
    watch->begun = seconds();
  else if (step < watch->steps->size())
    (*watch->steps)[step] += seconds() - watch->begun;
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
  profile.steps.assign(mlc_descriptor(program)->step_count, 0.0);
  Stopwatch watch{&profile.steps};
  mlc_set_trace(session, stepTimer, &watch);
  int32_t status = MLC_OK;
  double until = seconds() + minTime;
  do {
    status = mlc_run(session);
    ++profile.runs;
  } while (!status && seconds() < until);
  mlc_set_trace(session, nullptr, nullptr);
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
  std::string text = "      ms  share   GFLOP/s    GB/s  kernel  [layers]\n";
  for (uint32_t i : order) {
    const mlc_step_info &step = model.steps[i];
    double each = profile.steps[i] / static_cast<double>(std::max<uint64_t>(profile.runs, 1));
    double rate = each > 0 ? 1e-9 / each : 0;
    char line[96];
    std::snprintf(line, sizeof line, "%8.4f %5.1f%% %9.1f %7.1f  ", each * 1e3,
                  total > 0 ? 100 * profile.steps[i] / total : 0, rate * static_cast<double>(step.flops),
                  rate * static_cast<double>(step.bytes));
    text += line + std::string(step.kernel ? step.kernel : "?") + "  [" + (step.layers ? step.layers : "") + "]\n";
  }
  return text;
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
