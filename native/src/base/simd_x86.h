// SPDX-License-Identifier: Apache-2.0
//
// Vector halves of requantize.h. Everything is in an anonymous namespace: the including files are
// compiled for different instruction sets and must share no symbol.
// Sums are vector_size types, never __m512i: with two types for one accumulator gcc 12 spills.
#ifndef OCTET_BASE_SIMD_X86_H_
#define OCTET_BASE_SIMD_X86_H_

#include <immintrin.h>

#include "base/requantize.h"

#define OCTET_INLINE inline __attribute__((always_inline))

namespace octet {
namespace {

typedef int32_t v4si __attribute__((vector_size(16)));
typedef int32_t v8si __attribute__((vector_size(32)));
typedef int32_t v16si __attribute__((vector_size(64)));

OCTET_INLINE int32_t load_i32(const void* from) {
  int32_t value;
  __builtin_memcpy(&value, from, sizeof(value));
  return value;
}

#if defined(__AVX2__)
struct Ymm {
  using Int = v8si;
  using Float = __m256;
  static constexpr int kLanes = 8;
  static OCTET_INLINE Int load(const void* p) { return (Int)_mm256_load_si256((const __m256i*)p); }
  static OCTET_INLINE Int splat(int32_t value) { return (Int)_mm256_set1_epi32(value); }
  static OCTET_INLINE Float splat_f32(float value) { return _mm256_set1_ps(value); }

  static OCTET_INLINE Int scale(Int acc, const float* scale, Float top) {
    const Float product = _mm256_mul_ps(_mm256_cvtepi32_ps((__m256i)acc), _mm256_load_ps(scale));
    return (Int)_mm256_cvtps_epi32(_mm256_min_ps(product, top));
  }
  static OCTET_INLINE Int shift_left(Int v, const int32_t* by) {
    return (Int)_mm256_sllv_epi32((__m256i)v, (__m256i)load(by));
  }
  static OCTET_INLINE Int shift_right(Int v, const int32_t* by) {
    return (Int)_mm256_srav_epi32((__m256i)v, (__m256i)load(by));
  }
  static OCTET_INLINE Int shift_right_logical(Int v, const int32_t* by) {
    return (Int)_mm256_srlv_epi32((__m256i)v, (__m256i)load(by));
  }
  // (v * multiplier + round64) >> 32 of lanes first, first + 1, ... of a block
  static OCTET_INLINE Int multiply_high(Int v, const FixedBlock& b, int first) {
    const __m256i odd = _mm256_srli_epi64((__m256i)v, 32);
    __m256i even = _mm256_mul_epi32((__m256i)v, (__m256i)load(b.multiplier + first));
    __m256i high = _mm256_mul_epi32(odd, (__m256i)load(b.multiplier_odd + first));
    even = _mm256_add_epi64(even, (__m256i)load(b.round_even + first / 2));
    high = _mm256_add_epi64(high, (__m256i)load(b.round_odd + first / 2));
    return (Int)_mm256_blend_epi32(_mm256_srli_epi64(even, 32), high, 0xaa);
  }
};

// Four vectors of requantized integers to bytes: result lane l (16 bytes) holds a[4l..], b[4l..],
// c[4l..], d[4l..].
OCTET_INLINE __m256i narrow(v8si a, v8si b, v8si c, v8si d, const OutputRange& range) {
  const __m256i zero = _mm256_set1_epi16(static_cast<int16_t>(range.zero));
  const __m256i ab = _mm256_adds_epi16(_mm256_packs_epi32((__m256i)a, (__m256i)b), zero);
  const __m256i cd = _mm256_adds_epi16(_mm256_packs_epi32((__m256i)c, (__m256i)d), zero);
  __m256i y = _mm256_packus_epi16(ab, cd);
  y = _mm256_max_epu8(y, _mm256_set1_epi8(static_cast<char>(range.min)));
  y = _mm256_min_epu8(y, _mm256_set1_epi8(static_cast<char>(range.max)));
  return _mm256_xor_si256(y, _mm256_set1_epi8(static_cast<char>(range.flip)));
}
#endif

#if defined(__AVX512F__)
struct Zmm {
  using Int = v16si;
  using Float = __m512;
  static constexpr int kLanes = 16;
  static OCTET_INLINE Int load(const void* p) { return (Int)_mm512_load_si512(p); }
  static OCTET_INLINE Int splat(int32_t value) { return (Int)_mm512_set1_epi32(value); }
  static OCTET_INLINE Float splat_f32(float value) { return _mm512_set1_ps(value); }

  static OCTET_INLINE Int scale(Int acc, const float* scale, Float top) {
    const Float product = _mm512_mul_ps(_mm512_cvtepi32_ps((__m512i)acc), _mm512_load_ps(scale));
    return (Int)_mm512_cvtps_epi32(_mm512_min_ps(product, top));
  }
  static OCTET_INLINE Int shift_left(Int v, const int32_t* by) {
    return (Int)_mm512_sllv_epi32((__m512i)v, (__m512i)load(by));
  }
  static OCTET_INLINE Int shift_right(Int v, const int32_t* by) {
    return (Int)_mm512_srav_epi32((__m512i)v, (__m512i)load(by));
  }
  static OCTET_INLINE Int shift_right_logical(Int v, const int32_t* by) {
    return (Int)_mm512_srlv_epi32((__m512i)v, (__m512i)load(by));
  }
  static OCTET_INLINE Int multiply_high(Int v, const FixedBlock& b, int) {
    const __m512i odd = _mm512_srli_epi64((__m512i)v, 32);
    __m512i even = _mm512_mul_epi32((__m512i)v, (__m512i)load(b.multiplier));
    __m512i high = _mm512_mul_epi32(odd, (__m512i)load(b.multiplier_odd));
    even = _mm512_add_epi64(even, (__m512i)load(b.round_even));
    high = _mm512_add_epi64(high, (__m512i)load(b.round_odd));
    return (Int)_mm512_castps_si512(
        _mm512_mask_movehdup_ps(_mm512_castsi512_ps(high), 0x5555, _mm512_castsi512_ps(even)));
  }
};

OCTET_INLINE __m512i narrow(v16si a, v16si b, v16si c, v16si d, const OutputRange& range) {
  const __m512i zero = _mm512_set1_epi16(static_cast<int16_t>(range.zero));
  const __m512i ab = _mm512_adds_epi16(_mm512_packs_epi32((__m512i)a, (__m512i)b), zero);
  const __m512i cd = _mm512_adds_epi16(_mm512_packs_epi32((__m512i)c, (__m512i)d), zero);
  __m512i y = _mm512_packus_epi16(ab, cd);
  y = _mm512_max_epu8(y, _mm512_set1_epi8(static_cast<char>(range.min)));
  y = _mm512_min_epu8(y, _mm512_set1_epi8(static_cast<char>(range.max)));
  return _mm512_xor_si512(y, _mm512_set1_epi8(static_cast<char>(range.flip)));
}
#endif

// Requantized but for the zero point: lanes `first`, `first + 1`, ... of a block.
template <class V, Rounding R>
OCTET_INLINE typename V::Int requantize_lanes(typename V::Int acc,
                                              const typename BlockOf<R>::Type& block, int first,
                                              typename V::Float top) {
  if constexpr (R == Rounding::kFloat) {
    return V::scale(acc, block.scale + first, top);
  } else {
    const typename V::Int v = V::shift_left(acc, block.left + first);
    typename V::Int h = V::multiply_high(v, block, first);
    if constexpr (R == Rounding::kHalfAway) {
      h = h + V::load(block.round + first) - V::shift_right_logical(h, block.sign + first);
    }
    return V::shift_right(h, block.right + first);
  }
}

// What requantize_lanes() wants as `top`: a float beyond int32 would convert to INT32_MIN.
template <class V>
OCTET_INLINE typename V::Float top_of(const OutputRange& range) {
  return V::splat_f32(static_cast<float>(range.max - range.zero));
}

}  // namespace
}  // namespace octet

#endif  // OCTET_BASE_SIMD_X86_H_
