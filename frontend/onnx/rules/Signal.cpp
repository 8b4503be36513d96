// Windows and Fourier transforms, as products with matrices of sines and cosines.
#include "RuntimeAxes.h"

namespace mlc::onnx {

namespace {

std::optional<Number> scalarNumber(NodeContext &n, Value v, StringRef what) {
  if (!v || !requireInteger(n, v))
    return std::nullopt;
  auto all = n.elements(n.cast(v, n.i64()));
  if (!n.require(all && all->size() == 1, what + " is no scalar"))
    return std::nullopt;
  return (*all)[0];
}

struct Complex {
  Value real, imaginary;   // imaginary: null for real signals
};

// Along the last dimension: y_k = sum over j of x_j e^(∓ 2πi jk / length), for k < bins. What is behind the signal is zero.
Complex transform(NodeContext &n, Complex x, AffineExpr length, AffineExpr bins, bool inverse) {
  if (!x.real || !length || !bins)
    return {};
  Type type = elementTypeOf(x.real);
  AffineExpr rows = n.dims(x.real).back();
  // jk is taken modulo the length as an integer, so that angles stay small.
  Value product2 = n.mul(n.unsqueeze(n.iota({rows}, n.i64(), 0), {1}), n.iota({bins}, n.i64(), 0));
  // In f64: the sines of multiples of π have to vanish beside sums of the signal.
  Type wide = n.builder.getF64Type();
  Value turns = n.cast(n.mod(product2, n.expression(length)), wide);
  Value angle = n.div(n.mul(turns, 2 * M_PI), n.expression(length, wide));
  Value cosine = n.cast(n.make<CosOp>(angle), type), sine = n.cast(n.make<SinOp>(angle), type);
  if (!inverse)
    sine = n.neg(sine);
  Value real = n.matmul(x.real, cosine), imaginary = n.matmul(x.real, sine);
  if (x.imaginary) {
    Value fromReal = real;
    real = n.sub(fromReal, n.matmul(x.imaginary, sine));
    imaginary = n.add(imaginary, n.matmul(x.imaginary, cosine));
  }
  if (inverse) {
    Value count = n.expression(length, type);
    real = n.div(real, count);
    imaginary = n.div(imaginary, count);
  }
  return {real, imaginary};
}

// The inverse of a one-sided spectrum, whose other half is its mirror image: a real signal.
Value inverseReal(NodeContext &n, Complex x, AffineExpr length) {
  if (!x.real || !x.imaginary)
    return nullptr;
  Type type = elementTypeOf(x.real);
  Value k = n.iota({n.dims(x.real).back()}, n.i64(), 0);
  Value alone = n.lor(n.compare(Relation::eq, k, 0.0), n.compare(Relation::eq, n.mul(k, 2.0), n.expression(length)));
  Value weight = n.select(alone, n.scalar(1.0, type), n.scalar(2.0, type));
  Complex y = transform(n, {n.mul(x.real, weight), n.mul(x.imaginary, weight)}, length, length, true);
  return y.real;
}

// The first `length` elements of the last dimension.
Value fit(NodeContext &n, Value x, AffineExpr length) {
  if (!x || !length)
    return nullptr;
  AffineExpr have = n.dims(x).back();
  return n.sliceAxis(x, n.rank(x) - 1, n.c(0), n.symbols().minimum(have, length));
}

Value joinParts(NodeContext &n, Complex y) {
  if (!y.real || !y.imaginary)
    return nullptr;
  int64_t rank = n.rank(y.real);
  return n.concat({n.unsqueeze(y.real, {rank}), n.unsqueeze(y.imaginary, {rank})}, rank);
}

} // namespace

static LogicalResult importDft(NodeContext &n) {
  Value x = n.operand(0), lengthOperand = n.optional(1);
  bool inverse = n.flag("inverse", false), oneSided = n.flag("onesided", false);
  Value axisOperand = n.version() >= 20 ? n.optional(2) : Value();
  int64_t axis = n.version() < 20 ? n.integer("axis", 1) : -2;
  if (!requireNumbers(n, x, /*integersToo=*/false) || !n.require(n.rank(x) >= 2, "the operand has fewer than 2 dimensions"))
    return failure();
  int64_t rank = n.rank(x);
  auto parts = mlc::constantOf(n.dims(x)[rank - 1]);
  if (!n.require(parts == 1 || parts == 2, "the last dimension is not 1 or 2"))
    return failure();
  bool late = false;
  if (axisOperand) {
    auto known = n.constants(axisOperand);
    late = !known;
    if (known && known->size() == 1)
      axis = (*known)[0];
  }
  axis = n.axis(axis, rank);
  if (axis < 0 || !n.require(axis < rank - 1, "the axis is that of the real and imaginary parts"))
    return failure();
  Complex signal{n.pick(x, rank - 1, 0), parts == 2 ? n.pick(x, rank - 1, 1) : Value()};
  bool toReal = inverse && oneSided;
  if (toReal && !n.require(parts == 2, "a one-sided spectrum has real and imaginary parts"))
    return failure();

  // The signal's dimension comes last: [outer, inner, signal] where the axis is known at run time only.
  Shape original = n.dims(signal.real);
  AffineExpr extent, outer, inner;
  Axes perm = range(0, rank - 1), back = perm;
  Value shape, hit;
  if (late) {
    Value places = n.iota({n.c(rank - 1)}, n.i64(), 0), one = n.integer(1);
    Value which = n.reshape(normalisedAxes(n, axisOperand, rank), Shape());
    shape = n.expressions(original);
    hit = n.compare(Relation::eq, places, which);
    auto productWhere = [&](Relation relation) {
      return n.bind(n.fromValue(n.reduce(ReduceKind::prod, n.select(n.compare(relation, places, which), shape, one), {0}, false)));
    };
    outer = productWhere(Relation::lt);
    extent = productWhere(Relation::eq);
    inner = productWhere(Relation::gt);
    if (!outer || !extent || !inner)
      return failure();
    auto view = [&](Value v) { return v ? n.transpose(n.reshape(v, {outer, extent, inner}), {0, 2, 1}) : v; };
    signal = {view(signal.real), view(signal.imaginary)};
  } else {
    extent = original[axis];
    perm.erase(perm.begin() + axis);
    perm.push_back(axis);
    for (auto [i, p] : llvm::enumerate(perm))
      back[p] = i;
    auto view = [&](Value v) { return v ? n.transpose(v, perm) : v; };
    signal = {view(signal.real), view(signal.imaginary)};
  }
  AffineExpr length = toReal ? (extent - 1) * 2 : extent;
  if (lengthOperand) {
    auto given = scalarNumber(n, lengthOperand, "dft_length");
    if (!given)
      return failure();
    length = n.bind(*given, 1, "length");
  }
  AffineExpr used = toReal ? length.floorDiv(2) + 1 : length;
  signal = {fit(n, signal.real, used), signal.imaginary ? fit(n, signal.imaginary, used) : Value()};
  AffineExpr bins = oneSided && !inverse ? length.floorDiv(2) + 1 : length;
  Complex result;
  if (toReal)
    result.real = inverseReal(n, signal, length);
  else
    result = transform(n, signal, length, bins, inverse);
  Shape wanted;
  if (late)
    wanted = bindAll(n, n.select(hit, n.expression(bins), shape));
  auto restore = [&](Value v) -> Value {
    if (!v)
      return nullptr;
    return late ? n.reshape(n.transpose(v, {0, 2, 1}), wanted) : n.transpose(v, back);
  };
  if (toReal)
    return n.yield(n.unsqueeze(restore(result.real), {rank - 1}));
  return n.yield(joinParts(n, {restore(result.real), restore(result.imaginary)}));
}

static LogicalResult importStft(NodeContext &n) {
  Value signal = n.operand(0), window = n.optional(2), lengthOperand = n.optional(3);
  bool oneSided = n.flag("onesided", true);
  auto step = scalarNumber(n, n.operand(1), "frame_step");
  if (!step || !n.requireRank(signal, 3, "the signal"))
    return failure();
  AffineExpr extent = n.dims(signal)[1], length = window ? n.dims(window)[0] : extent, hop = n.bind(*step, 1, "step");
  if (lengthOperand && !window) {
    auto given = scalarNumber(n, lengthOperand, "frame_length");
    if (!given)
      return failure();
    length = n.bind(*given, 1, "length");
  }
  auto parts = mlc::constantOf(n.dims(signal)[2]);
  if (!hop || !length || !n.require(parts == 1 || parts == 2, "the signal's last dimension is not 1 or 2") ||
      !n.require(mlc::constantOf(hop).value_or(1) > 0, "frame_step is not positive"))
    return failure();
  AffineExpr frames = (extent - length).floorDiv(hop) + 1;
  Value starts = n.mul(n.iota({frames}, n.i64(), 0), n.expression(hop));
  Value indices = n.add(n.unsqueeze(starts, {1}), n.iota({length}, n.i64(), 0));
  auto framed = [&](int64_t part) {
    Value v = n.gather(n.pick(signal, 2, part), indices, 1);
    return window && v ? n.mul(v, n.cast(window, elementTypeOf(v))) : v;
  };
  Complex rows{framed(0), parts == 2 ? framed(1) : Value()};
  AffineExpr bins = oneSided ? length.floorDiv(2) + 1 : length;
  return n.yield(joinParts(n, transform(n, rows, length, bins, false)));
}

namespace {
// The coefficients of 1, cos and cos of the double angle.
struct Coefficients {
  double constant, once, twice;
};
constexpr Coefficients kHann{0.5, -0.5, 0.0}, kHamming{25.0 / 46.0, -21.0 / 46.0, 0.0}, kBlackman{0.42, -0.5, 0.08};
} // namespace

template <const Coefficients &coefficients>
static LogicalResult importWindow(NodeContext &n) {
  bool periodic = n.flag("periodic", true);
  Type type = n.elementType("output_datatype", MLC_F32);
  auto size = scalarNumber(n, n.operand(0), "size");
  if (!size || !type)
    return failure();
  AffineExpr count = n.bind(*size, 0, "size");
  if (!count)
    return failure();
  Value period = n.cast(n.maximum(n.expression(periodic ? count : count - 1), n.integer(1)), n.f32());
  Value angle = n.mul(n.div(n.cast(n.iota({count}, n.i64(), 0), n.f32()), period), 2 * M_PI);
  Value y = n.add(n.mul(n.make<CosOp>(angle), coefficients.once), coefficients.constant);
  if (coefficients.twice != 0.0)
    y = n.add(y, n.mul(n.make<CosOp>(n.mul(angle, 2.0)), coefficients.twice));
  return n.yield(n.cast(y, type));
}

static LogicalResult importMelWeights(NodeContext &n) {
  Type type = n.elementType("output_datatype", MLC_F32), real = n.builder.getF64Type();
  auto bands = scalarNumber(n, n.operand(0), "num_mel_bins"), length = scalarNumber(n, n.operand(1), "dft_length");
  Value rate = n.operand(2), low = n.operand(3), high = n.operand(4);
  if (!bands || !length || !type || !rate || !low || !high)
    return failure();
  AffineExpr count = n.bind(*bands, 0, "bands"), size = n.bind(*length, 0, "length");
  if (!count || !size)
    return failure();
  const double ln10 = std::log(10.0);
  auto scalar = [&](Value v) { return n.reshape(n.cast(v, real), Shape()); };
  auto mel = [&](Value hertz) { return n.mul(n.log(n.add(n.div(hertz, 700.0), 1.0)), 2595.0 / ln10); };
  Value lowest = mel(scalar(low)), step = n.div(n.sub(mel(scalar(high)), lowest), n.expression(count + 2, real));
  Value edges = n.add(n.mul(n.cast(n.iota({count + 2}, n.i64(), 0), real), step), lowest);
  Value hertz = n.mul(n.sub(n.exp(n.mul(edges, ln10 / 2595.0)), 1.0), 700.0);
  Value bins = n.floorOf(n.div(n.mul(hertz, n.expression(size + 1, real)), scalar(rate)));
  Value left = n.sliceAxis(bins, 0, n.c(0), count), center = n.sliceAxis(bins, 0, n.c(1), count), right = n.sliceAxis(bins, 0, n.c(2), count);
  Value j = n.unsqueeze(n.cast(n.iota({size.floorDiv(2) + 1}, n.i64(), 0), real), {1});
  Value zero = n.scalar(0.0, real), one = n.scalar(1.0, real);
  auto safe = [&](Value v) { return n.select(n.compare(Relation::eq, v, 0.0), one, v); };
  Value rise = n.sub(center, left), fall = n.sub(right, center);
  Value rising = n.select(n.compare(Relation::eq, rise, 0.0), one, n.div(n.sub(j, left), safe(rise)));
  Value falling = n.div(n.sub(right, j), safe(fall));
  Value inRise = n.land(n.compare(Relation::ge, j, left), n.compare(Relation::le, j, center));
  Value inFall = n.land(n.compare(Relation::ge, j, center), n.compare(Relation::lt, j, right));
  return n.yield(n.cast(n.select(inFall, falling, n.select(inRise, rising, zero)), type));
}

ArrayRef<RuleEntry> signalRules() {
  static const RuleEntry table[] = {
      {"", "BlackmanWindow", 17, kAnyVersion, importWindow<kBlackman>},
      {"", "DFT", 17, kAnyVersion, importDft},
      {"", "HammingWindow", 17, kAnyVersion, importWindow<kHamming>},
      {"", "HannWindow", 17, kAnyVersion, importWindow<kHann>},
      {"", "MelWeightMatrix", 17, kAnyVersion, importMelWeights},
      {"", "STFT", 17, kAnyVersion, importStft},
  };
  return table;
}

} // namespace mlc::onnx
