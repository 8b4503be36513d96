// mlc check: what of a model is supported, without compiling it.

#include "Guard.h"
#include "Stages.h"

#include "codegen/Kernel.h"
#include "codegen/link/OutputFile.h"
#include "frontend/Frontend.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace mlc::compiler {

static void check(const CheckRequest &request, CompileResult &result, std::string &text) {
  DialectRegistry registry;
  registerKernelDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  frontend::Diagnostics problems(request.model);
  ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &d) {
    if (d.getSeverity() == DiagnosticSeverity::Error)
      problems.error(locationText(d.getLocation()), d.str());
    return success();
  });
  frontend::ImportOptions options;
  options.shapes = request.shapes;
  frontend::CheckResult found = frontend::checkModel(request.model, options, context, problems);

  llvm::raw_string_ostream os(text);
  os << request.model << ": " << (found.supported ? "supported" : "not supported") << " (" << found.format << ", " << found.nodes
     << " nodes)\n";
  for (const auto &[name, count] : found.operators)
    os << "  " << count << "\t" << name << "\n";
  result.messages = problems.lines();
  result.status = found.supported ? 0 : 1;
  if (request.json.empty())
    return;
  if (llvm::Error error = writeText(frontend::toJson(found, problems) + "\n", request.json)) {
    result.status = 1;
    result.messages.push_back(llvm::toString(std::move(error)));
  }
}

} // namespace mlc::compiler

void mlc_compiler_check(const mlc::CheckRequest *request, mlc::CompileResult *result, std::string *text) {
  mlc::compiler::guardedRequest(*result, [&] { mlc::compiler::check(*request, *result, *text); });
}
