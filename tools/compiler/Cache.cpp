#include "Cache.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

#include <cstdlib>
#include <cstring>
#include <dlfcn.h>

using namespace llvm;

namespace mlc::compiler {
namespace {

constexpr char kMagic[] = "mlckern1";
constexpr size_t kHeader = 16;   // magic, checksum of the rest

/// Hash of the versions and of this library's own bytes.
const std::string &compilerHash() {
  static const std::string hash = [] {
    std::string all = std::string("mlc " MLC_VERSION " LLVM " LLVM_VERSION_STRING " ");
    Dl_info self;
    if (dladdr(reinterpret_cast<const void *>(&compilerHash), &self) && self.dli_fname)
      if (auto bytes = MemoryBuffer::getFile(self.dli_fname, false, /*RequiresNullTerminator=*/false))
        all += utohexstr(xxh3_64bits((*bytes)->getBuffer()));
    return utohexstr(xxh3_64bits(all), /*LowerCase=*/true);
  }();
  return hash;
}

std::string defaultFolder() {
  SmallString<128> path;
  if (const char *cache = std::getenv("XDG_CACHE_HOME"); cache && sys::path::is_absolute(cache))
    path = cache;
  else if (const char *home = std::getenv("HOME"); home && sys::path::is_absolute(home))
    (path = home) += "/.cache";
  else
    return "";
  sys::path::append(path, "mlc", "kernels");
  return path.str().str();
}

} // namespace

KernelCache::KernelCache(const std::string &place) : folder(place == "none" ? "" : place.empty() ? defaultFolder() : place) {
  if (!folder.empty() && sys::fs::create_directories(folder))
    folder.clear();
}

std::string KernelCache::pathOf(const std::string &symbol) const { return folder + "/" + symbol + "-" + compilerHash() + ".o"; }

std::optional<std::string> KernelCache::find(const std::string &symbol) const {
  if (folder.empty())
    return std::nullopt;
  auto file = MemoryBuffer::getFile(pathOf(symbol), false, /*RequiresNullTerminator=*/false, /*IsVolatile=*/true);
  if (!file)
    return std::nullopt;
  StringRef bytes = (*file)->getBuffer();
  if (bytes.size() <= kHeader || !bytes.starts_with(kMagic))
    return std::nullopt;
  StringRef object = bytes.drop_front(kHeader);
  if (support::endian::read64le(bytes.data() + 8) != xxh3_64bits(object))
    return std::nullopt;
  return object.str();
}

void KernelCache::store(const std::string &symbol, const std::string &object) const {
  if (folder.empty())
    return;
  SmallString<128> temporary;
  int descriptor = -1;
  if (sys::fs::createUniqueFile(folder + "/new-%%%%%%%%%%%%", descriptor, temporary))
    return;
  char header[kHeader];
  std::memcpy(header, kMagic, 8);
  support::endian::write64le(header + 8, xxh3_64bits(object));
  raw_fd_ostream os(descriptor, /*shouldClose=*/true);
  os.write(header, kHeader) << object;
  os.close();
  bool failed = os.has_error();
  os.clear_error();
  if (failed || sys::fs::rename(temporary, pathOf(symbol)))
    sys::fs::remove(temporary);
}

} // namespace mlc::compiler
