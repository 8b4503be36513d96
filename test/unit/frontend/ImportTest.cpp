// What nodes become.
#include "ModelBuilder.h"

using namespace mlc::test;

namespace {
class Import : public ImportTest {};
} // namespace

TEST_F(Import, NamesUnknownDimensions) {
  graph.input("a", {"batch", "3"});
  graph.input("b", {"batch", "?"});
  graph.node("Concat", {"a", "b"}, {"y"});
  GraphBuilder::attribute(*model.mutable_graph()->mutable_node(0), "axis", 1);
  graph.output("y");
  expectImported({"#mlc.symbol<\"batch\", \"input\", 1", "mlc.dim_names = [\"batch\", \"\"]", "mlc.dim_names = [\"batch\", \"b.1\"]"});
}

TEST_F(Import, TakesShapesFromTheOptions) {
  graph.input("a", {"batch", "3"});
  graph.input("b", {"batch"});
  graph.node("Relu", {"a"}, {"y"});
  graph.node("Relu", {"b"}, {"z"});
  graph.output("y");
  graph.output("z");
  options.shapes["@0"] = {4, -1};
  expectImported({"tensor<4x3xf32>", "tensor<4xf32>"});
  options.shapes = {{"a", {4, 5}}};
  expectRefused("--shape gives dimension 1 as 5, the model has 3");
  options.shapes = {{"c", {4}}};
  expectRefused("the model has no such input");
}

TEST_F(Import, PutsChannelsLast) {
  graph.input("x", {"1", "4", "8", "8"});
  graph.floats("w", {2, 4, 1, 1}, std::vector<float>(8, 1.0f));
  graph.floats("b", {2}, {1, 2});
  graph.node("Conv", {"x", "w", "b"}, {"y"}).set_name("conv1");
  graph.output("y");
  expectImported({"mlc.transpose %arg0 [0, 2, 3, 1]", "mlc.conv", "tensor<2x1x1x4xf32>", "[0, 3, 1, 2]"});
}

// 4097 · 4097 is none of f32's numbers.
TEST_F(Import, RoundsBatchNormalisationOnce) {
  graph.input("x", {"1", "1", "8", "8"});
  graph.floats("scale", {1}, {4097});
  graph.floats("bias", {1}, {16785408});
  graph.floats("mean", {1}, {4097});
  graph.floats("variance", {1}, {1});
  auto &epsilon = *graph.node("BatchNormalization", {"x", "scale", "bias", "mean", "variance"}, {"y"}).add_attribute();
  epsilon.set_name("epsilon");
  epsilon.set_type(proto::AttributeProto::FLOAT);
  epsilon.set_f(0.0f);
  graph.output("y");
  expectImported({"dense<4.097000e+03> : tensor<1x1x1xf32>", "dense<-1.000000e+00> : tensor<1x1x1xf32>"});
}

TEST_F(Import, NamesTheLayerInAMessage) {
  graph.input("x", {"1", "3", "8", "8"});
  graph.floats("w", {2, 4, 1, 1}, std::vector<float>(8, 1.0f));
  graph.node("Conv", {"x", "w"}, {"y"}).set_name("conv1");
  graph.output("y");
  expectRefused("model: node 'conv1' (Conv): the weights have 4 input channels, expected 3 (input 3, group 1)");
}

TEST_F(Import, RefusesUnknownAttributesAndTypes) {
  graph.input("x", {"2"});
  auto &n = graph.node("Elu", {"x"}, {"y"});
  GraphBuilder::attribute(n, "alpha", int64_t{1});
  graph.output("y");
  expectRefused("attribute 'alpha' is an integer, expected a float");
  n.clear_attribute();
  GraphBuilder::attribute(n, "colour", int64_t{1});
  expectRefused("attribute 'colour' is unknown");
}

TEST_F(Import, RefusesOperandsTooManyAndTooFew) {
  graph.input("x", {"2"});
  graph.node("Relu", {"x", "x"}, {"y"});
  graph.node("Add", {"x"}, {"z"});
  graph.output("y");
  graph.output("z");
  expectRefused("it has 2 operands, at most 1 are expected");
  EXPECT_NE(allProblems().find("its operand 1 is missing"), std::string::npos);
}

TEST_F(Import, FoldsArithmeticOnShapes) {
  graph.input("x", {"batch", "3", "4"});
  graph.integers("last", {2});
  graph.integers("rest", {-1});
  graph.node("Shape", {"x"}, {"s"});
  graph.node("Gather", {"s", "last"}, {"d"});
  graph.node("Concat", {"rest", "d"}, {"t"});
  GraphBuilder::attribute(*model.mutable_graph()->mutable_node(2), "axis", 0);
  graph.node("Reshape", {"x", "t"}, {"y"});
  graph.output("y");
  expectImported({"mlc.reshape %arg0", "s0 * 3, 4"});
  EXPECT_EQ(allProblems(), "");
}

TEST_F(Import, BindsSizesThatComeAtRunTime) {
  graph.input("x", {"2", "6"});
  graph.input("shape", {"2"}, 7);
  graph.node("Reshape", {"x", "shape"}, {"y"});
  graph.output("y");
  expectImported({"mlc.bind", "\"data\""});
}

TEST_F(Import, RefusesRanksThatComeAtRunTime) {
  graph.input("x", {"2", "6"});
  graph.input("shape", {"n"}, 7);
  graph.node("Reshape", {"x", "shape"}, {"y"});
  graph.output("y");
  expectRefused("unsupported: Reshape (domain 'ai.onnx', version 21): the number of dimensions is known only while the model runs");
}

TEST_F(Import, SlicesWithAnyStep) {
  graph.input("x", {"10"});
  graph.integers("start", {-1});
  graph.integers("end", {std::numeric_limits<int64_t>::min()});
  graph.integers("axis", {0});
  graph.integers("step", {-3});
  graph.node("Slice", {"x", "start", "end", "axis", "step"}, {"y"});
  graph.output("y");
  expectImported({"mlc.slice %arg0 <() -> (9)> [-3]", "tensor<4xf32>"});
}

TEST_F(Import, CutsASubModel) {
  graph.input("x", {"batch", "3"});
  graph.node("Exp", {"x"}, {"a"});
  graph.node("Relu", {"a"}, {"b"});
  graph.node("Neg", {"b"}, {"c"});
  graph.output("c");
  options.inputs = {"a"};
  options.outputs = {"b"};
  expectImported({"mlc.name = \"a\"", "mlc.relu", "mlc.name = \"b\""});
  std::string text = import();
  EXPECT_EQ(text.find("mlc.exp"), std::string::npos);
  EXPECT_EQ(text.find("mlc.neg"), std::string::npos);
}

TEST_F(Import, ExpandsFunctions) {
  graph.input("x", {"2"});
  auto &call = graph.node("Leaky", {"x"}, {"y"});
  call.set_domain("own");
  auto &a = *call.add_attribute();
  a.set_name("slope");
  a.set_type(proto::AttributeProto::FLOAT);
  a.set_f(0.5f);
  graph.output("y");
  auto &f = *model.add_functions();
  f.set_domain("own");
  f.set_name("Leaky");
  f.add_input("a");
  f.add_output("b");
  f.add_attribute("slope");
  auto &opset = *f.add_opset_import();
  opset.set_domain("");
  opset.set_version(21);
  auto &n = *f.add_node();
  n.set_op_type("LeakyRelu");
  n.add_input("a");
  n.add_output("b");
  auto &ref = *n.add_attribute();
  ref.set_name("alpha");
  ref.set_ref_attr_name("slope");
  ref.set_type(proto::AttributeProto::FLOAT);
  expectImported({"dense<5.000000e-01>", "mlc.select"});
}

TEST_F(Import, CountsWhatIsThere) {
  graph.input("x", {"6"});
  graph.node("NonZero", {"x"}, {"y"});
  graph.output("y");
  expectImported({"mlc.call \"non_zero\"", "tensor<1x6xi64>", "mlc.bind", "mlc.slice"});
}

TEST_F(Import, WritesProblemsAsJson) {
  graph.input("x", {"2"});
  graph.node("ImageDecoder", {"x"}, {"y"});
  graph.output("y");
  mlc::frontend::Diagnostics found("model");
  auto result = mlc::frontend::checkModel(folder.write("m.onnx", model.SerializeAsString()), {}, context, found);
  EXPECT_FALSE(result.supported);
  std::string json = mlc::frontend::toJson(result, found);
  for (const char *part : {"\"operator\": \"ImageDecoder\"", "\"supported\": false", "\"ai.onnx:ImageDecoder\": 1"})
    EXPECT_NE(json.find(part), std::string::npos) << json;
}
