//===- Fold.h - computing with constants ------------------------------------===//
#ifndef MLC_IR_FOLD_H
#define MLC_IR_FOLD_H

#include "Dialect.h"

namespace mlc {

/// Constants of at most this many bytes are `dense` attributes, larger ones resources.
constexpr int64_t kInlineConstantBytes = 4096;

/// ONNX's number of an element type (enum mlc_dtype), 0 where there is none, and back.
int32_t dtypeOf(mlir::Type element);
mlir::Type elementTypeOfDtype(int32_t dtype, mlir::MLIRContext *ctx);

/// The bytes of a constant as they stand in memory at run time (see mlc/abi.h). Points into the attribute where it can,
/// else into `storage`.
llvm::ArrayRef<char> bytesOf(mlir::ElementsAttr value, llvm::SmallVectorImpl<char> &storage);

/// A constant from such bytes; large ones become a resource that takes the memory over.
mlir::ElementsAttr constantFromBytes(mlir::RankedTensorType type, std::vector<char> &&bytes);

/// Gives the memory of such a constant back, which nothing may use any more: contexts keep resources as long as they live.
void releaseConstant(mlir::ElementsAttr value);

/// The elements of an integer (or integer-valued) constant or symbolic value as expressions, where there are at most 1024.
std::optional<llvm::SmallVector<mlir::AffineExpr>> symbolicElements(mlir::Attribute value, mlir::Type type);
/// The same for a value, through the operation that defines it.
std::optional<llvm::SmallVector<mlir::AffineExpr>> symbolicElements(mlir::Value value);

/// Folds an operation with constant or symbolic operands; nothing where it cannot be, or where the result would be much
/// larger than the operands.
llvm::LogicalResult foldOperation(mlir::Operation *op, llvm::ArrayRef<mlir::Attribute> operands,
                                  llvm::SmallVectorImpl<mlir::OpFoldResult> &results);
mlir::OpFoldResult foldOne(mlir::Operation *op, llvm::ArrayRef<mlir::Attribute> operands);

/// The number that all elements of a constant are; nothing for large constants, which are resources.
std::optional<double> numberOf(mlir::Attribute constant);

} // namespace mlc

#endif // MLC_IR_FOLD_H
