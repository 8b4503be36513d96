//===- Winograd.h - F(4x4, 3x3): its points and matrices ---------------------===//
//
// Products of polynomials at the points 0, +-p, +-q and infinity (see `winograd_input`). With p = sqrt(1/2) and q = sqrt(2)
// no factor is far from 1, so that little is lost in f32.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_IR_WINOGRAD_H
#define MLC_IR_WINOGRAD_H

#include <cstdint>

namespace mlc::winograd {

constexpr int64_t kOutputs = 4, kPoints = 6, kTaps = 3; // along one dimension
constexpr int64_t kDomain = kPoints * kPoints;
constexpr double kP = 0.70710678118654752440, kQ = 1.41421356237309504880;
constexpr double kP2 = 0.5, kQ2 = 2.0;

/// From the six elements of a line to the domain.
constexpr double kInput[kPoints][kPoints] = {
    {kP2 * kQ2, 0, -(kP2 + kQ2), 0, 1, 0},   {0, -kP *kQ2, -kQ2, kP, 1, 0}, {0, kP *kQ2, -kQ2, -kP, 1, 0},
    {0, -kQ *kP2, -kP2, kQ, 1, 0},           {0, kQ *kP2, -kP2, -kQ, 1, 0}, {0, kP2 *kQ2, 0, -(kP2 + kQ2), 0, 1}};
/// From three taps to the domain.
constexpr double kWeights[kPoints][kTaps] = {{1 / (kP2 * kQ2), 0, 0},
                                             {1 / (2 * kP2 * (kP2 - kQ2)), kP / (2 * kP2 * (kP2 - kQ2)), kP2 / (2 * kP2 * (kP2 - kQ2))},
                                             {1 / (2 * kP2 * (kP2 - kQ2)), -kP / (2 * kP2 * (kP2 - kQ2)), kP2 / (2 * kP2 * (kP2 - kQ2))},
                                             {1 / (2 * kQ2 * (kQ2 - kP2)), kQ / (2 * kQ2 * (kQ2 - kP2)), kQ2 / (2 * kQ2 * (kQ2 - kP2))},
                                             {1 / (2 * kQ2 * (kQ2 - kP2)), -kQ / (2 * kQ2 * (kQ2 - kP2)), kQ2 / (2 * kQ2 * (kQ2 - kP2))},
                                             {0, 0, 1}};
/// From the domain to four outputs.
constexpr double kOutput[kOutputs][kPoints] = {
    {1, 1, 1, 1, 1, 0}, {0, kP, -kP, kQ, -kQ, 0}, {0, kP2, kP2, kQ2, kQ2, 0}, {0, kP *kP2, -kP *kP2, kQ *kQ2, -kQ *kQ2, 1}};

} // namespace mlc::winograd

#endif // MLC_IR_WINOGRAD_H
