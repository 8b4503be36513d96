// Files that lie: each is refused with a sentence, and none costs more memory than it is long.

#include "Archive.h"
#include "Support.h"
#include "runtime/io/Feeds.h"
#include "runtime/io/Npy.h"
#include "runtime/io/Wire.h"

using namespace mlc;
using namespace mlc::test;

namespace {

// What is wrong with a file of these bytes; "" where it is read.
std::string refusal(const std::string &bytes, const char *ending) {
  TemporaryPath file(ending);
  writeAll(file.path, bytes);
  std::unique_ptr<io::TensorSource> source;
  io::Tensor tensor;
  io::Status status = io::openTensor(file.path, source);
  if (!status.failed())
    status = source->read(tensor);
  return status.text();
}

std::string npy(const std::string &header, const std::string &data = std::string(24, '\0')) {
  return std::string("\x93NUMPY\x01\x00", 8) + littleEndian(header.size(), 2) + header + data;
}

const std::string goodHeader = "{'descr':'<f4','fortran_order':False,'shape':(2,3)}\n";

std::string archiveRefusal(const std::string &bytes) {
  TemporaryPath file(".npz");
  writeAll(file.path, bytes);
  Program program = open("types");
  Session session = createSession(program);
  io::Feeds feeds;
  io::Problems problems;
  std::vector<std::string> filled;
  feeds.addArchive(file.path, problems);
  if (problems.empty())
    feeds.apply(program.get(), session.get(), 0, problems, filled);
  return problems.empty() ? "" : problems[0];
}

std::string patched(std::string bytes, size_t offset, const std::string &with) {
  bytes.replace(offset, with.size(), with);
  return bytes;
}

} // namespace

TEST(HostileFiles, NpyHeaders) {
  ASSERT_EQ(refusal(npy(goodHeader), ".npy"), "");
  const std::string zeros(24, '\0');
  for (const std::string &header : {
           std::string(),
           std::string("[1,2,3]\n"),
           std::string("{'descr':'<f4','fortran_order':False}\n"),
           std::string("__import__('os').getcwd()\n"),
           std::string("{'descr':'<f4','fortran_order':False,'shape':(-2,-3)}\n"),
           std::string("{'descr':'<f4','fortran_order':False,'shape':(4611686018427387904,3)}\n"),
           std::string("{'descr':'<f4','fortran_order':False,'shape':(4294967296,4294967296)}\n"),
           "{'descr':'<f4','fortran_order':False,'shape':(" + std::string(500, '9') + ",3)}\n",
           "{'shape':" + std::string(20000, '(') + std::string(20000, ')') + "}\n",
           std::string("{'descr':'<f3','fortran_order':False,'shape':(2,3)}\n"),
           std::string("{'descr':'<f4','fortran_order':False,'shape':(2,3"),
           std::string("{'descr':'<f4','fortran_order':False,'shape':(2 3)}"),
           std::string("{'descr':'<f4','fortran_order':False,'shape':(,)}"),
           std::string("{'descr':'<f4','fortran_order':False,'shape':(6)}"),
           std::string("{'descr':'<f4','fortran_order':0,'shape':(2,3)}"),
           std::string("{'descr':'<f4','fortran_order':False,'shape':(2,3)} x"),
           std::string("{'descr':'<f4','descr':'<f4','fortran_order':False,'shape':(2,3)}"),
           std::string("{'descr':'<f4','fortran_order':False,'shape':(1,1,1,1,1,1,1,2,3)}"),
           std::string("{'descr':'|O','fortran_order':False,'shape':(2,3)}"),
           std::string("{'descr':'<U1','fortran_order':False,'shape':(2,3)}"),
           std::string("{'descr':[('a','<f4')],'fortran_order':False,'shape':(2,3)}"),
           std::string("{'descr':'<f4','fortran_order':False,'shape':(0,4611686018427387904,4611686018427387904)}"),
       })
    EXPECT_NE(refusal(npy(header, zeros), ".npy"), "") << header.substr(0, 80);
}

TEST(HostileFiles, NpyBodies) {
  const std::string good = npy(goodHeader);
  for (size_t length = 0; length < good.size(); ++length)
    EXPECT_NE(refusal(good.substr(0, length), ".npy"), "") << length;
  EXPECT_EQ(refusal(good + "x", ".npy"), "npy data: 25 bytes found, 24 expected for the shape 2x3");
  EXPECT_NE(refusal(patched(good, 6, "\x09"), ".npy"), "");
  EXPECT_NE(refusal(std::string("\x93NUMPY\x02\x00\xff\xff\xff\x7f", 12) + goodHeader, ".npy"), "");
  std::unique_ptr<io::TensorSource> source;
  EXPECT_TRUE(io::openTensor("/dev/zero", source).failed());
  EXPECT_TRUE(io::openTensor("/", source).failed());
}

TEST(HostileFiles, Protos) {
  std::string good;
  io::writeNumber(good, 1, 6);
  io::writeNumber(good, 2, MLC_F32);
  io::writeLength(good, 9, 24);
  good += std::string(24, '\1');
  ASSERT_EQ(refusal(good, ".pb"), "");
  for (size_t length = 0; length < good.size(); ++length)
    EXPECT_NE(refusal(good.substr(0, length), ".pb"), "") << length;
  EXPECT_NE(refusal(std::string(100, '\xff'), ".pb"), "");
  EXPECT_NE(refusal("1 2 3\n4 5 6\n", ".pb"), "");
  auto dims = [](std::vector<uint64_t> dims, int32_t dtype) {
    std::string out;
    for (uint64_t dim : dims)
      io::writeNumber(out, 1, dim);
    io::writeNumber(out, 2, static_cast<uint64_t>(dtype));
    return out;
  };
  EXPECT_NE(refusal(dims({uint64_t{1} << 40, uint64_t{1} << 40}, MLC_F32), ".pb"), "");
  EXPECT_NE(refusal(dims({uint64_t{1} << 38}, MLC_U8), ".pb"), "") << "no values";
  EXPECT_NE(refusal(dims({UINT64_MAX}, MLC_F32), ".pb"), "") << "negative";
  EXPECT_NE(refusal(dims({1, 1, 1, 1, 1, 1, 1, 1, 1}, MLC_F32), ".pb"), "");
  EXPECT_NE(refusal(dims({2}, 99), ".pb"), "");
  std::string external = dims({2}, MLC_F32);
  io::writeNumber(external, 14, 1);
  EXPECT_TRUE(contains(refusal(external, ".pb"), "unsupported: data in another file"));
  std::string few = dims({3}, MLC_I64);
  io::writeLength(few, 7, 2);
  EXPECT_TRUE(contains(refusal(few + "\x01\x02", ".pb"), "2 values found, 3 expected"));
  std::string strings = dims({3}, MLC_STRING);
  EXPECT_TRUE(contains(refusal(strings, ".pb"), "0 strings found, 3 expected"));
}

TEST(HostileFiles, DamagedBytesNeverHurt) {
  std::string proto;
  io::writeNumber(proto, 1, 6);
  io::writeNumber(proto, 2, MLC_I32);
  io::writeLength(proto, 5, 6);
  proto += "\x01\x02\x03\x04\x05\x06";
  const std::string zip = archive({{"x.npy", npy(goodHeader), true}});
  for (const std::string &good : {npy(goodHeader), proto})
    for (size_t place = 0; place < good.size(); ++place)
      for (int bit = 0; bit < 8; ++bit)
        refusal(patched(good, place, std::string(1, static_cast<char>(good[place] ^ (1 << bit)))), ".x");
  for (size_t place = 0; place < zip.size(); ++place)
    archiveRefusal(patched(zip, place, std::string(1, static_cast<char>(zip[place] ^ 0x41))));
}

TEST(HostileFiles, Archives) {
  const std::string x = npy(goodHeader);
  const std::string good = archive({{"x.npy", x}}), packed = archive({{"x.npy", x, true}});
  ASSERT_EQ(archiveRefusal(good), "");
  ASSERT_EQ(archiveRefusal(packed), "");
  for (size_t length = 0; length < good.size(); ++length)
    EXPECT_NE(archiveRefusal(good.substr(0, length)), "") << length;
  auto has = [](const std::string &text, const char *part) { EXPECT_TRUE(contains(text, part)) << text; };
  has(archiveRefusal(patched(good, 35 + x.size() - 1, "x")), "checksum");
  has(archiveRefusal(archive({{"x.npy", x}, {"nobody.npy", x}})),
      "input 'nobody': the model has no input of this name");
  has(archiveRefusal(archive({{"../x.npy", x}})), "input '../x'");
  has(archiveRefusal(archive({{"x.txt", x}})), "is no .npy");
  has(archiveRefusal(archive({{"x.npy", "hello"}})), "member 'x.npy': npy header");
  has(archiveRefusal(archive({{"x.npy", x}, {"x.npy", x}})), "given twice");
  has(archiveRefusal(x), "not a zip archive");
  size_t central = good.rfind("PK\x01\x02");
  has(archiveRefusal(patched(good, central + 8, "\x01")), "encrypted");
  has(archiveRefusal(patched(good, central + 10, "\x63")), "method 99");
  has(archiveRefusal(patched(good, central + 42, "\xff\xff")), "damaged");
  has(archiveRefusal(patched(good, central + 20, "\xff\xff\xff\x7f")), "contradict");
  size_t packedCentral = packed.rfind("PK\x01\x02");
  EXPECT_NE(archiveRefusal(patched(packed, packedCentral + 24, "\xf0\xff\xff\x7f")), "") << "its size lies";
  // The header says more than memory has; the member is only as long as its header.
  has(archiveRefusal(archive({{"x.npy", npy("{'descr':'<f4','fortran_order':False,'shape':(1099511627776,3)}", "")}})),
      "0 bytes found");
}
