// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "kernels/matmul_i8/matmul_i8.h"

#if defined(OCTET_X86)
#include <emmintrin.h>  // SSE2 is in the baseline
#elif defined(OCTET_ARM64)
#include <arm_neon.h>  // and NEON
#endif

namespace octet {
namespace {

uint32_t word_at(const uint8_t* from) {
  uint32_t word;
  std::memcpy(&word, from, 4);
  return word;
}

#if defined(OCTET_X86) || defined(OCTET_ARM64)
#define OCTET_ZIPS
#if defined(OCTET_X86)
using V = __m128i;
V load(const uint8_t* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }
void store(V v, uint32_t* p) { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), v); }
V splat(uint32_t word) { return _mm_set1_epi32(static_cast<int32_t>(word)); }
V exclusive_or(V a, V b) { return _mm_xor_si128(a, b); }
V low8(V a, V b) { return _mm_unpacklo_epi8(a, b); }
V high8(V a, V b) { return _mm_unpackhi_epi8(a, b); }
V low16(V a, V b) { return _mm_unpacklo_epi16(a, b); }
V high16(V a, V b) { return _mm_unpackhi_epi16(a, b); }
V low32(V a, V b) { return _mm_unpacklo_epi32(a, b); }
V high32(V a, V b) { return _mm_unpackhi_epi32(a, b); }
V low64(V a, V b) { return _mm_unpacklo_epi64(a, b); }
V high64(V a, V b) { return _mm_unpackhi_epi64(a, b); }
#else
using V = uint8x16_t;
V load(const uint8_t* p) { return vld1q_u8(p); }
void store(V v, uint32_t* p) { vst1q_u8(reinterpret_cast<uint8_t*>(p), v); }
V splat(uint32_t word) { return (V)vdupq_n_u32(word); }
V exclusive_or(V a, V b) { return veorq_u8(a, b); }
V low8(V a, V b) { return vzip1q_u8(a, b); }
V high8(V a, V b) { return vzip2q_u8(a, b); }
V low16(V a, V b) { return (V)vzip1q_u16((uint16x8_t)a, (uint16x8_t)b); }
V high16(V a, V b) { return (V)vzip2q_u16((uint16x8_t)a, (uint16x8_t)b); }
V low32(V a, V b) { return (V)vzip1q_u32((uint32x4_t)a, (uint32x4_t)b); }
V high32(V a, V b) { return (V)vzip2q_u32((uint32x4_t)a, (uint32x4_t)b); }
V low64(V a, V b) { return (V)vzip1q_u64((uint64x2_t)a, (uint64x2_t)b); }
V high64(V a, V b) { return (V)vzip2q_u64((uint64x2_t)a, (uint64x2_t)b); }
#endif
#endif

// Four quads of four columns, side by side: to[i * step + c] is quad i of column c.
void pack_square(const uint8_t* from, int64_t stride, uint32_t masks, uint32_t* to, int64_t step) {
#if defined(OCTET_ZIPS)
  const V mask = splat(masks);
  const V a = exclusive_or(load(from), mask), b = exclusive_or(load(from + stride), mask);
  const V c = exclusive_or(load(from + 2 * stride), mask);
  const V d = exclusive_or(load(from + 3 * stride), mask);
  const V ab = low32(a, b), cd = low32(c, d), ab2 = high32(a, b), cd2 = high32(c, d);
  store(low64(ab, cd), to);
  store(high64(ab, cd), to + step);
  store(low64(ab2, cd2), to + 2 * step);
  store(high64(ab2, cd2), to + 3 * step);
#else
  for (int64_t i = 0; i < 4; ++i) {
    for (int64_t c = 0; c < 4; ++c) to[i * step + c] = word_at(from + c * stride + 4 * i) ^ masks;
  }
#endif
}

// Columns that lie in one piece each, in quads; the last has `tail` bytes (0: it is whole).
void pack_contiguous(const uint8_t* from, int64_t stride, int64_t columns, int64_t quads,
                     int32_t tail, uint32_t masks, uint32_t* to, int64_t step) {
  const int64_t whole = tail == 0 ? quads : quads - 1;
  for (int64_t c = 0; c < columns; c += 4) {
    const uint8_t* column = from + c * stride;
    const int64_t width = columns - c < 4 ? columns - c : 4;
    int64_t q = 0;
    for (; width == 4 && q + 4 <= whole; q += 4) {
      pack_square(column + 4 * q, stride, masks, to + q * step + c, step);
    }
    for (; q < quads; ++q) {
      const uint32_t use = q < whole ? ~0u : (1u << (8 * tail)) - 1;
      for (int64_t i = 0; i < width; ++i) {
        to[q * step + c + i] = (word_at(column + i * stride + 4 * q) ^ masks) & use;
      }
    }
  }
}

// A quad of lines, side by side; `lines` of them are there.
void pack_lines(const uint8_t* line, int64_t stride, int32_t lines, int64_t columns, uint8_t mask,
                uint32_t* to) {
  int64_t c = 0;
#if defined(OCTET_ZIPS)
  const V masks = splat(mask * 0x01010101u);
  const auto row = [&](int32_t i) {
    return i < lines ? exclusive_or(load(line + i * stride + c), masks) : splat(0);
  };
  for (; c + 16 <= columns; c += 16) {
    const V r0 = row(0), r1 = row(1), r2 = row(2), r3 = row(3);
    const V low01 = low8(r0, r1), low23 = low8(r2, r3);
    const V high01 = high8(r0, r1), high23 = high8(r2, r3);
    store(low16(low01, low23), to + c);
    store(high16(low01, low23), to + c + 4);
    store(low16(high01, high23), to + c + 8);
    store(high16(high01, high23), to + c + 12);
  }
#endif
  for (; c < columns; ++c) {
    uint32_t word = 0;
    for (int32_t i = 0; i < lines; ++i) {
      word |= static_cast<uint32_t>(line[i * stride + c] ^ mask) << (8 * i);
    }
    to[c] = word;
  }
}

}  // namespace

void pack_columns(const ByteMatrix& w, GemmI8Weights* packed) {
  const int32_t k = packed->shape.segment_bytes, n = packed->shape.n;
  const uint32_t masks = w.mask * 0x01010101u;
  for (int32_t g = 0; g < packed->groups; ++g) {
    const int32_t first = packed->first_block(g) * kRequantizeLanes;
    const int32_t columns = packed->blocks_of(g) * kRequantizeLanes;
    const int32_t real = n - first < columns ? n - first : columns;
    auto* to = reinterpret_cast<uint32_t*>(const_cast<int8_t*>(packed->weights(g)));
    if (real < columns) std::memset(to, 0, int64_t{4} * columns * packed->quads);
    const uint8_t* from = w.data + first * w.n_stride;
    if (w.k_stride == 1) {
      pack_contiguous(from, w.n_stride, real, packed->quads, k % 4, masks, to, columns);
      continue;
    }
    for (int32_t q = 0; q < packed->quads; ++q) {
      const int32_t lines = k - 4 * q < 4 ? k - 4 * q : 4;
      pack_lines(from + int64_t{4} * q * w.k_stride, w.k_stride, lines, real, w.mask,
                 to + int64_t{q} * columns);
    }
  }
}

}  // namespace octet
