// Tensors in files: what stands in the head of one, and the tensor itself in memory.
#ifndef MLC_RUNTIME_IO_TENSOR_H
#define MLC_RUNTIME_IO_TENSOR_H

#include "Status.h"
#include "runtime/Buffer.h"

#include <mlc/runtime.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mlc::io {

struct TensorHead {
  int32_t dtype = MLC_NONE;
  std::vector<int64_t> dims; // at most MLC_MAX_RANK
  uint64_t elements = 0;
  uint64_t bytes = 0; // in memory
};

struct Tensor {
  TensorHead head;
  rt::Buffer data;
  std::vector<std::string> strings; // instead of data, for MLC_STRING

  // The same as the runtime's struct; the data stays here.
  mlc_tensor view() const;
};

// Fills in `elements` and `bytes`; fails for more than MLC_MAX_RANK dimensions, negative ones, and sizes that no memory
// can have.
Status measure(TensorHead &head);

// A tensor in a file whose head has been read and whose data has not: a wrong shape is refused before memory is taken.
class TensorSource {
public:
  virtual ~TensorSource() = default;
  const TensorHead &head() const { return header; }
  // Reads the data; once.
  virtual Status read(Tensor &tensor) = 0;

protected:
  TensorHead header;
};

// A .npy, or an ONNX TensorProto (.pb): told by content.
Status openTensor(const std::string &path, std::unique_ptr<TensorSource> &source);

} // namespace mlc::io

#endif // MLC_RUNTIME_IO_TENSOR_H
