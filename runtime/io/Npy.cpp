#include "Npy.h"

#include "runtime/Element.h"

#include <cstring>
#include <string_view>

namespace mlc::io {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr uint64_t maxHeader = 1 << 20;

struct Code {
  char kind;
  uint8_t bytes;
  int32_t dtype;
};
constexpr Code codes[] = {
    {'b', 1, MLC_BOOL}, {'i', 1, MLC_I8},  {'i', 2, MLC_I16}, {'i', 4, MLC_I32},   {'i', 8, MLC_I64},
    {'u', 1, MLC_U8},   {'u', 2, MLC_U16}, {'u', 4, MLC_U32}, {'u', 8, MLC_U64},   {'f', 2, MLC_F16},
    {'f', 4, MLC_F32},  {'f', 8, MLC_F64}, {'c', 8, MLC_C64}, {'c', 16, MLC_C128},
};

Status wrong(const std::string &what) { return Status::error("npy header: " + what); }

struct Header {
  TensorHead tensor;
  bool bigEndian = false;
  bool fortran = false;
};

// The dictionary {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), } with its keys in any order.
class HeaderParser {
public:
  HeaderParser(std::string_view text, Header &header) : text(text), header(header) {}

  Status parse() {
    bool descr = false, order = false, shape = false;
    if (!take('{'))
      return wrong("not a dictionary");
    while (!take('}')) {
      std::string_view key;
      if (!string(key) || !take(':'))
        return wrong("no 'key': value");
      bool *seen = key == "descr" ? &descr : key == "fortran_order" ? &order : key == "shape" ? &shape : nullptr;
      if (!seen || *seen)
        return wrong("the key '" + std::string(key.substr(0, 40)) + "' is unknown or stands twice");
      *seen = true;
      Status status = seen == &descr ? parseDescr() : seen == &order ? parseOrder() : parseShape();
      if (status.failed())
        return status;
      if (!take(',') && !peek('}'))
        return wrong("not closed");
    }
    skip();
    if (at != text.size())
      return wrong("text follows the dictionary");
    if (!descr || !order || !shape)
      return wrong("one of descr, fortran_order and shape is missing");
    return {};
  }

private:
  void skip() {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r'))
      ++at;
  }
  bool peek(char c) {
    skip();
    return at < text.size() && text[at] == c;
  }
  bool take(char c) {
    bool found = peek(c);
    at += found;
    return found;
  }
  bool word(std::string_view expected) {
    skip();
    if (text.substr(at, expected.size()) != expected)
      return false;
    at += expected.size();
    return true;
  }
  bool string(std::string_view &value) {
    skip();
    if (at >= text.size() || (text[at] != '\'' && text[at] != '"'))
      return false;
    size_t end = text.find(text[at], at + 1);
    if (end == text.npos)
      return false;
    value = text.substr(at + 1, end - at - 1);
    at = end + 1;
    return value.find('\\') == value.npos;
  }

  Status parseDescr() {
    std::string_view descr;
    if (peek('['))
      return wrong("unsupported: element type: records");
    if (!string(descr) || descr.size() < 3)
      return wrong("descr is no element type");
    uint64_t bytes = 0;
    for (char c : descr.substr(2))
      bytes = c < '0' || c > '9' || bytes > 99 ? 1000 : bytes * 10 + static_cast<uint64_t>(c - '0');
    for (const Code &code : codes)
      if (code.kind == descr[1] && code.bytes == bytes && std::strchr("<>|=", descr[0])) {
        header.tensor.dtype = code.dtype;
        header.bigEndian = descr[0] == '>' && bytes > 1;
        return {};
      }
    return wrong("unsupported: element type '" + std::string(descr.substr(0, 40)) + "'");
  }

  Status parseOrder() {
    header.fortran = word("True");
    return header.fortran || word("False") ? Status() : wrong("fortran_order is neither True nor False");
  }

  Status parseShape() {
    if (!take('('))
      return wrong("shape is no tuple");
    bool comma = true;
    while (!take(')')) {
      skip();
      int64_t value = 0;
      size_t start = at;
      for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
        if (__builtin_mul_overflow(value, int64_t{10}, &value) || __builtin_add_overflow(value, text[at] - '0', &value))
          return wrong("a dimension of the shape is too large");
      if (at == start || !comma)
        return wrong("shape is no tuple of sizes");
      if (header.tensor.dims.size() == MLC_MAX_RANK)
        return wrong("more than " + std::to_string(MLC_MAX_RANK) + " dimensions");
      header.tensor.dims.push_back(value);
      comma = take(',');
    }
    // (3) is a number, (3,) a tuple.
    return header.tensor.dims.size() == 1 && !comma ? wrong("shape is no tuple") : Status();
  }

  std::string_view text;
  Header &header;
  size_t at = 0;
};

Status readHeader(ByteSource &bytes, Header &header) {
  unsigned char start[12];
  if (bytes.remaining() < 10)
    return wrong("the file ends in it");
  if (Status status = bytes.read(start, 10); status.failed())
    return status;
  if (std::memcmp(start, magic.data(), magic.size()))
    return wrong("not a .npy file");
  if (start[6] < 1 || start[6] > 3)
    return wrong("unsupported: version " + std::to_string(start[6]) + " of the format");
  uint64_t length = start[8] | start[9] << 8;
  if (start[6] > 1) {
    if (bytes.remaining() < 2)
      return wrong("the file ends in it");
    if (Status status = bytes.read(start + 10, 2); status.failed())
      return status;
    length |= static_cast<uint64_t>(start[10]) << 16 | static_cast<uint64_t>(start[11]) << 24;
  }
  if (length > bytes.remaining())
    return wrong("the file ends in it");
  if (length > maxHeader)
    return wrong("longer than " + std::to_string(maxHeader) + " bytes");
  std::string text(length, '\0');
  if (Status status = bytes.read(text.data(), length); status.failed())
    return status;
  return HeaderParser(text, header).parse();
}

void swapBytes(unsigned char *data, uint64_t elements, uint32_t size) {
  for (uint64_t i = 0; i < elements; ++i, data += size)
    for (uint32_t low = 0, high = size - 1; low < high; ++low, --high)
      std::swap(data[low], data[high]);
}

// From the first dimension innermost to the last dimension innermost.
void reorder(const unsigned char *from, unsigned char *to, const TensorHead &head, uint32_t size) {
  size_t rank = head.dims.size();
  std::vector<uint64_t> stride(rank), index(rank);
  uint64_t step = size;
  for (size_t d = rank; d-- > 0; step *= static_cast<uint64_t>(head.dims[d]))
    stride[d] = step;
  uint64_t place = 0;
  for (uint64_t i = 0; i < head.elements; ++i, from += size) {
    std::memcpy(to + place, from, size);
    for (size_t d = 0; d < rank; ++d) {
      place += stride[d];
      if (++index[d] < static_cast<uint64_t>(head.dims[d]))
        break;
      place -= stride[d] * index[d];
      index[d] = 0;
    }
  }
}

class NpySource : public TensorSource {
public:
  NpySource(Header head, std::unique_ptr<ByteSource> source)
      : bytes(std::move(source)), bigEndian(head.bigEndian), fortran(head.fortran) {
    header = std::move(head.tensor);
  }

  Status read(Tensor &tensor) override {
    tensor.head = header;
    rt::Buffer raw;
    if (!raw.reserve(header.bytes))
      return Status::error("npy data: no memory for " + std::to_string(header.bytes) + " bytes");
    auto *data = static_cast<unsigned char *>(raw.data());
    if (Status status = bytes->read(data, header.bytes); status.failed())
      return status;
    if (Status status = bytes->finish(); status.failed())
      return status;
    // A complex number is two that are swapped each for itself.
    uint32_t size = mlc_dtype_bytes(header.dtype);
    bool complex = header.dtype == MLC_C64 || header.dtype == MLC_C128;
    if (bigEndian)
      swapBytes(data, header.elements * (complex ? 2 : 1), complex ? size / 2 : size);
    if (header.dtype == MLC_BOOL)
      for (uint64_t i = 0; i < header.elements; ++i)
        data[i] = data[i] != 0;
    if (!fortran || header.dims.size() < 2) {
      tensor.data = std::move(raw);
      return {};
    }
    if (!tensor.data.reserve(header.bytes))
      return Status::error("npy data: no memory for " + std::to_string(header.bytes) + " bytes");
    reorder(data, static_cast<unsigned char *>(tensor.data.data()), header, size);
    return {};
  }

private:
  std::unique_ptr<ByteSource> bytes;
  bool bigEndian, fortran;
};

} // namespace

Status openNpy(std::unique_ptr<ByteSource> bytes, std::unique_ptr<TensorSource> &source) {
  Header header;
  if (Status status = readHeader(*bytes, header); status.failed())
    return status;
  if (Status status = measure(header.tensor); status.failed())
    return status;
  if (bytes->remaining() != header.tensor.bytes)
    return Status::error("npy data: " + std::to_string(bytes->remaining()) + " bytes found, " +
                         std::to_string(header.tensor.bytes) + " expected for the shape " +
                         rt::shapeText(header.tensor.dims.data(), static_cast<int32_t>(header.tensor.dims.size())));
  source = std::make_unique<NpySource>(std::move(header), std::move(bytes));
  return {};
}

bool npyHas(int32_t dtype) {
  for (const Code &code : codes)
    if (code.dtype == dtype)
      return true;
  return false;
}

std::string npyHeader(const mlc_tensor &tensor) {
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
  std::string text = "{'descr': '";
  for (const Code &code : codes)
    if (code.dtype == tensor.dtype)
      text += std::string(1, code.bytes == 1 ? '|' : '<') + code.kind + std::to_string(code.bytes);
  text += "', 'fortran_order': False, 'shape': (";
  for (int32_t i = 0; i < tensor.rank; ++i)
    text += std::to_string(tensor.dims[i]) + (i + 1 < tensor.rank ? ", " : tensor.rank == 1 ? "," : "");
  text += "), }";
  constexpr size_t before = 10; // magic, version, length
  text.append(64 - (before + text.size() + 1) % 64, ' ');
  text += '\n';
  std::string header(magic);
  header += {'\x01', '\x00', static_cast<char>(text.size() & 0xff), static_cast<char>(text.size() >> 8)};
  return header + text;
}

} // namespace mlc::io
