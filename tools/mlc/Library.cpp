#include "Library.h"

#include "runtime/driver/Job.h"

#include <cstdio>
#include <dlfcn.h>
#include <unistd.h>

using namespace mlc::driver;

namespace mlc::cli {
namespace {

// lib/ stands beside the folder of the program, in the build folder as where it is installed.
std::string libraryPath() {
  char program[4096];
  ssize_t length = readlink("/proc/self/exe", program, sizeof program);
  std::string folder(program, length > 0 ? static_cast<size_t>(length) : 0);
  folder.resize(std::min(folder.rfind('/'), folder.size()));
  return folder + "/../lib/libmlc_compiler.so";
}

int broken(const std::string &what) {
  std::fprintf(stderr, "mlc: error: internal: %s\n", what.c_str());
  return Fault;
}

} // namespace

int loadCompiler(CompilerLibrary &library) {
  std::string path = libraryPath();
  void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return broken("the compiler cannot be loaded (compiled models run without it): " + std::string(dlerror()));
  library.compile = reinterpret_cast<decltype(library.compile)>(dlsym(handle, "mlc_compiler_compile"));
  library.check = reinterpret_cast<decltype(library.check)>(dlsym(handle, "mlc_compiler_check"));
  library.inspect = reinterpret_cast<decltype(library.inspect)>(dlsym(handle, "mlc_compiler_inspect"));
  if (!library.compile || !library.check || !library.inspect)
    return broken(path + ": the compiler does not belong to this program");
  return Done;
}

int conclude(const CompileResult &result) {
  for (const std::string &note : result.notes)
    std::fprintf(stderr, "mlc: note: %s\n", note.c_str());
  for (const std::string &message : result.messages)
    std::fprintf(stderr, "mlc: error: %s\n", message.c_str());
  if (result.status != Done && result.messages.empty())
    return broken("the compiler refused and did not say why");
  if (result.status != Done && result.status != Refused && result.status != Usage)
    return Fault;
  return result.status;
}

std::function<void(const std::string &, double)> progressBar() {
  if (!isatty(STDERR_FILENO))
    return {};
  return [](const std::string &stage, double share) {
    if (share >= 1)
      std::fputs("\r\033[K", stderr);
    else
      std::fprintf(stderr, "\r\033[K%3.0f%% %s", share * 100, stage.c_str());
    std::fflush(stderr);
  };
}

} // namespace mlc::cli
