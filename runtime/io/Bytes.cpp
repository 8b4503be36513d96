#include "Bytes.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mlc::io {

File::~File() {
  if (descriptor >= 0)
    close(descriptor);
}

Status File::open(const std::string &path) {
  // Without O_NONBLOCK the open of a pipe would wait for its other end.
  descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat facts;
  if (descriptor < 0 || fstat(descriptor, &facts))
    return Status::error(std::string("file: cannot be opened: ") + std::strerror(errno));
  if (!S_ISREG(facts.st_mode))
    return Status::error("file: not a regular file");
  length = static_cast<uint64_t>(facts.st_size);
  return {};
}

Status File::readAt(void *to, uint64_t bytes, uint64_t offset) const {
  if (offset > length || bytes > length - offset)
    return Status::error("file: ends too early");
  for (char *at = static_cast<char *>(to); bytes;) {
    ssize_t got = pread(descriptor, at, std::min<uint64_t>(bytes, 1u << 30), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return Status::error(std::string("file: cannot be read: ") + (got ? std::strerror(errno) : "it became shorter"));
    at += got;
    offset += static_cast<uint64_t>(got);
    bytes -= static_cast<uint64_t>(got);
  }
  return {};
}

FileBytes::FileBytes(std::shared_ptr<const File> source, uint64_t begin, uint64_t size)
    : file(std::move(source)), at(begin) {
  left = size;
}

Status FileBytes::read(void *to, uint64_t bytes) {
  if (bytes > left)
    return Status::error("file: ends too early");
  Status status = file->readAt(to, bytes, at);
  at += bytes;
  left -= bytes;
  return status;
}

} // namespace mlc::io
