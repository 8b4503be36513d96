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

// Multiply-adds, counted twice, in the time that a byte of weights takes from memory.
constexpr double kWorkPerByte = 10;
// Of the shorter one of arithmetic and reading weights, what the longer one does not hide: in the domain few rows go by between
// a matrix and the next.
constexpr double kNotHidden = 0.5;
// Bytes of weights in the time in which one kernel writes an element of the domain and the next reads it.
constexpr double kBytesPerElement = 2;

/// A convolution's weights, [F, 3, 3, C].
struct Weights {
  const float *data;
  int64_t features, channels;
  float at(int64_t f, int64_t i, int64_t j, int64_t c) const { return data[((f * kTaps + i) * kTaps + j) * channels + c]; }

  /// At point `p` of the domain.
  float inDomain(const Transform &t, int64_t f, int64_t p, int64_t c) const {
    double sum = 0;
    for (int64_t a = 0; a < kTaps; ++a)
      for (int64_t b = 0; b < kTaps; ++b)
        sum += t.weights[p / t.points][a] * t.weights[p % t.points][b] * at(f, a, b, c);
    return static_cast<float>(sum);
  }
};

struct Fused {
  float add(float u, float v) const { return u + v; }
  float sub(float u, float v) const { return u - v; }
  float scale(float v, float factor) const { return v * factor; }
  float addScaled(float sum, float factor, float v) const { return std::fma(factor, v, sum); }
};

/// Largest difference between a tile computed in the domain, in f32 as the kernels do it, and in double precision, of the
/// largest output: over random input and a sample of the features.
double errorOf(const Transform &t, const Weights &weights) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-1, 1);
  Fused fused;
  Line<float, Fused> line(t, fused);
  const int64_t channels = weights.channels, sample = std::min<int64_t>(weights.features, 16);
  // Lines of one dimension, then those of the other that they become.
  auto both = [&](bool input, auto at) {
    auto apply = [&](ArrayRef<float> elements) { return input ? line.input(elements) : line.output(elements); };
    SmallVector<SmallVector<float>> half;
    for (int64_t j = 0; j < t.points; ++j) {
      SmallVector<float> column;
      for (int64_t i = 0; i < t.points; ++i)
        column.push_back(at(i, j));
      half.push_back(apply(column));
    }
    SmallVector<float> result;
    for (size_t i = 0; i < half[0].size(); ++i) {
      SmallVector<float> row;
      for (const SmallVector<float> &column : half)
        row.push_back(column[i]);
      result.append(apply(row));
    }
    return result;
  };
  std::vector<float> patch(t.domain() * channels), domain(t.domain() * channels);
  for (float &v : patch)
    v = uniform(random);
  for (int64_t c = 0; c < channels; ++c)
    for (auto [p, v] :
         llvm::enumerate(both(/*input=*/true, [&](int64_t i, int64_t j) { return patch[(i * t.points + j) * channels + c]; })))
      domain[p * channels + c] = v;
  double error = 0, range = 0;
  for (int64_t s = 0; s < sample; ++s) {
    int64_t f = s * weights.features / sample;
    SmallVector<float> products(t.domain(), 0);
    for (int64_t p = 0; p < t.domain(); ++p)
      for (int64_t c = 0; c < channels; ++c)
        products[p] = std::fma(domain[p * channels + c], weights.inDomain(t, f, p, c), products[p]);
    SmallVector<float> tile = both(/*input=*/false, [&](int64_t i, int64_t j) { return products[i * t.points + j]; });
    for (int64_t r = 0; r < t.outputs; ++r)
      for (int64_t o = 0; o < t.outputs; ++o) {
        double exact = 0;
        for (int64_t a = 0; a < kTaps; ++a)
          for (int64_t b = 0; b < kTaps; ++b)
            for (int64_t c = 0; c < channels; ++c)
              exact += static_cast<double>(patch[((r + a) * t.points + o + b) * channels + c]) * weights.at(f, a, b, c);
        error = std::max(error, std::abs(exact - tile[r * t.outputs + o]));
        range = std::max(range, std::abs(exact));
      }
  }
  return range > 0 ? error / range : std::numeric_limits<double>::infinity();
}

/// What a product costs, in bytes of weights from memory: of `points` matrices of `channels` times `features`, which `rows` rows
/// each are multiplied by.
double costOf(int64_t points, double rows, int64_t channels, int64_t features, double notHidden) {
  double weights = static_cast<double>(points) * channels * features, work = 2 * rows / kWorkPerByte, bytes = 4;
  return weights * (std::max(work, bytes) + notHidden * std::min(work, bytes));
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
    if (std::min(channels, features) < kFewChannels)
      return failure();
    const double direct = costOf(kTaps * kTaps, static_cast<double>((*y)[0]) * (*y)[1] * (*y)[2], channels, features, /*notHidden=*/0);
    SmallVector<std::pair<double, const Transform *>> candidates; // beside their costs
    for (const Transform &t : kTransforms) {
      int64_t high = llvm::divideCeil((*y)[1], t.outputs), wide = llvm::divideCeil((*y)[2], t.outputs), tiles = (*y)[0] * high * wide;
      // Outputs that tiles at the border compute in vain are to be few.
      bool fills = tiles >= kFewTiles && high * wide * t.outputs * t.outputs * 3 <= (*y)[1] * (*y)[2] * 4;
      int64_t between = t.domain() * tiles * (channels + features);
      if (!fills || t.domain() * channels * features * 4 > mostWeights || between * 4 > kMostScratch)
        continue;
      double cost = costOf(t.domain(), tiles, channels, features, kNotHidden) + between * kBytesPerElement;
      if (cost < direct)
        candidates.push_back({cost, &t});
    }
    if (candidates.empty())
      return failure();
    llvm::sort(candidates); // at the same cost fewer outputs, which lose less
    SmallVector<char, 0> storage;
    Weights weights{reinterpret_cast<const float *>(bytesOf(attr, storage).data()), features, channels};
    for (const auto &[cost, t] : candidates) {
      double error = errorOf(*t, weights);
      if (error <= kMostError) {
        convert(op, *t, weights, error, rewriter);
        return success();
      }
      op.emitRemark() << "not computed in Winograd's domain by tiles of " << t->outputs << "x" << t->outputs << ": the error would be "
                      << error << " of the output's range";
    }
    return failure();
  }

private:
  static void convert(ConvOp op, const Transform &t, const Weights &weights, double error, PatternRewriter &rewriter) {
    // In panels at once (see `pack`), so that the weights do not stand in memory twice.
    const int64_t features = weights.features, channels = weights.channels, panels = llvm::divideCeil(features, kPanel);
    std::vector<char> bytes(t.domain() * panels * channels * kPanel * 4);
    float *to = reinterpret_cast<float *>(bytes.data());
    for (int64_t p = 0; p < t.domain(); ++p)
      for (int64_t f = 0; f < features; ++f)
        for (int64_t c = 0; c < channels; ++c)
          to[((p * panels + f / kPanel) * channels + c) * kPanel + f % kPanel] = weights.inDomain(t, f, p, c);

    op.emitRemark() << "computed in Winograd's domain with " << t.domain() << " multiplications for "
                    << t.outputs * t.outputs * kTaps * kTaps << "; error " << error << " of the output's range";
    Location loc = op.getLoc();
    auto type = RankedTensorType::get({t.domain(), panels, channels, kPanel}, rewriter.getF32Type());
    Value domain = ConstantOp::create(rewriter, loc, constantFromBytes(type, std::move(bytes)));
    Value patches = WinogradInputOp::create(rewriter, loc, op.getX(), t.outputs, op.getLow(), op.getHigh());
    Value products = MatmulOp::create(rewriter, loc, patches, domain, /*trans_a=*/false, /*trans_b=*/false,
                                      DimsAttr::get(op.getContext(), constantExpr(features, op.getContext())));
    Shape shape = shapeOf(op.getY());
    shape.pop_back();
    rewriter.replaceOpWithNewOp<WinogradOutputOp>(op, products, t.outputs, DimsAttr::get(op.getContext(), shape));
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
