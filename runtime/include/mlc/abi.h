/* The binary interface between compiled models and whoever runs them.
 *
 * Plain C99, no dependency but <stdint.h>. A compiled model defines one `const struct mlc_model`, named after the
 * model, and functions over it. Nothing else is needed to call it:
 *
 *     #include "digits.h"                                  // generated beside the object
 *     static _Alignas(DIGITS_ARENA_ALIGN) char arena[DIGITS_ARENA_BYTES];
 *     int error = digits_run(image, scores, arena);        // 0, or an MLC_E_… code
 *
 * Versioning: a change that old readers cannot read raises MLC_ABI_VERSION; a field may be added at the end of a
 * struct without that, since every struct that crosses the border begins with or contains its own size.
 *
 * Threads: a descriptor is constant and may be used by any number of threads. One call of `run` uses its arena and
 * outputs alone; several calls may run at once if those differ.
 */
#ifndef MLC_ABI_H
#define MLC_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MLC_ABI_VERSION 1u
#define MLC_ABI_MAGIC "mlcmodel"   /* 8 bytes, no terminator */
#define MLC_MAX_RANK 8
#define MLC_ARENA_ALIGN 64

/* Element types, with ONNX's numbers. In memory: bool is one byte (0 or 1); int4 and uint4 take one byte each,
 * sign- or zero-extended; bfloat16 and float16 their 16 bits; all numbers in the byte order of the target. */
enum mlc_dtype {
  MLC_NONE = 0, MLC_F32 = 1, MLC_U8 = 2, MLC_I8 = 3, MLC_U16 = 4, MLC_I16 = 5, MLC_I32 = 6, MLC_I64 = 7,
  MLC_STRING = 8, MLC_BOOL = 9, MLC_F16 = 10, MLC_F64 = 11, MLC_U32 = 12, MLC_U64 = 13, MLC_C64 = 14, MLC_C128 = 15,
  MLC_BF16 = 16, MLC_F8E4M3FN = 17, MLC_F8E4M3FNUZ = 18, MLC_F8E5M2 = 19, MLC_F8E5M2FNUZ = 20, MLC_U4 = 21,
  MLC_I4 = 22, MLC_F4E2M1 = 23, MLC_F8E8M0 = 24, MLC_U2 = 25, MLC_I2 = 26
};

/* What `run` and `shapes` return. */
enum mlc_error {
  MLC_OK = 0,
  MLC_E_SHAPE = 1,     /* a dimension of an input is not what the model was compiled for */
  MLC_E_ARENA = 2,     /* no arena, or too small a one, or memory for a data-dependent size was not given */
  MLC_E_ARGUMENT = 3,  /* a null pointer or a wrong count */
  MLC_E_CPU = 4,       /* none of the levels in the artefact runs on this processor */
  MLC_E_RANGE = 5,     /* an index that an input holds lies outside its tensor */
  MLC_E_VERSION = 6,   /* the caller's structs are of another version */
  MLC_E_VALUE = 7      /* a value that the operator does not allow, such as a negative size */
};

struct mlc_context;

/* A kernel: does tasks begin … end-1 of its work. `args` belongs to the schedule. Tasks write disjoint places, so that
 * any partition over any number of threads gives the same bytes. */
typedef void (*mlc_kernel)(const void *args, int64_t begin, int64_t end);

/* What the caller lends to one call of `run`. Every function pointer may be null. */
struct mlc_context {
  uint32_t size;       /* sizeof(struct mlc_context) */
  uint32_t workers;    /* threads that `parallel` uses, for information */
  void *user;
  /* Calls kernel(args, b, e) such that the ranges cover 0 … tasks-1 once, and returns when all are done. */
  void (*parallel)(const struct mlc_context *, mlc_kernel kernel, const void *args, int64_t tasks);
  /* Memory whose size was known only during the run, aligned to MLC_ARENA_ALIGN; it stays valid until the next request
   * for the same slot or the end of the run. Null: refused. */
  void *(*grow)(const struct mlc_context *, uint32_t slot, uint64_t bytes);
  /* Where output `index` is to be written when its size was known only during the run (flag MLC_LATE). */
  void *(*output)(const struct mlc_context *, uint32_t index, uint64_t bytes);
  /* Called before (begin = 1) and after (begin = 0) step `step`, for profiles. */
  void (*trace)(const struct mlc_context *, uint32_t step, int begin);
};

/* One run. */
struct mlc_call {
  uint32_t size;                     /* sizeof(struct mlc_call) */
  uint32_t reserved;
  const struct mlc_context *context; /* may be null: everything on the calling thread */
  const void *const *inputs;         /* one pointer an input, aligned to its element */
  const int64_t *input_dims;         /* all inputs' dimensions, one input after the other */
  void *const *outputs;              /* one pointer an output; null where MLC_LATE is set or it is not wanted */
  int64_t *output_dims;              /* filled: all outputs' dimensions; may be null */
  void *arena;                       /* aligned to MLC_ARENA_ALIGN */
  uint64_t arena_bytes;
  const uint64_t *steps;             /* bit set of the steps to run (see mlc_model.output_steps), or null: all */
};

enum mlc_tensor_flags {
  MLC_LATE = 1   /* the size is known only during the run */
};

struct mlc_tensor_info {
  const char *name;              /* as the model names it, UTF-8 */
  int32_t dtype;                 /* enum mlc_dtype */
  int32_t rank;
  const int64_t *dims;           /* -1 where unknown when compiled */
  const char *const *dim_names;  /* names of unknown dimensions, null or "" elsewhere; may be null */
  uint64_t bytes;                /* size where all dimensions are known, else 0 */
  uint32_t flags;
  uint32_t reserved;
};

/* One step of the schedule: a kernel call or a control structure. For profiles and `mlc inspect`. */
struct mlc_step_info {
  const char *kernel;    /* name that tells operator, types, shape */
  const char *layers;    /* the model's layers in it, separated by ';' */
  uint64_t flops;        /* 0 where sizes are unknown when compiled */
  uint64_t bytes;        /* moved at least: inputs, weights and outputs once */
};

struct mlc_model {
  char magic[8];
  uint32_t abi_version;
  uint32_t size;                          /* sizeof(struct mlc_model) */
  const char *name;
  const char *producer;                   /* "mlc 0.1.0" */
  uint32_t input_count, output_count;
  const struct mlc_tensor_info *inputs, *outputs;
  uint64_t arena_bytes;                   /* 0 where it depends on the inputs' dimensions: ask `shapes` */
  uint32_t arena_align, step_count;
  const struct mlc_step_info *steps;
  const uint64_t *output_steps;           /* output_count rows of (step_count + 63) / 64 words: steps each needs */
  uint32_t level_count, grow_slots;
  const char *const *levels;              /* processor levels, best last, as `--cpu` names them */
  const void *weights;
  uint64_t weights_bytes;
  /* Sizes for given input dimensions (layout as in mlc_call): fills output_dims (-1 where known only during the run)
   * and arena_bytes; either may be null. */
  int32_t (*shapes)(const int64_t *input_dims, int64_t *output_dims, uint64_t *arena_bytes);
  int32_t (*run)(const struct mlc_call *call);
  /* Index into `levels` of the level bound on this processor, or -1. */
  int32_t (*level)(void);
  const char *failed_check;               /* unused unless a caller reports MLC_E_SHAPE: what was assumed, or null */
};

/* In a shared library the descriptor is found under this name too. */
#define MLC_MODEL_SYMBOL "mlc_model_entry"

/* Shared libraries that mlc writes end in these 32 bytes: "mlcsum01", the length of all before as a little-endian
 * uint64, XXH3-64 of all before as a little-endian uint64, and the ABI version as a little-endian uint64. */
#define MLC_TRAILER_MAGIC "mlcsum01"
#define MLC_TRAILER_BYTES 32

#if defined(__cplusplus)
static_assert(sizeof(void *) != 8 || sizeof(struct mlc_call) == 72, "mlc_call is part of the interface");
static_assert(sizeof(void *) != 8 || sizeof(struct mlc_tensor_info) == 48, "mlc_tensor_info is part of the interface");
static_assert(sizeof(void *) != 8 || sizeof(struct mlc_model) == 152, "mlc_model is part of the interface");
}
#endif
#endif /* MLC_ABI_H */
