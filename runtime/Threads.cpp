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

constexpr int64_t spinNanoseconds = 50'000;
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

Pool::Pool(unsigned workers) {
  static_assert(maxWorkers < 1u << participantBits);
  workers = std::clamp(workers, 1u, maxWorkers);
  if (workers == 1)
    return;
  threads.reset(new (std::nothrow) Thread[workers]);
  if (!threads)
    return;
  // Signals are the program's own business: its handlers never run on a worker.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (; count < workers; ++count) {
    Thread &thread = threads[count];
    thread.pool = this;
    thread.index = count;
    if (pthread_create(&thread.handle, nullptr, enter, &thread))
      break;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Pool::~Pool() {
  if (count == 1)
    return;
  stop = true;
  publish(count);
  for (unsigned i = 1; i < count; ++i)
    pthread_join(threads[i].handle, nullptr);
}

void *Pool::enter(void *argument) {
  auto *thread = static_cast<Thread *>(argument);
  thread->pool->work(thread->index);
  return nullptr;
}

void Pool::work(unsigned index) {
  for (uint32_t seen = 0;;) {
    seen = await(seen, index);
    unsigned participants = seen & ((1u << participantBits) - 1);
    if (index >= participants)
      continue;
    if (stop)
      return;
    doRange(index, participants);
    remaining.fetch_sub(1, std::memory_order_release);
  }
}

uint32_t Pool::await(uint32_t seen, unsigned index) {
  uint32_t current;
  for (int64_t until = now() + spinNanoseconds;;) {
    for (int i = 0; i < pausesBetweenLooks; ++i) {
      current = word.load(std::memory_order_acquire);
      if (current != seen)
        return current;
      pause();
    }
    if (now() >= until || sched_getcpu() == callerProcessor.load(std::memory_order_relaxed))
      break;
  }
  // Parked is raised before the kernel compares the word, and the caller writes the word before it looks at parked:
  // in the one order that all see, one of the two notices the other.
  parked.fetch_add(1);
  while ((current = word.load()) == seen)
    futexWait(word, seen, bitOf(index));
  parked.fetch_sub(1);
  return current;
}

void Pool::publish(unsigned participants) {
  uint32_t number = (word.load(std::memory_order_relaxed) >> participantBits) + 1;
  number &= UINT32_MAX >> participantBits;
  if (number == 0)
    participants = count;
  remaining.store(participants - 1, std::memory_order_relaxed);
  word.store(number << participantBits | participants);
  if (!parked.load())
    return;
  uint32_t bits = 0;
  for (unsigned i = 1; i < participants; ++i)
    bits |= bitOf(i);
  futexWake(word, bits);
}

void Pool::doRange(unsigned index, unsigned participants) {
  int64_t each = tasks / participants, rest = tasks % participants;
  int64_t begin = each * index + std::min<int64_t>(index, rest);
  int64_t end = begin + each + (index < rest);
  if (begin < end)
    kernel(args, begin, end);
}

void Pool::run(mlc_kernel newKernel, const void *newArgs, int64_t newTasks) {
  if (newTasks <= 0)
    return;
  if (count == 1 || newTasks == 1)
    return newKernel(newArgs, 0, newTasks);
  kernel = newKernel;
  args = newArgs;
  tasks = newTasks;
  callerProcessor.store(sched_getcpu(), std::memory_order_relaxed);
  publish(static_cast<unsigned>(std::min<int64_t>(count, tasks)));
  doRange(0, word.load(std::memory_order_relaxed) & ((1u << participantBits) - 1));

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
