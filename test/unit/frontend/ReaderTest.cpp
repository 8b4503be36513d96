// What the reader refuses, and how it says so.
#include "ModelBuilder.h"

#include <sys/stat.h>

using namespace mlc::test;

namespace {

class Reader : public ImportTest {
protected:
  void identity() {
    graph.input("x", {"2", "3"});
    graph.node("Identity", {"x"}, {"y"});
    graph.output("y");
  }
  proto::TensorProto &weights(std::vector<int64_t> dims, std::string bytes) {
    auto &t = graph.initialiser("w", dims, 1);
    t.set_raw_data(bytes);
    graph.node("Identity", {"w"}, {"y"});
    graph.output("y");
    return t;
  }
  void external(std::map<std::string, std::string> entries) {
    auto &t = weights({2, 3}, "");
    t.clear_raw_data();
    t.set_data_location(1);
    for (auto &[key, value] : entries) {
      auto &e = *t.add_external_data();
      e.set_key(key);
      e.set_value(value);
    }
  }
};

} // namespace

TEST_F(Reader, TakesTheSmallestModel) {
  identity();
  expectImported({"mlc.name = \"x\"", "return %arg0 : tensor<2x3xf32>"});
}

TEST_F(Reader, RefusesEveryPrefixWithoutACrash) {
  identity();
  std::string bytes = model.SerializeAsString();
  for (size_t length = 0; length < bytes.size(); ++length)
    importFile(folder.write("cut.onnx", bytes.substr(0, length)));
}

TEST_F(Reader, SurvivesFlippedBits) {
  identity();
  graph.floats("w", {3}, {1, 2, 3});
  graph.node("Add", {"x", "w"}, {"z"});
  std::string bytes = model.SerializeAsString();
  for (size_t i = 0; i < bytes.size() * 8; ++i) {
    std::string flipped = bytes;
    flipped[i / 8] ^= 1 << (i % 8);
    importFile(folder.write("flipped.onnx", flipped));
  }
}

TEST_F(Reader, RefusesUnknownVersions) {
  identity();
  model.mutable_opset_import(0)->set_version(9999);
  expectRefused("unsupported: operator set 9999");
}

TEST_F(Reader, RefusesNamesMadeTwice) {
  identity();
  graph.node("Relu", {"x"}, {"y"});
  expectRefused("node 'y' (Relu): its output 'y': the name is taken already");
}

TEST_F(Reader, RefusesUndefinedAndUnsortedInputs) {
  graph.input("x", {"2"});
  graph.node("Add", {"x", "nowhere"}, {"a"});
  graph.node("Relu", {"b"}, {"c"});
  graph.node("Relu", {"x"}, {"b"});
  graph.output("c");
  expectRefused("nothing makes its input 'nowhere'");
  EXPECT_NE(allProblems().find("its input 'b' is made by itself or a later node"), std::string::npos);
}

TEST_F(Reader, ListsAllUnsupportedOperatorsAtOnce) {
  graph.input("x", {"2"});
  graph.node("ImageDecoder", {"x"}, {"a"});
  graph.node("StringConcat", {"a", "x"}, {"b"});
  graph.node("StringConcat", {"b", "x"}, {"y"});
  graph.output("y");
  expectRefused("unsupported: ImageDecoder (domain 'ai.onnx', version 21)");
  EXPECT_NE(allProblems().find("unsupported: StringConcat (domain 'ai.onnx', version 21): not implemented (and 1 more like it)"),
            std::string::npos);
}

TEST_F(Reader, RefusesRecursiveFunctions) {
  identity();
  auto &f = *model.add_functions();
  f.set_domain("own");
  f.set_name("F");
  f.add_input("a");
  f.add_output("b");
  auto &n = *f.add_node();
  n.set_domain("own");
  n.set_op_type("F");
  n.add_input("a");
  n.add_output("b");
  expectRefused("it calls itself");
}

TEST_F(Reader, ChecksSizesBeforeMultiplying) {
  weights({int64_t{1} << 62, 4}, "");
  expectRefused("initialiser 'w': its dimensions are negative or too large");
}

TEST_F(Reader, ChecksTheLengthOfData) {
  weights({2, 3}, std::string(20, '\0'));
  expectRefused("initialiser 'w': it holds 20 bytes of data, its shape needs 24");
}

TEST_F(Reader, KeepsLargeWeightsByReference) {
  weights({64, 64}, std::string(64 * 64 * 4, '\1'));
  expectImported({"dense_resource<w>"});
}

TEST_F(Reader, UnpacksNarrowElements) {
  auto &t = graph.initialiser("w", {3}, 22);
  t.set_raw_data(std::string("\x2f\x07", 2));
  graph.node("Cast", {"w"}, {"y"});
  GraphBuilder::attribute(*model.mutable_graph()->mutable_node(0), "to", 7);
  graph.output("y");
  expectImported({"dense<[-1, 2, 7]>"});
}

TEST_F(Reader, ReadsExternalData) {
  folder.write("w.bin", std::string(32, '\0'));
  external({{"location", "w.bin"}, {"offset", "8"}, {"length", "24"}});
  expectImported({"tensor<2x3xf32>"});
}

TEST_F(Reader, KeepsExternalDataInsideTheFolder) {
  Folder outside;
  std::string secret = outside.write("secret.bin", std::string(24, '\0'));
  std::filesystem::create_symlink(secret, folder.file("link.bin"));
  std::filesystem::create_symlink(outside.path, folder.file("up"));
  for (std::string location : {secret, std::string("../x"), std::string("up/secret.bin"), std::string("link.bin"), std::string("."),
                               std::string(""), std::string("a/../../x"), std::string("w.bin\0x", 7)}) {
    model.mutable_graph()->Clear();
    external({{"location", location}});
    expectRefused("external data");
  }
}

TEST_F(Reader, ChecksTheRangeOfExternalData) {
  folder.write("w.bin", std::string(24, '\0'));
  for (std::string offset : {"1", "-1", "18446744073709551615", "x"}) {
    model.mutable_graph()->Clear();
    external({{"location", "w.bin"}, {"offset", offset}});
    expectRefused("external data");
  }
}

TEST_F(Reader, OpensNoPipes) {
  ASSERT_EQ(mkfifo(folder.file("w.bin").c_str(), 0600), 0);
  external({{"location", "w.bin"}});
  expectRefused("not a regular file");
}
