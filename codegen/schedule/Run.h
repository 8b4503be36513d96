//===- Run.h - emits the function that runs a model ------------------------===//
#ifndef MLC_CODEGEN_SCHEDULE_RUN_H
#define MLC_CODEGEN_SCHEDULE_RUN_H

#include "Emitter.h"
#include "Workers.h"

#include "codegen/Target.h"

#include "llvm/IR/DIBuilder.h"

namespace mlc {

/// The kernels of a model for all levels: one constant table of function pointers a level, or the kernels themselves where
/// there is one level.
class KernelTables {
public:
  KernelTables(llvm::Module &module, llvm::StringRef name, const Schedule &schedule, llvm::ArrayRef<CpuTarget> levels);
  bool single() const { return tables == nullptr; }
  llvm::Function *function(unsigned kernel) const { return first[kernel]; }
  /// Pointers to the tables, one a level; null where there is one level.
  llvm::GlobalVariable *tables = nullptr;

private:
  std::vector<llvm::Function *> first;
};

/// A line table for the function that runs a model: line n is step n - 1 of the schedule, as `mlc inspect` lists them, in an
/// inlined function of the name of the step's layers.
class StepLines {
public:
  StepLines(llvm::Module &module, const Schedule &schedule, llvm::StringRef file, llvm::StringRef producer);
  void attach(llvm::Function *run);
  llvm::DebugLoc between() const;              // what belongs to no step
  llvm::DebugLoc ofStep(unsigned step);
  void finish() { builder.finalize(); }

private:
  llvm::DISubprogram *subprogram(llvm::StringRef name, unsigned line);
  llvm::DIBuilder builder;
  const Schedule &schedule;
  llvm::DIFile *file;
  llvm::DISubprogram *run = nullptr;
};

class RunEmitter : FunctionEmitter {
public:
  RunEmitter(llvm::Module &module, const Schedule &schedule, const std::string &name, const KernelTables &kernels,
             llvm::Function *level, llvm::GlobalVariable *weights, llvm::GlobalVariable *outputSteps, StepLines *lines = nullptr);
  llvm::Function *emit();

private:
  // Setup
  void checkCall();
  void bindLevel();
  void readInputs();
  void checkArena();
  void readOutputs();
  llvm::Value *wantedSteps(llvm::Value *given);
  llvm::Function *emitWanted();
  llvm::Function *emitLaunch();
  llvm::Value *field(llvm::StructType *type, llvm::Value *of, unsigned index);
  llvm::Value *contextFunction(unsigned index);

  // Memory
  llvm::Value *addressOf(const Place &place);
  llvm::Value *address(mlir::Value value);
  llvm::Value *address(unsigned buffer);
  void requestIfLate(mlir::Value value);
  /// Ends the run where a value of this type would not fit its buffer. Views of one buffer may have sizes that are only
  /// known to be equal if the data keeps its promises.
  void checkRoom(mlir::RankedTensorType type, unsigned buffer);
  /// Memory for a late buffer; an output's or a slot's.
  void request(unsigned buffer, llvm::Value *bytes);
  llvm::Value *room(unsigned buffer);
  llvm::Value *grow(unsigned slot, llvm::Value *bytes);
  llvm::Value *lateOutput(unsigned output, llvm::Value *bytes);
  void copy(unsigned from, unsigned to, llvm::Value *bytes);
  void copy(mlir::Value from, mlir::Value to);
  llvm::Value *bytesOf(mlir::Value value) { return size(bytesOfType(tensorTypeOf(value)), MLC_E_ARENA); }

  // Operations
  void body(mlir::Block &block);
  void operation(mlir::Operation *op);
  void step(mlir::Operation *op, unsigned index);
  void whenStep(int step, llvm::function_ref<void()> then);
  void traceStep(unsigned step, bool begin);
  void group(GroupOp op);
  void launch(GroupOp op, llvm::Value *tasks);
  void bind(BindOp op);
  void symbolic(SymbolicOp op);
  void branch(IfOp op);
  void checkArm(IfOp op, mlir::Region &region);
  void arm(IfOp op, mlir::Region &region);
  void loop(LoopOp op);
  void yieldFrom(LoopOp op, llvm::Value *iteration, llvm::AllocaInst *condition);
  void appendScan(mlir::Value value, mlir::Value result, llvm::Value *iteration);
  void appendLate(unsigned buffer, llvm::Value *bytes, llvm::Value *at);
  void setSymbols(llvm::ArrayRef<std::pair<unsigned, llvm::Value *>> values);
  llvm::AllocaInst *cell(llvm::Type *type);
  void finish();
  llvm::Value *loadElement(mlir::Value tensor, int64_t element);

  std::string name;
  const KernelTables &kernels;
  llvm::Function *level, *launcher = nullptr;
  llvm::GlobalVariable *weights, *outputSteps;
  StepLines *lines;

  llvm::Value *call = nullptr, *context = nullptr, *table = nullptr, *arena = nullptr, *steps = nullptr, *outputArray = nullptr;
  llvm::Value *parallelFunction = nullptr, *growFunction = nullptr, *outputFunction = nullptr, *traceFunction = nullptr;
  llvm::Value *outputDims = nullptr;
  std::vector<llvm::Value *> inputs, outputs;
  llvm::DenseSet<mlir::Operation *> forWorkers;
  llvm::AllocaInst *args = nullptr, *wanted = nullptr;
  struct Late {
    llvm::AllocaInst *pointer, *bytes;
  };
  llvm::DenseMap<unsigned, Late> lateCells;
  struct Scan {
    llvm::AllocaInst *capacity, *turn;   // bytes there are, and which of the two slots is used
  };
  llvm::DenseMap<unsigned, Scan> scans;
};

} // namespace mlc

#endif // MLC_CODEGEN_SCHEDULE_RUN_H
