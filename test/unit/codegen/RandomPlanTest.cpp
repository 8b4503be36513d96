// Random models with branches, loops, views and in-place results, run on paper: every buffer remembers what was written to
// it last, and whoever reads a value has to find it where the plan says it is.

#include "Graphs.h"

#include <gtest/gtest.h>
#include <random>

using namespace mlc;
using namespace mlc::test;
using mlir::Value;

namespace {

/// Writes a random function. All tensors have one of two types with the same bytes, so that views are possible.
class Generator {
public:
  explicit Generator(unsigned seed) : random(seed) {}

  std::string write() {
    std::vector<std::string> values = {"%x0", "%x1", "%c"};
    std::string body = "%c = mlc.constant dense<1.0> : " + type + " : " + type + "\n%cond = mlc.constant dense<true> : tensor<i1> : tensor<i1>\n"
                       "%trips = mlc.constant dense<2> : tensor<i64> : tensor<i64>\n";
    body += block(values, 1 + pick(14), 0);
    std::string returned, types;
    for (int i = 0, n = 1 + pick(3); i < n; ++i) {
      returned += (i ? ", " : "") + any(values);
      types += (i ? ", " : "") + type;
    }
    return "func.func @main(%x0: " + type + ", %x1: " + type + ", %flag: tensor<i1>) -> (" + types + ") {\n" + body + "return " + returned +
           " : " + types + "\n}\n";
  }

private:
  int pick(int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); }
  std::string any(const std::vector<std::string> &values) { return values[static_cast<size_t>(pick(static_cast<int>(values.size())))]; }
  /// Recent values more often, so that buffers die.
  std::string recent(const std::vector<std::string> &values) {
    return pick(3) ? values[values.size() - 1 - static_cast<size_t>(pick(std::min<int>(3, static_cast<int>(values.size()))))] : any(values);
  }
  std::string fresh() { return "%v" + std::to_string(counter++); }

  std::string block(std::vector<std::string> &values, int length, int depth) {
    std::string text;
    for (int i = 0; i < length; ++i) {
      int what = pick(10);
      if (what == 0 && depth < 2)
        text += branch(values, depth);
      else if (what == 1 && depth < 2)
        text += loop(values, depth);
      else if (what == 2) {
        std::string view = fresh(), back = fresh();
        text += view + " = mlc.reshape " + recent(values) + " : " + type + " -> tensor<16xf32>\n" + back + " = mlc.reshape " + view +
                " : tensor<16xf32> -> " + type + "\n";
        values.push_back(back);
      } else if (what == 3) {
        // Halves, read where they lie, become the halves of a whole; the second may be made from the first.
        std::string low = fresh(), high = fresh(), a = fresh(), b = fresh(), whole = fresh(), other = fresh();
        auto slice = [&](const std::string &y, const char *start) {
          text += y + " = mlc.slice " + recent(values) + " <() -> (" + start + ", 0)> [1, 1] {view} : " + type + " -> " + half + "\n";
        };
        slice(low, "0"), slice(high, "2");
        text += addGroup(a, {low, high}, half, pick(2) ? "0, 0" : "");
        if (pick(2)) {
          text += addGroup(other, {recent(values)}, type, pick(2) ? "0, 0" : "");
          values.push_back(other);
        }
        text += addGroup(b, {high, pick(2) ? a : low}, half, pick(2) ? "0, 1" : "");
        text += whole + " = mlc.concat (" + (pick(2) ? a + ", " + b : b + ", " + a) + ") axis 0 {view} : (" + half + ", " + half + ") -> " + type + "\n";
        values.push_back(whole);
      } else {
        std::string y = fresh();
        std::vector<std::string> operands = {recent(values)};
        if (pick(2))
          operands.push_back(any(values));
        text += addGroup(y, operands, type, pick(3) ? operands.size() == 2 && pick(2) ? "0, 0, 0, 1" : "0, 0" : "");
        values.push_back(y);
      }
    }
    return text;
  }

  std::string branch(std::vector<std::string> &values, int depth) {
    std::string text, result = fresh();
    for (int arm = 0; arm < 2; ++arm) {
      std::vector<std::string> inner = values;
      text += arm ? " else {\n" : " {\n";
      text += block(inner, 1 + pick(4), depth + 1);
      text += "mlc.yield " + recent(inner) + ", " + recent(inner) + " : " + type + ", " + type + "\n}";
    }
    values.push_back(result + "#0");
    values.push_back(result + "#1");
    return result + ":2 = mlc.if %flag : tensor<i1> -> (" + type + ", " + type + ")" + text + "\n";
  }

  std::string loop(std::vector<std::string> &values, int depth) {
    std::string result = fresh(), a = fresh(), b = fresh(), i = fresh();
    std::vector<std::string> inner = values;
    inner.insert(inner.end(), {a, b});
    std::string body = block(inner, 1 + pick(5), depth + 1);
    std::string text = result + ":3 = mlc.loop trips %trips : tensor<i64> (" + recent(values) + ", " + recent(values) + ") : (" + type + ", " +
                       type + ") -> (" + type + ", " + type + ", tensor<2x4x4xf32>) {\n^bb0(" + i + ": tensor<i64>, " + a + ": " + type + ", " + b +
                       ": " + type + "):\n" + body + "mlc.yield %cond, " + recent(inner) + ", " + recent(inner) + ", " + recent(inner) +
                       " : tensor<i1>, " + type + ", " + type + ", " + type + "\n}\n";
    values.push_back(result + "#0");
    values.push_back(result + "#1");
    return text;
  }

  const std::string type = "tensor<4x4xf32>", half = "tensor<2x4xf32>";
  std::mt19937 random;
  unsigned counter = 0;
};

/// Runs the function on paper.
class Simulator {
public:
  Simulator(Planned &planned, unsigned seed) : p(planned), random(seed) {}

  void run() {
    mlir::Block &entry = p.function.getBody().front();
    for (Value argument : entry.getArguments())
      define(argument);
    block(entry);
    mlir::Operation *end = entry.getTerminator();
    std::vector<bool> copied(end->getNumOperands());
    for (auto [j, value] : p.plan.copies()) {
      expect(value, "a copy to an output");
      copied[j] = true;
    }
    for (auto [j, value] : llvm::enumerate(end->getOperands()))
      if (!copied[j]) {
        EXPECT_EQ(p.plan.bufferOf(value).place.where, Where::output);
        EXPECT_EQ(p.plan.bufferOf(value).place.index, j);
        expect(value, "an output");
      }
  }

private:
  struct Range {
    int space;
    int64_t begin, end;
  };
  struct Record {
    Range range;
    unsigned token;
  };

  Range rangeOf(unsigned buffer) {
    const Buffer &b = p.plan.buffers()[buffer];
    int64_t bytes = *constantOf(b.bytes);
    switch (b.place.where) {
    case Where::arena:
      return {0, b.place.offset, b.place.offset + bytes};
    case Where::weights:
      return {1, b.place.offset, b.place.offset + bytes};
    default:
      return {static_cast<int>(b.place.where) * 1000 + static_cast<int>(b.place.index), 0, bytes};
    }
  }

  /// Where a value is within its buffer: all of it, or half.
  Range rangeOf(Value v) {
    Range r = rangeOf(p.plan.idOf(v));
    if (tensorTypeOf(v).getNumElements() == 8) {
      r.begin += p.plan.offsetOf(v);
      EXPECT_LE(r.begin + 32, r.end);
      r.end = r.begin + 32;
    }
    return r;
  }

  void write(unsigned buffer, unsigned token) { write(buffer, rangeOf(buffer), token); }
  void write(unsigned buffer, Range r, unsigned token) {
    EXPECT_NE(p.plan.buffers()[buffer].place.where, Where::weights);
    EXPECT_TRUE(p.plan.buffers()[buffer].place.where != Where::input || tokens.size() < 4) << "an input is written";
    llvm::erase_if(records, [&](const Record &o) { return o.range.space == r.space && o.range.begin < r.end && r.begin < o.range.end; });
    records.push_back({r, token});
  }
  bool holds(unsigned buffer, unsigned token) { return holds(buffer, rangeOf(buffer), token); }
  bool holds(unsigned buffer, Range r, unsigned token) {
    if (p.plan.buffers()[buffer].place.where == Where::weights)
      return true;   // nobody writes there, see write()
    return llvm::any_of(records, [&](const Record &o) {
      return o.range.space == r.space && o.range.begin == r.begin && o.range.end == r.end && o.token == token;
    });
  }
  void define(Value v) {
    tokens[v] = ++last;
    write(p.plan.idOf(v), rangeOf(v), last);
  }
  void expect(Value v, const char *reader) {
    if (auto slice = v.getDefiningOp<SliceOp>()) {
      EXPECT_TRUE(holds(p.plan.idOf(v), tokens[v])) << reader << " does not find what its slice is cut from: " << textOf(slice.getX());
      EXPECT_EQ(p.plan.offsetOf(v) - p.plan.offsetOf(slice.getX()), *constantOf(slice.getStarts()[0]) * 16);
      return;
    }
    EXPECT_TRUE(holds(p.plan.idOf(v), rangeOf(v), tokens[v])) << reader << " does not find its value: " << textOf(v);
  }
  std::string textOf(Value v) {
    std::string text;
    llvm::raw_string_ostream os(text);
    v.printAsOperand(os, mlir::OpPrintingFlags());
    os << " in buffer " << p.plan.idOf(v);
    return text;
  }
  void copy(Value from, unsigned to) {
    if (p.plan.idOf(from) == to)
      return;
    expect(from, "a copy");
    write(to, tokens[from]);
  }

  void block(mlir::Block &block) {
    for (mlir::Operation &op : block) {
      if (auto group = llvm::dyn_cast<GroupOp>(op)) {
        for (Value v : group.getOperands())
          expect(v, "a group");
        for (Value v : group.getResults())
          define(v);
      } else if (auto view = llvm::dyn_cast<ReshapeOp>(op)) {
        EXPECT_TRUE(p.plan.sameBuffer(view.getX(), view.getY()));
        tokens[view.getY()] = tokens[view.getX()];
      } else if (auto slice = llvm::dyn_cast<SliceOp>(op)) {
        EXPECT_TRUE(p.plan.sameBuffer(slice.getX(), slice.getY()));
        tokens[slice.getY()] = tokens[slice.getX()];
      } else if (auto concat = llvm::dyn_cast<ConcatOp>(op)) {
        for (Value part : concat.getParts())
          expect(part, "a whole");
        EXPECT_NE(p.plan.offsetOf(concat.getParts()[0]), p.plan.offsetOf(concat.getParts()[1]));
        // The parts stay what they are.
        tokens[concat.getY()] = ++last;
        records.push_back({rangeOf(p.plan.idOf(concat.getY())), last});
      } else if (auto constant = llvm::dyn_cast<ConstantOp>(op)) {
        tokens[constant.getY()] = ++last;
      } else if (auto branch = llvm::dyn_cast<IfOp>(op)) {
        expect(branch.getCondition(), "a branch");
        mlir::Region &taken = op.getRegion(random() % 2);
        this->block(taken.front());
        for (auto [from, to] : llvm::zip(yieldedBy(taken), branch.getResults()))
          copy(from, p.plan.idOf(to));
        for (auto [from, to] : llvm::zip(yieldedBy(taken), branch.getResults()))
          tokens[to] = tokens[from];
      } else if (auto repeated = llvm::dyn_cast<LoopOp>(op)) {
        loop(repeated);
      }
    }
  }

  void loop(LoopOp op) {
    mlir::Block &body = op.getBody().front();
    auto carried = static_cast<unsigned>(op.getCarried().size());
    expect(op.getTrips(), "a loop");
    for (unsigned i = 0; i < carried; ++i) {
      copy(op.getCarried()[i], p.plan.idOf(op.getResult(i)));
      tokens[body.getArgument(i + 1)] = tokens[op.getCarried()[i]];
    }
    for (unsigned s = carried; s < op.getNumResults(); ++s)
      define(op.getResult(s));
    mlir::Operation *yield = body.getTerminator();
    for (int iteration = 0; iteration < 2; ++iteration) {
      define(body.getArgument(0));
      block(body);
      for (unsigned s = carried; s < op.getNumResults(); ++s) {
        expect(yield->getOperand(s + 1), "a scan");
        expect(op.getResult(s), "what was scanned before");
      }
      for (unsigned i = 1; i <= carried; ++i)
        if (int temporary = p.plan.temporaryOf(yield, i); temporary >= 0)
          copy(yield->getOperand(i), static_cast<unsigned>(temporary));
      std::vector<unsigned> next;
      for (unsigned i = 1; i <= carried; ++i) {
        Value value = yield->getOperand(i);
        int temporary = p.plan.temporaryOf(yield, i);
        next.push_back(tokens[value]);
        if (temporary < 0) {
          copy(value, p.plan.idOf(op.getResult(i - 1)));
          continue;
        }
        EXPECT_TRUE(holds(static_cast<unsigned>(temporary), tokens[value])) << "a temporary does not hold its value";
        write(p.plan.idOf(op.getResult(i - 1)), tokens[value]);
      }
      for (unsigned i = 1; i <= carried; ++i)
        tokens[body.getArgument(i)] = next[i - 1];
    }
    for (unsigned i = 0; i < carried; ++i)
      tokens[op.getResult(i)] = tokens[body.getArgument(i + 1)];
  }

  Planned &p;
  std::mt19937 random;
  std::vector<Record> records;
  llvm::DenseMap<Value, unsigned> tokens;
  unsigned last = 0;
};

TEST(RandomPlan, EveryValueIsWhereItsReadersLook) {
  for (unsigned seed = 0; seed < 1500 && !testing::Test::HasFailure(); ++seed) {
    std::string text = Generator(seed).write();
    Planned planned(text);
    ASSERT_TRUE(planned.module) << text;
    for (unsigned path = 0; path < 4; ++path)
      Simulator(planned, path).run();
    EXPECT_FALSE(testing::Test::HasFailure()) << "seed " << seed << "\n" << text;
  }
}

} // namespace
