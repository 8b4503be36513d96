//===- Importer.h - from a checked ONNX model to a function of mlc ---------===//
#ifndef MLC_FRONTEND_ONNX_IMPORTER_H
#define MLC_FRONTEND_ONNX_IMPORTER_H

#include "NodeContext.h"

#include "frontend/Frontend.h"
#include "mlir/IR/Diagnostics.h"

namespace mlc::onnx {

/// One attempt at an import. Where the rank of a tensor follows from what is known only at run time (branches whose sides
/// do not fit one type, a squeeze of unknown sizes), one case is assumed: `decisions` says which, in the order in which they
/// come up; later ones are true (`then`, larger than 1), and recorded.
class Importer {
public:
  Importer(std::shared_ptr<Model> model, const frontend::ImportOptions &options, mlir::MLIRContext &context, Diagnostics &problems,
           std::vector<bool> &decisions);

  mlir::OwningOpRef<mlir::ModuleOp> run();

  mlir::Location locationOf(const proto::NodeProto &node);
  /// The messages that MLIR has emitted since the last call.
  std::vector<std::string> takeDiagnostics();

  /// Imports nodes into a scope; failure where a result may be missing, after errors.
  mlir::LogicalResult importNodes(const google::protobuf::RepeatedPtrField<proto::NodeProto> &nodes, Scope &scope,
                                  const Frame &frame);
  /// Imports a graph without its inputs, which the caller has put into the scope; the outputs' values, null after errors.
  std::optional<SmallVector<Value>> importBody(const proto::GraphProto &graph, Scope &scope, const Frame &frame,
                                               mlir::Location loc);
  /// An assumption; see above.
  bool decide();
  /// Whether the outputs have the ranks that the model declares for them.
  bool fitsDeclaredRanks() const { return ranksFit; }

  const std::shared_ptr<Model> model;
  const frontend::ImportOptions &options;
  Diagnostics &problems;
  mlir::OpBuilder builder;
  mlir::func::FuncOp function;

private:
  mlir::LogicalResult importNode(const proto::NodeProto &node, Scope &scope, const Frame &frame);
  mlir::LogicalResult importCall(const proto::NodeProto &node, const proto::FunctionProto &callee, Scope &scope,
                                 const Frame &frame);
  mlir::LogicalResult importInitialisers(const proto::GraphProto &graph, Scope &scope, mlir::Location loc);
  void importInputs(const proto::GraphProto &graph, Scope &scope);
  std::optional<Shape> inputShape(const proto::ValueInfoProto &input, unsigned index, unsigned position, SmallVector<std::string> &names);
  AffineExpr inputSymbol(llvm::StringRef name, unsigned index, int64_t axis);
  void checkShapeOptions();
  void finish(const proto::GraphProto &graph, Scope &scope);
  void cutInputs(Scope &scope);
  void removeDeadCode();

  std::vector<bool> &decisions;
  size_t nextDecision = 0;
  bool ranksFit = true;
  std::vector<std::string> captured;
  mlir::ScopedDiagnosticHandler handler;
  mlir::StringAttr fileName;
  llvm::StringMap<AffineExpr> symbolOfName;
  std::set<std::string> usedShapes;
  size_t nodesImported = 0;
};

/// Imports with bounded backtracking over what was assumed.
mlir::OwningOpRef<mlir::ModuleOp> importOnnx(const std::string &path, const frontend::MappedFile &file,
                                             const frontend::ImportOptions &options, mlir::MLIRContext &context,
                                             Diagnostics &problems, frontend::CheckResult *check);

} // namespace mlc::onnx

#endif // MLC_FRONTEND_ONNX_IMPORTER_H
