#include "NodeContext.h"

#include "Importer.h"
#include "Tensor.h"
#include "Types.h"

using namespace mlir;

namespace mlc::onnx {

using Attribute = proto::AttributeProto;

NodeContext::NodeContext(Importer &importer, const proto::NodeProto &node, Scope &scope, const Frame &frame, int64_t version)
    : Emitter(importer.builder, importer.locationOf(node), importer.function), importer(importer), scope(scope), frame(frame),
      node(node), opset(version), bound(node.output_size(), false) {}

LogicalResult NodeContext::error(const Twine &text) {
  hasFailed = true;
  importer.problems.error(describe(node), text);
  return failure();
}

LogicalResult NodeContext::unsupported(const Twine &text) {
  hasFailed = true;
  importer.problems.unsupported(describe(node), {node.op_type(), domainOf(node.domain()), opset, text.str()});
  return failure();
}

void NodeContext::reportRefusal() {
  std::vector<std::string> reasons = importer.takeDiagnostics();
  if (reasons.empty())
    reasons.push_back("operands of these types or shapes do not fit");
  for (const std::string &reason : reasons)
    (void)error(reason);
}

bool NodeContext::require(bool condition, const Twine &text) {
  if (!condition)
    (void)error(text);
  return condition;
}

bool NodeContext::requireRank(Value x, int64_t wanted, StringRef what) {
  return x && require(rank(x) == wanted, what + " has " + Twine(rank(x)) + " dimensions, expected " + Twine(wanted));
}

//===----------------------------------------------------------------------===//
// Operands and results
//===----------------------------------------------------------------------===//

Value NodeContext::optional(size_t i) {
  askedOperands = std::max(askedOperands, i + 1);
  if (!has(i))
    return nullptr;
  const Value *value = scope.find(node.input(i));
  return value ? *value : Value();
}

Value NodeContext::operand(size_t i) {
  if (!has(i)) {
    askedOperands = std::max(askedOperands, i + 1);
    (void)error("its operand " + Twine(i) + " is missing");
    return nullptr;
  }
  return optional(i);
}

SmallVector<Value> NodeContext::allOperands() {
  SmallVector<Value> all;
  for (size_t i = 0; i < operandCount(); ++i)
    all.push_back(operand(i));
  return all;
}

void NodeContext::result(size_t i, Value value) {
  if (i >= bound.size())
    return;
  bound[i] = true;
  if (!node.output(i).empty())
    scope.values[node.output(i)] = value;
  if (!value && !hasFailed)
    (void)error("its result " + Twine(i) + " cannot be made of these operands");
}

LogicalResult NodeContext::import(LogicalResult (*rule)(NodeContext &)) {
  LogicalResult done = rule(*this);
  if (!hasFailed && succeeded(done)) {
    for (const auto &attribute : node.attribute())
      if (!askedAttributes.contains(attribute.name()))
        (void)error("attribute '" + attribute.name() + "' is unknown");
    if (operandCount() > askedOperands)
      (void)error("it has " + Twine(operandCount()) + " operands, at most " + Twine(askedOperands) + " are expected");
    for (size_t i = 0; i < bound.size(); ++i)
      if (!bound[i] && !node.output(i).empty())
        (void)error("it has no result " + Twine(i));
  } else if (!hasFailed) {
    (void)error("it cannot be imported");
  }
  if (!hasFailed)
    return success();
  for (const std::string &output : node.output())
    if (!output.empty())
      scope.values[output] = Value();
  return failure();
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

static const char *kindName(int32_t kind) {
  static const char *const names[] = {"nothing", "a float",  "an integer", "a string", "a tensor",          "a graph",  "floats", "integers",
                                      "strings", "tensors", "graphs",     "a sparse tensor", "sparse tensors", "a type", "types"};
  return kind >= 0 && kind < 15 ? names[kind] : "something unknown";
}

// Writers of old files leave out the type; then it follows from what is there.
static int32_t kindOf(const Attribute &a) {
  if (a.type() != Attribute::UNDEFINED)
    return a.type();
  if (a.has_f()) return Attribute::FLOAT;
  if (a.has_i()) return Attribute::INT;
  if (a.has_s()) return Attribute::STRING;
  if (a.has_t()) return Attribute::TENSOR;
  if (a.has_g()) return Attribute::GRAPH;
  if (a.floats_size()) return Attribute::FLOATS;
  if (a.ints_size()) return Attribute::INTS;
  if (a.strings_size()) return Attribute::STRINGS;
  return Attribute::UNDEFINED;
}

const Attribute *NodeContext::find(StringRef name, int32_t kind) {
  askedAttributes.insert(name);
  for (const Attribute &a : node.attribute()) {
    if (a.name() != name)
      continue;
    const Attribute *found = &a;
    if (!a.ref_attr_name().empty()) {
      if (!frame.callerAttributes)
        return require(false, "attribute '" + name + "' refers to a function's attribute, but stands in none"), nullptr;
      auto it = frame.callerAttributes->find(a.ref_attr_name());
      if (it == frame.callerAttributes->end())
        return nullptr;
      found = it->second;
    }
    int32_t have = kindOf(*found);
    // An empty list of any kind has lost its type.
    bool listOfNothing = have == Attribute::UNDEFINED && kind >= Attribute::FLOATS;
    if (!require(have == kind || listOfNothing, "attribute '" + name + "' is " + kindName(have) + ", expected " + kindName(kind)))
      return nullptr;
    return found;
  }
  return nullptr;
}

bool NodeContext::hasAttribute(StringRef name) {
  for (const Attribute &a : node.attribute())
    if (a.name() == name)
      return a.ref_attr_name().empty() || (frame.callerAttributes && frame.callerAttributes->contains(a.ref_attr_name()));
  return false;
}

std::optional<int64_t> NodeContext::optionalInteger(StringRef name) {
  const Attribute *a = find(name, Attribute::INT);
  return a ? std::optional<int64_t>(a->i()) : std::nullopt;
}

int64_t NodeContext::integer(StringRef name, int64_t otherwise) { return optionalInteger(name).value_or(otherwise); }

std::optional<double> NodeContext::optionalReal(StringRef name) {
  const Attribute *a = find(name, Attribute::FLOAT);
  return a ? std::optional<double>(a->f()) : std::nullopt;
}

// Attributes are f32; so are what stands for those that are missing.
double NodeContext::real(StringRef name, double otherwise) { return optionalReal(name).value_or(static_cast<float>(otherwise)); }

std::string NodeContext::text(StringRef name, StringRef otherwise) {
  const Attribute *a = find(name, Attribute::STRING);
  return a ? a->s() : otherwise.str();
}

std::optional<SmallVector<int64_t>> NodeContext::integers(StringRef name) {
  const Attribute *a = find(name, Attribute::INTS);
  if (!a)
    return std::nullopt;
  return SmallVector<int64_t>(a->ints().begin(), a->ints().end());
}

std::optional<SmallVector<double>> NodeContext::realList(StringRef name) {
  const Attribute *a = find(name, Attribute::FLOATS);
  if (!a)
    return std::nullopt;
  return SmallVector<double>(a->floats().begin(), a->floats().end());
}

std::optional<SmallVector<std::string>> NodeContext::texts(StringRef name) {
  const Attribute *a = find(name, Attribute::STRINGS);
  if (!a)
    return std::nullopt;
  return SmallVector<std::string>(a->strings().begin(), a->strings().end());
}

ElementsAttr NodeContext::tensor(StringRef name) {
  const Attribute *a = find(name, Attribute::TENSOR);
  if (!a)
    return nullptr;
  std::string reason;
  bool isUnsupported;
  ElementsAttr value = readTensor(importer.model, a->t(), ctx(), reason, isUnsupported);
  if (!value)
    (void)(isUnsupported ? unsupported("attribute '" + name + "': " + reason) : error("attribute '" + name + "': " + reason));
  return value;
}

ElementsAttr NodeContext::sparseTensor(StringRef name) {
  const Attribute *a = find(name, Attribute::SPARSE_TENSOR);
  if (!a)
    return nullptr;
  std::string reason;
  bool isUnsupported;
  ElementsAttr value = readSparseTensor(importer.model, a->sparse_tensor(), ctx(), reason, isUnsupported);
  if (!value)
    (void)(isUnsupported ? unsupported("attribute '" + name + "': " + reason) : error("attribute '" + name + "': " + reason));
  return value;
}

const proto::GraphProto *NodeContext::graph(StringRef name) {
  const Attribute *a = find(name, Attribute::GRAPH);
  if (!a) {
    (void)error("attribute '" + name + "' is missing");
    return nullptr;
  }
  return &a->g();
}

int64_t NodeContext::choice(StringRef name, StringRef otherwise, ArrayRef<StringRef> choices) {
  std::string value = text(name, otherwise);
  for (auto [i, c] : llvm::enumerate(choices))
    if (value == c)
      return i;
  (void)error("attribute '" + name + "' is '" + value + "', expected one of " + llvm::join(choices, ", "));
  return 0;
}

Type NodeContext::elementType(StringRef name, std::optional<int64_t> otherwise) {
  std::optional<int64_t> number = optionalInteger(name);
  if (!number)
    number = otherwise;
  if (!number) {
    (void)error("attribute '" + name + "' is missing");
    return nullptr;
  }
  int32_t narrow = static_cast<int32_t>(std::clamp<int64_t>(*number, -1, 1 << 20));
  Type type = typeOfNumber(narrow, ctx());
  if (!type && (packedBits(narrow) || dataTypeName(narrow) == "string"))
    (void)unsupported("elements of " + dataTypeName(narrow));
  else if (!type)
    (void)error("attribute '" + name + "' is " + Twine(*number) + ", which is no element type");
  return type;
}

//===----------------------------------------------------------------------===//
// Axes
//===----------------------------------------------------------------------===//

int64_t NodeContext::axis(int64_t value, int64_t rank, bool inclusive) {
  int64_t limit = inclusive ? rank : rank - 1;
  if (!require(value >= -rank && value <= limit,
               "axis " + Twine(value) + " does not exist in a tensor of " + Twine(rank) + " dimensions"))
    return -1;
  return value < 0 ? value + rank : value;
}

std::optional<Axes> NodeContext::axes(ArrayRef<int64_t> values, int64_t rank) {
  Axes result;
  for (int64_t v : values) {
    int64_t a = axis(v, rank);
    if (a < 0 || !require(!llvm::is_contained(result, a), "axis " + Twine(v) + " is given twice"))
      return std::nullopt;
    result.push_back(a);
  }
  llvm::sort(result);
  return result;
}

} // namespace mlc::onnx
