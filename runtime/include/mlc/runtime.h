/* Opens compiled models and runs them: the convenient layer over <mlc/abi.h>.
 *
 *     mlc_program *program;
 *     mlc_session *session;
 *     if (mlc_open("resnet50.so", &program) != MLC_OK) { puts(mlc_last_error()); return 1; }
 *     mlc_session_create(program, NULL, &session);
 *
 *     struct mlc_tensor image = {sizeof image, MLC_F32, 4, 0, {1, 3, 224, 224}, pixels, sizeof pixels};
 *     mlc_feed(session, mlc_input_index(program, "input"), &image);
 *     if (mlc_run(session) != MLC_OK) puts(mlc_last_error());
 *
 *     struct mlc_tensor scores = {sizeof scores};
 *     mlc_output(session, 0, &scores);                 // scores.data, scores.dims: valid until the next run
 *
 *     mlc_session_destroy(session);
 *     mlc_close(program);
 *
 * Status: every function that can fail returns 0 (MLC_OK) or one of mlc_error (abi.h) or mlc_status (below), and leaves
 * a sentence for mlc_last_error. Nothing here throws, aborts or prints.
 *
 * Ownership: handles belong to the caller, each with its own end function. What the descriptor points to lives as long
 * as the program; what mlc_output gives lives as long as its session and changes with its next run. Memory that is fed
 * stays the caller's: it is read in place during mlc_run and has to live until then.
 *
 * Threads: a program may be used by any number of threads at once. A session is used by one thread at a time; sessions
 * are independent of each other, and any number of them may run at once. Destroying a session and closing the program
 * may happen in either order.
 *
 * Results do not depend on the number of threads.
 */
#ifndef MLC_RUNTIME_H
#define MLC_RUNTIME_H

#include <mlc/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What this layer adds to mlc_error. */
enum mlc_status {
  MLC_S_FILE = 64,     /* a file cannot be opened or read */
  MLC_S_ARTEFACT = 65, /* not an artefact of mlc, or an altered one */
  MLC_S_MACHINE = 66,  /* an artefact for another processor family */
  MLC_S_NAME = 67,     /* no input or output of that name or index */
  MLC_S_TYPE = 68,     /* an element type other than the model's */
  MLC_S_MISSING = 69,  /* an input was not fed, or there was no run yet */
  MLC_S_MEMORY = 70,   /* memory ran out */
  MLC_S_UNSUPPORTED = 71
};

typedef struct mlc_program mlc_program;
typedef struct mlc_session mlc_session;

/* A tensor in memory: row-major, without gaps. */
struct mlc_tensor {
  uint32_t size; /* sizeof(struct mlc_tensor) */
  int32_t dtype; /* enum mlc_dtype */
  int32_t rank;
  uint32_t reserved;
  int64_t dims[MLC_MAX_RANK];
  void *data;
  uint64_t bytes; /* of data */
};

/* The sentence for the last failure on this thread; "" before any. Valid until the next call on this thread. */
const char *mlc_last_error(void);

/* "mlc 0.1.0" */
const char *mlc_runtime_version(void);

/* Bytes that one element takes in memory, 0 for types without a fixed size; and its name as numpy has it: "float32",
 * "bfloat16", "int4" …, "unknown" where it is none. */
uint32_t mlc_dtype_bytes(int32_t dtype);
const char *mlc_dtype_name(int32_t dtype);

/* ---- programs ---- */

/* Opens a shared library that mlc wrote. Its checksum and version are verified before any of it is loaded: an altered,
 * cut, foreign or other-version file is refused. */
int32_t mlc_open(const char *path, mlc_program **program);

/* The same for a model linked into this program. `model` has to outlive the program. */
int32_t mlc_open_model(const struct mlc_model *model, mlc_program **program);

/* Null is allowed. Sessions that still exist keep what they need. */
void mlc_close(mlc_program *program);

/* Names, types, dimensions, steps, levels: everything that is known without running. Never null. */
const struct mlc_model *mlc_descriptor(const mlc_program *program);

/* Index of an input or output by name, or -1. */
int32_t mlc_input_index(const mlc_program *program, const char *name);
int32_t mlc_output_index(const mlc_program *program, const char *name);

/* Whether a tensor of this type and shape may be fed to input `index`; the sentence names the input, what was found and
 * what is expected. */
int32_t mlc_check_input(const mlc_program *program, uint32_t index, int32_t dtype, int32_t rank, const int64_t *dims);

/* ---- sessions ---- */

struct mlc_session_options {
  uint32_t size;   /* sizeof(struct mlc_session_options) */
  int32_t threads; /* workers with the caller; 0: the physical cores that this process may use */
};

/* Threads, arena and outputs of one user of a program. `options` may be null. */
int32_t mlc_session_create(mlc_program *program, const struct mlc_session_options *options, mlc_session **session);
void mlc_session_destroy(mlc_session *session); /* null is allowed */

/* Workers with the caller, and the cores that are the default. */
int32_t mlc_session_threads(const mlc_session *session);
int32_t mlc_default_threads(void);

/* Feeds input `index`; it stays fed until it is fed again. The memory is used in place, or copied at each run if it is
 * not aligned to its element. */
int32_t mlc_feed(mlc_session *session, uint32_t index, const struct mlc_tensor *tensor);
int32_t mlc_feed_name(mlc_session *session, const char *name, const struct mlc_tensor *tensor);

/* Restricts runs to some outputs, so that only the steps that they need are done; count = 0 means all again. */
int32_t mlc_fetch(mlc_session *session, const uint32_t *indices, uint32_t count);

/* Has output `index` written to the caller's memory (aligned to MLC_ARENA_ALIGN or at least to its element); null
 * returns to the session's own. A run whose output needs more than `bytes` is refused. */
int32_t mlc_bind_output(mlc_session *session, uint32_t index, void *data, uint64_t bytes);

/* Everything of a run but the run: checks the feeds, finds the sizes, allocates. mlc_run does it when needed. */
int32_t mlc_prepare(mlc_session *session);

/* One run on the calling thread and the session's workers. Subnormal numbers count as 0 while it lasts, where the processor can do
 * that (x86-64, AArch64): operations on them take a hundred times as long. */
int32_t mlc_run(mlc_session *session);

/* An output of the last run. `tensor->size` is set by the caller. The data belongs to the session, or to whoever bound
 * it, and is valid until the next run. */
int32_t mlc_output(const mlc_session *session, uint32_t index, struct mlc_tensor *tensor);

/* Bytes of the arena and of the data-dependent slots now allocated. */
uint64_t mlc_session_bytes(const mlc_session *session);

/* Called on the running thread before (begin = 1) and after (begin = 0) each step; null: no more. Costs time. */
typedef void (*mlc_trace)(void *user, uint32_t step, int begin);
void mlc_set_trace(mlc_session *session, mlc_trace trace, void *user);

#ifdef __cplusplus
}
#endif
#endif /* MLC_RUNTIME_H */
