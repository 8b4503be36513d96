#include "Peaks.h"
#include "Timing.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace mlc::driver {
namespace {

// Chains of multiply-adds: more than latency times throughput of any processor, fewer than its registers.
constexpr int chains = 10;
constexpr int64_t steps = 20000;

// Where results go, so that nobody computes them in vain.
volatile float sink;

// Compiled for what the caller may use, since it becomes part of it: one instruction, or a multiplication and an addition.
template <int Bytes> [[gnu::always_inline]] inline double multiplyAdds() {
  using Vector [[gnu::vector_size(Bytes)]] = float;
  Vector sums[chains], x = Vector{} + 0.999F, y = Vector{} + 0.001F;
  for (Vector &s : sums)
    s = y;
  for (int64_t i = 0; i < steps; ++i)
#pragma unroll
    for (Vector &s : sums)
      s = s * x + y;
  for (const Vector &s : sums)
    sink = s[0];
  return 2.0 * (Bytes / sizeof(float)) * chains * steps;
}

#if defined(__x86_64__)
[[gnu::target("avx512f")]] double multiplyAdds512() { return multiplyAdds<64>(); }
[[gnu::target("avx2,fma")]] double multiplyAdds256() { return multiplyAdds<32>(); }
#endif
double multiplyAdds128() { return multiplyAdds<16>(); }

double (*bestMultiplyAdds())() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f"))
    return multiplyAdds512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return multiplyAdds256;
#endif
  return multiplyAdds128;
}

// The best rate of several tries: whatever disturbs only slows down.
double bestRate(double duration, const std::function<double()> &work) {
  double best = 0, start = seconds(), now = start;
  do {
    double before = now, done = work();
    now = seconds();
    best = std::max(best, done / (now - before));
  } while (now - start < duration);
  return best;
}

double together(int threads, const std::function<double()> &one) {
  std::vector<double> rates(static_cast<size_t>(threads));
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i)
    others.emplace_back([&, i] { rates[static_cast<size_t>(i)] = one(); });
  rates[0] = one();
  double sum = rates[0];
  for (int i = 1; i < threads; ++i) {
    others[static_cast<size_t>(i - 1)].join();
    sum += rates[static_cast<size_t>(i)];
  }
  return sum;
}

double readRate() {
  constexpr size_t words = size_t{48} << 17; // 48 MiB, more than a core's share of any cache
  std::unique_ptr<uint64_t[]> memory(new (std::nothrow) uint64_t[words]);
  if (!memory)
    return 0;
  std::memset(memory.get(), 1, words * sizeof(uint64_t));
  return bestRate(0.03, [&] {
    uint64_t parts[8] = {};
    for (size_t i = 0; i < words; i += 8)
      for (size_t k = 0; k < 8; ++k)
        parts[k] ^= memory[i + k];
    for (uint64_t part : parts)
      sink = static_cast<float>(part);
    return static_cast<double>(words * sizeof(uint64_t));
  });
}

} // namespace

Peaks measurePeaks(int threads) {
  auto flops = bestMultiplyAdds();
  return {together(threads, [&] { return bestRate(0.02, flops); }), together(threads, readRate)};
}

} // namespace mlc::driver
