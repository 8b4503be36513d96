// The table of kernels, and the bitcode.
#include "Kernel.h"
#include "kernels/Bitcode.h"

#include <set>

TEST(Entries, EveryNameIsFoundOnce) {
  std::set<std::string> names;
  for (const mlc::ref::Entry *entry = mlc::ref::entries(); entry->name; ++entry) {
    EXPECT_TRUE(names.insert(entry->name).second) << entry->name;
    EXPECT_EQ(mlc::ref::find(entry->name), entry);
    EXPECT_NE(entry->kernel, nullptr);
    EXPECT_GT(std::strlen(entry->parameters), 0u);
  }
  EXPECT_GT(names.size(), 90u);
  EXPECT_TRUE(names.count("and") && names.count("top_k"));
}

TEST(Entries, UnknownNamesAreNull) {
  EXPECT_EQ(mlc::ref::find("ad"), nullptr);
  EXPECT_EQ(mlc::ref::find("adds"), nullptr);
  EXPECT_EQ(mlc::ref::find(""), nullptr);
}

TEST(Entries, TypesWithoutMeaningAreRefused) {
  Kernel("exp").input<int32_t>({1}, {1}).output<int32_t>({1}).run(MLC_E_ARGUMENT);
  Kernel("add").input<bool>({1}, {true}).input<bool>({1}, {true}).output<bool>({1}).run(MLC_E_ARGUMENT);
}

TEST(Bitcode, EachTargetHasAModule) {
  for (const char *architecture : {"x86_64", "aarch64", "riscv64"}) {
    mlc::ref::Bitcode module = mlc::ref::bitcode(architecture);
    ASSERT_GT(module.size, 10000u) << architecture;
    EXPECT_EQ(std::memcmp(module.data, "BC\xC0\xDE", 4), 0) << architecture;
    EXPECT_EQ(reinterpret_cast<uintptr_t>(module.data) % 4, 0u);
  }
  EXPECT_EQ(mlc::ref::bitcode("vax").data, nullptr);
}
