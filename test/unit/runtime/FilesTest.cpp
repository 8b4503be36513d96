#include "Archive.h"
#include "Support.h"
#include "runtime/Element.h"
#include "runtime/io/Feeds.h"
#include "runtime/io/Json.h"
#include "runtime/io/Npy.h"
#include "runtime/io/Outputs.h"
#include "runtime/io/Proto.h"
#include "runtime/io/Wire.h"

#include <cmath>
#include <cstring>

using namespace mlc;
using namespace mlc::test;

namespace {

// Reads a file of these bytes; fails the test where that is refused.
io::Tensor readTensor(const std::string &bytes, const char *ending) {
  TemporaryPath file(ending);
  writeAll(file.path, bytes);
  std::unique_ptr<io::TensorSource> source;
  io::Tensor tensor;
  io::Status status = io::openTensor(file.path, source);
  if (!status.failed())
    status = source->read(tensor);
  EXPECT_FALSE(status.failed()) << status.text();
  return tensor;
}

template <typename T> std::vector<T> values(const io::Tensor &tensor) {
  auto *data = static_cast<const T *>(tensor.data.data());
  return data ? std::vector<T>(data, data + tensor.head.bytes / sizeof(T)) : std::vector<T>();
}

std::string bytesOf(const io::Tensor &tensor) {
  return std::string(static_cast<const char *>(tensor.data.data()), tensor.head.bytes);
}

io::Tensor sample(int32_t dtype, std::vector<int64_t> dims) {
  io::Tensor tensor;
  tensor.head.dtype = dtype;
  tensor.head.dims = std::move(dims);
  EXPECT_FALSE(io::measure(tensor.head).failed());
  EXPECT_FALSE(io::fillTensor(tensor, 7, 0).failed());
  return tensor;
}

std::string npy(const std::string &header, const std::string &data, int version = 1) {
  return "\x93NUMPY" + std::string{static_cast<char>(version), 0} + littleEndian(header.size(), version == 1 ? 2 : 4) +
         header + data;
}

std::string message(std::initializer_list<int64_t> dims, int32_t dtype) {
  std::string out;
  for (int64_t dim : dims)
    io::writeNumber(out, 1, static_cast<uint64_t>(dim));
  io::writeNumber(out, 2, static_cast<uint64_t>(dtype));
  return out;
}

std::string withBytes(std::string out, uint32_t field, const std::string &bytes) {
  io::writeLength(out, field, bytes.size());
  return out + bytes;
}

} // namespace

TEST(Files, EveryTypeComesBackFromProtoAndNpy) {
  for (int32_t dtype = 1; dtype < rt::elementTypes; ++dtype) {
    if (!mlc_dtype_bytes(dtype))
      continue;
    EXPECT_EQ(rt::elementByName(mlc_dtype_name(dtype)), dtype);
    for (const std::vector<int64_t> &dims :
         {std::vector<int64_t>{}, {5}, {2, 3, 7}, {0, 3}, {1, 1, 1, 1, 1, 1, 1, 3}}) {
      io::Tensor tensor = sample(dtype, dims);
      std::string proto;
      ASSERT_FALSE(io::protoBytes(tensor.view(), "name", {}, proto).failed());
      io::Tensor back = readTensor(proto, ".pb");
      EXPECT_EQ(back.head.dtype, dtype);
      EXPECT_EQ(back.head.dims, dims);
      EXPECT_EQ(bytesOf(back), bytesOf(tensor)) << mlc_dtype_name(dtype);
      if (!io::npyHas(dtype))
        continue;
      back = readTensor(io::npyHeader(tensor.view()) + bytesOf(tensor), ".npy");
      EXPECT_EQ(back.head.dtype, dtype);
      EXPECT_EQ(back.head.dims, dims);
      EXPECT_EQ(bytesOf(back), bytesOf(tensor)) << mlc_dtype_name(dtype);
    }
  }
}

TEST(Files, NpyHeadersAreReadInAnyForm) {
  const float x[] = {1, 2, 3, 4, 5, 6};
  const std::string data(reinterpret_cast<const char *>(x), sizeof x);
  for (int version : {1, 2, 3})
    EXPECT_EQ(values<float>(readTensor(
                  npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n", data, version), ".npy")),
              std::vector<float>(x, x + 6));
  io::Tensor odd = readTensor(npy("{ 'shape':(2,3,),\"descr\" : '<f4','fortran_order':False }   \n", data), ".npy");
  EXPECT_EQ(odd.head.dims, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(io::npyHeader(odd.view()).size() % 64, 0u);
}

TEST(Files, NpyInEitherOrderAndByteOrder) {
  const float fortran[] = {1, 4, 2, 5, 3, 6};
  const std::string data(reinterpret_cast<const char *>(fortran), sizeof fortran);
  const std::vector<float> right = {1, 2, 3, 4, 5, 6};
  EXPECT_EQ(values<float>(readTensor(npy("{'descr':'<f4','fortran_order':True,'shape':(2,3)}", data), ".npy")), right);
  std::string swapped = data;
  for (size_t i = 0; i < swapped.size(); i += 4)
    std::reverse(swapped.begin() + static_cast<long>(i), swapped.begin() + static_cast<long>(i) + 4);
  EXPECT_EQ(values<float>(readTensor(npy("{'descr':'>f4','fortran_order':True,'shape':(2,3)}", swapped), ".npy")),
            right);
  EXPECT_EQ(values<uint8_t>(readTensor(
                npy("{'descr':'|b1','fortran_order':False,'shape':(3,)}", std::string("\x02\x00\x01", 3)), ".npy")),
            (std::vector<uint8_t>{1, 0, 1}));
}

TEST(Files, ProtoReadsEveryFieldOfData) {
  // float_data, packed and one by one.
  std::string floats = littleEndian(0x3f800000, 4) + littleEndian(0x40000000, 4);
  EXPECT_EQ(values<float>(readTensor(withBytes(message({2}, MLC_F32), 4, floats), ".pb")), (std::vector<float>{1, 2}));
  std::string single = message({2}, MLC_F32);
  for (uint32_t bits : {0x3f800000u, 0x40000000u}) {
    io::writeVarint(single, 4 << 3 | 5);
    single += littleEndian(bits, 4);
  }
  EXPECT_EQ(values<float>(readTensor(single, ".pb")), (std::vector<float>{1, 2}));
  EXPECT_EQ(values<float>(readTensor(withBytes(message({1}, MLC_C64), 4, floats), ".pb")), (std::vector<float>{1, 2}));
  // int32_data holds the small types, float16 as its bits, and packed nibbles.
  std::string minus;
  io::writeVarint(minus, static_cast<uint64_t>(int64_t{-2}));
  EXPECT_EQ(values<int8_t>(readTensor(withBytes(message({1}, MLC_I8), 5, minus), ".pb")), std::vector<int8_t>{-2});
  EXPECT_EQ(values<int32_t>(readTensor(withBytes(message({1}, MLC_I32), 5, minus), ".pb")), std::vector<int32_t>{-2});
  EXPECT_EQ(values<uint16_t>(readTensor(withBytes(message({1}, MLC_F16), 5, std::string("\x80\x78", 2)), ".pb")),
            std::vector<uint16_t>{0x3c00});
  EXPECT_EQ(values<int8_t>(readTensor(withBytes(message({3}, MLC_I4), 5, std::string("\xaf\x01\x03", 3)), ".pb")),
            (std::vector<int8_t>{-1, -6, 3}));
  EXPECT_EQ(values<uint8_t>(readTensor(withBytes(message({5}, MLC_U2), 9, std::string("\xe4\x02", 2)), ".pb")),
            (std::vector<uint8_t>{0, 1, 2, 3, 2}));
  EXPECT_EQ(values<uint8_t>(readTensor(withBytes(message({2}, MLC_BOOL), 5, std::string("\x02\x00", 2)), ".pb")),
            (std::vector<uint8_t>{1, 0}));
  // The wide ones.
  EXPECT_EQ(values<int64_t>(readTensor(withBytes(message({1}, MLC_I64), 7, minus), ".pb")), std::vector<int64_t>{-2});
  EXPECT_EQ(values<double>(readTensor(withBytes(message({}, MLC_F64), 10, littleEndian(0x3ff0000000000000, 8)), ".pb")),
            std::vector<double>{1});
  EXPECT_EQ(values<uint32_t>(readTensor(withBytes(message({1}, MLC_U32), 11, "\x05"), ".pb")),
            std::vector<uint32_t>{5});
  std::string strings = withBytes(withBytes(message({2}, MLC_STRING), 6, "one"), 6, "");
  EXPECT_EQ(readTensor(strings, ".pb").strings, (std::vector<std::string>{"one", ""}));
  // Packed dims, and a name that other readers put in front.
  EXPECT_EQ(readTensor(withBytes(withBytes(message({}, MLC_U8), 1, "\x01\x02"), 9, "ab"), ".pb").head.dims,
            (std::vector<int64_t>{1, 2}));
}

TEST(Files, FeedsComeFromArchivesAndByPosition) {
  Program program = open("types");
  Session session = createSession(program);
  io::Tensor x = sample(MLC_F32, {2, 3});
  std::string file = io::npyHeader(x.view()) + bytesOf(x);
  std::string k = npy("{'descr':'<i8','fortran_order':False,'shape':()}", littleEndian(41, 8));
  for (bool deflated : {false, true})
    for (bool zip64 : {false, true}) {
      TemporaryPath archivePath(".npz");
      writeAll(archivePath.path, archive({{"x.npy", file, deflated, zip64}, {"k=1/é.npy", k, deflated, zip64}}));
      io::Feeds feeds;
      io::Problems problems;
      std::vector<std::string> filled;
      feeds.addArchive(archivePath.path, problems);
      feeds.apply(program.get(), session.get(), 0, problems, filled);
      EXPECT_EQ(problems, io::Problems());
      EXPECT_TRUE(filled.empty());
      ASSERT_EQ(mlc_run(session.get()), MLC_OK) << mlc_last_error();
      EXPECT_EQ(test::output<int64_t>(session, 4), std::vector<int64_t>{42});
      EXPECT_EQ(test::output<float>(session, 0)[1], 2 * values<float>(x)[1]);
    }

  TemporaryPath path("=.npy");
  writeAll(path.path, k);
  for (const char *name : {"@1", "k=1/é"}) {
    io::Feeds feeds;
    io::Problems problems;
    std::vector<std::string> filled;
    feeds.addInput(name + ("=" + path.path), problems);
    EXPECT_EQ(feeds.shapes().count(name), 1u);
    feeds.apply(program.get(), session.get(), 0, problems, filled);
    EXPECT_EQ(problems, io::Problems());
    EXPECT_EQ(filled, std::vector<std::string>{"x (float32 2x3)"});
  }
}

TEST(Files, FilledInputsFollowTheSeed) {
  auto bytes = [](uint64_t seed, uint32_t index) {
    io::Tensor tensor = sample(MLC_F32, {64});
    EXPECT_FALSE(io::fillTensor(tensor, seed, index).failed());
    return bytesOf(tensor);
  };
  EXPECT_EQ(bytes(1, 0), bytes(1, 0));
  EXPECT_NE(bytes(1, 0), bytes(2, 0));
  EXPECT_NE(bytes(1, 0), bytes(1, 1));
  for (int32_t dtype = 1; dtype < rt::elementTypes; ++dtype)
    for (uint64_t i = 0; mlc_dtype_bytes(dtype) && i < 500; ++i) {
      static io::Tensor tensor;
      if (i == 0)
        tensor = sample(dtype, {500});
      double value = -1;
      ASSERT_TRUE(io::elementValue(tensor.view(), i, value));
      bool integer = dtype == MLC_BOOL || (dtype >= MLC_U8 && dtype <= MLC_I64) || dtype == MLC_U32 ||
                     dtype == MLC_U64 || dtype == MLC_U4 || dtype == MLC_I4 || dtype == MLC_U2 || dtype == MLC_I2;
      ASSERT_TRUE(value >= 0 && (integer ? value <= 3 : value < 1)) << mlc_dtype_name(dtype) << " " << value;
    }
}

TEST(Files, OutputsAreWrittenWholeOrNotAtAll) {
  Program program = open("types");
  Session session = createSession(program);
  io::Feeds feeds;
  io::Problems problems;
  std::vector<std::string> filled;
  feeds.apply(program.get(), session.get(), 3, problems, filled);
  TemporaryPath place("");
  const std::string folder = place.path + "/a/b";
  EXPECT_TRUE(io::writeOutputs(program.get(), session.get(), {0}, folder, false).failed()) << "before any run";
  EXPECT_NE(access(place.path.c_str(), F_OK), 0);
  ASSERT_EQ(mlc_run(session.get()), MLC_OK);
  io::Status status = io::writeOutputs(program.get(), session.get(), {0, 1, 4}, folder, false);
  ASSERT_FALSE(status.failed()) << status.text();
  EXPECT_EQ(readAll(folder + "/outputs.json"),
            "[{\"index\":0,\"name\":\"double\",\"file\":\"output_0.npy\",\"dtype\":\"float32\",\"shape\":[2,3]},"
            "{\"index\":1,\"name\":\"half\",\"file\":\"output_1.pb\",\"dtype\":\"bfloat16\",\"shape\":[2,3]},"
            "{\"index\":4,\"name\":\"next\",\"file\":\"output_4.npy\",\"dtype\":\"int64\",\"shape\":[]}]\n");
  EXPECT_EQ(values<float>(readTensor(readAll(folder + "/output_0.npy"), ".npy")), test::output<float>(session, 0));
  EXPECT_EQ(values<uint16_t>(readTensor(readAll(folder + "/output_1.pb"), ".pb")), test::output<uint16_t>(session, 1));
  for (const char *name : {"/outputs.json", "/output_0.npy", "/output_1.pb", "/output_4.npy"})
    EXPECT_EQ(unlink((folder + name).c_str()), 0);
  EXPECT_EQ(rmdir(folder.c_str()), 0) << "nothing else is left";
  EXPECT_EQ(rmdir((place.path + "/a").c_str()), 0);
  EXPECT_EQ(rmdir(place.path.c_str()), 0);
}

TEST(Files, WritingThroughALinkKeepsIt) {
  TemporaryPath target(".json"), link(".link");
  writeAll(target.path, "old");
  ASSERT_EQ(symlink(target.path.c_str(), link.path.c_str()), 0);
  ASSERT_FALSE(io::writeFile(link.path, "new").failed());
  EXPECT_EQ(readAll(target.path), "new");
  char text[4];
  EXPECT_GT(readlink(link.path.c_str(), text, sizeof text), 0);
  EXPECT_FALSE(io::writeFile("/dev/null", "gone").failed());
  EXPECT_TRUE(io::writeFile("/nowhere/x", "gone").failed());
}

TEST(Files, JsonEscapesAndKeepsNumbers) {
  io::Json json;
  json.beginObject()
      .field("a\"\\\n", "\xc3\xa9\xff\xed\xa0\x80")
      .field("b", 0.1)
      .field("c", true)
      .key("d")
      .beginArray();
  json.value(INFINITY).value(int64_t{-5}).value(1e300).null().endArray().key("e").beginObject().endObject().endObject();
  EXPECT_EQ(json.text(), "{\"a\\\"\\\\\\u000a\":\"\xc3\xa9\\ufffd\\ufffd\\ufffd\\ufffd\",\"b\":0.1,\"c\":true,"
                         "\"d\":[null,-5,1e+300,null],\"e\":{}}");
}

TEST(Files, SummariesKnowTheSmallFloats) {
  auto value = [](int32_t dtype, uint32_t code) {
    double result = -1;
    io::elementValue(tensor(dtype, {1}, &code, 4), 0, result);
    return result;
  };
  EXPECT_EQ(value(MLC_F16, 0x3c00), 1);
  EXPECT_EQ(value(MLC_F16, 0xfc00), -INFINITY);
  EXPECT_EQ(value(MLC_F16, 0x0001), 0x1p-24);
  EXPECT_EQ(value(MLC_BF16, 0x4049), 3.140625);
  EXPECT_EQ(value(MLC_F8E4M3FN, 0x7e), 448);
  EXPECT_TRUE(std::isnan(value(MLC_F8E4M3FN, 0x7f)));
  EXPECT_EQ(value(MLC_F8E4M3FNUZ, 0x7f), 240);
  EXPECT_TRUE(std::isnan(value(MLC_F8E4M3FNUZ, 0x80)));
  EXPECT_EQ(value(MLC_F8E5M2, 0x7b), 57344);
  EXPECT_EQ(value(MLC_F8E5M2FNUZ, 0x7f), 57344);
  EXPECT_EQ(value(MLC_F4E2M1, 0x7), 6);
  EXPECT_EQ(value(MLC_F4E2M1, 0x9), -0.5);
  EXPECT_EQ(value(MLC_F8E8M0, 127), 1);
}
