//===- Types.h - ONNX's element types --------------------------------------===//
#ifndef MLC_FRONTEND_ONNX_TYPES_H
#define MLC_FRONTEND_ONNX_TYPES_H

#include "mlir/IR/BuiltinTypes.h"
#include <string>

namespace mlc::onnx {

/// ONNX's numbers are those of enum mlc_dtype. Null for strings, complex numbers and unknown numbers.
mlir::Type typeOfNumber(int32_t dataType, mlir::MLIRContext *ctx);

/// The inverse; 0 where there is none.
int32_t dataTypeOf(mlir::Type elementType);

/// For messages: "float32", "string", "type 99".
std::string dataTypeName(int32_t dataType);

/// Bits of one element in ONNX's raw data, 0 for what has no fixed width.
unsigned packedBits(int32_t dataType);

/// Bytes of one element in memory: narrow integers and booleans take one.
unsigned memoryBytes(int32_t dataType);

} // namespace mlc::onnx

#endif // MLC_FRONTEND_ONNX_TYPES_H
