// Formats are told by content.
#include "frontend/Format.h"
#include "frontend/onnx/onnx.pb.h"

#include <gtest/gtest.h>

using namespace mlc::frontend;
using namespace std::literals;

TEST(Format, KnowsMagicNumbers) {
  EXPECT_EQ(detectFormat(""), Format::Empty);
  EXPECT_EQ(detectFormat("\x89HDF\r\n\x1a\n"sv), Format::Hdf5);
  EXPECT_EQ(detectFormat("PK\x03\x04rest"sv), Format::Zip);
  EXPECT_EQ(detectFormat("\x1c\0\0\0TFL3rest"sv), Format::TfLite);
  EXPECT_EQ(detectFormat("ML\xefR"sv), Format::MlirBytecode);
  EXPECT_EQ(detectFormat("  module {}"), Format::MlirText);
  EXPECT_EQ(detectFormat("// a comment\nmodule {}"), Format::MlirText);
}

TEST(Format, KnowsOnnxByItsFields) {
  mlc::onnx_format::ModelProto model;
  model.set_ir_version(8);
  model.mutable_graph()->set_name("g");
  EXPECT_EQ(detectFormat(model.SerializeAsString()), Format::Onnx);
}

TEST(Format, KnowsNothingOfNoise) {
  EXPECT_EQ(detectFormat("hello, world"), Format::Unknown);
  EXPECT_EQ(detectFormat("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"sv), Format::Unknown);
  EXPECT_EQ(detectFormat("\0"sv), Format::Unknown);
}
