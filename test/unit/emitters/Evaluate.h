// What a function of one block means: operator by operator, by the references.
#ifndef MLC_TEST_UNIT_EMITTERS_EVALUATE_H
#define MLC_TEST_UNIT_EMITTERS_EVALUATE_H

#include "Dialect.h"

namespace mlc::test {

/// The function's results for these inputs; the sizes have to be known. Empty after `problem` was filled.
std::vector<mlir::ElementsAttr> evaluate(mlir::func::FuncOp function, llvm::ArrayRef<mlir::ElementsAttr> inputs, std::string &problem);

} // namespace mlc::test

#endif // MLC_TEST_UNIT_EMITTERS_EVALUATE_H
