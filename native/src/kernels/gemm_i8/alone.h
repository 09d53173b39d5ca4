// SPDX-License-Identifier: Apache-2.0
//
// A single row by whole groups of columns: the weights are read once, as one stream, so all that
// counts is to keep it flowing from one group, and one layer, to the next. Included by ISA files
// with vpdpbusd after x86_zmm.h.
#ifndef OCTET_KERNELS_GEMM_I8_ALONE_H_
#define OCTET_KERNELS_GEMM_I8_ALONE_H_

#include "kernels/gemm_i8/x86_zmm.h"

namespace octet {
namespace {

// 1 by NB blocks. Quads go into several sets of sums: a product takes 4 cycles, and one starts in
// each.
template <int NB, Rounding R>
OCTET_INLINE void alone_tile(const Tile& tile) {
  constexpr int kSets = NB == 4 ? 2 : NB == 3 ? 3 : NB == 2 ? 4 : 8;
  v16si acc[kSets][1][NB];
  start_tile<1, NB, R>(acc[0], tile);
#pragma GCC unroll 8
  for (int u = 1; u < kSets; ++u) {
#pragma GCC unroll 4
    for (int j = 0; j < NB; ++j) acc[u][0][j] = v16si{};
  }
  const int8_t* w = tile.w;
  const uint8_t* x = tile.x;
  int32_t quads = tile.quads;
  for (; quads >= kSets; quads -= kSets) {
#pragma GCC unroll 8
    for (int u = 0; u < kSets; ++u) {
      const __m512i a = _mm512_set1_epi32(load_i32(x + 4 * u));
#pragma GCC unroll 4
      for (int j = 0; j < NB; ++j) {
        acc[u][0][j] = (v16si)_mm512_dpbusd_epi32((__m512i)acc[u][0][j], a,
                                                  _mm512_load_si512(w + 64 * (u * NB + j)));
      }
    }
    x += 4 * kSets;
    w += 64 * NB * kSets;
  }
  // hides that few are left: where gcc unrolls this loop it copies registers
  asm("" : "+r"(quads));
  for (; quads > 0; --quads) {
    const __m512i a = _mm512_set1_epi32(load_i32(x));
#pragma GCC unroll 4
    for (int j = 0; j < NB; ++j) {
      acc[0][0][j] =
          (v16si)_mm512_dpbusd_epi32((__m512i)acc[0][0][j], a, _mm512_load_si512(w + 64 * j));
    }
    x += 4;
    w += 64 * NB;
  }
#pragma GCC unroll 8
  for (int u = 1; u < kSets; ++u) {
#pragma GCC unroll 4
    for (int j = 0; j < NB; ++j) acc[0][0][j] += acc[u][0][j];
  }
  finish_tile<1, NB, R>(acc[0], tile);
}

template <Rounding R>
void run_alone(const GemmI8Call& call) {
  const GemmI8Weights& w = *call.w;
  Tile tile{};
  tile.x = call.x + call.segment_offset[0];
  tile.quads = w.quads;
  tile.range = call.range;
  tile.x_scale = call.x_scale;
  tile.x_zero = call.x_zero;
  tile.low = call.low;
  tile.high = call.high;
  constexpr int32_t kElement = R == Rounding::kReal || R == Rounding::kSum ? 4 : 1;
  for (int32_t g = call.first_group; g < call.first_group + call.groups; ++g) {
    const int32_t blocks = w.blocks_of(g), block = w.first_block(g);
    const int32_t column = block * kRequantizeLanes, columns = blocks * kRequantizeLanes;
    tile.w = w.weights(g);
    tile.blocks = w.block(block);
    tile.columns = w.shape.n - column < columns ? w.shape.n - column : columns;
    tile.y = call.y + kElement * column;
    switch (blocks) {
      case 1:
        alone_tile<1, R>(tile);
        break;
      case 2:
        alone_tile<2, R>(tile);
        break;
      case 3:
        alone_tile<3, R>(tile);
        break;
      default:
        alone_tile<4, R>(tile);
    }
  }
}

// True for the calls that run_alone() takes.
inline bool is_alone(const GemmI8Call& call) {
  return call.m == 1 && call.w->shape.segments == 1 && call.w->shape.w_zero == 0;
}

inline void run_alone(const GemmI8Call& call) {
  switch (call.w->shape.rounding) {
    case Rounding::kFloat:
      return run_alone<Rounding::kFloat>(call);
    case Rounding::kHalfUp:
      return run_alone<Rounding::kHalfUp>(call);
    case Rounding::kHalfAway:
      return run_alone<Rounding::kHalfAway>(call);
    case Rounding::kReal:
      return run_alone<Rounding::kReal>(call);
    case Rounding::kSum:
      return run_alone<Rounding::kSum>(call);
  }
}

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_GEMM_I8_ALONE_H_
