//===- Kernel.cpp - identity, names and sizes of kernels ----------------------===//

#include "codegen/Kernel.h"
#include "KernelBuilder.h"

#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/Support/SHA256.h"

using namespace mlir;

namespace mlc {

/// Raised with every change of the emitters that gives other code for the same text, so that caches forget.
constexpr llvm::StringLiteral kEmitterVersion = "21";

std::string kernelText(GroupOp group) {
  MLIRContext *ctx = group.getContext();
  OpBuilder builder(ctx);
  Location loc = UnknownLoc::get(ctx);
  auto module = OwningOpRef<ModuleOp>(ModuleOp::create(loc));
  builder.setInsertionPointToStart(module->getBody());
  auto yield = cast<YieldOp>(group.getBody().front().getTerminator());
  SmallVector<Type> inputs(group.getBody().getArgumentTypes()), outputs(yield.getOperandTypes());
  auto function = func::FuncOp::create(builder, loc, "kernel", builder.getFunctionType(inputs, outputs));
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToStart(body);
  IRMapping mapping;
  for (auto [from, to] : llvm::zip(group.getOperands(), body->getArguments()))
    mapping.map(from, to);
  // An operand that is given twice stands once in the mapping, so operands are set by position.
  auto clone = cast<GroupOp>(builder.clone(*group.getOperation(), mapping));
  clone->setOperands(body->getArguments());
  for (auto [result, type] : llvm::zip(clone.getResults(), outputs))
    result.setType(cast<RankedTensorType>(type));
  clone.setName("kernel");
  SmallVector<AffineExpr> own;
  for (size_t i = 0; i < group.getSymbols().size(); ++i)
    own.push_back(getAffineSymbolExpr(i, ctx));
  clone.setSymbolsAttr(DimsAttr::get(ctx, own));
  func::ReturnOp::create(builder, loc, clone.getResults());
  std::string text;
  llvm::raw_string_ostream os(text);
  OpPrintingFlags flags;
  flags.assumeVerified().enableDebugInfo(false);
  module->print(os, flags);
  return text;
}

std::string kernelSymbol(StringRef text, const CpuTarget &target) {
  llvm::SHA256 hash;
  for (StringRef part : {StringRef(kEmitterVersion), StringRef(target.triple), StringRef(target.cpu), StringRef(target.features), text}) {
    hash.update(part);
    hash.update(StringRef("\0", 1));
  }
  auto digest = hash.final();
  return "mlc_k_" + llvm::toHex(ArrayRef<uint8_t>(digest).take_front(12), /*LowerCase=*/true);
}

static std::string shapeName(RankedTensorType type) {
  std::string s;
  for (int64_t d : type.getShape())
    s += (s.empty() ? "" : "x") + (ShapedType::isDynamic(d) ? std::string("n") : std::to_string(d));
  return s.empty() ? "scalar" : s;
}

std::string kernelName(GroupOp group) {
  Operation *root = rootOf(group);
  if (!root)
    return "copy";
  auto y = cast<RankedTensorType>(root->getResult(0).getType());
  std::string name, element;
  llvm::raw_string_ostream(element) << y.getElementType();
  auto join = [](ArrayRef<int64_t> list) {
    std::string s;
    for (int64_t v : list)
      s += (s.empty() ? "" : "x") + std::to_string(v);
    return s;
  };
  StringRef op = root->getName().stripDialect();
  name = op.str();
  if (auto call = dyn_cast<CallOp>(root))
    name = call.getKernel().str();
  if (auto conv = dyn_cast<ConvOp>(root)) {
    name = conv.isDepthwise() ? "depthwise" : "conv";
    name += "_k" + join(conv.getWindow()) + "s" + join(conv.getStrides());
    name += "_c" + std::to_string(conv.getX().getType().getShape().back());
  }
  if (auto matmul = dyn_cast<MatmulOp>(root)) {
    int64_t k = matmul.getA().getType().getShape()[matmul.getA().getType().getRank() - (matmul.getTransA() ? 2 : 1)];
    name += "_k" + (ShapedType::isDynamic(k) ? std::string("n") : std::to_string(k));
  }
  if (auto attention = dyn_cast<AttentionOp>(root)) {
    ArrayRef<int64_t> k = attention.getK().getType().getShape().take_back(2);
    name += "_d" + std::to_string(k[1]) + "_n" + (ShapedType::isDynamic(k[0]) ? std::string() : std::to_string(k[0]));
  }
  if (isa<ConvOp, MatmulOp>(root))
    if (Type weights = elementTypeOf(root->getOperand(1)); weights != elementTypeOf(root->getOperand(0)))
      llvm::raw_string_ostream(element) << "x" << weights;
  name += "_" + element + "_" + shapeName(y);
  for (Operation &other : group.getBody().front().without_terminator())
    if (&other != root && !isa<ConstantOp>(other))
      name += "+" + other.getName().stripDialect().str();
  if (name.size() > 120)
    name = name.substr(0, 117) + "...";
  return name;
}

/// An expression over the group's symbols in the function's.
static AffineExpr outward(GroupOp group, AffineExpr expr) {
  if (!expr || group.getSymbols().size() == 0)
    return expr;
  return expr.replaceSymbols(group.getSymbols().exprs());
}

AffineExpr kernelTasks(GroupOp group) {
  StringRef emitter = group.getEmitter();
  AffineExpr tasks = emitter == "contraction" ? contractionTasks(group)
                     : emitter == "window" || emitter == "separable" ? windowTasks(group)
                     : emitter == "winograd"  ? winogradTasks(group)
                     : emitter == "attention" ? attentionTasks(group)
                     : emitter == "row"       ? rowTasks(group)
                     : emitter == "recurrent" ? recurrentTasks(group)
                     : emitter == "loop"      ? loopTasks(group)
                                              : constantExpr(1, group.getContext());
  return outward(group, tasks);
}

AffineExpr kernelFlops(GroupOp group) {
  AffineExpr total = constantExpr(0, group.getContext());
  for (Operation &op : group.getBody().front().without_terminator()) {
    if (auto structured = dyn_cast<Structured>(op))
      total = total + structured.getWork() * (isa<MatmulOp, ConvOp, ConvTransposeOp, AttentionOp>(op) ? 2 : 1);
    else if (auto p = dyn_cast<Pointwise>(op); p && p.getElementCost())
      total = total + product(shapeOf(op.getResult(0)), group.getContext()) * p.getElementCost();
    else if (auto r = dyn_cast<RecurrentOp>(op)) {
      Shape projected = shapeOf(r.getProjected()), hidden = shapeOf(r.getHidden0());
      total = total + product(projected, group.getContext()) * hidden.back() * 2;
    }
  }
  return outward(group, total);
}

AffineExpr kernelBytes(GroupOp group) {
  MLIRContext *ctx = group.getContext();
  AffineExpr total = constantExpr(0, ctx);
  auto count = [&](Value v) { total = total + product(shapeOf(v), ctx) * storageBytes(elementTypeOf(v)); };
  for (BlockArgument a : group.getBody().getArguments())
    count(a);
  for (Value v : cast<YieldOp>(group.getBody().front().getTerminator()).getResults())
    count(v);
  return outward(group, total);
}

} // namespace mlc
