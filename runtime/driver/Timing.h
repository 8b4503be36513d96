// Times runs: each on its own, after a warm-up, with everything allocated beforehand.
#ifndef MLC_RUNTIME_DRIVER_TIMING_H
#define MLC_RUNTIME_DRIVER_TIMING_H

#include "Peaks.h"

#include <mlc/runtime.h>

#include <string>
#include <vector>

namespace mlc::driver {

// Seconds of a clock that only goes forward.
double seconds();

struct Samples {
  std::vector<double> all; // seconds of each run, sorted
  std::vector<double> roundMedians;
  double quantile(double share) const;
};

// Runs the session at least once and for at least `minTime` seconds a round. Returns the status of a failed run.
int32_t measure(mlc_session *session, double minTime, int rounds, Samples &samples);

// The same with a clock around each step.
struct Event {
  uint32_t step;
  double begin, end; // seconds since the run began
};
struct Profile {
  std::vector<double> steps;  // seconds of each step, the median of the runs in which it ran; 0 where it never did
  std::vector<Event> lastRun; // in the order in which steps began
  double lastRunSeconds = 0;
  uint64_t runs = 0;
  Peaks peaks; // measured before and after, the better of both
};
int32_t profile(mlc_program *program, mlc_session *session, double minTime, Profile &profile);

// A table for people: one line a step, the slowest first, with the share of the roof that it reaches: of the machine's
// multiply-adds or of its memory, whichever would have let it be faster by less.
std::string profileText(const mlc_model &model, const Profile &profile);

// The last run as a trace that Perfetto and chrome://tracing show.
std::string traceJson(const mlc_model &model, const Profile &profile);

// "1.234 ms"
std::string durationText(double seconds);

uint64_t peakResidentBytes();

} // namespace mlc::driver

#endif // MLC_RUNTIME_DRIVER_TIMING_H
