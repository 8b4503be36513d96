#include "Graphs.h"

#include "codegen/schedule/Workers.h"

#include <gtest/gtest.h>

using namespace mlc;
using namespace mlc::test;

namespace {

/// Element-wise kernels over `rows` x 1024 numbers each, one after the other: which of them are handed to workers, by their numbers.
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
  std::vector<unsigned> result;
  if (!p.module)
    return result;
  auto chosen = groupsForWorkers(p.function);
  unsigned number = 0;
  p.function.walk<mlir::WalkOrder::PreOrder>([&](GroupOp op) {
    if (chosen.contains(op))
      result.push_back(number);
    ++number;
  });
  return result;
}

using Numbers = std::vector<unsigned>;

// 32 rows are 262 kB to read and write: some 7 microseconds, of which 2 are to be gained.
TEST(Workers, DoLargeKernels) { EXPECT_EQ(handedOver({1024}), Numbers{0}); }
TEST(Workers, DoNoSmallKernelAlone) { EXPECT_EQ(handedOver({32}), Numbers{}); }
TEST(Workers, DoSmallKernelsInARow) { EXPECT_EQ(handedOver({32, 32, 32, 32, 32, 32}), (Numbers{0, 1, 2, 3, 4, 5})); }
TEST(Workers, LeaveTinyKernelsInARowToTheCaller) { EXPECT_EQ(handedOver({1024, 1, 1024}), (Numbers{0, 2})); }
TEST(Workers, EndARowOfLittleGain) { EXPECT_EQ(handedOver({32, 1, 1, 32, 1, 1, 32, 1, 1, 32, 1, 1}), Numbers{}); }
TEST(Workers, OfUnknownSizesAreNotChosenHere) { EXPECT_EQ(handedOver({1024}, /*known=*/false), Numbers{}); }

} // namespace
