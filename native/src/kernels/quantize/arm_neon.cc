// SPDX-License-Identifier: Apache-2.0
//
// A division of four floats takes an A72 34 cycles, a product 2. The product with 1 / scale is
// wrong by less than 1.5 * 2^-23 of itself, so it rounds as the quotient does unless it is next to
// the middle of two integers.
#include <arm_neon.h>

#include "kernels/quantize/quantize.h"

namespace octet {
namespace {

constexpr int kLanes = 16;

// Scales whose inverses, and products with numbers of 17 bits, are far from the ends of float32.
bool is_moderate(float scale) { return scale > 0x1p-90f && scale < 0x1p90f; }

// The greatest distance from an integer of four vectors of quotients.
float32x4_t farthest(const float32x4_t (&v)[4]) {
  const auto distance = [](float32x4_t q) { return vabdq_f32(q, vrndaq_f32(q)); };
  return vmaxnmq_f32(vmaxnmq_f32(distance(v[0]), distance(v[1])),
                     vmaxnmq_f32(distance(v[2]), distance(v[3])));
}

// 255.5 is the greatest middle: 1.5 * 2^-23 of it is less than 2^-14.
void bytes_or(QuantizeLoop<uint8_t> exact, const QuantizeF32& s, const float* x, uint8_t* y,
              int64_t n) {
  const float32x4_t inverse = vdupq_n_f32(1.0f / s.scale);
  const int16x8_t zero = vdupq_n_s16(static_cast<int16_t>(s.zero + s.offset));
  const uint8x16_t low = vdupq_n_u8(static_cast<uint8_t>(s.low + s.offset));
  const uint8x16_t high = vdupq_n_u8(static_cast<uint8_t>(s.high + s.offset));
  const uint8x16_t mask = vdupq_n_u8(s.mask);
  int64_t i = 0;
  for (; i + kLanes <= n && is_moderate(s.scale); i += kLanes) {
    const float32x4_t v[4] = {
        vmulq_f32(vld1q_f32(x + i), inverse), vmulq_f32(vld1q_f32(x + i + 4), inverse),
        vmulq_f32(vld1q_f32(x + i + 8), inverse), vmulq_f32(vld1q_f32(x + i + 12), inverse)};
    if (vmaxnmvq_f32(farthest(v)) > 0.5f - 0x1p-14f) {
      exact(s, x + i, y + i, kLanes);
      continue;
    }
    // a NaN is converted to 0
    const int16x8_t a = vqmovn_high_s32(vqmovn_s32(vcvtaq_s32_f32(v[0])), vcvtaq_s32_f32(v[1]));
    const int16x8_t b = vqmovn_high_s32(vqmovn_s32(vcvtaq_s32_f32(v[2])), vcvtaq_s32_f32(v[3]));
    const uint8x16_t q = vqmovun_high_s16(vqmovun_s16(vqaddq_s16(a, zero)), vqaddq_s16(b, zero));
    vst1q_u8(y + i, veorq_u8(vminq_u8(vmaxq_u8(q, low), high), mask));
  }
  if (i < n) exact(s, x + i, y + i, n - i);
}

void bytes(const QuantizeF32& s, const float* x, uint8_t* y, int64_t n) {
  bytes_or(quantize__scalar.bytes, s, x, y, n);
}
void bytes_by_float(const QuantizeF32& s, const float* x, uint8_t* y, int64_t n) {
  bytes_or(quantize__scalar.bytes_by_float, s, x, y, n);
}

// Halves away from zero of x / scale. The product is less than 1 from the quotient, whose side of a
// middle the sign of one fused product tells: x - (k + 1/2) * scale.
int32x4_t rounded(float32x4_t x, float32x4_t scale, float32x4_t inverse) {
  const float32x4_t half = vdupq_n_f32(0.5f), zero = vdupq_n_f32(0);
  const float32x4_t size = vabsq_f32(x);
  const float32x4_t k = vrndnq_f32(vminq_f32(vmulq_f32(size, inverse), vdupq_n_f32(0x1p17f)));
  // masks are -1 where they hold
  const uint32x4_t more = vcgeq_f32(vfmsq_f32(size, vaddq_f32(k, half), scale), zero);
  const uint32x4_t less = vcltq_f32(vfmsq_f32(size, vsubq_f32(k, half), scale), zero);
  const int32x4_t q = vaddq_s32(vcvtq_s32_f32(k), vreinterpretq_s32_u32(vsubq_u32(less, more)));
  const int32x4_t sign = vshrq_n_s32(vreinterpretq_s32_f32(x), 31);
  return vsubq_s32(veorq_s32(q, sign), sign);
}

void words(const QuantizeF32& s, const float* x, int16_t* y, int64_t n) {
  const float32x4_t scale = vdupq_n_f32(s.scale), inverse = vdupq_n_f32(1.0f / s.scale);
  const int32x4_t zero = vdupq_n_s32(s.zero);
  const int16x8_t low = vdupq_n_s16(static_cast<int16_t>(s.low));
  const int16x8_t high = vdupq_n_s16(static_cast<int16_t>(s.high));
  const auto four = [&](const float* from) {
    return vaddq_s32(rounded(vld1q_f32(from), scale, inverse), zero);
  };
  int64_t i = 0;
  for (; i + 8 <= n && is_moderate(s.scale); i += 8) {
    const int16x8_t q = vqmovn_high_s32(vqmovn_s32(four(x + i)), four(x + i + 4));
    vst1q_s16(y + i, vminq_s16(vmaxq_s16(q, low), high));
  }
  if (i < n) quantize__scalar.words(s, x + i, y + i, n - i);
}

void words_by_float(const QuantizeF32& s, const float* x, int16_t* y, int64_t n) {
  quantize__scalar.words_by_float(s, x, y, n);
}

}  // namespace

const QuantizeIsa quantize__neon = {Isa::kNeon, bytes, bytes_by_float, words, words_by_float};

}  // namespace octet
