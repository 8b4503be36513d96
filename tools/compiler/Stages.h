//===- Stages.h - from a model file to groups and their schedule -----------===//
#ifndef MLC_TOOLS_COMPILER_STAGES_H
#define MLC_TOOLS_COMPILER_STAGES_H

#include "codegen/schedule/Lower.h"
#include "tools/mlc/Compiler.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/Error.h"
#include <chrono>

namespace mlc::compiler {

/// What all requests say of the model and of the way to groups.
struct StageOptions {
  std::string model;
  std::map<std::string, std::vector<int64_t>> shapes;
  std::vector<std::string> inputs, outputs;
  bool remarks = false, timePasses = false;
  std::string printAfter, dumpTo;
  std::function<void(const std::string &, double)> progress;
  std::string precision;
};

/// One model on its way through the levels. Every function returns false after it has put messages into the result.
class Stages {
public:
  Stages(StageOptions options, CompileResult &result);
  ~Stages();

  /// Whether the pass after which to print is one of the pipeline.
  bool knowsPass();
  bool import();
  bool group();
  bool makeSchedule();

  mlir::ModuleOp module() { return *owned; }
  const Schedule &schedule() const { return *scheduled; }
  /// The model's own name, or the file's.
  std::string modelName();

  /// Says how long the stage that ends here took, if that is asked for.
  void lap(const std::string &stage);
  void progress(const std::string &stage, double share);
  /// Writes a file into the folder of dumps, if there is one. Large constants are left out.
  void dump(const std::string &name, const std::string &text);
  bool wantsDumps() const { return !options.dumpTo.empty(); }

  bool refuse(const std::string &where, const std::string &what);
  bool fault(const std::string &what);

private:
  class Watch;
  mlir::LogicalResult diagnose(mlir::Diagnostic &diagnostic);
  bool checkGrouped();
  std::string print(bool withWeights);

  StageOptions options;
  CompileResult &result;
  std::unique_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> owned;
  std::optional<Schedule> scheduled;
  std::chrono::steady_clock::time_point last;
  unsigned dumped = 0;
};

/// The first layer's name in a location, else its place in a text, else "".
std::string locationText(mlir::Location loc);

/// A module as text that can be read again; without weights only where no constant is larger than 64 KiB.
std::string moduleText(mlir::ModuleOp module, bool withWeights);

/// The processor levels that are asked for; an error names the one that there is not.
llvm::Expected<std::vector<CpuTarget>> levelsOf(const std::vector<std::string> &names, const std::string &target);

} // namespace mlc::compiler

#endif // MLC_TOOLS_COMPILER_STAGES_H
