// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm_i8/x86_zmm.h"

namespace octet {
namespace {

// Without VNNI: bytes are widened to int16, since the int16 sums of vpmaddubsw saturate at two
// products of 255 * 128. A vector holds 8 channels, each with two int32 sums (k 0+1 and k 2+3).
OCTET_INLINE v16si add_pairs(v16si low, v16si high) {
  const __m512 a = _mm512_castsi512_ps((__m512i)low), b = _mm512_castsi512_ps((__m512i)high);
  const __m512i even = _mm512_castps_si512(_mm512_shuffle_ps(a, b, 0x88));
  const __m512i odd = _mm512_castps_si512(_mm512_shuffle_ps(a, b, 0xdd));
  const __m512i order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
  return (v16si)_mm512_permutexvar_epi64(order, _mm512_add_epi32(even, odd));
}

template <int MR, int NB, Rounding R>
OCTET_INLINE void tile_madd(const Tile& tile) {
  v16si pairs[MR][NB][2];
#pragma GCC unroll 12
  for (int i = 0; i < MR; ++i) {
#pragma GCC unroll 2
    for (int j = 0; j < NB; ++j) pairs[i][j][0] = pairs[i][j][1] = v16si{};
  }
  const int8_t* w = tile.w;
  const int64_t stride = tile.x_stride;
  for (int32_t s = 0; s < tile.segments; ++s) {
    const uint8_t* x = tile.x + tile.segment_offset[s];
    for (int32_t q = tile.quads; q > 0; --q) {
      __m512i b[NB][2];
#pragma GCC unroll 2
      for (int j = 0; j < NB; ++j) {
#pragma GCC unroll 2
        for (int h = 0; h < 2; ++h) {
          const auto* half = reinterpret_cast<const __m256i*>(w + 64 * j + 32 * h);
          b[j][h] = _mm512_cvtepi8_epi16(_mm256_load_si256(half));
        }
      }
#pragma GCC unroll 12
      for (int i = 0; i < MR; ++i) {
        const __m512i bytes = _mm512_set1_epi32(load_i32(x + i * stride));
        const __m512i a = _mm512_unpacklo_epi8(bytes, _mm512_setzero_si512());
#pragma GCC unroll 2
        for (int j = 0; j < NB; ++j) {
#pragma GCC unroll 2
          for (int h = 0; h < 2; ++h) pairs[i][j][h] += (v16si)_mm512_madd_epi16(a, b[j][h]);
        }
      }
      x += 4;
      w += tile.w_step;
    }
  }
  v16si acc[MR][NB];
  start_tile<MR, NB, R>(acc, tile);
#pragma GCC unroll 12
  for (int i = 0; i < MR; ++i) {
#pragma GCC unroll 2
    for (int j = 0; j < NB; ++j) acc[i][j] += add_pairs(pairs[i][j][0], pairs[i][j][1]);
  }
  finish_tile<MR, NB, R>(acc, tile);
}

template <int MR, int NB, Rounding R>
void tiles_madd(const Tile& first, int32_t count) {
  Tile tile = first;
  for (; count > 0; --count, tile.move(MR)) tile_madd<MR, NB, R>(tile);
}

struct Madd {
  static constexpr int32_t kMaxBlocks = 2;
  static constexpr int32_t max_blocks(int32_t) { return kMaxBlocks; }
  static int32_t max_rows(int32_t blocks, int32_t, int32_t) { return blocks == 1 ? 8 : 6; }
  template <Rounding R>
  static void run_tiles(const Tile& first, int32_t blocks, int32_t rows, int32_t count) {
    static constexpr TileFunction kTiles[2][8] = {
        {tiles_madd<1, 1, R>, tiles_madd<2, 1, R>, tiles_madd<3, 1, R>, tiles_madd<4, 1, R>,
         tiles_madd<5, 1, R>, tiles_madd<6, 1, R>, tiles_madd<7, 1, R>, tiles_madd<8, 1, R>},
        {tiles_madd<1, 2, R>, tiles_madd<2, 2, R>, tiles_madd<3, 2, R>, tiles_madd<4, 2, R>,
         tiles_madd<5, 2, R>, tiles_madd<6, 2, R>}};
    kTiles[blocks - 1][rows - 1](first, count);
  }
  static void row_sums(const uint8_t* x, int64_t stride, const int64_t* offsets, int32_t segments,
                       int32_t bytes, int32_t rows, int32_t* sums) {
    row_sums_zmm(x, stride, offsets, segments, bytes, rows, sums);
  }
};

}  // namespace

void gemm_i8__avx512(const GemmI8Call& call) { run<Madd>(call); }

}  // namespace octet
