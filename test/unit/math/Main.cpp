// mlc-math-tests [--thorough | --exhaustive | --bench] [gtest options]
#include "Machine.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <time.h>

bool exhaustive = false, thorough = false;

static double cpuSeconds() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

/// Nanoseconds an element on arguments between -4 and 4 (or 0 and 8), in cache.
static void bench() {
  for (const auto &cpu : processors()) {
    auto specs = allFunctions({8, 16});
    Machine machine(specs, cpu);
    for (const auto &spec : specs) {
      std::vector<char> x(blockSize * 8), z(blockSize * 8), y(blockSize * 8);
      bool positive = spec.name.find("log") == 0 || spec.binary || spec.name.find("acosh") == 0;
      double range = spec.name.find("as") == 0 || spec.name.find("ac") == 0 ? 1 : 4;
      for (int64_t i = 0; i < blockSize; ++i) {
        double v = (double(i * 7919 % blockSize) / blockSize * 2 - (positive ? 0 : 1)) * range;
        for (auto *buffer : {&x, &z}) {
          if (spec.from == "f32")
            reinterpret_cast<float *>(buffer->data())[i] = float(v);
          else if (spec.from == "f64")
            reinterpret_cast<double *>(buffer->data())[i] = v;
          else
            reinterpret_cast<uint16_t *>(buffer->data())[i] = uint16_t(i);
        }
      }
      double best = 1e9;
      for (int round = 0; round < 300; ++round) {
        double start = cpuSeconds();
        if (spec.binary)
          machine.binary(spec.name)(x.data(), z.data(), y.data());
        else
          machine.unary(spec.name)(x.data(), y.data());
        best = std::min(best, cpuSeconds() - start);
      }
      std::printf("%-10s %-14s %7.2f ns\n", cpu.c_str(), spec.name.c_str(), best * 1e9 / blockSize);
    }
  }
}

int main(int argc, char **argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    exhaustive |= !std::strcmp(argv[i], "--exhaustive");
    thorough |= !std::strcmp(argv[i], "--thorough");
    if (!std::strcmp(argv[i], "--bench"))
      return bench(), 0;
  }
  return RUN_ALL_TESTS();
}
