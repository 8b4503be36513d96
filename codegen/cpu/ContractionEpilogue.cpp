//===- ContractionEpilogue.cpp - what follows a product on its tile ------------===//
//
// Computes bias, activation, residual and whatever else is fused on a tile's accumulators, and stores it: from registers, or
// row by row from scratch memory where its code would be long.
//
//===----------------------------------------------------------------------===//

#include "ContractionEmitter.h"

using namespace mlir;

namespace mlc {

SmallVector<Value> ContractionEmitter::computeResults(GroupSource &source, ArrayRef<LaneIndex> index, Value sum) {
  if (!sink)
    return k.computeResults(source, c.result, index, sum);
  source.give(c.result, sum);
  return {source.at(last, index)};
}

void ContractionEmitter::storeResults(GroupSource &source, ArrayRef<LaneIndex> index, Value row, ArrayRef<Value> elements) {
  if (!sink)
    k.storeResults(source, index, elements);
  else if (elements[0])
    sink(source, row, index.back(), elements[0]);
}

void ContractionEmitter::emitEpilogue(ArrayRef<Value> rowIndex, Value panel, ArrayRef<Value> accumulators, int64_t panels) {
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
      Value row;
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
        auto one = [&](GroupSource &source, LaneIndex lane, Value value) {
          SmallVector<LaneIndex> index = indexOf(source, lane);
          storeResults(source, index, rowIndex[r], computeResults(source, index, value));
        };
        Value accumulator = accumulators[(r * panels + p) * vectors + v];
        Value at = k.add(column, k.index(v * lanes));
        if (here == lanes) {
          auto source = std::make_unique<GroupSource>(k, lanes);
          SmallVector<LaneIndex> index = indexOf(*source, {at, lanes > 1 ? 1 : 0, nullptr});
          SmallVector<Value> elements = computeResults(*source, index, accumulator);
          if (elements.size() == 1)
            ready.push_back({std::move(source), std::move(index), rowIndex[r], std::move(elements)});
          else
            storeResults(*source, index, rowIndex[r], elements);
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
      storeResults(*r.source, r.index, r.row, r.elements);
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
void ContractionEmitter::prefetchEpilogue(Value row, int64_t rows, Value panel, int64_t panels) {
  auto steps = constantOf(c.depth);
  if (sink || !space || space->extents.size() != 2 || (steps && *steps < kFewPrefetchSteps))
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
  if (bytes + weightBytes().value_or(0) <= k.target.l2Bytes)
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
bool ContractionEmitter::longEpilogue(int64_t vectors) {
  int64_t operations = 0;
  for (Operation *op : behind)
    if (auto p = dyn_cast<Pointwise>(op))
      operations += p.getElementCost();
  return operations * vectors > 96;
}

void ContractionEmitter::emitEpilogueRowByRow(Value row, Value valid, Value panel, ArrayRef<Value> accumulators, int64_t panels) {
  for (auto [i, v] : llvm::enumerate(accumulators)) {
    Value at = scratchAt(k.index(i / (panels * vectors)), panels, i % (panels * vectors));
    vector::StoreOp::create(b, loc, v, scratch, at);
  }
  // At most two panels at a time, for which there are registers beside the constants of what follows.
  int64_t each = panels <= 2 ? panels : panels % 2 == 0 ? 2 : 1, parts = panels / each;
  k.loop(k.index(0), k.mul(valid, k.index(parts)), 1, [&](Value part) {
    Value r = b.createOrFold<arith::DivUIOp>(loc, part, k.index(parts));
    Value first = k.mul(k.sub(part, k.mul(r, k.index(parts))), k.index(each));
    SmallVector<Value> sums;
    for (int64_t v = 0; v < each * vectors; ++v) {
      Value at = k.add(scratchAt(r, panels, v), k.mul(first, k.index(kPanel)));
      sums.push_back(vector::LoadOp::create(b, loc, vectorType(), scratch, at));
    }
    emitEpilogue(k.add(row, r), k.add(panel, first), sums, each);
  });
}

} // namespace mlc
