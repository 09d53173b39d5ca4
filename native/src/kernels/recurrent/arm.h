// SPDX-License-Identifier: Apache-2.0
//
// The vectors of generic.h in NEON, with or without dot products.
#include <arm_neon.h>

#include "base/inline.h"
#include "kernels/recurrent/recurrent.h"

namespace octet {
namespace {

constexpr int kLanes = 4;
typedef float F __attribute__((vector_size(16)));
typedef int32_t I __attribute__((vector_size(16)));
typedef int16_t H __attribute__((vector_size(16)));
typedef uint8_t B __attribute__((vector_size(4)));
typedef int16_t C __attribute__((vector_size(8)));

OCTET_INLINE F splat(float x) { return (F)vdupq_n_f32(x); }
OCTET_INLINE I splat(int32_t x) { return (I)vdupq_n_s32(x); }
OCTET_INLINE H splat16(int32_t x) { return (H)vdupq_n_s16(static_cast<int16_t>(x)); }
OCTET_INLINE F multiply_add(F a, F b, F c) {
  return (F)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}
OCTET_INLINE F least(F a, F b) { return (F)vminq_f32((float32x4_t)a, (float32x4_t)b); }
OCTET_INLINE F greatest(F a, F b) { return (F)vmaxq_f32((float32x4_t)a, (float32x4_t)b); }
OCTET_INLINE I least(I a, I b) { return (I)vminq_s32((int32x4_t)a, (int32x4_t)b); }
OCTET_INLINE I greatest(I a, I b) { return (I)vmaxq_s32((int32x4_t)a, (int32x4_t)b); }
OCTET_INLINE F load_first(const float* p, int32_t n, F rest) {
  const I lanes = {0, 1, 2, 3};
  const uint32x4_t first = vcltq_s32((int32x4_t)lanes, vdupq_n_s32(n));
  return (F)vbslq_f32(first, vld1q_f32(p), (float32x4_t)rest);
}
OCTET_INLINE float least_lane(F v) { return vminvq_f32((float32x4_t)v); }
OCTET_INLINE float greatest_lane(F v) { return vmaxvq_f32((float32x4_t)v); }
OCTET_INLINE I truncate(F a) { return (I)vcvtq_s32_f32((float32x4_t)a); }
OCTET_INLINE I high_product(I v, int32_t multiplier) {
  return (I)vqrdmulhq_n_s32((int32x4_t)v, multiplier);
}
OCTET_INLINE H high16(H a, H b) { return (H)vqrdmulhq_s16((int16x8_t)a, (int16x8_t)b); }
OCTET_INLINE H adds16(H a, H b) { return (H)vqaddq_s16((int16x8_t)a, (int16x8_t)b); }

using Mask = H;
OCTET_INLINE Mask less16(H a, H b) { return a < b; }
OCTET_INLINE Mask equal16(H a, H b) { return a == b; }
OCTET_INLINE Mask lacks16(H a, H bit) { return (a & bit) == 0; }
OCTET_INLINE H select16(Mask mask, H yes, H no) {
  return (H)vbslq_s16((uint16x8_t)mask, (int16x8_t)yes, (int16x8_t)no);
}

// A copy of a fixed size is a single store.
template <typename V, typename T>
OCTET_INLINE void store_first(V v, int32_t n, T* p) {
  if (n >= kLanes) {
    __builtin_memcpy(p, &v, sizeof(v));
  } else {
    __builtin_memcpy(p, &v, sizeof(T) * n);
  }
}

OCTET_INLINE H least16(H a, H b) { return (H)vminq_s16((int16x8_t)a, (int16x8_t)b); }
OCTET_INLINE H greatest16(H a, H b) { return (H)vmaxq_s16((int16x8_t)a, (int16x8_t)b); }
OCTET_INLINE H pack16(I a, I b) {
  return (H)vqmovn_high_s32(vqmovn_s32((int32x4_t)a), (int32x4_t)b);
}
OCTET_INLINE I widen_low(H v) { return (I)vmovl_s16(vget_low_s16((int16x8_t)v)); }
OCTET_INLINE I widen_high(H v) { return (I)vmovl_high_s16((int16x8_t)v); }
OCTET_INLINE I product_low(H a, H b) {
  return (I)vmull_s16(vget_low_s16((int16x8_t)a), vget_low_s16((int16x8_t)b));
}
OCTET_INLINE I product_high(H a, H b) { return (I)vmull_high_s16((int16x8_t)a, (int16x8_t)b); }
OCTET_INLINE void store_bytes(H v, int32_t n, uint8_t* h, int8_t* y) {
  static_assert(kRaise == 0, "the bytes of h are those of y");
  const int8x8_t bytes = vqmovn_s16((int16x8_t)v);
  __builtin_memcpy(y, &bytes, n >= 8 ? 8 : n);
  vst1_s8(reinterpret_cast<int8_t*>(h), bytes);
}

#define OCTET_RECURRENT_SCALE
// sqrdmulh and srshl are the steps themselves, but that a negative number is rounded by one less.
struct Scale {
  int32x4_t multiplier, right;
  explicit OCTET_INLINE Scale(Factor factor)
      : multiplier(vdupq_n_s32(factor.multiplier)), right(vdupq_n_s32(factor.shift)) {}
};
OCTET_INLINE I scaled(I v, const Scale& scale) {
  const int32x4_t h = vqrdmulhq_s32((int32x4_t)v, scale.multiplier);
  return (I)vrshlq_s32(vsraq_n_s32(h, h, 31), scale.right);
}

constexpr int kRowsF32 = 4;

#if defined(__ARM_FEATURE_DOTPROD)
constexpr int kRowsI8 = 2;
constexpr int kUnitsI8 = 2;
struct Unit {
  int32x4_t sums[4];
};
OCTET_INLINE void clear(Unit* unit) {
  for (int v = 0; v < 4; ++v) unit->sums[v] = vdupq_n_s32(0);
}
OCTET_INLINE void add(Unit* unit, const uint8_t* x, const int8_t* w) {
  const int8x16_t a = vreinterpretq_s8_s32(vdupq_n_s32(load_i32(x)));
#pragma GCC unroll 4
  for (int v = 0; v < 4; ++v) unit->sums[v] = vdotq_s32(unit->sums[v], a, vld1q_s8(w + 16 * v));
}
OCTET_INLINE void finish(const Unit& unit, const int32_t* start, int32_t* y) {
#pragma GCC unroll 4
  for (int v = 0; v < 4; ++v) {
    vst1q_s32(y + 4 * v, vaddq_s32(unit.sums[v], vld1q_s32(start + 4 * v)));
  }
}
#else
constexpr int kRowsI8 = 1;
constexpr int kUnitsI8 = 2;
// Two sums a column, two columns a vector.
struct Unit {
  int32x4_t sums[8];
};
OCTET_INLINE void clear(Unit* unit) {
  for (int v = 0; v < 8; ++v) unit->sums[v] = vdupq_n_s32(0);
}
OCTET_INLINE void add(Unit* unit, const uint8_t* x, const int8_t* w) {
  __asm__ volatile("" ::: "memory");  // or gcc 12 loads ahead and spills
  const int8x16_t a = vreinterpretq_s8_s32(vdupq_n_s32(load_i32(x)));
#pragma GCC unroll 4
  for (int v = 0; v < 4; ++v) {
    const int8x16_t b = vld1q_s8(w + 16 * v);
    int32x4_t &low = unit->sums[2 * v], &high = unit->sums[2 * v + 1];
    low = vpadalq_s16(low, vmull_s8(vget_low_s8(a), vget_low_s8(b)));
    high = vpadalq_s16(high, vmull_high_s8(a, b));
  }
}
OCTET_INLINE void finish(const Unit& unit, const int32_t* start, int32_t* y) {
#pragma GCC unroll 4
  for (int v = 0; v < 4; ++v) {
    const int32x4_t sums = vpaddq_s32(unit.sums[2 * v], unit.sums[2 * v + 1]);
    vst1q_s32(y + 4 * v, vaddq_s32(sums, vld1q_s32(start + 4 * v)));
  }
}
#endif

#include "kernels/recurrent/generic.h"

}  // namespace
}  // namespace octet
