//===- Contraction.cpp - products and convolutions on register tiles ---------===//
//
// A row is one place of the output (a matrix row, a pixel), a column one output channel. Weights stand in panels of 16
// columns, k after k. A tile of `rows` x `panels` accumulators lives in registers over the whole of k: each step loads the
// panels' vectors once, and one element of A a row, which is broadcast into the multiply-add. What follows (bias, activation,
// residual) is computed on the accumulators before the only store.
//
// Rows that do not fill a tile are computed by a whole one whose surplus rows read the last row again; its accumulators go
// through a scratch tile in L1, from where a loop takes the rows that exist. The same loop serves whole tiles where what
// follows is long, so that its code stands once and not once a row.
//
// A task is a block of rows times a block of panels; within it a panel is kept while the rows pass by. A block of A fits L2.
// A long reduction is taken in chunks, so that the part of the panel at hand stays in L1 for all rows; between chunks the
// sums wait in a scratch block of the task's own. While one chunk is used, the next is called from memory, a little with
// each step.
//
//===----------------------------------------------------------------------===//

#include "Cut.h"
#include "KernelBuilder.h"
#include "ir/Layout.h"

#include <cmath>

using namespace mlir;

namespace mlc {

// Steps of a chunk: at most so many, so that 64 bytes each stay in L1, and not so few that taking up the sums shows.
constexpr int64_t kMostSteps = 256, kFewSteps = 64;
// Weights of this many bytes are far away when they are needed.
constexpr int64_t kFarWeights = 128 << 10;
// Rows for which a line of weights from memory comes in a third of the time that it is used.
constexpr int64_t kRowsPerPass = 128;
// Fewer steps leave no time between calling the epilogue's memory and using it.
constexpr int64_t kFewPrefetchSteps = 32;
// Rows whose sums a task keeps at most.
constexpr int64_t kScratchRows = 512;

namespace {

struct Dimension {
  AffineExpr extent;
  AffineExpr stride; // of A, in elements
};

/// Neighbours whose elements follow on each other are one dimension.
void mergeStrided(SmallVectorImpl<Dimension> &dims) {
  SmallVector<Dimension> merged;
  for (Dimension d : dims) {
    if (constantOf(d.extent) == std::optional<int64_t>(1))
      continue;
    // Products of symbols are compared factor by factor: they have no order of their own.
    AffineExpr ratio = merged.empty() ? nullptr : divideExactly(merged.back().stride, d.extent * d.stride);
    if (ratio && constantOf(ratio) == std::optional<int64_t>(1)) {
      merged.back() = {merged.back().extent * d.extent, d.stride};
      continue;
    }
    merged.push_back(d);
  }
  dims.assign(merged.begin(), merged.end());
}

/// A contraction, whatever operator it came from.
struct Contraction {
  Operation *root;
  Value a, b, result;
  SmallVector<Dimension> rows, reduction;
  SmallVector<Dimension> chunks;       // the outer part of the reduction, of which a chunk is one index; may be empty
  AffineExpr rowCount, depth;          // products of the extents of rows, and of chunks and reduction
  AffineExpr footprint;                // elements of A that a row adds to a block
  Shape batch;                         // dimensions with a B of their own
  SmallVector<AffineExpr> aBatch, bBatch; // strides of A in elements and of B in matrices
  int64_t groups = 1;
  AffineExpr columns, panels;          // of one group
  AffineExpr groupStride;              // of A's elements; null without groups
  int64_t batchRank = 0;               // leading dimensions of the result that are batch

  bool chunked() const { return !chunks.empty(); }
  /// Moves the outer part of a long reduction into `chunks`.
  void cutReduction();
};

void Contraction::cutReduction() {
  auto steps = constantOf(depth);
  if (!steps || *steps <= kMostSteps * 3 / 2)
    return;
  // The innermost dimensions, and what divides the next.
  int64_t size = 1;
  size_t d = reduction.size();
  while (d > 0 && size * *constantOf(reduction[d - 1].extent) <= kMostSteps)
    size *= *constantOf(reduction[--d].extent);
  int64_t part = 1;
  if (d > 0) {
    int64_t extent = *constantOf(reduction[d - 1].extent);
    for (int64_t p = 2; p <= extent && size * p <= kMostSteps; ++p)
      if (extent % p == 0)
        part = p;
  }
  if (size * part < kFewSteps)
    return;
  MLIRContext *ctx = root->getContext();
  SmallVector<Dimension> all(reduction);
  reduction.clear();
  for (size_t i = 0; i < all.size(); ++i) {
    if (i + 1 < d)
      chunks.push_back(all[i]);
    if (i + 1 == d) {
      int64_t extent = *constantOf(all[i].extent);
      chunks.push_back({constantExpr(extent / part, ctx), all[i].stride * part});
      if (part > 1)
        reduction.push_back({constantExpr(part, ctx), all[i].stride});
    }
    if (i + 1 > d)
      reduction.push_back(all[i]);
  }
}

/// The tensor in memory behind a value, and its strides: of a transposed one those of its source in other order.
std::pair<Value, SmallVector<AffineExpr>> inMemory(Value v) {
  auto transpose = v.getDefiningOp<TransposeOp>();
  Value source = transpose ? transpose.getX() : v;
  SmallVector<AffineExpr> strides;
  AffineExpr stride = constantExpr(1, v.getContext());
  Shape shape = shapeOf(source);
  for (AffineExpr extent : llvm::reverse(shape)) {
    strides.push_back(stride);
    stride = stride * extent;
  }
  std::reverse(strides.begin(), strides.end());
  if (!transpose)
    return {source, strides};
  SmallVector<AffineExpr> turned;
  for (int64_t d : transpose.getPerm())
    turned.push_back(strides[d]);
  return {source, turned};
}

Contraction describe(GroupOp group) {
  Contraction c;
  MLIRContext *ctx = group.getContext();
  c.root = rootOf(group);
  c.result = c.root->getResult(0);
  auto one = constantExpr(1, ctx), zero = constantExpr(0, ctx);
  if (auto m = dyn_cast<MatmulOp>(c.root)) {
    c.b = m.getB();
    c.columns = (*m.getColumns())[0];
    Shape a = shapeOf(m.getA()), b = shapeOf(c.b), y = shapeOf(c.result);
    AffineExpr rows = y[y.size() - 2], depth = b[b.size() - 2];
    SmallVector<AffineExpr> strides;
    std::tie(c.a, strides) = inMemory(m.getA());
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
    SmallVector<AffineExpr> strides;
    std::tie(c.a, strides) = inMemory(conv.getX());
    Shape y = shapeOf(c.result);
    int64_t rank = conv.getSpatialRank(), channels = conv.getX().getType().getShape().back();
    AffineExpr each = strides.back();
    c.groupStride = each * (channels / c.groups);
    c.footprint = constantExpr(channels / c.groups, ctx);
    SmallVector<int64_t> window = conv.getWindow();
    c.rows.push_back({y[0], strides[0]});
    for (int64_t d = 0; d < rank; ++d) {
      c.rows.push_back({y[d + 1], strides[d + 1] * conv.getStrides()[d]});
      c.reduction.push_back({constantExpr(window[d], ctx), strides[d + 1] * conv.getDilations()[d]});
    }
    c.reduction.push_back({constantExpr(channels / c.groups, ctx), each});
    for (auto [stride, width] : llvm::zip(conv.getStrides(), window))
      c.footprint = c.footprint * std::min(stride, width);
  }
  c.panels = c.columns.ceilDiv(kPanel);
  c.rowCount = c.depth = one;
  for (Dimension d : c.rows)
    c.rowCount = c.rowCount * d.extent;
  for (Dimension d : c.reduction)
    c.depth = c.depth * d.extent;
  if (!c.footprint)
    c.footprint = c.depth;
  mergeStrided(c.rows);
  mergeStrided(c.reduction);
  c.cutReduction();
  return c;
}

/// How rows and panels are cut into tasks. The same for all levels, so it does not ask the processor.
struct Blocks {
  int64_t rows = 48, panels = 1; // of one block; the last may have less
  AffineExpr rowBlocks, panelBlocks;
  bool rowsOutside = false; // neighbouring tasks share rows rather than panels
};

/// Work of the busiest of `workers` in relation to an even share.
double imbalance(int64_t tasks, int64_t workers) {
  return static_cast<double>(llvm::divideCeil(tasks, workers) * workers) / static_cast<double>(tasks);
}

/// How many blocks of `size` elements in units of `unit` make all together at least `tasks` tasks, where there are `others` for
/// each: whole and even shares for two and four workers first, then few blocks.
int64_t evenBlocks(int64_t size, int64_t unit, int64_t others, int64_t fewest, int64_t tasks) {
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

Blocks blocksOf(const Contraction &c) {
  Blocks blocks;
  auto depth = constantOf(c.footprint), rows = constantOf(c.rowCount), panels = constantOf(c.panels), steps = constantOf(c.depth);
  // A block of A takes some 128 kB; 48 rows are whole tiles at every level.
  int64_t fit = depth ? (32 << 10) / std::max<int64_t>(1, *depth) : 96;
  blocks.rows = std::clamp<int64_t>(fit / 48 * 48, 48, c.chunked() ? kScratchRows / 48 * 48 : 48 * 64);
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
      count = std::max(count, evenBlocks(*rows, 1, others, count, std::min<int64_t>(4, *rows / 24)));
    blocks.rows = std::max<int64_t>(1, llvm::divideCeil(*rows, count));
  }
  blocks.rowBlocks = c.rowCount.ceilDiv(blocks.rows);
  if (!panels) {
    blocks.panels = 8;
    blocks.panelBlocks = c.panels.ceilDiv(blocks.panels);
    return blocks;
  }
  int64_t count = 1;
  if (auto known = constantOf(blocks.rowBlocks); known && *known > 0)
    if (int64_t have = others * *known; have < 8)
      count = evenBlocks(*panels, *panels >= 4 ? 2 : 1, have, 1, 8);
  blocks.panels = std::max<int64_t>(1, static_cast<int64_t>(llvm::alignTo(llvm::divideCeil(*panels, count), *panels >= 4 ? 2 : 1)));
  blocks.panelBlocks = c.panels.ceilDiv(blocks.panels);
  return blocks;
}

struct Tile {
  int64_t rows, panels;
};

/// The register tile: as many accumulators as the registers hold beside the panel's vectors and one broadcast. `blocks`:
/// rows of the blocks that there are, where that is known.
Tile tileFor(const CpuTarget &target, int64_t lanes, int64_t panels, ArrayRef<int64_t> blocks) {
  int64_t vectors = std::max<int64_t>(1, kPanel / lanes); // of one panel
  int64_t accumulators = target.vectorRegisters >= 32 ? 24 : 12;
  int64_t wide = std::min<int64_t>(panels, target.vectorRegisters >= 32 && vectors == 1 ? 2 : 1);
  int64_t most = std::max<int64_t>(1, accumulators / (vectors * wide));
  if (blocks.empty())
    return {most, wide};
  if (blocks[0] < most) { // few rows: more panels at a time
    int64_t high = std::max<int64_t>(1, blocks[0]);
    return {high, std::clamp<int64_t>(accumulators / (vectors * high), 1, std::min<int64_t>(panels, 4))};
  }
  // A step of k costs the multiply-adds, two at a time, but never less than their latency.
  auto cost = [&](int64_t height) {
    double multiplyAdds = static_cast<double>(height * vectors * wide) / 2;
    double loads = static_cast<double>(height + vectors * wide) / 2;
    return height == 0 ? 0 : std::max({multiplyAdds, loads, 4.0});
  };
  int64_t best = most;
  double least = 1e300;
  for (int64_t height = most; height >= std::max<int64_t>(1, most / 2); --height) {
    double total = 0;
    for (int64_t rows : blocks) {
      Cut cut = cutRows(rows, height);
      total += static_cast<double>(cut.high) * cost(height) + static_cast<double>(cut.low) * cost(height - 1) + cost(cut.rest);
    }
    if (total < least * 0.99)
      least = total, best = height;
  }
  return {best, wide};
}

class Emitter {
public:
  Emitter(KernelBuilder &k) : k(k), b(k.b), loc(k.loc), c(describe(k.group)), blocks(blocksOf(c)) {
    element = computeType(elementTypeOf(c.result));
    lanes = std::min<int64_t>(kPanel, std::max<int64_t>(1, k.target.vectorBits / element.getIntOrFloatBitWidth()));
    vectors = kPanel / lanes;
    auto rows = constantOf(c.rowCount);
    SmallVector<int64_t> sizes;
    if (rows && *rows > 0) {
      sizes.assign(std::min<int64_t>((*rows - 1) / blocks.rows, 4), blocks.rows);
      sizes.push_back((*rows - 1) % blocks.rows + 1);
    }
    tile = tileFor(k.target, lanes, blocks.panels, sizes);
    groupBlocks();
    // The space of the result: batch dimensions as they are, rows, columns.
    Shape y = shapeOf(c.result);
    SmallVector<Value> tensors{c.result};
    bool elementwise = true;
    for (Operation &op : k.group.getBody().front().without_terminator())
      if (&op != c.root && op.getResult(0) != c.root->getOperand(0)) {
        auto p = dyn_cast<Pointwise>(op);
        elementwise &= p && (p.isElementwise() || isa<ConstantOp>(op));
        tensors.append(op.operand_begin(), op.operand_end());
      }
    if (c.batchRank == 0 && elementwise) {
      IterationSpace merged = mergeDimensions(y, tensors, y.size() - 1);
      if (merged.extents.size() <= 2)
        space = merged;
    }
  }

  LogicalResult emit();

private:
  void groupBlocks();
  void emitBlocks(Value from, Value to, Value panel, int64_t panels);
  void emitRows(Value from, Value to, Value panel, int64_t panels);
  void emitKnownRows(int64_t total, Value from, Value to, Value panel, int64_t panels);
  /// A tile of `rows` rows, of which `valid` exist (null: all).
  void emitTile(Value row, int64_t rows, Value valid, Value panel, int64_t panels);
  void emitEpilogue(ArrayRef<Value> rowIndex, Value panel, ArrayRef<Value> accumulators, int64_t panels);
  void prefetchEpilogue(Value row, int64_t rows, Value panel, int64_t panels);
  void emitRowsOfChunks(Value from, Value to, Value panel, int64_t panels);
  void emitEpilogueRowByRow(Value row, Value valid, Value panel, ArrayRef<Value> accumulators, int64_t panels);
  Value scratchAt(Value row, int64_t panels, int64_t vector);
  Type vectorType() { return VectorType::get({lanes}, element); }
  bool longEpilogue(int64_t vectors);
  SmallVector<Value> rowOffsets(Value row, int64_t rows, Value valid);
  Value multiplyAdd(Value x, Value y, Value sum);
  Value zero();

  KernelBuilder &k;
  OpBuilder &b;
  Location loc;
  Contraction c;
  Blocks blocks;
  Tile tile;
  Type element;
  int64_t lanes, vectors;
  std::optional<IterationSpace> space; // rows are one dimension for all that is fused
  Value aOffset, bOffset, firstColumn; // of the group and batch at hand
  SmallVector<Value> batchIndex;
  Value scratch;                                   // the accumulators of a tile, or of all rows of a task
  int64_t together = 1;                            // neighbouring blocks of rows that share a pass over the panels
  Value firstRow;                                  // of the pass
  Value chunkA, chunkK, isFirstChunk, isLastChunk; // of the chunk at hand: offset in A, number of its first step
};

/// Weights that do not stay near are read again for each pass of rows: neighbouring tasks of a range are done together until a
/// pass has work enough to wait for nothing.
void Emitter::groupBlocks() {
  auto steps = constantOf(c.depth);
  if (!steps || !constantOf(c.rowCount) || !c.batch.empty() || c.groups != 1 || constantOf(blocks.panelBlocks) != std::optional<int64_t>(1))
    return;
  int64_t bytes = *steps * blocks.panels * kPanel * ((elementTypeOf(c.b).getIntOrFloatBitWidth() + 7) / 8);
  if (bytes <= k.target.l2Bytes / 4)
    return;
  together = std::clamp<int64_t>(llvm::divideCeil(kRowsPerPass, blocks.rows), 1, *constantOf(blocks.rowBlocks));
  if (c.chunked())
    together = std::clamp<int64_t>(kScratchRows / blocks.rows, 1, together);
}

Value Emitter::zero() {
  return arith::ConstantOp::create(b, loc, b.getZeroAttr(VectorType::get({lanes}, element)));
}

Value Emitter::multiplyAdd(Value x, Value y, Value sum) {
  if (isa<FloatType>(element)) {
    if (k.target.fusedMultiplyAdd)
      return vector::FMAOp::create(b, loc, x, y, sum);
    return arith::AddFOp::create(b, loc, arith::MulFOp::create(b, loc, x, y), sum);
  }
  return arith::AddIOp::create(b, loc, arith::MulIOp::create(b, loc, x, y), sum);
}

/// Where the rows from `row` on begin in A. From one row to the next an index is counted up and carried over, since a
/// division a row would cost more than many a row's products. Rows from `valid` on repeat the one before.
SmallVector<Value> Emitter::rowOffsets(Value row, int64_t rows, Value valid) {
  SmallVector<AffineExpr> extents;
  SmallVector<Value> strides;
  for (Dimension d : c.rows) {
    extents.push_back(d.extent);
    strides.push_back(k.expression(d.stride));
  }
  SmallVector<Value> at = k.delinearize(row, extents);
  Value offset = aOffset;
  for (auto [i, s] : llvm::zip(at, strides))
    offset = k.add(offset, k.mul(i, s));
  SmallVector<Value> offsets{offset};
  int64_t inner = static_cast<int64_t>(c.rows.size()) - 1;
  for (int64_t r = 1; r < rows; ++r) {
    if (inner <= 0 && !valid) { // constant distances fold into the addresses
      offsets.push_back(inner < 0 ? offset : k.add(offset, k.mul(k.index(r), strides[0])));
      continue;
    }
    Value next = inner < 0 ? offset : k.add(offsets.back(), strides[inner]);
    Value one = k.index(1);
    for (int64_t d = inner; d > 0; --d) {
      Value size = k.expression(extents[d]);
      Value index = k.add(at[d], one);
      Value full = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, index, size);
      Value jump = k.sub(strides[d - 1], k.mul(size, strides[d]));
      next = k.add(next, arith::SelectOp::create(b, loc, full, jump, k.index(0)));
      at[d] = arith::SelectOp::create(b, loc, full, k.index(0), index);
      one = arith::SelectOp::create(b, loc, full, k.index(1), k.index(0));
    }
    if (valid) {
      Value exists = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, k.index(r), valid);
      next = arith::SelectOp::create(b, loc, exists, next, offsets.back());
    }
    offsets.push_back(next);
  }
  return offsets;
}

void Emitter::emitEpilogue(ArrayRef<Value> rowIndex, Value panel, ArrayRef<Value> accumulators, int64_t panels) {
  auto columns = constantOf(c.columns), allPanels = constantOf(c.panels);
  int64_t rest = columns ? *columns % kPanel : -1; // -1: known only at run time
  int64_t rows = rowIndex.size();
  // Vectors `from` … `to` - 1 of all rows of panel p, of which `valid` columns exist.
  auto emitVectors = [&](int64_t p, int64_t from, int64_t to, int64_t valid) {
    Value column = k.add(firstColumn, k.mul(k.add(panel, k.index(p)), k.index(kPanel)));
    // Whole vectors are all computed before the first is stored: a load of the next row may share the lower bits of its
    // address with a store, and would wait for it.
    struct Ready {
      std::unique_ptr<GroupSource> source;
      SmallVector<LaneIndex> index;
      SmallVector<Value> elements;
    };
    std::vector<Ready> ready;
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t v = from; v < to; ++v) {
        int64_t here = valid < 0 ? -1 : std::min(lanes, valid - v * lanes);
        if (here == 0 || (valid >= 0 && here < 0))
          continue;
        auto indexOf = [&](GroupSource &source, LaneIndex lane) {
          SmallVector<LaneIndex> index;
          if (space && space->extents.size() == 2) {
            index = space->spread(source, {source.uniform(rowIndex[r]), lane});
          } else if (space) {
            index = space->spread(source, {lane});
          } else {
            for (Value i : batchIndex)
              index.push_back(source.uniform(i));
            Shape y = shapeOf(c.result);
            for (Value i : k.delinearize(rowIndex[r], ArrayRef(y).slice(c.batchRank, y.size() - c.batchRank - 1)))
              index.push_back(source.uniform(i));
            index.push_back(lane);
          }
          return index;
        };
        auto one = [&](GroupSource &source, LaneIndex lane, Value value) { k.finish(source, c.result, indexOf(source, lane), value); };
        Value accumulator = accumulators[(r * panels + p) * vectors + v];
        Value at = k.add(column, k.index(v * lanes));
        if (here == lanes) {
          auto source = std::make_unique<GroupSource>(k, lanes);
          SmallVector<LaneIndex> index = indexOf(*source, {at, lanes > 1 ? 1 : 0, nullptr});
          SmallVector<Value> elements = k.computeResults(*source, c.result, index, accumulator);
          if (elements.size() == 1)
            ready.push_back({std::move(source), std::move(index), std::move(elements)});
          else
            k.storeResults(*source, index, elements);
        } else if (here < 0) {
          Value left = k.max(k.min(k.sub(k.add(firstColumn, k.expression(c.columns)), at), k.index(lanes)), k.index(0));
          if (k.target.maskedMemory && lanes > 1) {
            Value any = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sgt, left, k.index(0));
            auto branch = scf::IfOp::create(b, loc, any, /*withElseRegion=*/false);
            OpBuilder::InsertionGuard guard(b);
            b.setInsertionPointToStart(branch.thenBlock());
            LaneMask mask{left, vector::CreateMaskOp::create(b, loc, VectorType::get({lanes}, b.getI1Type()), left)};
            GroupSource source(k, lanes, mask);
            one(source, {at, 1, nullptr}, accumulator);
          } else {
            k.loop(k.index(0), left, 1, [&](Value lane) {
              GroupSource source(k, 1);
              Value x = vector::ExtractOp::create(b, loc, accumulator, ArrayRef<OpFoldResult>{OpFoldResult(lane)});
              one(source, {k.add(at, lane), 0, nullptr}, x);
            });
          }
        } else if (k.target.maskedMemory) {
          LaneMask mask{k.index(here), vector::CreateMaskOp::create(b, loc, VectorType::get({lanes}, b.getI1Type()), k.index(here))};
          GroupSource source(k, lanes, mask);
          one(source, {at, 1, nullptr}, accumulator);
        } else {
          for (int64_t lane = 0; lane < here; ++lane) {
            GroupSource source(k, 1);
            one(source, {k.add(at, k.index(lane)), 0, nullptr}, vector::ExtractOp::create(b, loc, accumulator, lane));
          }
        }
      }
    for (Ready &r : ready)
      k.storeResults(*r.source, r.index, r.elements);
  };
  for (int64_t p = 0; p < panels; ++p) {
    if (rest == 0 || p + 1 < panels) {
      emitVectors(p, 0, vectors, kPanel);
      continue;
    }
    if (allPanels && *allPanels == 1) {
      emitVectors(p, 0, vectors, rest);
      continue;
    }
    // What every panel has, then what the last has or not.
    int64_t common = std::max<int64_t>(0, rest / lanes);
    emitVectors(p, 0, common, kPanel);
    Value last = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, k.add(panel, k.index(p)), k.sub(k.expression(c.panels), k.index(1)));
    auto branch = scf::IfOp::create(b, loc, last, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    emitVectors(p, common, vectors, rest);
    b.setInsertionPointToStart(branch.elseBlock());
    emitVectors(p, common, vectors, kPanel);
  }
}

/// Calls what the epilogue reads and writes row by row, so that it is there when the sums are.
void Emitter::prefetchEpilogue(Value row, int64_t rows, Value panel, int64_t panels) {
  auto steps = constantOf(c.depth);
  if (!space || space->extents.size() != 2 || (steps && *steps < kFewPrefetchSteps))
    return;
  SmallVector<std::pair<Value, bool>> tensors; // and whether they are written
  int64_t bytes = 0;
  auto add = [&](Value tensor, bool isWrite) {
    auto type = tensorTypeOf(tensor);
    if (!type.hasStaticShape() || shapeOf(tensor) != shapeOf(c.result))
      return;
    tensors.push_back({tensor, isWrite});
    bytes += type.getNumElements() * storageBytes(type.getElementType());
  };
  for (BlockArgument operand : k.group.getBody().getArguments())
    if (operand != c.a && operand != c.b)
      add(operand, false);
  for (Value result : k.results())
    add(result, true);
  if (bytes <= k.target.l2Bytes)
    return;
  GroupSource source(k, 1);
  for (auto [tensor, isWrite] : tensors)
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t p = 0; p < panels; ++p) {
        Value column = k.add(firstColumn, k.mul(k.add(panel, k.index(p)), k.index(kPanel)));
        source.prefetch(k.memory[tensor], space->spread(source, {source.uniform(k.add(row, k.index(r))), source.uniform(column)}), isWrite);
      }
}

/// Whether code for what follows the root would be longer than the products themselves.
bool Emitter::longEpilogue(int64_t vectors) {
  int64_t operations = 0;
  for (Operation &op : k.group.getBody().front().without_terminator())
    if (auto p = dyn_cast<Pointwise>(op))
      operations += p.getElementCost();
  return operations * vectors > 96;
}

/// Where in the scratch block a vector of accumulators stands: of the row itself where sums wait there, else of its place in
/// the tile.
Value Emitter::scratchAt(Value row, int64_t panels, int64_t vector) {
  if (!scratch) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&k.function.front());
    int64_t most = ((c.chunked() ? together * blocks.rows : 0) + tile.rows) * tile.panels * kPanel;
    scratch = memref::AllocaOp::create(b, loc, MemRefType::get({most}, element), b.getI64IntegerAttr(64));
  }
  return k.add(k.mul(row, k.index(panels * kPanel)), k.index(vector * lanes));
}

void Emitter::emitEpilogueRowByRow(Value row, Value valid, Value panel, ArrayRef<Value> accumulators, int64_t panels) {
  for (auto [i, v] : llvm::enumerate(accumulators)) {
    Value at = scratchAt(k.index(i / (panels * vectors)), panels, i % (panels * vectors));
    vector::StoreOp::create(b, loc, v, scratch, at);
  }
  k.loop(k.index(0), valid, 1, [&](Value r) {
    SmallVector<Value> sums;
    for (int64_t v = 0; v < panels * vectors; ++v) {
      Value at = scratchAt(r, panels, v);
      sums.push_back(vector::LoadOp::create(b, loc, vectorType(), scratch, at));
    }
    emitEpilogue(k.add(row, r), panel, sums, panels);
  });
}

void Emitter::emitTile(Value row, int64_t rows, Value valid, Value panel, int64_t panels) {
  SmallVector<Value> offsets = rowOffsets(row, rows, valid);
  Value depth = k.expression(c.depth);
  Value panelSize = k.mul(depth, k.index(kPanel));
  Value bBase = k.add(bOffset, k.mul(panel, panelSize));
  Memory a = k.memory[c.a], w = k.memory[c.b];
  GroupSource convert(k, lanes), scalar(k, 1);
  Value place = k.sub(row, firstRow);
  {
    OpBuilder::InsertionGuard guard(b);
    if (c.chunked())
      b.setInsertionPointToStart(scf::IfOp::create(b, loc, isLastChunk, /*withElseRegion=*/false).thenBlock());
    prefetchEpilogue(row, rows, panel, panels);
  }

  SmallVector<Value> accumulators(rows * panels * vectors, zero());
  if (c.chunked()) {
    SmallVector<Type> types(accumulators.size(), vectorType());
    auto branch = scf::IfOp::create(b, loc, types, isFirstChunk, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    scf::YieldOp::create(b, loc, accumulators);
    b.setInsertionPointToStart(branch.elseBlock());
    for (auto [i, sum] : llvm::enumerate(accumulators)) {
      Value at = scratchAt(k.add(place, k.index(i / (panels * vectors))), panels, i % (panels * vectors));
      sum = vector::LoadOp::create(b, loc, vectorType(), scratch, at);
    }
    scf::YieldOp::create(b, loc, accumulators);
    accumulators.assign(branch.getResults().begin(), branch.getResults().end());
  }

  // The part of the next chunk that is called for during this tile: its share of the rows, so many elements a step.
  int64_t storageBytes = (w.element.getIntOrFloatBitWidth() + 7) / 8;
  AffineExpr steps = constantExpr(1, k.group.getContext());
  for (Dimension d : c.reduction)
    steps = steps * d.extent;
  Value next, share;
  int64_t shareKnown = 16;
  auto bytes = constantOf(product(c.batch, k.group.getContext()) * c.groups * c.depth * c.panels * (kPanel * storageBytes));
  if (!bytes || *bytes >= kFarWeights) {
    if (auto total = constantOf(c.rowCount)) {
      shareKnown = std::clamp<int64_t>(llvm::divideCeil(kPanel * tile.rows, std::min(*total, together * blocks.rows)), 1, kPanel);
      share = k.index(shareKnown);
    } else {
      share = k.min(b.createOrFold<arith::CeilDivUIOp>(loc, k.index(kPanel * tile.rows), k.expression(c.rowCount)), k.index(kPanel));
    }
    Value tilesBefore = b.createOrFold<arith::DivUIOp>(loc, place, k.index(tile.rows));
    next = k.add(k.mul(k.expression(steps), k.index(kPanel)), k.mul(tilesBefore, k.mul(share, k.expression(steps))));
  }

  // One step: `aAt` is the distance from each row's offset, `kAt` the number of the step in the chunk.
  Value chunkBase = chunkK ? k.add(bBase, k.mul(chunkK, k.index(kPanel))) : bBase;
  auto step = [&](Value aAt, Value kAt, ValueRange sums, bool prefetch) {
    SmallVector<Value> results;
    SmallVector<Value> bs;
    Value bAt = k.add(chunkBase, k.mul(kAt, k.index(kPanel)));
    for (int64_t p = 0; p < panels; ++p)
      for (int64_t v = 0; v < vectors; ++v) {
        Value at = k.add(p ? k.add(bAt, k.mul(panelSize, k.index(p))) : bAt, k.index(v * lanes));
        VectorType type = VectorType::get({lanes}, storageType(w.element));
        bs.push_back(convert.fromStorage(vector::LoadOp::create(b, loc, type, w.base, at), w.element));
      }
    for (int64_t p = 0; next && prefetch && p < panels; ++p) {
      Value at = k.add(k.add(chunkBase, k.mul(panelSize, k.index(p))), k.add(next, k.mul(kAt, share)));
      memref::PrefetchOp::create(b, loc, w.base, at, /*isWrite=*/false, /*localityHint=*/2, /*isDataCache=*/true);
    }
    for (int64_t r = 0; r < rows; ++r) {
      Value x = scalar.fromStorage(memref::LoadOp::create(b, loc, a.base, k.add(offsets[r], aAt)), a.element);
      Value wide = vector::BroadcastOp::create(b, loc, vectorType(), x);
      for (int64_t v = 0; v < panels * vectors; ++v)
        results.push_back(multiplyAdd(wide, bs[v], sums[r * panels * vectors + v]));
    }
    return results;
  };

  std::function<SmallVector<Value>(size_t, Value, Value, ValueRange, bool)> nest = [&](size_t d, Value aAt, Value kAt, ValueRange sums, bool prefetch) {
    if (d == c.reduction.size())
      return step(aAt, kAt, sums, prefetch);
    Dimension dim = c.reduction[d];
    auto extent = constantOf(dim.extent);
    AffineExpr below = constantExpr(1, k.group.getContext());
    for (size_t i = d + 1; i < c.reduction.size(); ++i)
      below = below * c.reduction[i].extent;
    Value stride = k.expression(dim.stride), inner = k.expression(below);
    bool last = d + 1 == c.reduction.size();
    // Large tiles hide the loop's own instructions; small ones need more steps at a time.
    int64_t sumsPerStep = rows * panels * vectors;
    int64_t most = valid || sumsPerStep >= 16 ? 1 : sumsPerStep >= 8 ? 2 : 4;
    int64_t unroll = !last || !extent || most == 1 ? 1 : most == 4 && *extent % 4 == 0 ? 4 : *extent % 2 == 0 ? 2 : *extent % 3 == 0 ? 3 : 1;
    return k.loop(k.index(0), k.expression(dim.extent), unroll, sums, [&](Value i, ValueRange carried) {
      SmallVector<Value> current(carried);
      for (int64_t u = 0; u < unroll; ++u) {
        Value at = k.add(i, k.index(u));
        // A line is called for once, or as often as steps fall on it.
        bool call = u == 0 || shareKnown * unroll > kPanel;
        current = nest(d + 1, k.add(aAt, k.mul(at, stride)), k.add(kAt, k.mul(at, inner)), current, prefetch && call);
      }
      return current;
    });
  };
  accumulators = nest(0, chunkA ? chunkA : k.index(0), k.index(0), accumulators, true);

  OpBuilder::InsertionGuard guard(b);
  if (c.chunked()) {
    auto branch = scf::IfOp::create(b, loc, isLastChunk, /*withElseRegion=*/true);
    b.setInsertionPointToStart(branch.elseBlock());
    for (auto [i, sum] : llvm::enumerate(accumulators)) {
      Value at = scratchAt(k.add(place, k.index(i / (panels * vectors))), panels, i % (panels * vectors));
      vector::StoreOp::create(b, loc, sum, scratch, at);
    }
    b.setInsertionPointToStart(branch.thenBlock());
  }
  if (valid || longEpilogue(rows * panels * vectors)) {
    emitEpilogueRowByRow(row, valid ? valid : k.index(rows), panel, accumulators, panels);
    return;
  }
  SmallVector<Value> rowIndex;
  for (int64_t r = 0; r < rows; ++r)
    rowIndex.push_back(k.add(row, k.index(r)));
  emitEpilogue(rowIndex, panel, accumulators, panels);
}

/// All rows of a task for one chunk after the other.
void Emitter::emitRowsOfChunks(Value from, Value to, Value panel, int64_t panels) {
  firstRow = from;
  if (!c.chunked()) {
    emitBlocks(from, to, panel, panels);
    return;
  }
  AffineExpr count = constantExpr(1, k.group.getContext()), steps = count;
  SmallVector<AffineExpr> extents;
  for (Dimension d : c.chunks) {
    count = count * d.extent;
    extents.push_back(d.extent);
  }
  for (Dimension d : c.reduction)
    steps = steps * d.extent;
  Value chunks = k.expression(count);
  k.loop(k.index(0), chunks, 1, [&](Value chunk) {
    chunkA = k.index(0);
    for (auto [i, d] : llvm::zip(k.delinearize(chunk, extents), c.chunks))
      chunkA = k.add(chunkA, k.mul(i, k.expression(d.stride)));
    chunkK = k.mul(chunk, k.expression(steps));
    isFirstChunk = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, chunk, k.index(0));
    isLastChunk = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, k.add(chunk, k.index(1)), chunks);
    emitBlocks(from, to, panel, panels);
  });
}

void Emitter::emitBlocks(Value from, Value to, Value panel, int64_t panels) {
  if (together == 1) {
    emitRows(from, to, panel, panels);
    return;
  }
  k.loop(from, to, blocks.rows, [&](Value first) { emitRows(first, k.min(k.add(first, k.index(blocks.rows)), to), panel, panels); });
}

/// Rows whose number is known only at run time: whole tiles, then a row alone or tiles of half the height.
void Emitter::emitRows(Value from, Value to, Value panel, int64_t panels) {
  if (auto total = constantOf(c.rowCount)) {
    emitKnownRows(*total, from, to, panel, panels);
    return;
  }
  Value rest = b.createOrFold<arith::RemUIOp>(loc, k.sub(to, from), k.index(tile.rows));
  Value whole = k.sub(to, rest);
  k.loop(from, whole, tile.rows, [&](Value row) { emitTile(row, tile.rows, nullptr, panel, panels); });
  if (tile.rows == 1)
    return;
  // A product's rows are often the batch, and often one.
  Value single = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, rest, k.index(1));
  auto branch = scf::IfOp::create(b, loc, single, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  emitTile(whole, 1, nullptr, panel, panels);
  b.setInsertionPointToStart(branch.elseBlock());
  int64_t half = (tile.rows + 1) / 2;
  k.loop(whole, to, half, [&](Value row) { emitTile(row, half, k.min(k.sub(to, row), k.index(half)), panel, panels); });
}

/// Rows in blocks of known sizes, without a rest wherever two neighbouring heights make up the block.
void Emitter::emitKnownRows(int64_t total, Value from, Value to, Value panel, int64_t panels) {
  int64_t lastRows = (total - 1) % blocks.rows + 1;
  Cut cut = cutRows(blocks.rows, tile.rows), end = cutRows(lastRows, tile.rows);
  Value isLast = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, to, k.index(total));
  auto choose = [&](int64_t usual, int64_t last) {
    return usual == last || total == lastRows ? k.index(last)
                                              : Value(arith::SelectOp::create(b, loc, isLast, k.index(last), k.index(usual)));
  };
  if (total == lastRows)
    cut = end;
  Value high = k.add(from, choose(cut.high * tile.rows, end.high * tile.rows));
  Value low = k.add(high, choose(cut.low * (tile.rows - 1), end.low * (tile.rows - 1)));
  if (cut.high || end.high)
    k.loop(from, high, tile.rows, [&](Value row) { emitTile(row, tile.rows, nullptr, panel, panels); });
  if (cut.low || end.low)
    k.loop(high, low, tile.rows - 1, [&](Value row) { emitTile(row, tile.rows - 1, nullptr, panel, panels); });
  auto one = [&](int64_t rows) {
    Value is = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, k.sub(to, low), k.index(rows));
    auto branch = scf::IfOp::create(b, loc, is, /*withElseRegion=*/false);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    emitTile(low, rows, nullptr, panel, panels);
  };
  if (cut.rest)
    one(cut.rest);
  if (end.rest && end.rest != cut.rest)
    one(end.rest);
}

LogicalResult Emitter::emit() {
  // task = ((batch * groups + group) * panel blocks + panel block) * row blocks + row block, or the row block first
  k.loop(k.begin, k.end, together, [&](Value task) {
    MLIRContext *ctx = k.group.getContext();
    SmallVector<AffineExpr> extents(c.batch);
    extents.push_back(constantExpr(c.groups, ctx));
    extents.push_back(blocks.panelBlocks);
    extents.insert(blocks.rowsOutside ? extents.begin() : extents.end(), blocks.rowBlocks);
    SmallVector<Value> at = k.delinearize(task, extents);
    Value rowBlock = blocks.rowsOutside ? at.front() : at.back();
    at.erase(blocks.rowsOutside ? at.begin() : std::prev(at.end()));
    Value panelBlock = at.pop_back_val(), group = at.pop_back_val();
    batchIndex = at;
    aOffset = c.groupStride ? k.mul(group, k.expression(c.groupStride)) : k.index(0);
    bOffset = k.mul(group, k.mul(k.mul(k.expression(c.panels), k.index(kPanel)), k.expression(c.depth)));
    firstColumn = k.mul(group, k.expression(c.columns));
    for (auto [i, s, m] : llvm::zip(batchIndex, c.aBatch, c.bBatch)) {
      aOffset = k.add(aOffset, k.mul(i, k.expression(s)));
      Value matrix = k.mul(k.mul(k.expression(c.panels), k.index(kPanel)), k.expression(c.depth));
      bOffset = k.add(bOffset, k.mul(k.mul(i, k.expression(m)), matrix));
    }
    Value from = k.mul(rowBlock, k.index(blocks.rows));
    Value rows = together == 1 ? k.index(blocks.rows) : k.mul(k.min(k.sub(k.end, task), k.index(together)), k.index(blocks.rows));
    Value to = k.min(k.add(from, rows), k.expression(c.rowCount));
    Value firstPanel = k.mul(panelBlock, k.index(blocks.panels));
    Value lastPanel = k.min(k.add(firstPanel, k.index(blocks.panels)), k.expression(c.panels));
    Value wholeEnd = lastPanel;
    if (tile.panels > 1) {
      Value count = k.sub(lastPanel, firstPanel);
      wholeEnd = k.sub(lastPanel, b.createOrFold<arith::RemUIOp>(loc, count, k.index(tile.panels)));
    }
    k.loop(firstPanel, wholeEnd, tile.panels, [&](Value panel) { emitRowsOfChunks(from, to, panel, tile.panels); });
    auto panels = constantOf(c.panels);
    bool uneven = tile.panels > 1 && (!panels || blocks.panels % tile.panels || *panels % blocks.panels % tile.panels);
    if (uneven)
      k.loop(wholeEnd, lastPanel, 1, [&](Value panel) { emitRowsOfChunks(from, to, panel, 1); });
  });
  return failure(k.failed);
}

} // namespace

AffineExpr contractionTasks(GroupOp group) {
  Contraction c = describe(group);
  Blocks blocks = blocksOf(c);
  return product(c.batch, group.getContext()) * c.groups * blocks.panelBlocks * blocks.rowBlocks;
}

LogicalResult emitContractionKernel(KernelBuilder &kernel) { return Emitter(kernel).emit(); }

} // namespace mlc
