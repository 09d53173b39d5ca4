// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm_i8/alone.h"
#include "kernels/gemm_i8/x86_zmm.h"

namespace octet {
namespace {

// Four products of bytes onto each sum.
OCTET_INLINE v16si dot(v16si sum, __m512i x, __m512i w) {
  return (v16si)_mm512_dpbusd_epi32((__m512i)sum, x, w);
}
struct Quad {
  uint8_t bytes[4];
};
OCTET_INLINE v8si dot(v8si sum, __m256i x, __m256i w) {
  return (v8si)_mm256_dpbusd_epi32((__m256i)sum, x, w);
}

// Four bytes to each lane, from memory: gcc 12 would load them to a general register for 64 bytes
// and 32, which takes a vector instruction more each.
OCTET_INLINE __m256i spread(const uint8_t* x) {
  __m256i spread;
  asm("vpbroadcastd %1, %0" : "=v"(spread) : "m"(*reinterpret_cast<const Quad*>(x)));
  return spread;
}

// MR rows by NB blocks. With kHalf the last block has at most 8 channels, and its products are
// half as long. vpdpbusd takes 4 cycles and one of 64 bytes starts per cycle, so a tile of few sums
// takes several quads at a time into sums of their own.
template <int MR, int NB, bool kHalf, Rounding R>
OCTET_INLINE void tile_vnni(const Tile& tile) {
  constexpr int kSets = MR * NB >= 6 ? 1 : MR * NB >= 3 ? 2 : 4;
  constexpr int kWhole = kHalf ? NB - 1 : NB;
  v16si acc[kSets][MR][NB];
  v8si half[kSets][MR];
  start_tile<MR, NB, R>(acc[0], tile);
  if (kHalf) {
    const auto* blocks = static_cast<const typename BlockOf<R>::Type*>(tile.blocks);
    const v8si bias = Ymm::load(blocks[kWhole].bias);
#pragma GCC unroll 12
    for (int i = 0; i < MR; ++i) {
      half[0][i] = tile.row_terms == nullptr ? bias : bias + Ymm::splat(tile.row_terms[i]);
    }
  }
#pragma GCC unroll 4
  for (int u = 1; u < kSets; ++u) {
#pragma GCC unroll 12
    for (int i = 0; i < MR; ++i) {
#pragma GCC unroll 4
      for (int j = 0; j < NB; ++j) acc[u][i][j] = v16si{};
      half[u][i] = v8si{};
    }
  }
  const int8_t* w = tile.w;
  const int64_t stride = tile.x_stride;
  for (int32_t s = 0; s < tile.segments; ++s) {
    const uint8_t* x = tile.x + tile.segment_offset[s];
    int32_t quads = tile.quads;
    const auto take = [&](int u, int set) OCTET_INLINE_LAMBDA {
      __m512i b[NB];
#pragma GCC unroll 4
      for (int j = 0; j < kWhole; ++j) b[j] = _mm512_load_si512(w + 64 * (u * NB + j));
      __m256i b_half{};
      if (kHalf) {
        b_half = _mm256_load_si256(reinterpret_cast<const __m256i*>(w + 64 * (u * NB + kWhole)));
      }
#pragma GCC unroll 12
      for (int i = 0; i < MR; ++i) {
        if constexpr (kWhole > 0) {
          const __m512i a = _mm512_set1_epi32(load_i32(x + i * stride + 4 * u));
#pragma GCC unroll 4
          for (int j = 0; j < kWhole; ++j) acc[set][i][j] = dot(acc[set][i][j], a, b[j]);
        }
        if (kHalf) half[set][i] = dot(half[set][i], spread(x + i * stride + 4 * u), b_half);
      }
    };
    for (; quads >= kSets; quads -= kSets) {
#pragma GCC unroll 4
      for (int u = 0; u < kSets; ++u) take(u, u);
      x += 4 * kSets;
      w += 64 * NB * kSets;
    }
    if constexpr (kSets > 1) {
      for (; quads > 0; --quads) {
        take(0, 0);
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
      for (int j = 0; j < kWhole; ++j) acc[0][i][j] += acc[u][i][j];
      if (kHalf) half[0][i] += half[u][i];
    }
  }
  if (kHalf) {
#pragma GCC unroll 12
    for (int i = 0; i < MR; ++i)
      acc[0][i][kWhole] = (v16si)_mm512_zextsi256_si512((__m256i)half[0][i]);
  }
  finish_tile<MR, NB, R>(acc[0], tile);
}

// Products of the next tile run beside the conversions of this one.
template <int MR, int NB, bool kHalf, Rounding R>
void tiles_vnni(const Tile& first, int32_t count) {
  Tile tile = first;
  for (; count > 0; --count, tile.move(MR)) tile_vnni<MR, NB, kHalf, R>(tile);
}

struct Vnni {
  static constexpr int32_t kMaxBlocks = 4;
  static constexpr int32_t max_blocks(int32_t) { return kMaxBlocks; }
  static bool half(int32_t blocks, int32_t columns) {
    return blocks < 4 && columns <= kRequantizeLanes * blocks - 8;
  }
  // The schedulers hold the conversions of about 12 vectors and the products of the next tile; more
  // rows only save reads of weights, which deep products of many channels have in the L2 cache.
  static int32_t max_rows(int32_t blocks, int32_t depth, int32_t columns) {
    if (blocks == 1 || half(blocks, columns)) return 8;
    if (blocks == 2 || depth <= 48) return 3;
    return blocks == 3 ? 8 : 6;
  }
  template <int NB, bool kHalf, Rounding R>
  static constexpr TileFunction kTiles[8] = {
      tiles_vnni<1, NB, kHalf, R>, tiles_vnni<2, NB, kHalf, R>, tiles_vnni<3, NB, kHalf, R>,
      tiles_vnni<4, NB, kHalf, R>, tiles_vnni<5, NB, kHalf, R>, tiles_vnni<6, NB, kHalf, R>,
      tiles_vnni<7, NB, kHalf, R>, tiles_vnni<8, NB, kHalf, R>};
  template <Rounding R>
  static constexpr TileFunction kPairs[3] = {tiles_vnni<1, 2, false, R>, tiles_vnni<2, 2, false, R>,
                                             tiles_vnni<3, 2, false, R>};
  template <Rounding R>
  static constexpr TileFunction kWidest[6] = {
      tiles_vnni<1, 4, false, R>, tiles_vnni<2, 4, false, R>, tiles_vnni<3, 4, false, R>,
      tiles_vnni<4, 4, false, R>, tiles_vnni<5, 4, false, R>, tiles_vnni<6, 4, false, R>};
  template <Rounding R>
  static void run_tiles(const Tile& first, int32_t blocks, int32_t rows, int32_t count) {
    const bool narrow = half(blocks, first.columns);
    switch (blocks) {
      case 1:
        return (narrow ? kTiles<1, true, R> : kTiles<1, false, R>)[rows - 1](first, count);
      case 2:
        return (narrow ? kTiles<2, true, R>[rows - 1] : kPairs<R>[rows - 1])(first, count);
      case 3:
        return (narrow ? kTiles<3, true, R> : kTiles<3, false, R>)[rows - 1](first, count);
      default:
        return kWidest<R>[rows - 1](first, count);
    }
  }
  static void row_sums(const uint8_t* x, int64_t stride, const int64_t* offsets, int32_t segments,
                       int32_t bytes, int32_t rows, int32_t* sums) {
    row_sums_zmm(x, stride, offsets, segments, bytes, rows, sums);
  }
};

}  // namespace

void gemm_i8__avx512vnni(const GemmI8Call& call) {
  is_alone(call) ? run_alone(call) : run<Vnni>(call);
}

}  // namespace octet
