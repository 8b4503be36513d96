// Parts of concatenations and slices that stand within larger tensors: who writes them, who reads them, and where.
#include "Case.h"

namespace mlc::test {

using mlir::Value;

static const char *unit = "-1:1", *few = "-0.2:0.2";

static std::string axis(int64_t a) { return "axis = " + std::to_string(a) + " : i64"; }

static Value conv(Graph &g, Value x, int64_t filters, int64_t window = 1, const std::string &type = "f32") {
  int64_t channels = llvm::cast<mlir::RankedTensorType>(x.getType()).getShape().back(), pad = window / 2;
  std::string size = std::to_string(window), p = std::to_string(pad);
  Value w = g.constant(type + "[" + std::to_string(filters) + ", " + size + ", " + size + ", " + std::to_string(channels) + "]", few);
  return g.op("conv", {x, w}, "strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, low = array<i64: " + p + ", " + p + ">, high = array<i64: " + p +
                                  ", " + p + ">, groups = 1 : i64");
}

static Value depthwise(Graph &g, Value x) {
  std::string channels = std::to_string(llvm::cast<mlir::RankedTensorType>(x.getType()).getShape().back());
  return g.op("conv", {x, g.constant("f32[" + channels + ", 3, 3, 1]", few)},
              "strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, low = array<i64: 1, 1>, high = array<i64: 1, 1>, groups = " + channels + " : i64");
}

static Value pool(Graph &g, Value x) {
  return g.op("pool", {x}, "kind = 0 : i32, window = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, low = array<i64: 1, 1>, "
                           "high = array<i64: 1, 1>");
}

static Value slice(Graph &g, Value x, const std::string &starts, const std::string &type) {
  int64_t rank = llvm::cast<mlir::RankedTensorType>(x.getType()).getRank();
  std::string steps = "array<i64: 1";
  for (int64_t d = 1; d < rank; ++d)
    steps += ", 1";
  return g.op("slice", {x}, "starts = @(" + starts + "), steps = " + steps + ">", type);
}

static Value softmax(Graph &g, Value x, int64_t a) { return g.op("softmax", {x}, axis(a)); }

static Value concat(Graph &g, const Graph::Values &parts, int64_t a) { return g.op("concat", parts, axis(a)); }

/// What reads a tensor of images as each emitter does.
static void readEachWay(Graph &g, Value x) {
  g.out(conv(g, x, 20));
  g.out(conv(g, x, 20, 3));
  g.out(depthwise(g, x));
  g.out(pool(g, x));
  g.out(softmax(g, x, 3));
  g.out(softmax(g, x, 1));
  g.out(g.op("reduce", {x}, "kind = 0 : i32, axes = array<i64: 1, 2>, keepdims = false"));
  g.out(g.op("transpose", {x}, "perm = array<i64: 0, 3, 1, 2>"));
  g.out(g.op("mul", {g.op("exp", {pool(g, x)}), x}));
}

std::vector<Case> partsCases() {
  std::vector<Case> all;
  Tolerance some{64, 64};
  for (int64_t a = 0; a < 4; ++a)
    for (bool returned : {false, true})
      all.push_back({"written_by_each_emitter_along_" + std::to_string(a) + (returned ? "_returned" : ""), [=](Graph &g) {
                       auto x = g.in("f32[2, 6, 7, 17]", unit);
                       Graph::Values parts = {g.op("relu", {conv(g, x, 17)}), pool(g, x), conv(g, x, 17, 3), softmax(g, x, 3), depthwise(g, x),
                                              g.op("tanh", {g.op("add", {x, x})}), g.op("transpose", {g.in("f32[2, 17, 6, 7]", unit)}, "perm = array<i64: 0, 2, 3, 1>"),
                                              softmax(g, x, 1)};
                       auto y = concat(g, parts, a);
                       g.out(returned ? y : g.op("neg", {y}));
                     }, {}, some});
  for (int64_t a = 1; a < 4; ++a)
    all.push_back({"read_by_each_emitter_along_" + std::to_string(a), [=](Graph &g) {
                     auto x = g.in("f32[2, 6, 7, 18]", unit);
                     auto first = g.op("relu", {conv(g, x, 18)}), second = g.op("tanh", {conv(g, first, 18)});
                     readEachWay(g, second);
                     g.out(g.op("neg", {concat(g, {first, second, g.op("mul", {first, second})}, a)}));
                   }, {}, some});
  all.push_back({"slices_read_by_each_emitter", [=](Graph &g) {
                   auto x = g.op("relu", {conv(g, g.in("f32[2, 6, 7, 16]", unit), 40)});
                   readEachWay(g, slice(g, x, "0, 0, 0, 3", "f32[2, 6, 7, 18]"));
                   readEachWay(g, slice(g, x, "1, 2, 1, 22", "f32[1, 4, 5, 17]"));
                 }, {}, some});
  all.push_back({"slices_of_inputs", [=](Graph &g) {
                   auto x = g.in("f32[2, 6, 7, 40]", unit);
                   auto s = slice(g, x, "0, 1, 0, 5", "f32[2, 5, 7, 24]");
                   g.out(conv(g, s, 20, 3));
                   g.out(g.op("add", {depthwise(g, s), s}));
                 }, {}, some});
  // Halves go through products of their own and come together again, as in networks of the YOLO family.
  for (int64_t width : {16, 24, 40})
    all.push_back({"split_and_joined_" + std::to_string(width), [=](Graph &g) {
                     std::string half = "f32[1, 10, 12, " + std::to_string(width) + "]", zero = "0, 0, 0, ";
                     auto y = g.op("relu", {conv(g, g.in("f32[1, 10, 12, 16]", unit), 2 * width)});
                     auto low = slice(g, y, zero + "0", half), high = slice(g, y, zero + std::to_string(width), half);
                     auto third = g.op("add", {g.op("relu", {conv(g, g.op("relu", {conv(g, high, width, 3)}), width, 3)}), high});
                     auto fourth = g.op("add", {g.op("relu", {conv(g, third, width, 3)}), third});
                     g.out(g.op("relu", {conv(g, concat(g, {low, high, third, fourth}, 3), 33)}));
                   }, {}, {256, 256}});
  all.push_back({"densely_connected", [=](Graph &g) {
                   auto x = g.op("relu", {conv(g, g.in("f32[1, 8, 9, 12]", unit), 32)});
                   for (int i = 0; i < 3; ++i)
                     x = concat(g, {x, conv(g, g.op("relu", {conv(g, g.op("relu", {g.op("mul", {x, g.constant("f32[1]", "=0.5")})}), 24)}), 16, 3)}, 3);
                   g.out(g.op("reduce", {g.op("relu", {x})}, "kind = 0 : i32, axes = array<i64: 1, 2>, keepdims = false"));
                   g.out(g.op("neg", {x}));
                 }, {}, {256, 256}});
  for (int64_t outer = 0; outer < 4; ++outer)
    all.push_back({"nested_along_" + std::to_string(outer), [=](Graph &g) {
                     auto x = g.in("f32[2, 4, 6, 24]", unit);
                     auto a = g.op("relu", {conv(g, x, 16)}), b = g.op("tanh", {conv(g, x, 32)});
                     auto inner = concat(g, {a, b}, 3);
                     auto c = g.op("exp", {g.op("sub", {concat(g, {b, a}, 3), inner})});
                     auto whole = concat(g, {c, inner, pool(g, inner)}, outer);
                     g.out(conv(g, inner, 17, 3));
                     g.out(g.op("neg", {whole}));
                   }, {}, some});
  all.push_back({"given_twice_or_from_outside", [=](Graph &g) {
                   auto x = g.in("f32[3, 5, 20]", unit);
                   auto a = g.op("exp", {x}), b = g.op("tanh", {g.op("mul", {a, x})});
                   g.out(concat(g, {x, a, g.constant("f32[3, 5, 16]"), a, b, x}, 2));
                   g.out(b);
                   g.out(g.op("abs", {concat(g, {g.op("cos", {a}), b, g.op("neg", {x})}, 1)}));
                 }, {}, {8, 8}});
  all.push_back({"reshaped", [=](Graph &g) {
                   Graph::Values scales;
                   for (int size : {8, 4, 2}) {
                     std::string s = std::to_string(size);
                     auto x = g.in("f32[1, " + s + ", " + s + ", 16]", unit);
                     auto y = concat(g, {conv(g, x, 24), conv(g, g.op("relu", {conv(g, x, 16, 3)}), 17)}, 3);
                     scales.push_back(g.op("reshape", {y}, "", "f32[1, " + std::to_string(size * size) + ", 41]"));
                   }
                   auto whole = concat(g, scales, 1);
                   g.out(g.op("transpose", {slice(g, whole, "0, 0, 24", "f32[1, 84, 17]")}, "perm = array<i64: 0, 2, 1>"));
                   g.out(softmax(g, slice(g, whole, "0, 3, 0", "f32[1, 80, 24]"), 2));
                 }, {}, some});
  all.push_back({"by_winograd", [=](Graph &g) {
                   auto x = g.in("f32[1, 16, 16, 32]", unit);
                   auto a = conv(g, x, 32, 3), b = g.op("relu", {conv(g, a, 32, 3)});
                   g.out(concat(g, {b, a, conv(g, b, 48, 3)}, 3));
                 }, {}, {256, 4096}});
  all.push_back({"by_separable", [=](Graph &g) {
                   auto wide = g.op("relu", {conv(g, g.in("f32[1, 29, 27, 130]", unit), 128)});
                   auto y = g.op("relu", {g.op("conv", {wide, g.constant("f32[128, 5, 4, 1]", few)},
                                               "strides = array<i64: 2, 3>, dilations = array<i64: 1, 1>, low = array<i64: 3, 0>, high = array<i64: 1, 2>, "
                                               "groups = 128 : i64")});
                   g.out(g.op("neg", {concat(g, {conv(g, y, 33), y}, 3)}));
                 }, {}, {64, 4096}, true});
  all.push_back({"by_attention", [=](Graph &g) {
                   auto x = g.in("f32[2, 3, 11, 72]", unit);
                   auto whole = g.op("tanh", {x});
                   auto head = [&](int at) { return slice(g, whole, "0, 0, 0, " + std::to_string(at), "f32[2, 3, 11, 24]"); };
                   auto attend = [&](Value q, Value k, Value v) {
                     auto scores = g.op("mul", {g.op("matmul", {q, k}, "trans_b = true"), g.constant("f32[]", "=0.25")});
                     return g.op("matmul", {softmax(g, scores, 3), v});
                   };
                   auto first = attend(head(0), head(24), head(48)), second = attend(first, head(24), head(0));
                   g.out(g.op("neg", {concat(g, {second, first, head(24)}, 3)}));
                   g.out(g.op("neg", {concat(g, {g.op("relu", {second}), g.op("abs", {first})}, 2)}));
                 }, {}, {64, 64}});
  // Long reductions over a part, sums that wait between chunks, and what is added from and to parts.
  all.push_back({"in_long_products", [=](Graph &g) {
                   auto x = g.in("f32[1, 7, 9, 64]", unit);
                   auto a = g.op("relu", {conv(g, x, 700)});
                   auto b = g.op("relu", {g.op("add", {conv(g, a, 40), conv(g, x, 40)})});
                   g.out(conv(g, concat(g, {a, b}, 3), 19));
                   g.out(g.op("neg", {concat(g, {g.op("add", {b, conv(g, a, 40)}), conv(g, b, 36)}, 3)}));
                 }, {}, {64, 1024}});
  for (const char *type : {"f16", "f64", "i8", "i64"})
    all.push_back({std::string("of_") + type, [=](Graph &g) {
                     std::string t = type;
                     auto x = g.in(t + "[3, 4, 70]"), y = g.op("max", {x, g.in(t + "[3, 4, 70]")});
                     auto z = g.op("max", {slice(g, y, "0, 0, 2", t + "[3, 4, 66]"), slice(g, x, "0, 0, 4", t + "[3, 4, 66]")});
                     g.out(concat(g, {y, z, g.op("min", {x, y})}, 2));
                     // Otherwise all would be computed where the whole is written.
                     g.out(g.op("transpose", {y}, "perm = array<i64: 2, 0, 1>"));
                     g.out(g.op("transpose", {z}, "perm = array<i64: 2, 0, 1>"));
                   }, {}, {0}});
  // Between the first part and the whole there is a lot that wants memory.
  all.push_back({"not_overwritten", [=](Graph &g) {
                   auto x = g.in("f32[1, 12, 12, 64]", unit);
                   auto first = conv(g, x, 16), y = x;
                   Graph::Values parts = {first};
                   for (int i = 0; i < 4; ++i) {
                     y = g.op("tanh", {conv(g, g.op("relu", {conv(g, y, 64)}), 64)});
                     parts.push_back(conv(g, y, 16 + i));
                   }
                   g.out(g.op("neg", {concat(g, parts, 3)}));
                   g.out(conv(g, y, 8));
                 }, {}, {256, 256}});
  // Large enough for the kernels that write the sides, and of no more elements than the references fold.
  const char *sides = "mode = 0 : i32, interior = array<i64: 0, 0, 0, 0>, ";
  for (bool zero : {false, true})
    all.push_back({zero ? "between_zeros" : "between_padding", [=](Graph &g) {
                     auto x = g.op("relu", {conv(g, g.in("f64[1, 20, 44, 12]", unit), 40, 1, "f64")});
                     Graph::Values operands = {x};
                     if (!zero)
                       operands.push_back(g.constant("f64[]", "=0.5"));
                     auto padded = g.op("pad", operands, std::string(sides) + "low = @(0, 3, 2, 0), high = @(0, 1, 4, 0)", "f64[1, 24, 50, 40]");
                     g.out(softmax(g, padded, 3));
                     g.out(conv(g, x, 17, 3, "f64"));
                   }, {}, some});
  all.push_back({"of_a_whole_between_padding", [=](Graph &g) {
                   auto x = g.in("f64[1, 60, 24, 12]", unit);
                   auto whole = concat(g, {g.op("relu", {conv(g, x, 17, 1, "f64")}), conv(g, x, 16, 3, "f64")}, 3);
                   g.out(g.op("pad", {whole}, std::string(sides) + "low = @(0, 1, 0, 0), high = @(0, 0, 2, 0)", "f64[1, 61, 26, 33]"));
                 }, {}, some});
  return all;
}

} // namespace mlc::test
