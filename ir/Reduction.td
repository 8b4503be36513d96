//===- Reduction.td - reductions, scans, normalisations --------------------===//
#ifndef MLC_IR_REDUCTION
#define MLC_IR_REDUCTION

include "Dialect.td"
include "Interfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Mlc_RowOp<string mnemonic, list<Trait> traits = []>
    : Mlc_Op<mnemonic, !listconcat(traits, [Pure, Mlc_InferTypes, DeclareOpInterfaceMethods<Mlc_Reference>,
        DeclareOpInterfaceMethods<Mlc_Structured>, DeclareOpInterfaceMethods<Mlc_Quantizable>,
        DeclareOpInterfaceMethods<Mlc_Differentiable>])> {
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Mlc_ReduceKind : I32EnumAttr<"ReduceKind", "how elements are combined", [
    I32EnumAttrCase<"sum", 0>, I32EnumAttrCase<"prod", 1>, I32EnumAttrCase<"max", 2>, I32EnumAttrCase<"min", 3>]> {
  let cppNamespace = "::mlc";
}

def Mlc_ReduceOp : Mlc_RowOp<"reduce", [DeclareOpInterfaceMethods<Mlc_SymbolicFold>]> {
  let summary = "elements combined along axes";
  let description = [{Without elements: 0, 1, the type's lowest and its highest value (infinities for floats). Maximum and
    minimum are NaN if an element is.}];
  let arguments = (ins Mlc_ReduceKind:$kind, Mlc_Tensor:$x, DenseI64ArrayAttr:$axes, BoolAttr:$keepdims);
  let results = (outs Mlc_Tensor:$y);
  let assemblyFormat = "$kind $x $axes `keepdims` $keepdims attr-dict `:` type($x) `->` type($y)";
}

def Mlc_ArgReduceOp : Mlc_RowOp<"arg_reduce"> {
  let summary = "index of the first (or last) largest or smallest element along an axis";
  let arguments = (ins Mlc_ReduceKind:$kind, Mlc_Tensor:$x, I64Attr:$axis, BoolAttr:$keepdims,
                       DefaultValuedAttr<BoolAttr, "false">:$last);
  let results = (outs Mlc_Tensor:$y);
  let assemblyFormat = "$kind $x `axis` $axis `keepdims` $keepdims attr-dict `:` type($x) `->` type($y)";
}

def Mlc_CumulativeOp : Mlc_RowOp<"cumulative"> {
  let summary = "sum or product of all elements up to each along an axis";
  let arguments = (ins Mlc_ReduceKind:$kind, Mlc_Tensor:$x, I64Attr:$axis,
                       DefaultValuedAttr<BoolAttr, "false">:$exclusive, DefaultValuedAttr<BoolAttr, "false">:$reverse);
  let results = (outs Mlc_Tensor:$y);
  let assemblyFormat = "$kind $x `axis` $axis attr-dict `:` type($x) `->` type($y)";
}

def Mlc_SoftmaxOp : Mlc_RowOp<"softmax"> {
  let summary = "y = e^(x - max) / sum of e^(x - max) along an axis, or its logarithm";
  let arguments = (ins Mlc_FloatTensor:$x, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "false">:$log);
  let results = (outs Mlc_Tensor:$y);
  let assemblyFormat = "$x `axis` $axis attr-dict `:` type($x) `->` type($y)";
}

def Mlc_LayerNormOp : Mlc_RowOp<"layer_norm", [AttrSizedOperandSegments]> {
  let summary = "y = (x - mean) / sqrt(variance + epsilon) * scale + bias, over the dimensions from `axis` on";
  let arguments = (ins Mlc_FloatTensor:$x, Optional<Mlc_FloatTensor>:$scale, Optional<Mlc_FloatTensor>:$bias, I64Attr:$axis,
                       F64Attr:$epsilon);
  let results = (outs Mlc_Tensor:$y);
  let assemblyFormat = [{$x (`scale` $scale^ `:` type($scale))? (`bias` $bias^ `:` type($bias))? `axis` $axis attr-dict
                         `:` type($x) `->` type($y)}];
}

#endif
