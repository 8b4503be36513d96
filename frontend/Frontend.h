//===- Frontend.h - from a model file to the mlc dialect -------------------===//
//
//     mlir::MLIRContext context;
//     frontend::Diagnostics problems(path);
//     auto module = frontend::importModel(path, {}, context, problems);
//     if (!module) …                                      // problems.lines() says why
//
// The module has one function, `main`. Its arguments carry `mlc.name`, `mlc.dtype` (ONNX's number) and `mlc.dim_names` (an
// array of strings, "" for known dimensions), its results `mlc.name` and `mlc.dtype`; the module carries `mlc.model_name`.
// Large weights are `dense_resource` attributes over the mapped or parsed file, which lives as long as the context.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_FRONTEND_FRONTEND_H
#define MLC_FRONTEND_FRONTEND_H

#include "Diagnostics.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include <map>
#include <string>
#include <vector>

namespace mlc::frontend {

struct ImportOptions {
  /// Dimensions of inputs by name, or "@i" for the i-th input without an initialiser; -1 keeps one free.
  std::map<std::string, std::vector<int64_t>> shapes;
  /// Tensors at which a sub-model begins and ends; empty: as the model says.
  std::vector<std::string> inputs, outputs;
};

/// Null where the model is refused; `problems` says why, one entry a problem.
mlir::OwningOpRef<mlir::ModuleOp> importModel(const std::string &path, const ImportOptions &options, mlir::MLIRContext &context,
                                              Diagnostics &problems);

/// What `mlc check` tells.
struct CheckResult {
  bool supported = false;
  std::string format;
  int64_t nodes = 0;                                     // with those of branches, loops and functions
  std::map<std::string, int64_t> operators;              // "domain:Op" → number of nodes
};

/// Imports the model and throws the result away; all problems go to `problems`.
CheckResult checkModel(const std::string &path, const ImportOptions &options, mlir::MLIRContext &context, Diagnostics &problems);

/// The same as JSON: format, supported, nodes, operators, and problems with location, text and, for what is not implemented,
/// operator, domain, version and reason.
std::string toJson(const CheckResult &result, const Diagnostics &problems);

} // namespace mlc::frontend

#endif // MLC_FRONTEND_FRONTEND_H
