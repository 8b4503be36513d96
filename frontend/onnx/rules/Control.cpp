// Branches and loops. What is decided when compiling leaves no trace; short loops are unrolled.
#include "Common.h"

#include "frontend/onnx/Importer.h"

namespace mlc::onnx {

static constexpr int64_t kMaxUnrolled = 64;

//===----------------------------------------------------------------------===//
// If
//===----------------------------------------------------------------------===//

namespace {

// A condition that says whether two expressions are equal, looked up through casts and negations.
struct Equality {
  AffineExpr a, b;
  bool negated = false;
};

std::optional<Equality> equalityOf(NodeContext &n, Value condition) {
  bool negated = false;
  for (int depth = 0; depth < 16; ++depth) {
    mlir::Operation *op = condition.getDefiningOp();
    if (auto cast = llvm::dyn_cast_if_present<CastOp>(op)) {
      condition = cast.getX();
    } else if (auto reshape = llvm::dyn_cast_if_present<ReshapeOp>(op)) {
      condition = reshape.getX();
    } else if (auto inverse = llvm::dyn_cast_if_present<NotOp>(op)) {
      negated = !negated;
      condition = inverse.getX();
    } else if (auto compare = llvm::dyn_cast_if_present<CompareOp>(op)) {
      auto a = n.elements(compare.getA()), b = n.elements(compare.getB());
      if (!a || !b || a->size() != 1 || b->size() != 1 || !(*a)[0].expr || !(*b)[0].expr)
        return std::nullopt;
      if (compare.getRelation() != Relation::eq && compare.getRelation() != Relation::ne)
        return Equality{nullptr, nullptr, false};
      return Equality{(*a)[0].expr, (*b)[0].expr, negated != (compare.getRelation() == Relation::ne)};
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<SmallVector<Value>> importBranch(NodeContext &n, const proto::GraphProto &graph) {
  if (!n.require(graph.input_size() == 0, "a branch has inputs"))
    return std::nullopt;
  Scope inner;
  inner.outer = &n.scope;
  auto results = n.importer.importBody(graph, inner, n.frame, n.loc);
  if (results && !n.require(results->size() >= n.resultCount(), "a branch has fewer results than the node"))
    return std::nullopt;
  return results;
}

// Whether an expression follows from a symbol that is bound while the model runs.
bool followsFromData(AffineExpr expr, mlir::ArrayAttr symbols) {
  bool found = false;
  expr.walk([&](AffineExpr part) {
    auto s = llvm::dyn_cast<mlir::AffineSymbolExpr>(part);
    if (!s || !symbols || s.getPosition() >= symbols.size())
      return;
    auto symbol = llvm::cast<SymbolAttr>(symbols[s.getPosition()]);
    found |= symbol.getKind() == "data";
    for (AffineExpr argument : symbol.getArgs().getResults())
      found |= followsFromData(argument, symbols);
  });
  return found;
}

// Takes the equalities that came since `before` from the function: a branch's assumptions hold only where it runs. Those
// about data stay, since they are checked when their symbols are bound.
mlir::ArrayAttr takeConstraints(mlir::Operation *function, mlir::ArrayAttr before) {
  auto symbols = function->getAttrOfType<mlir::ArrayAttr>(kSymbolsAttr);
  SmallVector<mlir::Attribute> kept, taken;
  if (auto now = function->getAttrOfType<mlir::ArrayAttr>(kConstraintsAttr))
    for (auto pair : now.getAsRange<DimsAttr>()) {
      bool old = before && llvm::is_contained(before, mlir::Attribute(pair));
      bool late = followsFromData(pair[0], symbols) || followsFromData(pair[1], symbols);
      (old || late ? kept : taken).push_back(pair);
    }
  if (!taken.empty())
    function->setAttr(kConstraintsAttr, mlir::ArrayAttr::get(function->getContext(), kept));
  return mlir::ArrayAttr::get(function->getContext(), taken);
}

LogicalResult takeBranch(NodeContext &n, const proto::GraphProto &graph) {
  auto results = importBranch(n, graph);
  if (!results)
    return failure();
  results->truncate(n.resultCount());
  return n.yieldAll(*results);
}

// One type for the results of both branches: dimensions that differ become symbols.
std::optional<SmallVector<Type>> joinTypes(NodeContext &n, ArrayRef<Value> a, ArrayRef<Value> b, SmallVector<int64_t> &symbols) {
  SmallVector<Type> types;
  for (size_t i = 0; i < n.resultCount(); ++i) {
    if (n.rank(a[i]) != n.rank(b[i]) || elementTypeOf(a[i]) != elementTypeOf(b[i]))
      return std::nullopt;
    Shape x = n.dims(a[i]), y = n.dims(b[i]);
    for (size_t d = 0; d < x.size(); ++d) {
      if (x[d] == y[d])
        continue;
      x[d] = n.symbols().add("branch", "data", 0, {});
      symbols.append({llvm::cast<mlir::AffineSymbolExpr>(x[d]).getPosition(), static_cast<int64_t>(i), static_cast<int64_t>(d)});
    }
    types.push_back(tensorType(x, elementTypeOf(a[i])));
  }
  return types;
}

} // namespace

static LogicalResult importIf(NodeContext &n) {
  Value condition = n.operand(0);
  const proto::GraphProto *thenGraph = n.graph("then_branch"), *elseGraph = n.graph("else_branch");
  if (!requireBool(n, condition) || !thenGraph || !elseGraph)
    return failure();
  if (!n.require(tensorTypeOf(condition).hasStaticShape() && tensorTypeOf(condition).getNumElements() == 1,
                 "its condition has more than one element"))
    return failure();
  if (auto known = n.constants(condition))
    return takeBranch(n, (*known)[0] ? *thenGraph : *elseGraph);

  // Both branches, to see what they make of it.
  auto equality = equalityOf(n, condition);
  Diagnostics &problems = n.importer.problems;
  size_t reported = problems.count();
  auto op = IfOp::create(n.builder, n.loc, mlir::TypeRange(), n.reshape(condition, Shape()), ArrayRef<int64_t>());
  std::optional<SmallVector<Value>> results[2];
  mlir::Attribute assumed[2];
  for (int i = 0; i < 2; ++i) {
    mlir::OpBuilder::InsertionGuard guard(n.builder);
    n.builder.createBlock(&op->getRegion(i));
    auto before = n.symbols().getFunction()->getAttrOfType<mlir::ArrayAttr>(kConstraintsAttr);
    results[i] = importBranch(n, i == 0 ? *thenGraph : *elseGraph);
    assumed[i] = takeConstraints(n.symbols().getFunction(), before);
    if (results[i])
      YieldOp::create(n.builder, n.loc, *results[i]);
  }
  if (!results[0] && !results[1] && !equality) {
    op.erase();
    return failure();
  }
  if (bool(results[0]) != bool(results[1]) && !equality) {
    // With these shapes only one branch makes sense (the other is for inputs of other sizes): a run that would take the other
    // one is refused.
    op.erase();
    problems.truncate(reported);
    bool takeThen = results[0].has_value();
    auto taken = n.elements(n.cast(n.reshape(condition, Shape()), n.builder.getI64Type()));
    AffineExpr value = taken && taken->size() == 1 ? n.bind((*taken)[0]) : nullptr;
    if (!value)
      return n.unsupported("one of its branches does not fit the shapes, and which one runs cannot be told");
    n.symbols().constrain(value, n.c(takeThen));
    return takeBranch(n, takeThen ? *thenGraph : *elseGraph);
  }
  SmallVector<int64_t> symbols;
  std::optional<SmallVector<Type>> types;
  if (results[0] && results[1])
    types = joinTypes(n, *results[0], *results[1], symbols);
  if (!types) {
    op.erase();
    if (!equality)
      return n.unsupported("the branches give tensors of different types, and which one runs is known only while the model runs");
    problems.truncate(reported);
    bool takeThen = n.importer.decide();
    if (takeThen != equality->negated && equality->a)
      n.symbols().constrain(equality->a, equality->b);
    return takeBranch(n, takeThen ? *thenGraph : *elseGraph);
  }
  auto typed = IfOp::create(n.builder, n.loc, mlir::TypeRange(*types), op.getCondition(), symbols);
  for (int i = 0; i < 2; ++i) {
    typed->getRegion(i).takeBody(op->getRegion(i));
    auto yield = llvm::cast<YieldOp>(typed->getRegion(i).front().getTerminator());
    yield->setOperands(ArrayRef<Value>(*results[i]).take_front(n.resultCount()));
  }
  typed->setAttr(kConstraintsAttr, n.builder.getArrayAttr(ArrayRef<mlir::Attribute>(assumed)));
  op.erase();
  return n.yieldAll(SmallVector<Value>(typed.getResults()));
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

namespace {

// A loop in ONNX's own terms, for Loop and Scan alike.
struct Iteration {
  const proto::GraphProto *body;
  Value trips;                 // null: no limit
  Value condition;             // null: always true
  SmallVector<Value> carried;
  size_t scanOutputs = 0;
  // Gives the body's inputs from the iteration's number and the carried values.
  std::function<SmallVector<Value>(Value iteration, ArrayRef<Value> carried)> inputs;
  // Whether the body's first output is the next condition.
  bool yieldsCondition = true;
};

struct BodyResult {
  Value condition;
  SmallVector<Value> carried, scanned;
};

std::optional<BodyResult> importBody(NodeContext &n, const Iteration &loop, Value iteration, ArrayRef<Value> carried) {
  SmallVector<Value> inputs = loop.inputs(iteration, carried);
  if (!n.require(static_cast<int>(inputs.size()) == loop.body->input_size(),
                 "its body has " + Twine(loop.body->input_size()) + " inputs, expected " + Twine(inputs.size())))
    return std::nullopt;
  Scope inner;
  inner.outer = &n.scope;
  for (auto [i, value] : llvm::enumerate(inputs)) {
    if (!value)
      return std::nullopt;
    inner.values[loop.body->input(i).name()] = value;
  }
  auto results = n.importer.importBody(*loop.body, inner, n.frame, n.loc);
  if (!results)
    return std::nullopt;
  size_t expected = loop.yieldsCondition + loop.carried.size() + loop.scanOutputs;
  if (!n.require(results->size() == expected, "its body has " + Twine(results->size()) + " outputs, expected " + Twine(expected)))
    return std::nullopt;
  ArrayRef<Value> rest(*results);
  BodyResult result;
  if (loop.yieldsCondition) {
    result.condition = rest[0];
    if (!requireBool(n, result.condition))
      return std::nullopt;
    rest = rest.drop_front();
  }
  result.carried.assign(rest.begin(), rest.begin() + loop.carried.size());
  result.scanned.assign(rest.begin() + loop.carried.size(), rest.end());
  return result;
}

enum class Unrolled { Done, NotConstant, Failed };

Unrolled unroll(NodeContext &n, const Iteration &loop, int64_t trips, SmallVector<Value> &results) {
  SmallVector<Value> carried = loop.carried;
  SmallVector<SmallVector<Value>> scanned(loop.scanOutputs);
  for (int64_t i = 0; i < trips; ++i) {
    auto step = importBody(n, loop, n.integer(i), carried);
    if (!step)
      return Unrolled::Failed;
    carried = step->carried;
    for (auto [list, value] : llvm::zip(scanned, step->scanned))
      list.push_back(n.unsqueeze(value, {0}));
    if (!step->condition)
      continue;
    auto again = n.constants(step->condition);
    if (!again || again->size() != 1)
      return Unrolled::NotConstant;
    if (!(*again)[0])
      break;
  }
  results = carried;
  for (const auto &list : scanned) {
    if (list.empty())
      return Unrolled::NotConstant;
    results.push_back(n.concat(list, 0));
  }
  return Unrolled::Done;
}

// Gives `value` the type that it has at the loop's start; sizes that are not known to be equal have to be.
Value likeCarried(NodeContext &n, Value value, Value start) {
  if (!value || value.getType() == start.getType())
    return value;
  if (elementTypeOf(value) != elementTypeOf(start) || n.rank(value) != n.rank(start)) {
    (void)n.unsupported("a carried value changes its type in the loop");
    return nullptr;
  }
  for (auto [now, before] : llvm::zip(n.dims(value), n.dims(start))) {
    if (now == before)
      continue;
    if (mlc::constantOf(now) && mlc::constantOf(before)) {
      (void)n.unsupported("a carried value changes its shape from iteration to iteration");
      return nullptr;
    }
    n.symbols().constrain(now, before);
  }
  return n.reshape(value, n.dims(start));
}

LogicalResult emitLoop(NodeContext &n, const Iteration &loop, SmallVector<Value> &results) {
  Value trips = loop.trips ? n.reshape(n.cast(loop.trips, n.i64()), Shape()) : Value();
  Value condition = loop.condition ? n.reshape(loop.condition, Shape()) : Value();
  auto op = LoopOp::create(n.builder, n.loc, mlir::TypeRange(), Maybe{trips}, Maybe{condition}, loop.carried, static_cast<uint64_t>(-1));
  std::optional<BodyResult> step;
  bool alwaysTrue = !condition;
  {
    mlir::OpBuilder::InsertionGuard guard(n.builder);
    SmallVector<Type> types{RankedTensorType::get({}, n.i64())};
    for (Value v : loop.carried)
      types.push_back(v.getType());
    mlir::Block *block = n.builder.createBlock(&op.getBody(), {}, types, SmallVector<mlir::Location>(types.size(), n.loc));
    SmallVector<Value> carried(block->getArguments().drop_front());
    step = importBody(n, loop, block->getArgument(0), carried);
    if (!step)
      return failure();
    Value next = step->condition ? n.reshape(step->condition, Shape()) : n.scalar(1.0, n.i1());
    if (auto known = n.constants(next); !known || !(*known)[0])
      alwaysTrue = false;
    SmallVector<Value> yielded{next};
    for (auto [value, start] : llvm::zip(step->carried, loop.carried)) {
      yielded.push_back(likeCarried(n, value, start));
      if (!yielded.back())
        return failure();
    }
    yielded.append(step->scanned);
    YieldOp::create(n.builder, n.loc, yielded);
  }
  // How many iterations there are is a size of what they leave behind.
  SmallVector<Type> types;
  for (Value v : loop.carried)
    types.push_back(v.getType());
  int64_t symbol = -1;
  if (loop.scanOutputs) {
    AffineExpr count;
    if (alwaysTrue && trips)
      count = n.larger(n.fromValue(trips), n.number(int64_t{0})).expr;
    if (!count) {
      count = n.symbols().add("trips", "data", 0, {});
      symbol = llvm::cast<mlir::AffineSymbolExpr>(count).getPosition();
    }
    for (Value v : step->scanned) {
      Shape shape{count};
      // A size that is only known inside of the loop cannot be a size outside.
      shape.append(n.dims(v));
      types.push_back(tensorType(shape, elementTypeOf(v)));
    }
  }
  auto typed = LoopOp::create(n.builder, n.loc, mlir::TypeRange(types), Maybe{trips}, Maybe{condition}, loop.carried,
                              static_cast<uint64_t>(symbol));
  typed.getBody().takeBody(op.getBody());
  op.erase();
  results.assign(typed.getResults().begin(), typed.getResults().end());
  return success();
}

// Unrolls where that is short and possible, else makes a loop.
LogicalResult iterate(NodeContext &n, const Iteration &loop, SmallVector<Value> &results) {
  bool startsTrue = true;
  if (loop.condition) {
    auto known = n.constants(loop.condition);
    startsTrue = known && known->size() == 1 && (*known)[0];
  }
  auto trips = loop.trips ? n.constants(loop.trips) : std::nullopt;
  if (startsTrue && trips && trips->size() == 1 && (*trips)[0] >= 0 && (*trips)[0] <= kMaxUnrolled) {
    mlir::Block *block = n.builder.getInsertionBlock();
    mlir::Operation *last = block->empty() ? nullptr : &block->back();
    switch (unroll(n, loop, (*trips)[0], results)) {
    case Unrolled::Done: return success();
    case Unrolled::Failed: return failure();
    case Unrolled::NotConstant: break;
    }
    // What was made in vain goes again.
    while (!block->empty() && &block->back() != last)
      block->back().erase();
  }
  return emitLoop(n, loop, results);
}

} // namespace

static LogicalResult importLoop(NodeContext &n) {
  Iteration loop;
  loop.body = n.graph("body");
  loop.trips = n.optional(0);
  loop.condition = n.optional(1);
  if (!loop.body || !n.require(n.resultCount() + 2 >= n.operandCount(), "it has fewer results than carried values"))
    return failure();
  for (Value scalar : {loop.trips, loop.condition})
    if (scalar && !n.require(tensorTypeOf(scalar).hasStaticShape() && tensorTypeOf(scalar).getNumElements() == 1,
                             "its number of iterations or its condition is no scalar"))
      return failure();
  if (loop.condition && !requireBool(n, loop.condition))
    return failure();
  for (size_t i = 2; i < n.operandCount(); ++i)
    loop.carried.push_back(n.operand(i));
  if (llvm::is_contained(loop.carried, Value()))
    return failure();
  loop.scanOutputs = n.resultCount() - loop.carried.size();
  loop.inputs = [&](Value iteration, ArrayRef<Value> carried) {
    SmallVector<Value> all{iteration, n.scalar(1.0, n.i1())};
    all.append(carried.begin(), carried.end());
    return all;
  };
  SmallVector<Value> results;
  if (failed(iterate(n, loop, results)))
    return failure();
  return n.yieldAll(results);
}

static LogicalResult importScan(NodeContext &n) {
  Iteration loop;
  loop.body = n.graph("body");
  int64_t inputs = n.integer("num_scan_inputs", 0);
  if (!loop.body)
    return failure();
  int64_t states = static_cast<int64_t>(n.operandCount()) - inputs, outputs = static_cast<int64_t>(n.resultCount()) - states;
  if (!n.require(inputs > 0 && states >= 0 && outputs >= 0, "num_scan_inputs is " + Twine(inputs)))
    return failure();
  auto list = [&](StringRef name, int64_t count) -> SmallVector<int64_t> {
    auto given = n.integers(name).value_or(SmallVector<int64_t>(count, 0));
    n.require(static_cast<int64_t>(given.size()) == count, "attribute '" + name + "' has " + Twine(given.size()) + " entries, expected " + Twine(count));
    given.resize(count);
    return given;
  };
  SmallVector<int64_t> inputAxes = list("scan_input_axes", inputs), inputReversed = list("scan_input_directions", inputs);
  SmallVector<int64_t> outputAxes = list("scan_output_axes", outputs), outputReversed = list("scan_output_directions", outputs);
  if (n.failed())
    return failure();
  SmallVector<Value> scanned;
  AffineExpr steps;
  for (int64_t i = 0; i < inputs; ++i) {
    Value v = n.operand(states + i);
    if (!v || (inputAxes[i] = n.axis(inputAxes[i], n.rank(v))) < 0)
      return failure();
    AffineExpr length = n.dims(v)[inputAxes[i]];
    if (steps && steps != length) {
      if (!n.require(!mlc::constantOf(steps) || !mlc::constantOf(length), "its scan inputs differ in length"))
        return failure();
      n.symbols().constrain(steps, length);
    }
    if (!steps || mlc::constantOf(length))
      steps = length;
    scanned.push_back(inputReversed[i] ? n.reverse(v, inputAxes[i]) : v);
  }
  for (int64_t i = 0; i < states; ++i)
    loop.carried.push_back(n.operand(i));
  if (llvm::is_contained(loop.carried, Value()))
    return failure();
  loop.scanOutputs = outputs;
  loop.yieldsCondition = false;
  loop.trips = n.expression(steps);
  loop.inputs = [&](Value iteration, ArrayRef<Value> carried) {
    SmallVector<Value> all(carried);
    for (auto [value, axis] : llvm::zip(scanned, inputAxes))
      all.push_back(n.gather(value, iteration, axis));
    return all;
  };
  SmallVector<Value> results;
  if (failed(iterate(n, loop, results)))
    return failure();
  for (int64_t i = 0; i < outputs; ++i) {
    Value &v = results[states + i];
    if (outputReversed[i])
      v = n.reverse(v, 0);
    int64_t axis = n.axis(outputAxes[i], n.rank(v));
    if (axis < 0)
      return failure();
    Axes perm = range(1, n.rank(v));
    perm.insert(perm.begin() + axis, 0);
    v = n.transpose(v, perm);
  }
  return n.yieldAll(results);
}

ArrayRef<RuleEntry> controlRules() {
  static const RuleEntry table[] = {
      {"", "If", 1, kAnyVersion, importIf},
      {"", "Loop", 1, kAnyVersion, importLoop},
      {"", "Scan", 9, kAnyVersion, importScan},
  };
  return table;
}

} // namespace mlc::onnx
