// The C++ face of <mlc/runtime.h>: header only, over absl::Status, absl::StatusOr and absl::Span.
//
//     absl::StatusOr<mlc::Program> program = mlc::Program::Open("resnet50.so");
//     if (!program.ok()) return program.status();
//     absl::StatusOr<mlc::Session> session = program->CreateSession({.threads = 4});
//     if (!session.ok()) return session.status();
//
//     if (auto s = session->Feed<float>("input", pixels, {1, 3, 224, 224}); !s.ok()) return s;
//     if (auto s = session->Run(); !s.ok()) return s;
//     absl::StatusOr<absl::Span<const float>> scores = session->Output<float>("logits");
//
// Programs and sessions are handles that can be moved. What a session gives is valid until its next run; what it is fed
// has to live until then. Threads: as in runtime.h.
#ifndef MLC_RUNTIME_HPP
#define MLC_RUNTIME_HPP

#include <mlc/runtime.h>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/types/span.h>

#include <algorithm>
#include <complex>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mlc {

// The element type of a C++ type; others, such as float16, are fed as FeedBytes with their number.
template <typename T> struct ElementType;
#define MLC_ELEMENT_TYPE(type, number)                                                                                 \
  template <> struct ElementType<type> { static constexpr int32_t value = number; }
MLC_ELEMENT_TYPE(float, MLC_F32);
MLC_ELEMENT_TYPE(double, MLC_F64);
MLC_ELEMENT_TYPE(int8_t, MLC_I8);
MLC_ELEMENT_TYPE(int16_t, MLC_I16);
MLC_ELEMENT_TYPE(int32_t, MLC_I32);
MLC_ELEMENT_TYPE(int64_t, MLC_I64);
MLC_ELEMENT_TYPE(uint8_t, MLC_U8);
MLC_ELEMENT_TYPE(uint16_t, MLC_U16);
MLC_ELEMENT_TYPE(uint32_t, MLC_U32);
MLC_ELEMENT_TYPE(uint64_t, MLC_U64);
MLC_ELEMENT_TYPE(bool, MLC_BOOL);
MLC_ELEMENT_TYPE(std::complex<float>, MLC_C64);
MLC_ELEMENT_TYPE(std::complex<double>, MLC_C128);
#undef MLC_ELEMENT_TYPE

// The absl::Status of a code of runtime.h, with the sentence of the last failure on this thread.
inline absl::Status ToStatus(int32_t code) {
  switch (code) {
  case MLC_OK: return absl::OkStatus();
  case MLC_S_FILE:
  case MLC_S_NAME: return absl::NotFoundError(mlc_last_error());
  case MLC_S_ARTEFACT: return absl::DataLossError(mlc_last_error());
  case MLC_E_VERSION:
  case MLC_E_CPU:
  case MLC_S_MACHINE:
  case MLC_S_MISSING: return absl::FailedPreconditionError(mlc_last_error());
  case MLC_S_MEMORY: return absl::ResourceExhaustedError(mlc_last_error());
  case MLC_S_UNSUPPORTED: return absl::UnimplementedError(mlc_last_error());
  case MLC_E_RANGE: return absl::OutOfRangeError(mlc_last_error());
  default: return absl::InvalidArgumentError(mlc_last_error());
  }
}

struct SessionOptions {
  int32_t threads = 0; // workers with the caller; 0: the physical cores
};

class Session {
public:
  // Feeds memory in place.
  template <typename T>
  absl::Status Feed(absl::string_view name, absl::Span<const T> data, absl::Span<const int64_t> dims) {
    return FeedBytes(name, ElementType<T>::value, data.data(), data.size() * sizeof(T), dims);
  }
  absl::Status FeedBytes(absl::string_view name, int32_t dtype, const void *data, uint64_t bytes,
                         absl::Span<const int64_t> dims) {
    if (dims.size() > MLC_MAX_RANK)
      return absl::InvalidArgumentError("more dimensions than a tensor may have");
    mlc_tensor tensor{};
    tensor.size = sizeof tensor;
    tensor.dtype = dtype;
    tensor.rank = static_cast<int32_t>(dims.size());
    std::copy(dims.begin(), dims.end(), tensor.dims);
    tensor.data = const_cast<void *>(data);
    tensor.bytes = bytes;
    return ToStatus(mlc_feed_name(session.get(), std::string(name).c_str(), &tensor));
  }

  // Restricts runs to some outputs; none means all.
  absl::Status Fetch(absl::Span<const absl::string_view> names) {
    std::vector<uint32_t> indices;
    for (absl::string_view name : names) {
      absl::StatusOr<uint32_t> index = OutputIndex(name);
      if (!index.ok())
        return index.status();
      indices.push_back(*index);
    }
    return ToStatus(mlc_fetch(session.get(), indices.data(), static_cast<uint32_t>(indices.size())));
  }

  // Has an output written to the caller's memory.
  template <typename T> absl::Status BindOutput(absl::string_view name, absl::Span<T> memory) {
    absl::StatusOr<uint32_t> index = OutputIndex(name);
    if (!index.ok())
      return index.status();
    if (mlc_descriptor(program)->outputs[*index].dtype != ElementType<T>::value)
      return WrongType(*index);
    return ToStatus(mlc_bind_output(session.get(), *index, memory.data(), memory.size() * sizeof(T)));
  }

  absl::Status Prepare() { return ToStatus(mlc_prepare(session.get())); }
  absl::Status Run() { return ToStatus(mlc_run(session.get())); }

  // An output of the last run, as it is and as a span of its elements.
  absl::StatusOr<mlc_tensor> OutputTensor(absl::string_view name) const {
    absl::StatusOr<uint32_t> index = OutputIndex(name);
    if (!index.ok())
      return index.status();
    mlc_tensor tensor{};
    tensor.size = sizeof tensor;
    if (int32_t code = mlc_output(session.get(), *index, &tensor))
      return ToStatus(code);
    return tensor;
  }
  template <typename T> absl::StatusOr<absl::Span<const T>> Output(absl::string_view name) const {
    absl::StatusOr<mlc_tensor> tensor = OutputTensor(name);
    if (!tensor.ok())
      return tensor.status();
    if (tensor->dtype != ElementType<T>::value)
      return WrongType(static_cast<uint32_t>(*OutputIndex(name)));
    return absl::Span<const T>(static_cast<const T *>(tensor->data), tensor->bytes / sizeof(T));
  }

  int32_t threads() const { return mlc_session_threads(session.get()); }
  mlc_session *get() const { return session.get(); }

private:
  friend class Program;
  struct Destroy {
    void operator()(mlc_session *s) const { mlc_session_destroy(s); }
  };

  Session(mlc_session *session, const mlc_program *program) : session(session), program(program) {}

  absl::StatusOr<uint32_t> OutputIndex(absl::string_view name) const {
    int32_t index = mlc_output_index(program, std::string(name).c_str());
    if (index < 0)
      return absl::NotFoundError("output '" + std::string(name) + "': the model has no output of this name");
    return static_cast<uint32_t>(index);
  }
  absl::Status WrongType(uint32_t index) const {
    const mlc_tensor_info &info = mlc_descriptor(program)->outputs[index];
    return absl::InvalidArgumentError("output '" + std::string(info.name) + "': its element type is " +
                                      mlc_dtype_name(info.dtype));
  }

  std::unique_ptr<mlc_session, Destroy> session;
  const mlc_program *program; // kept alive by the session
};

class Program {
public:
  // A shared library that mlc wrote; altered, foreign and other-version files are refused.
  static absl::StatusOr<Program> Open(const std::string &path) {
    mlc_program *program = nullptr;
    if (int32_t code = mlc_open(path.c_str(), &program))
      return ToStatus(code);
    return Program(program);
  }
  // A model linked into this program.
  static absl::StatusOr<Program> Open(const mlc_model &model) {
    mlc_program *program = nullptr;
    if (int32_t code = mlc_open_model(&model, &program))
      return ToStatus(code);
    return Program(program);
  }

  absl::StatusOr<Session> CreateSession(SessionOptions options = {}) const {
    mlc_session_options plain{sizeof plain, options.threads};
    mlc_session *session = nullptr;
    if (int32_t code = mlc_session_create(program.get(), &plain, &session))
      return ToStatus(code);
    return Session(session, program.get());
  }

  const mlc_model &descriptor() const { return *mlc_descriptor(program.get()); }
  absl::Span<const mlc_tensor_info> inputs() const { return {descriptor().inputs, descriptor().input_count}; }
  absl::Span<const mlc_tensor_info> outputs() const { return {descriptor().outputs, descriptor().output_count}; }
  mlc_program *get() const { return program.get(); }

private:
  struct Close {
    void operator()(mlc_program *p) const { mlc_close(p); }
  };
  explicit Program(mlc_program *program) : program(program) {}

  std::unique_ptr<mlc_program, Close> program;
};

} // namespace mlc

#endif // MLC_RUNTIME_HPP
