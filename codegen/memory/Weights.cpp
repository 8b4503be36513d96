#include "Weights.h"

#include "ir/Fold.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;

namespace mlc {

int64_t WeightsLayout::add(ElementsAttr value) {
  if (auto known = byAttribute.find(value); known != byAttribute.end())
    return list[known->second].offset;
  SmallVector<char> storage;
  ArrayRef<char> bytes = bytesOf(value, storage);
  uint64_t hash = llvm::xxh3_64bits(llvm::StringRef(bytes.data(), bytes.size()));
  auto [first, last] = byHash.equal_range(hash);
  for (auto it = first; it != last; ++it) {
    SmallVector<char> otherStorage;
    if (bytesOf(list[it->second].value, otherStorage) == bytes) {
      byAttribute[value] = it->second;
      return list[it->second].offset;
    }
  }
  size_t index = list.size();
  list.push_back({value, size, static_cast<int64_t>(bytes.size())});
  byHash.emplace(hash, index);
  byAttribute[value] = index;
  size = static_cast<int64_t>(llvm::alignTo(static_cast<uint64_t>(size) + bytes.size(), 64));
  return list.back().offset;
}

} // namespace mlc
