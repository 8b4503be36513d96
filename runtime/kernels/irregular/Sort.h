// Heap sort in place, over anything with an order and a way to swap: no memory, no recursion, O(n log n) always. Not
// stable by itself: `before` has to order equals by their position.
#ifndef MLC_KERNELS_IRREGULAR_SORT_H
#define MLC_KERNELS_IRREGULAR_SORT_H

#include <stdint.h>

namespace mlc::ref {

// Lets element `root` sink in a heap of n whose top comes last in the order.
template <class Before, class Swap> void sink(int64_t root, int64_t n, Before before, Swap swap) {
  for (int64_t child = 2 * root + 1; child < n; root = child, child = 2 * root + 1) {
    if (child + 1 < n && before(child, child + 1))
      ++child;
    if (!before(root, child))
      return;
    swap(root, child);
  }
}

template <class Before, class Swap> void makeHeap(int64_t n, Before before, Swap swap) {
  for (int64_t i = n / 2 - 1; i >= 0; --i)
    sink(i, n, before, swap);
}

// From a heap to sorted order.
template <class Before, class Swap> void sortHeap(int64_t n, Before before, Swap swap) {
  for (int64_t last = n - 1; last > 0; --last) {
    swap(0, last);
    sink(0, last, before, swap);
  }
}

// Sorts an array of positions by before(a, b).
template <class Before> void sortPositions(int64_t *positions, int64_t n, Before before) {
  auto order = [=](int64_t i, int64_t k) { return before(positions[i], positions[k]); };
  auto swap = [=](int64_t i, int64_t k) {
    int64_t t = positions[i];
    positions[i] = positions[k];
    positions[k] = t;
  };
  makeHeap(n, order, swap);
  sortHeap(n, order, swap);
}

} // namespace mlc::ref

#endif // MLC_KERNELS_IRREGULAR_SORT_H
