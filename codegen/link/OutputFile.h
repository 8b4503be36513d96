//===- OutputFile.h - files that appear whole or not at all ----------------===//
#ifndef MLC_CODEGEN_LINK_OUTPUTFILE_H
#define MLC_CODEGEN_LINK_OUTPUTFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace mlc {

/// A folder for intermediate files, beside the output where that can be, so that the result is renamed into place. It goes
/// with the object, and with it all that was not placed.
class WorkFolder {
public:
  static llvm::Expected<WorkFolder> beside(llvm::StringRef output);
  WorkFolder(WorkFolder &&other) noexcept : folder(std::move(other.folder)) { other.folder.clear(); }
  WorkFolder &operator=(WorkFolder &&) = delete;
  ~WorkFolder();

  /// A path within; the name is a file's, without folders.
  std::string path(llvm::StringRef name) const;
  llvm::Error write(llvm::StringRef name, llvm::StringRef bytes) const;

private:
  explicit WorkFolder(std::string folder) : folder(std::move(folder)) {}
  std::string folder;
};

/// Puts a finished file where it belongs: renamed where that is a plain file or a new one, written through where it is a
/// link's end, a device or a pipe.
llvm::Error placeFile(llvm::StringRef finished, llvm::StringRef output);

/// Text to a file in the same way, or to standard output ("-").
llvm::Error writeText(llvm::StringRef text, llvm::StringRef output);

} // namespace mlc

#endif // MLC_CODEGEN_LINK_OUTPUTFILE_H
