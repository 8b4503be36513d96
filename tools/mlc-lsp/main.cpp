// Language server for .mlir files of the mlc dialect: completion, definitions, errors while typing.
#include "codegen/Kernel.h"

#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlc::registerKernelDialects(registry);
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}
