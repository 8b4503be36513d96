#include "OperatorExamples.h"

namespace mlc::test {

static const char *aliases = R"(
!f = tensor<2x3xf32>
!d = tensor<2x3xf64>
!i = tensor<2x3xi32>
!u = tensor<2x3xui8>
!b = tensor<2x3xi1>
!l = tensor<2x3xi64>
!row = tensor<3xf32>
!img = tensor<1x5x4x2xf32>
)";

std::string OperatorExample::text() const {
  return std::string(aliases) + "func.func @main(" + arguments + ")" + (attributes.empty() ? "" : " attributes {" + attributes + "}") +
         " {\n" + body + "\nreturn\n}\n";
}

static const std::vector<std::string> realUnary = {
    "floor", "ceil", "trunc", "round", "sqrt", "reciprocal", "exp",  "log",   "sin",   "cos", "tan",
    "asin",  "acos", "atan",  "sinh",  "cosh", "tanh",       "asinh", "acosh", "atanh", "erf", "sigmoid"};
static const std::vector<std::string> numberUnary = {"neg", "abs", "sign", "relu"};
static const std::vector<std::string> numberBinary = {"add", "sub", "mul", "div", "pow", "min", "max", "mod"};
static const std::vector<std::string> bitBinary = {"and", "or", "xor"};

static std::vector<OperatorExample> makeExamples() {
  std::vector<OperatorExample> all;
  auto unary = [&](const std::string &op, const std::string &type) {
    all.push_back({op, "%x: " + type, "%y = mlc." + op + " %x : " + type + " -> " + type, ""});
  };
  auto binary = [&](const std::string &op, const std::string &a, const std::string &b, const std::string &y) {
    all.push_back({op, "%a: " + a + ", %b: " + b, "%y = mlc." + op + " %a, %b : " + a + ", " + b + " -> " + y, ""});
  };
  for (const std::string &op : realUnary)
    for (const char *type : {"!f", "!d", "tensor<3xbf16>", "tensor<3xf16>"})
      unary(op, type);
  for (const std::string &op : numberUnary)
    for (const char *type : {"!f", "!d", "!i", "!u"})
      unary(op, type);
  for (const std::string &op : numberBinary) {
    binary(op, "!f", "!row", "!f");
    binary(op, "tensor<2x1xi32>", "tensor<1x3xi32>", "!i");
    binary(op, "!u", "!u", "!u");
  }
  for (const std::string &op : bitBinary) {
    binary(op, "!b", "tensor<3xi1>", "!b");
    binary(op, "!u", "!u", "!u");
  }
  unary("not", "!b");
  unary("not", "!i");
  binary("shl", "!u", "!u", "!u");
  binary("shr", "!u", "!u", "!u");
  auto add = [&](const char *op, const char *arguments, const char *body, const char *attributes = "") {
    all.push_back({op, arguments, body, attributes});
  };
  add("is_nan", "%x: !f", "%y = mlc.is_nan %x : !f -> !b");
  add("is_inf", "%x: !d", "%y = mlc.is_inf %x {negative = false} : !d -> !b");
  add("mod", "%a: !f, %b: !f", "%y = mlc.mod %a, %b {fmod = true} : !f, !f -> !f");
  add("compare", "%a: !f, %b: !row", "%y = mlc.compare le %a, %b : !f, !row -> !b");
  add("compare", "%a: !u, %b: !u", "%y = mlc.compare ne %a, %b : !u, !u -> !b");
  add("select", "%c: !b, %a: !f, %b: !row", "%y = mlc.select %c, %a, %b : !b, !f, !row -> !f");
  add("cast", "%x: !f", "%y = mlc.cast %x to i32 : !f -> !i");
  add("cast", "%x: !u", "%y = mlc.cast %x to i1 : !u -> !b");
  add("cast", "%x: !f", "%y = mlc.cast %x to i4 : !f -> tensor<2x3xi4>");
  add("cast", "%x: !f", "%y = mlc.cast %x to f8E4M3FN {saturate = false} : !f -> tensor<2x3xf8E4M3FN>");
  add("bitcast", "%x: !f", "%y = mlc.bitcast %x to i32 : !f -> !i");

  add("constant", "", "%y = mlc.constant dense<[1.0, 2.0, 3.0]> : !row : !row");
  add("constant", "", "%y = mlc.constant dense<true> : !b : !b");
  add("symbolic", "%x: tensor<?xf32, #mlc.dims<()[s0] -> (s0)>>", "%y = mlc.symbolic <()[s0] -> (s0, s0 floordiv 2)> : tensor<2xi64>",
      "mlc.symbols = [#mlc.symbol<\"n\", \"input\", 1, () -> (0, 0)>]");
  add("bind", "%x: tensor<1xi64>", "mlc.bind %x[0] as 0 : tensor<1xi64>",
      "mlc.symbols = [#mlc.symbol<\"count\", \"data\", 0, () -> ()>]");
  add("reshape", "%x: !f", "%y = mlc.reshape %x : !f -> tensor<3x1x2xf32>");
  add("broadcast_to", "%x: tensor<2x1xf32>", "%y = mlc.broadcast_to %x : tensor<2x1xf32> -> tensor<4x2x3xf32>");
  add("transpose", "%x: tensor<2x3x4xi8>", "%y = mlc.transpose %x [2, 0, 1] : tensor<2x3x4xi8> -> tensor<4x2x3xi8>");
  add("slice", "%x: !f", "%y = mlc.slice %x <() -> (1, 2)> [1, -2] : !f -> tensor<1x2xf32>");
  add("concat", "%a: !f, %b: tensor<2x1xf32>", "%y = mlc.concat(%a, %b) axis 1 : (!f, tensor<2x1xf32>) -> tensor<2x4xf32>");
  add("pad", "%x: !f, %v: tensor<f32>",
      "%y = mlc.pad constant %x, %v low <() -> (0, 1)> high <() -> (1, -1)> interior [1, 0] : !f, tensor<f32> -> tensor<4x3xf32>");
  add("pad", "%x: !f", "%y = mlc.pad reflect %x low <() -> (0, 2)> high <() -> (1, 1)> interior [0, 0] : !f -> tensor<3x6xf32>");
  add("gather", "%x: !f, %i: tensor<2x2xi64>", "%y = mlc.gather %x, %i axis 1 : !f, tensor<2x2xi64> -> tensor<2x2x2xf32>");
  add("gather_elements", "%x: !f, %i: tensor<1x3xi64>",
      "%y = mlc.gather_elements %x, %i axis 0 : !f, tensor<1x3xi64> -> tensor<1x3xf32>");
  add("gather_nd", "%x: !f, %i: tensor<4x1xi64>", "%y = mlc.gather_nd %x, %i batch 0 : !f, tensor<4x1xi64> -> tensor<4x3xf32>");
  add("iota", "", "%y = mlc.iota axis 1 <() -> (3, -2)> : tensor<2x3xi64>");
  add("iota", "", "%y = mlc.iota axis 0 <() -> (0, 1)> {float_step = 0.5} : tensor<4xf32>");
  add("resize", "%x: tensor<1x2x3x1xf32>",
      "%y = mlc.resize %x {mode = 1, coordinates = 0, nearest = 0, scales = array<f64>, roi = array<f64>} "
      ": tensor<1x2x3x1xf32> -> tensor<1x4x5x1xf32>");
  add("scatter_nd", "%x: !f, %i: tensor<1x1xi64>, %u: tensor<1x3xf32>",
      "%y = mlc.scatter_nd %x, %i, %u reduction 1 : !f, tensor<1x1xi64>, tensor<1x3xf32> -> !f");
  add("scatter_elements", "%x: !f, %i: tensor<1x3xi64>, %u: tensor<1x3xf32>",
      "%y = mlc.scatter_elements %x, %i, %u axis 0 reduction 0 : !f, tensor<1x3xi64>, tensor<1x3xf32> -> !f");
  add("reverse_sequence", "%x: tensor<3x2xf32>, %n: tensor<2xi64>",
      "%y = mlc.reverse_sequence %x, %n batch 1 time 0 : tensor<3x2xf32>, tensor<2xi64> -> tensor<3x2xf32>");

  add("matmul", "%a: tensor<4x2x3xf32>, %b: tensor<3x5xf32>",
      "%y = mlc.matmul %a, %b : tensor<4x2x3xf32>, tensor<3x5xf32> -> tensor<4x2x5xf32>");
  add("matmul", "%a: tensor<3x2xf64>, %b: tensor<5x3xf64>",
      "%y = mlc.matmul %a, %b {trans_a = true, trans_b = true} : tensor<3x2xf64>, tensor<5x3xf64> -> tensor<2x5xf64>");
  add("matmul", "%a: tensor<2x3xf32>, %b: tensor<2x3x16xf32>",
      "%y = mlc.matmul %a, %b columns <() -> (20)> : tensor<2x3xf32>, tensor<2x3x16xf32> -> tensor<2x20xf32>");
  add("pack", "%x: tensor<3x20xf32>", "%y = mlc.pack %x : tensor<3x20xf32> -> tensor<2x3x16xf32>");
  add("winograd_input", "%x: tensor<2x7x8x16xf32>",
      "%y = mlc.winograd_input %x outputs [4, 4] taps [3, 3] low [1, 1] high [1, 0] : tensor<2x7x8x16xf32> -> tensor<36x8x16xf32>");
  add("winograd_input", "%x: tensor<2x7x8x16xf32>",
      "%y = mlc.winograd_input %x outputs [3, 3] taps [3, 3] low [1, 1] high [1, 0] : tensor<2x7x8x16xf32> -> tensor<25x18x16xf32>");
  add("winograd_output", "%x: tensor<36x8x20xf32>",
      "%y = mlc.winograd_output %x outputs [4, 4] taps [3, 3] to <() -> (2, 7, 7)> : tensor<36x8x20xf32> -> tensor<2x7x7x20xf32>");
  add("winograd_output", "%x: tensor<16x32x20xf32>",
      "%y = mlc.winograd_output %x outputs [2, 2] taps [3, 3] to <() -> (2, 7, 7)> : tensor<16x32x20xf32> -> tensor<2x7x7x20xf32>");
  add("winograd_input", "%x: tensor<2x9x3x16xf32>",
      "%y = mlc.winograd_input %x outputs [4, 1] taps [5, 1] low [2, 0] high [1, 0] : tensor<2x9x3x16xf32> -> tensor<8x12x16xf32>");
  add("winograd_input", "%x: tensor<2x9x16xf32>",
      "%y = mlc.winograd_input %x outputs [2] taps [7] low [3] high [3] : tensor<2x9x16xf32> -> tensor<8x10x16xf32>");
  add("winograd_output", "%x: tensor<8x10x20xf32>",
      "%y = mlc.winograd_output %x outputs [2] taps [7] to <() -> (2, 9)> : tensor<8x10x20xf32> -> tensor<2x9x20xf32>");
  add("attention", "%q: tensor<2x3x4xf32>, %k: tensor<5x4xf32>, %v: tensor<1x5x6xf32>, %m: tensor<3x5xf32>",
      "%y = mlc.attention %q, %k, %v mask %m : tensor<3x5xf32> scale 5.0e-1 guard empty "
      ": tensor<2x3x4xf32>, tensor<5x4xf32>, tensor<1x5x6xf32> -> tensor<2x3x6xf32>");
  add("conv", "%x: !img, %w: tensor<3x3x2x2xf32>",
      "%y = mlc.conv %x, %w {strides = array<i64: 2, 1>, dilations = array<i64: 1, 2>, low = array<i64: 1, 0>, high = array<i64: 0, 1>, "
      "groups = 1} : !img, tensor<3x3x2x2xf32> -> tensor<1x2x3x3xf32>");
  add("conv_transpose", "%x: !img, %w: tensor<2x3x2x3xf32>",
      "%y = mlc.conv_transpose %x, %w {strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>, low = array<i64: 0, 0>, "
      "high = array<i64: 1, 0>, output_padding = array<i64: 0, 0>, groups = 1} : !img, tensor<2x3x2x3xf32> -> tensor<1x10x5x3xf32>");
  add("pool", "%x: !img",
      "%y = mlc.pool max %x {window = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, low = array<i64: 0, 0>, "
      "high = array<i64: 0, 0>, ceil_mode = true} : !img -> tensor<1x3x2x2xf32>");

  add("reduce", "%x: !f", "%y = mlc.reduce sum %x [1] keepdims false : !f -> tensor<2xf32>");
  add("reduce", "%x: !u", "%y = mlc.reduce max %x [0, 1] keepdims true : !u -> tensor<1x1xui8>");
  add("arg_reduce", "%x: !f", "%y = mlc.arg_reduce min %x axis 1 keepdims true {last = true} : !f -> tensor<2x1xi64>");
  add("cumulative", "%x: !f", "%y = mlc.cumulative sum %x axis 1 {exclusive = true} : !f -> !f");
  add("softmax", "%x: !f", "%y = mlc.softmax %x axis 0 {log = true} : !f -> !f");
  add("layer_norm", "%x: !f, %s: !row", "%y = mlc.layer_norm %x scale %s : !row axis 1 {epsilon = 1.0e-5} : !f -> !f");

  add("call", "%x: !f", R"(%v, %i = mlc.call "top_k"(%x) {ints = array<i64: 1, 1, 1>, floats = array<f64>, mask = array<i1>}
      : (!f) -> (tensor<2x2xf32>, tensor<2x2xi64>))");
  add("recurrent", "%p: tensor<4x1x32xf32>, %w: tensor<1x8x4x16xf32>, %h: tensor<1x8xf32>, %c: tensor<1x8xf32>",
      "%s, %hn, %cn = mlc.recurrent lstm %p, %w, %h cell %c : tensor<1x8xf32> {reverse = true} : tensor<4x1x32xf32>, "
      "tensor<1x8x4x16xf32>, tensor<1x8xf32> -> tensor<4x1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>");
  add("recurrent", "%p: tensor<4x1x24xf32>, %w: tensor<1x8x3x16xf32>, %h: tensor<1x8xf32>, %b: tensor<3x8xf32>",
      "%s, %hn = mlc.recurrent gru %p, %w, %h bias %b : tensor<3x8xf32> {linear_before_reset = true} : tensor<4x1x24xf32>, "
      "tensor<1x8x3x16xf32>, tensor<1x8xf32> -> tensor<4x1x8xf32>, tensor<1x8xf32>");
  add("recurrent", "%p: tensor<4x1x8xf32>, %w: tensor<1x8x1x16xf32>, %h: tensor<1x8xf32>",
      "%s, %hn = mlc.recurrent rnn %p, %w, %h {activations = [#mlc.activation<hard_sigmoid, 2.0e-1, 5.0e-1>], clip = 3.0 : f64} : "
      "tensor<4x1x8xf32>, tensor<1x8x1x16xf32>, tensor<1x8xf32> -> tensor<4x1x8xf32>, tensor<1x8xf32>");

  const char *branches = R"(%y = mlc.if %c : tensor<i1> -> (!f) {
    mlc.yield %a : !f
  } else {
    %n = mlc.neg %a : !f -> !f
    mlc.yield %n : !f
  })";
  add("if", "%c: tensor<i1>, %a: !f", branches);
  add("yield", "%c: tensor<i1>, %a: !f", branches);
  add("loop", "%n: tensor<i64>, %a: !f", R"(%y = mlc.loop trips %n : tensor<i64> (%a) : (!f) -> !f {
  ^bb0(%k: tensor<i64>, %x: !f):
    %t = mlc.constant dense<true> : tensor<i1> : tensor<i1>
    %z = mlc.neg %x : !f -> !f
    mlc.yield %t, %z : tensor<i1>, !f
  })");
  add("group", "%a: !f", R"(%y = mlc.group "k0" emitter "loop"(%a) symbols <() -> ()> : (!f) -> !f {
  ^bb0(%x: !f):
    %z = mlc.neg %x : !f -> !f
    mlc.yield %z : !f
  })");
  return all;
}

const std::vector<OperatorExample> &operatorExamples() {
  static const std::vector<OperatorExample> all = makeExamples();
  return all;
}

const std::set<std::string> &operatorsWithoutReference() {
  static const std::set<std::string> all = {
      "constant", "symbolic",          // hold their value
      "bind",                          // changes what is known of sizes, has no result
      "if", "loop", "yield", "group",  // have or end regions
      "pack", "winograd_input", "winograd_output", // layouts, which the passes alone make
      "recurrent",                     // made by the importer in a layout of its own; see the emitters' tests
  };
  return all;
}

const std::vector<ExpectedInterfaces> &expectedInterfaces() {
  static const std::vector<ExpectedInterfaces> all = [] {
    std::vector<ExpectedInterfaces> list;
    list.push_back({"PEQD", {"not", "is_nan", "is_inf", "shl", "shr", "compare", "select", "cast", "bitcast"}});
    for (const auto *family : {&realUnary, &numberUnary, &numberBinary, &bitBinary})
      list[0].mnemonics.insert(list[0].mnemonics.end(), family->begin(), family->end());
    list.push_back({"PQD", {"broadcast_to", "transpose", "slice", "pad", "gather", "gather_elements", "gather_nd", "iota", "resize",
                            "reverse_sequence"}});
    list.push_back({"QD", {"reshape", "concat", "scatter_nd", "scatter_elements", "call", "recurrent"}});
    list.push_back({"SQD", {"matmul", "attention", "conv", "conv_transpose", "pool", "reduce", "arg_reduce", "cumulative", "softmax", "layer_norm"}});
    list.push_back({"P", {"constant", "pack"}});
    list.push_back({"", {"winograd_input", "winograd_output", "symbolic", "bind", "yield", "if", "loop", "group"}});
    return list;
  }();
  return all;
}

} // namespace mlc::test
