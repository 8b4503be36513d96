//===- Dialect.td - the mlc dialect, its attributes and base classes ------===//
#ifndef MLC_IR_DIALECT
#define MLC_IR_DIALECT

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/Interfaces/InferTypeOpInterface.td"

def Mlc_Dialect : Dialect {
  let name = "mlc";
  let cppNamespace = "::mlc";
  let summary = "Trained models as graphs of tensors";
  let description = [{
    Operators over builtin tensors with value semantics. A dimension that is not known when compiling is an expression
    over the function's symbols, held in the tensor's encoding (`#mlc.dims`), so that two dimensions are known to be the
    same where their expressions are. What each symbol is stands in the function's attribute `mlc.symbols`.

    Images are channels-last: N, spatial dimensions, C. Unsigned integers are `uiN`, signed ones `iN`, booleans `i1`.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::func::FuncDialect",
                           "::mlir::vector::VectorDialect"];
}

class Mlc_Attr<string name, string attrMnemonic, list<Trait> traits = []> : AttrDef<Mlc_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}

def Mlc_DimsAttr : Mlc_Attr<"Dims", "dims"> {
  let summary = "A list of expressions over the function's symbols";
  let description = [{
    The encoding of a tensor with unknown dimensions (one expression a dimension, constants for the known ones), and the
    value of an integer that is computed from dimensions.

    Example: `tensor<?x3x?xf32, #mlc.dims<()[s0, s1] -> (s0, 3, s1 floordiv 2)>>`.
  }];
  let parameters = (ins "::mlir::AffineMap":$map);
  let assemblyFormat = "`<` $map `>`";
  let builders = [AttrBuilder<(ins "::llvm::ArrayRef<::mlir::AffineExpr>":$exprs)>];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    ::llvm::ArrayRef<::mlir::AffineExpr> exprs() const { return getMap().getResults(); }
    size_t size() const { return exprs().size(); }
    ::mlir::AffineExpr operator[](size_t i) const { return exprs()[i]; }
  }];
}

def Mlc_SymbolAttr : Mlc_Attr<"Symbol", "symbol"> {
  let summary = "What a symbol of a function is";
  let description = [{
    `kind` is `input` (dimension `args[1]` of input `args[0]`), `min` or `max` (of the two expressions), `data` (bound by
    `mlc.bind` or a control operator while the model runs). `low` is a lower bound of its value.

    Example: `#mlc.symbol<"batch", "input", 1, () -> (0, 0)>`.
  }];
  let parameters = (ins "::mlir::StringAttr":$name, "::mlir::StringAttr":$kind, "int64_t":$low, "::mlir::AffineMap":$args);
  let assemblyFormat = "`<` $name `,` $kind `,` $low `,` $args `>`";
  let genVerifyDecl = 1;
}

// Result types follow from the operands. An unknown dimension may be written by another expression than the inferred one
// (the two are equal in every run, or the run is refused), so that only what is known is compared.
def Mlc_InferTypes : InferTypeOpAdaptorBase<[{
  static bool isCompatibleReturnTypes(::mlir::TypeRange l, ::mlir::TypeRange r) { return ::mlc::compatibleTypes(l, r); }
}]>;

// What holds of the operands' and results' types of every operator; see Verify.h.
def Mlc_WellTyped : NativeOpTrait<"WellTyped"> {
  let cppNamespace = "::mlc";
}

class Mlc_Op<string opMnemonic, list<Trait> traits = []> : Op<Mlc_Dialect, opMnemonic, !listconcat([Mlc_WellTyped], traits)>;

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

def Mlc_Element : Type<CPred<"::mlc::isElementType($_self)">, "number">;
def Mlc_Float : Type<And<[Mlc_Element.predicate, CPred<"::llvm::isa<::mlir::FloatType>($_self)">]>, "float">;
def Mlc_Integer : Type<And<[Mlc_Element.predicate, CPred<"::llvm::isa<::mlir::IntegerType>($_self)">]>, "integer or boolean">;
// Whose products the emitters compute: packed weights have no reference.
def Mlc_Factor : Type<And<[Mlc_Element.predicate, CPred<"::mlc::storageBytes($_self) * 8 == $_self.getIntOrFloatBitWidth()">,
                           CPred<"!::llvm::isa<::mlir::FloatType>($_self) || $_self.getIntOrFloatBitWidth() >= 16">]>,
                      "float of 16 bits or more or integer of 8 bits or more">;

def Mlc_Tensor : RankedTensorOf<[Mlc_Element]>;
def Mlc_FloatTensor : RankedTensorOf<[Mlc_Float]>;
def Mlc_IntegerTensor : RankedTensorOf<[Mlc_Integer]>;
def Mlc_FactorTensor : RankedTensorOf<[Mlc_Factor]>;
def Mlc_BoolTensor : RankedTensorOf<[I1]>;
def Mlc_IndexTensor : RankedTensorOf<[I32, I64]>;
def Mlc_LengthTensor : RankedTensorOf<[I64]>;

// A parameter of `low` … `high`.
class Mlc_Between<int low, int high> : ConfinedAttr<I64Attr, [IntMinValue<low>, IntMaxValue<high>]>;

// A place in a list that is checked elsewhere for its length.
def Mlc_Position : ConfinedAttr<I64Attr, [IntNonNegative]>;

#endif
