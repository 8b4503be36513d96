#include "runtime/Threads.h"

#include <gtest/gtest.h>
#include <chrono>
#include <limits>
#include <sched.h>
#include <thread>
#include <vector>

using mlc::rt::Pool;

namespace {

struct Work {
  std::vector<std::atomic<int>> *touched;
  std::atomic<int> *calls;
};

void touch(const void *args, int64_t begin, int64_t end) {
  auto *work = static_cast<const Work *>(args);
  work->calls->fetch_add(1);
  for (int64_t i = begin; i < end; ++i)
    (*work->touched)[static_cast<size_t>(i)].fetch_add(1);
}

void expectEachOnce(Pool &pool, int64_t tasks) {
  std::vector<std::atomic<int>> touched(static_cast<size_t>(tasks));
  std::atomic<int> calls{0};
  Work work{&touched, &calls};
  pool.run(touch, &work, tasks);
  for (auto &count : touched)
    ASSERT_EQ(count.load(), 1) << tasks << " tasks, " << pool.workers() << " workers";
  EXPECT_LE(calls.load(), static_cast<int>(std::min<int64_t>(tasks, pool.workers())));
}

} // namespace

TEST(Threads, EveryTaskIsDoneOnce) {
  for (unsigned workers : {1u, 2u, 3u, 8u, 40u}) {
    Pool pool(workers);
    EXPECT_EQ(pool.workers(), workers);
    for (int64_t tasks : {0, 1, 2, 3, 7, 8, 9, 41, 1000})
      expectEachOnce(pool, tasks);
  }
}

TEST(Threads, ParkedWorkersWakeUp) {
  Pool pool(3);
  for (int i = 0; i < 20; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    expectEachOnce(pool, i + 1);
  }
}

TEST(Threads, ManyShortRegionsOfChangingWidth) {
  Pool pool(5);
  std::atomic<int64_t> sum{0};
  int64_t expected = 0;
  auto add = [](const void *args, int64_t begin, int64_t end) {
    (*static_cast<std::atomic<int64_t> *const *>(args))->fetch_add(end - begin);
  };
  std::atomic<int64_t> *target = &sum;
  for (int64_t i = 0; i < 5000; ++i) {
    pool.run(add, &target, i % 7);
    expected += i % 7;
    ASSERT_EQ(sum.load(), expected);
  }
}

TEST(Threads, WritesOfWorkersAreSeen) {
  Pool pool(4);
  std::vector<int64_t> values(1024);
  for (int64_t round = 0; round < 200; ++round) {
    struct Args {
      int64_t *values, round;
    } args{values.data(), round};
    pool.run(
        [](const void *a, int64_t begin, int64_t end) {
          auto *args = static_cast<const Args *>(a);
          for (int64_t i = begin; i < end; ++i)
            args->values[i] = i * args->round;
        },
        &args, 1024);
    for (int64_t i = 0; i < 1024; ++i)
      ASSERT_EQ(values[static_cast<size_t>(i)], i * round);
  }
}

#if defined(__x86_64__) || defined(__aarch64__)
// Those of all threads while a run lasts, and none of the caller's afterwards.
TEST(Threads, SubnormalNumbersCountAsZeroInRuns) {
  Pool pool(4);
  static volatile float smallest = std::numeric_limits<float>::min();
  std::vector<float> values(64, 1), sums(64, 1);
  struct Args {
    float *values, *sums, subnormal;
  } args{values.data(), sums.data(), smallest / 2};
  auto kernel = [](const void *a, int64_t begin, int64_t end) {
    auto *args = static_cast<const Args *>(a);
    for (int64_t i = begin; i < end; ++i) {
      args->values[i] = smallest * 0.5f;
      args->sums[i] = args->subnormal * 0x1p60f;
    }
  };
  pool.beginRun();
  pool.run(kernel, &args, 64);
  pool.endRun();
  EXPECT_EQ(values, std::vector<float>(64));
  EXPECT_EQ(sums, std::vector<float>(64));
  EXPECT_GT(smallest * 0.5f, 0);
}
#endif

// Where the system wakes a worker on the caller's processor, it leaves before it works.
TEST(Threads, WorkersKeepOffTheCallersProcessor) {
  cpu_set_t allowed;
  ASSERT_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
  if (CPU_COUNT(&allowed) < 2)
    GTEST_SKIP() << "one processor";
  Pool pool(2);
  size_t own = 0;
  while (!CPU_ISSET(own, &allowed))
    ++own;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(own, &one);
  std::thread([&] {
    ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    struct Seen {
      std::thread::id caller = std::this_thread::get_id();
      std::atomic<int> elsewhere{0}, here{0};
      int processor = sched_getcpu();
    } seen;
    auto work = [](const void *args, int64_t, int64_t) {
      auto *s = const_cast<Seen *>(static_cast<const Seen *>(args));
      if (std::this_thread::get_id() != s->caller)
        (sched_getcpu() == s->processor ? s->here : s->elsewhere).fetch_add(1);
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    };
    for (int i = 0; i < 100; ++i)
      pool.run(work, &seen, 2);
    EXPECT_EQ(seen.here.load(), 0);
    EXPECT_GT(seen.elsewhere.load(), 0);
  }).join();
}

TEST(Threads, PoolsEndWhetherTheyWorkedOrNot) {
  for (unsigned workers = 1; workers < 20; ++workers)
    Pool pool(workers);
}

TEST(Threads, IdleWorkersUseNoTime) {
  Pool pool(4);
  expectEachOnce(pool, 8);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  clock_t before = clock();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_LT(clock() - before, CLOCKS_PER_SEC / 50);
}

TEST(Threads, ThereIsAtLeastOneCore) { EXPECT_GE(mlc::rt::physicalCores(), 1u); }
