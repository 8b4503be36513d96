#include "Graphs.h"

#include "codegen/schedule/Workers.h"

#include <gtest/gtest.h>

using namespace mlc;
using namespace mlc::test;

namespace {

/// Which groups of a function are handed to workers, by their numbers.
std::vector<unsigned> chosenOf(Planned &p) {
  std::vector<unsigned> result;
  auto chosen = groupsForWorkers(p.function);
  unsigned number = 0;
  p.function.walk<mlir::WalkOrder::PreOrder>([&](GroupOp op) {
    if (chosen.contains(op))
      result.push_back(number);
    ++number;
  });
  return result;
}

/// Element-wise kernels over `rows` x 1024 numbers each, one after the other.
std::vector<unsigned> handedOver(const std::vector<int64_t> &rows, bool known = true) {
  std::string arguments, body, returned, types;
  for (size_t i = 0; i < rows.size(); ++i) {
    std::string n = std::to_string(i), comma = i ? ", " : "";
    std::string type = known ? "tensor<" + std::to_string(rows[i]) + "x1024xf32>" : "tensor<?x1024xf32, #mlc.dims<()[s0] -> (s0, 1024)>>";
    arguments += comma + "%x" + n + ": " + type;
    body += addGroup("%y" + n, {"%x" + n}, type, "", known ? "() -> ()" : "()[s0] -> (s0)");
    returned += comma + "%y" + n;
    types += comma + type;
  }
  std::string symbols = known ? "" : "attributes {mlc.symbols = [#mlc.symbol<\"n\", \"input\", 1, () -> (0, 0)>]} ";
  Planned p("func.func @main(" + arguments + ") -> (" + types + ") " + symbols + "{\n" + body + "return " + returned + " : " + types + "\n}\n");
  EXPECT_TRUE(p.module);
  return p.module ? chosenOf(p) : std::vector<unsigned>();
}

/// Of six maxima of 5x5 windows one after the other, over images of so many rows and columns of 64 channels.
std::vector<unsigned> windowsHandedOver(int64_t rows, int64_t columns) {
  std::string type = "tensor<1x" + std::to_string(rows) + "x" + std::to_string(columns) + "x64xf32>", body, last = "%x";
  for (int i = 0; i < 6; ++i) {
    std::string y = "%y" + std::to_string(i);
    body += y + " = mlc.group \"g\" emitter \"window\"(" + last + ") symbols <() -> ()> : (" + type + ") -> " + type + " {\n^bb0(%p: " + type + "):\n" +
            "%q = mlc.pool max %p {window = array<i64: 5, 5>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, " +
            "low = array<i64: 2, 2>, high = array<i64: 2, 2>} : " + type + " -> " + type + "\nmlc.yield %q : " + type + "\n}\n";
    last = y;
  }
  Planned p("func.func @main(%x: " + type + ") -> " + type + " {\n" + body + "return " + last + " : " + type + "\n}\n");
  EXPECT_TRUE(p.module);
  return p.module ? chosenOf(p) : std::vector<unsigned>();
}

/// Of three kernels of 64 rows with little ones between them that sum up 24 rows: what another kernel has made, or an input.
std::vector<unsigned> handedOverBetweenSums(bool made) {
  std::string large = "tensor<64x1024xf32>", rows = "tensor<24x1024xf32>", flat = "tensor<24576xf32>", body = addGroup("%e", {"%r"}, rows);
  body += "%v = mlc.reshape " + std::string(made ? "%e" : "%r") + " : " + rows + " -> " + flat + "\n";
  for (int i = 0; i < 3; ++i) {
    std::string n = std::to_string(i);
    body += addGroup("%y" + n, {"%x"}, large);
    body += "%s" + n + " = mlc.group \"g\" emitter \"row\"(%v) symbols <() -> ()> : (" + flat + ") -> tensor<f32> {\n^bb0(%p: " + flat +
            "):\n%q = mlc.reduce sum %p [0] keepdims false : " + flat + " -> tensor<f32>\nmlc.yield %q : tensor<f32>\n}\n";
  }
  std::string types = large + ", " + large + ", " + large + ", tensor<f32>, tensor<f32>, tensor<f32>, " + rows;
  Planned p("func.func @main(%x: " + large + ", %r: " + rows + ") -> (" + types + ") {\n" + body + "return %y0, %y1, %y2, %s0, %s1, %s2, %e : " +
            types + "\n}\n");
  EXPECT_TRUE(p.module);
  return p.module ? chosenOf(p) : std::vector<unsigned>();
}

using Numbers = std::vector<unsigned>;

// 32 rows are 262 kB to read and write: some 7 microseconds, of which 2 are to be gained.
TEST(Workers, DoLargeKernels) { EXPECT_EQ(handedOver({1024}), Numbers{0}); }
TEST(Workers, DoNoSmallKernelAlone) { EXPECT_EQ(handedOver({32}), Numbers{}); }
TEST(Workers, DoSmallKernelsInARow) { EXPECT_EQ(handedOver({32, 32, 32, 32, 32, 32}), (Numbers{0, 1, 2, 3, 4, 5})); }
TEST(Workers, LeaveTinyKernelsInARowToTheCaller) { EXPECT_EQ(handedOver({1024, 1, 1024}), (Numbers{0, 2})); }
TEST(Workers, EndARowOfLittleGain) { EXPECT_EQ(handedOver({32, 1, 1, 32, 1, 1, 32, 1, 1, 32, 1, 1}), Numbers{}); }
// The same work, but windows that reach over all rows need all that the other worker has written.
TEST(Workers, DoWindowsOverTheirOwnRows) { EXPECT_EQ(windowsHandedOver(48, 16), (Numbers{0, 1, 2, 3, 4, 5})); }
TEST(Workers, DoNoWindowsOverEachOthersRows) { EXPECT_EQ(windowsHandedOver(2, 384), Numbers{}); }
// What the caller alone sums up, half of it from another's cache, takes as long as sharing gains.
TEST(Workers, DoKernelsBetweenSumsOfInputs) { EXPECT_EQ(handedOverBetweenSums(/*made=*/false), (Numbers{0, 1, 3, 5})); }
TEST(Workers, DoNoKernelsBetweenSumsOfWhatTheyMade) { EXPECT_EQ(handedOverBetweenSums(/*made=*/true), Numbers{}); }
TEST(Workers, OfUnknownSizesAreNotChosenHere) { EXPECT_EQ(handedOver({1024}, /*known=*/false), Numbers{}); }

} // namespace
