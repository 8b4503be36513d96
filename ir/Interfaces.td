//===- Interfaces.td - what the passes and emitters ask of operators -------===//
#ifndef MLC_IR_INTERFACES
#define MLC_IR_INTERFACES

include "mlir/IR/OpBase.td"

def Mlc_Reference : OpInterface<"Reference"> {
  let cppNamespace = "::mlc";
  let description = [{
    The plain kernel that says what the operator means (`runtime/kernels`). Folding, irregular code and the emitters'
    tests call it.
  }];
  let methods = [
    InterfaceMethod<"Name and parameters of the reference; failure where a parameter is not static.",
      "::llvm::LogicalResult", "getReference", (ins "::mlc::ReferenceCall &":$call)>,
  ];
}

def Mlc_SymbolicFold : OpInterface<"SymbolicFold"> {
  let cppNamespace = "::mlc";
  let description = "Integer operators that can be computed on expressions over symbols.";
  let methods = [
    InterfaceMethod<[{The result's elements in row-major order from the operands' elements; failure where an operand that
      is needed is unknown (empty) or the result is no expression.}],
      "::llvm::LogicalResult", "foldSymbolic",
      (ins "::llvm::ArrayRef<::llvm::SmallVector<::mlir::AffineExpr>>":$operands,
           "::llvm::SmallVectorImpl<::mlir::AffineExpr> &":$result)>,
  ];
}

def Mlc_Pointwise : OpInterface<"Pointwise"> {
  let cppNamespace = "::mlc";
  let description = [{
    Operators whose result at one index follows from few elements of the operands: element-wise ones and those that only
    move elements. They emit themselves at an index, on scalars and on vectors alike, and so fuse with their neighbours.
  }];
  let methods = [
    InterfaceMethod<"Emits the element(s) of the result at `index`; null (after a diagnostic) where it cannot.",
      "::mlir::Value", "emitAt",
      (ins "::mlc::ElementSource &":$source, "::llvm::ArrayRef<::mlc::LaneIndex>":$index)>,
    InterfaceMethod<"Whether the result has the operands' iteration space (broadcast): no element is moved.",
      "bool", "isElementwise", (ins), "", "return false;">,
    InterfaceMethod<"Cost of one element in simple operations; what reads memory only is 0.",
      "unsigned", "getElementCost", (ins), "", "return 0;">,
  ];
}

def Mlc_Elementwise : OpInterface<"Elementwise"> {
  let cppNamespace = "::mlc";
  let description = [{
    Arithmetic on corresponding elements, with numpy's broadcasting. Emits itself on scalars or vectors: `arith` and
    `math` operations take both. Operands and result are in compute types: signless integers, i1, f32 or f64.
  }];
  let methods = [
    InterfaceMethod<"The result for one element (or one vector of them).",
      "::mlir::Value", "emitElement",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::ValueRange":$operands)>,
  ];
}

def Mlc_Structured : OpInterface<"Structured"> {
  let cppNamespace = "::mlc";
  let description = "Operators that are a loop nest: contractions, windows, reductions.";
  let methods = [
    InterfaceMethod<"Multiply-adds or comparisons for one run, as an expression over symbols.",
      "::mlir::AffineExpr", "getWork", (ins)>,
  ];
}

def Mlc_Quantizable : OpInterface<"Quantizable"> {
  let cppNamespace = "::mlc";
  let description = "Operators that can compute on quantized values.";
  let methods = [
    InterfaceMethod<"Operand whose values are weights with one scale a slice along the returned axis; -1: none.",
      "std::pair<int, int>", "getWeightAxis", (ins), "", "return {-1, -1};">,
    InterfaceMethod<"Whether the result may keep the operand's scale (only moves or selects elements).",
      "bool", "keepsScale", (ins), "", "return false;">,
  ];
}

def Mlc_Differentiable : OpInterface<"Differentiable"> {
  let cppNamespace = "::mlc";
  let description = "Operators with a reverse-mode derivative.";
  let methods = [
    InterfaceMethod<[{Emits the gradients of the operands from those of the results, null where there is none. Failure where the
      operator has no derivative that is of use.}],
      "::llvm::LogicalResult", "emitGradient",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::ValueRange":$resultGradients,
           "::llvm::SmallVectorImpl<::mlir::Value> &":$operandGradients), "", "return ::mlir::failure();">,
  ];
}

#endif
