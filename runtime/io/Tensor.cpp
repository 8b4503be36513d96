#include "Tensor.h"

#include "Npy.h"
#include "Proto.h"
#include "runtime/Element.h"

#include <algorithm>
#include <cstring>

namespace mlc::io {

mlc_tensor Tensor::view() const {
  mlc_tensor view{};
  view.size = sizeof view;
  view.dtype = head.dtype;
  view.rank = static_cast<int32_t>(head.dims.size());
  std::copy(head.dims.begin(), head.dims.end(), view.dims);
  view.data = data.data();
  view.bytes = head.bytes;
  return view;
}

Status measure(TensorHead &head) {
  if (head.dims.size() > MLC_MAX_RANK)
    return Status::error("shape: " + std::to_string(head.dims.size()) + " dimensions, at most " +
                         std::to_string(MLC_MAX_RANK) + " are supported");
  auto rank = static_cast<int32_t>(head.dims.size());
  auto elements = rt::elementCount(head.dims.data(), rank);
  auto bytes = rt::tensorBytes(head.dtype, head.dims.data(), rank);
  if (!elements || !bytes)
    return Status::error("shape: " + rt::shapeText(head.dims.data(), rank) + " is negative or too large");
  head.elements = *elements;
  head.bytes = *bytes;
  return {};
}

Status openTensor(const std::string &path, std::unique_ptr<TensorSource> &source) {
  auto file = std::make_shared<File>();
  if (Status status = file->open(path); status.failed())
    return status;
  char start[6] = {};
  if (Status status = file->readAt(start, std::min<uint64_t>(sizeof start, file->size()), 0); status.failed())
    return status;
  auto bytes = std::make_unique<FileBytes>(file, 0, file->size());
  bool npy = !std::memcmp(start, "\x93NUMPY", sizeof start) || path.ends_with(".npy");
  return npy ? openNpy(std::move(bytes), source) : openProto(std::move(bytes), source);
}

} // namespace mlc::io
