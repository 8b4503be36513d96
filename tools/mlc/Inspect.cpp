#include "Command.h"
#include "Library.h"
#include "What.h"
#include "runtime/Element.h"
#include "runtime/io/Json.h"
#include "runtime/io/Outputs.h"

#include <CLI/App.hpp>

using namespace mlc::driver;

namespace mlc::cli {
namespace {

std::string dimText(const mlc_tensor_info &info, int32_t d) {
  if (info.dims[d] >= 0)
    return std::to_string(info.dims[d]);
  return info.dim_names && info.dim_names[d] && *info.dim_names[d] ? info.dim_names[d] : "?";
}

std::string tensorText(const char *kind, const mlc_tensor_info &info) {
  std::string shape;
  for (int32_t d = 0; d < info.rank; ++d)
    shape += (d ? "x" : "") + dimText(info, d);
  std::string text =
      std::string(kind) + " " + info.name + ": " + mlc_dtype_name(info.dtype) + " " + (info.rank ? shape : "scalar");
  return text + (info.flags & MLC_LATE ? " (size known only during the run)\n" : "\n");
}

std::string asText(const mlc_model &model) {
  std::string text = std::string("model ") + model.name + ", by " + model.producer + ", binary interface " +
                     std::to_string(model.abi_version) + "\n";
  for (uint32_t i = 0; i < model.input_count; ++i)
    text += tensorText("input ", model.inputs[i]);
  for (uint32_t i = 0; i < model.output_count; ++i)
    text += tensorText("output", model.outputs[i]);
  text += "levels:";
  int32_t level = model.level();
  for (uint32_t i = 0; i < model.level_count; ++i)
    text += std::string(" ") + model.levels[i] + (level == static_cast<int32_t>(i) ? " (used here)" : "");
  text += "\narena: " +
          (model.arena_bytes || !model.shapes ? std::to_string(model.arena_bytes) + " bytes"
                                              : std::string("depends on the inputs")) +
          ", aligned to " + std::to_string(model.arena_align) + ", " + std::to_string(model.grow_slots) +
          " slots of sizes known only during the run\nweights: " + std::to_string(model.weights_bytes) + " bytes\n";
  uint64_t flops = 0, bytes = 0;
  std::string steps;
  for (uint32_t i = 0; i < model.step_count; ++i) {
    const mlc_step_info &step = model.steps[i];
    flops += step.flops;
    bytes += step.bytes;
    char line[80];
    std::snprintf(line, sizeof line, "%5u %12.3f %12.3f  ", i, static_cast<double>(step.flops) * 1e-6,
                  static_cast<double>(step.bytes) * 1e-6);
    steps += line + std::string(step.kernel ? step.kernel : "?") + "  [" + (step.layers ? step.layers : "") + "]\n";
  }
  char sum[96];
  std::snprintf(sum, sizeof sum, "steps: %u, %.3f MFLOP, %.3f MB moved at least\n", model.step_count,
                static_cast<double>(flops) * 1e-6, static_cast<double>(bytes) * 1e-6);
  return text + sum + " step        MFLOP           MB  kernel  [layers]\n" + steps;
}

void putTensors(io::Json &json, const char *key, const mlc_tensor_info *infos, uint32_t count) {
  json.key(key).beginArray();
  for (uint32_t i = 0; i < count; ++i) {
    const mlc_tensor_info &info = infos[i];
    json.beginObject().field("name", info.name).field("dtype", mlc_dtype_name(info.dtype)).key("shape").beginArray();
    for (int32_t d = 0; d < info.rank; ++d) {
      if (info.dims[d] >= 0)
        json.value(info.dims[d]);
      else
        json.value(dimText(info, d));
    }
    json.endArray().field("bytes", info.bytes).field("late", (info.flags & MLC_LATE) != 0).endObject();
  }
  json.endArray();
}

std::string asJson(const mlc_model &model) {
  io::Json json;
  json.beginObject()
      .field("name", model.name)
      .field("producer", model.producer)
      .field("abi_version", model.abi_version);
  putTensors(json, "inputs", model.inputs, model.input_count);
  putTensors(json, "outputs", model.outputs, model.output_count);
  json.key("levels").beginArray();
  for (uint32_t i = 0; i < model.level_count; ++i)
    json.value(model.levels[i]);
  json.endArray().field("level", model.level());
  json.field("arena_bytes", model.arena_bytes)
      .field("arena_align", model.arena_align)
      .field("grow_slots", model.grow_slots);
  json.field("weights_bytes", model.weights_bytes).key("steps").beginArray();
  for (uint32_t i = 0; i < model.step_count; ++i) {
    const mlc_step_info &step = model.steps[i];
    json.beginObject().field("kernel", step.kernel ? step.kernel : "").field("layers", step.layers ? step.layers : "");
    json.field("flops", step.flops).field("bytes", step.bytes).endObject();
  }
  return json.endArray().endObject().text() + "\n";
}

int inspectArtefact(const InspectRequest &request) {
  mlc_program *program = nullptr;
  if (mlc_open(request.model.c_str(), &program))
    return refuse(mlc_last_error());
  const mlc_model &model = *mlc_descriptor(program);
  std::fputs(asText(model).c_str(), stdout);
  int status = Done;
  if (!request.json.empty()) {
    io::Status written = io::writeFile(request.json, asJson(model));
    status = written.failed() ? refuse(written.text()) : Done;
  }
  mlc_close(program);
  return status;
}

int inspect(const InspectRequest &request) {
  if (isArtefact(request.model))
    return inspectArtefact(request);
  CompilerLibrary library;
  if (int status = loadCompiler(library))
    return status;
  CompileResult result;
  std::string text;
  library.inspect(&request, &result, &text);
  std::fputs(text.c_str(), stdout);
  return conclude(result);
}

} // namespace

void addInspect(CLI::App &app, Action &action) {
  auto request = std::make_shared<InspectRequest>();
  CLI::App *command = app.add_subcommand("inspect", "Shows inputs, outputs, kernels, FLOP, bytes and the arena");
  command->add_option("WHAT", request->model, "A compiled model (.so), or a model file")->required()->type_name("FILE");
  command->add_option("--json", request->json, "Write the result to this file")->type_name("FILE");
  addShapes(*command, request->shapes);
  command->add_option("--cpu", request->cpus, "Processor levels, for a model file")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("LEVELS");
  command->footer("Example:\n  mlc inspect model.so --json model.json");
  command->callback([&action, request] { action = [request] { return inspect(*request); }; });
}

} // namespace mlc::cli
