//===- Control.cpp - control flow and groups --------------------------------===//

#include "Dialect.h"

using namespace mlir;

namespace mlc {

/// Whether a value can stand where another type is asked for: what both know of it is the same.
static bool fits(Value value, Type type) { return compatibleTypes(value.getType(), type); }

static bool isSingle(Value value) {
  auto type = tensorTypeOf(value);
  return type.hasStaticShape() && type.getNumElements() == 1;
}

//===----------------------------------------------------------------------===//
// If
//===----------------------------------------------------------------------===//

LogicalResult IfOp::verifyRegions() {
  if (!isSingle(getCondition()))
    return emitOpError("has a condition of type ") << getCondition().getType() << ", expected one element";
  ArrayRef<int64_t> symbols = getSymbols();
  if (symbols.size() % 3)
    return emitOpError("has ") << symbols.size() << " numbers in 'symbols', expected a symbol, a result and a dimension each";
  for (; !symbols.empty(); symbols = symbols.drop_front(3)) {
    if (failed(checkDataSymbol(*this, symbols[0])))
      return failure();
    if (symbols[1] < 0 || symbols[1] >= getNumResults() || symbols[2] < 0 ||
        symbols[2] >= tensorTypeOf(getResult(symbols[1])).getRank())
      return emitOpError("binds symbol ") << symbols[0] << " to dimension " << symbols[2] << " of result " << symbols[1]
                                          << ", which there is not";
  }
  for (Region *branch : getRegions()) {
    Operation *yield = branch->front().getTerminator();
    StringRef name = branch == &getThenRegion() ? "then" : "else";
    if (yield->getNumOperands() != getNumResults())
      return emitOpError("has ") << getNumResults() << " results, but its " << name << " branch gives " << yield->getNumOperands();
    for (auto [i, value] : llvm::enumerate(yield->getOperands()))
      if (!fits(value, getResult(i).getType()))
        return emitOpError("has a result #") << i << " of type " << getResult(i).getType() << ", but its " << name << " branch gives "
                                             << value.getType();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Loop
//===----------------------------------------------------------------------===//

LogicalResult LoopOp::verifyRegions() {
  for (Value v : {Value(getTrips()), Value(getCondition())})
    if (v && !isSingle(v))
      return emitOpError("has trips or a condition of type ") << v.getType() << ", expected one element";
  if (static_cast<int64_t>(getTripSymbol()) != -1 && failed(checkDataSymbol(*this, getTripSymbol())))
    return failure();
  Block &body = getBody().front();
  size_t carried = getCarried().size();
  if (body.getNumArguments() != 1 + carried)
    return emitOpError("has a body of ") << body.getNumArguments() << " arguments, expected the iteration and " << carried << " carried values";
  if (body.getArgument(0).getType() != RankedTensorType::get({}, IntegerType::get(getContext(), 64)))
    return emitOpError("gives its body the iteration as ") << body.getArgument(0).getType() << ", expected tensor<i64>";
  if (getNumResults() < carried)
    return emitOpError("has ") << getNumResults() << " results for " << carried << " carried values";
  Operation *yield = body.getTerminator();
  if (yield->getNumOperands() != 1 + getNumResults())
    return emitOpError("has a body that gives ") << yield->getNumOperands() << " values, expected the condition and "
                                                 << getNumResults() << " results";
  Value again = yield->getOperand(0);
  if (!mlc::elementTypeOf(again).isInteger(1) || !isSingle(again))
    return emitOpError("has a body that gives a condition of type ") << again.getType() << ", expected one boolean";
  for (auto [i, start] : llvm::enumerate(getCarried()))
    for (Value v : {Value(body.getArgument(1 + i)), yield->getOperand(1 + i), Value(getResult(i))})
      if (!fits(v, start.getType()))
        return emitOpError("carries ") << start.getType() << " as " << v.getType();
  for (size_t i = carried; i < getNumResults(); ++i) {
    auto one = tensorTypeOf(yield->getOperand(1 + i)), all = tensorTypeOf(getResult(i));
    if (all.getRank() != one.getRank() + 1 || all.getElementType() != one.getElementType() ||
        failed(verifyCompatibleShape(all.getShape().drop_front(), one.getShape())))
      return emitOpError("collects ") << one << " in " << all;
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Group
//===----------------------------------------------------------------------===//

ArrayRef<int64_t> GroupOp::stridesOf(unsigned position) {
  for (ArrayRef<int64_t> rest = getStrides(); !rest.empty();) {
    size_t rank = tensorTypeOf(valueAt(rest[0])).getRank();
    if (rest[0] == position)
      return rest.slice(1, rank);
    rest = rest.drop_front(1 + rank);
  }
  return {};
}

bool GroupOp::mayHaveGaps(unsigned position) {
  if (getEmitter() == "irregular" || getEmitter() == "recurrent")
    return false;
  // Packed weights are read as they lie.
  return position >= getNumOperands() || llvm::none_of(getBody().getArgument(position).getUses(), [](OpOperand &use) {
           return isa<MatmulOp, ConvOp>(use.getOwner()) && use.getOperandNumber() == 1;
         });
}

/// Checks that `strides` are those of operands and results that may have them, in order, and reach no further than a tensor may.
static LogicalResult verifyStrides(GroupOp op) {
  int64_t last = -1, count = op.getNumOperands() + op.getNumResults();
  for (ArrayRef<int64_t> rest = op.getStrides(); !rest.empty();) {
    int64_t position = rest[0];
    if (position <= last || position >= count)
      return op.emitOpError("has strides of operand or result ") << position << ", expected growing numbers below " << count;
    RankedTensorType type = tensorTypeOf(op.valueAt(position));
    if (!type.hasStaticShape() || static_cast<int64_t>(rest.size()) <= type.getRank())
      return op.emitOpError("has strides of a value of type ") << type << ", expected one a dimension, and known sizes";
    int64_t reach = 0;
    for (auto [size, stride] : llvm::zip(type.getShape(), rest.drop_front())) {
      if (stride < 1 || stride > kMaxElements || llvm::MulOverflow(std::max<int64_t>(size, 1), stride, reach) || reach > kMaxElements)
        return op.emitOpError("has a stride of ") << stride << " for a dimension of " << size;
    }
    if (!op.mayHaveGaps(position))
      return op.emitOpError("has strides of operand or result ") << position << ", which emitter '" << op.getEmitter() << "' takes without gaps only";
    for (auto [i, shared] : llvm::enumerate(op.getInPlace()))
      if (shared + (i % 2 ? 0 : op.getNumOperands()) == position)
        return op.emitOpError("has strides of operand or result ") << position << ", which shares memory";
    last = position;
    rest = rest.drop_front(1 + type.getRank());
  }
  return success();
}

LogicalResult GroupOp::verify() {
  if (!llvm::is_contained({"loop", "contraction", "window", "separable", "winograd", "attention", "row", "recurrent", "irregular"}, getEmitter()))
    return emitOpError("has no emitter '") << getEmitter() << "', expected loop, contraction, window, separable, winograd, attention, row, recurrent or irregular";
  if (failed(checkExpressions(*this, getSymbols(), "symbols")))
    return failure();
  ArrayRef<int64_t> pairs = getInPlace();
  if (pairs.size() % 2)
    return emitOpError("has ") << pairs.size() << " numbers in 'in_place', expected a result and an operand each";
  for (; !pairs.empty(); pairs = pairs.drop_front(2))
    if (pairs[0] < 0 || pairs[0] >= getNumResults() || pairs[1] < 0 || pairs[1] >= getNumOperands() ||
        getResult(pairs[0]).getType() != getOperand(pairs[1]).getType())
      return emitOpError("computes result ") << pairs[0] << " in place of operand " << pairs[1] << ", which differ in type";
  return success();
}

LogicalResult GroupOp::verifyRegions() {
  Block &body = getBody().front();
  if (body.getNumArguments() != getNumOperands())
    return emitOpError("has ") << getNumOperands() << " operands and a body of " << body.getNumArguments() << " arguments";
  for (auto [argument, operand] : llvm::zip(body.getArguments(), getOperands())) {
    if (!fits(operand, argument.getType()))
      return emitOpError("gives ") << operand.getType() << " to its body as " << argument.getType();
    if (std::string fault = shapeFault(tensorTypeOf(argument), getSymbols().size()); !fault.empty())
      return emitOpError("has an argument of type ") << argument.getType() << ", which " << fault;
  }
  Operation *yield = body.getTerminator();
  if (yield->getNumOperands() != getNumResults() || getNumResults() == 0)
    return emitOpError("has ") << getNumResults() << " results, but its body gives " << yield->getNumOperands();
  for (auto [i, value] : llvm::enumerate(yield->getOperands()))
    if (!fits(value, getResult(i).getType()))
      return emitOpError("has a result #") << i << " of type " << getResult(i).getType() << ", but its body gives " << value.getType();
  return verifyStrides(*this);
}

} // namespace mlc

using namespace mlc;

#define GET_OP_CLASSES
#include "Control.cpp.inc"
