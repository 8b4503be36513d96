//===- Contraction.td - products, convolutions, windows ---------------------===//
#ifndef MLC_IR_CONTRACTION
#define MLC_IR_CONTRACTION

include "Dialect.td"
include "Interfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Mlc_StructuredOp<string mnemonic, list<Trait> traits = []>
    : Mlc_Op<mnemonic, !listconcat(traits, [Pure, Mlc_InferTypes, DeclareOpInterfaceMethods<Mlc_Reference>,
        DeclareOpInterfaceMethods<Mlc_Structured>, DeclareOpInterfaceMethods<Mlc_Quantizable, ["getWeightAxis"]>,
        DeclareOpInterfaceMethods<Mlc_Differentiable>])> {
  let results = (outs Mlc_Tensor:$y);
  let hasFolder = 1;
  let hasRegionVerifier = 1; // behind the check of the types, which follow from the operands
}

def Mlc_MatmulOp : Mlc_StructuredOp<"matmul"> {
  let summary = "y[…,m,n] = sum over k of a[…,m,k] * b[…,k,n]";
  let description = [{
    Leading dimensions broadcast. `trans_a`, `trans_b`: the last two dimensions of that operand stand in the other order.
    Both operands have rank 2 or more. With `columns` (one expression, n) b is packed as [batch…, ceil(n/16), k, 16], filled up
    with zeros, as `pack` makes it, and may then be f16 or bf16 beside an a of f32: its elements are widened as they are read.
  }];
  let arguments = (ins Mlc_FactorTensor:$a, Mlc_FactorTensor:$b, DefaultValuedAttr<BoolAttr, "false">:$trans_a,
                       DefaultValuedAttr<BoolAttr, "false">:$trans_b, OptionalAttr<Mlc_DimsAttr>:$columns);
  let assemblyFormat = "$a `,` $b (`columns` $columns^)? attr-dict `:` type($a) `,` type($b) `->` type($y)";
  let extraClassDeclaration = [{ bool isPacked() { return getColumns().has_value(); } }];
}

def Mlc_ConvOp : Mlc_StructuredOp<"conv"> {
  let summary = "convolution, channels-last";
  let description = [{
    y[n, o…, f] = sum over window w… and channels c of x[n, o… * strides + w… * dilations - low…, c + group(f) * C/groups] *
    weights[f, w…, c]; elements outside x are 0. x is [N, spatial…, C], the weights [F, window…, C/groups], y [N, out…, F]
    with out = (in + low + high - (window - 1) * dilation - 1) / stride + 1, rounded down.

    `columns` not 0: the weights are packed as [groups * ceil(F/groups/16), window…, C/groups, 16] and F is `columns`; for
    depthwise convolutions (C/groups = 1, F = groups) as [window…, F]. Beside an x of f32 they may then be f16 or bf16, whose
    elements are widened as they are read.

    `zeros` says of packed weights' x how many rows at the low and at the high end of each spatial dimension are 0 (low, high, low,
    ...): taps that read nothing else may be left out.
  }];
  let arguments = (ins Mlc_FactorTensor:$x, Mlc_FactorTensor:$weights, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations,
                       DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high, I64Attr:$groups,
                       DefaultValuedAttr<ConfinedAttr<I64Attr, [IntNonNegative]>, "0">:$columns,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$zeros);
  let assemblyFormat = "$x `,` $weights attr-dict `:` type($x) `,` type($weights) `->` type($y)";
  let extraClassDeclaration = [{
    int64_t getSpatialRank() { return getStrides().size(); }
    // The window's sizes, packed or not.
    ::llvm::SmallVector<int64_t> getWindow();
    bool isDepthwise();
    bool isPacked() { return getColumns() != 0; }
  }];
}

def Mlc_ConvTransposeOp : Mlc_StructuredOp<"conv_transpose"> {
  let summary = "the transposed convolution (gradient of a convolution with respect to its input), channels-last";
  let description = [{
    x is [N, in…, C], the weights [C, window…, F/groups], y [N, out…, F] with
    out = (in - 1) * stride + output_padding + (window - 1) * dilation + 1 - low - high.
  }];
  let arguments = (ins Mlc_FactorTensor:$x, Mlc_FactorTensor:$weights, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations,
                       DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high, DenseI64ArrayAttr:$output_padding, I64Attr:$groups);
  let assemblyFormat = "$x `,` $weights attr-dict `:` type($x) `,` type($weights) `->` type($y)";
}

def Mlc_PoolKind : I32EnumAttr<"PoolKind", "what is taken of a window", [
    I32EnumAttrCase<"max", 0>, I32EnumAttrCase<"average", 1>, I32EnumAttrCase<"lp", 2>]> {
  let cppNamespace = "::mlc";
}

def Mlc_PoolOp : Mlc_StructuredOp<"pool"> {
  let summary = "maximum, average or p-norm of a window, channels-last";
  let description = [{
    Elements outside x count neither for the maximum nor, unless `count_include_pad`, for the average. With `ceil_mode` the
    output's size is rounded up, but no window starts in the padding behind.
  }];
  let arguments = (ins Mlc_PoolKind:$kind, Mlc_Tensor:$x, DenseI64ArrayAttr:$window, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high,
                       DefaultValuedAttr<BoolAttr, "false">:$count_include_pad,
                       DefaultValuedAttr<BoolAttr, "false">:$ceil_mode, DefaultValuedAttr<ConfinedAttr<I64Attr, [IntPositive]>, "2">:$p);
  let assemblyFormat = "$kind $x attr-dict `:` type($x) `->` type($y)";
}

def Mlc_PackOp : Mlc_Op<"pack", [Pure, Mlc_InferTypes, DeclareOpInterfaceMethods<Mlc_Pointwise>]> {
  let summary = "a matrix in panels of 16 columns: y[…, p, k, j] = x[…, k, 16 p + j], 0 beyond the last column";
  let description = "`trans`: x's last two dimensions stand in the other order, [n, k].";
  let arguments = (ins Mlc_Tensor:$x, DefaultValuedAttr<BoolAttr, "false">:$trans);
  let results = (outs Mlc_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
}

def Mlc_WinogradInputOp : Mlc_Op<"winograd_input", [Pure, Mlc_InferTypes]> {
  let summary = "patches of a convolution's input in Winograd's domain, F(m, r) along each dimension";
  let description = [{
    `outputs` is m and `taps` r, a number for each of one or two spatial dimensions; a dimension with a window of one tap has
    m = r = 1. With p = m + r - 1 points along a dimension, x is [N, spatial..., C] and y [product of p, N * product of
    ceil(O/m), C] with O = size + low + high - (r - 1): y[p_2 i + j, t, c] = (B^T d B)[i, j], where d is the patch of p_1 x p_2
    elements that the m_1 x m_2 outputs of tile t are made of, 0 outside x. Tiles count by n, row, column.

    F(m, r) for 3 taps: m = 2, 3, 4, 6; for 5 taps: 2, 3, 4; for 7 taps: 2. Points are infinity, 0 where their number is even,
    and pairs of opposite sign with which little is lost in f32 (A. Lavin, S. Gray: Fast algorithms for convolutional neural
    networks, 2015; B. Barabasz et al.: Error analysis and improving the accuracy of Winograd convolution, 2018): 1 for 4
    points, 7/16 and 21/16 for 5, sqrt(1/2) and sqrt(2) for 6, of 5 taps 11/16 and 25/16, for 7 5/16, 3/4 and 15/8, for 8 1/2,
    1 and 2, of 7 taps 1/2, 15/16 and 31/16.
  }];
  let arguments = (ins Mlc_Tensor:$x, DenseI64ArrayAttr:$outputs, DenseI64ArrayAttr:$taps, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high);
  let results = (outs Mlc_Tensor:$y);
  let assemblyFormat = "$x `outputs` $outputs `taps` $taps `low` $low `high` $high attr-dict `:` type($x) `->` type($y)";
}

def Mlc_WinogradOutputOp : Mlc_Op<"winograd_output", [Pure, Mlc_InferTypes]> {
  let summary = "outputs of a convolution out of Winograd's domain, F(m, r) along each dimension";
  let description = [{
    x is [points, tiles, F] as `winograd_input` counts with the same `outputs` and `taps`, y [N, spatial..., F] with all sizes
    but the last as `shape` gives them: each tile's outputs are A^T x A.
  }];
  let arguments = (ins Mlc_Tensor:$x, DenseI64ArrayAttr:$outputs, DenseI64ArrayAttr:$taps, Mlc_DimsAttr:$shape);
  let results = (outs Mlc_Tensor:$y);
  let hasRegionVerifier = 1;
  let assemblyFormat = "$x `outputs` $outputs `taps` $taps `to` $shape attr-dict `:` type($x) `->` type($y)";
}

#endif
