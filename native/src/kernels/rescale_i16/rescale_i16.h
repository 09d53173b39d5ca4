// SPDX-License-Identifier: Apache-2.0
//
// With v = x - x_zero, and `at_least_zero` where v >= 0, `below_zero` elsewhere:
//   y = clamp(half_away(v, multiplier, shift) + y_zero, y_min, y_max)
// half_away as in fixed_point.h, but multipliers may be negative. |multiplier| < 2^31, kMinShift <=
// shift <= kMaxShift, -32768 <= x_zero, y_zero, y_min, y_max <= 32767. y may be x. Every
// instruction set gives the same integers.
#ifndef OCTET_KERNELS_RESCALE_I16_RESCALE_I16_H_
#define OCTET_KERNELS_RESCALE_I16_RESCALE_I16_H_

#include <cstdint>

#include "base/isa.h"

namespace octet {

struct RescaleFactor {
  int32_t multiplier, shift;
};

struct RescaleI16 {
  int32_t x_zero, y_zero, y_min, y_max;
  RescaleFactor at_least_zero, below_zero;
};

struct RescaleI16Isa {
  Isa isa;
  void (*run)(const RescaleI16& s, const int16_t* x, int16_t* y, int64_t n);
};

#define OCTET_RESCALE_I16(name) extern const RescaleI16Isa name;
#include "kernels/rescale_i16/kernels.inc"
#undef OCTET_RESCALE_I16

}  // namespace octet

#endif  // OCTET_KERNELS_RESCALE_I16_RESCALE_I16_H_
