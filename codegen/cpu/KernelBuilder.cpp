#include "KernelBuilder.h"

#include "ir/Fold.h"
#include "ir/Views.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace mlc {

//===----------------------------------------------------------------------===//
// KernelBuilder
//===----------------------------------------------------------------------===//

KernelBuilder::KernelBuilder(OpBuilder &builder, GroupOp group, const CpuTarget &target)
    : group(group), target(target), b(builder), loc(UnknownLoc::get(group.getContext())) {}

YieldOp KernelBuilder::yield() { return cast<YieldOp>(group.getBody().front().getTerminator()); }
ValueRange KernelBuilder::results() { return yield().getResults(); }

Value KernelBuilder::index(int64_t value) {
  Value &known = constants[value];
  if (!known) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&function.getBody().front());
    known = arith::ConstantIndexOp::create(b, loc, value);
  }
  return known;
}
Value KernelBuilder::add(Value x, Value y) { return b.createOrFold<arith::AddIOp>(loc, x, y); }
Value KernelBuilder::mul(Value x, Value y) { return b.createOrFold<arith::MulIOp>(loc, x, y); }
Value KernelBuilder::sub(Value x, Value y) { return b.createOrFold<arith::SubIOp>(loc, x, y); }
Value KernelBuilder::min(Value x, Value y) { return b.createOrFold<arith::MinSIOp>(loc, x, y); }
Value KernelBuilder::max(Value x, Value y) { return b.createOrFold<arith::MaxSIOp>(loc, x, y); }
Value KernelBuilder::ceilDiv(Value x, int64_t y) {
  return b.createOrFold<arith::DivUIOp>(loc, add(x, index(y - 1)), index(y));
}

Value KernelBuilder::multiplyAdd(Value x, Value y, Value sum) {
  if (!isa<FloatType>(getElementTypeOrSelf(sum)))
    return arith::AddIOp::create(b, loc, arith::MulIOp::create(b, loc, x, y), sum);
  if (target.fusedMultiplyAdd && isa<VectorType>(sum.getType()))
    return vector::FMAOp::create(b, loc, x, y, sum);
  return arith::AddFOp::create(b, loc, arith::MulFOp::create(b, loc, x, y), sum);
}

Value KernelBuilder::expression(AffineExpr expr) {
  if (auto c = constantOf(expr))
    return index(*c);
  if (auto s = dyn_cast<AffineSymbolExpr>(expr))
    return symbols[s.getPosition()];
  if (auto it = expressions.find(expr); it != expressions.end())
    return it->second;
  auto e = cast<AffineBinaryOpExpr>(expr);
  Value l = expression(e.getLHS()), r = expression(e.getRHS());
  // Computed once, where the kernel begins, behind constants, scratch memory and the expressions before.
  OpBuilder::InsertionGuard guard(b);
  Block &entry = function.getBody().front();
  if (!lastExpression) {
    auto at = entry.begin();
    while (at != entry.end() && isa<arith::ConstantOp, memref::AllocaOp>(*at))
      ++at;
    b.setInsertionPoint(&entry, at);
  } else {
    b.setInsertionPointAfter(lastExpression);
  }
  Value made;
  switch (expr.getKind()) {
  case AffineExprKind::Add: made = add(l, r); break;
  case AffineExprKind::Mul: made = mul(l, r); break;
  case AffineExprKind::FloorDiv: made = b.createOrFold<arith::FloorDivSIOp>(loc, l, r); break;
  case AffineExprKind::CeilDiv: made = b.createOrFold<arith::CeilDivSIOp>(loc, l, r); break;
  case AffineExprKind::Mod: made = sub(l, mul(b.createOrFold<arith::FloorDivSIOp>(loc, l, r), r)); break;
  default: llvm_unreachable("an expression over symbols");
  }
  if (b.getInsertionPoint() != entry.begin())
    lastExpression = &*std::prev(b.getInsertionPoint());
  return expressions[expr] = made;
}

void KernelBuilder::open(StringRef name) {
  SmallVector<Type> arguments;
  size_t tensors = group.getOperands().size() + group.getResults().size();
  for (size_t i = 0; i < tensors; ++i) {
    RankedTensorType tensor = tensorTypeOf(group.valueAt(i));
    // What is behind the pointer; an unknown extent is nobody's business here.
    int64_t count = tensor.hasStaticShape() ? std::max<int64_t>(1, tensor.getNumElements()) : int64_t(1) << 40;
    if (ArrayRef<int64_t> strides = group.stridesOf(i); !strides.empty()) {
      count = 1;
      for (auto [size, stride] : llvm::zip(tensor.getShape(), strides))
        count += (size - 1) * stride;
    }
    arguments.push_back(MemRefType::get({count}, storageType(tensor.getElementType())));
  }
  for (size_t i = 0; i < group.getSymbols().size(); ++i)
    arguments.push_back(b.getIndexType());
  arguments.append(2, b.getIndexType());
  function = func::FuncOp::create(b, loc, name, b.getFunctionType(arguments, {}));
  Block *body = function.addEntryBlock();
  b.setInsertionPointToStart(body);

  size_t next = 0;
  for (size_t i = 0; i < tensors; ++i)
    function.setArgAttr(i, "llvm.noalias", b.getUnitAttr());
  // A result that takes over an operand's memory aliases it.
  for (size_t i = 0; i + 1 < group.getInPlace().size(); i += 2) {
    function.removeArgAttr(group.getOperands().size() + group.getInPlace()[i], "llvm.noalias");
    function.removeArgAttr(group.getInPlace()[i + 1], "llvm.noalias");
  }
  symbols.assign(body->getArguments().begin() + tensors, body->getArguments().begin() + tensors + group.getSymbols().size());
  begin = body->getArguments()[body->getNumArguments() - 2];
  end = body->getArguments().back();
  auto describe = [&](Value tensor) {
    Memory m{body->getArgument(next++), {}, elementTypeOf(tensor)};
    for (AffineExpr stride : memoryStrides(tensor))
      m.strides.push_back(expression(stride));
    if (Shape shape = shapeOf(tensor); !shape.empty())
      m.innermost = constantOf(shape.back()).value_or(0);
    return m;
  };
  for (BlockArgument a : group.getBody().getArguments())
    memory[a] = describe(a);
  for (Value v : results()) {
    Memory m = describe(v);
    memory.try_emplace(v, m); // a value yielded twice keeps its first place; the second is copied by the emitter
  }
}

void KernelBuilder::loop(Value from, Value to, int64_t step, function_ref<void(Value)> body) {
  auto f = scf::ForOp::create(b, loc, from, to, index(step));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(f.getBody());
  body(f.getInductionVar());
}

SmallVector<Value> KernelBuilder::loop(Value from, Value to, int64_t step, ValueRange init,
                                       function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto f = scf::ForOp::create(b, loc, from, to, index(step), init);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(f.getBody());
  SmallVector<Value> next = body(f.getInductionVar(), f.getRegionIterArgs());
  if (!init.empty())
    scf::YieldOp::create(b, loc, next);
  return SmallVector<Value>(f.getResults());
}

void KernelBuilder::vectorLoop(AffineExpr extent, int64_t lanes, function_ref<void(GroupSource &, LaneIndex)> body) {
  vectorLoop(index(0), expression(extent), constantOf(extent), lanes, body);
}

void KernelBuilder::vectorLoop(Value from, Value to, std::optional<int64_t> length, int64_t lanes,
                               function_ref<void(GroupSource &, LaneIndex)> body) {
  auto one = [&](Value i, int64_t count) {
    GroupSource source(*this, count);
    body(source, LaneIndex{i, count > 1 ? 1 : 0, nullptr});
  };
  if (lanes == 1) {
    loop(from, to, 1, [&](Value i) { one(i, 1); });
    return;
  }
  Value whole, rest;
  if (length) {
    whole = index(*length / lanes * lanes);
    rest = index(*length % lanes);
  } else {
    Value n = sub(to, from);
    rest = arith::RemUIOp::create(b, loc, n, index(lanes));
    whole = sub(n, rest);
  }
  Value middle = add(from, whole);
  if (!length || *length == lanes || *length >= lanes) {
    if (length && *length / lanes == 1)
      one(from, lanes);
    else
      loop(from, middle, lanes, [&](Value i) { one(i, lanes); });
  }
  if (length && *length % lanes == 0)
    return;
  if (!target.maskedMemory) {
    loop(middle, to, 1, [&](Value i) { one(i, 1); });
    return;
  }
  auto masked = [&] {
    LaneMask mask{rest, vector::CreateMaskOp::create(b, loc, VectorType::get({lanes}, b.getI1Type()), rest)};
    GroupSource source(*this, lanes, mask);
    body(source, LaneIndex{middle, 1, nullptr});
  };
  if (length) {
    if (*length % lanes == 1) {
      one(middle, 1);
      return;
    }
    masked();
    return;
  }
  Value any = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, rest, index(0));
  auto branch = scf::IfOp::create(b, loc, any, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  masked();
}

SmallVector<Value> KernelBuilder::delinearize(Value linear, ArrayRef<AffineExpr> extents) {
  SmallVector<Value> result(extents.size());
  for (size_t d = extents.size(); d-- > 1;) {
    if (constantOf(extents[d]) == std::optional<int64_t>(1)) {
      result[d] = index(0);
      continue;
    }
    Value size = expression(extents[d]);
    Value quotient = b.createOrFold<arith::DivUIOp>(loc, linear, size);
    result[d] = sub(linear, mul(quotient, size));
    linear = quotient;
  }
  if (!extents.empty())
    result[0] = linear;
  return result;
}

SmallVector<Value> KernelBuilder::computeResults(GroupSource &source, Value root, ArrayRef<LaneIndex> index, Value value) {
  source.give(root, value);
  SmallVector<Value> elements;
  for (Value result : results())
    elements.push_back(source.at(result, index));
  return elements;
}

void KernelBuilder::storeResults(GroupSource &source, ArrayRef<LaneIndex> index, ArrayRef<Value> elements) {
  for (auto [result, e] : llvm::zip(results(), elements))
    if (e)
      source.store(result, index, e);
}

void KernelBuilder::finish(GroupSource &source, Value root, ArrayRef<LaneIndex> index, Value value) {
  // All are read before any is written: a result may take an operand's place.
  storeResults(source, index, computeResults(source, root, index, value));
}

int64_t KernelBuilder::lanesFor(ArrayRef<Type> elements) {
  unsigned bits = 8;
  for (Type t : elements)
    if (Type c = computeType(t); !c.isInteger(1))
      bits = std::max(bits, c.getIntOrFloatBitWidth());
  return std::max<int64_t>(1, target.vectorBits / bits);
}

int64_t KernelBuilder::groupLanes() {
  SmallVector<Type> types;
  for (Value v : group.getOperands())
    types.push_back(elementTypeOf(v));
  for (Operation &op : group.getBody().front())
    for (Type t : op.getResultTypes())
      types.push_back(cast<RankedTensorType>(t).getElementType());
  int64_t lanes = lanesFor(types);
  // Booleans and bytes beside wider types are computed in the wider ones' lanes.
  return std::min<int64_t>(lanes, target.vectorBits / 32 * 2);
}

View viewOf(Value value) {
  MLIRContext *ctx = value.getContext();
  if (auto transpose = value.getDefiningOp<TransposeOp>()) {
    View view = viewOf(transpose.getX());
    SmallVector<AffineExpr> turned;
    for (int64_t d : transpose.getPerm())
      turned.push_back(view.strides[d]);
    view.strides = turned;
    return view;
  }
  if (auto slice = value.getDefiningOp<SliceOp>()) {
    View view = viewOf(slice.getX());
    for (auto [start, step, stride] : llvm::zip(slice.getStarts().exprs(), slice.getSteps(), view.strides)) {
      view.offset = view.offset + start * stride;
      stride = stride * step;
    }
    return view;
  }
  return {value, constantExpr(0, ctx), memoryStrides(value)};
}

Operation *rootOf(GroupOp group) {
  Operation *root = nullptr;
  for (Operation &op : group.getBody().front().without_terminator())
    if (!root || isa<Pointwise>(root) || !isa<Pointwise>(op))
      root = &op;
  return root;
}

//===----------------------------------------------------------------------===//
// Iteration spaces
//===----------------------------------------------------------------------===//

IterationSpace mergeDimensions(ArrayRef<AffineExpr> shape, ArrayRef<Value> tensors, int64_t cut) {
  IterationSpace space;
  space.rank = shape.size();
  auto isOne = [](AffineExpr e) { return constantOf(e) == std::optional<int64_t>(1); };
  // Whether a tensor has dimension d of the space whole.
  auto has = [&](Value t, int64_t d) {
    Shape own = shapeOf(t);
    int64_t at = d - (static_cast<int64_t>(shape.size()) - static_cast<int64_t>(own.size()));
    return at >= 0 && !isOne(own[at]);
  };
  // Whether neighbours along dimension `outer` of the space are as far from each other as all of dimension `inner` is long.
  auto follows = [&](Value t, int64_t outer, int64_t inner) {
    ArrayRef<int64_t> strides = gappedStrides(t);
    int64_t before = static_cast<int64_t>(shape.size()) - static_cast<int64_t>(strides.size());
    return strides.empty() || strides[outer - before] == strides[inner - before] * tensorTypeOf(t).getDimSize(inner - before);
  };
  for (int64_t d = 0; d < static_cast<int64_t>(shape.size()); ++d) {
    if (!space.extents.empty() && d != cut) {
      int64_t before = space.last.back();
      bool merge = true;
      // A dimension of size 1 joins any neighbour; otherwise every tensor has both or none.
      if (!isOne(shape[d]) && !isOne(space.extents.back()))
        for (Value t : tensors) {
          int64_t whole = before;
          while (whole > 0 && isOne(shape[whole]))
            --whole;
          // What has both may have gaps between them.
          merge &= has(t, whole) == has(t, d) && (!has(t, d) || follows(t, whole, d));
        }
      if (merge) {
        space.extents.back() = space.extents.back() * shape[d];
        // Offsets within the merged dimension count in elements of its innermost dimension that is not 1.
        if (!isOne(shape[d]))
          space.last.back() = d;
        continue;
      }
    }
    space.extents.push_back(shape[d]);
    space.last.push_back(d);
  }
  return space;
}

SmallVector<LaneIndex> IterationSpace::spread(ElementSource &source, ArrayRef<LaneIndex> merged) const {
  SmallVector<LaneIndex> result(rank, source.uniform(0));
  for (auto [i, d] : llvm::enumerate(last))
    result[d] = merged[i];
  return result;
}

//===----------------------------------------------------------------------===//
// GroupSource
//===----------------------------------------------------------------------===//

GroupSource::GroupSource(KernelBuilder &kernel, int64_t lanes, std::optional<LaneMask> mask)
    : ElementSource(kernel.b, kernel.loc, lanes), kernel(kernel), mask(mask) {}

Value GroupSource::expression(AffineExpr expr) { return kernel.expression(expr); }

Value GroupSource::constant(int64_t value) { return kernel.index(value); }

Type GroupSource::valueType(Type element) {
  Type computed = computeType(element);
  return lanes > 1 ? Type(VectorType::get({lanes}, computed)) : computed;
}

static Type like(Type reference, Type element) {
  if (auto v = dyn_cast<VectorType>(reference))
    return VectorType::get(v.getShape(), element);
  return element;
}

Value GroupSource::fromStorage(Value stored, Type element) {
  Type computed = like(stored.getType(), computeType(element));
  if (element.isInteger(1)) {
    Value zero = arith::ConstantOp::create(builder, loc, builder.getZeroAttr(stored.getType()));
    return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne, stored, zero);
  }
  if (stored.getType() == computed)
    return stored;
  Value narrow = arith::BitcastOp::create(builder, loc, like(computed, element), stored);
  return arith::ExtFOp::create(builder, loc, computed, narrow);
}

Value GroupSource::toStorage(Value computed, Type element) {
  Type stored = like(computed.getType(), storageType(element));
  if (element.isInteger(1))
    return arith::ExtUIOp::create(builder, loc, stored, computed);
  if (stored == computed.getType())
    return computed;
  Value narrow = builder.createOrFold<arith::TruncFOp>(loc, like(stored, element), computed);
  return builder.createOrFold<arith::BitcastOp>(loc, stored, narrow);
}

LaneIndex GroupSource::linear(const Memory &memory, ArrayRef<LaneIndex> index) {
  LaneIndex sum = uniform(0);
  for (auto [i, stride] : llvm::zip(index, memory.strides))
    sum = add(sum, scale(i, stride));
  return sum;
}

// Steps from lane to lane at most, so that what is loaded between the elements is little.
static constexpr int64_t kNearSteps = 4;

/// Elements a few apart, out of whole vectors between the first and the last.
Value GroupSource::loadNear(const Memory &memory, LaneIndex at) {
  VectorType type = VectorType::get({lanes}, storageType(memory.element));
  int64_t step = std::abs(at.step), last = (lanes - 1) * step;
  Value first = at.step > 0 ? at.base : builder.createOrFold<arith::AddIOp>(loc, at.base, constant(-last));
  Value result;
  for (int64_t covered = 0; covered <= last;) {
    int64_t from = std::min(covered, last + 1 - lanes);
    Value part = vector::LoadOp::create(builder, loc, type, memory.base, builder.createOrFold<arith::AddIOp>(loc, first, constant(from)));
    SmallVector<int64_t> pick;
    for (int64_t lane = 0; lane < lanes; ++lane) {
      int64_t place = at.step > 0 ? lane * step : last - lane * step;
      bool before = place < covered, here = !before && place < from + lanes;
      pick.push_back(before ? lane : here ? (result ? lanes : 0) + place - from : -1);
    }
    result = vector::ShuffleOp::create(builder, loc, result ? result : part, part, pick);
    covered = from + lanes;
  }
  return result;
}

/// Where a lane's element is; one that stands for nothing has the last's that does.
Value GroupSource::placeOfLane(LaneIndex at, int64_t lane) {
  Value own = constant(lane);
  if (mask)
    own = builder.createOrFold<arith::MinSIOp>(loc, own, builder.createOrFold<arith::SubIOp>(loc, mask->count, constant(1)));
  return builder.createOrFold<arith::AddIOp>(loc, at.base, builder.createOrFold<arith::MulIOp>(loc, own, constant(at.step)));
}

Value GroupSource::load(const Memory &memory, ArrayRef<LaneIndex> index) {
  LaneIndex at = linear(memory, index);
  Type storage = storageType(memory.element);
  if (at.isUniform())
    return fromStorage(memref::LoadOp::create(builder, loc, memory.base, at.base), memory.element);
  VectorType type = VectorType::get({lanes}, storage);
  if (!at.lanes && at.step == 1) {
    Value v;
    if (mask) {
      Value none = arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
      v = vector::MaskedLoadOp::create(builder, loc, type, memory.base, at.base, mask->mask, none);
    } else {
      v = vector::LoadOp::create(builder, loc, type, memory.base, at.base);
    }
    return fromStorage(v, memory.element);
  }
  if (!at.lanes && !mask && std::abs(at.step) <= std::min(kNearSteps, lanes))
    return fromStorage(loadNear(memory, at), memory.element);
  if (!at.lanes)
    if (Value v = loadColumn(memory, index))
      return v;
  // One load a lane; lanes that stand for nothing repeat the last that does.
  SmallVector<Value> elements;
  Value last;
  if (mask)
    last = builder.createOrFold<arith::SubIOp>(loc, mask->count, constant(1));
  for (int64_t lane = 0; lane < lanes; ++lane) {
    Value place;
    if (at.lanes) {
      Value raw = vector::ExtractOp::create(builder, loc, at.lanes, lane);
      place = arith::IndexCastOp::create(builder, loc, builder.getIndexType(), raw);
      if (mask && lane > 0) {
        Value first = arith::IndexCastOp::create(builder, loc, builder.getIndexType(), vector::ExtractOp::create(builder, loc, at.lanes, 0));
        Value counts = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sle, constant(lane), last);
        place = arith::SelectOp::create(builder, loc, counts, place, first);
      }
    } else {
      place = placeOfLane(at, lane);
    }
    elements.push_back(memref::LoadOp::create(builder, loc, memory.base, place));
  }
  return fromStorage(vector::FromElementsOp::create(builder, loc, type, elements), memory.element);
}

void GroupSource::prefetch(const Memory &memory, ArrayRef<LaneIndex> index, bool isWrite) {
  memref::PrefetchOp::create(builder, loc, memory.base, linear(memory, index).base, isWrite, /*localityHint=*/3, /*isDataCache=*/true);
}

void GroupSource::store(const Memory &memory, ArrayRef<LaneIndex> index, Value element) {
  LaneIndex at = linear(memory, index);
  if (at.isUniform()) {
    memref::StoreOp::create(builder, loc, toStorage(element, memory.element), memory.base, at.base);
    return;
  }
  Value v = toStorage(splat(element), memory.element);
  if (!at.lanes && at.step == 1) {
    // A single lane is stored as such: of a masked store that narrows and has one lane, LLVM 22 stores the wide element on
    // x86-64-v4.
    if (mask && getConstantIntValue(mask->count) == std::optional<int64_t>(1))
      memref::StoreOp::create(builder, loc, vector::ExtractOp::create(builder, loc, v, 0), memory.base, at.base);
    else if (mask)
      vector::MaskedStoreOp::create(builder, loc, memory.base, at.base, mask->mask, v);
    else
      vector::StoreOp::create(builder, loc, v, memory.base, at.base);
    return;
  }
  for (int64_t lane = 0; lane < lanes; ++lane) {
    Value place = at.lanes ? Value(arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                                              vector::ExtractOp::create(builder, loc, at.lanes, lane)))
                           : builder.createOrFold<arith::AddIOp>(loc, at.base, constant(lane * at.step));
    Value one = vector::ExtractOp::create(builder, loc, v, lane);
    auto write = [&] { memref::StoreOp::create(builder, loc, one, memory.base, place); };
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

void GroupSource::store(Value tensor, ArrayRef<LaneIndex> index, Value element) { store(kernel.memory[tensor], index, element); }

void GroupSource::give(Value tensor, Value element) {
  given[tensor] = element;
  known.clear();
}

/// A value is known where the block that computed it is still open.
bool GroupSource::Known::is(Value other, ArrayRef<LaneIndex> place, Block *here) const {
  if (tensor != other || index.size() != place.size() || !std::equal(index.begin(), index.end(), place.begin()))
    return false;
  while (here && here != block)
    here = here->getParentOp() ? here->getParentOp()->getBlock() : nullptr;
  return here;
}

Value GroupSource::at(Value tensor, ArrayRef<LaneIndex> index) {
  if (auto it = given.find(tensor); it != given.end())
    return it->second;
  Block *here = builder.getInsertionBlock();
  for (const Known &k : known)
    if (k.is(tensor, index, here))
      return k.elements[0];
  Value element;
  if (isa<BlockArgument>(tensor)) {
    element = load(kernel.memory[tensor], index);
  } else if (auto op = dyn_cast<Pointwise>(tensor.getDefiningOp())) {
    element = op.emitAt(*this, index);
  } else if (auto it = kernel.memory.find(tensor); it != kernel.memory.end()) {
    element = load(it->second, index); // stored before by the emitter
  } else {
    tensor.getDefiningOp()->emitOpError("has no value at this place of the kernel");
  }
  if (!element) {
    kernel.failed = true;
    return nullptr;
  }
  known.push_back({tensor, SmallVector<LaneIndex>(index), {element}, here});
  return element;
}

} // namespace mlc
