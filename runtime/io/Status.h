// Errors as values for everything that reads and writes files. A status holds nothing where all is well, and otherwise
// what is wrong: "LOCATION: what is wrong".
//
// absl::Status would do, but loading its libraries takes longer than all else that `mlc run` does before the model
// runs, and programs made with --emit=exe shall need nothing beside them.
#ifndef MLC_RUNTIME_IO_STATUS_H
#define MLC_RUNTIME_IO_STATUS_H

#include <string>
#include <utility>

namespace mlc::io {

class [[nodiscard]] Status {
public:
  Status() = default;
  static Status error(std::string text) {
    Status status;
    status.message = text.empty() ? std::string("unknown error") : std::move(text);
    return status;
  }
  bool failed() const { return !message.empty(); }
  const std::string &text() const { return message; }

private:
  std::string message;
};

} // namespace mlc::io

#endif // MLC_RUNTIME_IO_STATUS_H
