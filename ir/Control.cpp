//===- Control.cpp - control flow and groups --------------------------------===//

#include "Dialect.h"

using namespace mlir;
using namespace mlc;

#define GET_OP_CLASSES
#include "Control.cpp.inc"
