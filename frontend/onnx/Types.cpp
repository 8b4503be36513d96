#include "Types.h"

#include "mlc/abi.h"
#include "mlir/IR/Builders.h"

using namespace mlir;

namespace mlc::onnx {

namespace {

struct Row {
  int32_t number;
  const char *name;
  unsigned bits;
};

constexpr Row kTypes[] = {
    {MLC_F32, "float32", 32},      {MLC_U8, "uint8", 8},
    {MLC_I8, "int8", 8},           {MLC_U16, "uint16", 16},
    {MLC_I16, "int16", 16},        {MLC_I32, "int32", 32},
    {MLC_I64, "int64", 64},        {MLC_STRING, "string", 0},
    {MLC_BOOL, "bool", 8},         {MLC_F16, "float16", 16},
    {MLC_F64, "float64", 64},      {MLC_U32, "uint32", 32},
    {MLC_U64, "uint64", 64},       {MLC_C64, "complex64", 64},
    {MLC_C128, "complex128", 128}, {MLC_BF16, "bfloat16", 16},
    {MLC_F8E4M3FN, "float8e4m3fn", 8},
    {MLC_F8E4M3FNUZ, "float8e4m3fnuz", 8},
    {MLC_F8E5M2, "float8e5m2", 8}, {MLC_F8E5M2FNUZ, "float8e5m2fnuz", 8},
    {MLC_U4, "uint4", 4},          {MLC_I4, "int4", 4},
    {MLC_F4E2M1, "float4e2m1", 4}, {MLC_F8E8M0, "float8e8m0", 8},
    {MLC_U2, "uint2", 2},          {MLC_I2, "int2", 2},
};

const Row *find(int32_t number) {
  for (const Row &row : kTypes)
    if (row.number == number)
      return &row;
  return nullptr;
}

} // namespace

Type typeOfNumber(int32_t dataType, MLIRContext *ctx) {
  auto integer = [&](unsigned bits, bool isUnsigned) -> Type {
    return IntegerType::get(ctx, bits, isUnsigned ? IntegerType::Unsigned : IntegerType::Signless);
  };
  switch (dataType) {
  case MLC_F32: return Float32Type::get(ctx);
  case MLC_F64: return Float64Type::get(ctx);
  case MLC_F16: return Float16Type::get(ctx);
  case MLC_BF16: return BFloat16Type::get(ctx);
  case MLC_F8E4M3FN: return Float8E4M3FNType::get(ctx);
  case MLC_F8E4M3FNUZ: return Float8E4M3FNUZType::get(ctx);
  case MLC_F8E5M2: return Float8E5M2Type::get(ctx);
  case MLC_F8E5M2FNUZ: return Float8E5M2FNUZType::get(ctx);
  case MLC_F8E8M0: return Float8E8M0FNUType::get(ctx);
  case MLC_F4E2M1: return Float4E2M1FNType::get(ctx);
  case MLC_BOOL: return integer(1, false);
  case MLC_I2: return integer(2, false);
  case MLC_I4: return integer(4, false);
  case MLC_I8: return integer(8, false);
  case MLC_I16: return integer(16, false);
  case MLC_I32: return integer(32, false);
  case MLC_I64: return integer(64, false);
  case MLC_U2: return integer(2, true);
  case MLC_U4: return integer(4, true);
  case MLC_U8: return integer(8, true);
  case MLC_U16: return integer(16, true);
  case MLC_U32: return integer(32, true);
  case MLC_U64: return integer(64, true);
  default: return nullptr;
  }
}

int32_t dataTypeOf(Type elementType) {
  for (const Row &row : kTypes)
    if (typeOfNumber(row.number, elementType.getContext()) == elementType)
      return row.number;
  return MLC_NONE;
}

std::string dataTypeName(int32_t dataType) {
  const Row *row = find(dataType);
  return row ? row->name : "type " + std::to_string(dataType);
}

unsigned packedBits(int32_t dataType) {
  const Row *row = find(dataType);
  return row ? row->bits : 0;
}

unsigned memoryBytes(int32_t dataType) { return (packedBits(dataType) + 7) / 8; }

} // namespace mlc::onnx
