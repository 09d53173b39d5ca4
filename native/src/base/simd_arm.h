// SPDX-License-Identifier: Apache-2.0
//
// Vector halves of requantize.h for NEON, ARMv8.0 and up. Everything is in an anonymous namespace:
// the including files are compiled for different instruction sets and must share no symbol.
#ifndef OCTET_BASE_SIMD_ARM_H_
#define OCTET_BASE_SIMD_ARM_H_

#include <arm_neon.h>

#include "base/inline.h"
#include "base/requantize.h"

namespace octet {
namespace {

// gcc 12 would move loads up until registers spill.
OCTET_INLINE void in_order() { asm volatile(""); }

struct Neon {
  using Int = int32x4_t;
  using Float = float32x4_t;
  using Bytes = uint8x16_t;
  static constexpr int kLanes = 4;

  static OCTET_INLINE Int load(const void* p) { return vld1q_s32(static_cast<const int32_t*>(p)); }
  static OCTET_INLINE void store(void* p, Int v) { vst1q_s32(static_cast<int32_t*>(p), v); }
  static OCTET_INLINE Int splat(int32_t value) { return vdupq_n_s32(value); }
  static OCTET_INLINE Float splat_f32(float value) { return vdupq_n_f32(value); }

  // round(acc * scale), halves to even
  static OCTET_INLINE Int scale(Int acc, const float* scale) {
    return vcvtnq_s32_f32(vmulq_f32(vcvtq_f32_s32(acc), vld1q_f32(scale)));
  }
  // sums + v * scale, the product not rounded
  static OCTET_INLINE Float add_scaled(Float sums, Int v, const float* scale) {
    return vfmaq_f32(sums, vcvtq_f32_s32(v), vld1q_f32(scale));
  }

  static OCTET_INLINE Bytes load_bytes(const uint8_t* p) { return vld1q_u8(p); }
  static OCTET_INLINE Bytes low8(Bytes a, Bytes b) { return vzip1q_u8(a, b); }
  static OCTET_INLINE Bytes high8(Bytes a, Bytes b) { return vzip2q_u8(a, b); }
  static OCTET_INLINE Bytes low16(Bytes a, Bytes b) {
    return (Bytes)vzip1q_u16((uint16x8_t)a, (uint16x8_t)b);
  }
  static OCTET_INLINE Bytes high16(Bytes a, Bytes b) {
    return (Bytes)vzip2q_u16((uint16x8_t)a, (uint16x8_t)b);
  }
  static OCTET_INLINE Bytes zero() { return vdupq_n_u8(0); }
#if defined(__ARM_FEATURE_DOTPROD)
  // acc + the sums of four products of s8
  static OCTET_INLINE Int add_quads(Int acc, Int x, Int w) {
    return vdotq_s32(acc, (int8x16_t)x, (int8x16_t)w);
  }
#endif
  // The first `count` bytes; 0 < count <= 16.
  static OCTET_INLINE void store_bytes(uint8_t* y, Bytes bytes, int count) {
    if (__builtin_expect(count == 16, 1)) return vst1q_u8(y, bytes);
    uint8x8_t half = vget_low_u8(bytes);
    if (count & 8) {
      vst1_u8(y, half);
      half = vget_high_u8(bytes);
      y += 8;
    }
    auto rest = (uint64x1_t)half;
    if (count & 4) {
      const auto four = (uint32_t)vget_lane_u64(rest, 0);
      __builtin_memcpy(y, &four, 4);
      rest = vshr_n_u64(rest, 32);
      y += 4;
    }
    if (count & 2) {
      const auto two = (uint16_t)vget_lane_u64(rest, 0);
      __builtin_memcpy(y, &two, 2);
      rest = vshr_n_u64(rest, 16);
      y += 2;
    }
    if (count & 1) *y = (uint8_t)vget_lane_u64(rest, 0);
  }
  static OCTET_INLINE Bytes splat_bytes(int32_t value) {
    return vdupq_n_u8(static_cast<uint8_t>(value));
  }
  static OCTET_INLINE Bytes splat_words(int32_t value) {
    return (Bytes)vdupq_n_s16(static_cast<int16_t>(value));
  }
  static OCTET_INLINE Bytes pack32(Int a, Int b) {
    return (Bytes)vqmovn_high_s32(vqmovn_s32(a), b);
  }
  // int16 to int8, saturating
  static OCTET_INLINE Bytes pack16(Bytes a, Bytes b) {
    return (Bytes)vqmovn_high_s16(vqmovn_s16((int16x8_t)a), (int16x8_t)b);
  }
  static OCTET_INLINE Bytes add16(Bytes a, Bytes b) {
    return (Bytes)vqaddq_s16((int16x8_t)a, (int16x8_t)b);
  }
  // of int8
  static OCTET_INLINE Bytes clamp8(Bytes y, Bytes min, Bytes max) {
    return (Bytes)vminq_s8(vmaxq_s8((int8x16_t)y, (int8x16_t)min), (int8x16_t)max);
  }
  static OCTET_INLINE Bytes flip8(Bytes y, Bytes flip) { return veorq_u8(y, flip); }
  static OCTET_INLINE Bytes and8(Bytes a, Bytes b) { return vandq_u8(a, b); }
  static OCTET_INLINE Bytes sub8(Bytes a, Bytes b) { return vsubq_u8(a, b); }
  // The upper halves of bytes in the lower ones.
  static OCTET_INLINE Bytes halve_bytes(Bytes a) { return vshrq_n_u8(a, 4); }
};

// Requantized but for the zero point: lanes `first`, `first + 1`, ... of a block. In fixed point
// sqrdmulh is the first rounding of the definition and srshl the second, which rounds halves up; 1
// less for a negative number makes it halves away.
template <class V, Rounding R>
OCTET_INLINE typename V::Int requantize_lanes(typename V::Int acc,
                                              const typename BlockOf<R>::Type& block, int first) {
  if constexpr (R == Rounding::kFloat) {
    return V::scale(acc, block.scale + first);
  } else {
    const int32x4_t right = V::load(block.right + first);
    int32x4_t d = vqrdmulhq_s32(vshlq_s32(acc, V::load(block.left + first)),
                                V::load(block.multiplier + first));
    if constexpr (R == Rounding::kHalfAway) d = vsraq_n_s32(d, vandq_s32(d, right), 31);
    return vrshlq_s32(d, right);
  }
}

// True of a range of all int8: packing to bytes is all it takes.
OCTET_INLINE bool is_plain(const OutputRange& range) {
  return range.min == 0 && range.max == 255 && range.flip == 0x80;
}

// An OutputRange in registers, as one of int8.
template <class V>
struct Narrow {
  using Int = typename V::Int;
  using Bytes = typename V::Bytes;
  Bytes zero, min, max, flip;

  explicit OCTET_INLINE Narrow(const OutputRange& range)
      : zero(V::splat_words(range.zero - 128)),
        min(V::splat_bytes(range.min - 128)),
        max(V::splat_bytes(range.max - 128)),
        flip(V::splat_bytes(range.flip ^ 0x80)) {}

  // Four vectors of requantized integers to bytes, in the same order.
  OCTET_INLINE Bytes operator()(Int a, Int b, Int c, Int d, bool plain = false) const {
    const Bytes bytes = V::pack16(V::add16(V::pack32(a, b), zero), V::add16(V::pack32(c, d), zero));
    return plain ? bytes : V::flip8(V::clamp8(bytes, min, max), flip);
  }
};

// Four vectors of sums to bytes; vector q has lanes first_of(q), ... of block_of(q). N is
// Narrow<V>, or does the same.
template <class V, Rounding R, class BlockAt, class FirstAt, class N>
OCTET_INLINE typename V::Bytes finish_sums(const typename V::Int (&acc)[4], const BlockAt& block_of,
                                           const FirstAt& first_of, const N& narrow, bool plain) {
  typename V::Int out[4];
#pragma GCC unroll 4
  for (int q = 0; q < 4; ++q) {
    out[q] = requantize_lanes<V, R>(acc[q], block_of(q), first_of(q));
  }
  return narrow(out[0], out[1], out[2], out[3], plain);
}

// kReal: float(acc - zero * sums) * (x_scale * scale) + offset, clamped to [low, high], where the
// difference wraps and every operation rounds. kShared: the block has taken in zero and x_scale
// (gemm_i8) and its bias is added.
template <bool kShared>
OCTET_INLINE float32x4_t finish_real(int32x4_t acc, const RealBlock& block, int first, int32_t zero,
                                     float x_scale, float32x4_t low, float32x4_t high) {
  float32x4_t scale = vld1q_f32(block.scale + first);
  if constexpr (kShared) {
    acc = vaddq_s32(acc, vld1q_s32(block.bias + first));
  } else {
    acc = vmlsq_s32(acc, vdupq_n_s32(zero), vld1q_s32(block.sums + first));
    scale = vmulq_n_f32(scale, x_scale);
  }
  const float32x4_t v =
      vaddq_f32(vmulq_f32(vcvtq_f32_s32(acc), scale), vld1q_f32(block.offset + first));
  return vminq_f32(high, vmaxq_f32(low, v));
}

}  // namespace
}  // namespace octet

#endif  // OCTET_BASE_SIMD_ARM_H_
