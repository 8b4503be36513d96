// Runs single passes over modules: what the tests of the passes call.
//
//     mlc-opt model.mlir --canonicalize --mlc-form-groups
#include "codegen/Kernel.h"
#include "passes/Pipeline.h"

#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlc::registerKernelDialects(registry);
  mlir::registerTransformsPasses();
  mlc::registerPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "mlc's passes over modules\n", registry));
}
