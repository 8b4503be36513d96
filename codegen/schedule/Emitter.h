//===- Emitter.h - the compiled main, piece by piece -----------------------===//
//
// FunctionEmitter knows what every function over a call's inputs needs: the ABI's structs, failing with a code, symbols
// read from the inputs' dimensions and checked. RunEmitter adds memory, kernels and control flow.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_CODEGEN_SCHEDULE_EMITTER_H
#define MLC_CODEGEN_SCHEDULE_EMITTER_H

#include "Expressions.h"
#include "Schedule.h"

#include "mlc/abi.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

namespace mlc {

/// The structs of mlc/abi.h in LLVM's types, and names of what the module defines.
struct AbiTypes {
  explicit AbiTypes(llvm::LLVMContext &context);
  llvm::Type *i8, *i32, *i64;
  llvm::PointerType *ptr;
  llvm::StructType *call, *context, *tensorInfo, *stepInfo, *model;
  llvm::FunctionType *kernel, *parallel, *grow, *output, *trace, *run, *shapes;
};

/// Fields of mlc_call and mlc_context by position.
enum CallField : unsigned { callSize, callReserved, callContext, callInputs, callInputDims, callOutputs, callOutputDims, callArena,
                            callArenaBytes, callSteps };
enum ContextField : unsigned { contextSize, contextWorkers, contextUser, contextParallel, contextGrow, contextOutput, contextTrace };

class FunctionEmitter {
public:
  FunctionEmitter(llvm::Module &module, const Schedule &schedule);

protected:
  void begin(llvm::Function *function);
  llvm::BasicBlock *block(const llvm::Twine &name = "");
  /// Returns `code` where the condition holds.
  void failIf(llvm::Value *condition, mlc_error code);
  llvm::Value *expression(mlir::AffineExpr expr);
  /// A number of bytes; the run ends with `code` where it does not fit 63 bits.
  llvm::Value *size(mlir::AffineExpr expr, mlc_error code);

  /// Reads and checks the inputs' dimensions at `dims`: known ones, lower bounds, equalities.
  void readSymbols(llvm::Value *dims);
  llvm::Value *symbol(unsigned index);
  void setSymbol(unsigned index, llvm::Value *value);
  /// Computes the symbols that follow from `changed`, and checks equalities that are decided by it.
  void deriveSymbols(const llvm::BitVector &changed);
  /// Fills an array with the outputs' dimensions; those known only during the run become -1 with `late` false.
  void writeOutputDims(llvm::Value *dims, bool late);

  /// Offsets of the slots behind the static part of the arena, and its whole size.
  llvm::Value *layOutSlots();

  llvm::Module &module;
  const Schedule &s;
  AbiTypes abi;
  llvm::IRBuilder<> b;
  llvm::Function *function = nullptr;
  std::vector<llvm::Value *> slotOffsets;

private:
  llvm::Value *derived(const SymbolEntry &entry);

  llvm::BasicBlock *failures[8] = {};
  std::vector<llvm::AllocaInst *> symbolCells;   // of the symbols; registers after mem2reg
  llvm::BitVector bound;                         // data symbols that have been bound so far
};

} // namespace mlc

#endif // MLC_CODEGEN_SCHEDULE_EMITTER_H
