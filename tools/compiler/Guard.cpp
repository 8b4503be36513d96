#include "Guard.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/ErrorHandling.h"

#include <chrono>
#include <exception>
#include <mutex>
#include <stdexcept>

namespace mlc::compiler {
namespace {

/// LLVM's handler must not return, so it leaves by an exception. Frames of LLVM between here and the catch are not cleaned
/// up, which leaks, but only after a fault.
[[noreturn]] void onFatalError(void *, const char *reason, bool) { throw std::runtime_error(reason); }

void installHandlers() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::install_fatal_error_handler(onFatalError);
    llvm::install_bad_alloc_error_handler([](void *, const char *, bool) { throw std::bad_alloc(); });
  });
}

} // namespace

std::string guarded(llvm::function_ref<void()> body) {
  installHandlers();
  try {
    body();
    return "";
  } catch (const std::bad_alloc &) {
    return "memory ran out";
  } catch (const std::exception &e) {
    return *e.what() ? e.what() : "an exception without a text";
  } catch (...) {
    return "an exception of unknown type";
  }
}

void internalFault(CompileResult &result, const std::string &what) {
  result.status = 70;
  result.messages.push_back("internal error: " + what);
}

void guardedRequest(CompileResult &result, llvm::function_ref<void()> body) {
  auto begun = std::chrono::steady_clock::now();
  if (std::string fault = guarded(body); !fault.empty())
    internalFault(result, fault);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

} // namespace mlc::compiler
