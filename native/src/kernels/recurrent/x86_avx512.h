// SPDX-License-Identifier: Apache-2.0
//
// The vectors of generic.h in AVX-512, with or without VNNI.
#include <immintrin.h>

#include "kernels/recurrent/recurrent.h"

#define OCTET_INLINE inline __attribute__((always_inline))

namespace octet {
namespace {

constexpr int kLanes = 16;
typedef float F __attribute__((vector_size(64)));
typedef int32_t I __attribute__((vector_size(64)));
typedef int16_t H __attribute__((vector_size(64)));
typedef uint8_t B __attribute__((vector_size(16)));
typedef int16_t C __attribute__((vector_size(32)));

OCTET_INLINE F splat(float x) { return (F)_mm512_set1_ps(x); }
OCTET_INLINE I splat(int32_t x) { return (I)_mm512_set1_epi32(x); }
OCTET_INLINE H splat16(int32_t x) { return (H)_mm512_set1_epi16(static_cast<int16_t>(x)); }
OCTET_INLINE F multiply_add(F a, F b, F c) {
  return (F)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
}
OCTET_INLINE F least(F a, F b) { return (F)_mm512_min_ps((__m512)a, (__m512)b); }
OCTET_INLINE F greatest(F a, F b) { return (F)_mm512_max_ps((__m512)a, (__m512)b); }
OCTET_INLINE I least(I a, I b) { return (I)_mm512_min_epi32((__m512i)a, (__m512i)b); }
OCTET_INLINE I greatest(I a, I b) { return (I)_mm512_max_epi32((__m512i)a, (__m512i)b); }
OCTET_INLINE float least_lane(F v) { return _mm512_reduce_min_ps((__m512)v); }
OCTET_INLINE float greatest_lane(F v) { return _mm512_reduce_max_ps((__m512)v); }
OCTET_INLINE I truncate(F a) { return (I)_mm512_cvttps_epi32((__m512)a); }
OCTET_INLINE I high_product(I v, int32_t multiplier) {
  const __m512i a = (__m512i)v, m = _mm512_set1_epi32(multiplier);
  const __m512i half = _mm512_set1_epi64(int64_t{1} << 30);
  const __m512i even = _mm512_add_epi64(_mm512_mul_epi32(a, m), half);
  const __m512i odd = _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(a, 32), m), half);
  return (I)_mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 31), _mm512_slli_epi64(odd, 1));
}
OCTET_INLINE H high16(H a, H b) { return (H)_mm512_mulhrs_epi16((__m512i)a, (__m512i)b); }
OCTET_INLINE H adds16(H a, H b) { return (H)_mm512_adds_epi16((__m512i)a, (__m512i)b); }

using Mask = __mmask32;
OCTET_INLINE Mask less16(H a, H b) { return _mm512_cmplt_epi16_mask((__m512i)a, (__m512i)b); }
OCTET_INLINE Mask equal16(H a, H b) { return _mm512_cmpeq_epi16_mask((__m512i)a, (__m512i)b); }
OCTET_INLINE Mask lacks16(H a, H bit) { return _mm512_testn_epi16_mask((__m512i)a, (__m512i)bit); }
OCTET_INLINE H select16(Mask mask, H yes, H no) {
  return (H)_mm512_mask_blend_epi16(mask, (__m512i)no, (__m512i)yes);
}

OCTET_INLINE __mmask16 first_lanes(int32_t n) {
  return static_cast<__mmask16>(n >= kLanes ? 0xffff : (1 << n) - 1);
}
OCTET_INLINE F load_first(const float* p, int32_t n, F rest) {
  return (F)_mm512_mask_loadu_ps((__m512)rest, first_lanes(n), p);
}
OCTET_INLINE void store_first(F v, int32_t n, float* p) {
  _mm512_mask_storeu_ps(p, first_lanes(n), (__m512)v);
}
OCTET_INLINE void store_first(C v, int32_t n, int16_t* p) {
  _mm256_mask_storeu_epi16(p, first_lanes(n), (__m256i)v);
}
OCTET_INLINE void store_first(B v, int32_t n, uint8_t* p) {
  _mm_mask_storeu_epi8(p, first_lanes(n), (__m128i)v);
}

OCTET_INLINE int32_t load_i32(const void* p) {
  int32_t v;
  __builtin_memcpy(&v, p, sizeof(v));
  return v;
}

OCTET_INLINE H least16(H a, H b) { return (H)_mm512_min_epi16((__m512i)a, (__m512i)b); }
OCTET_INLINE H greatest16(H a, H b) { return (H)_mm512_max_epi16((__m512i)a, (__m512i)b); }
OCTET_INLINE H pack16(I a, I b) { return (H)_mm512_packs_epi32((__m512i)a, (__m512i)b); }
OCTET_INLINE I widen_low(H v) {
  return (I)_mm512_unpacklo_epi16((__m512i)v, _mm512_srai_epi16((__m512i)v, 15));
}
OCTET_INLINE I widen_high(H v) {
  return (I)_mm512_unpackhi_epi16((__m512i)v, _mm512_srai_epi16((__m512i)v, 15));
}
OCTET_INLINE I product_low(H a, H b) {
  return (I)_mm512_unpacklo_epi16(_mm512_mullo_epi16((__m512i)a, (__m512i)b),
                                  _mm512_mulhi_epi16((__m512i)a, (__m512i)b));
}
OCTET_INLINE I product_high(H a, H b) {
  return (I)_mm512_unpackhi_epi16(_mm512_mullo_epi16((__m512i)a, (__m512i)b),
                                  _mm512_mulhi_epi16((__m512i)a, (__m512i)b));
}
OCTET_INLINE void store_bytes(H v, int32_t n, uint8_t* h, int8_t* y) {
  const __m256i bytes = _mm512_cvtsepi16_epi8((__m512i)v);
  const __mmask32 first = n >= 32 ? ~__mmask32{0} : (__mmask32{1} << n) - 1;
  _mm256_mask_storeu_epi8(y, first, bytes);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(h),
                      _mm256_xor_si256(bytes, _mm256_set1_epi8(-128)));
}

#define OCTET_RECURRENT_SCALE
// In 64 bits both roundings are one: floor(floor(t / 2^31 + 1/2) / 2^r + 1/2 - less) is
// floor((t + 2^30 + 2^(30 + r) - less * 2^31) / 2^(31 + r)). The first quotient is negative where
// the number is, but for -1 * 2^30 / 2^31, which becomes 0 either way.
struct Scale {
  __m512i multiplier, half, negative;
  __m128i even, odd;
  explicit OCTET_INLINE Scale(Factor factor)
      : multiplier(_mm512_set1_epi64(factor.multiplier)),
        half(_mm512_set1_epi64((int64_t{1} << 30) + (int64_t{1} << (30 - factor.shift)))),
        negative(_mm512_set1_epi64(int64_t{1} << 31)),
        even(_mm_cvtsi32_si128(31 - factor.shift)),
        odd(_mm_cvtsi32_si128(-1 - factor.shift)) {}
};
OCTET_INLINE __m512i wide_product(__m512i v, const Scale& scale) {
  return _mm512_sub_epi64(_mm512_add_epi64(_mm512_mul_epi32(v, scale.multiplier), scale.half),
                          _mm512_and_si512(v, scale.negative));
}
OCTET_INLINE I scaled(I v, const Scale& scale) {
  const __m512i a = (__m512i)v;
  const __m512i even = _mm512_sra_epi64(wide_product(a, scale), scale.even);
  const __m512i odd = wide_product(_mm512_srli_epi64(a, 32), scale);
  return (I)_mm512_mask_blend_epi32(0xaaaa, even, _mm512_sra_epi64(odd, scale.odd));
}

constexpr int kRowsF32 = 4;

#if defined(__AVX512VNNI__)
constexpr int kRowsI8 = 4;
constexpr int kUnitsI8 = 4;
struct Unit {
  I sums;
};
OCTET_INLINE void clear(Unit* unit) { unit->sums = splat(int32_t{0}); }
OCTET_INLINE void add(Unit* unit, const uint8_t* x, const int8_t* w) {
  unit->sums = (I)_mm512_dpbusd_epi32((__m512i)unit->sums, _mm512_set1_epi32(load_i32(x)),
                                      _mm512_loadu_si512(w));
}
OCTET_INLINE void finish(const Unit& unit, const int32_t* start, int32_t* y) {
  _mm512_storeu_si512(y, _mm512_add_epi32((__m512i)unit.sums, _mm512_loadu_si512(start)));
}
#else
constexpr int kRowsI8 = 2;
constexpr int kUnitsI8 = 4;
// Two sums a column: columns 0 to 7 and 8 to 15.
struct Unit {
  I low, high;
};
OCTET_INLINE void clear(Unit* unit) { unit->low = unit->high = splat(int32_t{0}); }
OCTET_INLINE void add(Unit* unit, const uint8_t* x, const int8_t* w) {
  const __m512i a = _mm512_broadcastq_epi64(_mm_cvtepu8_epi16(_mm_cvtsi32_si128(load_i32(x))));
  const auto* columns = reinterpret_cast<const __m256i*>(w);
  unit->low += (I)_mm512_madd_epi16(a, _mm512_cvtepi8_epi16(_mm256_loadu_si256(columns)));
  unit->high += (I)_mm512_madd_epi16(a, _mm512_cvtepi8_epi16(_mm256_loadu_si256(columns + 1)));
}
OCTET_INLINE void finish(const Unit& unit, const int32_t* start, int32_t* y) {
  const __m512i evens =
      _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  const __m512i odds = _mm512_add_epi32(evens, _mm512_set1_epi32(1));
  const __m512i low = (__m512i)unit.low, high = (__m512i)unit.high;
  const __m512i sums = _mm512_add_epi32(_mm512_permutex2var_epi32(low, evens, high),
                                        _mm512_permutex2var_epi32(low, odds, high));
  _mm512_storeu_si512(y, _mm512_add_epi32(sums, _mm512_loadu_si512(start)));
}
#endif

#include "kernels/recurrent/generic.h"

}  // namespace
}  // namespace octet
