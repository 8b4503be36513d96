//===- ElementSource.h - how operators emit single elements ----------------===//
//
// Kernels are made by pulling: whoever stores an element of a result asks for its value at an index, the operator asks
// its operands at theirs, until memory is reached. An index is one LaneIndex a dimension; with several lanes the element
// is a vector, and each LaneIndex says how the index changes from lane to lane.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_IR_ELEMENTSOURCE_H
#define MLC_IR_ELEMENTSOURCE_H

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/Builders.h"

namespace mlc {

/// An index along one dimension, for all lanes of a vector: base + lane * step, or, where that is not so, one value a
/// lane (`lanes`, a vector of i64; base and step are unused then).
struct LaneIndex {
  mlir::Value base;   // index
  int64_t step = 0;
  mlir::Value lanes;  // vector<Lxi64> or null

  bool isUniform() const { return !lanes && step == 0; }
  bool operator==(const LaneIndex &o) const { return base == o.base && step == o.step && lanes == o.lanes; }
};

/// Gives elements of tensors while a kernel is built, and arithmetic on indices.
class ElementSource {
public:
  ElementSource(mlir::OpBuilder &builder, mlir::Location loc, int64_t lanes) : builder(builder), loc(loc), lanes(lanes) {}
  virtual ~ElementSource() = default;

  /// The element(s) of a tensor, in its compute type (see `computeType`). Null after a diagnostic.
  virtual mlir::Value at(mlir::Value tensor, llvm::ArrayRef<LaneIndex> index) = 0;

  /// An expression over the kernel's symbols, as index.
  virtual mlir::Value expression(mlir::AffineExpr expr) = 0;

  virtual mlir::Value constant(int64_t value);
  LaneIndex uniform(mlir::Value base) { return {base, 0, nullptr}; }
  LaneIndex uniform(int64_t value) { return uniform(constant(value)); }

  LaneIndex add(LaneIndex a, LaneIndex b);
  LaneIndex sub(LaneIndex a, LaneIndex b);
  LaneIndex scale(LaneIndex a, int64_t factor);
  LaneIndex scale(LaneIndex a, mlir::Value factor);
  /// Division and remainder by a positive number; towards minus infinity.
  LaneIndex floorDiv(LaneIndex a, mlir::Value divisor);
  LaneIndex mod(LaneIndex a, mlir::Value divisor);
  LaneIndex minimum(LaneIndex a, mlir::Value b);
  LaneIndex maximum(LaneIndex a, mlir::Value b);
  /// a within 0 … extent - 1.
  LaneIndex clamp(LaneIndex a, mlir::Value extent);
  /// Whether low <= a < high: i1, or a vector of i1 where a is not uniform.
  mlir::Value inside(LaneIndex a, mlir::Value low, mlir::Value high);
  /// Whether a < b.
  mlir::Value less(LaneIndex a, mlir::Value b);
  LaneIndex select(mlir::Value condition, LaneIndex a, LaneIndex b);
  /// An index from an integer element (scalar or vector).
  LaneIndex fromElement(mlir::Value element);
  /// The index as an element: i64, or a vector of it.
  mlir::Value toElement(LaneIndex a);
  /// Scalar conditions and values become vectors where lanes > 1 and `like` is a vector.
  mlir::Value splat(mlir::Value scalar);
  /// cond ? a : b, any of them scalar or vector.
  mlir::Value choose(mlir::Value condition, mlir::Value a, mlir::Value b);
  mlir::Value conjunction(mlir::Value a, mlir::Value b);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  const int64_t lanes;

private:
  mlir::Value vectorOf(LaneIndex a);
  LaneIndex ofVector(mlir::Value v) { return {nullptr, 0, v}; }
};

/// The type in which elements of a tensor's element type are computed: f32 for narrower floats, signless integers for
/// unsigned ones.
mlir::Type computeType(mlir::Type elementType);

/// The type with which one element stands in memory: signless integers, i8 for those of fewer bits; f32, f64. Floats of 16 bits
/// are i16: single ones in LLVM IR become calls of library functions on processors that do not know them.
mlir::Type storageType(mlir::Type elementType);

/// Bytes of one element in memory.
int64_t storageBytes(mlir::Type elementType);

} // namespace mlc

#endif // MLC_IR_ELEMENTSOURCE_H
