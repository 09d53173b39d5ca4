// SPDX-License-Identifier: Apache-2.0
//
// int32 lanes of AVX-512 for quantized arithmetic; see lanes_avx2.h.

using V = __m512i;
constexpr int kLanes = 16;
constexpr bool kOneStepHighProduct = false;

inline V splat(int32_t x) { return _mm512_set1_epi32(x); }
inline V load(const uint8_t* p) {
  return _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}
inline V load(const int16_t* p) {
  return _mm512_cvtepi16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
}
inline void store(V v, uint8_t* p) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(v));
}
inline void store(V v, int16_t* p) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtepi32_epi16(v));
}
inline V add(V a, V b) { return _mm512_add_epi32(a, b); }
inline V sub(V a, V b) { return _mm512_sub_epi32(a, b); }
inline V low_product(V a, V b) { return _mm512_mullo_epi32(a, b); }
inline V both(V a, V b) { return _mm512_and_si512(a, b); }
inline V exclusive_or(V a, V b) { return _mm512_xor_si512(a, b); }
inline V least(V a, V b) { return _mm512_min_epi32(a, b); }
inline V greatest(V a, V b) { return _mm512_max_epi32(a, b); }
inline V shift_left(V a, int n) { return _mm512_sll_epi32(a, _mm_cvtsi32_si128(n)); }
inline V shift_right(V a, int n) { return _mm512_sra_epi32(a, _mm_cvtsi32_si128(n)); }
inline V high_product(V a, V multiplier) {
  const V half = _mm512_set1_epi64(int64_t{1} << 30);
  const V even = _mm512_add_epi64(_mm512_mul_epi32(a, multiplier), half);
  const V odd = _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(a, 32), multiplier), half);
  return _mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 31), _mm512_slli_epi64(odd, 1));
}
inline V scaled(V a, float scale, float low, float high) {
  const __m512 product = _mm512_mul_ps(_mm512_cvtepi32_ps(a), _mm512_set1_ps(scale));
  return _mm512_cvtps_epi32(
      _mm512_min_ps(_mm512_max_ps(product, _mm512_set1_ps(low)), _mm512_set1_ps(high)));
}

#include "base/lanes.h"
#include "base/lanes_x86.h"
