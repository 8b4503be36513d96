//===- Activation.cpp - activations of recurrent cells ----------------------===//

#include "Dialect.h"
#include "Emit.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace mlc {

unsigned ActivationAttr::parametersOf(ActivationKind kind) {
  switch (kind) {
  case ActivationKind::affine:
  case ActivationKind::scaled_tanh:
  case ActivationKind::hard_sigmoid:
    return 2;
  case ActivationKind::leaky_relu:
  case ActivationKind::thresholded_relu:
  case ActivationKind::elu:
    return 1;
  default:
    return 0;
  }
}

ActivationAttr ActivationAttr::get(MLIRContext *context, ActivationKind kind, double alpha, double beta) {
  unsigned parameters = parametersOf(kind);
  auto number = [&](double v) { return FloatAttr::get(Float64Type::get(context), v); };
  return get(context, kind, parameters > 0 ? number(alpha) : FloatAttr(), parameters > 1 ? number(beta) : FloatAttr());
}

LogicalResult ActivationAttr::verify(function_ref<InFlightDiagnostic()> emitError, ActivationKind kind, FloatAttr alpha, FloatAttr beta) {
  unsigned have = bool(alpha) + bool(beta), want = parametersOf(kind);
  if (have != want)
    return emitError() << "activation " << stringifyActivationKind(kind) << " has " << have << " parameters, expected " << want;
  return success();
}

Value ActivationAttr::emit(OpBuilder &builder, Location loc, Value x) const {
  Emit e{builder, loc};
  Type type = x.getType();
  auto add = [&](Value l, Value r) -> Value { return arith::AddFOp::create(builder, loc, l, r); };
  auto mul = [&](Value l, Value r) -> Value { return arith::MulFOp::create(builder, loc, l, r); };
  auto exp = [&](Value v) -> Value { return math::ExpOp::create(builder, loc, v); };
  auto magnitude = [&]() -> Value { return math::AbsFOp::create(builder, loc, x); };
  auto positive = [&] { return emitMinMax(e, x, e.real(type, 0), /*less=*/false, false); };
  auto alpha = [&] { return e.real(type, getAlpha().getValueAsDouble()); };
  auto beta = [&] { return e.real(type, getBeta().getValueAsDouble()); };
  auto belowZero = [&](Value below) { return e.select(e.cmp(arith::CmpFPredicate::OLT, x, e.real(type, 0)), below, x); };
  switch (getKind()) {
  case ActivationKind::relu:
    return positive();
  case ActivationKind::tanh:
    return math::TanhOp::create(builder, loc, x);
  case ActivationKind::sigmoid:
    return emitSigmoid(e, x);
  case ActivationKind::affine:
    return add(mul(alpha(), x), beta());
  case ActivationKind::leaky_relu:
    return belowZero(mul(alpha(), x));
  case ActivationKind::thresholded_relu:
    return e.select(e.cmp(arith::CmpFPredicate::OGT, x, alpha()), x, e.real(type, 0));
  case ActivationKind::scaled_tanh:
    return mul(alpha(), math::TanhOp::create(builder, loc, mul(beta(), x)));
  case ActivationKind::hard_sigmoid: {
    Value raised = emitMinMax(e, add(mul(alpha(), x), beta()), e.real(type, 0), /*less=*/false, false);
    return emitMinMax(e, raised, e.real(type, 1), /*less=*/true, false);
  }
  case ActivationKind::elu:
    return belowZero(mul(alpha(), arith::SubFOp::create(builder, loc, exp(x), e.real(type, 1))));
  case ActivationKind::softsign:
    return arith::DivFOp::create(builder, loc, x, add(magnitude(), e.real(type, 1)));
  case ActivationKind::softplus: // without overflow
    return add(positive(), math::LogOp::create(builder, loc, add(exp(arith::NegFOp::create(builder, loc, magnitude())), e.real(type, 1))));
  }
  llvm_unreachable("all kinds are above");
}

} // namespace mlc
