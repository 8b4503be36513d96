//===- Control.td - control flow, groups ------------------------------------===//
#ifndef MLC_IR_CONTROL
#define MLC_IR_CONTROL

include "Dialect.td"
include "Interfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Mlc_YieldOp : Mlc_Op<"yield", [Pure, Terminator, ParentOneOf<["IfOp", "LoopOp", "GroupOp"]>]> {
  let summary = "ends a region of if, loop or group with its results";
  let arguments = (ins Variadic<Mlc_Tensor>:$results);
  let builders = [OpBuilder<(ins), "build($_builder, $_state, ::mlir::ValueRange());">];
  let assemblyFormat = "attr-dict ($results^ `:` type($results))?";
}

def Mlc_IfOp : Mlc_Op<"if", [RecursiveMemoryEffects, NoRegionArguments, SingleBlockImplicitTerminator<"::mlc::YieldOp">]> {
  let summary = "one of two regions, by a boolean of one element";
  let description = [{
    Results have one type for both branches. A dimension that differs is a symbol of kind `data`, bound by the operator: 
    `symbols` lists for each such symbol its index, the result and the dimension.
  }];
  let arguments = (ins Mlc_BoolTensor:$condition, DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$symbols);
  let results = (outs Variadic<Mlc_Tensor>:$results);
  let regions = (region SizedRegion<1>:$then_region, SizedRegion<1>:$else_region);
  let assemblyFormat = [{$condition attr-dict `:` type($condition) (`->` `(` type($results)^ `)`)? $then_region `else` $else_region}];
  let hasRegionVerifier = 1;
}

def Mlc_LoopOp : Mlc_Op<"loop", [RecursiveMemoryEffects, AttrSizedOperandSegments,
                                 SingleBlockImplicitTerminator<"::mlc::YieldOp">]> {
  let summary = "repeats its region with carried values";
  let description = [{
    Runs while fewer than `trips` (i64; absent: no limit) iterations are done and the condition (i1; absent: true) holds. The
    region's arguments are the iteration number (i64), and the carried values; it yields the next condition, the carried
    values and one value a scan output. Results: the last carried values, then the scan outputs with the iterations as
    first dimension. `trip_symbol` is the symbol (kind `data`) for the number of iterations done where that is not known, or -1.
  }];
  let arguments = (ins Optional<Mlc_LengthTensor>:$trips, Optional<Mlc_BoolTensor>:$condition, Variadic<Mlc_Tensor>:$carried,
                       DefaultValuedAttr<I64Attr, "-1">:$trip_symbol);
  let results = (outs Variadic<Mlc_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{(`trips` $trips^ `:` type($trips))? (`while` $condition^ `:` type($condition))? `(` $carried `)` attr-dict
                         `:` functional-type($carried, $results) $body}];
  let hasRegionVerifier = 1;
}

def Mlc_GroupOp : Mlc_Op<"group", [IsolatedFromAbove, Pure, SingleBlockImplicitTerminator<"::mlc::YieldOp">]> {
  let summary = "operators that become one kernel";
  let description = [{
    The region sees the operands only, and has symbols of its own: symbol i of its types is the function's expression
    `symbols[i]`. `emitter` names the family that makes the kernel; `tasks` is the number of parts that may run at the same
    time, over the function's symbols. `in_place` lists pairs (result, operand) that may share memory. `strides` lists operands
    and, counted on behind them, results that stand within larger tensors with gaps between their elements, each followed by
    the distances of neighbours along its dimensions, in elements.
  }];
  let arguments = (ins Variadic<Mlc_Tensor>:$operands, StrAttr:$name, StrAttr:$emitter, Mlc_DimsAttr:$symbols,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$in_place, DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$strides);
  let results = (outs Variadic<Mlc_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{$name `emitter` $emitter `(` $operands `)` `symbols` $symbols attr-dict
                         `:` functional-type($operands, $results) $body}];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    /// The value at a place among operands and, behind them, results.
    ::mlir::Value valueAt(unsigned position) {
      return position < getNumOperands() ? getOperand(position) : ::mlir::Value(getResult(position - getNumOperands()));
    }
    /// The distances in `strides` of the value at such a place; empty where it stands by itself.
    ::llvm::ArrayRef<int64_t> stridesOf(unsigned position);
    /// Whether the kernel can read or write the value at such a place with gaps between its elements.
    bool mayHaveGaps(unsigned position);
  }];
}

#endif
