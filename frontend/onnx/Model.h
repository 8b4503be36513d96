//===- Model.h - a parsed ONNX file whose structure holds ------------------===//
#ifndef MLC_FRONTEND_ONNX_MODEL_H
#define MLC_FRONTEND_ONNX_MODEL_H

#include "frontend/Diagnostics.h"
#include "frontend/MappedFile.h"
#include "frontend/onnx/onnx.pb.h"

#include <map>
#include <memory>
#include <string>
#include <tuple>

namespace mlc::onnx {

namespace proto = mlc::onnx_format;
using frontend::Diagnostics;

/// The newest version of the operators of domain "ai.onnx" that the rules were written for, and the oldest they accept.
constexpr int64_t kNewestOpset = 28, kOldestOpset = 1;
constexpr int64_t kNewestIrVersion = 14;

using Opsets = std::map<std::string, int64_t>;   // by domain; "ai.onnx" is ""

/// A parsed file and everything that its tensors refer to. Weights point into it, so whoever holds weights holds it.
struct Model {
  std::string path, folder;
  std::unique_ptr<google::protobuf::Arena> arena;
  const proto::ModelProto *message = nullptr;
  Opsets opsets;
  std::map<std::tuple<std::string, std::string, std::string>, const proto::FunctionProto *> functions;  // domain, name, overload
  std::map<std::string, std::shared_ptr<frontend::MappedFile>> external;  // by location; filled when first asked for

  const proto::GraphProto &graph() const { return message->graph(); }
  const proto::FunctionProto *function(const proto::NodeProto &node) const;
};

/// "" for "ai.onnx".
std::string domainOf(const std::string &name);

/// How messages name a node: "node 'conv1' (Conv)", or by its first output where it has no name.
std::string describe(const proto::NodeProto &node);
/// The layer's name: the node's, or its first output's.
std::string layerName(const proto::NodeProto &node);

/// Parses and checks: versions, names made once and before they are used, no recursion of functions. Null, and the reasons
/// in `problems`, where the file is refused.
std::shared_ptr<Model> readModel(const std::string &path, const frontend::MappedFile &file, Diagnostics &problems);

} // namespace mlc::onnx

#endif // MLC_FRONTEND_ONNX_MODEL_H
