#include "codegen/Target.h"

#include "llvm/Target/TargetMachine.h"
#include <gtest/gtest.h>

using mlc::CpuTarget;

TEST(CpuTarget, KnowsTheLevelsOfX86) {
  auto v2 = CpuTarget::named("x86-64-v2", "x86_64-linux"), v3 = CpuTarget::named("x86-64-v3", "x86_64-linux"),
       v4 = CpuTarget::named("x86-64-v4", "x86_64-linux");
  ASSERT_TRUE(v2 && v3 && v4);
  EXPECT_EQ(v2->vectorBits, 128u);
  EXPECT_FALSE(v2->fusedMultiplyAdd || v2->maskedMemory || v2->halfConversion);
  EXPECT_EQ(v3->vectorBits, 256u);
  EXPECT_EQ(v3->vectorRegisters, 16u);
  EXPECT_TRUE(v3->fusedMultiplyAdd && v3->maskedMemory && v3->halfConversion);
  EXPECT_EQ(v4->vectorBits, 512u);
  EXPECT_EQ(v4->vectorRegisters, 32u);
  EXPECT_EQ(v4->lanes(32), 16);
}

TEST(CpuTarget, KnowsProcessorsByLlvmsNames) {
  auto zen = CpuTarget::named("znver4", "x86_64-linux");
  ASSERT_TRUE(zen);
  EXPECT_EQ(zen->vectorBits, 512u);
  EXPECT_TRUE(zen->enabledFeatures().contains("avx512vnni"));
  EXPECT_TRUE(CpuTarget::named("cortex-a72", "aarch64-linux"));
  EXPECT_FALSE(CpuTarget::named("cortex-a72", "x86_64-linux"));
}

TEST(CpuTarget, RefusesWhatIsUnknown) {
  EXPECT_FALSE(CpuTarget::named("pentium-99", "x86_64-linux"));
  EXPECT_FALSE(CpuTarget::named("i386", "x86_64-linux")) << "a 32-bit processor";
  EXPECT_FALSE(CpuTarget::named("generic", "vax-linux"));
  EXPECT_FALSE(CpuTarget::named("", "vax-linux"));
}

TEST(CpuTarget, GivesEveryTargetACodeGenerator) {
  for (const char *target : {"x86_64-linux", "aarch64-linux", "riscv64-linux"})
    for (const std::string &level : CpuTarget::defaultLevels(target)) {
      auto t = CpuTarget::named(level, target);
      ASSERT_TRUE(t) << target << " " << level;
      EXPECT_TRUE(t->createMachine()) << target;
      EXPECT_EQ(t->baseline().triple, t->triple);
    }
  EXPECT_EQ(CpuTarget::defaultLevels("x86_64-linux"), (std::vector<std::string>{"x86-64-v3", "x86-64-v4"}));
  EXPECT_TRUE(CpuTarget::named("generic", "riscv64-linux")->enabledFeatures().contains("d"));
}

TEST(CpuTarget, NativeIsAlwaysThere) {
  auto host = CpuTarget::named("native", "");
  ASSERT_TRUE(host);
  EXPECT_FALSE(host->cpu.empty());
  EXPECT_GE(host->l1Bytes, 4 << 10);
}
