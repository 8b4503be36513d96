#include "What.h"

#include "Fault.h"
#include "Library.h"
#include "runtime/driver/Timing.h"
#include "runtime/io/Bytes.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

using namespace mlc::driver;

namespace mlc::cli {

bool isArtefact(const std::string &path) {
  io::File file;
  char start[4] = {}, end[MLC_TRAILER_BYTES] = {};
  if (path.ends_with(".so"))
    return true;
  if (file.open(path).failed() || file.readAt(start, sizeof start, 0).failed())
    return false;
  if (!std::memcmp(start,
                   "\x7f"
                   "ELF",
                   sizeof start))
    return true;
  return !file.readAt(end, sizeof end, std::max<uint64_t>(file.size(), sizeof end) - sizeof end).failed() &&
         !std::memcmp(end, MLC_TRAILER_MAGIC, 8);
}

static int compileTo(const RunOptions &options, const io::Feeds &feeds, const std::string &output, double &took) {
  CompilerLibrary library;
  if (int status = loadCompiler(library))
    return status;
  CompileRequest request;
  request.model = options.what;
  request.output = output;
  request.emit = "shared";
  request.cpus = options.cpus.empty() ? std::vector<std::string>{"native"} : options.cpus;
  request.shapes = feeds.shapes();
  for (const auto &[name, dims] : options.shapes)
    request.shapes[name] = dims;
  request.progress = progressBar();
  CompileResult result;
  library.compile(&request, &result);
  took = result.seconds;
  return conclude(result);
}

int load(const RunOptions &options, Loaded &loaded) {
  loaded.job = std::make_unique<Job>(options.job, options.what);
  if (int status = loaded.job->openFeeds())
    return status;
  TemporaryFile temporary;
  std::string artefact = options.what;
  double begun = seconds();
  if (!isArtefact(options.what)) {
    io::File model;
    if (io::Status status = model.open(options.what); status.failed())
      return refuse(options.what + ": " + status.text());
    if (!temporary.make("model.so"))
      return refuse(std::string("temporary folder: cannot be made: ") + std::strerror(errno));
    artefact = temporary.path();
    loaded.compileSeconds = 0;
    if (int status = compileTo(options, loaded.job->feeds(), artefact, loaded.compileSeconds))
      return status;
    begun = seconds();
  }
  mlc_program *program = nullptr;
  if (mlc_open(artefact.c_str(), &program))
    return refuse(mlc_last_error());
  int status = loaded.job->start(program);
  loaded.loadSeconds = seconds() - begun;
  return status;
}

} // namespace mlc::cli
