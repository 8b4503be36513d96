// What the machine can do at most, measured: the yardstick of a profile.
#ifndef MLC_RUNTIME_DRIVER_PEAKS_H
#define MLC_RUNTIME_DRIVER_PEAKS_H

namespace mlc::driver {

struct Peaks {
  double flops = 0; // f32 multiply-adds from registers, two operations each, a second
  double bytes = 0; // read from memory, a second
};

// Of `threads` threads together. Takes some 50 ms.
Peaks measurePeaks(int threads);

} // namespace mlc::driver

#endif // MLC_RUNTIME_DRIVER_PEAKS_H
