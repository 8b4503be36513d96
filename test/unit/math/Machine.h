//===- Machine.h - functions of vectors, compiled as kernels are -------------===//
#ifndef MLC_TEST_UNIT_MATH_MACHINE_H
#define MLC_TEST_UNIT_MATH_MACHINE_H

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

/// Elements that a compiled function handles at a time.
constexpr int64_t blockSize = 1 << 14;

/// One operation, on so many lanes (0: scalars): y[i] = op(x[i]) or op(x[i], z[i]).
struct FunctionSpec {
  std::string name, op; // op: math.exp, arith.extf …
  std::string from, to; // element types
  int lanes;
  bool binary = false;
};

/// Specs of all unary functions, powf and conversions for these lane counts of f32; f64 gets half of them.
std::vector<FunctionSpec> allFunctions(const std::vector<int> &lanes);

/// The host's processor levels to test on: one that fuses multiplication and addition, and one that does not.
std::vector<std::string> processors();

/// Compiled functions in memory.
class Machine {
public:
  Machine(const std::vector<FunctionSpec> &specs, const std::string &cpu);
  ~Machine();
  using Unary = void (*)(const void *, void *);
  using Binary = void (*)(const void *, const void *, void *);
  void *find(const std::string &name) const;
  Unary unary(const std::string &name) const { return reinterpret_cast<Unary>(find(name)); }
  Binary binary(const std::string &name) const { return reinterpret_cast<Binary>(find(name)); }

private:
  struct State;
  std::unique_ptr<State> state;
};

/// Symbols that the functions' object for a processor refers to and does not define.
std::vector<std::string> undefinedSymbols(const std::vector<FunctionSpec> &specs, const std::string &triple,
                                          const std::string &cpu, const std::string &features);

/// --exhaustive: all floats. --thorough: all from 2^-30 to 2^30 and their negatives, every 61st of the others.
extern bool exhaustive, thorough;

#endif // MLC_TEST_UNIT_MATH_MACHINE_H
