#include "Emitter.h"

#include "Types.h"

#include "mlc/abi.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;

namespace mlc::onnx {

// Folding must not make much more than there is: a small file can ask for constants of any size.
static bool isWorthFolding(Operation *op) {
  constexpr int64_t kAlways = int64_t{16} << 20;
  auto bytes = [](Value v) {
    RankedTensorType type = tensorTypeOf(v);
    return type.hasStaticShape() ? type.getNumElements() * storageBytes(type.getElementType()) : 0;
  };
  int64_t made = bytes(op->getResult(0));
  if (made <= kAlways)
    return true;
  llvm::SmallPtrSet<Value, 4> seen;
  int64_t given = 0;
  for (Value v : op->getOperands())
    if (seen.insert(v).second)
      given += bytes(v);
  return made <= given;
}

Value Emitter::fold(OperationState &state) {
  Operation *op = builder.create(state);
  SmallVector<Value, 1> results;
  if (folds && isWorthFolding(op) && succeeded(builder.tryFold(op, results)) && results.size() == 1) {
    op->erase();
    return results.front();
  }
  return op->getResult(0);
}

bool Emitter::sameElements(Value a, Value b) {
  if (!a || !b)
    return false;
  if (mlc::elementTypeOf(a) == mlc::elementTypeOf(b))
    return true;
  (void)error("element types " + dataTypeName(dataTypeOf(mlc::elementTypeOf(a))) + " and " +
              dataTypeName(dataTypeOf(mlc::elementTypeOf(b))) + " differ");
  return false;
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

Value Emitter::constant(ElementsAttr value) { return ConstantOp::create(builder, loc, value); }

static Attribute elementAttr(double value, Type element) {
  if (auto type = dyn_cast<FloatType>(element)) {
    APFloat f(value);
    bool lost;
    f.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven, &lost);
    return FloatAttr::get(type, f);
  }
  auto type = cast<IntegerType>(element);
  return IntegerAttr::get(type, APInt(64, static_cast<uint64_t>(static_cast<int64_t>(value))).trunc(type.getWidth()));
}

Value Emitter::scalar(double value, Type element) {
  return constant(DenseElementsAttr::get(RankedTensorType::get({}, element), elementAttr(value, element)));
}

Value Emitter::integer(int64_t value, Type element) {
  Type type = element ? element : i64();
  APInt word = APInt(64, static_cast<uint64_t>(value)).trunc(type.getIntOrFloatBitWidth());
  return constant(DenseElementsAttr::get(RankedTensorType::get({}, type), word));
}

Value Emitter::vector(ArrayRef<int64_t> values, Type element) {
  Type type = element ? element : i64();
  SmallVector<APInt> words;
  for (int64_t v : values)
    words.push_back(APInt(64, static_cast<uint64_t>(v)).trunc(type.getIntOrFloatBitWidth()));
  return constant(DenseIntElementsAttr::get(RankedTensorType::get({static_cast<int64_t>(values.size())}, type), words));
}

Value Emitter::reals(ArrayRef<double> values, ArrayRef<int64_t> shape, Type element) {
  SmallVector<Attribute> all;
  for (double v : values)
    all.push_back(elementAttr(v, element));
  return constant(DenseElementsAttr::get(RankedTensorType::get(shape, element), all));
}

Value Emitter::iota(ArrayRef<AffineExpr> shape, Type element, int64_t axis, AffineExpr start, AffineExpr step) {
  auto range = DimsAttr::get(ctx(), {start ? start : c(0), step ? step : c(1)});
  return makeAs<IotaOp>(typeOf(shape, element), static_cast<uint64_t>(axis), range, APFloat(0.0), APFloat(1.0));
}

Value Emitter::realIota(ArrayRef<AffineExpr> shape, Type element, int64_t axis, double start, double step) {
  return makeAs<IotaOp>(typeOf(shape, element), static_cast<uint64_t>(axis), DimsAttr::get(ctx(), {c(0), c(1)}),
                        APFloat(start), APFloat(step));
}

//===----------------------------------------------------------------------===//
// Element-wise
//===----------------------------------------------------------------------===//

Value Emitter::compare(Relation relation, Value a, Value b) {
  return sameElements(a, b) ? make<CompareOp>(relation, a, b) : Value();
}

Value Emitter::cast(Value x, Type element, bool saturate, int64_t roundMode) {
  if (!x || !element)
    return nullptr;
  if (mlc::elementTypeOf(x) == element)
    return x;
  return make<CastOp>(x, element, saturate, static_cast<uint64_t>(roundMode));
}

//===----------------------------------------------------------------------===//
// Movement
//===----------------------------------------------------------------------===//

RankedTensorType Emitter::typeOf(ArrayRef<AffineExpr> shape, Type element) {
  if (!element)
    return nullptr;
  if (shape.size() > MLC_MAX_RANK) {
    (void)unsupported("tensors of more than " + Twine(MLC_MAX_RANK) + " dimensions");
    return nullptr;
  }
  constexpr int64_t kMaxDimension = int64_t{1} << 40;
  int64_t count = 1;
  for (AffineExpr e : shape) {
    if (!e)
      return nullptr;
    auto size = mlc::constantOf(e);
    if (!size)
      continue;
    if (*size < 0 || *size > kMaxDimension || (*size && count > kMaxDimension / *size)) {
      (void)error("a dimension of " + Twine(*size) + " is negative or too large");
      return nullptr;
    }
    count *= std::max<int64_t>(*size, 1);
  }
  return tensorType(shape, element);
}

Value Emitter::reshape(Value x, ArrayRef<AffineExpr> shape) {
  if (!x)
    return nullptr;
  if (dims(x) == Shape(shape))
    return x;
  auto from = constantsOf(dims(x)), to = constantsOf(shape);
  RankedTensorType type = typeOf(shape, mlc::elementTypeOf(x));
  if (!type)
    return nullptr;
  if (from && to) {
    int64_t have = cast<RankedTensorType>(x.getType()).getNumElements(), want = type.getNumElements();
    if (have != want) {
      (void)error("a tensor of " + Twine(have) + " elements cannot take a shape of " + Twine(want));
      return nullptr;
    }
  }
  return makeAs<ReshapeOp>(type, x);
}

Value Emitter::broadcastTo(Value x, ArrayRef<AffineExpr> shape) {
  if (!x)
    return nullptr;
  Shape from = dims(x);
  if (from == Shape(shape))
    return x;
  if (from.size() > shape.size()) {
    (void)error("a tensor of " + Twine(from.size()) + " dimensions cannot be spread to " + Twine(shape.size()));
    return nullptr;
  }
  for (auto [have, want] : llvm::zip(from, shape.take_back(from.size()))) {
    auto h = mlc::constantOf(have), w = want ? mlc::constantOf(want) : std::nullopt;
    if (h && w && *h != 1 && *h != *w) {
      (void)error("a dimension of " + Twine(*h) + " cannot be spread to " + Twine(*w));
      return nullptr;
    }
  }
  return makeAs<BroadcastOp>(typeOf(shape, mlc::elementTypeOf(x)), x);
}

Value Emitter::transpose(Value x, ArrayRef<int64_t> perm) {
  bool moves = false;
  for (auto [i, p] : llvm::enumerate(perm))
    moves |= static_cast<int64_t>(i) != p;
  return moves ? make<TransposeOp>(x, perm) : x;
}

Value Emitter::transposeLast(Value x) {
  if (!x)
    return nullptr;
  Axes perm = llvm::to_vector(llvm::seq<int64_t>(0, rank(x)));
  std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
  return transpose(x, perm);
}

Value Emitter::concat(ArrayRef<Value> parts, int64_t axis) {
  for (Value p : parts)
    if (!p)
      return nullptr;
  if (parts.size() == 1)
    return parts[0];
  return make<ConcatOp>(ValueRange(parts), static_cast<uint64_t>(axis));
}

Value Emitter::slice(Value x, ArrayRef<AffineExpr> starts, ArrayRef<AffineExpr> shape, ArrayRef<int64_t> steps) {
  if (!x || llvm::is_contained(starts, AffineExpr()))
    return nullptr;
  SmallVector<int64_t> ones(starts.size(), 1);
  return makeAs<SliceOp>(typeOf(shape, mlc::elementTypeOf(x)), x, DimsAttr::get(ctx(), starts), steps.empty() ? ones : steps);
}

Value Emitter::sliceAxis(Value x, int64_t axis, AffineExpr start, AffineExpr size) {
  if (!x)
    return nullptr;
  Shape shape = dims(x), starts(shape.size(), c(0));
  if (start == c(0) && shape[axis] == size)
    return x;
  starts[axis] = start;
  shape[axis] = size;
  return slice(x, starts, shape);
}

Value Emitter::pick(Value x, int64_t axis, int64_t index) { return squeeze(sliceAxis(x, axis, index, 1), {axis}); }

Value Emitter::reverse(Value x, int64_t axis) {
  if (!x)
    return nullptr;
  Shape shape = dims(x), starts(shape.size(), c(0));
  SmallVector<int64_t> steps(shape.size(), 1);
  starts[axis] = shape[axis] - 1;
  steps[axis] = -1;
  return slice(x, starts, shape, steps);
}

Value Emitter::pad(Value x, ArrayRef<AffineExpr> low, ArrayRef<AffineExpr> high, Value value, PadMode mode) {
  if (!x || llvm::is_contained(low, AffineExpr()) || llvm::is_contained(high, AffineExpr()))
    return nullptr;
  Shape shape = dims(x);
  bool changes = false;
  for (size_t i = 0; i < shape.size(); ++i) {
    changes |= low[i] != c(0) || high[i] != c(0);
    shape[i] = shape[i] + low[i] + high[i];
  }
  if (!changes)
    return x;
  SmallVector<int64_t> interior(shape.size(), 0);
  return makeAs<PadOp>(typeOf(shape, mlc::elementTypeOf(x)), x, Maybe{value}, mode, DimsAttr::get(ctx(), low),
                       DimsAttr::get(ctx(), high), interior);
}

Value Emitter::unsqueeze(Value x, ArrayRef<int64_t> axes) {
  if (!x)
    return nullptr;
  Shape from = dims(x), shape(from.size() + axes.size(), AffineExpr());
  for (int64_t a : axes)
    shape[a] = c(1);
  size_t next = 0;
  for (AffineExpr &e : shape)
    if (!e)
      e = from[next++];
  return reshape(x, shape);
}

Value Emitter::squeeze(Value x, ArrayRef<int64_t> axes) {
  if (!x)
    return nullptr;
  Shape shape;
  for (auto [i, e] : llvm::enumerate(dims(x)))
    if (!llvm::is_contained(axes, static_cast<int64_t>(i)))
      shape.push_back(e);
  return reshape(x, shape);
}

Value Emitter::collapse(Value x, int64_t from, int64_t to) {
  if (!x)
    return nullptr;
  Shape shape = dims(x);
  ArrayRef<AffineExpr> all(shape);
  return reshape(x, {product(all.take_front(from), ctx()), product(all.slice(from, to - from), ctx()), product(all.drop_front(to), ctx())});
}

Value Emitter::alongAxis(Value v, int64_t axis, int64_t rank) {
  if (!v)
    return nullptr;
  Shape shape(rank - axis, c(1));
  shape[0] = numElements(v);
  return reshape(v, shape);
}

//===----------------------------------------------------------------------===//
// Contractions and reductions
//===----------------------------------------------------------------------===//

Value Emitter::matmul(Value a, Value b, bool transA, bool transB) {
  return sameElements(a, b) ? make<MatmulOp>(a, b, transA, transB, DimsAttr()) : Value();
}

Value Emitter::reduce(ReduceKind kind, Value x, ArrayRef<int64_t> axes, bool keepdims) {
  return axes.empty() ? x : make<ReduceOp>(kind, x, axes, keepdims);
}

Value Emitter::mean(Value x, ArrayRef<int64_t> axes, bool keepdims) {
  if (!x)
    return nullptr;
  AffineExpr count = c(1);
  for (int64_t a : axes)
    count = count * dims(x)[a];
  return div(sum(x, axes, keepdims), expression(count, mlc::elementTypeOf(x)));
}

SmallVector<Value> Emitter::call(StringRef kernel, ArrayRef<Value> operands, ArrayRef<Type> types, ArrayRef<int64_t> ints,
                                 ArrayRef<double> floats, ArrayRef<unsigned> required) {
  SmallVector<Value> none(types.size(), Value());
  for (unsigned i : required)
    if (!operands[i])
      return none;
  if (llvm::is_contained(types, Type()))
    return none;
  SmallVector<Value> present;
  SmallVector<bool> mask;
  for (Value v : operands) {
    mask.push_back(static_cast<bool>(v));
    if (v)
      present.push_back(v);
  }
  if (!llvm::is_contained(mask, false))
    mask.clear();
  auto op = CallOp::create(builder, loc, TypeRange(types), kernel, ValueRange(present), ints, floats, mask);
  return SmallVector<Value>(op.getResults());
}

//===----------------------------------------------------------------------===//
// Shapes and integers
//===----------------------------------------------------------------------===//

Shape Emitter::exprs(ArrayRef<int64_t> values) {
  Shape result;
  for (int64_t v : values)
    result.push_back(c(v));
  return result;
}

Value Emitter::expression(AffineExpr expr, Type element) {
  if (!expr)
    return nullptr;
  Type type = element ? element : i64();
  if (auto value = mlc::constantOf(expr)) {
    if (isa<FloatType>(type))
      return scalar(static_cast<double>(*value), type);
    return integer(*value, type);
  }
  Value v = SymbolicOp::create(builder, loc, RankedTensorType::get({}, i64()), DimsAttr::get(ctx(), {expr}));
  return cast(v, type);
}

Value Emitter::expressions(ArrayRef<AffineExpr> exprs) {
  if (llvm::is_contained(exprs, AffineExpr()))
    return nullptr;
  if (auto values = constantsOf(exprs))
    return vector(*values);
  auto type = RankedTensorType::get({static_cast<int64_t>(exprs.size())}, i64());
  return SymbolicOp::create(builder, loc, type, DimsAttr::get(ctx(), exprs));
}

Value Emitter::valueOf(Number n) { return n.expr ? expression(n.expr) : n.value; }

Number Emitter::fromValue(Value x) {
  if (!x)
    return {};
  auto all = elements(x);
  return all && all->size() == 1 ? (*all)[0] : Number{};
}

Number Emitter::plus(Number a, Number b) {
  if (a.expr && b.expr)
    return {a.expr + b.expr, nullptr};
  return fromValue(add(valueOf(a), valueOf(b)));
}

Number Emitter::minus(Number a, Number b) {
  if (a.expr && b.expr)
    return {a.expr - b.expr, nullptr};
  return fromValue(sub(valueOf(a), valueOf(b)));
}

Number Emitter::times(Number a, Number b) {
  if (a.expr && b.expr)
    return {a.expr * b.expr, nullptr};
  return fromValue(mul(valueOf(a), valueOf(b)));
}

Number Emitter::floorDiv(Number a, Number b) {
  if (a.expr && b.expr && mlc::constantOf(b.expr).value_or(1) > 0)
    return {a.expr.floorDiv(b.expr), nullptr};
  Value x = valueOf(a), y = valueOf(b);
  return fromValue(div(sub(x, mod(x, y)), y));
}

Number Emitter::ceilDiv(Number a, Number b) {
  if (a.expr && b.expr && mlc::constantOf(b.expr).value_or(1) > 0)
    return {a.expr.ceilDiv(b.expr), nullptr};
  return minus(number(int64_t{0}), floorDiv(minus(number(int64_t{0}), a), b));
}

Number Emitter::smaller(Number a, Number b) {
  if (a.expr && b.expr)
    return {symbols().minimum(a.expr, b.expr), nullptr};
  return fromValue(minimum(valueOf(a), valueOf(b)));
}

Number Emitter::larger(Number a, Number b) {
  if (a.expr && b.expr)
    return {symbols().maximum(a.expr, b.expr), nullptr};
  return fromValue(maximum(valueOf(a), valueOf(b)));
}

Number Emitter::ifNegative(Number x, Number a, Number b) {
  if (!x || !a || !b)
    return {};
  if (x.expr) {
    if (symbols().lessOrEqual(c(0), x.expr))
      return b;
    if (symbols().lessOrEqual(x.expr, c(-1)))
      return a;
  }
  return fromValue(select(compare(Relation::lt, valueOf(x), integer(0)), valueOf(a), valueOf(b)));
}

static std::optional<SmallVector<int64_t>> integersOf(Attribute attribute) {
  auto elements = dyn_cast_if_present<DenseIntElementsAttr>(attribute);
  if (!elements)
    return std::nullopt;
  SmallVector<int64_t> result;
  bool isUnsigned = elements.getElementType().isUnsignedInteger() || elements.getElementType().isInteger(1);
  for (const APInt &v : elements.getValues<APInt>())
    result.push_back(isUnsigned ? static_cast<int64_t>(v.getLimitedValue()) : v.getSExtValue());
  return result;
}

std::optional<SmallVector<int64_t>> Emitter::constants(Value x) {
  auto all = elements(x);
  if (!all)
    return std::nullopt;
  SmallVector<int64_t> result;
  for (Number n : *all) {
    auto v = constantOf(n);
    if (!v)
      return std::nullopt;
    result.push_back(*v);
  }
  return result;
}

std::optional<SmallVector<double>> Emitter::realConstants(Value x) {
  DenseFPElementsAttr attribute;
  if (!x || !matchPattern(x, m_Constant(&attribute)))
    return std::nullopt;
  SmallVector<double> result;
  for (APFloat v : attribute.getValues<APFloat>()) {
    bool lost;
    v.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &lost);
    result.push_back(v.convertToDouble());
  }
  return result;
}

// Shapes are joined from parts, some known and some not: looking through the joints keeps the known ones known.
std::optional<SmallVector<Number>> Emitter::elements(Value x) {
  constexpr int64_t kMaxElements = 1024;
  if (!x || !isa<IntegerType>(mlc::elementTypeOf(x)) || !tensorTypeOf(x).hasStaticShape() ||
      tensorTypeOf(x).getNumElements() > kMaxElements)
    return std::nullopt;
  Operation *op = x.getDefiningOp();
  SmallVector<Number> result;
  if (auto constant = dyn_cast_if_present<ConstantOp>(op)) {
    if (auto values = integersOf(constant.getValue())) {
      for (int64_t v : *values)
        result.push_back(number(v));
      return result;
    }
    return std::nullopt;
  }
  if (auto symbolic = dyn_cast_if_present<SymbolicOp>(op)) {
    for (AffineExpr e : symbolic.getValue().exprs())
      result.push_back(number(e));
    return result;
  }
  if (auto reshape = dyn_cast_if_present<ReshapeOp>(op))
    return elements(reshape.getX());
  if (auto join = dyn_cast_if_present<ConcatOp>(op); join && rank(x) == 1) {
    for (Value part : join.getParts()) {
      auto inner = elements(part);
      if (!inner)
        return std::nullopt;
      result.append(*inner);
    }
    return result;
  }
  if (auto conversion = dyn_cast_if_present<CastOp>(op); conversion && mlc::elementTypeOf(x).isInteger(64))
    if (Type from = mlc::elementTypeOf(conversion.getX()); from.isInteger(32) || from.isInteger(64))
      return elements(conversion.getX());
  Value wide = cast(x, i64());
  int64_t count = tensorTypeOf(x).getNumElements();
  if (rank(x) == 0)
    return SmallVector<Number>{Number{AffineExpr(), wide}};
  Value flat = reshape(wide, {count});
  for (int64_t i = 0; i < count; ++i)
    result.push_back({AffineExpr(), pick(flat, 0, i)});
  return result;
}

AffineExpr Emitter::bind(Number n, int64_t low, StringRef name) {
  if (n.expr || !n.value)
    return n.expr;
  AffineExpr symbol = symbols().add(name, "data", low, {});
  BindOp::create(builder, loc, n.value, static_cast<uint64_t>(0), static_cast<uint64_t>(cast<AffineSymbolExpr>(symbol).getPosition()));
  return symbol;
}

} // namespace mlc::onnx
