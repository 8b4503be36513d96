// Comparisons, booleans and bits.
#include "Common.h"

namespace mlc::onnx {

template <Relation relation>
static LogicalResult importCompare(NodeContext &n) {
  return n.yield(n.compare(relation, n.operand(0), n.operand(1)));
}

template <typename Op>
static LogicalResult importBoolean(NodeContext &n) {
  Value a = n.operand(0), b = n.operand(1);
  if (!requireBool(n, a) || !requireBool(n, b))
    return failure();
  return n.yield(n.binary<Op>(a, b));
}

static LogicalResult importNot(NodeContext &n) {
  Value x = n.operand(0);
  return requireBool(n, x) ? n.yield(n.lnot(x)) : failure();
}

template <typename Op>
static LogicalResult importBits(NodeContext &n) {
  Value a = n.operand(0), b = n.operand(1);
  if (!requireInteger(n, a) || !requireInteger(n, b))
    return failure();
  return n.yield(n.binary<Op>(a, b));
}

static LogicalResult importBitwiseNot(NodeContext &n) {
  Value x = n.operand(0);
  return requireInteger(n, x) ? n.yield(n.lnot(x)) : failure();
}

static LogicalResult importBitShift(NodeContext &n) {
  Value a = n.operand(0), b = n.operand(1);
  bool right = n.choice("direction", "", {"LEFT", "RIGHT"}) == 1;
  if (!requireInteger(n, a) || !requireInteger(n, b))
    return failure();
  return n.yield(right ? n.binary<ShrOp>(a, b) : n.binary<ShlOp>(a, b));
}

static LogicalResult importWhere(NodeContext &n) {
  Value condition = n.operand(0), a = n.operand(1), b = n.operand(2);
  return requireBool(n, condition) ? n.yield(n.select(condition, a, b)) : failure();
}

static LogicalResult importIsNan(NodeContext &n) {
  Value x = n.operand(0);
  return requireNumbers(n, x, /*integersToo=*/false) ? n.yield(n.unary<IsNanOp>(x)) : failure();
}

static LogicalResult importIsInf(NodeContext &n) {
  bool negative = n.flag("detect_negative", true), positive = n.flag("detect_positive", true);
  Value x = n.operand(0);
  return requireNumbers(n, x, /*integersToo=*/false) ? n.yield(n.make<IsInfOp>(x, negative, positive)) : failure();
}

ArrayRef<RuleEntry> logicRules() {
  static const RuleEntry table[] = {
      {"", "And", 7, kAnyVersion, importBoolean<AndOp>},
      {"", "BitShift", 11, kAnyVersion, importBitShift},
      {"", "BitwiseAnd", 18, kAnyVersion, importBits<AndOp>},
      {"", "BitwiseNot", 18, kAnyVersion, importBitwiseNot},
      {"", "BitwiseOr", 18, kAnyVersion, importBits<OrOp>},
      {"", "BitwiseXor", 18, kAnyVersion, importBits<XorOp>},
      {"", "Equal", 7, kAnyVersion, importCompare<Relation::eq>},
      {"", "Greater", 7, kAnyVersion, importCompare<Relation::gt>},
      {"", "GreaterOrEqual", 12, kAnyVersion, importCompare<Relation::ge>},
      {"", "IsInf", 10, kAnyVersion, importIsInf},
      {"", "IsNaN", 9, kAnyVersion, importIsNan},
      {"", "Less", 7, kAnyVersion, importCompare<Relation::lt>},
      {"", "LessOrEqual", 12, kAnyVersion, importCompare<Relation::le>},
      {"", "Not", 1, kAnyVersion, importNot},
      {"", "Or", 7, kAnyVersion, importBoolean<OrOp>},
      {"", "Where", 9, kAnyVersion, importWhere},
      {"", "Xor", 7, kAnyVersion, importBoolean<XorOp>},
  };
  return table;
}

} // namespace mlc::onnx
