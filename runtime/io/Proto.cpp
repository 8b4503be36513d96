#include "Proto.h"

#include "Wire.h"
#include "runtime/Element.h"

#include <algorithm>
#include <cstring>

namespace mlc::io {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "raw_data is little-endian");

// Numbers of the fields of onnx.TensorProto.
enum Field : uint32_t {
  Dims = 1,
  DataType = 2,
  Segment = 3,
  FloatData = 4,
  Int32Data = 5,
  StringData = 6,
  Int64Data = 7,
  Name = 8,
  RawData = 9,
  DoubleData = 10,
  Uint64Data = 11,
  ExternalData = 13,
  DataLocation = 14
};

// Largest message that other readers take.
constexpr uint64_t maxMessage = INT32_MAX;

Status wrong(const std::string &what) { return Status::error("tensor: " + what); }

// The field that holds a type's elements where raw_data does not, and how many of its values an element takes.
struct Layout {
  Field field;
  uint32_t values;
};

Layout layoutOf(int32_t dtype) {
  switch (dtype) {
  case MLC_F32: return {FloatData, 1};
  case MLC_C64: return {FloatData, 2};
  case MLC_F64: return {DoubleData, 1};
  case MLC_C128: return {DoubleData, 2};
  case MLC_I64: return {Int64Data, 1};
  case MLC_U32:
  case MLC_U64: return {Uint64Data, 1};
  case MLC_STRING: return {StringData, 1};
  default: return {Int32Data, 1};
  }
}

uint64_t packedBytes(int32_t dtype, uint64_t elements) {
  uint32_t perByte = 8 / rt::packedBits(dtype);
  return elements / perByte + (elements % perByte != 0);
}

bool isSigned(int32_t dtype) { return dtype == MLC_I4 || dtype == MLC_I2; }

void unpack(const unsigned char *from, unsigned char *to, uint64_t elements, int32_t dtype) {
  uint32_t bits = rt::packedBits(dtype), perByte = 8 / bits;
  for (uint64_t i = 0; i < elements; ++i) {
    uint32_t value = from[i / perByte] >> (i % perByte * bits) & ((1u << bits) - 1);
    if (isSigned(dtype) && value >> (bits - 1))
      value |= ~0u << bits;
    to[i] = static_cast<unsigned char>(value);
  }
}

class ProtoSource : public TensorSource {
public:
  Status open(std::unique_ptr<ByteSource> bytes) {
    uint64_t size = bytes->remaining();
    if (size > maxMessage)
      return wrong("longer than a message may be (2 GiB)");
    if (!message.reserve(size))
      return wrong("no memory for " + std::to_string(size) + " bytes");
    if (Status status = bytes->read(message.data(), size); status.failed())
      return status;
    if (Status status = bytes->finish(); status.failed())
      return status;
    text = {static_cast<const char *>(message.data()), size};
    return readHead();
  }

  Status read(Tensor &tensor) override {
    tensor.head = header;
    if (header.dtype == MLC_STRING)
      return readStrings(tensor);
    if (!tensor.data.reserve(header.bytes))
      return wrong("no memory for " + std::to_string(header.bytes) + " bytes");
    auto *data = static_cast<unsigned char *>(tensor.data.data());
    if (Status status = hasRaw ? readRaw(data) : readTyped(data); status.failed())
      return status;
    if (header.dtype == MLC_BOOL)
      for (uint64_t i = 0; i < header.elements; ++i)
        data[i] = data[i] != 0;
    return {};
  }

private:
  Status readHead() {
    WireReader reader(text);
    bool external = false;
    uint64_t dtype = 0;
    while (reader.next()) {
      bool number = reader.type == WireReader::Varint, bytes = reader.type == WireReader::Bytes;
      if (reader.field == Dims && (number || bytes)) {
        WireReader packed(bytes ? reader.bytes : std::string_view());
        if (number)
          header.dims.push_back(static_cast<int64_t>(reader.number));
        while (!packed.atEnd() && header.dims.size() <= MLC_MAX_RANK) {
          header.dims.push_back(static_cast<int64_t>(packed.varint()));
          if (packed.failed())
            return wrong("its dimensions are damaged; no ONNX TensorProto");
        }
        if (header.dims.size() > MLC_MAX_RANK)
          return wrong("more than " + std::to_string(MLC_MAX_RANK) + " dimensions");
      } else if (reader.field == DataType && number) {
        dtype = reader.number;
      } else if (reader.field == RawData && bytes) {
        hasRaw = true;
        raw = reader.bytes;
      } else if (reader.field == Segment || reader.field == ExternalData ||
                 (reader.field == DataLocation && reader.number != 0)) {
        external = true;
      }
    }
    if (reader.failed())
      return wrong("the message is damaged or cut off; no ONNX TensorProto");
    if (external)
      return wrong("unsupported: data in another file or message (or a sequence or optional value)");
    if (dtype == MLC_NONE || dtype >= rt::elementTypes)
      return wrong("unsupported: element type number " + std::to_string(dtype) +
                   " (a tensor is expected; sequence and optional values are not supported)");
    header.dtype = static_cast<int32_t>(dtype);
    if (Status status = measure(header); status.failed())
      return status;
    // Every element takes some bits of the file, so memory beyond eight times its size is never asked for.
    if (header.elements / 4 > text.size())
      return wrong("fewer values than the shape " + shape() + " has");
    return {};
  }

  std::string shape() const { return rt::shapeText(header.dims.data(), static_cast<int32_t>(header.dims.size())); }

  Status readRaw(unsigned char *data) {
    bool packed = rt::packedBits(header.dtype) < 8;
    uint64_t expected = packed ? packedBytes(header.dtype, header.elements) : header.bytes;
    if (raw.size() != expected)
      return wrong(std::to_string(raw.size()) + " bytes of data found, " + std::to_string(expected) +
                   " expected for the shape " + shape());
    if (packed)
      unpack(reinterpret_cast<const unsigned char *>(raw.data()), data, header.elements, header.dtype);
    else if (expected)
      std::memcpy(data, raw.data(), expected);
    return {};
  }

  // Values of the one field that holds this type, packed or one by one, in as many pieces as there are.
  Status readTyped(unsigned char *data) {
    Layout layout = layoutOf(header.dtype);
    bool packed = rt::packedBits(header.dtype) < 8;
    uint32_t size = packed ? 1 : mlc_dtype_bytes(header.dtype) / layout.values;
    uint64_t expected = packed ? packedBytes(header.dtype, header.elements) : header.elements * layout.values;
    rt::Buffer nibbles;
    if (packed && !nibbles.reserve(expected))
      return wrong("no memory for " + std::to_string(expected) + " bytes");
    auto *to = packed ? static_cast<unsigned char *>(nibbles.data()) : data;
    uint64_t found = 0;
    auto put = [&](const void *value) {
      if (found < expected)
        std::memcpy(to + found * size, value, size);
      ++found;
    };

    WireReader reader(text);
    while (reader.next()) {
      if (reader.field != layout.field)
        continue;
      uint32_t fixed = layout.field == FloatData ? 4 : layout.field == DoubleData ? 8 : 0;
      if (reader.type != WireReader::Bytes) {
        put(&reader.number);
      } else if (fixed) {
        if (reader.bytes.size() % fixed)
          return wrong("its values are damaged");
        for (size_t i = 0; i < reader.bytes.size(); i += fixed)
          put(reader.bytes.data() + i);
      } else {
        for (WireReader values(reader.bytes); !values.atEnd();) {
          uint64_t value = values.varint();
          if (values.failed())
            return wrong("its values are damaged");
          if (header.dtype == MLC_BOOL)
            value = value != 0;
          put(&value);
        }
      }
    }
    if (found != expected)
      return wrong(std::to_string(found) + " values found, " + std::to_string(expected) + " expected for the shape " +
                   shape());
    if (packed)
      unpack(to, data, header.elements, header.dtype);
    return {};
  }

  Status readStrings(Tensor &tensor) {
    WireReader reader(text);
    while (reader.next())
      if (reader.field == StringData && reader.type == WireReader::Bytes)
        tensor.strings.emplace_back(reader.bytes);
    if (tensor.strings.size() != header.elements)
      return wrong(std::to_string(tensor.strings.size()) + " strings found, " + std::to_string(header.elements) +
                   " expected for the shape " + shape());
    return {};
  }

  rt::Buffer message;
  std::string_view text, raw;
  bool hasRaw = false;
};

} // namespace

Status openProto(std::unique_ptr<ByteSource> bytes, std::unique_ptr<TensorSource> &source) {
  auto made = std::make_unique<ProtoSource>();
  Status status = made->open(std::move(bytes));
  if (!status.failed())
    source = std::move(made);
  return status;
}

Status protoBytes(const mlc_tensor &tensor, const std::string &name, const std::vector<std::string> &strings,
                  std::string &message) {
  message.clear();
  for (int32_t i = 0; i < tensor.rank; ++i)
    writeNumber(message, Dims, static_cast<uint64_t>(tensor.dims[i]));
  writeNumber(message, DataType, static_cast<uint64_t>(tensor.dtype));
  for (const std::string &text : strings) {
    writeLength(message, StringData, text.size());
    message += text;
  }
  writeLength(message, Name, name.size());
  message += name;
  if (tensor.dtype != MLC_STRING) {
    uint32_t bits = rt::packedBits(tensor.dtype);
    bool packed = bits < 8;
    uint64_t bytes = packed ? packedBytes(tensor.dtype, tensor.bytes) : tensor.bytes;
    if (bytes > maxMessage - message.size() - 16)
      return wrong("too large for a message of at most 2 GiB; .npy has no such bound");
    writeLength(message, RawData, bytes);
    size_t start = message.size();
    if (!packed)
      message.append(static_cast<const char *>(tensor.data), bytes);
    else
      message.resize(start + bytes);
    uint32_t perByte = 8 / std::min(bits, 8u);
    for (uint64_t i = 0; packed && i < tensor.bytes; ++i) {
      uint32_t value = static_cast<const unsigned char *>(tensor.data)[i] & ((1u << bits) - 1);
      message[start + i / perByte] = static_cast<char>(message[start + i / perByte] | value << (i % perByte * bits));
    }
  }
  return {};
}

} // namespace mlc::io
