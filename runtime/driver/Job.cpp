#include "Job.h"

#include "runtime/io/Outputs.h"

#include <algorithm>
#include <numeric>

namespace mlc::driver {

int refuse(const io::Problems &problems) {
  for (const std::string &problem : problems)
    std::fprintf(stderr, "mlc: error: %s\n", problem.c_str());
  return Refused;
}

int refuse(const std::string &problem) { return refuse(io::Problems{problem}); }

Job::~Job() {
  mlc_session_destroy(state);
  mlc_close(model);
}

int Job::openFeeds() {
  io::Problems problems;
  for (const std::string &archive : options.archives)
    inputs.addArchive(archive, problems);
  for (const std::string &input : options.inputs)
    inputs.addInput(input, problems);
  return problems.empty() ? Done : refuse(problems);
}

int Job::start(mlc_program *program) {
  model = program;
  io::Problems problems;
  for (const std::string &name : options.fetch) {
    int32_t index = mlc_output_index(model, name.c_str());
    if (index < 0)
      problems.push_back(what + ": output '" + name + "': the model has no output of this name");
    else
      outputs.push_back(static_cast<uint32_t>(index));
  }
  if (!problems.empty())
    return refuse(problems);
  std::sort(outputs.begin(), outputs.end());
  outputs.erase(std::unique(outputs.begin(), outputs.end()), outputs.end());

  mlc_session_options sessionOptions{sizeof(mlc_session_options), options.threads};
  if (mlc_session_create(model, &sessionOptions, &state) ||
      mlc_fetch(state, outputs.data(), static_cast<uint32_t>(outputs.size())))
    return refuse(prefixed(mlc_last_error()));
  if (outputs.empty()) {
    outputs.resize(mlc_descriptor(model)->output_count);
    std::iota(outputs.begin(), outputs.end(), 0u);
  }

  std::vector<std::string> filled;
  inputs.apply(model, state, options.seed, problems, filled);
  if (!problems.empty())
    return refuse(problems);
  for (const std::string &input : filled)
    std::fprintf(stderr, "mlc: note: %s: input %s: not given, filled from seed %llu\n", what.c_str(), input.c_str(),
                 static_cast<unsigned long long>(options.seed));
  return mlc_prepare(state) ? refuse(prefixed(mlc_last_error())) : Done;
}

int Job::run() { return mlc_run(state) ? refuse(prefixed(mlc_last_error())) : Done; }

io::Status Job::writeTo(const std::string &folder) {
  return io::writeOutputs(model, state, outputs, folder, options.outputFormat == "pb");
}

int Job::finish(FILE *out) {
  if (!options.outputDir.empty()) {
    io::Status status = writeTo(options.outputDir);
    return status.failed() ? refuse(status.text()) : Done;
  }
  for (uint32_t index : outputs) {
    mlc_tensor tensor{};
    tensor.size = sizeof tensor;
    if (mlc_output(state, index, &tensor))
      return refuse(prefixed(mlc_last_error()));
    std::fprintf(out, "%s\n", io::describe(mlc_descriptor(model)->outputs[index].name, tensor).c_str());
  }
  return Done;
}

} // namespace mlc::driver
