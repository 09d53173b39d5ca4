// SPDX-License-Identifier: Apache-2.0
//
// What the two AVX-512 files share: start and end of a tile of MR rows by NB blocks of 16 channels.
#ifndef OCTET_KERNELS_GEMM_I8_X86_ZMM_H_
#define OCTET_KERNELS_GEMM_I8_X86_ZMM_H_

#include "base/simd_x86.h"
#include "kernels/gemm_i8/generic.h"

namespace octet {
namespace {

inline uint32_t row_sum_zmm(const uint8_t* x, int32_t bytes) {
  __m512i sum = _mm512_setzero_si512();
  int32_t i = 0;
  for (; i + 64 <= bytes; i += 64) {
    sum = _mm512_add_epi64(sum, _mm512_sad_epu8(_mm512_loadu_si512(x + i), _mm512_setzero_si512()));
  }
  if (i < bytes) {
    const __m512i tail = _mm512_maskz_loadu_epi8((__mmask64{1} << (bytes - i)) - 1, x + i);
    sum = _mm512_add_epi64(sum, _mm512_sad_epu8(tail, _mm512_setzero_si512()));
  }
  return static_cast<uint32_t>(_mm512_reduce_add_epi64(sum));
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
template <int MR, int NB>
OCTET_INLINE void finish_real(v16si (&acc)[MR][NB], const Tile& tile) {
  const auto* blocks = static_cast<const RealBlock*>(tile.blocks);
  const __m512 low = _mm512_set1_ps(tile.low), high = _mm512_set1_ps(tile.high);
#pragma GCC unroll 12
  for (int i = 0; i < MR; ++i) {
    const v16si zero = Zmm::splat(tile.zero(i));
    const __m512 x_scale = _mm512_set1_ps(tile.x_scale[i * tile.x_step]);
    auto* y = reinterpret_cast<float*>(tile.y + i * tile.y_stride);
#pragma GCC unroll 4
    for (int j = 0; j < NB; ++j) {
      // wraps, as the sums do
      const __m512i zeros = _mm512_mullo_epi32((__m512i)zero, (__m512i)Zmm::load(blocks[j].sums));
      const __m512i sum = _mm512_sub_epi32((__m512i)acc[i][j], zeros);
      const __m512 scale = _mm512_mul_ps(x_scale, _mm512_load_ps(blocks[j].scale));
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

// Stores bytes(i0, j0, i1, j1, i2, j2, i3, j3), the results of four vectors of sums, 64 at a time:
// one row of 3 or 4 blocks, two rows of 2, four rows of 1.
template <int MR, int NB, class Four>
OCTET_INLINE void store_rows(const Tile& tile, const Four& four) {
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  uint8_t* y = tile.y;
  const int64_t stride = tile.y_stride;
  const bool whole = tile.columns == NB * kRequantizeLanes;
  constexpr int kLast = MR - 1;
  if constexpr (NB >= 3) {
    const __mmask64 mask = ~__mmask64{0} >> (64 - tile.columns);
#pragma GCC unroll 12
    for (int i = 0; i < MR; ++i) {
      const __m512i row = _mm512_permutexvar_epi32(order, four(i, 0, i, 1, i, 2, i, NB - 1));
      if (NB == 4 && whole) {
        _mm512_storeu_si512(y + i * stride, row);
      } else {
        _mm512_mask_storeu_epi8(y + i * stride, mask, row);
      }
    }
  } else if constexpr (NB == 2) {
    const __mmask32 mask = ~__mmask32{0} >> (32 - tile.columns);
#pragma GCC unroll 12
    for (int i = 0; i < MR; i += 2) {
      const int below = i + 1 > kLast ? kLast : i + 1;
      const __m512i rows = _mm512_permutexvar_epi32(order, four(i, 0, i, 1, below, 0, below, 1));
      const __m256i first = _mm512_castsi512_si256(rows),
                    second = _mm512_extracti64x4_epi64(rows, 1);
      if (whole) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(y + i * stride), first);
        if (i < kLast) _mm256_storeu_si256(reinterpret_cast<__m256i*>(y + below * stride), second);
      } else {
        _mm256_mask_storeu_epi8(y + i * stride, mask, first);
        if (i < kLast) _mm256_mask_storeu_epi8(y + below * stride, mask, second);
      }
    }
  } else {
    const auto mask = static_cast<__mmask16>(0xffff >> (16 - tile.columns));
#pragma GCC unroll 12
    for (int i = 0; i < MR; i += 4) {
      const int r1 = i + 1 > kLast ? kLast : i + 1, r2 = i + 2 > kLast ? kLast : i + 2;
      const int r3 = i + 3 > kLast ? kLast : i + 3;
      const __m512i rows = _mm512_permutexvar_epi32(order, four(i, 0, r1, 0, r2, 0, r3, 0));
      const __m128i part[4] = {_mm512_castsi512_si128(rows), _mm512_extracti32x4_epi32(rows, 1),
                               _mm512_extracti32x4_epi32(rows, 2),
                               _mm512_extracti32x4_epi32(rows, 3)};
#pragma GCC unroll 4
      for (int p = 0; p < 4; ++p) {
        if (i + p > kLast) break;
        if (whole) {
          _mm_storeu_si128(reinterpret_cast<__m128i*>(y + (i + p) * stride), part[p]);
        } else {
          _mm_mask_storeu_epi8(y + (i + p) * stride, mask, part[p]);
        }
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
    finish_real<MR, NB>(acc, tile);
  } else if constexpr (R == Rounding::kSum) {
    finish_sum<MR, NB>(acc, tile);
  } else {
    finish_quantized<MR, NB, R>(acc, tile);
  }
}

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_GEMM_I8_X86_ZMM_H_
