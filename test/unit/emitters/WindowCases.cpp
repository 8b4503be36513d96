#include "Case.h"

namespace mlc::test {

static const char *unit = "-1:1";

static std::string list(const std::vector<int64_t> &values) {
  std::string text = "array<i64";
  for (size_t i = 0; i < values.size(); ++i)
    text += (i ? ", " : ": ") + std::to_string(values[i]);
  return text + ">";
}

struct Window {
  std::vector<int64_t> strides, dilations, low, high;
  int64_t groups = 1;
  std::string text() const {
    return "strides = " + list(strides) + ", dilations = " + list(dilations) + ", low = " + list(low) + ", high = " + list(high);
  }
  std::string conv() const { return text() + ", groups = " + std::to_string(groups) + " : i64"; }
};

static int64_t termsOf(mlir::Value weights) {
  auto shape = llvm::cast<mlir::RankedTensorType>(weights.getType()).getShape();
  int64_t terms = 1;
  for (int64_t d : shape.drop_front())
    terms *= d;
  return terms;
}

std::vector<Case> windowCases() {
  std::vector<Case> all;
  auto conv = [&](const std::string &name, const std::string &x, const std::string &w, Window window, Sizes sizes = {}, bool constant = true) {
    all.push_back({"conv_" + name, [=](Graph &g) {
                     auto in = g.in(x, unit);
                     g.out(g.op("conv", {in, constant ? g.constant(w, unit) : g.in(w, unit)}, window.conv()));
                   }, sizes, {2, 200}});
    // As many units as a sum has terms.
    mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
    context.loadDialect<MlcDialect, mlir::func::FuncDialect>();
    Graph g(context, sizes, false);
    all.back().tolerance.absolute = termsOf(g.constant(w, unit));
    if (x[0] == 'f' && x[1] == '1')
      all.back().tolerance.absolute *= 0.01;
  };
  conv("1d", "f32[2, 19, 5]", "f32[7, 3, 5]", {{1}, {1}, {1}, {1}});
  conv("1d_dilated", "f32[1, 40, 16]", "f32[32, 5, 16]", {{2}, {3}, {6}, {2}});
  conv("1d_causal", "f32[1, n, 8]", "f32[18, 4, 8]", {{1}, {1}, {3}, {0}}, {.n = 21});
  conv("3x3", "f32[1, 9, 11, 8]", "f32[20, 3, 3, 8]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}});
  conv("3x3_unpadded", "f32[2, 7, 7, 4]", "f32[16, 3, 3, 4]", {{1, 1}, {1, 1}, {0, 0}, {0, 0}});
  conv("1x1", "f32[1, 6, 7, 24]", "f32[33, 1, 1, 24]", {{1, 1}, {1, 1}, {0, 0}, {0, 0}});
  conv("1x1_stride_2", "f32[1, 9, 8, 16]", "f32[17, 1, 1, 16]", {{2, 2}, {1, 1}, {0, 0}, {0, 0}});
  conv("stride_2", "f32[1, 12, 13, 8]", "f32[16, 3, 3, 8]", {{2, 2}, {1, 1}, {1, 1}, {1, 1}});
  conv("asymmetrical", "f32[1, 9, 10, 6]", "f32[5, 3, 4, 6]", {{2, 1}, {1, 1}, {0, 1}, {1, 2}});
  conv("dilated", "f32[1, 12, 12, 4]", "f32[9, 3, 3, 4]", {{1, 1}, {2, 3}, {2, 3}, {2, 3}});
  conv("cropped", "f32[1, 9, 9, 4]", "f32[8, 3, 3, 4]", {{1, 1}, {1, 1}, {-1, 0}, {0, -2}});
  conv("one_channel", "f32[1, 14, 14, 1]", "f32[6, 5, 5, 1]", {{1, 1}, {1, 1}, {2, 2}, {2, 2}});
  conv("three_channels", "f32[1, 16, 16, 3]", "f32[24, 7, 7, 3]", {{2, 2}, {1, 1}, {3, 3}, {3, 3}});
  conv("one_filter", "f32[1, 8, 8, 16]", "f32[1, 3, 3, 16]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}});
  conv("two_groups", "f32[1, 7, 8, 8]", "f32[36, 3, 3, 4]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}, 2});
  conv("groups_of_three", "f32[1, 7, 8, 12]", "f32[12, 3, 3, 3]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}, 4});
  conv("groups_that_multiply", "f32[1, 7, 8, 4]", "f32[8, 3, 3, 1]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}, 4});
  conv("whole_image", "f32[2, 5, 6, 8]", "f32[10, 5, 6, 8]", {{1, 1}, {1, 1}, {0, 0}, {0, 0}});
  conv("3d", "f32[1, 5, 6, 7, 3]", "f32[9, 3, 3, 2, 3]", {{1, 2, 1}, {1, 1, 1}, {1, 1, 0}, {1, 1, 1}});
  conv("symbols", "f32[n, m, k, 4]", "f32[18, 3, 3, 4]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}}, {.n = 2, .m = 7, .k = 10});
  conv("symbols_stride_2", "f32[1, n, m, 3]", "f32[8, 3, 3, 3]", {{2, 2}, {1, 1}, {1, 1}, {1, 1}}, {.n = 11, .m = 14});
  conv("weights_of_input", "f32[1, 9, 9, 4]", "f32[18, 3, 3, 4]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}}, {}, false);
  conv("weights_of_input_in_groups", "f32[1, 9, 9, 4]", "f32[6, 3, 3, 2]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}, 2}, {}, false);
  conv("f64", "f64[1, 7, 7, 3]", "f64[9, 3, 3, 3]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}});
  conv("f16", "f16[1, 7, 7, 8]", "f16[17, 3, 3, 8]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}});
  conv("i32", "i32[1, 7, 7, 3]", "i32[9, 3, 3, 3]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}});

  conv("depthwise", "f32[1, 9, 10, 24]", "f32[24, 3, 3, 1]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}, 24});
  conv("depthwise_stride_2", "f32[2, 9, 10, 17]", "f32[17, 3, 3, 1]", {{2, 2}, {1, 1}, {1, 1}, {0, 1}, 17});
  conv("depthwise_5x5_dilated", "f32[1, 13, 12, 8]", "f32[8, 5, 5, 1]", {{1, 1}, {2, 1}, {4, 2}, {4, 2}, 8});
  conv("depthwise_in_blocks_of_channels", "f32[1, 14, 14, 256]", "f32[256, 5, 5, 1]", {{1, 1}, {1, 1}, {2, 2}, {2, 2}, 256});
  conv("depthwise_few", "f32[1, 9, 10, 3]", "f32[3, 3, 3, 1]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}, 3});
  conv("depthwise_1d", "f32[1, 30, 33]", "f32[33, 4, 1]", {{1}, {1}, {3}, {0}, 33});
  conv("depthwise_3d", "f32[1, 5, 6, 7, 9]", "f32[9, 3, 2, 3, 1]", {{1, 1, 2}, {1, 1, 1}, {1, 0, 1}, {1, 1, 1}, 9});
  conv("depthwise_symbols", "f32[n, m, k, 16]", "f32[16, 3, 3, 1]", {{2, 1}, {1, 1}, {1, 1}, {1, 1}, 16}, {.n = 2, .m = 8, .k = 9});
  // In Winograd's domain: borders on all sides, tiles that are cut off, channels beside whole vectors, several images; by tiles
  // of 4 outputs along a dimension, of 3 and of 2.
  auto winograd = [&](const std::string &name, const std::string &x, const std::string &w, Window window, bool epilogue) {
    all.push_back({"winograd_" + name, [=](Graph &g) {
                     auto y = g.op("conv", {g.in(x, "-1:1"), g.constant(w, "-1:1")}, window.conv());
                     if (epilogue) {
                       std::string type = w.substr(0, w.find(',')) + "]";
                       y = g.op("relu", {g.op("add", {g.op("add", {y, g.constant(type)}), g.op("neg", {g.op("tanh", {y})})})});
                     }
                     g.out(y);
                   }, {}, {epilogue ? 40.0 : 8.0, 400.0}});
  };
  winograd("same", "f32[1, 16, 16, 16]", "f32[32, 3, 3, 16]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}}, false);
  winograd("valid", "f32[1, 18, 22, 24]", "f32[16, 3, 3, 24]", {{1, 1}, {1, 1}, {0, 0}, {0, 0}}, false);
  winograd("cut_off", "f32[2, 15, 14, 17]", "f32[19, 3, 3, 17]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}}, true);
  winograd("more_padding", "f32[1, 14, 13, 16]", "f32[16, 3, 3, 16]", {{1, 1}, {1, 1}, {2, 0}, {3, 1}}, true);
  winograd("of_3", "f32[1, 12, 12, 32]", "f32[32, 3, 3, 32]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}}, false);
  winograd("of_3_cut_off", "f32[1, 14, 14, 71]", "f32[67, 3, 3, 71]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}}, true);
  winograd("of_3_more_padding", "f32[1, 10, 13, 64]", "f32[64, 3, 3, 64]", {{1, 1}, {1, 1}, {2, 0}, {2, 1}}, true);
  winograd("of_2", "f32[1, 10, 8, 128]", "f32[128, 3, 3, 128]", {{1, 1}, {1, 1}, {0, 1}, {0, 1}}, false);
  winograd("of_2_cut_off", "f32[1, 9, 10, 71]", "f32[67, 3, 3, 71]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}}, true);
  // Along one dimension: images and lines, all numbers of taps, rows and columns that are cut off.
  winograd("3_taps_of_6", "f32[2, 94, 64]", "f32[64, 3, 64]", {{1}, {1}, {1}, {1}}, true);
  winograd("5_taps_down", "f32[1, 30, 2, 64]", "f32[35, 5, 1, 64]", {{1, 1}, {1, 1}, {2, 0}, {1, 0}}, true);
  winograd("5_taps_along", "f32[1, 3, 31, 66]", "f32[64, 1, 5, 66]", {{1, 1}, {1, 1}, {0, 2}, {0, 4}}, true);
  winograd("5_taps_of_a_line", "f32[3, 27, 65]", "f32[64, 5, 65]", {{1}, {1}, {0}, {0}}, false);
  winograd("7_taps_of_a_line", "f32[2, 33, 64]", "f32[64, 7, 64]", {{1}, {1}, {3}, {3}}, true);
  winograd("5x5", "f32[1, 16, 15, 64]", "f32[64, 5, 5, 64]", {{1, 1}, {1, 1}, {2, 2}, {2, 2}}, true);
  winograd("3x5", "f32[1, 16, 15, 64]", "f32[64, 3, 5, 64]", {{1, 1}, {1, 1}, {1, 2}, {1, 2}}, true);
  // Long reductions, in chunks of the window, of the channels, of both.
  conv("long_3x3", "f32[1, 9, 9, 128]", "f32[20, 3, 3, 128]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}});
  conv("long_channels", "f32[1, 6, 7, 640]", "f32[33, 2, 2, 640]", {{1, 1}, {1, 1}, {0, 0}, {0, 0}});
  conv("long_dilated", "f32[1, 9, 9, 96]", "f32[17, 3, 3, 96]", {{2, 1}, {1, 2}, {1, 2}, {1, 2}});
  conv("long_symbols", "f32[n, m, k, 160]", "f32[24, 3, 3, 160]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}}, {.n = 2, .m = 7, .k = 5});
  // Taps that only read padding are left out: of lines, of planes, of tiles over several of them, beside several images, where
  // a place has no other, between chunks of channels, of staged images.
  conv("padding_dilated", "f32[1, 15, 17, 64]", "f32[20, 3, 3, 64]", {{1, 1}, {6, 9}, {6, 9}, {6, 9}});
  conv("padding_dilated_stride_2", "f32[2, 13, 40, 80]", "f32[64, 3, 3, 80]", {{2, 2}, {5, 18}, {4, 18}, {6, 17}});
  conv("padding_of_small_images", "f32[3, 3, 2, 200]", "f32[17, 3, 3, 200]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}});
  conv("padding_alone", "f32[1, 4, 4, 160]", "f32[16, 2, 2, 160]", {{1, 1}, {7, 7}, {9, 3}, {3, 9}});
  conv("padding_of_lines", "f32[2, 20, 700]", "f32[24, 3, 700]", {{1}, {8}, {8}, {8}});
  conv("padding_3d", "f32[1, 2, 9, 7, 96]", "f32[33, 3, 3, 3, 96]", {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}});
  conv("padding_3d_narrow", "f32[2, 3, 4, 5, 32]", "f32[32, 3, 3, 3, 32]", {{1, 2, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}});
  conv("padding_groups", "f32[1, 5, 6, 256]", "f32[32, 3, 3, 128]", {{1, 1}, {2, 2}, {2, 2}, {2, 2}, 2});
  // Rows of several blocks: the first, those between, the last, and where all taps of an output lie outside.
  conv("depthwise_wide", "f32[1, 5, 43, 8]", "f32[8, 3, 3, 1]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}, 8});
  conv("depthwise_wide_stride_2", "f32[1, 5, 80, 9]", "f32[9, 5, 5, 1]", {{2, 2}, {1, 1}, {2, 2}, {2, 2}, 9});
  conv("depthwise_same_upper", "f32[1, 6, 56, 8]", "f32[8, 3, 3, 1]", {{2, 2}, {1, 1}, {0, 0}, {1, 1}, 8});
  conv("depthwise_more_padding_than_row", "f32[1, 2, 3, 8]", "f32[8, 5, 5, 1]", {{1, 1}, {1, 2}, {4, 8}, {4, 8}, 8});
  conv("depthwise_31_taps", "f32[1, 50, 16]", "f32[16, 31, 1]", {{1}, {1}, {15}, {15}, 16});
  conv("depthwise_31_taps_symbols", "f32[n, m, 16]", "f32[16, 31, 1]", {{2}, {1}, {15}, {15}, 16}, {.n = 2, .m = 50});
  conv("depthwise_symbols_wide", "f32[n, m, k, 12]", "f32[12, 3, 3, 1]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}, 12}, {.n = 1, .m = 4, .k = 37});
  conv("depthwise_symbols_stride_2", "f32[n, m, k, 12]", "f32[12, 5, 5, 1]", {{2, 2}, {1, 1}, {1, 2}, {2, 1}, 12}, {.n = 1, .m = 4, .k = 42});
  conv("depthwise_symbols_narrow", "f32[n, m, k, 12]", "f32[12, 5, 5, 1]", {{1, 2}, {1, 2}, {2, 4}, {2, 4}, 12}, {.n = 1, .m = 3, .k = 2});
  conv("depthwise_weights_of_input", "f32[1, 7, 7, 10]", "f32[10, 3, 3, 1]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}, 10}, {}, false);
  conv("depthwise_f16", "f16[1, 7, 7, 18]", "f16[18, 3, 3, 1]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}, 18});

  conv("groups_of_4", "f32[1, 7, 9, 32]", "f32[32, 3, 3, 4]", {{1, 1}, {1, 1}, {1, 1}, {1, 1}, 8});
  conv("groups_of_3", "f32[1, 5, 6, 18]", "f32[30, 3, 3, 3]", {{2, 1}, {1, 1}, {1, 1}, {1, 1}, 6});
  conv("groups_of_1", "f32[1, 5, 6, 6]", "f32[12, 3, 3, 1]", {{1, 1}, {1, 2}, {1, 2}, {1, 2}, 6});

  auto transposed = [&](const std::string &name, const std::string &x, const std::string &w, Window window, std::vector<int64_t> more, Sizes sizes = {},
                        bool constant = true) {
    all.push_back({"transposed_" + name, [=](Graph &g) {
                     auto in = g.in(x, unit);
                     g.out(g.op("conv_transpose", {in, constant ? g.constant(w, unit) : g.in(w, unit)},
                                window.conv() + ", output_padding = " + list(more)));
                   }, sizes, {2, 128}});
  };
  transposed("2x2", "f32[1, 5, 6, 8]", "f32[8, 2, 2, 17]", {{2, 2}, {1, 1}, {0, 0}, {0, 0}}, {0, 0});
  transposed("3x3_stride_2", "f32[1, 5, 6, 8]", "f32[8, 3, 3, 9]", {{2, 2}, {1, 1}, {1, 1}, {1, 1}}, {1, 1});
  transposed("4x4_stride_2", "f32[2, 5, 4, 4]", "f32[4, 4, 4, 16]", {{2, 2}, {1, 1}, {1, 1}, {1, 1}}, {0, 0});
  transposed("asymmetrical", "f32[1, 5, 6, 3]", "f32[3, 3, 2, 5]", {{1, 3}, {1, 1}, {0, 1}, {2, 0}}, {0, 1});
  transposed("dilated", "f32[1, 5, 6, 4]", "f32[4, 3, 3, 5]", {{2, 1}, {2, 2}, {1, 2}, {1, 2}}, {1, 0});
  transposed("groups", "f32[1, 5, 6, 6]", "f32[6, 3, 3, 4]", {{2, 2}, {1, 1}, {1, 1}, {1, 1}, 2}, {0, 0});
  transposed("1d", "f32[1, 9, 8]", "f32[8, 5, 6]", {{3}, {1}, {1}, {1}}, {0});
  transposed("symbols", "f32[1, n, m, 4]", "f32[4, 3, 3, 6]", {{2, 2}, {1, 1}, {1, 1}, {1, 1}}, {1, 1}, {.n = 5, .m = 7});
  transposed("symbols_2x2", "f32[n, m, 6, 4]", "f32[4, 2, 2, 6]", {{2, 2}, {1, 1}, {0, 0}, {0, 0}}, {0, 0}, {.n = 2, .m = 5});
  transposed("weights_of_input", "f32[1, 4, 4, 4]", "f32[4, 3, 3, 6]", {{2, 2}, {1, 1}, {1, 1}, {1, 1}}, {1, 1}, {}, false);
  transposed("5x4_stride_3x2", "f32[1, 4, 5, 3]", "f32[3, 5, 4, 7]", {{3, 2}, {1, 1}, {2, 1}, {1, 2}}, {2, 1});
  transposed("stride_beyond_window", "f32[1, 4, 3, 3]", "f32[3, 1, 2, 5]", {{2, 3}, {1, 1}, {0, 0}, {0, 0}}, {1, 2});
  transposed("without_border", "f32[1, 6, 6, 3]", "f32[3, 3, 3, 5]", {{1, 2}, {1, 1}, {2, 3}, {3, 3}}, {0, 0});
  transposed("3d", "f32[1, 3, 2, 4, 3]", "f32[3, 3, 2, 4, 5]", {{2, 1, 2}, {1, 1, 1}, {1, 0, 1}, {1, 0, 1}}, {1, 0, 0});
  for (int64_t filters : {5, 16})
    all.push_back({"transposed_before_functions_" + std::to_string(filters), [=](Graph &g) {
                     std::string f = std::to_string(filters);
                     Window window{{2, 2}, {1, 1}, {1, 1}, {1, 1}};
                     auto x = g.op("conv_transpose", {g.in("f32[1, 4, 5, 6]", unit), g.constant("f32[6, 4, 4, " + f + "]", unit)},
                                   window.conv() + ", output_padding = " + list({0, 0}));
                     auto y = g.op("add", {g.op("mul", {x, g.constant("f32[" + f + "]", unit)}), g.constant("f32[1, 1, " + f + "]", unit)});
                     g.out(g.op("add", {g.op("mul", {y, g.op("sigmoid", {y})}), g.in("f32[1, 8, 10, " + f + "]", unit)}));
                   }, {}, {2, 128}});

  auto pool = [&](const std::string &name, const std::string &x, std::vector<int64_t> size, Window window, const std::string &more = "", Sizes sizes = {}) {
    all.push_back({"pool_" + name, [=](Graph &g) {
                     auto in = g.in(x);
                     for (int kind = 0; kind < 3; ++kind)
                       g.out(g.op("pool", {in}, "kind = " + std::to_string(kind) + " : i32, window = " + list(size) + ", " + window.text() + more));
                   }, sizes, {4, 16}});
  };
  pool("2x2", "f32[1, 8, 9, 17]", {2, 2}, {{2, 2}, {1, 1}, {0, 0}, {0, 0}});
  pool("3x3_padded", "f32[2, 8, 9, 5]", {3, 3}, {{2, 2}, {1, 1}, {1, 1}, {1, 1}});
  pool("padding_counted", "f32[1, 8, 9, 8]", {3, 3}, {{1, 2}, {1, 1}, {1, 1}, {1, 1}}, ", count_include_pad = true");
  pool("rounded_up", "f32[1, 8, 10, 8]", {3, 3}, {{2, 2}, {1, 1}, {0, 1}, {0, 0}}, ", ceil_mode = true");
  pool("rounded_up_counted", "f32[1, 8, 10, 8]", {3, 2}, {{2, 3}, {1, 1}, {1, 0}, {1, 1}}, ", ceil_mode = true, count_include_pad = true");
  pool("dilated", "f32[1, 12, 11, 6]", {3, 2}, {{1, 1}, {2, 3}, {1, 0}, {0, 1}});
  pool("1d", "f32[2, 21, 16]", {4}, {{2}, {1}, {1}, {2}});
  pool("3d", "f32[1, 5, 6, 7, 4]", {2, 2, 3}, {{2, 1, 2}, {1, 1, 1}, {0, 1, 1}, {0, 0, 1}});
  pool("symbols", "f32[n, m, k, 5]", {3, 3}, {{2, 2}, {1, 1}, {1, 1}, {1, 1}}, "", {.n = 2, .m = 9, .k = 6});
  pool("symbols_rounded_up", "f32[1, n, m, 5]", {3, 3}, {{2, 2}, {1, 1}, {0, 0}, {0, 0}}, ", ceil_mode = true", {.n = 8, .m = 9});
  all.push_back({"max_pool_types", [](Graph &g) {
                   Window window{{2, 2}, {1, 1}, {1, 1}, {0, 1}};
                   for (const char *type : {"i8", "ui8", "f16", "bf16", "f64", "i32"})
                     g.out(g.op("pool", {g.in(std::string(type) + "[1, 7, 8, 19]", "full")}, "kind = 0 : i32, window = array<i64: 3, 3>, " + window.text()));
                 }, {}, {0}});
  all.push_back({"average_pool_types", [](Graph &g) {
                   Window window{{2, 2}, {1, 1}, {1, 1}, {0, 1}};
                   for (const char *type : {"f16", "bf16", "f64"})
                     g.out(g.op("pool", {g.in(std::string(type) + "[1, 7, 8, 19]")}, "kind = 1 : i32, window = array<i64: 3, 3>, " + window.text()));
                 }, {}, {2, 4}});
  all.push_back({"lp_pool_of_3", [](Graph &g) {
                   Window window{{1, 1}, {1, 1}, {0, 0}, {0, 0}};
                   g.out(g.op("pool", {g.in("f32[1, 7, 8, 9]")}, "kind = 2 : i32, p = 3 : i64, window = array<i64: 2, 2>, " + window.text()));
                   g.out(g.op("pool", {g.in("f32[1, 7, 8, 9]")}, "kind = 2 : i32, p = 1 : i64, window = array<i64: 2, 2>, " + window.text()));
                 }, {}, {8, 16}});

  auto fused = [&](const std::string &name, bool depthwise, std::function<mlir::Value(Graph &, mlir::Value)> after) {
    all.push_back({(depthwise ? "depthwise_then_" : "conv_then_") + name, [=](Graph &g) {
                     Window window{{1, 1}, {1, 1}, {1, 1}, {1, 1}, depthwise ? 24 : 1};
                     auto x = g.in("f32[1, n, 9, 24]", unit);
                     g.out(after(g, g.op("conv", {x, g.constant(depthwise ? "f32[24, 3, 3, 1]" : "f32[24, 3, 3, 24]", unit)}, window.conv())));
                   }, {.n = 7}, {8, depthwise ? 18.0 : 432.0}});
  };
  for (bool depthwise : {false, true}) {
    fused("bias_relu", depthwise, [](Graph &g, mlir::Value y) { return g.op("relu", {g.op("add", {y, g.constant("f32[24]")})}); });
    fused("normalisation", depthwise, [](Graph &g, mlir::Value y) {
      return g.op("add", {g.op("mul", {y, g.constant("f32[24]", "0.5:2")}), g.constant("f32[24]")});
    });
    fused("residual", depthwise, [](Graph &g, mlir::Value y) { return g.op("relu", {g.op("add", {y, g.in("f32[1, n, 9, 24]")})}); });
    fused("hard_swish", depthwise, [](Graph &g, mlir::Value y) {
      auto t = g.op("min", {g.op("max", {g.op("add", {y, g.constant("f32[]", "=3")}), g.constant("f32[]", "=0")}), g.constant("f32[]", "=6")});
      return g.op("mul", {y, g.op("mul", {t, g.constant("f32[]", "=0.16666667")})});
    });
  }
  all.push_back({"channels_first_network", [](Graph &g) {
                   Window window{{1, 1}, {1, 1}, {1, 1}, {1, 1}};
                   auto last = "perm = array<i64: 0, 2, 3, 1>", first = "perm = array<i64: 0, 3, 1, 2>";
                   auto x = g.op("transpose", {g.in("f32[1, 3, 8, n]", unit)}, last);
                   auto y = g.op("transpose", {g.op("conv", {x, g.constant("f32[8, 3, 3, 3]", unit)}, window.conv())}, first);
                   auto z = g.op("relu", {g.op("add", {y, g.constant("f32[8, 1, 1]")})});
                   auto w = g.op("conv", {g.op("transpose", {z}, last), g.constant("f32[5, 3, 3, 8]", "-0.3:0.3")}, window.conv());
                   g.out(g.op("transpose", {w}, first));
                 }, {.n = 9}, {4, 400}});
  return all;
}

} // namespace mlc::test
