//===- MathDouble.cpp - math functions of f64, and those of f32 through f64 ===//
//
// Polynomials come from test/unit/math/coefficients.py. Where one double is not enough a value is the sum of two, the second
// below half of the last place of the first; the products that this needs are split and hence exact without fused operations.
//
//===----------------------------------------------------------------------===//
#include "codegen/cpu/MathHelpers.h"

using namespace mlir;

namespace mlc {

constexpr uint64_t exponentMask = 0xFFF0000000000000, oneBits = 0x3FF0000000000000, signBit = uint64_t(1) << 63;
constexpr double roundMagic = 0x1.8p52, log2e = 0x1.71547652b82fep+0, ln2 = 0x1.62e42fefa39efp-1;
// ln 2 in two parts; products of the first with integers below 2^11 are exact.
constexpr double ln2High = 0x1.62e42fefa3800p-1, ln2Low = 0x1.ef35793c76730p-45;
constexpr double piHigh = 0x1.921fb54442d18p+1, piLow = 0x1.1a62633145c07p-53;
constexpr double halfPiHigh = piHigh / 2, halfPiLow = piLow / 2, quarterPiHigh = piHigh / 4, quarterPiLow = piLow / 4;

// log2(1 + f) / s, s = f / (2 + f), u = s^2 for u in [9.3132e-10, 0.029437], error at most 2^-37.79
constexpr double log2Short[] = {2.8853900817900806, 0.96179667334978936, 0.57708358330815357, 0.41167282492115687,
                                0.34072804139146884};
// 2^u for u in [-0.5, 0.5], error at most 2^-32.01
constexpr double exp2Short[] = {1.0,
                                0.69314718381671336,
                                0.24022650920783489,
                                0.055504003758177135,
                                0.0096180569188943771,
                                0.0013341950590156954,
                                0.00015461367834803544,
                                1.3359936845922013e-5};
// (exp(u) - 1 - u) / u^2 for u in [-0.34667, 0.34667], error at most 2^-56.46
constexpr double expPart[] = {0.5,
                              0.16666666666666688,
                              0.041666666666666824,
                              0.0083333333333138922,
                              0.0013888888888777837,
                              0.00019841269903370017,
                              2.480158755949476e-5,
                              2.7557228720886408e-6,
                              2.7557070431444964e-7,
                              2.5114735287376231e-8,
                              2.0999100202406733e-9};
// (exp(u) - 1 - u - u^2/2) / u^3 for u in [-0.34667, 0.34667], error at most 2^-56.14
constexpr double expm1Part[] = {0.16666666666666666,    0.041666666666666699,  0.0083333333333345232, 0.0013888888888864161,
                                0.00019841269836502832, 2.4801587369014526e-5, 2.7557327415164955e-6, 2.755723265666852e-7,
                                2.5045884932869361e-8,  2.0934740159391408e-9, 1.7612100962919495e-10};
// (log(1 + f) / s - 2) / u, s = f / (2 + f), u = s^2 for u in [9.3132e-10, 0.0295], error at most 2^-59.48
constexpr double logPart[] = {0.66666666666667351, 0.39999999999409008, 0.28571428743828803, 0.22222198408267449,
                              0.18183573725236218, 0.15313790050697196, 0.14798746925196127};
// (sin(x) - x + x^3/6) / x^5, u = x^2 for u in [9.3132e-10, 0.61842], error at most 2^-68.08
constexpr double sinPart[] = {0.0083333333333333297,  -0.00019841269841261628, 2.7557319217092069e-6,
                              -2.5052105571027052e-8, 1.6058441224176175e-10,  -7.5820265378329678e-13};
// (cos(x) - 1 + x^2/2) / x^4, u = x^2 for u in [9.3132e-10, 0.61842], error at most 2^-63.89
constexpr double cosPart[] = {0.041666666666666595,   -0.0013888888888873296, 2.4801587288953846e-5,
                              -2.7557314198804851e-7, 2.0875702453469607e-9,  -1.135857703325767e-11};
// (asin(x) - x) / x^3, u = x^2 for u in [9.3132e-10, 0.2502], error at most 2^-57.83
constexpr double asinPart[] = {0.16666666666666763,  0.074999999999700931,  0.04464285717532309,  0.030381942672003833,
                               0.022372216039187414, 0.017351592450039106,  0.013981054423731862, 0.011397140322613965,
                               0.010788391793045162, 0.0036865343905215925, 0.021719633293281568, -0.02095263797309329,
                               0.032553069015367163};
// (atan(x) - x) / x^3, u = x^2 for u in [9.3132e-10, 0.1717], error at most 2^-59.4
constexpr double atanPart[] = {-0.33333333333333193,  0.19999999999952184,  -0.14285714280054143, 0.11111110776304263,
                               -0.090908975511363066, 0.07692056526203303,  -0.06663061955211301, 0.058475817275639205,
                               -0.050379126209768622, 0.038029028614416892, -0.017868114397902941};
// (tanh(x) - x) / x^3, u = x^2 for u in [9.3132e-10, 0.3025], error at most 2^-64.99
constexpr double tanhPart[] = {-0.33333333333333331,    0.13333333333332931,   -0.053968253967948479,  0.021869488524520482,
                               -0.0088632352698087679,  0.0035921243259707841, -0.0014557989634512497, 0.0005897954581321024,
                               -0.00023807913167067963, 9.3660811941379332e-5, -3.2567421748255353e-5, 7.2226032021391629e-6};
// (sinh(x) - x) / x^3, u = x^2 for u in [9.3132e-10, 1.0], error at most 2^-63.26
constexpr double sinhPart[] = {0.16666666666666666,    0.0083333333333336368,  0.00019841269840930481,
                               2.7557319407172742e-6,  2.5052053760094053e-8,  1.6068524967161028e-10,
                               6.6934899067436476e-13, 5.4345916453126545e-14, -1.1564151424264076e-14};
// erf(x) / x - 1, u = x^2 for u in [9.3132e-10, 1.0], error at most 2^-56.32
constexpr double erfPart[] = {0.12837916709551259,   -0.37612638903184165,    0.11283791670977776,   -0.026866170650032797,
                              0.0052239776806560006, -0.00085483307304788723, 0.0001205549292481483, -1.4930278582583106e-5,
                              1.6553838642402566e-6, -1.7614397079159185e-7,  2.628448869253645e-8,  -8.03615863907463e-9,
                              2.4447159209263863e-9, -3.6491414613999725e-10};
// log(erfc(u + 1.5)) for u in [-0.51, 0.51], error at most 2^-58.56
constexpr double erfMiddle[] = {-3.3844920895515527,    -3.5088008017795276,    -0.89264033061503556,   -0.025824140633643172,
                                0.0060067463863563283,  -0.0012572166869646991, 0.00021596330729137475, -2.2473684114516589e-5,
                                -2.6468635067056119e-6, 2.3707915525343534e-6,  -8.1858227955376502e-7, 1.9288623129431707e-7,
                                -2.8435241446939056e-8, -1.9302019932657957e-9, 3.1869578742426219e-9};
// log(erfc(u + 4)) for u in [-2.01, 2.0], error at most 2^-63.6
constexpr double erfTail[] = {-17.987778312105778,    -8.2363768927569758,     -0.97344458875422579,  -0.0037931431571524787,
                              0.00058215117643040982, -9.1017622122990723e-5,  1.4148716350876467e-5, -2.1448713972367062e-6,
                              3.0065632255226314e-7,  -6.4912509523356895e-8,  -1.254509574122334e-8, -1.0107205629579555e-8,
                              -3.1214403928094832e-9, -6.3053612945056658e-10, -6.15793405518593e-11};

//===----------------------------------------------------------------------===//
// Sums of two doubles
//===----------------------------------------------------------------------===//

namespace {
struct Two {
  Num high, low;
};
} // namespace

/// x + y without error.
static Two sum(Num x, Num y) {
  Num s = x + y;
  Num part = s - x;
  return {s, (x - (s - part)) + (y - part)};
}

/// The same for |x| >= |y|.
static Two quickSum(Num x, Num y) {
  Num s = x + y;
  return {s, y - (s - x)};
}

/// x in two halves of 26 bits.
static Two split(Num x) {
  Num c = x * 134217729.0;
  Num high = c - (c - x);
  return {high, x - high};
}

/// x y without error.
static Two product(Num x, Num y) {
  Num p = x * y;
  auto [xh, xl] = split(x);
  auto [yh, yl] = split(y);
  return {p, ((xh * yh - p) + xh * yl + xl * yh) + xl * yl};
}

static Two product(Two x, Two y) {
  auto [high, low] = product(x.high, y.high);
  return quickSum(high, low + (x.high * y.low + x.low * y.high));
}

static Two constant(Num like, double high, double low) { return {like.real(high), like.real(low)}; }

//===----------------------------------------------------------------------===//
// Exponents and logarithms
//===----------------------------------------------------------------------===//

/// p 2^n for n in the low bits, |n| < 2047, in two steps, so that results may be subnormal or overflow.
static Num scale(Num p, Num bits) {
  Num half = (bits << 51) & exponentMask;
  Num rest = (bits << 52) - half;
  return p * add(half, oneBits).asReal() * add(rest, oneBits).asReal();
}

/// p 2^n for n in -1022 … 1023.
static Num scaleOnce(Num p, Num bits) { return p * add(bits << 52, oneBits).asReal(); }

namespace {
/// x = n ln2 + r with |r| <= ln2/2; n is in the low bits of `bits`.
struct ExpReduction {
  Num r, bits;
};

/// A positive normal x = 2^n (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)].
struct LogReduction {
  Num n, f, exponent; // exponent: n where exponents are
};
} // namespace

static ExpReduction reduceExp(Num x) {
  Num t = fma(x, log2e, roundMagic);
  Num n = t - roundMagic;
  return {fma(n, -ln2Low, fma(n, -ln2High, x)), t.bits()};
}

static Num expPolynomial(Num r) { return fma(polynomial(r, expPart), r * r, r) + 1.0; }

static LogReduction reduceLog(Num x) {
  Num bits = x.bits();
  Num offset = sub(bits, 0x3FE6A09E667F3BCD);
  Num exponent = offset & exponentMask;
  // n + 2048 as the low bits of a double around 2^52.
  Num n = (((offset >> 52) ^ offset.integer(0x800)) | 0x4330000000000000).asReal() - (0x1p52 + 2048);
  return {n, (bits - exponent).asReal() - 1.0, exponent};
}

/// Subnormal numbers made normal, and by what their exponent has grown.
static std::pair<Num, Num> normalize(Num x) {
  Num small = x < 0x1p-1022;
  return {select(small, x * 0x1p54, x), select(small, 54.0, x.real(0))};
}

/// The values of a logarithm at and beyond the ends of the range.
static Num logSpecial(Num x, Num result) {
  result = select(x < infinity, result, x);
  Num zero = select(isEqual(x, 0), -infinity, x.real(notANumber));
  return select(compare(Relation::OLE, x, x.real(0)), zero, result);
}

/// log(1 + f) = f - square + tail, with square = f^2 / 2.
static std::pair<Num, Num> logTail(Num f) {
  Num square = f * f * 0.5;
  Num s = f / (f + 2.0);
  Num z = s * s;
  return {square, s * fma(z, polynomial(z, logPart), square)};
}

static Num logFrom(Num n, Num f) {
  auto [square, tail] = logTail(f);
  return fma(n, ln2High, f - (square - fma(n, ln2Low, tail)));
}

namespace f64 {

Num exp(Num x) {
  auto [r, bits] = reduceExp(atLeast(atMost(x, 710), -746));
  return scale(expPolynomial(r), bits);
}

Num exp2(Num x) {
  x = atLeast(atMost(x, 1025), -1076);
  Num t = x + roundMagic;
  return scale(expPolynomial((x - (t - roundMagic)) * ln2), t.bits());
}

Num expm1(Num given) {
  auto [r, bits] = reduceExp(atLeast(atMost(given, 710), -40));
  Num z = r * r;
  Num q = r + fma(polynomial(r, expm1Part), z * r, z * 0.5);
  Num s = add(bits << 52, oneBits - (uint64_t(1) << 52)).asReal(); // 2^(n-1), which cannot overflow
  return select(abs(given) < 0x1p-54, given, fma(s, q, s - 0.5) * 2.0);
}

Num log(Num x) {
  auto [normal, shift] = normalize(x);
  auto [n, f, exponent] = reduceLog(normal);
  return logSpecial(x, logFrom(n - shift, f));
}

Num log2(Num x) {
  auto [normal, shift] = normalize(x);
  auto [n, f, exponent] = reduceLog(normal);
  auto [square, tail] = logTail(f);
  // log(1 + f) in two parts, the first of 32 bits less; log2(e) in two parts, so that the greatest product is exact.
  Num high = ((f - square).bits() & 0xFFFFFFFF00000000).asReal();
  Num low = (f - high) - square + tail;
  constexpr double log2eHigh = 0x1.7154768000000p+0, log2eLow = -0x1.6a3e80f444178p-27;
  Num rest = fma(low + high, log2eLow, low * log2eHigh);
  Num first = high * log2eHigh;
  Two whole = quickSum(n - shift, first);
  // With n = 0 the sum below is first + rest.
  Num exact = select(isEqual(n - shift, 0), rest, whole.low + rest);
  return logSpecial(x, whole.high + exact);
}

Num log1p(Num x) {
  Num u = x + 1.0;
  Num lost = select(abs(x) < 1.0, x - (u - 1.0), 1.0 - (u - x));
  auto [n, f, exponent] = reduceLog(u);
  Num factor = (x.integer(oneBits) - exponent).asReal(); // 2^-n
  lost = select(isAtLeast(x, 0x1p60), 0.0, lost * factor);
  Num result = logSpecial(u, logFrom(n, f + lost));
  return select(abs(x) < 0x1p-54, x, result);
}

} // namespace f64

//===----------------------------------------------------------------------===//
// Trigonometric functions
//===----------------------------------------------------------------------===//

namespace {
/// a = q pi/2 + r with |r| little more than pi/4; only the low two bits of q count.
struct Quadrant {
  Two r;
  Num q;
};
} // namespace

// Arguments below this are reduced by subtractions.
constexpr double quickTrigonometric = 0x1p20;

/// Words 0 … 5 of 2/pi's bits from the first that matters on, most significant first, in the low half of 64 bits.
static SmallVector<Num> selectBits(Num position) {
  // 34 zeros, then 2/pi in binary.
  constexpr uint32_t words[] = {0x00000000, 0x28BE60DB, 0x9391054A, 0x7F09D5F4, 0x7D4D3770, 0x36D8A566, 0x4F10E410, 0x7F9458EA,
                                0xF7AEF158, 0x6DC91B8E, 0x909374B8, 0x01924BBA, 0x82746487, 0x3F877AC7, 0x2C4A69CF, 0xBA208D7D,
                                0x4BAED121, 0x3A671C09, 0xAD17DF90, 0x4E64758E, 0x60D4CE7D, 0x272117E2, 0xEF7E4A0E, 0xC7FE25FF,
                                0xF7816603, 0xFBCBC462, 0xD6829B47, 0xDB4D9FB3, 0xC9F2C26D, 0xD3D18FD9, 0xA797FA8B, 0x5D49EEB1,
                                0xFAF97C5E, 0xCF41CE7D, 0xE294A4BA, 0x9AFED7EC, 0x47E35742, 0x1580CC11};
  SmallVector<Num> window;
  for (uint32_t w : words)
    window.push_back(position.integer(w));
  // Moves by 16, 8, 4, 2, 1 words, as the bits of the word's number say.
  for (int by = 16; by; by /= 2) {
    Num move = isSet(position, uint64_t(by) * 32);
    SmallVector<Num> next;
    for (int i = 0; i < 7 + by - 1; ++i)
      next.push_back(select(move, window[i + by], window[i]));
    window = next;
  }
  Num shift = position & 31;
  SmallVector<Num> aligned;
  for (int i = 0; i < 6; ++i)
    aligned.push_back((((window[i] << 32) | window[i + 1]) >> (shift.integer(32) - shift)) & 0xFFFFFFFF);
  return aligned;
}

/// Any finite a >= 2^20: the fraction of a 2/pi from 192 of its bits.
static Quadrant reduceLarge(Num a) {
  Num bits = a.bits();
  Num m0 = bits & 0xFFFFFFFF, m1 = ((bits >> 32) & 0xFFFFF) | 0x100000;
  SmallVector<Num> w = selectBits(sub(bits >> 52, 1075 - 32));
  // The product modulo 2^192 in columns of 32 bits, the lowest first; only carries remain of the lowest two.
  SmallVector<Num> columns;
  std::optional<Num> carry;
  for (int i = 0; i < 6; ++i) {
    Num p0 = m0 * w[5 - i];
    Num column = carry ? *carry + (p0 & 0xFFFFFFFF) : p0 & 0xFFFFFFFF;
    Num next = p0 >> 32;
    if (i > 0) {
      Num p1 = m1 * w[6 - i];
      column = column + (p1 & 0xFFFFFFFF);
      next = next + (p1 >> 32);
    }
    columns.push_back(column & 0xFFFFFFFF);
    carry = next + (column >> 32);
  }
  // Quarter turns, rounded; what is left is signed.
  Num q = add(columns[5], uint64_t(1) << 29) >> 30;
  Num top = columns[5] - (q << 30);
  // Integers below 2^32 as reals around 2^52; the highest may be negative.
  auto real = [&](Num word, double unit) {
    return ((add(word, uint64_t(1) << 40) | 0x4330000000000000).asReal() - (0x1p52 + 0x1p40)) * unit;
  };
  Two high = sum(real(top, 0x1p-30), real(columns[4], 0x1p-62));
  Num low = real(columns[3], 0x1p-94) + real(columns[2], 0x1p-126);
  Two fraction = sum(high.high, high.low + low);
  Two r = product(fraction, constant(a, halfPiHigh, halfPiLow));
  Num nan = isAtLeast(a, infinity);
  return {{select(nan, notANumber, r.high), r.low}, q};
}

static Quadrant reduceTrigonometric(Num a) {
  Num t = fma(a, 0x1.45f306dc9c883p-1, roundMagic);
  Num n = t - roundMagic;
  // pi/2 in four parts; the products with the first three are exact.
  auto [r1, e1] = sum(a - n * 0x1.921fb54400000p+0, n * -0x1.0b4611a600000p-34);
  auto [r2, e2] = sum(r1, n * -0x1.3198a2e000000p-69);
  Two r = sum(r2, (e1 + e2) - n * 0x1.b839a252049c1p-104);
  Num large = isAtLeast(a, quickTrigonometric);
  Num quick[] = {r.high, r.low, t.bits()};
  auto chosen = whereAny(large, quick, [&]() -> SmallVector<Num> {
    Quadrant slow = reduceLarge(a);
    return {select(large, slow.r.high, quick[0]), select(large, slow.r.low, quick[1]), select(large, slow.q, quick[2])};
  });
  return {{chosen[0], chosen[1]}, chosen[2]};
}

static Num sinPolynomial(Two r) {
  Num z = r.high * r.high;
  Num inner = fma(polynomial(z, sinPart), z, -1.0 / 6);
  return r.high + fma(z * r.high, inner, fma(z * r.low, -0.5, r.low));
}

static Num cosPolynomial(Two r) {
  Num z = r.high * r.high;
  Num half = z * 0.5;
  Num w = 1.0 - half;
  Num rest = fma(polynomial(z, cosPart), z * z, -(r.high * r.low));
  return w + (((1.0 - w) - half) + rest);
}

/// asin and acos: |x| and below 1/2 asin(|x|) = s + rest, above pi/2 - 2 (s + rest).
static std::tuple<Num, Num, Num> arcParts(Num a) {
  Num large = a > 0.5;
  Num z = select(large, (1.0 - a) * 0.5, a * a);
  Num s = select(large, sqrt(z), a);
  return {large, s, s * z * polynomial(z, asinPart)};
}

namespace f64 {

Num sin(Num x) {
  auto [r, q] = reduceTrigonometric(abs(x));
  Num y = select(isSet(q, 1), cosPolynomial(r), sinPolynomial(r));
  return (y.bits() ^ ((q & 2) << 62) ^ (x.bits() & signBit)).asReal();
}

Num cos(Num x) {
  auto [r, q] = reduceTrigonometric(abs(x));
  Num y = select(isSet(q, 1), sinPolynomial(r), cosPolynomial(r));
  return (y.bits() ^ ((add(q, 1) & 2) << 62)).asReal();
}

Num tan(Num x) {
  auto [r, q] = reduceTrigonometric(abs(x));
  Num s = sinPolynomial(r), c = cosPolynomial(r);
  Num odd = isSet(q, 1);
  Num y = select(odd, -c, s) / select(odd, s, c);
  return (y.bits() ^ (x.bits() & signBit)).asReal();
}

Num asin(Num x) {
  auto [large, s, rest] = arcParts(abs(x));
  // What the difference loses, at up to twice the result's last place, is added again.
  Num twice = s + s;
  Num difference = halfPiHigh - twice;
  Num lost = (halfPiHigh - difference) - twice;
  Num above = difference + (lost - ((rest + rest) - halfPiLow));
  return copySign(select(large, above, s + rest), x);
}

Num acos(Num x) {
  auto [large, s, rest] = arcParts(abs(x));
  s = copySign(s, x);
  rest = copySign(rest, x);
  Num below = halfPiHigh - (s - (halfPiLow - rest));
  Num twice = (s + s) + (rest + rest);
  Num above = select(x < 0.0, (twice + piLow) + piHigh, twice);
  return select(large, above, below);
}

Num atan(Num x) {
  Num a = abs(x);
  Num middle = a > 0.41421356237309503, large = a > 2.414213562373095;
  Num top = select(large, -1.0, select(middle, a - 1.0, a));
  Num bottom = select(large, a, select(middle, a + 1.0, a.real(1)));
  Num high = select(large, halfPiHigh, select(middle, quarterPiHigh, a.real(0)));
  Num low = select(large, halfPiLow, select(middle, quarterPiLow, a.real(0)));
  Num t = top / bottom;
  Num z = t * t;
  return copySign(high + (t + fma(polynomial(z, atanPart), z * t, low)), x);
}

//===----------------------------------------------------------------------===//
// Hyperbolic functions and erf
//===----------------------------------------------------------------------===//

Num tanh(Num x) {
  Num a = abs(x);
  Num z = a * a;
  Num small = fma(polynomial(z, tanhPart) * z, a, a);
  Num twice = atMost(a, 20);
  auto [r, bits] = reduceExp(twice + twice);
  Num large = 1.0 - 2.0 / (scaleOnce(expPolynomial(r), bits) + 1.0);
  return copySign(select(a < 0.55, small, large), x);
}

/// exp(a) / 2.
static Num halfExp(Num a) {
  auto [r, bits] = reduceExp(atMost(a, 711));
  return scale(expPolynomial(r), sub(bits, 1));
}

Num sinh(Num x) {
  Num a = abs(x);
  Num z = x * x;
  Num small = fma(polynomial(z, sinhPart) * z, x, x);
  Num half = halfExp(a);
  return select(a < 1.0, small, copySign(half - 0.25 / half, x));
}

Num cosh(Num x) {
  Num half = halfExp(abs(x));
  return half + 0.25 / half;
}

Num asinh(Num x) {
  Num a = abs(x);
  Num large = a > 0x1p60;
  Num z = a * a;
  Num y = log1p(select(large, a, a + z / (sqrt(z + 1.0) + 1.0)));
  return copySign(select(large, y + ln2, y), x);
}

Num acosh(Num x) {
  Num large = x > 0x1p60;
  Num t = x - 1.0;
  Num y = log1p(select(large, x, t + sqrt(t * (t + 2.0))));
  return select(x < 1.0, notANumber, select(large, y + ln2, y));
}

Num atanh(Num x) {
  Num a = abs(x);
  return copySign(log1p((a + a) / (1.0 - a)) * 0.5, x);
}

Num erf(Num x) {
  Num a = abs(x);
  Num small = fma(polynomial(x * x, erfPart), x, x);
  Num middle = a < 2.0;
  Num u = atMost(a, 6) - select(middle, 1.5, a.real(4));
  constexpr size_t count = std::size(erfTail);
  static_assert(std::size(erfMiddle) == count);
  Num logarithm = polynomialOf<count>(u, [&](size_t k) { return select(middle, erfMiddle[k], a.real(erfTail[k])); });
  auto [r, bits] = reduceExp(logarithm);
  Num large = 1.0 - scaleOnce(expPolynomial(r), bits);
  return select(a < 1.0, small, copySign(large, x));
}

Num rsqrt(Num x) { return 1.0 / sqrt(x); }

//===----------------------------------------------------------------------===//
// Powers
//===----------------------------------------------------------------------===//

/// log2 of a positive normal number to about 2^-64 of its size.
static Two log2Exact(Num n, Num f) {
  // s = f / (2 + f) in two parts, log(1 + f) = 2 s (1 + z/3 + z^2 …), z = s^2.
  Two below = quickSum(f.real(2), f);
  Num s = f / below.high;
  Two back = product(s, below.high);
  Two whole{s, (((f - back.high) - back.low) - s * below.low) / below.high};
  Two z = product(whole, whole);
  Two third = product(z, constant(f, 0x1.5555555555555p-2, 0x1.5555555555555p-56));
  // (atanh(s)/s - 1 - u/3) / u^2, u = s^2 for u in [9.3132e-10, 0.0295], error at most 2^-73.32
  constexpr double rest[] = {0.19999999999999987,  0.14285714285723522,  0.11111111108535061,  0.09090909463555133,
                             0.076922765125180217, 0.066682321396687186, 0.058359298767689971, 0.060067336942945672};
  Two bracket = sum(third.high, third.low + z.high * z.high * polynomial(z.high, rest));
  Two tail = product(whole, bracket);
  Two log = sum(whole.high, tail.high);
  log = quickSum(log.high, log.low + (whole.low + tail.low));
  Two scaled = product(log, constant(f, 0x1.71547652b82fep+1, 0x1.777d0ffda0d24p-55));
  Two result = quickSum(n, scaled.high);
  // With n = 0 nothing is lost.
  Num zero = isEqual(n, 0);
  return {select(zero, scaled.high, result.high), select(zero, scaled.low, result.low + scaled.low)};
}

Num pow(Num x, Num y) {
  auto [normal, shift] = normalize(abs(x));
  auto [n, f, exponent] = reduceLog(normal);
  Two log = log2Exact(n - shift, f);
  // Beyond 2^70 results are 0, 1 or infinite.
  Num power = atLeast(atMost(y, 0x1p70), -0x1p70);
  Two e = product(log.high, power);
  Num low = fma(log.low, power, e.low);
  Num high = atLeast(atMost(e.high, 1100), -1100);
  Num t = high + roundMagic;
  Num r = (high - (t - roundMagic)) + atLeast(atMost(low, 1), -1);
  return powSpecial(x, y, scale(expPolynomial(r * ln2), t.bits()));
}

} // namespace f64

Num powSpecial(Num x, Num y, Num magnitude) {
  Num a = abs(x);
  uint64_t sign = uint64_t(1) << (x.width() - 1);
  Num negativeY = y < 0.0;
  Num isZero = isEqual(a, 0), isInfinite = isEqual(a, infinity);
  magnitude = select(isZero | isInfinite, select(isZero ^ negativeY, x.real(0), x.real(infinity)), magnitude);
  Num whole = isEqual(trunc(y), y);
  Num half = y * 0.5;
  Num odd = whole & compare(Relation::UNE, trunc(half), half);
  Num result = (magnitude.bits() | select(odd, x.bits() & sign, x.integer(0))).asReal();
  Num undefined = ((x < 0.0) & compare(Relation::UNE, a, a.real(infinity)) & ~whole) | compare(Relation::UNO, x, y);
  result = select(undefined, notANumber, result);
  return select(isEqual(x, 1) | isEqual(y, 0), 1.0, result);
}

//===----------------------------------------------------------------------===//
// Functions of f32 that are computed in f64
//===----------------------------------------------------------------------===//

namespace throughF64 {

/// log2 of a positive normal number to 2^-37 of its size.
static Num shortLog2(Num x) {
  auto [n, f, exponent] = reduceLog(x);
  Num s = f / (f + 2.0);
  return fma(s, polynomial(s * s, log2Short), n);
}

/// Of an infinite or undefined x, x itself.
static Num shortLog(Num x) { return select(x < infinity, shortLog2(x) * ln2, x); }

Num asinh(Num x) {
  Num a = abs(x);
  Num wide = a.widen();
  Num y = shortLog(wide + sqrt(fma(wide, wide, 1.0))).narrow();
  return copySign(select(a < 0x1p-12, a, y), x);
}

Num acosh(Num x) {
  Num wide = x.widen();
  Num y = shortLog(wide + sqrt((wide - 1.0) * (wide + 1.0))).narrow();
  return select(x < 1.0, notANumber, y);
}

Num atanh(Num x) {
  Num a = abs(x);
  Num wide = a.widen();
  Num y = (shortLog((wide + 1.0) / (1.0 - wide)) * 0.5).narrow();
  y = select(a < 0x1p-12, a, select(a > 1.0, notANumber, y));
  return copySign(y, x);
}

Num pow(Num x, Num y) {
  // Beyond 2^40 results are 0, 1 or infinite.
  Num e = shortLog2(abs(x).widen()) * atLeast(atMost(y.widen(), 0x1p40), -0x1p40);
  e = atLeast(atMost(e, 130), -160);
  Num t = e + roundMagic;
  return powSpecial(x, y, scaleOnce(polynomial(e - (t - roundMagic), exp2Short), t.bits()).narrow());
}

} // namespace throughF64

} // namespace mlc
