#include "Case.h"

namespace mlc::test {

static const char *unit = "-1:1";

struct Call {
  std::string ints = "", floats = "", mask = "";   // lists: "1, 2"
};

static Graph::Values call(Graph &g, const std::string &kernel, const Graph::Values &operands, const Call &c, const std::vector<std::string> &types) {
  auto array = [](const char *type, const std::string &list) { return std::string("array<") + type + (list.empty() ? ">" : ": " + list + ">"); };
  return g.ops("call", operands, "kernel = \"" + kernel + "\", ints = " + array("i64", c.ints) + ", floats = " + array("f64", c.floats) + ", mask = " +
               array("i1", c.mask), types);
}

static void outAll(Graph &g, const Graph::Values &values) {
  for (mlir::Value v : values)
    g.out(v);
}

std::vector<Case> irregularCases() {
  std::vector<Case> all;
  auto simple = [&](const std::string &name, const std::string &kernel, std::vector<std::pair<std::string, std::string>> inputs, const Call &c,
                    std::vector<std::string> types, Sizes sizes = {}, Tolerance tolerance = {0}) {
    all.push_back({name, [=](Graph &g) {
                     Graph::Values in;
                     for (const auto &[type, values] : inputs)
                       in.push_back(g.in(type, values));
                     outAll(g, call(g, kernel, in, c, types));
                   }, sizes, tolerance, true});
  };
  simple("top_k", "top_k", {{"f32[3, 19]", "full"}}, {"1, 1, 1"}, {"f32[3, 5]", "i64[3, 5]"});
  simple("top_k_smallest_ties", "top_k", {{"i32[4, 9]", "0:3"}}, {"1, 0, 1"}, {"i32[4, 9]", "i64[4, 9]"});
  simple("top_k_outer_axis", "top_k", {{"f32[n, m, 3]", ""}}, {"1, 1, 1"}, {"f32[n, 2, 3]", "i64[n, 2, 3]"}, {.n = 2, .m = 7});
  simple("non_zero", "non_zero", {{"f32[3, 5]", "=0,1,0,0,-2"}}, {}, {"i64[2, 15]", "i64[]"});
  simple("compress", "compress", {{"f32[4, 6]", ""}, {"i1[4]", "=1,0,1,1"}}, {"1, 0"}, {"f32[4, 6]", "i64[]"});
  simple("compress_flat", "compress", {{"i8[3, 5]", "full"}, {"i1[12]", ""}}, {"0, 0"}, {"i8[15]", "i64[]"});
  simple("unique", "unique", {{"f32[20]", "=3,1,2,1,5,3"}}, {"0, 0, 1"}, {"f32[20]", "i64[20]", "i64[20]", "i64[20]", "i64[]"});
  simple("unique_unsorted_symbols", "unique", {{"i64[n]", "0:4"}}, {"0, 0, 0"}, {"i64[n]", "i64[n]", "i64[n]", "i64[n]", "i64[]"}, {.n = 13});
  simple("non_max_suppression", "non_max_suppression",
         {{"f32[1, 6, 4]", "0:1"}, {"f32[1, 2, 6]", "0:1"}, {"i64[1]", "=3"}, {"f32[1]", "=0.3"}, {"f32[1]", "=0.2"}}, {"0"}, {"i64[12, 3]", "i64[]"});
  simple("roi_align", "roi_align", {{"f32[1, 3, 9, 9]", ""}, {"f32[2, 4]", "=1,1,6,7,0,2,8,5"}, {"i64[2]", "=0"}}, {"0, 0, 2", "1.0"},
         {"f32[2, 3, 3, 3]"}, {}, {8, 16});
  for (const char *ints : {"0, 0, 0", "1, 1, 1", "2, 2, 0"})
    simple(std::string("grid_sample_") + ints[0], "grid_sample", {{"f32[1, 2, 5, 6]", ""}, {"f32[1, 4, 3, 2]", "-1.3:1.3"}}, {ints}, {"f32[1, 2, 4, 3]"},
           {}, {8, 16});
  simple("affine_grid", "affine_grid", {{"f32[2, 2, 3]", ""}}, {"1"}, {"f32[2, 4, 5, 2]"}, {}, {4, 8});
  simple("det", "det", {{"f32[3, 4, 4]", ""}}, {}, {"f32[3]"}, {}, {8, 64});
  simple("det_f64_symbols", "det", {{"f64[n, m, m]", ""}}, {}, {"f64[n]"}, {.n = 2, .m = 5}, {8, 64});
  simple("dft", "dft", {{"f32[2, 12, 1]", ""}}, {"1, 0, 0, 12"}, {"f32[2, 12, 2]"}, {}, {8, 64});
  simple("dft_half", "dft", {{"f32[2, 15, 1]", ""}}, {"1, 0, 1, 15"}, {"f32[2, 8, 2]"}, {}, {8, 64});
  simple("lrn", "lrn", {{"f32[1, 4, 5, 9]", ""}}, {"3, 3", "0.0001, 0.75, 1.0"}, {"f32[1, 4, 5, 9]"}, {}, {16});
  simple("hardmax", "hardmax", {{"f32[n, 9]", "=1,4,4,2"}}, {"1"}, {"f32[n, 9]"}, {.n = 4});
  simple("max_pool_indices", "max_pool_indices", {{"f32[1, 3, 7, 8]", ""}}, {"2, 0, 2, 2, 2, 2, 1, 1, 0, 0, 0, 0"}, {"f32[1, 3, 3, 4]", "i64[1, 3, 3, 4]"});
  simple("col2im", "col2im", {{"f32[1, 8, 9]", ""}}, {"2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0"}, {"f32[1, 2, 4, 4]"}, {}, {4, 8});
  simple("deform_conv", "deform_conv", {{"f32[1, 2, 5, 5]", unit}, {"f32[3, 2, 2, 2]", unit}, {"f32[1, 8, 4, 4]", unit}},
         {"2, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0", "", "true, true, true, false, false"}, {"f32[1, 3, 4, 4]"}, {}, {8, 16});
  simple("tfidf_vectorizer", "tfidf_vectorizer", {{"i32[6]", "=1,2,5,3,4,3"}, {"i64[4]", "=2,3,5,4"}, {"i64[2]", "=0,2"}, {"i64[3]", "=0,2,1"}},
         {"0, 1, 2, 1", "", "true, true, true, true, false"}, {"f32[3]"});
  all.push_back({"random_uniform", [](Graph &g) {
                   g.out(g.op("add", {g.in("f32[9]"), call(g, "random_uniform", {}, {"7, 3", "-1.0, 2.0"}, {"f32[9]"})[0]}));
                 }, {}, {2, 2}});

  // A result whose size follows from values: the count is bound to a symbol, and a slice cuts what is not filled.
  all.push_back({"non_zero_cut", [](Graph &g) {
                   auto x = g.in("f32[n, m]", "=0,1,0,0,-2");
                   auto found = call(g, "non_zero", {x}, {}, {"i64[2, n * m]", "i64[]"});
                   g.bindK(g.op("reshape", {found[1]}, "", "i64[1]"));
                   auto cut = g.op("slice", {found[0]}, "starts = @(0, 0), steps = array<i64: 1, 1>", "i64[2, k]");
                   g.out(g.op("transpose", {cut}, "perm = array<i64: 1, 0>"));
                 }, {.n = 3, .m = 5, .k = 6}, {}, true});
  all.push_back({"compress_cut", [](Graph &g) {
                   auto x = g.in("f32[n, 4]"), keep = g.in("i1[m]", "=1,0,1,1,0");
                   auto found = call(g, "compress", {x, keep}, {"1, 0"}, {"f32[n, 4]", "i64[]"});
                   g.bindK(g.op("reshape", {found[1]}, "", "i64[1]"));
                   auto cut = g.op("slice", {found[0]}, "starts = @(0, 0), steps = array<i64: 1, 1>", "f32[k, 4]");
                   g.out(g.op("exp", {cut}));
                 }, {.n = 5, .m = 5, .k = 3}, {4}, true});

  for (int reduction = 0; reduction < 5; ++reduction) {
    const char *names[] = {"none", "add", "mul", "max", "min"};
    std::string text = "reduction = " + std::to_string(reduction) + " : i64";
    all.push_back({std::string("scatter_nd_") + names[reduction], [=](Graph &g) {
                     if (reduction % 2)
                       g.out(g.op("scatter_nd", {g.in("f32[n, 5]"), g.in("i64[3, 1]", "=0,2,1"), g.in("f32[3, 5]")}, text));
                     else
                       g.out(g.op("scatter_nd", {g.in("i32[n, 5]"), g.in("i64[6, 2]", "0:3"), g.in("i32[6]")}, text));
                   }, {.n = 6}, {2}, true});
    all.push_back({std::string("scatter_elements_") + names[reduction], [=](Graph &g) {
                     if (reduction % 2)
                       g.out(g.op("scatter_elements", {g.in("i8[n, 9]"), g.in("i32[3, 4]", "-9:8"), g.in("i8[3, 4]")}, "axis = 1 : i64, " + text));
                     else
                       g.out(g.op("scatter_elements", {g.in("f32[n, 5]"), g.in("i64[2, 5]", "0:3"), g.in("f32[2, 5]")}, "axis = 0 : i64, " + text));
                   }, {.n = 6}, {2}, true});
  }

  // hidden sizes below, at and between panels; batches of one block, of uneven ones, and unknown.
  struct Cell {
    std::string name;
    int64_t steps, batch, hidden;
    bool reverse = false;
    std::string attributes = "";
    bool bias = false, peepholes = false;
  };
  auto recurrent = [&](int kind, const Cell &cell, Sizes sizes = {}) { // lstm, gru, rnn
    all.push_back({cell.name, [=](Graph &g) {
                     auto s = [](int64_t v) { return std::to_string(v); };
                     int64_t gates = kind == 0 ? 4 : kind == 1 ? 3 : 1, panels = (cell.hidden + 15) / 16;
                     bool lstm = kind == 0;
                     std::string steps = sizes.n >= 0 ? "n" : s(cell.steps), batch = sizes.m >= 0 ? "m" : s(cell.batch);
                     std::string state = "f32[" + batch + ", " + s(cell.hidden) + "]";
                     std::string sequence = "f32[" + steps + ", " + batch + ", " + s(cell.hidden) + "]";
                     Graph::Values in{g.in("f32[" + steps + ", " + batch + ", " + s(gates * cell.hidden) + "]"),
                                      g.constant("f32[" + s(panels) + ", " + s(cell.hidden) + ", " + s(gates) + ", 16]", "-0.5:0.5"), g.in(state, unit)};
                     if (lstm)
                       in.push_back(g.in(state, unit));
                     for (bool present : {cell.bias, cell.peepholes})
                       if (present)
                         in.push_back(g.constant("f32[3, " + s(cell.hidden) + "]", unit));
                     std::vector<std::string> types = {sequence, state};
                     if (lstm)
                       types.push_back(state);
                     outAll(g, g.ops("recurrent", in, "kind = " + s(kind) + " : i32, reverse = " + (cell.reverse ? "true" : "false") +
                                     (cell.attributes.empty() ? "" : ", " + cell.attributes) + ", operandSegmentSizes = array<i32: 1, 1, 1, " +
                                     s(lstm) + ", " + s(cell.bias) + ", " + s(cell.peepholes) + ">", types));
                   }, sizes, {8, double(8 * cell.steps)}});
  };
  const char *kinds[] = {"lstm_", "gru_", "rnn_"}, *after = "linear_before_reset = true";
  for (const Cell &cell : {Cell{"small", 3, 1, 8}, {"panel", 5, 2, 16, true}, {"odd", 4, 3, 20, true}, {"one_unit", 3, 2, 1}, {"two_panels", 2, 1, 32},
                           {"one_step", 1, 1, 12}, {"uneven_blocks", 3, 5, 19}, {"many_blocks", 2, 9, 7, true}}) {
    for (int kind = 0; kind < 3; ++kind) {
      Cell named = cell;
      named.name = kinds[kind] + cell.name;
      recurrent(kind, named);
    }
    Cell named = cell;
    named.name = "gru_reset_after_" + cell.name, named.attributes = after, named.bias = true;
    recurrent(1, named);
  }
  for (int64_t batch : {1, 3, 6})
    for (int kind = 0; kind < 3; ++kind)
      recurrent(kind, {kinds[kind] + std::string("symbols_of_") + std::to_string(batch), 5, batch, 18, kind == 1}, {.n = 5, .m = batch});
  recurrent(1, {"gru_reset_after_symbols", 5, 7, 16, false, after, true}, {.n = 5, .m = 7});
  recurrent(0, {"lstm_without_steps", 0, 2, 18}, {.n = 0, .m = 2});
  recurrent(0, {"lstm_peepholes", 4, 2, 18, true, "", false, true});
  recurrent(0, {"lstm_coupled", 4, 1, 16, false, "input_forget = true"});
  recurrent(0, {"lstm_coupled_peepholes", 4, 3, 9, false, "input_forget = true", false, true});
  recurrent(0, {"lstm_clip", 4, 2, 20, false, "clip = 5.0e-1 : f64"});
  recurrent(1, {"gru_clip", 4, 1, 16, false, "clip = 2.5e-1 : f64"});
  auto activations = [](std::vector<std::string> names) {
    std::string list;
    for (const std::string &name : names)
      list += (list.empty() ? "" : ", ") + ("#mlc.activation<" + name + ">");
    return "activations = [" + list + "]";
  };
  recurrent(0, {"lstm_relu", 4, 2, 20, false, activations({"sigmoid", "relu", "relu"})});
  recurrent(1, {"gru_softsign", 4, 2, 20, false, activations({"hard_sigmoid, 0.2, 0.5", "softsign"})});
  for (const char *f : {"relu", "tanh", "sigmoid", "affine, 0.5, 0.25", "leaky_relu, 0.1", "thresholded_relu, 0.25", "scaled_tanh, 1.5, 0.5",
                        "hard_sigmoid, 0.3, 0.4", "elu, 0.5", "softsign", "softplus"}) {
    std::string name = f;
    recurrent(2, {"rnn_of_" + name.substr(0, name.find(',')), 2, 2, 6, false, activations({f})});
  }
  simple("lstm_by_reference", "lstm", {{"f32[3, 2, 4]", ""}, {"f32[2, 20, 4]", unit}, {"f32[2, 20, 5]", unit}, {"f32[2, 40]", unit}},
         {"2, 0, 0, 2, 1, 1, 2, 1, 1", "0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0", "true, true, true, true, false, false, false, false"},
         {"f32[3, 2, 2, 5]", "f32[2, 2, 5]", "f32[2, 2, 5]"}, {}, {8, 16});
  simple("rnn_by_reference", "rnn", {{"f32[n, 2, 4]", ""}, {"f32[1, 5, 4]", unit}, {"f32[1, 5, 5]", unit}},
         {"1, 0, 0, 1", "0.0, 0.0, 0.0", "true, true, true, false, false, false"}, {"f32[n, 1, 2, 5]", "f32[1, 2, 5]"}, {.n = 4}, {8, 16});
  return all;
}

} // namespace mlc::test
