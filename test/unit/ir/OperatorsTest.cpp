// Every registered operator has what an operator needs; one that is added without an example here fails.
#include "OperatorExamples.h"

#include "Fold.h"
#include "runtime/kernels/reference.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/MemoryBuffer.h"
#include <gtest/gtest.h>

using namespace mlir;
using namespace mlc;
using namespace mlc::test;

namespace {

struct Operators : testing::Test {
  MLIRContext context{MLIRContext::Threading::DISABLED};
  Operators() { context.loadDialect<MlcDialect, func::FuncDialect>(); }

  /// By hand, since getRegisteredOperationsByDialect of LLVM 22 compares names by a search that finds none.
  std::vector<RegisteredOperationName> operators() {
    std::vector<RegisteredOperationName> all;
    for (RegisteredOperationName name : context.getRegisteredOperations())
      if (name.getDialectNamespace() == "mlc")
        all.push_back(name);
    return all;
  }
  static std::string mnemonic(RegisteredOperationName name) { return name.getStringRef().drop_front(4).str(); }

  /// Calls `check` with the operator that each example shows.
  void eachExample(function_ref<void(const OperatorExample &, Operation *)> check) {
    for (const OperatorExample &example : operatorExamples()) {
      SCOPED_TRACE(example.body);
      OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(example.text(), &context);
      ASSERT_TRUE(module) << example.text();
      Operation *found = nullptr;
      module->walk<WalkOrder::PreOrder>([&](Operation *op) {
        if (!found && op->getName().getStringRef() == example.name())
          found = op;
      });
      ASSERT_TRUE(found) << "no " << example.name() << " in its example";
      check(example, found);
    }
  }
};

/// Zeros and ones by turns: within the range of every index, and of every function that is not defined everywhere.
ElementsAttr exampleValue(RankedTensorType type) {
  Type element = type.getElementType();
  std::vector<char> bytes;
  int64_t width = storageBytes(element);
  for (int64_t i = 0; i < type.getNumElements(); ++i) {
    uint64_t bits = i % 2;
    if (auto real = dyn_cast<FloatType>(element))
      bits = APFloat(real.getFloatSemantics(), i % 2).bitcastToAPInt().getZExtValue();
    for (int64_t byte = 0; byte < width; ++byte)
      bytes.push_back(static_cast<char>(bits >> (8 * byte)));
  }
  return constantFromBytes(type, std::move(bytes));
}

TEST_F(Operators, HaveExamples) {
  std::set<std::string> shown;
  for (const OperatorExample &example : operatorExamples())
    shown.insert(example.mnemonic);
  for (RegisteredOperationName name : operators())
    EXPECT_TRUE(shown.count(mnemonic(name))) << name.getStringRef().str() << " has no example in OperatorExamples.cpp";
  EXPECT_EQ(shown.size(), operators().size());
}

TEST_F(Operators, HaveASummary) {
  auto file = llvm::MemoryBuffer::getFile(OPERATORS_MD);
  ASSERT_TRUE(static_cast<bool>(file)) << OPERATORS_MD;
  StringRef pages = (*file)->getBuffer();
  for (RegisteredOperationName name : operators()) {
    StringRef page = pages.split("### `" + name.getStringRef().str() + "` (").second;
    StringRef line = page.split('\n').second.ltrim().split('\n').first;
    EXPECT_TRUE(line.size() > 4 && line.starts_with("_") && line.ends_with("_")) << name.getStringRef().str() << " has no summary";
  }
}

TEST_F(Operators, ImplementTheInterfacesOfTheTable) {
  std::map<std::string, std::string> expected;
  for (const ExpectedInterfaces &row : expectedInterfaces())
    for (const std::string &name : row.mnemonics)
      EXPECT_TRUE(expected.emplace(name, row.letters).second) << name << " stands in the table twice";
  for (RegisteredOperationName name : operators()) {
    std::string letters;
    letters += name.hasInterface<Pointwise>() ? "P" : "";
    letters += name.hasInterface<Elementwise>() ? "E" : "";
    letters += name.hasInterface<Structured>() ? "S" : "";
    letters += name.hasInterface<Quantizable>() ? "Q" : "";
    letters += name.hasInterface<Differentiable>() ? "D" : "";
    auto row = expected.find(mnemonic(name));
    ASSERT_NE(row, expected.end()) << name.getStringRef().str() << " is missing in the table of interfaces";
    EXPECT_EQ(letters, row->second) << name.getStringRef().str();
  }
}

TEST_F(Operators, NameAReferenceThatThereIs) {
  for (RegisteredOperationName name : operators())
    EXPECT_NE(name.hasInterface<Reference>(), operatorsWithoutReference().count(mnemonic(name)) > 0)
        << name.getStringRef().str();
  eachExample([](const OperatorExample &, Operation *op) {
    auto reference = dyn_cast<Reference>(op);
    // Packed operands are a layout of the passes.
    if (!reference || op->hasAttr("columns"))
      return;
    ReferenceCall call;
    ASSERT_TRUE(succeeded(reference.getReference(call)));
    EXPECT_TRUE(ref::find(call.name.c_str())) << call.name;
    if (!call.mask.empty())
      EXPECT_EQ(llvm::count(call.mask, true), op->getNumOperands());
  });
}

TEST_F(Operators, AreTheSameAfterPrintingAndParsing) {
  eachExample([&](const OperatorExample &example, Operation *op) {
    auto module = op->getParentOfType<ModuleOp>();
    EXPECT_TRUE(succeeded(verify(module)));
    for (bool generic : {false, true}) {
      auto print = [&](ModuleOp m) {
        std::string text;
        llvm::raw_string_ostream os(text);
        m.print(os, OpPrintingFlags().printGenericOpForm(generic));
        return text;
      };
      std::string text = print(module);
      OwningOpRef<ModuleOp> again = parseSourceString<ModuleOp>(text, &context);
      ASSERT_TRUE(again) << text;
      EXPECT_EQ(print(*again), text);
    }
  });
}

TEST_F(Operators, InferTheTypesOfTheirExamples) {
  eachExample([&](const OperatorExample &, Operation *op) {
    auto infer = dyn_cast<InferTypeOpInterface>(op);
    if (!infer)
      return;
    SmallVector<Type> types;
    ASSERT_TRUE(succeeded(infer.inferReturnTypes(&context, op->getLoc(), op->getOperands(), op->getAttrDictionary(),
                                                 op->getPropertiesStorage(), op->getRegions(), types)));
    EXPECT_EQ(TypeRange(types), op->getResultTypes());
  });
}

TEST_F(Operators, FoldToTheirTypeByTheReference) {
  eachExample([&](const OperatorExample &, Operation *op) {
    ReferenceCall call;
    auto reference = dyn_cast<Reference>(op);
    if (!reference || failed(reference.getReference(call)) || op->getNumOperands() == 0)
      return;
    SmallVector<Attribute> operands;
    for (Value v : op->getOperands())
      operands.push_back(exampleValue(tensorTypeOf(v)));
    SmallVector<OpFoldResult> results;
    ASSERT_TRUE(succeeded(foldOperation(op, operands, results)));
    ASSERT_EQ(results.size(), op->getNumResults());
    for (auto [folded, type] : llvm::zip(results, op->getResultTypes()))
      EXPECT_EQ(cast<ElementsAttr>(cast<Attribute>(folded)).getType(), type);
  });
}

} // namespace
