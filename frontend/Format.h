//===- Format.h - what a model file is, told by its content ----------------===//
#ifndef MLC_FRONTEND_FORMAT_H
#define MLC_FRONTEND_FORMAT_H

#include <string_view>

namespace mlc::frontend {

enum class Format { Unknown, Empty, Onnx, TfLite, Hdf5, Zip, MlirText, MlirBytecode };

/// The file's name plays no part. ONNX has no magic number: its outermost fields have to make sense to the last byte.
Format detectFormat(std::string_view bytes);

/// For messages, for example "TensorFlow Lite".
const char *formatName(Format format);

} // namespace mlc::frontend

#endif // MLC_FRONTEND_FORMAT_H
