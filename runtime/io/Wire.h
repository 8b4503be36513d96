// The wire format of protocol buffers: a bounds-checked reader and the few writers that are needed.
#ifndef MLC_RUNTIME_IO_WIRE_H
#define MLC_RUNTIME_IO_WIRE_H

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace mlc::io {

class WireReader {
public:
  enum Type { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

  explicit WireReader(std::string_view data) : data(data) {}

  bool atEnd() const { return at == data.size(); }
  bool failed() const { return broken; }

  // The next field. False at the end and on broken data (see failed). Its value is in `number` or `bytes`.
  bool next() {
    if (atEnd() || broken)
      return false;
    uint64_t key = varint();
    field = static_cast<uint32_t>(key >> 3);
    type = static_cast<Type>(key & 7);
    if (key >> 3 == 0 || key >> 3 > 0x1fffffff)
      return fail();
    switch (type) {
    case Varint: number = varint(); return !broken;
    case Fixed64: return take(8) && (std::memcpy(&number, bytes.data(), 8), true);
    case Fixed32: number = 0; return take(4) && (std::memcpy(&number, bytes.data(), 4), true);
    case Bytes: {
      uint64_t length = varint();
      return !broken && take(length);
    }
    default: return fail();
    }
  }

  uint64_t varint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at == data.size())
        break;
      auto byte = static_cast<unsigned char>(data[at++]);
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (!(byte & 0x80))
        return value;
    }
    fail();
    return 0;
  }

  uint32_t field = 0;
  Type type = Varint;
  uint64_t number = 0;
  std::string_view bytes;

private:
  bool fail() {
    broken = true;
    return false;
  }
  bool take(uint64_t length) {
    if (length > data.size() - at)
      return fail();
    bytes = data.substr(at, length);
    at += length;
    return true;
  }

  std::string_view data;
  size_t at = 0;
  bool broken = false;
};

inline void writeVarint(std::string &out, uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

inline void writeNumber(std::string &out, uint32_t field, uint64_t value) {
  writeVarint(out, field << 3 | WireReader::Varint);
  writeVarint(out, value);
}

inline void writeLength(std::string &out, uint32_t field, uint64_t length) {
  writeVarint(out, field << 3 | WireReader::Bytes);
  writeVarint(out, length);
}

} // namespace mlc::io

#endif // MLC_RUNTIME_IO_WIRE_H
