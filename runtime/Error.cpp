#include "Error.h"

#include <mlc/runtime.h>

#include <cstdarg>
#include <cstdio>

namespace {
thread_local char lastError[4096];
}

int32_t mlc::rt::fail(int32_t status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(lastError, sizeof lastError, format, arguments);
  va_end(arguments);
  return status;
}

const char *mlc_last_error(void) { return lastError; }

const char *mlc_runtime_version(void) { return "mlc " MLC_VERSION; }
