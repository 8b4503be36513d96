#include "Case.h"

namespace mlc::test {

static std::string axesText(int mask, int rank, const char *what = "axes") {
  std::string text;
  for (int d = 0; d < rank; ++d)
    if (mask >> d & 1)
      text += (text.empty() ? "" : ", ") + std::to_string(d);
  return std::string(what) + " = array<i64: " + text + ">";
}

static std::string reduceText(int kind, const std::string &axes, bool keep) {
  return "kind = " + std::to_string(kind) + " : i32, " + axes + ", keepdims = " + (keep ? "true" : "false");
}

static std::string axisText(int axis) { return "axis = " + std::to_string(axis) + " : i64"; }

static const char *kinds[] = {"sum", "prod", "max", "min"};

std::vector<Case> rowCases() {
  std::vector<Case> all;
  for (int kind = 0; kind < 4; ++kind) {
    Tolerance tolerance = kind == 0 ? Tolerance{2, 765} : kind == 1 ? Tolerance{765} : Tolerance{0};
    const char *values = kind == 0 ? "-1:1" : kind == 1 ? "0.9:1.1" : "full";
    all.push_back({std::string(kinds[kind]) + "_rank_3", [=](Graph &g) {
                     auto x = g.in("f32[5, 9, 17]", values);
                     for (int mask = 1; mask < 8; ++mask)
                       g.out(g.op("reduce", {x}, reduceText(kind, axesText(mask, 3), mask % 2)));
                   }, {}, tolerance});
    all.push_back({std::string(kinds[kind]) + "_sizes", [=](Graph &g) {
                     for (int n : {1, 2, 7, 8, 9, 16, 33, 1000})
                       g.out(g.op("reduce", {g.in("f32[3, " + std::to_string(n) + "]", values)}, reduceText(kind, axesText(2, 2), false)));
                   }, {}, kind == 0 ? Tolerance{2, 1000} : kind == 1 ? Tolerance{1000} : Tolerance{0}});
    all.push_back({std::string(kinds[kind]) + "_few_inside", [=](Graph &g) {
                     for (const char *type : {"f32", "f16", "i8", "i64"}) {
                       const char *range = type[0] == 'f' ? values : "full";
                       auto x = g.in(std::string(type) + "[3, 37, 2, 2]", range);
                       g.out(g.op("reduce", {x}, reduceText(kind, axesText(12, 4), false)));
                       g.out(g.op("reduce", {x}, reduceText(kind, axesText(8, 4), true)));
                       g.out(g.op("reduce", {g.in(std::string(type) + "[2, 40, 3, 1]", range)}, reduceText(kind, axesText(4, 4), false)));
                     }
                   }, {}, tolerance});
    all.push_back({std::string(kinds[kind]) + "_symbols", [=](Graph &g) {
                     auto x = g.in("f32[n, m, k]", values);
                     for (int mask : {1, 2, 4, 6, 7})
                       g.out(g.op("reduce", {x}, reduceText(kind, axesText(mask, 3), false)));
                   }, {.n = 4, .m = 7, .k = 18}, tolerance});
    all.push_back({std::string(kinds[kind]) + "_integers", [=](Graph &g) {
                     for (const char *type : {"i8", "i32", "i64", "ui8", "ui32"}) {
                       auto x = g.in(std::string(type) + "[5, 19]", "full");
                       g.out(g.op("reduce", {x}, reduceText(kind, axesText(2, 2), true)));
                       g.out(g.op("reduce", {x}, reduceText(kind, axesText(1, 2), false)));
                     }
                   }});
    all.push_back({std::string(kinds[kind]) + "_floats", [=](Graph &g) {
                     for (const char *type : {"f64", "f16", "bf16"})
                       g.out(g.op("reduce", {g.in(std::string(type) + "[5, 19]", values)}, reduceText(kind, axesText(2, 2), false)));
                   }, {}, kind == 0 ? Tolerance{2, 19} : kind == 1 ? Tolerance{19} : Tolerance{0}});
  }
  for (int low : {1, 6, 11})
    all.push_back({"sum_rank_4_from_" + std::to_string(low), [=](Graph &g) {
                     auto x = g.in("f32[3, 4, 5, 6]", "-1:1");
                     for (int mask = low; mask < low + 5; ++mask)
                       g.out(g.op("reduce", {x}, reduceText(0, axesText(mask, 4), false)));
                   }, {}, {2, 360}});
  all.push_back({"of_nothing", [](Graph &g) {
                   auto x = g.in("f32[3, 0]");
                   for (int kind = 0; kind < 4; ++kind)
                     g.out(g.op("reduce", {x}, reduceText(kind, axesText(2, 2), false)));
                   g.out(g.op("reduce", {g.in("i32[0, 5]")}, reduceText(2, axesText(1, 2), false)));
                   g.out(g.op("reduce", {g.in("f32[0, 5]")}, reduceText(0, axesText(2, 2), false)));
                 }, {}, {0}});
  all.push_back({"of_symbols_of_zero", [](Graph &g) { g.out(g.op("reduce", {g.in("f32[3, n]")}, reduceText(0, axesText(2, 2), false))); }, {.n = 0}, {0}});
  all.push_back({"booleans", [](Graph &g) {
                   auto x = g.in("i1[5, 19]");
                   g.out(g.op("reduce", {x}, reduceText(2, axesText(2, 2), false)));
                   g.out(g.op("reduce", {x}, reduceText(3, axesText(1, 2), false)));
                 }});
  all.push_back({"large_rows", [](Graph &g) { g.out(g.op("reduce", {g.in("f32[n, 3000]", "-1:1")}, reduceText(0, axesText(2, 2), false))); }, {.n = 3}, {2, 3000}});
  all.push_back({"long_columns", [](Graph &g) { g.out(g.op("reduce", {g.in("f32[3000, n]", "-1:1")}, reduceText(0, axesText(1, 2), false))); }, {.n = 5}, {2, 3000}});
  all.push_back({"mean_variance", [](Graph &g) {
                   auto x = g.in("f32[n, 40]");
                   auto mean = g.op("mul", {g.op("reduce", {x}, reduceText(0, axesText(2, 2), true)), g.constant("f32[]", "=0.025")});
                   auto d = g.op("sub", {x, mean});
                   auto v = g.op("reduce", {g.op("mul", {d, d})}, reduceText(0, axesText(2, 2), true));
                   g.out(g.op("div", {d, g.op("sqrt", {g.op("add", {v, g.constant("f32[]", "=0.001")})})}));
                   g.out(g.op("sqrt", {g.op("reduce", {g.op("mul", {x, x})}, reduceText(0, axesText(2, 2), false))}));
                 }, {.n = 6}, {8, 40}});
  all.push_back({"log_sum_exp", [](Graph &g) {
                   g.out(g.op("log", {g.op("reduce", {g.op("exp", {g.in("f32[7, n]")})}, reduceText(0, axesText(2, 2), false))}));
                 }, {.n = 23}, {8, 16}});

  struct Row {
    const char *name, *shape;
    int axis;
    Sizes sizes = {};
  };
  const Row rows[] = {{"last", "[4, 33]", 1},       {"first", "[9, 17]", 0},          {"middle", "[3, 10, 7]", 1},           {"of_one", "[5, 1]", 1},
                      {"of_7", "[2, 3, 7]", 2},     {"long", "[2, 1000]", 1},         {"symbols", "[n, m]", 1, {.n = 4, .m = 19}},
                      {"symbols_first", "[n, m]", 0, {.n = 12, .m = 5}}, {"no_rows", "[0, 8]", 1},
                      {"of_2_beside_37", "[3, 37, 2]", 2}, {"of_4_beside_16", "[16, 4]", 1}};
  for (const Row &row : rows) {
    std::string shape = row.shape, axis = axisText(row.axis);
    int number = row.axis;
    double length = row.name == std::string("long") ? 1000 : 40;
    all.push_back({std::string("softmax_") + row.name, [=](Graph &g) { g.out(g.op("softmax", {g.in("f32" + shape, "-8:8")}, axis)); }, row.sizes, {8 + length / 8}});
    all.push_back({std::string("log_softmax_") + row.name, [=](Graph &g) { g.out(g.op("softmax", {g.in("f32" + shape, "-8:8")}, axis + ", log = true")); },
                   row.sizes, {8, 16 + length / 8}});
    if (length < 1000)
      all.push_back({std::string("cumulative_") + row.name, [=](Graph &g) {
                       auto x = g.in("f32" + shape, "0.8:1.2");
                       for (const char *more : {"", ", exclusive = true", ", reverse = true", ", exclusive = true, reverse = true"})
                         g.out(g.op("cumulative", {x}, "kind = 0 : i32, " + axis + more));
                       g.out(g.op("cumulative", {x}, "kind = 1 : i32, " + axis));
                       g.out(g.op("cumulative", {g.in("i64" + shape, "full")}, "kind = 0 : i32, " + axis));
                     }, row.sizes, {40}});
    if (shape[1] != '0')
      all.push_back({std::string("arg_reduce_") + row.name, [=](Graph &g) {
                       auto x = g.in("f32" + shape, "=1,3,-2,3,0.5,-2"), z = g.in("i8" + shape, "full"), w = g.in("f32" + shape);
                       for (int kind : {2, 3})
                         for (bool last : {false, true}) {
                           std::string text = "kind = " + std::to_string(kind) + " : i32, " + axis + ", keepdims = " + (last ? "true, last = true" : "false");
                           for (auto v : {x, z, w})
                             g.out(g.op("arg_reduce", {v}, text));
                         }
                     }, row.sizes});
    if (row.name != std::string("first") && row.name != std::string("symbols_first"))
      all.push_back({std::string("layer_norm_") + row.name, [=](Graph &g) {
                       std::string scale = shape;
                       for (int d = 0; d < number; ++d)
                         scale = "[" + scale.substr(scale.find(", ") + 2);
                       std::string text = axis + ", epsilon = 1.0e-5, operandSegmentSizes = array<i32: 1, ";
                       auto x = g.in("f32" + shape);
                       g.out(g.op("layer_norm", {x}, text + "0, 0>"));
                       g.out(g.op("layer_norm", {x, g.in("f32" + scale, "0.5:1.5")}, text + "1, 0>"));
                       g.out(g.op("layer_norm", {x, g.in("f32" + scale, "0.5:1.5"), g.in("f32" + scale)}, text + "1, 1>"));
                     }, row.sizes, {8, 32}});
  }
  all.push_back({"softmax_floats", [](Graph &g) {
                   for (const char *type : {"f64", "f16", "bf16"})
                     g.out(g.op("softmax", {g.in(std::string(type) + "[5, 19]")}, axisText(1)));
                 }, {}, {16}});
  all.push_back({"softmax_of_large", [](Graph &g) {
                   g.out(g.op("softmax", {g.in("f32[3, 12]", "-1000:1000")}, axisText(1)));
                   g.out(g.op("softmax", {g.in("f32[2, 4]", "=0,-inf,1,-inf,-inf,5,-inf,2")}, axisText(1)));
                 }, {}, {200, 200}});
  all.push_back({"layer_norm_floats", [](Graph &g) {
                   for (const char *type : {"f64", "f16", "bf16"})
                     g.out(g.op("layer_norm", {g.in(std::string(type) + "[5, 19]")}, axisText(1) + ", epsilon = 1.0e-5, operandSegmentSizes = array<i32: 1, 0, 0>"));
                 }, {}, {8, 32}});
  // Rows too short for vectors, side by side: whole vectors of them and a rest, of all widths, with neighbours that are fused.
  for (int width : {2, 3, 5, 10, 17, 33, 64})
    for (std::string rows : {"37", "2, 40", "n"}) {
      bool merged = rows == "2, 40", unknown = rows == "n";
      std::string shape = "[" + rows + ", " + std::to_string(width) + "]";
      std::string name = "side_by_side_" + std::to_string(width) + (unknown ? "_unknown" : merged ? "_merged" : "");
      int axis = merged ? 2 : 1;
      Sizes sizes = unknown ? Sizes{.n = 43} : Sizes{};
      double length = width;
      all.push_back({"softmax_" + name, [=](Graph &g) {
                       auto x = g.op("add", {g.in("f32" + shape, "-4:4"), g.constant("f32[" + std::to_string(width) + "]")});
                       g.out(g.op("mul", {g.op("softmax", {x}, axisText(axis)), g.in("f32" + shape)}));
                       g.out(g.op("softmax", {g.in("f32" + shape, "-8:8")}, axisText(axis) + ", log = true"));
                     }, sizes, {16 + length / 4, 32}});
      all.push_back({"reduce_" + name, [=](Graph &g) {
                       auto x = g.op("relu", {g.in("f32" + shape)});
                       g.out(g.op("sigmoid", {g.op("reduce", {x}, reduceText(0, axesText(1 << axis, axis + 1), true))}));
                       for (const char *type : {"i8", "f16", "i64"})
                         g.out(g.op("reduce", {g.in(std::string(type) + shape)}, reduceText(2, axesText(1 << axis, axis + 1), false)));
                       g.out(g.op("arg_reduce", {g.in("f32" + shape)}, "kind = 2 : i32, keepdims = false, " + axisText(axis)));
                       for (const char *reverse : {"false", "true"})
                         g.out(g.op("cumulative", {g.in("i32" + shape)}, "kind = 0 : i32, " + axisText(axis) + ", reverse = " + reverse));
                     }, sizes, {8 + length / 4, 32}});
      all.push_back({"layer_norm_" + name, [=](Graph &g) {
                       std::string scale = "f32[" + std::to_string(width) + "]";
                       g.out(g.op("relu", {g.op("layer_norm", {g.in("f32" + shape), g.in(scale, "0.5:1.5"), g.in(scale)},
                                               axisText(axis) + ", epsilon = 1.0e-2, operandSegmentSizes = array<i32: 1, 1, 1>")}));
                     }, sizes, {16, 64}});
    }
  return all;
}

} // namespace mlc::test
