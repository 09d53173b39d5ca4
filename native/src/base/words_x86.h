// SPDX-License-Identifier: Apache-2.0
//
// Vectors for sums of products of int16 and int8, over those of simd_x86.h, and the vector half of
// words.h.
#ifndef OCTET_BASE_WORDS_X86_H_
#define OCTET_BASE_WORDS_X86_H_

#include "base/simd_x86.h"
#include "base/words.h"

namespace octet {
namespace {

struct YmmWords : Ymm {
  using Wide = __m256i;
  static OCTET_INLINE Int loadu(const void* p) {
    return (Int)_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  }
  // 2 * kLanes int8 as pairs of int16
  static OCTET_INLINE Int widen(const int8_t* p) {
    return (Int)_mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  // kSpread pairs, repeated
  template <int kSpread>
  static OCTET_INLINE Int repeat(const int16_t* x) {
    if constexpr (kSpread == 1) return splat(load_i32(x));
    if constexpr (kSpread == 2) {
      return (Int)_mm256_broadcastq_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(x)));
    }
    if constexpr (kSpread == 4) {
      return (Int)_mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(x)));
    }
    return loadu(x);
  }
  // sums + the sums of two products of int16
  static OCTET_INLINE Int dot(Int sums, Int x, Int w) {
#if defined(__AVX512VNNI__)
    return (Int)_mm256_dpwssd_epi32((__m256i)sums, (__m256i)x, (__m256i)w);
#else
    return sums + (Int)_mm256_madd_epi16((__m256i)x, (__m256i)w);
#endif
  }
  // a0+a1, a2+a3, ..., then those of b
  static OCTET_INLINE Int pair_sums(Int a, Int b) {
    return (Int)_mm256_permute4x64_epi64(_mm256_hadd_epi32((__m256i)a, (__m256i)b), 0xd8);
  }
  static OCTET_INLINE Wide load_wide(const void* p) {
    return _mm256_load_si256(reinterpret_cast<const __m256i*>(p));
  }
  static OCTET_INLINE Wide product(Int a, Int b) {
    return _mm256_mul_epi32((__m256i)a, (__m256i)b);
  }
  static OCTET_INLINE Wide add_wide(Wide a, Wide b) { return _mm256_add_epi64(a, b); }
  static OCTET_INLINE Wide times_65536(Wide a) { return _mm256_slli_epi64(a, 16); }
  static OCTET_INLINE Int odd_lanes(Int v) { return (Int)_mm256_srli_epi64((__m256i)v, 32); }
  static OCTET_INLINE Int high_halves(Wide even, Wide odd) {
    return (Int)_mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
  }
  static OCTET_INLINE Int shift_right_by(Int v, Int by) {
    return (Int)_mm256_srav_epi32((__m256i)v, (__m256i)by);
  }
  // Clamped words; 0 <= count <= kLanes of them are stored.
  using Words = __m128i;
  static OCTET_INLINE Words splat_limit(int32_t v) {
    return _mm_set1_epi16(static_cast<int16_t>(v));
  }
  static OCTET_INLINE Words words(Int v, Words min, Words max) {
    const __m128i low = _mm256_castsi256_si128((__m256i)v);
    const __m128i all = _mm_packs_epi32(low, _mm256_extracti128_si256((__m256i)v, 1));
    return _mm_min_epi16(_mm_max_epi16(all, min), max);
  }
  static OCTET_INLINE void store_words(int16_t* y, Words v, int count) {
    if (count == kLanes) return _mm_storeu_si128(reinterpret_cast<__m128i*>(y), v);
    alignas(16) int16_t all[kLanes];
    _mm_store_si128(reinterpret_cast<__m128i*>(all), v);
    for (int i = 0; i < count; ++i) y[i] = all[i];
  }
  // a, then b, of what pack32(a, b) mixes
  static OCTET_INLINE Bytes in_order(Bytes v) { return _mm256_permute4x64_epi64(v, 0xd8); }
  static OCTET_INLINE void store_packed(int16_t* first, int16_t* second, Bytes v, int count) {
    const __m256i rows = in_order(v);
    store_words(first, _mm256_castsi256_si128(rows), count);
    store_words(second, _mm256_extracti128_si256(rows, 1), count);
  }
  static OCTET_INLINE Bytes clamp16(Bytes v, Bytes min, Bytes max) {
    return _mm256_min_epi16(_mm256_max_epi16(v, min), max);
  }
  static OCTET_INLINE void store_16(int16_t* y, Bytes v, int count) {
    store_bytes(reinterpret_cast<uint8_t*>(y), v, 2 * count);
  }
};

#if defined(__AVX512F__)
struct ZmmWords : Zmm {
  using Wide = __m512i;
  static OCTET_INLINE Int loadu(const void* p) { return (Int)_mm512_loadu_si512(p); }
  static OCTET_INLINE Int widen(const int8_t* p) {
    return (Int)_mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  template <int kSpread>
  static OCTET_INLINE Int repeat(const int16_t* x) {
    if constexpr (kSpread == 1) return splat(load_i32(x));
    if constexpr (kSpread == 2) {
      return (Int)_mm512_broadcastq_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(x)));
    }
    if constexpr (kSpread == 4) {
      return (Int)_mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(x)));
    }
    if constexpr (kSpread == 8) {
      return (Int)_mm512_broadcast_i64x4(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(x)));
    }
    return loadu(x);
  }
  static OCTET_INLINE Int dot(Int sums, Int x, Int w) {
#if defined(__AVX512VNNI__)
    return (Int)_mm512_dpwssd_epi32((__m512i)sums, (__m512i)x, (__m512i)w);
#else
    return sums + (Int)_mm512_madd_epi16((__m512i)x, (__m512i)w);
#endif
  }
  static OCTET_INLINE Int pair_sums(Int a, Int b) {
    const __m512i even =
        _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    const __m512i odd =
        _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    return (Int)_mm512_add_epi32(_mm512_permutex2var_epi32((__m512i)a, even, (__m512i)b),
                                 _mm512_permutex2var_epi32((__m512i)a, odd, (__m512i)b));
  }
  static OCTET_INLINE Wide load_wide(const void* p) { return _mm512_load_si512(p); }
  static OCTET_INLINE Wide product(Int a, Int b) {
    return _mm512_mul_epi32((__m512i)a, (__m512i)b);
  }
  static OCTET_INLINE Wide add_wide(Wide a, Wide b) { return _mm512_add_epi64(a, b); }
  static OCTET_INLINE Wide times_65536(Wide a) { return _mm512_slli_epi64(a, 16); }
  static OCTET_INLINE Int odd_lanes(Int v) { return (Int)_mm512_srli_epi64((__m512i)v, 32); }
  static OCTET_INLINE Int high_halves(Wide even, Wide odd) {
    return (Int)_mm512_castps_si512(
        _mm512_mask_movehdup_ps(_mm512_castsi512_ps(odd), 0x5555, _mm512_castsi512_ps(even)));
  }
  static OCTET_INLINE Int shift_right_by(Int v, Int by) {
    return (Int)_mm512_srav_epi32((__m512i)v, (__m512i)by);
  }
  using Words = __m256i;
  static OCTET_INLINE Words splat_limit(int32_t v) {
    return _mm256_set1_epi16(static_cast<int16_t>(v));
  }
  static OCTET_INLINE Words words(Int v, Words min, Words max) {
    const __m256i all = _mm512_cvtsepi32_epi16((__m512i)v);
    return _mm256_min_epi16(_mm256_max_epi16(all, min), max);
  }
  static OCTET_INLINE void store_words(int16_t* y, Words v, int count) {
    if (count == kLanes) return _mm256_storeu_si256(reinterpret_cast<__m256i*>(y), v);
    _mm256_mask_storeu_epi16(y, static_cast<__mmask16>((1u << count) - 1), v);
  }
  static OCTET_INLINE Bytes in_order(Bytes v) {
    return _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), v);
  }
  static OCTET_INLINE void store_packed(int16_t* first, int16_t* second, Bytes v, int count) {
    const __m512i rows = in_order(v);
    store_words(first, _mm512_castsi512_si256(rows), count);
    store_words(second, _mm512_extracti64x4_epi64(rows, 1), count);
  }
  static OCTET_INLINE Bytes clamp16(Bytes v, Bytes min, Bytes max) {
    return _mm512_min_epi16(_mm512_max_epi16(v, min), max);
  }
  static OCTET_INLINE void store_16(int16_t* y, Bytes v, int count) {
    if (count == 2 * kLanes) return _mm512_storeu_si512(y, v);
    _mm512_mask_storeu_epi16(y, static_cast<__mmask32>((1u << count) - 1), v);
  }
};
#endif

// The lanes of a block for WordForm F, in registers.
template <class V, WordForm F>
struct Requantize {
  using Int = typename V::Int;
  typename V::Wide round_even, round_odd;
  Int multiplier, multiplier_odd, right;
  const WordBlock& block;

  explicit OCTET_INLINE Requantize(const WordBlock& b)
      : round_even(V::load_wide(b.fixed.round_even)),
        round_odd(V::load_wide(b.fixed.round_odd)),
        multiplier(V::load(b.fixed.multiplier)),
        multiplier_odd(V::load(b.fixed.multiplier_odd)),
        right(V::load(b.fixed.right)),
        block(b) {}

  // Of sums that fit int32 (kHalfUp, kHalfAway: modulo 2^32).
  OCTET_INLINE Int operator()(Int v) const {
    if constexpr (F == WordForm::kWide) {
      return wide(v, V::odd_lanes(v));
    } else if constexpr (F == WordForm::kReal) {
      return (*this)(v >> 16, v & 0xffff);
    } else {
      constexpr Rounding kRounding =
          F == WordForm::kHalfUp ? Rounding::kHalfUp : Rounding::kHalfAway;
      return requantize_lanes<V, kRounding>(v + V::load(block.fixed.bias), block.fixed, 0);
    }
  }

  // Of sums in memory, aligned, with a lane behind them.
  OCTET_INLINE Int at(const int32_t* sums) const {
    if constexpr (F == WordForm::kWide) {
      return wide(V::load(sums), V::loadu(sums + 1));
    } else {
      return (*this)(V::load(sums));
    }
  }

  // Of high * 65536 + low, low >= 0.
  OCTET_INLINE Int operator()(Int high, Int low) const {
    if constexpr (F == WordForm::kWide) {
      auto even = V::times_65536(V::product(high, multiplier));
      auto odd = V::times_65536(V::product(V::odd_lanes(high), multiplier_odd));
      even = V::add_wide(V::add_wide(even, V::product(low, multiplier)), round_even);
      odd = V::add_wide(V::add_wide(odd, V::product(V::odd_lanes(low), multiplier_odd)), round_odd);
      return V::shift_right_by(V::high_halves(even, odd), right);
    } else if constexpr (F == WordForm::kReal) {
      return real(high, low);
    } else {
      return (*this)((high << 16) + low);
    }
  }

  // odd has lanes 1, 3, ... of the sums in its even lanes.
  OCTET_INLINE Int wide(Int even, Int odd) const {
    const auto p = V::add_wide(V::product(even, multiplier), round_even);
    const auto q = V::add_wide(V::product(odd, multiplier_odd), round_odd);
    return V::shift_right_by(V::high_halves(p, q), right);
  }

  // Without the clamp, which the caller's limits are; halves away from zero. The product is clamped
  // to int32 before: both ends are beyond int16.
  OCTET_INLINE Int real(Int high, Int low) const {
    alignas(64) int32_t upper[V::kLanes], lower[V::kLanes], out[V::kLanes];
    V::store(upper, high);
    V::store(lower, low);
    for (int i = 0; i < V::kLanes; ++i) {
      const int64_t acc = int64_t{upper[i]} * 65536 + lower[i];
      const auto sum =
          static_cast<int64_t>(static_cast<uint64_t>(acc) + static_cast<uint64_t>(block.bias[i]));
      double y = static_cast<double>(sum) * block.factor[i];
      y = y < -65536.0 ? -65536.0 : y > 65536.0 ? 65536.0 : y;
      const auto whole = static_cast<int32_t>(y);
      const double rest = y - whole;
      out[i] = whole + (rest >= 0.5 ? 1 : 0) - (rest <= -0.5 ? 1 : 0);
    }
    return V::load(out);
  }
};

}  // namespace
}  // namespace octet

#endif  // OCTET_BASE_WORDS_X86_H_
