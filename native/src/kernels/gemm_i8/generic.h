// SPDX-License-Identifier: Apache-2.0
//
// The loops over tiles, once for all vector instruction sets; include it in an ISA file after
// simd_x86.h. A Machine has
//   kMaxBlocks                       blocks of 16 channels in one tile, at most
//   max_blocks(rows)                 the same for lines of so many rows
//   max_rows(blocks, depth, columns) rows of the tallest tile of that width for products of `depth`
//                                    quads; columns <= 16 * blocks are inside y
//   run_tiles<R>(tile, blocks, rows, count)
//                                    `count` tiles of `rows` rows, one below the other
//   row_sums(x, stride, offsets, segments, bytes, rows, sums)
//                                    sums of the numbers in dot form of each row's segments,
//                                    reading no byte behind them
#ifndef OCTET_KERNELS_GEMM_I8_GENERIC_H_
#define OCTET_KERNELS_GEMM_I8_GENERIC_H_

#include "base/simd.h"
#include "kernels/gemm_i8/gemm_i8.h"

namespace octet {
namespace {

// What dots with kReal count from where a zero point is 0.
constexpr uint32_t kRealZero = 128 - kDotForm;

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
  bool plain;  // is_plain(range)
  // kReal, as in GemmI8Call, of the tile's first row; NULL where the blocks have taken them in
  const float* x_scale;
  const int32_t* x_zero;
  int32_t x_step;
  float low, high;

  // To the tile `rows` further down.
  OCTET_INLINE void move(int32_t rows) {
    x += rows * x_stride;
    y += rows * y_stride;
    if (row_terms != nullptr) row_terms += rows;
    if (x_scale != nullptr) x_scale += rows * x_step;
    if (x_zero != nullptr) x_zero += rows * x_step;
  }
  // Of row i: what is taken from the sums for each unit of the channel's weights.
  int32_t zero(int i) const {
    return static_cast<int32_t>(
        kRealZero + (x_zero == nullptr ? 0 : static_cast<uint32_t>(x_zero[i * x_step])));
  }
};
using TileFunction = void (*)(const Tile& first, int32_t count);

// Rows that share a pass over the weights of a group: as many as keep their x in the L2 cache.
constexpr int32_t kMaxRows = 128;
constexpr int32_t kMinRows = 24;
constexpr int32_t kBytesOfX = 128 * 1024;

// `rows` rows of one line, in tiles of nearly the same height.
template <class Machine, Rounding R>
OCTET_INLINE void run_line(const Tile& first, int32_t blocks, int32_t max_rows, int32_t rows) {
  const int32_t tiles = (rows + max_rows - 1) / max_rows, height = rows / tiles;
  const int32_t taller = rows - tiles * height;
  if (taller > 0) Machine::template run_tiles<R>(first, blocks, height + 1, taller);
  if (taller == tiles) return;
  Tile tile = first;
  tile.move(taller * (height + 1));
  Machine::template run_tiles<R>(tile, blocks, height, tiles - taller);
}

// Blocks for x with one scale and zero point for all rows: nothing is left to multiply but the
// sums.
inline void take_in(const GemmI8Call& call, const RealBlock* from, int32_t count, RealBlock* to) {
  const float scale = *call.x_scale;
  const uint32_t zero =
      kRealZero + (call.x_zero == nullptr ? 0 : static_cast<uint32_t>(*call.x_zero));
  for (int32_t b = 0; b < count; ++b) {
    for (int32_t i = 0; i < kRequantizeLanes; ++i) {
      to[b].bias[i] = static_cast<int32_t>(0u - zero * static_cast<uint32_t>(from[b].sums[i]));
      to[b].scale[i] = scale * from[b].scale[i];
      to[b].offset[i] = from[b].offset[i];
    }
  }
}

// `lines` lines of `rows` rows each, at most kMaxRows in all.
template <class Machine, Rounding R>
void run_lines(const GemmI8Call& call, const uint8_t* x, uint8_t* y, int32_t first_row,
               int32_t lines, int32_t rows) {
  const GemmI8Weights& w = *call.w;
  int32_t terms[kMaxRows];
  if (w.shape.w_zero != 0) {
    for (int32_t l = 0; l < lines; ++l) {
      Machine::row_sums(x + l * call.x_line, call.x_stride, call.segment_offset, w.shape.segments,
                        w.shape.segment_bytes, rows, terms + l * rows);
    }
    for (int32_t i = 0; i < lines * rows; ++i) {
      terms[i] = static_cast<int32_t>(0u - static_cast<uint32_t>(w.shape.w_zero) *
                                               static_cast<uint32_t>(terms[i]));
    }
  }
  Tile tile{};
  tile.x_stride = call.x_stride;
  tile.segment_offset = call.segment_offset;
  tile.segments = w.shape.segments;
  tile.quads = w.quads;
  tile.y_stride = call.y_stride;
  tile.range = call.range;
  tile.plain = is_plain(call.range);
  if (R == Rounding::kReal) {
    tile.x_scale = call.x_scale + first_row * call.x_step;
    tile.x_zero = call.x_zero == nullptr ? nullptr : call.x_zero + first_row * call.x_step;
    tile.x_step = call.x_step;
    tile.low = call.low;
    tile.high = call.high;
  }
  RealBlock own[R == Rounding::kReal ? Machine::kMaxBlocks : 1];
  const bool shared = R == Rounding::kReal && call.x_step == 0;
  if (shared) tile.x_scale = nullptr;
  constexpr int32_t kElement = R == Rounding::kReal || R == Rounding::kSum ? 4 : 1;
  const int32_t most = Machine::max_blocks(rows);
  for (int32_t g = call.first_group; g < call.first_group + call.groups; ++g) {
    const int32_t group_blocks = w.blocks_of(g);
    tile.w_step = 64 * group_blocks;
    for (int32_t b = 0; b < group_blocks; b += most) {
      const int32_t blocks = group_blocks - b < most ? group_blocks - b : most;
      const int32_t block = w.first_block(g) + b;
      const int32_t column = block * kRequantizeLanes;
      tile.w = w.weights(g) + 64 * b;
      tile.blocks = w.block(block);
      if (shared) {
        take_in(call, static_cast<const RealBlock*>(tile.blocks), blocks, own);
        tile.blocks = own;
      }
      tile.columns = w.shape.n - column < blocks * kRequantizeLanes ? w.shape.n - column
                                                                    : blocks * kRequantizeLanes;
      const int32_t max_rows = Machine::max_rows(blocks, tile.segments * tile.quads, tile.columns);
      for (int32_t l = 0; l < lines; ++l) {
        tile.x = x + l * call.x_line;
        tile.y = y + l * call.y_line + kElement * column;
        tile.row_terms = w.shape.w_zero != 0 ? terms + l * rows : nullptr;
        run_line<Machine, R>(tile, blocks, max_rows, rows);
      }
    }
  }
}

template <class Machine, Rounding R>
void run_rounding(const GemmI8Call& call) {
  if (call.m == 0) return;
  const int64_t k = int64_t{call.w->shape.segments} * call.w->shape.segment_bytes;
  int64_t target = kBytesOfX / k;
  target = target > kMaxRows ? kMaxRows : target < kMinRows ? kMinRows : target;
  const int32_t line = call.line == 0 ? call.m : call.line, lines = call.m / line;
  if (line < target) {
    const auto step = static_cast<int32_t>(target / line);
    for (int32_t l = 0; l < lines; l += step) {
      run_lines<Machine, R>(call, call.x + l * call.x_line, call.y + l * call.y_line, 0,
                            lines - l < step ? lines - l : step, line);
    }
    return;
  }
  const int64_t parts = (line + target - 1) / target;
  for (int32_t l = 0; l < lines; ++l) {
    for (int64_t p = 0; p < parts; ++p) {
      const auto begin = static_cast<int32_t>(line * p / parts);
      const auto end = static_cast<int32_t>(line * (p + 1) / parts);
      run_lines<Machine, R>(call, call.x + l * call.x_line + begin * call.x_stride,
                            call.y + l * call.y_line + begin * call.y_stride, begin, 1,
                            end - begin);
    }
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
