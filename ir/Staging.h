//===- Staging.h - padded input of convolutions, block by block ---------------===//
//
// A convolution that is no depthwise one reads its padding as memory. Where the input rows that a block of outputs needs are
// few enough, its kernel copies them beside their zeros into scratch memory of its own, and no padded tensor is ever made.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_IR_STAGING_H
#define MLC_IR_STAGING_H

#include "Dialect.h"

namespace mlc {

/// Whether a pad adds zeros only, at the ends of dimensions and by known numbers.
bool isZeroPadding(PadOp pad);

/// Blocks of a convolution whose input is padded and perhaps transposed (`conv(transpose(pad(x)))`).
struct Staging {
  PadOp pad;            // null: not staged
  int64_t outRows = 0;  // rows of outputs of a block; they divide the output's rows
  int64_t inRows = 0;   // rows of the padded input that they read
  int64_t dims[4] = {}; // of the padded tensor: batch, row, column and channel
};

/// What a convolution's kernel stages if it reads its operand through the pad: nothing where sizes are unknown, blocks would not
/// fit the scratch memory, or too many rows would be copied for several blocks.
Staging stagingOf(ConvOp conv);

} // namespace mlc

#endif // MLC_IR_STAGING_H
