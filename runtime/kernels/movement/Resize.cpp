// Sampling at other points, as ONNX's Resize: in each dimension a result is a weighted sum of neighbours, and the
// weights of the dimensions multiply.
#include "Dispatch.h"

using namespace mlc;
using namespace mlc::ref;

namespace {

enum Mode { Nearest, Linear, Cubic };
enum Coordinates { HalfPixel, Asymmetric, AlignCorners, PytorchHalfPixel, CropAndResize, HalfPixelSymmetric, HalfPixelForNearest };
enum Rounding { PreferFloor, PreferCeil, Floor, Ceil };

struct Parameters {
  int64_t mode, coordinates, rounding;
  bool antialias, excludeOutside;
  double cubic, extrapolation;
  double scales[MLC_MAX_RANK];
  const double *roiBegin, *roiEnd;
  Parameters(const Call *c, const Tensor &x, const Tensor &y)
      : mode(c->ints[0]), coordinates(c->ints[1]), rounding(c->ints[2]), antialias(c->ints[3]),
        excludeOutside(c->ints[4]), cubic(c->floats[0]), extrapolation(c->floats[1]), roiBegin(c->floats + 2 + x.rank),
        roiEnd(roiBegin + x.rank) {
    for (int32_t d = 0; d < x.rank; ++d)
      scales[d] = c->floats[2 + d] != 0 ? c->floats[2 + d] : double(y.dims[d]) / double(x.dims[d]);
  }
  // Half of the kernel's width in elements of the input.
  double support() const { return mode == Cubic ? 2 : 1; }
  bool widened(int32_t d) const { return antialias && mode != Nearest && scales[d] < 1; }
  // Neighbours that take part in dimension d.
  int64_t taps(int32_t d) const {
    if (mode == Nearest)
      return 1;
    return widened(d) ? -2 * firstTap(d) + 2 : mode == Cubic ? 4 : 2;
  }
  // The first of them, counted from the one left of the point.
  int64_t firstTap(int32_t d) const {
    return widened(d) ? int64_t(math::floor(-support() / scales[d])) + 1 : mode == Cubic ? -1 : 0;
  }
};

// The point of the input (in n elements) that belongs to result `i` (of m).
double place(const Parameters &p, int32_t d, int64_t i, int64_t n, int64_t m) {
  double x = double(i), scale = p.scales[d], length = scale * double(n);
  switch (p.coordinates) {
  case Asymmetric:
    return x / scale;
  case AlignCorners:
    return length == 1 ? 0 : x * double(n - 1) / (length - 1);
  case PytorchHalfPixel:
    return length == 1 ? -0.5 : (x + 0.5) / scale - 0.5;
  case CropAndResize: {
    double extent = p.roiEnd[d] - p.roiBegin[d], last = double(n - 1);
    return p.roiBegin[d] * last + (length == 1 ? extent * last / 2 : x * extent * last / (length - 1));
  }
  case HalfPixelSymmetric:
    return double(n) / 2 * (1 - double(m) / length) + (x + 0.5) / scale - 0.5;
  case HalfPixelForNearest:
    return (x + 0.5) / scale;
  default:
    return (x + 0.5) / scale - 0.5;
  }
}

// The interpolating kernel at distance t.
double kernel(const Parameters &p, double t) {
  t = math::abs(t);
  if (p.mode == Linear)
    return t < 1 ? 1 - t : 0;
  double a = p.cubic;
  if (t <= 1)
    return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0;
}

// Dimension d of one result: index of the first neighbour (which may lie outside), then the weights.
// The point lies in (left, left + 1], as ONNX prefers the neighbour to the left.
int64_t neighbours(const Parameters &p, int32_t d, double point, int64_t n, double *weights) {
  double ceiling = math::ceil(point);
  int64_t left = int64_t(ceiling) - 1;
  double ratio = point - double(left);
  if (p.mode == Nearest) {
    weights[0] = 1;
    bool right = ratio == 1 || (p.rounding == PreferFloor  ? ratio > 0.5
                                : p.rounding == PreferCeil ? ratio >= 0.5
                                                           : p.rounding == Ceil);
    return right ? left + 1 : left;
  }
  int64_t first = p.firstTap(d), taps = p.taps(d);
  double sum = 0, step = p.widened(d) ? p.scales[d] : 1;
  for (int64_t k = 0; k < taps; ++k) {
    weights[k] = kernel(p, (double(first + k) - ratio) * step);
    if (p.excludeOutside && (left + first + k < 0 || left + first + k >= n))
      weights[k] = 0;
    sum += weights[k];
  }
  if ((p.widened(d) || p.excludeOutside) && sum != 0)
    for (int64_t k = 0; k < taps; ++k)
      weights[k] /= sum;
  return left + first;
}

// A table for one dimension: for each result `taps` weights and the first neighbour.
struct Table {
  int64_t taps;
  int64_t *first;
  double *weights;
};
constexpr int64_t outside = INT64_MIN; // in `first`: the extrapolated value holds

} // namespace

extern "C" {

// One index and the weights for each element of a dimension. Widened, there are at most 2 support / scale + 2 of them.
void mlc_ref_scratch_resize(const Call *c, Scratch &bytes) {
  const Tensor &x = c->inputs[0], &y = c->outputs[0];
  bool cubic = c->ints[0] == Cubic, antialias = c->ints[3] && c->ints[0] != Nearest;
  for (int32_t d = 0; d < y.rank; ++d) {
    double scale = c->floats[2 + d], support = cubic ? 2 : 1;
    int64_t taps = cubic ? 4 : 2;
    if (antialias && scale > 0 && scale < 1)
      taps += int64_t(math::ceil(2 * support / scale));
    bytes.add(8 * (1 + taps)).times(y, d);
    if (antialias && scale == 0)
      bytes.add(int64_t(8 * 2 * support)).times(x, d);
  }
}

// x at the points that `coordinates` assigns to y's indices; integers are truncated into their range. ints: mode (0
// nearest, 1 linear, 2 cubic), coordinates (0 half_pixel, 1 asymmetric, 2 align_corners, 3 pytorch_half_pixel,
// 4 tf_crop_and_resize, 5 half_pixel_symmetric, 6 tf_half_pixel_for_nn), nearest (0 round_prefer_floor, 1 round_prefer_ceil, 2 floor, 3 ceil),
// antialias, exclude_outside; floats: cubic_a, extrapolation, then one each a dimension: scales (0: y's size by
// x's), roi starts, roi ends
int32_t mlc_ref_resize(const Call *c) {
  const Tensor &x = c->inputs[0], &y = c->outputs[0];
  Parameters p(c, x, y);
  Table tables[MLC_MAX_RANK];
  int64_t *memory = static_cast<int64_t *>(c->scratch), strides[MLC_MAX_RANK];
  contiguousStrides(x, strides);
  for (int32_t d = 0; d < x.rank; ++d) {
    int64_t n = x.dims[d], m = y.dims[d];
    tables[d] = {p.taps(d), memory, reinterpret_cast<double *>(memory + m)};
    memory += m * (1 + tables[d].taps);
    bool crops = p.coordinates == CropAndResize;
    if (n == m && p.scales[d] == 1 && !(crops && (p.roiBegin[d] != 0 || p.roiEnd[d] != 1))) {
      tables[d].taps = 1;
      for (int64_t i = 0; i < m; ++i) {
        tables[d].first[i] = i;
        tables[d].weights[i] = 1;
      }
      continue;
    }
    for (int64_t i = 0; i < m; ++i) {
      double point = place(p, d, i, n, m);
      if ((crops && !(point >= 0 && point <= double(n - 1))) || !(math::abs(point) < 0x1p40))
        tables[d].first[i] = outside;
      else
        tables[d].first[i] = neighbours(p, d, point, n, tables[d].weights + i * tables[d].taps);
    }
  }
  return dispatchAny(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    int64_t taps[MLC_MAX_RANK];
    for (int32_t d = 0; d < x.rank; ++d)
      taps[d] = tables[d].taps;
    Walk<1> index(y);
    for (int64_t i = 0, n = count(y); i < n; ++i, index.next()) {
      bool extrapolates = false;
      for (int32_t d = 0; d < x.rank; ++d)
        extrapolates |= tables[d].first[index.index[d]] == outside;
      double sum = extrapolates ? p.extrapolation : 0;
      int64_t single = 0;
      Walk<1> tap(x.rank, taps);
      int64_t all = extrapolates ? 0 : tap.positions();
      for (int64_t k = 0; k < all; ++k, tap.next()) {
        double weight = 1;
        int64_t at = 0;
        for (int32_t d = 0; d < x.rank; ++d) {
          int64_t s = tables[d].first[index.index[d]] + tap.index[d];
          s = s < 0 ? 0 : s >= x.dims[d] ? x.dims[d] - 1 : s;
          at += s * strides[d];
          weight *= tables[d].weights[index.index[d] * taps[d] + tap.index[d]];
        }
        if (weight != 0)
          sum += weight * double(load(data<T>(x)[at]));
        single = at;
      }
      if (all == 1) // 64-bit integers are moved exactly
        data<T>(y)[i] = data<T>(x)[single];
      else if constexpr (isFloating<Compute<T>> || same<T, Bool>)
        store(data<T>(y)[i], sum);
      else
        store(data<T>(y)[i], truncate<Compute<T>>(sum, lowest<T>(), highest<T>()));
    }
    return MLC_OK;
  });
}

} // extern "C"
