#include "Support.h"

#include <cstring>
#include <thread>

using namespace mlc::test;

namespace {

// Feeds of the model rows.c.
struct Rows {
  explicit Rows(int64_t n) : n(n), x(static_cast<size_t>(n) * 4) {
    for (size_t i = 0; i < x.size(); ++i)
      x[i] = static_cast<float>((static_cast<int>(i * 37) % 101) - 50) / 8;
  }
  void feed(const Session &session) const {
    mlc_tensor a = tensor(MLC_F32, {n, 4}, x.data(), x.size() * 4), b = tensor(MLC_F32, {4}, bias, sizeof bias);
    ASSERT_EQ(mlc_feed_name(session.get(), "x", &a), MLC_OK) << mlc_last_error();
    ASSERT_EQ(mlc_feed_name(session.get(), "bias", &b), MLC_OK) << mlc_last_error();
  }
  std::vector<float> y() const {
    std::vector<float> y = x;
    for (size_t i = 0; i < y.size(); ++i)
      y[i] += bias[i % 4];
    return y;
  }
  std::vector<float> positive() const {
    std::vector<float> found;
    for (float value : x)
      if (value > 0)
        found.push_back(value);
    return found;
  }
  float total() const {
    float sum = 0;
    for (float value : x)
      sum += value;
    return sum;
  }

  int64_t n;
  std::vector<float> x;
  float bias[4] = {1, 2, 3, 4};
};

void expectRight(const Session &session, const Rows &rows) {
  EXPECT_EQ(output<float>(session, 0), rows.y());
  EXPECT_EQ(output<float>(session, 1), std::vector<float>{rows.total()});
  EXPECT_EQ(output<float>(session, 2), rows.positive());
}

void collectSteps(void *user, uint32_t step, int begin) {
  static_cast<std::vector<int> *>(user)->push_back(begin ? static_cast<int>(step) : -1 - static_cast<int>(step));
}

} // namespace

TEST(Session, GivesTheSameBytesOnAnyNumberOfThreads) {
  Program program = open("rows");
  Rows rows(1001);
  for (int threads : {1, 2, 3, 8}) {
    Session session = createSession(program, threads);
    EXPECT_EQ(mlc_session_threads(session.get()), threads);
    rows.feed(session);
    for (int i = 0; i < 3; ++i) {
      ASSERT_EQ(mlc_run(session.get()), MLC_OK) << mlc_last_error();
      expectRight(session, rows);
    }
  }
}

TEST(Session, FollowsChangingShapes) {
  Program program = open("rows");
  Session session = createSession(program, 2);
  for (int64_t n : {3, 100000, 0, 1, 17}) {
    Rows rows(n);
    rows.feed(session);
    ASSERT_EQ(mlc_run(session.get()), MLC_OK) << mlc_last_error();
    expectRight(session, rows);
    mlc_tensor y{};
    y.size = sizeof y;
    ASSERT_EQ(mlc_output(session.get(), 0, &y), MLC_OK);
    EXPECT_EQ(y.rank, 2);
    EXPECT_EQ(y.dims[0], n);
    EXPECT_EQ(y.dims[1], 4);
  }
  EXPECT_GE(mlc_session_bytes(session.get()), 1600000u);
}

TEST(Session, SessionsOfOneProgramRunAtOnce) {
  Program program = open("rows");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      Session session = createSession(program, 1 + t % 3);
      for (int i = 0; i < 50; ++i) {
        Rows rows(10 * t + i);
        rows.feed(session);
        ASSERT_EQ(mlc_run(session.get()), MLC_OK) << mlc_last_error();
        expectRight(session, rows);
      }
    });
  for (std::thread &thread : threads)
    thread.join();
}

TEST(Session, OutlivesItsProgramsHandle) {
  Program program = open("rows");
  Session session = createSession(program);
  program.reset();
  Rows rows(5);
  rows.feed(session);
  ASSERT_EQ(mlc_run(session.get()), MLC_OK) << mlc_last_error();
  expectRight(session, rows);
}

TEST(Session, ReadsInputsInPlaceAndCopiesUnalignedOnes) {
  Program program = open("rows");
  Session session = createSession(program);
  Rows rows(6);
  std::vector<char> bytes(rows.x.size() * 4 + 1);
  rows.feed(session);
  mlc_tensor x = tensor(MLC_F32, {6, 4}, bytes.data() + 1, rows.x.size() * 4);
  ASSERT_EQ(mlc_feed(session.get(), 0, &x), MLC_OK) << mlc_last_error();
  for (float scale : {1.0f, 2.0f}) { // what stands there when the run begins counts
    for (float &value : rows.x)
      value *= scale;
    std::memcpy(bytes.data() + 1, rows.x.data(), rows.x.size() * 4);
    ASSERT_EQ(mlc_run(session.get()), MLC_OK) << mlc_last_error();
    expectRight(session, rows);
  }
}

TEST(Session, RunsOnlyTheStepsThatAreNeeded) {
  Program program = open("rows");
  Session session = createSession(program);
  Rows rows(4);
  rows.feed(session);
  std::vector<int> steps;
  mlc_set_trace(session.get(), collectSteps, &steps);
  ASSERT_EQ(mlc_run(session.get()), MLC_OK);
  EXPECT_EQ(steps, (std::vector<int>{0, -1, 1, -2, 2, -3}));

  steps.clear();
  uint32_t total = 1;
  ASSERT_EQ(mlc_fetch(session.get(), &total, 1), MLC_OK);
  ASSERT_EQ(mlc_run(session.get()), MLC_OK) << mlc_last_error();
  EXPECT_EQ(steps, (std::vector<int>{1, -2}));
  EXPECT_EQ(output<float>(session, 1), std::vector<float>{rows.total()});
  mlc_tensor y{};
  y.size = sizeof y;
  EXPECT_EQ(mlc_output(session.get(), 0, &y), MLC_S_MISSING);
  EXPECT_STREQ(mlc_last_error(), "output 'y': was not fetched");

  ASSERT_EQ(mlc_fetch(session.get(), nullptr, 0), MLC_OK);
  mlc_set_trace(session.get(), nullptr, nullptr);
  ASSERT_EQ(mlc_run(session.get()), MLC_OK);
  expectRight(session, rows);
}

TEST(Session, WritesOutputsToTheCallersMemory) {
  Program program = open("rows");
  Session session = createSession(program);
  Rows rows(4);
  rows.feed(session);
  alignas(64) float y[16], positive[16];
  ASSERT_EQ(mlc_bind_output(session.get(), 0, y, sizeof y), MLC_OK);
  ASSERT_EQ(mlc_bind_output(session.get(), 2, positive, sizeof positive), MLC_OK);
  ASSERT_EQ(mlc_run(session.get()), MLC_OK) << mlc_last_error();
  EXPECT_EQ(std::vector<float>(y, y + 16), rows.y());
  expectRight(session, rows);
  mlc_tensor late{};
  late.size = sizeof late;
  ASSERT_EQ(mlc_output(session.get(), 2, &late), MLC_OK);
  EXPECT_EQ(late.data, positive);

  ASSERT_EQ(mlc_bind_output(session.get(), 0, y, sizeof y - 4), MLC_OK);
  EXPECT_EQ(mlc_run(session.get()), MLC_E_ARENA);
  EXPECT_STREQ(mlc_last_error(), "output 'y': 60 bytes were given, 64 are needed");
  ASSERT_EQ(mlc_bind_output(session.get(), 0, nullptr, 0), MLC_OK);
  ASSERT_EQ(mlc_bind_output(session.get(), 2, positive, 4), MLC_OK);
  EXPECT_EQ(mlc_run(session.get()), MLC_E_ARENA);
}

TEST(Session, RefusesWrongFeedsWithNames) {
  Program program = open("types");
  Session session = createSession(program);
  float x[9] = {};
  auto refused = [&](const mlc_tensor &wrong, int32_t status, const char *text) {
    EXPECT_EQ(mlc_feed(session.get(), 0, &wrong), status);
    EXPECT_STREQ(mlc_last_error(), text);
  };
  refused(tensor(MLC_F64, {2, 3}, x, 48), MLC_S_TYPE, "input 'x': element type float64 found, float32 expected");
  refused(tensor(MLC_F32, {6}, x, 24), MLC_E_SHAPE, "input 'x': shape 6 found, 2x3 expected");
  refused(tensor(MLC_F32, {3, 2}, x, 24), MLC_E_SHAPE, "input 'x': shape 3x2 found, 2x3 expected");
  refused(tensor(MLC_F32, {}, x, 4), MLC_E_SHAPE, "input 'x': shape scalar found, 2x3 expected");
  refused(tensor(MLC_F32, {2, -3}, x, 24), MLC_E_SHAPE, "input 'x': shape 2x-3 found, 2x3 expected");
  refused(tensor(MLC_F32, {2, 3}, x, 23), MLC_E_ARGUMENT, "input 'x': 23 bytes of data found, 24 expected");
  refused(tensor(MLC_F32, {2, 3}, nullptr, 24), MLC_E_ARGUMENT, "input 'x': 0 bytes of data found, 24 expected");
  mlc_tensor good = tensor(MLC_F32, {2, 3}, x, 24);
  EXPECT_EQ(mlc_feed_name(session.get(), "nobody", &good), MLC_S_NAME);
  EXPECT_STREQ(mlc_last_error(), "input 'nobody': the model has no input of this name");
  EXPECT_EQ(mlc_feed(session.get(), 7, &good), MLC_S_NAME);
  ASSERT_EQ(mlc_feed(session.get(), 0, &good), MLC_OK);
  EXPECT_EQ(mlc_run(session.get()), MLC_S_MISSING);
  EXPECT_STREQ(mlc_last_error(), "input 'k=1/é': not fed");
  good.size = 8;
  EXPECT_EQ(mlc_feed(session.get(), 0, &good), MLC_E_VERSION);
}

TEST(Session, RefusesShapesThatTheModelRefuses) {
  Program program = open("rows");
  Session session = createSession(program);
  Rows rows(4);
  rows.feed(session);
  std::vector<float> many(4 * 1000001);
  mlc_tensor x = tensor(MLC_F32, {1000001, 4}, many.data(), many.size() * 4);
  ASSERT_EQ(mlc_feed(session.get(), 0, &x), MLC_OK);
  EXPECT_EQ(mlc_run(session.get()), MLC_E_SHAPE);
  EXPECT_STREQ(mlc_last_error(), "model 'rows': the inputs' shapes do not fit together: n is at most 1000000");
  mlc_tensor y{};
  y.size = sizeof y;
  EXPECT_EQ(mlc_output(session.get(), 0, &y), MLC_S_MISSING);
}

TEST(Session, DefaultThreadsAreThePhysicalCores) {
  Program program = open("rows");
  mlc_session *session = nullptr;
  ASSERT_EQ(mlc_session_create(program.get(), nullptr, &session), MLC_OK);
  EXPECT_EQ(mlc_session_threads(session), mlc_default_threads());
  mlc_session_destroy(session);
}
