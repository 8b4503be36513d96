//===- NodeContext.h - what a rule sees of the node it imports -------------===//
//
// A rule reads attributes and operands, makes operators and binds the results:
//
//     static LogicalResult importElu(NodeContext &n) {
//       double alpha = n.real("alpha", 1.0);
//       Value x = n.operand(0);
//       Value low = n.mul(n.sub(n.exp(x), 1.0), alpha);
//       return n.yield(n.select(n.compare(Relation::gt, x, 0.0), x, low));
//     }
//
// What a rule never asks for is refused afterwards: an attribute that it does not know, an operand too many, a result that it
// does not bind.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_FRONTEND_ONNX_NODECONTEXT_H
#define MLC_FRONTEND_ONNX_NODECONTEXT_H

#include "Emitter.h"
#include "Model.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace mlc::onnx {

class Importer;
using Attributes = llvm::StringMap<const proto::AttributeProto *>;

/// The names that a graph sees. A null value was not made because of an error that has been reported.
struct Scope {
  Scope *outer = nullptr;
  llvm::StringMap<Value> values;

  /// Null where the name is unknown.
  const Value *find(llvm::StringRef name) const {
    for (const Scope *s = this; s; s = s->outer)
      if (auto it = s->values.find(name); it != s->values.end())
        return &it->second;
    return nullptr;
  }
};

/// What holds for all nodes of a graph or of a function's body.
struct Frame {
  const Opsets *opsets;
  const Attributes *callerAttributes = nullptr;   // in a function's body
  unsigned depth = 0;
};

class NodeContext : public Emitter {
public:
  NodeContext(Importer &importer, const proto::NodeProto &node, Scope &scope, const Frame &frame, int64_t version);

  mlir::LogicalResult error(const llvm::Twine &text) override;
  mlir::LogicalResult unsupported(const llvm::Twine &text) override;

  const proto::NodeProto &proto() const { return node; }
  llvm::StringRef op() const { return node.op_type(); }
  int64_t version() const { return opset; }

  // Operands.
  size_t operandCount() const { return node.input_size(); }
  bool has(size_t i) const { return i < static_cast<size_t>(node.input_size()) && !node.input(i).empty(); }
  /// Null, after an error, where it is absent.
  Value operand(size_t i);
  /// Null where it is absent.
  Value optional(size_t i);
  SmallVector<Value> allOperands();

  // Attributes; the default where absent, and where (after an error) of another type.
  int64_t integer(llvm::StringRef name, int64_t otherwise);
  using Emitter::integer;
  bool flag(llvm::StringRef name, bool otherwise) { return integer(name, otherwise) != 0; }
  double real(llvm::StringRef name, double otherwise);
  std::string text(llvm::StringRef name, llvm::StringRef otherwise);
  std::optional<int64_t> optionalInteger(llvm::StringRef name);
  std::optional<double> optionalReal(llvm::StringRef name);
  std::optional<SmallVector<int64_t>> integers(llvm::StringRef name);
  std::optional<SmallVector<double>> realList(llvm::StringRef name);
  std::optional<SmallVector<std::string>> texts(llvm::StringRef name);
  /// The value of a tensor attribute; null where absent or refused.
  mlir::ElementsAttr tensor(llvm::StringRef name);
  mlir::ElementsAttr sparseTensor(llvm::StringRef name);
  const proto::GraphProto *graph(llvm::StringRef name);
  bool hasAttribute(llvm::StringRef name);
  /// One of a list of texts as its position in it; an error where it is none.
  int64_t choice(llvm::StringRef name, llvm::StringRef otherwise, ArrayRef<llvm::StringRef> choices);
  /// An element type given by number; null after an error.
  Type elementType(llvm::StringRef name, std::optional<int64_t> otherwise);

  // Checks.
  /// An axis counted from the end where negative; -1 after an error. `rank` may itself be one (`inclusive`).
  int64_t axis(int64_t value, int64_t rank, bool inclusive = false);
  std::optional<Axes> axes(ArrayRef<int64_t> values, int64_t rank);
  bool require(bool condition, const llvm::Twine &text);
  bool requireRank(Value x, int64_t rank, llvm::StringRef what);

  // Results.
  size_t resultCount() const { return node.output_size(); }
  bool wants(size_t i) const { return i < static_cast<size_t>(node.output_size()) && !node.output(i).empty(); }
  void result(size_t i, Value value);
  mlir::LogicalResult yield(Value value) {
    result(0, value);
    return mlir::success();
  }
  mlir::LogicalResult yieldAll(ArrayRef<Value> values) {
    for (auto [i, v] : llvm::enumerate(values))
      result(i, v);
    return mlir::success();
  }

  /// Runs the rule and checks what it left; failure where the node was not imported.
  mlir::LogicalResult import(mlir::LogicalResult (*rule)(NodeContext &));
  bool failed() const { return hasFailed; }

  Importer &importer;
  Scope &scope;
  const Frame &frame;

protected:
  void reportRefusal() override;

private:
  const proto::AttributeProto *find(llvm::StringRef name, int32_t kind);

  const proto::NodeProto &node;
  int64_t opset;
  llvm::StringSet<> askedAttributes;
  SmallVector<bool> bound;
  size_t askedOperands = 0;
  bool hasFailed = false;
};

} // namespace mlc::onnx

#endif // MLC_FRONTEND_ONNX_NODECONTEXT_H
