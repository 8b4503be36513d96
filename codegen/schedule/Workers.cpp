#include "Workers.h"

#include "codegen/Kernel.h"

using namespace mlir;

namespace mlc {

// Of one core on what is in its caches: operations and bytes a microsecond.
constexpr double kFlops = 150e3, kBytes = 40e3;
// Bytes a microsecond from one core's cache to another's.
constexpr double kExchange = 8e3;
// Microseconds: of the least kernel that is shared, of handing it over, of a kernel within a row of shared ones that is not, and of
// what a row has to gain.
constexpr double kLeast = 3, kHandOver = 1.5, kAlone = 2, kLeastGain = 8;
// Longest such kernel.
constexpr double kLittle = 3;

/// Microseconds of a group on one core; nothing where sizes are unknown.
static std::optional<double> timeOf(GroupOp group) {
  AffineExpr flops = kernelFlops(group), bytes = kernelBytes(group);
  auto f = flops ? constantOf(flops) : std::nullopt, b = bytes ? constantOf(bytes) : std::nullopt;
  if (!f || !b)
    return std::nullopt;
  return std::max(static_cast<double>(*f) / kFlops, static_cast<double>(*b) / kBytes);
}

static double bytesOf(Value v) {
  return static_cast<double>(constantOf(product(shapeOf(v), v.getContext())).value_or(0)) * storageBytes(elementTypeOf(v));
}

/// Microseconds that each of two workers needs to fetch the rows of its windows that the other has written.
static double exchangeOf(GroupOp group) {
  double bytes = 0;
  group.walk([&](Operation *op) {
    auto conv = dyn_cast<ConvOp>(op);
    auto pool = dyn_cast<PoolOp>(op);
    if (!conv && !pool)
      return;
    Value x = op->getOperand(0);
    double taps = static_cast<double>(conv ? conv.getWindow()[0] : pool.getWindow()[0]);
    auto images = constantOf(shapeOf(x)[0]), rows = constantOf(shapeOf(x)[1]);
    if (images == std::optional<int64_t>(1) && rows && *rows > 0)
      bytes += bytesOf(x) * std::min(0.5, (taps - 1) / 2 / static_cast<double>(*rows));
  });
  return bytes / kExchange;
}

/// Whether a group has made a value, itself or what it is a view of or made of.
static bool made(Value v) {
  Operation *op = v.getDefiningOp();
  return isa_and_nonnull<GroupOp>(op) || (isa_and_nonnull<ReshapeOp, ConcatOp, SliceOp>(op) && llvm::any_of(op->getOperands(), made));
}

/// Microseconds that one core needs to fetch what another has written of a kernel's operands.
static double fetchOf(GroupOp group) {
  double bytes = 0;
  for (Value v : group.getOperands())
    if (made(v))
      bytes += bytesOf(v) / 2;
  return bytes / kExchange;
}

llvm::DenseSet<Operation *> groupsForWorkers(func::FuncOp function) {
  llvm::DenseSet<Operation *> result;
  function.walk([&](Block *block) {
    if (isa<GroupOp>(block->getParentOp()))
      return;
    SmallVector<Operation *> row;
    double gain = 0;
    auto end = [&] {
      if (gain >= kLeastGain)
        result.insert(row.begin(), row.end());
      row.clear(), gain = 0;
    };
    for (Operation &op : *block) {
      auto group = dyn_cast<GroupOp>(op);
      if (!group) {
        if (op.getNumRegions())
          end();
        continue;
      }
      auto time = timeOf(group);
      auto tasks = constantOf(kernelTasks(group));
      if (!time || !tasks) {
        end();
      } else if (*time >= kLeast && *tasks > 1) {
        row.push_back(group);
        gain += *time / 2 - kHandOver - exchangeOf(group);
      } else if (*time > kLittle || (gain -= kAlone + fetchOf(group)) < 0) {
        end();
      }
    }
    end();
  });
  return result;
}

} // namespace mlc
