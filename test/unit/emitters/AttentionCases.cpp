#include "Case.h"

namespace mlc::test {

namespace {

const char *unit = "-1:1";

struct Sketch {
  std::string q, k, v;                      // shapes
  std::string mask = "", values = "-2:2";
  std::string attributes = "scale = 0.25";
};

} // namespace

std::vector<Case> attentionCases() {
  std::vector<Case> all;
  auto add = [&](const std::string &name, Sketch s, Sizes sizes = {}, const std::string &type = "f32") {
    all.push_back({name, [=](Graph &g) {
                     auto tensor = [&](const std::string &shape) { return g.in(type + "[" + shape + "]", unit); };
                     Graph::Values operands{tensor(s.q), tensor(s.k), tensor(s.v)};
                     if (!s.mask.empty())
                       operands.push_back(g.in(type + "[" + s.mask + "]", s.values));
                     g.out(g.op("attention", operands, s.attributes));
                   }, sizes, type == "f16" || type == "bf16" ? Tolerance{1, 0.1} : Tolerance{16, 64}});
  };
  add("heads", {"2, 3, 64, 32", "2, 3, 64, 32", "2, 3, 64, 32"});
  add("one_query", {"1, 8", "20, 8", "20, 5"});
  add("one_key", {"9, 8", "1, 8", "1, 8"});
  add("small", {"3, 7, 5", "3, 9, 5", "3, 9, 3"});
  add("one_number", {"40, 1", "33, 1", "33, 1"});
  add("rest_of_rows", {"2, 73, 15", "2, 40, 15", "2, 40, 15"});
  add("rest_of_two_vectors", {"2, 57, 24", "2, 13, 24", "2, 13, 20"});
  add("large_heads", {"20, 256", "30, 256", "30, 200"});
  add("larger_heads", {"n, 8", "n, 8", "n, 300"}, {.n = 12});
  add("many_keys", {"33, 8", "1537, 8", "1537, 16"});
  add("even_parts_of_keys", {"20, 8", "1024, 8", "1024, 8"});
  add("mask_of_keys", {"2, 3, 40, 16", "2, 3, 50, 16", "2, 3, 50, 16", "2, 1, 1, 50"});
  add("mask_of_queries", {"2, 40, 16", "2, 50, 16", "2, 50, 16", "40, 1"});
  add("mask_of_both", {"2, 3, 40, 16", "2, 3, 50, 16", "2, 3, 50, 16", "3, 40, 50"});
  add("mask_of_few_keys", {"40, 16", "5, 16", "5, 16", "40, 5"});
  add("mask_of_one_number", {"40, 16", "5, 16", "5, 16", "1, 1"});
  add("many_masked_keys", {"33, 8", "1537, 8", "1537, 16", "33, 1537", "-8:8"});
  add("shared_keys", {"2, 6, 20, 8", "2, 1, 20, 8", "1, 20, 8"});
  add("shared_queries", {"20, 8", "2, 3, 24, 8", "3, 24, 8", "2, 1, 1, 24"});
  add("symbols", {"n, 2, m, 16", "n, 2, k, 16", "n, 2, k, 24"}, {.n = 2, .m = 37, .k = 45});
  add("symbols_of_few", {"n, 2, m, 16", "n, 2, k, 16", "n, 2, k, 24"}, {.n = 1, .m = 3, .k = 5});
  add("symbols_of_many", {"n, m, 16", "n, k, 16", "n, k, 24"}, {.n = 1, .m = 70, .k = 1100});
  add("symbols_and_mask", {"2, n, 16", "2, m, 16", "2, m, 16", "n, m"}, {.n = 37, .m = 1100});
  add("symbols_and_mask_of_keys", {"n, 3, m, 16", "n, 3, m, 16", "n, 3, m, 16", "n, 1, 1, m"}, {.n = 2, .m = 37});
  // The mask instead of the scores, but for its zeros.
  const std::string causal = "=0,-inf,0,-10000,0", replaces = "scale = 0.25, replaces = true";
  add("replaced_scores", {"2, 20, 8", "2, 30, 8", "2, 30, 8", "20, 30", causal, replaces});
  add("replaced_scores_of_keys", {"2, 3, 20, 8", "2, 3, 9, 8", "2, 3, 9, 8", "2, 1, 1, 9", "=0,5,-3", replaces});
  add("replaced_scores_of_symbols", {"2, n, 8", "2, m, 8", "2, m, 8", "n, m", causal, replaces}, {.n = 19, .m = 701});
  add("no_keys", {"5, 8", "0, 8", "0, 8"});
  add("symbols_of_no_keys", {"5, 8", "n, 8", "n, 8"}, {.n = 0});
  add("nothing", {"0, 8", "4, 8", "4, 8"});
  // Rows of which some or all scores are -infinity; a mask of 33 numbers a row of 3 kinds.
  const std::string some = "=-inf,-inf,-inf,-inf,-inf,-inf,-inf,-inf,-inf,0,1", none = "=-inf";
  for (const char *guard : {"none", "nan", "empty"}) {
    std::string attributes = "scale = 0.25, guard = " + std::string(guard[0] == 'e' ? "2" : guard[1] == 'a' ? "1" : "0") + " : i32";
    add(std::string("masked_") + guard, {"2, 20, 8", "2, 30, 8", "2, 30, 8", "20, 30", some, attributes});
    add(std::string("masked_parts_") + guard, {"2, 20, 8", "2, n, 8", "2, n, 8", "20, n", some, attributes}, {.n = 700});
    add(std::string("masked_rows_") + guard, {"2, n, 8", "2, 20, 8", "2, 20, 8", "2, 1, 20", none, attributes}, {.n = 20});
  }
  for (const char *type : {"f64", "f16", "bf16"}) {
    add(std::string(type) + "_heads", {"2, 40, 16", "2, 50, 16", "2, 50, 20", "40, 50"}, {}, type);
    add(std::string(type) + "_symbols", {"2, n, 16", "2, m, 16", "2, m, 20", "m"}, {.n = 21, .m = 35}, type);
  }

  // What lays out operands and results: heads beside each other, parts of one product, keys turned.
  const std::string heads = "perm = array<i64: 0, 2, 1, 3>";
  all.push_back({"heads_beside_each_other", [=](Graph &g) {
                   auto head = [&](const std::string &shape) { return g.op("transpose", {g.in(shape, unit)}, heads); };
                   auto y = g.op("attention", {head("f32[n, 40, 3, 16]"), head("f32[n, m, 3, 16]"), head("f32[n, m, 3, 20]")}, "scale = 0.25");
                   g.out(g.op("add", {g.op("transpose", {y}, heads), g.in("f32[n, 40, 3, 20]")}));
                 }, {.n = 2, .m = 50}, {16, 64}});
  all.push_back({"parts_of_one_tensor", [=](Graph &g) {
                   auto x = g.in("f32[2, 40, 3, 4, 15]", unit);
                   auto part = [&](int i) {
                     auto s = g.op("slice", {x}, "starts = @(0, 0, " + std::to_string(i) + ", 0, 0), steps = array<i64: 1, 1, 1, 1, 1>", "f32[2, 40, 1, 4, 15]");
                     return g.op("reshape", {g.op("transpose", {s}, "perm = array<i64: 2, 0, 3, 1, 4>")}, "", "f32[2, 4, 40, 15]");
                   };
                   auto q = g.op("mul", {part(0), g.constant("f32[]", "=0.25")});
                   auto k = g.op("transpose", {part(1)}, "perm = array<i64: 0, 1, 3, 2>");
                   auto y = g.op("matmul", {g.op("softmax", {g.op("matmul", {q, k})}, "axis = 3 : i64"), part(2)});
                   g.out(g.op("reshape", {g.op("transpose", {y}, heads)}, "", "f32[2, 40, 60]"));
                 }, {}, {16, 64}});
  all.push_back({"turned_operands", [=](Graph &g) {
                   auto q = g.in("f32[2, 16, 40]", unit), k = g.in("f32[2, 16, 50]", unit), v = g.in("f32[2, 20, 50]", unit);
                   auto s = g.op("div", {g.op("matmul", {q, k}, "trans_a = true"), g.constant("f32[]", "=4")});
                   g.out(g.op("matmul", {g.op("softmax", {s}, "axis = 2 : i64"), v}, "trans_b = true"));
                 }, {}, {16, 64}});
  all.push_back({"then_residual", [=](Graph &g) {
                   auto x = g.in("f32[2, n, 20]", unit);
                   auto y = g.op("attention", {x, x, x}, "scale = 0.25");
                   g.out(g.op("relu", {g.op("add", {y, g.in("f32[2, n, 20]", unit)})}));
                   g.out(g.op("cast", {y}, "to = f64"));
                 }, {.n = 50}, {16, 64, 24}});
  all.push_back({"without_numbers", [=](Graph &g) {
                   auto s = g.op("add", {g.op("matmul", {g.in("f32[2, 20, 8]", unit), g.in("f32[2, 30, 8]", unit)}, "trans_b = true"), g.in("f32[20, 30]", some)});
                   auto w = g.op("softmax", {s}, "axis = 2 : i64");
                   auto z = g.op("select", {g.op("is_nan", {w}), g.constant("f32[]", "=0"), w});
                   g.out(g.op("matmul", {z, g.in("f32[2, 30, 12]", unit)}));
                 }, {}, {16, 64}});
  return all;
}

} // namespace mlc::test
