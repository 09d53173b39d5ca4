// SPDX-License-Identifier: Apache-2.0
//
// Vector halves of requantize.h. Everything is in an anonymous namespace: the including files are
// compiled for different instruction sets and must share no symbol.
// Sums are vector_size types, never __m512i: with two types for one accumulator gcc 12 spills.
#ifndef OCTET_BASE_SIMD_X86_H_
#define OCTET_BASE_SIMD_X86_H_

#include <immintrin.h>

#include "base/inline.h"
#include "base/requantize.h"

namespace octet {
namespace {

typedef int32_t v4si __attribute__((vector_size(16)));
typedef int32_t v8si __attribute__((vector_size(32)));
typedef int32_t v16si __attribute__((vector_size(64)));

#if defined(__AVX2__)
struct Xmm {
  using Int = v4si;
  using Float = __m128;
  static constexpr int kLanes = 4;
  static OCTET_INLINE Int load(const void* p) { return (Int)_mm_load_si128((const __m128i*)p); }
  static OCTET_INLINE void store(void* p, Int v) { _mm_store_si128((__m128i*)p, (__m128i)v); }
  static OCTET_INLINE Int splat(int32_t value) { return (Int)_mm_set1_epi32(value); }
  static OCTET_INLINE Float splat_f32(float value) { return _mm_set1_ps(value); }

  using Bytes = __m128i;

  static OCTET_INLINE Int scale(Int acc, const float* scale) {
    const Float product = _mm_mul_ps(_mm_cvtepi32_ps((Bytes)acc), _mm_load_ps(scale));
    return (Int)_mm_cvtps_epi32(product);
  }
  // round(acc * scale + offset), the product not rounded
  static OCTET_INLINE Int scale_fine(Int acc, const float* scale, const float* offset) {
    return (Int)_mm_cvtps_epi32(
        _mm_fmadd_ps(_mm_cvtepi32_ps((Bytes)acc), _mm_load_ps(scale), _mm_load_ps(offset)));
  }
#if defined(__AVX512VL__) && defined(__AVX512BW__) && defined(__AVX512DQ__)
  static OCTET_INLINE Int subtract_if_negative(Int v, Int sign, const int32_t* step) {
    return (Int)_mm_mask_sub_epi32((Bytes)v, _mm_movepi32_mask((Bytes)sign), (Bytes)v,
                                   (Bytes)load(step));
  }
  static OCTET_INLINE Int low_half(Int v) { return (Int)_mm_maskz_mov_epi16(0x55, (Bytes)v); }
  static OCTET_INLINE Int greatest_low_half(Int most, Int v) {
    return (Int)_mm_mask_max_epu16((Bytes)most, 0x55, (Bytes)most, (Bytes)v);
  }
  static OCTET_INLINE bool any_from(Int v, int32_t limit) {
    return _mm_cmpge_epi32_mask((Bytes)v, (Bytes)splat(limit)) != 0;
  }
#else
  static OCTET_INLINE Int subtract_if_negative(Int v, Int sign, const int32_t* step) {
    return v - (Int)_mm_and_si128(_mm_srai_epi32((Bytes)sign, 31), (Bytes)load(step));
  }
  static OCTET_INLINE Int low_half(Int v) {
    return (Int)_mm_blend_epi16((Bytes)v, _mm_setzero_si128(), 0xaa);
  }
  static OCTET_INLINE Int greatest_low_half(Int most, Int v) {
    return (Int)_mm_max_epu16((Bytes)most, (Bytes)low_half(v));
  }
  static OCTET_INLINE bool any_from(Int v, int32_t limit) {
    const Bytes from = _mm_cmpgt_epi32((Bytes)v, (Bytes)splat(limit - 1));
    return _mm_movemask_ps(_mm_castsi128_ps(from)) != 0;
  }
#endif
  static OCTET_INLINE Int shift_left(Int v, const int32_t* by) {
    return (Int)_mm_sllv_epi32((__m128i)v, (__m128i)load(by));
  }
  static OCTET_INLINE Int shift_right(Int v, const int32_t* by) {
    return (Int)_mm_srav_epi32((__m128i)v, (__m128i)load(by));
  }
  static OCTET_INLINE Int shift_right_logical(Int v, const int32_t* by) {
    return (Int)_mm_srlv_epi32((__m128i)v, (__m128i)load(by));
  }
  // (v * multiplier + round64) >> 32 of lanes first, first + 1, ... of a block
  static OCTET_INLINE Int multiply_high(Int v, const FixedBlock& b, int first) {
    const __m128i odd = _mm_srli_epi64((__m128i)v, 32);
    __m128i even = _mm_mul_epi32((__m128i)v, (__m128i)load(b.multiplier + first));
    __m128i high = _mm_mul_epi32(odd, (__m128i)load(b.multiplier_odd + first));
    even = _mm_add_epi64(even, (__m128i)load(b.round_even + first / 2));
    high = _mm_add_epi64(high, (__m128i)load(b.round_odd + first / 2));
    return (Int)_mm_blend_epi32(_mm_srli_epi64(even, 32), high, 0xa);
  }

  static OCTET_INLINE Bytes load_bytes(const uint8_t* p) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  }
  static OCTET_INLINE Bytes low8(Bytes a, Bytes b) { return _mm_unpacklo_epi8(a, b); }
  static OCTET_INLINE Bytes high8(Bytes a, Bytes b) { return _mm_unpackhi_epi8(a, b); }
  static OCTET_INLINE Bytes low16(Bytes a, Bytes b) { return _mm_unpacklo_epi16(a, b); }
  static OCTET_INLINE Bytes high16(Bytes a, Bytes b) { return _mm_unpackhi_epi16(a, b); }
  static OCTET_INLINE Bytes zero() { return _mm_setzero_si128(); }
  // acc + the sums of two products of int16
  static OCTET_INLINE Int add_pairs(Int acc, Bytes x, const void* w) {
    return acc + (Int)_mm_madd_epi16(x, (Bytes)load(w));
  }
#if defined(__AVX512VNNI__)
  // acc + the sums of four products of u8 and s8
  static OCTET_INLINE Int add_quads(Int acc, Int x, Int w) {
    return (Int)_mm_dpbusd_epi32((Bytes)acc, (Bytes)x, (Bytes)w);
  }
#endif
  // The first `count` bytes; 0 < count <= 16.
  static OCTET_INLINE void store_bytes(uint8_t* y, Bytes bytes, int count) {
    if (count == 16) return _mm_storeu_si128(reinterpret_cast<__m128i*>(y), bytes);
#if defined(__AVX512VL__)
    _mm_mask_storeu_epi8(y, static_cast<__mmask16>(0xffff >> (16 - count)), bytes);
#else
    alignas(16) uint8_t all[16];
    _mm_store_si128(reinterpret_cast<__m128i*>(all), bytes);
    __builtin_memcpy(y, all, count);
#endif
  }
  static OCTET_INLINE Bytes splat_bytes(int32_t value) {
    return _mm_set1_epi8(static_cast<char>(value));
  }
  static OCTET_INLINE Bytes splat_words(int32_t value) {
    return _mm_set1_epi16(static_cast<int16_t>(value));
  }
  static OCTET_INLINE Bytes pack32(Int a, Int b) { return _mm_packs_epi32((Bytes)a, (Bytes)b); }
  // the upper halves, in the same order
  static OCTET_INLINE Bytes pack_upper(Int a, Int b) {
    return _mm_packs_epi32(_mm_srai_epi32((Bytes)a, 16), _mm_srai_epi32((Bytes)b, 16));
  }
  static OCTET_INLINE Bytes pack16(Bytes a, Bytes b) { return _mm_packus_epi16(a, b); }
  static OCTET_INLINE Bytes add16(Bytes a, Bytes b) { return _mm_adds_epi16(a, b); }
  static OCTET_INLINE Bytes clamp8(Bytes y, Bytes min, Bytes max) {
    return _mm_min_epu8(_mm_max_epu8(y, min), max);
  }
  static OCTET_INLINE Bytes flip8(Bytes y, Bytes flip) { return _mm_xor_si128(y, flip); }
};

struct Ymm {
  using Int = v8si;
  using Float = __m256;
  static constexpr int kLanes = 8;
  static OCTET_INLINE Int load(const void* p) { return (Int)_mm256_load_si256((const __m256i*)p); }
  static OCTET_INLINE void store(void* p, Int v) { _mm256_store_si256((__m256i*)p, (__m256i)v); }
  static OCTET_INLINE Int splat(int32_t value) { return (Int)_mm256_set1_epi32(value); }
  static OCTET_INLINE Float splat_f32(float value) { return _mm256_set1_ps(value); }

  using Bytes = __m256i;

  static OCTET_INLINE Int scale(Int acc, const float* scale) {
    const Float product = _mm256_mul_ps(_mm256_cvtepi32_ps((Bytes)acc), _mm256_load_ps(scale));
    return (Int)_mm256_cvtps_epi32(product);
  }
  // round(acc * scale + offset), the product not rounded
  static OCTET_INLINE Int scale_fine(Int acc, const float* scale, const float* offset) {
    return (Int)_mm256_cvtps_epi32(_mm256_fmadd_ps(_mm256_cvtepi32_ps((Bytes)acc),
                                                   _mm256_load_ps(scale), _mm256_load_ps(offset)));
  }
#if defined(__AVX512VL__) && defined(__AVX512BW__) && defined(__AVX512DQ__)
  static OCTET_INLINE Int subtract_if_negative(Int v, Int sign, const int32_t* step) {
    return (Int)_mm256_mask_sub_epi32((Bytes)v, _mm256_movepi32_mask((Bytes)sign), (Bytes)v,
                                      (Bytes)load(step));
  }
  static OCTET_INLINE Int low_half(Int v) { return (Int)_mm256_maskz_mov_epi16(0x5555, (Bytes)v); }
  static OCTET_INLINE Int greatest_low_half(Int most, Int v) {
    return (Int)_mm256_mask_max_epu16((Bytes)most, 0x5555, (Bytes)most, (Bytes)v);
  }
  static OCTET_INLINE bool any_from(Int v, int32_t limit) {
    return _mm256_cmpge_epi32_mask((Bytes)v, (Bytes)splat(limit)) != 0;
  }
#else
  static OCTET_INLINE Int subtract_if_negative(Int v, Int sign, const int32_t* step) {
    return v - (Int)_mm256_and_si256(_mm256_srai_epi32((Bytes)sign, 31), (Bytes)load(step));
  }
  static OCTET_INLINE Int low_half(Int v) {
    return (Int)_mm256_blend_epi16((Bytes)v, _mm256_setzero_si256(), 0xaa);
  }
  static OCTET_INLINE Int greatest_low_half(Int most, Int v) {
    return (Int)_mm256_max_epu16((Bytes)most, (Bytes)low_half(v));
  }
  static OCTET_INLINE bool any_from(Int v, int32_t limit) {
    const Bytes from = _mm256_cmpgt_epi32((Bytes)v, (Bytes)splat(limit - 1));
    return _mm256_movemask_ps(_mm256_castsi256_ps(from)) != 0;
  }
#endif
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

  static OCTET_INLINE Bytes load_bytes(const uint8_t* p) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  }
  static OCTET_INLINE Bytes low8(Bytes a, Bytes b) { return _mm256_unpacklo_epi8(a, b); }
  static OCTET_INLINE Bytes high8(Bytes a, Bytes b) { return _mm256_unpackhi_epi8(a, b); }
  static OCTET_INLINE Bytes low16(Bytes a, Bytes b) { return _mm256_unpacklo_epi16(a, b); }
  static OCTET_INLINE Bytes high16(Bytes a, Bytes b) { return _mm256_unpackhi_epi16(a, b); }
  static OCTET_INLINE Bytes zero() { return _mm256_setzero_si256(); }
  // acc + the sums of two products of int16
  static OCTET_INLINE Int add_pairs(Int acc, Bytes x, const void* w) {
    return acc + (Int)_mm256_madd_epi16(x, (Bytes)load(w));
  }
#if defined(__AVX512VNNI__)
  // acc + the sums of four products of u8 and s8
  static OCTET_INLINE Int add_quads(Int acc, Int x, Int w) {
    return (Int)_mm256_dpbusd_epi32((Bytes)acc, (Bytes)x, (Bytes)w);
  }
#endif
  // The first `count` bytes; 0 < count <= 32.
  static OCTET_INLINE void store_bytes(uint8_t* y, Bytes bytes, int count) {
    if (count == 32) return _mm256_storeu_si256(reinterpret_cast<__m256i*>(y), bytes);
#if defined(__AVX512VL__)
    _mm256_mask_storeu_epi8(y, ~__mmask32{0} >> (32 - count), bytes);
#else
    alignas(32) uint8_t all[32];
    _mm256_store_si256(reinterpret_cast<__m256i*>(all), bytes);
    __builtin_memcpy(y, all, count);
#endif
  }
  static OCTET_INLINE Bytes splat_bytes(int32_t value) {
    return _mm256_set1_epi8(static_cast<char>(value));
  }
  static OCTET_INLINE Bytes splat_words(int32_t value) {
    return _mm256_set1_epi16(static_cast<int16_t>(value));
  }
  static OCTET_INLINE Bytes pack32(Int a, Int b) { return _mm256_packs_epi32((Bytes)a, (Bytes)b); }
  // the upper halves, in the same order
  static OCTET_INLINE Bytes pack_upper(Int a, Int b) {
    return _mm256_packs_epi32(_mm256_srai_epi32((Bytes)a, 16), _mm256_srai_epi32((Bytes)b, 16));
  }
  static OCTET_INLINE Bytes pack16(Bytes a, Bytes b) { return _mm256_packus_epi16(a, b); }
  static OCTET_INLINE Bytes add16(Bytes a, Bytes b) { return _mm256_adds_epi16(a, b); }
  static OCTET_INLINE Bytes clamp8(Bytes y, Bytes min, Bytes max) {
    return _mm256_min_epu8(_mm256_max_epu8(y, min), max);
  }
  static OCTET_INLINE Bytes flip8(Bytes y, Bytes flip) { return _mm256_xor_si256(y, flip); }
  static OCTET_INLINE Bytes and8(Bytes a, Bytes b) { return _mm256_and_si256(a, b); }
  static OCTET_INLINE Bytes sub8(Bytes a, Bytes b) { return _mm256_sub_epi8(a, b); }
  // The upper halves of bytes in the lower ones; what is above them does not matter.
  static OCTET_INLINE Bytes halve_bytes(Bytes a) { return _mm256_srli_epi16(a, 4); }
  // sums + v * scale
  static OCTET_INLINE Float add_scaled(Float sums, Int v, const float* scale) {
    return _mm256_fmadd_ps(_mm256_cvtepi32_ps((Bytes)v), _mm256_load_ps(scale), sums);
  }
};

#endif

#if defined(__AVX512F__)
struct Zmm {
  using Int = v16si;
  using Float = __m512;
  static constexpr int kLanes = 16;
  static OCTET_INLINE Int load(const void* p) { return (Int)_mm512_load_si512(p); }
  static OCTET_INLINE void store(void* p, Int v) { _mm512_store_si512(p, (__m512i)v); }
  static OCTET_INLINE Int splat(int32_t value) { return (Int)_mm512_set1_epi32(value); }
  static OCTET_INLINE Float splat_f32(float value) { return _mm512_set1_ps(value); }

  using Bytes = __m512i;

  static OCTET_INLINE Int scale(Int acc, const float* scale) {
    const Float product = _mm512_mul_ps(_mm512_cvtepi32_ps((Bytes)acc), _mm512_load_ps(scale));
    return (Int)_mm512_cvtps_epi32(product);
  }
  // round(acc * scale + offset), the product not rounded
  static OCTET_INLINE Int scale_fine(Int acc, const float* scale, const float* offset) {
    return (Int)_mm512_cvtps_epi32(_mm512_fmadd_ps(_mm512_cvtepi32_ps((Bytes)acc),
                                                   _mm512_load_ps(scale), _mm512_load_ps(offset)));
  }
  static OCTET_INLINE Int subtract_if_negative(Int v, Int sign, const int32_t* step) {
    return (Int)_mm512_mask_sub_epi32((Bytes)v, _mm512_movepi32_mask((Bytes)sign), (Bytes)v,
                                      (Bytes)load(step));
  }
  static OCTET_INLINE Int low_half(Int v) {
    return (Int)_mm512_maskz_mov_epi16(0x55555555, (Bytes)v);
  }
  static OCTET_INLINE Int greatest_low_half(Int most, Int v) {
    return (Int)_mm512_mask_max_epu16((Bytes)most, 0x55555555, (Bytes)most, (Bytes)v);
  }
  static OCTET_INLINE bool any_from(Int v, int32_t limit) {
    return _mm512_cmpge_epi32_mask((Bytes)v, _mm512_set1_epi32(limit)) != 0;
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

  static OCTET_INLINE Bytes load_bytes(const uint8_t* p) { return _mm512_loadu_si512(p); }
  static OCTET_INLINE Bytes low8(Bytes a, Bytes b) { return _mm512_unpacklo_epi8(a, b); }
  static OCTET_INLINE Bytes high8(Bytes a, Bytes b) { return _mm512_unpackhi_epi8(a, b); }
  static OCTET_INLINE Bytes low16(Bytes a, Bytes b) { return _mm512_unpacklo_epi16(a, b); }
  static OCTET_INLINE Bytes high16(Bytes a, Bytes b) { return _mm512_unpackhi_epi16(a, b); }
  static OCTET_INLINE Bytes zero() { return _mm512_setzero_si512(); }
  // acc + the sums of two products of int16
  static OCTET_INLINE Int add_pairs(Int acc, Bytes x, const void* w) {
    return acc + (Int)_mm512_madd_epi16(x, (Bytes)load(w));
  }
#if defined(__AVX512VNNI__)
  // acc + the sums of four products of u8 and s8
  static OCTET_INLINE Int add_quads(Int acc, Int x, Int w) {
    return (Int)_mm512_dpbusd_epi32((Bytes)acc, (Bytes)x, (Bytes)w);
  }
#endif
  // The first `count` bytes; 0 < count <= 64.
  static OCTET_INLINE void store_bytes(uint8_t* y, Bytes bytes, int count) {
    _mm512_mask_storeu_epi8(y, ~__mmask64{0} >> (64 - count), bytes);
  }
  static OCTET_INLINE Bytes splat_bytes(int32_t value) {
    return _mm512_set1_epi8(static_cast<char>(value));
  }
  static OCTET_INLINE Bytes splat_words(int32_t value) {
    return _mm512_set1_epi16(static_cast<int16_t>(value));
  }
  static OCTET_INLINE Bytes pack32(Int a, Int b) { return _mm512_packs_epi32((Bytes)a, (Bytes)b); }
  // the upper halves, in the same order
  static OCTET_INLINE Bytes pack_upper(Int a, Int b) {
    const Bytes order =
        _mm512_set_epi16(63, 61, 59, 57, 31, 29, 27, 25, 55, 53, 51, 49, 23, 21, 19, 17, 47, 45, 43,
                         41, 15, 13, 11, 9, 39, 37, 35, 33, 7, 5, 3, 1);
    return _mm512_permutex2var_epi16((Bytes)a, order, (Bytes)b);
  }
  static OCTET_INLINE Bytes pack16(Bytes a, Bytes b) { return _mm512_packus_epi16(a, b); }
  static OCTET_INLINE Bytes add16(Bytes a, Bytes b) { return _mm512_adds_epi16(a, b); }
  static OCTET_INLINE Bytes clamp8(Bytes y, Bytes min, Bytes max) {
    return _mm512_min_epu8(_mm512_max_epu8(y, min), max);
  }
  static OCTET_INLINE Bytes flip8(Bytes y, Bytes flip) { return _mm512_xor_si512(y, flip); }
  static OCTET_INLINE Bytes and8(Bytes a, Bytes b) { return _mm512_and_si512(a, b); }
  static OCTET_INLINE Bytes sub8(Bytes a, Bytes b) { return _mm512_sub_epi8(a, b); }
  // The upper halves of bytes in the lower ones; what is above them does not matter.
  static OCTET_INLINE Bytes halve_bytes(Bytes a) { return _mm512_srli_epi16(a, 4); }
  // sums + v * scale
  static OCTET_INLINE Float add_scaled(Float sums, Int v, const float* scale) {
    return _mm512_fmadd_ps(_mm512_cvtepi32_ps((Bytes)v), _mm512_load_ps(scale), sums);
  }
};

#endif

// Requantized but for the zero point: lanes `first`, `first + 1`, ... of a block.
template <class V, Rounding R>
OCTET_INLINE typename V::Int requantize_lanes(typename V::Int acc,
                                              const typename BlockOf<R>::Type& block, int first) {
  if constexpr (R == Rounding::kFloat) {
    return V::scale(acc, block.scale + first);
  } else {
    const typename V::Int v = V::shift_left(acc, block.left + first);
    typename V::Int h = V::multiply_high(v, block, first);
    if constexpr (R == Rounding::kHalfAway) {
      h = h + V::load(block.round + first) - V::shift_right_logical(h, block.sign + first);
    }
    return V::shift_right(h, block.right + first);
  }
}

// Fixed point by floats (requantize.h): the result in the upper half of each lane, and in `doubt`
// the greatest lower half so far, of none before kFirst.
template <class V, Rounding R, bool kFirst = false>
OCTET_INLINE typename V::Int requantize_fine(typename V::Int acc, const FixedBlock& block,
                                             int first, bool plain, typename V::Int& doubt) {
  auto q = V::scale_fine(acc, block.fine_scale + first, block.fine_offset + first);
  if (R == Rounding::kHalfAway && !plain) {
    q = V::subtract_if_negative(q, acc, block.fine_step + first);
  }
  doubt = kFirst ? V::low_half(q) : V::greatest_low_half(doubt, q);
  return q;
}

// True of the range of a RELU whose zero point is 0: packing to bytes is all it takes, and negative
// sums need no care.
OCTET_INLINE bool is_plain(const OutputRange& range) {
  return range.zero == 0 && range.min == 0 && range.max == 255 && range.flip == 0;
}

// An OutputRange in registers.
template <class V>
struct Narrow {
  using Int = typename V::Int;
  using Bytes = typename V::Bytes;
  Bytes zero, min, max, flip;

  explicit OCTET_INLINE Narrow(const OutputRange& range)
      : zero(V::splat_words(range.zero)),
        min(V::splat_bytes(range.min)),
        max(V::splat_bytes(range.max)),
        flip(V::splat_bytes(range.flip)) {}

  OCTET_INLINE Bytes words(Bytes ab, Bytes cd, bool plain) const {
    if (plain) return V::pack16(ab, cd);
    const Bytes bytes = V::pack16(V::add16(ab, zero), V::add16(cd, zero));
    return V::flip8(V::clamp8(bytes, min, max), flip);
  }
  // Four vectors of requantized integers to bytes: result lane l (16 bytes) holds a[4l..], b[4l..],
  // c[4l..], d[4l..].
  OCTET_INLINE Bytes operator()(Int a, Int b, Int c, Int d, bool plain = false) const {
    return words(V::pack32(a, b), V::pack32(c, d), plain);
  }
  // The same of what requantize_fine() gives.
  OCTET_INLINE Bytes upper(Int a, Int b, Int c, Int d, bool plain = false) const {
    return words(V::pack_upper(a, b), V::pack_upper(c, d), plain);
  }
};

// Four vectors of sums to bytes; vector q has lanes first_of(q), ... of block_of(q). N is
// Narrow<V>, or does the same.
template <class V, Rounding R, class BlockAt, class FirstAt, class N>
OCTET_INLINE typename V::Bytes finish_sums(const typename V::Int (&acc)[4], const BlockAt& block_of,
                                           const FirstAt& first_of, const N& narrow, bool plain) {
  typename V::Int out[4];
  if constexpr (R != Rounding::kFloat) {
    typename V::Int doubt;
    out[0] = requantize_fine<V, R, true>(acc[0], block_of(0), first_of(0), plain, doubt);
#pragma GCC unroll 4
    for (int q = 1; q < 4; ++q) {
      out[q] = requantize_fine<V, R>(acc[q], block_of(q), first_of(q), plain, doubt);
    }
    if (__builtin_expect(!V::any_from(doubt, kDoubt), 1)) {
      return narrow.upper(out[0], out[1], out[2], out[3], plain);
    }
  }
#pragma GCC unroll 4
  for (int q = 0; q < 4; ++q) {
    out[q] = requantize_lanes<V, R>(acc[q], block_of(q), first_of(q));
  }
  return narrow(out[0], out[1], out[2], out[3], plain);
}

}  // namespace
}  // namespace octet

#endif  // OCTET_BASE_SIMD_X86_H_
