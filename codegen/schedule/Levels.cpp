#include "Levels.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"

#include <map>

using namespace llvm;

namespace mlc {
namespace {

enum Register : unsigned { eax, ebx, ecx, edx };

/// Where a processor says that it has a feature: a bit of a register of a leaf of cpuid, and, where registers are wider
/// than the operating system may know of, bits of XCR0.
struct Check {
  const char *feature;
  uint32_t leaf, subleaf;
  Register reg;
  unsigned bit;
  uint32_t xcr0 = 0;
};

constexpr uint32_t kYmm = 0x6, kZmm = 0xe6, kTiles = 0x60000;

/// Every feature whose instructions LLVM or an emitter may use when it is on.
constexpr Check kChecks[] = {
    {"sse3", 1, 0, ecx, 0},
    {"pclmul", 1, 0, ecx, 1},
    {"ssse3", 1, 0, ecx, 9},
    {"fma", 1, 0, ecx, 12, kYmm},
    {"cx16", 1, 0, ecx, 13},
    {"sse4.1", 1, 0, ecx, 19},
    {"sse4.2", 1, 0, ecx, 20},
    {"movbe", 1, 0, ecx, 22},
    {"popcnt", 1, 0, ecx, 23},
    {"aes", 1, 0, ecx, 25},
    {"avx", 1, 0, ecx, 28, kYmm},
    {"f16c", 1, 0, ecx, 29, kYmm},
    {"bmi", 7, 0, ebx, 3},
    {"avx2", 7, 0, ebx, 5, kYmm},
    {"bmi2", 7, 0, ebx, 8},
    {"avx512f", 7, 0, ebx, 16, kZmm},
    {"avx512dq", 7, 0, ebx, 17, kZmm},
    {"adx", 7, 0, ebx, 19},
    {"avx512ifma", 7, 0, ebx, 21, kZmm},
    {"avx512cd", 7, 0, ebx, 28, kZmm},
    {"sha", 7, 0, ebx, 29},
    {"avx512bw", 7, 0, ebx, 30, kZmm},
    {"avx512vl", 7, 0, ebx, 31, kZmm},
    {"avx512vbmi", 7, 0, ecx, 1, kZmm},
    {"avx512vbmi2", 7, 0, ecx, 6, kZmm},
    {"gfni", 7, 0, ecx, 8},
    {"vaes", 7, 0, ecx, 9, kYmm},
    {"vpclmulqdq", 7, 0, ecx, 10, kYmm},
    {"avx512vnni", 7, 0, ecx, 11, kZmm},
    {"avx512bitalg", 7, 0, ecx, 12, kZmm},
    {"avx512vpopcntdq", 7, 0, ecx, 14, kZmm},
    {"avx512vp2intersect", 7, 0, edx, 8, kZmm},
    {"amx-bf16", 7, 0, edx, 22, kTiles},
    {"avx512fp16", 7, 0, edx, 23, kZmm},
    {"amx-tile", 7, 0, edx, 24, kTiles},
    {"amx-int8", 7, 0, edx, 25, kTiles},
    {"avxvnni", 7, 1, eax, 4, kYmm},
    {"avx512bf16", 7, 1, eax, 5, kZmm},
    {"amx-fp16", 7, 1, eax, 21, kTiles},
    {"avxifma", 7, 1, eax, 23, kYmm},
    {"avxvnniint8", 7, 1, edx, 4, kYmm},
    {"avxneconvert", 7, 1, edx, 5, kYmm},
    {"avxvnniint16", 7, 1, edx, 10, kYmm},
    {"sahf", 0x80000001, 0, ecx, 0},
    {"lzcnt", 0x80000001, 0, ecx, 5},
    {"sse4a", 0x80000001, 0, ecx, 6},
    {"xop", 0x80000001, 0, ecx, 11, kYmm},
    {"fma4", 0x80000001, 0, ecx, 16, kYmm},
    {"tbm", 0x80000001, 0, ecx, 21},
};

class LevelEmitter {
public:
  LevelEmitter(Module &module, StringRef name) : module(module), name(name), context(module.getContext()), b(context) {
    i32 = b.getInt32Ty();
  }

  Function *emit(ArrayRef<CpuTarget> levels) {
    // 0: not looked at yet; otherwise the index + 1, or -1 where none fits.
    auto *state = new GlobalVariable(module, i32, false, GlobalValue::InternalLinkage, b.getInt32(0), name + ".level.bound");
    Function *function = create(name + ".level", i32);
    BasicBlock *entry = BasicBlock::Create(context, "", function), *find = BasicBlock::Create(context, "find", function),
               *known = BasicBlock::Create(context, "known", function);
    b.SetInsertPoint(entry);
    LoadInst *bound = b.CreateAlignedLoad(i32, state, Align(4));
    bound->setAtomic(AtomicOrdering::Monotonic);
    b.CreateCondBr(b.CreateICmpEQ(bound, b.getInt32(0)), find, known);

    std::vector<Function *> fits;
    for (const CpuTarget &level : levels)
      fits.push_back(emitFits(level, static_cast<unsigned>(fits.size())));
    b.SetInsertPoint(find);
    Value *found = b.getInt32(-1u);
    for (auto [i, fit] : enumerate(fits))
      found = b.CreateSelect(b.CreateCall(fit), b.getInt32(static_cast<uint32_t>(i) + 1), found);
    StoreInst *store = b.CreateAlignedStore(found, state, Align(4));
    store->setAtomic(AtomicOrdering::Monotonic);
    b.CreateBr(known);

    b.SetInsertPoint(known);
    PHINode *result = b.CreatePHI(i32, 2);
    result->addIncoming(bound, entry);
    result->addIncoming(found, find);
    // -1 stays -1.
    b.CreateRet(b.CreateSelect(b.CreateICmpSLT(result, b.getInt32(0)), result, b.CreateSub(result, b.getInt32(1))));
    return function;
  }

private:
  Function *create(const Twine &as, Type *result) {
    auto *function = Function::Create(FunctionType::get(result, false), GlobalValue::InternalLinkage, as, module);
    function->setDoesNotThrow();
    return function;
  }

  Value *cpuid(uint32_t leaf, uint32_t subleaf) {
    Type *result = StructType::get(i32, i32, i32, i32);
    auto *code = InlineAsm::get(FunctionType::get(result, {i32, i32}, false), "cpuid",
                                "={ax},={bx},={cx},={dx},0,2,~{dirflag},~{fpsr},~{flags}", false);
    return b.CreateCall(code, {b.getInt32(leaf), b.getInt32(subleaf)});
  }

  Value *xcr0() {
    auto *code = InlineAsm::get(FunctionType::get(StructType::get(i32, i32), {i32}, false), "xgetbv",
                                "={ax},={dx},{cx},~{dirflag},~{fpsr},~{flags}", false);
    return b.CreateExtractValue(b.CreateCall(code, {b.getInt32(0)}), 0);
  }

  /// Goes on in a new block where the condition holds, otherwise returns false.
  void require(Value *condition) {
    Function *function = b.GetInsertBlock()->getParent();
    BasicBlock *next = BasicBlock::Create(context, "", function);
    b.CreateCondBr(condition, next, refuse);
    b.SetInsertPoint(next);
  }
  void requireBits(Value *value, uint32_t mask) {
    require(b.CreateICmpEQ(b.CreateAnd(value, b.getInt32(mask)), b.getInt32(mask)));
  }

  Function *emitFits(const CpuTarget &level, unsigned index) {
    Function *function = create(name + ".fits." + Twine(index), b.getInt1Ty());
    b.SetInsertPoint(BasicBlock::Create(context, "", function));
    refuse = BasicBlock::Create(context, "refuse", function);
    if (StringRef(level.triple).starts_with("x86_64"))
      requireX86(level);
    b.CreateRet(b.getTrue());
    b.SetInsertPoint(refuse);
    b.CreateRet(b.getFalse());
    if (refuse->hasNPredecessors(0))
      refuse->eraseFromParent();
    return function;
  }

  void requireX86(const CpuTarget &level) {
    std::map<std::pair<uint32_t, uint32_t>, std::array<uint32_t, 4>> masks;
    uint32_t saved = 0;
    StringSet<> features = level.enabledFeatures();
    for (const Check &check : kChecks)
      if (features.contains(check.feature)) {
        masks[{check.leaf, check.subleaf}][check.reg] |= 1u << check.bit;
        saved |= check.xcr0;
      }
    if (saved)
      masks[{1, 0}][ecx] |= 1u << 27;   // xgetbv may be used
    // A leaf beyond the last one reads as another leaf.
    for (uint32_t base : {0u, 0x80000000u}) {
      uint32_t last = 0;
      for (auto &[leaf, registers] : masks)
        if ((leaf.first & 0x80000000u) == base)
          last = leaf.first;
      if (last)
        require(b.CreateICmpUGE(b.CreateExtractValue(cpuid(base, 0), eax), b.getInt32(last)));
    }
    for (auto &[leaf, registers] : masks) {
      if (leaf.second)
        require(b.CreateICmpUGE(b.CreateExtractValue(cpuid(leaf.first, 0), eax), b.getInt32(leaf.second)));
      Value *answer = cpuid(leaf.first, leaf.second);
      for (unsigned r = 0; r < 4; ++r)
        if (registers[r])
          requireBits(b.CreateExtractValue(answer, r), registers[r]);
    }
    if (saved)
      requireBits(xcr0(), saved);
  }

  Module &module;
  std::string name;
  LLVMContext &context;
  IRBuilder<> b;
  Type *i32;
  BasicBlock *refuse = nullptr;
};

} // namespace

Function *emitLevelFunction(Module &module, StringRef name, ArrayRef<CpuTarget> levels) {
  return LevelEmitter(module, name).emit(levels);
}

} // namespace mlc
