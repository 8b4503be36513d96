// det, dft and col2im.
#include "Dispatch.h"

using namespace mlc;
using namespace mlc::ref;

namespace {

struct Complex {
  double real, imaginary;
};
Complex operator+(Complex a, Complex b) { return {a.real + b.real, a.imaginary + b.imaginary}; }
Complex operator-(Complex a, Complex b) { return {a.real - b.real, a.imaginary - b.imaginary}; }
Complex operator*(Complex a, Complex b) {
  return {a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real};
}

// The transform of n = 2^m values in place: bit reversal, then butterflies; roots[j] = e^(±2 pi i j / n).
void transformPowerOfTwo(Complex *x, int64_t n, const Complex *roots) {
  for (int64_t i = 1, j = 0; i < n; ++i) {
    int64_t bit = n >> 1;
    for (; j & bit; bit >>= 1)
      j ^= bit;
    j ^= bit;
    if (i < j) {
      Complex t = x[i];
      x[i] = x[j];
      x[j] = t;
    }
  }
  for (int64_t half = 1; half < n; half *= 2)
    for (int64_t start = 0; start < n; start += 2 * half)
      for (int64_t k = 0; k < half; ++k) {
        Complex a = x[start + k], b = x[start + half + k] * roots[k * (n / (2 * half))];
        x[start + k] = a + b;
        x[start + half + k] = a - b;
      }
}

} // namespace

extern "C" {

void mlc_ref_scratch_det(const Call *c, Scratch &bytes) {
  const Tensor &x = c->inputs[0];
  bytes.add(sizeof(double)).times(x, x.rank - 1).times(x, x.rank - 1);
}

// The determinants of x [batch…, n, n], by elimination with row pivots in double; output [batch…].
int32_t mlc_ref_det(const Call *c) {
  const Tensor &x = c->inputs[0];
  int64_t n = x.dims[x.rank - 1], matrices = product(x.dims, 0, x.rank - 2);
  double *m = static_cast<double *>(c->scratch);
  return dispatchFloat(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    for (int64_t b = 0; b < matrices; ++b) {
      for (int64_t i = 0; i < n * n; ++i)
        m[i] = load(data<T>(x)[b * n * n + i]);
      double result = 1;
      for (int64_t k = 0; k < n; ++k) {
        int64_t pivot = k;
        for (int64_t i = k + 1; i < n; ++i)
          if (math::abs(m[i * n + k]) > math::abs(m[pivot * n + k]))
            pivot = i;
        if (pivot != k) {
          result = -result;
          for (int64_t j = 0; j < n; ++j) {
            double t = m[k * n + j];
            m[k * n + j] = m[pivot * n + j];
            m[pivot * n + j] = t;
          }
        }
        result *= m[k * n + k];
        if (m[k * n + k] == 0)
          break;
        for (int64_t i = k + 1; i < n; ++i) {
          double factor = m[i * n + k] / m[k * n + k];
          for (int64_t j = k; j < n; ++j)
            m[i * n + j] -= factor * m[k * n + j];
        }
      }
      store(data<T>(c->outputs[0])[b], result);
    }
    return MLC_OK;
  });
}

// The roots of unity, the signal, and the spectrum of a length that is no power of two.
void mlc_ref_scratch_dft(const Call *c, Scratch &bytes) { bytes.add(3 * c->ints[3] * int64_t(sizeof(Complex))); }

// Along `axis`: y_k = sum_j x_j e^(-2 pi i j k / n), inverse: with e^(+…) and divided by n; n = length, the signal cut or
// filled with zeros to it. x's last dimension is 1 (real) or 2 (real, imaginary part), y's likewise. One-sided: the first
// n/2 + 1 of y, as its shape says; one-sided inverse: x holds those and y is real. ints: axis, inverse, onesided, length
int32_t mlc_ref_dft(const Call *c) {
  const Tensor &x = c->inputs[0], &y = c->outputs[0];
  int32_t axis = wrapAxis(c->ints[0], x.rank);
  bool inverse = c->ints[1], mirrored = inverse && c->ints[2];
  int64_t n = c->ints[3], parts = x.dims[x.rank - 1], yParts = y.dims[y.rank - 1];
  int64_t outer = product(x.dims, 0, axis), inner = product(x.dims, axis + 1, x.rank - 1), given = x.dims[axis];
  if (n <= 0)
    return MLC_E_VALUE;
  Complex *roots = static_cast<Complex *>(c->scratch), *signal = roots + n, *spectrum = signal + n;
  for (int64_t j = 0; j < n; ++j) {
    // Angles are taken from the nearest quarter turn, so that the roots are symmetric to the last bit.
    int64_t quarters = (8 * j + n) / (2 * n);
    double angle = (double(4 * j - quarters * n) / double(n)) * 1.5707963267948966;
    double s = math::sin(angle), cosine = math::cos(angle);
    Complex root = (quarters & 3) == 0   ? Complex{cosine, s}
                   : (quarters & 3) == 1 ? Complex{-s, cosine}
                   : (quarters & 3) == 2 ? Complex{-cosine, -s}
                                        : Complex{s, -cosine};
    roots[j] = {root.real, inverse ? root.imaginary : -root.imaginary};
  }
  return dispatchFloat(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    auto read = [&](int64_t row, int64_t j) -> Complex {
      if (j >= given)
        return {0, 0};
      const T *p = data<T>(x) + ((row / inner * given + j) * inner + row % inner) * parts;
      return {double(load(p[0])), parts == 2 ? double(load(p[1])) : 0};
    };
    for (int64_t row = 0; row < outer * inner; ++row) {
      for (int64_t j = 0; j < n; ++j) {
        signal[j] = mirrored && j > n / 2 ? read(row, n - j) : read(row, j);
        if (mirrored && j > n / 2)
          signal[j].imaginary = -signal[j].imaginary;
      }
      const Complex *result = signal;
      if ((n & (n - 1)) == 0) {
        transformPowerOfTwo(signal, n, roots);
      } else {
        result = spectrum;
        for (int64_t k = 0; k < y.dims[axis]; ++k) {
          spectrum[k] = {0, 0};
          for (int64_t j = 0, turn = 0; j < n; ++j, turn = turn + k < n ? turn + k : turn + k - n)
            spectrum[k] = spectrum[k] + signal[j] * roots[turn];
        }
      }
      double divisor = inverse ? double(n) : 1;
      for (int64_t k = 0; k < y.dims[axis]; ++k) {
        T *p = data<T>(y) + ((row / inner * y.dims[axis] + k) * inner + row % inner) * yParts;
        store(p[0], result[k].real / divisor);
        if (yParts == 2)
          store(p[1], result[k].imaginary / divisor);
      }
    }
    return MLC_OK;
  });
}

// Adds the columns of patches back into images: y[n, c, q…] = sum of x[n, c * taps + k, p] over all taps k and patches p
// with q = p s - low + k d. x [N, C * taps, patches]; y [N, C, image…]. ints: spatial rank r, block[r], strides[r],
// dilations[r], pads_low[r], pads_high[r]
int32_t mlc_ref_col2im(const Call *c) {
  const Tensor &x = c->inputs[0], &y = c->outputs[0];
  int32_t r = int32_t(c->ints[0]);
  const int64_t *block = c->ints + 1, *strides = block + r, *dilations = strides + r, *low = dilations + r, *high = low + r;
  int64_t patches[MLC_MAX_RANK], taps = product(block, 0, r), all = x.dims[2];
  for (int32_t d = 0; d < r; ++d)
    patches[d] = (y.dims[d + 2] + low[d] + high[d] - dilations[d] * (block[d] - 1) - 1) / strides[d] + 1;
  if (product(patches, 0, r) != all)
    return MLC_E_SHAPE;
  return dispatchNumber(x.dtype, [&](auto type) {
    using T = Element<decltype(type)>;
    Walk<1> pixel(y); // n, c, q…
    for (int64_t i = 0, n = count(y); i < n; ++i, pixel.next()) {
      Wide<T> sum = 0;
      Walk<1> tap(r, block);
      for (int64_t k = 0; k < taps; ++k, tap.next()) {
        int64_t patch = 0;
        bool inside = true;
        for (int32_t d = 0; d < r; ++d) {
          int64_t scaled = pixel.index[d + 2] + low[d] - tap.index[d] * dilations[d], p = scaled / strides[d];
          inside &= scaled >= 0 && scaled % strides[d] == 0 && p < patches[d];
          patch = patch * patches[d] + p;
        }
        if (inside)
          sum = plus(sum, Wide<T>(load(data<T>(x)[((pixel.index[0] * y.dims[1] + pixel.index[1]) * taps + k) * all + patch])));
      }
      store(data<T>(y)[i], sum);
    }
    return MLC_OK;
  });
}

} // extern "C"
