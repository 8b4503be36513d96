// Cases of the emitters' tests are small graphs, made by functions over a Graph:
//
//     {"relu", [](Graph &g) { auto x = g.in("f32[n, 17]"); g.out(g.op("relu", {x})); }, {.n = 5}}
//
// A tensor is written ELEMENT[EXPRESSION, …] over the sizes n, m and k. A case whose shapes name sizes is made twice: with
// their values, and with symbols for them.
#ifndef MLC_TEST_UNIT_EMITTERS_GRAPH_H
#define MLC_TEST_UNIT_EMITTERS_GRAPH_H

#include "Dialect.h"

#include "mlir/IR/OwningOpRef.h"
#include <functional>
#include <string>
#include <vector>

namespace mlc::test {

struct Sizes {
  int64_t n = -1, m = -1, k = -1;
  int64_t low = 0;   // what symbols are at least
  bool any() const { return n >= 0 || m >= 0 || k >= 0; }
};

class Graph {
public:
  using Values = std::vector<mlir::Value>;

  Graph(mlir::MLIRContext &context, Sizes sizes, bool symbolic);

  /// An input. `values`: "low:high" (drawn evenly), "=1,0,3" (repeated), "full" (any bits of an integer, all magnitudes of
  /// floats with infinities and NaN); empty: -2:2 for floats, -100:100 for integers.
  mlir::Value in(const std::string &type, const std::string &values = "");
  /// A constant with such values.
  mlir::Value constant(const std::string &type, const std::string &values = "");
  void out(mlir::Value value) { outputs.push_back(value); }

  /// An operator; the results' types are inferred where they are not given. In `attributes`, @(e, …) is a list of
  /// expressions over the sizes.
  Values ops(const std::string &name, const Values &operands, const std::string &attributes, const std::vector<std::string> &types);
  mlir::Value op(const std::string &name, const Values &operands, const std::string &attributes = "", const std::string &type = "");
  /// Size k is element 0 of an integer tensor, known only while the model runs.
  void bindK(mlir::Value value);

  /// The finished module; the graph may not be used afterwards.
  mlir::OwningOpRef<mlir::ModuleOp> finish();

  const std::vector<mlir::ElementsAttr> &inputValues() const { return values; }
  /// What went wrong while the graph was made, or "".
  std::string problem;

private:
  mlir::RankedTensorType type(const std::string &text);
  Shape expressions(const std::string &text);
  mlir::ElementsAttr draw(mlir::RankedTensorType type, const std::string &how);
  mlir::RankedTensorType known(mlir::RankedTensorType type);

  mlir::MLIRContext &context;
  Sizes sizes;
  bool symbolic;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp function;
  mlir::OpBuilder builder;
  std::vector<mlir::Value> outputs;
  std::vector<mlir::ElementsAttr> values;
  uint64_t random = 1;
};

} // namespace mlc::test

#endif // MLC_TEST_UNIT_EMITTERS_GRAPH_H
