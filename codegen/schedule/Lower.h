//===- Lower.h - from a schedule to code -----------------------------------===//
#ifndef MLC_CODEGEN_SCHEDULE_LOWER_H
#define MLC_CODEGEN_SCHEDULE_LOWER_H

#include "Schedule.h"
#include "codegen/Target.h"

#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

namespace mlc {

struct LowerOptions {
  std::string symbol;               // C name of the model and beginning of all its symbols
  std::string name;                 // of the model, for people
  std::string producer;             // "mlc 0.1.0"
  std::vector<CpuTarget> levels;    // at least one, best last
  std::string debugFile;            // the model's file, for a line table of the steps; empty: none
  bool entry = false;               // defines MLC_MODEL_SYMBOL as well (shared libraries)
  bool program = false;             // defines mlc_linked_model and keeps all else hidden (programs)
};

/// Symbol of the section of weights, which the object of the weights defines.
std::string weightsSymbol(const LowerOptions &options);

/// The compiled main, descriptor and all, for every processor of the target.
std::unique_ptr<llvm::Module> lowerSchedule(const Schedule &schedule, const LowerOptions &options, llvm::LLVMContext &context);

enum class MainForm { llvm, assembly, object };

/// Text of the module, assembly, or an ELF object. Changes the module.
llvm::Error emitMain(llvm::Module &module, const CpuTarget &level, MainForm form, std::string &out);

} // namespace mlc

#endif // MLC_CODEGEN_SCHEDULE_LOWER_H
