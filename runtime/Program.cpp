#include "Program.h"

#include "Element.h"
#include "Error.h"

#include <cstring>
#include <new>

namespace mlc::rt {
namespace {

constexpr uint32_t maxCount = 1u << 24;

// What is wrong with a tensor of the descriptor, or null.
const char *wrongTensor(const mlc_tensor_info &info) {
  if (!info.name)
    return "has no name";
  if (info.dtype <= MLC_NONE || info.dtype >= elementTypes)
    return "has an unknown element type";
  if (info.rank < 0 || info.rank > MLC_MAX_RANK || (info.rank && !info.dims))
    return "has an impossible rank";
  bool known = !(info.flags & MLC_LATE);
  for (int32_t i = 0; i < info.rank; ++i) {
    if (info.dims[i] < -1)
      return "has an impossible dimension";
    known &= info.dims[i] >= 0;
  }
  if (known && info.dtype != MLC_STRING && tensorBytes(info.dtype, info.dims, info.rank) != info.bytes)
    return "has a size that does not follow from its shape";
  return nullptr;
}

} // namespace

int32_t checkDescriptor(const mlc_model *model, const char *place) {
  auto wrong = [&](const char *what) { return fail(MLC_S_ARTEFACT, "%s: descriptor: %s", place, what); };
  if (std::memcmp(model->magic, MLC_ABI_MAGIC, sizeof model->magic))
    return wrong("no descriptor of a compiled model");
  if (model->abi_version != MLC_ABI_VERSION)
    return fail(MLC_E_VERSION,
                "%s: descriptor: made for version %u of the binary interface, this program has version %u", place,
                model->abi_version, MLC_ABI_VERSION);
  if (model->size < sizeof(mlc_model))
    return wrong("shorter than its version says");
  if (!model->name || !model->producer || !model->run || !model->level)
    return wrong("a name or a function is missing");
  if (model->input_count > maxCount || model->output_count > maxCount || model->step_count > maxCount ||
      model->level_count > maxCount || model->grow_slots > maxCount)
    return wrong("an impossible count");
  if ((model->input_count && !model->inputs) || (model->output_count && !model->outputs) ||
      (model->step_count && !model->steps) || (model->level_count && !model->levels))
    return wrong("a table is missing");
  if (model->arena_align > 4096 || (model->arena_align & (model->arena_align - 1)))
    return wrong("an impossible alignment of the arena");
  bool dynamic = false;
  for (bool input : {true, false})
    for (uint32_t i = 0; i < (input ? model->input_count : model->output_count); ++i) {
      const mlc_tensor_info &info = (input ? model->inputs : model->outputs)[i];
      if (const char *what = wrongTensor(info))
        return fail(MLC_S_ARTEFACT, "%s: descriptor: %s %u %s", place, input ? "input" : "output", i, what);
      for (int32_t d = 0; d < info.rank; ++d)
        dynamic |= info.dims[d] < 0 && !(info.flags & MLC_LATE);
    }
  if (dynamic && !model->shapes)
    return wrong("dimensions are unknown and no function computes them");
  return MLC_OK;
}

void retain(mlc_program *program) { program->references.fetch_add(1, std::memory_order_relaxed); }

void release(mlc_program *program) {
  if (program->references.fetch_sub(1, std::memory_order_acq_rel) != 1)
    return;
  if (program->library)
    program->closeLibrary(program->library);
  delete program;
}

} // namespace mlc::rt

using namespace mlc::rt;

int32_t mlc_open_model(const mlc_model *model, mlc_program **program) {
  *program = nullptr;
  if (!model)
    return fail(MLC_E_ARGUMENT, "mlc_open_model: no model");
  if (int32_t status = checkDescriptor(model, "linked model"))
    return status;
  auto *made = new (std::nothrow) mlc_program;
  if (!made)
    return fail(MLC_S_MEMORY, "mlc_open_model: memory ran out");
  made->model = model;
  *program = made;
  return MLC_OK;
}

void mlc_close(mlc_program *program) {
  if (program)
    release(program);
}

const mlc_model *mlc_descriptor(const mlc_program *program) { return program->model; }

static int32_t indexOf(const mlc_tensor_info *infos, uint32_t count, const char *name) {
  for (uint32_t i = 0; name && i < count; ++i)
    if (!std::strcmp(infos[i].name, name))
      return static_cast<int32_t>(i);
  return -1;
}

int32_t mlc_input_index(const mlc_program *program, const char *name) {
  return indexOf(program->model->inputs, program->model->input_count, name);
}

int32_t mlc_output_index(const mlc_program *program, const char *name) {
  return indexOf(program->model->outputs, program->model->output_count, name);
}

int32_t mlc_check_input(const mlc_program *program, uint32_t index, int32_t dtype, int32_t rank, const int64_t *dims) {
  const mlc_model &model = *program->model;
  if (index >= model.input_count)
    return fail(MLC_S_NAME, "there is no input %u: the model has %u", index, model.input_count);
  const mlc_tensor_info &info = model.inputs[index];
  if (dtype != info.dtype)
    return fail(MLC_S_TYPE, "input '%s': element type %s found, %s expected", info.name, mlc_dtype_name(dtype),
                mlc_dtype_name(info.dtype));
  if (rank < 0 || rank > MLC_MAX_RANK)
    return fail(MLC_E_SHAPE, "input '%s': rank %d found, %d expected", info.name, rank, info.rank);
  bool same = rank == info.rank;
  for (int32_t i = 0; same && i < rank; ++i)
    same = dims[i] >= 0 && (info.dims[i] < 0 || dims[i] == info.dims[i]);
  if (!same)
    return fail(MLC_E_SHAPE, "input '%s': shape %s found, %s expected", info.name, shapeText(dims, rank).c_str(),
                shapeText(info.dims, info.rank).c_str());
  if (!elementCount(dims, rank))
    return fail(MLC_E_SHAPE, "input '%s': shape %s is too large", info.name, shapeText(dims, rank).c_str());
  return MLC_OK;
}
