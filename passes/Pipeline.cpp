#include "Passes.h"

#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace mlc {

void buildPipeline(OpPassManager &pm, Precision precision) {
  OpPassManager &f = pm.nest<func::FuncOp>();
  f.addPass(createCanonicalizerPass());
  f.addPass(createCSEPass());
  f.addPass(createLowerTransposedConvPass());
  // Before the transposes sink: those of heads then reach the products.
  f.addPass(createSplitBatchesPass());
  // Sinking first brings normalisations behind their convolutions, so that their factors fold.
  f.addPass(createSinkTransposesPass());
  // Behind the transposes, between which forms hide, and before what looks at a convolution's padding or at a mean's factor.
  f.addPass(createUnifyFormsPass());
  // Before factors are folded, by which means are known.
  f.addPass(createFormLayerNormPass());
  // Factors behind such blocks fold only then.
  f.addPass(createSinkInterleavesPass());
  f.addPass(createFoldScalesPass());
  f.addPass(createCanonicalizerPass());
  f.addPass(createCSEPass());
  // Before products get packed operands.
  f.addPass(createFormAttentionPass());
  // Behind the factors of outputs, before what looks for groups that are whole convolutions.
  f.addPass(createMergeGroupsPass());
  f.addPass(createWinogradPass({.precision = precision}));
  // What is left to direct convolutions; with their padding still on them, which the last group of outputs may need more of.
  f.addPass(createWidenConvsPass());
  f.addPass(createPackWeightsPass({.precision = precision}));
  f.addPass(createCanonicalizerPass());
  f.addPass(createCSEPass());
  // Behind everything that looks for reductions of images as a whole.
  f.addPass(createSplitReductionsPass());
  f.addPass(createFormGroupsPass());
  // Only groups show who writes and reads a part.
  f.addPass(createPlacePartsPass());
}

void registerPasses() {
  registerMlcPasses();
  PassPipelineRegistration<>("mlc-pipeline", "All passes from the imported graph to groups",
                               [](OpPassManager &pm) { buildPipeline(pm); });
}

} // namespace mlc
