// What is left to do when the program itself is at fault: it says so and ends with status 70, and leaves no temporary
// file behind.
#ifndef MLC_TOOLS_MLC_FAULT_H
#define MLC_TOOLS_MLC_FAULT_H

#include <string>

namespace mlc::cli {

void installFaultHandlers();

// A private folder for one file, gone with this object or with the process, however that ends. At most one at a time.
class TemporaryFile {
public:
  TemporaryFile() = default;
  TemporaryFile(const TemporaryFile &) = delete;
  TemporaryFile &operator=(const TemporaryFile &) = delete;
  ~TemporaryFile();

  // Makes the folder; false with errno set if that fails.
  bool make(const char *name);
  std::string path() const;
};

} // namespace mlc::cli

#endif // MLC_TOOLS_MLC_FAULT_H
