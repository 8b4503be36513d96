#include "Match.h"
#include "ir/Fold.h"

#include "mlir/IR/Matchers.h"

#include <cmath>

using namespace mlir;

namespace mlc {

std::optional<double> numberOf(Value v) {
  DenseElementsAttr attr;
  if (!isa<FloatType>(elementTypeOf(v)) || !matchPattern(v, m_Constant(&attr)))
    return std::nullopt;
  return numberOf(Attribute(attr));
}

Value numberTensor(OpBuilder &b, Location loc, Type element, double value) {
  return ConstantOp::create(b, loc, DenseElementsAttr::get(RankedTensorType::get({}, element), Attribute(b.getFloatAttr(element, value))));
}

std::pair<Value, double> scaledBy(Value v) {
  auto of = [&](Value x, Value number, bool divide) -> std::pair<Value, double> {
    auto f = numberOf(number);
    if (!f || x.getType() != v.getType() || !std::isfinite(*f) || (divide && *f == 0))
      return {nullptr, 1};
    return {x, divide ? 1 / *f : *f};
  };
  if (auto mul = v.getDefiningOp<MulOp>()) {
    auto found = of(mul.getA(), mul.getB(), false);
    return found.first ? found : of(mul.getB(), mul.getA(), false);
  }
  if (auto div = v.getDefiningOp<DivOp>())
    return of(div.getA(), div.getB(), true);
  return {nullptr, 1};
}

} // namespace mlc
