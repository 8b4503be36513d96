#include "OutputFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace mlc {
namespace {

Error problem(StringRef path, const Twine &what, std::error_code ec) {
  return createStringError(ec, path + ": " + what + ": " + ec.message());
}

/// Where the output really is: links are followed, so that they stay links.
std::string resolved(StringRef output) {
  SmallString<256> real;
  return sys::fs::real_path(output, real) ? output.str() : real.str().str();
}

bool isSpecial(StringRef path) {
  sys::fs::file_status status;
  return !sys::fs::status(path, status) && status.type() != sys::fs::file_type::regular_file;
}

Error writeTo(StringRef path, StringRef bytes) {
  std::error_code ec;
  raw_fd_ostream os(path, ec);
  if (ec)
    return problem(path, "cannot be written", ec);
  os << bytes;
  os.close();
  if (os.has_error()) {
    ec = os.error();
    os.clear_error();
    return problem(path, "cannot be written", ec);
  }
  return Error::success();
}

} // namespace

Expected<WorkFolder> WorkFolder::beside(StringRef output) {
  std::string target = resolved(output);
  SmallString<256> prefix(sys::path::parent_path(target)), made;
  if (output == "-" || isSpecial(target)) {
    prefix.clear();
    sys::path::system_temp_directory(/*ErasedOnReboot=*/true, prefix);
  }
  if (prefix.empty())
    prefix = ".";
  sys::path::append(prefix, ".mlc");
  // A relative prefix would be taken for one in the folder of temporary files.
  if (std::error_code ec = sys::fs::make_absolute(prefix))
    return problem(output, "no folder can be made beside it", ec);
  if (std::error_code ec = sys::fs::createUniqueDirectory(prefix, made))
    return problem(output, "no folder can be made beside it", ec);
  return WorkFolder(made.str().str());
}

WorkFolder::~WorkFolder() {
  if (!folder.empty())
    sys::fs::remove_directories(folder);
}

std::string WorkFolder::path(StringRef name) const { return folder + "/" + name.str(); }

Error WorkFolder::write(StringRef name, StringRef bytes) const { return writeTo(path(name), bytes); }

Error placeFile(StringRef finished, StringRef output) {
  std::string target = resolved(output);
  if (isSpecial(target)) {
    auto bytes = MemoryBuffer::getFile(finished, false, /*RequiresNullTerminator=*/false);
    return bytes ? writeTo(target, (*bytes)->getBuffer()) : problem(finished, "cannot be read", bytes.getError());
  }
  if (std::error_code ec = sys::fs::rename(finished, target))
    return problem(output, "cannot be written", ec);
  return Error::success();
}

Error writeText(StringRef text, StringRef output) {
  if (output == "-") {
    outs() << text;
    outs().flush();
    std::error_code ec = outs().error();
    outs().clear_error();
    return ec ? createStringError(ec, "standard output: " + ec.message()) : Error::success();
  }
  Expected<WorkFolder> folder = WorkFolder::beside(output);
  if (!folder)
    return folder.takeError();
  if (Error error = folder->write("text", text))
    return error;
  return placeFile(folder->path("text"), output);
}

} // namespace mlc
