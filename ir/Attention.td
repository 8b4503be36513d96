//===- Attention.td - rows that are weighted means of other rows ------------===//
#ifndef MLC_IR_ATTENTION
#define MLC_IR_ATTENTION

include "Dialect.td"
include "Interfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

// What a softmax is computed of, and with which products.
def Mlc_FactorFloat : Type<And<[Mlc_Factor.predicate, Mlc_Float.predicate]>, "float of 16 bits or more">;
def Mlc_FactorFloatTensor : RankedTensorOf<[Mlc_FactorFloat]>;

def Mlc_AttentionGuard : I32EnumAttr<"AttentionGuard", "which rows are 0", [
    I32EnumAttrCase<"none", 0>, I32EnumAttrCase<"nan", 1>, I32EnumAttrCase<"empty", 2>]> {
  let cppNamespace = "::mlc";
}

def Mlc_AttentionOp : Mlc_Op<"attention", [Pure, Mlc_InferTypes, DeclareOpInterfaceMethods<Mlc_Reference>,
    DeclareOpInterfaceMethods<Mlc_Structured>, DeclareOpInterfaceMethods<Mlc_Quantizable>,
    DeclareOpInterfaceMethods<Mlc_Differentiable>]> {
  let summary = "y[…,m,e] = sum over n of softmax over n of (scale * sum over d of q[…,m,d] * k[…,n,d] + mask[…,m,n]) * v[…,n,e]";
  let description = [{
    Leading dimensions broadcast, so that heads may share keys and values. The mask spreads over the scores, [leading…, m, n].
    `replaces`: it is not added, but a score where it is not 0. Without keys y is 0. `guard` says which rows are 0 whatever v is: none; those whose weights are not a number (`nan`); those
    with no score above minus infinity (`empty`), of which the weights are not a number otherwise. Scores and weights are not
    rounded to the element type.
  }];
  let arguments = (ins Mlc_FactorFloatTensor:$q, Mlc_FactorFloatTensor:$k, Mlc_FactorFloatTensor:$v,
                       Optional<Mlc_FactorFloatTensor>:$mask, F64Attr:$scale,
                       DefaultValuedAttr<Mlc_AttentionGuard, "::mlc::AttentionGuard::none">:$guard,
                       DefaultValuedAttr<BoolAttr, "false">:$replaces);
  let results = (outs Mlc_Tensor:$y);
  let hasFolder = 1;
  let assemblyFormat = [{$q `,` $k `,` $v (`mask` $mask^ `:` type($mask))? `scale` $scale (`guard` $guard^)? attr-dict
                         `:` type($q) `,` type($k) `,` type($v) `->` type($y)}];
  let extraClassDeclaration = [{
    // Whether a kernel keeps a block of rows in memory of its own.
    bool fitsKernel();
  }];
}

#endif
