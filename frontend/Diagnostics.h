//===- Diagnostics.h - everything that is wrong with a model ---------------===//
//
// Importers go on after a problem where they can, so that one run says all there is to say:
//
//     Diagnostics problems("model.onnx");
//     problems.error("node 'conv1' (Conv)", "weights have 32 input channels, expected 64");
//     for (const std::string &line : problems.lines()) …     // model.onnx: node 'conv1' (Conv): weights have …
//
//===----------------------------------------------------------------------===//
#ifndef MLC_FRONTEND_DIAGNOSTICS_H
#define MLC_FRONTEND_DIAGNOSTICS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include <cstdint>
#include <string>
#include <vector>

namespace mlc::frontend {

/// What mlc does not implement, as opposed to what is wrong.
struct Unsupported {
  std::string op, domain;
  int64_t version = 0;
  std::string reason;
  bool operator==(const Unsupported &) const = default;
};

struct Problem {
  std::string location;   // a layer, an input, a tensor; may be empty
  std::string text;       // for unsupported operators the whole "unsupported: …"
  bool isUnsupported = false;
  Unsupported unsupported;
  unsigned count = 1;     // how many layers have the same problem
};

class Diagnostics {
public:
  explicit Diagnostics(std::string file) : file(std::move(file)) {}

  void error(const llvm::Twine &location, const llvm::Twine &text) { add({clean(location), clean(text), false, {}, 1}); }

  /// The same operator with the same reason is listed once, at its first layer.
  void unsupported(const llvm::Twine &location, Unsupported what) {
    if (what.domain.empty())
      what.domain = "ai.onnx";
    for (Problem &p : list)
      if (p.isUnsupported && p.unsupported == what) {
        ++p.count;
        return;
      }
    std::string text = clean("unsupported: " + llvm::Twine(what.op) + " (domain '" + what.domain + "', version " +
                             llvm::Twine(what.version) + "): " + what.reason);
    add({clean(location), std::move(text), true, std::move(what), 1});
  }

  /// Something of the file as a whole that mlc does not handle.
  void unsupportedFile(const llvm::Twine &what) { add({"", clean("unsupported: " + what), true, {}, 1}); }

  bool any() const { return !list.empty(); }
  size_t count() const { return list.size(); }
  const std::vector<Problem> &problems() const { return list; }
  const std::string &getFile() const { return file; }

  std::vector<std::string> lines() const {
    std::vector<std::string> all;
    for (const Problem &p : list) {
      std::string line = file + ": " + (p.location.empty() ? "" : p.location + ": ") + p.text;
      if (p.count > 1)
        line += " (and " + std::to_string(p.count - 1) + " more like it)";
      all.push_back(std::move(line));
    }
    if (omitted)
      all.push_back(file + ": " + std::to_string(omitted) + " further problems are not listed");
    return all;
  }

  void clear() {
    list.clear();
    omitted = 0;
  }
  /// Removes what was added after `count()` was `size`.
  void truncate(size_t size) {
    if (list.size() > size)
      list.resize(size);
  }

private:
  static constexpr size_t kMaxProblems = 1000, kMaxText = 2000;

  void add(Problem p) {
    if (list.size() >= kMaxProblems)
      ++omitted;
    else
      list.push_back(std::move(p));
  }

  // One line, printable, of bounded length: names in a file may be anything.
  static std::string clean(const llvm::Twine &twine) {
    std::string text = twine.str();
    if (text.size() > kMaxText) {
      text.resize(kMaxText);
      text += "…";
    }
    for (char &c : text)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
        c = '?';
    return text;
  }

  std::string file;
  std::vector<Problem> list;
  size_t omitted = 0;
};

} // namespace mlc::frontend

#endif // MLC_FRONTEND_DIAGNOSTICS_H
