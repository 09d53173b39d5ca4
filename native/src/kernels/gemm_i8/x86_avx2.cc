// SPDX-License-Identifier: Apache-2.0
#include <new>

#include "base/simd_x86.h"
#include "kernels/gemm_i8/generic.h"

namespace octet {
namespace {

template <int MR>
OCTET_INLINE void finish_real(const v8si (&acc)[MR][2], const Tile& tile) {
  const auto& block = *static_cast<const RealBlock*>(tile.blocks);
  const __m256 low = _mm256_set1_ps(tile.low), high = _mm256_set1_ps(tile.high);
#pragma GCC unroll 6
  for (int i = 0; i < MR; ++i) {
    alignas(32) float row[kRequantizeLanes];
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h) {
      auto sum = (__m256i)(acc[i][h] + Ymm::load(block.bias + 8 * h));
      __m256 scale = _mm256_load_ps(block.scale + 8 * h);
      if (tile.x_scale != nullptr) {
        // wraps, as the sums do
        const auto zero = (__m256i)Ymm::splat(tile.zero(i));
        sum =
            _mm256_sub_epi32(sum, _mm256_mullo_epi32(zero, (__m256i)Ymm::load(block.sums + 8 * h)));
        scale = _mm256_mul_ps(_mm256_set1_ps(tile.x_scale[i * tile.x_step]), scale);
      }
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
OCTET_INLINE void finish_sum(const v8si (&acc)[MR][2], const Tile& tile) {
  const auto& block = *static_cast<const SumBlock*>(tile.blocks);
#pragma GCC unroll 6
  for (int i = 0; i < MR; ++i) {
    alignas(32) int32_t row[kRequantizeLanes];
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h) {
      Ymm::store(row + 8 * h, acc[i][h] + Ymm::load(block.bias + 8 * h));
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
OCTET_INLINE void finish_quantized(v8si (&acc)[MR][2], const Tile& tile) {
  const auto& block = *static_cast<const typename BlockOf<R>::Type*>(tile.blocks);
  const Narrow<Ymm> narrow(tile.range);
#pragma GCC unroll 6
  for (int i = 0; i < MR; ++i) {
    const v8si term = Ymm::splat(tile.row_terms != nullptr ? tile.row_terms[i] : 0);
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h) {
      acc[i][h] += Ymm::load(block.bias + 8 * h) + term;
    }
  }
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
#pragma GCC unroll 6
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

// Bytes of a row that are widened at a time.
constexpr int32_t kChunk = 512;

// n bytes to int16, n a multiple of 4.
OCTET_INLINE void widen(const uint8_t* x, int32_t n, int16_t* to) {
  int32_t i = 0;
  for (; i + 16 <= n; i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(x + i));
    _mm256_store_si256(reinterpret_cast<__m256i*>(to + i), _mm256_cvtepu8_epi16(bytes));
  }
  for (; i < n; i += 4) {
    const __m128i words = _mm_cvtepu8_epi16(_mm_cvtsi32_si128(load_i32(x + i)));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(to + i), words);
  }
}

// sums + products of pairs. Of intrinsics gcc 12 computes all products of a tile before it adds
// the first, and spills them.
OCTET_INLINE void add_pairs(v8si* sums, __m256i a, __m256i b) {
  v8si products;
  __asm__("vpmaddwd %[b], %[a], %[products]\n\tvpaddd %[products], %[sums], %[sums]"
          : [sums] "+x"(*sums), [products] "=&x"(products)
          : [a] "x"(a), [b] "x"(b));
}

// Weights of one block of 16 channels as pairs of int16 of the same k, those of its lower and upper
// half by turns. A vector holds channels 0 1 4 5 2 3 6 7 of its 8.
struct alignas(32) Pairs {
  __m256i of[2][2];  // k of the quad, half

  explicit OCTET_INLINE Pairs(const int8_t* w) {
    __m256i b[4];
#pragma GCC unroll 4
    for (int v = 0; v < 4; ++v) {
      const auto* quarter = reinterpret_cast<const __m128i*>(w + 16 * v);
      b[v] = _mm256_cvtepi8_epi16(_mm_load_si128(quarter));
    }
#pragma GCC unroll 2
    for (int half = 0; half < 2; ++half) {
      const __m256 first = _mm256_castsi256_ps(b[2 * half]),
                   second = _mm256_castsi256_ps(b[2 * half + 1]);
      of[0][half] = _mm256_castps_si256(_mm256_shuffle_ps(first, second, 0x88));
      of[1][half] = _mm256_castps_si256(_mm256_shuffle_ps(first, second, 0xdd));
    }
  }
};

// Weights that are widened once for all tiles of a block; of a deeper product or of few rows they
// are widened as they are used.
constexpr int32_t kPanelQuads = 512;
constexpr int32_t kPanelRows = 12;

// One block of 16 channels. Bytes are widened to int16, since the int16 sums of vpmaddubsw saturate
// at two products of 255 * 128: those of x once for the block, a row's pairs being broadcast from
// the buffer.
template <int MR, Rounding R, bool kPanel>
OCTET_INLINE void tile_avx2(const Tile& tile, const Pairs* panel) {
  v8si acc[MR][2];
#pragma GCC unroll 6
  for (int i = 0; i < MR; ++i) acc[i][0] = acc[i][1] = v8si{};
  alignas(32) int16_t buffer[MR][kChunk];
  const int8_t* w = tile.w;
  for (int32_t s = 0; s < tile.segments; ++s) {
    for (int32_t first = 0; first < tile.quads; first += kChunk / 4) {
      const int32_t quads = tile.quads - first < kChunk / 4 ? tile.quads - first : kChunk / 4;
      const uint8_t* x = tile.x + tile.segment_offset[s] + 4 * first;
#pragma GCC unroll 6
      for (int i = 0; i < MR; ++i) widen(x + i * tile.x_stride, 4 * quads, buffer[i]);
      for (int32_t q = 0; q < quads; ++q) {
#pragma GCC unroll 2
        for (int p = 0; p < 2; ++p) {
          const Pairs now = kPanel ? *panel : Pairs(w);
          const __m256i low = now.of[p][0], high = now.of[p][1];
#pragma GCC unroll 6
          for (int i = 0; i < MR; ++i) {
            const __m256i a = _mm256_set1_epi32(load_i32(buffer[i] + 4 * q + 2 * p));
            add_pairs(&acc[i][0], a, low);
            add_pairs(&acc[i][1], a, high);
          }
        }
        if constexpr (kPanel) {
          ++panel;
        } else {
          w += tile.w_step;
        }
      }
    }
  }
#pragma GCC unroll 6
  for (int i = 0; i < MR; ++i) {
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h) {
      acc[i][h] = (v8si)_mm256_permute4x64_epi64((__m256i)acc[i][h], 0xd8);
    }
  }
  if constexpr (R == Rounding::kReal) {
    finish_real<MR>(acc, tile);
  } else if constexpr (R == Rounding::kSum) {
    finish_sum<MR>(acc, tile);
  } else {
    finish_quantized<MR, R>(acc, tile);
  }
}

template <int MR, Rounding R, bool kPanel>
void tiles_avx2(const Tile& first, int32_t count, const Pairs* panel) {
  Tile tile = first;
  for (; count > 0; --count, tile.move(MR)) tile_avx2<MR, R, kPanel>(tile, panel);
}

template <Rounding R>
void run_panel(const Tile& first, int32_t rows, int32_t count) {
  using Function = void (*)(const Tile& first, int32_t count, const Pairs* panel);
  static constexpr Function kTiles[6] = {tiles_avx2<1, R, true>, tiles_avx2<2, R, true>,
                                         tiles_avx2<3, R, true>, tiles_avx2<4, R, true>,
                                         tiles_avx2<5, R, true>, tiles_avx2<6, R, true>};
  static constexpr Function kAlone[6] = {tiles_avx2<1, R, false>, tiles_avx2<2, R, false>,
                                         tiles_avx2<3, R, false>, tiles_avx2<4, R, false>,
                                         tiles_avx2<5, R, false>, tiles_avx2<6, R, false>};
  const int32_t quads = first.segments * first.quads;
  if (quads > kPanelQuads || rows * count < kPanelRows) {
    return kAlone[rows - 1](first, count, nullptr);
  }
  alignas(32) unsigned char memory[kPanelQuads * sizeof(Pairs)];
  auto* panel = reinterpret_cast<Pairs*>(memory);
  const int8_t* w = first.w;
  for (int32_t q = 0; q < quads; ++q, w += first.w_step) new (panel + q) Pairs(w);
  kTiles[rows - 1](first, count, panel);
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
  static constexpr int32_t max_blocks(int32_t) { return kMaxBlocks; }
  static int32_t max_rows(int32_t, int32_t, int32_t) { return 6; }
  template <Rounding R>
  static void run_tiles(const Tile& first, int32_t, int32_t rows, int32_t count) {
    run_panel<R>(first, rows, count);
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
