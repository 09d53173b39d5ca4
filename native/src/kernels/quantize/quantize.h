// SPDX-License-Identifier: Apache-2.0
//
// y = clamp(round(x / scale) + zero, low, high), halves away from zero; no number gives zero. The
// quotient is rounded to float64, or, of the functions that say so, to float32. Bytes are stored as
// (y + offset) ^ mask. low <= zero <= high; y may be x's memory when its elements are as large.
// Every instruction set gives the same integers.
#ifndef OCTET_KERNELS_QUANTIZE_QUANTIZE_H_
#define OCTET_KERNELS_QUANTIZE_QUANTIZE_H_

#include <cstdint>

#include "base/isa.h"

namespace octet {

struct QuantizeF32 {
  float scale;
  int32_t zero, low, high;
  int32_t offset;
  uint8_t mask;
};

template <typename Y>
using QuantizeLoop = void (*)(const QuantizeF32& q, const float* x, Y* y, int64_t n);

struct QuantizeIsa {
  Isa isa;
  QuantizeLoop<uint8_t> bytes, bytes_by_float;
  QuantizeLoop<int16_t> words, words_by_float;
};

#define OCTET_QUANTIZE(name) extern const QuantizeIsa name;
#include "kernels/quantize/kernels.inc"
#undef OCTET_QUANTIZE

}  // namespace octet

#endif  // OCTET_KERNELS_QUANTIZE_QUANTIZE_H_
