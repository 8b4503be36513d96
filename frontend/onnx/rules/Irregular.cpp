// Operators whose result's size follows from values: computed as large as possible, counted, and cut.
#include "Common.h"

namespace mlc::onnx {

// The first `count` slices along an axis.
static Value cut(NodeContext &n, Value x, int64_t axis, Value count) {
  if (!x || !count)
    return nullptr;
  return n.sliceAxis(x, axis, n.c(0), n.bind(n.fromValue(count), 0, "count"));
}

static Type scalarType(NodeContext &n) { return RankedTensorType::get({}, n.i64()); }

static LogicalResult importNonZero(NodeContext &n) {
  Value x = n.operand(0);
  if (!x)
    return failure();
  int64_t rank = std::max<int64_t>(n.rank(x), 1);
  Value view = n.rank(x) ? x : n.reshape(x, {1});
  auto results = n.call("non_zero", {view}, {n.typeOf({n.c(rank), n.numElements(x)}, n.i64()), scalarType(n)}, {}, {}, {0});
  return n.yield(cut(n, results[0], 1, results[1]));
}

static LogicalResult importCompress(NodeContext &n) {
  Value x = n.operand(0), condition = n.operand(1);
  auto given = n.optionalInteger("axis");
  if (!x || !requireBool(n, condition) || !n.requireRank(condition, 1, "the condition"))
    return failure();
  int64_t axis = given ? n.axis(*given, n.rank(x)) : 0;
  if (axis < 0)
    return failure();
  Shape shape = given ? n.dims(x) : Shape{n.numElements(x)};
  auto results = n.call("compress", {x, condition}, {n.typeOf(shape, elementTypeOf(x)), scalarType(n)},
                        {given.has_value(), axis}, {}, {0, 1});
  return n.yield(cut(n, results[0], axis, results[1]));
}

static LogicalResult importUnique(NodeContext &n) {
  Value x = n.operand(0);
  auto given = n.optionalInteger("axis");
  bool sorted = n.flag("sorted", true);
  if (!x)
    return failure();
  int64_t axis = given ? n.axis(*given, n.rank(x)) : 0;
  if (axis < 0)
    return failure();
  Shape shape = given ? n.dims(x) : Shape{n.numElements(x)};
  Type list = n.typeOf({shape[axis]}, n.i64());
  auto results = n.call("unique", {x}, {n.typeOf(shape, elementTypeOf(x)), list, list, list, scalarType(n)},
                        {given.has_value(), axis, sorted}, {}, {0});
  if (!results[4])
    return failure();
  AffineExpr count = n.bind(n.fromValue(results[4]), 0, "count");
  n.result(0, n.sliceAxis(results[0], axis, n.c(0), count));
  n.result(1, n.sliceAxis(results[1], 0, n.c(0), count));
  n.result(2, results[2]);
  n.result(3, n.sliceAxis(results[3], 0, n.c(0), count));
  return success();
}

static LogicalResult importNonMaxSuppression(NodeContext &n) {
  Value boxes = n.operand(0), scores = n.operand(1), most = n.optional(2), overlap = n.optional(3), least = n.optional(4);
  bool center = n.flag("center_point_box", false);
  if (!n.requireRank(boxes, 3, "the list of boxes") || !n.requireRank(scores, 3, "the list of scores"))
    return failure();
  Shape s = n.dims(scores);
  AffineExpr each = s[2];
  if (auto known = n.constants(most); known && known->size() == 1)
    each = n.symbols().minimum(each, n.c(std::max<int64_t>((*known)[0], 0)));
  auto scalar = [&](Value v, Type type) { return v ? n.reshape(n.cast(v, type), Shape()) : v; };
  Type real = elementTypeOf(boxes);
  auto results = n.call("non_max_suppression", {boxes, scores, scalar(most, n.i64()), scalar(overlap, real), scalar(least, real)},
                        {n.typeOf({s[0] * s[1] * each, n.c(3)}, n.i64()), scalarType(n)}, {center}, {}, {0, 1});
  return n.yield(cut(n, results[0], 0, results[1]));
}

static LogicalResult importTopK(NodeContext &n) {
  Value x = n.operand(0);
  int64_t givenAxis = n.integer("axis", -1);
  bool largest = n.version() >= 11 ? n.flag("largest", true) : true, sorted = n.version() >= 11 ? n.flag("sorted", true) : true;
  Number count;
  if (n.version() < 10) {
    count = n.number(n.integer("k", 0));
  } else if (Value k = n.operand(1)) {
    auto all = n.elements(n.cast(k, n.i64()));
    if (!n.require(all && all->size() == 1, "k is no scalar"))
      return failure();
    count = (*all)[0];
  }
  if (!requireNumbers(n, x) || !count)
    return failure();
  int64_t axis = n.axis(givenAxis, n.rank(x));
  if (axis < 0)
    return failure();
  Shape shape = n.dims(x);
  auto known = n.constantOf(count), extent = mlc::constantOf(shape[axis]);
  if (!n.require(!known || (*known >= 0 && (!extent || *known <= *extent)),
                 "k is " + Twine(known.value_or(0)) + ", the dimension has " + Twine(extent.value_or(0))))
    return failure();
  shape[axis] = n.bind(count, 0, "k");
  return n.yieldAll(n.call("top_k", {x}, {n.typeOf(shape, elementTypeOf(x)), n.typeOf(shape, n.i64())}, {axis, largest, sorted}));
}

static LogicalResult importDet(NodeContext &n) {
  Value x = n.operand(0);
  if (!x || !n.require(n.rank(x) >= 2, "the operand has fewer than 2 dimensions"))
    return failure();
  Shape shape = n.dims(x);
  auto rows = mlc::constantOf(shape[shape.size() - 2]), columns = mlc::constantOf(shape.back());
  if (!n.require(!rows || !columns || *rows == *columns, "the matrices are not square"))
    return failure();
  shape.truncate(shape.size() - 2);
  return n.yield(n.call("det", {x}, {n.typeOf(shape, elementTypeOf(x))})[0]);
}

static LogicalResult importTfIdf(NodeContext &n) {
  Value x = n.operand(0);
  int64_t mode = n.choice("mode", "", {"TF", "IDF", "TFIDF"});
  int64_t shortest = n.integer("min_gram_length", 1), longest = n.integer("max_gram_length", 1), skip = n.integer("max_skip_count", 0);
  auto starts = n.integers("ngram_counts"), indexes = n.integers("ngram_indexes"), pool = n.integers("pool_int64s");
  auto weights = n.realList("weights");
  if (n.hasAttribute("pool_strings"))
    return n.unsupported("strings");
  if (!x || !n.require(starts && indexes && pool && !indexes->empty(), "ngram_counts, ngram_indexes or pool_int64s is missing") ||
      !n.require(n.rank(x) == 1 || n.rank(x) == 2, "the operand has to have 1 or 2 dimensions"))
    return failure();
  Type element = elementTypeOf(x);
  if (!n.require(element.isInteger(32) || element.isInteger(64), "its tokens have to be of int32 or int64"))
    return failure();
  int64_t size = 0;
  for (int64_t i : *indexes) {
    if (!n.require(i >= 0 && i < (int64_t{1} << 30), "an index is " + Twine(i)))
      return failure();
    size = std::max(size, i + 1);
  }
  for (size_t i = 0; i < starts->size(); ++i)
    if (!n.require((*starts)[i] >= 0 && (*starts)[i] <= static_cast<int64_t>(pool->size()) && (i == 0 || (*starts)[i] >= (*starts)[i - 1]),
                   "ngram_counts lie outside of the pool"))
      return failure();
  Shape shape = n.rank(x) == 2 ? Shape{n.dims(x)[0], n.c(size)} : Shape{n.c(size)};
  Value factors = weights ? n.reals(*weights, {static_cast<int64_t>(weights->size())}, n.f32()) : Value();
  return n.yield(n.call("tfidf_vectorizer", {x, n.vector(*pool), n.vector(*starts), n.vector(*indexes), factors},
                        {n.typeOf(shape, n.f32())}, {mode, shortest, longest, skip})[0]);
}

ArrayRef<RuleEntry> irregularRules() {
  static const RuleEntry table[] = {
      {"", "Compress", 9, kAnyVersion, importCompress},
      {"", "Det", 11, kAnyVersion, importDet},
      {"", "NonMaxSuppression", 10, kAnyVersion, importNonMaxSuppression},
      {"", "NonZero", 9, kAnyVersion, importNonZero},
      {"", "TfIdfVectorizer", 9, kAnyVersion, importTfIdf},
      {"", "TopK", 1, kAnyVersion, importTopK},
      {"", "Unique", 11, kAnyVersion, importUnique},
  };
  return table;
}

} // namespace mlc::onnx
