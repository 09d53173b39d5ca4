// SPDX-License-Identifier: Apache-2.0
//
// What gemm_i8.h says, in plain loops over unpacked operands, with the rounding steps of the
// TensorFlow Lite kernels' definition. Shares no code with the kernels.
#ifndef OCTET_KERNELS_GEMM_I8_REFERENCE_H_
#define OCTET_KERNELS_GEMM_I8_REFERENCE_H_

#include <cmath>
#include <cstdint>

#include "base/requantize.h"

namespace octet {
namespace reference {

struct Requantize {
  Rounding rounding;
  const float* scale;
  const int32_t* multiplier;
  const int32_t* shift;
};

inline int64_t doubling_high(int32_t a, int32_t b) {
  const int64_t product = int64_t{a} * b;
  const int64_t nudge = product >= 0 ? (1 << 30) : 1 - (1 << 30);
  return (product + nudge) / (int64_t{1} << 31);
}

inline int64_t shift_half_away(int64_t x, int32_t r) {
  const int64_t mask = (int64_t{1} << r) - 1;
  const int64_t threshold = mask / 2 + (x < 0 ? 1 : 0);
  return (x >> r) + ((x & mask) > threshold ? 1 : 0);
}

inline int64_t shift_half_up(int64_t x, int32_t r) {
  if (r == 0) return x;
  return ((x >> (r - 1)) + 1) >> 1;
}

inline uint8_t requantize(const Requantize& q, int32_t channel, int32_t acc,
                          const OutputRange& range) {
  double y;
  if (q.rounding == Rounding::kFloat) {
    const volatile float product = static_cast<float>(acc) * q.scale[channel];
    y = std::nearbyint(static_cast<double>(product));
  } else {
    const int32_t shift = q.shift[channel];
    int32_t v = acc;
    for (int32_t i = 0; i < shift; ++i) v = static_cast<int32_t>(static_cast<uint32_t>(v) * 2u);
    const int64_t high = doubling_high(v, q.multiplier[channel]);
    const int32_t r = shift < 0 ? -shift : 0;
    y = static_cast<double>(q.rounding == Rounding::kHalfUp ? shift_half_up(high, r)
                                                            : shift_half_away(high, r));
  }
  y += range.zero;
  if (y < range.min) y = range.min;
  if (y > range.max) y = range.max;
  return static_cast<uint8_t>(static_cast<int32_t>(y) ^ range.flip);
}

// y[m][n]; `bias` may be NULL.
inline void gemm_i8(int32_t m_count, int32_t n_count, int32_t segments, int32_t segment_bytes,
                    const uint8_t* x, int64_t x_stride, const int64_t* segment_offset,
                    int32_t x_zero, const int8_t* w, int32_t w_zero, const int32_t* bias,
                    const Requantize& q, const OutputRange& range, uint8_t* y, int64_t y_stride) {
  for (int32_t m = 0; m < m_count; ++m) {
    for (int32_t n = 0; n < n_count; ++n) {
      int64_t acc = bias == nullptr ? 0 : bias[n];
      const int8_t* row = w + int64_t{n} * segments * segment_bytes;
      for (int32_t s = 0; s < segments; ++s) {
        for (int32_t k = 0; k < segment_bytes; ++k) {
          acc += int64_t{x[m * x_stride + segment_offset[s] + k] - x_zero} *
                 (row[s * segment_bytes + k] - w_zero);
        }
      }
      y[m * y_stride + n] = requantize(q, n, static_cast<int32_t>(acc), range);
    }
  }
}

}  // namespace reference
}  // namespace octet

#endif  // OCTET_KERNELS_GEMM_I8_REFERENCE_H_
