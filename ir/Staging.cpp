#include "Staging.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace mlc {

// Elements of the scratch memory, rows of a block as the contraction counts them, and blocks that leave all workers something.
constexpr int64_t kMostElements = 16 << 10, kMostPixels = 480, kFewPixels = 24, kFewBlocks = 4;

bool isZeroPadding(PadOp pad) {
  for (auto [l, h] : llvm::zip(pad.getLow().exprs(), pad.getHigh().exprs()))
    if (constantOf(l).value_or(-1) < 0 || constantOf(h).value_or(-1) < 0)
      return false;
  bool zero = !pad.getValue() || matchPattern(pad.getValue(), m_AnyZeroFloat()) || matchPattern(pad.getValue(), m_Zero());
  return pad.getMode() == PadMode::constant && zero && llvm::all_of(pad.getInterior(), [](int64_t i) { return i == 0; });
}

Staging stagingOf(ConvOp conv) {
  auto transpose = conv.getX().getDefiningOp<TransposeOp>();
  auto pad = (transpose ? transpose.getX() : conv.getX()).getDefiningOp<PadOp>();
  auto out = constantsOf(shapeOf(conv.getY()));
  if (!pad || !out || conv.getSpatialRank() != 2 || conv.getGroups() != 1 || !conv.isPacked() || conv.isDepthwise() ||
      !pad.getY().getType().hasStaticShape() || !isZeroPadding(pad))
    return {};
  Staging s;
  for (int64_t d = 0; d < 4; ++d)
    s.dims[d] = transpose ? transpose.getPerm()[d] : d;
  auto padded = [&](int64_t d) { return *constantOf(pad.getLow().exprs()[d]) || *constantOf(pad.getHigh().exprs()[d]); };
  // Rows are copied in runs: of columns in planes, of columns and channels otherwise.
  bool runs = s.dims[2] == 3 || (s.dims[1] == 1 && s.dims[2] == 2);
  if (padded(s.dims[0]) || padded(s.dims[3]) || s.dims[0] != 0 || !runs)
    return {};
  ArrayRef<int64_t> shape = pad.getY().getType().getShape();
  int64_t high = (*out)[1], wide = (*out)[2], stride = conv.getStrides()[0];
  int64_t reach = (conv.getWindow()[0] - 1) * conv.getDilations()[0] + 1;
  for (int64_t rows = high; rows > 0; --rows) {
    int64_t blocks = (*out)[0] * (high / rows), in = (rows - 1) * stride + reach;
    if (high % rows || blocks < kFewBlocks || rows * wide > kMostPixels || rows * wide < kFewPixels ||
        in * shape[s.dims[2]] * shape[s.dims[3]] > kMostElements || in > 2 * rows * stride)
      continue;
    s.outRows = rows, s.inRows = in, s.pad = pad;
    return s;
  }
  return {};
}

} // namespace mlc
