#include "Frontend.h"

#include "Dialect.h"
#include "Format.h"
#include "MappedFile.h"
#include "mlir/Reader.h"
#include "onnx/Importer.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace mlc::frontend {

namespace {

OwningOpRef<ModuleOp> import(const std::string &path, const ImportOptions &options, MLIRContext &context, Diagnostics &problems,
                             CheckResult *check) {
  context.loadDialect<MlcDialect, func::FuncDialect>();
  std::string reason;
  std::shared_ptr<MappedFile> file = MappedFile::open(path, reason);
  if (!file) {
    problems.error("", "it cannot be read: " + reason);
    return nullptr;
  }
  Format format = detectFormat(file->view());
  if (check)
    check->format = formatName(format);
  switch (format) {
  case Format::Onnx:
    return onnx::importOnnx(path, *file, options, context, problems, check);
  case Format::MlirText:
    return readMlir(*file, options, context, problems, check);
  case Format::Empty:
    problems.error("", "it is empty");
    return nullptr;
  case Format::Unknown:
    problems.error("", "it is no model of a known format");
    return nullptr;
  default:
    problems.unsupportedFile("the file's format is " + llvm::Twine(formatName(format)) + ", which is not read");
    return nullptr;
  }
}

} // namespace

OwningOpRef<ModuleOp> importModel(const std::string &path, const ImportOptions &options, MLIRContext &context, Diagnostics &problems) {
  return import(path, options, context, problems, nullptr);
}

CheckResult checkModel(const std::string &path, const ImportOptions &options, MLIRContext &context, Diagnostics &problems) {
  CheckResult result;
  OwningOpRef<ModuleOp> module = import(path, options, context, problems, &result);
  result.supported = module && !problems.any();
  return result;
}

std::string toJson(const CheckResult &result, const Diagnostics &problems) {
  llvm::json::Object operators;
  for (const auto &[name, count] : result.operators)
    operators[llvm::json::fixUTF8(name)] = count;
  llvm::json::Array list;
  for (const Problem &p : problems.problems()) {
    llvm::json::Object entry{{"location", llvm::json::fixUTF8(p.location)}, {"text", llvm::json::fixUTF8(p.text)}, {"count", p.count}};
    if (p.isUnsupported && !p.unsupported.op.empty()) {
      entry["operator"] = llvm::json::fixUTF8(p.unsupported.op);
      entry["domain"] = llvm::json::fixUTF8(p.unsupported.domain);
      entry["version"] = p.unsupported.version;
      entry["reason"] = llvm::json::fixUTF8(p.unsupported.reason);
    }
    list.push_back(std::move(entry));
  }
  std::string text;
  llvm::raw_string_ostream os(text);
  os << llvm::formatv("{0:2}", llvm::json::Value(llvm::json::Object{{"format", result.format},
                                                                    {"supported", result.supported},
                                                                    {"nodes", result.nodes},
                                                                    {"operators", std::move(operators)},
                                                                    {"problems", std::move(list)}}))
     << "\n";
  return text;
}

} // namespace mlc::frontend
