#include "Case.h"

namespace mlc::test {

static const char *unit = "-1:1";

std::vector<Case> fusionCases() {
  std::vector<Case> all;
  all.push_back({"chain", [](Graph &g) {
                   auto x = g.in("f32[n, 19]"), y = g.in("f32[19]");
                   auto a = g.op("mul", {g.op("add", {x, y}), g.constant("f32[]", "=0.5")});
                   g.out(g.op("sub", {g.op("exp", {g.op("neg", {g.op("abs", {a})})}), a}));
                 }, {.n = 7}, {8, 4}});
  all.push_back({"diamond", [](Graph &g) {
                   auto x = g.in("f32[5, n]");
                   auto a = g.op("tanh", {x}), b = g.op("sigmoid", {x});
                   g.out(g.op("mul", {a, b}));
                   g.out(g.op("add", {g.op("mul", {a, a}), b}));
                 }, {.n = 13}, {8, 4}});
  all.push_back({"inner_results_used_outside", [](Graph &g) {
                   auto a = g.op("relu", {g.in("f32[6, 17]")});
                   auto b = g.op("add", {a, g.constant("f32[17]")});
                   g.out(a);
                   g.out(b);
                   g.out(g.op("mul", {b, a}));
                 }, {}, {2}});
  all.push_back({"types_change", [](Graph &g) {
                   auto x = g.in("ui8[n, 21]", "full");
                   auto f = g.op("mul", {g.op("sub", {g.op("cast", {x}, "to = f32"), g.constant("f32[]", "=128")}), g.constant("f32[]", "=0.03125")});
                   g.out(g.op("cast", {g.op("relu", {f})}, "to = f16"));
                   auto r = g.op("round", {g.op("mul", {f, g.constant("f32[21]", "1:9")})});
                   g.out(g.op("cast", {g.op("min", {g.op("max", {r, g.constant("f32[]", "=-128")}), g.constant("f32[]", "=127")})}, "to = i8"));
                 }, {.n = 5}, {1}});
  all.push_back({"quantized_product", [](Graph &g) {
                   auto x = g.op("sub", {g.op("cast", {g.in("ui8[n, 24]", "full")}, "to = i32"), g.constant("i32[]", "=120")});
                   auto y = g.op("matmul", {x, g.op("cast", {g.constant("i8[24, 18]", "full")}, "to = i32")});
                   auto f = g.op("mul", {g.op("cast", {g.op("add", {y, g.constant("i32[18]")})}, "to = f32"), g.constant("f32[18]", "=0.0009765625,0.001953125")});
                   auto q = g.op("add", {g.op("round", {f}), g.constant("f32[]", "=128")});
                   g.out(g.op("cast", {g.op("min", {g.op("max", {q, g.constant("f32[]", "=0")}), g.constant("f32[]", "=255")})}, "to = ui8"));
                 }, {.n = 6}});
  all.push_back({"narrow_floats", [](Graph &g) {
                   for (const char *type : {"f16", "bf16"}) {
                     auto x = g.in(std::string(type) + "[5, 18]", unit), y = g.in(std::string(type) + "[18]", unit);
                     g.out(g.op("relu", {g.op("add", {g.op("mul", {x, y}), y})}));
                   }
                 }, {}, {2, 2}});
  all.push_back({"attention", [](Graph &g) {
                   auto q = g.in("f32[2, n, 16]", unit), k = g.in("f32[2, n, 16]", unit), v = g.in("f32[2, n, 16]", unit);
                   auto scores = g.op("mul", {g.op("matmul", {q, k}, "trans_b = true"), g.constant("f32[]", "=0.25")});
                   auto mask = g.in("f32[n, n]", "=0,-1000,0");
                   g.out(g.op("matmul", {g.op("softmax", {g.op("add", {scores, mask})}, "axis = 2 : i64"), v}));
                 }, {.n = 11}, {16, 64}});
  all.push_back({"attention_of_heads", [](Graph &g) {
                   auto x = g.in("f32[n, m, 24]", unit);
                   auto heads = [&](const char *perm) {
                     auto y = g.op("matmul", {x, g.constant("f32[24, 24]", "-0.3:0.3")});
                     return g.op("transpose", {g.op("reshape", {y}, "", "f32[n, m, 3, 8]")}, perm);
                   };
                   auto q = heads("perm = array<i64: 0, 2, 1, 3>"), k = heads("perm = array<i64: 0, 2, 3, 1>"), v = heads("perm = array<i64: 0, 2, 1, 3>");
                   auto w = g.op("softmax", {g.op("matmul", {q, k})}, "axis = 3 : i64");
                   auto y = g.op("reshape", {g.op("transpose", {g.op("matmul", {w, v})}, "perm = array<i64: 0, 2, 1, 3>")}, "", "f32[n, m, 24]");
                   g.out(g.op("layer_norm", {g.op("add", {x, g.op("matmul", {y, g.constant("f32[24, 24]", "-0.3:0.3")})}), g.constant("f32[24]", "0.5:1.5"), g.constant("f32[24]")},
                              "axis = 2 : i64, epsilon = 1.0e-5, operandSegmentSizes = array<i32: 1, 1, 1>"));
                 }, {.n = 2, .m = 9}, {16, 256}});
  all.push_back({"squeeze_and_excite", [](Graph &g) {
                   auto x = g.in("f32[n, 5, 6, 16]", unit);
                   auto s = g.op("mul", {g.op("reduce", {x}, "kind = 0 : i32, axes = array<i64: 1, 2>, keepdims = true"), g.constant("f32[]", "=0.033333335")});
                   std::string window = "strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, groups = 1 : i64";
                   auto h = g.op("relu", {g.op("conv", {s, g.constant("f32[4, 1, 1, 16]", unit)}, window)});
                   auto e = g.op("sigmoid", {g.op("conv", {h, g.constant("f32[16, 1, 1, 4]", unit)}, window)});
                   g.out(g.op("mul", {x, e}));
                 }, {.n = 2}, {16, 32}});
  all.push_back({"instance_norm", [](Graph &g) {
                   auto x = g.in("f32[2, 3, n, 5]");
                   auto r = g.op("reshape", {x}, "", "f32[2, 3, 5*n]");
                   auto y = g.op("layer_norm", {r}, "axis = 2 : i64, epsilon = 1.0e-5, operandSegmentSizes = array<i32: 1, 0, 0>");
                   auto z = g.op("reshape", {y}, "", "f32[2, 3, n, 5]");
                   g.out(g.op("add", {g.op("mul", {z, g.constant("f32[3, 1, 1]", "0.5:1.5")}), g.constant("f32[3, 1, 1]")}));
                 }, {.n = 7}, {8, 32}});
  // Channels-last, where the norms are taken in steps: of channels, of groups as exporters write them, of an unknown number of
  // pixels, with a scale and a bias a pixel.
  all.push_back({"norms_of_channels", [](Graph &g) {
                   const std::string first = "perm = array<i64: 0, 3, 1, 2>", last = "perm = array<i64: 0, 2, 3, 1>";
                   const std::string norm = "axis = 2 : i64, epsilon = 1.0e-5, operandSegmentSizes = array<i32: 1, ";
                   auto x = g.op("transpose", {g.in("f32[2, n, 5, 24]", "-2:6")}, first);
                   g.out(g.op("transpose", {g.op("relu", {g.op("layer_norm", {x}, norm + "0, 0>")})}, last));
                   auto y = g.op("transpose", {g.in("f32[2, 6, 5, 24]", "-2:6")}, first);
                   auto z = g.op("layer_norm", {g.op("reshape", {y}, "", "f32[2, 8, 90]")}, norm + "0, 0>");
                   g.out(g.op("transpose", {g.op("mul", {g.op("reshape", {z}, "", "f32[2, 24, 6, 5]"), g.constant("f32[24, 1, 1]")})}, last));
                   auto w = g.op("layer_norm", {y, g.constant("f32[6, 5]", "0.5:1.5"), g.constant("f32[6, 5]")}, norm + "1, 1>");
                   g.out(g.op("transpose", {w}, last));
                 }, {.n = 7}, {8, 64}});
  all.push_back({"moved_and_computed", [](Graph &g) {
                   auto x = g.in("f32[4, n, 6]");
                   auto t = g.op("transpose", {g.op("exp", {x})}, "perm = array<i64: 2, 0, 1>");
                   auto p = g.op("pad", {t}, "mode = 1 : i32, low = @(1, 0, 2), high = @(1, 1, 0), interior = array<i64: 0, 0, 0>, operandSegmentSizes = array<i32: 1, 0>",
                                 "f32[8, 5, n + 2]");
                   auto s = g.op("slice", {p}, "starts = @(7, 0, 1), steps = array<i64: -1, 2, 1>", "f32[8, 3, n]");
                   g.out(g.op("neg", {g.op("add", {s, g.constant("f32[]", "=1")})}));
                 }, {.n = 9}, {6, 4}});
  all.push_back({"gathered_and_computed", [](Graph &g) {
                   auto rows = g.op("gather", {g.constant("f32[50, 16]", unit), g.in("i64[n, m]", "0:49")}, "axis = 0 : i64");
                   auto y = g.op("add", {g.op("mul", {rows, g.constant("f32[]", "=4")}), g.in("f32[m, 16]")});
                   g.out(g.op("layer_norm", {y}, "axis = 2 : i64, epsilon = 1.0e-5, operandSegmentSizes = array<i32: 1, 0, 0>"));
                 }, {.n = 2, .m = 6}, {8, 32}});
  all.push_back({"concatenated_branches", [](Graph &g) {
                   auto x = g.in("f32[1, 6, n, 8]", unit);
                   std::string window = "strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, low = array<i64: 1, 1>, high = array<i64: 1, 1>, groups = 1 : i64";
                   auto a = g.op("relu", {g.op("conv", {x, g.constant("f32[5, 3, 3, 8]", unit)}, window)});
                   auto b = g.op("pool", {x}, "kind = 0 : i32, window = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, low = array<i64: 1, 1>, high = array<i64: 1, 1>");
                   g.out(g.op("sigmoid", {g.op("concat", {a, b, x}, "axis = 3 : i64")}));
                 }, {.n = 7}, {8, 72}});
  all.push_back({"reduced_and_compared", [](Graph &g) {
                   auto x = g.in("f32[n, 20]");
                   auto most = g.op("reduce", {x}, "kind = 2 : i32, axes = array<i64: 1>, keepdims = true");
                   auto is = g.op("compare", {x, most}, "relation = 0 : i32");
                   g.out(g.op("select", {is, x, g.constant("f32[]", "=0")}));
                   g.out(g.op("cast", {is}, "to = i32"));
                 }, {.n = 5}, {0}});
  all.push_back({"sine_positions", [](Graph &g) {
                   auto t = g.in("f32[n, 1]", "0:30");
                   auto a = g.op("mul", {t, g.constant("f32[8]", "0.01:1")});
                   g.out(g.op("concat", {g.op("sin", {a}), g.op("cos", {a})}, "axis = 1 : i64"));
                 }, {.n = 6}, {4, 32}});
  all.push_back({"input_is_output", [](Graph &g) {
                   auto x = g.in("f32[3, n]");
                   g.out(x);
                   g.out(g.op("neg", {x}));
                   g.out(g.constant("f32[3]"));
                 }, {.n = 4}, {0}});
  // What only lays out a contraction's first operand is read as it lies in memory.
  all.push_back({"planes_into_conv", [](Graph &g) {
                   auto x = g.op("transpose", {g.in("f32[2, 3, 17, 20]", "-1:1")}, "perm = array<i64: 0, 2, 3, 1>");
                   g.out(g.op("conv", {x, g.constant("f32[24, 3, 3, 3]", "-1:1")},
                              "strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, low = array<i64: 1, 0>, high = array<i64: 1, 1>, groups = 1 : i64"));
                 }, {}, {4, 27}});
  all.push_back({"planes_into_grouped_conv", [](Graph &g) {
                   auto x = g.op("transpose", {g.in("f32[1, 4, 9, 11]", "-1:1")}, "perm = array<i64: 0, 2, 3, 1>");
                   g.out(g.op("conv", {x, g.constant("f32[24, 3, 3, 2]", "-1:1")},
                              "strides = array<i64: 1, 1>, dilations = array<i64: 1, 2>, low = array<i64: 1, 2>, high = array<i64: 1, 2>, groups = 2 : i64"));
                 }, {}, {4, 18}});
  all.push_back({"planes_of_symbols_into_conv", [](Graph &g) {
                   auto x = g.op("transpose", {g.in("f32[n, 3, m, k]", "-1:1")}, "perm = array<i64: 0, 2, 3, 1>");
                   g.out(g.op("conv", {x, g.constant("f32[24, 3, 3, 3]", "-1:1")},
                              "strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, low = array<i64: 1, 1>, high = array<i64: 1, 1>, groups = 1 : i64"));
                 }, {.n = 2, .m = 9, .k = 14}, {4, 27}});
  // Padded input that is copied block by block: strides, dilations, uneven padding, several images, long reductions.
  struct Staged {
    const char *name, *x, *weights, *window;
    double terms;
    bool planes = false;
  };
  for (Staged c : {Staged{"staged_padding", "f32[2, 24, 25, 8]", "f32[24, 3, 3, 8]",
                          "strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, low = array<i64: 1, 1>, high = array<i64: 1, 1>", 72},
                   Staged{"staged_strides", "f32[1, 33, 47, 20]", "f32[35, 5, 3, 20]",
                          "strides = array<i64: 2, 1>, dilations = array<i64: 1, 2>, low = array<i64: 1, 3>, high = array<i64: 2, 0>", 300},
                   Staged{"staged_chunks", "f32[1, 16, 15, 64]", "f32[16, 3, 5, 64]",
                          "strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, low = array<i64: 2, 2>, high = array<i64: 0, 2>", 960},
                   Staged{"staged_planes", "f32[2, 3, 31, 40]", "f32[24, 7, 7, 3]",
                          "strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, low = array<i64: 3, 2>, high = array<i64: 3, 3>", 147, true}})
    all.push_back({c.name, [=](Graph &g) {
                     auto x = g.in(c.x, "-1:1");
                     if (c.planes)
                       x = g.op("transpose", {x}, "perm = array<i64: 0, 2, 3, 1>");
                     g.out(g.op("relu", {g.op("conv", {x, g.constant(c.weights, "-1:1")}, std::string(c.window) + ", groups = 1 : i64")}));
                   }, {}, {4, c.terms}});
  // Wide images between a pointwise and a depthwise convolution: an odd number of panels, strides, uneven padding, images.
  struct Separable {
    const char *name, *x, *pointwise, *depthwise, *window;
    double terms;
  };
  for (Separable c : {Separable{"separable", "f32[2, 13, 30, 150]", "f32[144, 1, 1, 150]", "f32[144, 3, 3, 1]",
                                "strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, low = array<i64: 1, 1>, high = array<i64: 1, 1>, groups = 144 : i64", 1350},
                      Separable{"separable_strides", "f32[1, 29, 27, 130]", "f32[128, 1, 1, 130]", "f32[128, 5, 4, 1]",
                                "strides = array<i64: 2, 3>, dilations = array<i64: 1, 1>, low = array<i64: 3, 0>, high = array<i64: 1, 2>, groups = 128 : i64", 2600},
                      Separable{"separable_unpadded", "f32[1, 50, 40, 66]", "f32[64, 1, 1, 66]", "f32[64, 2, 3, 1]",
                                "strides = array<i64: 1, 2>, dilations = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, groups = 64 : i64", 400}})
    all.push_back({c.name, [=](Graph &g) {
                     std::string one = "strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>, groups = 1 : i64";
                     auto wide = g.op("conv", {g.in(c.x, "-1:1"), g.constant(c.pointwise, "-1:1")}, one);
                     wide = g.op("max", {g.op("add", {wide, g.constant("f32[1]")}), g.constant("f32[]", "=0")});
                     g.out(g.op("relu", {g.op("conv", {wide, g.constant(c.depthwise, "-1:1")}, c.window)}));
                   }, {}, {4, c.terms}});
  for (bool trans : {false, true})
    all.push_back({trans ? "heads_into_transposed_product" : "heads_into_product", [=](Graph &g) {
                     auto q = g.op("transpose", {g.in(trans ? "f32[2, 24, 3, 10]" : "f32[2, 10, 3, 24]", "-1:1")}, "perm = array<i64: 0, 2, 1, 3>");
                     auto shared = g.op("transpose", {g.in("f32[n, 5, 24]", "-1:1")}, "perm = array<i64: 1, 0, 2>");
                     g.out(g.op("matmul", {q, g.in("f32[2, 3, 24, 18]", "-1:1")}, trans ? "trans_a = true" : ""));
                     g.out(g.op("matmul", {shared, g.constant("f32[24, 20]", "-1:1")}));
                   }, {.n = 7}, {4, 24}});
  return all;
}

} // namespace mlc::test
