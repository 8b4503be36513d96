#include "Passes.h"

#include "ir/Fold.h"
#include "ir/Winograd.h"

#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>
#include <random>

using namespace mlir;

namespace mlc {

#define GEN_PASS_DEF_WINOGRADPASS
#include "passes/Passes.h.inc"

namespace {

using namespace winograd;

// Fewer channels than this leave the transforms more work than they save.
constexpr int64_t kFewChannels = 16;
// Tiles that fill a product's register tile.
constexpr int64_t kFewTiles = 12;
// Bytes: of the weights in the domain, which are to stay near, and of the patches and their products together.
constexpr int64_t kMostWeights = 10 << 20, kMostScratch = 32 << 20;
// As far as weights of 16 bits are concerned, which are f32 in the domain, eight times as many bytes: what is small beside the
// others stays fast, what would make up the artefact stays out.
constexpr int64_t kMostWidened = kMostWeights / 4;
// Largest error, of the largest output.
constexpr double kMostError = 4e-6;

/// A convolution's weights, [F, 3, 3, C].
struct Weights {
  const float *data;
  int64_t features, channels;
  float at(int64_t f, int64_t i, int64_t j, int64_t c) const { return data[((f * kTaps + i) * kTaps + j) * channels + c]; }

  /// At point (i, j) of the domain.
  float inDomain(int64_t f, int64_t i, int64_t j, int64_t c) const {
    double sum = 0;
    for (int64_t a = 0; a < kTaps; ++a)
      for (int64_t b = 0; b < kTaps; ++b)
        sum += kWeights[i][a] * kWeights[j][b] * at(f, a, b, c);
    return static_cast<float>(sum);
  }
};

/// Rows of `matrix` times a vector, in f32 as the kernels do it.
template <int64_t Rows> void apply(const double (&matrix)[Rows][kPoints], const float *in, int64_t step, float *out, int64_t outStep) {
  for (int64_t r = 0; r < Rows; ++r) {
    float sum = 0;
    for (int64_t k = 0; k < kPoints; ++k)
      if (matrix[r][k] != 0)
        sum = std::fma(static_cast<float>(matrix[r][k]), in[k * step], sum);
    out[r * outStep] = sum;
  }
}

/// Largest difference between a tile computed in the domain and in double precision, of the largest output: over random
/// input and a sample of the features.
double errorOf(const Weights &weights) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-1, 1);
  const int64_t channels = weights.channels, sample = std::min<int64_t>(weights.features, 16);
  std::vector<float> patch(kDomain * channels), domain(kDomain * channels);
  for (float &v : patch)
    v = uniform(random);
  for (int64_t c = 0; c < channels; ++c) {
    float half[kDomain];
    for (int64_t j = 0; j < kPoints; ++j)
      apply(kInput, &patch[j * channels + c], kPoints * channels, half + j, kPoints);
    for (int64_t i = 0; i < kPoints; ++i)
      apply(kInput, half + i * kPoints, 1, &domain[i * kPoints * channels + c], channels);
  }
  double error = 0, range = 0;
  for (int64_t s = 0; s < sample; ++s) {
    int64_t f = s * weights.features / sample;
    float products[kDomain], half[kOutputs * kPoints], tile[kOutputs * kOutputs];
    for (int64_t p = 0; p < kDomain; ++p) {
      products[p] = 0;
      for (int64_t c = 0; c < channels; ++c)
        products[p] = std::fma(domain[p * channels + c], weights.inDomain(f, p / kPoints, p % kPoints, c), products[p]);
    }
    for (int64_t j = 0; j < kPoints; ++j)
      apply(kOutput, products + j, kPoints, half + j, kPoints);
    for (int64_t r = 0; r < kOutputs; ++r)
      apply(kOutput, half + r * kPoints, 1, tile + r * kOutputs, 1);
    for (int64_t r = 0; r < kOutputs; ++r)
      for (int64_t o = 0; o < kOutputs; ++o) {
        double exact = 0;
        for (int64_t a = 0; a < kTaps; ++a)
          for (int64_t b = 0; b < kTaps; ++b)
            for (int64_t c = 0; c < channels; ++c)
              exact += static_cast<double>(patch[((r + a) * kPoints + o + b) * channels + c]) * weights.at(f, a, b, c);
        error = std::max(error, std::abs(exact - tile[r * kOutputs + o]));
        range = std::max(range, std::abs(exact));
      }
  }
  return range > 0 ? error / range : std::numeric_limits<double>::infinity();
}

struct Convert : OpRewritePattern<ConvOp> {
  Convert(MLIRContext *ctx, int64_t mostWeights) : OpRewritePattern(ctx), mostWeights(mostWeights) {}

  LogicalResult matchAndRewrite(ConvOp op, PatternRewriter &rewriter) const override {
    auto all = [](ArrayRef<int64_t> list, int64_t v) { return llvm::all_of(list, [&](int64_t e) { return e == v; }); };
    auto y = constantsOf(shapeOf(op.getY()));
    ElementsAttr attr;
    if (op.isPacked() || op.getSpatialRank() != 2 || op.getGroups() != 1 || !y || !op.getX().getType().hasStaticShape() ||
        !elementTypeOf(op.getX()).isF32() || !all(op.getStrides(), 1) || !all(op.getDilations(), 1) || !all(op.getWindow(), kTaps) ||
        !matchPattern(op.getWeights(), m_Constant(&attr)))
      return failure();
    int64_t channels = op.getX().getType().getShape().back(), features = y->back();
    int64_t high = llvm::divideCeil((*y)[1], kOutputs), wide = llvm::divideCeil((*y)[2], kOutputs), tiles = (*y)[0] * high * wide;
    // Outputs that tiles at the border compute in vain are to be few.
    bool fills = tiles >= kFewTiles && high * wide * kOutputs * kOutputs * 3 <= (*y)[1] * (*y)[2] * 4;
    if (!fills || std::min(channels, features) < kFewChannels || kDomain * channels * features * 4 > mostWeights ||
        kDomain * tiles * (channels + features) * 4 > kMostScratch)
      return failure();
    SmallVector<char, 0> storage;
    Weights weights{reinterpret_cast<const float *>(bytesOf(attr, storage).data()), features, channels};
    double error = errorOf(weights);
    if (!(error <= kMostError)) {
      op.emitRemark() << "not computed in Winograd's domain: the error would be " << error << " of the output's range";
      return failure();
    }
    // In panels at once (see `pack`), so that the weights do not stand in memory twice.
    int64_t panels = llvm::divideCeil(features, kPanel);
    std::vector<char> bytes(kDomain * panels * channels * kPanel * 4);
    float *to = reinterpret_cast<float *>(bytes.data());
    for (int64_t p = 0; p < kDomain; ++p)
      for (int64_t f = 0; f < features; ++f)
        for (int64_t c = 0; c < channels; ++c)
          to[((p * panels + f / kPanel) * channels + c) * kPanel + f % kPanel] = weights.inDomain(f, p / kPoints, p % kPoints, c);

    op.emitRemark() << "computed in Winograd's domain with 36 multiplications for 144; error " << error << " of the output's range";
    Location loc = op.getLoc();
    auto type = RankedTensorType::get({kDomain, panels, channels, kPanel}, rewriter.getF32Type());
    Value domain = ConstantOp::create(rewriter, loc, constantFromBytes(type, std::move(bytes)));
    Value patches = WinogradInputOp::create(rewriter, loc, op.getX(), op.getLow(), op.getHigh());
    Value products = MatmulOp::create(rewriter, loc, patches, domain, /*trans_a=*/false, /*trans_b=*/false,
                                      DimsAttr::get(op.getContext(), constantExpr(features, op.getContext())));
    Shape shape = shapeOf(op.getY());
    shape.pop_back();
    rewriter.replaceOpWithNewOp<WinogradOutputOp>(op, products, DimsAttr::get(op.getContext(), shape));
    return success();
  }

  int64_t mostWeights;
};

struct Winograd : impl::WinogradPassBase<Winograd> {
  using WinogradPassBase::WinogradPassBase;
  void runOnOperation() override {
    SmallVector<ConvOp> convolutions;
    getOperation().walk([&](ConvOp op) { convolutions.push_back(op); });
    PatternRewriter rewriter(&getContext());
    Convert pattern(&getContext(), precision == Precision::f32 ? kMostWeights : kMostWidened);
    for (ConvOp op : convolutions) {
      rewriter.setInsertionPoint(op);
      converted += succeeded(pattern.matchAndRewrite(op, rewriter));
    }
  }
};

} // namespace
} // namespace mlc
