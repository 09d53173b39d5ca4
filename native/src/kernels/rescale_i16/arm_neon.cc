// SPDX-License-Identifier: Apache-2.0
#include <arm_neon.h>

#include "kernels/rescale_i16/rescale_i16.h"

namespace octet {
namespace {

struct Lanes {
  int32x4_t multiplier, left, right;

  explicit Lanes(const RescaleFactor& f)
      : multiplier(vdupq_n_s32(f.multiplier)),
        left(vdupq_n_s32(f.shift > 0 ? f.shift : 0)),
        right(vdupq_n_s32(f.shift > 0 ? 0 : f.shift)) {}
};

struct Loop {
  Lanes high, low;
  int16x8_t y_min, y_max;
  int32x4_t x_zero, y_zero;

  // sqrdmulh is the product, srshl the shift, but that a negative number is rounded by one less
  // where there is one; sums saturate, both ends beyond int16.
  inline int32x4_t quad(int32x4_t x) const {
    const int32x4_t v = vsubq_s32(x, x_zero);
    const uint32x4_t up = vcgezq_s32(v);
    const int32x4_t shifted = vshlq_s32(v, vbslq_s32(up, high.left, low.left));
    const int32x4_t right = vbslq_s32(up, high.right, low.right);
    const int32x4_t h = vqrdmulhq_s32(shifted, vbslq_s32(up, high.multiplier, low.multiplier));
    const int32x4_t less = vshrq_n_s32(vandq_s32(h, right), 31);
    return vqaddq_s32(vrshlq_s32(vqaddq_s32(h, less), right), y_zero);
  }
  inline int16x8_t words(int16x8_t x) const {
    const int16x4_t first = vqmovn_s32(quad(vmovl_s16(vget_low_s16(x))));
    const int16x8_t y = vqmovn_high_s32(first, quad(vmovl_high_s16(x)));
    return vminq_s16(vmaxq_s16(y, y_min), y_max);
  }
};

// Behind x 64 bytes are readable.
void run(const RescaleI16& s, const int16_t* x, int16_t* y, int64_t n) {
  const Loop loop = {Lanes(s.at_least_zero),
                     Lanes(s.below_zero),
                     vdupq_n_s16(static_cast<int16_t>(s.y_min)),
                     vdupq_n_s16(static_cast<int16_t>(s.y_max)),
                     vdupq_n_s32(s.x_zero),
                     vdupq_n_s32(s.y_zero)};
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) vst1q_s16(y + i, loop.words(vld1q_s16(x + i)));
  if (i < n) {
    int16_t rest[8];
    vst1q_s16(rest, loop.words(vld1q_s16(x + i)));
    for (int64_t k = 0; i + k < n; ++k) y[i + k] = rest[k];
  }
}

}  // namespace

const RescaleI16Isa rescale_i16__neon = {Isa::kNeon, run};

}  // namespace octet
