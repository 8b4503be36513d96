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
  let results = (outs Mlc_Tensor:$y);
  let hasFolder = 1;
  string referenceName = reference;
}

class Mlc_Unary<string mnemonic, string text, list<Trait> traits = [], TypeConstraint type = Mlc_Tensor>
    : Mlc_ElementwiseOp<mnemonic, mnemonic, traits> {
  let summary = text;
  let arguments = (ins type:$x);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
}

// Functions of the real numbers.
class Mlc_Real<string mnemonic, string text> : Mlc_Unary<mnemonic, text, [], Mlc_FloatTensor>;

class Mlc_Binary<string mnemonic, string text, list<Trait> traits = [], TypeConstraint type = Mlc_Tensor>
    : Mlc_ElementwiseOp<mnemonic, mnemonic, traits> {
  let summary = text;
  let arguments = (ins type:$a, type:$b);
  let assemblyFormat = "$a `,` $b attr-dict `:` type($a) `,` type($b) `->` type($y)";
}

class Mlc_Bitwise<string mnemonic, string text> : Mlc_Binary<mnemonic, text, [], Mlc_IntegerTensor>;

defvar Symbolic = [DeclareOpInterfaceMethods<Mlc_SymbolicFold>];

def Mlc_NegOp : Mlc_Unary<"neg", "y = -x", Symbolic>;
def Mlc_AbsOp : Mlc_Unary<"abs", "y = |x|">;
def Mlc_SignOp : Mlc_Unary<"sign", "y = -1, 0 or 1 with x's sign; NaN stays NaN">;
def Mlc_FloorOp : Mlc_Unary<"floor", "largest integer not above x", Symbolic>;
def Mlc_CeilOp : Mlc_Unary<"ceil", "smallest integer not below x", Symbolic>;
def Mlc_TruncOp : Mlc_Unary<"trunc", "x without its fraction", Symbolic>;
def Mlc_RoundOp : Mlc_Unary<"round", "nearest integer, halves to even", Symbolic>;
def Mlc_SqrtOp : Mlc_Real<"sqrt", "square root">;
def Mlc_ReciprocalOp : Mlc_Real<"reciprocal", "y = 1 / x">;
def Mlc_ExpOp : Mlc_Real<"exp", "e to the power of x">;
def Mlc_LogOp : Mlc_Real<"log", "natural logarithm">;
def Mlc_SinOp : Mlc_Real<"sin", "sine">;
def Mlc_CosOp : Mlc_Real<"cos", "cosine">;
def Mlc_TanOp : Mlc_Real<"tan", "tangent">;
def Mlc_AsinOp : Mlc_Real<"asin", "arc sine">;
def Mlc_AcosOp : Mlc_Real<"acos", "arc cosine">;
def Mlc_AtanOp : Mlc_Real<"atan", "arc tangent">;
def Mlc_SinhOp : Mlc_Real<"sinh", "hyperbolic sine">;
def Mlc_CoshOp : Mlc_Real<"cosh", "hyperbolic cosine">;
def Mlc_TanhOp : Mlc_Real<"tanh", "hyperbolic tangent">;
def Mlc_AsinhOp : Mlc_Real<"asinh", "inverse hyperbolic sine">;
def Mlc_AcoshOp : Mlc_Real<"acosh", "inverse hyperbolic cosine">;
def Mlc_AtanhOp : Mlc_Real<"atanh", "inverse hyperbolic tangent">;
def Mlc_ErfOp : Mlc_Real<"erf", "error function">;
def Mlc_SigmoidOp : Mlc_Real<"sigmoid", "y = 1 / (1 + e^-x)">;
def Mlc_ReluOp : Mlc_Unary<"relu", "y = x where x > 0, else 0; NaN stays NaN">;
def Mlc_NotOp : Mlc_Unary<"not", "complement of each bit; of booleans the negation", [], Mlc_IntegerTensor>;
def Mlc_IsNanOp : Mlc_Unary<"is_nan", "whether x is not a number">;

def Mlc_IsInfOp : Mlc_ElementwiseOp<"is_inf", "is_inf"> {
  let summary = "whether x is an infinity of a sign that is asked for";
  let arguments = (ins Mlc_Tensor:$x, DefaultValuedAttr<BoolAttr, "true">:$negative,
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
def Mlc_AndOp : Mlc_Bitwise<"and", "conjunction of each bit">;
def Mlc_OrOp : Mlc_Bitwise<"or", "disjunction of each bit">;
def Mlc_XorOp : Mlc_Bitwise<"xor", "exclusive or of each bit">;
def Mlc_ShlOp : Mlc_Bitwise<"shl", "a shifted left by b bits; 0 where b is at least the width">;
def Mlc_ShrOp : Mlc_Bitwise<"shr", "a (unsigned) shifted right by b bits; 0 where b is at least the width">;

def Mlc_ModOp : Mlc_ElementwiseOp<"mod", "mod", Symbolic> {
  let summary = "remainder of a / b, with b's sign, or with a's sign where `fmod` is set; 0 where an integer b is 0";
  let arguments = (ins Mlc_Tensor:$a, Mlc_Tensor:$b, DefaultValuedAttr<BoolAttr, "false">:$fmod);
  let assemblyFormat = "$a `,` $b attr-dict `:` type($a) `,` type($b) `->` type($y)";
}

def Mlc_Relation : I32EnumAttr<"Relation", "order of two values", [
    I32EnumAttrCase<"eq", 0>, I32EnumAttrCase<"ne", 1>, I32EnumAttrCase<"lt", 2>,
    I32EnumAttrCase<"le", 3>, I32EnumAttrCase<"gt", 4>, I32EnumAttrCase<"ge", 5>]> {
  let cppNamespace = "::mlc";
}

def Mlc_CompareOp : Mlc_ElementwiseOp<"compare", "compare", Symbolic> {
  let summary = "whether a and b stand in the relation; with NaN only `ne` holds";
  let arguments = (ins Mlc_Relation:$relation, Mlc_Tensor:$a, Mlc_Tensor:$b);
  let assemblyFormat = "$relation $a `,` $b attr-dict `:` type($a) `,` type($b) `->` type($y)";
}

def Mlc_SelectOp : Mlc_ElementwiseOp<"select", "select", Symbolic> {
  let summary = "a where the condition holds, else b";
  let arguments = (ins Mlc_BoolTensor:$condition, Mlc_Tensor:$a, Mlc_Tensor:$b);
  let assemblyFormat = "$condition `,` $a `,` $b attr-dict `:` type($condition) `,` type($a) `,` type($b) `->` type($y)";
}

def Mlc_CastOp : Mlc_ElementwiseOp<"cast", "cast", Symbolic> {
  let summary = "x in another element type";
  let description = [{
    Floats to integers lose their fraction and saturate; NaN gives 0. Integers to narrower ones wrap. To a boolean: x != 0.
    Between floats: to nearest, halves to even; `saturate` says whether what is too large for an 8-bit float becomes its
    largest value.
  }];
  let arguments = (ins Mlc_Tensor:$x, TypeAttrOf<Mlc_Element>:$to, DefaultValuedAttr<BoolAttr, "true">:$saturate,
                       DefaultValuedAttr<Mlc_Between<0, 2>, "0">:$round_mode);
  let assemblyFormat = "$x `to` $to attr-dict `:` type($x) `->` type($y)";
}

def Mlc_BitcastOp : Mlc_ElementwiseOp<"bitcast", "bitcast"> {
  let summary = "the same bits as another element type of the same width";
  let arguments = (ins Mlc_Tensor:$x, TypeAttrOf<Mlc_Element>:$to);
  let assemblyFormat = "$x `to` $to attr-dict `:` type($x) `->` type($y)";
}

#endif
