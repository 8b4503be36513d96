#include "Narrow.h"

#include "ir/Fold.h"

#include <cmath>

using namespace mlir;

namespace mlc {

// Bytes of weights below which there is nothing to be had.
constexpr int64_t kFewBytes = 4096;

std::optional<Narrowing> narrowingOf(Operation *op, Value x, ElementsAttr weights, Precision precision) {
  auto type = cast<ShapedType>(weights.getType());
  if (precision == Precision::f32 || !type.getElementType().isF32() || !elementTypeOf(x).isF32() || type.getNumElements() * 4 < kFewBytes)
    return std::nullopt;
  bool half = precision == Precision::f16;
  MLIRContext *ctx = op->getContext();
  Narrowing narrow{half ? ref::narrow::f16 : ref::narrow::bf16, half ? Type(Float16Type::get(ctx)) : Type(BFloat16Type::get(ctx))};
  SmallVector<char, 0> storage;
  ArrayRef<char> bytes = bytesOf(weights, storage);
  ArrayRef<float> values(reinterpret_cast<const float *>(bytes.data()), bytes.size() / sizeof(float));
  double squares = 0, errors = 0;
  for (float value : values) {
    double rounded = ref::narrow::decode(narrow.format, narrow(value));
    if (!std::isfinite(rounded)) {
      op->emitRemark() << "weights stay f32: " << narrow.type << " does not hold " << value;
      return std::nullopt;
    }
    squares += static_cast<double>(value) * value;
    errors += (rounded - value) * (rounded - value);
  }
  double error = squares > 0 ? std::sqrt(errors / squares) : 0;
  // No number is further off by rounding, unless it is so small that the type has fewer bits for it.
  if (error > std::ldexp(1.0, -1 - narrow.format.mantissaBits)) {
    op->emitRemark() << "weights stay f32: in " << narrow.type << " they would be " << error << " off, of their size";
    return std::nullopt;
  }
  op->emitRemark() << "weights in " << narrow.type << ", " << error << " off, of their size";
  return narrow;
}

} // namespace mlc
