// Times runs: each on its own, after a warm-up, with everything allocated beforehand.
#ifndef MLC_RUNTIME_DRIVER_TIMING_H
#define MLC_RUNTIME_DRIVER_TIMING_H

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

// The same with a clock around each step: seconds of each step over all runs, and the number of runs.
struct Profile {
  std::vector<double> steps;
  uint64_t runs = 0;
};
int32_t profile(mlc_program *program, mlc_session *session, double minTime, Profile &profile);

// A table for people: one line a step, the slowest first.
std::string profileText(const mlc_model &model, const Profile &profile);

// "1.234 ms"
std::string durationText(double seconds);

uint64_t peakResidentBytes();

} // namespace mlc::driver

#endif // MLC_RUNTIME_DRIVER_TIMING_H
