#include "Graphs.h"
#include "Views.h"

#include <gtest/gtest.h>

using namespace mlc;
using namespace mlc::test;

namespace {

const std::string kType = "tensor<4x8xf32>";

std::string function(const std::string &arguments, const std::string &body, const std::string &returned, const std::string &types,
                     const std::string &attributes = "") {
  return "func.func @main(" + arguments + ") -> (" + types + ") " + attributes + "{\n" + body + "return " + returned + " : " + types + "\n}\n";
}

TEST(MemoryPlan, WritesReturnedValuesToTheOutput) {
  Planned p(function("%x: " + kType, addGroup("%y", {"%x"}, kType), "%y", kType));
  ASSERT_TRUE(p.module);
  EXPECT_EQ(p.group(0).place.where, Where::output);
  EXPECT_EQ(p.plan.staticArenaBytes(), 0);
  EXPECT_TRUE(p.plan.copies().empty());
}

TEST(MemoryPlan, CopiesInputsConstantsAndSecondReturns) {
  Planned p(function("%x: " + kType, "%c = mlc.constant dense<1.0> : " + kType + " : " + kType + "\n" + addGroup("%y", {"%x"}, kType),
                     "%y, %x, %y, %c", kType + ", " + kType + ", " + kType + ", " + kType));
  ASSERT_TRUE(p.module);
  ASSERT_EQ(p.plan.copies().size(), 3u);
  EXPECT_EQ(p.plan.copies()[0].first, 1u);
  EXPECT_EQ(p.group(0).fallback.where, Where::arena) << "the first output may be unwanted while its copy is wanted";
  EXPECT_EQ(p.plan.weights().bytes(), 128);
}

TEST(MemoryPlan, ComputesInPlaceWhereTheOperandDies) {
  Planned p(function("%x: " + kType, addGroup("%a", {"%x"}, kType) + addGroup("%b", {"%a"}, kType, "0, 0") + addGroup("%y", {"%b"}, kType),
                     "%y", kType));
  ASSERT_TRUE(p.module);
  EXPECT_EQ(p.group(0).place.offset, p.group(1).place.offset);
  EXPECT_EQ(p.plan.staticArenaBytes(), 128);
}

TEST(MemoryPlan, KeepsAnOperandThatIsReadLater) {
  Planned p(function("%x: " + kType,
                     addGroup("%a", {"%x"}, kType) + addGroup("%b", {"%a"}, kType, "0, 0") + addGroup("%y", {"%a", "%b"}, kType), "%y", kType));
  ASSERT_TRUE(p.module);
  EXPECT_NE(p.group(0).place.offset, p.group(1).place.offset);
}

TEST(MemoryPlan, DoesNotOverwriteAnOperandThatIsGivenTwice) {
  Planned p(function("%x: " + kType, addGroup("%a", {"%x"}, kType) + addGroup("%b", {"%a", "%a"}, kType, "0, 0") + addGroup("%y", {"%b"}, kType),
                     "%y", kType));
  ASSERT_TRUE(p.module);
  EXPECT_NE(p.group(0).place.offset, p.group(1).place.offset);
}

TEST(MemoryPlan, ViewsShareTheirBuffer) {
  Planned p(function("%x: " + kType, addGroup("%a", {"%x"}, kType) + "%v = mlc.reshape %a : " + kType + " -> tensor<32xf32>\n" +
                                         addGroup("%y", {"%v"}, "tensor<32xf32>"), "%y", "tensor<32xf32>"));
  ASSERT_TRUE(p.module);
  EXPECT_EQ(p.plan.staticArenaBytes(), 128);
}

const std::string kPart = "tensor<2x8xf32>";

TEST(MemoryPlan, PartsStandInTheirWhole) {
  // Between the parts there is a value of the second one's size, and what reads the first part writes elsewhere.
  Planned p(function("%x: " + kPart, addGroup("%a", {"%x"}, kPart) + addGroup("%c", {"%a"}, kPart, "0, 0") + addGroup("%b", {"%c"}, kPart, "0, 0") +
                                         "%w = mlc.concat (%a, %b) axis 0 {view} : (" + kPart + ", " + kPart + ") -> " + kType + "\n" +
                                         addGroup("%y", {"%w"}, kType), "%y", kType));
  ASSERT_TRUE(p.module);
  EXPECT_TRUE(mlir::succeeded(checkViews(p.function)));
  mlir::Operation *concat = p.function.getBody().front().getTerminator()->getPrevNode()->getPrevNode();
  mlir::Value whole = concat->getResult(0);
  EXPECT_EQ(p.plan.idOf(concat->getOperand(0)), p.plan.idOf(whole));
  EXPECT_EQ(p.plan.idOf(concat->getOperand(1)), p.plan.idOf(whole));
  EXPECT_EQ(p.plan.offsetOf(concat->getOperand(0)), 0);
  EXPECT_EQ(p.plan.offsetOf(concat->getOperand(1)), 64);
  EXPECT_EQ(constantOf(p.plan.bufferOf(whole).bytes), 128);
  EXPECT_EQ(p.plan.staticArenaBytes(), 192) << "the value between has a place of its own";
  EXPECT_NE(p.group(1).place.offset, p.group(0).place.offset);
}

TEST(MemoryPlan, SlicesStandInTheirTensor) {
  Planned p(function("%x: " + kType, addGroup("%a", {"%x"}, kType) + "%s = mlc.slice %a <() -> (2, 0)> [1, 1] {view} : " + kType + " -> " + kPart + "\n" +
                                         addGroup("%b", {"%s"}, kPart) + addGroup("%y", {"%b", "%s"}, kPart, "0, 1"), "%y", kPart));
  ASSERT_TRUE(p.module);
  EXPECT_TRUE(mlir::succeeded(checkViews(p.function)));
  mlir::Value slice = p.function.getBody().front().getTerminator()->getPrevNode()->getOperand(1);
  EXPECT_EQ(p.plan.offsetOf(slice), 64);
  EXPECT_EQ(p.group(0).place.offset + p.group(1).place.offset, 128) << "the slice is read by the last kernel";
  EXPECT_EQ(p.plan.staticArenaBytes(), 192);
}

TEST(MemoryPlan, OtherReadersThanGroupsAreRefused) {
  Planned p(function("%x: " + kPart, addGroup("%a", {"%x"}, kPart) + addGroup("%b", {"%x"}, kPart) + "%w = mlc.concat (%a, %b) axis 0 {view} : (" +
                                         kPart + ", " + kPart + ") -> " + kType + "\n", "%w, %b", kType + ", " + kPart));
  ASSERT_TRUE(p.module);
  mlir::ScopedDiagnosticHandler quiet(&p.context, [](mlir::Diagnostic &) { return mlir::success(); });
  EXPECT_TRUE(mlir::failed(checkViews(p.function)));
}

TEST(MemoryPlan, OtherStridesThanTheWholesAreRefused) {
  Planned p(function("%x: " + kType, addGroup("%a", {"%x"}, kType) + addGroup("%b", {"%x"}, kType) + "%w = mlc.concat (%a, %b) axis 1 {view} : (" +
                                         kType + ", " + kType + ") -> tensor<4x16xf32>\n", "%w", "tensor<4x16xf32>"));
  ASSERT_TRUE(p.module);
  mlir::ScopedDiagnosticHandler quiet(&p.context, [](mlir::Diagnostic &) { return mlir::success(); });
  EXPECT_TRUE(mlir::failed(checkViews(p.function)));
}

TEST(MemoryPlan, EqualConstantsAreOne) {
  Planned p(function("%x: " + kType, "%c = mlc.constant dense<1.0> : " + kType + " : " + kType + "\n" +
                                         "%d = mlc.constant dense<1.0> : tensor<32xf32> : tensor<32xf32>\n" +
                                         addGroup("%a", {"%x", "%c"}, kType) + "%v = mlc.reshape %a : " + kType + " -> tensor<32xf32>\n" +
                                         addGroup("%y", {"%v", "%d"}, "tensor<32xf32>"), "%y", "tensor<32xf32>"));
  ASSERT_TRUE(p.module);
  EXPECT_EQ(p.plan.weights().weights().size(), 1u);
}

const std::string kDynamic = "tensor<?x8xf32, #mlc.dims<()[s0] -> (s0, 8)>>";
const std::string kBatch = "attributes {mlc.symbols = [#mlc.symbol<\"n\", \"input\", 1, () -> (0, 0)>]} ";
const std::string kData = "attributes {mlc.symbols = [#mlc.symbol<\"n\", \"data\", 0, () -> ()>]} ";

TEST(MemoryPlan, SizesThatFollowFromInputsGetSlots) {
  auto add = [](const char *y, const char *x) { return addGroup(y, {x}, kDynamic, "", "()[s0] -> (s0)"); };
  Planned p(function("%x: " + kDynamic, add("%a", "%x") + add("%b", "%a") + add("%c", "%b") + add("%y", "%c"), "%y", kDynamic, kBatch));
  ASSERT_TRUE(p.module);
  EXPECT_EQ(p.plan.slots().size(), 2u);
  EXPECT_EQ(p.plan.lateSlots(), 0u);
  EXPECT_EQ(p.group(3).place.where, Where::output);
}

TEST(MemoryPlan, SizesThatFollowFromDataAreLate) {
  auto add = [](const char *y, const char *x) { return addGroup(y, {x}, kDynamic, "", "()[s0] -> (s0)"); };
  Planned p(function("%x: " + kDynamic, add("%a", "%x") + add("%y", "%a"), "%y", kDynamic, kData));
  ASSERT_TRUE(p.module);
  EXPECT_EQ(p.group(0).place.where, Where::late);
  EXPECT_EQ(p.group(1).place.where, Where::lateOutput);
  EXPECT_EQ(p.plan.lateSlots(), 1u);
}

TEST(MemoryPlan, ASizeThatIsKnownThroughAViewIsKnown) {
  Planned p(function("%x: " + kDynamic, addGroup("%a", {"%x"}, kDynamic, "", "()[s0] -> (s0)") + "%y = mlc.reshape %a : " + kDynamic +
                                            " -> tensor<32xf32>\n", "%y", "tensor<32xf32>", kData));
  ASSERT_TRUE(p.module);
  EXPECT_EQ(p.group(0).place.where, Where::output);
}

} // namespace
