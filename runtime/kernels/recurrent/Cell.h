// What lstm, gru and rnn share: activations, the walk over directions, batches and steps.
//
// All three follow ONNX: inputs X, W, R, B?, sequence_lens? (i32), initial_h?, then those of the cell; outputs Y?, Y_h?,
// then those of the cell. Layout 0: X [steps, batch, input], Y [steps, directions, batch, hidden], states [directions,
// batch, hidden]; layout 1: X [batch, steps, input], Y [batch, steps, directions, hidden], states [batch, directions,
// hidden]. W [directions, gates*hidden, input], R [directions, gates*hidden, hidden], B [directions, 2*gates*hidden].
// Steps behind a sequence's length leave Y zero and the states as they are. States are carried in double.
//
// ints begin with direction (0 forward, 1 reverse, 2 both), layout, one int of the cell, and the codes of the activations
// of each direction in turn:
//   0 Relu, 1 Tanh, 2 Sigmoid, 3 Affine (alpha x + beta), 4 LeakyRelu (alpha), 5 ThresholdedRelu (alpha),
//   6 ScaledTanh (alpha tanh(beta x)), 7 HardSigmoid (alpha, beta), 8 Elu (alpha), 9 Softsign, 10 Softplus
// floats: clip (0: none), then alpha, beta for each activation in the same order.
#ifndef MLC_KERNELS_RECURRENT_CELL_H
#define MLC_KERNELS_RECURRENT_CELL_H

#include "Dispatch.h"

namespace mlc::ref {

struct Activation {
  int64_t code;
  double alpha, beta, clip;

  double operator()(double x) const {
    if (clip > 0)
      x = x > clip ? clip : x < -clip ? -clip : x;
    switch (code) {
    case 0:
      return x < 0 ? 0 : x;
    case 1:
      return math::tanh(x);
    case 2:
      return math::sigmoid(x);
    case 3:
      return alpha * x + beta;
    case 4:
      return x < 0 ? alpha * x : x;
    case 5:
      return x > alpha ? x : 0;
    case 6:
      return alpha * math::tanh(beta * x);
    case 7: {
      double y = alpha * x + beta;
      return y < 0 ? 0 : y > 1 ? 1 : y;
    }
    case 8:
      return x < 0 ? alpha * math::expm1(x) : x;
    case 9:
      return x / (1 + math::abs(x));
    default:
      return x > 0 ? x + math::log1p(math::exp(-x)) : math::log1p(math::exp(x));
    }
  }
};

// One direction of one sequence.
template <class T> struct Sequence {
  const Call *c;
  int64_t direction, batch;
  int64_t steps, batches, inputs, hidden, directions;
  bool batchFirst;

  Sequence(const Call *c, int64_t direction, int64_t batch) : c(c), direction(direction), batch(batch) {
    const Tensor &x = c->inputs[0], &r = c->inputs[2];
    batchFirst = c->ints[1];
    steps = x.dims[batchFirst ? 1 : 0];
    batches = x.dims[batchFirst ? 0 : 1];
    inputs = x.dims[2];
    hidden = r.dims[2];
    directions = c->ints[0] == 2 ? 2 : 1;
  }
  bool reversed() const { return c->ints[0] == 1 || direction == 1; }
  int64_t length() const {
    if (!present(c, 4))
      return steps;
    int64_t n = data<int32_t>(c->inputs[4])[batch];
    return n < 0 ? 0 : n > steps ? steps : n;
  }
  Activation activation(int64_t i, int64_t perDirection) const {
    int64_t k = direction * perDirection + i;
    return {c->ints[3 + k], c->floats[1 + 2 * k], c->floats[2 + 2 * k], c->floats[0]};
  }
  // Rows of X, of a state and of Y.
  const T *x(int64_t step) const {
    return data<T>(c->inputs[0]) + (batchFirst ? batch * steps + step : step * batches + batch) * inputs;
  }
  int64_t state() const { return (batchFirst ? batch * directions + direction : direction * batches + batch) * hidden; }
  int64_t y(int64_t step) const {
    return (batchFirst ? (batch * steps + step) * directions + direction : (step * directions + direction) * batches + batch) *
           hidden;
  }
  // Row `row` of the weights of this direction, times a vector.
  double timesW(int64_t row, int64_t rows, int64_t step) const {
    const T *w = data<T>(c->inputs[1]) + (direction * rows + row) * inputs, *from = x(step);
    double sum = 0;
    for (int64_t i = 0; i < inputs; ++i)
      sum += double(load(w[i])) * load(from[i]);
    return sum;
  }
  double timesR(int64_t row, int64_t rows, const double *h) const {
    const T *r = data<T>(c->inputs[2]) + (direction * rows + row) * hidden;
    double sum = 0;
    for (int64_t i = 0; i < hidden; ++i)
      sum += load(r[i]) * h[i];
    return sum;
  }
  // The bias of the input (half 0) or of the recurrence (half 1).
  double bias(int64_t row, int64_t rows, int half) const {
    return present(c, 3) ? double(load(data<T>(c->inputs[3])[(direction * 2 + half) * rows + row])) : 0;
  }
  void loadState(int32_t input, double *to) const {
    for (int64_t i = 0; i < hidden; ++i)
      to[i] = present(c, input) ? double(load(data<T>(c->inputs[input])[state() + i])) : 0;
  }
  void storeState(int32_t output, const double *from) const {
    if (wanted(c, output))
      for (int64_t i = 0; i < hidden; ++i)
        store(data<T>(c->outputs[output])[state() + i], from[i]);
  }
  void storeStep(int64_t step, const double *h) const {
    if (wanted(c, 0))
      for (int64_t i = 0; i < hidden; ++i)
        store(data<T>(c->outputs[0])[y(step) + i], h ? h[i] : 0.0);
  }

  // Calls body(step) in the order of the direction, and fills Y behind the sequence's end.
  template <class F> void walk(const double *h, F body) const {
    int64_t n = length();
    for (int64_t k = 0; k < n; ++k) {
      int64_t step = reversed() ? n - 1 - k : k;
      body(step);
      storeStep(step, h);
    }
    for (int64_t k = n; k < steps; ++k)
      storeStep(k, nullptr);
  }
};

// Calls body(sequence) for all directions and batches.
template <class F> int32_t forEachSequence(const Call *c, F body) {
  return dispatchFloat(c->inputs[0].dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    Sequence<T> any(c, 0, 0);
    for (int64_t d = 0; d < any.directions; ++d)
      for (int64_t b = 0; b < any.batches; ++b)
        body(Sequence<T>(c, d, b));
    return MLC_OK;
  });
}

// Vectors of the hidden size.
inline void addStates(const Call *c, int64_t vectors, Scratch &bytes) {
  bytes.add(vectors * int64_t(sizeof(double))).times(c->inputs[2], 2);
}

} // namespace mlc::ref

#endif // MLC_KERNELS_RECURRENT_CELL_H
