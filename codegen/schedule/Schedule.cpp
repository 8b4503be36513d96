#include "Schedule.h"
#include "SinkSymbolic.h"

#include "codegen/Kernel.h"
#include "ir/Fold.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace mlc {
namespace {

void collectLayers(Location loc, llvm::SetVector<StringRef> &names) {
  if (auto name = dyn_cast<NameLoc>(loc)) {
    names.insert(name.getName().getValue());
    return;
  }
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      collectLayers(part, names);
  if (auto call = dyn_cast<CallSiteLoc>(loc))
    collectLayers(call.getCallee(), names);
}

Port portOf(Value value, DictionaryAttr attrs, unsigned index, const char *kind, const ModelSymbols &symbols) {
  Port port;
  port.type = tensorTypeOf(value);
  port.shape = shapeOf(value);
  port.bytes = bytesOfType(port.type);
  port.late = symbols.isLate(port.shape);
  auto name = attrs ? attrs.getAs<StringAttr>("mlc.name") : StringAttr();
  port.name = name ? name.str() : kind + std::to_string(index);
  auto dtype = attrs ? attrs.getAs<IntegerAttr>("mlc.dtype") : IntegerAttr();
  port.dtype = dtype ? static_cast<int32_t>(dtype.getInt()) : dtypeOf(port.type.getElementType());
  auto dims = attrs ? attrs.getAs<ArrayAttr>("mlc.dim_names") : ArrayAttr();
  for (auto [d, expr] : llvm::enumerate(port.shape)) {
    std::string dim;
    if (!constantOf(expr)) {
      auto given = dims && d < dims.size() ? dyn_cast<StringAttr>(dims[d]) : StringAttr();
      dim = given && !given.empty() ? given.str() : symbols.text(expr);
    }
    port.dimNames.push_back(std::move(dim));
  }
  return port;
}

uint64_t knownValue(AffineExpr expr) {
  auto c = expr ? constantOf(expr) : std::nullopt;
  return c && *c > 0 ? static_cast<uint64_t>(*c) : 0;
}

/// Which steps the outputs need: the operations that their values follow from, and those that bind the symbols of their
/// types.
class Needs {
public:
  explicit Needs(const Schedule &schedule) : schedule(schedule), binders(schedule.symbols.size()) {
    schedule.body().walk([&](Operation *op) {
      if (auto bind = dyn_cast<BindOp>(op))
        binds(static_cast<unsigned>(bind.getSymbol()), op);
      if (auto branch = dyn_cast<IfOp>(op))
        for (size_t i = 0; i + 2 < branch.getSymbols().size(); i += 3)
          binds(static_cast<unsigned>(branch.getSymbols()[i]), op);
      if (auto loop = dyn_cast<LoopOp>(op); loop && loop.getTripSymbol() >= 0)
        binds(static_cast<unsigned>(loop.getTripSymbol()), op);
    });
  }

  llvm::BitVector of(Value output) {
    seen.clear();
    steps = llvm::BitVector(static_cast<unsigned>(schedule.steps.size()));
    value(output);
    while (!work.empty())
      visit(work.pop_back_val());
    return steps;
  }

private:
  void binds(unsigned symbol, Operation *op) {
    if (symbol < binders.size())
      binders[symbol] = topLevel(op);
  }

  Operation *topLevel(Operation *op) const {
    while (op && !schedule.isTopLevel(op))
      op = op->getParentOp();
    return op;
  }

  void operation(Operation *op) {
    if ((op = topLevel(op)) && seen.insert(op).second)
      work.push_back(op);
  }

  void value(Value v) {
    if (Operation *made = v.getDefiningOp())
      operation(made);
    else
      operation(v.getParentBlock()->getParentOp());
    exprs(shapeOf(v));
  }

  void exprs(ArrayRef<AffineExpr> list) {
    llvm::BitVector data = schedule.symbols.dataOf(list); // named: a range over it does not keep it
    for (unsigned s : data.set_bits())
      if (binders[s])
        operation(binders[s]);
  }

  void visit(Operation *op) {
    if (auto step = schedule.stepOf.find(op); step != schedule.stepOf.end())
      steps.set(step->second);
    op->walk<WalkOrder::PreOrder>([&](Operation *inner) {
      for (Value operand : inner->getOperands())
        value(operand);
      for (Value result : inner->getResults())
        exprs(shapeOf(result));
      if (auto symbolic = dyn_cast<SymbolicOp>(inner))
        exprs(symbolic.getValue().exprs());
      auto group = dyn_cast<GroupOp>(inner);
      if (group)
        exprs(group.getSymbols().exprs());
      return group ? WalkResult::skip() : WalkResult::advance();
    });
  }

  const Schedule &schedule;
  std::vector<Operation *> binders;   // by symbol
  llvm::DenseSet<Operation *> seen;
  SmallVector<Operation *> work;
  llvm::BitVector steps;
};

} // namespace

std::vector<std::string> layersOf(Operation *op) {
  llvm::SetVector<StringRef> names;
  op->walk<WalkOrder::PreOrder>([&](Operation *inner) {
    if (!inner->hasTrait<OpTrait::IsTerminator>())
      collectLayers(inner->getLoc(), names);
  });
  std::vector<std::string> list;
  for (StringRef name : names)
    list.push_back(name.str());
  return list;
}

Schedule Schedule::make(ModuleOp module) {
  Schedule s;
  s.function = *module.getOps<func::FuncOp>().begin();
  s.symbols = ModelSymbols(s.function);
  sinkSymbolic(s.function, s.symbols);
  s.plan = MemoryPlan::make(s.function, s.symbols);
  Block &body = s.function.getBody().front();
  for (auto [i, arg] : llvm::enumerate(body.getArguments()))
    s.inputs.push_back(portOf(arg, s.function.getArgAttrDict(static_cast<unsigned>(i)), static_cast<unsigned>(i), "input", s.symbols));
  OperandRange returned = body.getTerminator()->getOperands();
  for (auto [j, value] : llvm::enumerate(returned))
    s.outputs.push_back(portOf(value, s.function.getResultAttrDict(static_cast<unsigned>(j)), static_cast<unsigned>(j), "output", s.symbols));

  llvm::StringMap<unsigned> known;
  s.function.walk([&](GroupOp group) {
    std::string text = kernelText(group);
    auto [it, fresh] = known.try_emplace(text, static_cast<unsigned>(s.kernels.size()));
    if (fresh) {
      s.kernels.push_back(std::move(text));
      s.kernelGroups.push_back(group);
    }
    s.kernelOf[group] = it->second;
  });
  for (Operation &op : body) {
    if (!isa<GroupOp, IfOp, LoopOp>(op))
      continue;
    Step step;
    step.op = &op;
    step.layers = llvm::join(layersOf(&op), ";");
    if (auto group = dyn_cast<GroupOp>(op)) {
      step.kernel = kernelName(group);
      step.flops = knownValue(kernelFlops(group));
      step.bytes = knownValue(kernelBytes(group));
    } else {
      step.kernel = isa<IfOp>(op) ? "if" : "loop";
    }
    s.stepOf[&op] = static_cast<unsigned>(s.steps.size());
    s.steps.push_back(std::move(step));
  }
  Needs needs(s);
  for (Value value : returned)
    s.outputSteps.push_back(needs.of(value));
  return s;
}

bool Schedule::isStatic() const {
  auto known = [](const Port &p) { return allConstant(p.shape); };
  return llvm::all_of(inputs, known) && llvm::all_of(outputs, known) && plan.slots().empty();
}

int Schedule::stepOfValue(Value value) const {
  Operation *op = value.getDefiningOp();
  for (; op; op = op->getParentOp()) {
    if (auto view = dyn_cast<ReshapeOp>(op); view && op->getBlock() == value.getParentBlock())
      return stepOfValue(view.getX());
    if (auto step = stepOf.find(op); step != stepOf.end())
      return static_cast<int>(step->second);
  }
  return -1;
}

uint64_t Schedule::flops() const {
  uint64_t sum = 0;
  for (const Step &step : steps)
    sum += step.flops;
  return sum;
}

} // namespace mlc
