// SPDX-License-Identifier: Apache-2.0
//
// What the kernels need of x86 vectors beyond simd_x86.h: four rows interleaved, and the steps of
// the end of a pixel that depend on where channels stand.
#ifndef OCTET_KERNELS_DWCONV_I8_VECTORS_X86_H_
#define OCTET_KERNELS_DWCONV_I8_VECTORS_X86_H_

#include "base/simd_x86.h"
#include "kernels/dwconv_i8/dwconv_i8.h"

namespace octet {
namespace {

// Bytes of four rows to vectors of [channel][row].
template <class V>
OCTET_INLINE void interleave4(typename V::Bytes a, typename V::Bytes b, typename V::Bytes c,
                              typename V::Bytes d, typename V::Int (&out)[4]) {
  const auto ab0 = V::low8(a, b), ab1 = V::high8(a, b);
  const auto cd0 = V::low8(c, d), cd1 = V::high8(c, d);
  out[0] = (typename V::Int)V::low16(ab0, cd0);
  out[1] = (typename V::Int)V::high16(ab0, cd0);
  out[2] = (typename V::Int)V::low16(ab1, cd1);
  out[3] = (typename V::Int)V::high16(ab1, cd1);
}

// A DwconvI8Output in memory.
struct alignas(64) OutputVectors {
  int16_t zero[32];
  uint8_t min[64], max[64], flip[64];
  float low[16], high[16];
  bool plain;
  const RealBlock* real;

  explicit OutputVectors(const DwconvI8Output& out) : plain(is_plain(out.range)), real(out.real) {
    for (int i = 0; i < 32; ++i) zero[i] = static_cast<int16_t>(out.range.zero);
    for (int i = 0; i < 64; ++i) {
      min[i] = static_cast<uint8_t>(out.range.min);
      max[i] = static_cast<uint8_t>(out.range.max);
      flip[i] = out.range.flip;
    }
    for (int i = 0; i < 16; ++i) {
      low[i] = out.low;
      high[i] = out.high;
    }
  }
};

// Narrow of simd_x86.h, reading OutputVectors.
template <class V>
struct NarrowFrom {
  using Int = typename V::Int;
  using Bytes = typename V::Bytes;
  const OutputVectors* out;

  OCTET_INLINE Bytes words(Bytes ab, Bytes cd, bool plain) const {
    if (plain) return V::pack16(ab, cd);
    const Bytes zero = (Bytes)V::load(out->zero);
    const Bytes bytes = V::pack16(V::add16(ab, zero), V::add16(cd, zero));
    return V::flip8(V::clamp8(bytes, (Bytes)V::load(out->min), (Bytes)V::load(out->max)),
                    (Bytes)V::load(out->flip));
  }
  OCTET_INLINE Bytes operator()(Int a, Int b, Int c, Int d, bool plain) const {
    return words(V::pack32(a, b), V::pack32(c, d), plain);
  }
  OCTET_INLINE Bytes upper(Int a, Int b, Int c, Int d, bool plain) const {
    return words(V::pack_upper(a, b), V::pack_upper(c, d), plain);
  }
  OCTET_INLINE Bytes relu(Int a, Int b, Int c, Int d) const {
    return (*this)(a, b, c, d, out->plain);
  }
};

// round(float_bits(v) * scale + offset), the product not rounded
#if defined(__FMA__)
OCTET_INLINE v4si scale_bits(v4si v, const float* scale, const float* offset) {
  const __m128 product =
      _mm_fmadd_ps(_mm_castsi128_ps((__m128i)v), _mm_load_ps(scale), _mm_load_ps(offset));
  return (v4si)_mm_cvtps_epi32(product);
}
OCTET_INLINE v8si scale_bits(v8si v, const float* scale, const float* offset) {
  const __m256 product = _mm256_fmadd_ps(_mm256_castsi256_ps((__m256i)v), _mm256_load_ps(scale),
                                         _mm256_load_ps(offset));
  return (v8si)_mm256_cvtps_epi32(product);
}
#endif
#if defined(__AVX512F__)
OCTET_INLINE v16si scale_bits(v16si v, const float* scale, const float* offset) {
  const __m512 product = _mm512_fmadd_ps(_mm512_castsi512_ps((__m512i)v), _mm512_load_ps(scale),
                                         _mm512_load_ps(offset));
  return (v16si)_mm512_cvtps_epi32(product);
}
#endif

// The floats of v whose bits are set.
#if defined(__AVX512VL__)
OCTET_INLINE void store_some(float* y, __m128 v, uint32_t bits) {
  _mm_mask_storeu_ps(y, static_cast<__mmask8>(bits & 0xf), v);
}
OCTET_INLINE void store_some(float* y, __m256 v, uint32_t bits) {
  _mm256_mask_storeu_ps(y, static_cast<__mmask8>(bits), v);
}
OCTET_INLINE void store_some(float* y, __m512 v, uint32_t bits) {
  _mm512_mask_storeu_ps(y, static_cast<__mmask16>(bits), v);
}
#else
template <class Float>
OCTET_INLINE void store_some(float* y, Float v, uint32_t bits) {
  float all[sizeof(Float) / sizeof(float)];
  __builtin_memcpy(all, &v, sizeof(v));
  for (uint32_t i = 0; i < sizeof(Float) / sizeof(float); ++i) {
    if ((bits >> i & 1) != 0) y[i] = all[i];
  }
}
#endif

// Vectors as bytes interleaved twice left them, in the order of the channels.
#if defined(__AVX2__)
OCTET_INLINE __m128 clamp_floats(__m128 v, const OutputVectors& out) {
  return _mm_min_ps(_mm_load_ps(out.high), _mm_max_ps(_mm_load_ps(out.low), v));
}
OCTET_INLINE __m256 clamp_floats(__m256 v, const OutputVectors& out) {
  return _mm256_min_ps(_mm256_load_ps(out.high), _mm256_max_ps(_mm256_load_ps(out.low), v));
}
OCTET_INLINE void put_in_order(Xmm, __m128 (&)[4]) {}
OCTET_INLINE void put_in_order(Ymm, __m256 (&v)[4]) {
  const __m256 a = v[0], b = v[1], c = v[2], d = v[3];
  v[0] = _mm256_permute2f128_ps(a, b, 0x20);
  v[1] = _mm256_permute2f128_ps(c, d, 0x20);
  v[2] = _mm256_permute2f128_ps(a, b, 0x31);
  v[3] = _mm256_permute2f128_ps(c, d, 0x31);
}
#endif
#if defined(__AVX512F__)
OCTET_INLINE __m512 clamp_floats(__m512 v, const OutputVectors& out) {
  return _mm512_min_ps(_mm512_load_ps(out.high), _mm512_max_ps(_mm512_load_ps(out.low), v));
}
OCTET_INLINE void put_in_order(Zmm, __m512 (&v)[4]) {
  const __m512 ab = _mm512_shuffle_f32x4(v[0], v[1], 0x44);
  const __m512 cd = _mm512_shuffle_f32x4(v[2], v[3], 0x44);
  const __m512 above = _mm512_shuffle_f32x4(v[0], v[1], 0xee);
  const __m512 below = _mm512_shuffle_f32x4(v[2], v[3], 0xee);
  v[0] = _mm512_shuffle_f32x4(ab, cd, 0x88);
  v[1] = _mm512_shuffle_f32x4(ab, cd, 0xdd);
  v[2] = _mm512_shuffle_f32x4(above, below, 0x88);
  v[3] = _mm512_shuffle_f32x4(above, below, 0xdd);
}
#endif

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_I8_VECTORS_X86_H_
