//===- Irregular.cpp - operators without a loop nest ------------------------===//

#include "Fold.h"

#include "runtime/kernels/reference.h"

using namespace mlir;

namespace mlc {

LogicalResult CallOp::verify() {
  if (!ref::find(getKernel().str().c_str()))
    return emitOpError("calls '") << getKernel() << "', which is no reference kernel";
  if (!getMask().empty() && llvm::count(getMask(), true) != static_cast<int64_t>(getOperands().size()))
    return emitOpError("has a mask that does not fit its operands");
  return success();
}

LogicalResult CallOp::getReference(ReferenceCall &call) {
  call.name = getKernel().str();
  call.ints.assign(getInts().begin(), getInts().end());
  call.floats.assign(getFloats().begin(), getFloats().end());
  call.mask.assign(getMask().begin(), getMask().end());
  return success();
}

LogicalResult CallOp::fold(FoldAdaptor adaptor, SmallVectorImpl<OpFoldResult> &results) {
  return foldOperation(*this, adaptor.getOperands(), results);
}

} // namespace mlc

#define GET_OP_CLASSES
#include "Irregular.cpp.inc"
