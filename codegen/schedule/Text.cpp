// The schedule as people read it: mlc compile --emit=kernels begins with it, tests match it.

#include "Schedule.h"

#include "codegen/Kernel.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace mlc {

std::string placeText(const MemoryPlan &plan, const Buffer &buffer) {
  auto one = [](const Place &p) -> std::string {
    switch (p.where) {
    case Where::none:
      return "nowhere";
    case Where::input:
      return "input " + std::to_string(p.index);
    case Where::output:
      return "output " + std::to_string(p.index);
    case Where::weights:
      return "weights+" + std::to_string(p.offset);
    case Where::arena:
      return "arena+" + std::to_string(p.offset);
    case Where::slot:
      return "slot " + std::to_string(p.index);
    case Where::late:
      return "late " + std::to_string(p.index);
    case Where::lateOutput:
      return "late output " + std::to_string(p.index);
    case Where::scan:
      return "late " + std::to_string(p.index) + " and " + std::to_string(p.index + 1) + " growing";
    }
    return "";
  };
  std::string text = one(buffer.place);
  return buffer.fallback.where == Where::none ? text : text + " (or " + one(buffer.fallback) + ")";
}

std::string placeText(const MemoryPlan &plan, Value value) {
  int64_t offset = plan.offsetOf(value);
  return placeText(plan, plan.bufferOf(value)) + (offset ? " at " + std::to_string(offset) : "");
}

namespace {

class Writer {
public:
  explicit Writer(const Schedule &s) : s(s), os(out) {}

  std::string write() {
    for (auto [i, symbol] : llvm::enumerate(s.symbols.entries())) {
      os << "symbol " << i << " " << symbol.name << " >= " << symbol.low << ": ";
      if (symbol.kind == SymbolKind::input)
        os << "dimension " << symbol.dimension << " of input " << symbol.input << "\n";
      else if (symbol.kind == SymbolKind::data)
        os << "bound during the run\n";
      else
        os << s.symbols.text(getAffineSymbolExpr(static_cast<unsigned>(i), s.context())) << "\n";
    }
    for (auto [left, right] : s.symbols.constraints())
      os << "require " << s.symbols.text(left) << " == " << s.symbols.text(right) << "\n";
    ports("input", s.inputs);
    ports("output", s.outputs);
    os << "arena " << s.plan.staticArenaBytes() << " bytes";
    for (auto [i, sizes] : llvm::enumerate(s.plan.slots())) {
      os << (i ? "; slot " : "; then slot ") << i << " of ";
      llvm::interleave(sizes, os, [&](AffineExpr e) { os << s.symbols.text(e); }, " or ");
    }
    os << "\n";
    if (s.plan.lateSlots())
      os << "late slots " << s.plan.lateSlots() << "\n";
    os << "weights " << s.plan.weights().bytes() << " bytes\n";
    block(s.body(), 0);
    return out;
  }

private:
  void ports(const char *kind, const std::vector<Port> &list) {
    for (auto [i, port] : llvm::enumerate(list)) {
      os << kind << " " << i << " '" << port.name << "' ";
      for (AffineExpr e : port.shape)
        os << s.symbols.text(e) << "x";
      os << port.type.getElementType() << "\n";
    }
  }

  std::string place(Value v) { return placeText(s.plan, v); }
  void places(ValueRange values) {
    os << "(";
    llvm::interleaveComma(values, os, [&](Value v) { os << place(v); });
    os << ")";
  }
  void copy(Value from, Value to) {
    if (!s.plan.sameBuffer(from, to))
      line() << "copy " << place(from) << " -> " << place(to) << "\n";
  }
  raw_ostream &line() { return os.indent(depth * 2); }

  void block(Block &block, unsigned at) {
    unsigned outer = std::exchange(depth, at);
    for (Operation &op : block)
      operation(&op);
    depth = outer;
  }

  void operation(Operation *op) {
    if (auto step = s.stepOf.find(op); step != s.stepOf.end())
      line() << "step " << step->second << ": ";
    else if (isa<GroupOp, IfOp, LoopOp>(op))
      line();
    if (auto group = dyn_cast<GroupOp>(op)) {
      os << "call " << s.kernelOf.lookup(op) << " '" << kernelName(group) << "' tasks " << s.symbols.text(kernelTasks(group)) << " ";
      places(group.getOperands());
      os << " -> ";
      places(group.getResults());
      os << "\n";
    } else if (auto bind = dyn_cast<BindOp>(op)) {
      line() << "bind symbol " << bind.getSymbol() << " = " << place(bind.getX()) << " [" << bind.getElement() << "]\n";
    } else if (auto symbolic = dyn_cast<SymbolicOp>(op)) {
      line() << "store (";
      llvm::interleaveComma(symbolic.getValue().exprs(), os, [&](AffineExpr e) { os << s.symbols.text(e); });
      os << ") -> " << place(symbolic.getY()) << "\n";
    } else if (auto branch = dyn_cast<IfOp>(op)) {
      os << "if " << place(branch.getCondition()) << "\n";
      arm(branch, branch.getThenRegion());
      line() << "else\n";
      arm(branch, branch.getElseRegion());
    } else if (auto loop = dyn_cast<LoopOp>(op)) {
      os << "loop";
      if (loop.getTrips())
        os << " trips " << place(loop.getTrips());
      if (loop.getCondition())
        os << " while " << place(loop.getCondition());
      os << "\n";
      ++depth;
      for (auto [i, initial] : llvm::enumerate(loop.getCarried()))
        copy(initial, loop.getResult(static_cast<unsigned>(i)));
      --depth;
      block(loop.getBody().front(), depth + 1);
      yielded(loop);
    } else if (isa<func::ReturnOp>(op)) {
      for (auto [output, value] : s.plan.copies())
        line() << "copy " << place(value) << " -> output " << output << "\n";
    }
  }

  /// In the order in which an iteration ends.
  void yielded(LoopOp loop) {
    ++depth;
    Operation *yield = loop.getBody().front().getTerminator();
    auto carried = static_cast<unsigned>(loop.getCarried().size());
    for (unsigned i = carried; i < loop.getNumResults(); ++i)
      line() << "append " << place(yield->getOperand(i + 1)) << " -> " << place(loop.getResult(i)) << "\n";
    for (unsigned i = 1; i <= carried; ++i)
      if (int temporary = s.plan.temporaryOf(yield, i); temporary >= 0)
        line() << "copy " << place(yield->getOperand(i)) << " -> " << temporaryText(temporary) << "\n";
    for (unsigned i = 1; i <= carried; ++i) {
      if (int temporary = s.plan.temporaryOf(yield, i); temporary >= 0)
        line() << "copy " << temporaryText(temporary) << " -> " << place(loop.getResult(i - 1)) << "\n";
      else
        copy(yield->getOperand(i), loop.getResult(i - 1));
    }
    --depth;
  }
  std::string temporaryText(int buffer) { return placeText(s.plan, s.plan.buffers()[static_cast<size_t>(buffer)]); }

  void arm(IfOp op, Region &region) {
    block(region.front(), depth + 1);
    ++depth;
    for (auto [value, result] : llvm::zip(yieldedBy(region), op.getResults()))
      copy(value, result);
    --depth;
  }

  const Schedule &s;
  std::string out;
  llvm::raw_string_ostream os;
  unsigned depth = 0;
};

} // namespace

std::string Schedule::text() const { return Writer(*this).write(); }

} // namespace mlc
