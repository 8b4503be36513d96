#include "Evaluate.h"

#include "Fold.h"
#include "runtime/kernels/reference.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace mlc::test {
namespace {

std::vector<float> floatsOf(ElementsAttr value) {
  SmallVector<char> storage;
  ArrayRef<char> bytes = bytesOf(value, storage);
  std::vector<float> floats(bytes.size() / sizeof(float));
  std::memcpy(floats.data(), bytes.data(), floats.size() * sizeof(float));
  return floats;
}

ElementsAttr attributeOf(Type type, const std::vector<float> &floats) {
  const char *data = reinterpret_cast<const char *>(floats.data());
  return constantFromBytes(cast<RankedTensorType>(type), std::vector<char>(data, data + floats.size() * sizeof(float)));
}

double activate(ActivationAttr f, double clip, double x) {
  double alpha = f.getAlpha() ? f.getAlpha().getValueAsDouble() : 0, beta = f.getBeta() ? f.getBeta().getValueAsDouble() : 0;
  if (clip > 0)
    x = std::clamp(x, -clip, clip);
  switch (f.getKind()) {
  case ActivationKind::relu: return std::max(x, 0.0);
  case ActivationKind::tanh: return std::tanh(x);
  case ActivationKind::sigmoid: return 1 / (1 + std::exp(-x));
  case ActivationKind::affine: return alpha * x + beta;
  case ActivationKind::leaky_relu: return x < 0 ? alpha * x : x;
  case ActivationKind::thresholded_relu: return x > alpha ? x : 0;
  case ActivationKind::scaled_tanh: return alpha * std::tanh(beta * x);
  case ActivationKind::hard_sigmoid: return std::clamp(alpha * x + beta, 0.0, 1.0);
  case ActivationKind::elu: return x < 0 ? alpha * std::expm1(x) : x;
  case ActivationKind::softsign: return x / (1 + std::fabs(x));
  case ActivationKind::softplus: return std::log1p(std::exp(x));
  }
  return NAN;
}

/// mlc.recurrent has a layout of its own and no reference kernel: here it is by its description, in f64.
void evaluateRecurrent(RecurrentOp op, ArrayRef<Attribute> operands, SmallVectorImpl<OpFoldResult> &results) {
  bool lstm = op.getKind() == RecurrentKind::lstm;
  ArrayRef<int64_t> shape = op.getSequence().getType().getShape();
  int64_t steps = shape[0], batch = shape[1], hidden = shape[2], gates = lstm ? 4 : op.getKind() == RecurrentKind::gru ? 3 : 1;
  size_t next = 0;
  auto take = [&](bool present) { return present ? floatsOf(cast<ElementsAttr>(operands[next++])) : std::vector<float>(); };
  std::vector<float> projected = take(true), weights = take(true), h0 = take(true), c0 = take(bool(op.getCell0())), bias = take(bool(op.getBias())),
                     peepholes = take(bool(op.getPeepholes()));
  std::vector<double> h(h0.begin(), h0.end()), c(c0.begin(), c0.end());
  std::vector<float> sequence(steps * batch * hidden);
  SmallVector<ActivationAttr> activations = op.cellActivations();
  auto apply = [&](size_t i, double x) { return activate(activations[i], op.getClip().convertToDouble(), x); };
  for (int64_t s = 0; s < steps; ++s) {
    int64_t t = op.getReverse() ? steps - 1 - s : s;
    std::vector<double> before = h;
    for (int64_t b = 0; b < batch; ++b)
      for (int64_t u = 0; u < hidden; ++u) {
        auto x = [&](int64_t g, int64_t unit) { return double(projected[(t * batch + b) * gates * hidden + g * hidden + unit]); };
        auto r = [&](int64_t g, int64_t unit, const std::vector<double> &state) {
          double sum = bias.empty() ? 0 : bias[g * hidden + unit];
          for (int64_t j = 0; j < hidden; ++j)
            sum += state[b * hidden + j] * weights[((unit / 16 * hidden + j) * gates + g) * 16 + unit % 16];
          return sum;
        };
        auto sum = [&](int64_t g) { return x(g, u) + r(g, u, before); };
        auto peephole = [&](int64_t g, double cell) { return peepholes.empty() ? 0 : peepholes[g * hidden + u] * cell; };
        int64_t at = b * hidden + u;
        if (lstm) {
          double in = apply(0, sum(0) + peephole(0, c[at]));
          double forget = op.getInputForget() ? 1 - in : apply(0, sum(2) + peephole(2, c[at]));
          c[at] = forget * c[at] + in * apply(1, sum(3));
          h[at] = apply(0, sum(1) + peephole(1, c[at])) * apply(2, c[at]);
        } else if (gates == 3) {
          double z = apply(0, sum(0)), candidate;
          if (op.getLinearBeforeReset()) {
            candidate = apply(1, x(2, u) + apply(0, sum(1)) * r(2, u, before));
          } else {
            std::vector<double> reset = before;
            for (int64_t j = 0; j < hidden; ++j)
              reset[b * hidden + j] *= apply(0, x(1, j) + r(1, j, before));
            candidate = apply(1, x(2, u) + r(2, u, reset));
          }
          h[at] = (1 - z) * candidate + z * before[at];
        } else {
          h[at] = apply(0, sum(0));
        }
        sequence[(t * batch + b) * hidden + u] = float(h[at]);
      }
  }
  results.push_back(attributeOf(op.getSequence().getType(), sequence));
  results.push_back(attributeOf(op.getHidden().getType(), {h.begin(), h.end()}));
  if (op.getCell())
    results.push_back(attributeOf(op.getCell().getType(), {c.begin(), c.end()}));
}

/// Operators without operands are no business of folding.
LogicalResult evaluateSource(Operation *op, SmallVectorImpl<OpFoldResult> &results) {
  ReferenceCall call;
  if (!isa<Reference>(op) || failed(cast<Reference>(op).getReference(call)))
    return failure();
  const ref::Entry *entry = ref::find(call.name.c_str());
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  std::vector<char> bytes(type.getNumElements() * storageBytes(type.getElementType()));
  ref::Tensor y{bytes.data(), dtypeOf(type.getElementType()), static_cast<int32_t>(type.getRank()), {}};
  llvm::copy(type.getShape(), y.dims);
  ref::Call c{};
  c.outputs = &y, c.outputCount = 1;
  c.ints = call.ints.data(), c.intCount = call.ints.size(), c.floats = call.floats.data(), c.floatCount = call.floats.size();
  if (!entry || entry->scratch || entry->kernel(&c) != MLC_OK)
    return failure();
  results.push_back(constantFromBytes(type, std::move(bytes)));
  return success();
}

} // namespace

std::vector<ElementsAttr> evaluate(func::FuncOp function, ArrayRef<ElementsAttr> inputs, std::string &problem) {
  DenseMap<Value, Attribute> values;
  for (auto [argument, value] : llvm::zip(function.getArguments(), inputs))
    values[argument] = value;
  std::vector<ElementsAttr> outputs;
  for (Operation &op : function.getBody().front()) {
    SmallVector<Attribute> operands;
    for (Value v : op.getOperands())
      operands.push_back(values.lookup(v));
    if (isa<func::ReturnOp>(op)) {
      for (Attribute a : operands)
        outputs.push_back(cast<ElementsAttr>(a));
      break;
    }
    SmallVector<OpFoldResult> results;
    if (auto constant = dyn_cast<ConstantOp>(op))
      results.push_back(constant.getValueAttr());
    else if (auto recurrent = dyn_cast<RecurrentOp>(op))
      evaluateRecurrent(recurrent, operands, results);
    else if (failed(operands.empty() ? evaluateSource(&op, results) : foldOperation(&op, operands, results))) {
      llvm::raw_string_ostream(problem) << "the reference refuses " << op;
      return {};
    }
    for (auto [result, value] : llvm::zip(op.getResults(), results))
      values[result] = cast<Attribute>(value);
  }
  return outputs;
}

} // namespace mlc::test
