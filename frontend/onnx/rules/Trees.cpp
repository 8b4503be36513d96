// Tree ensembles: the tables that the kernel wants (runtime/kernels/irregular/Trees.cpp), from ONNX's parallel lists.
#include "Common.h"

#include "mlir/IR/DialectResourceBlobManager.h"

#include <cstring>
#include <map>
#include <set>

namespace mlc::onnx {

namespace {

// The values of a tensor attribute of real numbers or bytes.
std::optional<SmallVector<double>> tensorValues(NodeContext &n, StringRef name) {
  if (!n.hasAttribute(name))
    return std::nullopt;
  mlir::ElementsAttr value = n.tensor(name);
  if (!value)
    return std::nullopt;
  Type type = value.getElementType();
  SmallVector<double> result;
  if (auto dense = llvm::dyn_cast<mlir::DenseFPElementsAttr>(value)) {
    for (llvm::APFloat v : dense.getValues<llvm::APFloat>()) {
      bool lost;
      v.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &lost);
      result.push_back(v.convertToDouble());
    }
  } else if (auto ints = llvm::dyn_cast<mlir::DenseIntElementsAttr>(value)) {
    for (const llvm::APInt &v : ints.getValues<llvm::APInt>())
      result.push_back(static_cast<double>(v.getZExtValue()));
  } else if (auto resource = llvm::dyn_cast<mlir::DenseResourceElementsAttr>(value)) {
    ArrayRef<char> bytes = resource.getData();
    for (int64_t i = 0; i < value.getNumElements(); ++i) {
      float f;
      double d;
      if (type.isF64())
        std::memcpy(&d, bytes.data() + i * 8, 8);
      else if (type.isF32())
        std::memcpy(&f, bytes.data() + i * 4, 4), d = f;
      else
        d = static_cast<uint8_t>(bytes[i]);
      result.push_back(d);
    }
  }
  n.require(static_cast<int64_t>(result.size()) == value.getNumElements(), "attribute '" + name + "' has elements of an unexpected type");
  return result;
}

// A list of reals, or the tensor that may stand in its place.
SmallVector<double> realsOf(NodeContext &n, StringRef name, bool &isDouble) {
  if (auto list = n.realList(name))
    return *list;
  std::string asTensor = (name + "_as_tensor").str();
  auto values = tensorValues(n, asTensor);
  isDouble |= values.has_value() && n.tensor(asTensor).getElementType().isF64();
  return values.value_or(SmallVector<double>());
}

struct Forest {
  SmallVector<int64_t> feature, mode, whenTrue, whenFalse, roots, leafBegin{0}, target, setBegin{0};
  SmallVector<double> value, weight, base, members;
  bool isDouble = false;
  int64_t targets = 1, aggregate = 0, transform = 0, binary = 0;
};

// Every node has one parent at most and a root none, so that every walk ends.
bool isForest(NodeContext &n, const Forest &f, int64_t columns) {
  int64_t nodes = f.feature.size(), leaves = f.leafBegin.size() - 1;
  SmallVector<bool> entered(nodes, false);
  auto enter = [&](int64_t to) {
    if (to < 0)
      return n.require(-1 - to < leaves, "a tree leads to a leaf that does not exist");
    if (!n.require(to < nodes, "a tree leads to a node that does not exist") || !n.require(!entered[to], "a node has two parents"))
      return false;
    entered[to] = true;
    return true;
  };
  for (int64_t root : f.roots)
    if (!enter(root))
      return false;
  for (int64_t i = 0; i < nodes; ++i)
    if (!enter(f.whenTrue[i]) || !enter(f.whenFalse[i]) ||
        !n.require(f.feature[i] >= 0 && (columns < 0 || f.feature[i] < columns),
                   "a node looks at column " + Twine(f.feature[i]) + ", which the operand does not have"))
      return false;
  for (int64_t t : f.target)
    if (!n.require(t >= 0 && t < f.targets, "a weight belongs to target " + Twine(t) + " of " + Twine(f.targets)))
      return false;
  return n.require(f.base.empty() || static_cast<int64_t>(f.base.size()) == f.targets, "base_values do not fit the targets");
}

SmallVector<Value> emit(NodeContext &n, Value x, const Forest &f, bool labels) {
  SmallVector<Value> none(2, Value());
  if (!x || n.failed() || !n.require(n.rank(x) == 2, "the operand has " + Twine(n.rank(x)) + " dimensions, expected 2") ||
      !isForest(n, f, mlc::constantOf(n.dims(x)[1]).value_or(-1)))
    return none;
  Type real = f.isDouble || elementTypeOf(x).isF64() ? Type(n.builder.getF64Type()) : n.f32(), i32 = n.builder.getI32Type();
  auto ints = [&](ArrayRef<int64_t> v) { return n.vector(v, i32); };
  auto reals = [&](ArrayRef<double> v) { return n.reals(v, {static_cast<int64_t>(v.size())}, real); };
  SmallVector<Value> operands{x, ints(f.feature), reals(f.value), n.vector(f.mode, n.ui8()), ints(f.whenTrue), ints(f.whenFalse), ints(f.roots),
                              ints(f.leafBegin), ints(f.target), reals(f.weight), f.base.empty() ? Value() : reals(f.base),
                              f.members.empty() ? Value() : ints(f.setBegin), f.members.empty() ? Value() : reals(f.members)};
  AffineExpr rows = n.dims(x)[0];
  int64_t columns = f.binary ? 2 : f.targets;
  SmallVector<Type> types{n.typeOf({rows, n.c(columns)}, real)};
  if (labels)
    types.push_back(n.typeOf({rows}, n.i64()));
  SmallVector<Value> results = n.call("tree_ensemble", operands, types, {f.aggregate, f.transform, f.binary});
  results.resize(2);
  return results;
}

int64_t modeOf(NodeContext &n, StringRef name) {
  static constexpr StringRef names[] = {"BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"};
  for (auto [i, each] : llvm::enumerate(names))
    if (name == each)
      return i;
  n.require(false, "mode '" + name + "' of a node is unknown");
  return 0;
}

// The older form: nodes and leaves in one list, named by tree and number; weights named the same way.
std::optional<Forest> readByNames(NodeContext &n, StringRef kind) {
  Forest f;
  auto list = [&](const Twine &name) { return n.integers(name.str()).value_or(SmallVector<int64_t>()); };
  auto trees = list("nodes_treeids"), ids = list("nodes_nodeids"), features = list("nodes_featureids");
  auto trueIds = list("nodes_truenodeids"), falseIds = list("nodes_falsenodeids"), missing = list("nodes_missing_value_tracks_true");
  auto modes = n.texts("nodes_modes").value_or(SmallVector<std::string>());
  auto values = realsOf(n, "nodes_values", f.isDouble);
  (void)realsOf(n, "nodes_hitrates", f.isDouble);
  auto weightTrees = list(kind + "_treeids"), weightNodes = list(kind + "_nodeids"), weightTargets = list(kind + "_ids");
  auto weights = realsOf(n, (kind + "_weights").str(), f.isDouble);
  f.base = realsOf(n, "base_values", f.isDouble);
  f.transform = n.choice("post_transform", "NONE", {"NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"});
  size_t count = ids.size();
  if (!n.require(count > 0 && trees.size() == count && features.size() == count && trueIds.size() == count && falseIds.size() == count &&
                     modes.size() == count && values.size() == count && (missing.empty() || missing.size() == count),
                 "the lists of nodes differ in length") ||
      !n.require(weightTrees.size() == weights.size() && weightNodes.size() == weights.size() && weightTargets.size() == weights.size(),
                 "the lists of weights differ in length"))
    return std::nullopt;
  using Name = std::pair<int64_t, int64_t>;
  std::map<Name, int64_t> place;                    // node number, or -1 - leaf number
  std::map<Name, SmallVector<size_t>> weightsOf;
  for (size_t i = 0; i < weights.size(); ++i)
    weightsOf[{weightTrees[i], weightNodes[i]}].push_back(i);
  int64_t nodes = 0, leaves = 0;
  for (size_t i = 0; i < count; ++i) {
    Name name{trees[i], ids[i]};
    bool leaf = modes[i] == "LEAF";
    if (!n.require(place.try_emplace(name, leaf ? -1 - leaves : nodes).second, "a node is there twice"))
      return std::nullopt;
    if (leaf) {
      ++leaves;
      if (auto it = weightsOf.find(name); it != weightsOf.end())
        for (size_t w : it->second) {
          f.target.push_back(weightTargets[w]);
          f.weight.push_back(weights[w]);
        }
      f.leafBegin.push_back(f.target.size());
    } else {
      ++nodes;
    }
  }
  std::set<int64_t> seen;
  for (size_t i = 0; i < count; ++i) {
    // The first node of a tree is its root.
    if (seen.insert(trees[i]).second)
      f.roots.push_back(place[{trees[i], ids[i]}]);
    if (modes[i] == "LEAF")
      continue;
    auto whenTrue = place.find({trees[i], trueIds[i]}), whenFalse = place.find({trees[i], falseIds[i]});
    if (!n.require(whenTrue != place.end() && whenFalse != place.end(), "a tree leads to a node that does not exist"))
      return std::nullopt;
    f.whenTrue.push_back(whenTrue->second);
    f.whenFalse.push_back(whenFalse->second);
    f.feature.push_back(features[i]);
    f.value.push_back(values[i]);
    f.mode.push_back(modeOf(n, modes[i]) + (!missing.empty() && missing[i] ? 128 : 0));
  }
  return f;
}

} // namespace

static LogicalResult importRegressor(NodeContext &n) {
  Value x = n.operand(0);
  auto f = readByNames(n, "target");
  int64_t targets = n.integer("n_targets", 1);
  int64_t aggregate = n.choice("aggregate_function", "SUM", {"SUM", "AVERAGE", "MIN", "MAX"});
  if (!f || !n.require(targets > 0 && targets < 1 << 24, "n_targets is " + Twine(targets)))
    return failure();
  f->targets = targets;
  f->aggregate = aggregate;
  Value scores = emit(n, x, *f, false)[0];
  return n.yield(scores ? n.cast(scores, n.f32()) : Value());
}

static LogicalResult importClassifier(NodeContext &n) {
  Value x = n.operand(0);
  auto f = readByNames(n, "class");
  auto labels = n.integers("classlabels_int64s");
  if (n.hasAttribute("classlabels_strings") && n.texts("classlabels_strings").value_or(SmallVector<std::string>()).size())
    return n.unsupported("labels that are strings");
  if (!f || !n.require(labels && !labels->empty(), "classlabels_int64s is missing"))
    return failure();
  f->targets = labels->size();
  std::set<int64_t> used(f->target.begin(), f->target.end());
  // Two classes, one with weights: the other one's score follows.
  if (labels->size() == 2 && used.size() == 1) {
    bool positive = llvm::all_of(f->weight, [](double w) { return w >= 0; });
    f->binary = positive ? 1 : 2;
    f->targets = 1;
    std::fill(f->target.begin(), f->target.end(), 0);
    if (f->base.size() == 2)
      f->base = {f->base[1]};
  }
  SmallVector<Value> results = emit(n, x, *f, true);
  if (!results[0] || !results[1])
    return failure();
  n.result(0, n.gather(n.vector(*labels), results[1], 0));
  n.result(1, n.cast(results[0], n.f32()));
  return success();
}

// The newer form: nodes and leaves in lists of their own, sets for the mode 6.
static LogicalResult importEnsemble(NodeContext &n) {
  Value x = n.operand(0);
  Forest f;
  auto list = [&](StringRef name) { return n.integers(name).value_or(SmallVector<int64_t>()); };
  auto modes = tensorValues(n, "nodes_modes"), splits = tensorValues(n, "nodes_splits"), leafWeights = tensorValues(n, "leaf_weights");
  auto members = tensorValues(n, "membership_values");
  (void)tensorValues(n, "nodes_hitrates");
  auto trueLeaf = list("nodes_trueleafs"), falseLeaf = list("nodes_falseleafs"), missing = list("nodes_missing_value_tracks_true");
  f.whenTrue = list("nodes_truenodeids");
  f.whenFalse = list("nodes_falsenodeids");
  f.feature = list("nodes_featureids");
  f.roots = list("tree_roots");
  f.target = list("leaf_targetids");
  f.targets = n.integer("n_targets", 1);
  static constexpr int64_t aggregates[] = {1, 0, 2, 3};
  int64_t aggregate = n.integer("aggregate_function", 1);
  f.transform = n.integer("post_transform", 0);
  size_t count = f.feature.size();
  if (n.failed() || !n.require(modes && splits && leafWeights, "a list is missing") ||
      !n.require(modes->size() == count && splits->size() == count && f.whenTrue.size() == count && f.whenFalse.size() == count &&
                     trueLeaf.size() == count && falseLeaf.size() == count && (missing.empty() || missing.size() == count) &&
                     leafWeights->size() == f.target.size(),
                 "the lists of nodes differ in length") ||
      !n.require(aggregate >= 0 && aggregate < 4 && f.transform >= 0 && f.transform < 5, "an attribute is out of range") ||
      !n.require(f.targets > 0 && f.targets < 1 << 24, "n_targets is " + Twine(f.targets)))
    return failure();
  f.aggregate = aggregates[aggregate];
  f.weight = *leafWeights;
  f.value = *splits;
  f.isDouble = n.tensor("nodes_splits").getElementType().isF64();
  for (size_t i = 0; i < f.target.size(); ++i)
    f.leafBegin.push_back(i + 1);
  // Sets are separated by NaN, in the order of the nodes that ask for them.
  size_t nextMember = 0;
  for (size_t i = 0; i < count; ++i) {
    int64_t mode = static_cast<int64_t>((*modes)[i]);
    if (!n.require(mode >= 0 && mode <= 6, "mode " + Twine(mode) + " of a node is unknown"))
      return failure();
    if (mode == 6) {
      f.value[i] = static_cast<double>(f.setBegin.size() - 1);
      while (members && nextMember < members->size() && !std::isnan((*members)[nextMember]))
        f.members.push_back((*members)[nextMember++]);
      ++nextMember;
      f.setBegin.push_back(f.members.size());
    }
    f.mode.push_back(mode + (!missing.empty() && missing[i] ? 128 : 0));
    if (trueLeaf[i])
      f.whenTrue[i] = -1 - f.whenTrue[i];
    if (falseLeaf[i])
      f.whenFalse[i] = -1 - f.whenFalse[i];
  }
  Value scores = emit(n, x, f, false)[0];
  return n.yield(scores && isReal(x) ? n.cast(scores, elementTypeOf(x)) : scores);
}

ArrayRef<RuleEntry> treeRules() {
  static const RuleEntry table[] = {
      {"ai.onnx.ml", "TreeEnsemble", 5, kAnyVersion, importEnsemble},
      {"ai.onnx.ml", "TreeEnsembleClassifier", 1, kAnyVersion, importClassifier},
      {"ai.onnx.ml", "TreeEnsembleRegressor", 1, kAnyVersion, importRegressor},
  };
  return table;
}

} // namespace mlc::onnx
