#include "Case.h"

namespace mlc::test {

static const std::vector<std::string> integers = {"i8", "i16", "i32", "i64", "ui8", "ui16", "ui32", "ui64"};
static const std::vector<std::string> reals = {"f32", "f64", "f16", "bf16"};

/// A function of floats in every float type, each with another length. Long ones are left out for bf16, which is computed
/// in f32 like f16.
static Case realUnary(const std::string &op, const std::string &values, Tolerance tolerance = {}) {
  return {op, [=](Graph &g) {
            const int lengths[] = {17, 9, 33, 7};
            for (size_t i = 0; i < (tolerance.ulps > 1 ? 3 : reals.size()); ++i)
              g.out(g.op(op, {g.in(reals[i] + "[3, " + std::to_string(lengths[i]) + "]", values)}));
          }, {}, tolerance};
}

static Case integerOp(const std::string &op, int operands, const std::string &attributes = "", const std::string &second = "full") {
  std::string name = op + "_integers" + (attributes.empty() ? "" : "_fmod");
  return {name, [=](Graph &g) {
            int length = 13;
            for (const std::string &type : integers) {
              std::string shape = type + "[2, " + std::to_string(length++) + "]";
              Graph::Values in{g.in(shape, "full")};
              if (operands == 2)
                in.push_back(g.in(shape, second));
              g.out(g.op(op, in, attributes));
            }
          }};
}

static Case lengths(const std::string &op, const std::string &type, const std::string &values) {
  return {op + "_" + type + "_lengths", [=](Graph &g) {
            for (int n : {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33}) {
              auto x = g.in(type + "[" + std::to_string(n) + "]", values);
              g.out(op == "exp" ? g.op(op, {x}) : g.op(op, {x, g.in(type + "[" + std::to_string(n) + "]", values)}));
            }
          }, {}, {4}};
}

static Case casts(const std::string &name, const std::string &from, const std::string &values) {
  return {"cast_" + name, [=](Graph &g) {
            auto x = g.in(from + "[37]", values);
            for (const char *to : {"f32", "f64", "f16", "bf16", "i8", "i16", "i32", "i64", "ui8", "ui16", "ui32", "ui64", "i1", "i4", "ui4"})
              if (from != to)
                g.out(g.op("cast", {x}, std::string("to = ") + to, std::string(to) + "[37]"));
          }};
}

std::vector<Case> elementwiseCases() {
  std::vector<Case> all;
  for (const char *op : {"neg", "abs", "sign", "floor", "ceil", "trunc", "round", "relu"})
    all.push_back(realUnary(op, "full", {0}));
  all.push_back(realUnary("sqrt", "0:100", {1}));
  all.push_back(realUnary("reciprocal", "0.1:5", {1}));
  for (const char *op : {"exp", "sigmoid", "tanh", "erf", "atan", "asinh"})
    all.push_back(realUnary(op, "full", {4}));
  for (const char *op : {"sin", "cos"})
    all.push_back(realUnary(op, "-20:20", {4, 1}));
  all.push_back(realUnary("tan", "-1.4:1.4", {4}));
  all.push_back(realUnary("log", "0.001:100", {4, 1}));
  for (const char *op : {"asin", "acos"})
    all.push_back(realUnary(op, "-1:1", {4, 1}));
  for (const char *op : {"sinh", "cosh"})
    all.push_back(realUnary(op, "-8:8", {4}));
  all.push_back(realUnary("acosh", "1:50", {4, 1}));
  all.push_back(realUnary("atanh", "-0.98:0.98", {4}));
  all.push_back({"is_nan", [](Graph &g) {
                   for (const std::string &type : reals)
                     g.out(g.op("is_nan", {g.in(type + "[19]", "full")}));
                 }});
  all.push_back({"is_inf", [](Graph &g) {
                   for (const char *which : {"", "negative = false", "positive = false"})
                     g.out(g.op("is_inf", {g.in("f32[19]", "full")}, which));
                   g.out(g.op("is_inf", {g.in("f64[19]", "full")}));
                 }});

  for (const char *op : {"add", "sub", "mul", "div", "min", "max"})
    all.push_back({std::string(op) + "_reals", [=](Graph &g) {
                     for (const std::string &type : reals)
                       g.out(g.op(op, {g.in(type + "[3, 21]", "full"), g.in(type + "[3, 21]", "-3:3")}));
                   }, {}, {1}});
  for (bool fmod : {false, true})
    all.push_back({fmod ? "mod_reals_fmod" : "mod_reals", [=](Graph &g) {
                     for (const char *type : {"f32", "f64"})
                       g.out(g.op("mod", {g.in(std::string(type) + "[5, 7]", "-10:10"), g.in(std::string(type) + "[5, 7]", "0.5:3")},
                                  fmod ? "fmod = true" : ""));
                     g.out(g.op("mod", {g.in("f32[40]", "-10:10"), g.in("f32[40]", "-3:-0.5")}, fmod ? "fmod = true" : ""));
                   }, {}, {1, 16}});
  all.push_back({"pow_reals", [](Graph &g) {
                   for (const std::string &type : reals)
                     g.out(g.op("pow", {g.in(type + "[33]", "0.01:4"), g.in(type + "[33]", "-3:3")}));
                   g.out(g.op("pow", {g.in("f32[12]", "-3:3"), g.in("f32[12]", "=-2,-1,0,1,2,3")}));
                   g.out(g.op("pow", {g.in("f32[9]", "0.1:3"), g.in("i64[9]", "-3:3")}));
                 }, {}, {6}});
  all.push_back({"pow_by_constants", [](Graph &g) {
                   for (const char *power : {"=2", "=3", "=0.5", "=-1", "=-0.5", "=0", "=1"})
                     g.out(g.op("pow", {g.in("f32[17]", "0.01:4"), g.constant("f32[]", power)}));
                 }, {}, {4}});
  all.push_back({"pow_integers", [](Graph &g) {
                   g.out(g.op("pow", {g.in("i32[20]", "-5:5"), g.in("i32[20]", "0:7")}));
                   g.out(g.op("pow", {g.in("i64[20]", "-3:3"), g.in("i64[20]", "-4:20")}));
                   g.out(g.op("pow", {g.in("i32[20]", "0:9"), g.in("f32[20]", "=2,3,0.5,1")}));
                 }});

  for (const char *op : {"add", "sub", "mul", "div", "mod", "min", "max", "and", "or", "xor"})
    all.push_back(integerOp(op, 2));
  all.push_back(integerOp("mod", 2, "fmod = true"));
  all.push_back({"div_by_small", [](Graph &g) {
                   for (const std::string &type : integers) {
                     auto a = g.in(type + "[31]", "full"), b = g.in(type + "[31]", "=0,1,-1,2,-3,7,5");
                     if (type[0] == 'u')
                       b = g.in(type + "[31]", "=0,1,2,3,7");
                     g.out(g.op("div", {a, b}));
                     g.out(g.op("mod", {a, b}));
                   }
                 }});
  for (const char *op : {"neg", "abs", "sign", "not", "relu"})
    all.push_back(integerOp(op, 1));
  for (const char *op : {"shl", "shr"})
    all.push_back({op, [=](Graph &g) {
                     for (const char *type : {"ui8", "ui16", "ui32", "ui64"})
                       g.out(g.op(op, {g.in(std::string(type) + "[35]", "full"), g.in(std::string(type) + "[35]", "0:70")}));
                   }});
  all.push_back({"booleans", [](Graph &g) {
                   auto a = g.in("i1[5, 9]"), b = g.in("i1[9]");
                   for (const char *op : {"and", "or", "xor"})
                     g.out(g.op(op, {a, b}));
                   g.out(g.op("not", {a}));
                   g.out(g.op("compare", {a, b}, "relation = 0 : i32"));
                   g.out(g.op("select", {a, b, g.op("not", {b})}));
                 }});
  all.push_back({"four_bits", [](Graph &g) {
                   for (const char *type : {"i4", "ui4"}) {
                     auto x = g.in(std::string(type) + "[37]", "full");
                     g.out(g.op("cast", {x}, "to = f32", "f32[37]"));
                     g.out(g.op("cast", {x}, "to = i32", "i32[37]"));
                     g.out(g.op("cast", {x}, type[0] == 'u' ? "to = i4" : "to = ui4", type[0] == 'u' ? "i4[37]" : "ui4[37]"));
                   }
                 }});
  for (int relation = 0; relation < 6; ++relation)
    all.push_back({"compare_" + std::string(std::vector<const char *>{"eq", "ne", "lt", "le", "gt", "ge"}[relation]), [=](Graph &g) {
                     std::string attribute = "relation = " + std::to_string(relation) + " : i32";
                     for (const std::string &type : reals)
                       g.out(g.op("compare", {g.in(type + "[21]", "full"), g.in(type + "[21]", "=0,-0,1,-1,0.5,nan")}, attribute));
                     for (const std::string &type : integers)
                       g.out(g.op("compare", {g.in(type + "[18]", "=0,1,2,100"), g.in(type + "[18]", "=0,1,3")}, attribute));
                   }});
  all.push_back({"select_types", [](Graph &g) {
                   for (const auto *family : {&integers, &reals})
                     for (const std::string &type : *family)
                       g.out(g.op("select", {g.in("i1[4, 1]"), g.in(type + "[11]"), g.in(type + "[4, 11]")}));
                 }});
  all.push_back({"bitcast", [](Graph &g) {
                   g.out(g.op("bitcast", {g.in("f32[17]")}, "to = i32", "i32[17]"));
                   g.out(g.op("bitcast", {g.in("i64[9]", "=0,4607182418800017408,-4616189618054758400")}, "to = f64", "f64[9]"));
                   g.out(g.op("bitcast", {g.in("f16[9]")}, "to = ui16", "ui16[9]"));
                 }});

  for (const std::string &type : integers)
    all.push_back(casts(type, type, "full"));
  for (const std::string &type : reals)
    all.push_back(casts(type, type, "full"));
  for (const char *type : {"i1", "i4", "ui4"})
    all.push_back(casts(type, type, "full"));
  all.push_back({"cast_small_floats", [](Graph &g) {
                   for (const char *to : {"f8E4M3FN", "f8E5M2FNUZ"}) {
                     auto small = g.op("cast", {g.in("f32[23]", "full")}, std::string("to = ") + to, std::string(to) + "[23]");
                     g.out(small);
                     g.out(g.op("cast", {small}, "to = f32", "f32[23]"));
                   }
                 }, {}, {}, true});

  all.push_back(lengths("add", "f32", "full"));
  all.push_back(lengths("mul", "i8", "full"));
  all.push_back(lengths("max", "f16", "full"));
  all.push_back(lengths("sub", "f64", ""));
  all.push_back(lengths("xor", "i1", ""));
  all.push_back(lengths("exp", "f32", "full"));
  all.push_back(lengths("min", "ui64", "full"));

  auto broadcast = [&](const std::string &name, const std::vector<std::pair<std::string, std::string>> &shapes, Sizes sizes = {}) {
    all.push_back({"broadcast_" + name, [=](Graph &g) {
                     for (const auto &[a, b] : shapes)
                       g.out(g.op("sub", {g.in("f32[" + a + "]"), g.in("f32[" + b + "]")}));
                   }, sizes});
  };
  broadcast("scalars", {{"", ""}, {"", "5"}, {"1", "9"}, {"7", "1"}, {"1, 1", "3, 5"}, {"2, 3, 9", ""}});
  broadcast("rows_and_columns", {{"3, 1", "1, 5"}, {"4, 17", "17"}, {"4, 17", "4, 1"}, {"4, 1", "17"}, {"1, 33", "6, 1"}});
  broadcast("rank_3", {{"2, 3, 9", "3, 1"}, {"2, 1, 9", "1, 3, 1"}, {"2, 3, 9", "2, 1, 1"}, {"9", "2, 3, 1"}, {"2, 3, 1", "1, 1, 9"}});
  broadcast("rank_4", {{"2, 3, 4, 5", "3, 1, 1"}, {"2, 1, 4, 1", "1, 3, 1, 5"}, {"1, 3, 4, 5", "2, 1, 4, 5"}, {"2, 3, 4, 1", "2, 3, 1, 5"}});
  broadcast("symbols", {{"n, m", "m"}, {"n, 1", "1, m"}, {"n, m", "n, 1"}, {"m", "n, m"}, {"n, m, 3", "m, 1"}}, {.n = 5, .m = 19});
  broadcast("symbols_of_one", {{"n, m", "m"}, {"n, 7", "n, 1"}}, {.n = 1, .m = 1});
  broadcast("nothing", {{"0", "1"}, {"3, 0, 2", "1, 2"}, {"0, 4", "4"}});
  broadcast("symbols_of_zero", {{"n, 3", "3"}, {"4, n", "4, n"}}, {.n = 0});
  all.push_back({"large", [](Graph &g) { g.out(g.op("add", {g.in("f32[n, 129]"), g.in("f32[129]")})); }, {.n = 101}});
  all.push_back({"chunks", [](Graph &g) { g.out(g.op("mul", {g.in("f32[n]"), g.in("f32[n]")})); }, {.n = 12345}});
  return all;
}

} // namespace mlc::test
