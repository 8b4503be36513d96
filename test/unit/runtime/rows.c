/* A compiled model by hand, for the runtime's tests: unknown dimensions, parallel kernels, a slot and an output whose
 * sizes are known only during the run, and steps that outputs need in part.
 *
 *   x: float32 [n, 4], bias: float32 [4]
 *   step 0  y = x + bias          [n, 4]   in parallel over rows, by way of the arena
 *   step 1  total = sum of x      []
 *   step 2  positive = x[x > 0]   [?]      gathered in slot 0 first
 */
#include <mlc/abi.h>
#include <stddef.h>

#ifndef ABI
#define ABI MLC_ABI_VERSION
#endif

static const int64_t xDims[] = {-1, 4}, biasDims[] = {4}, positiveDims[] = {-1};
static const char *const xNames[] = {"n", ""}, *const positiveNames[] = {"found"};
static const struct mlc_tensor_info inputs[] = {{"x", MLC_F32, 2, xDims, xNames, 0, 0, 0},
                                                {"bias", MLC_F32, 1, biasDims, NULL, 16, 0, 0}};
static const struct mlc_tensor_info outputs[] = {{"y", MLC_F32, 2, xDims, xNames, 0, 0, 0},
                                                 {"total", MLC_F32, 0, NULL, NULL, 4, 0, 0},
                                                 {"positive", MLC_F32, 1, positiveDims, positiveNames, 0, MLC_LATE, 0}};
static const struct mlc_step_info steps[] = {{"add_f32_rows", "layer1/add", 4, 48},
                                             {"sum_f32", "layer2/sum", 4, 16},
                                             {"compress_f32", "layer3/where;layer3/gather", 0, 32}};
static const uint64_t outputSteps[] = {1, 2, 4};
static const char *const levels[] = {"generic"};

struct add {
  const float *x, *bias;
  float *to;
};

static void addRows(const void *argument, int64_t begin, int64_t end) {
  const struct add *a = argument;
  for (int64_t i = begin; i < end; ++i)
    for (int64_t c = 0; c < 4; ++c)
      a->to[i * 4 + c] = a->x[i * 4 + c] + a->bias[c];
}

static void copyRows(const void *argument, int64_t begin, int64_t end) {
  const struct add *a = argument;
  for (int64_t i = begin * 4; i < end * 4; ++i)
    a->to[i] = a->x[i];
}

static void parallel(const struct mlc_context *context, mlc_kernel kernel, const void *args, int64_t tasks) {
  if (context && context->parallel)
    context->parallel(context, kernel, args, tasks);
  else
    kernel(args, 0, tasks);
}

static int32_t shapes(const int64_t *dims, int64_t *outputDims, uint64_t *arena) {
  if (dims[0] > 1000000)
    return MLC_E_SHAPE;
  if (outputDims) {
    outputDims[0] = dims[0];
    outputDims[1] = 4;
    outputDims[2] = -1;
  }
  if (arena)
    *arena = (uint64_t)dims[0] * 16;
  return MLC_OK;
}

static void trace(const struct mlc_context *context, uint32_t step, int begin) {
  if (context && context->trace)
    context->trace(context, step, begin);
}

static int32_t run(const struct mlc_call *call) {
  if (call->size < sizeof *call)
    return MLC_E_VERSION;
  const struct mlc_context *context = call->context;
  int64_t n = call->input_dims[0];
  const float *x = call->inputs[0];
  uint64_t wanted = call->steps ? call->steps[0] : 7;
  if (call->arena_bytes < (uint64_t)n * 16 || ((uintptr_t)call->arena & 63) || ((uintptr_t)x & 3))
    return MLC_E_ARENA;
  if (wanted & 1) {
    trace(context, 0, 1);
    struct add add = {x, call->inputs[1], call->arena};
    parallel(context, addRows, &add, n);
    struct add copy = {call->arena, NULL, call->outputs[0]};
    parallel(context, copyRows, &copy, n);
    trace(context, 0, 0);
  }
  if (wanted & 2) {
    trace(context, 1, 1);
    float total = 0;
    for (int64_t i = 0; i < n * 4; ++i)
      total += x[i];
    *(float *)call->outputs[1] = total;
    trace(context, 1, 0);
  }
  if (wanted & 4) {
    trace(context, 2, 1);
    if (!context || !context->grow || !context->output)
      return MLC_E_ARENA;
    float *found = context->grow(context, 0, (uint64_t)n * 16);
    int64_t count = 0;
    if (!found || context->grow(context, 1, 16))
      return MLC_E_ARENA;
    for (int64_t i = 0; i < n * 4; ++i)
      if (x[i] > 0)
        found[count++] = x[i];
    float *to = context->output(context, 2, (uint64_t)count * 4);
    if (!to)
      return MLC_E_ARENA;
    for (int64_t i = 0; i < count; ++i)
      to[i] = found[i];
    if (call->output_dims)
      call->output_dims[2] = count;
    trace(context, 2, 0);
  }
  return MLC_OK;
}

static int32_t level(void) { return 0; }

const struct mlc_model mlc_model_entry = {{'m', 'l', 'c', 'm', 'o', 'd', 'e', 'l'},
                                          ABI,
                                          sizeof(struct mlc_model),
                                          "rows",
                                          "mlc test",
                                          2,
                                          3,
                                          inputs,
                                          outputs,
                                          0,
                                          64,
                                          3,
                                          steps,
                                          outputSteps,
                                          1,
                                          1,
                                          levels,
                                          NULL,
                                          0,
                                          shapes,
                                          run,
                                          level,
                                          "n is at most 1000000"};
