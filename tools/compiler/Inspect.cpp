// mlc inspect of a model file: layers, shapes, kernels, FLOP, bytes, and where everything lies.

#include "Guard.h"
#include "Stages.h"

#include "codegen/Kernel.h"
#include "codegen/link/OutputFile.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace mlc::compiler {
namespace {

class Inspection {
public:
  Inspection(Stages &stages, std::vector<CpuTarget> levels) : stages(stages), s(stages.schedule()), levels(std::move(levels)) {}

  std::string text() {
    std::string out;
    raw_string_ostream os(out);
    os << "model " << stages.modelName() << "\n" << s.text();
    os << "steps " << s.steps.size() << ", kernels " << s.kernels.size() << ", " << format("%.3f", static_cast<double>(s.flops()) * 1e-6)
       << " MFLOP\n step        MFLOP           MB  kernel  [layers]\n";
    for (auto [i, step] : enumerate(s.steps))
      os << format("%5zu %12.3f %12.3f  ", i, static_cast<double>(step.flops) * 1e-6, static_cast<double>(step.bytes) * 1e-6)
         << step.kernel << "  [" << step.layers << "]\n";
    return out;
  }

  std::string json() {
    std::string out;
    raw_string_ostream os(out);
    json::OStream j(os, 2);
    j.object([&] {
      j.attribute("name", json::fixUTF8(stages.modelName()));
      ports(j, "inputs", s.inputs);
      ports(j, "outputs", s.outputs);
      j.attributeArray("levels", [&] {
        for (const CpuTarget &level : levels)
          j.value(level.level);
      });
      j.attribute("arena_bytes", s.plan.slots().empty() ? json::Value(s.plan.staticArenaBytes()) : json::Value(nullptr));
      j.attribute("weights_bytes", s.plan.weights().bytes());
      j.attribute("flops", static_cast<int64_t>(s.flops()));
      kernels(j);
      steps(j);
      arena(j);
    });
    return out + "\n";
  }

private:
  void shape(json::OStream &j, ArrayRef<mlir::AffineExpr> dims) {
    j.attributeArray("shape", [&] {
      for (mlir::AffineExpr e : dims) {
        if (auto c = constantOf(e))
          j.value(*c);
        else
          j.value(json::fixUTF8(s.symbols.text(e)));
      }
    });
  }

  void ports(json::OStream &j, const char *key, const std::vector<Port> &list) {
    j.attributeArray(key, [&] {
      for (const Port &port : list)
        j.object([&] {
          j.attribute("name", json::fixUTF8(port.name));
          j.attribute("dtype", port.dtype);
          shape(j, port.shape);
          j.attribute("late", port.late);
        });
    });
  }

  void kernels(json::OStream &j) {
    j.attributeArray("kernels", [&] {
      for (auto [k, text] : enumerate(s.kernels))
        j.object([&] {
          GroupOp group = s.kernelGroups[k];
          j.attribute("name", json::fixUTF8(kernelName(group)));
          j.attribute("emitter", group.getEmitter());
          j.attributeArray("symbols", [&] {
            for (const CpuTarget &level : levels)
              j.value(kernelSymbol(text, level));
          });
        });
    });
  }

  void steps(json::OStream &j) {
    j.attributeArray("steps", [&] {
      for (const Step &step : s.steps)
        j.object([&] {
          j.attribute("kernel", json::fixUTF8(step.kernel));
          if (auto group = dyn_cast<GroupOp>(step.op)) {
            j.attribute("kernel_index", s.kernelOf.lookup(step.op));
            j.attribute("tasks", json::fixUTF8(s.symbols.text(kernelTasks(group))));
          }
          j.attributeArray("layers", [&] {
            for (const std::string &layer : layersOf(step.op))
              j.value(json::fixUTF8(layer));
          });
          j.attribute("flops", static_cast<int64_t>(step.flops));
          j.attribute("bytes", static_cast<int64_t>(step.bytes));
          places(j, "operands", step.op->getOperands());
          places(j, "results", step.op->getResults());
        });
    });
  }

  void places(json::OStream &j, const char *key, mlir::ValueRange values) {
    j.attributeArray(key, [&] {
      for (mlir::Value value : values)
        j.object([&] {
          j.attribute("place", placeText(s.plan, value));
          shape(j, shapeOf(value));
        });
    });
  }

  void arena(json::OStream &j) {
    j.attributeArray("arena", [&] {
      for (const Buffer &buffer : s.plan.buffers()) {
        if (buffer.place.where != Where::arena)
          continue;
        j.object([&] {
          j.attribute("offset", buffer.place.offset);
          j.attribute("bytes", constantOf(buffer.bytes).value_or(0));
          j.attribute("begin", buffer.life.begin);
          j.attribute("end", buffer.life.end);
        });
      }
    });
  }

  Stages &stages;
  const Schedule &s;
  std::vector<CpuTarget> levels;
};

void inspect(const InspectRequest &request, CompileResult &result, std::string &text) {
  Expected<std::vector<CpuTarget>> levels = levelsOf(request.cpus, "");
  if (!levels) {
    result.status = 2;
    result.messages.push_back(toString(levels.takeError()));
    return;
  }
  StageOptions options;
  options.model = request.model;
  options.shapes = request.shapes;
  Stages stages(std::move(options), result);
  if (!stages.import() || !stages.group() || !stages.makeSchedule())
    return;
  Inspection inspection(stages, std::move(*levels));
  text = inspection.text();
  if (request.json.empty())
    return;
  if (Error error = writeText(inspection.json(), request.json)) {
    result.status = 1;
    result.messages.push_back(toString(std::move(error)));
  }
}

} // namespace
} // namespace mlc::compiler

void mlc_compiler_inspect(const mlc::InspectRequest *request, mlc::CompileResult *result, std::string *text) {
  mlc::compiler::guardedRequest(*result, [&] { mlc::compiler::inspect(*request, *result, *text); });
}
