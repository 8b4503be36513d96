#include "Graph.h"

#include "Fold.h"

#include "mlir/AsmParser/AsmParser.h"
#include <cmath>

using namespace mlir;

namespace mlc::test {

Graph::Graph(MLIRContext &context, Sizes sizes, bool symbolic)
    : context(context), sizes(sizes), symbolic(symbolic), module(ModuleOp::create(UnknownLoc::get(&context))), builder(&context) {
  builder.setInsertionPointToStart(module->getBody());
  function = func::FuncOp::create(builder, module->getLoc(), "main", builder.getFunctionType({}, {}));
  builder.setInsertionPointToStart(function.addEntryBlock());
}

Shape Graph::expressions(const std::string &text) {
  auto map = dyn_cast_if_present<AffineMapAttr>(parseAttribute("affine_map<()[n, m, k] -> (" + text + ")>", &context));
  if (!map) {
    problem = "cannot read the expressions " + text;
    return {};
  }
  Shape shape;
  SmallVector<AffineExpr> given;
  for (int64_t size : {sizes.n, sizes.m, sizes.k})
    given.push_back(constantExpr(size, &context));
  for (AffineExpr e : map.getValue().getResults())
    shape.push_back(symbolic ? e : e.replaceSymbols(given));
  return shape;
}

RankedTensorType Graph::type(const std::string &text) {
  auto [element, dims] = StringRef(text).split('[');
  return tensorType(expressions(dims.drop_back(1).str()), parseType(element, &context));
}

RankedTensorType Graph::known(RankedTensorType type) {
  SmallVector<int64_t> shape;
  SmallVector<AffineExpr> given;
  for (int64_t size : {sizes.n, sizes.m, sizes.k})
    given.push_back(constantExpr(size, &context));
  for (AffineExpr e : shapeOf(type))
    shape.push_back(*constantOf(e.replaceSymbols(given)));
  return RankedTensorType::get(shape, type.getElementType());
}

// Bits of the i-th element; the generator is splitmix64, the same everywhere.
ElementsAttr Graph::draw(RankedTensorType type, const std::string &how) {
  auto next = [&] {
    uint64_t z = random += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  };
  auto even = [&] { return static_cast<double>(next() >> 11) * 0x1p-53; };
  Type element = type.getElementType();
  auto real = dyn_cast<FloatType>(element);
  unsigned bits = element.getIntOrFloatBitWidth();
  bool isUnsigned = element.isUnsignedInteger() || bits == 1;
  bool full = how == "full";
  double low = real ? -2 : -100, high = real ? 2 : 100;
  std::vector<double> list;
  if (StringRef(how).starts_with("=")) {
    SmallVector<StringRef> parts;
    StringRef(how).drop_front(1).split(parts, ',');
    for (StringRef part : parts)
      list.push_back(std::atof(part.str().c_str()));
  } else if (!how.empty() && !full) {
    auto [a, b] = StringRef(how).split(':');
    low = std::atof(a.str().c_str()), high = std::atof(b.str().c_str());
  }
  if (!real) {
    low = std::max(low, isUnsigned ? 0 : -std::ldexp(1, bits - 1));
    high = std::min(high, std::ldexp(1, isUnsigned ? bits : bits - 1) - 1);
  }
  std::vector<char> bytes;
  int64_t width = storageBytes(element);
  for (int64_t i = 0; i < type.getNumElements(); ++i) {
    double v = !list.empty() ? list[i % list.size()] : real ? low + even() * (high - low) : std::floor(low + even() * (high - low + 1));
    uint64_t raw;
    if (real) {
      if (full) {
        const double special[] = {0.0, -0.0, INFINITY, -INFINITY, NAN, 1, -1, 0.5, -0.5, 1.5, 2.5};
        v = i < 11 ? special[i] : std::ldexp(even() * 2 - 1, static_cast<int>(next() % 24) - 12);
      }
      APFloat f(v);
      bool lost;
      f.convert(real.getFloatSemantics(), APFloat::rmNearestTiesToEven, &lost);
      raw = f.bitcastToAPInt().getZExtValue();
    } else {
      raw = static_cast<uint64_t>(static_cast<int64_t>(v));
      if (full) {
        raw = next() >> (next() % 2 ? 0 : 64 - std::min(bits, 8u));
        if (bits < 8) {
          raw &= (1u << bits) - 1;
          if (!isUnsigned && raw >> (bits - 1))
            raw |= ~uint64_t(0) << bits;
        }
      }
    }
    for (int64_t byte = 0; byte < width; ++byte)
      bytes.push_back(static_cast<char>(raw >> (8 * byte)));
  }
  return constantFromBytes(type, std::move(bytes));
}

Value Graph::in(const std::string &text, const std::string &how) {
  RankedTensorType t = type(text);
  unsigned number = function.getNumArguments();
  Symbols symbols(function);
  // The first input that has a size as a dimension says what its symbol is.
  const char *names[] = {"n", "m", "k"};
  for (auto [d, e] : llvm::enumerate(shapeOf(t)))
    if (auto s = dyn_cast<AffineSymbolExpr>(e); s && s.getPosition() == symbols.count())
      symbols.add(names[s.getPosition()], "input", sizes.low, {constantExpr(number, &context), constantExpr(d, &context)});
  for (AffineExpr e : shapeOf(t))
    e.walk([&](AffineExpr part) {
      if (auto s = dyn_cast<AffineSymbolExpr>(part); s && s.getPosition() >= symbols.count())
        problem = "no dimension says what a size in " + text + " is";
    });
  (void)function.insertArgument(number, t, builder.getDictionaryAttr({}), builder.getUnknownLoc());
  values.push_back(draw(known(t), how));
  return function.getArgument(number);
}

Value Graph::constant(const std::string &text, const std::string &how) {
  return ConstantOp::create(builder, builder.getUnknownLoc(), draw(known(type(text)), how));
}

Graph::Values Graph::ops(const std::string &name, const Values &operands, const std::string &attributes, const std::vector<std::string> &types) {
  std::string text = "{" + attributes + "}";
  for (size_t at; (at = text.find("@(")) != std::string::npos;) {
    size_t end = text.find(')', at), depth = 1;
    for (end = at + 2; end < text.size() && depth; ++end)
      depth += text[end] == '(' ? 1 : text[end] == ')' ? -1 : 0;
    std::string dims;
    llvm::raw_string_ostream(dims) << DimsAttr::get(&context, expressions(text.substr(at + 2, end - at - 3)));
    text.replace(at, end - at, dims);
  }
  auto dictionary = dyn_cast_if_present<DictionaryAttr>(parseAttribute(text, &context));
  if (!dictionary) {
    problem = "cannot read the attributes " + text;
    return Values(std::max<size_t>(1, types.size()));
  }
  for (Value v : operands)
    if (!v)
      return Values(std::max<size_t>(1, types.size()));
  OperationState state(builder.getUnknownLoc(), "mlc." + name);
  state.addOperands(operands);
  state.addAttributes(dictionary.getValue());
  for (const std::string &t : types)
    state.addTypes(type(t));
  if (types.empty()) {
    std::optional<RegisteredOperationName> registered = RegisteredOperationName::lookup(state.name.getStringRef(), &context);
    auto *infer = registered ? registered->getInterface<InferTypeOpInterface>() : nullptr;
    SmallVector<Type> inferred;
    // Properties are made of the attributes by a first operation, which has no use.
    state.addTypes(operands.empty() ? Type() : operands[0].getType());
    Operation *draft = infer && !operands.empty() ? Operation::create(state) : nullptr;
    if (!draft || failed(infer->inferReturnTypes(&context, state.location, operands, draft->getAttrDictionary(),
                                                 draft->getPropertiesStorage(), {}, inferred)))
      problem = "no types for mlc." + name;
    if (draft)
      draft->destroy();
    state.types.assign(inferred.begin(), inferred.end());
    if (!problem.empty())
      return {Value()};
  }
  Operation *op = builder.create(state);
  return Values(op->result_begin(), op->result_end());
}

Value Graph::op(const std::string &name, const Values &operands, const std::string &attributes, const std::string &type) {
  return ops(name, operands, attributes, type.empty() ? std::vector<std::string>() : std::vector<std::string>{type})[0];
}

void Graph::bindK(Value value) {
  if (!symbolic)
    return;
  Symbols(function).add("k", "data", 0, {});
  BindOp::create(builder, builder.getUnknownLoc(), value, 0, 2);
}

OwningOpRef<ModuleOp> Graph::finish() {
  func::ReturnOp::create(builder, builder.getUnknownLoc(), outputs);
  function.setType(builder.getFunctionType(function.getArgumentTypes(), ValueRange(outputs).getTypes()));
  return std::move(module);
}

} // namespace mlc::test
