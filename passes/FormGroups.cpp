#include "Passes.h"

#include "ir/Fold.h"
#include "ir/Staging.h"
#include "ir/Views.h"
#include "runtime/kernels/reference.h"

#include "mlir/Analysis/TopologicalSortUtils.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/MapVector.h"

#include <list>
#include <numeric>
#include <thread>

using namespace mlir;

namespace mlc {

#define GEN_PASS_DEF_FORMGROUPSPASS
#include "passes/Passes.h.inc"

namespace {

/// What stays outside of groups.
bool staysOutside(Operation *op) {
  return isa<ConstantOp, SymbolicOp, ReshapeOp, BindOp, IfOp, LoopOp, GroupOp>(op) || isView(op) || op->hasTrait<OpTrait::IsTerminator>();
}

/// Element types that emitters compute with; others are left to references.
bool isRegular(Type t) {
  Type e = cast<RankedTensorType>(t).getElementType();
  if (auto f = dyn_cast<FloatType>(e))
    return f.getWidth() >= 16;
  unsigned w = cast<IntegerType>(e).getWidth();
  return w == 1 || w == 4 || w >= 8;
}

bool regularTypes(Operation *op) {
  return llvm::all_of(op->getOperandTypes(), isRegular) && llvm::all_of(op->getResultTypes(), isRegular);
}

StringRef emitterOf(Operation *op) {
  if (!regularTypes(op))
    return "irregular";
  if (auto conv = dyn_cast<ConvOp>(op))
    return conv.isDepthwise() ? "window" : "contraction";
  if (isa<MatmulOp>(op))
    return "contraction";
  if (isa<PoolOp>(op))
    return "window";
  if (isa<WinogradInputOp, WinogradOutputOp>(op))
    return "winograd";
  if (isa<AttentionOp>(op))
    return "attention";
  if (isa<ReduceOp, ArgReduceOp, CumulativeOp, SoftmaxOp, LayerNormOp>(op))
    return "row";
  if (isa<RecurrentOp>(op))
    return "recurrent";
  if (auto resize = dyn_cast<ResizeOp>(op))
    if (resize.getAntialias() || (resize.getMode() != 0 && !isa<FloatType>(elementTypeOf(resize.getX()))))
      return "irregular";
  if (isa<Pointwise, ConcatOp>(op))
    return "loop";
  return "irregular";
}

struct Group {
  SmallVector<Operation *> ops;
  Operation *root;
  StringRef emitter;
  unsigned epoch;
  bool dead = false; // joined another group
};

// What grows with the product of a kernel's parts (registers, alias checks, the depth of recursion) stays within bounds.
constexpr size_t kMaxOperators = 128, kMaxOperands = 64;

constexpr size_t kManyGroups = 1000;

// A pointwise and a depthwise convolution are one kernel where the image between them would leave the second cache, rows are long
// enough for register tiles, the window and the products are small, and there are so many rows for each that workers would compute
// twice.
constexpr int64_t kRowsPerHalo = 8;
constexpr int64_t kFarBytes = 384 << 10, kFewColumns = 24, kMostTaps = 7, kMostDepth = 256;

/// Operands of all members that are not, in a tree, results of other members.
size_t operandsOf(const Group &g) {
  size_t count = 1;
  for (Operation *op : g.ops)
    count += op->getNumOperands() ? op->getNumOperands() - 1 : 0;
  return count;
}

bool sameShape(Value a, Value b) { return shapeOf(a) == shapeOf(b); }

bool isElementwise(Operation *op) {
  auto p = dyn_cast<Pointwise>(op);
  return p && p.isElementwise();
}

class Former {
public:
  Former(Block &block, unsigned &number) : block(block), number(number) {}
  void run();
  int64_t groupsMade = 0, operatorsFused = 0;

private:
  Group *groupOf(Operation *op) {
    auto it = of.find(op);
    return it == of.end() ? nullptr : it->second;
  }
  Group *producer(Value v) {
    Operation *def = v.getDefiningOp();
    return def && def->getBlock() == &block ? groupOf(def) : nullptr;
  }
  bool dependsOn(Operation *op, Group *target, DenseSet<Operation *> &seen);
  bool mayTakeConsumer(Group *g, Operation *op, Value through);
  void joinConsumers();
  void joinProducers();
  void joinLayouts();
  void joinPointwise();
  bool leadsTo(Group &p, Group &g);
  void joinResultLayout(Group &g);
  bool mayRead(Group &g, Operation *layout, unsigned operand);
  void build(Group &g);
  bool usedOnlyIn(Operation *op, Group *g);

  Block &block;
  unsigned &number;
  std::list<Group> groups;
  DenseMap<Operation *, Group *> of;
  DenseMap<Operation *, unsigned> position;
};

/// Whether an operation needs, through other groups or directly, a result of the group.
bool Former::dependsOn(Operation *op, Group *target, DenseSet<Operation *> &seen) {
  if (op->getBlock() != &block || !seen.insert(op).second)
    return false;
  Group *own = groupOf(op);
  if (own == target)
    return true;
  // Members of one group run together.
  SmallVector<Operation *> members{op};
  if (own)
    members.assign(own->ops.begin(), own->ops.end());
  unsigned first = position[target->ops.front()];
  for (Operation *m : members) {
    seen.insert(m);
    bool found = false;
    m->walk([&](Operation *inner) {
      for (Value v : inner->getOperands()) {
        Operation *def = v.getDefiningOp();
        if (def && def->getBlock() != &block)
          def = block.findAncestorOpInBlock(*def);
        if (def && def != m && position[def] >= first && dependsOn(def, target, seen)) {
          found = true;
          return WalkResult::interrupt();
        }
      }
      return WalkResult::advance();
    });
    if (found)
      return true;
  }
  return false;
}

bool Former::mayTakeConsumer(Group *g, Operation *op, Value through) {
  if (g->emitter == "irregular" || g->emitter == "recurrent" || g->root->getNumResults() != 1 || isa<ConcatOp>(g->root))
    return false;
  if (!isElementwise(op) || !sameShape(op->getResult(0), g->root->getResult(0)))
    return false;
  if (g->ops.size() >= kMaxOperators || operandsOf(*g) + op->getNumOperands() > kMaxOperands)
    return false;
  if (!sameShape(through, op->getResult(0)))
    return false;
  for (Value v : op->getOperands()) {
    Operation *def = v.getDefiningOp();
    if (!def || def->getBlock() != &block)
      continue;
    if (groupOf(def) == g) {
      if (!sameShape(v, op->getResult(0)))
        return false; // an inner value of another shape
      continue;
    }
    DenseSet<Operation *> seen;
    if (dependsOn(def, g, seen))
      return false;
  }
  return true;
}

void Former::joinConsumers() {
  unsigned epoch = 0, at = 0;
  for (Operation &op : block)
    position[&op] = at++;
  for (Operation &op : block) {
    if (isa<BindOp, IfOp, LoopOp>(op))
      ++epoch;
    if (staysOutside(&op))
      continue;
    StringRef emitter = emitterOf(&op);
    Group *home = nullptr;
    if (emitter == "loop" && isElementwise(&op)) {
      // The producer with the most work takes it, so that contractions get their epilogues; of two the first operand's, which
      // does not depend on the order in which they stand (see UnifyForms).
      for (Value v : op.getOperands()) {
        Group *g = producer(v);
        if (!g || g->epoch != epoch || g == home || !mayTakeConsumer(g, &op, v))
          continue;
        auto rank = [](Group *g) { return g->emitter == "contraction" || g->emitter == "attention" ? 3 : g->emitter == "window" || g->emitter == "winograd" ? 2 : g->emitter == "row" ? 1 : 0; };
        if (!home || rank(g) > rank(home))
          home = g;
      }
    }
    if (home) {
      home->ops.push_back(&op);
      of[&op] = home;
      ++operatorsFused;
      op.emitRemark() << "computed in the kernel of " << home->root->getName();
      continue;
    }
    groups.push_back({{&op}, &op, emitter, epoch});
    of[&op] = &groups.back();
  }
}

bool Former::usedOnlyIn(Operation *op, Group *g) {
  return llvm::all_of(op->getUsers(), [&](Operation *user) { return user->getBlock() == &block && groupOf(user) == g; });
}

/// Loops whose only reader is another kernel are computed where they are read.
void Former::joinProducers() {
  bool changed = true;
  while (changed) {
    changed = false;
    for (Group &g : groups) {
      if (g.dead || (g.emitter != "loop" && g.emitter != "row"))
        continue;
      for (size_t i = 0; i < g.ops.size(); ++i) {
        Operation *op = g.ops[i];
        for (Value v : op->getOperands()) {
          Group *p = producer(v);
          if (!p || p == &g || p->dead || p->emitter != "loop" || p->epoch != g.epoch || isa<ConcatOp>(p->root))
            continue;
          // All that the producer makes is read here alone.
          bool inside = llvm::all_of(p->ops, [&](Operation *o) {
            return llvm::all_of(o->getUsers(), [&](Operation *u) { return u->getBlock() == &block && (groupOf(u) == &g || groupOf(u) == p); });
          });
          if (!inside || g.ops.size() + p->ops.size() > kMaxOperators || operandsOf(g) + operandsOf(*p) > kMaxOperands)
            continue;
          unsigned cost = 0;
          bool sampled = false;
          for (Operation *o : p->ops) {
            cost += cast<Pointwise>(o).getElementCost();
            sampled |= isa<ResizeOp>(o);
          }
          // Rows are read several times, and what is repeated by broadcasting is computed again for each element.
          bool repeated = g.emitter == "row" || !sameShape(v, g.root->getResult(0));
          bool last = llvm::all_of(op->getResults(), [&](Value r) { return sameShape(r, g.root->getResult(0)); });
          if (g.emitter == "row" && op != g.root && cost > 4)
            continue;
          if ((repeated && cost > 6) || sampled || !last)
            continue;
          if (isa<LayerNormOp, SoftmaxOp>(g.root) && cost > 2)
            continue;
          // A row's other operands are read at the row's own index.
          if (g.emitter == "row" && op == g.root && v != op->getOperand(0))
            continue;
          p->root->emitRemark() << "computed where " << op->getName() << " reads it";
          for (Operation *o : p->ops)
            of[o] = &g;
          operatorsFused += p->ops.size();
          g.ops.append(p->ops.begin(), p->ops.end());
          llvm::sort(g.ops, [&](Operation *a, Operation *b) { return position[a] < position[b]; });
          p->dead = true;
          changed = true;
          break;
        }
      }
    }
  }
}

/// Zeros around the spatial dimensions, which a window that is clipped at the border need not read.
static bool surrounds(PadOp pad) {
  auto zero = [](AffineExpr e) { return constantOf(e) == std::optional<int64_t>(0); };
  auto low = pad.getLow().exprs(), high = pad.getHigh().exprs();
  return zero(low.front()) && zero(low.back()) && zero(high.front()) && zero(high.back()) && isZeroPadding(pad);
}

/// Whether a transpose leaves the innermost dimension where it is.
static bool keepsLines(Operation *op) {
  ArrayRef<int64_t> perm = cast<TransposeOp>(op).getPerm();
  return perm.back() + 1 == static_cast<int64_t>(perm.size());
}

/// Whether the keys or values of a head that a transpose would bring together lie so far apart that they share few sets of a
/// cache and come from memory for each block of queries; then they are better brought together once. For a cache of 8 ways of
/// 1024 lines, which keys and values share.
static bool crowded(AttentionOp op, TransposeOp transpose) {
  constexpr int64_t kWays = 8, kSets = 1024, kLine = 64, kFewQueries = 64;
  Shape y = shapeOf(op.getY()), turned = shapeOf(transpose.getY());
  auto queries = constantOf(y[y.size() - 2]), rows = constantOf(turned[turned.size() - 2]), numbers = constantOf(turned.back());
  if (!rows || !numbers || (queries && *queries <= kFewQueries))
    return false;
  auto slice = transpose.getX().getDefiningOp<SliceOp>();
  auto memory = constantsOf(shapeOf(slice ? slice.getX() : transpose.getX()));
  if (!memory)
    return false;
  int64_t bytes = storageBytes(elementTypeOf(op.getY())), distance = bytes;
  for (int64_t size : ArrayRef(*memory).drop_front(transpose.getPerm().end()[-2] + 1))
    distance *= size;
  int64_t apart = std::gcd(std::max<int64_t>(1, distance / kLine), kSets), lines = llvm::divideCeil(*numbers * bytes, kLine);
  return 2 * *rows * std::max(apart, lines) > kWays * kSets;
}

/// Whether a root can do without what only lays out an operand of it.
bool Former::mayRead(Group &g, Operation *layout, unsigned operand) {
  if (g.emitter == "attention") { // any strides do, but lines should be used whole
    auto transpose = dyn_cast<TransposeOp>(layout);
    if (!transpose)
      return isa<SliceOp>(layout);
    return keepsLines(transpose) && !((operand == 1 || operand == 2) && crowded(cast<AttentionOp>(g.root), transpose));
  }
  if (operand > 0)
    return false;
  auto conv = dyn_cast<ConvOp>(g.root);
  if (auto pad = dyn_cast<PadOp>(layout))
    return conv && (g.emitter == "window" ? surrounds(pad) : g.emitter == "contraction" && stagingOf(conv).pad == pad);
  auto transpose = dyn_cast<TransposeOp>(layout);
  if (!transpose || g.emitter != "contraction")
    return false;
  // Elements of A are read one by one, so that any strides do; but lines should be used whole.
  return keepsLines(transpose) || (conv && transpose.getY().getType().getShape().back() <= kFewChannels);
}

/// Depthwise convolutions read past the padding of their input, contractions and attention in another order, and contractions
/// stage small padded rows.
void Former::joinLayouts() {
  for (Group &g : groups) {
    if (g.dead)
      continue;
    for (unsigned i = 0; i < g.root->getNumOperands(); ++i) {
      // The order, then what is around, or layouts of layouts.
      for (Value v = g.root->getOperand(i); v.getDefiningOp();) {
        Operation *layout = v.getDefiningOp();
        Group *p = producer(v);
        if (!p || p == &g || p->dead || p->root != layout || p->ops.size() != 1 || p->epoch != g.epoch || !layout->hasOneUse() || !mayRead(g, layout, i))
          break;
        layout->emitRemark() << (!isa<PadOp>(layout)      ? "left out: read in this order"
                                 : g.emitter == "window" ? "left out: the window is clipped at the border"
                                                         : "left out: the kernel copies the rows of a block beside their zeros");
        of[layout] = &g;
        ++operatorsFused;
        g.ops.insert(g.ops.begin(), layout);
        p->dead = true;
        if (isa<PadOp>(layout))
          break;
        v = layout->getOperand(0);
      }
    }
    llvm::sort(g.ops, [&](Operation *a, Operation *b) { return position[a] < position[b]; });
    joinResultLayout(g);
  }
}

/// Whether a pointwise convolution's result is better never stored: it is large, and only a depthwise convolution reads it.
bool Former::leadsTo(Group &p, Group &g) {
  auto first = dyn_cast<ConvOp>(p.root), second = dyn_cast<ConvOp>(g.root);
  if (!first || !second || p.emitter != "contraction" || g.emitter != "window" || p.epoch != g.epoch || second.getSpatialRank() != 2)
    return false;
  auto ones = [](ArrayRef<int64_t> list) { return llvm::all_of(list, [](int64_t v) { return v == 1; }); };
  auto type = p.ops.back()->getResult(0).getType();
  auto middle = cast<RankedTensorType>(type);
  SmallVector<int64_t> window = second.getWindow();
  auto depth = constantOf(shapeOf(first.getX()).back());
  bool simple = ones(first.getWindow()) && ones(first.getStrides()) && first.getGroups() == 1 && ones(second.getDilations()) &&
                window[0] <= kMostTaps && window[1] <= kMostTaps;
  if (!simple || !middle.hasStaticShape() || !second.getY().getType().hasStaticShape() || !depth || *depth > kMostDepth ||
      !middle.getElementType().isF32() || !elementTypeOf(second.getY()).isF32() || !elementTypeOf(first.getY()).isF32() ||
      middle.getShape().back() % kPanel || kRowsPerHalo * (window[0] - second.getStrides()[0]) > second.getY().getType().getDimSize(1) * second.getStrides()[0] ||
      middle.getDimSize(2) < kFewColumns || middle.getNumElements() * 4 < kFarBytes)
    return false;
  // All of it flows through one value, by which the kernel's operators stand in a row.
  for (Operation *op : p.ops)
    for (Operation *user : op->getUsers())
      if (user->getBlock() != &block || (groupOf(user) != &p && (op != p.ops.back() || groupOf(user) != &g)))
        return false;
  return p.ops.back()->hasOneUse() && llvm::all_of(p.ops, [&](Operation *op) { return op == p.root || isElementwise(op); });
}

void Former::joinPointwise() {
  for (Group &g : groups) {
    if (g.dead || g.emitter != "window" || !isa<ConvOp>(g.root))
      continue;
    Value x = g.root->getOperand(0);
    if (auto pad = x.getDefiningOp<PadOp>(); pad && groupOf(pad) == &g)
      x = pad.getX();
    Group *p = producer(x);
    if (!p || p == &g || p->dead || p->ops.back() != x.getDefiningOp() || !leadsTo(*p, g) ||
        g.ops.size() + p->ops.size() > kMaxOperators || operandsOf(g) + operandsOf(*p) > kMaxOperands)
      continue;
    p->root->emitRemark() << "computed row by row for the depthwise convolution that reads it";
    for (Operation *op : p->ops)
      of[op] = &g;
    operatorsFused += p->ops.size();
    g.ops.insert(g.ops.begin(), p->ops.begin(), p->ops.end());
    g.emitter = "separable";
    p->dead = true;
  }
}

/// Attention writes its result in the order in which the next kernel reads it; with the transpose comes what joined it.
void Former::joinResultLayout(Group &g) {
  if (g.emitter != "attention" || g.ops.back() != g.root || !g.root->hasOneUse())
    return;
  Operation *layout = *g.root->getUsers().begin();
  Group *p = layout->getBlock() == &block ? groupOf(layout) : nullptr;
  if (!p || p == &g || p->dead || p->root != layout || p->emitter != "loop" || p->epoch != g.epoch || !isa<TransposeOp>(layout) || !keepsLines(layout))
    return;
  layout->emitRemark() << "left out: written in this order";
  for (Operation *op : p->ops)
    of[op] = &g;
  operatorsFused += p->ops.size();
  g.ops.append(p->ops.begin(), p->ops.end());
  p->dead = true;
}

/// Whether the group's results at an index follow from the value at that very index, or, of rows, from that row.
static bool readAtIndex(Value v, ArrayRef<Operation *> members) {
  return llvm::all_of(members, [&](Operation *u) {
    if (!llvm::is_contained(u->getOperands(), v) || (isa<SoftmaxOp, LayerNormOp>(u) && u->getOperand(0) == v))
      return true;
    return isElementwise(u) && sameShape(u->getResult(0), v) && readAtIndex(u->getResult(0), members);
  });
}

void Former::build(Group &g) {
  MLIRContext *ctx = block.getParentOp()->getContext();
  DenseSet<Operation *> members(g.ops.begin(), g.ops.end());
  Operation *last = g.ops.back();
  OpBuilder b(last);
  SmallVector<Value> operands, results;
  llvm::MapVector<Value, ConstantOp> inlined; // in the order of their first use, which the kernel's text follows
  for (Operation *op : g.ops) {
    for (Value v : op->getOperands()) {
      if (members.contains(v.getDefiningOp()) || llvm::is_contained(operands, v) || inlined.count(v))
        continue;
      DenseElementsAttr splat;
      // Among thousands of groups equal kernels matter more than constants within them.
      bool scalar = groups.size() <= kManyGroups && (isElementwise(op) || (isa<PadOp>(op) && v == cast<PadOp>(op).getValue()));
      if (scalar && matchPattern(v, m_Constant(&splat)) && splat.isSplat() && isRegular(v.getType()) &&
          llvm::all_of(v.getUsers(), [&](Operation *u) { return !members.contains(u) || isElementwise(u) || isa<PadOp>(u); })) {
        inlined[v] = v.getDefiningOp<ConstantOp>();
        continue;
      }
      operands.push_back(v);
    }
    bool all = isa<RecurrentOp, CallOp>(op);
    for (Value r : op->getResults())
      if (all || llvm::any_of(r.getUsers(), [&](Operation *u) { return !members.contains(u); }))
        results.push_back(r);
  }
  // What is fused into several kernels has no result that anyone reads: it was dead.
  if (results.empty()) {
    for (Operation *op : llvm::reverse(g.ops))
      op->erase();
    g.dead = true;
    return;
  }

  // The group's own symbols: those of the function that its types and attributes speak of, in the order of appearance.
  SmallVector<AffineExpr> outer;
  auto local = [&](AffineExpr e) {
    return e.replace([&]() {
      DenseMap<AffineExpr, AffineExpr> map;
      e.walk([&](AffineExpr part) {
        auto s = dyn_cast<AffineSymbolExpr>(part);
        if (!s)
          return;
        auto it = llvm::find(outer, part);
        if (it == outer.end()) {
          outer.push_back(part);
          it = outer.end() - 1;
        }
        map[part] = getAffineSymbolExpr(it - outer.begin(), ctx);
      });
      return map;
    }());
  };
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](DimsAttr dims) -> std::pair<Attribute, WalkResult> {
    SmallVector<AffineExpr> exprs;
    for (AffineExpr e : dims.exprs())
      exprs.push_back(local(e));
    return {DimsAttr::get(ctx, exprs), WalkResult::skip()};
  });

  // Scratch memory of a reference is a further result.
  AffineExpr scratch = constantExpr(0, ctx);
  if (g.emitter == "irregular") {
    if (auto reference = dyn_cast<Reference>(g.root)) {
      ReferenceCall call;
      const ref::Entry *entry = succeeded(reference.getReference(call)) ? ref::find(call.name.c_str()) : nullptr;
      if (entry && entry->scratch) {
        auto describe = [](Value v) {
          ref::Tensor d{};
          d.dtype = dtypeOf(elementTypeOf(v));
          d.rank = static_cast<int32_t>(tensorTypeOf(v).getRank());
          return d;
        };
        SmallVector<ref::Tensor> ins, outs;
        SmallVector<Value> values;
        size_t next = 0, count = call.mask.empty() ? g.root->getNumOperands() : call.mask.size();
        for (size_t i = 0; i < count; ++i) {
          values.push_back(call.mask.empty() || call.mask[i] ? g.root->getOperand(next++) : Value());
          ins.push_back(values.back() ? describe(values.back()) : ref::Tensor{});
        }
        for (Value r : g.root->getResults())
          outs.push_back(describe(r));
        ref::Call c{};
        c.inputs = ins.data(), c.inputCount = ins.size(), c.outputs = outs.data(), c.outputCount = outs.size();
        c.ints = call.ints.data(), c.intCount = call.ints.size(), c.floats = call.floats.data(), c.floatCount = call.floats.size();
        ref::Scratch bytes;
        entry->scratch(&c, bytes);
        for (const auto &term : ArrayRef(bytes.terms, bytes.count)) {
          AffineExpr product = constantExpr(term.factor, ctx);
          for (const auto &dim : ArrayRef(term.dims, term.count)) {
            bool in = dim.tensor >= ins.begin() && dim.tensor < ins.end();
            Value of = in ? values[dim.tensor - ins.begin()] : Value(g.root->getResult(dim.tensor - outs.begin()));
            product = product * shapeOf(of)[dim.axis];
          }
          scratch = scratch + product;
        }
      }
    }
  }

  SmallVector<Type> resultTypes;
  for (Value r : results)
    resultTypes.push_back(r.getType());
  bool hasScratch = constantOf(scratch) != 0;
  if (hasScratch)
    resultTypes.push_back(tensorType({scratch}, b.getIntegerType(8)));
  SmallVector<Location> locations;
  for (Operation *op : g.ops)
    locations.push_back(op->getLoc());
  Location loc = FusedLoc::get(ctx, locations);
  auto group = GroupOp::create(b, loc, resultTypes, operands, ("k" + Twine(number++)).str(), g.emitter, DimsAttr::get(ctx, ArrayRef<AffineExpr>()),
                               ArrayRef<int64_t>{}, ArrayRef<int64_t>{});
  Block *body = b.createBlock(&group.getBody());
  IRMapping mapping;
  for (Value v : operands)
    mapping.map(v, body->addArgument(replacer.replace(v.getType()), v.getLoc()));
  for (auto [v, c] : inlined)
    mapping.map(v, cast<ConstantOp>(b.clone(*c.getOperation())).getY());
  SmallVector<Value> yields;
  Value scratchValue;
  if (hasScratch) {
    auto zero = DenseElementsAttr::get(RankedTensorType::get({1}, b.getIntegerType(8)), b.getI8IntegerAttr(0));
    scratchValue = BroadcastOp::create(b, loc, replacer.replace(resultTypes.back()), ConstantOp::create(b, loc, zero));
  }
  for (Operation *op : g.ops) {
    Operation *copy = b.clone(*op, mapping);
    replacer.replaceElementsIn(copy, /*replaceAttrs=*/true, /*replaceLocs=*/false, /*replaceTypes=*/true);
  }
  for (Value r : results)
    yields.push_back(mapping.lookup(r));
  if (hasScratch)
    yields.push_back(scratchValue);
  YieldOp::create(b, loc, yields);
  group.setSymbolsAttr(DimsAttr::get(ctx, outer));

  // A result may take over the memory of an operand that is read at the same index only.
  SmallVector<int64_t> inPlace;
  SmallVector<bool> taken(operands.size());
  if (g.emitter != "irregular" && g.emitter != "recurrent" && !isa<ConcatOp>(g.root) &&
      llvm::all_of(g.ops, [&](Operation *op) { return op == g.root || isElementwise(op) || (isa<PadOp, TransposeOp>(op) && op->getResult(0) == g.root->getOperand(0)); }))
    for (auto [r, result] : llvm::enumerate(results))
      for (auto [o, operand] : llvm::enumerate(operands)) {
        bool same = operand.getType() == result.getType() && !taken[o];
        if (same && readAtIndex(operand, g.ops)) {
          inPlace.append({static_cast<int64_t>(r), static_cast<int64_t>(o)});
          taken[o] = true;
          break;
        }
      }
  group.setInPlace(inPlace);

  for (auto [r, made] : llvm::zip(results, group.getResults()))
    r.replaceUsesWithIf(made, [&](OpOperand &use) { return !members.contains(use.getOwner()); });
  for (Operation *op : llvm::reverse(g.ops))
    op->erase();
  ++groupsMade;
}

void Former::run() {
  joinConsumers();
  joinLayouts();
  joinPointwise();
  joinProducers();
  for (Group &g : groups)
    if (!g.dead)
      build(g);
  // A group stands where its last member stood; whoever reads an earlier member's value may stand before it.
  auto begin = block.begin();
  for (auto it = block.begin(); it != block.end(); ++it)
    if (isa<BindOp, IfOp, LoopOp>(*it) || it->hasTrait<OpTrait::IsTerminator>()) {
      sortTopologically(&block, llvm::make_range(begin, it));
      begin = std::next(it);
    }
}

struct FormGroups : impl::FormGroupsPassBase<FormGroups> {
  void runOnOperation() override {
    unsigned number = 0;
    SmallVector<Block *> blocks;
    getOperation().walk([&](Block *block) {
      if (!isa<GroupOp>(block->getParentOp()))
        blocks.push_back(block);
    });
    bool bad = false;
    ScopedDiagnosticHandler watch(&getContext(), [&bad, self = std::this_thread::get_id()](Diagnostic &d) {
      if (std::this_thread::get_id() == self)
        bad |= d.getSeverity() == DiagnosticSeverity::Error;
      return failure();
    });
    for (Block *block : blocks) {
      Former former(*block, number);
      former.run();
      groups += former.groupsMade;
      fused += former.operatorsFused;
    }
    if (bad)
      signalPassFailure();
  }
};

} // namespace
} // namespace mlc
