// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm_i8/x86_zmm.h"

namespace octet {
namespace {

// vpdpbusd takes 4 cycles and one starts per cycle, so a tile of few sums takes several quads at a
// time into sums of their own.
template <int MR, int NB, Rounding R>
void tile_vnni(const Tile& tile) {
  constexpr int kSets = MR * NB >= 6 ? 1 : MR * NB >= 3 ? 2 : 4;
  v16si acc[kSets][MR][NB];
  start_tile<MR, NB, R>(acc[0], tile);
#pragma GCC unroll 4
  for (int u = 1; u < kSets; ++u) {
#pragma GCC unroll 12
    for (int i = 0; i < MR; ++i) {
#pragma GCC unroll 4
      for (int j = 0; j < NB; ++j) acc[u][i][j] = v16si{};
    }
  }
  const int8_t* w = tile.w;
  const int64_t stride = tile.x_stride;
  for (int32_t s = 0; s < tile.segments; ++s) {
    const uint8_t* x = tile.x + tile.segment_offset[s];
    int32_t quads = tile.quads;
    for (; quads >= kSets; quads -= kSets) {
#pragma GCC unroll 4
      for (int u = 0; u < kSets; ++u) {
        __m512i b[NB];
#pragma GCC unroll 4
        for (int j = 0; j < NB; ++j) b[j] = _mm512_load_si512(w + 64 * (u * NB + j));
#pragma GCC unroll 12
        for (int i = 0; i < MR; ++i) {
          const __m512i a = _mm512_set1_epi32(load_i32(x + i * stride + 4 * u));
#pragma GCC unroll 4
          for (int j = 0; j < NB; ++j) {
            acc[u][i][j] = (v16si)_mm512_dpbusd_epi32((__m512i)acc[u][i][j], a, b[j]);
          }
        }
      }
      x += 4 * kSets;
      w += 64 * NB * kSets;
    }
    if constexpr (kSets > 1) {
      for (; quads > 0; --quads) {
#pragma GCC unroll 12
        for (int i = 0; i < MR; ++i) {
          const __m512i a = _mm512_set1_epi32(load_i32(x + i * stride));
#pragma GCC unroll 4
          for (int j = 0; j < NB; ++j) {
            acc[0][i][j] =
                (v16si)_mm512_dpbusd_epi32((__m512i)acc[0][i][j], a, _mm512_load_si512(w + 64 * j));
          }
        }
        x += 4;
        w += 64 * NB;
      }
    }
  }
#pragma GCC unroll 4
  for (int u = 1; u < kSets; ++u) {
#pragma GCC unroll 12
    for (int i = 0; i < MR; ++i) {
#pragma GCC unroll 4
      for (int j = 0; j < NB; ++j) acc[0][i][j] += acc[u][i][j];
    }
  }
  finish_tile<MR, NB, R>(acc[0], tile);
}

struct Vnni {
  static constexpr int32_t kMaxBlocks = 4;
  static constexpr int32_t kRows[4] = {8, 8, 8, 6};
  template <Rounding R>
  static constexpr TileFunction kTiles[4][8] = {
      {tile_vnni<1, 1, R>, tile_vnni<2, 1, R>, tile_vnni<3, 1, R>, tile_vnni<4, 1, R>,
       tile_vnni<5, 1, R>, tile_vnni<6, 1, R>, tile_vnni<7, 1, R>, tile_vnni<8, 1, R>},
      {tile_vnni<1, 2, R>, tile_vnni<2, 2, R>, tile_vnni<3, 2, R>, tile_vnni<4, 2, R>,
       tile_vnni<5, 2, R>, tile_vnni<6, 2, R>, tile_vnni<7, 2, R>, tile_vnni<8, 2, R>},
      {tile_vnni<1, 3, R>, tile_vnni<2, 3, R>, tile_vnni<3, 3, R>, tile_vnni<4, 3, R>,
       tile_vnni<5, 3, R>, tile_vnni<6, 3, R>, tile_vnni<7, 3, R>, tile_vnni<8, 3, R>},
      {tile_vnni<1, 4, R>, tile_vnni<2, 4, R>, tile_vnni<3, 4, R>, tile_vnni<4, 4, R>,
       tile_vnni<5, 4, R>, tile_vnni<6, 4, R>}};
  static uint32_t row_sum(const uint8_t* x, int32_t bytes) { return row_sum_zmm(x, bytes); }
};

}  // namespace

void gemm_i8__avx512vnni(const GemmI8Call& call) { run<Vnni>(call); }

}  // namespace octet
