// SPDX-License-Identifier: Apache-2.0
//
// Element by element sums of quantized numbers. For an element x of an input, q = (x ^ mask) -
// zero, of 8 bits |q| <= 255, of 16 bits mask = zero = 0:
//   s = half_away(q << left_shift, multiplier, shift)
//   y = (clamp(half_away(sa + sb, y_multiplier, y_shift) + y_zero, y_min, y_max) + y_offset) ^
//   y_mask
// with half_away as in fixed_point.h; 0 <= left_shift <= 20 (16 bits: 15), 0 <= multiplier < 2^31,
// -31 <= shift <= 0. With `subtract` it is sa - sb. With `single`, 8 bits, one shift rounds the
// sum, halves up:
//   s = q * multiplier
//   y = (clamp(((sa + sb + 2^(-y_shift - 1)) >> -y_shift) + y_zero, y_min, y_max) + y_offset) ^
//   y_mask
// where |multiplier| <= 2^21 and -30 <= y_shift <= -1. Every instruction set gives the same
// integers.
#ifndef OCTET_KERNELS_ADD_ADD_H_
#define OCTET_KERNELS_ADD_ADD_H_

#include <cstdint>

#include "base/fixed_point.h"
#include "base/isa.h"

namespace octet {

struct AddInput {
  uint8_t mask;
  int32_t zero;
  int32_t multiplier, shift;
};

// 8 bits without `single`: y of that form with these factors and this shift, before the clamp, but
// where the bits that are shifted out are within `margin` of 0 or 2^shift.
struct AddEstimate {
  bool usable;
  int32_t a_multiplier, b_multiplier, shift, margin;
};

struct AddQuantized {
  bool single, subtract;
  AddEstimate estimate;
  int32_t left_shift;
  AddInput a, b;
  int32_t y_multiplier, y_shift, y_zero, y_min, y_max, y_offset;
  uint8_t y_mask;
  int32_t a_scaled[256], b_scaled[256];  // s of every byte
};

static inline int32_t add_scaled(const AddQuantized& s, const AddInput& input, int32_t q) {
  if (s.single) return q * input.multiplier;
  return multiply_half_away(q * (1 << s.left_shift), input.multiplier, input.shift);
}

// y[i] from a[i * a_step] and b[i * b_step]; steps are 0, 1 or, for rows with borders, others. y
// may be an input that steps by 1. 64 bytes behind the inputs may be read.
template <typename T>
using AddRow = void (*)(const AddQuantized& s, const T* a, int64_t a_step, const T* b,
                        int64_t b_step, T* y, int64_t n);

struct AddIsa {
  Isa isa;
  AddRow<uint8_t> row8;
  AddRow<int16_t> row16;
};

#define OCTET_ADD(name) extern const AddIsa name;
#include "kernels/add/kernels.inc"
#undef OCTET_ADD

}  // namespace octet

#endif  // OCTET_KERNELS_ADD_ADD_H_
