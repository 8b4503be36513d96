#include "Case.h"

namespace mlc::test {

static std::string s(int64_t v) { return std::to_string(v); }

/// Sums of k products, each of at most 1 where the operands are within -1:1. Narrow floats are summed in f32 and rounded once.
static Tolerance sumOf(double k, const std::string &type = "f32") {
  return type == "f16" || type == "bf16" ? Tolerance{1, 0.01 * k} : Tolerance{2, k};
}

static const char *unit = "-1:1";

std::vector<Case> contractionCases() {
  std::vector<Case> all;
  struct Shape {
    int m, n, k;
  };
  for (Shape z : {Shape{1, 1, 1}, {1, 64, 1000}, {5, 33, 17}, {64, 64, 64}, {100, 7, 3}, {1, 16, 16}, {2, 15, 9}, {6, 17, 5}, {7, 100, 2}, {3, 48, 31},
                  {33, 1, 12}, {130, 20, 40}, {16, 32, 300}, {49, 40, 700}, {73, 16, 700}, {100, 20, 700}, {167, 36, 700}, {49, 40, 1024}, {3, 70, 1536}, {1, 20, 2000},
                  {1000, 40, 770}, {50, 33, 1009}})
    all.push_back({"f32_" + s(z.m) + "x" + s(z.n) + "x" + s(z.k), [=](Graph &g) {
                     std::string b = "f32[" + s(z.k) + ", " + s(z.n) + "]";
                     auto a = g.in("f32[" + s(z.m) + ", " + s(z.k) + "]", unit);
                     g.out(g.op("matmul", {a, g.constant(b, unit)}));
                     g.out(g.op("matmul", {a, g.in(b, unit)}));
                   }, {}, sumOf(z.k)});
  // Runs are summed up by themselves: of terms of one sign, one long sum would lose three to ten units.
  for (Shape z : {Shape{1, 64, 480}, {49, 40, 576}, {200, 16, 286}})
    all.push_back({"in_runs_" + s(z.m) + "x" + s(z.n) + "x" + s(z.k), [=](Graph &g) {
                     g.out(g.op("matmul", {g.in("f32[" + s(z.m) + ", " + s(z.k) + "]", "0:1"), g.constant("f32[" + s(z.k) + ", " + s(z.n) + "]", "0:1")}));
                   }, {}, {2.5}});
  for (int which = 0; which < 4; ++which)
    all.push_back({std::vector<const char *>{"plain", "transposed_a", "transposed_b", "transposed_both"}[which], [=](Graph &g) {
                     bool ta = which & 1, tb = which & 2;
                     std::string attributes = std::string("trans_a = ") + (ta ? "true" : "false") + ", trans_b = " + (tb ? "true" : "false");
                     for (bool constant : {true, false}) {
                       std::string b = tb ? "f32[35, 19]" : "f32[19, 35]";
                       g.out(g.op("matmul", {g.in(ta ? "f32[19, 9]" : "f32[9, 19]", unit), constant ? g.constant(b, unit) : g.in(b, unit)}, attributes));
                     }
                     std::string inner = ta ? "n" : "m";
                     g.out(g.op("matmul", {g.in("f32[n, m]", unit), g.in(tb ? "f32[k, " + inner + "]" : "f32[" + inner + ", k]", unit)}, attributes));
                   }, {.n = 7, .m = 10, .k = 21}, sumOf(19)});

  auto batched = [&](const std::string &name, const std::string &a, const std::string &b, Sizes sizes = {}) {
    all.push_back({"batched_" + name, [=](Graph &g) { g.out(g.op("matmul", {g.in("f32[" + a + "]", unit), g.in("f32[" + b + "]", unit)})); }, sizes, sumOf(12)});
  };
  batched("same", "3, 5, 12", "3, 12, 18");
  batched("shared_b", "3, 4, 5, 12", "12, 18");
  batched("shared_a", "5, 12", "3, 12, 18");
  batched("broadcast", "3, 1, 5, 12", "1, 4, 12, 9");
  batched("broadcast_ranks", "4, 5, 12", "3, 1, 12, 9");
  batched("vectors", "2, 8, 1, 12", "2, 8, 12, 1");
  batched("symbols", "n, m, 5, 12", "n, m, 12, 18", {.n = 2, .m = 3});
  batched("symbols_of_rows", "3, n, 12", "3, 12, m", {.n = 7, .m = 20});
  batched("symbols_of_attention", "2, n, 12", "2, 12, n", {.n = 17});
  batched("nothing", "0, 12", "12, 5");
  batched("no_terms", "3, 0", "0, 17");
  batched("no_columns", "5, 12", "12, 0");
  batched("symbols_of_zero", "n, 12", "12, 5", {.n = 0});

  for (const char *type : {"f64", "f16", "bf16"})
    all.push_back({std::string(type) + "_products", [=](Graph &g) {
                     std::string t = type;
                     g.out(g.op("matmul", {g.in(t + "[5, 17]", unit), g.constant(t + "[17, 33]", unit)}));
                     g.out(g.op("matmul", {g.in(t + "[9, 17]", unit), g.in(t + "[17, 20]", unit)}));
                     g.out(g.op("matmul", {g.in(t + "[2, 3, 17]", unit), g.in(t + "[2, 17, 4]", unit)}));
                   }, {}, sumOf(17, type)});
  all.push_back({"i8_to_i32", [](Graph &g) {
                   auto a = g.op("cast", {g.in("i8[9, 37]", "full")}, "to = i32", "i32[9, 37]");
                   auto b = g.op("cast", {g.constant("i8[37, 21]", "full")}, "to = i32", "i32[37, 21]");
                   g.out(g.op("matmul", {a, b}));
                   auto u = g.op("cast", {g.in("ui8[9, 37]", "full")}, "to = i32", "i32[9, 37]");
                   g.out(g.op("matmul", {g.op("sub", {u, g.constant("i32[]", "=128")}), b}));
                   auto c = g.op("cast", {g.in("i8[37, 5]", "full")}, "to = i32", "i32[37, 5]");
                   g.out(g.op("matmul", {a, c}));
                 }});
  for (const char *type : {"i32", "i64", "ui32"})
    all.push_back({std::string(type) + "_products", [=](Graph &g) {
                     std::string t = type;
                     g.out(g.op("matmul", {g.in(t + "[5, 17]", "full"), g.in(t + "[17, 18]", "full")}));
                   }});

  auto epilogue = [&](const std::string &name, std::function<mlir::Value(Graph &, mlir::Value)> after, double slope = 1) {
    all.push_back({"then_" + name, [=](Graph &g) {
                     auto weights = g.constant("f32[24, 35]", unit);
                     g.out(after(g, g.op("matmul", {g.in("f32[11, 24]", unit), weights})));
                     g.out(after(g, g.op("matmul", {g.in("f32[n, 24]", unit), weights})));
                   }, {.n = 5}, {8, 24 * slope}});
  };
  epilogue("bias", [](Graph &g, mlir::Value y) { return g.op("add", {y, g.constant("f32[35]")}); });
  epilogue("bias_relu", [](Graph &g, mlir::Value y) { return g.op("relu", {g.op("add", {y, g.constant("f32[35]")})}); });
  epilogue("bias_of_input", [](Graph &g, mlir::Value y) { return g.op("add", {y, g.in("f32[35]")}); });
  epilogue("scale_bias_clip", [](Graph &g, mlir::Value y) {
    auto z = g.op("add", {g.op("mul", {y, g.constant("f32[35]", "0.5:1.5")}), g.constant("f32[35]")});
    return g.op("min", {g.op("max", {z, g.constant("f32[]", "=0")}), g.constant("f32[]", "=6")});
  }, 2);
  epilogue("silu", [](Graph &g, mlir::Value y) { return g.op("mul", {y, g.op("sigmoid", {y})}); }, 2);
  epilogue("gelu", [](Graph &g, mlir::Value y) {
    auto e = g.op("erf", {g.op("mul", {y, g.constant("f32[]", "=0.70710678")})});
    return g.op("mul", {g.op("mul", {y, g.op("add", {e, g.constant("f32[]", "=1")})}), g.constant("f32[]", "=0.5")});
  }, 2);
  epilogue("column_of_each_row", [](Graph &g, mlir::Value y) { return g.op("mul", {y, g.constant("f32[1, 1]", "=0.25")}); });
  epilogue("cast", [](Graph &g, mlir::Value y) { return g.op("cast", {y}, "to = f64"); });
  all.back().tolerance.bits = 24;
  all.push_back({"then_residual", [](Graph &g) {
                   auto x = g.in("f32[n, 32]", unit);
                   auto y = g.op("matmul", {x, g.constant("f32[32, 32]", unit)});
                   g.out(g.op("relu", {g.op("add", {y, x})}));
                   g.out(g.op("add", {g.in("f32[1, 32]", unit), y}));
                 }, {.n = 9}, {4, 32}});
  all.push_back({"used_twice", [](Graph &g) {
                   auto y = g.op("matmul", {g.in("f32[9, 32]", unit), g.constant("f32[32, 18]", unit)});
                   g.out(y);
                   g.out(g.op("tanh", {y}));
                 }, {}, {4, 32}});
  all.push_back({"of_computed_operands", [](Graph &g) {
                   auto a = g.op("relu", {g.in("f32[n, 20]", unit)});
                   auto b = g.op("neg", {g.in("f32[20, m]", unit)});
                   g.out(g.op("matmul", {a, b}));
                 }, {.n = 6, .m = 17}, sumOf(20)});
  all.push_back({"of_transposed_operands", [](Graph &g) {
                   auto a = g.op("transpose", {g.in("f32[3, 7, 2, 8]", unit)}, "perm = array<i64: 0, 2, 1, 3>");
                   auto b = g.op("transpose", {g.in("f32[3, 9, 2, 8]", unit)}, "perm = array<i64: 0, 2, 3, 1>");
                   g.out(g.op("matmul", {a, b}));
                 }, {}, sumOf(8)});
  all.push_back({"two_layers", [](Graph &g) {
                   auto h = g.op("relu", {g.op("add", {g.op("matmul", {g.in("f32[n, 12]", unit), g.constant("f32[12, 40]", unit)}), g.constant("f32[40]", unit)})});
                   g.out(g.op("add", {g.op("matmul", {h, g.constant("f32[40, 5]", "-0.3:0.3")}), g.constant("f32[5]")}));
                 }, {.n = 7}, {4, 80}});
  // Weights that f16 and bf16 hold without rounding give what f32 gives.
  for (const char *precision : {"f16", "bf16"})
    all.push_back({std::string("weights_in_") + precision, [](Graph &g) {
                     const char *few = "=0.5,-0.25,0.75,-1.5,0.125,1.25,-0.625";
                     auto weights = g.constant("f32[72, 33]", few);
                     g.out(g.op("relu", {g.op("add", {g.op("matmul", {g.in("f32[n, 72]", unit), weights}), g.constant("f32[33]")})}));
                     g.out(g.op("matmul", {g.in("f32[1, 1500]", unit), g.constant("f32[1500, 48]", few)}));
                     // Rows for several tiles, for which panels are widened once, in chunks as well.
                     g.out(g.op("matmul", {g.in("f32[200, 96]", unit), g.constant("f32[96, 80]", few)}));
                     g.out(g.op("matmul", {g.in("f32[48, 640]", unit), g.constant("f32[640, 168]", few)}));
                     g.out(g.op("matmul", {g.in("f32[2, 30, 64]", unit), g.constant("f32[2, 64, 20]", few)}));
                     g.out(g.op("matmul", {g.in("f32[72, 9]", unit), weights}, "trans_a = true"));
                     g.out(g.op("matmul", {g.in("f32[7, 300]", unit), g.constant("f32[40, 300]", few)}, "trans_b = true"));
                     std::string window = "strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, low = array<i64: 1, 1>, high = array<i64: 1, 1>, groups = ";
                     g.out(g.op("conv", {g.in("f32[1, 7, 9, 12]", unit), g.constant("f32[20, 3, 3, 12]", few)}, window + "1"));
                     g.out(g.op("conv", {g.in("f32[1, 6, 5, 32]", unit), g.constant("f32[40, 3, 3, 16]", few)}, window + "2"));
                   }, {.n = 21}, sumOf(1500), false, precision});
  all.push_back({"folded_scale", [](Graph &g) {
                   auto y = g.op("matmul", {g.in("f32[8, 24]", unit), g.constant("f32[24, 19]", unit)});
                   g.out(g.op("add", {g.op("mul", {y, g.constant("f32[19]", "0.5:2")}), g.constant("f32[19]")}));
                 }, {}, {4, 48}});
  return all;
}

} // namespace mlc::test
