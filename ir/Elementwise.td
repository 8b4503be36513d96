//===- Elementwise.td - arithmetic on corresponding elements ---------------===//
#ifndef MLC_IR_ELEMENTWISE
#define MLC_IR_ELEMENTWISE

include "Dialect.td"
include "Interfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

// Every operator here broadcasts its operands as numpy does: shapes are aligned at the last dimension, and a dimension of
// size 1 is repeated.
class Mlc_ElementwiseOp<string mnemonic, string reference, list<Trait> traits = []>
    : Mlc_Op<mnemonic, !listconcat(traits, [Pure, Mlc_InferTypes,
        DeclareOpInterfaceMethods<Mlc_Elementwise>, DeclareOpInterfaceMethods<Mlc_Pointwise, ["isElementwise", "getElementCost"]>,
        DeclareOpInterfaceMethods<Mlc_Reference>, DeclareOpInterfaceMethods<Mlc_Quantizable>,
        DeclareOpInterfaceMethods<Mlc_Differentiable>])> {
  let results = (outs AnyRankedTensor:$y);
  let hasFolder = 1;
  string referenceName = reference;
}

class Mlc_Unary<string mnemonic, string text, list<Trait> traits = []> : Mlc_ElementwiseOp<mnemonic, mnemonic, traits> {
  let summary = text;
  let arguments = (ins AnyRankedTensor:$x);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
}

class Mlc_Binary<string mnemonic, string text, list<Trait> traits = []> : Mlc_ElementwiseOp<mnemonic, mnemonic, traits> {
  let summary = text;
  let arguments = (ins AnyRankedTensor:$a, AnyRankedTensor:$b);
  let assemblyFormat = "$a `,` $b attr-dict `:` type($a) `,` type($b) `->` type($y)";
}

defvar Symbolic = [DeclareOpInterfaceMethods<Mlc_SymbolicFold>];

def Mlc_NegOp : Mlc_Unary<"neg", "y = -x", Symbolic>;
def Mlc_AbsOp : Mlc_Unary<"abs", "y = |x|">;
def Mlc_SignOp : Mlc_Unary<"sign", "y = -1, 0 or 1 with x's sign; NaN stays NaN">;
def Mlc_FloorOp : Mlc_Unary<"floor", "largest integer not above x", Symbolic>;
def Mlc_CeilOp : Mlc_Unary<"ceil", "smallest integer not below x", Symbolic>;
def Mlc_TruncOp : Mlc_Unary<"trunc", "x without its fraction", Symbolic>;
def Mlc_RoundOp : Mlc_Unary<"round", "nearest integer, halves to even", Symbolic>;
def Mlc_SqrtOp : Mlc_Unary<"sqrt", "square root">;
def Mlc_ReciprocalOp : Mlc_Unary<"reciprocal", "y = 1 / x">;
def Mlc_ExpOp : Mlc_Unary<"exp", "e to the power of x">;
def Mlc_LogOp : Mlc_Unary<"log", "natural logarithm">;
def Mlc_SinOp : Mlc_Unary<"sin", "sine">;
def Mlc_CosOp : Mlc_Unary<"cos", "cosine">;
def Mlc_TanOp : Mlc_Unary<"tan", "tangent">;
def Mlc_AsinOp : Mlc_Unary<"asin", "arc sine">;
def Mlc_AcosOp : Mlc_Unary<"acos", "arc cosine">;
def Mlc_AtanOp : Mlc_Unary<"atan", "arc tangent">;
def Mlc_SinhOp : Mlc_Unary<"sinh", "hyperbolic sine">;
def Mlc_CoshOp : Mlc_Unary<"cosh", "hyperbolic cosine">;
def Mlc_TanhOp : Mlc_Unary<"tanh", "hyperbolic tangent">;
def Mlc_AsinhOp : Mlc_Unary<"asinh", "inverse hyperbolic sine">;
def Mlc_AcoshOp : Mlc_Unary<"acosh", "inverse hyperbolic cosine">;
def Mlc_AtanhOp : Mlc_Unary<"atanh", "inverse hyperbolic tangent">;
def Mlc_ErfOp : Mlc_Unary<"erf", "error function">;
def Mlc_SigmoidOp : Mlc_Unary<"sigmoid", "y = 1 / (1 + e^-x)">;
def Mlc_ReluOp : Mlc_Unary<"relu", "y = x where x > 0, else 0; NaN stays NaN">;
def Mlc_NotOp : Mlc_Unary<"not", "complement of each bit; of booleans the negation">;
def Mlc_IsNanOp : Mlc_Unary<"is_nan", "whether x is not a number">;

def Mlc_IsInfOp : Mlc_ElementwiseOp<"is_inf", "is_inf"> {
  let summary = "whether x is an infinity of a sign that is asked for";
  let arguments = (ins AnyRankedTensor:$x, DefaultValuedAttr<BoolAttr, "true">:$negative,
                       DefaultValuedAttr<BoolAttr, "true">:$positive);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
}

def Mlc_AddOp : Mlc_Binary<"add", "y = a + b; integers wrap", Symbolic>;
def Mlc_SubOp : Mlc_Binary<"sub", "y = a - b; integers wrap", Symbolic>;
def Mlc_MulOp : Mlc_Binary<"mul", "y = a * b; integers wrap", Symbolic>;
def Mlc_DivOp : Mlc_Binary<"div", "y = a / b; integers towards zero, and 0 where b = 0", Symbolic>;
def Mlc_PowOp : Mlc_Binary<"pow", "a to the power of b, in a's element type">;
def Mlc_MinOp : Mlc_Binary<"min", "smaller of a and b; NaN if either is NaN", Symbolic>;
def Mlc_MaxOp : Mlc_Binary<"max", "larger of a and b; NaN if either is NaN", Symbolic>;
def Mlc_AndOp : Mlc_Binary<"and", "conjunction of each bit">;
def Mlc_OrOp : Mlc_Binary<"or", "disjunction of each bit">;
def Mlc_XorOp : Mlc_Binary<"xor", "exclusive or of each bit">;
def Mlc_ShlOp : Mlc_Binary<"shl", "a shifted left by b bits; 0 where b is at least the width">;
def Mlc_ShrOp : Mlc_Binary<"shr", "a (unsigned) shifted right by b bits; 0 where b is at least the width">;

def Mlc_ModOp : Mlc_ElementwiseOp<"mod", "mod", Symbolic> {
  let summary = "remainder of a / b, with b's sign, or with a's sign where `fmod` is set; 0 where an integer b is 0";
  let arguments = (ins AnyRankedTensor:$a, AnyRankedTensor:$b, DefaultValuedAttr<BoolAttr, "false">:$fmod);
  let assemblyFormat = "$a `,` $b attr-dict `:` type($a) `,` type($b) `->` type($y)";
}

def Mlc_Relation : I32EnumAttr<"Relation", "order of two values", [
    I32EnumAttrCase<"eq", 0>, I32EnumAttrCase<"ne", 1>, I32EnumAttrCase<"lt", 2>,
    I32EnumAttrCase<"le", 3>, I32EnumAttrCase<"gt", 4>, I32EnumAttrCase<"ge", 5>]> {
  let cppNamespace = "::mlc";
}

def Mlc_CompareOp : Mlc_ElementwiseOp<"compare", "compare", Symbolic> {
  let summary = "whether a and b stand in the relation; with NaN only `ne` holds";
  let arguments = (ins Mlc_Relation:$relation, AnyRankedTensor:$a, AnyRankedTensor:$b);
  let assemblyFormat = "$relation $a `,` $b attr-dict `:` type($a) `,` type($b) `->` type($y)";
}

def Mlc_SelectOp : Mlc_ElementwiseOp<"select", "select", Symbolic> {
  let summary = "a where the condition holds, else b";
  let arguments = (ins AnyRankedTensor:$condition, AnyRankedTensor:$a, AnyRankedTensor:$b);
  let assemblyFormat = "$condition `,` $a `,` $b attr-dict `:` type($condition) `,` type($a) `,` type($b) `->` type($y)";
}

def Mlc_CastOp : Mlc_ElementwiseOp<"cast", "cast", Symbolic> {
  let summary = "x in another element type";
  let description = [{
    Floats to integers lose their fraction and saturate; NaN gives 0. Integers to narrower ones wrap. To a boolean: x != 0.
    Between floats: to nearest, halves to even; `saturate` says whether what is too large for an 8-bit float becomes its
    largest value.
  }];
  let arguments = (ins AnyRankedTensor:$x, TypeAttr:$to, DefaultValuedAttr<BoolAttr, "true">:$saturate,
                       DefaultValuedAttr<I64Attr, "0">:$round_mode);
  let assemblyFormat = "$x `to` $to attr-dict `:` type($x) `->` type($y)";
}

def Mlc_BitcastOp : Mlc_ElementwiseOp<"bitcast", "bitcast"> {
  let summary = "the same bits as another element type of the same width";
  let arguments = (ins AnyRankedTensor:$x, TypeAttr:$to);
  let assemblyFormat = "$x `to` $to attr-dict `:` type($x) `->` type($y)";
}

#endif
