// Images read at computed places, channels first: grid_sample, affine_grid, deform_conv.
#include "Dispatch.h"

using namespace mlc;
using namespace mlc::ref;

namespace {

enum Mode { Linear, Nearest, Cubic };
enum Padding { Zeros, Border, Reflection };

// Mirrors v at the borders until it lies between them.
template <class V> V reflect(V v, V low, V high) {
  V range = high - low;
  if (!(range > 0))
    return low;
  V distance = v < low ? low - v : v - high;
  if (!(distance > 0))
    return v;
  V turns = math::floor(distance / range), rest = distance - turns * range;
  bool even = math::fmod(turns, V(2)) == 0;
  return (v < low) == even ? low + rest : high - rest;
}

// One dimension of a sample: the first of `taps` neighbours, and their weights.
struct Axis {
  int64_t first;
  int taps;
  double weights[4];
};

template <class V> Axis axisOf(V coordinate, int64_t mode) {
  if (mode == Nearest)
    return {int64_t(math::round(coordinate)), 1, {1}};
  V below = math::floor(coordinate);
  double t = double(coordinate - below);
  if (mode == Linear)
    return {int64_t(below), 2, {1 - t, t}};
  // Keys' kernel with a = -0.75 at distances 1 + t, t, 1 - t, 2 - t.
  auto inner = [](double d) { return ((-0.75 + 2) * d - (-0.75 + 3)) * d * d + 1; };
  auto outer = [](double d) { return ((-0.75 * d - 5 * -0.75) * d + 8 * -0.75) * d - 4 * -0.75; };
  return {int64_t(below) - 1, 4, {outer(1 + t), inner(t), inner(1 - t), outer(2 - t)}};
}

// A neighbour's index inside its extent, or -1 where the value is zero.
int64_t neighbour(int64_t i, int64_t extent, int64_t padding, double low, double high) {
  if (padding == Reflection)
    i = int64_t(reflect(double(i), low, high));
  if (i >= 0 && i < extent)
    return i;
  return padding == Zeros || extent == 0 ? -1 : i < 0 ? 0 : extent - 1;
}

} // namespace

extern "C" {

// y[n, c, p…] = x[n, c, …] at the place grid[n, p…, :] (innermost dimension first, -1 … 1 across the image: with
// align_corners from centre to centre of the outer pixels, else from border to border).
// inputs: x [N, C, spatial…], grid [N, out…, r]; output: y [N, C, out…]. ints: mode (0 linear, 1 nearest, 2 cubic),
// padding (0 zeros, 1 border, 2 reflection), align_corners
int32_t mlc_ref_grid_sample(const Call *c) {
  const Tensor &x = c->inputs[0], &grid = c->inputs[1], &y = c->outputs[0];
  int64_t mode = c->ints[0], padding = c->ints[1];
  bool corners = c->ints[2];
  int32_t r = x.rank - 2;
  int64_t image = product(x.dims, 2, x.rank), places = product(y.dims, 2, y.rank);
  return dispatchFloat(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    return dispatchFloat(grid.dtype, [&](auto gridType) {
      using G = Element<decltype(gridType)>;
      using V = Compute<G>;
      for (int64_t i = 0, total = count(y); i < total; ++i) {
        int64_t map = i / places, n = map / x.dims[1];
        const G *place = data<G>(grid) + (n * places + i % places) * r;
        Axis axes[MLC_MAX_RANK];
        double lows[MLC_MAX_RANK], highs[MLC_MAX_RANK];
        int64_t taps[MLC_MAX_RANK];
        bool finite = true;
        for (int32_t d = 0; d < r; ++d) {
          int64_t extent = x.dims[d + 2];
          V g = load(place[r - 1 - d]);
          V v = corners ? (g + 1) / 2 * V(extent - 1) : ((g + 1) * V(extent) - 1) / 2;
          V low = corners ? V(0) : V(-0.5), high = corners ? V(extent - 1) : V(extent) - V(0.5);
          if (mode == Nearest)
            v = math::round(v);
          if (padding == Border && (v < low || v > high))
            v = v < 0 ? V(0) : v > V(extent - 1) ? V(extent - 1) : v;
          if (padding == Reflection)
            v = reflect(v, low, high);
          finite &= math::abs(v) < V(1e9); // else no pixel is near, and NaN has no place
          axes[d] = axisOf(finite ? v : V(0), mode);
          taps[d] = axes[d].taps;
          lows[d] = low;
          highs[d] = high;
        }
        double sum = 0;
        Walk<1> tap(r, taps);
        for (int64_t k = 0, all = finite ? tap.positions() : 0; k < all; ++k, tap.next()) {
          int64_t at = 0;
          double weight = 1;
          bool inside = true;
          for (int32_t d = 0; d < r; ++d) {
            int64_t extent = x.dims[d + 2];
            int64_t index = neighbour(axes[d].first + tap.index[d], extent, padding, lows[d], highs[d]);
            inside &= index >= 0;
            at = at * extent + index;
            weight *= axes[d].weights[tap.index[d]];
          }
          if (inside)
            sum += weight * load(data<T>(x)[map * image + at]);
        }
        store(data<T>(y)[i], sum);
      }
      return MLC_OK;
    });
  });
}

// grid[n, p…, k] = sum_j theta[n, k, j] q_j + theta[n, k, r], q the place of pixel p, innermost dimension first, as
// grid_sample reads it. inputs: theta [N, r, r + 1]; output: grid [N, spatial…, r]. ints: align_corners
int32_t mlc_ref_affine_grid(const Call *c) {
  const Tensor &theta = c->inputs[0], &grid = c->outputs[0];
  int32_t r = grid.rank - 2;
  bool corners = c->ints[0];
  return dispatchFloat(theta.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    T *to = data<T>(grid);
    Walk<1> walk(grid); // n, p…, k
    for (int64_t i = 0, n = count(grid); i < n; ++i, walk.next()) {
      const T *row = data<T>(theta) + (walk.index[0] * r + walk.index[r + 1]) * (r + 1);
      double sum = load(row[r]);
      for (int32_t j = 0; j < r; ++j) {
        int32_t d = r - j; // dimension of the output that q_j runs along
        double p = double(walk.index[d]), extent = double(grid.dims[d]);
        double q = corners ? (extent > 1 ? 2 * p / (extent - 1) - 1 : -1) : (2 * p + 1) / extent - 1;
        sum += load(row[j]) * q;
      }
      store(to[i], sum);
    }
    return MLC_OK;
  });
}

// A convolution whose taps are moved by offsets (and weighed by the mask), read between pixels linearly, zero outside:
// y[n, o, p…] = bias[o] + sum over channels j of the group and taps k… of
//   w[o, j, k…] mask[n, g, k…, p…] x[n, j, p s - low + k d + offset[n, g, k…, :, p…]], g the offset group of j.
// inputs: x [N, C, spatial…], w [O, C/groups, kernel…], offset [N, offset_groups * taps * r, out…], bias? [O],
// mask? [N, offset_groups * taps, out…]; output: y [N, O, out…]. ints: spatial rank r, groups, offset_groups,
// strides[r], dilations[r], pads_low[r], pads_high[r]
int32_t mlc_ref_deform_conv(const Call *c) {
  const Tensor &x = c->inputs[0], &w = c->inputs[1], &y = c->outputs[0];
  int32_t r = int32_t(c->ints[0]);
  int64_t groups = c->ints[1], offsetGroups = c->ints[2];
  const int64_t *strides = c->ints + 3, *dilations = strides + r, *low = dilations + r;
  int64_t image = product(x.dims, 2, x.rank), places = product(y.dims, 2, y.rank), taps = product(w.dims, 2, w.rank);
  int64_t channels = x.dims[1], perGroup = w.dims[1], outputs = y.dims[1];
  return dispatchFloat(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    const T *offset = data<T>(c->inputs[2]);
    const T *mask = present(c, 4) ? data<T>(c->inputs[4]) : nullptr;
    Walk<1> position(y); // n, o, p…
    for (int64_t i = 0, n = count(y); i < n; ++i, position.next()) {
      int64_t batch = position.index[0], o = position.index[1], place = i % places;
      double sum = present(c, 3) ? double(load(data<T>(c->inputs[3])[o])) : 0;
      for (int64_t j = 0; j < perGroup; ++j) {
        int64_t channel = o / (outputs / groups) * perGroup + j;
        int64_t group = batch * offsetGroups + channel / (channels / offsetGroups);
        const T *map = data<T>(x) + (batch * channels + channel) * image;
        Walk<1> tap(r, w.dims + 2);
        for (int64_t k = 0; k < taps; ++k, tap.next()) {
          int64_t base[MLC_MAX_RANK];
          double fraction[MLC_MAX_RANK];
          bool near = true;
          for (int32_t d = 0; d < r; ++d) {
            double v = double(position.index[d + 2] * strides[d] - low[d] + tap.index[d] * dilations[d]) +
                       load(offset[((group * taps + k) * r + d) * places + place]);
            near &= v > -1 && v < double(x.dims[d + 2]);
            base[d] = near ? int64_t(math::floor(v)) : 0;
            fraction[d] = v - double(base[d]);
          }
          double value = 0;
          for (int32_t corner = 0; near && corner < 1 << r; ++corner) {
            double weight = 1;
            int64_t at = 0;
            bool inside = true;
            for (int32_t d = 0; d < r; ++d) {
              int upper = corner >> d & 1;
              weight *= upper ? fraction[d] : 1 - fraction[d];
              inside &= base[d] + upper >= 0 && base[d] + upper < x.dims[d + 2];
              at = at * x.dims[d + 2] + base[d] + upper;
            }
            if (inside)
              value += weight * load(map[at]);
          }
          if (mask)
            value *= load(mask[(group * taps + k) * places + place]);
          sum += value * load(data<T>(w)[(o * perGroup + j) * taps + k]);
        }
      }
      store(data<T>(y)[i], sum);
    }
    return MLC_OK;
  });
}

} // extern "C"
