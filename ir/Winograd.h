//===- Winograd.h - F(m, r): points, matrices, transforms ---------------------===//
//
// Products of polynomials at points of opposite sign, at infinity and, where that leaves one over, at 0 (see
// `winograd_input`). What is lost in f32 follows from the points, which were tried over a grid of pairs with random weights and
// input, by the mean square: for F(4, 3) sqrt(1/2) and sqrt(2), whose powers stay near 1, lose less than half of what 1 and 2
// lose; for F(3, 3) 7/16 and 21/16 without 0 lose half of what 0, +-1 and 2 lose, and 60 % of F(4, 3); for F(2, 3) nothing is
// better than 0 and +-1. Six points for 5 taps lose as much as for 3, seven half as much again, eight (1/2, 1 and 2) twice as
// much. All matrices but those of F(4, 3) are exact in f32.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_IR_WINOGRAD_H
#define MLC_IR_WINOGRAD_H

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <optional>

namespace mlc::winograd {

constexpr int64_t kMostTaps = 7, kMostOutputs = 6, kMostPoints = 8; // along one dimension

/// F(outputs, taps) along one dimension. Points: 0 where their number is even, pairs of opposite sign, infinity.
struct Transform {
  int64_t outputs = 0, taps = 0, points = 0;
  float input[kMostPoints][kMostPoints] = {};   // from a line of elements to the domain
  double weights[kMostPoints][kMostTaps] = {};  // from the taps to the domain
  float output[kMostOutputs][kMostPoints] = {}; // from the domain to the outputs
  /// The first point that has an opposite behind it.
  constexpr int64_t firstPair() const { return (points - 1) % 2; }
  /// Whether elements and products are the domain.
  constexpr bool isIdentity() const { return points == 1; }
};

constexpr Transform makeTransform(int64_t outputs, int64_t taps, double p = 0, double q = 0, double s = 0) {
  Transform t;
  t.outputs = outputs;
  t.taps = taps;
  t.points = outputs + taps - 1;
  const double pairs[] = {p, q, s};
  const int64_t first = t.firstPair(), last = t.points - 1, count = last / 2;
  // The product of x (where 0 is a point) and of x^2 - r^2 for all pairs but one.
  auto product = [&](int64_t without, bool zero, double(&factors)[kMostPoints + 1]) {
    int64_t degree = zero;
    factors[degree] = 1;
    for (int64_t i = 0; i < count; ++i)
      if (i != without) {
        for (int64_t k = degree + 2; k >= 0; --k)
          factors[k] = (k >= 2 ? factors[k - 2] : 0) - pairs[i] * pairs[i] * factors[k];
        degree += 2;
      }
  };
  auto add = [&](int64_t row, double point, const double(&factors)[kMostPoints + 1]) {
    double value = 0, power = 1;
    for (int64_t k = 0; k < t.points; ++k, power *= point) {
      t.input[row][k] = static_cast<float>(factors[k]);
      value += factors[k] * power;
    }
    power = 1;
    for (int64_t k = 0; k < taps; ++k, power *= point)
      t.weights[row][k] = power / value;
    power = 1;
    for (int64_t k = 0; k < outputs; ++k, power *= point)
      t.output[k][row] = static_cast<float>(power);
  };
  if (first == 1) {
    double factors[kMostPoints + 1] = {};
    product(-1, /*zero=*/false, factors);
    add(0, 0, factors);
  }
  for (int64_t i = 0; i < count; ++i)
    for (int64_t negative = 0; negative < 2; ++negative) {
      double point = negative ? -pairs[i] : pairs[i], others[kMostPoints + 1] = {}, factors[kMostPoints + 1] = {};
      product(i, first == 1, others);
      for (int64_t k = 0; k <= kMostPoints; ++k)
        factors[k] = (k > 0 ? others[k - 1] : 0) + point * others[k];
      add(first + 2 * i + negative, point, factors);
    }
  double factors[kMostPoints + 1] = {};
  product(-1, first == 1, factors);
  for (int64_t k = 0; k < t.points; ++k)
    t.input[last][k] = static_cast<float>(factors[k]);
  t.weights[last][taps - 1] = t.output[outputs - 1][last] = 1;
  return t;
}

inline constexpr Transform kTransforms[] = {
    makeTransform(1, 1),
    makeTransform(2, 3, 1),
    makeTransform(3, 3, 0.4375, 1.3125),
    makeTransform(4, 3, 0.70710678118654752440, 1.41421356237309504880),
    makeTransform(6, 3, 0.5, 1, 2),
    makeTransform(2, 5, 0.6875, 1.5625),
    makeTransform(3, 5, 0.3125, 0.75, 1.875),
    makeTransform(4, 5, 0.5, 1, 2),
    makeTransform(2, 7, 0.5, 0.9375, 1.9375),
};

/// The transforms along rows' and columns' numbers, height and width; a line has a height of one.
struct Tile {
  const Transform *dims[2] = {&kTransforms[0], &kTransforms[0]};
  /// Points of both dimensions.
  int64_t domain() const { return dims[0]->points * dims[1]->points; }
  int64_t outputs() const { return dims[0]->outputs * dims[1]->outputs; }
  int64_t taps() const { return dims[0]->taps * dims[1]->taps; }
};

/// Of one or two dimensions; nothing where there are no matrices for one of them.
inline std::optional<Tile> tileOf(llvm::ArrayRef<int64_t> outputs, llvm::ArrayRef<int64_t> taps) {
  if (outputs.size() != taps.size() || outputs.empty() || outputs.size() > 2)
    return std::nullopt;
  Tile tile;
  for (size_t d = 0; d < outputs.size(); ++d) {
    const Transform *found = llvm::find_if(kTransforms, [&](const Transform &t) { return t.outputs == outputs[d] && t.taps == taps[d]; });
    if (found == std::end(kTransforms))
      return std::nullopt;
    tile.dims[2 - outputs.size() + d] = found;
  }
  return tile;
}

/// The transforms of a line, as all compute them. `Arithmetic` has add, sub, scale(v, factor) and addScaled(sum, factor, v).
template <typename Value, typename Arithmetic> class Line {
public:
  Line(const Transform &transform, Arithmetic &arithmetic) : t(transform), a(arithmetic) {}

  /// From as many elements as points to the domain: points of opposite sign share their even and their odd part.
  llvm::SmallVector<Value> input(llvm::ArrayRef<Value> elements) const {
    llvm::SmallVector<Value> domain(t.points);
    auto row = [&](int64_t r) { domain[r] = sum(elements, [&](int64_t k) { return t.input[r][k]; }); };
    for (int64_t r = 0; r < t.firstPair(); ++r)
      row(r);
    for (int64_t r = t.firstPair(); r + 1 < t.points; r += 2) {
      const float(&plus)[kMostPoints] = t.input[r], (&minus)[kMostPoints] = t.input[r + 1];
      float point = 0; // the factor of the odd part's last element
      for (int64_t k = 0; k < t.points; ++k)
        point = plus[k] != minus[k] ? plus[k] : point;
      Value even = sum(elements, [&](int64_t k) { return plus[k] == minus[k] ? plus[k] : 0; });
      Value odd = sum(elements, [&](int64_t k) { return plus[k] != minus[k] ? plus[k] / point : 0; });
      domain[r] = addTo(even, point, odd);
      domain[r + 1] = addTo(even, -point, odd);
    }
    row(t.points - 1);
    return domain;
  }

  /// From the domain to the outputs.
  llvm::SmallVector<Value> output(llvm::ArrayRef<Value> domain) const {
    llvm::SmallVector<Value> even(domain), odd(domain);
    for (int64_t p = t.firstPair(); p + 1 < t.points; p += 2) {
      even[p] = a.add(domain[p], domain[p + 1]);
      odd[p] = a.sub(domain[p], domain[p + 1]);
    }
    llvm::SmallVector<Value> outputs;
    for (int64_t r = 0; r < t.outputs; ++r)
      outputs.push_back(sum(r % 2 ? odd : even, [&](int64_t k) {
        return k >= t.firstPair() && (k - t.firstPair()) % 2 && k + 1 < t.points ? 0 : t.output[r][k];
      }));
    return outputs;
  }

private:
  Value addTo(Value sum, float factor, Value v) const {
    return factor == 1 ? a.add(sum, v) : factor == -1 ? a.sub(sum, v) : a.addScaled(sum, factor, v);
  }
  /// What has the factor 1 comes first, so that nothing is multiplied alone without need.
  template <typename Factor> Value sum(llvm::ArrayRef<Value> values, Factor factor) const {
    llvm::SmallVector<int64_t> order;
    for (bool one : {true, false})
      for (int64_t k = 0; k < static_cast<int64_t>(values.size()); ++k)
        if (factor(k) != 0 && (factor(k) == 1) == one)
          order.push_back(k);
    Value sum = factor(order[0]) == 1 ? values[order[0]] : a.scale(values[order[0]], factor(order[0]));
    for (int64_t k : llvm::drop_begin(order))
      sum = addTo(sum, factor(k), values[k]);
    return sum;
  }

  const Transform &t;
  Arithmetic &a;
};

} // namespace mlc::winograd

#endif // MLC_IR_WINOGRAD_H
