// Functions as the memory plan gets them, from text.
#ifndef MLC_TEST_UNIT_CODEGEN_GRAPHS_H
#define MLC_TEST_UNIT_CODEGEN_GRAPHS_H

#include "codegen/Kernel.h"
#include "codegen/memory/MemoryPlan.h"

#include "mlir/Parser/Parser.h"

namespace mlc::test {

/// A parsed module with its plan.
struct Planned {
  mlir::MLIRContext context{[] {
                              mlir::DialectRegistry registry;
                              registerKernelDialects(registry);
                              return registry;
                            }(),
                            mlir::MLIRContext::Threading::DISABLED};
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp function;
  ModelSymbols symbols;
  MemoryPlan plan;

  explicit Planned(const std::string &text) {
    context.loadAllAvailableDialects();
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    if (!module)
      return;
    function = *module->getOps<mlir::func::FuncOp>().begin();
    symbols = ModelSymbols(function);
    plan = MemoryPlan::make(function, symbols);
  }

  /// The buffer of the first result of the n-th group.
  const Buffer &group(unsigned n) {
    std::vector<GroupOp> groups;
    function.walk<mlir::WalkOrder::PreOrder>([&](GroupOp op) { groups.push_back(op); });
    return plan.bufferOf(groups.at(n).getResult(0));
  }
};

/// "%y = mlc.group …" that adds its operands of one type.
inline std::string addGroup(const std::string &result, const std::vector<std::string> &operands, const std::string &type,
                            const std::string &inPlace = "", const std::string &symbols = "() -> ()",
                            const std::string &inner = "") {
  std::string own = inner.empty() ? type : inner, names, types, arguments;
  for (size_t i = 0; i < operands.size(); ++i) {
    names += (i ? ", " : "") + operands[i];
    types += (i ? ", " : "") + type;
    arguments += (i ? ", " : "") + ("%p" + std::to_string(i)) + ": " + own;
  }
  std::string text = result + " = mlc.group \"g\" emitter \"loop\"(" + names + ") symbols <" + symbols + "> " +
                     (inPlace.empty() ? "" : "{in_place = array<i64: " + inPlace + ">} ") + ": (" + types + ") -> " + type + " {\n^bb0(" +
                     arguments + "):\n";
  std::string last = "%p0";
  for (size_t i = 1; i < operands.size(); ++i) {
    std::string next = "%q" + std::to_string(i);
    text += next + " = mlc.add " + last + ", %p" + std::to_string(i) + " : " + own + ", " + own + " -> " + own + "\n";
    last = next;
  }
  return text + "mlc.yield " + last + " : " + own + "\n}\n";
}

} // namespace mlc::test

#endif // MLC_TEST_UNIT_CODEGEN_GRAPHS_H
