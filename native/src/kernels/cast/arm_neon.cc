// SPDX-License-Identifier: Apache-2.0
//
// A conversion to int32 saturates, and gives 0 of no number.
#include <arm_neon.h>

#include <cstring>

#include "kernels/cast/cast.h"

namespace octet {
namespace {

constexpr int kLanes = 16;

struct V {
  int32x4_t a, b, c, d;
};

// y from x by store(f of 16 floats).
template <typename To, typename F, typename S>
inline void each(const float* x, To* y, int64_t n, const F& f, const S& store) {
  const auto convert = [&](const float* from, To* to) {
    store(V{f(vld1q_f32(from)), f(vld1q_f32(from + 4)), f(vld1q_f32(from + 8)),
            f(vld1q_f32(from + 12))},
          to);
  };
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) convert(x + i, y + i);
  if (i < n) {
    float from[kLanes] = {};
    To to[kLanes];
    std::memcpy(from, x + i, static_cast<size_t>(n - i) * sizeof(float));
    convert(from, to);
    std::memcpy(y + i, to, static_cast<size_t>(n - i) * sizeof(To));
  }
}

inline int32x4_t saturated(float32x4_t x) { return vcvtq_s32_f32(x); }

// The low bits of what does not fit are those of -2^31: none.
inline int32x4_t fitting(float32x4_t x) {
  const uint32x4_t fits = vcltq_f32(x, vdupq_n_f32(0x1p31f));
  return vandq_s32(vcvtq_s32_f32(x), vreinterpretq_s32_u32(fits));
}

inline int32x4_t greatest_of_none(float32x4_t x) {
  return vbslq_s32(vceqq_f32(x, x), vcvtq_s32_f32(x), vdupq_n_s32(INT32_MAX));
}

inline int16x8_t low_halves(int32x4_t a, int32x4_t b) {
  return vuzp1q_s16(vreinterpretq_s16_s32(a), vreinterpretq_s16_s32(b));
}

void to_i8(const float* x, int8_t* y, int64_t n) {
  each(x, y, n, fitting, [](V v, int8_t* to) {
    vst1q_s8(to, vuzp1q_s8(vreinterpretq_s8_s16(low_halves(v.a, v.b)),
                           vreinterpretq_s8_s16(low_halves(v.c, v.d))));
  });
}

void to_u8(const float* x, uint8_t* y, int64_t n) {
  each(x, y, n, saturated, [](V v, uint8_t* to) {
    const int16x8_t low = vqmovn_high_s32(vqmovn_s32(v.a), v.b);
    const int16x8_t high = vqmovn_high_s32(vqmovn_s32(v.c), v.d);
    vst1q_u8(to, vqmovun_high_s16(vqmovun_s16(low), high));
  });
}

void to_i16(const float* x, int16_t* y, int64_t n) {
  each(x, y, n, saturated, [](V v, int16_t* to) {
    vst1q_s16(to, vqmovn_high_s32(vqmovn_s32(v.a), v.b));
    vst1q_s16(to + 8, vqmovn_high_s32(vqmovn_s32(v.c), v.d));
  });
}

void to_u16(const float* x, uint16_t* y, int64_t n) {
  each(x, y, n, fitting, [](V v, uint16_t* to) {
    vst1q_u16(to, vreinterpretq_u16_s16(low_halves(v.a, v.b)));
    vst1q_u16(to + 8, vreinterpretq_u16_s16(low_halves(v.c, v.d)));
  });
}

void to_i32(const float* x, int32_t* y, int64_t n) {
  each(x, y, n, greatest_of_none, [](V v, int32_t* to) {
    vst1q_s32(to, v.a);
    vst1q_s32(to + 4, v.b);
    vst1q_s32(to + 8, v.c);
    vst1q_s32(to + 12, v.d);
  });
}

}  // namespace

const CastF32Isa cast_f32__neon = {Isa::kNeon, to_i8, to_u8, to_i16, to_u16, to_i32};

}  // namespace octet
