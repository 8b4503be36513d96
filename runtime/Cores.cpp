#include "Threads.h"

#include <mlc/runtime.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

namespace mlc::rt {
namespace {

constexpr int maxProcessors = 8192;

// First line of a small file of the system, or "".
const char *readLine(const char *path, char (&text)[256]) {
  text[0] = 0;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return text;
  ssize_t got = read(file, text, sizeof text - 1);
  close(file);
  text[got > 0 ? got : 0] = 0;
  return text;
}

// Whether no allowed processor with a lower number shares this one's core. The list reads "0,4" or "0-1".
bool firstOfCore(int processor, const cpu_set_t *allowed, size_t bytes) {
  char path[96], text[256];
  std::snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", processor);
  for (const char *at = readLine(path, text); *at;) {
    char *end;
    long low = std::strtol(at, &end, 10), high = low;
    if (end == at)
      break;
    if (*end == '-')
      high = std::strtol(end + 1, &end, 10);
    for (long sibling = std::max(low, 0l); sibling <= high && sibling < processor; ++sibling)
      if (CPU_ISSET_S(static_cast<size_t>(sibling), bytes, allowed))
        return false;
    if (*end != ',')
      break;
    at = end + 1;
  }
  return true;
}

// Processors' worth of time that the control group grants, rounded up; a large number where it grants all.
unsigned quota() {
  char text[256];
  long long time = 0, period = 0;
  if (std::sscanf(readLine("/sys/fs/cgroup/cpu.max", text), "%lld %lld", &time, &period) == 2 && time > 0 && period > 0)
    return static_cast<unsigned>(std::clamp<long long>((time + period - 1) / period, 1, maxProcessors));
  return maxProcessors;
}

} // namespace

unsigned physicalCores() {
  cpu_set_t *allowed = CPU_ALLOC(maxProcessors);
  size_t bytes = CPU_ALLOC_SIZE(maxProcessors);
  unsigned cores = 0;
  if (allowed && sched_getaffinity(0, bytes, allowed) == 0)
    for (int processor = 0; processor < maxProcessors; ++processor)
      if (CPU_ISSET_S(static_cast<size_t>(processor), bytes, allowed) && firstOfCore(processor, allowed, bytes))
        ++cores;
  if (allowed)
    CPU_FREE(allowed);
  return std::max(1u, std::min(cores, quota()));
}

} // namespace mlc::rt

int32_t mlc_default_threads(void) {
  return static_cast<int32_t>(std::min(mlc::rt::physicalCores(), mlc::rt::Pool::maxWorkers));
}
