// Attention and what goes with it: the plain form as one operator, others in products, softmax and masks.
#include "Conv.h"

namespace mlc::onnx {

namespace {

// [batch, sequence, heads · size] as [batch, heads, sequence, size].
Value splitHeads(NodeContext &n, Value x, int64_t heads) {
  if (!x || !n.require(heads > 0, "the number of heads is missing"))
    return nullptr;
  Shape s = n.dims(x);
  auto width = mlc::constantOf(s[2]);
  if (!n.require(!width || *width % heads == 0, Twine(width.value_or(0)) + " features are no multiple of " + Twine(heads) + " heads"))
    return nullptr;
  return n.transpose(n.reshape(x, {s[0], s[1], n.c(heads), s[2].floorDiv(heads)}), {0, 2, 1, 3});
}

Value joinHeads(NodeContext &n, Value x) {
  if (!x)
    return nullptr;
  Shape s = n.dims(x);
  return n.reshape(n.transpose(x, {0, 2, 1, 3}), {s[0], s[2], s[1] * s[3]});
}

// Heads that share keys and values become more rows of the same head, and back.
Value groupRows(NodeContext &n, Value x, AffineExpr heads, AffineExpr group) {
  if (!x)
    return nullptr;
  Shape s = n.dims(x);
  return n.reshape(x, {s[0], heads, group * s[2], s[3]});
}

struct Masking {
  Value mask, lengths;                 // attn_mask, nonpad_kv_seqlen
  AffineExpr past;                     // length of the past; null without
  bool causal = false;
  int64_t left = -1, right = -1;
};

// Where attention is allowed, broadcastable to [batch, heads, queries, keys]; null: everywhere.
Value allowed(NodeContext &n, const Masking &m, AffineExpr queries, AffineExpr keys) {
  Value result;
  auto restrict = [&](Value v) { result = result ? n.land(result, v) : v; };
  Value keyIndex = n.iota({n.c(1), keys}, n.i64(), 1);
  Value lengths = m.lengths ? n.reshape(n.cast(m.lengths, n.i64()), {n.dims(m.lengths)[0], n.c(1), n.c(1), n.c(1)}) : Value();
  // The position of each query among the keys.
  Value offset = m.past ? n.expression(m.past) : lengths ? n.sub(lengths, n.expression(queries)) : n.integer(0);
  Value position = n.add(n.iota({queries, n.c(1)}, n.i64(), 0), offset);
  if (m.causal)
    restrict(n.compare(Relation::le, keyIndex, position));
  if (m.left >= 0)
    restrict(n.compare(Relation::ge, keyIndex, n.sub(position, n.integer(m.left))));
  if (m.right >= 0)
    restrict(n.compare(Relation::le, keyIndex, n.add(position, n.integer(m.right))));
  if (lengths)
    restrict(n.compare(Relation::lt, keyIndex, lengths));
  if (m.mask && isBool(elementTypeOf(m.mask)))
    restrict(m.mask);
  return result;
}

// A mask may be shorter than the keys: what is behind it takes no part.
Value lengthenMask(NodeContext &n, Value mask, AffineExpr keys) {
  if (!mask || n.rank(mask) == 0)
    return mask;
  Shape s = n.dims(mask), low(s.size(), n.c(0)), high = low;
  auto have = mlc::constantOf(s.back()), want = mlc::constantOf(keys);
  if (!have || !want || *have >= *want || *have == 1)
    return mask;
  high.back() = keys - s.back();
  Value value = isReal(mask) ? n.scalarLike(-INFINITY, mask) : Value();
  return n.pad(mask, low, high, value);
}

} // namespace

static LogicalResult importAttention(NodeContext &n) {
  Value q = n.operand(0), k = n.operand(1), v = n.operand(2), pastKey = n.optional(4), pastValue = n.optional(5);
  Masking masking;
  masking.mask = n.optional(3);
  masking.lengths = n.version() >= 24 ? n.optional(6) : Value();
  masking.causal = n.flag("is_causal", false);
  if (n.version() >= 25) {
    masking.left = n.integer("left_window_size", -1);
    masking.right = n.integer("right_window_size", -1);
  }
  int64_t qHeads = n.integer("q_num_heads", 0), kvHeads = n.integer("kv_num_heads", 0), mode = n.integer("qk_matmul_output_mode", 0);
  double softcap = n.real("softcap", 0.0);
  auto givenScale = n.optionalReal("scale");
  Type precision = n.hasAttribute("softmax_precision") ? n.elementType("softmax_precision", std::nullopt) : Type();
  if (n.failed() || !q || !k || !v || !requireNumbers(n, q, /*integersToo=*/false))
    return failure();
  bool flat = n.rank(q) == 3;
  if (!n.require(n.rank(q) == n.rank(k) && n.rank(q) == n.rank(v) && (flat || n.rank(q) == 4), "the operands have to have 3 or 4 dimensions each") ||
      !n.require(static_cast<bool>(pastKey) == static_cast<bool>(pastValue), "past key and past value come together"))
    return failure();
  Value like = q;
  if (flat) {
    q = splitHeads(n, q, qHeads);
    k = splitHeads(n, k, kvHeads);
    v = splitHeads(n, v, kvHeads);
  }
  if (pastKey) {
    masking.past = n.rank(pastKey) == 4 ? n.dims(pastKey)[2] : AffineExpr();
    k = n.concat({pastKey, k}, 2);
    v = n.concat({pastValue, v}, 2);
  }
  if (!q || !k || !v)
    return failure();
  n.result(1, k);
  n.result(2, v);
  Shape qs = n.dims(q), ks = n.dims(k);
  AffineExpr queries = qs[2], keys = ks[2], heads = ks[1];
  auto size = mlc::constantOf(qs[3]);
  if (!size && !givenScale)
    return n.unsupported("the size of the heads is unknown");
  auto group = divideExactly(qs[1], heads);
  if (!n.require(static_cast<bool>(group), "the heads of the queries are no multiple of those of the keys"))
    return failure();
  double scale = givenScale.value_or(size ? 1.0 / std::sqrt(static_cast<double>(*size)) : 1.0);
  masking.mask = lengthenMask(n, masking.mask, keys);
  Value where = allowed(n, masking, queries, keys);
  // The plain form is one operator; grouped heads have no mask of their own there.
  Type element = elementTypeOf(q);
  bool plain = softcap <= 0.0 && !precision && !where && !n.wants(3) && elementTypeOf(k) == element && elementTypeOf(v) == element;
  if (plain && (!masking.mask || group == n.c(1))) {
    Value mask = masking.mask ? n.cast(masking.mask, element) : Value();
    Value y = n.make<AttentionOp>(groupRows(n, q, heads, group), k, v, Maybe{mask}, llvm::APFloat(scale),
                                  masking.mask ? AttentionGuard::empty : AttentionGuard::none);
    if (!y)
      return failure();
    y = n.reshape(y, {qs[0], qs[1], queries, n.dims(v)[3]});
    n.result(0, flat ? joinHeads(n, y) : y);
    return success();
  }
  // Narrow types share the scale between both, against overflow.
  bool isNarrow = elementTypeOf(q).getIntOrFloatBitWidth() < 32;
  Value scaledQ = n.mul(q, isNarrow ? std::sqrt(scale) : scale), scaledK = isNarrow ? n.mul(k, std::sqrt(scale)) : k;
  Value scores = n.matmul(groupRows(n, scaledQ, heads, group), scaledK, false, /*transB=*/true);
  scores = n.reshape(scores, {qs[0], qs[1], queries, keys});
  Value shown = scores;
  if (softcap > 0.0)
    scores = n.mul(n.tanh(n.div(scores, softcap)), softcap);
  if (mode == 1)
    shown = scores;
  if (masking.mask && isReal(masking.mask))
    scores = n.add(scores, n.cast(masking.mask, elementTypeOf(scores)));
  if (where)
    scores = n.select(where, scores, n.scalarLike(-INFINITY, scores));
  if (mode == 2)
    shown = scores;
  if (!scores)
    return failure();
  if (precision)
    scores = n.cast(scores, precision);
  Value weights = n.softmax(scores, 3);
  if (where || masking.mask) {
    // A query that may see nothing gives zeros.
    Value highest = n.reduce(ReduceKind::max, scores, {3}, true);
    weights = n.select(n.compare(Relation::eq, highest, n.scalarLike(-INFINITY, highest)), n.scalarLike(0.0, weights), weights);
  }
  weights = narrow(n, weights, like);
  if (mode == 3)
    shown = weights;
  Value y = n.matmul(groupRows(n, weights, heads, group), v);
  if (!y)
    return failure();
  y = n.reshape(y, {qs[0], qs[1], queries, n.dims(v)[3]});
  n.result(0, flat ? joinHeads(n, y) : y);
  n.result(3, shown);
  return success();
}

static LogicalResult importRotaryEmbedding(NodeContext &n) {
  Value x = n.operand(0), cosines = n.operand(1), sines = n.operand(2), positions = n.optional(3);
  int64_t heads = n.integer("num_heads", 0), rotated = n.integer("rotary_embedding_dim", 0);
  bool interleaved = n.flag("interleaved", false);
  if (!x || !cosines || !sines || !n.require(n.rank(x) == 3 || n.rank(x) == 4, "the operand has to have 3 or 4 dimensions"))
    return failure();
  Shape original = n.dims(x);
  // [batch, sequence, heads, size]
  Value rows;
  if (n.rank(x) == 4) {
    rows = n.transpose(x, {0, 2, 1, 3});
  } else {
    if (!n.require(heads > 0, "the number of heads is missing"))
      return failure();
    rows = n.reshape(x, {original[0], original[1], n.c(heads), original[2].floorDiv(heads)});
  }
  if (!rows)
    return failure();
  AffineExpr size = n.dims(rows)[3], part = rotated ? n.c(rotated) : size, half = part.floorDiv(2);
  auto table = [&](Value v) {
    if (positions)
      v = n.gather(v, positions, 0);
    return v && n.requireRank(v, 3, "a table of cosines or sines") ? n.unsqueeze(v, {2}) : Value();
  };
  Value cosine = table(cosines), sine = table(sines);
  Value turning = n.sliceAxis(rows, 3, n.c(0), part), resting = part == size ? Value() : n.sliceAxis(rows, 3, part, size - part);
  if (!turning)
    return failure();
  Shape s = n.dims(turning);
  Value first, second;
  if (interleaved) {
    Value pairs = n.reshape(turning, {s[0], s[1], s[2], half, n.c(2)});
    first = n.pick(pairs, 4, 0);
    second = n.pick(pairs, 4, 1);
  } else {
    first = n.sliceAxis(turning, 3, n.c(0), half);
    second = n.sliceAxis(turning, 3, half, half);
  }
  Value real = n.sub(n.mul(cosine, first), n.mul(sine, second)), imaginary = n.add(n.mul(sine, first), n.mul(cosine, second));
  Value turned = interleaved ? n.reshape(n.concat({n.unsqueeze(real, {4}), n.unsqueeze(imaginary, {4})}, 4), s)
                             : n.concat({real, imaginary}, 3);
  if (resting)
    turned = n.concat({turned, resting}, 3);
  return n.yield(original.size() == 4 ? n.transpose(turned, {0, 2, 1, 3}) : n.reshape(turned, original));
}

// The state is updated step by step; sequences of known, moderate length only.
static LogicalResult importLinearAttention(NodeContext &n) {
  constexpr int64_t kMaxSteps = 256;
  Value q = n.operand(0), k = n.operand(1), v = n.operand(2), state = n.optional(3), decay = n.optional(4), beta = n.optional(5);
  int64_t qHeads = n.integer("q_num_heads", 0), heads = n.integer("kv_num_heads", 0);
  int64_t rule = n.choice("update_rule", "gated_delta", {"linear", "gated", "delta", "gated_delta"});
  double scale = n.real("scale", 0.0);
  (void)n.integer("chunk_size", 64);
  for (Value x : {q, k, v})
    if (!n.requireRank(x, 3, "an operand"))
      return failure();
  bool gated = rule == 1 || rule == 3, delta = rule >= 2;
  if (!n.require(heads > 0 && qHeads > 0 && qHeads % heads == 0, "the numbers of heads do not fit") ||
      !n.require(!gated || decay, "the decay is missing") || !n.require(!delta || beta, "beta is missing"))
    return failure();
  Type wide = n.f32();
  auto prepare = [&](Value x, int64_t count) { return splitHeads(n, n.cast(x, wide), count); };
  Value queries = prepare(q, qHeads), keys = prepare(k, heads), values = prepare(v, heads);
  if (!queries || !keys || !values)
    return failure();
  Shape ks = n.dims(keys), vs = n.dims(values);
  AffineExpr batch = ks[0], keySize = ks[3], valueSize = vs[3];
  auto steps = mlc::constantOf(ks[2]), size = mlc::constantOf(n.dims(queries)[3]);
  if (!steps || !size || *steps > kMaxSteps)
    return n.unsupported("sequences of unknown length, or of more than " + Twine(kMaxSteps) + " steps");
  if (scale == 0.0)
    scale = 1.0 / std::sqrt(static_cast<double>(*size));
  // [batch, steps, heads · size or heads] as [batch, heads, steps, size or 1].
  auto perHead = [&](Value x) -> Value {
    if (!x || !n.requireRank(x, 3, "decay or beta"))
      return nullptr;
    Shape s = n.dims(x);
    if (mlc::constantOf(s[2]) == 1 && heads != 1)
      return n.unsqueeze(n.cast(x, wide), {1});
    return splitHeads(n, n.cast(x, wide), heads);
  };
  Value decays = gated ? perHead(decay) : Value(), rates = delta ? perHead(beta) : Value();
  Shape stateShape{batch, n.c(heads), keySize, valueSize};
  Value s = state ? n.cast(state, wide) : n.fill(n.scalar(0.0, wide), stateShape);
  AffineExpr group = n.c(qHeads / heads);
  SmallVector<Value> outputs;
  for (int64_t t = 0; t < *steps; ++t) {
    // Columns [batch, heads, size, 1] of the key, rows [batch, heads, 1, size] of the value.
    Value key = n.unsqueeze(n.pick(keys, 2, t), {3}), value = n.unsqueeze(n.pick(values, 2, t), {2});
    if (gated)
      s = n.mul(s, n.exp(n.unsqueeze(n.pick(decays, 2, t), {3})));
    if (delta) {
      Value known = n.sum(n.mul(s, key), {2}, true);
      value = n.mul(n.sub(value, known), n.unsqueeze(n.pick(rates, 2, t), {3}));
    }
    s = n.add(s, n.mul(key, value));
    Value query = n.reshape(n.pick(queries, 2, t), {batch, n.c(heads), group, keySize});
    outputs.push_back(n.unsqueeze(n.reshape(n.mul(n.matmul(query, s), scale), {batch, n.c(qHeads) * valueSize}), {1}));
  }
  n.result(0, narrow(n, n.concat(outputs, 1), q));
  n.result(1, state ? narrow(n, s, state) : narrow(n, s, q));
  return success();
}

// The past and the input in one row, convolved channel by channel; its end is the next past.
static LogicalResult importCausalConv(NodeContext &n) {
  Value x = n.operand(0), weight = n.operand(1), bias = n.optional(2), past = n.optional(3);
  int64_t activation = n.choice("activation", "none", {"none", "silu", "swish"});
  if (!n.requireRank(x, 3, "the input") || !n.requireRank(weight, 3, "the weight"))
    return failure();
  Shape s = n.dims(x);
  auto taps = mlc::constantOf(n.dims(weight)[2]), channels = mlc::constantOf(s[1]);
  if (!taps || !channels)
    return n.unsupported("an unknown number of channels or taps");
  Shape before{s[0], s[1], n.c(*taps - 1)};
  Value start = past ? past : n.fill(n.scalarLike(0.0, x), before);
  Value all = *taps > 1 ? n.concat({start, x}, 2) : x;
  SmallVector<int64_t> one{1}, zero{0};
  Value y;
  if (all && n.require(elementTypeOf(x) == elementTypeOf(weight), "input and weight have different element types"))
    y = n.make<ConvOp>(channelsLast(n, all), channelsLast(n, weight), one, one, zero, zero, static_cast<uint64_t>(*channels),
                       static_cast<uint64_t>(0));
  if (bias)
    y = n.add(y, bias);
  if (activation != 0)
    y = n.mul(y, n.sigmoid(y));
  n.result(0, y ? channelsFirst(n, y) : Value());
  n.result(1, n.sliceAxis(all, 2, s[2], n.c(*taps - 1)));
  return success();
}

ArrayRef<RuleEntry> attentionRules() {
  static const RuleEntry table[] = {
      {"", "Attention", 23, kAnyVersion, importAttention},
      {"", "CausalConvWithState", 27, kAnyVersion, importCausalConv},
      {"", "LinearAttention", 27, kAnyVersion, importLinearAttention},
      {"", "RotaryEmbedding", 23, kAnyVersion, importRotaryEmbedding},
  };
  return table;
}

} // namespace mlc::onnx
