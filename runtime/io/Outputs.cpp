#include "Outputs.h"

#include "Json.h"
#include "Npy.h"
#include "Proto.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mlc::io {
namespace {

std::string systemError(const char *what) { return std::string("file: ") + what + ": " + std::strerror(errno); }

// False with errno set where the system refuses.
bool writeAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t put = write(file, bytes.data(), std::min<size_t>(bytes.size(), 1u << 30));
    if (put < 0 && errno != EINTR)
      return false;
    bytes.remove_prefix(put > 0 ? static_cast<size_t>(put) : 0);
  }
  return true;
}

// Files written under another name, which all get their own at the end, or vanish.
class Staged {
public:
  ~Staged() {
    for (const Entry &entry : entries)
      unlink(entry.temporary.c_str());
  }

  Status write(const std::string &path, std::string_view first, std::string_view second = {}) {
    std::string temporary = path + ".XXXXXX";
    int file = mkostemp(temporary.data(), O_CLOEXEC);
    if (file < 0)
      return Status::error(path + ": " + systemError("cannot be made"));
    entries.push_back({temporary, path});
    mode_t mask = umask(0);
    umask(mask);
    bool good = fchmod(file, 0666 & ~mask) == 0 && writeAll(file, first) && writeAll(file, second);
    Status status = good ? Status() : Status::error(path + ": " + systemError("cannot be written"));
    if (close(file) && good)
      status = Status::error(path + ": " + systemError("cannot be written"));
    return status;
  }

  Status commit() {
    while (!entries.empty()) {
      const Entry &entry = entries.front();
      if (rename(entry.temporary.c_str(), entry.path.c_str()))
        return Status::error(entry.path + ": " + systemError("cannot be renamed into place"));
      entries.erase(entries.begin());
    }
    return {};
  }

private:
  struct Entry {
    std::string temporary, path;
  };
  std::vector<Entry> entries;
};

// Makes a folder and those above it; `made` gets those that were missing, the outermost first.
Status makeFolders(const std::string &folder, std::vector<std::string> &made) {
  for (size_t end = folder.find('/', 1);; end = folder.find('/', end + 1)) {
    std::string part = folder.substr(0, end);
    if (mkdir(part.c_str(), 0777) == 0)
      made.push_back(part);
    else if (errno != EEXIST)
      return Status::error(folder + ": " + systemError("the folder cannot be made"));
    if (end == folder.npos)
      break;
  }
  struct stat facts;
  if (stat(folder.c_str(), &facts) || !S_ISDIR(facts.st_mode))
    return Status::error(folder + ": file: is no folder");
  return {};
}

Status stageOutputs(mlc_program *program, mlc_session *session, const std::vector<uint32_t> &outputs,
                    const std::string &folder, bool proto, Staged &staged) {
  Json json;
  json.beginArray();
  for (uint32_t index : outputs) {
    mlc_tensor tensor{};
    tensor.size = sizeof tensor;
    const char *name = mlc_descriptor(program)->outputs[index].name;
    if (mlc_output(session, index, &tensor))
      return Status::error(folder + ": " + mlc_last_error());
    bool asProto = proto || !npyHas(tensor.dtype);
    std::string file = "output_" + std::to_string(index) + (asProto ? ".pb" : ".npy"), path = folder + "/" + file;
    std::string message;
    Status status;
    if (asProto) {
      status = protoBytes(tensor, name, {}, message);
      if (status.failed())
        return Status::error(path + ": output '" + std::string(name) + "': " + status.text());
      status = staged.write(path, message);
    } else {
      status = staged.write(path, npyHeader(tensor), {static_cast<const char *>(tensor.data), tensor.bytes});
    }
    if (status.failed())
      return status;
    json.beginObject().field("index", index).field("name", name).field("file", file);
    json.field("dtype", mlc_dtype_name(tensor.dtype)).key("shape").beginArray();
    for (int32_t d = 0; d < tensor.rank; ++d)
      json.value(tensor.dims[d]);
    json.endArray().endObject();
  }
  json.endArray();
  return staged.write(folder + "/outputs.json", json.text(), "\n");
}

} // namespace

Status writeFile(const std::string &path, const std::string &content) {
  if (path == "-" || path == "/dev/stdout") {
    std::fflush(stdout);
    return writeAll(STDOUT_FILENO, content) ? Status() : Status::error(path + ": " + systemError("cannot be written"));
  }
  // A link keeps pointing where it does: its target is replaced. What is no regular file, or stands for a descriptor,
  // as /dev/stderr does, has no place beside it and is written to.
  char resolved[PATH_MAX];
  std::string place = realpath(path.c_str(), resolved) ? resolved : path;
  struct stat facts;
  bool device = path.starts_with("/dev/") || path.starts_with("/proc/") || place.starts_with("/dev/") ||
                (stat(place.c_str(), &facts) == 0 && !S_ISREG(facts.st_mode));
  if (!device) {
    Staged staged;
    Status status = staged.write(place, content);
    return status.failed() ? status : staged.commit();
  }
  int file = open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (file < 0)
    return Status::error(path + ": " + systemError("cannot be opened"));
  Status status = writeAll(file, content) ? Status() : Status::error(path + ": " + systemError("cannot be written"));
  close(file);
  return status;
}

Status writeOutputs(mlc_program *program, mlc_session *session, const std::vector<uint32_t> &outputs,
                    const std::string &folder, bool proto) {
  std::vector<std::string> made;
  Status status = makeFolders(folder, made);
  if (!status.failed()) {
    Staged staged;
    status = stageOutputs(program, session, outputs, folder, proto, staged);
    if (!status.failed())
      status = staged.commit();
  }
  for (size_t i = made.size(); status.failed() && i-- > 0;)
    rmdir(made[i].c_str());
  return status;
}

} // namespace mlc::io
