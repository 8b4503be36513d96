// From the WHAT of a command line to a session that is ready to run.
#ifndef MLC_TOOLS_MLC_WHAT_H
#define MLC_TOOLS_MLC_WHAT_H

#include "Options.h"

#include <memory>

namespace mlc::cli {

// Whether a file is, was, or claims to be a compiled model: an ELF file, one with mlc's trailer, or a name in .so.
bool isArtefact(const std::string &path);

struct Loaded {
  std::unique_ptr<driver::Job> job;
  double compileSeconds = -1; // -1: it was an artefact
  double loadSeconds = 0;
};

// Done, or the exit status after it has said why. A model file is compiled for exactly the shapes that are fed.
int load(const RunOptions &options, Loaded &loaded);

} // namespace mlc::cli

#endif // MLC_TOOLS_MLC_WHAT_H
