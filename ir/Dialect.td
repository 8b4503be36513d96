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
}

// Result types follow from the operands. An unknown dimension may be written by another expression than the inferred one
// (the two are equal in every run, or the run is refused), so that only what is known is compared.
def Mlc_InferTypes : InferTypeOpAdaptorBase<[{
  static bool isCompatibleReturnTypes(::mlir::TypeRange l, ::mlir::TypeRange r) { return ::mlc::compatibleTypes(l, r); }
}]>;

class Mlc_Op<string opMnemonic, list<Trait> traits = []> : Op<Mlc_Dialect, opMnemonic, traits>;

#endif
