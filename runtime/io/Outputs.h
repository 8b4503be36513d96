// What a run leaves: files, or a few lines for people.
#ifndef MLC_RUNTIME_IO_OUTPUTS_H
#define MLC_RUNTIME_IO_OUTPUTS_H

#include "Tensor.h"

namespace mlc::io {

// Writes `content` beside its place and renames it, so that nobody sees half a file. "-" is standard
// output.
Status writeFile(const std::string &path, const std::string &content);

// output_0.npy … (or .pb) and outputs.json for the given outputs of the session's last run, in a folder that is made if
// it is missing. All files are renamed into place at the end, or none.
Status writeOutputs(mlc_program *program, mlc_session *session, const std::vector<uint32_t> &outputs,
                    const std::string &folder, bool proto);

// "scores: float32 1x10: 0.1 0.2 … (min 0.1, max 0.9)"
std::string describe(const std::string &name, const mlc_tensor &tensor);

// An element as a number; false for types that have none (complex: its real part).
bool elementValue(const mlc_tensor &tensor, uint64_t index, double &value);

} // namespace mlc::io

#endif // MLC_RUNTIME_IO_OUTPUTS_H
