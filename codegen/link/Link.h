//===- Link.h - objects to artefacts ---------------------------------------===//
#ifndef MLC_CODEGEN_LINK_LINK_H
#define MLC_CODEGEN_LINK_LINK_H

#include "OutputFile.h"
#include "codegen/memory/Weights.h"

#include "llvm/Support/Error.h"
#include <vector>

namespace mlc {

/// One compiled kernel.
struct KernelObject {
  std::string symbol;
  std::string name;     // for people
  std::string bytes;    // an ELF object
};

struct LinkInputs {
  std::string symbol;                  // C name of the model
  std::string weightsSymbol;
  std::string main;                    // ELF object of the schedule
  std::vector<KernelObject> kernels;
  const WeightsLayout *weights = nullptr;
};

enum class Artefact { object, archive, shared, program };

struct LinkOptions {
  Artefact kind = Artefact::shared;
  std::string output;
  /// Folder of mlc_main.o, which programs are made of.
  std::string supportFolder;
};

/// Checks that nothing but memcpy, memset and memmove is missing in the objects; the error names who needs what.
llvm::Error checkUndefined(const LinkInputs &inputs);

/// Makes the artefact in its place. Frees the inputs' bytes once they are in files. One link runs at a time.
llvm::Error link(LinkInputs &inputs, const LinkOptions &options);

} // namespace mlc

#endif // MLC_CODEGEN_LINK_LINK_H
