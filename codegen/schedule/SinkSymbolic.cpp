#include "SinkSymbolic.h"

using namespace mlir;

namespace mlc {

static void sink(SymbolicOp op) {
  // Blocks in the order in which their first reader is found, so that the result does not depend on addresses.
  llvm::MapVector<Block *, Operation *> first;
  for (Operation *user : op.getY().getUsers()) {
    Operation *&known = first[user->getBlock()];
    if (!known || user->isBeforeInBlock(known))
      known = user;
  }
  for (auto &[block, user] : first) {
    OpBuilder builder(user);
    Value copy = builder.clone(*op)->getResult(0);
    op.getY().replaceUsesWithIf(copy, [&](OpOperand &use) { return use.getOwner()->getBlock() == block; });
  }
  op.erase();
}

void sinkSymbolic(func::FuncOp function, const ModelSymbols &symbols) {
  SmallVector<SymbolicOp> late;
  function.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isa<GroupOp>(op))
      return WalkResult::skip();
    if (auto symbolic = dyn_cast<SymbolicOp>(op); symbolic && symbols.isLate(symbolic.getValue().exprs()))
      late.push_back(symbolic);
    return WalkResult::advance();
  });
  for (SymbolicOp op : late)
    sink(op);
}

} // namespace mlc
