// ONNX TensorProto (.pb), read and written on the wire: the six fields that hold data and the four that describe it.
//
// Elements of 4 and 2 bits take a byte each in memory and stand packed in the file, lowest bits first.
#ifndef MLC_RUNTIME_IO_PROTO_H
#define MLC_RUNTIME_IO_PROTO_H

#include "Bytes.h"
#include "Tensor.h"

namespace mlc::io {

Status openProto(std::unique_ptr<ByteSource> bytes, std::unique_ptr<TensorSource> &source);

// The whole message. `strings` holds the elements of an MLC_STRING tensor, in place of its data.
Status protoBytes(const mlc_tensor &tensor, const std::string &name, const std::vector<std::string> &strings,
                  std::string &message);

} // namespace mlc::io

#endif // MLC_RUNTIME_IO_PROTO_H
