#include "Dialect.h"

#include "mlir/Parser/Parser.h"
#include <gtest/gtest.h>

using namespace mlir;
using namespace mlc;

namespace {

/// A function with two symbols of inputs, n >= 1 and m >= 4.
struct SymbolsTest : testing::Test {
  MLIRContext context{MLIRContext::Threading::DISABLED};
  OwningOpRef<ModuleOp> module;
  func::FuncOp function;
  AffineExpr n, m;

  SymbolsTest() {
    context.loadDialect<MlcDialect, func::FuncDialect>();
    module = parseSourceString<ModuleOp>(R"(func.func @main(%x: tensor<?x?xf32, #mlc.dims<()[s0, s1] -> (s0, s1)>>) attributes {
        mlc.symbols = [#mlc.symbol<"n", "input", 1, () -> (0, 0)>, #mlc.symbol<"m", "input", 4, () -> (0, 1)>]} { return })",
                                         &context);
    function = *module->getOps<func::FuncOp>().begin();
    n = getAffineSymbolExpr(0, &context);
    m = getAffineSymbolExpr(1, &context);
  }
  AffineExpr c(int64_t v) { return constantExpr(v, &context); }
  Symbols symbols() { return Symbols(function); }
  size_t constraints() {
    auto list = function->getAttrOfType<ArrayAttr>(kConstraintsAttr);
    return list ? list.size() : 0;
  }
};

TEST_F(SymbolsTest, LowerBoundsFollowThroughExpressions) {
  EXPECT_EQ(symbols().lowerBound(c(-7)), -7);
  EXPECT_EQ(symbols().lowerBound(m), 4);
  EXPECT_EQ(symbols().lowerBound(n + m), 5);
  EXPECT_EQ(symbols().lowerBound(n * 3 + 2), 5);
  EXPECT_EQ(symbols().lowerBound(n * m), 4);
  EXPECT_EQ(symbols().lowerBound((m + 1).floorDiv(2)), 2);
  EXPECT_EQ(symbols().lowerBound((m + 1).ceilDiv(2)), 3);
  EXPECT_EQ(symbols().lowerBound(m % 3), 0);
  EXPECT_EQ(symbols().lowerBound(c(0) - m), std::nullopt);
  EXPECT_EQ(symbols().lowerBound(getAffineSymbolExpr(9, &context)), std::nullopt);
  EXPECT_EQ(Symbols(nullptr).lowerBound(n), std::nullopt);
}

TEST_F(SymbolsTest, ComparesWhereTheDifferenceIsBounded) {
  EXPECT_TRUE(symbols().lessOrEqual(n, n));
  EXPECT_TRUE(symbols().lessOrEqual(n, n + 1));
  EXPECT_FALSE(symbols().lessOrEqual(n + 1, n));
  EXPECT_TRUE(symbols().lessOrEqual(n, n + m));
  EXPECT_TRUE(symbols().lessOrEqual(c(1), n));
  EXPECT_FALSE(symbols().lessOrEqual(c(2), n));
  EXPECT_TRUE(symbols().lessOrEqual(n * 2, n * 3));
  EXPECT_FALSE(symbols().lessOrEqual(n, m));
}

TEST_F(SymbolsTest, ComparesWithoutAFunctionWhatCancels) {
  Symbols none(nullptr);
  EXPECT_TRUE(none.lessOrEqual(m, m + 1));
  EXPECT_TRUE(none.lessOrEqual(m - 3, m - 1));
  EXPECT_FALSE(none.lessOrEqual(m, m - 1));
  EXPECT_FALSE(none.lessOrEqual(m - 3, c(-1)));
  EXPECT_FALSE(none.lessOrEqual(n, m));
  // Neither is known to be smaller, and there is no function for a symbol.
  EXPECT_FALSE(constantOf(none.minimum(c(3), n)));
  EXPECT_FALSE(constantOf(none.maximum(n, c(3))));
  EXPECT_EQ(none.minimum(n, n + 1), n);
}

TEST_F(SymbolsTest, MinimumAndMaximumAreSymbolsWhereItIsNotKnownWhich) {
  EXPECT_EQ(symbols().minimum(n, n + 2), n);
  EXPECT_EQ(symbols().maximum(n, n + 2), n + 2);
  EXPECT_EQ(symbols().minimum(c(3), c(5)), c(3));
  EXPECT_EQ(symbols().count(), 2u);
  AffineExpr least = symbols().minimum(n, m), most = symbols().maximum(n, m);
  EXPECT_EQ(least, getAffineSymbolExpr(2, &context));
  EXPECT_EQ(most, getAffineSymbolExpr(3, &context));
  EXPECT_EQ(symbols().lowerBound(least), 1);
  EXPECT_EQ(symbols().lowerBound(most), 4);
  // Asked again, they are the same symbols.
  EXPECT_EQ(symbols().minimum(n, m), least);
  EXPECT_EQ(symbols().count(), 4u);
  // Data is new each time.
  AffineExpr first = symbols().add("count", "data", 0, {}), second = symbols().add("count", "data", 0, {});
  EXPECT_NE(first, second);
}

TEST_F(SymbolsTest, DividesWhatHasNoRemainder) {
  EXPECT_EQ(divideExactly(n, n), c(1));
  EXPECT_EQ(divideExactly(n * 6, c(3)), n * 2);
  EXPECT_EQ(divideExactly(n * m * 2, m), n * 2);
  EXPECT_EQ(divideExactly(n * m + m, m), n + 1);
  EXPECT_EQ(divideExactly(n * m * 12, n * 4), m * 3);
  EXPECT_EQ(divideExactly(c(12), c(4)), c(3));
  EXPECT_FALSE(divideExactly(n, m));
  EXPECT_FALSE(divideExactly(c(12), c(5)));
  EXPECT_FALSE(divideExactly(n, c(0)));
  // The caller knows that nothing is left.
  EXPECT_EQ(divideExactly(n * 3, c(2)), (n * 3).floorDiv(2));
}

TEST_F(SymbolsTest, BroadcastsAsNumpyDoes) {
  auto shape = [&](std::initializer_list<AffineExpr> dims) { return Shape(dims); };
  EXPECT_EQ(*broadcastShapes(shape({c(2), c(1)}), shape({c(3)}), symbols()), shape({c(2), c(3)}));
  EXPECT_EQ(*broadcastShapes(shape({}), shape({n, c(3)}), symbols()), shape({n, c(3)}));
  EXPECT_EQ(*broadcastShapes(shape({c(1)}), shape({n}), symbols()), shape({n}));
  EXPECT_EQ(*broadcastShapes(shape({n}), shape({n}), symbols()), shape({n}));
  EXPECT_EQ(*broadcastShapes(shape({c(0)}), shape({c(1)}), symbols()), shape({c(0)}));
  EXPECT_FALSE(broadcastShapes(shape({c(2)}), shape({c(3)}), symbols()));
  EXPECT_EQ(constraints(), 0u);
  // What is not known to fit is required of every run, once; a known size is preferred.
  EXPECT_EQ(*broadcastShapes(shape({n}), shape({m}), symbols()), shape({n}));
  EXPECT_EQ(constraints(), 1u);
  EXPECT_EQ(*broadcastShapes(shape({n}), shape({m}), symbols()), shape({n}));
  EXPECT_EQ(constraints(), 1u);
  EXPECT_EQ(*broadcastShapes(shape({m}), shape({c(8)}), symbols()), shape({c(8)}));
  EXPECT_EQ(constraints(), 2u);
}

TEST_F(SymbolsTest, TypesHoldExpressionsOnlyWhereTheyNeedThem) {
  Type f32 = Float32Type::get(&context);
  EXPECT_FALSE(tensorType({c(2), c(3)}, f32).getEncoding());
  RankedTensorType type = tensorType({n, c(3), n.floorDiv(2)}, f32);
  EXPECT_TRUE(type.isDynamicDim(0) && !type.isDynamicDim(1) && type.isDynamicDim(2));
  EXPECT_EQ(shapeOf(type), (Shape{n, c(3), n.floorDiv(2)}));
  EXPECT_TRUE(compatibleTypes({type}, {tensorType({c(7), c(3), m}, f32)}));
  EXPECT_FALSE(compatibleTypes({type}, {tensorType({c(7), c(4), m}, f32)}));
  EXPECT_FALSE(compatibleTypes({type}, {tensorType({c(7), c(3)}, f32)}));
  EXPECT_FALSE(compatibleTypes({type}, {tensorType({c(7), c(3), m}, Float64Type::get(&context))}));
  EXPECT_EQ(product(shapeOf(type), &context), n * 3 * n.floorDiv(2));
}

TEST_F(SymbolsTest, AreThoseOfTheFunctionButNotWithinGroups) {
  OwningOpRef<ModuleOp> grouped = parseSourceString<ModuleOp>(R"(func.func @main(%a: tensor<3xf32>) {
    %y = mlc.group "k0" emitter "loop"(%a) symbols <() -> ()> : (tensor<3xf32>) -> tensor<3xf32> {
    ^bb0(%x: tensor<3xf32>):
      %z = mlc.neg %x : tensor<3xf32> -> tensor<3xf32>
      mlc.yield %z : tensor<3xf32>
    } return })", &context);
  ASSERT_TRUE(grouped);
  Operation *main = *grouped->getOps<func::FuncOp>().begin();
  grouped->walk([&](NegOp op) {
    EXPECT_EQ(Symbols::of(op.getOperation()).getFunction(), nullptr);
    EXPECT_EQ(Symbols::of(op.getX()).getFunction(), nullptr);
  });
  EXPECT_EQ(Symbols::of(main->getRegion(0).getArgument(0)).getFunction(), main);
}

} // namespace
