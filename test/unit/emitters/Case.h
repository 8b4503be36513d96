// The list of cases, one family a file.
#ifndef MLC_TEST_UNIT_EMITTERS_CASE_H
#define MLC_TEST_UNIT_EMITTERS_CASE_H

#include "Graph.h"

namespace mlc::test {

/// How far floats may be from the reference: `ulps` units in the last place of the expected value, and `absolute` such
/// units of 1 (as many as terms of magnitude 1 are added up). The unit is that of the output's element type, or of
/// `computed` bits where inner values are narrower. Integers are compared exactly.
struct Tolerance {
  double ulps = 1, absolute = 0;
  int bits = 0;   // of the significand with which inner values are rounded; 0: the output's
};

struct Case {
  std::string name;
  std::function<void(Graph &)> make;
  Sizes sizes = {};
  Tolerance tolerance = {};
  bool slow = false;   // a second to compile: for the best level only, and with symbols only where there are sizes
  std::string precision = "";   // of constant weights; "": as they are
};

std::vector<Case> elementwiseCases();
std::vector<Case> movementCases();
std::vector<Case> contractionCases();
std::vector<Case> attentionCases();
std::vector<Case> windowCases();
std::vector<Case> rowCases();
std::vector<Case> irregularCases();
std::vector<Case> fusionCases();
std::vector<Case> partsCases();

} // namespace mlc::test

#endif // MLC_TEST_UNIT_EMITTERS_CASE_H
