// What the tests of the runtime share.
#ifndef MLC_TEST_UNIT_RUNTIME_SUPPORT_H
#define MLC_TEST_UNIT_RUNTIME_SUPPORT_H

#include <mlc/runtime.h>

#include <fstream>
#include <gtest/gtest.h>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

namespace mlc::test {

inline std::string artefact(const std::string &name) { return std::string(TEST_ARTEFACTS "/") + name + ".so"; }

struct Close {
  void operator()(mlc_program *program) const { mlc_close(program); }
  void operator()(mlc_session *session) const { mlc_session_destroy(session); }
};
using Program = std::unique_ptr<mlc_program, Close>;
using Session = std::unique_ptr<mlc_session, Close>;

inline Program open(const std::string &name) {
  mlc_program *program = nullptr;
  EXPECT_EQ(mlc_open(artefact(name).c_str(), &program), MLC_OK) << mlc_last_error();
  return Program(program);
}

inline Session createSession(const Program &program, int threads = 1) {
  mlc_session_options options{sizeof options, threads};
  mlc_session *session = nullptr;
  EXPECT_EQ(mlc_session_create(program.get(), &options, &session), MLC_OK) << mlc_last_error();
  return Session(session);
}

inline mlc_tensor tensor(int32_t dtype, std::initializer_list<int64_t> dims, const void *data, uint64_t bytes) {
  mlc_tensor made{};
  made.size = sizeof made;
  made.dtype = dtype;
  made.rank = static_cast<int32_t>(dims.size());
  std::copy(dims.begin(), dims.end(), made.dims);
  made.data = const_cast<void *>(data);
  made.bytes = bytes;
  return made;
}

template <typename T> std::vector<T> output(const Session &session, uint32_t index) {
  mlc_tensor got{};
  got.size = sizeof got;
  EXPECT_EQ(mlc_output(session.get(), index, &got), MLC_OK) << mlc_last_error();
  auto *data = static_cast<const T *>(got.data);
  return data ? std::vector<T>(data, data + got.bytes / sizeof(T)) : std::vector<T>();
}

// A file of this test, removed at its end.
class TemporaryPath {
public:
  explicit TemporaryPath(const std::string &ending)
      : path(testing::TempDir() + "mlc-test-" + std::to_string(getpid()) + "-" + std::to_string(counter()++) + ending) {
  }
  ~TemporaryPath() { unlink(path.c_str()); }
  const std::string path;

private:
  static int &counter() {
    static int value = 0;
    return value;
  }
};

inline std::string readAll(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

inline void writeAll(const std::string &path, const std::string &bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

inline bool contains(const std::string &text, const std::string &part) { return text.find(part) != text.npos; }

} // namespace mlc::test

#endif // MLC_TEST_UNIT_RUNTIME_SUPPORT_H
