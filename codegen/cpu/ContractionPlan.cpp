#include "ContractionPlan.h"
#include "Cut.h"
#include "ir/Staging.h"

using namespace mlir;

namespace mlc {

// Steps of a chunk: at most so many where tiles have one panel, two, three or four, so that they stay in L1, and not so few that
// taking up the sums shows.
constexpr int64_t kMostSteps[] = {384, 256, 128, 128}, kFewSteps = 64;
// A quarter more than that is no harm.
constexpr int64_t kUncutSteps[] = {384, 320, 160, 160};
// Reductions of more steps may be taken in chunks at some level.
constexpr int64_t kLongReduction = 160;
// Steps of a run: few where latency or weights from memory leave time for taking up the sums, else so many that it does not show.
constexpr int64_t kFewRows = 4, kRunOfFewRows = 16, kSomeRows = 64, kRunOfSomeRows = 64, kRun = 128;

namespace {

/// Neighbours whose elements follow on each other are one dimension.
void mergeStrided(SmallVectorImpl<Dimension> &dims) {
  SmallVector<Dimension> merged;
  for (Dimension d : dims) {
    if (constantOf(d.extent) == std::optional<int64_t>(1))
      continue;
    // Products of symbols are compared factor by factor: they have no order of their own.
    AffineExpr ratio = merged.empty() ? nullptr : divideExactly(merged.back().stride, d.extent * d.stride);
    if (ratio && constantOf(ratio) == std::optional<int64_t>(1)) {
      merged.back() = {merged.back().extent * d.extent, d.stride, -1};
      continue;
    }
    merged.push_back(d);
  }
  dims.assign(merged.begin(), merged.end());
}


/// A view of a staged input: of a block's rows in scratch memory.
View viewOfStage(Value v, Staging staging) {
  View view{staging.pad.getY(), constantExpr(0, v.getContext()), SmallVector<AffineExpr>(4)};
  Shape shape = shapeOf(view.tensor);
  shape[staging.dims[1]] = constantExpr(staging.inRows, v.getContext());
  SmallVector<AffineExpr> strides(4);
  AffineExpr stride = constantExpr(1, v.getContext());
  for (int64_t d = 4; d-- > 0; stride = stride * shape[d])
    strides[d] = stride;
  for (int64_t d = 0; d < 4; ++d)
    view.strides[d] = strides[staging.dims[d]];
  return view;
}

} // namespace

/// Moves the outer part of dimensions to the front of `outer`, so that what is left has at most `most` steps: the innermost
/// dimensions, and what divides the next. Nothing where less than `few` would be left.
static void cutSteps(SmallVectorImpl<Dimension> &dims, SmallVectorImpl<Dimension> &outer, int64_t most, int64_t few) {
  int64_t size = 1;
  size_t d = dims.size();
  while (d > 0 && size * *constantOf(dims[d - 1].extent) <= most)
    size *= *constantOf(dims[--d].extent);
  int64_t part = 1;
  if (d > 0) {
    int64_t extent = *constantOf(dims[d - 1].extent);
    for (int64_t p = 2; p <= extent && size * p <= most; ++p)
      if (extent % p == 0)
        part = p;
  }
  if (size * part < few)
    return;
  SmallVector<Dimension> all(dims.begin(), dims.end());
  dims.clear();
  for (size_t i = 0; i < all.size(); ++i) {
    if (i + 1 < d)
      outer.push_back(all[i]);
    if (i + 1 == d) {
      int64_t extent = *constantOf(all[i].extent);
      outer.push_back({constantExpr(extent / part, all[i].extent.getContext()), all[i].stride * part, part > 1 ? -1 : all[i].window});
      if (part > 1)
        dims.push_back({constantExpr(part, all[i].extent.getContext()), all[i].stride, -1});
    }
    if (i + 1 > d)
      dims.push_back(all[i]);
  }
}

void Contraction::cutReduction(int64_t panels) {
  auto steps = constantOf(depth);
  if (!steps)
    return;
  int64_t most = kMostSteps[panels - 1], uncut = kUncutSteps[panels - 1];
  if (!borders.empty()) { // chunks of single taps can be left out
    int64_t each = 1;
    for (Dimension d : reduction)
      each *= d.window < 0 ? *constantOf(d.extent) : 1;
    if (each >= kFewSteps && each <= most)
      most = uncut = each;
  }
  if (*steps > uncut)
    cutSteps(reduction, chunks, most, kFewSteps);
}

std::pair<SmallVector<Dimension>, SmallVector<Dimension>> Contraction::runs() const {
  SmallVector<Dimension> outer, run(reduction);
  int64_t rows = constantOf(rowCount).value_or(kSomeRows + 1), most = kRun;
  if (!isa<FloatType>(elementTypeOf(result)))
    return {outer, run};
  if (rows <= kSomeRows)
    most = rows <= kFewRows ? kRunOfFewRows : kRunOfSomeRows;
  else if (constantOf(panels) != std::optional<int64_t>(1))
    return {outer, run};
  int64_t steps = 1;
  for (Dimension d : run) {
    if (!constantOf(d.extent))
      return {outer, run};
    steps *= *constantOf(d.extent);
  }
  if (steps > most * 5 / 4)
    cutSteps(run, outer, most, kRunOfFewRows);
  return {outer, run};
}

Contraction describeContraction(Operation *root) {
  Contraction c;
  MLIRContext *ctx = root->getContext();
  c.root = root;
  c.result = c.root->getResult(0);
  auto one = constantExpr(1, ctx), zero = constantExpr(0, ctx);
  if (auto m = dyn_cast<MatmulOp>(c.root)) {
    c.b = m.getB();
    c.columns = (*m.getColumns())[0];
    Shape a = shapeOf(m.getA()), b = shapeOf(c.b), y = shapeOf(c.result);
    AffineExpr rows = y[y.size() - 2], depth = b[b.size() - 2];
    auto [tensor, offset, strides] = viewOf(m.getA());
    c.a = tensor;
    AffineExpr depthStride = strides.pop_back_val(), rowStride = strides.pop_back_val();
    if (m.getTransA())
      std::swap(depthStride, rowStride);
    ArrayRef<AffineExpr> aLead = ArrayRef(a).drop_back(2), bLead = ArrayRef(b).drop_back(3);
    for (auto [s, e] : llvm::zip(strides, aLead))
      if (constantOf(e) == std::optional<int64_t>(1))
        s = zero;
    if (llvm::all_of(bLead, [](AffineExpr e) { return constantOf(e) == std::optional<int64_t>(1); })) {
      for (auto [e, s] : llvm::zip(aLead, strides))
        c.rows.push_back({e, s});
    } else {
      size_t lead = y.size() - 2;
      c.batchRank = lead;
      c.batch.assign(y.begin(), y.end() - 2);
      c.aBatch.assign(lead, zero);
      c.bBatch.assign(lead, zero);
      for (size_t d = 0; d < aLead.size(); ++d)
        c.aBatch[lead - aLead.size() + d] = strides[d];
      AffineExpr matrices = one;
      for (size_t d = bLead.size(); d-- > 0;) {
        if (constantOf(bLead[d]) != std::optional<int64_t>(1))
          c.bBatch[lead - bLead.size() + d] = matrices;
        matrices = matrices * bLead[d];
      }
    }
    c.rows.push_back({rows, rowStride});
    c.reduction.push_back({depth, depthStride});
  } else {
    auto conv = cast<ConvOp>(c.root);
    c.b = conv.getWeights();
    c.groups = conv.getGroups();
    c.columns = constantExpr(static_cast<int64_t>(conv.getColumns()) / c.groups, ctx);
    Staging staging = stagingOf(conv);
    c.stage = staging.pad;
    auto [tensor, offset, strides] = staging.pad ? viewOfStage(conv.getX(), staging) : viewOf(conv.getX());
    c.a = tensor;
    Shape y = shapeOf(c.result);
    int64_t rank = conv.getSpatialRank(), channels = conv.getX().getType().getShape().back();
    AffineExpr each = strides.back();
    c.groupStride = each * (channels / c.groups);
    c.footprint = constantExpr(channels / c.groups, ctx);
    SmallVector<int64_t> window = conv.getWindow();
    c.rows.push_back({y[0], strides[0]});
    for (int64_t d = 0; d < rank; ++d) {
      c.rows.push_back({y[d + 1], strides[d + 1] * conv.getStrides()[d]});
      c.reduction.push_back({constantExpr(window[d], ctx), strides[d + 1] * conv.getDilations()[d], d});
      if (ArrayRef<int64_t> zeros = conv.getZeros(); !zeros.empty()) {
        int64_t size = *constantOf(shapeOf(conv.getX())[d + 1]);
        c.borders.push_back({conv.getStrides()[d], conv.getDilations()[d], zeros[2 * d], size - zeros[2 * d + 1]});
      }
    }
    c.reduction.push_back({constantExpr(channels / c.groups, ctx), each});
    for (auto [stride, width] : llvm::zip(conv.getStrides(), window))
      c.footprint = c.footprint * std::min(stride, width);
  }
  c.panels = c.columns.ceilDiv(kPanel);
  c.rowCount = c.depth = one;
  for (Dimension d : c.rows)
    c.rowCount = c.rowCount * d.extent;
  if (c.stage) {
    c.rows.erase(c.rows.begin());
    c.rows[0].extent = constantExpr(stagingOf(cast<ConvOp>(c.root)).outRows, ctx);
  }
  for (Dimension d : c.reduction)
    c.depth = c.depth * d.extent;
  if (!c.footprint)
    c.footprint = c.depth;
  mergeStrided(c.rows);
  // Taps that may be left out stay by themselves.
  if (auto each = constantOf(c.reduction.back().extent); c.borders.empty() || !each || *each < kFewSteps)
    mergeStrided(c.reduction);
  return c;
}

namespace {

/// Work of the busiest of `workers` in relation to an even share.
double imbalance(int64_t tasks, int64_t workers) {
  return static_cast<double>(llvm::divideCeil(tasks, workers) * workers) / static_cast<double>(tasks);
}

/// How many blocks of `size` elements in units of `unit` make all together at least `tasks` tasks, where there are `others` for
/// each: whole and even shares for two and four workers first, then few blocks.
int64_t evenBlocks(int64_t size, int64_t unit, int64_t others, int64_t fewest, int64_t tasks) {
  if (size == 0)
    return 1;
  int64_t most = std::max<int64_t>(1, size / unit), best = std::min(fewest, most);
  fewest = std::clamp<int64_t>(std::max<int64_t>(fewest, llvm::divideCeil(tasks, others)), 1, most);
  double least = 1e300;
  for (int64_t n = fewest; n <= std::min(most, 2 * fewest + 4); ++n) {
    int64_t each = llvm::alignTo(llvm::divideCeil(size, n), unit), blocks = llvm::divideCeil(size, each);
    if (blocks != n)
      continue;
    // The last block may be short.
    double filled = static_cast<double>(size) / static_cast<double>(n * each);
    double cost = imbalance(n * others, 2) + imbalance(n * others, 4) + (1 - filled) + 0.02 * static_cast<double>(n) / static_cast<double>(fewest);
    if (cost < least)
      least = cost, best = n;
  }
  return best;
}

} // namespace

Blocks blocksOf(const Contraction &c) {
  Blocks blocks;
  if (c.stage) {
    // What is copied once serves all panels.
    blocks.rows = 1;
    for (Dimension d : c.rows)
      blocks.rows *= *constantOf(d.extent);
    blocks.rowBlocks = c.rowCount.ceilDiv(blocks.rows);
    blocks.panels = *constantOf(c.panels);
    blocks.panelBlocks = constantExpr(1, c.root->getContext());
    return blocks;
  }
  auto depth = constantOf(c.footprint), rows = constantOf(c.rowCount), panels = constantOf(c.panels), steps = constantOf(c.depth);
  // A block of A takes some 128 kB, and 48 rows are whole tiles at every level. While chunks are taken, its sums are kept.
  bool isLong = steps && *steps > kLongReduction;
  int64_t fit = depth ? (32 << 10) / std::max<int64_t>(1, *depth) : 96;
  blocks.rows = std::clamp<int64_t>(fit, 48, isLong ? kScratchRows / 48 * 48 : 48 * 64);
  int64_t others = c.groups;
  if (auto batch = constantsOf(c.batch))
    for (int64_t b : *batch)
      others *= b;
  others = std::max<int64_t>(1, others);
  if (rows && *rows > 0) {
    // A quarter more than fits is no harm.
    int64_t count = *rows <= blocks.rows * 5 / 4 ? 1 : llvm::divideCeil(*rows, blocks.rows);
    // Where the weights are less than what the rows read and write, each worker keeps to its own rows from one kernel to the
    // next; their results then lie in its own cache.
    blocks.rowsOutside = c.batch.empty() && c.groups == 1 && panels && steps && depth &&
                         *steps * *panels * kPanel <= *rows * (*depth + *panels * kPanel);
    if (blocks.rowsOutside)
      count = std::max(count, evenBlocks(*rows, 1, others, count, std::min<int64_t>(8, *rows / 24)));
    blocks.rows = std::max<int64_t>(1, llvm::divideCeil(*rows, count));
  } else {
    blocks.rows = blocks.rows / 48 * 48;
  }
  blocks.rowBlocks = c.rowCount.ceilDiv(blocks.rows);
  if (!panels) {
    blocks.panels = 8;
    blocks.panelBlocks = c.panels.ceilDiv(blocks.panels);
    return blocks;
  }
  // Whole register tiles at every level.
  int64_t count = 1, unit = *panels >= 16 && *panels % 4 == 0 ? 4 : *panels >= 4 ? 2 : 1;
  if (auto known = constantOf(blocks.rowBlocks); known && *known > 0)
    if (int64_t have = others * *known; have < (blocks.rowsOutside ? 4 : 8))
      count = evenBlocks(*panels, unit, have, 1, 8);
  blocks.panels = std::max<int64_t>(1, static_cast<int64_t>(llvm::alignTo(llvm::divideCeil(*panels, count), unit)));
  blocks.panelBlocks = c.panels.ceilDiv(blocks.panels);
  return blocks;
}

Tile tileFor(const CpuTarget &target, int64_t lanes, int64_t panels, ArrayRef<int64_t> blocks, bool far) {
  int64_t vectors = std::max<int64_t>(1, kPanel / lanes); // of one panel
  int64_t accumulators = target.vectorRegisters >= 32 ? 24 : 12;
  // Several panels share the broadcasts: of 12 x 2, 8 x 3 and 6 x 4 accumulators the latter load least and read A least often.
  int64_t wide = std::min<int64_t>(panels, target.vectorRegisters < 32 || vectors > 1 ? 1 : panels % 4 == 0 ? 4 : panels % 3 == 0 ? 3 : 2);
  int64_t most = std::max<int64_t>(1, accumulators / (vectors * wide));
  if (blocks.empty())
    return {most, wide};
  if (blocks[0] < most) { // few rows: more panels at a time
    int64_t high = std::max<int64_t>(1, blocks[0]);
    return {high, std::clamp<int64_t>(accumulators / (vectors * high), 1, std::min<int64_t>(panels, 4))};
  }
  // Weights from memory go past once where one tile has all rows: beside its accumulators it needs no more than three registers.
  if (int64_t high = *std::max_element(blocks.begin(), blocks.end()); far && wide > 1 && high > most && high + 4 <= target.vectorRegisters)
    return {high, 1};
  // A step of k costs the multiply-adds, two at a time, but never less than their latency and something to wait for loads in.
  auto cost = [&](int64_t height) {
    double multiplyAdds = static_cast<double>(height * vectors * wide) / 2;
    double loads = static_cast<double>(height + vectors * wide) / 2;
    return height == 0 ? 0 : std::max({multiplyAdds, loads, 5.0});
  };
  int64_t best = most;
  double least = 1e300;
  for (int64_t height = most; height >= std::max<int64_t>(1, most / 2); --height) {
    double total = 0;
    for (int64_t rows : blocks) {
      Cut cut = cutRows(rows, height);
      total += static_cast<double>(cut.high) * cost(height) + static_cast<double>(cut.low) * cost(height - 1) + cost(cut.rest);
      total += cut.rest ? 0.5 : 0; // a tile of another kind
    }
    if (total < least * 0.99)
      least = total, best = height;
  }
  return {best, wide};
}

} // namespace mlc
