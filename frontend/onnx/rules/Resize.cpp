// Resize and Upsample: one operator where factors are known, else axis by axis.
#include "ResizeByAxis.h"

namespace mlc::onnx {

namespace {

struct Resizing {
  ResizeMode mode;
  Axes axes;                                     // what is resized
  std::optional<SmallVector<double>> scales;     // known ones, one an axis
  Value lateScales;                              // a tensor<Nxf32>
  SmallVector<Number> sizes;                     // one an axis; or empty
  Value roi;                                     // [starts…, ends…] of the axes
  int64_t policy = 0;                            // 0 stretch, 1 not_larger, 2 not_smaller
};

// floor(extent · scale): in f32 for known extents, as the runtimes do for which the models were exported (640 · 0.35f is 224, not
// 223), for others where the factor is a fraction of small numbers.
std::optional<AffineExpr> scaledExtent(NodeContext &n, AffineExpr extent, double scale) {
  if (auto known = mlc::constantOf(extent)) {
    double size = std::floor(static_cast<float>(*known) * static_cast<float>(scale));
    if (!n.require(size >= 0 && size < std::ldexp(1.0, 40), "the result is too large"))
      return std::nullopt;
    return n.c(static_cast<int64_t>(size));
  }
  for (int64_t q = 1; q <= 64; ++q)
    if (double p = scale * static_cast<double>(q); p == std::floor(p) && p < 1e9)
      return (extent * static_cast<int64_t>(p)).floorDiv(q);
  return std::nullopt;
}

LogicalResult importKnown(NodeContext &n, Value x, const Resizing &r) {
  Shape shape = n.dims(x);
  SmallVector<double> scales;
  if (r.scales) {
    scales.assign(shape.size(), 1.0);
    for (auto [axis, scale] : llvm::zip(r.axes, *r.scales)) {
      auto size = scaledExtent(n, shape[axis], scale);
      if (!size)
        return n.unsupported("an unknown dimension times " + Twine(std::to_string(scale)));
      shape[axis] = *size;
      scales[axis] = scale;
    }
  } else {
    for (auto [axis, size] : llvm::zip(r.axes, r.sizes)) {
      shape[axis] = n.bind(size, 0, "size");
      if (!shape[axis] || !n.require(mlc::constantOf(shape[axis]).value_or(0) >= 0, "a size is negative"))
        return failure();
    }
  }
  SmallVector<double> roi;
  if (r.mode.coordinates == 4) {
    auto values = n.realConstants(r.roi);
    if (!n.require(values && values->size() == 2 * r.axes.size(), "the roi needs two values an axis"))
      return failure();
    roi.assign(shape.size(), 0.0);
    roi.append(shape.size(), 1.0);
    for (auto [i, axis] : llvm::enumerate(r.axes)) {
      roi[axis] = (*values)[i];
      roi[shape.size() + axis] = (*values)[r.axes.size() + i];
    }
  }
  auto number = [](int64_t v) { return static_cast<uint64_t>(v); };
  return n.yield(n.makeAs<ResizeOp>(n.typeOf(shape, elementTypeOf(x)), x, number(r.mode.mode), number(r.mode.coordinates),
                                    number(r.mode.nearest), r.mode.antialias, r.mode.excludeOutside, llvm::APFloat(r.mode.cubic),
                                    llvm::APFloat(r.mode.extrapolation), scales, roi));
}

// Factors that come at run time, or follow from sizes that keep the aspect ratio.
LogicalResult importLate(NodeContext &n, Value x, const Resizing &r) {
  Type f32 = n.f32();
  Value original = x, common, outside;
  auto ratio = [&](size_t i) { return n.div(n.cast(n.valueOf(r.sizes[i]), f32), n.expression(n.dims(original)[r.axes[i]], f32)); };
  if (r.policy != 0 && !r.sizes.empty())
    for (size_t i = 0; i < r.axes.size(); ++i)
      common = !common ? ratio(i) : r.policy == 1 ? n.minimum(common, ratio(i)) : n.maximum(common, ratio(i));
  for (auto [i, axis] : llvm::enumerate(r.axes)) {
    AffineExpr extent = n.dims(original)[axis];
    Value scale, size;
    if (common) {
      scale = common;
      size = n.floorOf(n.add(n.mul(common, n.expression(extent, f32)), 0.5));
    } else if (!r.sizes.empty()) {
      scale = ratio(i);
    } else {
      scale = r.scales ? n.scalar((*r.scales)[i], f32) : n.pick(r.lateScales, 0, i);
      size = n.floorOf(n.mul(scale, n.expression(extent, f32)));
    }
    AffineExpr bound = size ? n.bind(n.fromValue(n.cast(size, n.i64())), 0, "size") : n.bind(r.sizes[i], 0, "size");
    Value first, last, beyond;
    if (r.mode.coordinates == 4) {
      if (!r.roi)
        return n.error("the roi is missing");
      Value roi = n.cast(r.roi, f32);
      first = n.pick(roi, 0, i);
      last = n.pick(roi, 0, r.axes.size() + i);
    }
    x = resizeAxis(n, x, axis, bound, scale, first, last, r.mode, r.mode.coordinates == 4 ? &beyond : nullptr);
    if (beyond)
      outside = outside ? n.lor(outside, beyond) : beyond;
  }
  if (outside)
    x = n.select(outside, n.scalarLike(r.mode.extrapolation, x), x);
  if (x && elementTypeOf(x) != elementTypeOf(original)) {
    Type type = elementTypeOf(original);
    x = n.cast(isReal(type) ? x : n.round(x), type);
  }
  return n.yield(x);
}

LogicalResult importResizing(NodeContext &n, Value x, Resizing &r) {
  if (r.scales)
    for (double s : *r.scales)
      if (!n.require(s > 0 && std::isfinite(s), "a scale is " + Twine(std::to_string(s))))
        return failure();
  bool lateRoi = r.mode.coordinates == 4 && !n.realConstants(r.roi);
  bool knownSizes = !r.sizes.empty() && r.policy == 0;
  if ((r.scales || knownSizes) && !lateRoi)
    return importKnown(n, x, r);
  return importLate(n, x, r);
}

bool readScales(NodeContext &n, Value scales, Resizing &r) {
  if (!n.requireRank(scales, 1, "the list of scales") || !n.require(isReal(scales), "the scales are no real numbers"))
    return false;
  auto count = mlc::constantOf(n.dims(scales)[0]);
  if (!n.require(count == static_cast<int64_t>(r.axes.size()), "it has " + Twine(count.value_or(-1)) + " scales for " + Twine(r.axes.size()) + " axes"))
    return false;
  r.scales = n.realConstants(scales);
  r.lateScales = n.cast(scales, n.f32());
  return true;
}

bool isEmpty(NodeContext &n, Value v) { return !v || (n.rank(v) == 1 && mlc::constantOf(n.dims(v)[0]) == 0); }

} // namespace

static LogicalResult importResize(NodeContext &n) {
  Value x = n.operand(0);
  Resizing r;
  r.mode.mode = n.choice("mode", "nearest", {"nearest", "linear", "cubic"});
  if (!x)
    return failure();
  r.axes = range(0, n.rank(x));
  if (n.version() < 11) {
    r.mode.coordinates = 1;
    r.mode.nearest = 2;
    return readScales(n, n.operand(1), r) ? importResizing(n, x, r) : failure();
  }
  r.mode.coordinates = n.choice("coordinate_transformation_mode", "half_pixel",
                                {"half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel", "tf_crop_and_resize",
                                 "half_pixel_symmetric", "tf_half_pixel_for_nn"});
  r.mode.nearest = n.choice("nearest_mode", "round_prefer_floor", {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"});
  r.mode.cubic = n.real("cubic_coeff_a", -0.75);
  r.mode.excludeOutside = n.flag("exclude_outside", false);
  r.mode.extrapolation = n.real("extrapolation_value", 0.0);
  if (n.version() >= 18) {
    r.mode.antialias = n.flag("antialias", false);
    r.policy = n.choice("keep_aspect_ratio_policy", "stretch", {"stretch", "not_larger", "not_smaller"});
    if (auto given = n.integers("axes")) {
      auto checked = n.axes(*given, n.rank(x));
      if (!checked)
        return failure();
      r.axes = *given;
      for (int64_t &a : r.axes)
        a = a < 0 ? a + n.rank(x) : a;
    }
  }
  Value scales = n.optional(2), sizes = n.optional(3);
  r.roi = n.optional(1);
  if (isEmpty(n, r.roi))
    r.roi = Value();
  if (r.mode.mode == 0)
    r.mode.antialias = false;
  if (n.failed())
    return failure();
  if (!isEmpty(n, sizes)) {
    auto all = n.elements(sizes);
    if (!n.require(all && all->size() == r.axes.size(), "it needs one size an axis"))
      return failure();
    r.sizes = *all;
  } else if (isEmpty(n, scales)) {
    return n.error("it has neither scales nor sizes");
  } else if (!readScales(n, scales, r)) {
    return failure();
  }
  return importResizing(n, x, r);
}

static LogicalResult importUpsample(NodeContext &n) {
  Value x = n.operand(0);
  Resizing r;
  r.mode.mode = n.choice("mode", "nearest", {"nearest", "linear", "bilinear"}) != 0;
  r.mode.coordinates = 1;
  r.mode.nearest = 2;
  if (!x)
    return failure();
  r.axes = range(0, n.rank(x));
  if (n.version() >= 9)
    return readScales(n, n.operand(1), r) ? importResizing(n, x, r) : failure();
  r.scales = n.realList("scales");
  if (!n.require(r.scales && r.scales->size() == r.axes.size(), "it needs one scale a dimension"))
    return failure();
  return importResizing(n, x, r);
}

ArrayRef<RuleEntry> resizeRules() {
  static const RuleEntry table[] = {
      {"", "Resize", 10, kAnyVersion, importResize},
      {"", "Upsample", 7, 10, importUpsample},
  };
  return table;
}

} // namespace mlc::onnx
