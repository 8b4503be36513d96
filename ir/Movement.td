//===- Movement.td - operators that only move elements ---------------------===//
#ifndef MLC_IR_MOVEMENT
#define MLC_IR_MOVEMENT

include "Dialect.td"
include "Interfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Mlc_MovementOp<string mnemonic, list<Trait> traits = []>
    : Mlc_Op<mnemonic, !listconcat(traits, [Pure, DeclareOpInterfaceMethods<Mlc_Reference>,
        DeclareOpInterfaceMethods<Mlc_Quantizable, ["keepsScale"]>, DeclareOpInterfaceMethods<Mlc_Differentiable>])> {
  let results = (outs Mlc_Tensor:$y);
}

defvar SameElements = [AllElementTypesMatch<["x", "y"]>];
defvar Pointwise = [DeclareOpInterfaceMethods<Mlc_Pointwise>];
defvar SymbolicElements = [DeclareOpInterfaceMethods<Mlc_SymbolicFold>];

def Mlc_ConstantOp : Mlc_Op<"constant", [Pure, ConstantLike, DeclareOpInterfaceMethods<Mlc_Pointwise>]> {
  let summary = "a tensor that is known when compiling";
  let description = [{
    Small ones hold `dense` elements, weights a `dense_resource` whose bytes stay where the file was mapped. An element
    type that the resource cannot name (bool, 4 bits) is one byte an element.
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Mlc_Tensor:$y);
  let assemblyFormat = "$value attr-dict `:` type($y)";
  let hasFolder = 1;
  let hasVerifier = 1;
  let builders = [OpBuilder<(ins "::mlir::ElementsAttr":$value)>];
}

def Mlc_SymbolicOp : Mlc_Op<"symbolic", [Pure, ConstantLike]> {
  let summary = "a tensor whose elements are expressions over the function's symbols";
  let arguments = (ins Mlc_DimsAttr:$value);
  let results = (outs RankedTensorOf<[Mlc_Integer, F32, F64]>:$y);
  let assemblyFormat = "$value attr-dict `:` type($y)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Mlc_BindOp : Mlc_Op<"bind", []> {
  let summary = "binds a symbol of the function to an element of an integer tensor while the model runs";
  let description = [{
    Everything whose type speaks of the symbol comes after it. A value below the symbol's lower bound ends the run with
    MLC_E_VALUE.

    Example: `mlc.bind %count[0] as 5 : tensor<1xi64>`.
  }];
  let arguments = (ins Mlc_IntegerTensor:$x, Mlc_Position:$element, Mlc_Position:$symbol);
  let assemblyFormat = "$x `[` $element `]` `as` $symbol attr-dict `:` type($x)";
  let hasVerifier = 1;
}

def Mlc_ReshapeOp : Mlc_MovementOp<"reshape", !listconcat(SymbolicElements, [])> {
  let summary = "the same elements in row-major order under another shape";
  let arguments = (ins Mlc_Tensor:$x);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Mlc_BroadcastOp : Mlc_MovementOp<"broadcast_to", !listconcat(Pointwise, SymbolicElements, SameElements)> {
  let summary = "x repeated along dimensions of size 1 and new leading dimensions";
  let arguments = (ins Mlc_Tensor:$x);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Mlc_TransposeOp : Mlc_MovementOp<"transpose", !listconcat(Pointwise, SymbolicElements, [Mlc_InferTypes])> {
  let summary = "y's dimension i is x's dimension perm[i]";
  let arguments = (ins Mlc_Tensor:$x, DenseI64ArrayAttr:$perm);
  let assemblyFormat = "$x $perm attr-dict `:` type($x) `->` type($y)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Mlc_SliceOp : Mlc_MovementOp<"slice", !listconcat(Pointwise, SymbolicElements, SameElements)> {
  let summary = "y[i] = x[starts + i * steps]";
  let description = [{
    Every index that y's shape asks for lies within x; whoever makes the operator sees to that.

    `view`: groups read y where it stands in x, and the operator has no kernel.
  }];
  let arguments = (ins Mlc_Tensor:$x, Mlc_DimsAttr:$starts, DenseI64ArrayAttr:$steps, UnitAttr:$view);
  let assemblyFormat = "$x $starts $steps attr-dict `:` type($x) `->` type($y)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Mlc_ConcatOp : Mlc_MovementOp<"concat", !listconcat(SymbolicElements, [Mlc_InferTypes])> {
  let summary = "the operands one after the other along an axis";
  let description = [{
    `view`: groups write the parts where they stand in y, and the operator has no kernel.

    Example: `%y = mlc.concat (%a, %b) axis 1 {view} : (tensor<4x16xf32>, tensor<4x8xf32>) -> tensor<4x24xf32>`.
  }];
  let arguments = (ins Variadic<Mlc_Tensor>:$parts, I64Attr:$axis, UnitAttr:$view);
  let assemblyFormat = "`(` $parts `)` `axis` $axis attr-dict `:` functional-type($parts, $y)";
  let hasFolder = 1;
  let hasVerifier = 1;
  let hasCanonicalizeMethod = 1;
}

def Mlc_PadMode : I32EnumAttr<"PadMode", "what stands outside", [
    I32EnumAttrCase<"constant", 0>, I32EnumAttrCase<"reflect", 1>, I32EnumAttrCase<"edge", 2>,
    I32EnumAttrCase<"wrap", 3>]> {
  let cppNamespace = "::mlc";
}

def Mlc_PadOp : Mlc_MovementOp<"pad", !listconcat(Pointwise, SameElements)> {
  let summary = "x with elements added (or, where negative, removed) before, behind and between";
  let description = [{
    Along each dimension `low` elements come before x, `high` behind it, and `interior` between two neighbours (constant
    mode only). The value is 0 unless given.
  }];
  let arguments = (ins Mlc_Tensor:$x, Optional<Mlc_Tensor>:$value, Mlc_PadMode:$mode, Mlc_DimsAttr:$low,
                       Mlc_DimsAttr:$high, DenseI64ArrayAttr:$interior);
  let assemblyFormat = [{$mode $x (`,` $value^)? `low` $low `high` $high `interior` $interior attr-dict
                         `:` type($x) (`,` type($value)^)? `->` type($y)}];
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Mlc_GatherOp : Mlc_MovementOp<"gather", !listconcat(Pointwise, SymbolicElements, [Mlc_InferTypes])> {
  let summary = "y[a…, i…, b…] = x[a…, indices[i…], b…] with the index on `axis`; negative indices count from the end";
  let arguments = (ins Mlc_Tensor:$x, Mlc_IndexTensor:$indices, I64Attr:$axis);
  let assemblyFormat = "$x `,` $indices `axis` $axis attr-dict `:` type($x) `,` type($indices) `->` type($y)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Mlc_GatherElementsOp : Mlc_MovementOp<"gather_elements", !listconcat(Pointwise, [Mlc_InferTypes])> {
  let summary = "y[…i…] = x[…indices[…i…]…] with the index on `axis`";
  let arguments = (ins Mlc_Tensor:$x, Mlc_IndexTensor:$indices, I64Attr:$axis);
  let assemblyFormat = "$x `,` $indices `axis` $axis attr-dict `:` type($x) `,` type($indices) `->` type($y)";
  let hasFolder = 1;
  let hasRegionVerifier = 1; // behind the check of the types
}

def Mlc_GatherNdOp : Mlc_MovementOp<"gather_nd", !listconcat(Pointwise, [Mlc_InferTypes])> {
  let summary = "slices of x named by index tuples, as in ONNX's GatherND";
  let arguments = (ins Mlc_Tensor:$x, Mlc_IndexTensor:$indices, I64Attr:$batch_dims);
  let assemblyFormat = "$x `,` $indices `batch` $batch_dims attr-dict `:` type($x) `,` type($indices) `->` type($y)";
  let hasFolder = 1;
  let hasRegionVerifier = 1; // behind the check of the types
}

def Mlc_IotaOp : Mlc_MovementOp<"iota", Pointwise> {
  let summary = "y[…i…] = start + i * step along `axis`";
  let description = [{Integer element types take `start` and `step` (expressions over symbols), floating ones `float_start`
    and `float_step`.}];
  let arguments = (ins I64Attr:$axis, Mlc_DimsAttr:$range, DefaultValuedAttr<F64Attr, "0.0">:$float_start,
                       DefaultValuedAttr<F64Attr, "1.0">:$float_step);
  let assemblyFormat = "`axis` $axis $range attr-dict `:` type($y)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Mlc_ResizeOp : Mlc_MovementOp<"resize", !listconcat(Pointwise, SameElements)> {
  let summary = "x sampled at other points, as in ONNX's Resize";
  let description = [{
    `mode` 0 nearest, 1 linear, 2 cubic; `coordinates` 0 half_pixel, 1 asymmetric, 2 align_corners, 3 pytorch_half_pixel,
    4 tf_crop_and_resize, 5 half_pixel_symmetric, 6 tf_half_pixel_for_nn; `nearest` 0 round_prefer_floor, 1 round_prefer_ceil, 2 floor, 3 ceil.
    `scales` holds one factor a dimension where the model gives them; empty: the ratio of the sizes.
  }];
  let arguments = (ins Mlc_Tensor:$x, Mlc_Between<0, 2>:$mode, Mlc_Between<0, 6>:$coordinates, Mlc_Between<0, 3>:$nearest,
                       DefaultValuedAttr<BoolAttr, "false">:$antialias, DefaultValuedAttr<BoolAttr, "false">:$exclude_outside,
                       DefaultValuedAttr<F64Attr, "-0.75">:$cubic, DefaultValuedAttr<F64Attr, "0.0">:$extrapolation,
                       DenseF64ArrayAttr:$scales, DenseF64ArrayAttr:$roi);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Mlc_ScatterNdOp : Mlc_MovementOp<"scatter_nd", [Mlc_InferTypes]> {
  let summary = "x with slices replaced or combined (`reduction` 0 none, 1 add, 2 mul, 3 max, 4 min)";
  let arguments = (ins Mlc_Tensor:$x, Mlc_IndexTensor:$indices, Mlc_Tensor:$updates, Mlc_Between<0, 4>:$reduction);
  let assemblyFormat = [{$x `,` $indices `,` $updates `reduction` $reduction attr-dict `:` type($x) `,` type($indices) `,`
                         type($updates) `->` type($y)}];
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Mlc_ScatterElementsOp : Mlc_MovementOp<"scatter_elements", [Mlc_InferTypes]> {
  let summary = "x with elements replaced or combined along an axis";
  let arguments = (ins Mlc_Tensor:$x, Mlc_IndexTensor:$indices, Mlc_Tensor:$updates, I64Attr:$axis,
                       Mlc_Between<0, 4>:$reduction);
  let assemblyFormat = [{$x `,` $indices `,` $updates `axis` $axis `reduction` $reduction attr-dict `:` type($x) `,`
                         type($indices) `,` type($updates) `->` type($y)}];
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Mlc_ReverseSequenceOp : Mlc_MovementOp<"reverse_sequence", !listconcat(Pointwise, [Mlc_InferTypes])> {
  let summary = "the first lengths[b] elements along the time axis in reverse order";
  let arguments = (ins Mlc_Tensor:$x, Mlc_LengthTensor:$lengths, I64Attr:$batch_axis, I64Attr:$time_axis);
  let assemblyFormat = [{$x `,` $lengths `batch` $batch_axis `time` $time_axis attr-dict `:` type($x) `,` type($lengths)
                         `->` type($y)}];
  let hasFolder = 1;
  let hasVerifier = 1;
}

#endif
