#include "Support.h"

#include <thread>

using namespace mlc::test;

namespace {

// Writes the bytes, opens them, and returns the status; the sentence is in mlc_last_error.
int32_t openBytes(const std::string &bytes) {
  TemporaryPath file(".so");
  writeAll(file.path, bytes);
  mlc_program *program = nullptr;
  int32_t status = mlc_open(file.path.c_str(), &program);
  mlc_close(program);
  return status;
}

bool says(const char *text) { return contains(mlc_last_error(), text); }

} // namespace

TEST(Artefact, OpensAndDescribesItself) {
  Program program = open("rows");
  const mlc_model *model = mlc_descriptor(program.get());
  EXPECT_STREQ(model->name, "rows");
  EXPECT_EQ(mlc_input_index(program.get(), "bias"), 1);
  EXPECT_EQ(mlc_input_index(program.get(), "y"), -1);
  EXPECT_EQ(mlc_output_index(program.get(), "positive"), 2);
}

TEST(Artefact, EveryAlteredOneIsRefused) {
  const std::string good = readAll(artefact("rows"));
  ASSERT_EQ(openBytes(good), MLC_OK) << mlc_last_error();
  for (size_t place = 0; place < good.size(); place += place < 64 || good.size() - place < 64 ? 1 : 97) {
    std::string bad = good;
    bad[place] = static_cast<char>(bad[place] ^ 4);
    ASSERT_NE(openBytes(bad), MLC_OK) << "byte " << place;
  }
}

TEST(Artefact, CutAppendedAndForeignOnesAreRefused) {
  const std::string good = readAll(artefact("rows"));
  for (double share : {0.0, 0.01, 0.05, 0.2, 0.5, 0.95, 0.99})
    EXPECT_EQ(openBytes(good.substr(0, static_cast<size_t>(share * static_cast<double>(good.size())))), MLC_S_ARTEFACT)
        << share;
  EXPECT_EQ(openBytes(good.substr(0, good.size() - 1)), MLC_S_ARTEFACT);
  EXPECT_TRUE(says("trailer: missing"));
  EXPECT_EQ(openBytes(good + std::string(4096, '\0')), MLC_S_ARTEFACT);
  EXPECT_EQ(openBytes(good + good), MLC_S_ARTEFACT);
  EXPECT_TRUE(says("the artefact was altered")) << mlc_last_error();
  EXPECT_EQ(openBytes("This is no artefact.\n"), MLC_S_ARTEFACT);
  EXPECT_TRUE(says("not a compiled model")) << mlc_last_error();
  EXPECT_EQ(openBytes(""), MLC_S_ARTEFACT);
  EXPECT_EQ(openBytes(std::string(4096, '\0')), MLC_S_ARTEFACT);
  EXPECT_EQ(openBytes(readAll("/proc/self/exe")), MLC_S_ARTEFACT);
  EXPECT_TRUE(says("not written by mlc"));
}

TEST(Artefact, WhatIsNoFileIsRefused) {
  mlc_program *program = nullptr;
  EXPECT_EQ(mlc_open("/nowhere/model.so", &program), MLC_S_FILE);
  EXPECT_TRUE(says("/nowhere/model.so: artefact: cannot be opened"));
  EXPECT_EQ(mlc_open("/dev/zero", &program), MLC_S_FILE);
  EXPECT_EQ(mlc_open("/", &program), MLC_S_FILE);
  EXPECT_EQ(mlc_open(nullptr, &program), MLC_E_ARGUMENT);
}

TEST(Artefact, AnotherVersionIsRefusedNamingBoth) {
  mlc_program *program = nullptr;
  for (const char *name : {"rows-descriptor-2", "rows-trailer-2"}) {
    EXPECT_EQ(mlc_open(artefact(name).c_str(), &program), MLC_E_VERSION);
    EXPECT_TRUE(says("made for version 2 of the binary interface, this program has version 1")) << mlc_last_error();
  }
}

TEST(Artefact, TheSameFileAndOthersOpenInAnyOrder) {
  // The loader knows libraries by name, and names are made of numbers that come round.
  for (int i = 0; i < 20; ++i) {
    Program rows = open("rows"), again = open("rows");
    again.reset();
    Program types = open("types");
    EXPECT_STREQ(mlc_descriptor(types.get())->name, "types");
    EXPECT_STREQ(mlc_descriptor(rows.get())->name, "rows");
    if (i % 2)
      rows.reset();
    Program third = open("rows");
    EXPECT_STREQ(mlc_descriptor(third.get())->name, "rows");
  }
}

TEST(Artefact, ThreadsOpenAtOnce) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([t] {
      for (int i = 0; i < 20; ++i) {
        const char *name = (t + i) % 2 ? "rows" : "types";
        Program program = open(name);
        ASSERT_STREQ(mlc_descriptor(program.get())->name, name);
      }
    });
  for (std::thread &thread : threads)
    thread.join();
}

TEST(Artefact, ReplacingTheFileLeavesTheOpenedOneAlone) {
  TemporaryPath file(".so");
  writeAll(file.path, readAll(artefact("rows")));
  mlc_program *program = nullptr;
  ASSERT_EQ(mlc_open(file.path.c_str(), &program), MLC_OK);
  Program first(program);
  unlink(file.path.c_str());
  writeAll(file.path, readAll(artefact("types")));
  ASSERT_EQ(mlc_open(file.path.c_str(), &program), MLC_OK);
  Program second(program);
  EXPECT_STREQ(mlc_descriptor(first.get())->name, "rows");
  EXPECT_STREQ(mlc_descriptor(second.get())->name, "types");
}

TEST(Artefact, DescriptorsThatLieAreRefused) {
  Program program = open("rows");
  const mlc_model good = *mlc_descriptor(program.get());
  auto status = [](const mlc_model &model) {
    mlc_program *opened = nullptr;
    int32_t status = mlc_open_model(&model, &opened);
    mlc_close(opened);
    return status;
  };
  EXPECT_EQ(status(good), MLC_OK);
  auto changed = [&](auto change) {
    mlc_model bad = good;
    change(bad);
    return status(bad);
  };
  EXPECT_EQ(changed([](mlc_model &m) { m.magic[0] = 'x'; }), MLC_S_ARTEFACT);
  EXPECT_EQ(changed([](mlc_model &m) { m.abi_version = 9; }), MLC_E_VERSION);
  EXPECT_EQ(changed([](mlc_model &m) { m.size = 8; }), MLC_S_ARTEFACT);
  EXPECT_EQ(changed([](mlc_model &m) { m.run = nullptr; }), MLC_S_ARTEFACT);
  EXPECT_EQ(changed([](mlc_model &m) { m.inputs = nullptr; }), MLC_S_ARTEFACT);
  EXPECT_EQ(changed([](mlc_model &m) { m.output_count = UINT32_MAX; }), MLC_S_ARTEFACT);
  EXPECT_EQ(changed([](mlc_model &m) { m.shapes = nullptr; }), MLC_S_ARTEFACT);
  EXPECT_EQ(changed([](mlc_model &m) { m.arena_align = 48; }), MLC_S_ARTEFACT);
  mlc_tensor_info info = good.inputs[0];
  info.rank = 9;
  EXPECT_EQ(changed([&](mlc_model &m) {
              m.inputs = &info;
              m.input_count = 1;
            }),
            MLC_S_ARTEFACT);
  EXPECT_STREQ(mlc_last_error(), "linked model: descriptor: input 0 has an impossible rank");
  EXPECT_EQ(mlc_open_model(nullptr, reinterpret_cast<mlc_program **>(&info)), MLC_E_ARGUMENT);
}

TEST(Artefact, AProcessorWithoutALevelIsRefused) {
  Program program = open("rows");
  mlc_model model = *mlc_descriptor(program.get());
  model.level = [] { return int32_t{-1}; };
  mlc_program *opened = nullptr;
  mlc_session *session = nullptr;
  ASSERT_EQ(mlc_open_model(&model, &opened), MLC_OK);
  EXPECT_EQ(mlc_session_create(opened, nullptr, &session), MLC_E_CPU);
  EXPECT_STREQ(mlc_last_error(), "model 'rows': this processor runs none of its levels: generic");
  mlc_close(opened);
}
