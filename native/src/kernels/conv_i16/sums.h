// SPDX-License-Identifier: Apache-2.0
//
// What the loops over tiles of all vector instruction sets share. A vector type V has Int, kLanes
// int32, load and store.
#ifndef OCTET_KERNELS_CONV_I16_SUMS_H_
#define OCTET_KERNELS_CONV_I16_SUMS_H_

#include "kernels/conv_i16/conv_i16.h"

namespace octet {
namespace {

struct Tile {
  const int16_t* x;
  int64_t x_stride;
  const int64_t* segment_offset;
  int32_t segments, steps;
  const int8_t* w;
  int32_t* sums;  // [row][vector][lane]
  // of tiles that multiply planes
  const int32_t* start;
  int32_t* high;  // NULL, or where sums >> 16 go
  // of tiles that requantize
  const WordBlock* blocks;
  int16_t* y;
  int64_t y_stride;
  int32_t columns;  // of all vectors
  int32_t min, max;
};
using TileFunction = void (*)(const Tile& tile);

// Sums of tiles whose partial sums fit int32, split so that int32 holds all of them.
template <class V>
void add_flushed(TileFunction function, const Tile& whole, int32_t x_step, int32_t w_step,
                 int32_t sums, int32_t* low, int32_t* high) {
  __builtin_memset(low, 0, sizeof(int32_t) * V::kLanes * sums);
  __builtin_memset(high, 0, sizeof(int32_t) * V::kLanes * sums);
  Tile part = whole;
  for (int32_t s = 0; s < whole.segments; s += part.segments) {
    const int32_t fit = whole.steps > kI16Flush ? 1 : kI16Flush / whole.steps;
    part.segments = whole.segments - s < fit ? whole.segments - s : fit;
    part.segment_offset = whole.segment_offset + s;
    for (int32_t first = 0; first < whole.steps; first += kI16Flush) {
      const int32_t left = whole.steps - first;
      part.steps = left < kI16Flush ? left : kI16Flush;
      part.x = whole.x + int64_t{first} * x_step;
      part.w = whole.w + (int64_t{s} * whole.steps + first) * w_step;
      function(part);
      for (int32_t i = 0; i < sums * V::kLanes; i += V::kLanes) {
        const typename V::Int sum = V::load(whole.sums + i);
        V::store(low + i, V::load(low + i) + (sum & 0xffff));
        V::store(high + i, V::load(high + i) + (sum >> 16));
      }
    }
  }
}

// How many of `left` rows come next: `most`, but two last parts are alike. No division.
inline int32_t next_rows(int32_t left, int32_t most) {
  return left >= 2 * most ? most : left > most ? (left + 1) / 2 : left;
}

inline Tile whole_tile(const ConvI16Call& call, int32_t group, int32_t row) {
  Tile tile{};
  tile.x = call.x + row * call.x_stride;
  tile.x_stride = call.x_stride;
  tile.segment_offset = call.segment_offset;
  tile.segments = call.w->shape.segments;
  tile.steps = call.w->steps;
  tile.w = call.w->weights(group);
  return tile;
}

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_CONV_I16_SUMS_H_
