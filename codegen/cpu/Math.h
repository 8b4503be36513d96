//===- Math.h - math functions and small floats as arithmetic --------------===//
//
// Rewrites that leave nothing which code generation would turn into a call: math functions of f32 and f64 become arith and
// vector operations, on scalars and one-dimensional vectors; conversions from and to f16 and bf16 become integer code.
// Multiplications and additions that may fuse carry fastmath<contract>; results are right with and without fusion, as long as
// nothing else is allowed to fuse (TargetOptions::AllowFPOpFusion at its default, Standard).
//
//===----------------------------------------------------------------------===//
#ifndef MLC_CODEGEN_CPU_MATH_H
#define MLC_CODEGEN_CPU_MATH_H

#include "mlir/IR/PatternMatch.h"

namespace mlc {

/// Replaces math operations by arithmetic. Left are those that are instructions: absf, sqrt, floor, ceil, trunc, roundeven,
/// copysign. Makes scf.if for arguments of trigonometric functions that are too large for the quick reduction.
void populateMathPatterns(mlir::RewritePatternSet &patterns);

/// e^x for x that is not positive: of numbers of a softmax beside their maximum. In f32 results below the smallest normal number
/// are 0, and their error grows from one unit in the last place near 1 to four where they are next to nothing.
mlir::Value emitWeight(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value x);

/// f16 <-> f32, for processors without instructions for them (x86-64-v2, riscv64 without zfhmin).
void populateHalfConversionPatterns(mlir::RewritePatternSet &patterns);

/// bf16 <-> f32, and f64 <-> f16, bf16 through f32 with one rounding; for every processor.
void populateBf16Patterns(mlir::RewritePatternSet &patterns);

} // namespace mlc

#endif // MLC_CODEGEN_CPU_MATH_H
