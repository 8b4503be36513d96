#include "Model.h"

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include <filesystem>
#include <functional>
#include <set>

namespace mlc::onnx {

std::string domainOf(const std::string &name) { return name == "ai.onnx" ? "" : name; }

std::string layerName(const proto::NodeProto &node) {
  if (!node.name().empty())
    return node.name();
  for (const std::string &output : node.output())
    if (!output.empty())
      return output;
  return node.op_type();
}

std::string describe(const proto::NodeProto &node) { return "node '" + layerName(node) + "' (" + node.op_type() + ")"; }

const proto::FunctionProto *Model::function(const proto::NodeProto &node) const {
  auto it = functions.find({domainOf(node.domain()), node.op_type(), node.overload()});
  return it == functions.end() ? nullptr : it->second;
}

namespace {

using Names = llvm::StringMap<bool>;

// Checks names: each made once, and before it is used. One scope a graph; inner graphs see the outer ones.
class NameChecker {
public:
  NameChecker(Diagnostics &problems) : problems(problems) {}

  void checkGraph(const proto::GraphProto &graph, bool outermost) {
    scopes.emplace_back();
    std::string where = outermost ? "graph" : "graph '" + graph.name() + "'";
    for (const auto &input : graph.input()) {
      if (input.name().empty())
        problems.error(where, "an input has no name");
      define(input.name(), "input '" + input.name() + "'");
    }
    // An initialiser may give an input its default, and then bears its name.
    llvm::StringSet<> initialisers;
    auto initialiser = [&](const std::string &name) {
      if (name.empty())
        problems.error(where, "an initialiser has no name");
      else if (!initialisers.insert(name).second)
        problems.error("initialiser '" + name + "'", "there are two of this name");
      scopes.back()[name] = true;
    };
    for (const auto &tensor : graph.initializer())
      initialiser(tensor.name());
    for (const auto &tensor : graph.sparse_initializer())
      initialiser(tensor.values().name());
    checkNodes(graph.node());
    for (const auto &output : graph.output())
      if (!visible(output.name()))
        problems.error("output '" + output.name() + "'", "nothing makes a value of this name");
    scopes.pop_back();
  }

  void checkFunction(const proto::FunctionProto &function) {
    std::vector<Names> outer;
    std::swap(outer, scopes);
    scopes.emplace_back();
    for (const std::string &input : function.input())
      define(input, "input '" + input + "' of function '" + function.name() + "'");
    checkNodes(function.node());
    for (const std::string &output : function.output())
      if (!visible(output))
        problems.error("function '" + function.name() + "'", "nothing makes its output '" + output + "'");
    std::swap(outer, scopes);
  }

private:
  template <typename Nodes>
  void checkNodes(const Nodes &nodes) {
    llvm::StringSet<> later;
    for (const auto &node : nodes)
      for (const std::string &output : node.output())
        if (!output.empty())
          later.insert(output);
    for (const auto &node : nodes) {
      if (node.op_type().empty())
        problems.error("node '" + layerName(node) + "'", "it has no operator");
      for (const std::string &input : node.input()) {
        if (input.empty() || visible(input))
          continue;
        if (later.contains(input))
          problems.error(describe(node), "its input '" + input + "' is made by itself or a later node (nodes have to be sorted, "
                                         "without cycles)");
        else
          problems.error(describe(node), "nothing makes its input '" + input + "'");
      }
      llvm::StringSet<> names;
      for (const auto &attribute : node.attribute()) {
        if (!names.insert(attribute.name()).second)
          problems.error(describe(node), "attribute '" + attribute.name() + "' is given twice");
        if (attribute.has_g())
          checkGraph(attribute.g(), false);
        for (const auto &graph : attribute.graphs())
          checkGraph(graph, false);
      }
      for (const std::string &output : node.output())
        if (!output.empty())
          define(output, describe(node) + ": its output '" + output + "'");
    }
  }

  void define(const std::string &name, const std::string &what) {
    if (!scopes.back().try_emplace(name, true).second)
      problems.error(what, "the name is taken already");
  }
  bool visible(const std::string &name) const {
    for (const Names &scope : scopes)
      if (scope.contains(name))
        return true;
    return false;
  }

  Diagnostics &problems;
  std::vector<Names> scopes;
};

// Calls of functions among each other must end, and soon.
constexpr size_t kMaxCallDepth = 64;

bool recursive(const Model &model, const proto::FunctionProto &function, std::set<const proto::FunctionProto *> &open,
               std::set<const proto::FunctionProto *> &done) {
  if (done.count(&function))
    return false;
  if (open.size() >= kMaxCallDepth || !open.insert(&function).second)
    return true;
  std::function<bool(const proto::NodeProto &)> visit = [&](const proto::NodeProto &node) {
    if (const proto::FunctionProto *callee = model.function(node))
      if (recursive(model, *callee, open, done))
        return true;
    for (const auto &attribute : node.attribute()) {
      for (const auto &inner : attribute.g().node())
        if (visit(inner))
          return true;
      for (const auto &graph : attribute.graphs())
        for (const auto &inner : graph.node())
          if (visit(inner))
            return true;
    }
    return false;
  };
  for (const auto &node : function.node())
    if (visit(node))
      return true;
  open.erase(&function);
  done.insert(&function);
  return false;
}

void checkVersions(const proto::ModelProto &message, Opsets &opsets, Diagnostics &problems) {
  if (message.ir_version() > kNewestIrVersion)
    problems.unsupportedFile("IR version " + std::to_string(message.ir_version()) + ", the newest that is known is " +
                             std::to_string(kNewestIrVersion));
  if (message.ir_version() < 3)
    problems.error("", "IR version " + std::to_string(message.ir_version()) + " is too old (3 to " +
                           std::to_string(kNewestIrVersion) + " are read)");
  if (message.opset_import().empty())
    problems.error("", "it imports no operator set (opset_import)");
  for (const auto &opset : message.opset_import()) {
    auto [it, isNew] = opsets.try_emplace(domainOf(opset.domain()), opset.version());
    if (!isNew && it->second != opset.version())
      problems.error("", "it imports versions " + std::to_string(it->second) + " and " + std::to_string(opset.version()) +
                             " of domain '" + opset.domain() + "'");
  }
  if (auto it = opsets.find(""); it != opsets.end() && (it->second < kOldestOpset || it->second > kNewestOpset))
    problems.unsupportedFile("operator set " + std::to_string(it->second) + " of domain 'ai.onnx' (" +
                             std::to_string(kOldestOpset) + " to " + std::to_string(kNewestOpset) + " are known)");
}

} // namespace

std::shared_ptr<Model> readModel(const std::string &path, const frontend::MappedFile &file, Diagnostics &problems) {
  if (file.size() > static_cast<size_t>(INT32_MAX)) {
    problems.error("", "the file has 2 GiB or more, which the format does not allow (keep the weights in an external file)");
    return nullptr;
  }
  auto model = std::make_shared<Model>();
  model->path = path;
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  model->folder = folder.empty() ? "." : folder.string();
  model->arena = std::make_unique<google::protobuf::Arena>();
  auto *message = google::protobuf::Arena::CreateMessage<proto::ModelProto>(model->arena.get());
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t *>(file.data()), static_cast<int>(file.size()));
  stream.SetRecursionLimit(100);
  if (!message->ParseFromCodedStream(&stream) || !stream.ConsumedEntireMessage()) {
    problems.error("", "it is damaged, or no ONNX model: its fields cannot be read to the end");
    return nullptr;
  }
  model->message = message;
  if (!message->has_graph()) {
    problems.error("", "it has no graph");
    return nullptr;
  }
  checkVersions(*message, model->opsets, problems);
  for (const auto &function : message->functions())
    if (!model->functions.try_emplace({domainOf(function.domain()), function.name(), function.overload()}, &function).second)
      problems.error("function '" + function.name() + "'", "there are two of this name");
  NameChecker names(problems);
  for (const auto &function : message->functions()) {
    std::set<const proto::FunctionProto *> open, done;
    if (recursive(*model, function, open, done)) {
      problems.error("function '" + function.name() + "'", "it calls itself, or calls nest deeper than " + std::to_string(kMaxCallDepth));
      return nullptr;
    }
    names.checkFunction(function);
  }
  names.checkGraph(message->graph(), true);
  return problems.any() ? nullptr : model;
}

} // namespace mlc::onnx
