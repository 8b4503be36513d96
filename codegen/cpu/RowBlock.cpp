#include "RowBlock.h"

#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;

namespace mlc {

//===----------------------------------------------------------------------===//
// The form
//===----------------------------------------------------------------------===//

// Columns up to which rows stand side by side; so many rows that fill a vector; elements of a task.
constexpr int64_t kMostColumns = 64, kFewestRows = 16, kTask = 4096;
// Columns that are visited one after the other without a loop: their values are in registers then.
constexpr int64_t kUnrolled = 16;
// Columns that are read and written at once.
constexpr int64_t kColumnsAtOnce = 4;

static bool isOne(AffineExpr e) { return constantOf(e) == std::optional<int64_t>(1); }

/// Which dimensions of x the root combines.
static SmallVector<bool> reducedDimensions(Operation *root) {
  int64_t rank = tensorTypeOf(root->getOperand(0)).getRank();
  SmallVector<bool> reduced(rank, false);
  if (auto op = dyn_cast<ReduceOp>(root)) {
    for (int64_t a : op.getAxes())
      reduced[a] = true;
  } else if (auto op = dyn_cast<ArgReduceOp>(root)) {
    reduced[op.getAxis()] = true;
  } else if (auto op = dyn_cast<CumulativeOp>(root)) {
    reduced[op.getAxis()] = true;
  } else if (auto op = dyn_cast<SoftmaxOp>(root)) {
    reduced[op.getAxis()] = true;
  } else if (auto op = dyn_cast<LayerNormOp>(root)) {
    for (int64_t d = op.getAxis(); d < rank; ++d)
      reduced[d] = true;
  }
  return reduced;
}

/// The first of the kept dimensions up to `lane` that all tensors of the group see as one.
static int64_t firstOfMerged(GroupOp group, Operation *root, const Shape &shape, int64_t lane) {
  // Behind the root tensors may lack the dimensions that it combines.
  Shape behind = shapeOf(root->getResult(0));
  SmallVector<Value> before, after;
  llvm::SmallPtrSet<Operation *, 8> users;
  for (Operation &op : group.getBody().front().without_terminator()) {
    if (&op == root) {
      before.append(op.operand_begin(), op.operand_end());
      after.append(op.result_begin(), op.result_end());
      users.insert(&op);
      continue;
    }
    auto p = dyn_cast<Pointwise>(op);
    if (!p || !(p.isElementwise() || isa<ConstantOp>(op)))
      return lane;
    bool uses = llvm::any_of(op.getOperands(), [&](Value v) { return users.contains(v.getDefiningOp()); });
    if (uses)
      users.insert(&op);
    SmallVector<Value> &tensors = uses ? after : before;
    tensors.append(op.operand_begin(), op.operand_end());
    tensors.append(op.result_begin(), op.result_end());
  }
  int64_t first = 0;
  for (auto [space, tensors] : {std::pair(shape, before), std::pair(behind, after)}) {
    if (llvm::any_of(tensors, [&](Value t) { return shapeOf(t).size() > space.size(); }))
      return lane;
    IterationSpace merged = mergeDimensions(space, tensors, lane + 1);
    for (auto [i, last] : llvm::enumerate(merged.last))
      if (last == lane && i > 0)
        first = std::max(first, merged.last[i - 1] + 1);
    if (!llvm::is_contained(merged.last, lane))
      return lane;
  }
  return first;
}

RowForm rowForm(GroupOp group) {
  Operation *root = rootOf(group);
  Shape shape = shapeOf(root->getOperand(0));
  RowForm form;
  form.reduced = reducedDimensions(root);
  int64_t rank = shape.size();
  form.lane = rank - 1;
  while (form.lane > 0 && isOne(shape[form.lane]))
    --form.lane;
  form.first = form.lane;
  form.rows = rank > 0 && !form.reduced[form.lane] ? shape[form.lane] : constantExpr(1, group.getContext());
  // The last kept dimension of more than one element, and what is combined behind it.
  int64_t columns = 1, beside = form.lane;
  for (; beside >= 0 && (form.reduced[beside] || isOne(shape[beside])); --beside)
    columns = std::min(columns * std::min(constantOf(shape[beside]).value_or(kMostColumns + 1), kMostColumns + 1), kMostColumns + 1);
  if (beside < 0 || beside == form.lane || columns < 2 || columns > kMostColumns)
    return form;
  int64_t first = llvm::is_contained(ArrayRef(form.reduced).take_front(beside), true) ? beside : firstOfMerged(group, root, shape, beside);
  AffineExpr rows = product(ArrayRef(shape).slice(first, beside + 1 - first), group.getContext());
  if (constantOf(rows).value_or(kFewestRows) < kFewestRows)
    return form;
  form.lane = beside;
  form.first = first;
  form.rows = rows;
  // Whole vectors of all widths.
  form.rowsAtOnce = std::max<int64_t>(1, kTask / columns / 64) * 64;
  if (auto known = constantOf(rows); known && *known <= form.rowsAtOnce)
    form.rowsAtOnce = 0;
  for (AffineExpr e : ArrayRef(shape).drop_front(beside + 1))
    form.columns.push_back(*constantOf(e));
  return form;
}

//===----------------------------------------------------------------------===//
// The block
//===----------------------------------------------------------------------===//

RowBlock::RowBlock(KernelBuilder &k, const RowForm &form) : k(k), rank(form.reduced.size()), lane(form.lane) {
  innermost = form.columns.size() - 1;
  while (form.columns[innermost] == 1)
    --innermost;
  outer.assign(form.columns.begin(), form.columns.begin() + innermost);
  length = form.columns[innermost];
  total = length;
  for (int64_t extent : outer)
    total *= extent;
  innermost += lane + 1;
  loops = total > kUnrolled;
}

void RowBlock::open(GroupSource &of, ArrayRef<LaneIndex> at) {
  source = &of;
  place.assign(at.begin(), at.end());
  atOnce = std::min({kColumnsAtOnce, length, std::max<int64_t>(2, of.lanes)});
  for (auto &[tensor, tile] : tiles)
    tile.begun = tile.complete = false;
}

RowBlock::Column RowBlock::plus(Column column, int64_t offset) {
  return {column.known + offset, column.number ? k.add(column.number, k.index(offset)) : Value()};
}

SmallVector<Value> RowBlock::forEachGroup(ValueRange init, bool reverse,
    function_ref<SmallVector<Value>(const Place &, ArrayRef<Value>, Column, int64_t, ValueRange)> body) {
  MLIRContext *ctx = k.group.getContext();
  Shape extents;
  for (int64_t extent : outer)
    extents.push_back(constantExpr(extent, ctx));
  int64_t rows = total / length, whole = length / atOnce * atOnce;
  auto group = [&](const Place &at, Column row, Value first, int64_t known, int64_t seen, ValueRange state) {
    SmallVector<Value> columns;
    for (int64_t c = 0; c < atOnce; ++c)
      columns.push_back(k.add(first, k.index(c)));
    Column number{row.known + known, row.number ? k.add(row.number, first) : Value()};
    return body(at, columns, number, seen, state);
  };
  auto last = [&](const Place &at, Column row, ValueRange state) {
    if (whole == length)
      return SmallVector<Value>(state);
    return group(at, row, k.index(length - atOnce), length - atOnce, atOnce - (length - whole), state);
  };
  if (!loops) {
    SmallVector<Value> state(init);
    for (int64_t i = 0; i < rows; ++i) {
      int64_t row = reverse ? rows - 1 - i : i, rest = row;
      Place at = place;
      for (size_t d = outer.size(); d-- > 0; rest /= outer[d])
        at[lane + 1 + d] = source->uniform(rest % outer[d]);
      Column begin{row * length, nullptr};
      if (reverse)
        state = last(at, begin, state);
      for (int64_t c = 0; c < whole; c += atOnce) {
        int64_t first = reverse ? whole - atOnce - c : c;
        state = group(at, begin, k.index(first), first, 0, state);
      }
      if (!reverse)
        state = last(at, begin, state);
    }
    return state;
  }
  return k.loop(k.index(0), k.index(rows), 1, init, [&](Value i, ValueRange carried) {
    Value row = reverse ? k.sub(k.index(rows - 1), i) : i;
    Place at = place;
    for (auto [d, v] : llvm::enumerate(k.delinearize(row, extents)))
      at[lane + 1 + d] = source->uniform(v);
    Column begin{0, k.mul(row, k.index(length))};
    SmallVector<Value> state(carried);
    if (reverse)
      state = last(at, begin, state);
    state = k.loop(k.index(0), k.index(whole), atOnce, state, [&](Value c, ValueRange carried) {
      return group(at, begin, reverse ? k.sub(k.index(whole - atOnce), c) : c, 0, 0, carried);
    });
    return reverse ? state : last(at, begin, state);
  });
}

SmallVector<Value> RowBlock::walk(ValueRange init, Visit body, bool reverse) {
  SmallVector<Value> result = forEachGroup(init, reverse, [&](const Place &at, ArrayRef<Value> columns, Column first, int64_t seen, ValueRange state) {
    source->expectColumns(columns, length);
    SmallVector<Value> next(state);
    for (int64_t i = seen; i < atOnce; ++i) {
      // Backwards the columns that were in the group before are visited with that group too.
      int64_t c = reverse ? atOnce - 1 - (i - seen) : i;
      current = plus(first, c);
      Place column = at;
      column[innermost] = source->uniform(columns[c]);
      next = body(column, next);
    }
    source->expectColumns({}, 0);
    return next;
  });
  for (auto &[tensor, tile] : tiles)
    tile.complete = tile.begun;
  return result;
}

Value RowBlock::firstElement(Value tensor) {
  SmallVector<Value> columns;
  for (int64_t c = 0; c < atOnce; ++c)
    columns.push_back(k.index(c));
  source->expectColumns(columns, length);
  Place first = place;
  for (int64_t d = lane + 1; d < rank; ++d)
    first[d] = source->uniform(0);
  Value element = source->at(tensor, first);
  source->expectColumns({}, 0);
  return element;
}

void RowBlock::put(Tile &tile, Value element) {
  OpBuilder &b = k.b;
  tile.begun = true;
  tile.type = element.getType();
  if (!loops) {
    tile.columns.resize(total);
    tile.columns[current.known] = element;
    return;
  }
  // Booleans have no place of their own in memory.
  if (getElementTypeOrSelf(element).isInteger(1))
    element = source->toStorage(element, b.getI1Type());
  Type scalar = getElementTypeOrSelf(element);
  int64_t size = total * source->lanes;
  if (auto type = tile.memory ? cast<MemRefType>(tile.memory.getType()) : MemRefType(); !type || type.getElementType() != scalar || type.getDimSize(0) < size) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&k.function.front());
    tile.memory = memref::AllocaOp::create(b, k.loc, MemRefType::get({size}, scalar), b.getI64IntegerAttr(64));
  }
  Value at = k.mul(current.number, k.index(source->lanes));
  if (isa<VectorType>(element.getType()))
    vector::StoreOp::create(b, k.loc, element, tile.memory, at);
  else
    memref::StoreOp::create(b, k.loc, element, tile.memory, at);
}

Value RowBlock::get(Tile &tile, Column column) {
  OpBuilder &b = k.b;
  if (!loops)
    return tile.columns[column.known];
  Value at = k.mul(column.number, k.index(source->lanes));
  Type scalar = cast<MemRefType>(tile.memory.getType()).getElementType();
  Value element;
  if (auto type = dyn_cast<VectorType>(tile.type))
    element = vector::LoadOp::create(b, k.loc, VectorType::get(type.getShape(), scalar), tile.memory, at);
  else
    element = memref::LoadOp::create(b, k.loc, tile.memory, at);
  return element.getType() == tile.type ? element : source->fromStorage(element, b.getI1Type());
}

Value RowBlock::element(Value tensor, ArrayRef<LaneIndex> at) {
  if (auto it = tiles.find(tensor); it != tiles.end() && it->second.complete)
    return get(it->second, current);
  Value element = source->at(tensor, at);
  if (element)
    keep(tensor, element = source->lanes > 1 ? source->splat(element) : element);
  return element;
}

void RowBlock::keep(Value tensor, Value element) { put(tiles[tensor], element); }

void RowBlock::finish(Value root, ArrayRef<LaneIndex> at, Value value) {
  SmallVector<Value> elements = k.computeResults(*source, root, at, value);
  for (auto [result, element] : llvm::zip(k.results(), elements))
    if (element)
      keep(result, source->lanes > 1 ? source->splat(element) : element);
}

void RowBlock::store() {
  if (k.failed)
    return;
  forEachGroup({}, false, [&](const Place &at, ArrayRef<Value> columns, Column first, int64_t, ValueRange) {
    Place begin = at;
    begin[innermost] = source->uniform(columns[0]);
    for (Value result : k.results()) {
      SmallVector<Value> elements;
      for (int64_t c = 0; c < atOnce; ++c)
        elements.push_back(get(tiles[result], plus(first, c)));
      source->storeColumns(result, begin, elements);
    }
    return SmallVector<Value>();
  });
}

} // namespace mlc
