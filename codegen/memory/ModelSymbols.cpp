#include "ModelSymbols.h"

#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace mlc {

ModelSymbols::ModelSymbols(func::FuncOp function) {
  auto list = function->getAttrOfType<ArrayAttr>(kSymbolsAttr);
  size_t count = list ? list.size() : 0;
  for (size_t i = 0; i < count; ++i) {
    auto attr = cast<SymbolAttr>(list[i]);
    SymbolEntry entry;
    entry.name = attr.getName().str();
    entry.low = attr.getLow();
    entry.data.resize(count);
    llvm::StringRef kind = attr.getKind().getValue();
    ArrayRef<AffineExpr> args = attr.getArgs().getResults();
    if (kind == "input") {
      entry.kind = SymbolKind::input;
      entry.input = static_cast<unsigned>(constantOf(args[0]).value_or(0));
      entry.dimension = static_cast<unsigned>(constantOf(args[1]).value_or(0));
    } else if (kind == "min" || kind == "max") {
      entry.kind = kind == "min" ? SymbolKind::min : SymbolKind::max;
      entry.left = args[0];
      entry.right = args[1];
      // Their arguments are symbols made before them.
      entry.data |= dataOf(args[0]);
      entry.data |= dataOf(args[1]);
      entry.data.resize(count);
    } else {
      entry.data.set(static_cast<unsigned>(i));
    }
    symbols.push_back(std::move(entry));
  }
  if (auto pairs = function->getAttrOfType<ArrayAttr>(kConstraintsAttr))
    for (auto pair : pairs.getAsRange<DimsAttr>())
      equalities.emplace_back(pair[0], pair[1]);
}

llvm::BitVector ModelSymbols::dataOf(AffineExpr expr) const {
  llvm::BitVector found(static_cast<unsigned>(symbols.size()));
  expr.walk([&](AffineExpr part) {
    if (auto s = dyn_cast<AffineSymbolExpr>(part); s && s.getPosition() < symbols.size())
      found |= symbols[s.getPosition()].data;
  });
  return found;
}

llvm::BitVector ModelSymbols::dataOf(ArrayRef<AffineExpr> exprs) const {
  llvm::BitVector found(static_cast<unsigned>(symbols.size()));
  for (AffineExpr e : exprs)
    found |= dataOf(e);
  return found;
}

int64_t ModelSymbols::estimate(AffineExpr expr) const {
  // Sizes in models are far apart or the same formula, so that one typical value for all symbols orders them well.
  constexpr int64_t typical = 64;
  switch (expr.getKind()) {
  case AffineExprKind::Constant:
    return cast<AffineConstantExpr>(expr).getValue();
  case AffineExprKind::SymbolId: {
    unsigned i = cast<AffineSymbolExpr>(expr).getPosition();
    return i < symbols.size() ? std::max(symbols[i].low, typical) : typical;
  }
  case AffineExprKind::DimId:
    return typical;
  default:
    break;
  }
  auto b = cast<AffineBinaryOpExpr>(expr);
  int64_t l = estimate(b.getLHS()), r = estimate(b.getRHS()), result = 0;
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    return llvm::AddOverflow(l, r, result) ? INT64_MAX : result;
  case AffineExprKind::Mul:
    return llvm::MulOverflow(l, r, result) ? INT64_MAX : result;
  case AffineExprKind::Mod:
    return r > 0 ? llvm::mod(l, r) : 0;
  case AffineExprKind::FloorDiv:
    return r > 0 ? llvm::divideFloorSigned(l, r) : 0;
  default:
    return r > 0 ? llvm::divideCeilSigned(l, r) : 0;
  }
}

std::string ModelSymbols::text(AffineExpr expr) const {
  switch (expr.getKind()) {
  case AffineExprKind::Constant:
    return std::to_string(cast<AffineConstantExpr>(expr).getValue());
  case AffineExprKind::SymbolId: {
    unsigned i = cast<AffineSymbolExpr>(expr).getPosition();
    if (i >= symbols.size())
      return "s" + std::to_string(i);
    const SymbolEntry &s = symbols[i];
    if (s.left)
      return (s.kind == SymbolKind::min ? "min(" : "max(") + text(s.left) + ", " + text(s.right) + ")";
    return s.name.empty() ? "s" + std::to_string(i) : s.name;
  }
  case AffineExprKind::DimId:
    return "d" + std::to_string(cast<AffineDimExpr>(expr).getPosition());
  default:
    break;
  }
  auto b = cast<AffineBinaryOpExpr>(expr);
  auto part = [&](AffineExpr e) { return e.getKind() == AffineExprKind::Add ? "(" + text(e) + ")" : text(e); };
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    return text(b.getLHS()) + " + " + text(b.getRHS());
  case AffineExprKind::Mul:
    return part(b.getLHS()) + " * " + part(b.getRHS());
  case AffineExprKind::Mod:
    return part(b.getLHS()) + " mod " + part(b.getRHS());
  case AffineExprKind::FloorDiv:
    return part(b.getLHS()) + " / " + part(b.getRHS());
  default:
    return "ceil(" + part(b.getLHS()) + " / " + part(b.getRHS()) + ")";
  }
}

AffineExpr bytesOfType(RankedTensorType type) {
  MLIRContext *ctx = type.getContext();
  return product(shapeOf(type), ctx) * constantExpr(storageBytes(type.getElementType()), ctx);
}

} // namespace mlc
