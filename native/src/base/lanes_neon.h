// SPDX-License-Identifier: Apache-2.0
//
// int32 lanes of NEON for quantized arithmetic, 16 at a time: what a load of bytes gives, and
// enough to fill the pipelines of processors that run instructions in order. See lanes_avx2.h.
// Included inside an unnamed namespace after <arm_neon.h> and <cstdint>.

struct V {
  int32x4_t a, b, c, d;
};
constexpr int kLanes = 16;
constexpr bool kOneStepHighProduct = true;

template <typename F>
inline V each(V x, const F& f) {
  return {f(x.a), f(x.b), f(x.c), f(x.d)};
}
template <typename F>
inline V each(V x, V y, const F& f) {
  return {f(x.a, y.a), f(x.b, y.b), f(x.c, y.c), f(x.d, y.d)};
}
inline V widened(int16x8_t low, int16x8_t high) {
  return {vmovl_s16(vget_low_s16(low)), vmovl_high_s16(low), vmovl_s16(vget_low_s16(high)),
          vmovl_high_s16(high)};
}

inline V splat(int32_t x) {
  const int32x4_t v = vdupq_n_s32(x);
  return {v, v, v, v};
}
inline V load(const uint8_t* p) {
  const uint8x16_t bytes = vld1q_u8(p);
  return widened(vreinterpretq_s16_u16(vmovl_u8(vget_low_u8(bytes))),
                 vreinterpretq_s16_u16(vmovl_high_u8(bytes)));
}
inline V load(const int16_t* p) { return widened(vld1q_s16(p), vld1q_s16(p + 8)); }
inline V add(V x, V y) {
  return each(x, y, [](int32x4_t p, int32x4_t q) { return vaddq_s32(p, q); });
}
inline V sub(V x, V y) {
  return each(x, y, [](int32x4_t p, int32x4_t q) { return vsubq_s32(p, q); });
}
inline V low_product(V x, V y) {
  return each(x, y, [](int32x4_t p, int32x4_t q) { return vmulq_s32(p, q); });
}
inline V both(V x, V y) {
  return each(x, y, [](int32x4_t p, int32x4_t q) { return vandq_s32(p, q); });
}
inline V exclusive_or(V x, V y) {
  return each(x, y, [](int32x4_t p, int32x4_t q) { return veorq_s32(p, q); });
}
inline V least(V x, V y) {
  return each(x, y, [](int32x4_t p, int32x4_t q) { return vminq_s32(p, q); });
}
inline V shift_left(V x, int n) {
  return each(x, [n](int32x4_t p) { return p << n; });
}
inline V shift_right(V x, int n) {
  return each(x, [n](int32x4_t p) { return p >> n; });
}
inline V high_product(V x, V multiplier) {
  return each(x, multiplier, [](int32x4_t p, int32x4_t q) { return vqrdmulhq_s32(p, q); });
}
inline V scaled(V x, float scale, float low, float high) {
  return each(x, [=](int32x4_t p) {
    const float32x4_t product = vmulq_n_f32(vcvtq_f32_s32(p), scale);
    return vcvtnq_s32_f32(vminq_f32(vmaxq_f32(product, vdupq_n_f32(low)), vdupq_n_f32(high)));
  });
}

// int16 lanes.
struct Number {
  int16x8_t low, high;
};

inline Number load_number(const uint8_t* p, uint8_t mask, int32_t zero) {
  const uint8x16_t bytes = veorq_u8(vld1q_u8(p), vdupq_n_u8(mask));
  const uint8x16_t zeros = vdupq_n_u8(static_cast<uint8_t>(zero));
  return {vreinterpretq_s16_u16(vsubl_u8(vget_low_u8(bytes), vget_low_u8(zeros))),
          vreinterpretq_s16_u16(vsubl_high_u8(bytes, zeros))};
}
inline Number load_number(const int16_t* p, uint8_t, int32_t) {
  return {vld1q_s16(p), vld1q_s16(p + 8)};
}
inline Number splat_number(int32_t x) {
  const int16x8_t v = vdupq_n_s16(static_cast<int16_t>(x));
  return {v, v};
}
inline V product(Number x, Number y) {
  return {vmull_s16(vget_low_s16(x.low), vget_low_s16(y.low)), vmull_high_s16(x.low, y.low),
          vmull_s16(vget_low_s16(x.high), vget_low_s16(y.high)), vmull_high_s16(x.high, y.high)};
}

struct Words {
  int16x8_t low, high;
};
inline Words narrowed(V v) {
  return {vqmovn_high_s32(vqmovn_s32(v.a), v.b), vqmovn_high_s32(vqmovn_s32(v.c), v.d)};
}

template <typename Y>
struct Ending;

// The limits are taken in bytes: what narrowing saturates lies beyond them.
template <>
struct Ending<uint8_t> {
  V zero;
  int16x8_t offset;
  uint8x16_t low, high, flip;

  Ending(int32_t zero_point, int32_t least_y, int32_t most_y, int32_t y_offset, uint8_t mask)
      : zero(splat(zero_point)),
        offset(vdupq_n_s16(static_cast<int16_t>(y_offset))),
        low(vdupq_n_u8(static_cast<uint8_t>(least_y + y_offset))),
        high(vdupq_n_u8(static_cast<uint8_t>(most_y + y_offset))),
        flip(vdupq_n_u8(mask)) {}
  uint8x16_t operator()(V v) const {
    const Words w = narrowed(add(v, zero));
    const uint8x16_t y =
        vqmovun_high_s16(vqmovun_s16(vqaddq_s16(w.low, offset)), vqaddq_s16(w.high, offset));
    return veorq_u8(vminq_u8(vmaxq_u8(y, low), high), flip);
  }
};

template <>
struct Ending<int16_t> {
  V zero;
  int16x8_t low, high;

  Ending(int32_t zero_point, int32_t least_y, int32_t most_y, int32_t, uint8_t)
      : zero(splat(zero_point)),
        low(vdupq_n_s16(static_cast<int16_t>(least_y))),
        high(vdupq_n_s16(static_cast<int16_t>(most_y))) {}
  Words operator()(V v) const {
    const Words w = narrowed(add(v, zero));
    return {vminq_s16(vmaxq_s16(w.low, low), high), vminq_s16(vmaxq_s16(w.high, low), high)};
  }
};

inline void store(uint8x16_t y, uint8_t* p) { vst1q_u8(p, y); }
inline void store(Words y, int16_t* p) {
  vst1q_s16(p, y.low);
  vst1q_s16(p + 8, y.high);
}

#include "base/lanes.h"
