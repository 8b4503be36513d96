#include "Peaks.h"
#include "Timing.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace mlc::driver {
namespace {

// Chains of multiply-adds: more than latency times throughput of any processor, fewer than its registers.
constexpr int chains = 10;
constexpr int64_t steps = 20000;

// Where results go, so that nobody computes them in vain.
volatile float sink;

#if defined(__x86_64__)
__attribute__((target("avx512f"))) double multiplyAdds512() {
  __m512 sums[chains], x = _mm512_set1_ps(0.999F), y = _mm512_set1_ps(0.001F);
  for (__m512 &s : sums)
    s = y;
  for (int64_t i = 0; i < steps; ++i)
#pragma unroll
    for (__m512 &s : sums)
      s = _mm512_fmadd_ps(s, x, y);
  for (__m512 s : sums)
    sink = _mm512_cvtss_f32(s);
  return 2.0 * 16 * chains * steps;
}

__attribute__((target("avx2,fma"))) double multiplyAdds256() {
  __m256 sums[chains], x = _mm256_set1_ps(0.999F), y = _mm256_set1_ps(0.001F);
  for (__m256 &s : sums)
    s = y;
  for (int64_t i = 0; i < steps; ++i)
#pragma unroll
    for (__m256 &s : sums)
      s = _mm256_fmadd_ps(s, x, y);
  for (__m256 s : sums)
    sink = _mm256_cvtss_f32(s);
  return 2.0 * 8 * chains * steps;
}
#endif

// What every processor has: multiply and add, one instruction or two.
double multiplyAdds128() {
  using Vector = float __attribute__((vector_size(16)));
  Vector sums[chains], x = {0.999F, 0.999F, 0.999F, 0.999F}, y = {0.001F, 0.001F, 0.001F, 0.001F};
  for (Vector &s : sums)
    s = y;
  for (int64_t i = 0; i < steps; ++i)
#pragma unroll
    for (Vector &s : sums)
      s = s * x + y;
  for (const Vector &s : sums)
    sink = s[0];
  return 2.0 * 4 * chains * steps;
}

double (*multiplyAdds())() {
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
  auto flops = multiplyAdds();
  return {together(threads, [&] { return bestRate(0.02, flops); }), together(threads, readRate)};
}

} // namespace mlc::driver
