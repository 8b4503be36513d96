#include "codegen/link/Header.h"

#include <gtest/gtest.h>

using mlc::cIdentifier;

TEST(CIdentifier, KeepsWhatIsValid) { EXPECT_EQ(cIdentifier("resnet50_v2"), "resnet50_v2"); }

TEST(CIdentifier, ReplacesOtherCharacters) {
  EXPECT_EQ(cIdentifier("my-model.v2"), "my_model_v2");
  EXPECT_EQ(cIdentifier("gr\xc3\xb6\xc3\x9f" "e"), "gr____e");
}

TEST(CIdentifier, AvoidsNamesThatAreTaken) {
  EXPECT_EQ(cIdentifier("main"), "model_main");
  EXPECT_EQ(cIdentifier("double"), "model_double");
  EXPECT_EQ(cIdentifier("memcpy"), "model_memcpy");
  EXPECT_EQ(cIdentifier("3d"), "model_3d");
  EXPECT_EQ(cIdentifier("_x"), "model__x");
  EXPECT_EQ(cIdentifier(""), "model_");
}
