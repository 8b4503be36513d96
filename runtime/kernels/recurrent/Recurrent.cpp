// LSTM, GRU and the simple recurrent network of ONNX. Conventions and parameters: Cell.h.
#include "recurrent/Cell.h"

using namespace mlc;
using namespace mlc::ref;

extern "C" {

void mlc_ref_scratch_rnn(const Call *c, Scratch &bytes) { addStates(c, 2, bytes); }

// h_t = f(x_t W^T + h_(t-1) R^T + Wb + Rb). inputs: X, W, R, B?, sequence_lens?, initial_h?; outputs: Y?, Y_h?.
// ints: direction, layout, 0, f (for each direction); floats: clip, then alpha, beta for each
int32_t mlc_ref_rnn(const Call *c) {
  return forEachSequence(c, [c](const auto &s) {
    int64_t n = s.hidden;
    double *h = static_cast<double *>(c->scratch), *next = h + n;
    Activation f = s.activation(0, 1);
    s.loadState(5, h);
    s.walk(h, [&](int64_t step) {
      for (int64_t i = 0; i < n; ++i)
        next[i] = f(s.timesW(i, n, step) + s.timesR(i, n, h) + s.bias(i, n, 0) + s.bias(i, n, 1));
      for (int64_t i = 0; i < n; ++i)
        h[i] = next[i];
    });
    s.storeState(1, h);
  });
}

void mlc_ref_scratch_gru(const Call *c, Scratch &bytes) { addStates(c, 4, bytes); }

// Gates in the order z, r, h:
//   z = f(x Wz^T + h Rz^T + Wbz + Rbz), r = f(x Wr^T + h Rr^T + Wbr + Rbr),
//   n = g(x Wh^T + (r h) Rh^T + Rbh + Wbh), or with linear_before_reset g(x Wh^T + r (h Rh^T + Rbh) + Wbh),
//   h' = (1 - z) n + z h.
// inputs: X, W, R, B?, sequence_lens?, initial_h?; outputs: Y?, Y_h?. ints: direction, layout, linear_before_reset, f, g
// (for each direction); floats: clip, then alpha, beta for each
int32_t mlc_ref_gru(const Call *c) {
  bool linearFirst = c->ints[2];
  return forEachSequence(c, [c, linearFirst](const auto &s) {
    int64_t n = s.hidden, rows = 3 * n;
    double *h = static_cast<double *>(c->scratch), *z = h + n, *r = z + n, *next = r + n;
    Activation f = s.activation(0, 2), g = s.activation(1, 2);
    s.loadState(5, h);
    s.walk(h, [&](int64_t step) {
      for (int64_t i = 0; i < n; ++i) {
        z[i] = f(s.timesW(i, rows, step) + s.timesR(i, rows, h) + s.bias(i, rows, 0) + s.bias(i, rows, 1));
        r[i] = f(s.timesW(n + i, rows, step) + s.timesR(n + i, rows, h) + s.bias(n + i, rows, 0) + s.bias(n + i, rows, 1));
      }
      for (int64_t i = 0; i < n && linearFirst; ++i)
        r[i] *= s.timesR(2 * n + i, rows, h) + s.bias(2 * n + i, rows, 1);
      for (int64_t i = 0; i < n && !linearFirst; ++i)
        r[i] *= h[i];
      for (int64_t i = 0; i < n; ++i) {
        double recurrent = linearFirst ? r[i] : s.timesR(2 * n + i, rows, r) + s.bias(2 * n + i, rows, 1);
        double proposed = g(s.timesW(2 * n + i, rows, step) + recurrent + s.bias(2 * n + i, rows, 0));
        next[i] = (1 - z[i]) * proposed + z[i] * h[i];
      }
      for (int64_t i = 0; i < n; ++i)
        h[i] = next[i];
    });
    s.storeState(1, h);
  });
}

void mlc_ref_scratch_lstm(const Call *c, Scratch &bytes) { addStates(c, 3, bytes); }

// Gates in the order i, o, f, c, peepholes P in the order i, o, f:
//   i = f(x Wi^T + h Ri^T + Pi C + Wbi + Rbi), F = f(… Pf C …), or 1 - i with input_forget,
//   C' = F C + i g(x Wc^T + h Rc^T + Wbc + Rbc), o = f(… Po C' …), h' = o h(C').
// inputs: X, W, R, B?, sequence_lens?, initial_h?, initial_c?, P? [directions, 3*hidden]; outputs: Y?, Y_h?, Y_c?.
// ints: direction, layout, input_forget, f, g, h (for each direction); floats: clip, then alpha, beta for each
int32_t mlc_ref_lstm(const Call *c) {
  bool coupled = c->ints[2];
  return forEachSequence(c, [c, coupled](const auto &s) {
    int64_t n = s.hidden, rows = 4 * n;
    double *h = static_cast<double *>(c->scratch), *cell = h + n, *next = cell + n;
    Activation f = s.activation(0, 3), g = s.activation(1, 3), out = s.activation(2, 3);
    s.loadState(5, h);
    s.loadState(6, cell);
    auto peephole = [&](int64_t gate, int64_t i) {
      if (!present(c, 7))
        return 0.0;
      double weight = 0;
      dispatchFloat(c->inputs[7].dtype, [&](auto type) {
        weight = load(data<Element<decltype(type)>>(c->inputs[7])[(s.direction * 3 + gate) * n + i]);
        return MLC_OK;
      });
      return weight * cell[i];
    };
    s.walk(h, [&](int64_t step) {
      auto sum = [&](int64_t gate, int64_t i) {
        int64_t row = gate * n + i;
        return s.timesW(row, rows, step) + s.timesR(row, rows, h) + s.bias(row, rows, 0) + s.bias(row, rows, 1);
      };
      for (int64_t i = 0; i < n; ++i) {
        double input = f(sum(0, i) + peephole(0, i));
        double forget = coupled ? 1 - input : f(sum(2, i) + peephole(2, i));
        cell[i] = forget * cell[i] + input * g(sum(3, i));
        next[i] = f(sum(1, i) + peephole(1, i)) * out(cell[i]);
      }
      for (int64_t i = 0; i < n; ++i)
        h[i] = next[i];
    });
    s.storeState(1, h);
    s.storeState(2, cell);
  });
}

} // extern "C"
