// SPDX-License-Identifier: Apache-2.0
//
// Element by element addition of 8-bit numbers, for a byte p of an input with q = (p ^ mask) -
// zero:
//   s = half_away(q << left_shift, multiplier, shift)
//   y = (clamp(half_away(sa + sb, y_multiplier, y_shift) + y_zero, y_min, y_max) + y_offset) ^
//   y_mask
// with half_away as in fixed_point.h; |q| <= 255, 0 <= left_shift <= 20, 0 <= multiplier < 2^31,
// -31 <= shift <= 0, so that nothing wraps. With `single`, one shift rounds the sum, halves up:
//   s = q * multiplier
//   y = (clamp(((sa + sb + 2^(-y_shift - 1)) >> -y_shift) + y_zero, y_min, y_max) + y_offset) ^
//   y_mask
// where 0 <= multiplier <= 2^21 and -30 <= y_shift <= -1. Every instruction set gives the same
// integers.
#ifndef OCTET_KERNELS_ADD_ADD_H_
#define OCTET_KERNELS_ADD_ADD_H_

#include <cstdint>

#include "base/fixed_point.h"
#include "base/isa.h"

namespace octet {

struct AddI8Input {
  uint8_t mask;
  int32_t zero;
  int32_t multiplier, shift;
};

struct AddI8 {
  bool single;
  int32_t left_shift;
  AddI8Input a, b;
  int32_t y_multiplier, y_shift, y_zero, y_min, y_max, y_offset;
  uint8_t y_mask;
};

static inline int32_t add_i8_scaled(const AddI8& s, const AddI8Input& input, uint8_t x) {
  const int32_t q = static_cast<uint8_t>(x ^ input.mask) - input.zero;
  if (s.single) return q * input.multiplier;
  return multiply_half_away(q * (1 << s.left_shift), input.multiplier, input.shift);
}

static inline uint8_t add_i8_element(const AddI8& s, uint8_t a, uint8_t b) {
  const int32_t sum = add_i8_scaled(s, s.a, a) + add_i8_scaled(s, s.b, b);
  int32_t y = s.single ? (sum + (1 << (-s.y_shift - 1))) >> -s.y_shift
                       : multiply_half_away(sum, s.y_multiplier, s.y_shift);
  y += s.y_zero;
  y = y < s.y_min ? s.y_min : y > s.y_max ? s.y_max : y;
  return static_cast<uint8_t>(static_cast<uint8_t>(y + s.y_offset) ^ s.y_mask);
}

struct AddI8Isa {
  Isa isa;
  // Does as many of the n elements as whole vectors hold, from the first on; returns how many.
  int64_t (*run)(const AddI8& s, const uint8_t* a, const uint8_t* b, uint8_t* y, int64_t n);
};

#define OCTET_ADD_I8(name) extern const AddI8Isa name;
#include "kernels/add/kernels.inc"
#undef OCTET_ADD_I8

}  // namespace octet

#endif  // OCTET_KERNELS_ADD_ADD_H_
