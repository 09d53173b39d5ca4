// SPDX-License-Identifier: Apache-2.0
//
// What the kernels need of NEON vectors beyond simd_arm.h: four rows interleaved, and the steps of
// the end of a pixel that depend on where channels stand.
#ifndef OCTET_KERNELS_DWCONV_I8_VECTORS_ARM_H_
#define OCTET_KERNELS_DWCONV_I8_VECTORS_ARM_H_

#include <cstddef>
#include <type_traits>

#include "base/simd_arm.h"
#include "kernels/dwconv_i8/dwconv_i8.h"

namespace octet {
namespace {

// Four vectors of sums: channels 0 1 2 3, 4 5 6 7, ...
struct Natural : Neon {};
// Channels 0 4 8 12, 1 5 9 13, ...
struct Transposed : Neon {
#if defined(__ARM_FEATURE_DOTPROD)
  // Assembly, since gcc 12 copies the sums of a ring.
  static OCTET_INLINE Int add_quads(Int acc, Int x, Int w) {
    asm("sdot %0.4s, %1.16b, %2.16b" : "+w"(acc) : "w"(x), "w"(w));
    return acc;
  }
#endif
};

// Bytes of four rows to vectors of [channel][row]. Transposing takes one pipe of Cortex-A72 for one
// cycle and zipping vectors of 16 bytes three.
template <class V>
OCTET_INLINE void interleave4(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d,
                              int32x4_t (&out)[4]) {
  const auto ab0 = (uint16x8_t)vtrn1q_u8(a, b), ab1 = (uint16x8_t)vtrn2q_u8(a, b);
  const auto cd0 = (uint16x8_t)vtrn1q_u8(c, d), cd1 = (uint16x8_t)vtrn2q_u8(c, d);
  out[0] = (int32x4_t)vtrn1q_u16(ab0, cd0);
  out[1] = (int32x4_t)vtrn1q_u16(ab1, cd1);
  out[2] = (int32x4_t)vtrn2q_u16(ab0, cd0);
  out[3] = (int32x4_t)vtrn2q_u16(ab1, cd1);
}

// A DwconvI8Output in memory, its bytes as int8: kernels write those, and flip_rows() makes uint8
// of them where the output is that.
struct alignas(64) OutputVectors {
  int16_t zero[8];
  uint8_t zero_bytes[16], min[16], max[16];
  float low[4], high[4];
  uint8_t order[16];  // of transposed channels, packed first with third, second with fourth
  static constexpr bool plain = false;
  const RealBlock* real;

  explicit OutputVectors(const DwconvI8Output& out) : real(out.real) {
    for (int i = 0; i < 8; ++i) zero[i] = static_cast<int16_t>(out.range.zero - 128);
    for (int i = 0; i < 16; ++i) {
      zero_bytes[i] = static_cast<uint8_t>(out.range.zero ^ 0x80);
      min[i] = static_cast<uint8_t>(out.range.min ^ 0x80);
      max[i] = static_cast<uint8_t>(out.range.max ^ 0x80);
      order[i] = static_cast<uint8_t>(i % 2 * 8 + i % 4 / 2 * 4 + i / 4);
    }
    for (int i = 0; i < 4; ++i) {
      low[i] = out.low;
      high[i] = out.high;
    }
  }
};

// Narrow of simd_arm.h, reading OutputVectors.
template <class V>
class NarrowFrom {
 public:
  explicit OCTET_INLINE NarrowFrom(const OutputVectors* o) : out(o) {}

  OCTET_INLINE uint8x16_t operator()(int32x4_t a, int32x4_t b, int32x4_t c, int32x4_t d,
                                     bool) const {
    const auto zero = (uint8x16_t)V::load(out->zero);
    const uint8x16_t bytes = V::pack16(V::add16(V::pack32(a, kTransposed ? c : b), zero),
                                       V::add16(V::pack32(kTransposed ? b : c, d), zero));
    return V::clamp8(in_order(bytes), V::load_bytes(out->min), V::load_bytes(out->max));
  }
  // The same where min is zero: what is below 0 becomes 0 when it is packed. kPlain: Transposed,
  // all fit int16, and max is the greatest byte.
  template <bool kPlain>
  OCTET_INLINE uint8x16_t relu(int32x4_t a, int32x4_t b, int32x4_t c, int32x4_t d) const {
    uint8x16_t bytes;
    if constexpr (!kPlain) {
      const auto first = (int16x8_t)V::pack32(a, kTransposed ? c : b);
      const auto second = (int16x8_t)V::pack32(kTransposed ? b : c, d);
      bytes = in_order(vqmovun_high_s16(vqmovun_s16(first), second));
    } else {
      const auto ab = vtrn1q_s16((int16x8_t)a, (int16x8_t)b);
      const auto cd = vtrn1q_s16((int16x8_t)c, (int16x8_t)d);
      asm("zip1 %0.8h, %1.8h, %2.8h" : "=w"(bytes) : "w"(vqmovun_s16(ab)), "w"(vqmovun_s16(cd)));
    }
    const int8x16_t sums = vuqaddq_s8((int8x16_t)V::load_bytes(out->zero_bytes), bytes);
    return (uint8x16_t)(kPlain ? sums : vminq_s8(sums, (int8x16_t)V::load_bytes(out->max)));
  }

 private:
  const OutputVectors* out;
  static constexpr bool kTransposed = std::is_same_v<V, Transposed>;

  OCTET_INLINE uint8x16_t in_order(uint8x16_t bytes) const {
    return kTransposed ? vqtbl1q_u8(bytes, V::load_bytes(out->order)) : bytes;
  }
};

// Int8 to uint8.
inline void flip_rows(uint8_t* y, int32_t rows, int64_t y_row, int32_t pixels, int64_t y_step,
                      int32_t channels) {
  for (int32_t oh = 0; oh < rows; ++oh) {
    for (int32_t p = 0; p < pixels; ++p) {
      uint8_t* at = y + oh * y_row + p * y_step;
      for (int32_t c = 0; c < channels; ++c) at[c] ^= 0x80;
    }
  }
}
inline bool flips(const DwconvI8Weights& w, const DwconvI8Output& out) {
  return w.shape.rounding != Rounding::kReal && out.range.flip == 0;
}

// Loads as assembly: gcc 12 makes few pairs of loads, and takes an instruction for the address of a
// memory operand. So it must not see the bytes written: no function that these are inlined in does.
//
// Two vectors kOffset bytes behind `from`.
template <int kOffset, class T, class V>
OCTET_INLINE void load_two(const T* from, V* a, V* b) {
  asm("ldp %q0, %q1, [%2, %3]" : "=w"(*a), "=w"(*b) : "r"(from), "i"(kOffset));
}
// A load or store and the step to the next.
OCTET_INLINE uint8x16_t load_step(const uint8_t** from, int64_t step) {
  uint8x16_t v;
  asm("ld1 {%0.16b}, [%1], %2" : "=w"(v), "+r"(*from) : "r"(step));
  return v;
}
OCTET_INLINE void store_step(uint8_t** to, int64_t step, uint8x16_t v) {
  asm volatile("st1 {%2.16b}, [%0], %1" : "+r"(*to) : "r"(step), "w"(v) : "memory");
}

// round(float_bits(v[q]) * scale + offset) of a block, the product not rounded
OCTET_INLINE void scale_bits(Natural, const int32x4_t (&v)[4], const DwconvI8ReluBlock& block,
                             int32x4_t (&out)[4]) {
#pragma GCC unroll 4
  for (int q = 0; q < 4; ++q) {
    out[q] = vcvtnq_s32_f32(vfmaq_f32(vld1q_f32(block.offset + 4 * q), (float32x4_t)v[q],
                                      vld1q_f32(block.scale + 4 * q)));
  }
}
// In one piece, since gcc 12 copies offsets that products are added to.
OCTET_INLINE void scale_bits(Transposed, const int32x4_t (&v)[4], const DwconvI8ReluBlock& block,
                             int32x4_t (&out)[4]) {
  int32x4_t s0, s1;
  asm("ldp %q[s0], %q[s1], [%[block], %[scale]]\n\t"
      "ldp %q[a], %q[b], [%[block], %[offset]]\n\t"
      "ldp %q[c], %q[d], [%[block], %[offset] + 32]\n\t"
      "fmla %[a].4s, %[v0].4s, %[s0].4s\n\t"
      "fmla %[b].4s, %[v1].4s, %[s1].4s\n\t"
      "ldp %q[s0], %q[s1], [%[block], %[scale] + 32]\n\t"
      "fmla %[c].4s, %[v2].4s, %[s0].4s\n\t"
      "fmla %[d].4s, %[v3].4s, %[s1].4s\n\t"
      "fcvtns %[a].4s, %[a].4s\n\t"
      "fcvtns %[b].4s, %[b].4s\n\t"
      "fcvtns %[c].4s, %[c].4s\n\t"
      "fcvtns %[d].4s, %[d].4s"
      : [a] "=&w"(out[0]), [b] "=&w"(out[1]), [c] "=&w"(out[2]), [d] "=&w"(out[3]), [s0] "=&w"(s0),
        [s1] "=&w"(s1)
      : [v0] "w"(v[0]), [v1] "w"(v[1]), [v2] "w"(v[2]), [v3] "w"(v[3]), [block] "r"(&block),
        [scale] "i"(offsetof(DwconvI8ReluBlock, scale)),
        [offset] "i"(offsetof(DwconvI8ReluBlock, offset)));
}

// The floats of v whose bits are set.
OCTET_INLINE void store_some(float* y, float32x4_t v, uint32_t bits) {
  if (bits & 1) vst1q_lane_f32(y, v, 0);
  if (bits & 2) vst1q_lane_f32(y + 1, v, 1);
  if (bits & 4) vst1q_lane_f32(y + 2, v, 2);
  if (bits & 8) vst1q_lane_f32(y + 3, v, 3);
}

OCTET_INLINE float32x4_t clamp_floats(float32x4_t v, const OutputVectors& out) {
  return vminq_f32(vld1q_f32(out.high), vmaxq_f32(vld1q_f32(out.low), v));
}

// Vectors of floats in the order of the channels.
OCTET_INLINE void put_in_order(Natural, float32x4_t (&)[4]) {}
OCTET_INLINE void put_in_order(Transposed, float32x4_t (&v)[4]) {
  const auto ab0 = (float64x2_t)vtrn1q_f32(v[0], v[1]), ab1 = (float64x2_t)vtrn2q_f32(v[0], v[1]);
  const auto cd0 = (float64x2_t)vtrn1q_f32(v[2], v[3]), cd1 = (float64x2_t)vtrn2q_f32(v[2], v[3]);
  v[0] = (float32x4_t)vtrn1q_f64(ab0, cd0);
  v[1] = (float32x4_t)vtrn1q_f64(ab1, cd1);
  v[2] = (float32x4_t)vtrn2q_f64(ab0, cd0);
  v[3] = (float32x4_t)vtrn2q_f64(ab1, cd1);
}

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_I8_VECTORS_ARM_H_
