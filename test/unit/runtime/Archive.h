// Makes zip archives for tests, right and wrong ones.
#ifndef MLC_TEST_UNIT_RUNTIME_ARCHIVE_H
#define MLC_TEST_UNIT_RUNTIME_ARCHIVE_H

#include <string>
#include <vector>
#include <zlib.h>

namespace mlc::test {

struct Member {
  std::string name, content;
  bool deflated = false;
  bool zip64 = false;
};

inline std::string littleEndian(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i)
    text += static_cast<char>(value >> (8 * i));
  return text;
}

inline std::string deflated(const std::string &content) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, content.size()) + 16, '\0');
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef *>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

inline std::string archive(const std::vector<Member> &members) {
  std::string out, directory;
  for (const Member &member : members) {
    std::string packed = member.deflated ? deflated(member.content) : member.content;
    uint64_t crc =
        crc32(0, reinterpret_cast<const Bytef *>(member.content.data()), static_cast<uInt>(member.content.size()));
    std::string sizes =
        member.zip64 ? std::string(8, '\xff') : littleEndian(packed.size(), 4) + littleEndian(member.content.size(), 4);
    std::string extra = member.zip64 ? littleEndian(1, 2) + littleEndian(16, 2) +
                                           littleEndian(member.content.size(), 8) + littleEndian(packed.size(), 8)
                                     : "";
    std::string common = littleEndian(20, 2) + littleEndian(0, 2) + littleEndian(member.deflated ? 8 : 0, 2) +
                         littleEndian(0, 4) + littleEndian(crc, 4) + sizes + littleEndian(member.name.size(), 2) +
                         littleEndian(extra.size(), 2);
    directory += "PK\x01\x02" + littleEndian(20, 2) + common + littleEndian(0, 2) + littleEndian(0, 2) +
                 littleEndian(0, 2) + littleEndian(0, 4) + littleEndian(out.size(), 4) + member.name + extra;
    out += "PK\x03\x04" + common + member.name + extra + packed;
  }
  std::string end = "PK\x05\x06" + littleEndian(0, 4) + littleEndian(members.size(), 2) +
                    littleEndian(members.size(), 2) + littleEndian(directory.size(), 4) + littleEndian(out.size(), 4) +
                    littleEndian(0, 2);
  return out + directory + end;
}

} // namespace mlc::test

#endif // MLC_TEST_UNIT_RUNTIME_ARCHIVE_H
