//===- Emitter.h - makes operators of the mlc dialect ----------------------===//
//
// Every operator is folded as it is made, so that arithmetic on shapes never reaches the graph. Where an operator does not
// fit its operands, the reason is reported once and the result is null; whoever is handed a null value hands on a null value,
// so that rules need no checks between steps.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_FRONTEND_ONNX_EMITTER_H
#define MLC_FRONTEND_ONNX_EMITTER_H

#include "Dialect.h"

#include "mlir/IR/Builders.h"
#include <optional>
#include <type_traits>

namespace mlc::onnx {

using mlir::AffineExpr;
using mlir::ArrayRef;
using mlir::RankedTensorType;
using mlir::SmallVector;
using mlir::Type;
using mlir::Value;
using Axes = SmallVector<int64_t>;

/// An integer that is an expression over symbols, or known only while the model runs (`value`, a tensor<i64>).
struct Number {
  AffineExpr expr;
  Value value;
  explicit operator bool() const { return expr || value; }
};

/// An operand that may be absent.
struct Maybe {
  Value value;
  operator Value() const { return value; }
};

class Emitter {
public:
  Emitter(mlir::OpBuilder &builder, mlir::Location loc, mlir::func::FuncOp function)
      : builder(builder), loc(loc), function(function) {}
  virtual ~Emitter() = default;

  /// Reports what is wrong; always failure.
  virtual mlir::LogicalResult error(const llvm::Twine &text) = 0;
  virtual mlir::LogicalResult unsupported(const llvm::Twine &text) = 0;

  mlir::MLIRContext *ctx() const { return builder.getContext(); }
  Symbols symbols() const { return Symbols(function); }
  Type i64() { return builder.getI64Type(); }
  Type i1() { return builder.getI1Type(); }
  Type f32() { return builder.getF32Type(); }
  Type ui8() { return builder.getIntegerType(8, false); }

  // Any operator with one result whose type it infers.
  template <typename Op, typename... Args>
  Value make(Args &&...args) {
    if ((absent(args) || ...))
      return nullptr;
    mlir::OperationState state(loc, Op::getOperationName());
    Op::build(builder, state, builder.getNoneType(), std::forward<Args>(args)...);
    SmallVector<Type> types;
    if (failed(Op::inferReturnTypes(ctx(), loc, state.operands, state.attributes.getDictionary(ctx()), state.getRawProperties(),
                                    mlir::RegionRange(), types)))
      return refused();
    state.types.assign(types.begin(), types.end());
    return fold(state);
  }
  // Any operator with one result of this type.
  template <typename Op, typename... Args>
  Value makeAs(RankedTensorType type, Args &&...args) {
    if (!type || (absent(args) || ...))
      return nullptr;
    mlir::OperationState state(loc, Op::getOperationName());
    Op::build(builder, state, type, std::forward<Args>(args)...);
    return fold(state);
  }

  // Constants.
  Value constant(mlir::ElementsAttr value);
  Value scalar(double value, Type element);
  Value scalarLike(double value, Value like) { return like ? scalar(value, elementTypeOf(like)) : Value(); }
  Value integer(int64_t value, Type element = nullptr);
  Value vector(ArrayRef<int64_t> values, Type element = nullptr);
  Value reals(ArrayRef<double> values, ArrayRef<int64_t> shape, Type element);
  Value fill(Value scalar, ArrayRef<AffineExpr> shape) { return broadcastTo(scalar, shape); }
  Value iota(ArrayRef<AffineExpr> shape, Type element, int64_t axis, AffineExpr start = {}, AffineExpr step = {});
  Value realIota(ArrayRef<AffineExpr> shape, Type element, int64_t axis, double start, double step);

  // Element-wise.
  template <typename Op>
  Value unary(Value x) {
    return make<Op>(x);
  }
  template <typename Op>
  Value binary(Value a, Value b) {
    return sameElements(a, b) ? make<Op>(a, b) : Value();
  }
  Value add(Value a, Value b) { return binary<AddOp>(a, b); }
  Value sub(Value a, Value b) { return binary<SubOp>(a, b); }
  Value mul(Value a, Value b) { return binary<MulOp>(a, b); }
  Value div(Value a, Value b) { return binary<DivOp>(a, b); }
  Value pow(Value a, Value b) { return make<PowOp>(a, b); }
  Value minimum(Value a, Value b) { return binary<MinOp>(a, b); }
  Value maximum(Value a, Value b) { return binary<MaxOp>(a, b); }
  Value land(Value a, Value b) { return binary<AndOp>(a, b); }
  Value lor(Value a, Value b) { return binary<OrOp>(a, b); }
  Value lnot(Value a) { return make<NotOp>(a); }
  Value add(Value a, double b) { return add(a, scalarLike(b, a)); }
  Value sub(Value a, double b) { return sub(a, scalarLike(b, a)); }
  Value mul(Value a, double b) { return mul(a, scalarLike(b, a)); }
  Value div(Value a, double b) { return div(a, scalarLike(b, a)); }
  Value neg(Value x) { return make<NegOp>(x); }
  Value exp(Value x) { return make<ExpOp>(x); }
  Value log(Value x) { return make<LogOp>(x); }
  Value sqrt(Value x) { return make<SqrtOp>(x); }
  Value abs(Value x) { return make<AbsOp>(x); }
  Value tanh(Value x) { return make<TanhOp>(x); }
  Value sigmoid(Value x) { return make<SigmoidOp>(x); }
  Value floorOf(Value x) { return make<FloorOp>(x); }
  Value ceilOf(Value x) { return make<CeilOp>(x); }
  Value round(Value x) { return make<RoundOp>(x); }
  Value mod(Value a, Value b, bool fmod = false) { return sameElements(a, b) ? make<ModOp>(a, b, fmod) : Value(); }
  Value compare(Relation relation, Value a, Value b);
  Value compare(Relation relation, Value a, double b) { return compare(relation, a, scalarLike(b, a)); }
  Value select(Value condition, Value a, Value b) { return sameElements(a, b) ? make<SelectOp>(condition, a, b) : Value(); }
  Value cast(Value x, Type element, bool saturate = true, int64_t roundMode = 0);
  Value clamp(Value x, double low, double high) {
    return minimum(maximum(x, scalarLike(low, x)), scalarLike(high, x));
  }

  // Movement.
  Value reshape(Value x, ArrayRef<AffineExpr> shape);
  Value reshape(Value x, std::initializer_list<int64_t> shape) { return reshape(x, exprs(ArrayRef<int64_t>(shape))); }
  Value broadcastTo(Value x, ArrayRef<AffineExpr> shape);
  Value transpose(Value x, ArrayRef<int64_t> perm);
  /// The last two dimensions exchanged.
  Value transposeLast(Value x);
  Value concat(ArrayRef<Value> parts, int64_t axis);
  Value slice(Value x, ArrayRef<AffineExpr> starts, ArrayRef<AffineExpr> shape, ArrayRef<int64_t> steps = {});
  /// x[…, start : start + size, …].
  Value sliceAxis(Value x, int64_t axis, AffineExpr start, AffineExpr size);
  Value sliceAxis(Value x, int64_t axis, int64_t start, int64_t size) { return sliceAxis(x, axis, c(start), c(size)); }
  /// x[…, index, …] without the dimension.
  Value pick(Value x, int64_t axis, int64_t index);
  Value reverse(Value x, int64_t axis);
  Value pad(Value x, ArrayRef<AffineExpr> low, ArrayRef<AffineExpr> high, Value value = nullptr, PadMode mode = PadMode::constant);
  Value gather(Value x, Value indices, int64_t axis) { return make<GatherOp>(x, indices, axis); }
  Value unsqueeze(Value x, ArrayRef<int64_t> axes);
  Value squeeze(Value x, ArrayRef<int64_t> axes);
  /// x seen as [outer, middle, inner] with the dimensions from..to-1 as middle.
  Value collapse(Value x, int64_t from, int64_t to);
  /// A vector along `axis` of a tensor of that rank.
  Value alongAxis(Value v, int64_t axis, int64_t rank);

  // Contractions and reductions.
  Value matmul(Value a, Value b, bool transA = false, bool transB = false);
  Value reduce(ReduceKind kind, Value x, ArrayRef<int64_t> axes, bool keepdims);
  Value sum(Value x, ArrayRef<int64_t> axes, bool keepdims) { return reduce(ReduceKind::sum, x, axes, keepdims); }
  Value mean(Value x, ArrayRef<int64_t> axes, bool keepdims);
  Value softmax(Value x, int64_t axis, bool log = false) { return make<SoftmaxOp>(x, axis, log); }
  Value argReduce(ReduceKind kind, Value x, int64_t axis, bool keepdims, bool last = false) {
    return make<ArgReduceOp>(kind, x, axis, keepdims, last);
  }
  Value cumulative(ReduceKind kind, Value x, int64_t axis, bool exclusive = false, bool reverse = false) {
    return make<CumulativeOp>(kind, x, axis, exclusive, reverse);
  }
  /// A reference kernel. Absent operands are null; the results are null after a failure.
  SmallVector<Value> call(llvm::StringRef kernel, ArrayRef<Value> operands, ArrayRef<Type> types, ArrayRef<int64_t> ints = {},
                          ArrayRef<double> floats = {}, ArrayRef<unsigned> required = {});

  // Shapes.
  AffineExpr c(int64_t value) { return constantExpr(value, ctx()); }
  Shape exprs(ArrayRef<int64_t> values);
  Shape dims(Value x) { return x ? shapeOf(x) : Shape(); }
  int64_t rank(Value x) { return x ? tensorTypeOf(x).getRank() : 0; }
  AffineExpr numElements(Value x) { return product(dims(x), ctx()); }
  RankedTensorType typeOf(ArrayRef<AffineExpr> shape, Type element);
  /// An expression as a tensor<i64>, or in another element type.
  Value expression(AffineExpr expr, Type element = nullptr);
  /// Expressions as a tensor<Nxi64>.
  Value expressions(ArrayRef<AffineExpr> exprs);

  // Integers.
  Number number(int64_t value) { return {c(value), nullptr}; }
  Number number(AffineExpr expr) { return {expr, nullptr}; }
  Value valueOf(Number n);
  Number plus(Number a, Number b);
  Number minus(Number a, Number b);
  Number times(Number a, Number b);
  /// Towards minus infinity; the divisor is positive.
  Number floorDiv(Number a, Number b);
  Number ceilDiv(Number a, Number b);
  Number smaller(Number a, Number b);
  Number larger(Number a, Number b);
  /// condition ? a : b where `condition` is a < 0 for the first operand.
  Number ifNegative(Number x, Number a, Number b);
  /// The elements of a tensor of integers; nothing where their number is unknown.
  std::optional<SmallVector<Number>> elements(Value x);
  /// The elements where all are constants.
  std::optional<SmallVector<int64_t>> constants(Value x);
  std::optional<SmallVector<double>> realConstants(Value x);
  Number fromValue(Value x);
  /// The value as an expression: itself, or a new symbol that is bound here. The symbol is `low` or more.
  AffineExpr bind(Number n, int64_t low = 0, llvm::StringRef name = "data");
  std::optional<int64_t> constantOf(Number n) { return n.expr ? mlc::constantOf(n.expr) : std::nullopt; }

  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::func::FuncOp function;
  /// Off where constants have to stay as they are, as quantized weights do.
  bool folds = true;

protected:
  /// Reports the diagnostics that MLIR has emitted meanwhile.
  virtual void reportRefusal() = 0;

private:
  template <typename T>
  static bool absent(const T &arg) {
    if constexpr (std::is_same_v<std::decay_t<T>, Value>)
      return !arg;
    else
      return false;
  }
  Value refused() {
    reportRefusal();
    return nullptr;
  }
  Value fold(mlir::OperationState &state);
  bool sameElements(Value a, Value b);
};

} // namespace mlc::onnx

#endif // MLC_FRONTEND_ONNX_EMITTER_H
