/* A compiled model by hand with everything known when compiled, and outputs of types that npy has and lacks.
 *
 *   x: float32 [2, 3], k: int64 []
 *   double = 2x   float32;  half = x as bfloat16;  nibble = x as int4;  positive = x > 0;  next = k + 1
 */
#include <mlc/abi.h>
#include <stddef.h>

static const int64_t dims[] = {2, 3};
static const struct mlc_tensor_info inputs[] = {{"x", MLC_F32, 2, dims, NULL, 24, 0, 0},
                                                {"k=1/é", MLC_I64, 0, NULL, NULL, 8, 0, 0}};
static const struct mlc_tensor_info outputs[] = {{"double", MLC_F32, 2, dims, NULL, 24, 0, 0},
                                                 {"half", MLC_BF16, 2, dims, NULL, 12, 0, 0},
                                                 {"nibble", MLC_I4, 2, dims, NULL, 6, 0, 0},
                                                 {"positive", MLC_BOOL, 2, dims, NULL, 6, 0, 0},
                                                 {"next", MLC_I64, 0, NULL, NULL, 8, 0, 0}};
static const struct mlc_step_info steps[] = {{"all", "all", 6, 60}};
static const char *const levels[] = {"generic", "none"};

static int32_t run(const struct mlc_call *call) {
  const float *x = call->inputs[0];
  for (int i = 0; i < 6; ++i) {
    union {
      float f;
      uint32_t u;
    } bits = {x[i]};
    if (call->outputs[0])
      ((float *)call->outputs[0])[i] = 2 * x[i];
    if (call->outputs[1])
      ((uint16_t *)call->outputs[1])[i] = (uint16_t)(bits.u >> 16);
    if (call->outputs[2])
      ((int8_t *)call->outputs[2])[i] = (int8_t)x[i];
    if (call->outputs[3])
      ((uint8_t *)call->outputs[3])[i] = x[i] > 0;
  }
  if (call->outputs[4])
    *(int64_t *)call->outputs[4] = *(const int64_t *)call->inputs[1] + 1;
  return MLC_OK;
}

static int32_t level(void) { return 0; }

const struct mlc_model mlc_model_entry = {{'m', 'l', 'c', 'm', 'o', 'd', 'e', 'l'},
                                          MLC_ABI_VERSION,
                                          sizeof(struct mlc_model),
                                          "types",
                                          "mlc test",
                                          2,
                                          5,
                                          inputs,
                                          outputs,
                                          64,
                                          64,
                                          1,
                                          steps,
                                          NULL,
                                          2,
                                          0,
                                          levels,
                                          NULL,
                                          0,
                                          NULL,
                                          run,
                                          level,
                                          NULL};

/* For programs that a model is linked into. */
const struct mlc_model *const mlc_linked_model = &mlc_model_entry;
