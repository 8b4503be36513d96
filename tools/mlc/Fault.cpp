#include "Fault.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <sys/stat.h>
#include <unistd.h>

namespace mlc::cli {
namespace {

// Fixed memory, because a signal handler reads it.
char temporaryFolder[4096], temporaryFile[4200];

void removeTemporary() {
  if (!temporaryFolder[0])
    return;
  unlink(temporaryFile);
  rmdir(temporaryFolder);
  temporaryFolder[0] = 0;
}

void say(const char *text) {
  if (write(STDERR_FILENO, text, std::strlen(text)) < 0)
    return;
}

const char *describe(int signal) {
  switch (signal) {
  case SIGSEGV: return "invalid memory access";
  case SIGBUS: return "memory of a file that is gone";
  case SIGFPE: return "arithmetic fault";
  case SIGILL: return "illegal instruction";
  default: return "aborted";
  }
}

void onFault(int signal) {
  say("mlc: error: internal: ");
  say(describe(signal));
  say("\n");
  removeTemporary();
  _exit(70);
}

// The user ends the program: as if there were no handler, but for the temporary file.
void onEnd(int signal) {
  removeTemporary();
  raise(signal);
}

[[noreturn]] void onTerminate() {
  const char *what = "unexpected end";
  if (std::exception_ptr current = std::current_exception()) {
    try {
      std::rethrow_exception(current);
    } catch (const std::exception &error) {
      what = error.what();
    } catch (...) {
      what = "unknown exception";
    }
  }
  std::fprintf(stderr, "mlc: error: internal: %s\n", what);
  removeTemporary();
  _exit(70);
}

void handle(int signal, void (*handler)(int), int flags) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

} // namespace

void installFaultHandlers() {
  std::set_terminate(onTerminate);
  handle(SIGABRT, onFault, 0);
  if (!MLC_SANITIZED) { // sanitizers report these themselves
    // A stack of its own, since an exhausted stack is one of the faults.
    static char stack[1 << 16];
    stack_t alternative{};
    alternative.ss_sp = stack;
    alternative.ss_size = sizeof stack;
    sigaltstack(&alternative, nullptr);
    for (int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL})
      handle(signal, onFault, SA_ONSTACK);
  }
  // A reader that goes away shows as a failed write.
  handle(SIGPIPE, SIG_IGN, 0);
}

bool TemporaryFile::make(const char *name) {
  const char *place = std::getenv("TMPDIR");
  int length =
      std::snprintf(temporaryFolder, sizeof temporaryFolder, "%s/mlc-XXXXXX", place && *place ? place : "/tmp");
  if (length >= static_cast<int>(sizeof temporaryFolder) || !mkdtemp(temporaryFolder)) {
    temporaryFolder[0] = 0;
    return false;
  }
  std::snprintf(temporaryFile, sizeof temporaryFile, "%s/%s", temporaryFolder, name);
  for (int signal : {SIGINT, SIGTERM, SIGHUP})
    handle(signal, onEnd, SA_RESETHAND | SA_NODEFER);
  return true;
}

std::string TemporaryFile::path() const { return temporaryFile; }

TemporaryFile::~TemporaryFile() { removeTemporary(); }

} // namespace mlc::cli
