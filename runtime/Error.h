// The text behind mlc_last_error: one a thread, of bounded length, so that reporting a failure allocates nothing.
#ifndef MLC_RUNTIME_ERROR_H
#define MLC_RUNTIME_ERROR_H

#include <cstdint>

namespace mlc::rt {

// Keeps the sentence for the calling thread and returns `status`.
[[gnu::format(printf, 2, 3)]] int32_t fail(int32_t status, const char *format, ...);

} // namespace mlc::rt

#endif // MLC_RUNTIME_ERROR_H
