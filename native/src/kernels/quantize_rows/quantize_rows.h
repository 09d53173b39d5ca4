// SPDX-License-Identifier: Apache-2.0
//
// The loops of dynamic quantization, for n floats at any alignment:
//   range      least and greatest of x and 0; NaN is passed over
//   convert    y = clamp(round(float(zero) + x * inverse), low, 127) ^ flip, halves away from zero,
//              in float32 steps without fused products; NaN gives low. q is that of quantize_row
//              for a range that holds x
// Every instruction set gives the same bytes.
#ifndef OCTET_KERNELS_QUANTIZE_ROWS_QUANTIZE_ROWS_H_
#define OCTET_KERNELS_QUANTIZE_ROWS_QUANTIZE_ROWS_H_

#include <cstdint>

#include "base/isa.h"

namespace octet {

// What is added to a number of at most 2^22 before its fraction is cut off: with a half itself the
// greatest number below 0.5 would become 1. Tried with every float32 up to 2^22.
constexpr float kLessThanHalf = 0.49999997f;

struct RowQuantizer {
  float inverse;
  int32_t zero, low;
  uint8_t flip;
};

struct QuantizeRowsIsa {
  Isa isa;
  void (*range)(const float* x, int64_t n, float* least, float* greatest);
  void (*convert)(const RowQuantizer& q, const float* x, int64_t n, uint8_t* y);
};

#define OCTET_QUANTIZE_ROWS(name) extern const QuantizeRowsIsa name;
#include "kernels/quantize_rows/kernels.inc"
#undef OCTET_QUANTIZE_ROWS

// The best loops of a cluster.
const QuantizeRowsIsa& select_quantize_rows(Isa isa);

// Scale, zero point and parameters of convert() for a row with this range.
// Symmetric: r = max(|least|, |greatest|), scale = r / 127, inverse = 127 / r, zero = 0.
// Otherwise, in double: scale = (greatest - least) / 255; zero = round(-128 - least / scale), or
// round(127 - greatest / scale) where that end is the smaller number in magnitude; inverse = 1 /
// float(scale).
// A row of zeros has scale 1, zero 0 and inverse 0.
RowQuantizer quantize_row(bool symmetric, float least, float greatest, float* scale);

}  // namespace octet

#endif  // OCTET_KERNELS_QUANTIZE_ROWS_QUANTIZE_ROWS_H_
