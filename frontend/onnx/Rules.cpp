#include "Rules.h"

#include <array>

namespace mlc::onnx {

namespace {

using Table = llvm::StringMap<SmallVector<const RuleEntry *, 1>>;

Table makeTable() {
  Table table;
  for (ArrayRef<RuleEntry> family :
       {mathRules(), activationRules(), logicRules(), shapeRules(), movementRules(), sliceRules(), indexRules(), convRules(), poolRules(),
        reduceRules(), normRules(), productRules(), recurrentRules(), quantRules(), controlRules(), irregularRules(), resizeRules(), imageRules(),
        lossRules(), attentionRules(), signalRules(), randomRules(), mlRules(), treeRules(), trainingRules()})
    for (const RuleEntry &entry : family)
      table[(llvm::Twine(entry.domain) + ":" + entry.op).str()].push_back(&entry);
  return table;
}

bool isKnownDomain(llvm::StringRef domain) {
  return domain.empty() || domain == "ai.onnx.ml" || domain == "ai.onnx.preview.training" || domain == "ai.onnx.training" ||
         domain == "ai.onnx.preview";
}

} // namespace

Lookup findRule(llvm::StringRef domain, llvm::StringRef op, int64_t version) {
  static const Table table = makeTable();
  auto it = table.find((domain + ":" + op).str());
  if (it == table.end())
    return {nullptr, isKnownDomain(domain) ? "not implemented" : "the domain is unknown"};
  for (const RuleEntry *entry : it->second)
    if (entry->since <= version && version <= entry->until)
      return {entry->rule, ""};
  return {nullptr, "it does not exist in this version, or is not implemented for it"};
}

} // namespace mlc::onnx
