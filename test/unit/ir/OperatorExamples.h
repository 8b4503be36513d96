// One small example or more of every operator, and what each operator can do.
#ifndef MLC_TEST_UNIT_IR_OPERATOREXAMPLES_H
#define MLC_TEST_UNIT_IR_OPERATOREXAMPLES_H

#include <set>
#include <string>
#include <vector>

namespace mlc::test {

/// A function body over arguments: the first operator with this mnemonic is what the example shows.
struct OperatorExample {
  std::string mnemonic;    // without "mlc."
  std::string arguments;   // of the function: "%a: !f, %b: !f"
  std::string body;
  std::string attributes;  // of the function
  std::string name() const { return "mlc." + mnemonic; }
  /// A module with the example in it.
  std::string text() const;
};

const std::vector<OperatorExample> &operatorExamples();

/// Operators that no reference describes, each with the reason.
const std::set<std::string> &operatorsWithoutReference();

/// The interfaces that operators implement, in this order of letters: P Pointwise, E Elementwise, S Structured,
/// Q Quantizable, D Differentiable, "" for none.
struct ExpectedInterfaces {
  std::string letters;
  std::vector<std::string> mnemonics;
};
const std::vector<ExpectedInterfaces> &expectedInterfaces();

} // namespace mlc::test

#endif // MLC_TEST_UNIT_IR_OPERATOREXAMPLES_H
