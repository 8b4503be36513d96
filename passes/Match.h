//===- Match.h - what patterns look for in a graph ---------------------------===//
#ifndef MLC_PASSES_MATCH_H
#define MLC_PASSES_MATCH_H

#include "ir/Dialect.h"

namespace mlc {

/// The number that all elements of a constant of floats are.
std::optional<double> numberOf(mlir::Value v);

/// A constant of rank 0.
mlir::Value numberTensor(mlir::OpBuilder &b, mlir::Location loc, mlir::Type element, double value);

/// x and f where v = x * f or v = x / (1 / f); a null x otherwise.
std::pair<mlir::Value, double> scaledBy(mlir::Value v);

} // namespace mlc

#endif // MLC_PASSES_MATCH_H
