// SPDX-License-Identifier: Apache-2.0
//
// The vector half of words.h in NEON: four lanes of a WordBlock.
#ifndef OCTET_BASE_WORDS_ARM_H_
#define OCTET_BASE_WORDS_ARM_H_

#include "base/simd_arm.h"
#include "base/words.h"

namespace octet {
namespace {

// Loads stay behind it: gcc 12 moves all that a loop has to its top, and spills sums.
OCTET_INLINE void hold_loads() { __asm__ volatile("" ::: "memory"); }

// Lanes first to first + 3 of a block for WordForm F, in registers.
template <WordForm F>
struct RequantizeWords;

// requantize_lanes() with a block's lanes in registers.
struct HalfLanes {
  int32x4_t bias, left, multiplier, right;

  OCTET_INLINE HalfLanes(const WordBlock& b, int first)
      : bias(vld1q_s32(b.fixed.bias + first)),
        left(vld1q_s32(b.fixed.left + first)),
        multiplier(vld1q_s32(b.multiplier + first)),
        right(vld1q_s32(b.fixed.right + first)) {}

  OCTET_INLINE int32x4_t product(int32x4_t v) const {
    return vqrdmulhq_s32(vshlq_s32(vaddq_s32(v, bias), left), multiplier);
  }
  static OCTET_INLINE int32x4_t join(int32x4_t high, int32x4_t low) {
    return vaddq_s32(vshlq_n_s32(high, 16), low);
  }
};

template <>
struct RequantizeWords<WordForm::kHalfUp> : HalfLanes {
  using HalfLanes::HalfLanes;
  OCTET_INLINE int32x4_t operator()(int32x4_t v) const { return vrshlq_s32(product(v), right); }
  OCTET_INLINE int32x4_t operator()(int32x4_t high, int32x4_t low) const {
    return (*this)(join(high, low));
  }
};

template <>
struct RequantizeWords<WordForm::kHalfAway> : HalfLanes {
  using HalfLanes::HalfLanes;
  OCTET_INLINE int32x4_t operator()(int32x4_t v) const {
    const int32x4_t d = product(v);
    return vrshlq_s32(vsraq_n_s32(d, vandq_s32(d, right), 31), right);
  }
  OCTET_INLINE int32x4_t operator()(int32x4_t high, int32x4_t low) const {
    return (*this)(join(high, low));
  }
};

template <>
struct RequantizeWords<WordForm::kWide> {
  int32x4_t multiplier, right;
  int64x2_t round_low, round_high;

  OCTET_INLINE RequantizeWords(const WordBlock& b, int first)
      : multiplier(vld1q_s32(b.fixed.multiplier + first)),
        right(vnegq_s32(vld1q_s32(b.fixed.right + first))) {
    const int64x2_t even = vld1q_s64(b.fixed.round_even + first / 2);
    const int64x2_t odd = vld1q_s64(b.fixed.round_odd + first / 2);
    round_low = vzip1q_s64(even, odd);
    round_high = vzip2q_s64(even, odd);
  }

  OCTET_INLINE int32x4_t finish(int64x2_t p, int64x2_t q) const {
    return vshlq_s32(vuzp2q_s32(vreinterpretq_s32_s64(p), vreinterpretq_s32_s64(q)), right);
  }
  OCTET_INLINE int32x4_t operator()(int32x4_t v) const {
    return finish(vmlal_s32(round_low, vget_low_s32(v), vget_low_s32(multiplier)),
                  vmlal_high_s32(round_high, v, multiplier));
  }
  // Of high * 65536 + low.
  OCTET_INLINE int32x4_t operator()(int32x4_t high, int32x4_t low) const {
    const int64x2_t p = vshlq_n_s64(vmull_s32(vget_low_s32(high), vget_low_s32(multiplier)), 16);
    const int64x2_t q = vshlq_n_s64(vmull_high_s32(high, multiplier), 16);
    return finish(vmlal_s32(vaddq_s64(p, round_low), vget_low_s32(low), vget_low_s32(multiplier)),
                  vmlal_high_s32(vaddq_s64(q, round_high), low, multiplier));
  }
};

// fcvtas rounds halves away from zero; both conversions saturate beyond int16.
template <>
struct RequantizeWords<WordForm::kReal> {
  int64x2_t bias_low, bias_high;
  float64x2_t factor_low, factor_high;

  OCTET_INLINE RequantizeWords(const WordBlock& b, int first)
      : bias_low(vld1q_s64(b.bias + first)),
        bias_high(vld1q_s64(b.bias + first + 2)),
        factor_low(vld1q_f64(b.factor + first)),
        factor_high(vld1q_f64(b.factor + first + 2)) {}

  static OCTET_INLINE int32x2_t rounded(int64x2_t sum, float64x2_t factor) {
    return vqmovn_s64(vcvtaq_s64_f64(vmulq_f64(vcvtq_f64_s64(sum), factor)));
  }
  OCTET_INLINE int32x4_t operator()(int32x4_t v) const {
    return vcombine_s32(rounded(vaddw_s32(bias_low, vget_low_s32(v)), factor_low),
                        rounded(vaddw_high_s32(bias_high, v), factor_high));
  }
  OCTET_INLINE int32x4_t operator()(int32x4_t high, int32x4_t low) const {
    const int64x2_t p = vaddq_s64(bias_low, vshll_n_s32(vget_low_s32(high), 16));
    const int64x2_t q = vaddq_s64(bias_high, vshll_high_n_s32(high, 16));
    return vcombine_s32(rounded(vaddw_s32(p, vget_low_s32(low)), factor_low),
                        rounded(vaddw_high_s32(q, low), factor_high));
  }
};

// Saturated to int16 within [min, max].
OCTET_INLINE int16x4_t clamped_words(int32x4_t v, int16x4_t min, int16x4_t max) {
  return vmin_s16(vmax_s16(vqmovn_s32(v), min), max);
}

// The first `count` of four words, 1 to 3.
OCTET_INLINE void store_first_words(int16_t* y, int16x4_t v, int32_t count) {
  if ((count & 2) != 0) {
    __builtin_memcpy(y, &v, 4);
    y += 2;
    v = vext_s16(v, v, 2);
  }
  if ((count & 1) != 0) vst1_lane_s16(y, v, 0);
}

}  // namespace
}  // namespace octet

#endif  // OCTET_BASE_WORDS_ARM_H_
