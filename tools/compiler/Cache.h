//===- Cache.h - compiled kernels of earlier runs --------------------------===//
#ifndef MLC_TOOLS_COMPILER_CACHE_H
#define MLC_TOOLS_COMPILER_CACHE_H

#include <optional>
#include <string>

namespace mlc::compiler {

/// A folder with one file a kernel. Names hold the kernel's symbol and a hash of this very compiler, so that a changed
/// compiler starts anew. Files are written beside their place and renamed, so that any number of processes may share the
/// folder; a damaged file counts as none. What fails here only costs time.
class KernelCache {
public:
  /// `place`: a folder; "" for $XDG_CACHE_HOME/mlc/kernels or ~/.cache/mlc/kernels; "none" for no cache.
  explicit KernelCache(const std::string &place);

  std::optional<std::string> find(const std::string &symbol) const;
  void store(const std::string &symbol, const std::string &object) const;

private:
  std::string pathOf(const std::string &symbol) const;
  std::string folder;   // empty: off
};

} // namespace mlc::compiler

#endif // MLC_TOOLS_COMPILER_CACHE_H
