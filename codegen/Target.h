//===- Target.h - the processor as a value ----------------------------------===//
#ifndef MLC_CODEGEN_TARGET_H
#define MLC_CODEGEN_TARGET_H

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace llvm {
class TargetMachine;
}

namespace mlc {

/// What emitters ask of a processor level. They ask; they do not branch on names.
struct CpuTarget {
  std::string level;       // as --cpu names it: x86-64-v3, native, generic, …
  std::string triple;      // x86_64-unknown-linux-gnu, aarch64-…, riscv64-…
  std::string cpu;         // LLVM's name of the processor
  std::string features;    // LLVM's feature string, "+a,-b"
  unsigned vectorBits = 128;
  unsigned vectorRegisters = 16;
  bool maskedMemory = false;  // masked loads and stores are single instructions
  bool fusedMultiplyAdd = false;
  bool halfConversion = false; // f16 <-> f32 without a call
  int64_t l1Bytes = 32 << 10, l2Bytes = 512 << 10;

  int64_t lanes(unsigned elementBits) const { return vectorBits / elementBits; }

  /// The level of that name for a target (x86_64-linux, aarch64-linux, riscv64-linux; "": the host); nothing where LLVM
  /// does not know it.
  static std::optional<CpuTarget> named(llvm::StringRef level, llvm::StringRef target);
  /// The features with which LLVM generates code for the level: "avx512vnni", "zfh", …
  llvm::StringSet<> enabledFeatures() const;
  /// The code generator for the level: position-independent, default optimisation.
  std::unique_ptr<llvm::TargetMachine> createMachine() const;
  /// What every processor of the same target runs.
  CpuTarget baseline() const;

  /// The levels that `mlc compile` makes when none are named, the best last.
  static std::vector<std::string> defaultLevels(llvm::StringRef target);
};

} // namespace mlc

#endif // MLC_CODEGEN_TARGET_H
