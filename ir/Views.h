//===- Views.h - tensors that stand within others in memory ----------------===//
//
// Behind the groups, a concatenation or a slice marked as `view` has no kernel: the parts stand in the whole, and the kernels
// that write and read them count with the distances there, which groups have as `strides`. All sizes are known.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_IR_VIEWS_H
#define MLC_IR_VIEWS_H

#include "Dialect.h"

namespace mlc {

/// Whether an operator is a concatenation or a slice without a kernel.
bool isView(mlir::Operation *op);

using Strides = llvm::SmallVector<int64_t>;

/// Distances of neighbours along each dimension, in elements, of a tensor that stands by itself.
Strides stridesOf(llvm::ArrayRef<int64_t> shape);

/// The same distances where they matter: those of dimensions of one element are what they would be without gaps.
Strides canonicalStrides(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> strides);

/// Whether elements with such distances follow on each other.
bool isContiguous(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> strides);

/// How far behind the whole's first element that of a part of a concatenation stands, if the whole has such distances.
int64_t offsetOfPart(ConcatOp concat, unsigned part, llvm::ArrayRef<int64_t> strides);

/// Where a value outside of groups stands: how far behind the first element of the tensor that it is in, in elements.
struct Within {
  mlir::Value whole;
  int64_t offset = 0;
  Strides strides;   // canonical; empty where the value is the whole
};
Within placeWithin(mlir::Value value);

/// Checks, of a verified function, that parts lie as those need them who read or write them.
llvm::LogicalResult checkViews(mlir::func::FuncOp function);

/// What a group's `strides` have to be, by where its operands and results stand.
Strides groupStrides(GroupOp group);

/// The same of an operand or a result as the group's region sees it: empty where it stands by itself.
llvm::ArrayRef<int64_t> gappedStrides(mlir::Value value);
/// Its distances in memory in any case.
llvm::SmallVector<mlir::AffineExpr> memoryStrides(mlir::Value value);

} // namespace mlc

#endif // MLC_IR_VIEWS_H
