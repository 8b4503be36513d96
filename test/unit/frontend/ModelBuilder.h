// Makes small ONNX models and imports them.
#ifndef MLC_TEST_UNIT_FRONTEND_MODELBUILDER_H
#define MLC_TEST_UNIT_FRONTEND_MODELBUILDER_H

#include "frontend/Frontend.h"
#include "frontend/onnx/onnx.pb.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/raw_ostream.h"
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace mlc::test {

namespace proto = mlc::onnx_format;

/// A folder that goes with the object.
class Folder {
public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "mlc-frontend-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string file(const std::string &name) const { return (path / name).string(); }
  std::string write(const std::string &name, const std::string &bytes) const {
    std::ofstream(file(name), std::ios::binary) << bytes;
    return file(name);
  }
  std::filesystem::path path;
};

/// A graph while it is made. Dimensions: a number, or a name for an unknown one.
class GraphBuilder {
public:
  explicit GraphBuilder(proto::GraphProto &graph) : graph(graph) {}

  void input(const std::string &name, const std::vector<std::string> &dims, int type = 1) { describe(*graph.add_input(), name, dims, type); }
  void output(const std::string &name) { graph.add_output()->set_name(name); }
  proto::TensorProto &floats(const std::string &name, const std::vector<int64_t> &dims, const std::vector<float> &values) {
    proto::TensorProto &t = initialiser(name, dims, 1);
    t.mutable_float_data()->Add(values.begin(), values.end());
    return t;
  }
  proto::TensorProto &integers(const std::string &name, const std::vector<int64_t> &values) {
    proto::TensorProto &t = initialiser(name, {static_cast<int64_t>(values.size())}, 7);
    t.mutable_int64_data()->Add(values.begin(), values.end());
    return t;
  }
  proto::TensorProto &initialiser(const std::string &name, const std::vector<int64_t> &dims, int type) {
    proto::TensorProto &t = *graph.add_initializer();
    t.set_name(name);
    t.mutable_dims()->Add(dims.begin(), dims.end());
    t.set_data_type(type);
    return t;
  }
  proto::NodeProto &node(const std::string &op, const std::vector<std::string> &inputs, const std::vector<std::string> &outputs) {
    proto::NodeProto &n = *graph.add_node();
    n.set_op_type(op);
    for (const std::string &i : inputs)
      n.add_input(i);
    for (const std::string &o : outputs)
      n.add_output(o);
    return n;
  }
  static void attribute(proto::NodeProto &n, const std::string &name, int64_t value) {
    auto &a = *n.add_attribute();
    a.set_name(name);
    a.set_type(proto::AttributeProto::INT);
    a.set_i(value);
  }
  static void attribute(proto::NodeProto &n, const std::string &name, const std::vector<int64_t> &values) {
    auto &a = *n.add_attribute();
    a.set_name(name);
    a.set_type(proto::AttributeProto::INTS);
    a.mutable_ints()->Add(values.begin(), values.end());
  }
  static proto::GraphProto &body(proto::NodeProto &n, const std::string &name) {
    auto &a = *n.add_attribute();
    a.set_name(name);
    a.set_type(proto::AttributeProto::GRAPH);
    return *a.mutable_g();
  }

  proto::GraphProto &graph;

private:
  static void describe(proto::ValueInfoProto &info, const std::string &name, const std::vector<std::string> &dims, int type) {
    info.set_name(name);
    auto &tensor = *info.mutable_type()->mutable_tensor_type();
    tensor.set_elem_type(type);
    tensor.mutable_shape();
    for (const std::string &d : dims)
      if (!d.empty() && (std::isdigit(d[0]) || d[0] == '-'))
        tensor.mutable_shape()->add_dim()->set_dim_value(std::stoll(d));
      else
        tensor.mutable_shape()->add_dim()->set_dim_param(d);
  }
};

class ImportTest : public ::testing::Test {
protected:
  ImportTest() : context(mlir::MLIRContext::Threading::DISABLED), graph(*model.mutable_graph()) {
    model.set_ir_version(10);
    auto &opset = *model.add_opset_import();
    opset.set_domain("");
    opset.set_version(21);
  }

  /// The module's text, or "" where the model is refused; then `problems` says why.
  std::string import() { return importFile(folder.write("model.onnx", model.SerializeAsString())); }
  std::string importFile(const std::string &path) {
    frontend::Diagnostics found("model");
    auto module = frontend::importModel(path, options, context, found);
    problems = found.lines();
    std::string text;
    if (module) {
      llvm::raw_string_ostream os(text);
      module->print(os);
    }
    EXPECT_EQ(text.empty(), !problems.empty());
    return text;
  }
  std::string allProblems() const {
    std::string all;
    for (const std::string &p : problems)
      all += p + "\n";
    return all;
  }
  void expectRefused(const std::string &reason) {
    EXPECT_EQ(import(), "");
    EXPECT_NE(allProblems().find(reason), std::string::npos) << "expected '" << reason << "' in:\n" << allProblems();
  }
  void expectImported(const std::vector<std::string> &parts) {
    std::string text = import();
    EXPECT_EQ(allProblems(), "");
    for (const std::string &part : parts)
      EXPECT_NE(text.find(part), std::string::npos) << "expected '" << part << "' in:\n" << text;
  }

  mlir::MLIRContext context;
  Folder folder;
  proto::ModelProto model;
  GraphBuilder graph;
  frontend::ImportOptions options;
  std::vector<std::string> problems;
};

} // namespace mlc::test

#endif // MLC_TEST_UNIT_FRONTEND_MODELBUILDER_H
