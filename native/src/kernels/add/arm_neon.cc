// SPDX-License-Identifier: Apache-2.0
#include <arm_neon.h>

#include "kernels/add/add.h"

namespace octet {
namespace {

#include "base/lanes_neon.h"

// a * factor_a + b * factor_b + start of 16 bytes; the products fit 30 bits.
inline V weighted(uint8x16_t a, uint8x16_t b, int32_t factor_a, int32_t factor_b, V start) {
  const auto sum = [=](uint16x8_t p, uint16x8_t q, int32x4_t& low, int32x4_t& high) {
    low = vmlaq_n_s32(low, vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(p))), factor_a);
    high = vmlaq_n_s32(high, vreinterpretq_s32_u32(vmovl_high_u16(p)), factor_a);
    low = vmlaq_n_s32(low, vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(q))), factor_b);
    high = vmlaq_n_s32(high, vreinterpretq_s32_u32(vmovl_high_u16(q)), factor_b);
  };
  V v = start;
  sum(vmovl_u8(vget_low_u8(a)), vmovl_u8(vget_low_u8(b)), v.a, v.b);
  sum(vmovl_high_u8(a), vmovl_high_u8(b), v.c, v.d);
  return v;
}

// As add_pairs_of_bytes of pairs.h, 16 at a time.
template <bool kEstimate>
int64_t add_bytes(const AddQuantized& s, const uint8_t* a, const uint8_t* b, uint8_t* y, int64_t n,
                  AddRow<uint8_t> exact) {
  const int32_t factor_a = kEstimate ? s.estimate.a_multiplier : s.a.multiplier;
  const int32_t factor_b = kEstimate ? s.estimate.b_multiplier : s.b.multiplier;
  const int shift = kEstimate ? s.estimate.shift : -s.y_shift;
  const V start = splat((1 << (shift - 1)) - s.a.zero * factor_a - s.b.zero * factor_b);
  const uint8x16_t a_mask = vdupq_n_u8(s.a.mask), b_mask = vdupq_n_u8(s.b.mask);
  const Ending<uint8_t> ending(s.y_zero, s.y_min, s.y_max, s.y_offset, s.y_mask);
  const V margin = splat(s.estimate.margin), fraction = splat((1 << shift) - 1);
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const V sum = weighted(veorq_u8(vld1q_u8(a + i), a_mask), veorq_u8(vld1q_u8(b + i), b_mask),
                           factor_a, factor_b, start);
    if constexpr (kEstimate) {
      const V rest = both(add(sum, margin), fraction);
      const int32x4_t nearest = vminq_s32(vminq_s32(rest.a, rest.b), vminq_s32(rest.c, rest.d));
      if (vminvq_s32(nearest) <= 2 * s.estimate.margin) {
        exact(s, a + i, 1, b + i, 1, y + i, kLanes);
        continue;
      }
    }
    store(ending(shift_right(sum, shift)), y + i);
  }
  return i;
}

constexpr auto whole_rows = add_bytes<false>;
constexpr auto estimated_rows = add_bytes<true>;

#include "kernels/add/generic.h"

}  // namespace

const AddIsa add__neon = {Isa::kNeon, row<uint8_t>, row<int16_t>};

}  // namespace octet
