//===- Dialect.h - the mlc dialect -----------------------------------------===//
#ifndef MLC_IR_DIALECT_H
#define MLC_IR_DIALECT_H

#include "ElementSource.h"
#include "Symbols.h"
#include "Verify.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlc {

/// A call of a reference kernel: its name and parameters in the kernel's order. `mask`: which of the kernel's inputs are
/// present, empty where all are.
struct ReferenceCall {
  std::string name;
  llvm::SmallVector<int64_t> ints;
  llvm::SmallVector<double> floats;
  llvm::SmallVector<bool> mask;
};

} // namespace mlc

#include "Dialect.h.inc"
#include "Enums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "Attributes.h.inc"

#include "Interfaces.h.inc"

#define GET_OP_CLASSES
#include "Elementwise.h.inc"
#define GET_OP_CLASSES
#include "Movement.h.inc"
#define GET_OP_CLASSES
#include "Contraction.h.inc"
#define GET_OP_CLASSES
#include "Attention.h.inc"
#define GET_OP_CLASSES
#include "Reduction.h.inc"
#define GET_OP_CLASSES
#include "Irregular.h.inc"
#define GET_OP_CLASSES
#include "Control.h.inc"

#endif // MLC_IR_DIALECT_H
