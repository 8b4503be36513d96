// Sampling of images at computed places.
#include "Conv.h"

namespace mlc::onnx {

static LogicalResult importGridSample(NodeContext &n) {
  Value x = n.operand(0), grid = n.operand(1);
  // Names changed with version 20.
  static constexpr int64_t modes[] = {0, 1, 2, 0, 2};
  int64_t mode = modes[n.choice("mode", n.version() >= 20 ? "linear" : "bilinear", {"linear", "nearest", "cubic", "bilinear", "bicubic"})];
  int64_t padding = n.choice("padding_mode", "zeros", {"zeros", "border", "reflection"});
  bool corners = n.flag("align_corners", false);
  if (!x || !grid || !n.require(n.rank(x) >= 3 && n.rank(grid) == n.rank(x), "operand and grid differ in their number of dimensions"))
    return failure();
  Shape s = n.dims(x), g = n.dims(grid), shape{s[0], s[1]};
  if (!n.require(mlc::constantOf(g.back()) == n.rank(x) - 2, "the grid's last dimension is not the number of spatial dimensions"))
    return failure();
  shape.append(g.begin() + 1, g.end() - 1);
  return n.yield(n.call("grid_sample", {x, n.cast(grid, elementTypeOf(x))}, {n.typeOf(shape, elementTypeOf(x))}, {mode, padding, corners})[0]);
}

static LogicalResult importAffineGrid(NodeContext &n) {
  Value theta = n.operand(0), size = n.operand(1);
  bool corners = n.flag("align_corners", false);
  if (!n.requireRank(theta, 3, "theta") || !size)
    return failure();
  auto sizes = n.elements(size);
  if (!n.require(sizes && (sizes->size() == 4 || sizes->size() == 5), "size needs 4 or 5 elements"))
    return failure();
  Shape shape{n.dims(theta)[0]};
  for (Number e : ArrayRef<Number>(*sizes).drop_front(2))
    shape.push_back(n.bind(e, 0, "size"));
  shape.push_back(n.c(static_cast<int64_t>(sizes->size()) - 2));
  return n.yield(n.call("affine_grid", {theta}, {n.typeOf(shape, elementTypeOf(theta))}, {corners})[0]);
}

static LogicalResult importRoiAlign(NodeContext &n) {
  Value x = n.operand(0), rois = n.operand(1), batches = n.operand(2);
  int64_t mode = n.choice("mode", "avg", {"avg", "max"});
  int64_t height = n.integer("output_height", 1), width = n.integer("output_width", 1), ratio = n.integer("sampling_ratio", 0);
  double scale = n.real("spatial_scale", 1.0);
  // Before version 16 there was no shift by half a pixel.
  int64_t coordinates = 1;
  if (n.version() >= 16)
    coordinates = n.choice("coordinate_transformation_mode", "half_pixel", {"half_pixel", "output_half_pixel"});
  if (!n.requireRank(x, 4, "the operand") || !n.requireRank(rois, 2, "the list of regions") || !n.requireRank(batches, 1, "the list of batches") ||
      !n.require(height > 0 && width > 0 && height < 1 << 20 && width < 1 << 20 && ratio >= 0, "an attribute is negative or too large"))
    return failure();
  Shape shape{n.dims(rois)[0], n.dims(x)[1], n.c(height), n.c(width)};
  return n.yield(n.call("roi_align", {x, rois, n.cast(batches, n.i64())}, {n.typeOf(shape, elementTypeOf(x))}, {mode, coordinates, ratio}, {scale})[0]);
}

static void appendWindow(SmallVector<int64_t> &ints, const Window &w) {
  for (ArrayRef<int64_t> list : {ArrayRef<int64_t>(w.strides), ArrayRef<int64_t>(w.dilations), ArrayRef<int64_t>(w.low), ArrayRef<int64_t>(w.high)})
    ints.append(list.begin(), list.end());
}

static LogicalResult importDeformConv(NodeContext &n) {
  Value x = n.operand(0), weights = n.operand(1), offset = n.operand(2), bias = n.optional(3), mask = n.optional(4);
  int64_t groups = n.integer("group", 1), offsetGroups = n.integer("offset_group", 1);
  if (!x || !weights || !offset || !n.require(n.rank(x) >= 3 && n.rank(weights) == n.rank(x) && n.rank(offset) == n.rank(x), "the operands differ in their number of dimensions") ||
      !n.require(groups > 0 && offsetGroups > 0, "a number of groups is not positive"))
    return failure();
  Shape s = n.dims(x), k = n.dims(weights), o = n.dims(offset);
  auto window = readWindow(n, ArrayRef<AffineExpr>(s).drop_front(2), ArrayRef<AffineExpr>(k).drop_front(2));
  if (!window)
    return failure();
  SmallVector<int64_t> ints{n.rank(x) - 2, groups, offsetGroups};
  appendWindow(ints, *window);
  Shape shape{s[0], k[0]};
  shape.append(o.begin() + 2, o.end());
  return n.yield(n.call("deform_conv", {x, weights, offset, bias, mask}, {n.typeOf(shape, elementTypeOf(x))}, ints)[0]);
}

// The patches are put back tap by tap: what each tap adds is spread by its stride and moved to its place.
static LogicalResult importCol2Im(NodeContext &n) {
  Value x = n.operand(0), imageShape = n.operand(1), blockShape = n.operand(2);
  auto image = n.elements(imageShape), block = n.elements(blockShape);
  if (!n.requireRank(x, 3, "the operand") || !n.require(image && block && image->size() == block->size() && !image->empty(), "image and block need the same number of sizes"))
    return failure();
  size_t rank = image->size();
  auto strides = n.integers("strides").value_or(SmallVector<int64_t>(rank, 1)), dilations = n.integers("dilations").value_or(SmallVector<int64_t>(rank, 1));
  auto pads = n.integers("pads").value_or(SmallVector<int64_t>(2 * rank, 0));
  if (!n.require(strides.size() == rank && dilations.size() == rank && pads.size() == 2 * rank, "an attribute has the wrong number of entries"))
    return failure();
  Shape shape{n.dims(x)[0]}, sizes, taps, patches;
  AffineExpr tapCount = n.c(1);
  for (size_t d = 0; d < rank; ++d) {
    if (!n.require(strides[d] > 0 && dilations[d] > 0, "a stride or dilation is not positive"))
      return failure();
    sizes.push_back(n.bind((*image)[d], 0, "size"));
    taps.push_back(n.bind((*block)[d], 1, "size"));
    if (!sizes.back() || !taps.back())
      return failure();
    tapCount = tapCount * taps.back();
    patches.push_back((sizes[d] + pads[d] + pads[rank + d] - (taps[d] - 1) * dilations[d] - 1).floorDiv(strides[d]) + 1);
  }
  AffineExpr channels = divideExactly(n.dims(x)[1], tapCount);
  shape.push_back(channels ? channels : n.dims(x)[1].floorDiv(tapCount));
  shape.append(sizes);
  if (auto known = constantsOf(taps)) {
    SmallVector<int64_t> ints{static_cast<int64_t>(rank)};
    ints.append(*known);
    ints.append(strides);
    ints.append(dilations);
    ints.append(pads.begin(), pads.end());
    return n.yield(n.call("col2im", {x}, {n.typeOf(shape, elementTypeOf(x))}, ints)[0]);
  }
  // The place of every element of [taps…, patches…] in the padded image, and all that fall on one place added up.
  Shape padded, grid = taps;
  grid.append(patches);
  Value place = n.integer(0);
  for (size_t d = 0; d < rank; ++d) {
    padded.push_back(sizes[d] + pads[d] + pads[rank + d]);
    Value tap = n.alongAxis(n.iota({taps[d]}, n.i64(), 0, n.c(0), n.c(dilations[d])), d, 2 * rank);
    Value patch = n.alongAxis(n.iota({patches[d]}, n.i64(), 0, n.c(0), n.c(strides[d])), rank + d, 2 * rank);
    place = n.add(n.mul(place, n.expression(padded[d])), n.add(tap, patch));
  }
  AffineExpr pixels = product(padded, n.ctx()), elements = product(grid, n.ctx()), planes = shape[0] * shape[1];
  Shape flat{planes, elements};
  Value indices = n.broadcastTo(n.reshape(n.broadcastTo(place, grid), {n.c(1), elements}), flat);
  Value sums = n.make<ScatterElementsOp>(n.fill(n.scalarLike(0.0, x), {planes, pixels}), indices, n.reshape(x, flat),
                                         static_cast<uint64_t>(1), static_cast<uint64_t>(1));
  Shape full{shape[0], shape[1]}, starts(2, n.c(0));
  full.append(padded);
  for (size_t d = 0; d < rank; ++d)
    starts.push_back(n.c(pads[d]));
  return n.yield(n.slice(n.reshape(sums, full), starts, shape));
}

ArrayRef<RuleEntry> imageRules() {
  static const RuleEntry table[] = {
      {"", "AffineGrid", 20, kAnyVersion, importAffineGrid},
      {"", "Col2Im", 18, kAnyVersion, importCol2Im},
      {"", "DeformConv", 19, kAnyVersion, importDeformConv},
      {"", "GridSample", 16, kAnyVersion, importGridSample},
      {"", "RoiAlign", 10, kAnyVersion, importRoiAlign},
  };
  return table;
}

} // namespace mlc::onnx
