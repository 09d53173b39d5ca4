// SPDX-License-Identifier: Apache-2.0
//
// What the two AVX-512 files share: start and end of a tile of MR rows by NB blocks of 16 channels.
#ifndef OCTET_KERNELS_GEMM_I8_X86_ZMM_H_
#define OCTET_KERNELS_GEMM_I8_X86_ZMM_H_

#include "base/simd_x86.h"
#include "kernels/gemm_i8/generic.h"

namespace octet {
namespace {

// Sums of 8 bytes each of a row's segments.
OCTET_INLINE __m512i sums_of_row(const uint8_t* x, const int64_t* offsets, int32_t segments,
                                 int32_t bytes) {
  const __m512i zero = _mm512_setzero_si512();
  __m512i sum = zero;
  const __mmask64 tail = ~__mmask64{0} >> (-bytes & 63);
  for (int32_t s = 0; s < segments; ++s) {
    const uint8_t* from = x + offsets[s];
    int32_t i = 0;
    for (; i + 64 < bytes; i += 64) {
      sum = _mm512_add_epi64(sum, _mm512_sad_epu8(_mm512_loadu_si512(from + i), zero));
    }
    sum = _mm512_add_epi64(sum, _mm512_sad_epu8(_mm512_maskz_loadu_epi8(tail, from + i), zero));
  }
  return sum;
}

// Sums of the bytes of 16 rows of B bytes that follow one another.
template <int B>
OCTET_INLINE void sums_of_close_rows(const uint8_t* x, int32_t* sums) {
  __m512i v[B / 4];
#pragma GCC unroll 8
  for (int i = 0; i < B / 4; ++i) {
    v[i] = _mm512_sad_epu8(_mm512_loadu_si512(x + 64 * i), _mm512_setzero_si512());
  }
  __m512i order = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  if constexpr (B >= 16) {
#pragma GCC unroll 4
    for (int i = 0; i < B / 8; ++i) {
      v[i] = _mm512_add_epi64(_mm512_unpacklo_epi64(v[2 * i], v[2 * i + 1]),
                              _mm512_unpackhi_epi64(v[2 * i], v[2 * i + 1]));
    }
    order = _mm512_setr_epi32(0, 4, 8, 12, 2, 6, 10, 14, 16, 20, 24, 28, 18, 22, 26, 30);
  }
  if constexpr (B == 32) {
#pragma GCC unroll 2
    for (int i = 0; i < 2; ++i) {
      v[i] = _mm512_add_epi64(_mm512_shuffle_i64x2(v[2 * i], v[2 * i + 1], 0x88),
                              _mm512_shuffle_i64x2(v[2 * i], v[2 * i + 1], 0xdd));
    }
    order = _mm512_setr_epi32(0, 4, 2, 6, 8, 12, 10, 14, 16, 20, 18, 22, 24, 28, 26, 30);
  }
  _mm512_storeu_si512(sums, _mm512_permutex2var_epi32(v[0], order, v[1]));
}

// 16 rows at a time: pairs of rows share a vector of dwords, which is then transposed and summed.
inline void row_sums_zmm(const uint8_t* x, int64_t stride, const int64_t* offsets, int32_t segments,
                         int32_t bytes, int32_t rows, int32_t* sums) {
  int32_t first = 0;
  if (segments == 1 && stride == bytes && (bytes == 8 || bytes == 16 || bytes == 32)) {
    for (const uint8_t* from = x + offsets[0]; first + 16 <= rows; first += 16) {
      const uint8_t* at = from + first * stride;
      bytes == 8    ? sums_of_close_rows<8>(at, sums + first)
      : bytes == 16 ? sums_of_close_rows<16>(at, sums + first)
                    : sums_of_close_rows<32>(at, sums + first);
    }
  }
  for (; first < rows; first += 16) {
    const int32_t last = rows - 1 - first;
    __m512i v[8];
#pragma GCC unroll 8
    for (int p = 0; p < 8; ++p) {
      const int32_t even = 2 * p < last ? 2 * p : last, odd = 2 * p < last ? 2 * p + 1 : last;
      const __m512i a = sums_of_row(x + (first + even) * stride, offsets, segments, bytes);
      const __m512i b = sums_of_row(x + (first + odd) * stride, offsets, segments, bytes);
      v[p] = _mm512_or_si512(a, _mm512_slli_epi64(b, 32));
    }
#pragma GCC unroll 4
    for (int p = 0; p < 4; ++p) {  // lane: pairs p, p + 4
      v[p] = _mm512_add_epi32(_mm512_unpacklo_epi64(v[p], v[p + 4]),
                              _mm512_unpackhi_epi64(v[p], v[p + 4]));
    }
#pragma GCC unroll 2
    for (int p = 0; p < 2; ++p) {  // lanes: p, p, p + 2, p + 2
      v[p] = _mm512_add_epi32(_mm512_shuffle_i64x2(v[p], v[p + 2], 0x88),
                              _mm512_shuffle_i64x2(v[p], v[p + 2], 0xdd));
    }
    // lanes 0, 2, 1, 3: pairs 0 4, 2 6, 1 5, 3 7
    v[0] = _mm512_add_epi32(_mm512_shuffle_i64x2(v[0], v[1], 0x88),
                            _mm512_shuffle_i64x2(v[0], v[1], 0xdd));
    v[0] = _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 4, 2, 6, 1, 5, 3, 7), v[0]);
    const auto mask = static_cast<__mmask16>(last >= 15 ? 0xffff : 0xffff >> (15 - last));
    _mm512_mask_storeu_epi32(sums + first, mask, v[0]);
  }
}

template <int MR, int NB, Rounding R>
OCTET_INLINE void start_tile(v16si (&acc)[MR][NB], const Tile& tile) {
  const auto* blocks = static_cast<const typename BlockOf<R>::Type*>(tile.blocks);
#pragma GCC unroll 4
  for (int j = 0; j < NB; ++j) {
    const v16si bias = Zmm::load(blocks[j].bias);
#pragma GCC unroll 12
    for (int i = 0; i < MR; ++i) acc[i][j] = bias;
  }
  if (tile.row_terms != nullptr) {
#pragma GCC unroll 12
    for (int i = 0; i < MR; ++i) {
      const v16si term = Zmm::splat(tile.row_terms[i]);
#pragma GCC unroll 4
      for (int j = 0; j < NB; ++j) acc[i][j] += term;
    }
  }
}

// kReal: 64 bytes of a row for each block.
template <int MR, int NB, bool kShared>
OCTET_INLINE void finish_real(const v16si (&acc)[MR][NB], const Tile& tile) {
  const auto* blocks = static_cast<const RealBlock*>(tile.blocks);
  const __m512 low = _mm512_set1_ps(tile.low), high = _mm512_set1_ps(tile.high);
#pragma GCC unroll 12
  for (int i = 0; i < MR; ++i) {
    auto* y = reinterpret_cast<float*>(tile.y + i * tile.y_stride);
#pragma GCC unroll 4
    for (int j = 0; j < NB; ++j) {
      auto sum = (__m512i)acc[i][j];
      __m512 scale = _mm512_load_ps(blocks[j].scale);
      if constexpr (!kShared) {
        // wraps, as the sums do
        const auto zero = (__m512i)Zmm::splat(tile.zero(i));
        sum = _mm512_sub_epi32(sum, _mm512_mullo_epi32(zero, (__m512i)Zmm::load(blocks[j].sums)));
        scale = _mm512_mul_ps(_mm512_set1_ps(tile.x_scale[i * tile.x_step]), scale);
      }
      __m512 v = _mm512_mul_ps(_mm512_cvtepi32_ps(sum), scale);
      v = _mm512_add_ps(v, _mm512_load_ps(blocks[j].offset));
      v = _mm512_min_ps(high, _mm512_max_ps(low, v));
      const int left = tile.columns - kRequantizeLanes * j;
      const auto mask = static_cast<__mmask16>(left >= 16 ? 0xffff : 0xffff >> (16 - left));
      _mm512_mask_storeu_ps(y + kRequantizeLanes * j, mask, v);
    }
  }
}

// kSum: the same.
template <int MR, int NB>
OCTET_INLINE void finish_sum(const v16si (&acc)[MR][NB], const Tile& tile) {
#pragma GCC unroll 12
  for (int i = 0; i < MR; ++i) {
    auto* y = reinterpret_cast<int32_t*>(tile.y + i * tile.y_stride);
#pragma GCC unroll 4
    for (int j = 0; j < NB; ++j) {
      const int left = tile.columns - kRequantizeLanes * j;
      const auto mask = static_cast<__mmask16>(left >= 16 ? 0xffff : 0xffff >> (16 - left));
      _mm512_mask_storeu_epi32(y + kRequantizeLanes * j, mask, (__m512i)acc[i][j]);
    }
  }
}

// Dwords of four packed vectors of one or two blocks so that rows of 4 * width bytes follow one
// another.
template <int NB>
OCTET_INLINE __m512i order_of_rows(int32_t width) {
  const __m512i at = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  __m512i row = _mm512_setzero_si512(), column = at;
#pragma GCC unroll 4
  for (int r = 1; r < 4 / NB; ++r) {
    const __mmask16 below = _mm512_cmpge_epi32_mask(at, _mm512_set1_epi32(r * width));
    row = _mm512_mask_add_epi32(row, below, row, _mm512_set1_epi32(1));
    column = _mm512_mask_sub_epi32(column, below, column, _mm512_set1_epi32(width));
  }
  if (NB == 1) return _mm512_add_epi32(_mm512_slli_epi32(column, 2), row);
  const __m512i lane = _mm512_and_si512(column, _mm512_set1_epi32(3));
  const __m512i block = _mm512_srli_epi32(column, 2);
  return _mm512_add_epi32(_mm512_slli_epi32(lane, 2),
                          _mm512_add_epi32(_mm512_slli_epi32(row, 1), block));
}

OCTET_INLINE __mmask64 first_bytes(int32_t count) { return ~__mmask64{0} >> (64 - count); }

// Stores bytes(i0, j0, i1, j1, i2, j2, i3, j3), the results of four vectors of sums: one row of 3
// or 4 blocks, two rows of 2, four rows of 1, in one piece where the rows of y follow one another.
template <int MR, int NB, class Four>
OCTET_INLINE void store_rows(const Tile& tile, const Four& four) {
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  uint8_t* y = tile.y;
  const int64_t stride = tile.y_stride;
  constexpr int kRows = NB >= 3 ? 1 : 4 / NB, kLast = MR - 1;
  const bool close = kRows > 1 && stride == tile.columns && tile.columns % 4 == 0;
  const __m512i close_order = kRows == 1                ? order
                              : order_of_rows < NB <= 2 ? NB
                                                        : 1 > (tile.columns / 4);
  const __mmask64 mask = first_bytes(tile.columns);
#pragma GCC unroll 12
  for (int i = 0; i < MR; i += kRows) {
    const int r1 = i + 1 > kLast ? kLast : i + 1, r2 = i + 2 > kLast ? kLast : i + 2;
    const int r3 = i + 3 > kLast ? kLast : i + 3;
    if constexpr (kRows == 1) {
      const __m512i row = four(i, 0, i, 1, i, 2, i, NB - 1);
      _mm512_mask_storeu_epi8(y + i * stride, mask, _mm512_permutexvar_epi32(order, row));
      continue;
    }
    const __m512i rows =
        NB == 2 ? four(i, 0, i, NB - 1, r1, 0, r1, NB - 1) : four(i, 0, r1, 0, r2, 0, r3, 0);
    if (close) {
      const int count = MR - i < kRows ? MR - i : kRows;
      _mm512_mask_storeu_epi8(y + i * stride, first_bytes(count * tile.columns),
                              _mm512_permutexvar_epi32(close_order, rows));
    } else if constexpr (NB == 2) {
      const __m512i apart = _mm512_permutexvar_epi32(order, rows);
      const auto low = static_cast<__mmask32>(mask);
      _mm256_mask_storeu_epi8(y + i * stride, low, _mm512_castsi512_si256(apart));
      if (i < kLast) {
        _mm256_mask_storeu_epi8(y + r1 * stride, low, _mm512_extracti64x4_epi64(apart, 1));
      }
    } else {
      const __m512i apart = _mm512_permutexvar_epi32(order, rows);
      const auto low = static_cast<__mmask16>(mask);
      _mm_mask_storeu_epi8(y + i * stride, low, _mm512_castsi512_si128(apart));
      if (i + 1 <= kLast) {
        _mm_mask_storeu_epi8(y + r1 * stride, low, _mm512_extracti32x4_epi32(apart, 1));
      }
      if (i + 2 <= kLast) {
        _mm_mask_storeu_epi8(y + r2 * stride, low, _mm512_extracti32x4_epi32(apart, 2));
      }
      if (i + 3 <= kLast) {
        _mm_mask_storeu_epi8(y + r3 * stride, low, _mm512_extracti32x4_epi32(apart, 3));
      }
    }
  }
}

// The sums stay in their registers: a tile with a doubtful one is computed again.
template <int MR, int NB, Rounding R>
OCTET_INLINE void finish_quantized(const v16si (&acc)[MR][NB], const Tile& tile) {
  const auto* blocks = static_cast<const typename BlockOf<R>::Type*>(tile.blocks);
  const Narrow<Zmm> narrow(tile.range);
  const auto sure = [&](bool plain) OCTET_INLINE_LAMBDA {
    const auto one = [&](int i, int j) OCTET_INLINE_LAMBDA {
      return requantize_lanes<Zmm, R>(acc[i][j], blocks[j], 0);
    };
    store_rows<MR, NB>(tile, [&](int i0, int j0, int i1, int j1, int i2, int j2, int i3,
                                 int j3) OCTET_INLINE_LAMBDA {
      return narrow(one(i0, j0), one(i1, j1), one(i2, j2), one(i3, j3), plain);
    });
  };
  if constexpr (R == Rounding::kFloat) {
    return tile.plain ? sure(true) : sure(false);
  } else {
    const auto fine = [&](bool plain) OCTET_INLINE_LAMBDA {
      v16si doubt{};
      const auto one = [&](int i, int j) OCTET_INLINE_LAMBDA {
        return requantize_fine<Zmm, R>(acc[i][j], blocks[j], 0, plain, doubt);
      };
      store_rows<MR, NB>(tile, [&](int i0, int j0, int i1, int j1, int i2, int j2, int i3,
                                   int j3) OCTET_INLINE_LAMBDA {
        return narrow.upper(one(i0, j0), one(i1, j1), one(i2, j2), one(i3, j3), plain);
      });
      return Zmm::any_from(doubt, kDoubt);
    };
    if (__builtin_expect(tile.plain ? fine(true) : fine(false), 0)) sure(false);
  }
}

template <int MR, int NB, Rounding R>
OCTET_INLINE void finish_tile(v16si (&acc)[MR][NB], const Tile& tile) {
  if constexpr (R == Rounding::kReal) {
    if (tile.x_scale == nullptr) {
      finish_real<MR, NB, true>(acc, tile);
    } else {
      finish_real<MR, NB, false>(acc, tile);
    }
  } else if constexpr (R == Rounding::kSum) {
    finish_sum<MR, NB>(acc, tile);
  } else {
    finish_quantized<MR, NB, R>(acc, tile);
  }
}

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_GEMM_I8_X86_ZMM_H_
