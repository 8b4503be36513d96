#include "Reader.h"

#include "Dialect.h"

#include "mlc/abi.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/BitVector.h"

#include <set>

using namespace mlir;

namespace mlc::frontend {
namespace {

std::string placeOf(Location location) {
  if (auto loc = dyn_cast<FileLineColLoc>(location))
    return "line " + std::to_string(loc.getLine()) + ", column " + std::to_string(loc.getColumn());
  return "";
}

class Reader {
public:
  Reader(const ImportOptions &options, Diagnostics &problems) : options(options), problems(problems) {}

  bool read(ModuleOp module) {
    // Without a list there are no symbols; then the verifier knows what types must not speak of.
    module.walk([](func::FuncOp f) {
      if (!f->hasAttr(kSymbolsAttr))
        f->setAttr(kSymbolsAttr, ArrayAttr::get(f.getContext(), {}));
    });
    if (failed(verify(module)) || !checkForm(module) || !checkOptions())
      return false;
    dissolveGroups();
    if (!options.shapes.empty() && !setShapes())
      return false;
    if (failed(verify(module)))
      return false;
    checkBound();
    if (problems.any())
      return false;
    constrainSizes();
    return true;
  }

private:
  bool refuse(const Twine &where, const Twine &what) {
    problems.error(where, what);
    return false;
  }

  bool checkForm(ModuleOp module) {
    auto functions = module.getOps<func::FuncOp>();
    if (!llvm::hasSingleElement(functions) || !llvm::hasSingleElement(*module.getBody()) || (*functions.begin()).isExternal() ||
        !llvm::hasSingleElement((*functions.begin()).getBody()))
      return refuse("", "expected a module with one function of one block");
    function = *functions.begin();
    for (Type type : llvm::concat<const Type>(function.getArgumentTypes(), function.getResultTypes())) {
      auto tensor = dyn_cast<RankedTensorType>(type);
      if (!tensor)
        return refuse("", "expected a function over ranked tensors only");
      std::string fault = isElementType(tensor.getElementType()) ? shapeFault(tensor, Symbols(function).count()) : "has elements that are no numbers";
      if (!fault.empty())
        return refuse(placeOf(function.getLoc()), "an input or output of type " + textOf(tensor) + " " + fault);
    }
    for (auto [i, symbol] : llvm::enumerate(function->getAttrOfType<ArrayAttr>(kSymbolsAttr).getAsRange<SymbolAttr>()))
      if (symbol.getKind() == "input") {
        int64_t input = *constantOf(symbol.getArgs().getResult(0)), axis = *constantOf(symbol.getArgs().getResult(1));
        if (input < 0 || input >= function.getNumArguments() || axis < 0 || axis >= tensorTypeOf(function.getArgument(input)).getRank())
          return refuse(placeOf(function.getLoc()), "symbol s" + Twine(i) + " is dimension " + Twine(axis) + " of input " + Twine(input) +
                                                        ", which there is not");
      }
    checkRank(function, function.getArgumentTypes());
    function.getBody().walk([&](Operation *op) {
      if (!isa<func::ReturnOp>(op) && op->getName().getDialectNamespace() != MlcDialect::getDialectNamespace())
        refuse(placeOf(op->getLoc()), "'" + op->getName().getStringRef() + "' is no operator of a model: expected those of the dialect mlc");
      else
        checkRank(op, op->getResultTypes());
    });
    return !problems.any();
  }

  /// Packed weights alone, which are made while compiling, have a dimension more.
  void checkRank(Operation *op, TypeRange types) {
    for (Type type : types)
      if (int64_t rank = cast<RankedTensorType>(type).getRank(); rank > MLC_MAX_RANK) {
        refuse(placeOf(op->getLoc()), "unsupported: " + Twine(rank) + " dimensions, at most " + Twine(MLC_MAX_RANK) + " are handled");
        return;
      }
  }

  /// Puts the operators of groups in their place. Groups are formed anew: emitters rely on how that is done. So are views of them.
  void dissolveGroups() {
    function.walk([](Operation *op) {
      if (auto concat = dyn_cast<ConcatOp>(op))
        concat.setView(false);
      if (auto slice = dyn_cast<SliceOp>(op))
        slice.setView(false);
    });
    SmallVector<GroupOp> groups;
    function.walk([&](GroupOp group) { groups.push_back(group); });
    for (GroupOp group : groups) {
      OpBuilder builder(group);
      SmallVector<AffineExpr> symbols(group.getSymbols().exprs());
      AttrTypeReplacer replacer;
      replacer.addReplacement([&](DimsAttr dims) -> std::pair<Attribute, WalkResult> {
        auto outer = llvm::map_to_vector(dims.exprs(), [&](AffineExpr e) { return e.replaceSymbols(symbols); });
        return {DimsAttr::get(dims.getContext(), outer), WalkResult::skip()};
      });
      Block &body = group.getBody().front();
      IRMapping mapping;
      mapping.map(body.getArguments(), group.getOperands());
      for (Operation &op : body.without_terminator())
        replacer.recursivelyReplaceElementsIn(builder.clone(op, mapping), /*replaceAttrs=*/true, /*replaceLocs=*/false,
                                              /*replaceTypes=*/true);
      for (auto [result, value] : llvm::zip(group.getResults(), body.getTerminator()->getOperands()))
        result.replaceAllUsesWith(mapping.lookup(value));
      group.erase();
    }
  }

  bool checkOptions() {
    if (!options.inputs.empty() || !options.outputs.empty())
      return refuse("", "unsupported: --inputs and --outputs take a part of ONNX models only");
    return true;
  }

  static std::string textOf(Type type) {
    std::string text;
    llvm::raw_string_ostream(text) << type;
    return text;
  }

  /// Puts the sizes that are given with --shape in place of the inputs' symbols.
  bool setShapes() {
    std::set<std::string> used;
    DenseMap<unsigned, int64_t> sizes; // by symbol
    for (BlockArgument input : function.getArguments()) {
      unsigned index = input.getArgNumber();
      auto name = function.getArgAttrOfType<StringAttr>(index, "mlc.name");
      for (const std::string &key : {name ? name.str() : "input" + std::to_string(index), "@" + std::to_string(index)})
        if (auto given = options.shapes.find(key); given != options.shapes.end()) {
          used.insert(key);
          setShape("input '" + key + "'", input, given->second, sizes);
        }
    }
    for (const auto &[name, dims] : options.shapes)
      if (!used.count(name))
        refuse("--shape " + name, "the model has no such input");
    if (problems.any())
      return false;
    if (!sizes.empty())
      replaceSymbols(sizes);
    return true;
  }

  void setShape(const std::string &where, BlockArgument input, ArrayRef<int64_t> given, DenseMap<unsigned, int64_t> &sizes) {
    Shape shape = shapeOf(input);
    if (given.size() != shape.size()) {
      refuse(where, "--shape has " + Twine(given.size()) + " dimensions, the model " + Twine(shape.size()));
      return;
    }
    for (auto [axis, size, expr] : llvm::enumerate(given, shape)) {
      if (size < 0)
        continue;
      auto known = constantOf(expr);
      auto symbol = dyn_cast<AffineSymbolExpr>(expr);
      if (size > kMaxElements)
        refuse(where, "a dimension of " + Twine(size) + " is no size");
      else if (known ? *known != size : !symbol)
        refuse(where, "--shape gives dimension " + Twine(axis) + " as " + Twine(size) + ", the model has " +
                          (known ? Twine(*known).str() : "an expression"));
      else if (symbol && sizes.try_emplace(symbol.getPosition(), size).first->second != size)
        refuse(where, "--shape gives the symbol s" + Twine(symbol.getPosition()) + " two sizes");
    }
  }

  void replaceSymbols(const DenseMap<unsigned, int64_t> &sizes) {
    MLIRContext *ctx = function.getContext();
    SmallVector<AffineExpr> values;
    for (unsigned s = 0; s < Symbols(function).count(); ++s) {
      auto it = sizes.find(s);
      values.push_back(it == sizes.end() ? getAffineSymbolExpr(s, ctx) : getAffineConstantExpr(it->second, ctx));
    }
    auto known = [&](ArrayRef<AffineExpr> exprs) {
      return DimsAttr::get(ctx, llvm::map_to_vector(exprs, [&](AffineExpr e) { return e.replaceSymbols(values); }));
    };
    AttrTypeReplacer replacer;
    replacer.addReplacement([&](DimsAttr dims) -> std::pair<Attribute, WalkResult> { return {known(dims.exprs()), WalkResult::skip()}; });
    replacer.addReplacement([&](SymbolAttr s) -> std::pair<Attribute, WalkResult> {
      return {SymbolAttr::get(ctx, s.getName(), s.getKind(), s.getLow(), known(s.getArgs().getResults()).getMap()), WalkResult::skip()};
    });
    replacer.addReplacement([&](RankedTensorType type) -> std::pair<Type, WalkResult> {
      return {type.getEncoding() ? tensorType(known(shapeOf(type)).exprs(), type.getElementType()) : type, WalkResult::skip()};
    });
    replacer.recursivelyReplaceElementsIn(function, /*replaceAttrs=*/true, /*replaceLocs=*/false, /*replaceTypes=*/true);
  }

  /// What has a size that is bound while the model runs stands behind the operator that binds it.
  void checkBound() {
    auto list = function->getAttrOfType<ArrayAttr>(kSymbolsAttr);
    // The data that each symbol follows from; symbols speak of earlier ones only.
    SmallVector<llvm::BitVector> data(list.size(), llvm::BitVector(list.size()));
    auto addTo = [&](llvm::BitVector &set, ArrayRef<AffineExpr> exprs) {
      for (AffineExpr e : exprs)
        e.walk([&](AffineExpr part) {
          if (auto s = dyn_cast<AffineSymbolExpr>(part))
            set |= data[s.getPosition()];
        });
    };
    bool any = false;
    for (auto [i, symbol] : llvm::enumerate(list.getAsRange<SymbolAttr>())) {
      if (symbol.getKind() == "data")
        data[i].set(i), any = true;
      else
        addTo(data[i], symbol.getArgs().getResults());
    }
    if (!any)
      return;
    llvm::BitVector bound(list.size()), stored(list.size());
    auto check = [&](Operation *op, ArrayRef<AffineExpr> exprs) {
      llvm::BitVector used(list.size());
      addTo(used, exprs);
      used.reset(bound);
      if (used.any())
        refuse(placeOf(op->getLoc()), "symbol s" + Twine(used.find_first()) + " is used before anything has bound it");
      bound |= used; // said once
    };
    for (BlockArgument input : function.getArguments())
      check(function, shapeOf(input));
    function.getBody().walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (auto bind = dyn_cast<BindOp>(op))
        bound.set(bind.getSymbol());
      if (auto branch = dyn_cast<IfOp>(op))
        for (size_t i = 0; i < branch.getSymbols().size(); i += 3)
          bound.set(branch.getSymbols()[i]);
      if (auto loop = dyn_cast<LoopOp>(op); loop && static_cast<int64_t>(loop.getTripSymbol()) >= 0)
        bound.set(loop.getTripSymbol());
      // What is computed from symbols alone is stored when they are known.
      if (auto symbolic = dyn_cast<SymbolicOp>(op)) {
        addTo(stored, symbolic.getValue().exprs());
        return;
      }
      for (Type type : op->getResultTypes())
        if (cast<RankedTensorType>(type).getEncoding())
          check(op, shapeOf(cast<RankedTensorType>(type)));
      for (NamedAttribute attribute : op->getAttrs())
        if (auto dims = dyn_cast<DimsAttr>(attribute.getValue()))
          check(op, dims.exprs());
    });
    stored.reset(bound);
    if (stored.any())
      refuse(placeOf(function.getLoc()), "symbol s" + Twine(stored.find_first()) + " is used, but nothing binds it");
  }

  /// A size may be written by another expression than the operands' one. That the two are equal is checked in each run.
  void constrainSizes() {
    Symbols symbols(function);
    auto equal = [&](AffineExpr a, AffineExpr b) {
      if (a != b && !(constantOf(a) && constantOf(b)) && constantOf(simplifyAffineExpr(a - b, 0, symbols.count())) != 0)
        symbols.constrain(a, b);
    };
    function.getBody().walk([&](Operation *op) {
      if (auto reshape = dyn_cast<ReshapeOp>(op))
        equal(product(shapeOf(reshape.getX()), op->getContext()), product(shapeOf(reshape.getY()), op->getContext()));
      if (auto broadcast = dyn_cast<BroadcastOp>(op)) {
        Shape x = shapeOf(broadcast.getX()), y = shapeOf(broadcast.getY());
        for (auto [from, to] : llvm::zip(x, ArrayRef(y).take_back(x.size())))
          if (constantOf(from) != 1)
            equal(from, to);
      }
      if (auto pad = dyn_cast<PadOp>(op))
        for (auto [d, from, to] : llvm::enumerate(shapeOf(pad.getX()), shapeOf(pad.getY())))
          equal(from + (from - 1) * pad.getInterior()[d] + pad.getLow()[d] + pad.getHigh()[d], to);
      SmallVector<Type> types;
      if (auto infer = dyn_cast<InferTypeOpInterface>(op);
          infer && succeeded(infer.inferReturnTypes(op->getContext(), op->getLoc(), op->getOperands(), op->getAttrDictionary(),
                                                    op->getPropertiesStorage(), op->getRegions(), types)))
        for (auto [have, made] : llvm::zip(op->getResultTypes(), types))
          if (have != made)
            for (auto [a, b] : llvm::zip(shapeOf(cast<RankedTensorType>(have)), shapeOf(cast<RankedTensorType>(made))))
              equal(a, b);
    });
  }

  const ImportOptions &options;
  Diagnostics &problems;
  func::FuncOp function;
};

} // namespace

OwningOpRef<ModuleOp> readMlir(const MappedFile &file, const ImportOptions &options, MLIRContext &context, Diagnostics &problems,
                               CheckResult *check) {
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &d) {
    if (d.getSeverity() == DiagnosticSeverity::Error)
      problems.error(placeOf(d.getLocation()), d.str());
    return success();
  });
  auto module = parseSourceString<ModuleOp>(llvm::StringRef(file.data(), file.size()), ParserConfig(&context, /*verifyAfterParse=*/false),
                                            problems.getFile());
  if (!module)
    return nullptr;
  if (check)
    module->walk([&](Operation *op) {
      if (isa<ModuleOp, func::FuncOp>(op) || op->hasTrait<OpTrait::IsTerminator>())
        return;
      ++check->nodes;
      ++check->operators[op->getName().getStringRef().str()];
    });
  if (!Reader(options, problems).read(*module) && !problems.any())
    problems.error("", "it is no valid module");
  return problems.any() ? OwningOpRef<ModuleOp>() : std::move(module);
}

} // namespace mlc::frontend
