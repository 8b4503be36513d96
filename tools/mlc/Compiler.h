// The door between the program `mlc`, which knows no MLIR, and the compiler, a library that is loaded when it is needed
// (libmlc_compiler.so beside the program). Both are built together, so C++ types may cross it.
#ifndef MLC_TOOLS_MLC_COMPILER_H
#define MLC_TOOLS_MLC_COMPILER_H

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace mlc {

struct CompileRequest {
  std::string model;                                    // path of the model file
  std::string output;                                   // path; "-": standard output (text kinds only)
  std::string emit;                                     // "" (by ending), shared, static, obj, exe, header, mlir, …
  std::string target;                                   // "" (host), x86_64-linux, aarch64-linux, riscv64-linux
  std::vector<std::string> cpus;                        // levels, best last; empty: the default of the target
  std::map<std::string, std::vector<int64_t>> shapes;   // --shape, by input name; -1 keeps a dimension free
  std::vector<std::string> inputs, outputs;             // --inputs, --outputs: a sub-model; empty: as the model says
  std::string name;                                     // C name of the model; empty: from the output's file name
  std::string precision;                                // of constant weights: "" or f32, f16, bf16
  int jobs = 0;                                         // 0: as many as cores allowed
  bool remarks = false;                                 // decisions on standard error
  bool timePasses = false;
  bool debug = false;                                   // line table of layers
  std::string cache;                                    // folder of compiled kernels; "" default place, "none": off
  std::string printAfter;                               // pass to print the module after, "all", or ""
  std::string dumpTo;                                   // folder for every stage, or ""
  std::string onlyKernel;                               // emit only this kernel (text kinds)
  std::function<void(const std::string &stage, double share)> progress;  // may be empty
};

// Status as the program's exit status: 0 done, 1 refused, 2 wrong use, 70 internal fault. `messages` are whole lines without the
// "mlc: error: " in front: FILE: LOCATION: what is wrong.
struct CompileResult {
  int status = 0;
  std::vector<std::string> messages;
  std::vector<std::string> notes;                       // remarks and warnings
  double seconds = 0;
};

struct CheckRequest {
  std::string model;
  std::string json;                                     // path or ""
  std::map<std::string, std::vector<int64_t>> shapes;
};

struct InspectRequest {
  std::string model;                                    // a model file (artefacts are inspected without the compiler)
  std::string json;
  std::map<std::string, std::vector<int64_t>> shapes;
  std::vector<std::string> cpus;
};

} // namespace mlc

// The functions that libmlc_compiler.so exports. They never throw and never end the process. `text` gets what is for
// standard output.
extern "C" {
void mlc_compiler_compile(const mlc::CompileRequest *, mlc::CompileResult *);
void mlc_compiler_check(const mlc::CheckRequest *, mlc::CompileResult *, std::string *text);
void mlc_compiler_inspect(const mlc::InspectRequest *, mlc::CompileResult *, std::string *text);
}

#endif // MLC_TOOLS_MLC_COMPILER_H
