// Small operators of classical machine learning.
#include "Common.h"

namespace mlc::onnx {

static LogicalResult importBinarizer(NodeContext &n) {
  double threshold = n.real("threshold", 0.0);
  Value x = n.operand(0);
  if (!requireNumbers(n, x))
    return failure();
  return n.yield(n.cast(n.compare(Relation::gt, isReal(x) ? x : n.cast(x, n.f32()), threshold), elementTypeOf(x)));
}

static LogicalResult importArrayFeatureExtractor(NodeContext &n) {
  Value x = n.operand(0), indices = n.operand(1);
  if (!x || !requireInteger(n, indices) || !n.require(n.rank(x) > 0, "the operand is a scalar"))
    return failure();
  Value list = n.reshape(indices, {n.numElements(indices)});
  Value y = n.gather(x, list, n.rank(x) - 1);
  return n.yield(n.rank(x) == 1 ? n.unsqueeze(y, {0}) : y);
}

// Keys are compared all at once; the first that matches gives the value.
static LogicalResult importLabelEncoder(NodeContext &n) {
  Value x = n.operand(0), keys, values, otherwise;
  for (StringRef name : {"keys_strings", "values_strings", "default_string"})
    if (n.hasAttribute(name))
      return n.unsupported("strings");
  auto table = [&](StringRef kind) -> Value {
    if (auto list = n.integers((kind + "_int64s").str()))
      return n.vector(*list);
    if (auto list = n.realList((kind + "_floats").str()))
      return n.reals(*list, {static_cast<int64_t>(list->size())}, n.f32());
    if (mlir::ElementsAttr tensor = n.tensor((kind + "_tensor").str()))
      return n.constant(tensor);
    return nullptr;
  };
  keys = table("keys");
  values = table("values");
  double defaultReal = n.real("default_float", -0.0);
  int64_t defaultInteger = n.integer("default_int64", -1);
  mlir::ElementsAttr defaultTensor = n.tensor("default_tensor");
  if (!x || n.failed() || !n.require(keys && values && n.rank(keys) == 1 && n.dims(keys) == n.dims(values), "keys and values do not fit") ||
      !n.require(elementTypeOf(keys) == elementTypeOf(x), "the keys have another element type than the operand"))
    return failure();
  Type type = elementTypeOf(values);
  otherwise = defaultTensor ? n.reshape(n.constant(defaultTensor), Shape()) : isReal(type) ? n.scalar(defaultReal, type) : n.integer(defaultInteger, type);
  Value each = n.unsqueeze(x, {n.rank(x)}), hit = n.compare(Relation::eq, each, keys);
  if (isReal(x))
    hit = n.lor(hit, n.land(n.unary<IsNanOp>(each), n.unary<IsNanOp>(keys)));
  Value marks = n.cast(hit, n.builder.getI32Type());
  int64_t last = n.rank(x);
  Value any = n.compare(Relation::gt, n.reduce(ReduceKind::max, marks, {last}, false), 0.0);
  return n.yield(n.select(any, n.gather(values, n.argReduce(ReduceKind::max, marks, last, false), 0), otherwise));
}

static LogicalResult importScaler(NodeContext &n) {
  Value x = n.operand(0);
  auto offset = n.realList("offset"), scale = n.realList("scale");
  if (!requireNumbers(n, x))
    return failure();
  Value y = n.cast(x, n.f32());
  auto row = [&](const SmallVector<double> &v) {
    return v.size() == 1 ? n.scalar(v[0], n.f32()) : n.reals(v, {static_cast<int64_t>(v.size())}, n.f32());
  };
  if (offset && !offset->empty())
    y = n.sub(y, row(*offset));
  if (scale && !scale->empty())
    y = n.mul(y, row(*scale));
  return n.yield(y);
}

static LogicalResult importNormalizer(NodeContext &n) {
  Value x = n.operand(0);
  int64_t norm = n.choice("norm", "MAX", {"MAX", "L1", "L2"});
  if (!requireNumbers(n, x) || !n.require(n.rank(x) == 1 || n.rank(x) == 2, "the operand has to have 1 or 2 dimensions"))
    return failure();
  Value y = n.cast(x, n.f32());
  Axes axes{n.rank(x) - 1};
  Value size = norm == 0   ? n.reduce(ReduceKind::max, n.abs(y), axes, true)
               : norm == 1 ? n.sum(n.abs(y), axes, true)
                           : n.sqrt(n.sum(n.mul(y, y), axes, true));
  return n.yield(n.select(n.compare(Relation::eq, size, 0.0), y, n.div(y, size)));
}

static LogicalResult importLinearRegressor(NodeContext &n) {
  Value x = n.operand(0);
  auto coefficients = n.realList("coefficients"), intercepts = n.realList("intercepts");
  int64_t targets = n.integer("targets", 1);
  std::string transform = n.text("post_transform", "NONE");
  if (transform != "NONE")
    return n.unsupported("post_transform " + transform);
  if (!requireNumbers(n, x) || !n.requireRank(x, 2, "the operand") ||
      !n.require(coefficients && targets > 0 && coefficients->size() % targets == 0, "the coefficients do not fit the targets"))
    return failure();
  Value weights = n.reals(*coefficients, {targets, static_cast<int64_t>(coefficients->size()) / targets}, n.f32());
  Value y = n.matmul(n.cast(x, n.f32()), weights, false, true);
  if (intercepts && !intercepts->empty())
    y = n.add(y, n.reals(*intercepts, {static_cast<int64_t>(intercepts->size())}, n.f32()));
  return n.yield(y);
}

ArrayRef<RuleEntry> mlRules() {
  static const RuleEntry table[] = {
      {"ai.onnx.ml", "ArrayFeatureExtractor", 1, kAnyVersion, importArrayFeatureExtractor},
      {"ai.onnx.ml", "Binarizer", 1, kAnyVersion, importBinarizer},
      {"ai.onnx.ml", "LabelEncoder", 2, kAnyVersion, importLabelEncoder},
      {"ai.onnx.ml", "LinearRegressor", 1, kAnyVersion, importLinearRegressor},
      {"ai.onnx.ml", "Normalizer", 1, kAnyVersion, importNormalizer},
      {"ai.onnx.ml", "Scaler", 1, kAnyVersion, importScaler},
  };
  return table;
}

} // namespace mlc::onnx
