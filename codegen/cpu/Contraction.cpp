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
// Neighbouring tasks of a range pass over weights that do not stay near together. Padded input of few rows is copied into scratch
// memory beside its zeros, and weights of 16 bits are widened there, each once for all tiles that use it.
// A long reduction is taken in chunks, so that the part of the panel at hand stays in L1 for all rows; between chunks the
// sums wait in a scratch block of the task's own. While one chunk is used, the next is called from memory, a little with
// each step. Where taking up sums costs nothing, a chunk is taken in runs, whose sums wait in registers: a sum loses as much as
// its terms are many, and what one row or a filter loses is the same wherever it is used. Where a chunk is taps that read only
// padding for a tile's rows, it is left out.
//
//===----------------------------------------------------------------------===//

#include "ContractionEmitter.h"
#include "Cut.h"

using namespace mlir;

namespace mlc {

// Weights of this many bytes are far away when they are needed.
constexpr int64_t kFarWeights = 128 << 10;
// Rows for which a line of weights from memory comes in a third of the time that it is used.
constexpr int64_t kRowsPerPass = 128;

ContractionEmitter::ContractionEmitter(KernelBuilder &kernel)
    : k(kernel), b(kernel.b), loc(kernel.loc), c(describeContraction(rootOf(kernel.group))), blocks(blocksOf(c)) {
  for (Operation &op : k.group.getBody().front().without_terminator())
    if (&op != c.root && !laysOut(&op))
      behind.push_back(&op);
  prepare();
}

ContractionEmitter::ContractionEmitter(KernelBuilder &kernel, Operation *root, ArrayRef<Operation *> behind, Value last, int64_t rows)
    : k(kernel), b(kernel.b), loc(kernel.loc), c(describeContraction(root)), blocks(blocksOf(c)), behind(behind), last(last) {
  blocks.rows = rows;
  prepare();
}

void ContractionEmitter::prepare() {
  element = computeType(elementTypeOf(c.result));
  lanes = std::min<int64_t>(kPanel, std::max<int64_t>(1, k.target.vectorBits / element.getIntOrFloatBitWidth()));
  vectors = kPanel / lanes;
  auto rows = constantOf(c.rowCount);
  SmallVector<int64_t> sizes;
  if (rows && *rows > 0) {
    sizes.assign(std::min<int64_t>((*rows - 1) / blocks.rows, 4), blocks.rows);
    sizes.push_back((*rows - 1) % blocks.rows + 1);
  }
  tile = tileFor(k.target, lanes, blocks.panels, sizes, weightBytes().value_or(0) > k.target.l2Bytes);
  c.cutReduction(tile.panels);
  if (!last)
    groupBlocks();
  // The space of the result: batch dimensions as they are, rows, columns.
  Shape y = shapeOf(c.result);
  SmallVector<Value> tensors{c.result};
  bool elementwise = true;
  for (Operation *op : behind) {
    auto p = dyn_cast<Pointwise>(op);
    elementwise &= p && (p.isElementwise() || isa<ConstantOp>(op));
    tensors.append(op->operand_begin(), op->operand_end());
    tensors.append(op->result_begin(), op->result_end());
  }
  if (c.batchRank == 0 && elementwise) {
    IterationSpace merged = mergeDimensions(y, tensors, y.size() - 1);
    if (merged.extents.size() <= 2)
      space = merged;
  }
}

void ContractionEmitter::rows(Value from, Value to, Value panel, int64_t panels, Sink receiver) {
  sink = std::move(receiver);
  aOffset = bOffset = firstColumn = k.index(0);
  emitRowsOfChunks(from, to, panel, panels);
}

/// Of all matrices, where that is known.
std::optional<int64_t> ContractionEmitter::weightBytes() {
  return constantOf(product(c.batch, k.group.getContext()) * c.groups * c.depth * c.panels * (kPanel * storageBytes(elementTypeOf(c.b))));
}

/// Weights that do not stay near are read again for each pass of rows: neighbouring tasks of a range are done together until a
/// pass has work enough to wait for nothing.
void ContractionEmitter::groupBlocks() {
  auto bytes = weightBytes();
  bool neighbours = !blocks.rowsOutside || constantOf(blocks.panelBlocks) == std::optional<int64_t>(1); // among tasks
  if (c.stage || !bytes || *bytes <= k.target.l2Bytes / 4 || !constantOf(c.rowCount) || !c.batch.empty() || c.groups != 1 || !neighbours)
    return;
  // Rows that are not twice as many are not worth a second pass.
  int64_t wanted = *constantOf(c.rowCount) < 2 * kRowsPerPass ? *constantOf(c.rowCount) : kRowsPerPass;
  together = std::clamp<int64_t>(llvm::divideCeil(wanted, blocks.rows), 1, *constantOf(blocks.rowBlocks));
  if (c.chunked())
    together = std::clamp<int64_t>(kScratchRows / blocks.rows, 1, together);
}

Value ContractionEmitter::zero() {
  return arith::ConstantOp::create(b, loc, b.getZeroAttr(VectorType::get({lanes}, element)));
}

/// Whether A is one run of rows that comes from beyond L2.
bool ContractionEmitter::rowsAreFar() {
  auto depth = constantOf(c.depth), rows = constantOf(c.rowCount);
  if (c.stage || !depth || !rows || c.rows.size() != 1 || c.reduction.size() != 1 || c.chunks.size() > 1 || !c.batch.empty())
    return false;
  bool run = constantOf(c.rows[0].stride) == depth && constantOf(c.reduction[0].stride) == std::optional<int64_t>(1);
  return run && *rows * *depth * storageBytes(elementTypeOf(c.a)) > k.target.l2Bytes / 2 && *depth >= kFewPrefetchSteps;
}

Value ContractionEmitter::add(Value x, Value y) {
  return isa<FloatType>(element) ? Value(arith::AddFOp::create(b, loc, x, y)) : Value(arith::AddIOp::create(b, loc, x, y));
}

/// Where the rows from `row` on begin in A. From one row to the next an index is counted up and carried over, since a
/// division a row would cost more than many a row's products. Rows from `valid` on repeat the one before.
SmallVector<Value> ContractionEmitter::rowOffsets(Value row, int64_t rows, Value valid) {
  SmallVector<AffineExpr> extents;
  SmallVector<Value> strides;
  for (Dimension d : c.rows) {
    extents.push_back(d.extent);
    strides.push_back(k.expression(d.stride));
  }
  SmallVector<Value> at = k.delinearize(c.stage ? k.sub(row, firstRow) : row, extents);
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

/// Whether a tile's rows read anything but zeros with the taps that the chunk at hand has; null where that is not to be asked.
Value ContractionEmitter::readsAny(Value row, int64_t rows, Value valid) {
  if (c.borders.empty() || llvm::none_of(c.chunks, [](Dimension d) { return d.window >= 0; }))
    return nullptr;
  Shape places = shapeOf(c.result);
  places.pop_back();
  Value count = valid ? valid : k.index(rows);
  SmallVector<Value> first = k.delinearize(row, places), last = k.delinearize(k.add(row, k.sub(count, k.index(1))), places);
  Value all = arith::ConstantOp::create(b, loc, b.getBoolAttr(true)), any = all, line = all; // line: same outer dimensions
  for (size_t d = 0; d < places.size(); ++d) {
    auto it = llvm::find_if(c.chunks, [&](Dimension chunk) { return chunk.window + 1 == static_cast<int64_t>(d); });
    if (d > 0 && it != c.chunks.end()) {
      const Border &border = c.borders[d - 1];
      Value tap = k.mul(chunkIndex[it - c.chunks.begin()], k.index(border.dilation));
      auto reads = [&](Value place) { return k.add(k.mul(place, k.index(border.stride)), tap); };
      Value behind = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sge, reads(last[d]), k.index(border.low));
      Value before = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, reads(first[d]), k.index(border.high));
      Value inside = arith::AndIOp::create(b, loc, behind, before);
      any = arith::AndIOp::create(b, loc, any, arith::SelectOp::create(b, loc, line, inside, all));
    }
    line = arith::AndIOp::create(b, loc, line, arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, first[d], last[d]));
  }
  return any;
}

/// Where in the scratch block a vector of accumulators stands: of the row itself where sums wait there, else of its place in
/// the tile.
Value ContractionEmitter::scratchAt(Value row, int64_t panels, int64_t vector) {
  if (!scratch) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&k.function.front());
    int64_t most = ((c.chunked() ? together * blocks.rows : 0) + tile.rows) * tile.panels * kPanel;
    scratch = memref::AllocaOp::create(b, loc, MemRefType::get({most}, element), b.getI64IntegerAttr(64));
  }
  return k.add(k.mul(row, k.index(panels * kPanel)), k.index(vector * lanes));
}

void ContractionEmitter::emitTile(Value row, int64_t rows, Value valid, Value panel, int64_t panels) {
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

  // The part of the next chunk that is called for during this tile: its share of the rows, so many elements a step.
  AffineExpr steps = constantExpr(1, k.group.getContext());
  for (Dimension d : c.reduction)
    steps = steps * d.extent;
  Value next, share;
  int64_t shareKnown = 16;
  auto bytes = weightBytes();
  if (!bytes || *bytes >= kFarWeights) {
    if (auto total = constantOf(c.rowCount)) {
      shareKnown = std::clamp<int64_t>(llvm::divideCeil(kPanel * tile.rows, std::min(*total, together * blocks.rows)), 1, kPanel);
      share = k.index(shareKnown);
    } else {
      share = k.min(b.createOrFold<arith::CeilDivUIOp>(loc, k.index(kPanel * tile.rows), k.expression(c.rowCount)), k.index(kPanel));
    }
    Value tilesBefore = b.createOrFold<arith::DivUIOp>(loc, place, k.index(tile.rows));
    next = k.add(k.mul(k.expression(steps), k.index(kPanel)), k.mul(tilesBefore, k.mul(share, k.expression(steps))));
    // Behind a panel's last chunk comes the first one of the next that is not at hand.
    Value past = k.mul(panelSize, k.index(panels - 1));
    next = k.add(next, isLastChunk ? Value(arith::SelectOp::create(b, loc, isLastChunk, past, k.index(0))) : past);
  }

  // The rows that the next tile reads. Where many panels pass over them, they are called by the first. Small tiles hide no more
  // than calls for rows that lie together and are soon used for good.
  bool fewPanels = !firstPanel || blocks.panels <= 4 * tile.panels;
  Value farRows;
  if (rowsAreFar() && ((fewPanels && !c.chunked()) || rows * panels * vectors >= 16)) {
    farRows = k.add(offsets[0], k.index(rows * *constantOf(c.depth)));
    if (!fewPanels) {
      Value first = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, panel, firstPanel);
      farRows = arith::SelectOp::create(b, loc, first, farRows, offsets[0]);
    }
  }
  // One step: `aAt` is the distance from each row's offset, `kAt` the number of the step in the chunk. Memory is called every so
  // many steps (0: not in this one).
  Value chunkBase = chunkK ? k.add(bBase, k.mul(chunkK, k.index(kPanel))) : bBase;
  auto step = [&](Value aAt, Value kAt, ValueRange sums, int64_t every) {
    SmallVector<Value> results;
    SmallVector<Value> bs;
    Value bAt = k.add(chunkBase, k.mul(kAt, k.index(kPanel)));
    for (int64_t p = 0; p < panels; ++p)
      for (int64_t v = 0; v < vectors; ++v) {
        if (wide) {
          Value at = k.add(k.mul(k.add(k.mul(k.expression(steps), k.index(p)), kAt), k.index(kPanel)), k.index(v * lanes));
          bs.push_back(vector::LoadOp::create(b, loc, cast<VectorType>(vectorType()), wide, at));
          continue;
        }
        Value at = k.add(p ? k.add(bAt, k.mul(panelSize, k.index(p))) : bAt, k.index(v * lanes));
        VectorType type = VectorType::get({lanes}, storageType(w.element));
        bs.push_back(convert.fromStorage(vector::LoadOp::create(b, loc, type, w.base, at), w.element));
      }
    // Where more steps than panels fall on a line, each step calls for one panel.
    bool inTurn = every == 1 && panels > 1 && llvm::isPowerOf2_64(panels) && shareKnown * panels <= kPanel && constantOf(c.rowCount);
    for (int64_t p = 0; next && every && p < (inTurn ? 1 : panels); ++p) {
      Value which = inTurn ? Value(arith::AndIOp::create(b, loc, kAt, k.index(panels - 1))) : k.index(p);
      Value at = k.add(k.add(chunkBase, k.mul(panelSize, which)), k.add(next, k.mul(kAt, share)));
      memref::PrefetchOp::create(b, loc, w.base, at, /*isWrite=*/false, /*localityHint=*/2, /*isDataCache=*/true);
    }
    if (farRows && every) { // a line a call
      Value at = k.mul(b.createOrFold<arith::DivUIOp>(loc, kAt, k.index(every)), k.index(kPanel));
      if (c.chunked()) {
        // The chunk's part of one row after the other.
        Value row = b.createOrFold<arith::DivUIOp>(loc, at, k.expression(steps));
        at = k.add(chunkA, k.add(at, k.mul(row, k.sub(k.expression(c.depth), k.expression(steps)))));
      }
      memref::PrefetchOp::create(b, loc, a.base, k.add(farRows, at), /*isWrite=*/false, /*localityHint=*/c.chunked() ? 2 : 3, /*isDataCache=*/true);
    }
    for (int64_t r = 0; r < rows; ++r) {
      Value x = scalar.fromStorage(memref::LoadOp::create(b, loc, a.base, k.add(offsets[r], aAt)), a.element);
      Value wide = vector::BroadcastOp::create(b, loc, vectorType(), x);
      for (int64_t v = 0; v < panels * vectors; ++v)
        results.push_back(k.multiplyAdd(wide, bs[v], sums[r * panels * vectors + v]));
    }
    return results;
  };

  auto [dims, run] = c.runs();
  size_t runAt = dims.empty() ? run.size() + 1 : dims.size(); // the first dimension of a run, where there are several
  dims.append(run);
  std::function<SmallVector<Value>(size_t, Value, Value, ValueRange, int64_t)> nest;
  auto loop = [&](size_t d, Value aAt, Value kAt, ValueRange sums, int64_t every) -> SmallVector<Value> {
    if (d == dims.size())
      return step(aAt, kAt, sums, every);
    Dimension dim = dims[d];
    auto extent = constantOf(dim.extent);
    AffineExpr below = constantExpr(1, k.group.getContext());
    for (size_t i = d + 1; i < dims.size(); ++i)
      below = below * dims[i].extent;
    Value stride = k.expression(dim.stride), inner = k.expression(below);
    bool last = d + 1 == dims.size();
    // Large tiles hide the loop's own instructions; small ones need more steps at a time.
    int64_t sumsPerStep = rows * panels * vectors;
    int64_t most = valid || sumsPerStep >= 16 ? 1 : sumsPerStep >= 8 ? 2 : 4;
    int64_t unroll = !last || !extent || most == 1 ? 1 : most == 4 && *extent % 4 == 0 ? 4 : *extent % 2 == 0 ? 2 : *extent % 3 == 0 ? 3 : 1;
    return k.loop(k.index(0), k.expression(dim.extent), unroll, sums, [&](Value i, ValueRange carried) {
      SmallVector<Value> current(carried);
      for (int64_t u = 0; u < unroll; ++u) {
        Value at = k.add(i, k.index(u));
        // A line is called for once, or as often as steps fall on it.
        int64_t calls = shareKnown * unroll > kPanel ? 1 : u == 0 ? unroll : 0;
        current = nest(d + 1, k.add(aAt, k.mul(at, stride)), k.add(kAt, k.mul(at, inner)), current, every * calls);
      }
      return current;
    });
  };
  nest = [&](size_t d, Value aAt, Value kAt, ValueRange sums, int64_t every) {
    if (d != runAt)
      return loop(d, aAt, kAt, sums, every);
    SmallVector<Value> partial = loop(d, aAt, kAt, SmallVector<Value>(sums.size(), zero()), every);
    for (auto [sum, so] : llvm::zip(partial, sums))
      sum = add(so, sum);
    return partial;
  };
  auto compute = [&] { return nest(0, chunkA ? chunkA : k.index(0), k.index(0), accumulators, 1); };
  OpBuilder::InsertionGuard guard(b);
  if (Value any = readsAny(row, rows, valid)) {
    SmallVector<Type> types(accumulators.size(), vectorType());
    auto branch = scf::IfOp::create(b, loc, types, any, /*withElseRegion=*/true);
    b.setInsertionPointToStart(branch.thenBlock());
    scf::YieldOp::create(b, loc, compute());
    b.setInsertionPointToStart(branch.elseBlock());
    scf::YieldOp::create(b, loc, accumulators);
    accumulators.assign(branch.getResults().begin(), branch.getResults().end());
    b.setInsertionPointAfter(branch);
  } else {
    accumulators = compute();
  }

  if (c.chunked()) {
    // Each chunk is summed up by itself, which loses less than one long sum.
    SmallVector<Type> types(accumulators.size(), vectorType());
    auto sums = scf::IfOp::create(b, loc, types, isFirstChunk, /*withElseRegion=*/true);
    b.setInsertionPointToStart(sums.thenBlock());
    scf::YieldOp::create(b, loc, accumulators);
    b.setInsertionPointToStart(sums.elseBlock());
    for (auto [i, sum] : llvm::enumerate(accumulators)) {
      Value at = scratchAt(k.add(place, k.index(i / (panels * vectors))), panels, i % (panels * vectors));
      sum = add(vector::LoadOp::create(b, loc, vectorType(), scratch, at), sum);
    }
    scf::YieldOp::create(b, loc, accumulators);
    accumulators.assign(sums.getResults().begin(), sums.getResults().end());
    b.setInsertionPointAfter(sums);
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
void ContractionEmitter::emitRowsOfChunks(Value from, Value to, Value panel, int64_t panels) {
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
    chunkIndex = k.delinearize(chunk, extents);
    for (auto [i, d] : llvm::zip(chunkIndex, c.chunks))
      chunkA = k.add(chunkA, k.mul(i, k.expression(d.stride)));
    chunkK = k.mul(chunk, k.expression(steps));
    isFirstChunk = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, chunk, k.index(0));
    isLastChunk = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, k.add(chunk, k.index(1)), chunks);
    emitBlocks(from, to, panel, panels);
  });
}

void ContractionEmitter::emitBlocks(Value from, Value to, Value panel, int64_t panels) {
  widenWeights(panel, panels);
  if (together == 1) {
    emitRows(from, to, panel, panels);
    return;
  }
  k.loop(from, to, blocks.rows, [&](Value first) { emitRows(first, k.min(k.add(first, k.index(blocks.rows)), to), panel, panels); });
}

/// Rows whose number is known only at run time: whole tiles, then a row alone or tiles of half the height.
void ContractionEmitter::emitRows(Value from, Value to, Value panel, int64_t panels) {
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
void ContractionEmitter::emitKnownRows(int64_t total, Value from, Value to, Value panel, int64_t panels) {
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

/// The range's tasks, neighbouring blocks of rows of the same panels together.
void ContractionEmitter::forEachPass(function_ref<void(Value, Value)> body) {
  auto passes = [&](Value from, Value to) {
    k.loop(from, to, together, [&](Value task) { body(task, together == 1 ? k.index(1) : k.min(k.sub(to, task), k.index(together))); });
  };
  if (together == 1 || constantOf(blocks.panelBlocks) == std::optional<int64_t>(1)) {
    passes(k.begin, k.end);
    return;
  }
  Value rowBlocks = k.expression(blocks.rowBlocks);
  Value first = b.createOrFold<arith::DivUIOp>(loc, k.begin, rowBlocks), last = b.createOrFold<arith::CeilDivUIOp>(loc, k.end, rowBlocks);
  k.loop(first, last, 1, [&](Value panelBlock) {
    Value start = k.mul(panelBlock, rowBlocks);
    passes(k.max(k.begin, start), k.min(k.end, k.add(start, rowBlocks)));
  });
}

LogicalResult ContractionEmitter::emit() {
  // task = ((batch * groups + group) * panel blocks + panel block) * row blocks + row block, or the row block first
  forEachPass([&](Value task, Value count) {
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
    Value to = k.min(k.add(from, k.mul(count, k.index(blocks.rows))), k.expression(c.rowCount));
    if (c.stage)
      stageInput(from);
    firstPanel = k.mul(panelBlock, k.index(blocks.panels));
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

AffineExpr contractionTasks(GroupOp group) {
  Contraction c = describeContraction(rootOf(group));
  Blocks blocks = blocksOf(c);
  return product(c.batch, group.getContext()) * c.groups * blocks.panelBlocks * blocks.rowBlocks;
}

LogicalResult emitContractionKernel(KernelBuilder &kernel) { return ContractionEmitter(kernel).emit(); }

} // namespace mlc
