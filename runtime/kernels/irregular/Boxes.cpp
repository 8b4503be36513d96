// Boxes in images: non_max_suppression and roi_align.
#include "Dispatch.h"
#include "irregular/Sort.h"

using namespace mlc;
using namespace mlc::ref;

namespace {

struct Box {
  double top, left, bottom, right;
  double area() const { return (bottom - top) * (right - left); }
};

template <class T> Box boxAt(const T *p, bool centre) {
  double a = load(p[0]), b = load(p[1]), c = load(p[2]), d = load(p[3]);
  if (centre) // x, y, width, height
    return {b - d / 2, a - c / 2, b + d / 2, a + c / 2};
  return {smaller(a, c), smaller(b, d), larger(a, c), larger(b, d)}; // y1, x1, y2, x2, any diagonal
}

bool overlaps(const Box &a, const Box &b, double threshold) {
  double height = smaller(a.bottom, b.bottom) - larger(a.top, b.top);
  double width = smaller(a.right, b.right) - larger(a.left, b.left);
  if (!(height > 0) || !(width > 0) || !(a.area() > 0) || !(b.area() > 0))
    return false;
  double shared = height * width;
  return shared / (a.area() + b.area() - shared) > threshold;
}

// The scalar in an optional input.
double scalarOr(const Call *c, int32_t input, double otherwise) {
  if (!present(c, input) || count(c->inputs[input]) == 0)
    return otherwise;
  double value = otherwise;
  dispatchNumber(c->inputs[input].dtype, [&](auto type) {
    value = double(load(data<Element<decltype(type)>>(c->inputs[input])[0]));
    return MLC_OK;
  });
  return value;
}

} // namespace

extern "C" {

// The candidates' order for one class.
void mlc_ref_scratch_non_max_suppression(const Call *c, Scratch &bytes) {
  bytes.add(sizeof(int64_t)).times(c->inputs[0], 1);
}

// For each batch and class the boxes by falling score (equals: lower index first), without those whose score is not
// above score_threshold and those whose overlap with a box taken before (shared area by joint area) is above
// iou_threshold, at most max_output. inputs: boxes [B, N, 4], scores [B, C, N], max_output? (absent: 0),
// iou_threshold? (absent: 0), score_threshold? (absent: no limit); outputs: selected [capacity, 3] (i64: batch, class,
// box; zeros behind the result), count [] (i64). A capacity too small is MLC_E_ARENA. ints: center_point_box
int32_t mlc_ref_non_max_suppression(const Call *c) {
  const Tensor &boxes = c->inputs[0], &scores = c->inputs[1];
  bool centre = c->ints[0], limited = present(c, 4) && count(c->inputs[4]) > 0;
  int64_t limit = int64_t(truncate<int64_t>(scalarOr(c, 2, 0), 0, int64_t(1) << 62));
  double overlap = scalarOr(c, 3, 0), least = scalarOr(c, 4, 0);
  int64_t batches = boxes.dims[0], n = boxes.dims[1], classes = scores.dims[1];
  int64_t capacity = c->outputs[0].dims[0], *selected = data<int64_t>(c->outputs[0]), found = 0;
  int64_t *order = static_cast<int64_t *>(c->scratch);
  int32_t error = dispatchFloat(boxes.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    for (int64_t batch = 0; batch < batches; ++batch)
      for (int64_t kind = 0; kind < classes; ++kind) {
        const T *box = data<T>(boxes) + batch * n * 4;
        const T *score = data<T>(scores) + (batch * classes + kind) * n;
        int64_t candidates = 0, first = found;
        for (int64_t i = 0; i < n; ++i)
          if (!limited || load(score[i]) > least)
            order[candidates++] = i;
        sortPositions(order, candidates, [=](int64_t i, int64_t k) {
          auto a = load(score[i]), b = load(score[k]);
          return a > b || (!(a < b) && i < k);
        });
        for (int64_t i = 0; i < candidates && found - first < limit; ++i) {
          Box candidate = boxAt(box + order[i] * 4, centre);
          bool free = true;
          for (int64_t k = first; k < found && free; ++k)
            free = !overlaps(candidate, boxAt(box + selected[k * 3 + 2] * 4, centre), overlap);
          if (!free)
            continue;
          if (found == capacity)
            return int32_t(MLC_E_ARENA);
          selected[found * 3] = batch;
          selected[found * 3 + 1] = kind;
          selected[found * 3 + 2] = order[i];
          ++found;
        }
      }
    return int32_t(MLC_OK);
  });
  for (int64_t i = found * 3; i < capacity * 3; ++i)
    selected[i] = 0;
  *data<int64_t>(c->outputs[1]) = found;
  return error;
}

// Bilinear samples of a region of interest, averaged (or their largest weighted corner taken) in each of the output's
// cells. inputs: x [N, C, H, W], rois [R, 4] (x1, y1, x2, y2), batch_indices [R] (i64); output: y [R, C, height, width].
// ints: mode (0 average, 1 max), coordinates (0 half_pixel, 1 output_half_pixel), sampling_ratio; floats: spatial_scale
int32_t mlc_ref_roi_align(const Call *c) {
  const Tensor &x = c->inputs[0], &y = c->outputs[0];
  bool maximum = c->ints[0], halfPixel = c->ints[1] == 0;
  int64_t ratio = c->ints[2], channels = x.dims[1], height = x.dims[2], width = x.dims[3];
  double scale = c->floats[0], offset = halfPixel ? 0.5 : 0;
  const int64_t *images = data<int64_t>(c->inputs[2]);
  for (int64_t r = 0; r < y.dims[0]; ++r)
    if (images[r] < 0 || images[r] >= x.dims[0])
      return MLC_E_RANGE;
  return dispatchFloat(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    T *to = data<T>(y);
    Walk<1> cell(y); // roi, channel, row, column
    for (int64_t i = 0, n = count(y); i < n; ++i, cell.next()) {
      const T *roi = data<T>(c->inputs[1]) + cell.index[0] * 4;
      double left = load(roi[0]) * scale - offset, top = load(roi[1]) * scale - offset;
      double roiWidth = load(roi[2]) * scale - offset - left, roiHeight = load(roi[3]) * scale - offset - top;
      if (!halfPixel) { // regions too small grow to one pixel
        roiWidth = larger(roiWidth, 1.0);
        roiHeight = larger(roiHeight, 1.0);
      }
      double cellHeight = roiHeight / double(y.dims[2]), cellWidth = roiWidth / double(y.dims[3]);
      constexpr int64_t most = 1 << 20;
      int64_t rows = ratio > 0 ? ratio : truncate<int64_t>(math::ceil(cellHeight), 0, most);
      int64_t columns = ratio > 0 ? ratio : truncate<int64_t>(math::ceil(cellWidth), 0, most);
      const T *map = data<T>(x) + (images[cell.index[0]] * channels + cell.index[1]) * height * width;
      double result = 0;
      for (int64_t s = 0; s < rows * columns; ++s) {
        double v = top + double(cell.index[2]) * cellHeight + (double(s / columns) + 0.5) * cellHeight / double(rows);
        double u = left + double(cell.index[3]) * cellWidth + (double(s % columns) + 0.5) * cellWidth / double(columns);
        double corners[4] = {0, 0, 0, 0};
        if (v >= -1 && v <= double(height) && u >= -1 && u <= double(width)) {
          v = v < 0 ? 0 : v > double(height - 1) ? double(height - 1) : v;
          u = u < 0 ? 0 : u > double(width - 1) ? double(width - 1) : u;
          int64_t v0 = int64_t(v), u0 = int64_t(u), v1 = v0 + 1 < height ? v0 + 1 : v0, u1 = u0 + 1 < width ? u0 + 1 : u0;
          double fv = v - double(v0), fu = u - double(u0);
          corners[0] = (1 - fv) * (1 - fu) * load(map[v0 * width + u0]);
          corners[1] = (1 - fv) * fu * load(map[v0 * width + u1]);
          corners[2] = fv * (1 - fu) * load(map[v1 * width + u0]);
          corners[3] = fv * fu * load(map[v1 * width + u1]);
        }
        double highest = larger(larger(corners[0], corners[1]), larger(corners[2], corners[3]));
        if (maximum)
          result = s == 0 ? highest : larger(result, highest);
        else
          result += corners[0] + corners[1] + corners[2] + corners[3];
      }
      store(to[i], maximum || rows * columns == 0 ? result : result / double(rows * columns));
    }
    return MLC_OK;
  });
}

} // extern "C"
