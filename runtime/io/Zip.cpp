#include "Zip.h"

#include <algorithm>
#include <cstring>
#include <zlib.h>

namespace mlc::io {
namespace {

// Signatures and sizes of the records, and offsets of the fields used (PKWARE's APPNOTE, 4.3).
constexpr uint32_t endSignature = 0x06054b50, end64Signature = 0x06064b50, locatorSignature = 0x07064b50,
                   centralSignature = 0x02014b50, localSignature = 0x04034b50;
constexpr uint64_t endBytes = 22, end64Bytes = 56, locatorBytes = 20, centralBytes = 46, localBytes = 30;
constexpr uint64_t maxComment = 0xffff, maxDirectory = uint64_t{256} << 20;

Status wrong(const std::string &what) { return Status::error("archive: " + what); }

template <typename T> T get(const unsigned char *at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// Takes the 64-bit sizes that replace the fields that say "all ones", in the order that the format fixes.
bool takeZip64(const unsigned char *extra, size_t length, ZipMember &member) {
  uint64_t *fields[] = {&member.size, &member.packed, &member.header};
  bool needed = std::any_of(std::begin(fields), std::end(fields), [](uint64_t *f) { return *f == 0xffffffff; });
  while (needed && length >= 4) {
    uint16_t id = get<uint16_t>(extra), bytes = get<uint16_t>(extra + 2);
    if (bytes > length - 4)
      return false;
    if (id == 1) {
      const unsigned char *at = extra + 4;
      for (uint64_t *field : fields) {
        if (*field != 0xffffffff)
          continue;
        if (at + 8 > extra + 4 + bytes)
          return false;
        *field = get<uint64_t>(at);
        at += 8;
      }
      return true;
    }
    extra += 4 + bytes;
    length -= 4u + bytes;
  }
  return !needed;
}

// A member, unpacked as it is read.
class MemberBytes : public ByteSource {
public:
  MemberBytes(const ZipMember &member, std::unique_ptr<ByteSource> packed) : packed(std::move(packed)), member(member) {
    left = member.size;
  }
  ~MemberBytes() override {
    if (inflating)
      inflateEnd(&stream);
  }

  Status start() {
    if (member.method == 0)
      return {};
    inflating = inflateInit2(&stream, -MAX_WBITS) == Z_OK;
    return inflating ? Status() : wrong("memory ran out");
  }

  Status read(void *to, uint64_t bytes) override {
    if (bytes > left)
      return wrong("'" + member.name + "' ends too early");
    for (auto *at = static_cast<unsigned char *>(to); bytes;) {
      auto piece = static_cast<uInt>(std::min<uint64_t>(bytes, 1u << 20));
      Status status = inflating ? unpack(at, piece) : packed->read(at, piece);
      if (status.failed())
        return status;
      checksum = static_cast<uint32_t>(crc32(checksum, at, piece));
      at += piece;
      bytes -= piece;
      left -= piece;
    }
    return {};
  }

  Status finish() override {
    if (inflating) {
      unsigned char more;
      stream.next_out = &more;
      stream.avail_out = 1;
      // The end of a deflated stream may stand behind the last byte.
      while (!ended) {
        if (Status status = step(); status.failed())
          return status;
        if (!stream.avail_out)
          return wrong("'" + member.name + "' is longer than the archive says");
      }
    }
    return checksum == member.checksum ? Status() : wrong("'" + member.name + "' is damaged (checksum)");
  }

private:
  Status unpack(unsigned char *to, uInt bytes) {
    stream.next_out = to;
    stream.avail_out = bytes;
    while (stream.avail_out) {
      if (ended)
        return wrong("'" + member.name + "' is shorter than the archive says");
      if (Status status = step(); status.failed())
        return status;
    }
    return {};
  }

  Status step() {
    if (!stream.avail_in && packed->remaining()) {
      auto piece = static_cast<uInt>(std::min<uint64_t>(packed->remaining(), sizeof input));
      if (Status status = packed->read(input, piece); status.failed())
        return status;
      stream.next_in = input;
      stream.avail_in = piece;
    }
    int result = inflate(&stream, Z_NO_FLUSH);
    ended = result == Z_STREAM_END;
    return ended || result == Z_OK ? Status() : wrong("'" + member.name + "' is damaged (deflated data)");
  }

  std::unique_ptr<ByteSource> packed;
  ZipMember member;
  z_stream stream{};
  bool inflating = false, ended = false;
  uint32_t checksum = 0;
  unsigned char input[1 << 15];
};

} // namespace

Status ZipArchive::open(const std::string &path) {
  file = std::make_shared<File>();
  if (Status status = file->open(path); status.failed())
    return status;
  // The end record is the last thing in the file but for a comment of its own.
  uint64_t tail = std::min(file->size(), endBytes + maxComment);
  std::vector<unsigned char> bytes(tail);
  if (Status status = file->readAt(bytes.data(), tail, file->size() - tail); status.failed())
    return status;
  for (uint64_t at = tail < endBytes ? 0 : tail - endBytes + 1; at-- > 0;) {
    const unsigned char *record = bytes.data() + at;
    if (get<uint32_t>(record) != endSignature || at + endBytes + get<uint16_t>(record + 20) != tail)
      continue;
    uint64_t place = file->size() - tail + at;
    uint64_t count = get<uint16_t>(record + 10), size = get<uint32_t>(record + 12), offset = get<uint32_t>(record + 16);
    unsigned char locator[locatorBytes], end64[end64Bytes];
    if (place >= locatorBytes && !file->readAt(locator, locatorBytes, place - locatorBytes).failed() &&
        get<uint32_t>(locator) == locatorSignature) {
      if (file->readAt(end64, end64Bytes, get<uint64_t>(locator + 8)).failed() ||
          get<uint32_t>(end64) != end64Signature)
        return wrong("its zip64 directory is damaged");
      count = get<uint64_t>(end64 + 32);
      size = get<uint64_t>(end64 + 40);
      offset = get<uint64_t>(end64 + 48);
    }
    if (offset > place || size > place - offset)
      return wrong("its directory is damaged or cut off");
    return readDirectory(offset, size, count);
  }
  return wrong("not a zip archive, or cut off");
}

Status ZipArchive::readDirectory(uint64_t offset, uint64_t size, uint64_t count) {
  if (size > maxDirectory || count > size / centralBytes)
    return wrong("its directory is damaged");
  directory = offset;
  std::vector<unsigned char> bytes(size);
  if (Status status = file->readAt(bytes.data(), size, offset); status.failed())
    return status;
  const unsigned char *at = bytes.data();
  uint64_t left = size;
  for (; count; --count) {
    if (left < centralBytes || get<uint32_t>(at) != centralSignature)
      return wrong("its directory is damaged");
    uint64_t name = get<uint16_t>(at + 28), extra = get<uint16_t>(at + 30), comment = get<uint16_t>(at + 32);
    uint64_t record = centralBytes + name + extra + comment;
    if (record > left)
      return wrong("its directory is damaged");
    ZipMember member;
    member.name.assign(reinterpret_cast<const char *>(at + centralBytes), name);
    member.method = get<uint16_t>(at + 10);
    member.checksum = get<uint32_t>(at + 16);
    member.packed = get<uint32_t>(at + 20);
    member.size = get<uint32_t>(at + 24);
    member.header = get<uint32_t>(at + 42);
    if (get<uint16_t>(at + 8) & 1)
      return wrong("unsupported: '" + member.name + "' is encrypted");
    if (member.method != 0 && member.method != 8)
      return wrong("unsupported: '" + member.name + "' is packed by method " + std::to_string(member.method));
    if (!takeZip64(at + centralBytes + name, extra, member))
      return wrong("the sizes of '" + member.name + "' are damaged");
    if (member.method == 0 && member.packed != member.size)
      return wrong("the sizes of '" + member.name + "' contradict each other");
    list.push_back(std::move(member));
    at += record;
    left -= record;
  }
  return {};
}

Status ZipArchive::openMember(const ZipMember &member, std::unique_ptr<ByteSource> &bytes) const {
  unsigned char local[localBytes];
  if (member.header > directory || directory - member.header < localBytes ||
      file->readAt(local, localBytes, member.header).failed() || get<uint32_t>(local) != localSignature)
    return wrong("the header of '" + member.name + "' is damaged");
  uint64_t name = get<uint16_t>(local + 26), begin = member.header + localBytes + name + get<uint16_t>(local + 28);
  std::string told(name, '\0');
  if (file->readAt(told.data(), name, member.header + localBytes).failed() || told != member.name)
    return wrong("the header of '" + member.name + "' has another name");
  if (begin > directory || member.packed > directory - begin)
    return wrong("'" + member.name + "' lies outside of the archive");
  auto made = std::make_unique<MemberBytes>(member, std::make_unique<FileBytes>(file, begin, member.packed));
  if (Status status = made->start(); status.failed())
    return status;
  bytes = std::move(made);
  return {};
}

} // namespace mlc::io
