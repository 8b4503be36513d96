//===- Passes.td - passes over the graph, in the order in which they run -----===//
#ifndef MLC_PASSES
#define MLC_PASSES

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// Graph to graph
//===----------------------------------------------------------------------===//

def PrecisionOption : Option<"precision", "precision", "::mlc::Precision", "::mlc::Precision::f32", "Of constant weights", [{::llvm::cl::values(
    clEnumValN(::mlc::Precision::f32, "f32", "as the model has them"), clEnumValN(::mlc::Precision::f16, "f16", "11 significant bits of 16"),
    clEnumValN(::mlc::Precision::bf16, "bf16", "8 significant bits of 16, f32's range"))}]>;

def SplitBatchesPass : Pass<"mlc-split-batches", "::mlir::func::FuncOp"> {
  let summary = "Gives products the batch dimensions that their operands have";
  let description = [{
    Some exporters merge batch and heads into one dimension for each product, and split it again behind. What lies between
    the products of attention then stands in other dimensions than they do, and transposes hide behind the views.

        %a = mlc.reshape %x : 2x4x16x8 -> 8x16x8
        %b = mlc.reshape %z : 2x4x8x16 -> 8x8x16     =>    %p = mlc.matmul %x, %z : 2x4x16x16
        %y = mlc.matmul %a, %b                             %y = mlc.reshape %p : 2x4x16x16 -> 8x16x16
  }];
}

def SinkTransposesPass : Pass<"mlc-sink-transposes", "::mlir::func::FuncOp"> {
  let summary = "Moves transposes behind the operators that work on any layout, until they cancel";
  let description = [{
    Channels-first models come in with a transpose before and behind each convolution. The one behind moves down through
    element-wise operators, reductions, concatenations, pads, slices and views until it meets the one before the next convolution.

        %t = mlc.transpose %x [0, 3, 1, 2]            %r = mlc.relu %x
        %r = mlc.relu %t                        =>    %t = mlc.transpose %r [0, 3, 1, 2]

    Normalisations of channels or of groups of them over their image (`layer_norm` over dimensions that are not the innermost
    ones before the transpose) become means, differences and a square root, which run along the channels.
  }];
}

def FormLayerNormPass : Pass<"mlc-form-layer-norm", "::mlir::func::FuncOp"> {
  let summary = "Makes one operator of a normalisation that comes as means, differences and a square root";
  let description = [{
    Exporters write a layer's normalisation out, as a quotient or, with the scale and the bias put together first, as a product and
    a sum. With constants of the normalised dimensions behind it becomes the operator's scale and bias.

        %m = mlc.mul (mlc.reduce sum %x), 1/n
        %d = mlc.sub %x, %m
        %v = mlc.mul (mlc.reduce sum %d * %d), 1/n    =>    %y = mlc.layer_norm %x scale %g bias %b
        %q = mlc.div %d, (mlc.sqrt %v + epsilon)
        %y = mlc.add (mlc.mul %q, %g), %b
  }];
}

def SinkInterleavesPass : Pass<"mlc-sink-interleaves", "::mlir::func::FuncOp"> {
  let summary = "Moves element-wise operators before what puts the blocks of an image in order";
  let description = [{
    Transposed convolutions, and convolutions before a shuffle of pixels, make blocks of an image beside each other, which a
    reshape, a transpose, a reshape, and perhaps a slice put in order. What follows element by element, with constants that differ by the last
    dimension at most, is done before that, in the product's kernel. The constants are repeated for each place of a block.

        %p = mlc.conv %x, %w                            %p = mlc.conv %x, %w
        %i = mlc.reshape (mlc.transpose …%p)     =>     %r = mlc.relu %p
        %r = mlc.relu %i                                %i = mlc.reshape (mlc.transpose …%r)
  }];
}

def FoldScalesPass : Pass<"mlc-fold-scales", "::mlir::func::FuncOp"> {
  let summary = "Joins constant factors and multiplies them into the weights of contractions";
  let description = [{
    Batch normalisation comes in as a multiplication and an addition a channel. The factor becomes part of the weights, the
    addition part of the kernel's epilogue.

        %c = mlc.conv %x, %w                          %w2 = w * s
        %m = mlc.mul %c, %s                     =>    %m = mlc.conv %x, %w2

    Chains of constants, as they come with activations, become one: differences of constants sums, f32 quotients by constants
    products with the inverse, two factors or two summands one. A factor that no weights before it take goes into the
    weights of what reads it, where products and convolutions alone do; a summand in between is divided by it.

        %d = mlc.div %x, 6                            %c = mlc.conv %x, w / 6
        %c = mlc.conv %d, w                     =>

    What is folded is computed in f64 and rounded once. As with batch normalisation, results differ by a few roundings: a
    product with the inverse is within 1.5 units in the last place of the quotient, where the quotient itself is within a
    half. Where a constant's inverse, a product of constants or the new weights would leave the type's normal range, nothing
    is done.
  }];
}

def UnifyFormsPass : Pass<"mlc-unify-forms", "::mlir::func::FuncOp"> {
  let summary = "Gives one form to what exporters write in several, so that equal networks are equal kernels";
  let description = [{
    Zeros around a convolution's input become part of it, a maximum with 0 becomes `relu`, a window as large as the image a
    reduction, and a reduction whose kept dimensions nobody reads does not keep them. Views that drop dimensions of size 1 go
    behind the element-wise operators that follow them, which can then be computed with what the view is of. A product of rows that
    are 1 at an index with constants gathers those. Constants lose leading dimensions of
    size 1 where they are spread anyway. Of operands that may change places the one with more contractions before it comes
    first, and constants come last.

        %p = mlc.pad %x [0, 1, 1, 0] ...              %c = mlc.conv %x, %w {low = [1, 1]}
        %c = mlc.conv %p, %w {low = [0, 0]}     =>    %r = mlc.relu %c
        %r = mlc.max %zero, %c
  }];
}

def LowerTransposedConvPass : Pass<"mlc-lower-transposed-conv", "::mlir::func::FuncOp"> {
  let summary = "Turns transposed convolutions into convolutions";
  let description = [{
    Each input element contributes to outputs in steps of the stride. A convolution without stride, with the window divided by it,
    makes all outputs of a block of stride × stride beside each other, as channels; a transpose and reshapes bring them to their
    places, and a slice cuts what lies before the first output where blocks that begin there have fewer taps.

        %y = mlc.conv_transpose %x, %w                   %b = mlc.conv %x, %w2      // 4 F channels, 2x2 taps
          stride 2, window 4x4, padding 1        =>      %y = slice (reshape (transpose (reshape %b)))

    With groups or dilation the input is spread by `pad` with interior elements and convolved with the mirrored weights.
  }];
}

def FormAttentionPass : Pass<"mlc-form-attention", "::mlir::func::FuncOp"> {
  let summary = "Makes one operator of the products and the softmax of attention";
  let description = [{
    Scores, weights and what lies between never leave the kernel. Factors that stand with the scores or with the operands become
    the operator's scale, an addition its mask, or a selection of
    another number instead of scores, and a selection of 0 for weights that are not a number its guard. Transposes of
    the last two dimensions move to the operands, where the kernel reads them in place, as it does behind new leading dimensions
    of size 1, which move behind the result.

        %s = mlc.matmul %q, %k {trans_b = true}
        %c = mlc.mul %s, %scale
        %m = mlc.add %c, %mask                  =>    %y = mlc.attention %q, %k, %v mask %mask scale …
        %w = mlc.softmax %m axis 3
        %y = mlc.matmul %w, %v

    Attention with heads of unknown size, or of more than 256 numbers, becomes products and a softmax again.
  }];
  let statistics = [Statistic<"formed", "formed", "Attentions that were formed">];
}

def WinogradPass : Pass<"mlc-winograd", "::mlir::func::FuncOp"> {
  let summary = "Computes convolutions in Winograd's domain where that is less work and exact enough";
  let description = [{
    A convolution of stride 1 with constant f32 weights and a window of 3, 5 or 7 taps along one or two dimensions becomes
    `winograd_input`, a product a point of the domain, and `winograd_output`: for 3x3 taps with tiles of 4x4 outputs 36
    multiplications where there were 144, of 3x3 25 for 81, of 2x2 16 for 36; for 5 taps along one dimension, of 4 outputs, 8
    for 20. Taken where tiles fill the plane, the weights, which become up to 4 times as many, stay near, and the error, tried
    with the layer's own weights on random input against double precision, is at most 4e-6 of the output's range. Of the sizes
    of tiles that one is taken that costs least, and less than the convolution itself: a product takes the time of its
    arithmetic or that of its weights to come from memory, whichever is longer, in the domain half the shorter one too, and the
    domain's elements are written and read once more. In small planes few tiles share the weights; smaller tiles need fewer
    weights and fill them better.

    `precision`: in the domain weights stay f32. Where they would otherwise take 16 bits, they become eight times as many
    bytes there, and only a quarter of the bytes is let in.
  }];
  let options = [PrecisionOption];
  let statistics = [Statistic<"converted", "converted", "Convolutions that were converted">];
}

def MergeGroupsPass : Pass<"mlc-merge-groups", "::mlir::func::FuncOp"> {
  let summary = "Computes several groups of a convolution as one where a group has fewer outputs than a panel";
  let description = [{
    A panel of 16 columns takes as long with 4 of them in use. So many groups as fill it become one, whose weights are 0 between
    outputs and inputs of different groups: as many multiply-adds as before, with longer sums, all of the panel stored at once.

        %y = mlc.conv %x, %w {groups = 32} : 128x3x3x4    =>    %y = mlc.conv %x, %w2 {groups = 8} : 128x3x3x16
  }];
}

def WidenConvsPass : Pass<"mlc-widen-convs", "::mlir::func::FuncOp"> {
  let summary = "Computes neighbouring outputs of convolutions with few output channels as channels";
  let description = [{
    Panels have 16 columns; fewer channels leave the rest of them idle. q neighbouring outputs of F channels are one output of
    q * F, with a stride q times as long and a window that holds all that the q windows hold: w2[(j, f), t * dilation +
    j * stride, c] = w[f, t, c], and 0 elsewhere. Along the innermost spatial dimension the result is the same memory, so a
    reshape brings it back; outputs of other dimensions have to be turned back, and what is beyond the last output cut off. The
    numbers of outputs a dimension are those of least cost, taken where it falls by a fifth or more.

        %y = mlc.conv %x, %w                          %c = mlc.conv %x, %w2
          : tensor<1x9x64x4xf32>,               =>      : tensor<1x9x64x4xf32>,
            tensor<2x3x5x4xf32>                            tensor<16x3x12x4xf32>
         -> tensor<1x7x60x2xf32>                         -> tensor<1x7x8x16xf32> …

    Element-wise operators behind are computed on the wide result, constants a channel repeated for each output, so that they
    stay in the convolution's kernel. An infinity in the input makes the outputs of all groups that hold it NaN, no more than
    those of one.
  }];
  let statistics = [Statistic<"widened", "widened", "Convolutions that were widened">];
}

def PackWeightsPass : Pass<"mlc-pack-weights", "::mlir::func::FuncOp"> {
  let summary = "Brings weights into panels, and padding out of convolutions";
  let description = [{
    Afterwards products and convolutions have packed weights (see their descriptions), and convolutions no padding: `pad`
    stands before them, of planes of few channels before they are transposed. Constant weights are packed here, others by
    operators while the model runs. Subnormal f32 weights, which pruned networks have and which slow products down a hundred
    times, become 0 where the largest weight is at least 2^60 times the smallest normal number. Of long sums over windows of which
    a twentieth or more reads padding (dilated windows, small images, short sequences of them) the convolution knows where the
    padding is, so that its kernel leaves taps out.

    `precision`: constant f32 weights of 4 KiB or more become f16 or bf16, rounded to nearest, halves to even; what they are
    multiplied with and the sums stay f32. Weights that the type does not hold (too large, or so small that they would lose
    more than rounding costs) stay f32. Depthwise convolutions keep theirs, which are few.
  }];
  let options = [PrecisionOption];
}

def SplitReductionsPass : Pass<"mlc-split-reductions", "::mlir::func::FuncOp"> {
  let summary = "Reduces large images row by row first";
  let description = [{
    A channel's mean needs all of an image, which workers have made row by row: each would fetch half of it from the other's cache,
    and what writes the image afterwards would have to take it back. A sum a row is made where the row is; the rows' sums are
    few. Which sums there are follows from the shape alone.

        %m = mlc.reduce sum %x [1, 2]           =>    %r = mlc.reduce sum %x [2] keepdims
                                                      %m = mlc.reduce sum %r [1, 2]
  }];
  let statistics = [Statistic<"split", "split", "Reductions that were split">];
}

//===----------------------------------------------------------------------===//
// Graph to groups
//===----------------------------------------------------------------------===//

def FormGroupsPass : Pass<"mlc-form-groups", "::mlir::func::FuncOp"> {
  let summary = "Decides which operators become one kernel";
  let description = [{
    A group has one root; element-wise consumers on the root's own shape join it, and producers that only move elements or
    are cheap to repeat are computed where they are used. What only lays out a root's operand is left out where the root can
    do without: zeros around a depthwise convolution's input or, where its rows are small, any convolution's; the order of a
    contraction's first operand; order and slices of attention's, and the order of its result. A pointwise convolution whose
    large result only a depthwise one reads joins that. Each decision leaves a remark.
  }];
  let statistics = [Statistic<"groups", "groups", "Groups that were formed">,
                    Statistic<"fused", "fused-operators", "Operators that need no kernel of their own">];
}

def PlacePartsPass : Pass<"mlc-place-parts", "::mlir::func::FuncOp"> {
  let summary = "Writes the parts of concatenations where they stand in the whole, and reads slices where they lie";
  let description = [{
    Concatenations and slices that are kernels of their own only copy. A part that one group makes, and that groups alone read, is
    written into the whole by that group; parts that neighbour each other and are not such (inputs, constants, parts given twice,
    what irregular kernels make) are still copied there by one kernel. A slice that groups alone read is no kernel at all, and
    a large tensor that is only surrounded by a value is written in the middle, with a small kernel for each side of it. The groups
    get the distances of neighbours in the whole as `strides`.

        %a = mlc.group "k0" …                         %a = mlc.group "k0" … {strides = array<i64: 1, 24, 1>}
        %b = mlc.group "k1" …                   =>    %b = mlc.group "k1" … {strides = array<i64: 1, 24, 1>}
        %y = mlc.group "k2" … mlc.concat …            %y = mlc.concat (%a, %b) axis 1 {view}

    Sizes have to be known. A whole needs room from its first part on: where more would have to be kept at the same time than
    before, the parts that come first are copied as before. Parts of less than a vector at a time are copied too.
  }];
  let statistics = [Statistic<"placed", "placed", "Parts that are written where they stand">,
                    Statistic<"left", "left-out", "Slices that are read where they lie">,
                    Statistic<"surrounded", "surrounded", "Tensors that are written between their padding">];
}

#endif
