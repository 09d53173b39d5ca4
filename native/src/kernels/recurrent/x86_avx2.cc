// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/recurrent/recurrent.h"

#define OCTET_INLINE inline __attribute__((always_inline))

namespace octet {
namespace {

constexpr int kLanes = 8;
typedef float F __attribute__((vector_size(32)));
typedef int32_t I __attribute__((vector_size(32)));
typedef int16_t H __attribute__((vector_size(32)));
typedef uint8_t B __attribute__((vector_size(8)));
typedef int16_t C __attribute__((vector_size(16)));

OCTET_INLINE F splat(float x) { return (F)_mm256_set1_ps(x); }
OCTET_INLINE I splat(int32_t x) { return (I)_mm256_set1_epi32(x); }
OCTET_INLINE H splat16(int32_t x) { return (H)_mm256_set1_epi16(static_cast<int16_t>(x)); }
OCTET_INLINE F multiply_add(F a, F b, F c) {
  return (F)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
}
OCTET_INLINE F least(F a, F b) { return (F)_mm256_min_ps((__m256)a, (__m256)b); }
OCTET_INLINE F greatest(F a, F b) { return (F)_mm256_max_ps((__m256)a, (__m256)b); }
OCTET_INLINE I least(I a, I b) { return (I)_mm256_min_epi32((__m256i)a, (__m256i)b); }
OCTET_INLINE I greatest(I a, I b) { return (I)_mm256_max_epi32((__m256i)a, (__m256i)b); }
OCTET_INLINE F load_first(const float* p, int32_t n, F rest) {
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  const __m256i first = _mm256_cmpgt_epi32(_mm256_set1_epi32(n), lanes);
  return (F)_mm256_blendv_ps((__m256)rest, _mm256_loadu_ps(p), _mm256_castsi256_ps(first));
}
OCTET_INLINE float least_lane(F v) {
  __m128 m = _mm_min_ps(_mm256_castps256_ps128((__m256)v), _mm256_extractf128_ps((__m256)v, 1));
  m = _mm_min_ps(m, _mm_movehl_ps(m, m));
  return _mm_cvtss_f32(_mm_min_ss(m, _mm_movehdup_ps(m)));
}
OCTET_INLINE float greatest_lane(F v) {
  __m128 m = _mm_max_ps(_mm256_castps256_ps128((__m256)v), _mm256_extractf128_ps((__m256)v, 1));
  m = _mm_max_ps(m, _mm_movehl_ps(m, m));
  return _mm_cvtss_f32(_mm_max_ss(m, _mm_movehdup_ps(m)));
}
OCTET_INLINE I truncate(F a) { return (I)_mm256_cvttps_epi32((__m256)a); }
OCTET_INLINE I high_product(I v, int32_t multiplier) {
  const __m256i a = (__m256i)v, m = _mm256_set1_epi32(multiplier);
  const __m256i half = _mm256_set1_epi64x(int64_t{1} << 30);
  const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(a, m), half);
  const __m256i odd = _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(a, 32), m), half);
  return (I)_mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xaa);
}
OCTET_INLINE H high16(H a, H b) { return (H)_mm256_mulhrs_epi16((__m256i)a, (__m256i)b); }
OCTET_INLINE H adds16(H a, H b) { return (H)_mm256_adds_epi16((__m256i)a, (__m256i)b); }

using Mask = H;
OCTET_INLINE Mask less16(H a, H b) { return a < b; }
OCTET_INLINE Mask equal16(H a, H b) { return a == b; }
OCTET_INLINE Mask lacks16(H a, H bit) { return (a & bit) == 0; }
OCTET_INLINE H select16(Mask mask, H yes, H no) {
  return (H)_mm256_blendv_epi8((__m256i)no, (__m256i)yes, (__m256i)mask);
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

OCTET_INLINE H least16(H a, H b) { return (H)_mm256_min_epi16((__m256i)a, (__m256i)b); }
OCTET_INLINE H greatest16(H a, H b) { return (H)_mm256_max_epi16((__m256i)a, (__m256i)b); }
OCTET_INLINE H pack16(I a, I b) { return (H)_mm256_packs_epi32((__m256i)a, (__m256i)b); }
OCTET_INLINE I widen_low(H v) {
  return (I)_mm256_unpacklo_epi16((__m256i)v, _mm256_srai_epi16((__m256i)v, 15));
}
OCTET_INLINE I widen_high(H v) {
  return (I)_mm256_unpackhi_epi16((__m256i)v, _mm256_srai_epi16((__m256i)v, 15));
}
OCTET_INLINE I product_low(H a, H b) {
  return (I)_mm256_unpacklo_epi16(_mm256_mullo_epi16((__m256i)a, (__m256i)b),
                                  _mm256_mulhi_epi16((__m256i)a, (__m256i)b));
}
OCTET_INLINE I product_high(H a, H b) {
  return (I)_mm256_unpackhi_epi16(_mm256_mullo_epi16((__m256i)a, (__m256i)b),
                                  _mm256_mulhi_epi16((__m256i)a, (__m256i)b));
}
OCTET_INLINE void store_bytes(H v, int32_t n, uint8_t* h, int8_t* y) {
  const __m256i twice = _mm256_packs_epi16((__m256i)v, (__m256i)v);
  const __m128i bytes = _mm256_castsi256_si128(_mm256_permute4x64_epi64(twice, 0x08));
  __builtin_memcpy(y, &bytes, n >= 16 ? 16 : n);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(h), _mm_xor_si128(bytes, _mm_set1_epi8(-128)));
}

constexpr int kRowsF32 = 4;
constexpr int kRowsI8 = 1;
constexpr int kUnitsI8 = 2;

// Two sums a column, four columns a vector.
struct Unit {
  I sums[4];
};
OCTET_INLINE void clear(Unit* unit) {
  for (int v = 0; v < 4; ++v) unit->sums[v] = splat(int32_t{0});
}
OCTET_INLINE void add(Unit* unit, const uint8_t* x, const int8_t* w) {
  int32_t four;
  __builtin_memcpy(&four, x, sizeof(four));
  const __m256i a = _mm256_broadcastq_epi64(_mm_cvtepu8_epi16(_mm_cvtsi32_si128(four)));
  const auto* columns = reinterpret_cast<const __m128i*>(w);
#pragma GCC unroll 4
  for (int v = 0; v < 4; ++v) {
    const __m256i b = _mm256_cvtepi8_epi16(_mm_loadu_si128(columns + v));
    unit->sums[v] += (I)_mm256_madd_epi16(a, b);
  }
}
OCTET_INLINE void finish(const Unit& unit, const int32_t* start, int32_t* y) {
#pragma GCC unroll 2
  for (int v = 0; v < 2; ++v) {
    const __m256i pairs =
        _mm256_hadd_epi32((__m256i)unit.sums[2 * v], (__m256i)unit.sums[2 * v + 1]);
    const __m256i sums = _mm256_permute4x64_epi64(pairs, 0xd8);
    const auto* from = reinterpret_cast<const __m256i*>(start + 8 * v);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(y + 8 * v),
                        _mm256_add_epi32(sums, _mm256_loadu_si256(from)));
  }
}

#include "kernels/recurrent/generic.h"

}  // namespace

const RecurrentIsa recurrent__avx2 = {Isa::kAvx2, kLanes, OCTET_RECURRENT_FUNCTIONS};

}  // namespace octet
