// SPDX-License-Identifier: Apache-2.0
#include "base/simd_x86.h"
#include "kernels/gemm_i8/generic.h"

namespace octet {
namespace {

// Sums of 8 channels, half h of the block.
OCTET_INLINE v8si sums_of(const v8si (&pairs)[4], int h) {
  const __m256i sums = _mm256_hadd_epi32((__m256i)pairs[2 * h], (__m256i)pairs[2 * h + 1]);
  return (v8si)_mm256_permute4x64_epi64(sums, 0xd8);
}

template <int MR>
OCTET_INLINE void finish_real(const v8si (&pairs)[MR][4], const Tile& tile) {
  const auto& block = *static_cast<const RealBlock*>(tile.blocks);
  const __m256 low = _mm256_set1_ps(tile.low), high = _mm256_set1_ps(tile.high);
#pragma GCC unroll 4
  for (int i = 0; i < MR; ++i) {
    const v8si zero = Ymm::splat(tile.zero(i));
    const __m256 x_scale = _mm256_set1_ps(tile.x_scale[i * tile.x_step]);
    alignas(32) float row[kRequantizeLanes];
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h) {
      // wraps, as the sums do
      const __m256i zeros =
          _mm256_mullo_epi32((__m256i)zero, (__m256i)Ymm::load(block.sums + 8 * h));
      const __m256i sum = _mm256_sub_epi32((__m256i)sums_of(pairs[i], h), zeros);
      const __m256 scale = _mm256_mul_ps(x_scale, _mm256_load_ps(block.scale + 8 * h));
      __m256 v = _mm256_mul_ps(_mm256_cvtepi32_ps(sum), scale);
      v = _mm256_add_ps(v, _mm256_load_ps(block.offset + 8 * h));
      _mm256_store_ps(row + 8 * h, _mm256_min_ps(high, _mm256_max_ps(low, v)));
    }
    uint8_t* y = tile.y + i * tile.y_stride;
    if (tile.columns == kRequantizeLanes) {
      __builtin_memcpy(y, row, sizeof(row));
    } else {
      __builtin_memcpy(y, row, sizeof(float) * tile.columns);
    }
  }
}

template <int MR>
OCTET_INLINE void finish_sum(const v8si (&pairs)[MR][4], const Tile& tile) {
  const auto& block = *static_cast<const SumBlock*>(tile.blocks);
#pragma GCC unroll 4
  for (int i = 0; i < MR; ++i) {
    alignas(32) int32_t row[kRequantizeLanes];
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h) {
      Ymm::store(row + 8 * h, sums_of(pairs[i], h) + Ymm::load(block.bias + 8 * h));
    }
    uint8_t* y = tile.y + i * tile.y_stride;
    if (tile.columns == kRequantizeLanes) {
      __builtin_memcpy(y, row, sizeof(row));
    } else {
      __builtin_memcpy(y, row, sizeof(int32_t) * tile.columns);
    }
  }
}

template <int MR, Rounding R>
OCTET_INLINE void finish_quantized(const v8si (&pairs)[MR][4], const Tile& tile) {
  const auto& block = *static_cast<const typename BlockOf<R>::Type*>(tile.blocks);
  const Narrow<Ymm> narrow(tile.range);
  v8si acc[MR][2];
#pragma GCC unroll 4
  for (int i = 0; i < MR; ++i) {
    const v8si term = Ymm::splat(tile.row_terms != nullptr ? tile.row_terms[i] : 0);
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h) {
      acc[i][h] = sums_of(pairs[i], h) + Ymm::load(block.bias + 8 * h) + term;
    }
  }
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
#pragma GCC unroll 4
  for (int i = 0; i < MR; i += 2) {
    const int below = i + 1 < MR ? i + 1 : i;
    const v8si four[4] = {acc[i][0], acc[i][1], acc[below][0], acc[below][1]};
    __m256i rows = finish_sums<Ymm, R>(
        four, [&](int) OCTET_INLINE_LAMBDA -> auto& { return block; },
        [](int q) OCTET_INLINE_LAMBDA { return 8 * (q % 2); }, narrow, tile.plain);
    rows = _mm256_permutevar8x32_epi32(rows, order);
    const __m128i part[2] = {_mm256_castsi256_si128(rows), _mm256_extracti128_si256(rows, 1)};
#pragma GCC unroll 2
    for (int p = 0; p < 2; ++p) {
      if (i + p >= MR) break;
      uint8_t* y = tile.y + (i + p) * tile.y_stride;
      if (tile.columns == kRequantizeLanes) {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(y), part[p]);
      } else {
        alignas(16) uint8_t bytes[16];
        _mm_store_si128(reinterpret_cast<__m128i*>(bytes), part[p]);
        __builtin_memcpy(y, bytes, tile.columns);
      }
    }
  }
}

// One block of 16 channels. Bytes are widened to int16, since the int16 sums of vpmaddubsw saturate
// at two products of 255 * 128. A vector holds 4 channels, each with two int32 sums.
template <int MR, Rounding R>
OCTET_INLINE void tile_avx2(const Tile& tile) {
  v8si pairs[MR][4];
#pragma GCC unroll 4
  for (int i = 0; i < MR; ++i) {
#pragma GCC unroll 4
    for (int v = 0; v < 4; ++v) pairs[i][v] = v8si{};
  }
  const int8_t* w = tile.w;
  const int64_t stride = tile.x_stride;
  for (int32_t s = 0; s < tile.segments; ++s) {
    const uint8_t* x = tile.x + tile.segment_offset[s];
    for (int32_t q = tile.quads; q > 0; --q) {
      __m256i a[MR];
#pragma GCC unroll 4
      for (int i = 0; i < MR; ++i) {
        const __m256i bytes = _mm256_set1_epi32(load_i32(x + i * stride));
        a[i] = _mm256_unpacklo_epi8(bytes, _mm256_setzero_si256());
      }
#pragma GCC unroll 4
      for (int v = 0; v < 4; ++v) {
        const auto* quarter = reinterpret_cast<const __m128i*>(w + 16 * v);
        const __m256i b = _mm256_cvtepi8_epi16(_mm_load_si128(quarter));
#pragma GCC unroll 4
        for (int i = 0; i < MR; ++i) pairs[i][v] += (v8si)_mm256_madd_epi16(a[i], b);
      }
      x += 4;
      w += tile.w_step;
    }
  }
  if constexpr (R == Rounding::kReal) {
    finish_real<MR>(pairs, tile);
  } else if constexpr (R == Rounding::kSum) {
    finish_sum<MR>(pairs, tile);
  } else {
    finish_quantized<MR, R>(pairs, tile);
  }
}

template <int MR, Rounding R>
void tiles_avx2(const Tile& first, int32_t count) {
  Tile tile = first;
  for (; count > 0; --count, tile.move(MR)) tile_avx2<MR, R>(tile);
}

inline uint32_t sum_of_bytes(const uint8_t* x, int32_t bytes) {
  __m256i sums = _mm256_setzero_si256();
  int32_t i = 0;
  for (; i + 32 <= bytes; i += 32) {
    const __m256i run = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(x + i));
    sums = _mm256_add_epi64(sums, _mm256_sad_epu8(run, _mm256_setzero_si256()));
  }
  const __m128i half =
      _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
  auto sum = static_cast<uint32_t>(_mm_cvtsi128_si32(half) + _mm_extract_epi32(half, 2));
  for (; i < bytes; ++i) sum += x[i];
  return sum;
}

struct Avx2 {
  static constexpr int32_t kMaxBlocks = 1;
  static int32_t max_rows(int32_t, int32_t) { return 3; }
  template <Rounding R>
  static void run_tiles(const Tile& first, int32_t, int32_t rows, int32_t count) {
    static constexpr TileFunction kTiles[3] = {tiles_avx2<1, R>, tiles_avx2<2, R>,
                                               tiles_avx2<3, R>};
    kTiles[rows - 1](first, count);
  }
  static void row_sums(const uint8_t* x, int64_t stride, const int64_t* offsets, int32_t segments,
                       int32_t bytes, int32_t rows, int32_t* sums) {
    for (int32_t m = 0; m < rows; ++m, x += stride) {
      uint32_t sum = 0;
      for (int32_t s = 0; s < segments; ++s) sum += sum_of_bytes(x + offsets[s], bytes);
      sums[m] = static_cast<int32_t>(sum);
    }
  }
};

}  // namespace

void gemm_i8__avx2(const GemmI8Call& call) { run<Avx2>(call); }

}  // namespace octet
