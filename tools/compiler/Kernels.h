//===- Kernels.h - all kernels of a model, on several threads --------------===//
#ifndef MLC_TOOLS_COMPILER_KERNELS_H
#define MLC_TOOLS_COMPILER_KERNELS_H

#include "Stages.h"

#include "codegen/Kernel.h"
#include "codegen/link/Link.h"

namespace mlc::compiler {

struct KernelRequest {
  std::vector<CpuTarget> levels;
  KernelForm form = KernelForm::object;
  int jobs = 0;             // 0: the cores that this process may use
  std::string cache;        // see KernelCache; texts are never cached
  std::string only;         // name or symbol of one kernel; empty: all
};

/// Every distinct kernel once a level, in the schedule's order and all levels of a kernel together, whatever the number
/// of jobs. False after messages.
bool compileKernels(Stages &stages, const KernelRequest &request, std::vector<KernelObject> &kernels);

} // namespace mlc::compiler

#endif // MLC_TOOLS_COMPILER_KERNELS_H
