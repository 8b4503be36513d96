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
    I32EnumAttrCase<"lstm", 0>, I32EnumAttrCase<"gru", 1>, I32EnumAttrCase<"rnn", 2>]> {
  let cppNamespace = "::mlc";
}

// Numbered as the reference kernels number them.
def Mlc_ActivationKind : I32EnumAttr<"ActivationKind", "which function", [
    I32EnumAttrCase<"relu", 0>, I32EnumAttrCase<"tanh", 1>, I32EnumAttrCase<"sigmoid", 2>, I32EnumAttrCase<"affine", 3>,
    I32EnumAttrCase<"leaky_relu", 4>, I32EnumAttrCase<"thresholded_relu", 5>, I32EnumAttrCase<"scaled_tanh", 6>,
    I32EnumAttrCase<"hard_sigmoid", 7>, I32EnumAttrCase<"elu", 8>, I32EnumAttrCase<"softsign", 9>, I32EnumAttrCase<"softplus", 10>]> {
  let cppNamespace = "::mlc";
  let genSpecializedAttr = 0;
}

def Mlc_ActivationAttr : Mlc_Attr<"Activation", "activation"> {
  let summary = "A function of one number within a recurrent cell";
  let description = [{
    With a = alpha and b = beta, which stand behind the kinds that take them:

    | kind | f(x) |
    | --- | --- |
    | relu | max(x, 0) |
    | tanh | tanh(x) |
    | sigmoid | 1 / (1 + e^-x) |
    | affine, a, b | a x + b |
    | leaky_relu, a | x where x >= 0, a x elsewhere |
    | thresholded_relu, a | x where x > a, 0 elsewhere |
    | scaled_tanh, a, b | a tanh(b x) |
    | hard_sigmoid, a, b | min(max(a x + b, 0), 1) |
    | elu, a | x where x >= 0, a (e^x - 1) elsewhere |
    | softsign | x / (1 + abs(x)) |
    | softplus | log(1 + e^x) |

    Example: `#mlc.activation<hard_sigmoid, 2.0e-1, 5.0e-1>`.
  }];
  let parameters = (ins EnumParameter<Mlc_ActivationKind>:$kind, OptionalParameter<"::mlir::FloatAttr">:$alpha,
                        OptionalParameter<"::mlir::FloatAttr">:$beta);
  let assemblyFormat = "`<` $kind (`,` $alpha^)? (`,` $beta^)? `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// How many of alpha and beta a kind takes, alpha first.
    static unsigned parametersOf(ActivationKind kind);
    /// With the first parametersOf(kind) of alpha and beta.
    static ActivationAttr get(::mlir::MLIRContext *context, ActivationKind kind, double alpha = 0, double beta = 0);
    /// The function of a scalar or vector.
    ::mlir::Value emit(::mlir::OpBuilder &builder, ::mlir::Location loc, ::mlir::Value x) const;
  }];
}

def Mlc_ActivationsAttr : TypedArrayAttrBase<Mlc_ActivationAttr, "list of activations">;

def Mlc_CellTensor : RankedTensorOf<[F32, F64]>;

def Mlc_RecurrentOp : Mlc_Op<"recurrent", [Pure, AttrSizedOperandSegments, DeclareOpInterfaceMethods<Mlc_Quantizable>,
                                           DeclareOpInterfaceMethods<Mlc_Differentiable>]> {
  let summary = "all steps of one direction of an LSTM, a GRU or a simple recurrent network";
  let description = [{
    One step of a cell makes the hidden state h' (and c', an LSTM's cell state) from h (and c). x_g is gate g's part of
    `projected`, r_g(h) its part of the recurrence's product, f, g and k the `activations`:

    | kind | gates | step | f, g, k |
    | --- | --- | --- | --- |
    | lstm | i, o, f, c | i = f(x_i + r_i(h) + p_i c), F = f(x_f + r_f(h) + p_f c), c' = F c + i g(x_c + r_c(h)), o = f(x_o + r_o(h) + p_o c'), h' = o k(c') | sigmoid, tanh, tanh |
    | gru | z, r, h | z = f(x_z + r_z(h)), r = f(x_r + r_r(h)), n = g(x_h + r_h(r h)), h' = (1 - z) n + z h | sigmoid, tanh |
    | rnn | h | h' = f(x_h + r_h(h)) | tanh |

    `projected` is x W^T + b for all steps, [steps, batch, gates * hidden]; `weights` the recurrence in panels,
    [ceil(hidden / 16), hidden, gates, 16] (units beyond the last are zeros); `hidden0`, `cell0` [batch, hidden].
    Results: all hidden states [steps, batch, hidden], the last hidden state and the last cell state [batch, hidden].

    `reverse`: from the last step to the first. `activations`: all of the kind's, in order; absent where they are those of
    the table. `clip`: what goes into an activation is first cut to -clip … clip; 0: it is not. LSTM only: `input_forget`
    sets F = 1 - i; `peepholes` [3, hidden] are p_i, p_o, p_f, elsewhere 0. GRU only: `linear_before_reset` sets
    n = g(x_h + r r_h(h)); `bias` [3, hidden] is then part of r_z, r_r and r_h, elsewhere it is part of `projected`.
  }];
  let arguments = (ins Mlc_RecurrentKind:$kind, Mlc_CellTensor:$projected, Mlc_CellTensor:$weights, Mlc_CellTensor:$hidden0,
                       Optional<Mlc_CellTensor>:$cell0, Optional<Mlc_CellTensor>:$bias, Optional<Mlc_CellTensor>:$peepholes,
                       OptionalAttr<Mlc_ActivationsAttr>:$activations, DefaultValuedAttr<F64Attr, "0.0">:$clip,
                       DefaultValuedAttr<BoolAttr, "false">:$reverse, DefaultValuedAttr<BoolAttr, "false">:$linear_before_reset,
                       DefaultValuedAttr<BoolAttr, "false">:$input_forget);
  let results = (outs Mlc_CellTensor:$sequence, Mlc_CellTensor:$hidden, Optional<Mlc_CellTensor>:$cell);
  let assemblyFormat = [{$kind $projected `,` $weights `,` $hidden0 (`cell` $cell0^ `:` type($cell0))? (`bias` $bias^ `:` type($bias))?
                         (`peepholes` $peepholes^ `:` type($peepholes))? attr-dict `:` type($projected) `,` type($weights) `,`
                         type($hidden0) `->` type($sequence) `,` type($hidden) (`,` type($cell)^)?}];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    static int64_t gatesOf(RecurrentKind kind);
    /// The usual activations of a kind.
    static ::llvm::SmallVector<ActivationAttr> usualActivations(::mlir::MLIRContext *context, RecurrentKind kind);
    /// Those that the cell has.
    ::llvm::SmallVector<ActivationAttr> cellActivations();
  }];
}

#endif
