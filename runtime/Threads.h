// The workers of one session.
//
// A region hands tasks 0 … n-1 to the workers in contiguous ranges, one a worker, fixed by n and the number of workers
// alone. Tasks write disjoint places, so the result is the same for any number of workers.
//
// Between regions a worker spins for a short time, because waking a parked thread takes some 20 µs and a region of a
// small model takes less; after that it parks in the kernel and costs nothing. It spins only while it has a processor
// of its own: on the caller's processor it would hold up the very thread it waits for.
#ifndef MLC_RUNTIME_THREADS_H
#define MLC_RUNTIME_THREADS_H

#include <mlc/abi.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <pthread.h>

namespace mlc::rt {

class Pool {
public:
  static constexpr unsigned maxWorkers = 1024;

  // The caller is worker 0; workers - 1 threads are started, fewer where the system refuses more.
  explicit Pool(unsigned workers);
  ~Pool();
  Pool(const Pool &) = delete;
  Pool &operator=(const Pool &) = delete;

  unsigned workers() const { return count; }

  // One region: returns when all tasks are done. Called by one thread at a time, and not from within a task.
  void run(mlc_kernel kernel, const void *args, int64_t tasks);

private:
  struct Thread {
    Pool *pool = nullptr;
    unsigned index = 0;
    pthread_t handle{};
  };

  static void *enter(void *thread);
  void work(unsigned index);
  uint32_t await(uint32_t seen, unsigned index);
  void publish(unsigned participants);
  void doRange(unsigned index, unsigned participants);

  // What the caller announces: the region's number above, the workers that take part below. Workers that do not take
  // part read nothing else, since the rest may change under them. A region whose number is 0 has all of them take part,
  // so that nobody can mistake a number that has come round for one it has seen.
  static constexpr unsigned participantBits = 12;
  alignas(64) std::atomic<uint32_t> word{0};
  std::atomic<int> callerProcessor{-1};
  mlc_kernel kernel = nullptr;
  const void *args = nullptr;
  int64_t tasks = 0;
  bool stop = false;
  alignas(64) std::atomic<uint32_t> parked{0};
  alignas(64) std::atomic<uint32_t> remaining{0};

  unsigned count = 1;
  std::unique_ptr<Thread[]> threads;
};

// Physical cores that this process may use: processors it is allowed on, each core once, no more than its control
// group has time for. At least 1.
unsigned physicalCores();

} // namespace mlc::rt

#endif // MLC_RUNTIME_THREADS_H
