// SPDX-License-Identifier: Apache-2.0
//
// The loops over tiles, once for all vector instruction sets; include it in an ISA file after
// simd_x86.h. A Machine has
//   kMaxBlocks              blocks of 16 channels in one tile, at most
//   kRows[blocks - 1]       rows of the tallest tile of that width
//   kTiles<R>[blocks - 1][rows - 1]
//   row_sum(x, bytes)       sum of bytes, reading none behind them
#ifndef OCTET_KERNELS_GEMM_I8_GENERIC_H_
#define OCTET_KERNELS_GEMM_I8_GENERIC_H_

#include "base/simd_x86.h"
#include "kernels/gemm_i8/gemm_i8.h"

namespace octet {
namespace {

struct Tile {
  const uint8_t* x;
  int64_t x_stride;
  const int64_t* segment_offset;
  int32_t segments, quads;
  const int8_t* w;
  int64_t w_step;  // bytes from one quad to the next
  const void* blocks;
  const int32_t* row_terms;  // added to the sums of a row; NULL for zeros
  uint8_t* y;
  int64_t y_stride;
  int32_t columns;  // of the tile inside y
  OutputRange range;
  bool plain;            // is_plain(range)
  const float* x_scale;  // kReal, as in GemmI8Call, of the tile's first row
  const int32_t* x_zero;
  int32_t x_step;
  float low, high;

  // Of row i: what is taken from the sums for each unit of the channel's weights.
  int32_t zero(int i) const {
    return static_cast<int32_t>(
        128u + (x_zero == nullptr ? 0 : static_cast<uint32_t>(x_zero[i * x_step])));
  }
};
using TileFunction = void (*)(const Tile& tile);

// Rows that share a pass over the weights of a group: as many as keep their x in the L2 cache.
constexpr int32_t kMaxRows = 96;
constexpr int32_t kMinRows = 24;
constexpr int32_t kBytesOfX = 128 * 1024;

template <class Machine, Rounding R>
void run_rows(const GemmI8Call& call, int32_t m0, int32_t m1) {
  const GemmI8Weights& w = *call.w;
  int32_t terms[kMaxRows];
  if (w.shape.w_zero != 0) {
    for (int32_t m = m0; m < m1; ++m) {
      uint32_t sum = 0;
      for (int32_t s = 0; s < w.shape.segments; ++s) {
        sum += Machine::row_sum(call.x + m * call.x_stride + call.segment_offset[s],
                                w.shape.segment_bytes);
      }
      terms[m - m0] = static_cast<int32_t>(0u - static_cast<uint32_t>(w.shape.w_zero) * sum);
    }
  }
  for (int32_t g = call.first_group; g < call.first_group + call.groups; ++g) {
    const int32_t group_blocks = w.blocks_of(g);
    Tile tile{};
    tile.x_stride = call.x_stride;
    tile.segment_offset = call.segment_offset;
    tile.segments = w.shape.segments;
    tile.quads = w.quads;
    tile.w_step = 64 * group_blocks;
    tile.y_stride = call.y_stride;
    tile.range = call.range;
    tile.plain = is_plain(call.range);
    tile.x_step = call.x_step;
    tile.low = call.low;
    tile.high = call.high;
    constexpr int32_t kElement = R == Rounding::kReal || R == Rounding::kSum ? 4 : 1;
    for (int32_t b = 0; b < group_blocks; b += Machine::kMaxBlocks) {
      const int32_t blocks =
          group_blocks - b < Machine::kMaxBlocks ? group_blocks - b : Machine::kMaxBlocks;
      const int32_t block = w.first_block(g) + b;
      const int32_t column = block * kRequantizeLanes;
      tile.w = w.weights(g) + 64 * b;
      tile.blocks = w.block(block);
      tile.columns = w.shape.n - column < blocks * kRequantizeLanes ? w.shape.n - column
                                                                    : blocks * kRequantizeLanes;
      const int32_t tiles = (m1 - m0 + Machine::kRows[blocks - 1] - 1) / Machine::kRows[blocks - 1];
      int32_t row = m0;
      for (int32_t t = 0; t < tiles; ++t) {
        const int32_t rows = (m1 - row + tiles - t - 1) / (tiles - t);
        tile.x = call.x + row * call.x_stride;
        tile.y = call.y + row * call.y_stride + kElement * column;
        if constexpr (R == Rounding::kReal) {
          tile.x_scale = call.x_scale + row * call.x_step;
          tile.x_zero = call.x_zero == nullptr ? nullptr : call.x_zero + row * call.x_step;
        }
        tile.row_terms = w.shape.w_zero != 0 ? terms + (row - m0) : nullptr;
        Machine::template kTiles<R>[blocks - 1][rows - 1](tile);
        row += rows;
      }
    }
  }
}

template <class Machine, Rounding R>
void run_rounding(const GemmI8Call& call) {
  const int64_t k = int64_t{call.w->shape.segments} * call.w->shape.segment_bytes;
  int64_t target = kBytesOfX / k;
  target = target > kMaxRows ? kMaxRows : target < kMinRows ? kMinRows : target;
  const int64_t parts = (call.m + target - 1) / target;
  for (int64_t p = 0; p < parts; ++p) {
    run_rows<Machine, R>(call, static_cast<int32_t>(call.m * p / parts),
                         static_cast<int32_t>(call.m * (p + 1) / parts));
  }
}

template <class Machine>
void run(const GemmI8Call& call) {
  switch (call.w->shape.rounding) {
    case Rounding::kFloat:
      return run_rounding<Machine, Rounding::kFloat>(call);
    case Rounding::kHalfUp:
      return run_rounding<Machine, Rounding::kHalfUp>(call);
    case Rounding::kHalfAway:
      return run_rounding<Machine, Rounding::kHalfAway>(call);
    case Rounding::kReal:
      return run_rounding<Machine, Rounding::kReal>(call);
    case Rounding::kSum:
      return run_rounding<Machine, Rounding::kSum>(call);
  }
}

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_GEMM_I8_GENERIC_H_
