#include "Kernels.h"
#include "Cache.h"
#include "Guard.h"

#include "llvm/ADT/StringExtras.h"

#include <atomic>
#include <mutex>
#include <sched.h>
#include <thread>

using namespace llvm;

namespace mlc::compiler {
namespace {

unsigned allowedCores() {
  cpu_set_t set;
  if (!sched_getaffinity(0, sizeof set, &set))
    return std::max(1, CPU_COUNT(&set));
  return std::max(1u, std::thread::hardware_concurrency());
}

/// One kernel for one level.
struct Task {
  unsigned kernel;
  const CpuTarget *level;
  std::string problem;
};

} // namespace

bool compileKernels(Stages &stages, const KernelRequest &request, std::vector<KernelObject> &kernels) {
  const Schedule &schedule = stages.schedule();
  std::vector<Task> tasks;
  for (unsigned k = 0; k < schedule.kernels.size(); ++k)
    for (const CpuTarget &level : request.levels) {
      KernelObject kernel{kernelSymbol(schedule.kernels[k], level), kernelName(schedule.kernelGroups[k]), ""};
      if (!request.only.empty() && request.only != kernel.name && request.only != kernel.symbol)
        continue;
      tasks.push_back({k, &level, ""});
      kernels.push_back(std::move(kernel));
    }
  if (!request.only.empty() && tasks.empty()) {
    std::string names;
    for (GroupOp group : schedule.kernelGroups)
      names += (names.empty() ? "" : ", ") + kernelName(group);
    return stages.refuse("", "--only-kernel: no kernel is named '" + request.only + "'; there are " + names);
  }

  KernelCache cache(request.form == KernelForm::object ? request.cache : "none");
  std::atomic<size_t> next{0}, done{0};
  std::mutex progressMutex;
  auto compileOne = [&](size_t i) {
    KernelObject &kernel = kernels[i];
    if (std::optional<std::string> known = cache.find(kernel.symbol)) {
      kernel.bytes = std::move(*known);
      return;
    }
    std::string fault = guarded([&] {
      if (Error error = compileKernel(schedule.kernels[tasks[i].kernel], *tasks[i].level, request.form, kernel.bytes))
        tasks[i].problem = toString(std::move(error));
    });
    if (!fault.empty())
      tasks[i].problem = fault;
    else if (tasks[i].problem.empty())
      cache.store(kernel.symbol, kernel.bytes);
  };
  auto work = [&] {
    for (size_t i; (i = next++) < tasks.size();) {
      compileOne(i);
      std::lock_guard lock(progressMutex);
      stages.progress("compile kernels", 0.2 + 0.7 * static_cast<double>(++done) / static_cast<double>(tasks.size()));
    }
  };
  size_t jobs = std::min<size_t>(request.jobs > 0 ? static_cast<size_t>(request.jobs) : allowedCores(), tasks.size());
  std::vector<std::thread> threads;
  for (size_t t = 1; t < jobs; ++t)
    threads.emplace_back(work);
  work();
  for (std::thread &thread : threads)
    thread.join();

  bool good = true;
  for (auto [i, task] : enumerate(tasks)) {
    if (task.problem.empty())
      continue;
    GroupOp group = schedule.kernelGroups[task.kernel];
    std::string where = join(layersOf(group), ";");
    std::string what = "kernel '" + kernels[i].name + "' for " + task.level->level + ": " + task.problem;
    good = StringRef(task.problem).contains("unsupported:") ? stages.refuse(where, what) : stages.fault(where + ": " + what);
  }
  stages.lap("kernels (" + std::to_string(tasks.size()) + ")");
  return good;
}

} // namespace mlc::compiler
