// Bytes that are read once, front to back: a file, a part of one, or a member of an archive while it is unpacked.
#ifndef MLC_RUNTIME_IO_BYTES_H
#define MLC_RUNTIME_IO_BYTES_H

#include "Status.h"

#include <cstdint>
#include <memory>
#include <string>

namespace mlc::io {

class ByteSource {
public:
  virtual ~ByteSource() = default;
  // Fills all of `to`, or fails.
  virtual Status read(void *to, uint64_t bytes) = 0;
  // Checks what can only be checked after the last byte, such as a checksum.
  virtual Status finish() { return {}; }
  uint64_t remaining() const { return left; }

protected:
  uint64_t left = 0;
};

// A regular file that is open for reading.
class File {
public:
  File() = default;
  File(const File &) = delete;
  File &operator=(const File &) = delete;
  ~File();

  Status open(const std::string &path);
  // Fills all of `to` from `offset`, or fails.
  Status readAt(void *to, uint64_t bytes, uint64_t offset) const;
  uint64_t size() const { return length; }

private:
  int descriptor = -1;
  uint64_t length = 0;
};

// Bytes begin … begin + size - 1 of a file.
class FileBytes : public ByteSource {
public:
  FileBytes(std::shared_ptr<const File> file, uint64_t begin, uint64_t size);
  Status read(void *to, uint64_t bytes) override;

private:
  std::shared_ptr<const File> file;
  uint64_t at;
};

} // namespace mlc::io

#endif // MLC_RUNTIME_IO_BYTES_H
