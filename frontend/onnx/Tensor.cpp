#include "Tensor.h"

#include "Types.h"

#include "mlc/abi.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/Support/CheckedArithmetic.h"
#include <bit>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

using namespace mlir;

namespace mlc::onnx {

static_assert(std::endian::native == std::endian::little, "raw data are little-endian");

namespace {

constexpr int64_t kMaxElements = int64_t{1} << 40;

// The number of elements, or nothing where dimensions are negative or too large.
std::optional<int64_t> countElements(ArrayRef<int64_t> dims) {
  int64_t count = 1;
  bool empty = llvm::is_contained(dims, 0);
  for (int64_t d : dims) {
    if (d < 0 || d > kMaxElements)
      return std::nullopt;
    if (empty)
      continue;
    auto product = llvm::checkedMul(count, d);
    if (!product || *product > kMaxElements)
      return std::nullopt;
    count = *product;
  }
  return empty ? 0 : count;
}

bool parseNumber(const std::string &text, uint64_t &value) {
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc() && end == text.data() + text.size();
}

// Maps a file inside the model's folder. The path is walked part by part from the folder without following links, so that
// no name leads outside.
std::shared_ptr<frontend::MappedFile> mapExternal(Model &model, const std::string &location, std::string &error) {
  if (auto it = model.external.find(location); it != model.external.end())
    return it->second;
  if (location.empty() || location[0] == '/' || location.find('\0') != std::string::npos || location.find('\\') != std::string::npos) {
    error = "the location '" + location + "' of its external data is no path inside the model's folder";
    return nullptr;
  }
  int folder = ::open(model.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  std::string rest = location;
  while (folder >= 0) {
    size_t slash = rest.find('/');
    std::string part = rest.substr(0, slash);
    if (part == ".." || (part == "." && slash == std::string::npos)) {
      ::close(folder);
      error = "the location '" + location + "' of its external data is no file inside the model's folder";
      return nullptr;
    }
    if (slash == std::string::npos) {
      int file = ::openat(folder, part.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
      ::close(folder);
      if (file < 0)
        break;
      std::string reason;
      auto mapped = frontend::MappedFile::map(file, reason);
      ::close(file);
      if (!mapped)
        error = "its external data '" + location + "' cannot be read: " + reason;
      else
        model.external[location] = mapped;
      return mapped;
    }
    rest = rest.substr(slash + 1);
    if (part.empty() || part == ".")
      continue;
    int next = ::openat(folder, part.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    ::close(folder);
    folder = next;
  }
  error = "its external data '" + location + "' cannot be opened in the model's folder (missing, or a link)";
  return nullptr;
}

// The bytes of external data: at least `bytes` of them.
bool externalBytes(Model &model, const proto::TensorProto &tensor, uint64_t bytes, ArrayRef<char> &result,
                   std::shared_ptr<const void> &owner, std::string &error) {
  const std::string *location = nullptr;
  uint64_t offset = 0, length = bytes;
  for (const auto &entry : tensor.external_data()) {
    if (entry.key() == "location")
      location = &entry.value();
    else if ((entry.key() == "offset" && !parseNumber(entry.value(), offset)) ||
             (entry.key() == "length" && !parseNumber(entry.value(), length))) {
      error = "the " + entry.key() + " '" + entry.value() + "' of its external data is no number";
      return false;
    }
  }
  if (!location) {
    error = "its external data have no location";
    return false;
  }
  auto file = mapExternal(model, *location, error);
  if (!file)
    return false;
  if (length < bytes || offset > file->size() || length > file->size() - offset) {
    error = "its external data '" + *location + "' hold " + std::to_string(file->size()) + " bytes, needed are " +
            std::to_string(bytes) + " from " + std::to_string(offset) + " on (given length " + std::to_string(length) + ")";
    return false;
  }
  result = ArrayRef<char>(file->data() + offset, bytes);
  owner = file;
  return true;
}

// Elements of fewer than 8 bits, packed from the lowest bits on, one a byte; with their sign where they have one.
std::vector<char> unpack(ArrayRef<char> packed, int64_t count, unsigned bits, bool isSigned) {
  std::vector<char> result(count);
  unsigned perByte = 8 / bits, mask = (1u << bits) - 1;
  for (int64_t i = 0; i < count; ++i) {
    unsigned v = (static_cast<uint8_t>(packed[i / perByte]) >> (i % perByte * bits)) & mask;
    if (isSigned && v >> (bits - 1))
      v |= ~mask;
    result[i] = static_cast<char>(v);
  }
  return result;
}

template <typename T, typename Field>
std::vector<char> narrow(const Field &field) {
  std::vector<char> result(field.size() * sizeof(T));
  for (int i = 0; i < field.size(); ++i) {
    T v = static_cast<T>(field.Get(i));
    std::memcpy(result.data() + i * sizeof(T), &v, sizeof(T));
  }
  return result;
}

// The elements of the typed fields as they would stand in raw data.
std::vector<char> typedData(const proto::TensorProto &t, bool &known) {
  known = true;
  switch (t.data_type()) {
  case MLC_F32: return narrow<float>(t.float_data());
  case MLC_F64: return narrow<double>(t.double_data());
  case MLC_I64: return narrow<int64_t>(t.int64_data());
  case MLC_U64: return narrow<uint64_t>(t.uint64_data());
  case MLC_U32: return narrow<uint32_t>(t.uint64_data());
  case MLC_I32: return narrow<int32_t>(t.int32_data());
  case MLC_U16: case MLC_I16: case MLC_F16: case MLC_BF16:
    return narrow<uint16_t>(t.int32_data());
  default:
    known = packedBits(t.data_type()) != 0 && packedBits(t.data_type()) <= 8;
    return known ? narrow<uint8_t>(t.int32_data()) : std::vector<char>();
  }
}

bool fieldsInRange(const proto::TensorProto &t) {
  unsigned bits = t.data_type() == MLC_BOOL ? 8 : packedBits(t.data_type());
  if (bits >= 32)
    return true;
  // Narrow elements stand packed in whole bytes.
  bits = std::max(bits, 8u);
  for (int32_t v : t.int32_data())
    if (v >= int32_t{1} << bits || v < -(int32_t{1} << (bits - 1)))
      return false;
  return true;
}

} // namespace

ElementsAttr elementsFromMemory(RankedTensorType type, ArrayRef<char> bytes, StringRef name, std::shared_ptr<const void> owner) {
  Type element = type.getElementType();
  unsigned bits = element.getIntOrFloatBitWidth();
  if (bytes.size() <= kMaxInlineBytes) {
    if (element.isInteger(1)) {
      SmallVector<bool> values(bytes.size());
      for (size_t i = 0; i < bytes.size(); ++i)
        values[i] = bytes[i] != 0;
      return DenseElementsAttr::get(type, values);
    }
    if (bits >= 8)
      return DenseElementsAttr::getFromRawBuffer(type, bytes);
    // The attribute wants the bits above the element's own to be clear.
    std::vector<char> cleared(bytes.begin(), bytes.end());
    for (char &c : cleared)
      c = static_cast<char>(c & ((1 << bits) - 1));
    return DenseElementsAttr::getFromRawBuffer(type, cleared);
  }
  size_t alignment = std::max<size_t>(1, bits / 8);
  if (reinterpret_cast<uintptr_t>(bytes.data()) % alignment != 0) {
    auto copy = std::make_shared<std::vector<char>>(bytes.begin(), bytes.end());
    bytes = *copy;
    owner = copy;
  }
  AsmResourceBlob blob(bytes, alignment, [owner](void *, size_t, size_t) {}, /*dataIsMutable=*/false);
  return DenseResourceElementsAttr::get(type, name, std::move(blob));
}

ElementsAttr readTensor(const std::shared_ptr<Model> &model, const proto::TensorProto &tensor, MLIRContext *ctx, std::string &error,
                        bool &unsupported) {
  unsupported = false;
  int32_t dataType = tensor.data_type();
  Type element = typeOfNumber(dataType, ctx);
  if (!element) {
    unsupported = packedBits(dataType) != 0 || dataType == MLC_STRING;
    error = "elements of " + dataTypeName(dataType) + (unsupported ? " are not handled" : " do not exist");
    return nullptr;
  }
  ArrayRef<int64_t> dims(tensor.dims().data(), tensor.dims_size());
  if (dims.size() > MLC_MAX_RANK) {
    unsupported = true;
    error = "it has " + std::to_string(dims.size()) + " dimensions, " + std::to_string(MLC_MAX_RANK) + " are handled";
    return nullptr;
  }
  std::optional<int64_t> count = countElements(dims);
  if (!count) {
    error = "its dimensions are negative or too large";
    return nullptr;
  }
  if (tensor.has_segment()) {
    unsupported = true;
    error = "tensors in segments are not handled";
    return nullptr;
  }
  auto type = RankedTensorType::get(dims, element);
  unsigned bits = packedBits(dataType);
  uint64_t packedBytes = (static_cast<uint64_t>(*count) * bits + 7) / 8;
  std::string name = tensor.name().empty() ? "constant" : tensor.name();

  ArrayRef<char> bytes;
  std::shared_ptr<const void> owner = model;
  auto keep = [&](std::vector<char> &&data) {
    auto held = std::make_shared<std::vector<char>>(std::move(data));
    bytes = *held;
    owner = held;
  };
  if (tensor.data_location() == 1) {
    if (!externalBytes(*model, tensor, packedBytes, bytes, owner, error))
      return nullptr;
  } else if (tensor.has_raw_data()) {
    bytes = ArrayRef<char>(tensor.raw_data().data(), tensor.raw_data().size());
  } else if (dataType == MLC_F32 && tensor.float_data_size()) {
    bytes = ArrayRef<char>(reinterpret_cast<const char *>(tensor.float_data().data()), tensor.float_data_size() * sizeof(float));
  } else {
    bool known;
    keep(typedData(tensor, known));
    if (!known || !fieldsInRange(tensor)) {
      error = "its data do not fit elements of " + dataTypeName(dataType);
      return nullptr;
    }
    // Narrow types may stand packed or one a field entry.
    if (bits < 8 && bytes.size() == static_cast<size_t>(*count) && bytes.size() != packedBytes)
      packedBytes = bytes.size(), bits = 8;
  }
  if (bytes.size() != packedBytes) {
    error = "it holds " + std::to_string(bytes.size()) + " bytes of data, its shape needs " + std::to_string(packedBytes);
    return nullptr;
  }
  if (bits < 8)
    keep(unpack(bytes, *count, bits, dataType == MLC_I4 || dataType == MLC_I2));
  if (dataType == MLC_BOOL && llvm::any_of(bytes, [](char c) { return c & ~1; })) {
    std::vector<char> clean(bytes.begin(), bytes.end());
    for (char &c : clean)
      c = c != 0;
    keep(std::move(clean));
  }
  return elementsFromMemory(type, bytes, name, owner);
}

ElementsAttr readSparseTensor(const std::shared_ptr<Model> &model, const proto::SparseTensorProto &tensor, MLIRContext *ctx,
                              std::string &error, bool &unsupported) {
  unsupported = false;
  const proto::TensorProto &values = tensor.values();
  Type element = typeOfNumber(values.data_type(), ctx);
  ArrayRef<int64_t> dims(tensor.dims().data(), tensor.dims_size());
  std::optional<int64_t> count = countElements(dims);
  constexpr int64_t kMaxDense = int64_t{1} << 30;
  if (!element || !count || *count > kMaxDense || dims.size() > MLC_MAX_RANK) {
    error = "its element type or dimensions are not handled";
    return nullptr;
  }
  unsigned bytes = memoryBytes(values.data_type());
  int64_t stored = values.dims_size() == 1 ? values.dims(0) : -1;
  if (packedBits(values.data_type()) < 8) {
    unsupported = true;
    error = "sparse tensors of narrow elements are not handled";
    return nullptr;
  }
  auto data = readTensor(model, values, ctx, error, unsupported);
  auto indices = data ? readTensor(model, tensor.indices(), ctx, error, unsupported) : nullptr;
  if (!indices)
    return nullptr;
  auto indexType = cast<RankedTensorType>(indices.getShapedType());
  bool linear = indexType.getRank() == 1;
  if (!indexType.getElementType().isInteger(64) || indexType.getRank() < 1 || indexType.getRank() > 2 ||
      indexType.getDimSize(0) != stored || (!linear && indexType.getDimSize(1) != static_cast<int64_t>(dims.size()))) {
    error = "its indices do not fit its values";
    return nullptr;
  }
  auto raw = [](ElementsAttr a, std::vector<char> &buffer) -> ArrayRef<char> {
    if (auto dense = dyn_cast<DenseElementsAttr>(a)) {
      ArrayRef<char> bytes = dense.getRawData();
      size_t all = dense.isSplat() ? bytes.size() * dense.getNumElements() : bytes.size();
      for (size_t i = 0; i < all; ++i)
        buffer.push_back(bytes[i % bytes.size()]);
      return buffer;
    }
    return cast<DenseResourceElementsAttr>(a).getData();
  };
  if (element.isInteger(1)) {
    unsupported = true;
    error = "sparse tensors of booleans are not handled";
    return nullptr;
  }
  std::vector<char> dataBuffer, indexBuffer;
  ArrayRef<char> from = raw(data, dataBuffer), at = raw(indices, indexBuffer);
  auto dense = std::make_shared<std::vector<char>>(*count * bytes);
  for (int64_t i = 0; i < stored; ++i) {
    int64_t position = 0;
    for (size_t d = 0; d < (linear ? 1 : dims.size()); ++d) {
      int64_t index;
      std::memcpy(&index, at.data() + (linear ? i : i * dims.size() + d) * sizeof(index), sizeof(index));
      int64_t limit = linear ? *count : dims[d];
      if (index < 0 || index >= limit) {
        error = "one of its indices lies outside its shape";
        return nullptr;
      }
      position = position * limit + index;
    }
    std::memcpy(dense->data() + position * bytes, from.data() + i * bytes, bytes);
  }
  return elementsFromMemory(RankedTensorType::get(dims, element), *dense, values.name(), dense);
}

} // namespace mlc::onnx
