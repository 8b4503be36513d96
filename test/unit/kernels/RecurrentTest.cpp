// One unit, weights chosen so that every gate can be computed by hand.
#include "Kernel.h"

#include <cmath>

using Floats = std::vector<float>;

namespace {
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
}

TEST(Recurrent, SimpleNetworkInBothDirections) {
  // h = relu(x + h): running sums from either side.
  Kernel k("rnn");
  k.input<float>({3, 1, 1}, {1, 2, 3}).input<float>({2, 1, 1}, {1, 1}).input<float>({2, 1, 1}, {1, 1}).output<float>({3, 2, 1, 1})
      .output<float>({2, 1, 1}).ints({2, 0, 0, 0, 0}).floats({0, 0, 0, 0, 0}).run();
  EXPECT_EQ(k.result<float>(0), (Floats{1, 6, 3, 5, 6, 3}));
  EXPECT_EQ(k.result<float>(1), (Floats{6, 6}));
}

TEST(Recurrent, ShortSequencesEndEarly) {
  Kernel k("rnn"); // layout 1, reverse
  k.input<float>({2, 2, 1}, {1, 2, 3, 4}).input<float>({1, 1, 1}, {1}).input<float>({1, 1, 1}, {1}).absent()
      .input<int32_t>({2}, {1, 2}).output<float>({2, 2, 1, 1}).output<float>({2, 1, 1}).ints({1, 1, 0, 3}).floats({0, 1, 0}).run();
  EXPECT_EQ(k.result<float>(0), (Floats{1, 0, 7, 4}));
  EXPECT_EQ(k.result<float>(1), (Floats{1, 7}));
}

TEST(Recurrent, GatedUnitResetsBeforeOrAfter) {
  // z = sigmoid(x), r = sigmoid(2x), n = tanh(3x + r (0.5 h [+ 0.25])).
  for (int64_t linear : {0, 1}) {
    Kernel k("gru");
    k.input<float>({1, 1, 1}, {0.3f}).input<float>({1, 3, 1}, {1, 2, 3}).input<float>({1, 3, 1}, {0, 0, 0.5f})
        .input<float>({1, 6}, {0, 0, 0, 0, 0, 0.25f}).absent().input<float>({1, 1, 1}, {0.8f}).unwanted().output<float>({1, 1, 1})
        .ints({0, 0, linear, 2, 1}).floats({0, 0, 0, 0, 0}).run();
    double z = sigmoid(0.3), r = sigmoid(0.6), inner = linear ? r * (0.4 + 0.25) : r * 0.4 + 0.25;
    expectNear(k.result<float>(1), Floats{float((1 - z) * std::tanh(0.9 + inner) + z * 0.8)}, 1e-6);
  }
}

TEST(Recurrent, LongShortTermMemoryWithPeepholes) {
  for (int64_t coupled : {0, 1}) {
    Kernel k("lstm"); // gates i, o, f, c of x = 1: 0.1, 0.2, 0.3, 0.4; P = 1, 2, 3
    k.input<float>({1, 1, 1}, {1}).input<float>({1, 4, 1}, {0.1f, 0.2f, 0.3f, 0.4f}).input<float>({1, 4, 1}, {0, 0, 0, 0}).absent()
        .absent().absent().input<float>({1, 1, 1}, {0.5f}).input<float>({1, 3}, {1, 2, 3}).output<float>({1, 1, 1, 1})
        .output<float>({1, 1, 1}).output<float>({1, 1, 1}).ints({0, 0, coupled, 2, 1, 1}).floats({0, 0, 0, 0, 0, 0, 0}).run();
    double i = sigmoid(0.6), f = coupled ? 1 - i : sigmoid(1.8), cell = f * 0.5 + i * std::tanh(0.4);
    double h = sigmoid(0.2 + 2 * cell) * std::tanh(cell);
    expectNear(k.result<float>(0), Floats{float(h)}, 1e-6);
    expectNear(k.result<float>(2), Floats{float(cell)}, 1e-6);
  }
}

TEST(Recurrent, ActivationsAndClip) {
  // One step of h = f(x), for every activation with alpha 0.5, beta 0.25.
  const auto expected = [](int code, double x) {
    switch (code) {
    case 0: return std::max(x, 0.0);
    case 1: return std::tanh(x);
    case 2: return sigmoid(x);
    case 3: return 0.5 * x + 0.25;
    case 4: return x < 0 ? 0.5 * x : x;
    case 5: return x > 0.5 ? x : 0;
    case 6: return 0.5 * std::tanh(0.25 * x);
    case 7: return std::min(1.0, std::max(0.0, 0.5 * x + 0.25));
    case 8: return x < 0 ? 0.5 * std::expm1(x) : x;
    case 9: return x / (1 + std::fabs(x));
    default: return std::log1p(std::exp(x));
    }
  };
  for (int code = 0; code <= 10; ++code)
    for (double x : {-3.0, -0.4, 0.3, 3.0}) {
      Kernel k("rnn");
      k.input<float>({1, 1, 1}, {float(x)}).input<float>({1, 1, 1}, {1}).input<float>({1, 1, 1}, {0}).output<float>({1, 1, 1, 1})
          .ints({0, 0, 0, code}).floats({2, 0.5, 0.25}).run();
      expectNear(k.result<float>(0), Floats{float(expected(code, std::min(2.0, std::max(-2.0, double(float(x))))))}, 1e-6);
    }
}
