//===- Columns.cpp - several columns of several rows at a time ----------------===//
//
// Where lanes are rows, the elements of one row that are asked for one after the other stand side by side in memory. They are
// read as one piece of a row a lane, and turned in registers; written the other way round.
//
//===----------------------------------------------------------------------===//

#include "KernelBuilder.h"

using namespace mlir;

namespace mlc {

SmallVector<Value> turned(OpBuilder &b, Location loc, SmallVector<Value> rows) {
  int64_t n = rows.size(), lanes = cast<VectorType>(rows[0].getType()).getNumElements();
  for (int64_t half = n / 2; half > 0; half /= 2)
    for (int64_t i = 0; i < n; ++i) {
      if (i & half)
        continue;
      SmallVector<int64_t> low, high;
      for (int64_t lane = 0; lane < lanes; ++lane) {
        low.push_back(lane & half ? lanes + lane - half : lane);
        high.push_back(lane & half ? lanes + lane : lane + half);
      }
      Value a = rows[i], c = rows[i + half];
      rows[i] = vector::ShuffleOp::create(b, loc, a, c, low);
      rows[i + half] = vector::ShuffleOp::create(b, loc, a, c, high);
    }
  return rows;
}

void GroupSource::expectColumns(ArrayRef<Value> expected, int64_t extent) {
  columns.assign(expected.begin(), expected.end());
  columnExtent = extent;
}

static SmallVector<int64_t> counted(int64_t from, int64_t count) {
  SmallVector<int64_t> numbers;
  for (int64_t i = 0; i < count; ++i)
    numbers.push_back(from + i);
  return numbers;
}

// Pieces of rows are turned as they are computed, since narrower elements cost as many shuffles; booleans as bytes.
static bool turnsStored(Type element) { return element.isInteger(1); }

/// The elements of all expected columns, of which one is asked for; nothing where they do not stand side by side.
Value GroupSource::loadColumn(const Memory &memory, ArrayRef<LaneIndex> index) {
  int64_t n = columns.size();
  if (n < 2 || n > lanes || !llvm::isPowerOf2_64(n) || memory.innermost < columnExtent || !index.back().isUniform() ||
      getConstantIntValue(memory.strides.back()) != std::optional<int64_t>(1))
    return nullptr;
  auto asked = llvm::find(columns, index.back().base);
  if (asked == columns.end())
    return nullptr;
  SmallVector<LaneIndex> first(index);
  first.back() = uniform(columns[0]);
  Block *here = builder.getInsertionBlock();
  for (const Known &k : knownColumns)
    if (k.is(memory.base, first, here))
      return k.elements[asked - columns.begin()];
  LaneIndex at = linear(memory, first);
  Type stored = storageType(memory.element);
  // Lane g * n + i of the i-th vector's group g is row g * n + i.
  SmallVector<Value> rows;
  for (int64_t i = 0; i < n; ++i) {
    SmallVector<Value> pieces;
    for (int64_t lane = i; lane < lanes; lane += n)
      pieces.push_back(vector::LoadOp::create(builder, loc, VectorType::get({n}, stored), memory.base, placeOfLane(at, lane)));
    for (int64_t size = n; size < lanes; size *= 2)
      for (size_t p = 0; p < pieces.size(); ++p) {
        pieces[p] = vector::ShuffleOp::create(builder, loc, pieces[p], pieces[p + 1], counted(0, 2 * size));
        pieces.erase(pieces.begin() + p + 1);
      }
    rows.push_back(turnsStored(memory.element) ? pieces[0] : fromStorage(pieces[0], memory.element));
  }
  SmallVector<Value> elements = turned(builder, loc, rows);
  if (turnsStored(memory.element))
    for (Value &e : elements)
      e = fromStorage(e, memory.element);
  knownColumns.push_back({memory.base, first, elements, here});
  return elements[asked - columns.begin()];
}

void GroupSource::storeColumns(Value tensor, ArrayRef<LaneIndex> first, ArrayRef<Value> elements) {
  const Memory &memory = kernel.memory[tensor];
  int64_t n = elements.size();
  LaneIndex at = linear(memory, first);
  bool beside = !at.isUniform() && !at.lanes && first.back().isUniform() && getConstantIntValue(memory.strides.back()) == std::optional<int64_t>(1);
  auto prepared = [&](Value e) { return turnsStored(memory.element) ? toStorage(splat(e), memory.element) : splat(e); };
  auto finished = [&](Value e) { return turnsStored(memory.element) ? e : toStorage(e, memory.element); };
  if (beside && !mask && at.step == n) {
    // All of the rows: whole vectors of the block that they are.
    SmallVector<Value> parts;
    for (Value e : elements)
      parts.push_back(prepared(e));
    for (int64_t v = 0; v < n; ++v) {
      Value block;
      for (int64_t c = 0; c < n; ++c) {
        SmallVector<int64_t> pick;
        for (int64_t lane = 0; lane < lanes; ++lane) {
          int64_t number = v * lanes + lane, column = number % n;
          pick.push_back(column == c ? (block ? lanes : 0) + number / n : column < c ? lane : -1);
        }
        block = vector::ShuffleOp::create(builder, loc, block ? block : parts[c], parts[c], pick);
      }
      vector::StoreOp::create(builder, loc, finished(block), memory.base, builder.createOrFold<arith::AddIOp>(loc, at.base, constant(v * lanes)));
    }
    return;
  }
  if (!beside || n < 2 || n > lanes || !llvm::isPowerOf2_64(n)) {
    for (int64_t c = 0; c < n; ++c) {
      SmallVector<LaneIndex> index(first);
      index.back() = add(index.back(), uniform(c));
      store(memory, index, elements[c]);
    }
    return;
  }
  SmallVector<Value> rows;
  for (Value e : elements)
    rows.push_back(prepared(e));
  rows = turned(builder, loc, rows);
  for (Value &row : rows)
    row = finished(row);
  for (int64_t lane = 0; lane < lanes; ++lane) {
    Value row = rows[lane % n];
    auto write = [&] {
      Value piece = n < lanes ? Value(vector::ShuffleOp::create(builder, loc, row, row, counted(lane / n * n, n))) : row;
      Value place = builder.createOrFold<arith::AddIOp>(loc, at.base, constant(lane * at.step));
      vector::StoreOp::create(builder, loc, piece, memory.base, place);
    };
    if (!mask) {
      write();
      continue;
    }
    Value counts = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, constant(lane), mask->count);
    auto branch = scf::IfOp::create(builder, loc, counts, /*withElseRegion=*/false);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(branch.thenBlock());
    write();
  }
}

} // namespace mlc
