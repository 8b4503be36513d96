// LSTM, GRU and RNN as `mlc.recurrent`, one operator a direction; where sequences differ in length, or elements are no f32, by the
// reference kernel.
#include "Common.h"

#include "llvm/ADT/StringSwitch.h"

namespace mlc::onnx {

namespace {

enum class Cell { Rnn, Gru, Lstm };

RecurrentKind kindOf(Cell cell) {
  return cell == Cell::Lstm ? RecurrentKind::lstm : cell == Cell::Gru ? RecurrentKind::gru : RecurrentKind::rnn;
}
int64_t activationsOf(Cell cell) { return cell == Cell::Lstm ? 3 : cell == Cell::Gru ? 2 : 1; }

struct Activation {
  ActivationKind kind;
  double alpha, beta;
};

std::optional<Activation> activationNamed(StringRef name) {
  return llvm::StringSwitch<std::optional<Activation>>(name.lower())
      .Case("relu", Activation{ActivationKind::relu, 0, 0})
      .Case("tanh", Activation{ActivationKind::tanh, 0, 0})
      .Case("sigmoid", Activation{ActivationKind::sigmoid, 0, 0})
      .Case("affine", Activation{ActivationKind::affine, 1, 0})
      .Case("leakyrelu", Activation{ActivationKind::leaky_relu, 0.01, 0})
      .Case("thresholdedrelu", Activation{ActivationKind::thresholded_relu, 1, 0})
      .Case("scaledtanh", Activation{ActivationKind::scaled_tanh, 1, 1})
      .Case("hardsigmoid", Activation{ActivationKind::hard_sigmoid, 0.2, 0.5})
      .Case("elu", Activation{ActivationKind::elu, 1, 0})
      .Case("softsign", Activation{ActivationKind::softsign, 0, 0})
      .Case("softplus", Activation{ActivationKind::softplus, 0, 0})
      .Default(std::nullopt);
}

struct Recurrent {
  Cell cell;
  Value x, w, r, b, lengths, hidden0, cell0, peepholes;
  int64_t direction = 0, directions = 1, layout = 0, flag = 0;   // flag: linear_before_reset, input_forget
  SmallVector<Activation> activations;
  double clip = 0;
  AffineExpr hidden;
};

bool readActivations(NodeContext &n, Recurrent &r) {
  static constexpr const char *defaults[3][3] = {{"Tanh"}, {"Sigmoid", "Tanh"}, {"Sigmoid", "Tanh", "Tanh"}};
  int64_t each = activationsOf(r.cell);
  SmallVector<std::string> names;
  for (int64_t i = 0; i < each * r.directions; ++i)
    names.push_back(defaults[static_cast<int>(r.cell)][i % each]);
  if (auto given = n.texts("activations"); given && !given->empty()) {
    if (!n.require(given->size() == names.size(), "it has " + Twine(given->size()) + " activations, expected " + Twine(names.size())))
      return false;
    names = *given;
  }
  auto alphas = n.realList("activation_alpha").value_or(SmallVector<double>());
  auto betas = n.realList("activation_beta").value_or(SmallVector<double>());
  size_t nextAlpha = 0, nextBeta = 0;
  for (const std::string &name : names) {
    auto activation = activationNamed(name);
    if (!activation) {
      (void)n.error("activation '" + name + "' is unknown");
      return false;
    }
    // Values are given in the order of the activations that take one.
    unsigned parameters = ActivationAttr::parametersOf(activation->kind);
    if (parameters > 0 && nextAlpha < alphas.size())
      activation->alpha = alphas[nextAlpha++];
    if (parameters > 1 && nextBeta < betas.size())
      activation->beta = betas[nextBeta++];
    r.activations.push_back(*activation);
  }
  return true;
}

bool sameSize(NodeContext &n, Value v, size_t d, AffineExpr wanted, StringRef what) {
  auto have = mlc::constantOf(n.dims(v)[d]), want = mlc::constantOf(wanted);
  return n.require(!have || !want || *have == *want,
                   what + " has " + Twine(have.value_or(0)) + " in dimension " + Twine(d) + ", expected " + Twine(want.value_or(0)));
}

bool readOperands(NodeContext &n, Recurrent &r) {
  r.x = n.operand(0);
  r.w = n.operand(1);
  r.r = n.operand(2);
  r.b = n.optional(3);
  r.lengths = n.optional(4);
  r.hidden0 = n.optional(5);
  if (r.cell == Cell::Lstm) {
    r.cell0 = n.optional(6);
    r.peepholes = n.optional(7);
  }
  if (!n.requireRank(r.x, 3, "operand 0") || !n.requireRank(r.w, 3, "the weights") || !n.requireRank(r.r, 3, "the recurrence weights"))
    return false;
  r.hidden = n.dims(r.r)[2];
  auto size = n.optionalInteger("hidden_size");
  auto known = mlc::constantOf(r.hidden);
  if (!n.require(!size || !known || *size == *known, "hidden_size is " + Twine(size.value_or(0)) + ", the weights have " + Twine(known.value_or(0))))
    return false;
  AffineExpr gates = r.hidden * RecurrentOp::gatesOf(kindOf(r.cell)), directions = n.c(r.directions);
  for (auto [v, what] : {std::pair<Value, StringRef>{r.w, "the weights"}, {r.r, "the recurrence weights"}})
    if (!sameSize(n, v, 0, directions, what) || !sameSize(n, v, 1, gates, what))
      return false;
  if (!sameSize(n, r.w, 2, n.dims(r.x)[2], "the weights"))
    return false;
  if (r.b && (!n.requireRank(r.b, 2, "the bias") || !sameSize(n, r.b, 0, directions, "the bias") || !sameSize(n, r.b, 1, gates * 2, "the bias")))
    return false;
  if (r.peepholes && (!n.requireRank(r.peepholes, 2, "the peepholes") || !sameSize(n, r.peepholes, 0, directions, "the peepholes") ||
                      !sameSize(n, r.peepholes, 1, r.hidden * 3, "the peepholes")))
    return false;
  AffineExpr batch = n.dims(r.x)[r.layout ? 0 : 1];
  for (Value state : {r.hidden0, r.cell0})
    if (state && (!n.requireRank(state, 3, "an initial state") || !sameSize(n, state, r.layout ? 1 : 0, directions, "an initial state") ||
                  !sameSize(n, state, r.layout ? 0 : 1, batch, "an initial state") || !sameSize(n, state, 2, r.hidden, "an initial state")))
      return false;
  return true;
}

// The weights of the recurrence, [gates · hidden, hidden], in panels of 16: [hidden / 16, hidden, gates, 16].
Value packRecurrence(NodeContext &n, Value weights, int64_t gates, int64_t hidden) {
  int64_t panels = (hidden + 15) / 16;
  Value byGate = n.reshape(weights, {gates, hidden, hidden});
  Value filled = n.pad(byGate, n.exprs({0, 0, 0}), n.exprs({0, panels * 16 - hidden, 0}));
  return n.transpose(n.reshape(filled, {gates, panels, 16, hidden}), {1, 3, 0, 2});
}

struct DirectionResult {
  Value sequence, hidden, cell;
};

DirectionResult importDirection(NodeContext &n, const Recurrent &r, int64_t d, Value x, Value hidden0, Value cell0) {
  RecurrentKind kind = kindOf(r.cell);
  int64_t gates = RecurrentOp::gatesOf(kind), hidden = *mlc::constantOf(r.hidden);
  Shape in = n.dims(x);
  AffineExpr steps = in[0], batch = in[1];
  Value rows = n.reshape(x, {steps * batch, in[2]});
  Value projected = n.matmul(rows, n.pick(r.w, 0, d), false, /*transB=*/true);
  bool linear = r.cell == Cell::Gru && r.flag;
  Value recurrenceBias;
  if (r.b) {
    Value both = n.reshape(n.pick(r.b, 0, d), {2, gates * hidden});
    Value ofInput = n.pick(both, 0, 0), ofState = n.pick(both, 0, 1);
    projected = n.add(projected, linear ? ofInput : n.add(ofInput, ofState));
    if (linear)
      recurrenceBias = n.reshape(ofState, {gates, hidden});
  } else if (linear) {
    recurrenceBias = n.fill(n.scalarLike(0.0, x), n.exprs({gates, hidden}));
  }
  projected = n.reshape(projected, {steps, batch, n.c(gates * hidden)});
  Value weights = packRecurrence(n, n.pick(r.r, 0, d), gates, hidden);
  auto state = [&](Value all) { return all ? n.pick(all, 0, d) : n.fill(n.scalarLike(0.0, x), {batch, n.c(hidden)}); };
  Value h0 = state(hidden0), c0 = r.cell == Cell::Lstm ? state(cell0) : Value();
  if (!projected || !weights || !h0 || (r.cell == Cell::Lstm && !c0))
    return {};
  Type element = elementTypeOf(x);
  SmallVector<Type> types{n.typeOf({steps, batch, n.c(hidden)}, element), n.typeOf({batch, n.c(hidden)}, element)};
  if (r.cell == Cell::Lstm)
    types.push_back(types[1]);
  bool reverse = r.direction == 1 || d == 1;
  Value peepholes = r.peepholes ? n.reshape(n.pick(r.peepholes, 0, d), {3, hidden}) : Value();
  int64_t each = activationsOf(r.cell);
  auto activations = llvm::map_to_vector(ArrayRef(r.activations).slice(d * each, each), [&](const Activation &a) {
    return ActivationAttr::get(n.builder.getContext(), a.kind, a.alpha, a.beta);
  });
  bool usual = activations == RecurrentOp::usualActivations(n.builder.getContext(), kind);
  mlir::ArrayAttr own = usual ? mlir::ArrayAttr() : n.builder.getArrayAttr({activations.begin(), activations.end()});
  auto op = RecurrentOp::create(n.builder, n.loc, types[0], types[1], r.cell == Cell::Lstm ? types[2] : Type(), kind, projected,
                                weights, h0, c0, recurrenceBias, peepholes, own, llvm::APFloat(r.clip), reverse, linear,
                                /*input_forget=*/r.cell == Cell::Lstm && r.flag);
  return {op.getSequence(), op.getHidden(), r.cell == Cell::Lstm ? op.getCell() : Value()};
}

LogicalResult importByDirections(NodeContext &n, const Recurrent &r) {
  auto swap = [&](Value v) { return v && r.layout ? n.transpose(v, {1, 0, 2}) : v; };
  Value x = swap(r.x), hidden0 = swap(r.hidden0), cell0 = swap(r.cell0);
  SmallVector<Value> sequences, hiddens, cells;
  for (int64_t d = 0; d < r.directions; ++d) {
    DirectionResult one = importDirection(n, r, d, x, hidden0, cell0);
    if (!one.sequence)
      return failure();
    // Directions are the second dimension of the sequence, the first of the states; with the other layout behind the batch.
    sequences.push_back(n.unsqueeze(r.layout ? n.transpose(one.sequence, {1, 0, 2}) : one.sequence, {r.layout ? 2 : 1}));
    hiddens.push_back(n.unsqueeze(one.hidden, {r.layout}));
    if (one.cell)
      cells.push_back(n.unsqueeze(one.cell, {r.layout}));
  }
  n.result(0, n.concat(sequences, r.layout ? 2 : 1));
  n.result(1, n.concat(hiddens, r.layout));
  if (r.cell == Cell::Lstm)
    n.result(2, n.concat(cells, r.layout));
  return success();
}

LogicalResult importByKernel(NodeContext &n, const Recurrent &r) {
  static constexpr const char *kernels[] = {"rnn", "gru", "lstm"};
  SmallVector<int64_t> ints{r.direction, r.layout, r.flag};
  SmallVector<double> floats{r.clip};
  for (const Activation &a : r.activations) {
    ints.push_back(static_cast<int64_t>(a.kind));
    floats.append({a.alpha, a.beta});
  }
  Shape in = n.dims(r.x);
  AffineExpr directions = n.c(r.directions), steps = in[r.layout], batch = in[1 - r.layout];
  Type element = elementTypeOf(r.x);
  Shape sequence = r.layout ? Shape{batch, steps, directions, r.hidden} : Shape{steps, directions, batch, r.hidden};
  Shape state = r.layout ? Shape{batch, directions, r.hidden} : Shape{directions, batch, r.hidden};
  SmallVector<Type> types{n.typeOf(sequence, element), n.typeOf(state, element)};
  SmallVector<Value> operands{r.x, r.w, r.r, r.b, r.lengths, r.hidden0};
  if (r.cell == Cell::Lstm) {
    operands.append({r.cell0, r.peepholes});
    types.push_back(types[1]);
  }
  return n.yieldAll(n.call(kernels[static_cast<int>(r.cell)], operands, types, ints, floats));
}

} // namespace

template <Cell cell>
static LogicalResult importRecurrent(NodeContext &n) {
  Recurrent r;
  r.cell = cell;
  r.direction = n.choice("direction", "forward", {"forward", "reverse", "bidirectional"});
  r.directions = r.direction == 2 ? 2 : 1;
  r.layout = n.version() >= 14 ? n.flag("layout", false) : 0;
  if (cell == Cell::Gru)
    r.flag = n.flag("linear_before_reset", false);
  if (cell == Cell::Lstm)
    r.flag = n.flag("input_forget", false);
  if (n.version() < 7)
    (void)n.flag("output_sequence", false);
  double clip = n.real("clip", 0.0);
  r.clip = clip > 0 ? clip : 0;
  if (!readActivations(n, r) || !readOperands(n, r))
    return failure();
  bool plain = !r.lengths && mlc::constantOf(r.hidden) && elementTypeOf(r.x).isF32();
  return plain ? importByDirections(n, r) : importByKernel(n, r);
}

ArrayRef<RuleEntry> recurrentRules() {
  static const RuleEntry table[] = {
      {"", "GRU", 3, kAnyVersion, importRecurrent<Cell::Gru>},
      {"", "LSTM", 1, kAnyVersion, importRecurrent<Cell::Lstm>},
      {"", "RNN", 1, kAnyVersion, importRecurrent<Cell::Rnn>},
  };
  return table;
}

} // namespace mlc::onnx
