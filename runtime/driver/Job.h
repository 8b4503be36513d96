// One model, one session, its inputs and outputs: what `mlc run`, `mlc bench`, `mlc serve-loop` and programs made with
// --emit=exe have in common.
#ifndef MLC_RUNTIME_DRIVER_JOB_H
#define MLC_RUNTIME_DRIVER_JOB_H

#include "runtime/io/Feeds.h"

#include <cstdio>

namespace mlc::driver {

// Exit statuses of the program.
enum Exit : int { Done = 0, Refused = 1, Usage = 2, Fault = 70 };

struct JobOptions {
  std::vector<std::string> inputs;   // NAME=FILE
  std::vector<std::string> archives; // FILE.npz
  std::vector<std::string> fetch;    // names; empty: all
  std::string outputDir;
  std::string outputFormat = "npy"; // or "pb"
  int threads = 0;                  // 0: physical cores
  uint64_t seed = 0;
};

// Writes "mlc: error: LINE" for each to standard error. Returns Refused.
int refuse(const io::Problems &problems);
int refuse(const std::string &problem);

class Job {
public:
  // `what` names the model in messages.
  Job(JobOptions options, std::string what) : options(std::move(options)), what(std::move(what)) {}
  Job(const Job &) = delete;
  Job &operator=(const Job &) = delete;
  ~Job();

  // Each returns Done or the exit status after it has said why. First the heads of all inputs are read …
  int openFeeds();
  const io::Feeds &feeds() const { return inputs; }
  // … then the model is there (it belongs to the job from here on), and a session with everything in place.
  int start(mlc_program *program);
  // One run.
  int run();
  // The outputs of the last run: files where a folder was given, else lines on `out`.
  int finish(FILE *out);
  io::Status writeTo(const std::string &folder);

  mlc_program *program() const { return model; }
  mlc_session *session() const { return state; }

private:
  std::string prefixed(const char *text) const { return what + ": " + text; }

  JobOptions options;
  std::string what;
  io::Feeds inputs;
  mlc_program *model = nullptr;
  mlc_session *state = nullptr;
  std::vector<uint32_t> outputs;
};

} // namespace mlc::driver

#endif // MLC_RUNTIME_DRIVER_JOB_H
