// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm_i8/arm_tile.h"

namespace octet {
namespace {

// Onto the sums of each row's four channels: products of two quads, w and w_next, by those of a row
// each. kPairs adds both in 16 bits. Assembly, since gcc 12 copies sums between registers; of two
// rows no instruction waits for the one before it.
template <bool kPairs>
OCTET_INLINE void add_row(int32x4_t* low, int32x4_t* high, int8x16_t w, int8x16_t w_next,
                          const int8x16_t (&x)[2]) {
  int16x8_t s, t;
  if constexpr (kPairs) {
    asm("smull %[s].8h, %[w].8b, %[x].8b\n\t"
        "smull2 %[t].8h, %[w].16b, %[x].16b\n\t"
        "smlal %[s].8h, %[v].8b, %[y].8b\n\t"
        "smlal2 %[t].8h, %[v].16b, %[y].16b\n\t"
        "sadalp %[low].4s, %[s].8h\n\t"
        "sadalp %[high].4s, %[t].8h"
        : [low] "+w"(*low), [high] "+w"(*high), [s] "=&w"(s), [t] "=&w"(t)
        : [w] "w"(w), [v] "w"(w_next), [x] "w"(x[0]), [y] "w"(x[1]));
  } else {
    int16x8_t p, q;
    asm("smull %[s].8h, %[w].8b, %[x].8b\n\t"
        "smull2 %[t].8h, %[w].16b, %[x].16b\n\t"
        "smull %[p].8h, %[v].8b, %[y].8b\n\t"
        "smull2 %[q].8h, %[v].16b, %[y].16b\n\t"
        "sadalp %[low].4s, %[s].8h\n\t"
        "sadalp %[high].4s, %[t].8h\n\t"
        "sadalp %[low].4s, %[p].8h\n\t"
        "sadalp %[high].4s, %[q].8h"
        :
        [low] "+w"(*low), [high] "+w"(*high), [s] "=&w"(s), [t] "=&w"(t), [p] "=&w"(p), [q] "=&w"(q)
        : [w] "w"(w), [v] "w"(w_next), [x] "w"(x[0]), [y] "w"(x[1]));
  }
}
OCTET_INLINE void add_two_rows(int32x4_t* low, int32x4_t* high, int32x4_t* low2, int32x4_t* high2,
                               int8x16_t w, int8x16_t w_next, const int8x16_t (&x)[2],
                               const int8x16_t (&x2)[2]) {
  int16x8_t s, t, p, q;
  asm("smull %[s].8h, %[w].8b, %[x].8b\n\t"
      "smull2 %[t].8h, %[w].16b, %[x].16b\n\t"
      "smull %[p].8h, %[w].8b, %[z].8b\n\t"
      "smull2 %[q].8h, %[w].16b, %[z].16b\n\t"
      "smlal %[s].8h, %[v].8b, %[y].8b\n\t"
      "smlal2 %[t].8h, %[v].16b, %[y].16b\n\t"
      "smlal %[p].8h, %[v].8b, %[u].8b\n\t"
      "smlal2 %[q].8h, %[v].16b, %[u].16b\n\t"
      "sadalp %[low].4s, %[s].8h\n\t"
      "sadalp %[high].4s, %[t].8h\n\t"
      "sadalp %[low2].4s, %[p].8h\n\t"
      "sadalp %[high2].4s, %[q].8h"
      : [low] "+w"(*low), [high] "+w"(*high), [low2] "+w"(*low2), [high2] "+w"(*high2),
        [s] "=&w"(s), [t] "=&w"(t), [p] "=&w"(p), [q] "=&w"(q)
      : [w] "w"(w), [v] "w"(w_next), [x] "w"(x[0]), [y] "w"(x[1]), [z] "w"(x2[0]), [u] "w"(x2[1]));
}

// 32 bytes; gcc 12 takes the two loads apart.
template <int kOffset>
OCTET_INLINE void load_pair(int8x16_t* a, int8x16_t* b, const int8_t* w) {
  asm("ldp %q0, %q1, [%2, %3]"
      : "=w"(*a), "=w"(*b)
      : "r"(w), "i"(kOffset), "m"(*reinterpret_cast<const int8_t(*)[kOffset + 32]>(w)));
}

// The next quad of a row to each lane, and x behind it: one instruction, where a load of two quads
// and their broadcasts are three.
OCTET_INLINE int8x16_t next_quad(const uint8_t** x) {
  int8x16_t quad;
  asm("ld1r {%0.4s}, [%1], #4"
      : "=w"(quad), "+r"(*x)
      : "m"(*reinterpret_cast<const uint8_t(*)[4]>(*x)));
  return quad;
}

template <int MR, int NB, int NV>
using PartSums = int32x4_t[MR][NB][2 * NV];

// Two quads of all blocks, two vectors after another.
template <int MR, int NB, int NV, bool kPairs, int kFirst = 0>
OCTET_INLINE void add_vectors(PartSums<MR, NB, NV>& acc, const int8_t* w, const int8_t* next,
                              const int8x16_t (&a)[MR][2]) {
  constexpr int j = kFirst / NV, kOffset = 64 * j + 16 * (kFirst % NV);
  int8x16_t b[2], c[2];
  constexpr bool kLoadPairs = MR < 4;  // four rows leave no registers
  if constexpr (kLoadPairs) {
    load_pair<kOffset>(&b[0], &b[1], w);
    load_pair<kOffset>(&c[0], &c[1], next);
  }
#pragma GCC unroll 2
  for (int q = 0; q < 2; ++q) {
    if constexpr (!kLoadPairs) {
      b[q] = vld1q_s8(w + kOffset + 16 * q);
      c[q] = vld1q_s8(next + kOffset + 16 * q);
      in_order();
    }
    constexpr int kTwoRows = kPairs ? MR / 2 * 2 : 0;
    const int v = kFirst % NV + q;
#pragma GCC unroll 2
    for (int i = 0; i < kTwoRows; i += 2) {
      add_two_rows(&acc[i][j][2 * v], &acc[i][j][2 * v + 1], &acc[i + 1][j][2 * v],
                   &acc[i + 1][j][2 * v + 1], b[q], c[q], a[i], a[i + 1]);
    }
#pragma GCC unroll 4
    for (int i = kTwoRows; i < MR; ++i) {
      add_row<kPairs>(&acc[i][j][2 * v], &acc[i][j][2 * v + 1], b[q], c[q], a[i]);
    }
  }
  in_order();
  if constexpr (kFirst + 2 < NB * NV) {
    add_vectors<MR, NB, NV, kPairs, kFirst + 2>(acc, w, next, a);
  }
}

// MR rows by NB blocks of NV vectors. Sums 2v hold channels 4v and 4v + 1, two parts each, and
// those that follow the next two channels. Two quads are summed in 16 bits where the weights let
// them.
template <int MR, int NB, int NV, Rounding R, bool kPairs>
OCTET_INLINE void tile_neon(const Tile& tile) {
  PartSums<MR, NB, NV> acc;
#pragma GCC unroll 4
  for (int i = 0; i < MR; ++i) {
#pragma GCC unroll 2
    for (int j = 0; j < NB; ++j) {
#pragma GCC unroll 8
      for (int p = 0; p < 2 * NV; ++p) acc[i][j][p] = vdupq_n_s32(0);
    }
  }
  const int8_t* w = tile.w;
  const int64_t w_step = tile.w_step, stride = tile.x_stride;
  for (int32_t s = 0; s < tile.segments; ++s) {
    const uint8_t* row[MR];
#pragma GCC unroll 4
    for (int i = 0; i < MR; ++i) row[i] = tile.x + tile.segment_offset[s] + i * stride;
    int32_t quads = tile.quads;
    for (int32_t pairs = quads / 2; pairs > 0; --pairs) {
      int8x16_t a[MR][2];
#pragma GCC unroll 4
      for (int i = 0; i < MR; ++i) {
        a[i][0] = next_quad(&row[i]);
        a[i][1] = next_quad(&row[i]);
      }
      const int8_t* next = w + w_step;
      add_vectors<MR, NB, NV, kPairs>(acc, w, next, a);
      w = next + w_step;
    }
    quads &= 1;
    asm("" : "+r"(quads));  // hides that one is left at most: a branch would take in what is around
    for (; quads > 0; --quads, w += w_step) {
#pragma GCC unroll 4
      for (int i = 0; i < MR; ++i) {
        const int8x16_t a = next_quad(&row[i]);
#pragma GCC unroll 2
        for (int j = 0; j < NB; ++j) {
#pragma GCC unroll 4
          for (int v = 0; v < NV; ++v) {
            const int8x16_t b = vld1q_s8(w + 64 * j + 16 * v);
            auto &low = acc[i][j][2 * v], &high = acc[i][j][2 * v + 1];
            low = vpadalq_s16(low, vmull_s8(vget_low_s8(b), vget_low_s8(a)));
            high = vpadalq_s16(high, vmull_high_s8(b, a));
            in_order();
          }
        }
      }
    }
  }
  int32x4_t sums[MR][NB][NV];
#pragma GCC unroll 4
  for (int i = 0; i < MR; ++i) {
#pragma GCC unroll 2
    for (int j = 0; j < NB; ++j) {
      start_row<R>(sums[i][j], tile, i, j);
#pragma GCC unroll 4
      for (int v = 0; v < NV; ++v) {
        sums[i][j][v] += vpaddq_s32(acc[i][j][2 * v], acc[i][j][2 * v + 1]);
      }
    }
  }
  finish_tile<MR, NB, NV, R>(sums, tile);
}

template <int MR, int NB, int NV, Rounding R, bool kPairs>
void tiles_neon(const Tile& first, int32_t count) {
  Tile tile = first;
  for (; count > 0; --count, tile.move(MR)) tile_neon<MR, NB, NV, R, kPairs>(tile);
}

// Two quads of two rows, the weights of 16 channels. In v28 ... v31 the products of vector n of
// both quads are summed; `add` takes them to the eight sums.
#define OCTET_TWO_QUADS(add)                                                              \
  "ld1 {v16.16b, v17.16b, v18.16b, v19.16b}, [%[w]], %[step]\n\t"                         \
  "ld2r {v24.4s, v25.4s}, [%[x]], #8\n\t"                                                 \
  "ld1 {v20.16b, v21.16b, v22.16b, v23.16b}, [%[w]], %[step]\n\t"                         \
  "ld2r {v26.4s, v27.4s}, [%[z]], #8\n\t" OCTET_VECTOR(add, "v16", "v20", "0", "1")       \
      OCTET_VECTOR(add, "v17", "v21", "2", "3") OCTET_VECTOR(add, "v18", "v22", "4", "5") \
          OCTET_VECTOR(add, "v19", "v23", "6", "7")
#define OCTET_VECTOR(add, w, next, low, high)                                                  \
  "smull v28.8h, " w                                                                           \
  ".8b, v24.8b\n\t"                                                                            \
  "smull2 v29.8h, " w                                                                          \
  ".16b, v24.16b\n\t"                                                                          \
  "smull v30.8h, " w                                                                           \
  ".8b, v26.8b\n\t"                                                                            \
  "smull2 v31.8h, " w                                                                          \
  ".16b, v26.16b\n\t"                                                                          \
  "smlal v28.8h, " next                                                                        \
  ".8b, v25.8b\n\t"                                                                            \
  "smlal2 v29.8h, " next                                                                       \
  ".16b, v25.16b\n\t"                                                                          \
  "smlal v30.8h, " next                                                                        \
  ".8b, v27.8b\n\t"                                                                            \
  "smlal2 v31.8h, " next ".16b, v27.16b\n\t" add " %[a" low "].4s, v28.8h\n\t" add " %[a" high \
  "].4s, v29.8h\n\t" add " %[b" low "].4s, v30.8h\n\t" add " %[b" high "].4s, v31.8h\n\t"

// Sums of two rows of a block over `pairs` pairs of quads in one run, at least two. The whole loop
// is one block of assembly, since its loads of several registers in a row take all 32: fewer
// instructions than pairs of registers and pointers moved on their own.
OCTET_INLINE void add_run(int32x4_t (&a)[8], int32x4_t (&b)[8], const uint8_t* x,
                          const uint8_t* below, const int8_t* w, int64_t w_step, int64_t pairs) {
  --pairs;
  asm(OCTET_TWO_QUADS("saddlp")
      "1:\n\t"
      OCTET_TWO_QUADS("sadalp")
      "subs %[pairs], %[pairs], #1\n\t"
      "b.ne 1b"
      : [a0] "=&w"(a[0]), [a1] "=&w"(a[1]), [a2] "=&w"(a[2]), [a3] "=&w"(a[3]), [a4] "=&w"(a[4]),
        [a5] "=&w"(a[5]), [a6] "=&w"(a[6]), [a7] "=&w"(a[7]), [b0] "=&w"(b[0]), [b1] "=&w"(b[1]),
        [b2] "=&w"(b[2]), [b3] "=&w"(b[3]), [b4] "=&w"(b[4]), [b5] "=&w"(b[5]), [b6] "=&w"(b[6]),
        [b7] "=&w"(b[7]), [x] "+r"(x), [z] "+r"(below), [w] "+r"(w), [pairs] "+r"(pairs)
      : [step] "r"(w_step)
      : "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28",
        "v29", "v30", "v31", "cc", "memory");
}
#undef OCTET_VECTOR
#undef OCTET_TWO_QUADS

// A block's two rows at the end, the scale of both loaded once.
template <Rounding R>
OCTET_INLINE void requantize_rows(int32x4_t (&a)[kVectors], int32x4_t (&b)[kVectors],
                                  const typename BlockOf<R>::Type& block) {
  if constexpr (R == Rounding::kFloat) {
    int8x16_t scale[kVectors];
    const auto* from = reinterpret_cast<const int8_t*>(block.scale);
    load_pair<0>(&scale[0], &scale[1], from);
    load_pair<32>(&scale[2], &scale[3], from);
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      const auto by = (float32x4_t)scale[v];
      a[v] = vcvtnq_s32_f32(vmulq_f32(vcvtq_f32_s32(a[v]), by));
      b[v] = vcvtnq_s32_f32(vmulq_f32(vcvtq_f32_s32(b[v]), by));
    }
  } else {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      a[v] = requantize_lanes<Neon, R>(a[v], block, 4 * v);
      b[v] = requantize_lanes<Neon, R>(b[v], block, 4 * v);
    }
  }
}

// tiles_neon<2, 1, kVectors, R, true> where is_run(): what is left outside the loop counts where
// depth is short, as in most 1x1 convolutions.
template <Rounding R, bool kPlain>
void run_tiles_of_two(const Tile& tile, int32_t count) {
  const auto& block = *static_cast<const typename BlockOf<R>::Type*>(tile.blocks);
  const uint8_t* x = tile.x;
  const int64_t stride = tile.x_stride, y_stride = tile.y_stride;
  uint8_t* y = tile.y;
  const int8_t* w = tile.w;
  const int64_t w_step = tile.w_step, pairs = tile.quads / 2;
  OutputRange range = tile.range;
  for (; count > 0; --count) {
    int32x4_t sums_a[8], sums_b[8];
    add_run(sums_a, sums_b, x, x + stride, w, w_step, pairs);
    int8x16_t bias[kVectors];
    const auto* from = reinterpret_cast<const int8_t*>(block.bias);
    load_pair<0>(&bias[0], &bias[1], from);
    load_pair<32>(&bias[2], &bias[3], from);
    int32x4_t a[kVectors], b[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      a[v] = vpaddq_s32(sums_a[2 * v], sums_a[2 * v + 1]) + (int32x4_t)bias[v];
      b[v] = vpaddq_s32(sums_b[2 * v], sums_b[2 * v + 1]) + (int32x4_t)bias[v];
    }
    requantize_rows<R>(a, b, block);
    asm("" : "+r"(range.zero));  // no vector outlives the loop above: it would be spilled
    if (!kPlain) asm("" : "+r"(range.min), "+r"(range.max), "+r"(range.flip));
    const Narrow<Neon> narrow(range);
    vst1q_u8(y, narrow(a[0], a[1], a[2], a[3], kPlain));
    vst1q_u8(y + y_stride, narrow(b[0], b[1], b[2], b[3], kPlain));
    x += 2 * stride;
    y += 2 * y_stride;
  }
}

OCTET_INLINE bool is_run(const Tile& tile) {
  return tile.segments == 1 && tile.quads >= 4 && tile.quads % 2 == 0 &&
         tile.columns >= kRequantizeLanes && tile.row_terms == nullptr;
}

template <bool kPairs>
struct NeonMachine {
  static constexpr int32_t kMaxBlocks = 2;
  // Sums fill 16 registers.
  static int32_t max_blocks(int32_t rows) { return rows == 1 ? 2 : 1; }
  // Without pairs a product takes two registers more.
  static constexpr int32_t kHalfRows = kPairs ? 4 : 3;
  static int32_t max_rows(int32_t blocks, int32_t, int32_t columns) {
    return blocks == 2 ? 1 : columns <= 8 ? kHalfRows : 2;
  }
  template <Rounding R>
  static void run_tiles(const Tile& first, int32_t blocks, int32_t rows, int32_t count) {
    static constexpr TileFunction kHalves[4] = {
        tiles_neon<1, 1, kHalf, R, kPairs>, tiles_neon<2, 1, kHalf, R, kPairs>,
        tiles_neon<3, 1, kHalf, R, kPairs>, tiles_neon<kHalfRows, 1, kHalf, R, kPairs>};
    if (blocks == 2) return tiles_neon<1, 2, kVectors, R, kPairs>(first, count);
    if (first.columns <= 8) return kHalves[rows - 1](first, count);
    if constexpr (kPairs && R != Rounding::kReal && R != Rounding::kSum) {
      if (rows == 2 && is_run(first)) {
        return (first.plain ? run_tiles_of_two<R, true> : run_tiles_of_two<R, false>)(first, count);
      }
    }
    (rows == 1 ? tiles_neon<1, 1, kVectors, R, kPairs>
               : tiles_neon<2, 1, kVectors, R, kPairs>)(first, count);
  }
  static void row_sums(const uint8_t* x, int64_t stride, const int64_t* offsets, int32_t segments,
                       int32_t bytes, int32_t rows, int32_t* sums) {
    row_sums_neon(x, stride, offsets, segments, bytes, rows, sums);
  }
};

}  // namespace

void gemm_i8__neon(const GemmI8Call& call) {
  call.w->pairs_fit != 0 ? run<NeonMachine<true>>(call) : run<NeonMachine<false>>(call);
}

}  // namespace octet
