//===- MappedFile.h - a file's bytes, mapped for reading -------------------===//
#ifndef MLC_FRONTEND_MAPPEDFILE_H
#define MLC_FRONTEND_MAPPEDFILE_H

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace mlc::frontend {

/// Only regular files are mapped: a pipe or a device would make a reader wait or never end. The mapping lives as long as the
/// object.
class MappedFile {
public:
  /// Null and a reason in `error` where the file cannot be mapped.
  static std::shared_ptr<MappedFile> open(const std::string &path, std::string &error);
  /// The same for an open file descriptor, which is not closed.
  static std::shared_ptr<MappedFile> map(int descriptor, std::string &error);

  MappedFile(const MappedFile &) = delete;
  MappedFile &operator=(const MappedFile &) = delete;
  ~MappedFile();

  const char *data() const { return bytes; }
  size_t size() const { return length; }
  std::string_view view() const { return {bytes, length}; }

private:
  MappedFile(const char *bytes, size_t length) : bytes(bytes), length(length) {}
  const char *bytes;
  size_t length;
};

} // namespace mlc::frontend

#endif // MLC_FRONTEND_MAPPEDFILE_H
