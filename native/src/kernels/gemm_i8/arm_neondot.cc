// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm_i8/arm_tile.h"

namespace octet {
namespace {

// Of intrinsics gcc 12 copies sums from one register to another.
template <int kLane>
OCTET_INLINE void dot(int32x4_t* sum, int8x16_t w, int8x16_t x) {
  asm("sdot %0.4s, %1.16b, %2.4b[%3]" : "+w"(*sum) : "w"(w), "w"(x), "i"(kLane));
}

template <int MR, int NB, int NV>
using Sums = int32x4_t[MR][NB][NV];

// One quad of k, lane kLane of each row's vector.
template <int MR, int NB, int NV, int kLane>
OCTET_INLINE void add_quad(Sums<MR, NB, NV>& acc, const int8_t* w, const int8x16_t (&a)[MR]) {
#pragma GCC unroll 4
  for (int j = 0; j < NB; ++j) {
#pragma GCC unroll 2
    for (int v = 0; v < NV; v += 2) {
      const int8x16_t b = vld1q_s8(w + 64 * j + 16 * v), c = vld1q_s8(w + 64 * j + 16 * v + 16);
#pragma GCC unroll 8
      for (int i = 0; i < MR; ++i) {
        dot<kLane>(&acc[i][j][v], b, a[i]);
        dot<kLane>(&acc[i][j][v + 1], c, a[i]);
      }
      in_order();
    }
  }
}

// Two quads, or one, of a row.
OCTET_INLINE int8x16_t load_two(const uint8_t* x) {
  int8x16_t v;
  asm("ldr %d0, %1" : "=w"(v) : "m"(*reinterpret_cast<const uint8_t(*)[8]>(x)));
  return v;
}
OCTET_INLINE int8x16_t load_one(const uint8_t* x) {
  int8x16_t v;
  asm("ldr %s0, %1" : "=w"(v) : "m"(*reinterpret_cast<const uint8_t(*)[4]>(x)));
  return v;
}

// A tile whose end needs no more than to be scaled and packed: all columns are inside y, its range
// is plain and no row has a term of its own.
template <int NB, int NV, Rounding R>
constexpr bool kMayBeSimple = R == Rounding::kFloat&& NB == 1 && NV == kVectors;

OCTET_INLINE bool is_simple(const Tile& tile) {
  return tile.plain && tile.columns == kRequantizeLanes && tile.row_terms == nullptr;
}

// The scales are read once for all rows, as the registers of x and w are free by then.
template <int MR>
OCTET_INLINE void finish_simple(const int32x4_t (&acc)[MR][1][kVectors], const Tile& tile) {
  const auto* block = static_cast<const BlockOf<Rounding::kFloat>::Type*>(tile.blocks);
  int32_t zero = tile.range.zero - 128;
  asm volatile("" : "+r"(block), "+r"(zero));  // or they would be read too early, and spilled
  const int16x8_t zeros = vdupq_n_s16(static_cast<int16_t>(zero));
  float32x4_t scale[kVectors];
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) scale[v] = vld1q_f32(block->scale + 4 * v);
#pragma GCC unroll 6
  for (int i = 0; i < MR; ++i) {
    int32x4_t out[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      out[v] = vcvtnq_s32_f32(vmulq_f32(vcvtq_f32_s32(acc[i][0][v]), scale[v]));
    }
    const auto low = (int16x8_t)Neon::pack32(out[0], out[1]);
    const auto high = (int16x8_t)Neon::pack32(out[2], out[3]);
    vst1q_u8(tile.y + i * tile.y_stride,
             Neon::pack16((uint8x16_t)vqaddq_s16(low, zeros), (uint8x16_t)vqaddq_s16(high, zeros)));
    in_order();
  }
}

// MR rows by NB blocks. Four quads of x are one load, of which sdot takes each by its lane. A tile
// of four vectors of sums would wait for them: it has two sets.
template <int MR, int NB, int NV, Rounding R, bool kSimple>
OCTET_INLINE void tile_dot(const Tile& tile) {
  constexpr int kSets = MR * NB == 1 ? 2 : 1, kLast = kSets - 1;
  Sums<MR, NB, NV> acc[kSets];
  if constexpr (kSimple) {
#pragma GCC unroll 8
    for (int i = 0; i < MR; ++i) {
      const auto* block = static_cast<const typename BlockOf<R>::Type*>(tile.blocks);
      asm volatile("" : : "r"(block) : "memory");  // as in start_row()
#pragma GCC unroll 4
      for (int v = 0; v < NV; ++v) acc[0][i][0][v] = vld1q_s32(block->bias + 4 * v);
    }
  } else {
#pragma GCC unroll 8
    for (int i = 0; i < MR; ++i) {
#pragma GCC unroll 4
      for (int j = 0; j < NB; ++j) start_row<R>(acc[0][i][j], tile, i, j);
    }
  }
  if constexpr (kSets == 2) {
#pragma GCC unroll 4
    for (int v = 0; v < NV; ++v) acc[1][0][0][v] = vdupq_n_s32(0);
  }
  const int8_t* w = tile.w;
  const int64_t w_step = tile.w_step, stride = tile.x_stride;
  for (int32_t s = 0; s < tile.segments; ++s) {
    const uint8_t* x = tile.x + tile.segment_offset[s];
    int32_t quads = tile.quads;
    int8x16_t a[MR];
    for (; quads >= 4; quads -= 4) {
#pragma GCC unroll 8
      for (int i = 0; i < MR; ++i) a[i] = (int8x16_t)vld1q_u8(x + i * stride);
      const auto next = [&]() OCTET_INLINE_LAMBDA {
        w += w_step;
        asm("" : "+r"(w));  // or each load would add an offset of its own
      };
      add_quad<MR, NB, NV, 0>(acc[0], w, a);
      next();
      add_quad<MR, NB, NV, 1>(acc[kLast], w, a);
      next();
      add_quad<MR, NB, NV, 2>(acc[0], w, a);
      next();
      add_quad<MR, NB, NV, 3>(acc[kLast], w, a);
      next();
      x += 16;
    }
    if constexpr (kSimple && MR > 4) {
      if (quads & 2) {
#pragma GCC unroll 8
        for (int i = 0; i < MR; ++i) a[i] = load_two(x + i * stride);
        add_quad<MR, NB, NV, 0>(acc[0], w, a);
        w += w_step;
        add_quad<MR, NB, NV, 1>(acc[kLast], w, a);
        w += w_step;
        x += 8;
      }
      if (quads & 1) {
#pragma GCC unroll 8
        for (int i = 0; i < MR; ++i) a[i] = load_one(x + i * stride);
        add_quad<MR, NB, NV, 0>(acc[0], w, a);
        w += w_step;
      }
    } else {
      asm("" : "+r"(quads));  // hides that few are left: gcc would write them out one by one
      for (; quads > 0; --quads) {
#pragma GCC unroll 8
        for (int i = 0; i < MR; ++i) a[i] = spread(x + i * stride);
        add_quad<MR, NB, NV, 0>(acc[0], w, a);
        w += w_step;
        x += 4;
      }
    }
  }
  if constexpr (kSets == 2) {
#pragma GCC unroll 4
    for (int v = 0; v < NV; ++v) acc[0][0][0][v] += acc[1][0][0][v];
  }
  if constexpr (kSimple) {
    finish_simple<MR>(acc[0], tile);
  } else {
    finish_tile<MR, NB, NV, R>(acc[0], tile);
  }
}

template <int MR, int NB, int NV, Rounding R>
void tiles_dot(const Tile& first, int32_t count) {
  Tile tile = first;
  if constexpr (kMayBeSimple<NB, NV, R>) {
    if (is_simple(first)) {
      for (; count > 0; --count) {
        tile_dot<MR, NB, NV, R, true>(tile);
        tile.x += MR * tile.x_stride;
        tile.y += MR * tile.y_stride;
        asm("" : "+r"(tile.y));  // one pointer, not one for each row
      }
      return;
    }
  }
  for (; count > 0; --count, tile.move(MR)) tile_dot<MR, NB, NV, R, false>(tile);
}

struct NeonDot {
  static constexpr int32_t kMaxBlocks = 4;
  static bool half(int32_t blocks, int32_t columns) { return blocks == 1 && columns <= 8; }
  // Sums fill 16 to 24 registers: of few rows those of several blocks.
  static int32_t max_blocks(int32_t rows) { return rows == 1 ? 4 : rows < 4 ? 2 : 1; }
  static int32_t max_rows(int32_t blocks, int32_t, int32_t columns) {
    return half(blocks, columns) ? 8 : blocks == 1 ? 6 : blocks == 2 ? 3 : 1;
  }
  template <Rounding R, int NV>
  static constexpr TileFunction kOne[6] = {tiles_dot<1, 1, NV, R>, tiles_dot<2, 1, NV, R>,
                                           tiles_dot<3, 1, NV, R>, tiles_dot<4, 1, NV, R>,
                                           tiles_dot<5, 1, NV, R>, tiles_dot<6, 1, NV, R>};
  template <Rounding R>
  static void run_tiles(const Tile& first, int32_t blocks, int32_t rows, int32_t count) {
    static constexpr TileFunction kTwo[3] = {
        tiles_dot<1, 2, kVectors, R>, tiles_dot<2, 2, kVectors, R>, tiles_dot<3, 2, kVectors, R>};
    switch (blocks) {
      case 1:
        if (rows == 8) return tiles_dot<8, 1, kHalf, R>(first, count);
        if (rows == 7) return tiles_dot<7, 1, kHalf, R>(first, count);
        return (half(1, first.columns) ? kOne<R, kHalf> : kOne<R, kVectors>)[rows - 1](first,
                                                                                       count);
      case 2:
        return kTwo[rows - 1](first, count);
      case 3:
        return tiles_dot<1, 3, kVectors, R>(first, count);
      default:
        return tiles_dot<1, 4, kVectors, R>(first, count);
    }
  }
  static void row_sums(const uint8_t* x, int64_t stride, const int64_t* offsets, int32_t segments,
                       int32_t bytes, int32_t rows, int32_t* sums) {
    row_sums_neon(x, stride, offsets, segments, bytes, rows, sums);
  }
};

}  // namespace

void gemm_i8__neondot(const GemmI8Call& call) { run<NeonDot>(call); }

}  // namespace octet
