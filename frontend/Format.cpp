#include "Format.h"

#include <cstdint>

namespace mlc::frontend {

namespace {

bool readVarint(std::string_view bytes, size_t &at, uint64_t &value) {
  value = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    if (at >= bytes.size())
      return false;
    uint8_t b = static_cast<uint8_t>(bytes[at++]);
    if (shift < 64)
      value |= static_cast<uint64_t>(b & 0x7f) << shift;
    if (!(b & 0x80))
      return true;
  }
  return false;
}

// The wire types of the fields of ONNX's ModelProto; -1 for numbers that it does not use.
int modelFieldWireType(uint64_t field) {
  switch (field) {
  case 1: case 5:
    return 0;
  case 2: case 3: case 4: case 6: case 7: case 8: case 14: case 20: case 25:
    return 2;
  default:
    return -1;
  }
}

// Whether the file begins as an ONNX model does. A file that is cut off later counts: the reader says what is wrong with it.
bool looksLikeOnnx(std::string_view bytes) {
  size_t at = 0;
  unsigned known = 0;
  while (at < bytes.size() && known < 8) {
    uint64_t tag, value;
    if (!readVarint(bytes, at, tag) || tag >> 3 == 0)
      return false;
    unsigned wire = tag & 7;
    int expected = modelFieldWireType(tag >> 3);
    if (expected >= 0 && wire != static_cast<unsigned>(expected))
      return false;
    known += expected >= 0;
    if (expected < 0 && tag >> 3 < 100)
      return false;
    switch (wire) {
    case 0:
      if (!readVarint(bytes, at, value))
        return known > 1;
      break;
    case 1:
      at += 8;
      break;
    case 2:
      if (!readVarint(bytes, at, value))
        return known > 1;
      if (value > bytes.size() - at)
        return true;
      at += value;
      break;
    case 5:
      at += 4;
      break;
    default:
      return known > 0;
    }
  }
  return known > 0;
}

bool looksLikeMlirText(std::string_view bytes) {
  size_t at = bytes.find_first_not_of(" \t\r\n");
  if (at == std::string_view::npos)
    return false;
  std::string_view rest = bytes.substr(at);
  for (std::string_view start : {"module", "func.func", "//", "#", "!", "\"builtin.module\"", "builtin.module", "{-#"})
    if (rest.starts_with(start))
      return rest.substr(0, 4096).find('\0') == std::string_view::npos;
  return false;
}

} // namespace

Format detectFormat(std::string_view bytes) {
  using namespace std::literals;
  if (bytes.empty())
    return Format::Empty;
  if (bytes.starts_with("\x89HDF\r\n\x1a\n"sv))
    return Format::Hdf5;
  if (bytes.starts_with("PK\x03\x04"sv))
    return Format::Zip;
  if (bytes.starts_with("ML\xefR"sv))
    return Format::MlirBytecode;
  if (bytes.size() >= 8 && bytes.substr(4, 4) == "TFL3"sv)
    return Format::TfLite;
  if (looksLikeMlirText(bytes))
    return Format::MlirText;
  if (looksLikeOnnx(bytes))
    return Format::Onnx;
  return Format::Unknown;
}

const char *formatName(Format format) {
  switch (format) {
  case Format::Empty: return "an empty file";
  case Format::Onnx: return "ONNX";
  case Format::TfLite: return "TensorFlow Lite";
  case Format::Hdf5: return "HDF5 (Keras)";
  case Format::Zip: return "a zip archive (Keras)";
  case Format::MlirText: return "MLIR text";
  case Format::MlirBytecode: return "MLIR bytecode";
  case Format::Unknown: break;
  }
  return "of an unknown format";
}

} // namespace mlc::frontend
