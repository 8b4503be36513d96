// numpy's .npy: versions 1 to 3, either byte order, either order of dimensions; numbers and bool only. Nothing of it is
// ever evaluated: the header is parsed as the one dictionary that numpy writes.
#ifndef MLC_RUNTIME_IO_NPY_H
#define MLC_RUNTIME_IO_NPY_H

#include "Bytes.h"
#include "Tensor.h"

namespace mlc::io {

// Reads the header from `bytes`, which have to end where the tensor does.
Status openNpy(std::unique_ptr<ByteSource> bytes, std::unique_ptr<TensorSource> &source);

// Whether npy has this element type.
bool npyHas(int32_t dtype);

// The header of a file; the data follows it. Its length is a multiple of 64, so that the data can be mapped aligned.
std::string npyHeader(const mlc_tensor &tensor);

} // namespace mlc::io

#endif // MLC_RUNTIME_IO_NPY_H
