//===- MathHelpers.h - arithmetic on values written as expressions ---------===//
#ifndef MLC_CODEGEN_CPU_MATHHELPERS_H
#define MLC_CODEGEN_CPU_MATHHELPERS_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

#include <cmath>
#include <limits>

namespace mlc {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

/// A value of real, integer or boolean elements, with the place where operations on it are made. Reals are computed without
/// fast-math flags but in fma, so that error-free sums stay what they are.
class Num {
public:
  Num(mlir::OpBuilder &b, mlir::Location loc, mlir::Value value) : b(&b), loc(loc), value(value) {}
  operator mlir::Value() const { return value; }

  mlir::Type element() const { return mlir::getElementTypeOrSelf(value.getType()); }
  bool isReal() const { return mlir::isa<mlir::FloatType>(element()); }
  unsigned width() const { return element().getIntOrFloatBitWidth(); }
  mlir::Type like(mlir::Type element) const {
    if (auto v = mlir::dyn_cast<mlir::VectorType>(value.getType()))
      return mlir::VectorType::get(v.getShape(), element);
    return element;
  }
  Num with(mlir::Value v) const { return {*b, loc, v}; }

  /// Constants of this value's type; integers also beside a real, with its width.
  Num real(double c) const {
    auto type = mlir::cast<mlir::FloatType>(element());
    llvm::APFloat f(c);
    bool lost;
    f.convert(type.getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &lost);
    return constant(value.getType(), mlir::FloatAttr::get(type, f));
  }
  Num integer(uint64_t c) const {
    mlir::Type type = mlir::IntegerType::get(b->getContext(), width());
    return constant(like(type), mlir::IntegerAttr::get(type, llvm::APInt(width(), c, false, true)));
  }
  Num same(double c) const { return isReal() ? real(c) : integer(static_cast<uint64_t>(static_cast<int64_t>(c))); }

  /// The bits as integers, and integers as bits of reals.
  Num bits() const { return with(mlir::arith::BitcastOp::create(*b, loc, like(b->getIntegerType(width())), value)); }
  Num asReal() const {
    mlir::Type type = width() == 16   ? mlir::Type(b->getF16Type())
                      : width() == 32 ? mlir::Type(b->getF32Type())
                                      : mlir::Type(b->getF64Type());
    return asReal(type);
  }
  Num asReal(mlir::Type type) const { return with(mlir::arith::BitcastOp::create(*b, loc, like(type), value)); }
  /// Conversions of type, by value.
  Num widen() const { return with(mlir::arith::ExtFOp::create(*b, loc, like(b->getF64Type()), value)); }
  Num narrow() const { return with(mlir::arith::TruncFOp::create(*b, loc, like(b->getF32Type()), value)); }
  Num zeroExtend(unsigned width) const {
    return with(mlir::arith::ExtUIOp::create(*b, loc, like(b->getIntegerType(width)), value));
  }
  Num truncate(unsigned width) const {
    return with(mlir::arith::TruncIOp::create(*b, loc, like(b->getIntegerType(width)), value));
  }
  Num signedToReal() const {
    mlir::Type type = width() == 32 ? mlir::Type(b->getF32Type()) : mlir::Type(b->getF64Type());
    return with(mlir::arith::SIToFPOp::create(*b, loc, like(type), value));
  }

  mlir::OpBuilder *b;
  mlir::Location loc;
  mlir::Value value;

private:
  Num constant(mlir::Type type, mlir::TypedAttr attr) const {
    if (auto v = mlir::dyn_cast<mlir::VectorType>(type))
      attr = mlir::DenseElementsAttr::get(v, mlir::Attribute(attr));
    return with(mlir::arith::ConstantOp::create(*b, loc, attr));
  }
};

template <typename Real, typename Integer>
Num binary(const Num &x, const Num &y) {
  if (x.isReal())
    return x.with(Real::create(*x.b, x.loc, x.value, y.value));
  return x.with(Integer::create(*x.b, x.loc, x.value, y.value));
}

inline Num operator+(const Num &x, const Num &y) { return binary<mlir::arith::AddFOp, mlir::arith::AddIOp>(x, y); }
inline Num operator-(const Num &x, const Num &y) { return binary<mlir::arith::SubFOp, mlir::arith::SubIOp>(x, y); }
inline Num operator*(const Num &x, const Num &y) { return binary<mlir::arith::MulFOp, mlir::arith::MulIOp>(x, y); }
inline Num operator/(const Num &x, const Num &y) { return x.with(mlir::arith::DivFOp::create(*x.b, x.loc, x.value, y.value)); }
inline Num operator+(const Num &x, double c) { return x + x.same(c); }
inline Num operator-(const Num &x, double c) { return x - x.same(c); }
inline Num operator*(const Num &x, double c) { return x * x.same(c); }
inline Num operator/(double c, const Num &x) { return x.same(c) / x; }
inline Num operator-(double c, const Num &x) { return x.same(c) - x; }
inline Num operator-(const Num &x) { return x.with(mlir::arith::NegFOp::create(*x.b, x.loc, x.value)); }
inline Num operator&(const Num &x, const Num &y) { return x.with(mlir::arith::AndIOp::create(*x.b, x.loc, x.value, y.value)); }
inline Num operator|(const Num &x, const Num &y) { return x.with(mlir::arith::OrIOp::create(*x.b, x.loc, x.value, y.value)); }
inline Num operator^(const Num &x, const Num &y) { return x.with(mlir::arith::XOrIOp::create(*x.b, x.loc, x.value, y.value)); }
inline Num operator&(const Num &x, uint64_t c) { return x & x.integer(c); }
inline Num operator|(const Num &x, uint64_t c) { return x | x.integer(c); }
inline Num operator~(const Num &x) { return x ^ x.integer(~uint64_t(0)); }
inline Num operator<<(const Num &x, unsigned n) {
  return x.with(mlir::arith::ShLIOp::create(*x.b, x.loc, x.value, x.integer(n)));
}
/// Logical; arithmetic is signedShift.
inline Num operator>>(const Num &x, unsigned n) {
  return x.with(mlir::arith::ShRUIOp::create(*x.b, x.loc, x.value, x.integer(n)));
}
inline Num operator<<(const Num &x, const Num &n) { return x.with(mlir::arith::ShLIOp::create(*x.b, x.loc, x.value, n.value)); }
inline Num operator>>(const Num &x, const Num &n) {
  return x.with(mlir::arith::ShRUIOp::create(*x.b, x.loc, x.value, n.value));
}
inline Num signedShift(const Num &x, unsigned n) {
  return x.with(mlir::arith::ShRSIOp::create(*x.b, x.loc, x.value, x.integer(n)));
}
inline Num add(const Num &x, uint64_t c) { return x + x.integer(c); }
inline Num sub(const Num &x, uint64_t c) { return x - x.integer(c); }

// Comparisons of reals are ordered (false where one is NaN), but differs.
using Relation = mlir::arith::CmpFPredicate;
inline Num compare(Relation r, const Num &x, const Num &y) {
  return x.with(mlir::arith::CmpFOp::create(*x.b, x.loc, r, x.value, y.value));
}
inline Num operator<(const Num &x, const Num &y) { return compare(Relation::OLT, x, y); }
inline Num operator>(const Num &x, const Num &y) { return compare(Relation::OGT, x, y); }
inline Num operator<(const Num &x, double c) { return x < x.same(c); }
inline Num operator>(const Num &x, double c) { return x > x.same(c); }
inline Num isAtLeast(const Num &x, double c) { return compare(Relation::OGE, x, x.same(c)); }
inline Num isEqual(const Num &x, double c) { return compare(Relation::OEQ, x, x.same(c)); }
inline Num isEqual(const Num &x, const Num &y) { return compare(Relation::OEQ, x, y); }
inline Num isNan(const Num &x) { return compare(Relation::UNO, x, x); }

using IntegerRelation = mlir::arith::CmpIPredicate;
inline Num compare(IntegerRelation r, const Num &x, uint64_t c) {
  return x.with(mlir::arith::CmpIOp::create(*x.b, x.loc, r, x.value, x.integer(c)));
}
inline Num isSet(const Num &x, uint64_t mask) { return compare(IntegerRelation::ne, x & mask, 0); }

inline Num select(const Num &c, const Num &x, const Num &y) {
  return x.with(mlir::arith::SelectOp::create(*x.b, x.loc, c.value, x.value, y.value));
}
inline Num select(const Num &c, const Num &x, double y) { return select(c, x, x.same(y)); }
inline Num select(const Num &c, double x, const Num &y) { return select(c, y.same(x), y); }

/// x y + z, fused where the processor can.
inline Num fma(const Num &x, const Num &y, const Num &z) {
  auto contract = mlir::arith::FastMathFlags::contract;
  mlir::Value product = mlir::arith::MulFOp::create(*x.b, x.loc, x.value, y.value, contract);
  return x.with(mlir::arith::AddFOp::create(*x.b, x.loc, product, z.value, contract));
}
inline Num fma(const Num &x, double y, const Num &z) { return fma(x, x.same(y), z); }
inline Num fma(const Num &x, double y, double z) { return fma(x, x.same(y), x.same(z)); }
inline Num fma(const Num &x, const Num &y, double z) { return fma(x, y, x.same(z)); }

/// c(0) + c(1) u + … + c(N - 1) u^(N - 1), by pairs where it is long, which halves the chain of dependent operations.
template <size_t N>
Num polynomialOf(const Num &u, llvm::function_ref<Num(size_t)> c) {
  Num p = c(N - 1);
  if constexpr (N < 5) {
    for (size_t k = N - 1; k-- > 0;)
      p = fma(p, u, c(k));
    return p;
  }
  Num square = u * u;
  size_t k = N - 1;
  if (k % 2)
    p = fma(p, u, c(--k));
  for (; k > 0; k -= 2) {
    Num second = c(k - 1), first = c(k - 2);
    p = fma(p, square, fma(u, second, first));
  }
  return p;
}

template <size_t N>
Num polynomial(const Num &u, const double (&c)[N]) {
  return polynomialOf<N>(u, [&](size_t k) { return u.same(c[k]); });
}

inline Num abs(const Num &x) { return x.with(mlir::math::AbsFOp::create(*x.b, x.loc, x.value)); }
inline Num sqrt(const Num &x) { return x.with(mlir::math::SqrtOp::create(*x.b, x.loc, x.value)); }
inline Num trunc(const Num &x) { return x.with(mlir::math::TruncOp::create(*x.b, x.loc, x.value)); }
inline Num copySign(const Num &x, const Num &sign) {
  return x.with(mlir::math::CopySignOp::create(*x.b, x.loc, x.value, sign.value));
}
/// The lesser and the greater of x and c; x where it is NaN. One instruction on x86.
inline Num atMost(const Num &x, double c) { return select(x.same(c) < x, c, x); }
inline Num atLeast(const Num &x, double c) { return select(x.same(c) > x, c, x); }

/// Whether a condition holds in any lane.
inline mlir::Value any(const Num &c) {
  if (!mlir::isa<mlir::VectorType>(c.value.getType()))
    return c;
  return mlir::vector::ReductionOp::create(*c.b, c.loc, mlir::vector::CombiningKind::OR, c.value);
}

/// `quick`, or where the condition holds in some lane, what `careful` makes of it.
inline llvm::SmallVector<Num> whereAny(const Num &condition, llvm::ArrayRef<Num> quick,
                                       llvm::function_ref<llvm::SmallVector<Num>()> careful) {
  mlir::OpBuilder &b = *condition.b;
  llvm::SmallVector<mlir::Type> types;
  for (const Num &x : quick)
    types.push_back(x.value.getType());
  auto branch = mlir::scf::IfOp::create(b, condition.loc, types, any(condition), /*withElseRegion=*/true);
  auto fill = [&](mlir::Block *block, llvm::ArrayRef<Num> values) {
    mlir::scf::YieldOp::create(b, condition.loc, llvm::to_vector_of<mlir::Value>(values));
  };
  {
    mlir::OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    fill(branch.thenBlock(), careful());
    b.setInsertionPointToStart(branch.elseBlock());
    fill(branch.elseBlock(), quick);
  }
  llvm::SmallVector<Num> results;
  for (mlir::Value v : branch.getResults())
    results.push_back(condition.with(v));
  return results;
}

/// The functions of f64, and those of f32 that are computed through f64.
namespace f64 {
Num exp(Num x);
Num exp2(Num x);
Num expm1(Num x);
Num log(Num x);
Num log2(Num x);
Num log1p(Num x);
Num sin(Num x);
Num cos(Num x);
Num tan(Num x);
Num asin(Num x);
Num acos(Num x);
Num atan(Num x);
Num sinh(Num x);
Num cosh(Num x);
Num tanh(Num x);
Num asinh(Num x);
Num acosh(Num x);
Num atanh(Num x);
Num erf(Num x);
Num rsqrt(Num x);
Num pow(Num x, Num y);
} // namespace f64

namespace throughF64 {
Num asinh(Num x);
Num acosh(Num x);
Num atanh(Num x);
Num pow(Num x, Num y);
} // namespace throughF64

/// C's rules for special arguments of pow, given the power of |x| for all others.
Num powSpecial(Num x, Num y, Num magnitude);

} // namespace mlc

#endif // MLC_CODEGEN_CPU_MATHHELPERS_H
