#include "Case.h"

#include <algorithm>

namespace mlc::test {

static Case transposes(const std::string &name, const std::string &type, std::vector<int> first, int leading, Sizes sizes = {}) {
  return {name, [=](Graph &g) {
            auto x = g.in(type, "full");
            std::vector<int> perm = first;
            do {
              if (leading >= 0 && perm[0] != leading)
                continue;
              std::string list;
              for (int p : perm)
                list += (list.empty() ? "" : ", ") + std::to_string(p);
              // The sign keeps the identity from being the input itself.
              g.out(g.op("neg", {g.op("transpose", {x}, "perm = array<i64: " + list + ">")}));
            } while (std::next_permutation(perm.begin(), perm.end()));
          }, sizes, {0}};
}

static std::string axis(int a) { return "axis = " + std::to_string(a) + " : i64"; }

std::vector<Case> movementCases() {
  std::vector<Case> all;
  all.push_back(transposes("transpose_rank_2", "f32[17, 33]", {0, 1}, -1));
  all.push_back(transposes("transpose_rank_3", "f32[5, 9, 17]", {0, 1, 2}, -1));
  all.push_back(transposes("transpose_rank_3_symbols", "f32[n, 3, m]", {0, 1, 2}, -1, {.n = 7, .m = 18}));
  for (int leading = 0; leading < 4; ++leading)
    all.push_back(transposes("transpose_rank_4_from_" + std::to_string(leading), "f32[3, 4, 5, 6]", {0, 1, 2, 3}, leading));
  all.push_back(transposes("transpose_i8", "i8[19, 3, 21]", {0, 1, 2}, -1));
  all.push_back(transposes("transpose_f64", "f64[3, 10, 7]", {0, 1, 2}, -1));
  all.push_back(transposes("transpose_f16", "f16[9, 4, 18]", {0, 1, 2}, -1));
  all.push_back(transposes("transpose_ones", "i32[1, 9, 1, 8]", {0, 1, 2, 3}, 3));

  auto slice = [&](const std::string &name, const std::string &x, const std::string &starts, const std::string &steps, const std::string &y,
                   Sizes sizes = {}) {
    all.push_back({"slice_" + name, [=](Graph &g) {
                     g.out(g.op("slice", {g.in(x)}, "starts = @(" + starts + "), steps = array<i64: " + steps + ">", y));
                   }, sizes, {0}});
  };
  slice("contiguous", "f32[9, 17]", "2, 0", "1, 1", "f32[5, 17]");
  slice("inner", "f32[9, 40]", "1, 3", "1, 1", "f32[7, 33]");
  slice("strides", "f32[9, 40]", "1, 2", "3, 2", "f32[3, 19]");
  slice("backwards", "f32[9, 17]", "8, 16", "-1, -1", "f32[9, 17]");
  slice("backwards_strided", "i64[9, 17]", "7, 15", "-2, -3", "i64[4, 5]");
  slice("step_2", "f32[3, 100]", "0, 1", "1, 2", "f32[3, 50]");
  slice("step_3", "f16[3, 200]", "0, 0", "1, 3", "f16[3, 67]");
  slice("step_4", "f64[3, 200]", "0, 3", "1, 4", "f64[3, 50]");
  slice("step_5", "f32[3, 200]", "0, 4", "1, 5", "f32[3, 40]");
  slice("step_1_backwards", "i8[3, 100]", "0, 99", "1, -1", "i8[3, 100]");
  slice("step_3_backwards", "f32[3, 100]", "2, 99", "-1, -3", "f32[3, 34]");
  slice("i8", "i8[5, 70]", "0, 1", "2, 2", "i8[3, 33]");
  slice("one_element", "f32[3, 4, 5]", "2, 3, 4", "1, 1, 1", "f32[1, 1, 1]");
  slice("nothing", "f32[3, 4]", "0, 0", "1, 1", "f32[0, 4]");
  slice("symbols", "f32[n, m]", "n - 3, 1", "1, 1", "f32[3, m - 1]", {.n = 6, .m = 20, .low = 3});
  slice("symbols_backwards", "f32[n, m]", "n - 1, m - 1", "-1, -1", "f32[n, m]", {.n = 6, .m = 20});

  const char *modes[] = {"constant", "reflect", "edge", "wrap"};
  for (int mode = 0; mode < 4; ++mode) {
    std::string attribute = ", mode = " + std::to_string(mode) + " : i32, operandSegmentSizes = array<i32: 1, 0>";
    all.push_back({std::string("pad_") + modes[mode], [=](Graph &g) {
                     std::string none = ", interior = array<i64: 0, 0>";
                     g.out(g.op("pad", {g.in("f32[5, 17]")}, "low = @(1, 3), high = @(2, 4)" + none + attribute, "f32[8, 24]"));
                     g.out(g.op("pad", {g.in("f32[5, 17]")}, "low = @(0, 3), high = @(0, 0)" + none + attribute, "f32[5, 20]"));
                     g.out(g.op("pad", {g.in("i8[5, 17]")}, "low = @(2, 0), high = @(1, 0)" + none + attribute, "i8[8, 17]"));
                     g.out(g.op("pad", {g.in("f32[n, m]")}, "low = @(1, 2), high = @(2, 1)" + none + attribute, "f32[n + 3, m + 3]"));
                   }, {.n = 4, .m = 9}, {0}});
    if (mode != 0)
      all.push_back({std::string("pad_and_crop_") + modes[mode], [=](Graph &g) {
                       std::string none = ", interior = array<i64: 0, 0>";
                       g.out(g.op("pad", {g.in("f32[5, 17]")}, "low = @(1, -2), high = @(-1, 3)" + none + attribute, "f32[5, 18]"));
                     }, {}, {0}});
  }
  // Planes of an image, whose rows become longer: rows of vectors, of less than one, and of one element.
  all.push_back({"pad_planes", [](Graph &g) {
                   std::string none = "mode = 0 : i32, interior = array<i64: 0, 0, 0, 0>, ";
                   for (const char *width : {"37", "16", "3", "1", "m"})
                     g.out(g.op("pad", {g.in(std::string("f32[2, 3, n, ") + width + "]")}, none + "low = @(0, 0, 1, 1), high = @(0, 0, 2, 17)",
                                std::string("f32[2, 3, n + 3, ") + width + " + 18]"));
                   auto v = g.in("i8[1]");
                   g.out(g.op("pad", {g.op("neg", {g.in("i8[1, 5, 21]")}), v}, "mode = 0 : i32, interior = array<i64: 0, 0, 0>, low = @(1, -1, 3), high = @(0, 2, 0)", "i8[2, 6, 24]"));
                   g.out(g.op("pad", {g.in("i8[1, 5, 21]"), v}, "mode = 0 : i32, interior = array<i64: 0, 0, 0>, low = @(0, 0, 3), high = @(0, 0, 4)", "i8[1, 5, 28]"));
                 }, {.n = 5, .m = 19}});
  all.push_back({"pad_value", [](Graph &g) {
                   auto v = g.in("f32[]");
                   g.out(g.op("pad", {g.in("f32[4, 9]"), v}, "mode = 0 : i32, low = @(1, 2), high = @(0, 3), interior = array<i64: 0, 0>", "f32[5, 14]"));
                   g.out(g.op("pad", {g.in("f32[4, 9]"), g.constant("f32[]", "=-7")},
                              "mode = 0 : i32, low = @(-1, 2), high = @(2, -3), interior = array<i64: 0, 0>", "f32[5, 8]"));
                 }, {}, {0}});
  all.push_back({"pad_interior", [](Graph &g) {
                   g.out(g.op("pad", {g.in("f32[4, 9]")}, "mode = 0 : i32, low = @(0, 2), high = @(1, 0), interior = array<i64: 2, 1>", "f32[11, 19]"));
                   g.out(g.op("pad", {g.in("f32[n, 5]")}, "mode = 0 : i32, low = @(1, -1), high = @(0, 0), interior = array<i64: 1, 0>", "f32[2*n, 4]"));
                 }, {.n = 4}, {0}});

  for (const char *index : {"i64", "i32"})
    all.push_back({std::string("gather_") + index, [=](Graph &g) {
                     auto i = g.in(std::string(index) + "[2, 3]", "-5:4"), one = g.in(std::string(index) + "[]", "-5:4");
                     g.out(g.op("gather", {g.in("f32[5, 17]"), i}, axis(0)));
                     g.out(g.op("gather", {g.in("f32[4, 5]"), i}, axis(1)));
                     g.out(g.op("gather", {g.in("i8[3, 5, 9]"), i}, axis(1)));
                     g.out(g.op("gather", {g.in("f32[5, 9]"), one}, axis(0)));
                     g.out(g.op("gather", {g.in("f32[3, 5]"), one}, axis(1)));
                   }, {}, {0}});
  all.push_back({"gather_symbols", [](Graph &g) { g.out(g.op("gather", {g.in("f32[11, 24]"), g.in("i64[n, m]", "0:10")}, axis(0))); }, {.n = 2, .m = 7}, {0}});
  all.push_back({"gather_constant_indices", [](Graph &g) {
                   g.out(g.op("gather", {g.in("f32[6, n]"), g.constant("i64[4]", "=5,0,-1,2")}, axis(0)));
                   g.out(g.op("gather", {g.in("f32[n, 6]"), g.constant("i64[4]", "=5,0,-1,2")}, axis(1)));
                 }, {.n = 9}, {0}});
  all.push_back({"gather_elements", [](Graph &g) {
                   g.out(g.op("gather_elements", {g.in("f32[5, 9]"), g.in("i64[3, 9]", "-5:4")}, axis(0)));
                   g.out(g.op("gather_elements", {g.in("f32[5, 9]"), g.in("i64[5, 17]", "-9:8")}, axis(1)));
                   g.out(g.op("gather_elements", {g.in("i16[2, 5, 3]"), g.in("i32[2, 4, 3]", "0:4")}, axis(1)));
                 }, {}, {0}});
  all.push_back({"gather_nd", [](Graph &g) {
                   g.out(g.op("gather_nd", {g.in("f32[5, 9]"), g.in("i64[4, 2]", "-5:4")}, "batch_dims = 0 : i64"));
                   g.out(g.op("gather_nd", {g.in("f32[5, 9]"), g.in("i64[4, 1]", "0:4")}, "batch_dims = 0 : i64"));
                   g.out(g.op("gather_nd", {g.in("f32[3, 5, 9]"), g.in("i64[3, 2, 1]", "-5:4")}, "batch_dims = 1 : i64"));
                 }, {}, {0}});

  for (const char *type : {"f32", "i8", "f16", "i64"})
    all.push_back({std::string("concat_") + type, [=](Graph &g) {
                     std::string t = type;
                     auto a = g.in(t + "[3, 5, 7]"), b = g.in(t + "[3, 1, 7]"), c = g.in(t + "[3, 5, 16]"), d = g.in(t + "[2, 5, 7]");
                     g.out(g.op("concat", {a, b, a}, axis(1)));
                     g.out(g.op("concat", {a, c}, axis(2)));
                     g.out(g.op("concat", {d, a}, axis(0)));
                   }, {}, {0}});
  all.push_back({"concat_symbols", [](Graph &g) {
                   g.out(g.op("concat", {g.in("f32[n, 5]"), g.in("f32[m, 5]")}, axis(0)));
                   g.out(g.op("concat", {g.in("f32[n, 3]"), g.in("f32[n, m]")}, axis(1)));
                 }, {.n = 4, .m = 9}, {0}});
  all.push_back({"concat_of_computed", [](Graph &g) {
                   auto a = g.in("f32[4, 9]"), b = g.in("f32[4, 5]");
                   g.out(g.op("relu", {g.op("concat", {g.op("neg", {a}), g.op("mul", {b, b}), b}, axis(1))}));
                 }, {}, {0}});
  all.push_back({"concat_with_nothing", [](Graph &g) { g.out(g.op("concat", {g.in("f32[3, 0]"), g.in("f32[3, 5]")}, axis(1))); }, {}, {0}});

  all.push_back({"expand", [](Graph &g) {
                   g.out(g.op("broadcast_to", {g.in("f32[3, 1]")}, "", "f32[2, 3, 9]"));
                   g.out(g.op("broadcast_to", {g.in("i8[17]")}, "", "i8[5, 17]"));
                   g.out(g.op("broadcast_to", {g.in("f64[]")}, "", "f64[3, 5]"));
                   g.out(g.op("broadcast_to", {g.in("i1[1, 4, 1]")}, "", "i1[3, 4, 5]"));
                   g.out(g.op("broadcast_to", {g.in("f32[n, 1]")}, "", "f32[3, n, 9]"));
                 }, {.n = 5}, {0}});
  all.push_back({"reshape", [](Graph &g) {
                   g.out(g.op("reshape", {g.op("neg", {g.in("f32[6, 8]")})}, "", "f32[3, 16]"));
                   g.out(g.op("neg", {g.op("reshape", {g.in("f32[6, 8]")}, "", "f32[48]")}));
                   auto x = g.op("exp", {g.in("f32[n, 4, 6]")});
                   g.out(g.op("neg", {g.op("reshape", {x}, "", "f32[4*n, 6]")}));
                 }, {.n = 3}, {4}});
  all.push_back({"depth_to_space", [](Graph &g) {
                   auto x = g.op("reshape", {g.in("f32[2, 3, 5, 2, 2, 4]")}, "", "f32[2, 3, 5, 2, 2, 4]");
                   auto t = g.op("transpose", {x}, "perm = array<i64: 0, 1, 3, 2, 4, 5>");
                   g.out(g.op("reshape", {t}, "", "f32[2, 6, 10, 4]"));
                 }, {}, {0}});
  all.push_back({"space_to_depth", [](Graph &g) {
                   auto x = g.op("reshape", {g.in("f32[n, 6, 4, 3]")}, "", "f32[n, 3, 2, 2, 2, 3]");
                   auto t = g.op("transpose", {x}, "perm = array<i64: 0, 1, 3, 2, 4, 5>");
                   g.out(g.op("relu", {g.op("reshape", {t}, "", "f32[n, 3, 2, 12]")}));
                 }, {.n = 2}, {0}});

  for (int coordinates : {0, 1, 2, 3, 5, 6}) {
    const char *names[] = {"half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel", "", "half_pixel_symmetric", "tf_half_pixel_for_nn"};
    auto attributes = [=](int mode, int nearest, const char *rest = "") {
      return "mode = " + std::to_string(mode) + " : i64, coordinates = " + std::to_string(coordinates) + " : i64, nearest = " +
             std::to_string(nearest) + " : i64, scales = array<f64>, roi = array<f64>" + rest;
    };
    all.push_back({std::string("resize_nearest_") + names[coordinates], [=](Graph &g) {
                     // Sizes at which no point lies halfway, or on an element, in one precision only.
                     const char *smaller = coordinates == 1 ? "i8[1, 3, 5, 3]" : "i8[1, 4, 6, 3]";
                     auto x = g.in("f32[1, 5, 7, 3]"), z = g.in("i8[1, 5, 7, 3]");
                     for (int nearest = 0; nearest < 4; ++nearest) {
                       g.out(g.op("resize", {x}, attributes(0, nearest), "f32[1, 8, 14, 3]"));
                       g.out(g.op("resize", {z}, attributes(0, nearest), smaller));
                     }
                   }, {}, {0}});
    all.push_back({std::string("resize_linear_") + names[coordinates], [=](Graph &g) {
                     g.out(g.op("resize", {g.in("f32[1, 5, 7, 3]")}, attributes(1, 0), "f32[1, 8, 14, 3]"));
                     g.out(g.op("resize", {g.in("f32[1, 5, 7, 3]")}, attributes(1, 0), "f32[1, 3, 4, 3]"));
                     g.out(g.op("resize", {g.in("f32[2, 9]")}, attributes(1, 0), "f32[2, 20]"));
                   }, {}, {8, 64}}); // points are computed in f32: 20 units where they are, times the slope
    all.push_back({std::string("resize_cubic_") + names[coordinates], [=](Graph &g) {
                     g.out(g.op("resize", {g.in("f32[1, 5, 7, 3]")}, attributes(2, 0), "f32[1, 8, 14, 3]"));
                     g.out(g.op("resize", {g.in("f32[1, 9, 9, 2]")}, attributes(2, 0, ", exclude_outside = true, cubic = -0.5"), "f32[1, 4, 13, 2]"));
                   }, {}, {8, 64}});
  }
  all.push_back({"resize_antialias", [](Graph &g) {
                   g.out(g.op("resize", {g.in("f32[1, 9, 11, 2]")}, "mode = 2 : i64, coordinates = 0 : i64, nearest = 0 : i64, "
                              "antialias = true, scales = array<f64>, roi = array<f64>", "f32[1, 4, 5, 2]"));
                 }, {}, {8, 16}, true});
  all.push_back({"resize_by_scales", [](Graph &g) {
                   g.out(g.op("resize", {g.in("f32[1, 5, 7, 3]")}, "mode = 1 : i64, coordinates = 0 : i64, nearest = 0 : i64, "
                              "scales = array<f64: 1.0, 1.5, 2.3, 1.0>, roi = array<f64>", "f32[1, 7, 16, 3]"));
                   g.out(g.op("resize", {g.in("f32[n, m, 3]")}, "mode = 0 : i64, coordinates = 1 : i64, nearest = 2 : i64, "
                              "scales = array<f64: 1.0, 2.0, 1.0>, roi = array<f64>", "f32[n, 2*m, 3]"));
                 }, {.n = 2, .m = 4}, {8, 64}});
  all.push_back({"resize_integers", [](Graph &g) {
                   g.out(g.op("resize", {g.in("ui8[1, 5, 7, 3]")}, "mode = 1 : i64, coordinates = 0 : i64, nearest = 0 : i64, "
                              "scales = array<f64>, roi = array<f64>", "ui8[1, 8, 14, 3]"));
                 }, {}, {}, true});
  all.push_back({"iota", [](Graph &g) {
                   // Added to an input, so that it is made while the model runs.
                   auto index = g.op("iota", {}, axis(1) + ", range = @(3, -2)", "i64[2, 19]");
                   g.out(g.op("add", {g.in("i64[2, 19]"), index}));
                   g.out(g.op("iota", {}, axis(0) + ", range = @(0, 1), float_start = 0.5, float_step = 0.25", "f32[21]"));
                   g.out(g.op("add", {g.in("i32[n, 3]"), g.op("iota", {}, axis(0) + ", range = @(0, 1)", "i32[n, 3]")}));
                 }, {.n = 11}, {1}});
  all.push_back({"reverse_sequence", [](Graph &g) {
                   g.out(g.op("reverse_sequence", {g.in("f32[4, 3, 9]"), g.in("i64[3]", "=1,4,2")}, "batch_axis = 1 : i64, time_axis = 0 : i64"));
                   g.out(g.op("reverse_sequence", {g.in("f32[3, 9]"), g.in("i64[3]", "=9,0,5")}, "batch_axis = 0 : i64, time_axis = 1 : i64"));
                 }, {}, {0}});
  return all;
}

} // namespace mlc::test
