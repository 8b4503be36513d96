// No function needs a library on any processor.
#include "Machine.h"

#include <gtest/gtest.h>

namespace {

struct Processor {
  const char *name, *triple, *cpu, *features;
};

class Calls : public testing::TestWithParam<Processor> {};

TEST_P(Calls, AreNotLeft) {
  Processor p = GetParam();
  auto specs = allFunctions(exhaustive ? std::vector<int>{4, 8, 16} : std::vector<int>{8});
  for (const auto &spec : allFunctions({2}))
    specs.push_back({spec.name + "_scalar", spec.op, spec.from, spec.to, 0, spec.binary});
  std::string names;
  for (const auto &name : undefinedSymbols(specs, p.triple, p.cpu, p.features))
    names += name + " ";
  EXPECT_EQ(names, "");
}

INSTANTIATE_TEST_SUITE_P(Processors, Calls,
                         testing::Values(Processor{"v2", "x86_64-unknown-linux-gnu", "x86-64-v2", ""},
                                         Processor{"v3", "x86_64-unknown-linux-gnu", "x86-64-v3", ""},
                                         Processor{"v4", "x86_64-unknown-linux-gnu", "x86-64-v4", ""},
                                         Processor{"aarch64", "aarch64-unknown-linux-gnu", "generic", ""},
                                         Processor{"riscv64", "riscv64-unknown-linux-gnu", "generic-rv64", "+m,+a,+f,+d,+c"}),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
