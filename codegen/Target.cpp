#include "Target.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

#include <memory>
#include <mutex>
#include <unistd.h>

using namespace llvm;

namespace mlc {
namespace {

void initializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo(), LLVMInitializeX86Target(), LLVMInitializeX86TargetMC(), LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();
    LLVMInitializeAArch64TargetInfo(), LLVMInitializeAArch64Target(), LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmPrinter();
    LLVMInitializeRISCVTargetInfo(), LLVMInitializeRISCVTarget(), LLVMInitializeRISCVTargetMC();
    LLVMInitializeRISCVAsmPrinter();
  });
}

/// The triple of a target as --target names it; empty where it is unknown.
std::string tripleOf(StringRef target) {
  if (target.empty()) {
    Triple host(sys::getProcessTriple());
    target = host.getArch() == Triple::x86_64    ? "x86_64-linux"
             : host.getArch() == Triple::aarch64 ? "aarch64-linux"
             : host.getArch() == Triple::riscv64 ? "riscv64-linux"
                                                 : "";
  }
  if (target == "x86_64-linux" || target == "aarch64-linux" || target == "riscv64-linux")
    return (target.split('-').first + "-unknown-linux-gnu").str();
  return "";
}

/// A full triple is accepted too, so that a target can be made again from its own fields.
std::string checkedTriple(StringRef target) {
  if (target.ends_with("-unknown-linux-gnu"))
    return tripleOf((target.split('-').first + "-linux").str());
  return tripleOf(target);
}

/// The host's features in a fixed order.
std::string hostFeatures() {
  std::vector<std::string> all;
  for (const auto &feature : sys::getHostCPUFeatures())
    all.push_back((feature.getValue() ? "+" : "-") + feature.getKey().str());
  llvm::sort(all, [](const std::string &a, const std::string &b) { return StringRef(a).drop_front() < StringRef(b).drop_front(); });
  return join(all, ",");
}

std::unique_ptr<MCSubtargetInfo> subtarget(const std::string &triple, StringRef cpu, StringRef features) {
  initializeTargets();
  std::string error;
  Triple parsed(triple);
  const llvm::Target *target = TargetRegistry::lookupTarget(parsed, error);
  if (!target)
    return nullptr;
  // A name that LLVM does not know would only be warned about, on standard error, and taken for "generic".
  std::unique_ptr<MCSubtargetInfo> plain(target->createMCSubtargetInfo(parsed, "", ""));
  if (!plain || (!cpu.empty() && !plain->isCPUStringValid(cpu)))
    return nullptr;
  return std::unique_ptr<MCSubtargetInfo>(target->createMCSubtargetInfo(parsed, cpu, features));
}

void describeX86(CpuTarget &t, const MCSubtargetInfo &info) {
  auto has = [&](const char *features) { return info.checkFeatures(features); };
  bool wide = has("+avx512f,+avx512vl,+avx512bw,+avx512dq"), middle = has("+avx2,+fma");
  t.vectorBits = wide ? 512 : middle ? 256 : 128;
  t.vectorRegisters = wide ? 32 : 16;
  t.maskedMemory = wide || middle;
  t.fusedMultiplyAdd = has("+fma") || wide;
  t.halfConversion = has("+f16c") || wide;
  // What a processor with 512-bit vectors has at least.
  if (wide)
    t.l2Bytes = 1 << 20;
}

void measureHostCaches(CpuTarget &t) {
#ifdef _SC_LEVEL1_DCACHE_SIZE
  if (long bytes = sysconf(_SC_LEVEL1_DCACHE_SIZE); bytes > 0)
    t.l1Bytes = bytes;
  if (long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE); bytes > 0)
    t.l2Bytes = bytes;
#endif
}

} // namespace

std::optional<CpuTarget> CpuTarget::named(StringRef level, StringRef target) {
  CpuTarget t;
  t.level = level.str();
  t.triple = checkedTriple(target);
  if (t.triple.empty())
    return std::nullopt;
  Triple triple(t.triple);
  bool isX86 = triple.getArch() == Triple::x86_64, isRiscv = triple.getArch() == Triple::riscv64;
  if (level == "native") {
    if (t.triple != tripleOf(""))
      return std::nullopt;
    t.cpu = sys::getHostCPUName().str();
    t.features = hostFeatures();
    measureHostCaches(t);
  } else if (level == "generic") {
    t.cpu = isX86 ? "x86-64" : isRiscv ? "generic-rv64" : "generic";
  } else {
    t.cpu = level.str();
  }
  // Linux for RISC-V is built for rv64gc; LLVM's generic processor has none of it.
  if (isRiscv && level != "native")
    t.features = "+m,+a,+f,+d,+c";

  std::unique_ptr<MCSubtargetInfo> info = subtarget(t.triple, t.cpu, t.features);
  if (!info)
    return std::nullopt;
  if (isX86) {
    // 32-bit processors have names in LLVM too.
    if (!info->checkFeatures("+64bit"))
      return std::nullopt;
    describeX86(t, *info);
  } else {
    t.vectorRegisters = 32;
    t.fusedMultiplyAdd = true;
    t.halfConversion = triple.isAArch64() || info->checkFeatures("+zfh");
  }
  return t;
}

std::vector<std::string> CpuTarget::defaultLevels(StringRef target) {
  if (Triple(checkedTriple(target)).getArch() == Triple::x86_64)
    return {"x86-64-v3", "x86-64-v4"};
  return {"generic"};
}

StringSet<> CpuTarget::enabledFeatures() const {
  StringSet<> names;
  if (std::unique_ptr<MCSubtargetInfo> info = subtarget(triple, cpu, features))
    for (const SubtargetFeatureKV &feature : info->getEnabledProcessorFeatures())
      names.insert(feature.Key);
  return names;
}

std::unique_ptr<TargetMachine> CpuTarget::createMachine() const {
  initializeTargets();
  std::string error;
  Triple parsed(triple);
  const llvm::Target *found = TargetRegistry::lookupTarget(parsed, error);
  if (!found)
    return nullptr;
  TargetOptions options;
  options.AllowFPOpFusion = FPOpFusion::Standard;
  if (parsed.isRISCV64())
    options.MCOptions.ABIName = "lp64d";
  return std::unique_ptr<TargetMachine>(
      found->createTargetMachine(parsed, cpu, features, options, Reloc::PIC_, std::nullopt, CodeGenOptLevel::Default));
}

CpuTarget CpuTarget::baseline() const { return *named("generic", triple); }

} // namespace mlc
