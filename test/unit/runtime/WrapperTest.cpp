#include "Support.h"

#include <mlc/runtime.hpp>

using mlc::test::artefact;

TEST(Wrapper, OpensFeedsRunsAndFetches) {
  absl::StatusOr<mlc::Program> program = mlc::Program::Open(artefact("rows"));
  ASSERT_TRUE(program.ok()) << program.status();
  EXPECT_EQ(program->inputs().size(), 2u);
  absl::StatusOr<mlc::Session> session = program->CreateSession({.threads = 2});
  ASSERT_TRUE(session.ok()) << session.status();
  const std::vector<float> x = {1, -2, 3, -4}, bias = {1, 1, 1, 1};
  ASSERT_TRUE(session->Feed<float>("x", x, {1, 4}).ok());
  ASSERT_TRUE(session->Feed<float>("bias", bias, {4}).ok());
  ASSERT_TRUE(session->Run().ok());
  absl::StatusOr<absl::Span<const float>> y = session->Output<float>("y");
  ASSERT_TRUE(y.ok()) << y.status();
  EXPECT_EQ(std::vector<float>(y->begin(), y->end()), (std::vector<float>{2, -1, 4, -3}));
  EXPECT_EQ(session->Output<double>("y").status().message(), "output 'y': its element type is float32");
  EXPECT_TRUE(absl::IsNotFound(session->Output<float>("z").status()));

  ASSERT_TRUE(session->Fetch({"total"}).ok());
  ASSERT_TRUE(session->Run().ok());
  EXPECT_EQ(session->Output<float>("total")->at(0), -2);
  EXPECT_TRUE(absl::IsFailedPrecondition(session->Output<float>("y").status()));

  std::vector<float> own(4);
  ASSERT_TRUE(session->Fetch({}).ok());
  ASSERT_TRUE(session->BindOutput<float>("y", absl::MakeSpan(own)).ok());
  ASSERT_TRUE(session->Run().ok());
  EXPECT_EQ(own[0], 2);
}

TEST(Wrapper, ErrorsAreStatuses) {
  EXPECT_TRUE(absl::IsNotFound(mlc::Program::Open("/nowhere").status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(mlc::Program::Open(artefact("rows-trailer-2")).status()));
  auto program = mlc::Program::Open(artefact("types"));
  auto session = program->CreateSession({.threads = 1});
  const std::vector<double> x(6);
  EXPECT_TRUE(absl::IsInvalidArgument(session->Feed<double>("x", x, {2, 3})));
  EXPECT_TRUE(absl::IsNotFound(session->Feed<double>("nobody", x, {2, 3})));
  EXPECT_TRUE(absl::IsFailedPrecondition(session->Run()));
  mlc::Session moved = std::move(*session);
  EXPECT_EQ(moved.threads(), 1);
}
