//===- Rules.h - which rule imports which operator -------------------------===//
#ifndef MLC_FRONTEND_ONNX_RULES_H
#define MLC_FRONTEND_ONNX_RULES_H

#include "NodeContext.h"

namespace mlc::onnx {

using Rule = mlir::LogicalResult (*)(NodeContext &);

struct RuleEntry {
  const char *domain;      // "" for ai.onnx
  const char *op;
  int64_t since, until;    // operator sets, both inclusive
  Rule rule;
};

constexpr int64_t kAnyVersion = 1 << 20;

// One table a file of `rules/`.
ArrayRef<RuleEntry> mathRules();
ArrayRef<RuleEntry> activationRules();
ArrayRef<RuleEntry> logicRules();
ArrayRef<RuleEntry> shapeRules();
ArrayRef<RuleEntry> movementRules();
ArrayRef<RuleEntry> sliceRules();
ArrayRef<RuleEntry> indexRules();
ArrayRef<RuleEntry> convRules();
ArrayRef<RuleEntry> poolRules();
ArrayRef<RuleEntry> reduceRules();
ArrayRef<RuleEntry> normRules();
ArrayRef<RuleEntry> productRules();
ArrayRef<RuleEntry> recurrentRules();
ArrayRef<RuleEntry> quantRules();
ArrayRef<RuleEntry> controlRules();
ArrayRef<RuleEntry> irregularRules();
ArrayRef<RuleEntry> resizeRules();
ArrayRef<RuleEntry> imageRules();
ArrayRef<RuleEntry> lossRules();
ArrayRef<RuleEntry> attentionRules();
ArrayRef<RuleEntry> signalRules();
ArrayRef<RuleEntry> randomRules();
ArrayRef<RuleEntry> mlRules();
ArrayRef<RuleEntry> treeRules();
ArrayRef<RuleEntry> trainingRules();

struct Lookup {
  Rule rule = nullptr;
  std::string reason;      // why there is none
};

/// The rule for an operator of a domain ("" for ai.onnx) in a version of it.
Lookup findRule(llvm::StringRef domain, llvm::StringRef op, int64_t version);

} // namespace mlc::onnx

#endif // MLC_FRONTEND_ONNX_RULES_H
