#include "Header.h"

#include "mlc/abi.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace mlc {
namespace {

/// Words of C and C++, and functions that a program with a model has anyway.
const StringSet<> &reserved() {
  static const StringSet<> words = [] {
    StringSet<> set;
    for (StringRef list :
         {"alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl concept const consteval constexpr "
          "constinit const_cast continue co_await co_return co_yield decltype default delete do double dynamic_cast else enum explicit "
          "export extern false float for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr operator or "
          "or_eq private protected public register reinterpret_cast requires restrict return short signed sizeof static static_assert "
          "static_cast struct switch template this thread_local throw true try typedef typeid typename typeof union unsigned using "
          "virtual void volatile wchar_t while xor xor_eq main memcpy memset memmove"}) {
      SmallVector<StringRef> parts;
      list.split(parts, ' ');
      for (StringRef part : parts)
        set.insert(part);
    }
    return set;
  }();
  return words;
}

std::string cleaned(StringRef name) {
  std::string id;
  for (char c : name)
    id += isAlnum(c) || c == '_' ? c : '_';
  return id;
}

const char *cType(int32_t dtype) {
  switch (dtype) {
  case MLC_F32: return "float";
  case MLC_F64: return "double";
  case MLC_I8: case MLC_I4: case MLC_I2: return "int8_t";
  case MLC_I16: return "int16_t";
  case MLC_I32: return "int32_t";
  case MLC_I64: return "int64_t";
  case MLC_U16: case MLC_F16: case MLC_BF16: return "uint16_t";
  case MLC_U32: return "uint32_t";
  case MLC_U64: return "uint64_t";
  default: return "uint8_t";
  }
}

const char *meaning(int32_t dtype) {
  switch (dtype) {
  case MLC_F16: return "IEEE half precision";
  case MLC_BF16: return "bfloat16";
  case MLC_BOOL: return "0 or 1";
  case MLC_U4: case MLC_I4: return "4 bits, one byte an element";
  case MLC_U2: case MLC_I2: return "2 bits, one byte an element";
  case MLC_F8E4M3FN: case MLC_F8E4M3FNUZ: case MLC_F8E5M2: case MLC_F8E5M2FNUZ: case MLC_F8E8M0: return "8-bit float";
  default: return nullptr;
  }
}

/// Text that cannot end a comment.
std::string comment(StringRef text) {
  std::string safe;
  for (char c : text)
    safe += c == '*' || static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  return safe;
}

class HeaderWriter {
public:
  HeaderWriter(const Schedule &s, const LowerOptions &options) : s(s), options(options), name(options.symbol), os(out) {
    upper = StringRef(name).upper();
  }

  std::string write() {
    os << "/* " << name << ".h: the model '" << comment(options.name) << "', compiled by " << options.producer << ".\n *\n";
    describe("Input ", s.inputs);
    describe("Output", s.outputs);
    os << " *\n * Weights: " << s.plan.weights().bytes() << " bytes. Needs nothing but memcpy, memset and memmove.\n */\n";
    os << "#ifndef " << upper << "_H\n#define " << upper << "_H\n\n#include <stdint.h>\n\n";
    os << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
    os << "struct mlc_model;   /* see mlc/abi.h */\nstruct mlc_call;\n\n";
    if (s.plan.slots().empty())
      os << "#define " << upper << "_ARENA_BYTES " << s.plan.staticArenaBytes() << "\n";
    else
      os << "/* The size of the arena depends on the inputs' dimensions: ask " << name << "_shapes. */\n";
    os << "#define " << upper << "_ARENA_ALIGN " << MemoryPlan::kAlign << "\n\n";
    sizes(s.inputs);
    sizes(s.outputs);
    os << "\nextern const struct mlc_model " << name << ";\n\n";
    if (s.isStatic())
      plainRun();
    os << "/* Any call, with a context for threads, and outputs that are not wanted left out. */\n"
       << "int32_t " << name << "_run_call(const struct mlc_call *call);\n\n"
       << "/* Sizes for given dimensions of the inputs; either result may be null. */\n"
       << "int32_t " << name << "_shapes(const int64_t *input_dims, int64_t *output_dims, uint64_t *arena_bytes);\n\n"
       << "#ifdef __cplusplus\n}\n#endif\n#endif\n";
    return out;
  }

private:
  std::string shape(const Port &port) {
    std::string text;
    for (auto [d, e] : enumerate(port.shape))
      text += (d ? " x " : "") + (constantOf(e) ? std::to_string(*constantOf(e)) : port.dimNames[d]);
    return text.empty() ? "scalar" : text;
  }

  void describe(const char *kind, const std::vector<Port> &ports) {
    for (const Port &port : ports) {
      os << " * " << kind << " '" << comment(port.name) << "': " << cType(port.dtype) << ", " << comment(shape(port));
      if (const char *what = meaning(port.dtype))
        os << ", " << what;
      if (port.late)
        os << ", known only during the run";
      os << "\n";
    }
  }

  void sizes(const std::vector<Port> &ports) {
    for (const Port &port : ports)
      if (auto bytes = constantOf(port.bytes))
        os << "#define " << upper << "_" << StringRef(argument(port)).upper() << "_BYTES " << *bytes << "\n";
  }

  /// A parameter's name: valid in C, and no other parameter's.
  std::string argument(const Port &port) {
    auto [known, fresh] = arguments.try_emplace(&port);
    if (!fresh)
      return known->second;
    std::string id = cleaned(port.name);
    if (id.empty() || isDigit(id[0]) || reserved().contains(id))
      id = "t_" + id;
    std::string unique = id;
    for (unsigned n = 2; !taken.insert(StringRef(unique).upper()).second; ++n)
      unique = id + "_" + std::to_string(n);
    return known->second = unique;
  }

  void plainRun() {
    os << "/* One run on the calling thread: 0, or an MLC_E_ code of mlc/abi.h. The arena is aligned to " << upper << "_ARENA_ALIGN. */\n"
       << "int32_t " << name << "_run(";
    for (const Port &port : s.inputs)
      parameter(port, "const ");
    for (const Port &port : s.outputs)
      parameter(port, "");
    os << "void *arena);\n\n";
  }

  void parameter(const Port &port, const char *qualifier) {
    os << qualifier << cType(port.dtype) << " ";
    bool empty = any_of(port.shape, [](mlir::AffineExpr e) { return *constantOf(e) == 0; });
    if (port.shape.empty() || empty) {
      os << "*" << argument(port);
    } else {
      os << argument(port);
      for (mlir::AffineExpr e : port.shape)
        os << "[" << *constantOf(e) << "]";
    }
    os << ", ";
  }

  const Schedule &s;
  const LowerOptions &options;
  std::string name, upper, out;
  raw_string_ostream os;
  DenseMap<const Port *, std::string> arguments;
  StringSet<> taken{"ARENA"};
};

} // namespace

std::string cIdentifier(StringRef name) {
  std::string id = cleaned(name);
  if (id.empty() || isDigit(id[0]) || id[0] == '_' || reserved().contains(id))
    id = "model_" + id;
  return id;
}

std::string writeHeader(const Schedule &schedule, const LowerOptions &options) { return HeaderWriter(schedule, options).write(); }

} // namespace mlc
