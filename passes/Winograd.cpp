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

using winograd::kTransforms;
using winograd::Line;
using winograd::Tile;
using winograd::Transform;

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
// Points of a tile: more lose too much in both dimensions.
constexpr int64_t kMostPoints = 36;

// Multiply-adds, counted twice, in the time that a byte of weights takes from memory.
constexpr double kWorkPerByte = 10;
// Of the shorter one of arithmetic and reading weights, what the longer one does not hide: in the domain few rows go by between
// a matrix and the next.
constexpr double kNotHidden = 0.5;
// Bytes of weights in the time in which one kernel writes an element of the domain and the next reads it.
constexpr double kBytesPerElement = 2;

/// A convolution's weights, [F, taps, taps, C].
struct Weights {
  const float *data;
  int64_t features, taps[2], channels;
  float at(int64_t f, int64_t i, int64_t j, int64_t c) const { return data[((f * taps[0] + i) * taps[1] + j) * channels + c]; }

  /// At point `p` of the domain.
  float inDomain(const Tile &tile, int64_t f, int64_t p, int64_t c) const {
    const Transform &down = *tile.dims[0], &along = *tile.dims[1];
    double sum = 0;
    for (int64_t a = 0; a < taps[0]; ++a)
      for (int64_t b = 0; b < taps[1]; ++b)
        sum += down.weights[p / along.points][a] * along.weights[p % along.points][b] * at(f, a, b, c);
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
double errorOf(const Tile &tile, const Weights &weights) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-1, 1);
  Fused fused;
  Line<float, Fused> down(*tile.dims[0], fused), along(*tile.dims[1], fused);
  const int64_t high = tile.dims[0]->points, wide = tile.dims[1]->points;
  const int64_t channels = weights.channels, sample = std::min<int64_t>(weights.features, 16);
  // Lines of one dimension, then those of the other that they become.
  auto both = [&](bool input, auto at) {
    SmallVector<SmallVector<float>> half;
    for (int64_t j = 0; j < wide; ++j) {
      SmallVector<float> column;
      for (int64_t i = 0; i < high; ++i)
        column.push_back(at(i, j));
      half.push_back(input ? down.input(column) : down.output(column));
    }
    SmallVector<float> result;
    for (size_t i = 0; i < half[0].size(); ++i) {
      SmallVector<float> row;
      for (const SmallVector<float> &column : half)
        row.push_back(column[i]);
      result.append(input ? along.input(row) : along.output(row));
    }
    return result;
  };
  std::vector<float> patch(tile.domain() * channels), domain(tile.domain() * channels);
  for (float &v : patch)
    v = uniform(random);
  for (int64_t c = 0; c < channels; ++c)
    for (auto [p, v] : llvm::enumerate(both(/*input=*/true, [&](int64_t i, int64_t j) { return patch[(i * wide + j) * channels + c]; })))
      domain[p * channels + c] = v;
  double error = 0, range = 0;
  for (int64_t s = 0; s < sample; ++s) {
    int64_t f = s * weights.features / sample;
    SmallVector<float> products(tile.domain(), 0);
    for (int64_t p = 0; p < tile.domain(); ++p)
      for (int64_t c = 0; c < channels; ++c)
        products[p] = std::fma(domain[p * channels + c], weights.inDomain(tile, f, p, c), products[p]);
    SmallVector<float> outputs = both(/*input=*/false, [&](int64_t i, int64_t j) { return products[i * wide + j]; });
    for (auto [n, output] : llvm::enumerate(outputs)) {
      int64_t r = static_cast<int64_t>(n) / tile.dims[1]->outputs, o = static_cast<int64_t>(n) % tile.dims[1]->outputs;
      double exact = 0;
      for (int64_t a = 0; a < weights.taps[0]; ++a)
        for (int64_t b = 0; b < weights.taps[1]; ++b)
          for (int64_t c = 0; c < channels; ++c)
            exact += static_cast<double>(patch[((r + a) * wide + o + b) * channels + c]) * weights.at(f, a, b, c);
      error = std::max(error, std::abs(exact - output));
      range = std::max(range, std::abs(exact));
    }
  }
  return range > 0 ? error / range : std::numeric_limits<double>::infinity();
}

/// Tiles for a window: where it has as many taps in both dimensions, the tile has as many outputs.
SmallVector<Tile> tilesFor(ArrayRef<int64_t> window) {
  SmallVector<Tile> tiles;
  const int64_t high = window.size() == 2 ? window[0] : 1, wide = window.back();
  for (const Transform &down : kTransforms)
    for (const Transform &along : kTransforms)
      if (down.taps == high && along.taps == wide && (high != wide || down.outputs == along.outputs)) {
        Tile tile{{&down, &along}};
        if (tile.domain() > 1 && tile.domain() <= kMostPoints)
          tiles.push_back(tile);
      }
  return tiles;
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
    if (op.isPacked() || op.getSpatialRank() > 2 || op.getGroups() != 1 || !y || !op.getX().getType().hasStaticShape() ||
        !elementTypeOf(op.getX()).isF32() || !all(op.getStrides(), 1) || !all(op.getDilations(), 1) ||
        !matchPattern(op.getWeights(), m_Constant(&attr)))
      return failure();
    int64_t channels = op.getX().getType().getShape().back(), features = y->back();
    if (std::min(channels, features) < kFewChannels)
      return failure();
    SmallVector<int64_t> window = op.getWindow();
    // Of outputs and of taps; a line has a height of one.
    const int64_t images = (*y)[0], high = window.size() == 2 ? (*y)[1] : 1, wide = (*y)[window.size()];
    const int64_t taps = window.size() == 2 ? window[0] * window[1] : window[0];
    const double direct = costOf(taps, static_cast<double>(images) * high * wide, channels, features, /*notHidden=*/0);
    SmallVector<std::pair<double, Tile>> candidates; // beside their costs
    for (const Tile &tile : tilesFor(window)) {
      int64_t tilesHigh = llvm::divideCeil(high, tile.dims[0]->outputs), tilesWide = llvm::divideCeil(wide, tile.dims[1]->outputs);
      int64_t tiles = images * tilesHigh * tilesWide;
      // Outputs that tiles at the border compute in vain are to be few.
      bool fills = tiles >= kFewTiles && tilesHigh * tilesWide * tile.outputs() * 3 <= high * wide * 4;
      int64_t between = tile.domain() * tiles * (channels + features);
      if (!fills || tile.domain() * channels * features * 4 > mostWeights || between * 4 > kMostScratch)
        continue;
      double cost = costOf(tile.domain(), tiles, channels, features, kNotHidden) + between * kBytesPerElement;
      if (cost < direct)
        candidates.push_back({cost, tile});
    }
    if (candidates.empty())
      return failure();
    llvm::sort(candidates, [](const auto &l, const auto &r) { // at the same cost fewer points, which lose less
      return std::pair(l.first, l.second.domain()) < std::pair(r.first, r.second.domain());
    });
    SmallVector<char, 0> storage;
    Weights weights{reinterpret_cast<const float *>(bytesOf(attr, storage).data()), features, {taps / window.back(), window.back()}, channels};
    for (const auto &[cost, tile] : candidates) {
      double error = errorOf(tile, weights);
      if (error <= kMostError) {
        convert(op, tile, weights, error, rewriter);
        return success();
      }
      op.emitRemark() << "not computed in Winograd's domain by tiles of " << tile.dims[0]->outputs << "x" << tile.dims[1]->outputs
                      << ": the error would be " << error << " of the output's range";
    }
    return failure();
  }

private:
  static void convert(ConvOp op, const Tile &tile, const Weights &weights, double error, PatternRewriter &rewriter) {
    // In panels at once (see `pack`), so that the weights do not stand in memory twice.
    const int64_t features = weights.features, channels = weights.channels, panels = llvm::divideCeil(features, kPanel);
    std::vector<char> bytes(tile.domain() * panels * channels * kPanel * 4);
    float *to = reinterpret_cast<float *>(bytes.data());
    for (int64_t p = 0; p < tile.domain(); ++p)
      for (int64_t f = 0; f < features; ++f)
        for (int64_t c = 0; c < channels; ++c)
          to[((p * panels + f / kPanel) * channels + c) * kPanel + f % kPanel] = weights.inDomain(tile, f, p, c);

    op.emitRemark() << "computed in Winograd's domain with " << tile.domain() << " multiplications for " << tile.outputs() * tile.taps()
                    << "; error " << error << " of the output's range";
    Location loc = op.getLoc();
    auto type = RankedTensorType::get({tile.domain(), panels, channels, kPanel}, rewriter.getF32Type());
    Value domain = ConstantOp::create(rewriter, loc, constantFromBytes(type, std::move(bytes)));
    SmallVector<int64_t> outputs, taps;
    for (const Transform *t : ArrayRef(tile.dims).take_back(op.getSpatialRank())) {
      outputs.push_back(t->outputs);
      taps.push_back(t->taps);
    }
    Value patches = WinogradInputOp::create(rewriter, loc, op.getX(), outputs, taps, op.getLow(), op.getHigh());
    Value products = MatmulOp::create(rewriter, loc, patches, domain, /*trans_a=*/false, /*trans_b=*/false,
                                      DimsAttr::get(op.getContext(), constantExpr(features, op.getContext())));
    Shape shape = shapeOf(op.getY());
    shape.pop_back();
    rewriter.replaceOpWithNewOp<WinogradOutputOp>(op, products, outputs, taps, DimsAttr::get(op.getContext(), shape));
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
