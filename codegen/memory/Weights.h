//===- Weights.h - where constants stand in the section of weights ---------===//
#ifndef MLC_CODEGEN_MEMORY_WEIGHTS_H
#define MLC_CODEGEN_MEMORY_WEIGHTS_H

#include "ir/Dialect.h"

#include <map>

namespace mlc {

struct Weight {
  mlir::ElementsAttr value;
  int64_t offset = 0, bytes = 0;
};

/// Constants one after the other, aligned to 64; constants of equal bytes are one. Holds no bytes itself.
class WeightsLayout {
public:
  /// The offset of a constant, which is laid out if it is new.
  int64_t add(mlir::ElementsAttr value);

  llvm::ArrayRef<Weight> weights() const { return list; }
  int64_t bytes() const { return size; }

private:
  std::vector<Weight> list;
  std::multimap<uint64_t, size_t> byHash;
  llvm::DenseMap<mlir::Attribute, size_t> byAttribute;
  int64_t size = 0;
};

} // namespace mlc

#endif // MLC_CODEGEN_MEMORY_WEIGHTS_H
