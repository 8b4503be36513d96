// Every case by the references and by the compiler: passes, groups, schedule, kernels, link, load, run. On every level that
// the machine has, with one worker and with three, with known sizes or, where a case names sizes, with symbols as well.
#include "Case.h"
#include "Evaluate.h"

#include "Fold.h"
#include "mlc/runtime.h"
#include "tools/mlc/Compiler.h"

#include "mlir/IR/Verifier.h"
#include "llvm/Support/FileSystem.h"
#include <cmath>
#include <fstream>
#include <gtest/gtest.h>

using namespace mlir;
using namespace mlc;
using namespace mlc::test;

namespace {

std::vector<std::string> machineLevels() {
#if defined(__x86_64__)
  std::vector<std::string> levels = {"x86-64-v2"};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2"))
    levels.push_back("x86-64-v3");
  if (levels.size() == 2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512cd"))
    levels.push_back("x86-64-v4");
  return levels;
#else
  return {"native"};
#endif
}

double elementOf(ArrayRef<char> bytes, int64_t i, Type type) {
  uint64_t raw = 0;
  int64_t width = storageBytes(type);
  std::memcpy(&raw, bytes.data() + i * width, width);
  if (auto real = dyn_cast<FloatType>(type)) {
    APFloat f(real.getFloatSemantics(), APInt(real.getWidth(), raw));
    bool lost;
    f.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &lost);
    return f.convertToDouble();
  }
  bool isUnsigned = type.isUnsignedInteger() || type.isInteger(1);
  return isUnsigned ? static_cast<double>(raw) : static_cast<double>(static_cast<int64_t>(raw << (64 - 8 * width)) >> (64 - 8 * width));
}

/// Empty where the bytes are near enough to the expected value.
std::string difference(ElementsAttr expected, ArrayRef<char> found, Tolerance tolerance) {
  auto type = cast<RankedTensorType>(expected.getType());
  Type element = type.getElementType();
  SmallVector<char> storage;
  ArrayRef<char> wanted = bytesOf(expected, storage);
  std::string text;
  llvm::raw_string_ostream os(text);
  if (wanted.size() != found.size()) {
    os << found.size() << " bytes, expected " << wanted.size() << " for " << type;
    return text;
  }
  double unit = 0, least = 0;
  if (auto real = dyn_cast<FloatType>(element)) {
    unsigned bits = real.getFPMantissaWidth();
    unit = std::ldexp(1.0, 1 - static_cast<int>(tolerance.bits ? std::min<unsigned>(bits, tolerance.bits) : bits));
    least = APFloat::getSmallest(real.getFloatSemantics()).convertToDouble();
  }
  int64_t wrong = 0, count = type.getNumElements();
  for (int64_t i = 0; i < count; ++i) {
    double want = elementOf(wanted, i, element), got = elementOf(found, i, element);
    bool same = isa<IntegerType>(element)
                    ? !std::memcmp(wanted.data() + i * storageBytes(element), found.data() + i * storageBytes(element), storageBytes(element))
                    : want == got || (std::isnan(want) && std::isnan(got)) ||
                          std::abs(want - got) <= unit * (tolerance.ulps * std::abs(want) + tolerance.absolute) + tolerance.ulps * least;
    if (!same && wrong++ < 3)
      os << "  element " << i << " of " << type << ": " << llvm::format("%.9g, expected %.9g", got, want) << "\n";
  }
  if (wrong)
    os << "  " << wrong << " of " << count << " elements differ\n";
  return text;
}

/// A folder for one artefact.
struct Folder {
  llvm::SmallString<128> path;
  Folder() { (void)llvm::sys::fs::createUniqueDirectory("mlc-emitters", path); }
  ~Folder() { (void)llvm::sys::fs::remove_directories(path); }
  std::string file(const char *name) const { return (path + "/" + name).str(); }
};

bool compile(ModuleOp module, const std::string &level, const std::string &precision, const Folder &folder) {
  {
    std::string text;
    llvm::raw_string_ostream os(text);
    module.print(os); // with the bytes of resources, unlike <<
    std::ofstream(folder.file("case.mlir")) << text;
  }
  CompileRequest request;
  request.model = folder.file("case.mlir");
  request.output = folder.file("case.so");
  request.cpus = {level};
  request.precision = precision;
  request.jobs = 1;
  request.cache = "none";
  CompileResult result;
  mlc_compiler_compile(&request, &result);
  for (const std::string &message : result.messages)
    ADD_FAILURE() << message;
  return result.status == 0;
}

using Outputs = std::vector<std::vector<char>>;

/// Runs the artefact; outputs are empty after a failure.
Outputs run(const std::string &path, ArrayRef<ElementsAttr> inputs, ArrayRef<ElementsAttr> expected, int threads) {
  Outputs outputs;
  mlc_program *program = nullptr;
  mlc_session *session = nullptr;
  mlc_session_options options{sizeof options, threads};
  if (mlc_open(path.c_str(), &program) != MLC_OK || mlc_session_create(program, &options, &session) != MLC_OK) {
    ADD_FAILURE() << mlc_last_error();
    mlc_close(program);
    return outputs;
  }
  std::vector<std::vector<uint64_t>> memory;
  for (auto [i, value] : llvm::enumerate(inputs)) {
    auto type = cast<RankedTensorType>(value.getType());
    SmallVector<char> storage;
    ArrayRef<char> bytes = bytesOf(value, storage);
    memory.emplace_back(bytes.size() / 8 + 1);
    llvm::copy(bytes, reinterpret_cast<char *>(memory.back().data()));
    mlc_tensor tensor{};
    tensor.size = sizeof tensor;
    tensor.dtype = dtypeOf(type.getElementType());
    tensor.rank = static_cast<int32_t>(type.getRank());
    llvm::copy(type.getShape(), tensor.dims);
    tensor.data = memory.back().data();
    tensor.bytes = bytes.size();
    EXPECT_EQ(mlc_feed(session, static_cast<uint32_t>(i), &tensor), MLC_OK) << mlc_last_error();
  }
  if (mlc_run(session) != MLC_OK) {
    ADD_FAILURE() << mlc_last_error();
  } else {
    for (auto [i, value] : llvm::enumerate(expected)) {
      mlc_tensor tensor{};
      tensor.size = sizeof tensor;
      EXPECT_EQ(mlc_output(session, static_cast<uint32_t>(i), &tensor), MLC_OK) << mlc_last_error();
      auto type = cast<RankedTensorType>(value.getType());
      EXPECT_EQ(tensor.dtype, dtypeOf(type.getElementType()));
      EXPECT_EQ(ArrayRef<int64_t>(tensor.dims, tensor.rank), type.getShape());
      const char *data = static_cast<const char *>(tensor.data);
      outputs.emplace_back(data, data + tensor.bytes);
    }
  }
  mlc_session_destroy(session);
  mlc_close(program);
  return outputs;
}

struct Param {
  Case test;
  bool symbolic;
};

void PrintTo(const Param &param, std::ostream *os) { *os << param.test.name; }

class EmittersTest : public testing::TestWithParam<Param> {};

TEST_P(EmittersTest, MatchesTheReferences) {
  const Case &test = GetParam().test;
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<MlcDialect, func::FuncDialect>();

  Graph known(context, test.sizes, false);
  test.make(known);
  ASSERT_EQ(known.problem, "");
  OwningOpRef<ModuleOp> module = known.finish();
  ASSERT_TRUE(succeeded(verify(*module)));
  std::string problem;
  std::vector<ElementsAttr> expected = evaluate(*module->getOps<func::FuncOp>().begin(), known.inputValues(), problem);
  ASSERT_EQ(problem, "");
  if (GetParam().symbolic) {
    Graph symbolic(context, test.sizes, true);
    test.make(symbolic);
    ASSERT_EQ(symbolic.problem, "");
    module = symbolic.finish();
    ASSERT_TRUE(succeeded(verify(*module)));
  }

  std::vector<std::string> levels = machineLevels();
  // Where a case is made twice, lower levels see it with symbols: the loops with known sizes are those of other cases.
  if (test.slow || (test.sizes.any() && !GetParam().symbolic))
    levels = {levels.back()};
  for (const std::string &level : levels) {
    Folder folder;
    SCOPED_TRACE(level);
    if (!compile(*module, level, test.precision, folder))
      continue;
    Outputs alone = run(folder.file("case.so"), known.inputValues(), expected, 1);
    Outputs shared = run(folder.file("case.so"), known.inputValues(), expected, 3);
    ASSERT_EQ(alone.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      std::string wrong = difference(expected[i], alone[i], test.tolerance);
      EXPECT_TRUE(wrong.empty()) << "output " << i << ":\n" << wrong;
    }
    EXPECT_TRUE(alone == shared) << "three workers make other bytes than one";
  }
}

std::vector<Param> params(const std::vector<Case> &cases) {
  std::vector<Param> all;
  for (const Case &test : cases) {
    if (!test.slow || !test.sizes.any())
      all.push_back({test, false});
    if (test.sizes.any())
      all.push_back({test, true});
  }
  return all;
}

std::string paramName(const testing::TestParamInfo<Param> &info) {
  return info.param.test.name + (info.param.symbolic ? "_symbols" : "");
}

#define FAMILY(name, cases) INSTANTIATE_TEST_SUITE_P(name, EmittersTest, testing::ValuesIn(params(cases())), paramName)
FAMILY(Elementwise, elementwiseCases);
FAMILY(Movement, movementCases);
FAMILY(Contraction, contractionCases);
FAMILY(Attention, attentionCases);
FAMILY(Window, windowCases);
FAMILY(Row, rowCases);
FAMILY(Irregular, irregularCases);
FAMILY(Fusion, fusionCases);
FAMILY(Parts, partsCases);

} // namespace
