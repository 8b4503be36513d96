#include "Importer.h"

#include "Rules.h"
#include "Tensor.h"
#include "Types.h"

#include "mlc/abi.h"
#include "mlir/IR/Iterators.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace mlc::onnx {

// Expanding functions and unrolling loops can make any number of nodes of a small file.
constexpr size_t kMaxNodes = 200000;
constexpr unsigned kMaxDepth = 64;

Importer::Importer(std::shared_ptr<Model> model, const frontend::ImportOptions &options, MLIRContext &context, Diagnostics &problems,
                   std::vector<bool> &decisions)
    : model(std::move(model)), options(options), problems(problems), builder(&context), decisions(decisions),
      handler(&context, [this](Diagnostic &d) {
        captured.push_back(d.str());
        return success();
      }),
      fileName(StringAttr::get(&context, this->model->path)) {}

Location Importer::locationOf(const proto::NodeProto &node) {
  return NameLoc::get(builder.getStringAttr(layerName(node)), FileLineColLoc::get(fileName, 0, 0));
}

std::vector<std::string> Importer::takeDiagnostics() {
  std::vector<std::string> all;
  std::swap(all, captured);
  return all;
}

bool Importer::decide() {
  if (nextDecision == decisions.size())
    decisions.push_back(true);
  return decisions[nextDecision++];
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

// Placeholders that some exporters write for every unknown dimension: they do not name one.
static bool namesDimension(StringRef name) { return !name.empty() && name != "?" && name != "-1" && name != "None"; }

AffineExpr Importer::inputSymbol(StringRef name, unsigned index, int64_t axis) {
  return Symbols(function).add(name, "input", 1, {constantExpr(index, builder.getContext()), constantExpr(axis, builder.getContext())});
}

static const std::vector<int64_t> *shapeOption(const frontend::ImportOptions &options, const std::string &name, unsigned position,
                                               std::set<std::string> &used) {
  for (const std::string &key : {name, "@" + std::to_string(position)})
    if (auto it = options.shapes.find(key); it != options.shapes.end()) {
      used.insert(key);
      return &it->second;
    }
  return nullptr;
}

std::optional<Shape> Importer::inputShape(const proto::ValueInfoProto &input, unsigned index, unsigned position,
                                          SmallVector<std::string> &names) {
  const auto &tensor = input.type().tensor_type();
  std::string where = "input '" + input.name() + "'";
  const std::vector<int64_t> *given = shapeOption(options, input.name(), position, usedShapes);
  if (!tensor.has_shape() && !given) {
    problems.error(where, "unsupported: its number of dimensions is unknown (give them with --shape)");
    return std::nullopt;
  }
  int rank = tensor.has_shape() ? tensor.shape().dim_size() : static_cast<int>(given->size());
  if (given && given->size() != static_cast<size_t>(rank)) {
    problems.error(where, "--shape has " + Twine(given->size()) + " dimensions, the model " + Twine(rank));
    return std::nullopt;
  }
  if (rank > MLC_MAX_RANK) {
    problems.error(where, "unsupported: " + Twine(rank) + " dimensions, at most " + Twine(MLC_MAX_RANK) + " are handled");
    return std::nullopt;
  }
  constexpr int64_t kMaxDimension = int64_t{1} << 40;
  Shape shape;
  MLIRContext *ctx = builder.getContext();
  int64_t elements = 1;
  for (int axis = 0; axis < rank; ++axis) {
    proto::TensorShapeProto::Dimension dim;
    if (tensor.has_shape())
      dim = tensor.shape().dim(axis);
    int64_t wanted = given ? (*given)[axis] : -1;
    int64_t known = dim.has_dim_value() ? dim.dim_value() : -1;
    if (wanted < -1 || wanted > kMaxDimension || known > kMaxDimension) {
      problems.error(where, "a dimension of " + Twine(wanted < -1 || wanted > kMaxDimension ? wanted : known) + " is no size");
      return std::nullopt;
    }
    // Some exporters write 0 for what they do not know.
    if (wanted >= 0 && known > 0 && wanted != known) {
      problems.error(where, "--shape gives dimension " + Twine(axis) + " as " + Twine(wanted) + ", the model has " + Twine(known));
      return std::nullopt;
    }
    if (wanted >= 0)
      known = wanted;
    StringRef name = namesDimension(dim.dim_param()) ? StringRef(dim.dim_param()) : StringRef();
    AffineExpr expr;
    if (known >= 0) {
      expr = constantExpr(known, ctx);
      if (!name.empty()) {
        auto [it, isNew] = symbolOfName.try_emplace(name, expr);
        if (!isNew && it->second != expr) {
          problems.error(where, "--shape gives the dimension '" + name + "' two sizes");
          return std::nullopt;
        }
      }
    } else if (!name.empty()) {
      AffineExpr &slot = symbolOfName[name];
      if (!slot)
        slot = inputSymbol(name, index, axis);
      expr = slot;
    } else {
      expr = inputSymbol((input.name() + "." + Twine(axis)).str(), index, axis);
    }
    if (auto size = constantOf(expr)) {
      if (*size && elements > kMaxDimension / *size) {
        problems.error(where, "it has too many elements");
        return std::nullopt;
      }
      elements *= std::max<int64_t>(*size, 1);
    }
    names.push_back(constantOf(expr) ? "" : name.empty() ? (input.name() + "." + Twine(axis)).str() : name.str());
    shape.push_back(expr);
  }
  return shape;
}

void Importer::importInputs(const proto::GraphProto &graph, Scope &scope) {
  std::set<std::string> initialised;
  for (const auto &tensor : graph.initializer())
    initialised.insert(tensor.name());
  for (const auto &tensor : graph.sparse_initializer())
    initialised.insert(tensor.values().name());
  SmallVector<const proto::ValueInfoProto *> inputs;
  for (const auto &input : graph.input())
    if (!initialised.count(input.name()))
      inputs.push_back(&input);

  // Sizes that options give to named dimensions hold wherever the name stands.
  std::set<std::string> seen;
  for (auto [position, input] : llvm::enumerate(inputs))
    if (const auto *given = shapeOption(options, input->name(), position, seen))
      for (int axis = 0; axis < std::min<int>(given->size(), input->type().tensor_type().shape().dim_size()); ++axis) {
        const std::string &name = input->type().tensor_type().shape().dim(axis).dim_param();
        if (namesDimension(name) && (*given)[axis] >= 0)
          symbolOfName.try_emplace(name, constantExpr((*given)[axis], builder.getContext()));
      }

  MLIRContext *ctx = builder.getContext();
  SmallVector<Attribute> argAttrs;
  unsigned index = 0;
  for (auto [position, input] : llvm::enumerate(inputs)) {
    std::string where = "input '" + input->name() + "'";
    scope.values[input->name()] = Value();
    if (!input->type().has_tensor_type()) {
      bool known = input->type().value_case() != proto::TypeProto::VALUE_NOT_SET;
      problems.error(where, known ? "unsupported: it is no tensor (sequence, map, optional or sparse tensor)" : "it has no type");
      continue;
    }
    int32_t number = input->type().tensor_type().elem_type();
    Type element = typeOfNumber(number, ctx);
    if (!element) {
      problems.error(where, (packedBits(number) || number == MLC_STRING ? "unsupported: " : "") + Twine("its elements are of ") +
                                dataTypeName(number));
      continue;
    }
    SmallVector<std::string> names;
    std::optional<Shape> shape = inputShape(*input, index, position, names);
    if (!shape)
      continue;
    Location loc = NameLoc::get(builder.getStringAttr(input->name()), FileLineColLoc::get(fileName, 0, 0));
    scope.values[input->name()] = function.getBody().front().addArgument(tensorType(*shape, element), loc);
    SmallVector<Attribute> nameAttrs;
    for (const std::string &name : names)
      nameAttrs.push_back(builder.getStringAttr(name));
    argAttrs.push_back(builder.getDictionaryAttr({builder.getNamedAttr("mlc.name", builder.getStringAttr(input->name())),
                                                  builder.getNamedAttr("mlc.dtype", builder.getI64IntegerAttr(number)),
                                                  builder.getNamedAttr("mlc.dim_names", builder.getArrayAttr(nameAttrs))}));
    ++index;
  }
  function.setType(builder.getFunctionType(function.getBody().front().getArgumentTypes(), {}));
  function.setArgAttrsAttr(builder.getArrayAttr(argAttrs));
}

void Importer::checkShapeOptions() {
  for (const auto &[name, dims] : options.shapes)
    if (!usedShapes.count(name))
      problems.error("--shape " + name, "the model has no such input");
}

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

LogicalResult Importer::importInitialisers(const proto::GraphProto &graph, Scope &scope, Location loc) {
  bool good = true;
  auto add = [&](const std::string &name, ElementsAttr value, const std::string &reason, bool isUnsupported) {
    if (value) {
      scope.values[name] = ConstantOp::create(builder, loc, value);
    } else {
      scope.values[name] = Value();
      problems.error("initialiser '" + name + "'", (isUnsupported ? "unsupported: " : "") + reason);
      good = false;
    }
  };
  std::string reason;
  bool isUnsupported;
  for (const auto &tensor : graph.initializer())
    add(tensor.name(), readTensor(model, tensor, builder.getContext(), reason, isUnsupported), reason, isUnsupported);
  for (const auto &tensor : graph.sparse_initializer())
    add(tensor.values().name(), readSparseTensor(model, tensor, builder.getContext(), reason, isUnsupported), reason, isUnsupported);
  return success(good);
}

LogicalResult Importer::importNodes(const google::protobuf::RepeatedPtrField<proto::NodeProto> &nodes, Scope &scope,
                                    const Frame &frame) {
  bool good = true;
  for (const auto &node : nodes)
    good &= succeeded(importNode(node, scope, frame));
  return success(good);
}

LogicalResult Importer::importNode(const proto::NodeProto &node, Scope &scope, const Frame &frame) {
  auto poison = [&] {
    for (const std::string &output : node.output())
      if (!output.empty())
        scope.values[output] = Value();
    return failure();
  };
  // What follows from a reported error is not worth a report.
  for (const std::string &input : node.input())
    if (!input.empty())
      if (const Value *value = scope.find(input); !value || !*value)
        return poison();
  if (++nodesImported > kMaxNodes) {
    if (nodesImported == kMaxNodes + 1)
      problems.unsupportedFile("more than " + Twine(kMaxNodes) + " nodes after functions and loops are expanded");
    return poison();
  }
  std::string domain = domainOf(node.domain());
  auto opset = frame.opsets->find(domain);
  if (const proto::FunctionProto *callee = model->function(node))
    return succeeded(importCall(node, *callee, scope, frame)) ? success() : poison();
  if (opset == frame.opsets->end())
    opset = model->opsets.find(domain);
  if (opset == model->opsets.end() || opset == frame.opsets->end()) {
    problems.error(describe(node), "the model does not import its domain '" + node.domain() + "'");
    return poison();
  }
  Lookup found = findRule(domain, node.op_type(), opset->second);
  if (!found.rule) {
    problems.unsupported(describe(node), {node.op_type(), domain, opset->second, found.reason});
    return poison();
  }
  captured.clear();
  NodeContext context(*this, node, scope, frame, opset->second);
  return context.import(found.rule);
}

LogicalResult Importer::importCall(const proto::NodeProto &node, const proto::FunctionProto &callee, Scope &scope, const Frame &frame) {
  auto refuse = [&](const Twine &text) {
    problems.error(describe(node), text);
    return failure();
  };
  if (frame.depth >= kMaxDepth)
    return refuse("functions nest too deeply");
  if (node.input_size() > callee.input_size() || node.output_size() > callee.output_size())
    return refuse("it has more operands or results than the function of its name");
  Scope inner;
  for (int i = 0; i < callee.input_size(); ++i) {
    bool given = i < node.input_size() && !node.input(i).empty();
    inner.values[callee.input(i)] = given ? *scope.find(node.input(i)) : Value();
    if (!given)
      inner.values.erase(callee.input(i));
  }
  Attributes attributes;
  for (const auto &attribute : callee.attribute_proto())
    attributes[attribute.name()] = &attribute;
  for (const auto &attribute : node.attribute()) {
    const proto::AttributeProto *value = &attribute;
    if (!attribute.ref_attr_name().empty()) {
      if (!frame.callerAttributes || !frame.callerAttributes->contains(attribute.ref_attr_name()))
        continue;
      value = frame.callerAttributes->lookup(attribute.ref_attr_name());
    }
    attributes[attribute.name()] = value;
  }
  Opsets opsets = model->opsets;
  for (const auto &opset : callee.opset_import())
    opsets[domainOf(opset.domain())] = opset.version();
  Frame body{&opsets, &attributes, frame.depth + 1};
  if (failed(importNodes(callee.node(), inner, body)))
    return failure();
  for (int i = 0; i < node.output_size(); ++i) {
    if (node.output(i).empty())
      continue;
    const Value *value = inner.find(callee.output(i));
    if (!value || !*value)
      return refuse("the function makes no result '" + callee.output(i) + "' from these operands");
    scope.values[node.output(i)] = *value;
  }
  return success();
}

std::optional<SmallVector<Value>> Importer::importBody(const proto::GraphProto &graph, Scope &scope, const Frame &frame, Location loc) {
  if (frame.depth >= kMaxDepth) {
    problems.unsupportedFile("graphs that nest deeper than " + Twine(kMaxDepth));
    return std::nullopt;
  }
  Frame inner = frame;
  ++inner.depth;
  bool good = succeeded(importInitialisers(graph, scope, loc));
  good &= succeeded(importNodes(graph.node(), scope, inner));
  if (!good)
    return std::nullopt;
  SmallVector<Value> results;
  for (const auto &output : graph.output()) {
    const Value *value = scope.find(output.name());
    if (!value || !*value)
      return std::nullopt;
    results.push_back(*value);
  }
  return results;
}

//===----------------------------------------------------------------------===//
// The function's end
//===----------------------------------------------------------------------===//

void Importer::finish(const proto::GraphProto &graph, Scope &scope) {
  std::vector<std::string> names = options.outputs;
  if (names.empty())
    for (const auto &output : graph.output())
      names.push_back(output.name());
  std::map<std::string, const proto::TypeProto::Tensor *> declared;
  for (const auto &output : graph.output())
    if (output.type().has_tensor_type())
      declared[output.name()] = &output.type().tensor_type();
  if (names.empty())
    problems.error("", "it has no outputs");
  SmallVector<Value> values;
  SmallVector<Attribute> attributes;
  for (const std::string &name : names) {
    const Value *value = scope.find(name);
    if (!value) {
      problems.error("output '" + name + "'", "the model has no tensor of this name");
      continue;
    }
    if (!*value)
      continue;
    int32_t type = dataTypeOf(mlc::elementTypeOf(*value));
    if (auto it = declared.find(name); it != declared.end()) {
      const auto &tensor = *it->second;
      if (tensor.elem_type() != 0 && tensor.elem_type() != type)
        problems.error("output '" + name + "'",
                       "it is declared as " + dataTypeName(tensor.elem_type()) + ", but is made as " + dataTypeName(type));
      ranksFit &= !tensor.has_shape() || tensor.shape().dim_size() == tensorTypeOf(*value).getRank();
    }
    values.push_back(*value);
    attributes.push_back(builder.getDictionaryAttr({builder.getNamedAttr("mlc.name", builder.getStringAttr(name)),
                                                    builder.getNamedAttr("mlc.dtype", builder.getI64IntegerAttr(type))}));
  }
  func::ReturnOp::create(builder, function.getLoc(), values);
  function.setType(builder.getFunctionType(function.getBody().front().getArgumentTypes(), ValueRange(values).getTypes()));
  function.setResAttrsAttr(builder.getArrayAttr(attributes));
}

void Importer::removeDeadCode() {
  function.walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *op) {
    if (isOpTriviallyDead(op))
      op->erase();
  });
}

void Importer::cutInputs(Scope &scope) {
  if (options.inputs.empty())
    return;
  Block &body = function.getBody().front();
  SmallVector<Attribute> attributes;
  SmallVector<Value> arguments;
  ArrayAttr before = function.getArgAttrsAttr();
  unsigned oldCount = body.getNumArguments();
  for (const std::string &name : options.inputs) {
    const Value *found = scope.find(name);
    if (!found || !*found) {
      if (!found)
        problems.error("input '" + name + "'", "the model has no tensor of this name");
      return;
    }
    Value value = *found;
    if (auto argument = dyn_cast<BlockArgument>(value); argument && argument.getArgNumber() < oldCount) {
      attributes.push_back(before[argument.getArgNumber()]);
      arguments.push_back(value);
      continue;
    }
    BlockArgument argument = body.addArgument(value.getType(), value.getLoc());
    value.replaceAllUsesWith(argument);
    SmallVector<Attribute> names;
    for (auto [axis, dim] : llvm::enumerate(shapeOf(argument)))
      names.push_back(builder.getStringAttr(constantOf(dim) ? "" : name + "." + std::to_string(axis)));
    attributes.push_back(builder.getDictionaryAttr(
        {builder.getNamedAttr("mlc.name", builder.getStringAttr(name)),
         builder.getNamedAttr("mlc.dtype", builder.getI64IntegerAttr(dataTypeOf(mlc::elementTypeOf(argument)))),
         builder.getNamedAttr("mlc.dim_names", builder.getArrayAttr(names))}));
    arguments.push_back(argument);
  }
  removeDeadCode();
  // The arguments in the order asked for; what is not asked for must not be needed.
  unsigned count = body.getNumArguments();
  SmallVector<BlockArgument> ordered;
  SmallVector<int64_t> positionOf(count, -1);
  for (auto [i, value] : llvm::enumerate(arguments)) {
    positionOf[cast<BlockArgument>(value).getArgNumber()] = i;
    BlockArgument moved = body.addArgument(value.getType(), value.getLoc());
    value.replaceAllUsesWith(moved);
    ordered.push_back(moved);
  }
  for (unsigned i = 0; i < count; ++i)
    if (positionOf[i] < 0 && !body.getArgument(i).use_empty()) {
      auto name = cast<DictionaryAttr>(before[i]).getAs<StringAttr>("mlc.name");
      problems.error("input '" + name.getValue() + "'", "the outputs need it, but it is not among the inputs that were asked for");
    }
  if (problems.any())
    return;
  body.eraseArguments(0, count);
  // Symbols are dimensions of inputs: find them again.
  MLIRContext *ctx = builder.getContext();
  SmallVector<Attribute> symbols;
  if (auto list = function->getAttrOfType<ArrayAttr>(kSymbolsAttr))
    for (auto [s, entry] : llvm::enumerate(list)) {
      auto symbol = cast<SymbolAttr>(entry);
      symbols.push_back(symbol);
      if (symbol.getKind() != "input")
        continue;
      bool found = false;
      for (auto [a, argument] : llvm::enumerate(body.getArguments()))
        for (auto [axis, dim] : llvm::enumerate(shapeOf(argument)))
          if (!found && dim == getAffineSymbolExpr(s, ctx)) {
            found = true;
            symbols.back() = SymbolAttr::get(ctx, symbol.getName(), symbol.getKind(), symbol.getLow(),
                                             DimsAttr::get(ctx, {constantExpr(a, ctx), constantExpr(axis, ctx)}).getMap());
          }
      if (!found)
        symbols.back() = SymbolAttr::get(ctx, symbol.getName(), builder.getStringAttr("data"), symbol.getLow(), AffineMap::get(ctx));
    }
  function->setAttr(kSymbolsAttr, builder.getArrayAttr(symbols));
  function.setType(builder.getFunctionType(body.getArgumentTypes(), function.getResultTypes()));
  function.setArgAttrsAttr(builder.getArrayAttr(attributes));
}

OwningOpRef<ModuleOp> Importer::run() {
  const proto::GraphProto &graph = model->graph();
  Location fileLoc = FileLineColLoc::get(fileName, 0, 0);
  OwningOpRef<ModuleOp> module = ModuleOp::create(fileLoc);
  (*module)->setAttr("mlc.model_name", builder.getStringAttr(graph.name()));
  builder.setInsertionPointToEnd(module->getBody());
  function = func::FuncOp::create(builder, fileLoc, "main", builder.getFunctionType({}, {}));
  function->setAttr(kSymbolsAttr, builder.getArrayAttr({}));
  builder.setInsertionPointToStart(function.addEntryBlock());

  Scope scope;
  importInputs(graph, scope);
  checkShapeOptions();
  (void)importInitialisers(graph, scope, fileLoc);
  Frame frame{&model->opsets, nullptr, 0};
  (void)importNodes(graph.node(), scope, frame);
  finish(graph, scope);
  if (problems.any())
    return nullptr;
  cutInputs(scope); // looks values up that nothing reads, so before they are removed
  removeDeadCode();
  captured.clear();
  if (!problems.any() && failed(verify(*module)))
    for (const std::string &reason : takeDiagnostics())
      problems.error("", "the import made what mlc itself refuses: " + reason);
  return problems.any() ? OwningOpRef<ModuleOp>() : std::move(module);
}

//===----------------------------------------------------------------------===//
// The door
//===----------------------------------------------------------------------===//

namespace {

// Counts the operators and lists those without a rule, in inner graphs and functions as well. Whether a branch of an If is
// ever taken is known only by importing; `certain` says that something is missing elsewhere.
class Scan {
public:
  Scan(const Model &model, Diagnostics &problems, frontend::CheckResult *check) : model(model), problems(problems), check(check) {}

  void graph(const proto::GraphProto &graph, const Opsets &opsets) {
    for (const auto &node : graph.node())
      this->node(node, opsets);
  }
  bool certain = false;

private:
  void node(const proto::NodeProto &node, const Opsets &opsets) {
    std::string domain = domainOf(node.domain());
    if (check) {
      ++check->nodes;
      ++check->operators[(domain.empty() ? "ai.onnx" : domain) + ":" + node.op_type()];
    }
    if (const proto::FunctionProto *callee = model.function(node)) {
      if (!visited.insert(callee).second)
        return;
      Opsets inner = model.opsets;
      for (const auto &opset : callee->opset_import())
        inner[domainOf(opset.domain())] = opset.version();
      for (const auto &other : callee->node())
        this->node(other, inner);
      return;
    }
    auto opset = opsets.find(domain);
    if (opset == opsets.end()) {
      problems.error(describe(node), "the model does not import its domain '" + node.domain() + "'");
      certain |= !branches;
    } else if (Lookup found = findRule(domain, node.op_type(), opset->second); !found.rule) {
      problems.unsupported(describe(node), {node.op_type(), domain, opset->second, found.reason});
      certain |= !branches;
    }
    bool isBranch = domain.empty() && node.op_type() == "If";
    branches += isBranch;
    for (const auto &attribute : node.attribute()) {
      if (attribute.has_g())
        graph(attribute.g(), opsets);
      for (const auto &inner : attribute.graphs())
        graph(inner, opsets);
    }
    branches -= isBranch;
  }

  const Model &model;
  Diagnostics &problems;
  frontend::CheckResult *check;
  unsigned branches = 0; // around the node
  std::set<const proto::FunctionProto *> visited;
};

} // namespace

OwningOpRef<ModuleOp> importOnnx(const std::string &path, const frontend::MappedFile &file, const frontend::ImportOptions &options,
                                 MLIRContext &context, Diagnostics &problems, frontend::CheckResult *check) {
  std::shared_ptr<Model> model = readModel(path, file, problems);
  if (!model)
    return nullptr;
  Scan scan(*model, problems, check);
  scan.graph(model->graph(), model->opsets);
  if (scan.certain)
    return nullptr;
  // The list of what is missing in branches holds if one of them is imported.
  const Diagnostics missing = problems;
  problems.clear();
  constexpr int kMaxImports = 16;
  std::vector<bool> decisions;
  std::optional<Diagnostics> first;
  // Declared ranks are often wrong: they choose between assumptions, no more.
  OwningOpRef<ModuleOp> misfit;
  for (int attempt = 0; attempt < kMaxImports; ++attempt) {
    Importer importer(model, options, context, problems, decisions);
    OwningOpRef<ModuleOp> module = importer.run();
    if (module && importer.fitsDeclaredRanks())
      return module;
    if (module && !misfit)
      misfit = std::move(module);
    if (!module && !first)
      first = problems;
    // The last assumption that has not been tried the other way.
    while (!decisions.empty() && !decisions.back())
      decisions.pop_back();
    if (decisions.empty())
      break;
    decisions.back() = false;
    problems.clear();
  }
  if (!misfit)
    problems = missing.any() && llvm::any_of(first->problems(), [](const auto &p) { return p.isUnsupported; }) ? missing : *first;
  else
    problems.clear();
  return misfit;
}

} // namespace mlc::onnx
