// Prints the module that a model file becomes: the tests' view of the importers.
//
//     mlc-import MODEL [--shape NAME=1x3x224x224]... [--inputs A,B] [--outputs C,D] [--check] [--quiet] [--whole]
#include "frontend/Frontend.h"

#include "mlir/IR/AsmState.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlc::frontend;

namespace {

std::vector<std::string> split(llvm::StringRef list) {
  std::vector<std::string> parts;
  for (llvm::StringRef part : llvm::split(list, ','))
    parts.push_back(part.str());
  return parts;
}

bool parseShape(llvm::StringRef text, ImportOptions &options) {
  auto [name, dims] = text.rsplit('=');
  std::vector<int64_t> values;
  for (llvm::StringRef part : llvm::split(dims, 'x'))
    if (!part.empty() && part.getAsInteger(10, values.emplace_back()))
      return false;
  options.shapes[name.str()] = values;
  return true;
}

} // namespace

int main(int argc, char **argv) {
  std::string path;
  ImportOptions options;
  bool check = false, quiet = false, whole = false;
  for (int i = 1; i < argc; ++i) {
    llvm::StringRef arg = argv[i];
    bool more = i + 1 < argc, good = true;
    if (arg == "--check")
      check = true;
    else if (arg == "--quiet")
      quiet = true;
    else if (arg == "--whole")
      whole = true;
    else if (arg == "--shape" && more)
      good = parseShape(argv[++i], options);
    else if (arg == "--inputs" && more)
      options.inputs = split(argv[++i]);
    else if (arg == "--outputs" && more)
      options.outputs = split(argv[++i]);
    else if (!arg.starts_with("--") && path.empty())
      path = arg.str();
    else
      good = false;
    if (!good) {
      llvm::errs() << "mlc-import: " << arg << " is not understood\n";
      return 2;
    }
  }
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  Diagnostics problems(path);
  if (check) {
    CheckResult result = checkModel(path, options, context, problems);
    llvm::outs() << toJson(result, problems);
    return result.supported ? 0 : 1;
  }
  auto module = importModel(path, options, context, problems);
  for (const std::string &line : problems.lines())
    llvm::errs() << "mlc: error: " << line << "\n";
  if (!module)
    return 1;
  if (!quiet) {
    mlir::OpPrintingFlags flags;
    if (!whole)
      flags.elideLargeElementsAttrs(16).elideLargeResourceString(16);
    module->print(llvm::outs(), flags);
    llvm::outs() << "\n";
  }
  return 0;
}
