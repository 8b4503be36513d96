#include "Fold.h"

#include "mlc/abi.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Parser/Parser.h"

#include <atomic>
#include <gtest/gtest.h>
#include <thread>

using namespace mlir;
using namespace mlc;

namespace {

struct FoldTest : testing::Test {
  MLIRContext context{MLIRContext::Threading::DISABLED};
  OwningOpRef<ModuleOp> module;
  FoldTest() { context.loadDialect<MlcDialect, func::FuncDialect>(); }

  Operation *parse(const std::string &arguments, const std::string &body, const std::string &attributes = "") {
    module = parseSourceString<ModuleOp>("func.func @main(" + arguments + ")" + attributes + " { " + body + "\n return }", &context);
    if (!module)
      return nullptr;
    return (*module->getOps<func::FuncOp>().begin()).getBody().front().getTerminator()->getPrevNode();
  }
  DenseElementsAttr attr(const char *text) {
    return cast<DenseElementsAttr>(parseAttribute(text, &context));
  }
  AffineExpr s(unsigned i) { return getAffineSymbolExpr(i, &context); }
  AffineExpr c(int64_t v) { return constantExpr(v, &context); }
};

TEST_F(FoldTest, ElementTypesHaveONNXsNumbers) {
  for (int32_t dtype = 1; dtype <= MLC_I2; ++dtype) {
    Type type = elementTypeOfDtype(dtype, &context);
    if (type)
      EXPECT_EQ(dtypeOf(type), dtype);
    else
      EXPECT_TRUE(dtype == MLC_STRING || dtype == MLC_C64 || dtype == MLC_C128) << dtype;
  }
  EXPECT_EQ(elementTypeOfDtype(99, &context), nullptr);
  EXPECT_EQ(dtypeOf(IntegerType::get(&context, 3)), MLC_NONE);
}

TEST_F(FoldTest, BytesAreThoseOfMemory) {
  SmallVector<char> storage;
  auto bytes = [&](const char *text) {
    storage.clear();
    ArrayRef<char> b = bytesOf(attr(text), storage);
    return std::vector<int>(b.begin(), b.end());
  };
  EXPECT_EQ(bytes("dense<[true, false, true]> : tensor<3xi1>"), (std::vector<int>{1, 0, 1}));
  EXPECT_EQ(bytes("dense<true> : tensor<2xi1>"), (std::vector<int>{1, 1}));
  EXPECT_EQ(bytes("dense<[-8, 7, -1]> : tensor<3xi4>"), (std::vector<int>{-8, 7, -1}));
  EXPECT_EQ(bytes("dense<-3> : tensor<2xi4>"), (std::vector<int>{-3, -3}));
  EXPECT_EQ(bytes("dense<[15, 1]> : tensor<2xui4>"), (std::vector<int>{15, 1}));
  EXPECT_EQ(bytes("dense<258> : tensor<2xi16>"), (std::vector<int>{2, 1, 2, 1}));
  EXPECT_EQ(bytes("dense<[]> : tensor<0xf32>"), std::vector<int>());
}

TEST_F(FoldTest, BytesComeBackAsTheyWere) {
  for (const char *text : {"dense<[true, false, true]> : tensor<3xi1>", "dense<[-8, 7, -1]> : tensor<3xi4>",
                           "dense<[15, 1, 9]> : tensor<3xui4>", "dense<[-2, 1, 0]> : tensor<3xi2>", "dense<[1.5, -0.0, 2.0]> : tensor<3xf16>",
                           "dense<[200, 1, 2]> : tensor<3xui8>", "dense<[[1], [-5]]> : tensor<2x1xi64>"}) {
    DenseElementsAttr value = attr(text);
    SmallVector<char> storage;
    ArrayRef<char> bytes = bytesOf(value, storage);
    EXPECT_EQ(constantFromBytes(cast<RankedTensorType>(value.getType()), std::vector<char>(bytes.begin(), bytes.end())), value) << text;
  }
}

TEST_F(FoldTest, LargeConstantsAreResources) {
  auto type = [&](int64_t n) { return RankedTensorType::get({n}, Float32Type::get(&context)); };
  EXPECT_TRUE(isa<DenseElementsAttr>(constantFromBytes(type(kInlineConstantBytes / 4), std::vector<char>(kInlineConstantBytes))));
  std::vector<char> bytes(kInlineConstantBytes + 4, 7);
  ElementsAttr large = constantFromBytes(type(kInlineConstantBytes / 4 + 1), std::move(bytes));
  ASSERT_TRUE(isa<DenseResourceElementsAttr>(large));
  SmallVector<char> storage;
  ArrayRef<char> back = bytesOf(large, storage);
  EXPECT_EQ(back.size(), size_t(kInlineConstantBytes + 4));
  EXPECT_EQ(back.back(), 7);
}

TEST_F(FoldTest, ReleasedConstantsHaveNoBytes) {
  auto type = RankedTensorType::get({kInlineConstantBytes}, Float32Type::get(&context));
  ElementsAttr large = constantFromBytes(type, std::vector<char>(4 * kInlineConstantBytes));
  ASSERT_NE(cast<DenseResourceElementsAttr>(large).getRawHandle().getBlob(), nullptr);
  releaseConstant(large);
  EXPECT_TRUE(cast<DenseResourceElementsAttr>(large).getRawHandle().getBlob()->getData().empty());
  releaseConstant(large);
}

TEST_F(FoldTest, OtherThreadsAreHeardWhileConstantsFold) {
  Operation *neg = parse("%x: tensor<2xf32>", "%y = mlc.neg %x : tensor<2xf32> -> tensor<2xf32>");
  ASSERT_NE(neg, nullptr);
  std::atomic<int> heard = 0;
  std::atomic<bool> folding = false, done = false;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &) { ++heard; });
  std::thread speaker([&] {
    while (!folding)
      std::this_thread::yield();
    for (int i = 0; i < 200000; ++i)
      emitRemark(UnknownLoc::get(&context)) << "here";
    done = true;
  });
  DenseElementsAttr one = attr("dense<1.0> : tensor<2xf32>");
  do {
    SmallVector<OpFoldResult> results;
    EXPECT_TRUE(succeeded(foldOperation(neg, {one}, results)));
    folding = true;
  } while (!done);
  speaker.join();
  EXPECT_EQ(heard, 200000);
}

TEST_F(FoldTest, ConstantsWithoutTheirBytesAreRefused) {
  auto refused = [&](const char *bytes) {
    std::string text;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &d) { text += d.str(); });
    parseSourceString<ModuleOp>(std::string("func.func @main() { %w = mlc.constant dense_resource<w> : tensor<2xf32> : tensor<2xf32>\nreturn }\n") + bytes,
                                &context);
    return text;
  };
  EXPECT_EQ(refused("{-# dialect_resources: {builtin: {w: \"0x400000000000803F00000040\"}} #-}"), "");
  EXPECT_NE(refused("{-# dialect_resources: {builtin: {w: \"0x400000000000803F\"}} #-}"), "");
}

TEST_F(FoldTest, SymbolicElementsAreIntegers) {
  auto elements = [&](const char *text) { return symbolicElements(attr(text), Type()); };
  EXPECT_EQ(*elements("dense<[1, -2]> : tensor<2xi64>"), (SmallVector<AffineExpr>{c(1), c(-2)}));
  EXPECT_EQ(*elements("dense<[200]> : tensor<1xui8>"), SmallVector<AffineExpr>{c(200)});
  EXPECT_EQ(*elements("dense<true> : tensor<1xi1>"), SmallVector<AffineExpr>{c(1)});
  EXPECT_EQ(*elements("dense<[3.0, -4.0]> : tensor<2xf32>"), (SmallVector<AffineExpr>{c(3), c(-4)}));
  EXPECT_FALSE(elements("dense<0.5> : tensor<1xf32>"));
  EXPECT_FALSE(elements("dense<0x7F800000> : tensor<1xf32>"));
  EXPECT_FALSE(elements("dense<1> : tensor<1025xi64>"));
  EXPECT_FALSE(symbolicElements(Attribute(), Type()));
  EXPECT_EQ((*symbolicElements(DimsAttr::get(&context, {s(0), s(0) + 1}), Type()))[1], s(0) + 1);
}

TEST_F(FoldTest, FoldsConstantsByTheReference) {
  Operation *op = parse("%a: tensor<2xi32>, %b: tensor<2xi32>", "%y = mlc.mul %a, %b : tensor<2xi32>, tensor<2xi32> -> tensor<2xi32>");
  ASSERT_TRUE(op);
  auto folded = foldOne(op, {attr("dense<[3, -4]> : tensor<2xi32>"), attr("dense<5> : tensor<2xi32>")});
  EXPECT_EQ(cast<Attribute>(folded), attr("dense<[15, -20]> : tensor<2xi32>"));
  EXPECT_FALSE(foldOne(op, {attr("dense<[3, -4]> : tensor<2xi32>"), Attribute()}));
  EXPECT_FALSE(foldOne(op, {Attribute(), Attribute()}));
}

TEST_F(FoldTest, FoldsNothingMuchLargerThanItsOperands) {
  Operation *op = parse("%a: tensor<1xf32>", "%y = mlc.broadcast_to %a : tensor<1xf32> -> tensor<16384xf32>");
  EXPECT_TRUE(foldOne(op, {attr("dense<1.0> : tensor<1xf32>")}));
  op = parse("%a: tensor<1xf32>", "%y = mlc.broadcast_to %a : tensor<1xf32> -> tensor<1048576xf32>");
  EXPECT_FALSE(foldOne(op, {attr("dense<1.0> : tensor<1xf32>")}));
}

TEST_F(FoldTest, FoldsNothingWhereTheReferenceFails) {
  Operation *op = parse("%a: tensor<2xf32>, %i: tensor<1xi64>",
                        "%y = mlc.gather %a, %i axis 0 : tensor<2xf32>, tensor<1xi64> -> tensor<1xf32>");
  EXPECT_TRUE(foldOne(op, {attr("dense<1.0> : tensor<2xf32>"), attr("dense<-2> : tensor<1xi64>")}));
  EXPECT_FALSE(foldOne(op, {attr("dense<1.0> : tensor<2xf32>"), attr("dense<2> : tensor<1xi64>")}));
}

TEST_F(FoldTest, FoldsExpressionsOverSymbols) {
  const char *n = " attributes {mlc.symbols = [#mlc.symbol<\"n\", \"input\", 1, () -> (0, 0)>]}";
  Operation *op = parse("%a: tensor<2xi64>, %b: tensor<i64>", "%y = mlc.mul %a, %b : tensor<2xi64>, tensor<i64> -> tensor<2xi64>", n);
  auto dims = DimsAttr::get(&context, {s(0), s(0) + 3});
  auto folded = foldOne(op, {dims, attr("dense<2> : tensor<i64>")});
  EXPECT_EQ(cast<Attribute>(folded), DimsAttr::get(&context, {s(0) * 2, (s(0) + 3) * 2}));
  // Where the symbols cancel, what is left is a constant.
  op = parse("%a: tensor<2xi64>, %b: tensor<2xi64>", "%y = mlc.sub %a, %b : tensor<2xi64>, tensor<2xi64> -> tensor<2xi64>", n);
  EXPECT_EQ(cast<Attribute>(foldOne(op, {dims, dims})), attr("dense<0> : tensor<2xi64>"));
  EXPECT_FALSE(foldOne(op, {dims, Attribute()}));
}

TEST_F(FoldTest, FoldsNothingWithinGroups) {
  parse("%a: tensor<3xf32>", R"(%y = mlc.group "k0" emitter "loop"(%a) symbols <() -> ()> : (tensor<3xf32>) -> tensor<3xf32> {
    ^bb0(%x: tensor<3xf32>):
      %z = mlc.neg %x : tensor<3xf32> -> tensor<3xf32>
      mlc.yield %z : tensor<3xf32>
    })");
  ASSERT_TRUE(module);
  module->walk([&](NegOp op) { EXPECT_FALSE(foldOne(op, {attr("dense<1.0> : tensor<3xf32>")})); });
}

} // namespace
