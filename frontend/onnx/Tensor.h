//===- Tensor.h - ONNX tensors as attributes -------------------------------===//
#ifndef MLC_FRONTEND_ONNX_TENSOR_H
#define MLC_FRONTEND_ONNX_TENSOR_H

#include "Model.h"

#include "mlir/IR/BuiltinAttributes.h"

namespace mlc::onnx {

/// Constants up to this many bytes hold their elements in the attribute (and fold); larger ones are resources over the file.
constexpr uint64_t kMaxInlineBytes = 4096;

/// The attribute of a tensor, with its elements as they stand in memory (one byte for booleans and narrow types). Sizes are
/// checked before anything is multiplied, allocated or read. Null, with the reason in `error`, where the tensor is refused;
/// `unsupported` says whether it is right but of a kind that mlc does not handle.
mlir::ElementsAttr readTensor(const std::shared_ptr<Model> &model, const proto::TensorProto &tensor, mlir::MLIRContext *ctx,
                              std::string &error, bool &unsupported);

/// A sparse tensor, filled up with zeros.
mlir::ElementsAttr readSparseTensor(const std::shared_ptr<Model> &model, const proto::SparseTensorProto &tensor,
                                    mlir::MLIRContext *ctx, std::string &error, bool &unsupported);

/// An attribute from elements as they stand in memory; `owner` keeps `bytes` alive where they are not copied.
mlir::ElementsAttr elementsFromMemory(mlir::RankedTensorType type, llvm::ArrayRef<char> bytes, llvm::StringRef name,
                                      std::shared_ptr<const void> owner);

} // namespace mlc::onnx

#endif // MLC_FRONTEND_ONNX_TENSOR_H
