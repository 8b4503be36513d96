//===- Attention.cpp - queries against keys, and the means of the values ------===//
//
// Vectors run along queries: a block of them is turned once, so that number d of its queries is a vector. Keys and values are
// read element by element and broadcast, in whatever order they lie, and nothing is combined across lanes. A block's scores
// stand in a scratch tile, one key a row: a register tile of keys forms them, their maximum on the way; a sweep makes weights
// and their sum of them; a register tile of the values' columns weighs the values. The means are scaled once by the sum's
// inverse, turned back, and stored query by query with what follows.
//
// Where a block's scores do not fit, keys are taken in blocks, and from one to the next sums and means are brought to the new
// maximum ("online"). A task is 32 queries of a head.
//
//===----------------------------------------------------------------------===//

#include "Cut.h"
#include "KernelBuilder.h"
#include "Math.h"
#include "ir/Layout.h"

using namespace mlir;

namespace mlc {

// Queries of a task: whole blocks of two vectors at every level.
constexpr int64_t kTaskRows = 32;
// Bytes of a block's scores, which stay in L1 with some keys or values beside them.
constexpr int64_t kScoreBytes = 32 << 10;
// Numbers of a head beyond which a block is one vector wide, so that scratch tiles take some 64 kB.
constexpr int64_t kLargeHead = kMostHeadSize / 2;

namespace {

/// A matrix for each of the result's leading dimensions.
struct Operand {
  Value tensor;
  AffineExpr offset, row, column; // distances, in elements
  SmallVector<AffineExpr> batch;
};

Operand operandOf(Value value, size_t rank) {
  View view = viewOf(value);
  Shape shape = shapeOf(value);
  // What has one element along a dimension is repeated there.
  SmallVector<AffineExpr> strides(rank, constantExpr(0, value.getContext()));
  for (size_t d = 0; d < shape.size(); ++d)
    if (constantOf(shape[d]) != std::optional<int64_t>(1))
      strides[rank - shape.size() + d] = view.strides[d];
  AffineExpr column = strides.pop_back_val(), row = strides.pop_back_val();
  return {view.tensor, view.offset, row, column, strides};
}

bool isNumber(AffineExpr e, int64_t number) { return constantOf(e) == std::optional<int64_t>(number); }

class Emitter {
public:
  explicit Emitter(KernelBuilder &k) : k(k), b(k.b), loc(k.loc), op(cast<AttentionOp>(rootOf(k.group))) {
    Shape y = shapeOf(op.getY()), keyShape = shapeOf(op.getK());
    queries = operandOf(op.getQ(), y.size());
    keys = operandOf(op.getK(), y.size());
    values = operandOf(op.getV(), y.size());
    if (op.getMask())
      mask = operandOf(op.getMask(), y.size());
    rowCount = y[y.size() - 2];
    keyCount = keyShape[keyShape.size() - 2];
    element = computeType(elementTypeOf(op.getY()));
    lanes = std::clamp<int64_t>(k.target.vectorBits / element.getIntOrFloatBitWidth(), 1, kTaskRows / 2);
  }
  LogicalResult emit();

private:
  using Values = SmallVector<Value>;
  /// Makes the values that are carried to the next tile: of `count` rows from `first` on, the last of which is `last` (null: all
  /// rows exist).
  using Tile = function_ref<Values(Value first, int64_t count, Value last, ValueRange carried)>;

  void emitBlock(Value row, int64_t width, Value last);
  void turnRows(const Operand &matrix, Value base, Value row, int64_t width, Value last, Value firstColumn, Value columns,
                std::optional<int64_t> known, Value to, Value factor);
  Values tiles(Value length, std::optional<int64_t> known, int64_t height, ValueRange carried, Tile body);
  Values product(Value from, Value steps, std::optional<int64_t> known, const Operand &matrix, ArrayRef<Value> at, AffineExpr stride,
                 Values sums);
  Values scores(Value firstKey, Value length, std::optional<int64_t> known, int64_t width, ValueRange highest);
  Values weigh(Value length, ArrayRef<Value> shift, ArrayRef<Value> sums);
  void means(Value firstKey, Value length, std::optional<int64_t> known, int64_t width, ArrayRef<Value> correction);
  void store(Value row, Value rows, int64_t width, ArrayRef<Value> highest, ArrayRef<Value> sums);

  int64_t tileHeight(int64_t width) { return std::min<int64_t>(16, (k.target.vectorRegisters >= 32 ? 24 : 12) / width); }
  VectorType vectorType() { return VectorType::get({lanes}, element); }
  Value constant(double value) {
    return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(vectorType(), Attribute(b.getFloatAttr(element, value))));
  }
  Value load(Value from, Value at) { return vector::LoadOp::create(b, loc, vectorType(), from, at); }
  void keep(Value vector, Value to, Value at) { vector::StoreOp::create(b, loc, vector, to, at); }
  Value loadScalar(const Operand &matrix, Value at) {
    Memory m = k.memory[matrix.tensor];
    return GroupSource(k, 1).fromStorage(memref::LoadOp::create(b, loc, m.base, at), m.element);
  }
  Value spread(Value scalar) { return vector::BroadcastOp::create(b, loc, vectorType(), scalar); }
  Value baseOf(const Operand &matrix) {
    Value base = k.expression(matrix.offset);
    for (auto [i, stride] : llvm::zip(batch, matrix.batch))
      base = k.add(base, k.mul(i, k.expression(stride)));
    return base;
  }
  /// Vector v of row first + i in a scratch tile.
  Value place(Value first, int64_t i, int64_t width, int64_t v) {
    return k.add(k.mul(first, k.index(width * lanes)), k.index((i * width + v) * lanes));
  }
  Value at(Value base, Value i, AffineExpr stride) { return k.add(base, k.mul(i, k.expression(stride))); }
  Value scratch(int64_t elements) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&k.function.front());
    return memref::AllocaOp::create(b, loc, MemRefType::get({std::max<int64_t>(1, elements)}, element), b.getI64IntegerAttr(64));
  }
  bool masksRows() { return mask && !isNumber(mask->row, 0); }
  bool online() { return !isNumber(keyCount.ceilDiv(keysAtOnce), 1) && !isNumber(keyCount, 0); }

  KernelBuilder &k;
  OpBuilder &b;
  Location loc;
  AttentionOp op;
  Operand queries, keys, values;
  std::optional<Operand> mask;
  AffineExpr rowCount, keyCount;
  int64_t depth = 0, columns = 0; // numbers of a key, and of a value
  Type element;
  int64_t lanes, vectors = 2;     // of a block
  int64_t keysAtOnce = 0;
  Value turnedQueries, tile, sums;       // scratch: [depth][block], scores [keys][block], means [columns][block]
  SmallVector<Value> batch;              // indices of the task
  Value queryBase, keyBase, valueBase, maskBase;
};

/// to[column][row] = factor * matrix[row][firstColumn + column] for a block of `width` vectors of rows, where rows behind
/// `last` (null: there are none) repeat it.
void Emitter::turnRows(const Operand &matrix, Value base, Value row, int64_t width, Value last, Value firstColumn, Value columns,
                       std::optional<int64_t> known, Value to, Value factor) {
  Memory m = k.memory[matrix.tensor];
  GroupSource source(k, lanes);
  VectorType stored = VectorType::get({lanes}, storageType(m.element));
  for (int64_t v = 0; v < width; ++v) {
    auto put = [&](Value vector, Value first, int64_t i) {
      if (factor)
        vector = arith::MulFOp::create(b, loc, vector, factor);
      keep(vector, to, place(first, i, width, v));
    };
    Value first = k.add(row, k.index(v * lanes));
    if (isNumber(matrix.row, 1) && !last) {
      k.loop(k.index(0), columns, 1, [&](Value c) {
        Value from = at(k.add(base, first), k.add(firstColumn, c), matrix.column);
        put(source.fromStorage(vector::LoadOp::create(b, loc, stored, m.base, from), m.element), c, 0);
      });
      continue;
    }
    Values starts;
    for (int64_t i = 0; i < lanes; ++i) {
      Value r = k.add(first, k.index(i));
      starts.push_back(at(base, last ? k.min(r, last) : r, matrix.row));
    }
    auto block = [&](Value c, int64_t count) {
      Values rows;
      Value some = count < lanes ? vector::CreateMaskOp::create(b, loc, VectorType::get({lanes}, b.getI1Type()), k.index(count)) : Value();
      Value nothing = some ? arith::ConstantOp::create(b, loc, b.getZeroAttr(stored)) : Value();
      for (Value start : starts) {
        Value from = k.add(start, k.add(firstColumn, c));
        Value raw = some ? Value(vector::MaskedLoadOp::create(b, loc, stored, m.base, from, some, nothing))
                         : Value(vector::LoadOp::create(b, loc, stored, m.base, from));
        rows.push_back(source.fromStorage(raw, m.element));
      }
      rows = turned(b, loc, rows);
      for (int64_t i = 0; i < count; ++i)
        put(rows[i], c, i);
    };
    Value whole = k.index(0);
    if (isNumber(matrix.column, 1) && lanes > 1) {
      whole = k.sub(columns, b.createOrFold<arith::RemUIOp>(loc, columns, k.index(lanes)));
      if (!known || *known >= lanes)
        k.loop(k.index(0), whole, lanes, [&](Value c) { block(c, lanes); });
      if (known && *known % lanes && (*known > lanes || k.target.maskedMemory)) {
        if (*known > lanes) // the last columns once more
          block(k.index(*known - lanes), lanes);
        else
          block(k.index(0), *known);
        continue;
      }
      if (known && *known % lanes == 0)
        continue;
    }
    k.loop(whole, columns, 1, [&](Value c) {
      Values elements;
      for (Value start : starts)
        elements.push_back(loadScalar(matrix, at(start, k.add(firstColumn, c), matrix.column)));
      put(vector::FromElementsOp::create(b, loc, vectorType(), elements), c, 0);
    });
  }
}

/// Covers `length` rows by tiles of `height`; where the length is known, by two neighbouring heights without a rest if that
/// can be, otherwise by a last tile whose surplus rows are none.
SmallVector<Value> Emitter::tiles(Value length, std::optional<int64_t> known, int64_t height, ValueRange carried, Tile body) {
  if (!known) {
    Value whole = k.sub(length, b.createOrFold<arith::RemUIOp>(loc, length, k.index(height)));
    Values state = k.loop(k.index(0), whole, height, carried, [&](Value first, ValueRange c) { return body(first, height, nullptr, c); });
    Value last = k.sub(length, k.index(1));
    return k.loop(whole, length, height, state, [&](Value first, ValueRange c) { return body(first, height, last, c); });
  }
  Cut cut = cutRows(*known, height);
  Values state(carried);
  int64_t from = 0;
  for (auto [count, rows] : {std::pair{cut.high, height}, std::pair{cut.low, height - 1}, std::pair{int64_t(cut.rest > 0), cut.rest}}) {
    if (count == 1)
      state = body(k.index(from), rows, nullptr, state);
    else if (count > 1)
      state = k.loop(k.index(from), k.index(from + count * rows), rows, state,
                     [&](Value first, ValueRange c) { return body(first, rows, nullptr, c); });
    from += count * rows;
  }
  return state;
}

/// sums[i][v] += from[step][v] * matrix[at[i] + step * stride] over all steps, `from` being a place in a scratch tile.
SmallVector<Value> Emitter::product(Value from, Value steps, std::optional<int64_t> known, const Operand &matrix, ArrayRef<Value> at,
                                    AffineExpr stride, Values sums) {
  int64_t count = at.size(), width = sums.size() / count;
  Value distance = k.expression(stride);
  // Large tiles hide the loop's own instructions.
  int64_t unroll = sums.size() < 16 && known && *known % 2 == 0 ? 2 : 1;
  return k.loop(k.index(0), steps, unroll, sums, [&](Value first, ValueRange carried) {
    Values current(carried);
    for (int64_t u = 0; u < unroll; ++u) {
      Value step = k.add(first, k.index(u)), offset = k.mul(step, distance), place = k.mul(step, k.index(width * lanes));
      Values parts;
      for (int64_t v = 0; v < width; ++v)
        parts.push_back(load(from, k.add(place, k.index(v * lanes))));
      for (int64_t i = 0; i < count; ++i) {
        Value wide = spread(loadScalar(matrix, k.add(at[i], offset)));
        for (int64_t v = 0; v < width; ++v)
          current[i * width + v] = k.multiplyAdd(wide, parts[v], current[i * width + v]);
      }
    }
    return current;
  });
}

/// Scores of a block of keys, into the tile; returns their maximum and `highest`.
SmallVector<Value> Emitter::scores(Value firstKey, Value length, std::optional<int64_t> known, int64_t width, ValueRange highest) {
  return tiles(length, known, tileHeight(width), highest, [&](Value first, int64_t count, Value last, ValueRange carried) {
    Values starts, numbers;
    for (int64_t i = 0; i < count; ++i) {
      Value number = k.add(first, k.index(i));
      numbers.push_back(last ? k.min(number, last) : number);
      starts.push_back(at(keyBase, k.add(firstKey, numbers[i]), keys.row));
    }
    Values sums(count * width, constant(0)), most(carried);
    sums = product(turnedQueries, k.index(depth), depth, keys, starts, keys.column, sums);
    if (mask)
      for (int64_t i = 0; i < count; ++i) {
        Value same = masksRows() ? Value() : spread(loadScalar(*mask, at(maskBase, k.add(firstKey, numbers[i]), mask->column)));
        for (int64_t v = 0; v < width; ++v) {
          Value score = sums[i * width + v];
          Value given = same ? same : load(tile, last ? place(numbers[i], 0, width, v) : place(first, i, width, v));
          if (op.getReplaces()) {
            Value stays = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, given, constant(0));
            sums[i * width + v] = arith::SelectOp::create(b, loc, stays, score, given);
          } else {
            sums[i * width + v] = arith::AddFOp::create(b, loc, score, given);
          }
        }
      }
    for (int64_t i = 0; i < count; ++i)
      for (int64_t v = 0; v < width; ++v) {
        Value score = sums[i * width + v];
        keep(score, tile, place(first, i, width, v));
        // What is not a number does not count here; it will make the sum of the weights one of its kind.
        Value larger = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OGT, score, most[v]);
        most[v] = arith::SelectOp::create(b, loc, larger, score, most[v]);
      }
    return most;
  });
}

/// The weights e^(score - shift) in place of the scores; returns `sums` with them added.
SmallVector<Value> Emitter::weigh(Value length, ArrayRef<Value> shift, ArrayRef<Value> sums) {
  int64_t width = shift.size();
  return k.loop(k.index(0), length, 1, sums, [&](Value key, ValueRange carried) {
    Values next;
    for (int64_t v = 0; v < width; ++v) {
      Value at = place(key, 0, width, v);
      Value weight = emitWeight(b, loc, arith::SubFOp::create(b, loc, load(tile, at), shift[v]));
      keep(weight, tile, at);
      next.push_back(arith::AddFOp::create(b, loc, carried[v], weight));
    }
    return next;
  });
}

/// Adds the weighed values of a block of keys to the means, which are multiplied by `correction` first (empty: they are new).
void Emitter::means(Value firstKey, Value length, std::optional<int64_t> known, int64_t width, ArrayRef<Value> correction) {
  tiles(k.index(columns), columns, tileHeight(width), {}, [&](Value first, int64_t count, Value, ValueRange) {
    Values starts, means;
    Value base = at(valueBase, firstKey, values.row);
    for (int64_t i = 0; i < count; ++i) {
      starts.push_back(at(base, k.add(first, k.index(i)), values.column));
      for (int64_t v = 0; v < width; ++v)
        means.push_back(correction.empty() ? constant(0)
                                           : Value(arith::MulFOp::create(b, loc, load(sums, place(first, i, width, v)), correction[v])));
    }
    means = product(tile, length, known, values, starts, values.row, means);
    for (int64_t i = 0; i < count; ++i)
      for (int64_t v = 0; v < width; ++v)
        keep(means[i * width + v], sums, place(first, i, width, v));
    return Values();
  });
}

/// Divides the means by the sums of the weights, and stores those of `rows` rows with what follows.
void Emitter::store(Value row, Value rows, int64_t width, ArrayRef<Value> highest, ArrayRef<Value> total) {
  int64_t stride = llvm::alignTo(columns, lanes);
  for (int64_t v = 0; v < width; ++v) {
    Value factor = arith::DivFOp::create(b, loc, constant(1), total[v]);
    // Which lanes are 0 whatever the means are.
    Value zero;
    auto also = [&](Value condition) { zero = zero ? Value(arith::OrIOp::create(b, loc, zero, condition)) : condition; };
    if (op.getGuard() != AttentionGuard::none)
      also(arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, highest[v], constant(-std::numeric_limits<double>::infinity())));
    if (op.getGuard() == AttentionGuard::nan)
      also(arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNO, total[v], total[v]));
    if (auto known = constantOf(keyCount); !known || *known == 0)
      also(vector::BroadcastOp::create(b, loc, VectorType::get({lanes}, b.getI1Type()),
                                       arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, k.expression(keyCount), k.index(0))));
    k.loop(k.index(0), k.index(stride), lanes, [&](Value column) {
      Values block;
      for (int64_t i = 0; i < lanes; ++i) {
        Value mean = load(sums, place(column, i, width, v));
        mean = arith::MulFOp::create(b, loc, mean, factor);
        block.push_back(zero ? Value(arith::SelectOp::create(b, loc, zero, constant(0), mean)) : mean);
      }
      for (auto [i, means] : llvm::enumerate(turned(b, loc, block)))
        keep(means, tile, k.add(k.index((v * lanes + i) * stride), column));
    });
  }
  // In the order of the transpose behind, if there is one.
  TransposeOp behind = op->hasOneUse() ? dyn_cast<TransposeOp>(*op->getUsers().begin()) : TransposeOp();
  k.loop(k.index(0), rows, 1, [&](Value r) {
    k.vectorLoop(constantExpr(columns, b.getContext()), lanes, [&](GroupSource &source, LaneIndex column) {
      Value place = k.add(k.mul(r, k.index(stride)), column.base);
      Value mean = source.lanes > 1 ? load(tile, place) : Value(memref::LoadOp::create(b, loc, tile, place));
      SmallVector<LaneIndex> index;
      for (Value i : batch)
        index.push_back(source.uniform(i));
      index.append({source.uniform(k.add(row, r)), column});
      if (behind) {
        SmallVector<LaneIndex> own(index);
        for (auto [d, p] : llvm::enumerate(behind.getPerm()))
          index[d] = own[p];
      }
      k.finish(source, op.getY(), index, mean);
    });
  });
}

/// A block of `width` vectors of queries from `row` on, of which `last` is the last that exists (null: they all do).
void Emitter::emitBlock(Value row, int64_t width, Value last) {
  double scale = op.getScale().convertToDouble();
  turnRows(queries, queryBase, row, width, last, k.index(0), k.index(depth), depth, turnedQueries, scale == 1 ? Value() : constant(scale));
  Values highest(width, constant(-std::numeric_limits<double>::infinity())), total(width, constant(0));
  auto maskRows = [&](Value firstKey, Value length, std::optional<int64_t> known) {
    if (masksRows())
      turnRows(*mask, maskBase, row, width, last, firstKey, length, known, tile, nullptr);
  };
  if (!online()) {
    int64_t count = *constantOf(keyCount);
    maskRows(k.index(0), k.index(count), count);
    highest = scores(k.index(0), k.index(count), count, width, highest);
    total = weigh(k.index(count), highest, total);
    means(k.index(0), k.index(count), count, width, {});
  } else {
    k.loop(k.index(0), k.index(columns * width * lanes), lanes, [&](Value place) { keep(constant(0), sums, place); });
    Values state(highest);
    state.append(total);
    Value all = k.expression(keyCount);
    state = k.loop(k.index(0), all, keysAtOnce, state, [&](Value firstKey, ValueRange carried) {
      auto count = constantOf(keyCount);
      std::optional<int64_t> known = count && *count % keysAtOnce == 0 ? std::optional(keysAtOnce) : std::nullopt;
      Value length = known ? k.index(*known) : k.min(k.index(keysAtOnce), k.sub(all, firstKey));
      maskRows(firstKey, length, known);
      Values most = scores(firstKey, length, known, width, carried.take_front(width)), shift, correction, sums;
      for (int64_t v = 0; v < width; ++v) {
        // Without any score so far, weights and means are 0.
        Value none = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, most[v], constant(-std::numeric_limits<double>::infinity()));
        shift.push_back(arith::SelectOp::create(b, loc, none, constant(0), most[v]));
        correction.push_back(emitWeight(b, loc, arith::SubFOp::create(b, loc, carried[v], shift[v])));
        sums.push_back(arith::MulFOp::create(b, loc, carried[width + v], correction[v]));
      }
      sums = weigh(length, shift, sums);
      means(firstKey, length, known, width, correction);
      most.append(sums);
      return most;
    });
    highest.assign(state.begin(), state.begin() + width);
    total.assign(state.begin() + width, state.end());
  }
  Value rows = last ? k.min(k.sub(k.add(last, k.index(1)), row), k.index(width * lanes)) : k.index(width * lanes);
  store(row, rows, width, highest, total);
}

LogicalResult Emitter::emit() {
  if (!op.fitsKernel())
    return op.emitOpError("has heads that a kernel has no room for");
  depth = *constantOf(shapeOf(op.getK()).back());
  columns = *constantOf(shapeOf(op.getY()).back());
  if (std::max(depth, columns) > kLargeHead)
    vectors = 1;
  int64_t block = vectors * lanes, padded = llvm::alignTo(columns, lanes);
  // Keys in even parts, and room for a last tile's surplus.
  keysAtOnce = kScoreBytes / (block * element.getIntOrFloatBitWidth() / 8);
  if (auto known = constantOf(keyCount); known && *known > 0)
    keysAtOnce = llvm::divideCeil(*known, llvm::divideCeil(*known, keysAtOnce));
  turnedQueries = scratch(depth * block);
  tile = scratch(std::max<int64_t>((keysAtOnce + tileHeight(1)) * block, padded * block));
  sums = scratch(padded * block);

  Shape y = shapeOf(op.getY());
  k.loop(k.begin, k.end, 1, [&](Value task) {
    SmallVector<AffineExpr> extents(y.begin(), y.end() - 2);
    extents.push_back(rowCount.ceilDiv(kTaskRows));
    batch = k.delinearize(task, extents);
    Value from = k.mul(batch.pop_back_val(), k.index(kTaskRows));
    Value to = k.min(k.add(from, k.index(kTaskRows)), k.expression(rowCount));
    queryBase = baseOf(queries), keyBase = baseOf(keys), valueBase = baseOf(values);
    if (mask)
      maskBase = baseOf(*mask);
    auto known = constantOf(rowCount);
    Value whole = to;
    if (!known || *known % block)
      whole = k.sub(to, b.createOrFold<arith::RemUIOp>(loc, k.sub(to, from), k.index(block)));
    if (!known || *known >= block)
      k.loop(from, whole, block, [&](Value row) { emitBlock(row, vectors, nullptr); });
    if (known && *known % block == 0)
      return;
    // What is left in one vector, or in as many as it takes where that is known.
    int64_t width = known ? llvm::divideCeil(*known % block, lanes) : 1;
    Value last = k.sub(to, k.index(1));
    k.loop(whole, to, width * lanes, [&](Value row) { emitBlock(row, width, last); });
  });
  return failure(k.failed);
}

} // namespace

AffineExpr attentionTasks(GroupOp group) {
  Shape y = shapeOf(rootOf(group)->getResult(0));
  return product(ArrayRef(y).drop_back(2), group.getContext()) * y[y.size() - 2].ceilDiv(kTaskRows);
}

LogicalResult emitAttentionKernel(KernelBuilder &kernel) { return Emitter(kernel).emit(); }

} // namespace mlc
