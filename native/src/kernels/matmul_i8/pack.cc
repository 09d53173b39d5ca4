// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "kernels/matmul_i8/matmul_i8.h"

#if defined(OCTET_X86)
#include <emmintrin.h>  // SSE2 is in the baseline
#endif

namespace octet {
namespace {

uint32_t word_at(const uint8_t* from) {
  uint32_t word;
  std::memcpy(&word, from, 4);
  return word;
}

// Four quads of four columns, side by side: to[i * step + c] is quad i of column c.
void pack_square(const uint8_t* from, int64_t stride, uint32_t masks, uint32_t* to, int64_t step) {
#if defined(OCTET_X86)
  const __m128i mask = _mm_set1_epi32(static_cast<int32_t>(masks));
  const auto load = [&](int64_t c) {
    return _mm_xor_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from + c * stride)),
                         mask);
  };
  const __m128i a = load(0), b = load(1), c = load(2), d = load(3);
  const __m128i ab = _mm_unpacklo_epi32(a, b), cd = _mm_unpacklo_epi32(c, d);
  const __m128i ab2 = _mm_unpackhi_epi32(a, b), cd2 = _mm_unpackhi_epi32(c, d);
  const auto store = [&](int64_t i, __m128i v) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i * step), v);
  };
  store(0, _mm_unpacklo_epi64(ab, cd));
  store(1, _mm_unpackhi_epi64(ab, cd));
  store(2, _mm_unpacklo_epi64(ab2, cd2));
  store(3, _mm_unpackhi_epi64(ab2, cd2));
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
#if defined(OCTET_X86)
  const __m128i masks = _mm_set1_epi8(static_cast<char>(mask));
  const auto load = [&](int32_t i) {
    if (i >= lines) return _mm_setzero_si128();
    const auto* at = reinterpret_cast<const __m128i*>(line + i * stride + c);
    return _mm_xor_si128(_mm_loadu_si128(at), masks);
  };
  for (; c + 16 <= columns; c += 16) {
    const __m128i r0 = load(0), r1 = load(1), r2 = load(2), r3 = load(3);
    const __m128i low01 = _mm_unpacklo_epi8(r0, r1), low23 = _mm_unpacklo_epi8(r2, r3);
    const __m128i high01 = _mm_unpackhi_epi8(r0, r1), high23 = _mm_unpackhi_epi8(r2, r3);
    auto* out = reinterpret_cast<__m128i*>(to + c);
    _mm_storeu_si128(out, _mm_unpacklo_epi16(low01, low23));
    _mm_storeu_si128(out + 1, _mm_unpackhi_epi16(low01, low23));
    _mm_storeu_si128(out + 2, _mm_unpacklo_epi16(high01, high23));
    _mm_storeu_si128(out + 3, _mm_unpackhi_epi16(high01, high23));
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
