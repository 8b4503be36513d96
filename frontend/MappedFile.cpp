#include "MappedFile.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mlc::frontend {

std::shared_ptr<MappedFile> MappedFile::map(int descriptor, std::string &error) {
  struct stat info;
  if (fstat(descriptor, &info) != 0) {
    error = std::strerror(errno);
    return nullptr;
  }
  if (!S_ISREG(info.st_mode)) {
    error = S_ISDIR(info.st_mode) ? "it is a folder" : "it is not a regular file";
    return nullptr;
  }
  size_t length = static_cast<size_t>(info.st_size);
  if (length == 0)
    return std::shared_ptr<MappedFile>(new MappedFile("", 0));
  void *address = mmap(nullptr, length, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (address == MAP_FAILED) {
    error = std::strerror(errno);
    return nullptr;
  }
  return std::shared_ptr<MappedFile>(new MappedFile(static_cast<const char *>(address), length));
}

std::shared_ptr<MappedFile> MappedFile::open(const std::string &path, std::string &error) {
  // Without O_NONBLOCK, opening a pipe waits for its writer.
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    error = std::strerror(errno);
    return nullptr;
  }
  auto file = map(descriptor, error);
  ::close(descriptor);
  return file;
}

MappedFile::~MappedFile() {
  if (length)
    munmap(const_cast<char *>(bytes), length);
}

} // namespace mlc::frontend
