//===- Math.cpp - math functions of f32, small floats, and the patterns ----===//
//
// Polynomials come from test/unit/math/coefficients.py. Rounding to an integer is the addition of 1.5 * 2^23: the low bits of
// the sum are the integer, so that no conversion meets a value outside its range.
//
//===----------------------------------------------------------------------===//
#include "codegen/cpu/Math.h"
#include "codegen/cpu/MathHelpers.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace mlc {

//===----------------------------------------------------------------------===//
// Functions of f32
//===----------------------------------------------------------------------===//

namespace f32 {

constexpr double roundMagic = 0x1.8p23;
// ln 2 in two parts; products of the first with integers below 2^14 are exact.
constexpr double ln2High = 0.693359375, ln2Low = -2.121944401e-4, log2e = 1.4426950408889634;
constexpr double halfPiHigh = 1.5707963705062866, halfPiLow = -4.371139e-8;
constexpr double piHigh = 3.1415927410125732, piLow = -8.742278e-8;

// (exp(u) - 1 - u) / u^2 for u in [-0.34667, 0.34667], error at most 2^-28.22 of exp(u)
constexpr double expPart[] = {0.49999994, 0.166665167, 0.0416681021, 0.00836919248, 0.0013838897};
// (2^u - 1) / u for u in [-0.5, 0.5], error at most 2^-27.51 of 2^u
constexpr double exp2Part[] = {0.693147242, 0.240226552, 0.0555027239, 0.00961706322, 0.00134182046, 0.000158204813};
// (exp(u) - 1 - u) / u^2 for u in [-0.34667, 0.34667], error at most 2^-31.0
constexpr double expm1Part[] = {0.5, 0.166666657, 0.0416664667, 0.0083336439, 0.00139349815, 0.000196646608};
// (log(1 + u) - u + u^2/2) / u^3 for u in [-0.33333, 0.33333], error at most 2^-27.55
constexpr double logPart[] = {0.333333343,  -0.249998108, 0.199997649,  -0.166800857, 0.142989516,
                              -0.121881768, 0.108217463,  -0.128741756, 0.117179342};
// (sin(x) - x) / x^3, u = x^2 for u in [9.3132e-10, 0.64867], error at most 2^-32.43
constexpr double sinPart[] = {-0.166666672, 0.00833337661, -0.000198515831, 2.8146078e-6};
// (cos(x) - 1 + x^2/2) / x^4, u = x^2 for u in [9.3132e-10, 0.64867], error at most 2^-32.6
constexpr double cosPart[] = {0.0416666418, -0.00138871302, 2.44120856e-5};
// (asin(x) - x) / x^3, u = x^2 for u in [9.3132e-10, 0.2502], error at most 2^-27.59
constexpr double asinPart[] = {0.166667536, 0.0749524757, 0.0454772599, 0.0241430663, 0.0422315821};
// (atan(x) - x) / x^3, u = x^2 for u in [9.3132e-10, 1.0], error at most 2^-28.48
constexpr double atanPart[] = {-0.333332986, 0.199985296,   -0.142640159, 0.109508798,   -0.0839929134,
                               0.0578806959, -0.0310956482, 0.0108675193, -0.00178244035};
// (tanh(x) - x) / x^3, u = x^2 for u in [9.3132e-10, 0.3136], error at most 2^-29.4
constexpr double tanhPart[] = {-0.333333135, 0.13332437, -0.0538357571, 0.021000538, -0.00617033429};
// (sinh(x) - x) / x^3, u = x^2 for u in [9.3132e-10, 1.0], error at most 2^-31.62
constexpr double sinhPart[] = {0.166666672, 0.00833331048, 0.000198428956, 2.78221319e-6};
// -log(erfc(u)) / u - 1 for u in [9.3132e-10, 3.93], error at most 2^-27.81 of erf(u)
constexpr double erfPart[] = {0.128379166,  0.636619568,     0.102776304,    -0.0191478264, -0.000169484643,
                              0.0016756393, -0.000637331337, 0.000118848468, -9.38603353e-6};
// (1 - exp(-u) - u) / u^2 for u in [-0.34667, 0.34667], error at most 2^-31.58 of 1 - exp(-u), below 0 of 2 - exp(-u)
constexpr double erfExp[] = {-0.5, 0.166666612, -0.0416664481, 0.00833452214, -0.0013936375, 0.000192629857};

/// x = n ln2 + r with |r| <= ln2/2; n is in the low bits of `bits`.
struct ExpReduction {
  Num r, bits;
};

static ExpReduction reduceExp(Num x) {
  Num t = fma(x, log2e, roundMagic);
  Num n = t - roundMagic;
  return {fma(n, -ln2Low, fma(n, -ln2High, x)), t.bits()};
}

/// The same for x whose last bits do not matter that much: ln 2 in one part.
static ExpReduction reduceExpQuickly(Num x) {
  Num t = fma(x, log2e, roundMagic);
  return {fma(t - roundMagic, -0.69314718055994531, x), t.bits()};
}

static Num expPolynomial(Num r) { return fma(polynomial(r, expPart), r * r, r) + 1.0; }

/// p 2^n for n in the low bits, |n| < 255, in two steps, so that results may be subnormal or overflow.
static Num scale(Num p, Num bits) {
  Num half = (bits << 22) & 0xFF800000; // floor(n/2) where exponents are
  Num rest = (bits << 23) - half;
  return p * add(half, 0x3F800000).asReal() * add(rest, 0x3F800000).asReal();
}

/// p 2^n for n in -126 … 127.
static Num scaleOnce(Num p, Num bits) { return p * add(bits << 23, 0x3F800000).asReal(); }

static Num exp(Num x) {
  x = atLeast(atMost(x, 89), -104);
  auto [r, bits] = reduceExp(x);
  return scale(expPolynomial(r), bits);
}

/// e^x for x <= 0 (see emitWeight). The exponent stands in t's low bits as a number has it.
static Num weight(Num x) {
  constexpr double magic = roundMagic + 127;
  Num t = fma(x, log2e, magic), r = fma(t - magic, -0.69314718055994531, x), p = r.same(expPart[4]);
  for (double c : {expPart[3], expPart[2], expPart[1], expPart[0], 1.0, 1.0})
    p = fma(p, r, c);
  return select(x < -87.3, 0, p * (t.bits() << 23).asReal());
}

/// 1 / (1 + e^-x), as 2^-64 / (2^-64 + e^-x 2^-64): so scaled, the power of two neither overflows where the result becomes 0 nor is
/// subnormal where e^-x matters beside 1, and one step makes it. Here r is x + n ln2, and the power e^-r.
static Num logistic(Num x) {
  constexpr double magic = roundMagic + 127 - 64, one = 0x1p-64;
  x = atLeast(atMost(x, 43), -110);
  Num t = fma(x, -log2e, magic), n = t - magic;
  Num r = fma(n, ln2Low, fma(n, ln2High, x));
  Num q = polynomialOf<std::size(expPart)>(r, [&](size_t k) { return r.same(k % 2 ? -expPart[k] : expPart[k]); });
  Num power = (t.bits() << 23).asReal(); // the exponent stands in t's low bits as a number has it
  return one / fma(power, fma(q, r * r, -r) + 1.0, r.same(one));
}

static Num exp2(Num x) {
  x = atLeast(atMost(x, 129), -151);
  Num t = x + roundMagic;
  Num r = x - (t - roundMagic);
  return scale(fma(polynomial(r, exp2Part), r, 1.0), t.bits());
}

static Num expm1(Num given) {
  Num x = atLeast(atMost(given, 89), -18);
  auto [r, bits] = reduceExp(x);
  Num q = fma(polynomial(r, expm1Part), r * r, r);
  Num s = add(bits << 23, 0x3F000000).asReal(); // 2^(n-1), which cannot overflow
  return select(abs(given) < 0x1p-25, given, fma(s, q, s - 0.5) * 2.0);
}

/// A positive normal x = 2^n (1 + f) with 1 + f in [2/3, 4/3).
struct LogReduction {
  Num n, f, exponent; // exponent: n where exponents are
};

static LogReduction reduceLog(Num x) {
  Num bits = x.bits();
  Num offset = sub(bits, 0x3F2AAAAB); // 2/3
  Num exponent = offset & 0xFF800000;
  return {signedShift(offset, 23).signedToReal(), (bits - exponent).asReal() - 1.0, exponent};
}

/// log(1 + f) - f.
static Num logRest(Num f) {
  Num z = f * f;
  return fma(polynomial(f, logPart), f * z, z * -0.5);
}

/// The values of a logarithm at and beyond the ends of the range; `x` is NaN or infinite where result is not meant.
static Num logSpecial(Num x, Num result) {
  result = select(x < infinity, result, x);
  Num zero = select(isEqual(x, 0), -infinity, x.real(notANumber));
  return select(compare(Relation::OLE, x, x.real(0)), zero, result);
}

/// Subnormal numbers made normal, and by what their exponent has grown.
static std::pair<Num, Num> normalize(Num x) {
  Num small = x < 0x1p-126;
  return {select(small, x * 0x1p23, x), select(small, 23.0, x.real(0))};
}

static Num log(Num x) {
  auto [normal, shift] = normalize(x);
  auto [n, f, exponent] = reduceLog(normal);
  n = n - shift;
  Num y = fma(n, ln2Low, logRest(f));
  return logSpecial(x, fma(n, ln2High, f + y));
}

static Num log2(Num x) {
  auto [normal, shift] = normalize(x);
  auto [n, f, exponent] = reduceLog(normal);
  n = n - shift;
  Num y = logRest(f);
  Num z = fma(f, log2e - 1, fma(y, log2e - 1, y)); // without f itself, which is added last
  return logSpecial(x, (n + f) + z);
}

static Num log1p(Num x) {
  Num u = x + 1.0;
  // What the sum has lost: by the greater of its parts.
  Num lost = select(abs(x) < 1.0, x - (u - 1.0), 1.0 - (u - x));
  auto [n, f, exponent] = reduceLog(u);
  Num factor = (x.integer(0x3F800000) - exponent).asReal(); // 2^-n
  lost = select(isAtLeast(x, 0x1p30), 0.0, lost * factor);
  f = f + lost;
  Num y = fma(n, ln2Low, logRest(f));
  Num result = logSpecial(u, fma(n, ln2High, f + y));
  return select(abs(x) < 0x1p-25, x, result);
}

//===----------------------------------------------------------------------===//
// Trigonometric functions
//===----------------------------------------------------------------------===//

/// a = q pi/2 + r with |r| little more than pi/4, r of f64; only the low two bits of q count.
struct Quadrant {
  Num r, q;
};

// Arguments below this are reduced by two subtractions in f64.
constexpr double quickTrigonometric = 0x1p17;

/// Any finite a >= 2^17: a 2/pi from those bits of 2/pi that matter, as a 64-bit fixed-point number of quarter turns.
static Quadrant reduceLarge(Num a) {
  // 32 zeros, then 2/pi in binary.
  constexpr uint32_t words[] = {0, 0xA2F9836E, 0x4E441529, 0xFC2757D1, 0xF534DDC0, 0xDB629599, 0x3C439041, 0xFE5163AB};
  Num bits = a.bits();
  Num mantissa = ((bits & 0x7FFFFF) | 0x800000).zeroExtend(64);
  Num position = sub(bits >> 23, 150 - 30); // of the first bit with weight 2 after multiplication
  Num word = position >> 5;
  Num shift = (position & 31).zeroExtend(64);
  auto pick = [&](int from) {
    Num chosen = a.integer(words[from]);
    for (int i = 1; i <= 4; ++i)
      chosen = select(compare(IntegerRelation::eq, word, i), a.integer(words[from + i]), chosen);
    return chosen.zeroExtend(64);
  };
  Num picked[] = {pick(0), pick(1), pick(2), pick(3)};
  auto aligned = [&](int i) {
    Num pair = (picked[i] << 32) | picked[i + 1];
    return (pair >> (shift.integer(32) - shift)) & 0xFFFFFFFF;
  };
  Num turns = ((mantissa * aligned(0)) << 32) + mantissa * aligned(1) + (mantissa * aligned(2) >> 32);
  Num q = add(turns, uint64_t(1) << 61) >> 62;
  Num rest = (turns - (q << 62)).signedToReal() * (0x1.921fb54442d18p+0 * 0x1p-62);
  return {select(isAtLeast(a, infinity), notANumber, rest), q.truncate(32)};
}

static Quadrant reduceTrigonometric(Num a) {
  Num t = fma(a, 0.63661977236758134, roundMagic);
  Num n = (t - roundMagic).widen();
  Num r = fma(n, -0x1.0b4611a626331p-34, fma(n, -0x1.921fb544p+0, a.widen()));
  Num large = isAtLeast(a, quickTrigonometric);
  Num quick[] = {r, t.bits()};
  auto chosen = whereAny(large, quick, [&]() -> SmallVector<Num> {
    auto [slow, quarter] = reduceLarge(a);
    return {select(large, slow, quick[0]), select(large, quarter, quick[1])};
  });
  return {chosen[0], chosen[1]};
}

static Num sinPolynomial(Num r, Num z) { return fma(polynomial(z, sinPart) * z, r, r); }
static Num cosPolynomial(Num z) { return fma(polynomial(z, cosPart), z * z, fma(z, -0.5, 1.0)); }

static Num sin(Num x) {
  auto [wide, q] = reduceTrigonometric(abs(x));
  Num r = wide.narrow(), z = r * r;
  Num y = select(isSet(q, 1), cosPolynomial(z), sinPolynomial(r, z));
  Num sign = ((q & 2) << 30) ^ (x.bits() & 0x80000000);
  return (y.bits() ^ sign).asReal();
}

static Num cos(Num x) {
  auto [wide, q] = reduceTrigonometric(abs(x));
  Num r = wide.narrow(), z = r * r;
  Num y = select(isSet(q, 1), sinPolynomial(r, z), cosPolynomial(z));
  return (y.bits() ^ ((add(q, 1) & 2) << 30)).asReal();
}

/// In f64, since a quotient of two rounded functions would be off by more than two places.
static Num tan(Num x) {
  auto [r, q] = reduceTrigonometric(abs(x));
  Num z = r * r;
  Num s = sinPolynomial(r, z), c = cosPolynomial(z);
  Num odd = isSet(q, 1);
  Num y = (select(odd, -c, s) / select(odd, s, c)).narrow();
  return (y.bits() ^ (x.bits() & 0x80000000)).asReal();
}

/// asin and acos: |x| and below 1/2 asin(|x|) = s + rest, above pi/2 - 2 (s + rest).
struct ArcParts {
  Num large, s, rest;
};

static ArcParts arcParts(Num a) {
  Num large = a > 0.5;
  Num z = select(large, (1.0 - a) * 0.5, a * a);
  Num s = select(large, sqrt(z), a);
  return {large, s, s * z * polynomial(z, asinPart)};
}

static Num asin(Num x) {
  auto [large, s, rest] = arcParts(abs(x));
  // What the difference loses, at up to twice the result's last place, is added again.
  Num twice = s + s;
  Num difference = halfPiHigh - twice;
  Num lost = (halfPiHigh - difference) - twice;
  Num above = difference + (lost - ((rest + rest) - halfPiLow));
  return copySign(select(large, above, s + rest), x);
}

static Num acos(Num x) {
  auto [large, s, rest] = arcParts(abs(x));
  s = copySign(s, x);
  rest = copySign(rest, x);
  Num below = halfPiHigh - (s - (halfPiLow - rest));
  Num twice = (s + s) + (rest + rest);
  Num above = select(x < 0.0, (twice + piLow) + piHigh, twice);
  return select(large, above, below);
}

static Num atan(Num x) {
  Num a = abs(x);
  Num large = a > 1.0;
  Num t = select(large, -1.0 / a, a);
  Num z = t * t;
  Num rest = polynomial(z, atanPart) * z * t;
  Num high = select(large, halfPiHigh, a.real(0)), low = select(large, halfPiLow, a.real(0));
  return copySign(high + (t + (rest + low)), x);
}

//===----------------------------------------------------------------------===//
// Hyperbolic functions and erf
//===----------------------------------------------------------------------===//

static Num tanh(Num x) {
  Num a = abs(x);
  Num z = a * a;
  Num small = fma(polynomial(z, tanhPart) * z, a, a);
  Num twice = atMost(a, 10);
  twice = twice + twice;
  auto [r, bits] = reduceExpQuickly(twice);
  Num large = 1.0 - 2.0 / (scaleOnce(expPolynomial(r), bits) + 1.0);
  // From 0.55 on the result is at least 1/2, so that its last place is as coarse as that of the difference.
  return copySign(select(a < 0.55, small, large), x);
}

/// exp(a) / 2.
static Num halfExp(Num a) {
  auto [r, bits] = reduceExp(atMost(a, 90));
  return scale(expPolynomial(r), sub(bits, 1));
}

static Num sinh(Num x) {
  Num a = abs(x);
  Num z = x * x;
  Num small = fma(polynomial(z, sinhPart) * z, x, x);
  Num half = halfExp(a);
  return select(a < 1.0, small, copySign(half - 0.25 / half, x));
}

static Num cosh(Num x) {
  Num half = halfExp(abs(x));
  return half + 0.25 / half;
}

/// 1 - e^-y, where y(|x|) = -log(erfc(|x|)) is smooth and never cancels: no branch, no division.
static Num erf(Num x) {
  Num a = atMost(abs(x), 3.93);
  Num slope = polynomialOf<std::size(erfPart) - 1>(a, [&](size_t k) { return a.same(erfPart[k + 1]); });
  auto [r, n] = reduceExpQuickly(fma(fma(a, slope, erfPart[0]), a, a));
  Num power = (r.same(1).bits() - (n << 23)).asReal(); // 2^-n
  return copySign(fma(power, fma(polynomial(r, erfExp), r * r, r), 1.0 - power), x);
}

static Num rsqrt(Num x) { return 1.0 / sqrt(x); }

using throughF64::acosh;
using throughF64::asinh;
using throughF64::atanh;
using throughF64::pow;

} // namespace f32

//===----------------------------------------------------------------------===//
// Small floats
//===----------------------------------------------------------------------===//

/// f64 to f32 such that rounding once more, to less than 22 bits, gives what rounding once would: the neighbour with an odd
/// last bit wherever the number has no f32.
static Num narrowToOdd(Num x) {
  Num y = x.narrow();
  Num back = y.widen();
  Num bits = y.bits();
  Num outward = abs(back) > abs(x);
  Num other = select(outward, sub(bits, 1), add(bits, 1));
  Num inexact = compare(Relation::ONE, back, x);
  Num even = compare(IntegerRelation::eq, bits & 1, 0);
  return select(inexact & even, other, bits).asReal();
}

static Num fromHalf(Num h) {
  Num bits = h.bits().zeroExtend(32);
  Num magnitude = bits & 0x7FFF;
  Num moved = magnitude << 13;
  Num normal = add(moved, (127 - 15) << 23);
  // Subnormal: as 2^-14 (1 + m), less 2^-14.
  Num subnormal = (add(moved, (127 - 14) << 23).asReal() - 0x1p-14).bits();
  Num special = add(moved, (255 - 31) << 23) |
                select(compare(IntegerRelation::ugt, magnitude, 0x7C00), bits.integer(0x400000), bits.integer(0));
  Num result = select(compare(IntegerRelation::ult, magnitude, 0x0400), subnormal, normal);
  result = select(compare(IntegerRelation::uge, magnitude, 0x7C00), special, result);
  return (result | ((bits & 0x8000) << 16)).asReal();
}

static Num toHalf(Num x) {
  Num bits = x.bits();
  Num magnitude = bits & 0x7FFFFFFF;
  Num odd = (magnitude >> 13) & 1;
  // Half of the last place, less one where the tie goes down; what carries over reaches the exponent, and infinity.
  Num normal = (add(magnitude, (uint64_t(15 - 127) << 23) + 0xFFF) + odd) >> 13;
  // Below 2^-14 the addition of 1/2 rounds to multiples of 2^-24.
  Num subnormal = sub((magnitude.asReal() + 0.5).bits(), 0x3F000000);
  Num nan = ((magnitude >> 13) & 0x3FF) | 0x7E00;
  Num special = select(compare(IntegerRelation::ugt, magnitude, 0x7F800000), nan, bits.integer(0x7C00));
  Num result = select(compare(IntegerRelation::ult, magnitude, 0x38800000), subnormal, normal);
  result = select(compare(IntegerRelation::uge, magnitude, 0x47800000), special, result);
  return (result | ((bits >> 16) & 0x8000)).truncate(16).asReal();
}

static Num fromBf16(Num h) { return (h.bits().zeroExtend(32) << 16).asReal(); }

static Num toBf16(Num x) {
  Num bits = x.bits();
  Num odd = (bits >> 16) & 1;
  Num rounded = (add(bits, 0x7FFF) + odd) >> 16;
  Num nan = (bits >> 16) | 0x40;
  return select(isNan(x), nan, rounded).truncate(16).asReal(x.b->getBF16Type());
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

/// A scalar or one-dimensional vector of fixed length.
static bool isLanes(Type type) {
  auto v = dyn_cast<VectorType>(type);
  return !v || (v.getRank() == 1 && !v.isScalable());
}

namespace {

template <typename Op>
struct ExpandFunction : OpRewritePattern<Op> {
  using Function = Num (*)(Num);
  ExpandFunction(MLIRContext *ctx, Function single, Function full) : OpRewritePattern<Op>(ctx), single(single), full(full) {}

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    Type element = getElementTypeOrSelf(op.getType());
    if (!isLanes(op.getType()) || !(element.isF32() || element.isF64()))
      return failure();
    Num x(rewriter, op.getLoc(), op.getOperand());
    rewriter.replaceOp(op, (element.isF32() ? single : full)(x).value);
    return success();
  }

  Function single, full;
};

/// 1 / (1 + exp(-x)) of f32, found by its exponential before that is expanded.
struct ExpandLogistic : OpRewritePattern<math::ExpOp> {
  ExpandLogistic(MLIRContext *ctx) : OpRewritePattern(ctx, /*benefit=*/2) {}
  LogicalResult matchAndRewrite(math::ExpOp op, PatternRewriter &rewriter) const override {
    auto negated = op.getOperand().getDefiningOp<arith::NegFOp>();
    if (!isLanes(op.getType()) || !getElementTypeOrSelf(op.getType()).isF32() || !negated || !op->hasOneUse())
      return failure();
    auto sum = dyn_cast<arith::AddFOp>(*op->user_begin());
    auto quotient = sum && sum->hasOneUse() ? dyn_cast<arith::DivFOp>(*sum->user_begin()) : arith::DivFOp();
    auto isOne = [](Value v) { return matchPattern(v, m_OneFloat()); };
    if (!quotient || quotient.getRhs() != sum.getResult() || !isOne(quotient.getLhs()) || !(isOne(sum.getLhs()) || isOne(sum.getRhs())))
      return failure();
    rewriter.setInsertionPoint(quotient);
    Num y = f32::logistic(Num(rewriter, quotient.getLoc(), negated.getOperand()));
    rewriter.replaceOp(quotient, y.value);
    return success();
  }
};

struct ExpandPow : OpRewritePattern<math::PowFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::PowFOp op, PatternRewriter &rewriter) const override {
    Type element = getElementTypeOrSelf(op.getType());
    if (!isLanes(op.getType()) || !(element.isF32() || element.isF64()))
      return failure();
    Num x(rewriter, op.getLoc(), op.getLhs()), y(rewriter, op.getLoc(), op.getRhs());
    rewriter.replaceOp(op, (element.isF32() ? f32::pow : f64::pow)(x, y).value);
    return success();
  }
};

/// A conversion from one element type to another by `convert`.
template <typename Op>
struct ExpandConversion : OpRewritePattern<Op> {
  using Function = Num (*)(Num);
  ExpandConversion(MLIRContext *ctx, Type from, Type to, Function convert)
      : OpRewritePattern<Op>(ctx), from(from), to(to), convert(convert) {}

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    Value x = op.getIn();
    if (!isLanes(x.getType()) || getElementTypeOrSelf(x.getType()) != from || getElementTypeOrSelf(op.getType()) != to)
      return failure();
    rewriter.replaceOp(op, convert(Num(rewriter, op.getLoc(), x)).value);
    return success();
  }

  Type from, to;
  Function convert;
};

} // namespace

Value emitWeight(OpBuilder &builder, Location loc, Value x) {
  if (!getElementTypeOrSelf(x.getType()).isF32())
    return math::ExpOp::create(builder, loc, x);
  return f32::weight(Num(builder, loc, x));
}

void populateMathPatterns(RewritePatternSet &patterns) {
  MLIRContext *ctx = patterns.getContext();
  patterns.add<ExpandPow, ExpandLogistic>(ctx);
#define MLC_EXPAND(OP, NAME) patterns.add<ExpandFunction<math::OP>>(ctx, f32::NAME, f64::NAME)
  MLC_EXPAND(ExpOp, exp);
  MLC_EXPAND(Exp2Op, exp2);
  MLC_EXPAND(ExpM1Op, expm1);
  MLC_EXPAND(LogOp, log);
  MLC_EXPAND(Log2Op, log2);
  MLC_EXPAND(Log1pOp, log1p);
  MLC_EXPAND(SinOp, sin);
  MLC_EXPAND(CosOp, cos);
  MLC_EXPAND(TanOp, tan);
  MLC_EXPAND(AsinOp, asin);
  MLC_EXPAND(AcosOp, acos);
  MLC_EXPAND(AtanOp, atan);
  MLC_EXPAND(SinhOp, sinh);
  MLC_EXPAND(CoshOp, cosh);
  MLC_EXPAND(TanhOp, tanh);
  MLC_EXPAND(AsinhOp, asinh);
  MLC_EXPAND(AcoshOp, acosh);
  MLC_EXPAND(AtanhOp, atanh);
  MLC_EXPAND(ErfOp, erf);
  MLC_EXPAND(RsqrtOp, rsqrt);
#undef MLC_EXPAND
}

void populateHalfConversionPatterns(RewritePatternSet &patterns) {
  Builder b(patterns.getContext());
  patterns.add<ExpandConversion<arith::ExtFOp>>(b.getContext(), b.getF16Type(), b.getF32Type(), fromHalf);
  patterns.add<ExpandConversion<arith::TruncFOp>>(b.getContext(), b.getF32Type(), b.getF16Type(), toHalf);
}

void populateBf16Patterns(RewritePatternSet &patterns) {
  Builder b(patterns.getContext());
  Type f16 = b.getF16Type(), bf16 = b.getBF16Type(), f32 = b.getF32Type(), f64 = b.getF64Type();
  using Extend = ExpandConversion<arith::ExtFOp>;
  using Truncate = ExpandConversion<arith::TruncFOp>;
  patterns.add<Extend>(b.getContext(), bf16, f32, fromBf16);
  patterns.add<Truncate>(b.getContext(), f32, bf16, toBf16);
  patterns.add<Extend>(b.getContext(), bf16, f64, [](Num x) { return fromBf16(x).widen(); });
  patterns.add<Truncate>(b.getContext(), f64, bf16, [](Num x) { return toBf16(narrowToOdd(x)); });
  // Between f16 and f32 by the processor, or by populateHalfConversionPatterns.
  patterns.add<Extend>(b.getContext(), f16, f64, [](Num x) {
    return x.with(arith::ExtFOp::create(*x.b, x.loc, x.like(x.b->getF32Type()), x.value)).widen();
  });
  patterns.add<Truncate>(b.getContext(), f64, f16, [](Num x) {
    Num y = narrowToOdd(x);
    return y.with(arith::TruncFOp::create(*y.b, y.loc, y.like(y.b->getF16Type()), y.value));
  });
}

} // namespace mlc
