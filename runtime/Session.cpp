#include "Buffer.h"
#include "Element.h"
#include "Error.h"
#include "Pages.h"
#include "Program.h"
#include "Threads.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <vector>

using namespace mlc::rt;

namespace {

struct Input {
  const void *data = nullptr;
  uint64_t bytes = 0;
  bool fed = false;
  Buffer aligned; // used where the caller's memory is not aligned to its element
};

struct Output {
  Buffer own;
  void *bound = nullptr;
  uint64_t boundBytes = 0;
  bool wanted = true;
  void *data = nullptr; // where the run writes or wrote it
  uint64_t bytes = 0;
};

} // namespace

struct mlc_session {
  mlc_session(mlc_program *program, unsigned threads) : program(program), pool(threads) { retain(program); }
  ~mlc_session() { release(program); }

  mlc_program *program;
  Pool pool;
  mlc_context context{};
  mlc_trace trace = nullptr;
  void *traceUser = nullptr;

  std::vector<Input> inputs;
  std::vector<Output> outputs;
  std::vector<Buffer> slots;
  Buffer arena;
  uint64_t arenaBytes = 0;

  std::vector<int64_t> inputDims, outputDims; // one tensor after the other, as in mlc_call
  std::vector<uint32_t> inputDimStart, outputDimStart;
  std::vector<const void *> inputPointers;
  std::vector<void *> outputPointers;
  std::vector<uint64_t> steps; // empty: all
  bool ready = false;          // sizes and memory fit the feeds
  bool ran = false;
};

namespace {

const mlc_model &modelOf(const mlc_session *session) { return *session->program->model; }

mlc_session *sessionOf(const mlc_context *context) { return static_cast<mlc_session *>(context->user); }

void runParallel(const mlc_context *context, mlc_kernel kernel, const void *args, int64_t tasks) {
  sessionOf(context)->pool.run(kernel, args, tasks);
}

void *growSlot(const mlc_context *context, uint32_t slot, uint64_t bytes) {
  mlc_session *session = sessionOf(context);
  if (slot >= session->slots.size() || !session->slots[slot].reserve(bytes))
    return nullptr;
  return session->slots[slot].data();
}

void *placeOutput(const mlc_context *context, uint32_t index, uint64_t bytes) {
  mlc_session *session = sessionOf(context);
  if (index >= session->outputs.size())
    return nullptr;
  Output &output = session->outputs[index];
  output.data = nullptr;
  if (output.bound ? bytes > output.boundBytes : !output.own.reserve(bytes))
    return nullptr;
  output.data = output.bound ? output.bound : output.own.data();
  output.bytes = bytes;
  return output.data;
}

void traceStep(const mlc_context *context, uint32_t step, int begin) {
  mlc_session *session = sessionOf(context);
  session->trace(session->traceUser, step, begin);
}

// Lays out the dimensions of all tensors one after the other; returns where each begins.
std::vector<uint32_t> layOut(const mlc_tensor_info *infos, uint32_t count, std::vector<int64_t> &dims) {
  std::vector<uint32_t> start;
  for (uint32_t i = 0; i < count; ++i) {
    start.push_back(static_cast<uint32_t>(dims.size()));
    if (infos[i].rank)
      dims.insert(dims.end(), infos[i].dims, infos[i].dims + infos[i].rank);
  }
  return start;
}

// The sentence for a status that the compiled model returned.
int32_t explain(const mlc_session *session, int32_t status) {
  const mlc_model &model = modelOf(session);
  switch (status) {
  case MLC_OK: return MLC_OK;
  case MLC_E_SHAPE:
    if (model.failed_check)
      return fail(status, "model '%s': the inputs' shapes do not fit together: %s", model.name, model.failed_check);
    return fail(status, "model '%s': the inputs' shapes do not fit what the model was compiled for", model.name);
  case MLC_E_ARENA:
    return fail(status, "model '%s': memory for a size known only during the run was not given", model.name);
  case MLC_E_CPU: return fail(status, "model '%s': none of its processor levels runs here", model.name);
  case MLC_E_RANGE: return fail(status, "model '%s': an index in an input lies outside its tensor", model.name);
  case MLC_E_VALUE:
    return fail(status, "model '%s': an input holds a value that an operator does not allow", model.name);
  default: return fail(status, "model '%s': the run failed with code %d", model.name, status);
  }
}

int32_t checkLevel(const mlc_model &model) {
  if (!model.level_count || model.level() >= 0)
    return MLC_OK;
  std::string levels;
  for (uint32_t i = 0; i < model.level_count; ++i)
    levels += (i ? ", " : "") + std::string(model.levels[i]);
  return fail(MLC_E_CPU, "model '%s': this processor runs none of its levels: %s", model.name, levels.c_str());
}

// All inputs fed, and dimensions of one name equal wherever it stands.
int32_t checkFeeds(const mlc_session *session) {
  struct Bound {
    const char *name;
    int64_t value;
    const char *input;
  };
  std::vector<Bound> bound;
  const mlc_model &model = modelOf(session);
  for (uint32_t i = 0; i < model.input_count; ++i) {
    const mlc_tensor_info &info = model.inputs[i];
    if (!session->inputs[i].fed)
      return fail(MLC_S_MISSING, "input '%s': not fed", info.name);
    for (int32_t d = 0; info.dim_names && d < info.rank; ++d) {
      const char *name = info.dim_names[d];
      if (info.dims[d] >= 0 || !name || !*name)
        continue;
      int64_t value = session->inputDims[session->inputDimStart[i] + static_cast<uint32_t>(d)];
      auto same = std::find_if(bound.begin(), bound.end(), [&](const Bound &b) { return !std::strcmp(b.name, name); });
      if (same == bound.end())
        bound.push_back({name, value, info.name});
      else if (same->value != value)
        return fail(MLC_E_SHAPE, "input '%s': dimension %d ('%s') is %lld, but %lld in input '%s'", info.name, d, name,
                    static_cast<long long>(value), static_cast<long long>(same->value), same->input);
    }
  }
  return MLC_OK;
}

int32_t allocate(mlc_session *session) {
  const mlc_model &model = modelOf(session);
  session->arenaBytes = model.arena_bytes;
  for (uint32_t i = 0; i < model.output_count; ++i)
    std::copy_n(model.outputs[i].dims, model.outputs[i].rank, session->outputDims.begin() + session->outputDimStart[i]);
  if (model.shapes)
    if (int32_t status = model.shapes(session->inputDims.data(), session->outputDims.data(), &session->arenaBytes))
      return explain(session, status);
  // The arena is aligned to the buffer's 64; a model that asks for more gets room to move within.
  uint64_t extra = model.arena_align > MLC_ARENA_ALIGN ? model.arena_align : 0;
  if (session->arenaBytes > INT64_MAX || !session->arena.reserve(session->arenaBytes + extra))
    return fail(MLC_S_MEMORY, "model '%s': no memory for its arena of %llu bytes", model.name,
                static_cast<unsigned long long>(session->arenaBytes));
  for (uint32_t i = 0; i < model.output_count; ++i) {
    const mlc_tensor_info &info = model.outputs[i];
    Output &output = session->outputs[i];
    output.data = nullptr;
    output.bytes = 0;
    if (!output.wanted || info.flags & MLC_LATE)
      continue;
    auto bytes = tensorBytes(info.dtype, session->outputDims.data() + session->outputDimStart[i], info.rank);
    if (!bytes)
      return fail(MLC_E_SHAPE, "output '%s': its size cannot be known for these inputs", info.name);
    if (output.bound && *bytes > output.boundBytes)
      return fail(MLC_E_ARENA, "output '%s': %llu bytes were given, %llu are needed", info.name,
                  static_cast<unsigned long long>(output.boundBytes), static_cast<unsigned long long>(*bytes));
    if (!output.bound && !output.own.reserve(*bytes))
      return fail(MLC_S_MEMORY, "output '%s': no memory for %llu bytes", info.name,
                  static_cast<unsigned long long>(*bytes));
    output.data = output.bound ? output.bound : output.own.data();
    output.bytes = *bytes;
  }
  return MLC_OK;
}

// Copies the feeds that are not aligned to their element; done at every run, since the caller may have changed them.
int32_t alignInputs(mlc_session *session) {
  const mlc_model &model = modelOf(session);
  for (uint32_t i = 0; i < model.input_count; ++i) {
    Input &input = session->inputs[i];
    // A complex number is aligned as its parts are.
    uint32_t element = mlc_dtype_bytes(model.inputs[i].dtype);
    uint64_t align = model.inputs[i].dtype == MLC_C64 || model.inputs[i].dtype == MLC_C128 ? element / 2 : element;
    bool usable = input.data && (align < 2 || reinterpret_cast<uintptr_t>(input.data) % align == 0);
    if (!usable) {
      if (!input.aligned.reserve(input.bytes))
        return fail(MLC_S_MEMORY, "input '%s': no memory for an aligned copy", model.inputs[i].name);
      if (input.bytes)
        std::memcpy(input.aligned.data(), input.data, input.bytes);
    }
    session->inputPointers[i] = usable ? input.data : input.aligned.data();
  }
  return MLC_OK;
}

} // namespace

int32_t mlc_session_create(mlc_program *program, const mlc_session_options *options, mlc_session **session) {
  *session = nullptr;
  if (!program)
    return fail(MLC_E_ARGUMENT, "mlc_session_create: no program");
  if (options && options->size < sizeof(mlc_session_options))
    return fail(MLC_E_VERSION, "mlc_session_create: the options are of another version");
  int32_t threads = options ? options->threads : 0;
  if (threads < 0)
    return fail(MLC_E_ARGUMENT, "mlc_session_create: %d threads", threads);
  const mlc_model &model = *program->model;
  if (int32_t status = checkLevel(model))
    return status;
  for (uint32_t i = 0; i < model.input_count + model.output_count; ++i) {
    const mlc_tensor_info &info = i < model.input_count ? model.inputs[i] : model.outputs[i - model.input_count];
    if (!mlc_dtype_bytes(info.dtype))
      return fail(MLC_S_UNSUPPORTED, "%s '%s': unsupported: element type %s",
                  i < model.input_count ? "input" : "output", info.name, mlc_dtype_name(info.dtype));
  }

  auto *made =
      new (std::nothrow) mlc_session(program, static_cast<unsigned>(threads ? threads : mlc_default_threads()));
  if (!made)
    return fail(MLC_S_MEMORY, "mlc_session_create: memory ran out");
  made->inputs.resize(model.input_count);
  made->outputs.resize(model.output_count);
  made->slots.resize(model.grow_slots);
  made->inputPointers.resize(model.input_count);
  made->outputPointers.resize(model.output_count);
  made->inputDimStart = layOut(model.inputs, model.input_count, made->inputDims);
  made->outputDimStart = layOut(model.outputs, model.output_count, made->outputDims);
  made->context.size = sizeof(mlc_context);
  made->context.workers = made->pool.workers();
  made->context.user = made;
  made->context.parallel = made->pool.workers() > 1 ? runParallel : nullptr;
  made->context.grow = growSlot;
  made->context.output = placeOutput;
  *session = made;
  return MLC_OK;
}

void mlc_session_destroy(mlc_session *session) { delete session; }

int32_t mlc_session_threads(const mlc_session *session) { return static_cast<int32_t>(session->pool.workers()); }

int32_t mlc_feed(mlc_session *session, uint32_t index, const mlc_tensor *tensor) {
  if (!tensor || tensor->size < sizeof(mlc_tensor))
    return fail(MLC_E_VERSION, "mlc_feed: the tensor is of another version");
  if (int32_t status = mlc_check_input(session->program, index, tensor->dtype, tensor->rank, tensor->dims))
    return status;
  const mlc_tensor_info &info = modelOf(session).inputs[index];
  auto bytes = tensorBytes(tensor->dtype, tensor->dims, tensor->rank);
  if (!bytes || tensor->bytes < *bytes || (*bytes && !tensor->data))
    return fail(MLC_E_ARGUMENT, "input '%s': %llu bytes of data found, %llu expected", info.name,
                static_cast<unsigned long long>(tensor->data ? tensor->bytes : 0),
                static_cast<unsigned long long>(bytes.value_or(UINT64_MAX)));
  Input &input = session->inputs[index];
  int64_t *dims = session->inputDims.data() + session->inputDimStart[index];
  if (!input.fed || !std::equal(dims, dims + info.rank, tensor->dims))
    session->ready = false;
  std::copy_n(tensor->dims, info.rank, dims);
  input.data = tensor->data;
  input.bytes = *bytes;
  input.fed = true;
  return MLC_OK;
}

int32_t mlc_feed_name(mlc_session *session, const char *name, const mlc_tensor *tensor) {
  int32_t index = mlc_input_index(session->program, name);
  if (index < 0)
    return fail(MLC_S_NAME, "input '%s': the model has no input of this name", name ? name : "");
  return mlc_feed(session, static_cast<uint32_t>(index), tensor);
}

int32_t mlc_fetch(mlc_session *session, const uint32_t *indices, uint32_t count) {
  const mlc_model &model = modelOf(session);
  for (uint32_t i = 0; i < count; ++i)
    if (indices[i] >= model.output_count)
      return fail(MLC_S_NAME, "there is no output %u: the model has %u", indices[i], model.output_count);
  for (Output &output : session->outputs)
    output.wanted = count == 0;
  for (uint32_t i = 0; i < count; ++i)
    session->outputs[indices[i]].wanted = true;
  session->ready = session->ran = false;

  session->steps.clear();
  bool all = std::all_of(session->outputs.begin(), session->outputs.end(), [](const Output &o) { return o.wanted; });
  if (all || !model.output_steps)
    return MLC_OK;
  size_t words = (size_t{model.step_count} + 63) / 64;
  session->steps.assign(std::max<size_t>(words, 1), 0);
  for (uint32_t i = 0; i < model.output_count; ++i)
    for (size_t w = 0; session->outputs[i].wanted && w < words; ++w)
      session->steps[w] |= model.output_steps[i * words + w];
  return MLC_OK;
}

int32_t mlc_bind_output(mlc_session *session, uint32_t index, void *data, uint64_t bytes) {
  const mlc_model &model = modelOf(session);
  if (index >= model.output_count)
    return fail(MLC_S_NAME, "there is no output %u: the model has %u", index, model.output_count);
  uint32_t element = mlc_dtype_bytes(model.outputs[index].dtype);
  if (data && reinterpret_cast<uintptr_t>(data) % std::min(element, 8u))
    return fail(MLC_E_ARGUMENT, "output '%s': the memory is not aligned to its element", model.outputs[index].name);
  session->outputs[index].bound = data;
  session->outputs[index].boundBytes = data ? bytes : 0;
  session->ready = session->ran = false;
  return MLC_OK;
}

int32_t mlc_prepare(mlc_session *session) {
  if (session->ready)
    return MLC_OK;
  if (int32_t status = checkFeeds(session))
    return status;
  if (int32_t status = allocate(session))
    return status;
  if (session->steps.empty() && !session->program->populated.exchange(true))
    populate(modelOf(session).weights, modelOf(session).weights_bytes);
  session->ready = true;
  return MLC_OK;
}

int32_t mlc_run(mlc_session *session) {
  session->ran = false;
  if (int32_t status = mlc_prepare(session))
    return status;
  if (int32_t status = alignInputs(session))
    return status;
  const mlc_model &model = modelOf(session);
  for (uint32_t i = 0; i < model.output_count; ++i)
    session->outputPointers[i] = model.outputs[i].flags & MLC_LATE ? nullptr : session->outputs[i].data;
  uint64_t align = std::max<uint64_t>(model.arena_align, 1);
  uintptr_t arena = (reinterpret_cast<uintptr_t>(session->arena.data()) + align - 1) & ~(align - 1);

  mlc_call call{};
  call.size = sizeof call;
  call.context = &session->context;
  call.inputs = session->inputPointers.data();
  call.input_dims = session->inputDims.data();
  call.outputs = session->outputPointers.data();
  call.output_dims = session->outputDims.data();
  call.arena = reinterpret_cast<void *>(arena);
  call.arena_bytes = session->arenaBytes;
  call.steps = session->steps.empty() ? nullptr : session->steps.data();
  session->pool.beginRun();
  int32_t status = model.run(&call);
  session->pool.endRun();
  if (status)
    return explain(session, status);

  for (uint32_t i = 0; i < model.output_count; ++i) {
    const mlc_tensor_info &info = model.outputs[i];
    if (!(info.flags & MLC_LATE) || !session->outputs[i].wanted)
      continue;
    auto bytes = tensorBytes(info.dtype, session->outputDims.data() + session->outputDimStart[i], info.rank);
    if (!session->outputs[i].data || !bytes || *bytes > session->outputs[i].bytes)
      return fail(MLC_S_ARTEFACT, "output '%s': the model wrote it with an impossible shape", info.name);
    session->outputs[i].bytes = *bytes;
  }
  session->ran = true;
  return MLC_OK;
}

int32_t mlc_output(const mlc_session *session, uint32_t index, mlc_tensor *tensor) {
  const mlc_model &model = modelOf(session);
  if (!tensor || tensor->size < sizeof(mlc_tensor))
    return fail(MLC_E_VERSION, "mlc_output: the tensor is of another version");
  if (index >= model.output_count)
    return fail(MLC_S_NAME, "there is no output %u: the model has %u", index, model.output_count);
  const mlc_tensor_info &info = model.outputs[index];
  const Output &output = session->outputs[index];
  if (!session->ran || !output.wanted)
    return fail(MLC_S_MISSING, "output '%s': %s", info.name,
                output.wanted ? "there was no run yet" : "was not fetched");
  tensor->dtype = info.dtype;
  tensor->rank = info.rank;
  tensor->reserved = 0;
  std::fill_n(tensor->dims, MLC_MAX_RANK, 0);
  std::copy_n(session->outputDims.data() + session->outputDimStart[index], info.rank, tensor->dims);
  tensor->data = output.data;
  tensor->bytes = output.bytes;
  return MLC_OK;
}

uint64_t mlc_session_bytes(const mlc_session *session) {
  uint64_t bytes = session->arena.capacity();
  for (const Buffer &slot : session->slots)
    bytes += slot.capacity();
  return bytes;
}

void mlc_set_trace(mlc_session *session, mlc_trace trace, void *user) {
  session->trace = trace;
  session->traceUser = user;
  session->context.trace = trace ? traceStep : nullptr;
}
