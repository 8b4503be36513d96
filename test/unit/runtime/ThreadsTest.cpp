#include "runtime/Threads.h"

#include <gtest/gtest.h>
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
