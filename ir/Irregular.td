//===- Irregular.td - recurrent operators and those without a loop nest ----===//
#ifndef MLC_IR_IRREGULAR
#define MLC_IR_IRREGULAR

include "Dialect.td"
include "Interfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Mlc_CallOp : Mlc_Op<"call", [Pure, DeclareOpInterfaceMethods<Mlc_Reference>, DeclareOpInterfaceMethods<Mlc_Quantizable>,
                                 DeclareOpInterfaceMethods<Mlc_Differentiable>]> {
  let summary = "an irregular operator, computed by its reference kernel";
  let description = [{
    `kernel` names an entry of `runtime/kernels` (top_k, non_max_suppression, roi_align, …), which defines the operator's
    operands, results and parameters. Where a result's size follows from values, the result has the largest size that is
    possible, a further result holds the count, and `mlc.bind` and `mlc.slice` cut it. `mask` says which operands of the
    kernel are present (empty: all).
  }];
  let arguments = (ins StrAttr:$kernel, Variadic<Mlc_Tensor>:$operands, DenseI64ArrayAttr:$ints, DenseF64ArrayAttr:$floats,
                       DenseBoolArrayAttr:$mask);
  let results = (outs Variadic<Mlc_Tensor>:$outputs);
  let assemblyFormat = "$kernel `(` $operands `)` attr-dict `:` functional-type($operands, $outputs)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Mlc_RecurrentKind : I32EnumAttr<"RecurrentKind", "which cell", [
    I32EnumAttrCase<"lstm", 0>, I32EnumAttrCase<"gru", 1>]> {
  let cppNamespace = "::mlc";
}

def Mlc_CellTensor : RankedTensorOf<[F32, F64]>;

def Mlc_RecurrentOp : Mlc_Op<"recurrent", [Pure, AttrSizedOperandSegments, DeclareOpInterfaceMethods<Mlc_Quantizable>,
                                           DeclareOpInterfaceMethods<Mlc_Differentiable>]> {
  let summary = "all steps of one direction of an LSTM or GRU with the usual activations";
  let description = [{
    `projected` is x W^T + b for all steps, [steps, batch, gates * hidden] with the gates in the order i, o, f, c (LSTM) or
    z, r, h (GRU); `weights` the recurrence in panels, [ceil(hidden / 16), hidden, gates, 16] (units beyond the
    last are zeros); `hidden0`, `cell0` [batch, hidden]; `bias` [gates, hidden] is added to the recurrence's
    product of all gates (GRU with `linear_before_reset`; elsewhere it is part of `projected`). Results: all hidden states [steps, batch, hidden], the last hidden state and the last
    cell state [batch, hidden]. `reverse`: from the last step to the first.
  }];
  let arguments = (ins Mlc_RecurrentKind:$kind, Mlc_CellTensor:$projected, Mlc_CellTensor:$weights, Mlc_CellTensor:$hidden0,
                       Optional<Mlc_CellTensor>:$cell0, Optional<Mlc_CellTensor>:$bias,
                       DefaultValuedAttr<BoolAttr, "false">:$reverse, DefaultValuedAttr<BoolAttr, "false">:$linear_before_reset);
  let results = (outs Mlc_CellTensor:$sequence, Mlc_CellTensor:$hidden, Optional<Mlc_CellTensor>:$cell);
  let assemblyFormat = [{$kind $projected `,` $weights `,` $hidden0 (`cell` $cell0^ `:` type($cell0))? (`bias` $bias^ `:` type($bias))?
                         attr-dict `:` type($projected) `,` type($weights) `,` type($hidden0) `->` type($sequence) `,` type($hidden)
                         (`,` type($cell)^)?}];
  let hasVerifier = 1;
}

#endif
