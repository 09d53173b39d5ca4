// SPDX-License-Identifier: Apache-2.0
//
// What the two Arm files share: the end of a tile of MR rows by NB blocks of 16 channels, each four
// vectors of sums, and sums of bytes. Bytes of x are signed here (base/dot_form.h).
#ifndef OCTET_KERNELS_GEMM_I8_ARM_TILE_H_
#define OCTET_KERNELS_GEMM_I8_ARM_TILE_H_

#include "base/simd.h"
#include "kernels/gemm_i8/generic.h"

namespace octet {
namespace {

constexpr int kVectors = kRequantizeLanes / Neon::kLanes;  // of a block
constexpr int kHalf = kVectors / 2;

// Four bytes to each lane.
OCTET_INLINE int8x16_t spread(const uint8_t* x) {
  return (int8x16_t)vld1q_dup_s32(reinterpret_cast<const int32_t*>(x));
}

// The first `count` of 8 bytes, zeros behind them; reads up to 3 bytes behind them.
OCTET_INLINE uint64_t first_bytes(const uint8_t* x, int32_t count) {
  uint64_t bytes = 0;
  int32_t at = 0;
  if (count >= 4) {
    bytes = static_cast<uint32_t>(load_i32(x));
    at = 4;
  }
  if (count > at) {
    const uint32_t inside = count >= at + 4 ? ~0u : (1u << (8 * (count - at))) - 1;
    bytes |= static_cast<uint64_t>(static_cast<uint32_t>(load_i32(x + at)) & inside) << (8 * at);
  }
  return bytes;
}

OCTET_INLINE int32x4_t sum_bytes(int32x4_t sums, int8x16_t x) {
  return vpadalq_s16(sums, vpaddlq_s8(x));
}

// Four rows at a time, the last of them several times where fewer are left.
__attribute__((noinline)) void row_sums_neon(const uint8_t* x, int64_t stride,
                                             const int64_t* offsets, int32_t segments,
                                             int32_t bytes, int32_t rows, int32_t* sums) {
  for (int32_t first = 0; first < rows; first += 4) {
    const int32_t last = rows - 1 - first;
    int32x4_t acc[4];
    int64_t row[4];
#pragma GCC unroll 4
    for (int r = 0; r < 4; ++r) {
      acc[r] = vdupq_n_s32(0);
      row[r] = (first + (r < last ? r : last)) * stride;
    }
    for (int32_t s = 0; s < segments; ++s) {
      const uint8_t* from = x + offsets[s];
      int32_t left = bytes;
      for (; left >= 16; left -= 16, from += 16) {
#pragma GCC unroll 4
        for (int r = 0; r < 4; ++r) {
          acc[r] = sum_bytes(acc[r], (int8x16_t)vld1q_u8(from + row[r]));
        }
      }
      if (left == 0) continue;
#pragma GCC unroll 4
      for (int r = 0; r < 4; ++r) {
        const uint8_t* rest = from + row[r];
        const uint64_t low = first_bytes(rest, left < 8 ? left : 8);
        const uint64_t high = left > 8 ? first_bytes(rest + 8, left - 8) : 0;
        const auto both = vcombine_u64(vcreate_u64(low), vcreate_u64(high));
        acc[r] = sum_bytes(acc[r], (int8x16_t)both);
      }
    }
    const int32x4_t all = vpaddq_s32(vpaddq_s32(acc[0], acc[1]), vpaddq_s32(acc[2], acc[3]));
    if (last >= 3) {
      vst1q_s32(sums + first, all);
    } else {
      int32_t out[4];
      vst1q_s32(out, all);
      __builtin_memcpy(sums + first, out, sizeof(int32_t) * (last + 1));
    }
  }
}

// Words of a vector of a row that are inside y: `count` of the vector and those behind it.
template <class T>
OCTET_INLINE void store_words(uint8_t* y, T words, int count) {
  if (__builtin_expect(count >= Neon::kLanes, 1)) {
    __builtin_memcpy(y, &words, sizeof(words));
  } else if (count > 0) {
    alignas(16) uint8_t all[sizeof(words)];
    __builtin_memcpy(all, &words, sizeof(words));
    __builtin_memcpy(y, all, 4 * count);
  }
}

// What the sums of a block's row start with, or have added; of kReal nothing, whose end adds it.
// Every row reads the bias again: kept in registers it would be copied to each.
template <Rounding R, int NV>
OCTET_INLINE void start_row(int32x4_t (&acc)[NV], const Tile& tile, int i, int j) {
  const auto* bias = static_cast<const typename BlockOf<R>::Type*>(tile.blocks)[j].bias;
  asm volatile("" : "+r"(bias));
#pragma GCC unroll 4
  for (int v = 0; v < NV; ++v) {
    acc[v] = R == Rounding::kReal ? vdupq_n_s32(0) : Neon::load(bias + 4 * v);
  }
  if (R != Rounding::kReal && tile.row_terms != nullptr) {
    const int32x4_t term = vdupq_n_s32(tile.row_terms[i]);
#pragma GCC unroll 4
    for (int v = 0; v < NV; ++v) acc[v] += term;
  }
}

// Sums of a row of a block that are not bytes in the end.
template <Rounding R, int NV>
OCTET_INLINE void store_row(const int32x4_t (&acc)[NV], const Tile& tile, int i, int j) {
  uint8_t* y = tile.y + i * tile.y_stride + 64 * j;
  const int count = tile.columns - kRequantizeLanes * j;
  const auto& block = static_cast<const typename BlockOf<R>::Type*>(tile.blocks)[j];
#pragma GCC unroll 4
  for (int v = 0; v < NV; ++v) {
    if constexpr (R == Rounding::kReal) {
      const float32x4_t low = vdupq_n_f32(tile.low), high = vdupq_n_f32(tile.high);
      store_words(y + 16 * v,
                  tile.x_scale == nullptr
                      ? finish_real<true>(acc[v], block, 4 * v, 0, 0, low, high)
                      : finish_real<false>(acc[v], block, 4 * v, tile.zero(i),
                                           tile.x_scale[i * tile.x_step], low, high),
                  count - 4 * v);
    } else {
      store_words(y + 16 * v, acc[v], count - 4 * v);
    }
  }
}

// Bytes of four vectors of sums, those of one row of a block or of two rows of half a block.
template <Rounding R, int NV>
OCTET_INLINE uint8x16_t bytes_of(const int32x4_t (&acc)[kVectors], const Tile& tile, int j,
                                 const Narrow<Neon>& narrow, bool plain) {
  const auto& block = static_cast<const typename BlockOf<R>::Type*>(tile.blocks)[j];
  return finish_sums<Neon, R>(
      acc, [&](int) OCTET_INLINE_LAMBDA -> auto& { return block; },
      [](int v) OCTET_INLINE_LAMBDA { return 4 * (v % NV); }, narrow, plain);
}

template <int MR, int NB, int NV, Rounding R>
OCTET_INLINE void finish_bytes(const int32x4_t (&acc)[MR][NB][NV], const Tile& tile, bool plain) {
  const Narrow<Neon> narrow(tile.range);
  uint8_t* y = tile.y;
  const int64_t stride = tile.y_stride;
  if constexpr (NV == kVectors) {
#pragma GCC unroll 6
    for (int i = 0; i < MR; ++i) {
#pragma GCC unroll 4
      for (int j = 0; j < NB; ++j) {
        const int count = tile.columns - kRequantizeLanes * j;
        Neon::store_bytes(y + i * stride + kRequantizeLanes * j,
                          bytes_of<R, NV>(acc[i][j], tile, j, narrow, plain),
                          count < kRequantizeLanes ? count : kRequantizeLanes);
      }
    }
  } else {
#pragma GCC unroll 4
    for (int i = 0; i < MR; i += 2) {
      const int below = i + 1 < MR ? i + 1 : i;
      const int32x4_t four[kVectors] = {acc[i][0][0], acc[i][0][1], acc[below][0][0],
                                        acc[below][0][1]};
      const uint8x16_t bytes = bytes_of<R, NV>(four, tile, 0, narrow, plain);
      Neon::store_bytes(y + i * stride, bytes, tile.columns);
      if (below > i) {
        Neon::store_bytes(y + below * stride, vextq_u8(bytes, bytes, 8), tile.columns);
      }
    }
  }
}

// NV is kVectors, or half of it where the tile has at most 8 columns.
template <int MR, int NB, int NV, Rounding R>
OCTET_INLINE void finish_tile(const int32x4_t (&acc)[MR][NB][NV], const Tile& tile) {
  if constexpr (R == Rounding::kReal || R == Rounding::kSum) {
#pragma GCC unroll 8
    for (int i = 0; i < MR; ++i) {
#pragma GCC unroll 4
      for (int j = 0; j < NB; ++j) store_row<R>(acc[i][j], tile, i, j);
    }
  } else {
    tile.plain ? finish_bytes<MR, NB, NV, R>(acc, tile, true)
               : finish_bytes<MR, NB, NV, R>(acc, tile, false);
  }
}

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_GEMM_I8_ARM_TILE_H_
