#include "Dialect.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace mlc {

Shape shapeOf(RankedTensorType type) {
  Shape shape;
  auto dims = dyn_cast_if_present<DimsAttr>(type.getEncoding());
  for (auto [i, size] : llvm::enumerate(type.getShape())) {
    if (!ShapedType::isDynamic(size))
      shape.push_back(constantExpr(size, type.getContext()));
    else if (dims && i < dims.size())
      shape.push_back(dims[i]);
    else
      shape.push_back(getAffineSymbolExpr(0, type.getContext()));
  }
  return shape;
}

RankedTensorType tensorType(ArrayRef<AffineExpr> shape, Type element) {
  SmallVector<int64_t> sizes;
  bool dynamic = false;
  for (AffineExpr e : shape) {
    auto c = constantOf(e);
    sizes.push_back(c ? *c : ShapedType::kDynamic);
    dynamic |= !c;
  }
  return RankedTensorType::get(sizes, element, dynamic ? Attribute(DimsAttr::get(element.getContext(), shape)) : Attribute());
}

std::optional<int64_t> constantOf(AffineExpr expr) {
  if (auto c = dyn_cast<AffineConstantExpr>(expr))
    return c.getValue();
  return std::nullopt;
}

bool allConstant(ArrayRef<AffineExpr> exprs) {
  return llvm::all_of(exprs, [](AffineExpr e) { return isa<AffineConstantExpr>(e); });
}

std::optional<SmallVector<int64_t>> constantsOf(ArrayRef<AffineExpr> exprs) {
  SmallVector<int64_t> values;
  for (AffineExpr e : exprs) {
    auto c = constantOf(e);
    if (!c)
      return std::nullopt;
    values.push_back(*c);
  }
  return values;
}

bool compatibleTypes(TypeRange a, TypeRange b) {
  if (a.size() != b.size())
    return false;
  for (auto [x, y] : llvm::zip(a, b)) {
    auto tx = dyn_cast<RankedTensorType>(x), ty = dyn_cast<RankedTensorType>(y);
    if (!tx || !ty || tx.getElementType() != ty.getElementType() || failed(verifyCompatibleShape(tx.getShape(), ty.getShape())))
      return false;
  }
  return true;
}

AffineExpr product(ArrayRef<AffineExpr> exprs, MLIRContext *ctx) {
  AffineExpr p = constantExpr(1, ctx);
  for (AffineExpr e : exprs)
    p = p * e;
  return p;
}

// Splits a product into its constant and its other factors.
static void factors(AffineExpr e, int64_t &constant, SmallVectorImpl<AffineExpr> &others) {
  if (auto c = constantOf(e)) {
    constant *= *c;
    return;
  }
  if (e.getKind() == AffineExprKind::Mul) {
    auto b = cast<AffineBinaryOpExpr>(e);
    factors(b.getLHS(), constant, others);
    factors(b.getRHS(), constant, others);
    return;
  }
  others.push_back(e);
}

AffineExpr divideExactly(AffineExpr a, AffineExpr b) {
  if (a == b)
    return constantExpr(1, a.getContext());
  // (x + y) / b term by term.
  if (a.getKind() == AffineExprKind::Add) {
    auto sum = cast<AffineBinaryOpExpr>(a);
    AffineExpr l = divideExactly(sum.getLHS(), b), r = divideExactly(sum.getRHS(), b);
    if (l && r)
      return l + r;
  }
  int64_t ca = 1, cb = 1;
  SmallVector<AffineExpr> fa, fb;
  factors(a, ca, fa);
  factors(b, cb, fb);
  for (AffineExpr f : fb) {
    auto it = llvm::find(fa, f);
    if (it == fa.end())
      return nullptr;
    fa.erase(it);
  }
  if (cb == 0)
    return nullptr;
  if (ca % cb == 0)
    return constantExpr(ca / cb, a.getContext()) * product(fa, a.getContext());
  if (fa.empty())
    return nullptr;
  // c·f / d without a remainder, as the caller knows, where d does not divide c.
  return (constantExpr(ca, a.getContext()) * product(fa, a.getContext())).floorDiv(cb);
}

Symbols Symbols::of(Operation *op) {
  for (; op; op = op->getParentOp()) {
    if (isa<GroupOp>(op))
      return Symbols(nullptr);
    if (isa<func::FuncOp>(op))
      return Symbols(op);
  }
  return Symbols(nullptr);
}

Symbols Symbols::of(Value value) {
  Block *block = value.getParentBlock();
  return of(block ? block->getParentOp() : nullptr);
}

static ArrayRef<Attribute> listOf(Operation *function, StringRef name) {
  if (!function)
    return {};
  auto list = function->getAttrOfType<ArrayAttr>(name);
  return list ? list.getValue() : ArrayRef<Attribute>();
}

unsigned Symbols::count() const { return listOf(function, kSymbolsAttr).size(); }

AffineExpr Symbols::add(StringRef name, StringRef kind, int64_t low, ArrayRef<AffineExpr> args) {
  assert(function && "a group has no symbols of its own to add to");
  MLIRContext *ctx = function->getContext();
  DimsAttr dims = DimsAttr::get(ctx, args);
  ArrayRef<Attribute> known = listOf(function, kSymbolsAttr);
  if (kind != "data")
    for (auto [i, a] : llvm::enumerate(known))
      if (auto s = cast<SymbolAttr>(a); s.getKind() == kind && s.getArgs() == dims.getMap())
        return getAffineSymbolExpr(i, ctx);
  SmallVector<Attribute> all(known);
  all.push_back(SymbolAttr::get(ctx, StringAttr::get(ctx, name), StringAttr::get(ctx, kind), low, dims.getMap()));
  function->setAttr(kSymbolsAttr, ArrayAttr::get(ctx, all));
  return getAffineSymbolExpr(all.size() - 1, ctx);
}

std::optional<int64_t> Symbols::lowerBound(AffineExpr expr) const {
  if (auto c = constantOf(expr))
    return c;
  if (auto s = dyn_cast<AffineSymbolExpr>(expr)) {
    ArrayRef<Attribute> known = listOf(function, kSymbolsAttr);
    if (s.getPosition() < known.size())
      return cast<SymbolAttr>(known[s.getPosition()]).getLow();
    return std::nullopt;
  }
  auto b = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!b)
    return std::nullopt;
  auto l = lowerBound(b.getLHS());
  auto c = constantOf(b.getRHS());
  switch (expr.getKind()) {
  case AffineExprKind::Add: {
    auto r = lowerBound(b.getRHS());
    return l && r ? std::optional<int64_t>(*l + *r) : std::nullopt;
  }
  case AffineExprKind::Mul: {
    if (c && *c < 0)
      return std::nullopt;
    auto r = lowerBound(b.getRHS());
    return l && r && *l >= 0 && *r >= 0 ? std::optional<int64_t>(*l * *r) : std::nullopt;
  }
  case AffineExprKind::FloorDiv:
    return l && c && *c > 0 ? std::optional<int64_t>(llvm::divideFloorSigned(*l, *c)) : std::nullopt;
  case AffineExprKind::CeilDiv:
    return l && c && *c > 0 ? std::optional<int64_t>(llvm::divideCeilSigned(*l, *c)) : std::nullopt;
  case AffineExprKind::Mod:
    return 0;
  default:
    return std::nullopt;
  }
}

bool Symbols::lessOrEqual(AffineExpr a, AffineExpr b) const {
  if (a == b)
    return true;
  // Within a group the function's symbols are out of reach, but the expressions still speak of the group's.
  unsigned symbols = count();
  (b - a).walk([&](AffineExpr part) {
    if (auto s = dyn_cast<AffineSymbolExpr>(part))
      symbols = std::max(symbols, s.getPosition() + 1);
  });
  AffineExpr difference = simplifyAffineExpr(b - a, 0, symbols);
  auto low = lowerBound(difference);
  return low && *low >= 0;
}

// Within a group there is no place for a new symbol, and no need: types are there, and only what is known is compared with
// them. So whichever is not known will do.
AffineExpr Symbols::minimum(AffineExpr a, AffineExpr b) {
  if (lessOrEqual(a, b))
    return a;
  if (lessOrEqual(b, a))
    return b;
  if (!function)
    return constantOf(a) ? b : a;
  auto la = lowerBound(a), lb = lowerBound(b);
  return add("min", "min", la && lb ? std::min(*la, *lb) : 0, {a, b});
}

AffineExpr Symbols::maximum(AffineExpr a, AffineExpr b) {
  if (lessOrEqual(a, b))
    return b;
  if (lessOrEqual(b, a))
    return a;
  if (!function)
    return constantOf(a) ? b : a;
  auto la = lowerBound(a), lb = lowerBound(b);
  return add("max", "max", std::max(la.value_or(0), lb.value_or(0)), {a, b});
}

void Symbols::constrain(AffineExpr a, AffineExpr b) {
  if (a == b || !function)
    return;
  MLIRContext *ctx = function->getContext();
  Attribute pair = DimsAttr::get(ctx, {a, b});
  SmallVector<Attribute> all(listOf(function, kConstraintsAttr));
  if (llvm::is_contained(all, pair))
    return;
  all.push_back(pair);
  function->setAttr(kConstraintsAttr, ArrayAttr::get(ctx, all));
}

std::optional<Shape> broadcastShapes(ArrayRef<AffineExpr> a, ArrayRef<AffineExpr> b, Symbols symbols) {
  Shape result;
  size_t rank = std::max(a.size(), b.size());
  for (size_t i = 0; i < rank; ++i) {
    AffineExpr x = i + a.size() >= rank ? a[i + a.size() - rank] : nullptr;
    AffineExpr y = i + b.size() >= rank ? b[i + b.size() - rank] : nullptr;
    if (!x || !y) {
      result.push_back(x ? x : y);
      continue;
    }
    auto cx = constantOf(x), cy = constantOf(y);
    if (x == y || (cy && *cy == 1)) {
      result.push_back(x);
    } else if (cx && *cx == 1) {
      result.push_back(y);
    } else if (cx && cy) {
      return std::nullopt;
    } else {
      // A known size beats an unknown one; two unknown ones are taken to be equal.
      symbols.constrain(x, y);
      result.push_back(cy ? y : x);
    }
  }
  return result;
}

} // namespace mlc
