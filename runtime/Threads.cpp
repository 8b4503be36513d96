#include "Threads.h"

#include <algorithm>
#include <climits>
#include <csignal>
#include <ctime>
#include <linux/futex.h>
#include <new>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace mlc::rt {
namespace {

// Spinning after a run, and at most between two regions of one.
constexpr int64_t spinNanoseconds = 50'000, longestSpinNanoseconds = 5'000'000;
constexpr int pausesBetweenLooks = 32;

int64_t now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1'000'000'000 + t.tv_nsec;
}

void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory");
#else
  asm volatile("" ::: "memory");
#endif
}

// Each worker waits under a bit of its own, so that a region of few workers wakes few.
uint32_t bitOf(unsigned index) { return uint32_t{1} << (index % 32); }

void futexWait(std::atomic<uint32_t> &word, uint32_t seen, uint32_t bits) {
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&word), FUTEX_WAIT_BITSET_PRIVATE, seen, nullptr, nullptr, bits);
}

void futexWake(std::atomic<uint32_t> &word, uint32_t bits) {
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&word), FUTEX_WAKE_BITSET_PRIVATE, INT_MAX, nullptr, nullptr, bits);
}

} // namespace

void setFloatMode(FloatMode mode) {
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr(static_cast<unsigned>(mode));
#elif defined(__aarch64__)
  asm volatile("msr fpcr, %0" ::"r"(mode));
#endif
}

FloatMode flushSubnormals() {
  FloatMode mode = 0;
#if defined(__x86_64__)
  constexpr unsigned flushToZero = 1 << 15, denormalsAreZeros = 1 << 6;
  mode = __builtin_ia32_stmxcsr();
  setFloatMode(mode | flushToZero | denormalsAreZeros);
#elif defined(__aarch64__)
  asm volatile("mrs %0, fpcr" : "=r"(mode));
  setFloatMode(mode | FloatMode{1} << 24);
#endif
  return mode;
}

Pool::Pool(unsigned workers) {
  workers = std::clamp(workers, 1u, maxWorkers);
  if (workers == 1)
    return;
  others.reset(new (std::nothrow) Worker[workers]);
  if (!others)
    return;
  // Machines of more processors than the set holds have their workers where the system puts them.
  CPU_ZERO(&allowed);
  sched_getaffinity(0, sizeof allowed, &allowed);
  // Signals are the program's own business: its handlers never run on a worker.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (; count < workers; ++count) {
    Worker &worker = others[count];
    worker.pool = this;
    worker.index = count;
    if (pthread_create(&worker.handle, nullptr, enter, &worker))
      break;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Pool::~Pool() {
  if (count == 1)
    return;
  stop.store(true, std::memory_order_relaxed);
  announce(count - 1);
  for (unsigned i = 1; i < count; ++i)
    pthread_join(others[i].handle, nullptr);
}

void *Pool::enter(void *argument) {
  auto *worker = static_cast<Worker *>(argument);
  worker->pool->work(worker->index);
  return nullptr;
}

void Pool::work(unsigned index) {
  flushSubnormals();
  for (uint32_t seen = 0;;) {
    seen = await(seen, index);
    apart(index);
    if (stop.load(std::memory_order_relaxed))
      return;
    // By now the next region may be on: its range is as good.
    if (claim(index)) {
      doRange(index);
      remaining.fetch_sub(1, std::memory_order_release);
    }
  }
}

uint32_t Pool::await(uint32_t seen, unsigned index) {
  uint32_t current;
  int64_t time = now(), last = time + longestSpinNanoseconds, until = time + spinNanoseconds;
  for (;;) {
    for (int i = 0; i < pausesBetweenLooks; ++i) {
      current = region.load(std::memory_order_acquire);
      if (current != seen)
        return current;
      pause();
    }
    time = now();
    if (running.load(std::memory_order_relaxed))
      until = std::min(last, time + spinNanoseconds);
    if (time >= until || !apart(index))
      break;
  }
  // Parked is raised before the kernel compares the number, and the caller writes the number before it looks at parked:
  // in the one order that all see, one of the two notices the other.
  parked.fetch_add(1);
  while ((current = region.load()) == seen)
    futexWait(region, seen, bitOf(index));
  parked.fetch_sub(1);
  return current;
}

bool Pool::apart(unsigned index) {
  int caller = callerProcessor.load(std::memory_order_relaxed);
  if (sched_getcpu() != caller)
    return true;
  // Asked for in vain already, or nowhere else to go.
  if (others[index].avoided == caller || CPU_COUNT(&allowed) < 2)
    return false;
  cpu_set_t rest = allowed;
  CPU_CLR(static_cast<size_t>(caller), &rest);
  others[index].avoided = caller;
  return sched_setaffinity(0, sizeof rest, &rest) == 0;
}

// Lets workers 1 … last know that there is something new.
void Pool::announce(unsigned last) {
  region.fetch_add(1);
  if (!parked.load())
    return;
  uint32_t bits = 0;
  for (unsigned i = 1; i <= last; ++i)
    bits |= bitOf(i);
  futexWake(region, bits);
}

bool Pool::claim(unsigned index) {
  std::atomic<bool> &offered = others[index].offered;
  return offered.load(std::memory_order_relaxed) && offered.exchange(false, std::memory_order_acquire);
}

void Pool::doRange(unsigned index) const {
  int64_t each = tasks / ranges, rest = tasks % ranges;
  int64_t begin = each * index + std::min<int64_t>(index, rest);
  kernel(args, begin, begin + each + (index < rest));
}

void Pool::run(mlc_kernel newKernel, const void *newArgs, int64_t newTasks) {
  if (newTasks <= 0)
    return;
  if (count == 1 || newTasks == 1)
    return newKernel(newArgs, 0, newTasks);
  kernel = newKernel;
  args = newArgs;
  tasks = newTasks;
  ranges = static_cast<unsigned>(std::min<int64_t>(count, tasks));
  remaining.store(ranges - 1, std::memory_order_relaxed);
  for (unsigned i = 1; i < ranges; ++i)
    others[i].offered.store(true, std::memory_order_release);
  callerProcessor.store(sched_getcpu(), std::memory_order_relaxed);
  announce(ranges - 1);

  doRange(0);
  for (unsigned i = 1; i < ranges; ++i)
    if (claim(i)) {
      doRange(i);
      remaining.fetch_sub(1, std::memory_order_relaxed);
    }

  // A worker may stand on this very processor: after a bounded wait it is let through.
  for (int64_t until = 0;;) {
    for (int i = 0; i < pausesBetweenLooks; ++i) {
      if (!remaining.load(std::memory_order_acquire))
        return;
      pause();
    }
    if (!until)
      until = now() + spinNanoseconds;
    else if (now() >= until)
      break;
  }
  while (remaining.load(std::memory_order_acquire))
    sched_yield();
}

} // namespace mlc::rt
