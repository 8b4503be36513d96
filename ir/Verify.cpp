//===- Verify.cpp - what holds of all operators, and of the dialect's attributes ---===//

#include "Fold.h"

#include "mlc/abi.h"

using namespace mlir;

namespace mlc {

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

bool isElementType(Type type) {
  if (auto integer = dyn_cast<IntegerType>(type); integer && (integer.isSigned() || (integer.isUnsigned() && integer.getWidth() == 1)))
    return false;
  return dtypeOf(type) != MLC_NONE;
}

unsigned symbolsAround(Operation *op) {
  for (Operation *around = op->getParentOp(); around; around = around->getParentOp()) {
    if (auto group = dyn_cast<GroupOp>(around))
      return group.getSymbols().size();
    if (isa<func::FuncOp>(around)) {
      auto list = around->getAttrOfType<ArrayAttr>(kSymbolsAttr);
      return list ? list.size() : std::numeric_limits<unsigned>::max();
    }
  }
  return std::numeric_limits<unsigned>::max();
}

static std::string symbolFault(unsigned used, unsigned symbols) {
  return "speaks of symbol s" + std::to_string(used - 1) + ", but " + (symbols ? "the last one is s" + std::to_string(symbols - 1) : "there are none");
}

/// Whether a type is all known and small, so that nothing has to be looked up.
static bool isPlain(RankedTensorType type) {
  if (type.getEncoding())
    return false;
  int64_t count = 1;
  for (int64_t size : type.getShape()) {
    if (ShapedType::isDynamic(size) || (size && count > kMaxElements / size))
      return false;
    count *= std::max<int64_t>(size, 1);
  }
  return true;
}

std::string shapeFault(RankedTensorType type, unsigned symbols) {
  auto dims = dyn_cast_if_present<DimsAttr>(type.getEncoding());
  if (type.getEncoding() && !dims)
    return "has an encoding that is not #mlc.dims";
  if (dims && static_cast<int64_t>(dims.size()) != type.getRank())
    return "has " + std::to_string(dims.size()) + " expressions for " + std::to_string(type.getRank()) + " dimensions";
  int64_t count = 1;
  for (auto [d, size] : llvm::enumerate(type.getShape())) {
    if (ShapedType::isDynamic(size) && (!dims || constantOf(dims[d])))
      return "has no expression for its unknown dimension " + std::to_string(d) + " (#mlc.dims)";
    if (ShapedType::isDynamic(size))
      continue;
    if (dims && constantOf(dims[d]) != size)
      return "has another expression than its size for dimension " + std::to_string(d);
    if (size && count > kMaxElements / size)
      return "has too many elements";
    count *= std::max<int64_t>(size, 1);
  }
  if (dims && dims.getMap().getNumSymbols() > symbols)
    return symbolFault(dims.getMap().getNumSymbols(), symbols);
  return "";
}

LogicalResult verifyTypes(Operation *op) {
  std::optional<unsigned> symbols;
  auto check = [&](TypeRange types, StringRef kind) -> LogicalResult {
    for (auto [i, type] : llvm::enumerate(types)) {
      auto tensor = cast<RankedTensorType>(type);
      if (isPlain(tensor))
        continue;
      if (!symbols)
        symbols = symbolsAround(op);
      if (std::string fault = shapeFault(tensor, *symbols); !fault.empty())
        return op->emitOpError() << kind << " #" << i << " of type " << tensor << " " << fault;
    }
    return success();
  };
  return success(succeeded(check(op->getOperandTypes(), "operand")) && succeeded(check(op->getResultTypes(), "result")));
}

LogicalResult checkExpressions(Operation *op, DimsAttr dims, StringRef what) {
  unsigned used = dims.getMap().getNumSymbols();
  if (used == 0)
    return success();
  if (unsigned symbols = symbolsAround(op); used > symbols)
    return op->emitOpError() << what << " " << symbolFault(used, symbols);
  return success();
}

LogicalResult checkDataSymbol(Operation *op, int64_t symbol) {
  auto function = op->getParentOfType<func::FuncOp>();
  auto list = function ? function->getAttrOfType<ArrayAttr>(kSymbolsAttr) : ArrayAttr();
  if (!list || symbol < 0 || symbol >= static_cast<int64_t>(list.size()))
    return op->emitOpError() << "binds symbol " << symbol << ", but the function has " << (list ? list.size() : 0);
  if (auto kind = cast<SymbolAttr>(list[symbol]).getKind(); kind != "data")
    return op->emitOpError() << "binds symbol " << symbol << ", which is of kind " << kind << ", not data";
  return success();
}

LogicalResult checkShape(Operation *op, Value value, ArrayRef<AffineExpr> expected) {
  ArrayRef<int64_t> shape = tensorTypeOf(value).getShape();
  if (shape.size() != expected.size())
    return op->emitOpError() << "has a tensor of type " << value.getType() << ", expected rank " << expected.size();
  for (auto [d, size] : llvm::enumerate(shape))
    if (auto known = constantOf(expected[d]); known && !ShapedType::isDynamic(size) && size != *known)
      return op->emitOpError() << "has a tensor of type " << value.getType() << ", expected " << *known << " in dimension " << d;
  return success();
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

LogicalResult DimsAttr::verify(function_ref<InFlightDiagnostic()> emitError, AffineMap map) {
  if (map.getNumDims() != 0)
    return emitError() << "expressions are over symbols, not over dimensions: " << AffineMapAttr::get(map);
  return success();
}

LogicalResult SymbolAttr::verify(function_ref<InFlightDiagnostic()> emitError, StringAttr, StringAttr kind, int64_t, AffineMap args) {
  bool known = kind == "input" || kind == "min" || kind == "max" || kind == "data";
  if (!known)
    return emitError() << "a symbol of kind " << kind << ", expected input, min, max or data";
  if (args.getNumDims() != 0 || args.getNumResults() != (kind == "data" ? 0 : 2))
    return emitError() << "a symbol of kind " << kind << " is made of " << (kind == "data" ? "nothing" : "two expressions");
  if (kind == "input" && !allConstant(args.getResults()))
    return emitError() << "a symbol of kind " << kind << " is a dimension of an input: two numbers";
  return success();
}

static LogicalResult verifySymbols(func::FuncOp function, Attribute value) {
  auto list = dyn_cast<ArrayAttr>(value);
  if (!list)
    return function.emitOpError() << kSymbolsAttr << " is no list";
  for (auto [i, entry] : llvm::enumerate(list)) {
    auto symbol = dyn_cast<SymbolAttr>(entry);
    if (!symbol)
      return function.emitOpError() << kSymbolsAttr << " has an entry that is no #mlc.symbol: " << entry;
    if (symbol.getArgs().getNumSymbols() > i)
      return function.emitOpError() << "symbol s" << i << " " << symbolFault(symbol.getArgs().getNumSymbols(), i);
  }
  return success();
}

static LogicalResult verifyConstraints(Operation *op, Attribute value, unsigned symbols) {
  auto list = dyn_cast<ArrayAttr>(value);
  if (!list)
    return op->emitOpError() << kConstraintsAttr << " is no list";
  for (Attribute entry : list) {
    auto pair = dyn_cast<DimsAttr>(entry);
    if (!pair || pair.size() != 2)
      return op->emitOpError() << kConstraintsAttr << " has an entry that is no pair of expressions: " << entry;
    if (pair.getMap().getNumSymbols() > symbols)
      return op->emitOpError() << kConstraintsAttr << " " << symbolFault(pair.getMap().getNumSymbols(), symbols);
  }
  return success();
}

LogicalResult MlcDialect::verifyOperationAttribute(Operation *op, NamedAttribute attribute) {
  if (attribute.getName() == kSymbolsAttr) {
    if (auto function = dyn_cast<func::FuncOp>(op))
      return verifySymbols(function, attribute.getValue());
    return op->emitOpError() << "has " << kSymbolsAttr << ", which belongs to functions";
  }
  if (attribute.getName() != kConstraintsAttr)
    return success();
  if (isa<func::FuncOp>(op)) {
    auto symbols = op->getAttrOfType<ArrayAttr>(kSymbolsAttr);
    return verifyConstraints(op, attribute.getValue(), symbols ? symbols.size() : std::numeric_limits<unsigned>::max());
  }
  // A branch's own: one list for each of the two.
  auto both = dyn_cast<ArrayAttr>(attribute.getValue());
  if (!isa<IfOp>(op) || !both || both.size() != 2)
    return op->emitOpError() << "has " << kConstraintsAttr << " that belong to no function and no branch";
  for (Attribute one : both)
    if (failed(verifyConstraints(op, one, symbolsAround(op))))
      return failure();
  return success();
}

/// `mlc.name`, `mlc.dtype` and `mlc.dim_names` of an input or output.
static LogicalResult verifyPort(Operation *op, Type type, NamedAttribute attribute) {
  StringRef name = attribute.getName().getValue();
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (name == "mlc.name" && !isa<StringAttr>(attribute.getValue()))
    return op->emitOpError() << name << " is no string";
  if (name == "mlc.dtype") {
    auto number = dyn_cast<IntegerAttr>(attribute.getValue());
    if (!number || !tensor || number.getValue() != dtypeOf(tensor.getElementType()))
      return op->emitOpError() << name << " is " << attribute.getValue() << " for a value of type " << type;
  }
  if (name == "mlc.dim_names") {
    auto names = dyn_cast<ArrayAttr>(attribute.getValue());
    if (!names || !tensor || static_cast<int64_t>(names.size()) != tensor.getRank() || !llvm::all_of(names, llvm::IsaPred<StringAttr>))
      return op->emitOpError() << name << " is no list with a string a dimension";
  }
  return success();
}

LogicalResult MlcDialect::verifyRegionArgAttribute(Operation *op, unsigned, unsigned argument, NamedAttribute attribute) {
  auto function = dyn_cast<func::FuncOp>(op);
  return function ? verifyPort(op, function.getArgumentTypes()[argument], attribute) : success();
}

LogicalResult MlcDialect::verifyRegionResultAttribute(Operation *op, unsigned, unsigned result, NamedAttribute attribute) {
  auto function = dyn_cast<func::FuncOp>(op);
  return function ? verifyPort(op, function.getResultTypes()[result], attribute) : success();
}

} // namespace mlc
