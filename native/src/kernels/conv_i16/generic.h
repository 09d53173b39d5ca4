// SPDX-License-Identifier: Apache-2.0
//
// The loops over tiles, once for all vector instruction sets; include it in an ISA file after
// words_x86.h. A Machine has
//   V               YmmWords or ZmmWords
//   kRows[i]        rows of the tallest tile of i + 1 vectors, at most; spread channels: at most
//                   kSpreadSums sums
#ifndef OCTET_KERNELS_CONV_I16_GENERIC_H_
#define OCTET_KERNELS_CONV_I16_GENERIC_H_

#include <utility>

#include "base/words_x86.h"
#include "kernels/conv_i16/conv_i16.h"

namespace octet {
namespace {

constexpr int kMostSums = 24;   // of a tile
constexpr int kSpreadSums = 8;  // of a tile of channels with several lanes
constexpr int32_t kMaxRows = 96;
constexpr int32_t kMinRows = 24;
constexpr int32_t kBytesOfX = 128 * 1024;

struct Tile {
  const int16_t* x;
  int64_t x_stride;
  const int64_t* segment_offset;
  int32_t segments, steps;
  const int8_t* w;
  int32_t* sums;  // [row][vector][lane]
};
using TileFunction = void (*)(const Tile& tile);

// A tile of few sums takes several steps at a time into sums of their own: a dot product takes 4
// cycles and one starts per cycle.
template <class V, int kSpread, int kVectors, int kRows>
void tile(const Tile& t) {
  using Int = typename V::Int;
  constexpr int kSums = kRows * kVectors;
  constexpr int kSets = kSums >= 6 ? 1 : kSums >= 3 ? 2 : 4;
  constexpr int kStep = 2 * V::kLanes * kVectors;
  Int acc[kSets][kSums];
#pragma GCC unroll 4
  for (int u = 0; u < kSets; ++u) {
#pragma GCC unroll 24
    for (int i = 0; i < kSums; ++i) acc[u][i] = Int{};
  }
  const int8_t* w = t.w;
  const int64_t stride = t.x_stride;
  for (int32_t s = 0; s < t.segments; ++s) {
    const int16_t* x = t.x + t.segment_offset[s];
    int32_t steps = t.steps;
    for (; steps >= kSets; steps -= kSets) {
#pragma GCC unroll 4
      for (int u = 0; u < kSets; ++u) {
        Int b[kVectors];
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) b[v] = V::widen(w + u * kStep + 2 * V::kLanes * v);
#pragma GCC unroll 16
        for (int r = 0; r < kRows; ++r) {
          const Int a = V::template repeat<kSpread>(x + r * stride + 2 * kSpread * u);
#pragma GCC unroll 4
          for (int v = 0; v < kVectors; ++v) {
            acc[u][r * kVectors + v] = V::dot(acc[u][r * kVectors + v], a, b[v]);
          }
        }
      }
      x += 2 * kSpread * kSets;
      w += kStep * kSets;
    }
    if constexpr (kSets > 1) {
      for (; steps > 0; --steps) {
#pragma GCC unroll 16
        for (int r = 0; r < kRows; ++r) {
          const Int a = V::template repeat<kSpread>(x + r * stride);
#pragma GCC unroll 4
          for (int v = 0; v < kVectors; ++v) {
            acc[0][r * kVectors + v] =
                V::dot(acc[0][r * kVectors + v], a, V::widen(w + 2 * V::kLanes * v));
          }
        }
        x += 2 * kSpread;
        w += kStep;
      }
    }
  }
#pragma GCC unroll 4
  for (int u = 1; u < kSets; ++u) {
#pragma GCC unroll 24
    for (int i = 0; i < kSums; ++i) acc[0][i] += acc[u][i];
  }
#pragma GCC unroll 24
  for (int i = 0; i < kSums; ++i) V::store(t.sums + V::kLanes * i, acc[0][i]);
}

template <class V, int kSpread, int kVectors, int... kRow>
TileFunction pick(int32_t rows, std::integer_sequence<int, kRow...>) {
  static constexpr TileFunction kTiles[] = {tile<V, kSpread, kVectors, kRow + 1>...};
  return kTiles[rows - 1];
}

template <class Machine, int kSpread>
constexpr int tallest(int vectors) {
  return kSpread == 1 ? Machine::kRows[vectors - 1] : kSpreadSums / vectors;
}

template <class Machine, int kSpread>
TileFunction tile_of(int32_t vectors, int32_t rows) {
  using V = typename Machine::V;
  switch (vectors) {
    case 1:
      return pick<V, kSpread, 1>(rows,
                                 std::make_integer_sequence<int, tallest<Machine, kSpread>(1)>());
    case 2:
      return pick<V, kSpread, 2>(rows,
                                 std::make_integer_sequence<int, tallest<Machine, kSpread>(2)>());
    case 3:
      return pick<V, kSpread, 3>(rows,
                                 std::make_integer_sequence<int, tallest<Machine, kSpread>(3)>());
    default:
      return pick<V, kSpread, 4>(rows,
                                 std::make_integer_sequence<int, tallest<Machine, kSpread>(4)>());
  }
}

// Row r, r + 1, ... r + kSpread - 1 of a vector: the sums of each channel's lanes, row by row. A
// row behind the last is the last one again.
template <class V, int kSpread>
OCTET_INLINE typename V::Int gather_rows(const int32_t* sums, int32_t vectors, int32_t row,
                                         int32_t rows) {
  typename V::Int part[kSpread];
#pragma GCC unroll 16
  for (int i = 0; i < kSpread; ++i) {
    const int32_t r = row + i < rows ? row + i : rows - 1;
    part[i] = V::load(sums + int64_t{V::kLanes} * vectors * r);
  }
#pragma GCC unroll 4
  for (int left = kSpread; left > 1; left /= 2) {
#pragma GCC unroll 8
    for (int i = 0; i < left / 2; ++i) part[i] = V::pair_sums(part[2 * i], part[2 * i + 1]);
  }
  return part[0];
}

struct Finish {
  const ConvI16Call* call;
  const int32_t *low, *high;
  int32_t vector, vectors;  // first of the tile, and how many
  int32_t row, rows;
};

template <class V, int kSpread, WordForm F>
void finish(const Finish& f) {
  constexpr int kChannels = V::kLanes / kSpread;
  const ConvI16Call& call = *f.call;
  const auto min = V::splat_limit(call.min), max = V::splat_limit(call.max);
  for (int32_t v = 0; v < f.vectors; ++v) {
    const Requantize<V, F> requantize(call.w->block(f.vector + v));
    const int32_t column = (f.vector + v) * kChannels;
    const int32_t left = call.w->shape.n - column;
    const int32_t columns = left < kChannels ? left : kChannels;
    for (int32_t r = 0; r < f.rows; r += kSpread) {
      typename V::Int sums = gather_rows<V, kSpread>(f.low + V::kLanes * v, f.vectors, r, f.rows);
      if (f.high == nullptr) {
        sums = requantize(sums);
      } else {
        sums =
            requantize(gather_rows<V, kSpread>(f.high + V::kLanes * v, f.vectors, r, f.rows), sums);
      }
      const auto words = V::words(sums, min, max);
      int16_t* y = call.y + (f.row + r) * call.y_stride + column;
      const int32_t rows = f.rows - r < kSpread ? f.rows - r : kSpread;
      if (kSpread == 1 || (call.y_stride == kChannels && columns == kChannels)) {
        V::store_words(y, words, kSpread == 1 ? columns : rows * kChannels);
      } else {
        alignas(64) int16_t all[V::kLanes];
        V::store_words(all, words, V::kLanes);
        for (int32_t i = 0; i < rows; ++i, y += call.y_stride) {
          for (int32_t c = 0; c < columns; ++c) y[c] = all[i * kChannels + c];
        }
      }
    }
  }
}

template <class V, int kSpread>
void finish_form(const Finish& f) {
  switch (f.call->w->shape.form) {
    case WordForm::kHalfUp:
      return finish<V, kSpread, WordForm::kHalfUp>(f);
    case WordForm::kHalfAway:
      return finish<V, kSpread, WordForm::kHalfAway>(f);
    case WordForm::kWide:
      return finish<V, kSpread, WordForm::kWide>(f);
    case WordForm::kReal:
      return finish<V, kSpread, WordForm::kReal>(f);
  }
}

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

template <class Machine, int kSpread>
void run_rows(const ConvI16Call& call, int32_t m0, int32_t m1) {
  using V = typename Machine::V;
  const ConvI16Weights& w = *call.w;
  alignas(64) int32_t sums[kMostSums * V::kLanes];
  alignas(64) int32_t low[kMostSums * V::kLanes], high[kMostSums * V::kLanes];
  // the forms of 32 bits wrap as the lanes do
  const bool flushes = w.narrow == 0 && w.shape.form >= WordForm::kWide;
  Tile tile{};
  tile.x_stride = call.x_stride;
  tile.segment_offset = call.segment_offset;
  tile.segments = w.shape.segments;
  tile.steps = w.steps;
  tile.sums = sums;
  for (int32_t g = call.first_group; g < call.first_group + call.groups; ++g) {
    const int32_t vectors = w.vectors_of(g), first = w.first_vector(g);
    tile.w = w.weights(g);
    const int32_t most = tallest<Machine, kSpread>(vectors);
    const int32_t tiles = (m1 - m0 + most - 1) / most;
    int32_t row = m0;
    for (int32_t t = 0; t < tiles; ++t) {
      const int32_t rows = (m1 - row + tiles - t - 1) / (tiles - t);
      const TileFunction function = tile_of<Machine, kSpread>(vectors, rows);
      tile.x = call.x + row * call.x_stride;
      if (flushes) {
        add_flushed<V>(function, tile, 2 * kSpread, 2 * V::kLanes * vectors, vectors * rows, low,
                       high);
        finish_form<V, kSpread>({&call, low, high, first, vectors, row, rows});
      } else {
        function(tile);
        finish_form<V, kSpread>({&call, sums, nullptr, first, vectors, row, rows});
      }
      row += rows;
    }
  }
}

// Rows that share a pass over the weights of a group: as many as keep their x in the L2 cache.
template <class Machine, int kSpread>
void run_spread(const ConvI16Call& call) {
  const int64_t bytes = int64_t{2} * call.w->shape.segments * call.w->shape.segment;
  int64_t target = kBytesOfX / bytes;
  target = target > kMaxRows ? kMaxRows : target < kMinRows ? kMinRows : target;
  const int64_t parts = (call.m + target - 1) / target;
  for (int64_t p = 0; p < parts; ++p) {
    run_rows<Machine, kSpread>(call, static_cast<int32_t>(call.m * p / parts),
                               static_cast<int32_t>(call.m * (p + 1) / parts));
  }
}

template <class Machine>
void run(const ConvI16Call& call) {
  switch (call.w->spread) {
    case 1:
      return run_spread<Machine, 1>(call);
    case 2:
      return run_spread<Machine, 2>(call);
    case 4:
      return run_spread<Machine, 4>(call);
    case 8:
      return run_spread<Machine, 8>(call);
    default:
      if constexpr (Machine::V::kLanes == 16) return run_spread<Machine, 16>(call);
  }
}

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_CONV_I16_GENERIC_H_
