// Zip archives as numpy writes them (.npz): members stored or deflated, with or without zip64. Sizes are those of the
// directory, checked against the file before anything is read; contents are checked against their checksum.
#ifndef MLC_RUNTIME_IO_ZIP_H
#define MLC_RUNTIME_IO_ZIP_H

#include "Bytes.h"

#include <vector>

namespace mlc::io {

struct ZipMember {
  std::string name;
  uint16_t method = 0;   // 0: stored, 8: deflated
  uint32_t checksum = 0; // CRC-32
  uint64_t packed = 0, size = 0;
  uint64_t header = 0; // where the local header stands
};

class ZipArchive {
public:
  Status open(const std::string &path);
  const std::vector<ZipMember> &members() const { return list; }
  Status openMember(const ZipMember &member, std::unique_ptr<ByteSource> &bytes) const;

private:
  Status readDirectory(uint64_t offset, uint64_t size, uint64_t count);

  std::shared_ptr<File> file;
  std::vector<ZipMember> list;
  uint64_t directory = 0; // members end before it
};

} // namespace mlc::io

#endif // MLC_RUNTIME_IO_ZIP_H
