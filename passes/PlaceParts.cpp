// Parts of concatenations are written where they stand in the whole, and slices are read where they lie.
//
//   %y = group { concat (%a, %b) axis 1 }    =>    %y = mlc.concat (%a, %b) axis 1 {view}
//   %s = group { slice %x }                  =>    %s = mlc.slice %x {view}
//   %p = group { pad %x [1, 0] [1, 0] }      =>    %p = mlc.concat (%above, %x, %below) axis 0 {view}
//
// Groups are not changed but for their strides; what is still copied gets a group of its own, which holds what was computed in the
// concatenation's kernel for those parts. Runs behind the groups, and leaves views that the memory plan takes as they are.

#include "Passes.h"

#include "ir/Views.h"

#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace mlc {

#define GEN_PASS_DEF_PLACEPARTSPASS
#include "passes/Passes.h.inc"

namespace {

// Bytes that follow on each other in a part: less is copied as fast as it is written in pieces.
constexpr int64_t kLeastRun = 64;
// Bytes whose copy costs as much as one more kernel.
constexpr int64_t kKernelBytes = 16 << 10;
// Bytes inside a border for each kernel that writes a side of it; such kernels are too small for workers, who wait meanwhile.
constexpr int64_t kSideBytes = 64 << 10;
constexpr int64_t kAlign = 64;

ArrayRef<int64_t> sizesOf(Value v) { return tensorTypeOf(v).getShape(); }
int64_t bytesOf(Value v) { return tensorTypeOf(v).getNumElements() * storageBytes(elementTypeOf(v)); }

/// Whether elements with such distances can be read and written well: all or enough of them follow on each other.
bool isSmooth(Value v, ArrayRef<int64_t> strides) {
  ArrayRef<int64_t> sizes = sizesOf(v);
  Strides own = stridesOf(sizes), canonical = canonicalStrides(sizes, strides);
  int64_t run = storageBytes(elementTypeOf(v));
  for (size_t d = sizes.size(); d-- > 0 && canonical[d] == own[d];)
    run *= sizes[d];
  return canonical == own || run >= kLeastRun;
}

/// Whether all who read a value can read it with such distances.
bool canRead(Value v, ArrayRef<int64_t> strides, Operation *except) {
  bool contiguous = isContiguous(sizesOf(v), strides);
  return isSmooth(v, strides) && llvm::all_of(v.getUses(), [&](OpOperand &use) {
           Operation *user = use.getOwner();
           if (user == except)
             return true;
           if (auto group = dyn_cast<GroupOp>(user))
             return contiguous || group.mayHaveGaps(use.getOperandNumber());
           if (isa<SliceOp>(user) && isView(user))
             return canRead(user->getResult(0), strides, nullptr);
           auto reshape = dyn_cast<ReshapeOp>(user);
           return reshape && contiguous && canRead(reshape.getY(), stridesOf(sizesOf(reshape.getY())), nullptr);
         });
}

/// Whether a value can stand with such distances in what `reader` makes of it.
bool canStand(Value v, ArrayRef<int64_t> strides, Operation *reader) {
  Operation *made = v.getDefiningOp();
  if (!made || made->getBlock() != reader->getBlock() || !canRead(v, strides, reader))
    return false;
  bool contiguous = isContiguous(sizesOf(v), strides);
  if (auto group = dyn_cast<GroupOp>(made))
    return contiguous || group.mayHaveGaps(group.getNumOperands() + cast<OpResult>(v).getResultNumber());
  if (auto reshape = dyn_cast<ReshapeOp>(made))
    return contiguous && tensorTypeOf(reshape.getX()).hasStaticShape() &&
           canStand(reshape.getX(), stridesOf(sizesOf(reshape.getX())), reshape);
  return isa<ConcatOp>(made) && isView(made) &&
         llvm::all_of(made->getOperands(), [&](Value part) { return canStand(part, strides, made); });
}

/// Whether an integer that a symbol is bound to is read from the value.
bool isBound(Value v) {
  return llvm::any_of(v.getUsers(),
                      [](Operation *user) { return isa<BindOp>(user) || (isa<ReshapeOp>(user) && isBound(user->getResult(0))); });
}

/// Which values would stand in which others.
using Places = llvm::DenseMap<Value, Value>;

/// With a value that is another's under another shape stands that one.
void addPlace(Places &places, Value v, Value whole) {
  places[v] = whole;
  if (auto reshape = v.getDefiningOp<ReshapeOp>())
    addPlace(places, reshape.getX(), whole);
}

class Placer {
public:
  explicit Placer(Block &block) : block(block) {}
  void run();
  int64_t placed = 0, left = 0, surrounded = 0;

private:
  int64_t peak(const Places &places);
  void place(GroupOp group, ConcatOp concat);
  void leaveOut(GroupOp group, SliceOp slice);
  void surround(GroupOp group, PadOp pad);
  GroupOp copyOf(GroupOp group, ConcatOp concat, unsigned from, unsigned to);

  Block &block;
};

/// The most bytes of the arena that values of the block need at the same time.
int64_t Placer::peak(const Places &places) {
  struct Class {
    int64_t begin = 0, end = 0, bytes = 0;
    bool counts = true;
  };
  llvm::DenseMap<Value, size_t> numbers;
  std::vector<Class> classes;
  llvm::DenseMap<Operation *, int64_t> times;
  int64_t clock = 0;
  for (Operation &op : block)
    times[&op] = clock++;
  auto rootOf = [&](Value v) {
    for (;;) {
      if (auto it = places.find(v); it != places.end())
        v = it->second;
      else if (Value whole = placeWithin(v).whole; whole != v)
        v = whole;
      else if (auto reshape = v.getDefiningOp<ReshapeOp>())
        v = reshape.getX();
      else
        return v;
    }
  };
  for (Operation &op : block)
    for (Value v : op.getResults()) {
      Value root = rootOf(v);
      Operation *made = root.getDefiningOp();
      if (!made || made->getBlock() != &block || isa<ConstantOp>(made) || !tensorTypeOf(root).hasStaticShape())
        continue;
      auto [it, fresh] = numbers.try_emplace(root, classes.size());
      if (fresh)
        classes.push_back({times[&op], times[&op], static_cast<int64_t>(llvm::alignTo(bytesOf(root), kAlign))});
      Class &c = classes[it->second];
      for (Operation *user : v.getUsers()) {
        c.counts &= !isa<func::ReturnOp>(user);
        c.end = std::max(c.end, times[block.findAncestorOpInBlock(*user)]);
      }
    }
  // Results that take the place of an operand which dies.
  for (GroupOp group : block.getOps<GroupOp>())
    for (ArrayRef<int64_t> pairs = group.getInPlace(); !pairs.empty(); pairs = pairs.drop_front(2)) {
      Value result = group.getResult(pairs[0]), operand = group.getOperand(pairs[1]);
      auto to = numbers.find(result), from = numbers.find(rootOf(operand));
      if (to == numbers.end() || from == numbers.end() || to->second == from->second)
        continue;
      Class &taken = classes[from->second], &taker = classes[to->second];
      if (!taken.counts || !taker.counts || taken.end != times[group] || taker.begin != times[group] || taken.bytes != taker.bytes)
        continue;
      taken.end = taker.end;
      taker.counts = false;
      to->second = from->second;
    }
  std::vector<int64_t> change(clock + 1);
  for (const Class &c : classes)
    if (c.counts)
      change[c.begin] += c.bytes, change[c.end + 1] -= c.bytes;
  int64_t most = 0, now = 0;
  for (int64_t bytes : change)
    most = std::max(most, now += bytes);
  return most;
}

/// The kernel of some neighbouring parts.
GroupOp Placer::copyOf(GroupOp group, ConcatOp concat, unsigned from, unsigned to) {
  OpBuilder b(group);
  IRMapping mapping;
  auto parts = concat.getParts().slice(from, to - from);
  bool alone = parts.size() == 1 && !isa<BlockArgument>(parts[0]);
  Shape shape = shapeOf(concat.getY());
  shape[concat.getAxis()] = constantExpr(0, b.getContext());
  for (Value part : parts)
    shape[concat.getAxis()] = shape[concat.getAxis()] + shapeOf(part)[concat.getAxis()];
  Type type = tensorType(shape, elementTypeOf(concat.getY()));
  auto copy = GroupOp::create(b, group.getLoc(), type, group.getOperands(), group.getName(), group.getEmitter(), group.getSymbols(),
                              ArrayRef<int64_t>(), ArrayRef<int64_t>());
  group.getBody().cloneInto(&copy.getBody(), mapping);
  Block &body = copy.getBody().front();
  SmallVector<Value> own;
  for (Value part : parts)
    own.push_back(mapping.lookup(part));
  b.setInsertionPoint(body.getTerminator());
  Value result = alone ? own[0] : Value(ConcatOp::create(b, concat.getLoc(), own, concat.getAxis()));
  body.getTerminator()->setOperand(0, result);
  for (Operation *op = body.getTerminator()->getPrevNode(); op;) {
    Operation *before = op->getPrevNode();
    if (op->use_empty())
      op->erase();
    op = before;
  }
  for (unsigned i = body.getNumArguments(); i-- > 0;)
    if (body.getArgument(i).use_empty()) {
      body.eraseArgument(i);
      copy->eraseOperand(i);
    }
  return copy;
}

void Placer::place(GroupOp group, ConcatOp concat) {
  Value y = group.getResult(0);
  auto parts = concat.getParts();
  auto known = [](Value v) { return tensorTypeOf(v).hasStaticShape() && tensorTypeOf(v).getNumElements() > 0; };
  if (!known(y) || !llvm::all_of(parts, known) || isBound(y))
    return;
  Strides strides = stridesOf(sizesOf(y));
  SmallVector<Value> outer(parts.size()); // of the parts that can be placed
  for (auto [i, part] : llvm::enumerate(parts)) {
    auto argument = dyn_cast<BlockArgument>(part);
    if (!argument || !argument.hasOneUse())
      continue;
    Value v = group.getOperand(argument.getArgNumber());
    if (llvm::count(group.getOperands(), v) == 1 && canStand(v, strides, group))
      outer[i] = v;
  }
  auto runs = [&] {
    unsigned count = 0;
    for (size_t i = 0; i < outer.size(); ++i)
      count += !outer[i] && (i == 0 || outer[i - 1]);
    return count;
  };
  // What comes first needs the whole's room longest.
  int64_t before = peak(Places());
  for (;;) {
    int64_t bytes = 0;
    Places places;
    Value first;
    for (Value v : outer) {
      if (!v)
        continue;
      bytes += bytesOf(v);
      if (!first || v.getDefiningOp()->isBeforeInBlock(first.getDefiningOp()))
        first = v;
      addPlace(places, v, y);
    }
    if (!first || bytes < kKernelBytes * (static_cast<int64_t>(runs()) - 1)) {
      concat.emitRemark() << "copied: "
                          << (first ? "few of its bytes can be written where they stand" : "no part can be written where it stands");
      return;
    }
    if (peak(places) <= before)
      break;
    *llvm::find(outer, first) = nullptr;
  }

  OpBuilder b(group);
  SmallVector<Value> all;
  unsigned copies = 0;
  for (unsigned i = 0; i < outer.size();) {
    if (outer[i]) {
      all.push_back(outer[i++]);
      continue;
    }
    unsigned end = i;
    while (end < outer.size() && !outer[end])
      ++end;
    all.push_back(copyOf(group, concat, i, end).getResult(0));
    ++copies, i = end;
  }
  placed += all.size() - copies;
  auto remark = concat.emitRemark();
  remark << all.size() - copies << " of " << outer.size() << " parts are written where they stand";
  if (copies)
    remark << ", the others copied by " << copies << (copies == 1 ? " kernel" : " kernels");
  Value whole = ConcatOp::create(b, concat.getLoc(), all, concat.getAxis(), /*view=*/true);
  y.replaceAllUsesWith(whole);
  group.erase();
}

void Placer::leaveOut(GroupOp group, SliceOp slice) {
  Value x = group.getOperand(0), y = group.getResult(0);
  bool known = tensorTypeOf(x).hasStaticShape() && tensorTypeOf(y).hasStaticShape() && allConstant(slice.getStarts().exprs());
  bool read = llvm::all_of(y.getUsers(), [](Operation *user) { return isa<GroupOp>(user); });
  if (!known || !read || llvm::any_of(slice.getSteps(), [](int64_t s) { return s != 1; }))
    return;
  Within at = placeWithin(x);
  Strides strides = at.strides.empty() ? stridesOf(sizesOf(x)) : at.strides;
  if (!canRead(y, strides, nullptr) || peak(Places{{y, x}}) > peak(Places()))
    return;
  slice.emitRemark() << "left out: read where it lies";
  OpBuilder b(group);
  Value view = SliceOp::create(b, slice.getLoc(), y.getType(), x, slice.getStarts(), slice.getSteps(), /*view=*/true);
  y.replaceAllUsesWith(view);
  group.erase();
  ++left;
}

/// What is padded is written where it stands, and the sides by kernels of their own.
void Placer::surround(GroupOp group, PadOp pad) {
  Value x = group.getOperand(cast<BlockArgument>(pad.getX()).getArgNumber()), y = group.getResult(0);
  auto low = constantsOf(pad.getLow().exprs()), high = constantsOf(pad.getHigh().exprs());
  auto value = pad.getValue() ? pad.getValue().getDefiningOp<ConstantOp>() : ConstantOp();
  auto negative = [](int64_t i) { return i < 0; };
  if (!low || !high || pad.getMode() != PadMode::constant || (pad.getValue() && !value) || !tensorTypeOf(x).hasStaticShape() ||
      llvm::any_of(*low, negative) || llvm::any_of(*high, negative) || llvm::any_of(pad.getInterior(), [](int64_t i) { return i != 0; }) ||
      isBound(y))
    return;
  int64_t sides = llvm::count_if(*low, [](int64_t i) { return i > 0; }) + llvm::count_if(*high, [](int64_t i) { return i > 0; });
  Places places;
  addPlace(places, x, y);
  if (bytesOf(x) < sides * kSideBytes || !canStand(x, stridesOf(sizesOf(y)), group) || peak(places) > peak(Places()))
    return;
  pad.emitRemark() << "left out: the operand is written where it stands, and " << sides << (sides == 1 ? " side" : " sides")
                   << " beside it";
  OpBuilder b(group);
  Type element = tensorTypeOf(x).getElementType();
  Shape shape = shapeOf(x);
  auto side = [&](Shape of) -> Value {
    Type type = tensorType(of, element);
    auto fill = GroupOp::create(b, pad.getLoc(), type, ValueRange(), group.getName(), group.getEmitter(), group.getSymbols(),
                                ArrayRef<int64_t>(), ArrayRef<int64_t>());
    OpBuilder::InsertionGuard guard(b);
    b.createBlock(&fill.getBody());
    Value one = value ? Value(cast<ConstantOp>(b.clone(*value)).getY())
                      : Value(ConstantOp::create(b, pad.getLoc(),
                                                 DenseElementsAttr::get(RankedTensorType::get({1}, element), b.getZeroAttr(element))));
    YieldOp::create(b, pad.getLoc(), Value(BroadcastOp::create(b, pad.getLoc(), type, one)));
    return fill.getResult(0);
  };
  // Innermost sides first, so that the outermost are whole rows.
  Value whole = x;
  for (size_t d = shape.size(); d-- > 0;) {
    SmallVector<Value> parts{whole};
    Shape piece = shape;
    for (auto [count, before] : {std::pair((*low)[d], true), std::pair((*high)[d], false)})
      if (count > 0) {
        piece[d] = constantExpr(count, b.getContext());
        parts.insert(before ? parts.begin() : parts.end(), side(piece));
      }
    shape[d] = shape[d] + ((*low)[d] + (*high)[d]);
    if (parts.size() > 1)
      whole = ConcatOp::create(b, pad.getLoc(), parts, d, /*view=*/true);
  }
  y.replaceAllUsesWith(whole);
  group.erase();
  ++surrounded;
}

void Placer::run() {
  for (GroupOp group : llvm::make_early_inc_range(block.getOps<GroupOp>())) {
    Operation *yield = group.getBody().front().getTerminator();
    if (group.getEmitter() != "loop" || yield->getNumOperands() != 1)
      continue;
    Value result = yield->getOperand(0);
    auto slice = result.getDefiningOp<SliceOp>();
    auto pad = result.getDefiningOp<PadOp>();
    if (auto concat = result.getDefiningOp<ConcatOp>())
      place(group, concat);
    else if (slice && isa<BlockArgument>(slice.getX()))
      leaveOut(group, slice);
    else if (pad && isa<BlockArgument>(pad.getX()))
      surround(group, pad);
  }
}

/// Groups learn where their operands and results stand.
void setStrides(GroupOp group) {
  Strides strides = groupStrides(group);
  if (strides.empty())
    return;
  group.setStrides(strides);
  SmallVector<int64_t> pairs;
  for (ArrayRef<int64_t> rest = group.getInPlace(); !rest.empty(); rest = rest.drop_front(2))
    if (group.stridesOf(group.getNumOperands() + rest[0]).empty() && group.stridesOf(rest[1]).empty())
      pairs.append(rest.begin(), rest.begin() + 2);
  group.setInPlace(pairs);
}

struct PlaceParts : impl::PlacePartsPassBase<PlaceParts> {
  void runOnOperation() override {
    SmallVector<Block *> blocks;
    getOperation().walk([&](Block *block) {
      if (!isa<GroupOp>(block->getParentOp()))
        blocks.push_back(block);
    });
    for (Block *inner : blocks) {
      Placer placer(*inner);
      placer.run();
      placed += placer.placed;
      left += placer.left;
      surrounded += placer.surrounded;
    }
    getOperation().walk([](GroupOp group) { setStrides(group); });
  }
};

} // namespace
} // namespace mlc
