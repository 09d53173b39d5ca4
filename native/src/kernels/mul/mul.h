// SPDX-License-Identifier: Apache-2.0
//
// Element by element products of quantized numbers. For elements a, b, of 8 bits qa = (a ^ mask) -
// zero, |qa| <= 255, of 16 bits qa = a, b alike:
//   p = qa * qb
//   y = (clamp(r(p) + y_zero, y_min, y_max) + y_offset) ^ y_mask
// where r(p) is half_away(p, multiplier, shift) of fixed_point.h or, with `real`, 8 bits,
// round_half_even(p * scale). Of 16-bit inputs and an 8-bit y, r(p) = half_away(h, 8 bits) where h
// = round(p / 2^15), halves up, saturated to int16. Every instruction set gives the same integers.
#ifndef OCTET_KERNELS_MUL_MUL_H_
#define OCTET_KERNELS_MUL_MUL_H_

#include <cstdint>

#include "base/fixed_point.h"
#include "base/isa.h"

namespace octet {

struct MulInput {
  uint8_t mask;
  int32_t zero;
};

struct MulQuantized {
  bool real;
  MulInput a, b;
  int32_t multiplier, shift;
  float scale;
  int32_t y_zero, y_min, y_max, y_offset;
  uint8_t y_mask;
};

// y[i] from a[i * a_step] and b[i * b_step]; steps are 0, 1 or, for rows with borders, others. y
// may be an input that steps by 1 and has its element size. 64 bytes behind the inputs may be read.
template <typename T, typename Y>
using MulRow = void (*)(const MulQuantized& s, const T* a, int64_t a_step, const T* b,
                        int64_t b_step, Y* y, int64_t n);

struct MulIsa {
  Isa isa;
  MulRow<uint8_t, uint8_t> row8;
  MulRow<int16_t, int16_t> row16;
  MulRow<int16_t, uint8_t> row16_8;
};

#define OCTET_MUL(name) extern const MulIsa name;
#include "kernels/mul/kernels.inc"
#undef OCTET_MUL

}  // namespace octet

#endif  // OCTET_KERNELS_MUL_MUL_H_
