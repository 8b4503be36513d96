// The inputs of a run as the command line names them: --input NAME=FILE and --feeds FILE.npz. Heads are read at once,
// data only when it is known that the model takes it.
#ifndef MLC_RUNTIME_IO_FEEDS_H
#define MLC_RUNTIME_IO_FEEDS_H

#include "Tensor.h"

#include <map>

namespace mlc::io {

// Lines "FILE: LOCATION: what is wrong": all of them are shown, not the first.
using Problems = std::vector<std::string>;

struct Feed {
  std::string name; // of the input; "@2" for the third
  std::string file; // for messages
  std::unique_ptr<TensorSource> source;
};

class Feeds {
public:
  // An --input. NAME goes up to the last '=' before an existing file.
  void addInput(const std::string &argument, Problems &problems);
  // A --feeds archive.
  void addArchive(const std::string &path, Problems &problems);

  // Shapes by input name, as CompileRequest has them.
  std::map<std::string, std::vector<int64_t>> shapes() const;

  // Feeds a session: what was given, and values from the seed for the rest (`filled` gets "name (float32 1x3)" each).
  // The tensors live here afterwards.
  void apply(mlc_program *program, mlc_session *session, uint64_t seed, Problems &problems,
             std::vector<std::string> &filled);

private:
  void add(std::string name, std::string file, std::unique_ptr<TensorSource> source, Problems &problems);

  std::vector<Feed> feeds;
  std::vector<Tensor> tensors;
};

// Values that depend on the seed and the index of the input alone: floats evenly in [0, 1), integers 0 … 3, bool.
Status fillTensor(Tensor &tensor, uint64_t seed, uint32_t index);

} // namespace mlc::io

#endif // MLC_RUNTIME_IO_FEEDS_H
