// Matrix products.
#include "Common.h"

#include "llvm/ADT/MapVector.h"

namespace mlc::onnx {

// Vectors take part as matrices with one row or one column.
static LogicalResult importMatMul(NodeContext &n) {
  Value a = n.operand(0), b = n.operand(1);
  if (!a || !b || !n.require(n.rank(a) > 0 && n.rank(b) > 0, "an operand is a scalar"))
    return failure();
  bool rowVector = n.rank(a) == 1, columnVector = n.rank(b) == 1;
  if (rowVector)
    a = n.unsqueeze(a, {0});
  if (columnVector)
    b = n.unsqueeze(b, {1});
  Value y = n.matmul(a, b);
  Axes drop;
  if (y && rowVector)
    drop.push_back(n.rank(y) - 2);
  if (y && columnVector)
    drop.push_back(n.rank(y) - 1);
  return n.yield(n.squeeze(y, drop));
}

static LogicalResult importGemm(NodeContext &n) {
  Value a = n.operand(0), b = n.operand(1), bias = n.optional(2);
  double alpha = n.real("alpha", 1.0), beta = n.real("beta", 1.0);
  bool transA = n.flag("transA", false), transB = n.flag("transB", false);
  if (n.version() < 7)
    (void)n.flag("broadcast", false);
  if (!n.requireRank(a, 2, "operand 0") || !n.requireRank(b, 2, "operand 1"))
    return failure();
  Value y = n.matmul(a, b, transA, transB);
  if (alpha != 1.0)
    y = n.mul(y, alpha);
  if (bias && beta != 0.0) {
    Value summed = n.add(y, beta == 1.0 ? bias : n.mul(bias, beta));
    if (summed && y && !n.require(n.rank(summed) == n.rank(y), "operand 2 has more dimensions than the product"))
      return failure();
    y = summed;
  }
  return n.yield(y);
}

namespace {

// One operand of an Einsum, with the letter of each dimension.
struct Term {
  Value value;
  std::string letters;
};

// Ellipses become capital letters that no equation uses otherwise, aligned at the last one.
bool expandEllipsis(NodeContext &n, std::string &letters, int64_t rank, size_t longest) {
  size_t at = letters.find("...");
  if (at == std::string::npos)
    return n.require(static_cast<int64_t>(letters.size()) == rank,
                     "the equation names " + Twine(letters.size()) + " dimensions of an operand with " + Twine(rank));
  int64_t hidden = rank - static_cast<int64_t>(letters.size()) + 3;
  if (!n.require(hidden >= 0 && hidden <= 8, "the equation does not fit an operand's dimensions"))
    return false;
  std::string names;
  for (int64_t i = 0; i < hidden; ++i)
    names += static_cast<char>('\x01' + longest - hidden + i);
  letters.replace(at, 3, names);
  return true;
}

// A letter that stands twice takes the diagonal.
void takeDiagonals(NodeContext &n, Term &t) {
  for (size_t i = 0; i < t.letters.size(); ++i)
    for (size_t j = i + 1; j < t.letters.size();) {
      if (t.letters[i] != t.letters[j]) {
        ++j;
        continue;
      }
      AffineExpr size = n.dims(t.value)[i];
      int64_t rank = n.rank(t.value);
      Value first = n.alongAxis(n.iota({size}, n.i64(), 0), i, rank);
      Value second = n.alongAxis(n.iota({n.dims(t.value)[j]}, n.i64(), 0), j, rank);
      Value zero = n.scalarLike(0.0, t.value);
      t.value = n.sum(n.select(n.compare(Relation::eq, first, second), t.value, zero), {static_cast<int64_t>(j)}, false);
      t.letters.erase(j, 1);
      if (!t.value)
        return;
    }
}

// The term with dimensions for exactly these letters, 1 where it lacks one.
Value arranged(NodeContext &n, const Term &t, StringRef letters) {
  Axes perm, fresh;
  for (char c : letters)
    if (size_t at = t.letters.find(c); at != std::string::npos)
      perm.push_back(at);
  for (auto [i, c] : llvm::enumerate(letters))
    if (t.letters.find(c) == std::string::npos)
      fresh.push_back(i);
  return n.unsqueeze(n.transpose(t.value, perm), fresh);
}

// Sums over what neither the output nor another operand names.
void sumAlone(NodeContext &n, Term &t, StringRef needed) {
  Axes axes;
  std::string left;
  for (auto [i, c] : llvm::enumerate(t.letters))
    if (needed.contains(c))
      left += c;
    else
      axes.push_back(i);
  t.value = n.sum(t.value, axes, false);
  t.letters = left;
}

// Letters in both and needed later are batch, in both and not needed are contracted, in one are rows or columns.
Term multiply(NodeContext &n, const Term &a, const Term &b, StringRef needed) {
  std::string batch, contracted, rows, columns;
  for (char c : a.letters)
    (b.letters.find(c) == std::string::npos ? rows : needed.contains(c) ? batch : contracted) += c;
  for (char c : b.letters)
    if (a.letters.find(c) == std::string::npos)
      columns += c;
  if (contracted.empty()) {
    std::string all = batch + rows + columns;
    return {n.mul(arranged(n, a, all), arranged(n, b, all)), all};
  }
  Value x = arranged(n, a, batch + rows + contracted), y = arranged(n, b, batch + contracted + columns);
  if (!x || !y)
    return {};
  auto sizes = [&](Value v, size_t from, size_t count) {
    Shape shape = n.dims(v);
    return Shape(shape.begin() + from, shape.begin() + from + count);
  };
  Shape batchX = sizes(x, 0, batch.size()), batchY = sizes(y, 0, batch.size());
  Shape rowSizes = sizes(x, batch.size(), rows.size()), inner = sizes(x, batch.size() + rows.size(), contracted.size());
  Shape innerY = sizes(y, batch.size(), contracted.size());
  Shape columnSizes = sizes(y, batch.size() + contracted.size(), columns.size());
  // A contracted dimension of size 1 against a larger one is spread.
  auto common = broadcastShapes(inner, innerY, n.symbols());
  if (!n.require(common.has_value(), "dimensions of the same letter differ"))
    return {};
  auto matrix = [&](Value v, Shape head, Shape middle, Shape tail) {
    Shape spread = head, joined = head;
    spread.append(middle);
    spread.append(tail);
    joined.push_back(product(middle, n.ctx()));
    joined.push_back(product(tail, n.ctx()));
    return n.reshape(n.broadcastTo(v, spread), joined);
  };
  Value product2 = n.matmul(matrix(x, batchX, rowSizes, *common), matrix(y, batchY, *common, columnSizes));
  if (!product2)
    return {};
  Shape shape = sizes(product2, 0, batch.size());
  shape.append(rowSizes);
  shape.append(columnSizes);
  return {n.reshape(product2, shape), batch + rows + columns};
}

} // namespace

static LogicalResult importEinsum(NodeContext &n) {
  std::string equation = n.text("equation", "");
  std::erase(equation, ' ');
  SmallVector<Value> operands = n.allOperands();
  size_t arrow = equation.find("->");
  std::string left = equation.substr(0, arrow), output;
  SmallVector<StringRef> parts;
  StringRef(left).split(parts, ',');
  if (!n.require(parts.size() == operands.size(), "the equation has " + Twine(parts.size()) + " terms for " + Twine(operands.size()) + " operands"))
    return failure();
  for (char c : equation)
    if (!n.require(llvm::isAlpha(c) || StringRef(".,->").contains(c), "the equation holds the character " + Twine(c)))
      return failure();
  size_t longest = 0;
  for (auto [value, part] : llvm::zip(operands, parts))
    if (part.contains("..."))
      longest = std::max<size_t>(longest, std::max<int64_t>(0, n.rank(value) - static_cast<int64_t>(part.size()) + 3));
  SmallVector<Term> terms;
  for (auto [value, part] : llvm::zip(operands, parts)) {
    Term t{value, part.str()};
    if (!value || !expandEllipsis(n, t.letters, n.rank(value), longest) ||
        !n.require(t.letters.find('.') == std::string::npos, "the equation has a stray point"))
      return failure();
    terms.push_back(t);
  }
  std::string hidden;
  for (size_t i = 0; i < longest; ++i)
    hidden += static_cast<char>('\x01' + i);
  if (arrow != std::string::npos) {
    output = equation.substr(arrow + 2);
    if (size_t at = output.find("..."); at != std::string::npos)
      output.replace(at, 3, hidden);
  } else {
    // Without an arrow: the letters that stand once, in alphabetical order.
    std::map<char, int> count;
    for (const Term &t : terms)
      for (char c : t.letters)
        ++count[c];
    output = hidden;
    for (auto [c, times] : count)
      if (times == 1 && llvm::isAlpha(c))
        output += c;
  }
  for (auto [i, c] : llvm::enumerate(output)) {
    bool named = llvm::any_of(terms, [&, letter = c](const Term &t) { return t.letters.find(letter) != std::string::npos; });
    if (!n.require(named && output.find(c, i + 1) == std::string::npos, "the equation's output has a letter that no operand has, or one twice"))
      return failure();
  }
  for (Term &t : terms) {
    takeDiagonals(n, t);
    if (!t.value)
      return failure();
  }
  Term result = terms[0];
  for (size_t i = 0; i < terms.size(); ++i) {
    std::string later = output;
    for (size_t j = i + 1; j < terms.size(); ++j)
      later += terms[j].letters;
    if (i > 0) {
      // What only this term has and nobody needs goes first.
      sumAlone(n, terms[i], later + result.letters);
      result = multiply(n, result, terms[i], later);
    }
    if (!result.value)
      return failure();
    sumAlone(n, result, later);
    if (!result.value)
      return failure();
  }
  return n.yield(arranged(n, result, output));
}

ArrayRef<RuleEntry> productRules() {
  static const RuleEntry table[] = {
      {"", "Einsum", 12, kAnyVersion, importEinsum},
      {"", "Gemm", 6, kAnyVersion, importGemm},
      {"", "MatMul", 1, kAnyVersion, importMatMul},
  };
  return table;
}

} // namespace mlc::onnx
