// SPDX-License-Identifier: Apache-2.0
//
// int32 lanes of AVX2 for quantized arithmetic. Included inside an unnamed namespace by files
// compiled for that instruction set, after <immintrin.h> and <cstdint>.

using V = __m256i;
constexpr int kLanes = 8;
// Whether high_product is as fast as low_product.
constexpr bool kOneStepHighProduct = false;

inline V splat(int32_t x) { return _mm256_set1_epi32(x); }
inline V load(const uint8_t* p) {
  return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
}
inline V load(const int16_t* p) {
  return _mm256_cvtepi16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}
// The low byte of each lane.
inline void store(V v, uint8_t* p) {
  const __m256i low_byte =
      _mm256_setr_epi8(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,  //
                       0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  const __m256i packed = _mm256_shuffle_epi8(v, low_byte);
  const __m128i joined =
      _mm_unpacklo_epi32(_mm256_castsi256_si128(packed), _mm256_extracti128_si256(packed, 1));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(p), joined);
}
// Lanes that are int16.
inline void store(V v, int16_t* p) {
  const __m128i packed = _mm_packs_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), packed);
}
inline V add(V a, V b) { return _mm256_add_epi32(a, b); }
inline V sub(V a, V b) { return _mm256_sub_epi32(a, b); }
inline V low_product(V a, V b) { return _mm256_mullo_epi32(a, b); }
inline V both(V a, V b) { return _mm256_and_si256(a, b); }
inline V exclusive_or(V a, V b) { return _mm256_xor_si256(a, b); }
inline V least(V a, V b) { return _mm256_min_epi32(a, b); }
inline V greatest(V a, V b) { return _mm256_max_epi32(a, b); }
inline V shift_left(V a, int n) { return _mm256_sll_epi32(a, _mm_cvtsi32_si128(n)); }
inline V shift_right(V a, int n) { return _mm256_sra_epi32(a, _mm_cvtsi32_si128(n)); }
// round(a * multiplier / 2^31), halves up.
inline V high_product(V a, V multiplier) {
  const V half = _mm256_set1_epi64x(int64_t{1} << 30);
  const V even = _mm256_add_epi64(_mm256_mul_epi32(a, multiplier), half);
  const V odd = _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(a, 32), multiplier), half);
  return _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xaa);
}
// float(a) * scale clamped to [low, high] and rounded half to even.
inline V scaled(V a, float scale, float low, float high) {
  const __m256 product = _mm256_mul_ps(_mm256_cvtepi32_ps(a), _mm256_set1_ps(scale));
  return _mm256_cvtps_epi32(
      _mm256_min_ps(_mm256_max_ps(product, _mm256_set1_ps(low)), _mm256_set1_ps(high)));
}

#include "base/lanes.h"
#include "base/lanes_x86.h"
