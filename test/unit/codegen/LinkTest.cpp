#include "codegen/link/Link.h"
#include "codegen/link/WeightsObject.h"
#include "codegen/Target.h"

#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Target/TargetMachine.h"
#include "mlir/IR/MLIRContext.h"
#include <gtest/gtest.h>

using namespace mlc;

namespace {

std::string objectOf(const char *ir, const char *target = "x86_64-linux") {
  llvm::LLVMContext context;
  llvm::SMDiagnostic problem;
  auto module = llvm::parseAssemblyString(ir, problem, context);
  auto machine = CpuTarget::named("generic", target)->createMachine();
  module->setDataLayout(machine->createDataLayout());
  module->setTargetTriple(machine->getTargetTriple());
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream os(bytes);
  llvm::legacy::PassManager passes;
  machine->addPassesToEmitFile(passes, os, nullptr, llvm::CodeGenFileType::ObjectFile);
  passes.run(*module);
  return std::string(bytes.data(), bytes.size());
}

TEST(CheckUndefined, NamesWhoNeedsWhat) {
  WeightsLayout weights;
  LinkInputs inputs;
  inputs.symbol = "m";
  inputs.weightsSymbol = "m.weights";
  inputs.weights = &weights;
  inputs.main = objectOf("declare hidden void @k()\n define void @m_run() nounwind { call void @k() ret void }");
  inputs.kernels.push_back({"k", "relu", objectOf("declare float @expf(float)\n define hidden float @k(float %x) nounwind { %y = call float @expf(float %x) ret float %y }")});
  std::string text = llvm::toString(checkUndefined(inputs));
  EXPECT_NE(text.find("kernel 'relu' (k)"), std::string::npos) << text;
  EXPECT_NE(text.find("expf"), std::string::npos) << text;
  inputs.kernels[0].bytes = objectOf("declare void @memcpy(ptr, ptr, i64)\n define hidden void @k() nounwind { call void @memcpy(ptr null, ptr null, i64 0) ret void }");
  EXPECT_EQ(llvm::toString(checkUndefined(inputs)), "");
  inputs.kernels[0].bytes = objectOf("define hidden void @other() nounwind { ret void }");
  EXPECT_NE(llvm::toString(checkUndefined(inputs)).find("does not define k"), std::string::npos);
}

TEST(WeightsObject, HoldsTheBytesOnEveryTarget) {
  mlir::MLIRContext context;
  auto type = mlir::RankedTensorType::get({4}, mlir::Float32Type::get(&context));
  WeightsLayout weights;
  EXPECT_EQ(weights.add(mlir::DenseElementsAttr::get(type, {1.f, 2.f, 3.f, 4.f})), 0);
  EXPECT_EQ(weights.add(mlir::DenseElementsAttr::get(type, {5.f, 6.f, 7.f, 8.f})), 64);
  EXPECT_EQ(weights.add(mlir::DenseElementsAttr::get(type, {1.f, 2.f, 3.f, 4.f})), 0);
  for (const char *target : {"x86_64-linux", "aarch64-linux", "riscv64-linux"}) {
    std::string like = objectOf("define void @f() nounwind { ret void }", target);
    llvm::SmallString<128> path;
    ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("weights", "o", path));
    ASSERT_EQ(llvm::toString(writeWeightsObject(weights, "m.weights", like, path)), "");
    auto file = llvm::MemoryBuffer::getFile(path);
    auto object = llvm::object::ObjectFile::createELFObjectFile((*file)->getMemBufferRef());
    ASSERT_TRUE(static_cast<bool>(object)) << target;
    bool section = false;
    for (const llvm::object::SectionRef &s : (*object)->sections())
      if (llvm::cantFail(s.getName()) == ".mlc.weights") {
        section = true;
        llvm::StringRef bytes = llvm::cantFail(s.getContents());
        EXPECT_EQ(bytes.size(), 128u);
        EXPECT_EQ(s.getAlignment().value(), 64u);
        float eight;
        std::memcpy(&eight, bytes.data() + 64 + 12, 4);
        EXPECT_EQ(eight, 8.f);
      }
    EXPECT_TRUE(section);
    auto symbol = (*object)->symbols().begin();
    EXPECT_EQ(llvm::cantFail(symbol->getName()), "m.weights");
    llvm::sys::fs::remove(path);
  }
}

TEST(WriteText, LeavesNothingBehindWhereItCannotWrite) {
  llvm::SmallString<128> folder;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("mlc-test", folder));
  EXPECT_NE(llvm::toString(writeText("x", (folder + "/missing/file").str())), "");
  llvm::sys::fs::create_directory(folder + "/taken");
  std::string text = llvm::toString(writeText("x", (folder + "/taken").str()));
  EXPECT_NE(text.find("cannot be written"), std::string::npos) << text;
  EXPECT_EQ(llvm::toString(writeText("x", (folder + "/file").str())), "");
  std::error_code ec;
  int entries = 0;
  for (llvm::sys::fs::directory_iterator it(folder, ec), end; it != end && !ec; it.increment(ec))
    ++entries;
  EXPECT_EQ(entries, 2);
  llvm::sys::fs::remove_directories(folder);
}

} // namespace
