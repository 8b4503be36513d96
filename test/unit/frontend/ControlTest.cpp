// Branches and loops.
#include "ModelBuilder.h"

using namespace mlc::test;

namespace {

class Control : public ImportTest {
protected:
  // If(condition) { op } else { op } over x.
  void branch(const std::string &condition, const std::string &thenOp, const std::string &elseOp) {
    auto &n = graph.node("If", {condition}, {"y"});
    for (auto [name, op] : {std::pair{"then_branch", thenOp}, std::pair{"else_branch", elseOp}}) {
      GraphBuilder g(GraphBuilder::body(n, name));
      g.node(op, {"x"}, {std::string(name) + "_out"});
      g.output(std::string(name) + "_out");
    }
    graph.output("y");
  }
  void dimensionIsOne(const std::string &axis) {
    graph.integers("axis", {std::stoll(axis)});
    graph.integers("one", {1});
    graph.node("Shape", {"x"}, {"shape"});
    graph.node("Gather", {"shape", "axis"}, {"size"});
    graph.node("Equal", {"size", "one"}, {"same"});
  }
};

} // namespace

TEST_F(Control, TakesTheBranchThatIsKnown) {
  graph.input("x", {"2", "3"});
  dimensionIsOne("0");
  branch("same", "Exp", "Relu");
  std::string text = import();
  EXPECT_NE(text.find("mlc.relu"), std::string::npos) << allProblems();
  EXPECT_EQ(text.find("mlc.exp"), std::string::npos);
}

TEST_F(Control, KeepsBothBranchesOtherwise) {
  graph.input("x", {"2", "3"});
  graph.input("c", {}, 9);
  branch("c", "Exp", "Relu");
  expectImported({"mlc.if %arg1", "mlc.exp", "else", "mlc.relu"});
}

TEST_F(Control, AssumesABranchWhereRanksDiffer) {
  graph.input("x", {"1", "n"});
  dimensionIsOne("1");
  branch("same", "Squeeze", "Identity");
  expectImported({"mlc.constraints"});
}

TEST_F(Control, RefusesBranchesOfDifferentRanksByValue) {
  graph.input("x", {"1", "3"});
  graph.input("c", {}, 9);
  branch("c", "Squeeze", "Identity");
  expectRefused("the branches give tensors of different types");
}

TEST_F(Control, UnrollsShortLoops) {
  graph.input("x", {"2"});
  graph.integers("trips", {3});
  auto &n = graph.node("Loop", {"trips", "", "x"}, {"y", "all"});
  GraphBuilder g(GraphBuilder::body(n, "body"));
  g.input("i", {}, 7);
  g.input("go", {}, 9);
  g.input("v", {"2"});
  g.node("Identity", {"go"}, {"go2"});
  g.node("Exp", {"v"}, {"w"});
  g.node("Identity", {"w"}, {"scan"});
  g.output("go2");
  g.output("w");
  g.output("scan");
  graph.output("y");
  graph.output("all");
  std::string text = import();
  EXPECT_EQ(allProblems(), "");
  EXPECT_EQ(text.find("mlc.loop"), std::string::npos);
  EXPECT_NE(text.find("tensor<3x2xf32>"), std::string::npos);
}

TEST_F(Control, MakesLoopsOfUnknownLength) {
  graph.input("x", {"2"});
  graph.input("trips", {}, 7);
  auto &n = graph.node("Loop", {"trips", "", "x"}, {"y"});
  GraphBuilder g(GraphBuilder::body(n, "body"));
  g.input("i", {}, 7);
  g.input("go", {}, 9);
  g.input("v", {"2"});
  g.node("Identity", {"go"}, {"go2"});
  g.node("Exp", {"v"}, {"w"});
  g.output("go2");
  g.output("w");
  graph.output("y");
  expectImported({"mlc.loop trips", "mlc.exp"});
}
