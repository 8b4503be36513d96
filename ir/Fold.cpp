#include "Fold.h"

#include "runtime/kernels/reference.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"

#include <thread>

using namespace mlir;

namespace mlc {

int32_t dtypeOf(Type t) {
  if (auto i = dyn_cast<IntegerType>(t)) {
    bool u = i.isUnsigned();
    switch (i.getWidth()) {
    case 1: return MLC_BOOL;
    case 2: return u ? MLC_U2 : MLC_I2;
    case 4: return u ? MLC_U4 : MLC_I4;
    case 8: return u ? MLC_U8 : MLC_I8;
    case 16: return u ? MLC_U16 : MLC_I16;
    case 32: return u ? MLC_U32 : MLC_I32;
    case 64: return u ? MLC_U64 : MLC_I64;
    default: return MLC_NONE;
    }
  }
  if (t.isF32()) return MLC_F32;
  if (t.isF64()) return MLC_F64;
  if (t.isF16()) return MLC_F16;
  if (t.isBF16()) return MLC_BF16;
  if (isa<Float8E4M3FNType>(t)) return MLC_F8E4M3FN;
  if (isa<Float8E4M3FNUZType>(t)) return MLC_F8E4M3FNUZ;
  if (isa<Float8E5M2Type>(t)) return MLC_F8E5M2;
  if (isa<Float8E5M2FNUZType>(t)) return MLC_F8E5M2FNUZ;
  if (isa<Float8E8M0FNUType>(t)) return MLC_F8E8M0;
  if (isa<Float4E2M1FNType>(t)) return MLC_F4E2M1;
  return MLC_NONE;
}

Type elementTypeOfDtype(int32_t dtype, MLIRContext *ctx) {
  auto integer = [&](unsigned width, bool isUnsigned) {
    return IntegerType::get(ctx, width, isUnsigned ? IntegerType::Unsigned : IntegerType::Signless);
  };
  switch (dtype) {
  case MLC_F32: return Float32Type::get(ctx);
  case MLC_F64: return Float64Type::get(ctx);
  case MLC_F16: return Float16Type::get(ctx);
  case MLC_BF16: return BFloat16Type::get(ctx);
  case MLC_BOOL: return integer(1, false);
  case MLC_I2: return integer(2, false);
  case MLC_U2: return integer(2, true);
  case MLC_I4: return integer(4, false);
  case MLC_U4: return integer(4, true);
  case MLC_I8: return integer(8, false);
  case MLC_U8: return integer(8, true);
  case MLC_I16: return integer(16, false);
  case MLC_U16: return integer(16, true);
  case MLC_I32: return integer(32, false);
  case MLC_U32: return integer(32, true);
  case MLC_I64: return integer(64, false);
  case MLC_U64: return integer(64, true);
  case MLC_F8E4M3FN: return Float8E4M3FNType::get(ctx);
  case MLC_F8E4M3FNUZ: return Float8E4M3FNUZType::get(ctx);
  case MLC_F8E5M2: return Float8E5M2Type::get(ctx);
  case MLC_F8E5M2FNUZ: return Float8E5M2FNUZType::get(ctx);
  case MLC_F8E8M0: return Float8E8M0FNUType::get(ctx);
  case MLC_F4E2M1: return Float4E2M1FNType::get(ctx);
  default: return nullptr;
  }
}

ArrayRef<char> bytesOf(ElementsAttr value, SmallVectorImpl<char> &storage) {
  Type element = value.getElementType();
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
      return blob->getData();
    return {};
  }
  auto dense = cast<DenseElementsAttr>(value);
  int64_t width = storageBytes(element), count = dense.getNumElements();
  if (element.isInteger(1)) {
    storage.clear();
    for (bool b : dense.getValues<bool>())
      storage.push_back(b);
    return storage;
  }
  ArrayRef<char> raw = dense.getRawData();
  unsigned bits = element.getIntOrFloatBitWidth();
  bool extends = bits < 8 && element.isSignlessInteger();
  if (!dense.isSplat() && !extends)
    return raw;
  storage.resize_for_overwrite(width * count);
  for (int64_t i = 0; i < count; ++i)
    std::memcpy(storage.data() + i * width, raw.data() + (dense.isSplat() ? 0 : i * width), width);
  // The attribute holds the bits above a narrow element clear, memory holds its sign there.
  if (extends)
    for (char &c : storage)
      c = static_cast<char>(static_cast<int8_t>(static_cast<uint8_t>(c) << (8 - bits)) >> (8 - bits));
  return storage;
}

ElementsAttr constantFromBytes(RankedTensorType type, std::vector<char> &&bytes) {
  type = RankedTensorType::get(type.getShape(), type.getElementType());
  if (static_cast<int64_t>(bytes.size()) <= kInlineConstantBytes) {
    if (type.getElementType().isInteger(1)) {
      SmallVector<bool> bools(bytes.begin(), bytes.end());
      return DenseElementsAttr::get(type, ArrayRef<bool>(bools));
    }
    if (unsigned bits = type.getElementType().getIntOrFloatBitWidth(); bits < 8)
      for (char &c : bytes)
        c = static_cast<char>(c & ((1 << bits) - 1));
    return DenseElementsAttr::getFromRawBuffer(type, bytes);
  }
  auto owner = std::make_unique<std::vector<char>>(std::move(bytes));
  ArrayRef<char> data(*owner);
  AsmResourceBlob blob(data, 64, [o = owner.release()](void *, size_t, size_t) { delete o; }, /*dataIsMutable=*/false);
  return DenseResourceElementsAttr::get(type, "folded", std::move(blob));
}

void releaseConstant(ElementsAttr value) {
  auto resource = dyn_cast<DenseResourceElementsAttr>(value);
  AsmResourceBlob *blob = resource ? resource.getRawHandle().getBlob() : nullptr;
  if (!blob)
    return;
  AsmResourceBlob released = std::move(*blob);
  resource.getRawHandle().getResource()->setBlob(AsmResourceBlob());
}

std::optional<SmallVector<AffineExpr>> symbolicElements(Attribute value, Type type) {
  if (!value)
    return std::nullopt;
  if (auto dims = dyn_cast<DimsAttr>(value))
    return SmallVector<AffineExpr>(dims.exprs());
  auto dense = dyn_cast<DenseElementsAttr>(value);
  if (!dense || dense.getNumElements() > 1024)
    return std::nullopt;
  MLIRContext *ctx = value.getContext();
  SmallVector<AffineExpr> result;
  if (isa<IntegerType>(dense.getElementType())) {
    bool isUnsigned = dense.getElementType().isUnsignedInteger() || dense.getElementType().isInteger(1);
    for (APInt v : dense.getValues<APInt>())
      result.push_back(constantExpr(isUnsigned ? v.getZExtValue() : v.getSExtValue(), ctx));
    return result;
  }
  if (!dense.getElementType().isF32() && !dense.getElementType().isF64())
    return std::nullopt;
  for (APFloat v : dense.getValues<APFloat>()) {
    double d = v.convertToDouble();
    if (!(d >= -1e9 && d <= 1e9) || d != static_cast<double>(static_cast<int64_t>(d)))
      return std::nullopt;
    result.push_back(constantExpr(static_cast<int64_t>(d), ctx));
  }
  return result;
}

std::optional<SmallVector<AffineExpr>> symbolicElements(Value value) {
  Attribute attr;
  if (value && matchPattern(value, m_Constant(&attr)))
    return symbolicElements(attr, value.getType());
  return std::nullopt;
}

// Runs the reference kernel on constant operands.
static LogicalResult foldByReference(Operation *op, ArrayRef<Attribute> operands, SmallVectorImpl<OpFoldResult> &results) {
  auto reference = dyn_cast<Reference>(op);
  if (!reference)
    return failure();
  int64_t given = 0, made = 0; // elements
  for (Attribute a : operands) {
    auto elements = dyn_cast_if_present<ElementsAttr>(a);
    if (!elements)
      return failure();
    given = std::max(given, elements.getNumElements());
  }
  for (Type t : op->getResultTypes()) {
    auto tensor = cast<RankedTensorType>(t);
    if (!tensor.hasStaticShape() || tensor.getRank() > MLC_MAX_RANK || !dtypeOf(tensor.getElementType()))
      return failure();
    made += tensor.getNumElements();
  }
  // What grows is better made while the model runs than carried in it.
  if (made > std::max<int64_t>(64 * 1024, given))
    return failure();
  ReferenceCall call;
  if (failed(reference.getReference(call)))
    return failure();
  const ref::Entry *entry = ref::find(call.name.c_str());
  if (!entry)
    return failure();

  auto describe = [](RankedTensorType type, void *data) {
    ref::Tensor t{};
    t.data = data;
    t.dtype = dtypeOf(type.getElementType());
    t.rank = static_cast<int32_t>(type.getRank());
    llvm::copy(type.getShape(), t.dims);
    return t;
  };
  SmallVector<SmallVector<char, 0>> storage(operands.size());
  SmallVector<ref::Tensor> ins, outs;
  size_t next = 0;
  size_t inputs = call.mask.empty() ? operands.size() : call.mask.size();
  for (size_t i = 0; i < inputs; ++i) {
    if (!call.mask.empty() && !call.mask[i]) {
      ins.push_back(ref::Tensor{});
      continue;
    }
    auto elements = cast<ElementsAttr>(operands[next]);
    auto type = cast<RankedTensorType>(op->getOperand(next).getType());
    if (type.getRank() > MLC_MAX_RANK || !type.hasStaticShape() || !dtypeOf(type.getElementType()))
      return failure();
    ArrayRef<char> bytes = bytesOf(elements, storage[next]);
    if (static_cast<int64_t>(bytes.size()) < type.getNumElements() * storageBytes(type.getElementType()))
      return failure();
    ins.push_back(describe(type, const_cast<char *>(bytes.data())));
    ++next;
  }
  std::vector<std::vector<char>> made_bytes;
  for (Type t : op->getResultTypes()) {
    auto type = cast<RankedTensorType>(t);
    made_bytes.emplace_back(type.getNumElements() * storageBytes(type.getElementType()));
    outs.push_back(describe(type, made_bytes.back().data()));
  }
  ref::Call c{};
  c.inputs = ins.data(), c.inputCount = ins.size();
  c.outputs = outs.data(), c.outputCount = outs.size();
  c.ints = call.ints.data(), c.intCount = call.ints.size();
  c.floats = call.floats.data(), c.floatCount = call.floats.size();
  std::vector<char> scratch;
  if (entry->scratch) {
    scratch.resize(ref::scratchBytes(*entry, &c) + 64);
    c.scratch = reinterpret_cast<void *>((reinterpret_cast<uintptr_t>(scratch.data()) + 63) / 64 * 64);
  }
  if (entry->kernel(&c) != MLC_OK)
    return failure();
  for (auto [type, bytes] : llvm::zip(op->getResultTypes(), made_bytes))
    results.push_back(constantFromBytes(cast<RankedTensorType>(type), std::move(bytes)));
  return success();
}

static LogicalResult foldSymbolically(Operation *op, ArrayRef<Attribute> operands, SmallVectorImpl<OpFoldResult> &results) {
  auto symbolic = dyn_cast<SymbolicFold>(op);
  if (!symbolic || llvm::none_of(operands, [](Attribute a) { return isa_and_present<DimsAttr>(a); }))
    return failure();
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (!type.hasStaticShape() || type.getNumElements() > 1024)
    return failure();
  SmallVector<SmallVector<AffineExpr>> elements;
  for (auto [attr, value] : llvm::zip(operands, op->getOperands())) {
    auto e = symbolicElements(attr, value.getType());
    elements.push_back(e ? *e : SmallVector<AffineExpr>());
  }
  SmallVector<AffineExpr> result;
  if (failed(symbolic.foldSymbolic(elements, result)))
    return failure();
  if (static_cast<int64_t>(result.size()) != type.getNumElements())
    return failure();
  if (auto constants = constantsOf(result)) {
    std::vector<char> bytes;
    int64_t width = storageBytes(type.getElementType());
    for (int64_t v : *constants) {
      char raw[8];
      if (type.getElementType().isF32()) {
        float f = static_cast<float>(v);
        std::memcpy(raw, &f, 4);
      } else if (type.getElementType().isF64()) {
        double d = static_cast<double>(v);
        std::memcpy(raw, &d, 8);
      } else if (isa<IntegerType>(type.getElementType())) {
        std::memcpy(raw, &v, 8);
      } else {
        return failure();
      }
      bytes.insert(bytes.end(), raw, raw + width);
    }
    results.push_back(constantFromBytes(type, std::move(bytes)));
    return success();
  }
  if (!isa<IntegerType>(type.getElementType()) && !type.getElementType().isF32() && !type.getElementType().isF64())
    return failure();
  results.push_back(DimsAttr::get(op->getContext(), result));
  return success();
}

LogicalResult foldOperation(Operation *op, ArrayRef<Attribute> operands, SmallVectorImpl<OpFoldResult> &results) {
  auto known = [](Attribute a) { return isa_and_present<ElementsAttr>(a); };
  bool expressions = llvm::any_of(operands, [](Attribute a) { return isa_and_present<DimsAttr>(a); });
  if (operands.empty() || (!expressions && !llvm::all_of(operands, known)) || Symbols::of(op).getFunction() == nullptr)
    return failure();
  // References trust what the verifier has seen, and operators are folded before that where they are made. What is wrong is
  // said when the module is verified. What other threads say at the same time is not for this handler.
  ScopedDiagnosticHandler quiet(op->getContext(), [self = std::this_thread::get_id()](Diagnostic &) { return success(std::this_thread::get_id() == self); });
  if (failed(op->getName().verifyInvariants(op)) || failed(op->getName().verifyRegionInvariants(op)))
    return failure();
  if (succeeded(foldSymbolically(op, operands, results)))
    return success();
  return foldByReference(op, operands, results);
}

OpFoldResult foldOne(Operation *op, ArrayRef<Attribute> operands) {
  SmallVector<OpFoldResult> results;
  if (succeeded(foldOperation(op, operands, results)) && results.size() == 1)
    return results[0];
  return {};
}

std::optional<double> numberOf(Attribute constant) {
  auto dense = dyn_cast_or_null<DenseElementsAttr>(constant);
  if (!dense || dense.getNumElements() == 0 || !isa<FloatType, IntegerType>(dense.getElementType()))
    return std::nullopt;
  auto only = [&]<typename Number>() -> std::optional<Number> {
    auto values = dense.getValues<Number>();
    Number first = *values.begin();
    if (!dense.isSplat() && !llvm::all_of(values, [&](const Number &value) { return value == first; }))
      return std::nullopt;
    return first;
  };
  if (isa<FloatType>(dense.getElementType())) {
    auto number = only.operator()<APFloat>();
    return number ? std::optional(number->convertToDouble()) : std::nullopt;
  }
  auto number = only.operator()<APInt>();
  bool isSigned = !dense.getElementType().isUnsignedInteger() && !dense.getElementType().isInteger(1);
  return number ? std::optional(number->roundToDouble(isSigned)) : std::nullopt;
}

} // namespace mlc
