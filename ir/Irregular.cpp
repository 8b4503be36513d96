//===- Irregular.cpp - operators without a loop nest ------------------------===//

#include "Fold.h"

#include "runtime/kernels/reference.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace mlc {

//===----------------------------------------------------------------------===//
// Signatures of kernels
//===----------------------------------------------------------------------===//

namespace {

/// An entry's parameters, read from their description (see Kernels.def): "x [N, C], lengths? (i64) -> y; ints: axis, pads[r]".
struct Signature {
  struct Tensor {
    bool optional = false, variadic = false;
    SmallVector<StringRef> types; // empty: not said
    std::optional<SmallVector<StringRef>> shape;
  };
  struct Numbers {
    size_t single = 0, perDimension = 0; // the latter stand once a dimension
    bool open = false;                   // any number may follow
    bool ranked = false;                 // the first is the number of dimensions
  };
  SmallVector<Tensor> inputs, outputs;
  Numbers ints, floats;

  explicit Signature(StringRef text) {
    auto [left, rest] = text.split("->");
    auto [right, numbers] = rest.split(';');
    tensors(left, inputs);
    tensors(right, outputs);
    for (StringRef part : llvm::split(numbers, ';')) {
      auto [name, list] = part.split(':');
      if (name.trim() == "ints" || name.trim() == "floats")
        count(list, name.trim() == "ints" ? ints : floats);
    }
  }

private:
  static constexpr StringLiteral kMore = "\u2026";

  /// The parts between commas that stand in no brackets.
  static SmallVector<StringRef> split(StringRef text) {
    SmallVector<StringRef> parts;
    int depth = 0;
    size_t begin = 0;
    for (size_t i = 0; i <= text.size(); ++i) {
      char c = i < text.size() ? text[i] : ',';
      depth += (c == '(' || c == '[') - (c == ')' || c == ']');
      if (c != ',' || depth > 0)
        continue;
      if (StringRef part = text.slice(begin, i).trim(); !part.empty())
        parts.push_back(part);
      begin = i + 1;
    }
    return parts;
  }

  static void tensors(StringRef text, SmallVectorImpl<Tensor> &list) {
    for (StringRef part : split(text)) {
      Tensor tensor;
      StringRef name = part.take_until([](char c) { return c == ' ' || c == '('; });
      tensor.optional = name.ends_with("?");
      tensor.variadic = name.ends_with(kMore);
      if (size_t open = part.find('['); open != StringRef::npos && part.find('(') > open)
        tensor.shape = split(part.slice(open + 1, part.find(']', open)));
      if (size_t open = part.rfind('('); open != StringRef::npos)
        for (StringRef type : split(part.slice(open + 1, part.find(')', open))))
          if (llvm::is_contained({"i32", "i64", "f32", "bool"}, type))
            tensor.types.push_back(type);
      list.push_back(std::move(tensor));
    }
  }

  static void count(StringRef text, Numbers &numbers) {
    for (auto [i, part] : llvm::enumerate(split(text))) {
      numbers.ranked |= i == 0 && part == "r";
      if (part.ends_with(kMore))
        numbers.open = true;
      else if (part.ends_with("]"))
        ++numbers.perDimension;
      else
        ++numbers.single;
    }
  }
};

/// Checks operands and results against a signature; sizes with the same name are the same.
class CallCheck {
public:
  explicit CallCheck(CallOp op) : op(op) {}

  LogicalResult tensors(ArrayRef<Signature::Tensor> expected, ValueRange given, ArrayRef<bool> mask, StringRef kind) {
    if (llvm::any_of(expected, [](const Signature::Tensor &t) { return t.variadic; }))
      return success();
    size_t count = mask.empty() ? given.size() : mask.size(), next = 0;
    for (auto [i, tensor] : llvm::enumerate(expected)) {
      bool present = i < count && (mask.empty() || mask[i]);
      if (!present && !tensor.optional)
        return fault() << expected.size() << " " << kind << "s, and #" << i << " is missing";
      if (present && failed(this->tensor(tensor, given[next++], kind, i)))
        return failure();
    }
    if (count > expected.size())
      return fault() << expected.size() << " " << kind << "s, not " << count;
    return success();
  }

  template <typename T> LogicalResult numbers(const Signature::Numbers &expected, ArrayRef<T> given, StringRef kind) {
    size_t least = expected.single + expected.perDimension;
    bool good = given.size() >= expected.single;
    if (!expected.open && !expected.perDimension)
      good = given.size() == expected.single;
    else if (!expected.open)
      good = given.size() >= least && (given.size() - expected.single) % expected.perDimension == 0;
    if (good && expected.ranked && !expected.open && expected.perDimension)
      good = given[0] >= 1 && given[0] <= MLC_MAX_RANK && given.size() == expected.single + expected.perDimension * static_cast<size_t>(given[0]);
    if (!good)
      return fault() << (expected.open || expected.perDimension ? "other numbers of " : std::to_string(expected.single) + " ") << kind
                     << ", not " << given.size();
    return success();
  }

private:
  InFlightDiagnostic fault() { return op.emitOpError("calls '") << op.getKernel() << "', which has "; }

  LogicalResult tensor(const Signature::Tensor &expected, Value value, StringRef kind, size_t i) {
    auto type = tensorTypeOf(value);
    auto isNamed = [&](StringRef name) {
      return name == "bool" ? type.getElementType().isInteger(1) : name == "f32" ? type.getElementType().isF32()
           : name == "i32" ? type.getElementType().isSignlessInteger(32) : type.getElementType().isSignlessInteger(64);
    };
    if (!expected.types.empty() && llvm::none_of(expected.types, isNamed))
      return fault() << kind << " #" << i << " of " << llvm::join(expected.types, " or ") << ", not of " << type.getElementType();
    if (!expected.shape)
      return success();
    ArrayRef<StringRef> names = *expected.shape;
    size_t lists = llvm::count_if(names, [](StringRef n) { return n.ends_with("\u2026"); }), rank = type.getRank();
    if (lists > 1)
      return success();
    if (lists ? rank + 1 < names.size() : rank != names.size())
      return fault() << kind << " #" << i << " of " << (lists ? "at least " : "") << names.size() - lists << " dimensions, not of " << rank;
    size_t d = 0;
    for (StringRef name : names) {
      if (name.ends_with("\u2026")) {
        d += rank - (names.size() - 1);
        continue;
      }
      int64_t size = type.getDimSize(d++), wanted;
      if (ShapedType::isDynamic(size))
        continue;
      if (name.getAsInteger(10, wanted)) {
        if (!llvm::all_of(name, [](char c) { return llvm::isAlpha(c) || c == '_'; }))
          continue;
        wanted = sizes.try_emplace(name, size).first->second;
      }
      if (size != wanted)
        return fault() << kind << " #" << i << " of " << wanted << " in dimension " << d - 1 << ", not of " << size;
    }
    return success();
  }

  CallOp op;
  llvm::SmallDenseMap<StringRef, int64_t> sizes;
};

} // namespace

LogicalResult CallOp::verify() {
  const ref::Entry *entry = ref::find(getKernel().str().c_str());
  if (!entry)
    return emitOpError("calls '") << getKernel() << "', which is no reference kernel";
  if (!getMask().empty() && llvm::count(getMask(), true) != static_cast<int64_t>(getOperands().size()))
    return emitOpError("has a mask that does not fit its operands");
  Signature signature(entry->parameters);
  CallCheck check(*this);
  return success(succeeded(check.tensors(signature.inputs, getOperands(), getMask(), "operand")) &&
                 succeeded(check.tensors(signature.outputs, getResults(), {}, "result")) &&
                 succeeded(check.numbers(signature.ints, getInts(), "integers")) &&
                 succeeded(check.numbers(signature.floats, getFloats(), "floats")));
}

LogicalResult CallOp::getReference(ReferenceCall &call) {
  call.name = getKernel().str();
  call.ints.assign(getInts().begin(), getInts().end());
  call.floats.assign(getFloats().begin(), getFloats().end());
  call.mask.assign(getMask().begin(), getMask().end());
  return success();
}

LogicalResult CallOp::fold(FoldAdaptor adaptor, SmallVectorImpl<OpFoldResult> &results) {
  return foldOperation(*this, adaptor.getOperands(), results);
}

//===----------------------------------------------------------------------===//
// Recurrent
//===----------------------------------------------------------------------===//

int64_t RecurrentOp::gatesOf(RecurrentKind kind) {
  return kind == RecurrentKind::lstm ? 4 : kind == RecurrentKind::gru ? 3 : 1;
}

SmallVector<ActivationAttr> RecurrentOp::usualActivations(MLIRContext *context, RecurrentKind kind) {
  auto sigmoid = ActivationAttr::get(context, ActivationKind::sigmoid), tanh = ActivationAttr::get(context, ActivationKind::tanh);
  if (kind == RecurrentKind::rnn)
    return {tanh};
  return kind == RecurrentKind::lstm ? SmallVector<ActivationAttr>{sigmoid, tanh, tanh} : SmallVector<ActivationAttr>{sigmoid, tanh};
}

SmallVector<ActivationAttr> RecurrentOp::cellActivations() {
  if (!getActivations())
    return usualActivations(getContext(), getKind());
  return llvm::map_to_vector(getActivations()->getAsRange<ActivationAttr>(), [](ActivationAttr a) { return a; });
}

LogicalResult RecurrentOp::verify() {
  bool lstm = getKind() == RecurrentKind::lstm;
  int64_t gates = gatesOf(getKind());
  StringRef kind = stringifyRecurrentKind(getKind());
  if ((getCell0() != nullptr) != lstm || (getCell() != nullptr) != lstm)
    return emitOpError("of kind ") << kind << (lstm ? " has no cell" : " has a cell");
  if (getKind() != RecurrentKind::gru && (getLinearBeforeReset() || getBias()))
    return emitOpError("of kind ") << kind << " has no reset, and its bias is part of the projected input";
  if (!lstm && (getInputForget() || getPeepholes()))
    return emitOpError("of kind ") << kind << " has no gates that would be coupled or see a cell";
  size_t activations = cellActivations().size(), usual = usualActivations(getContext(), getKind()).size();
  if (activations != usual)
    return emitOpError("of kind ") << kind << " has " << activations << " activations, expected " << usual;
  double clip = getClip().convertToDouble();
  if (!(clip >= 0))
    return emitOpError("has a clip of ") << clip << ", expected 0 or more";
  SmallVector<Value> all(getOperands());
  all.append(getResults().begin(), getResults().end());
  for (Value v : all)
    if (mlc::elementTypeOf(v) != mlc::elementTypeOf(getProjected()))
      return emitOpError("has tensors of ") << mlc::elementTypeOf(getProjected()) << " and " << mlc::elementTypeOf(v);
  if (getProjected().getType().getRank() != 3 || getHidden0().getType().getRank() != 2)
    return emitOpError("has a projected input of type ") << getProjected().getType() << " and a state of type " << getHidden0().getType()
                                                         << ", expected ranks 3 and 2";
  Shape projected = shapeOf(getProjected()), state = shapeOf(getHidden0());
  auto hidden = constantOf(state[1]);
  if (!hidden || *hidden < 1)
    return emitOpError("has a state of type ") << getHidden0().getType() << " with an unknown number of units";
  auto number = [&](int64_t n) { return constantExpr(n, getContext()); };
  AffineExpr batch = projected[1];
  state = {batch, number(*hidden)};
  for (Value v : {Value(getHidden0()), Value(getCell0()), Value(getHidden()), Value(getCell())})
    if (v && failed(checkShape(*this, v, state)))
      return failure();
  for (Value v : {Value(getBias()), Value(getPeepholes())})
    if (v && failed(checkShape(*this, v, {number(3), number(*hidden)})))
      return failure();
  return success(
      succeeded(checkShape(*this, getProjected(), {projected[0], batch, number(gates * *hidden)})) &&
      succeeded(checkShape(*this, getWeights(), {number(llvm::divideCeil(*hidden, 16)), number(*hidden), number(gates), number(16)})) &&
      succeeded(checkShape(*this, getSequence(), {projected[0], batch, number(*hidden)})));
}

} // namespace mlc

#define GET_OP_CLASSES
#include "Irregular.cpp.inc"
