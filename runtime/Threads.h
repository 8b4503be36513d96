// The workers of one session.
//
// A region hands tasks 0 … n-1 to the workers in contiguous ranges, one a worker, fixed by n and the number of workers
// alone. Tasks write disjoint places, so the result is the same for any number of workers.
//
// A range is claimed before it is done, by its worker or by the caller, who looks for what nobody has begun when its
// own range is done: a worker that is still waking up, or that a busy machine keeps waiting, holds nobody up.
//
// While the model runs a worker spins between regions, because waking a parked thread takes 20 to 70 µs and a region of a
// small model takes less; some time after the run it parks in the kernel and costs nothing. It spins only while it has a processor
// of its own: on the caller's processor it would hold up the very thread it waits for. Since the system likes to wake a
// thread on the processor of the one that wakes it, a worker that finds itself there keeps off it from then on.
#ifndef MLC_RUNTIME_THREADS_H
#define MLC_RUNTIME_THREADS_H

#include <mlc/abi.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <pthread.h>
#include <sched.h>

namespace mlc::rt {

// The calling thread's floating-point mode, of which only this has to be known: it can be set again.
using FloatMode = uint64_t;
void setFloatMode(FloatMode mode);

// Has subnormal numbers count as 0 from now on, wherever they are read or come out: processors take a hundred times as long for
// them. Returns the mode before.
FloatMode flushSubnormals();

class Pool {
public:
  static constexpr unsigned maxWorkers = 1024;

  // The caller is worker 0; workers - 1 threads are started, fewer where the system refuses more.
  explicit Pool(unsigned workers);
  ~Pool();
  Pool(const Pool &) = delete;
  Pool &operator=(const Pool &) = delete;

  unsigned workers() const { return count; }

  // A run of the model begins or ends: from its first region on, workers stay awake in between. In between the caller's subnormal
  // numbers count as 0, as the workers' always do.
  void beginRun() {
    callerMode = flushSubnormals();
    running.store(true, std::memory_order_relaxed);
  }
  void endRun() {
    running.store(false, std::memory_order_relaxed);
    setFloatMode(callerMode);
  }

  // One region: returns when all tasks are done. Called by one thread at a time, and not from within a task.
  void run(mlc_kernel kernel, const void *args, int64_t tasks);

private:
  struct alignas(64) Worker {
    std::atomic<bool> offered{false}; // its range of the present region waits for somebody
    Pool *pool = nullptr;
    unsigned index = 0;
    int avoided = -1; // the processor that it keeps off
    pthread_t handle{};
  };

  static void *enter(void *worker);
  void work(unsigned index);
  uint32_t await(uint32_t seen, unsigned index);
  /// Whether the worker has a processor apart from the caller's; moves it where that can be had.
  bool apart(unsigned index);
  void announce(unsigned last);
  bool claim(unsigned index);
  void doRange(unsigned index) const;

  alignas(64) std::atomic<uint32_t> region{0}; // grows by one a region; what sleeping workers wait on
  std::atomic<int> callerProcessor{-1};
  std::atomic<bool> running{false}, stop{false};
  FloatMode callerMode = 0;
  // The present region. Only who has claimed one of its ranges may read this: it stands still until that range is done.
  mlc_kernel kernel = nullptr;
  const void *args = nullptr;
  int64_t tasks = 0;
  unsigned ranges = 0;
  alignas(64) std::atomic<uint32_t> parked{0};
  alignas(64) std::atomic<uint32_t> remaining{0}; // ranges of others that are not done

  cpu_set_t allowed; // processors that workers may use: those of the thread that made the pool
  unsigned count = 1;
  std::unique_ptr<Worker[]> others; // [0] is the caller's and unused
};

// Physical cores that this process may use: processors it is allowed on, each core once, no more than its control
// group has time for. At least 1.
unsigned physicalCores();

} // namespace mlc::rt

#endif // MLC_RUNTIME_THREADS_H
