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

constexpr int kBatchSums = 128;  // half of them for rows, the rest behind them for gather_rows
constexpr int kSpreadSums = 8;   // of a tile of channels with several lanes
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
  int32_t* sums = t.sums;
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
  for (int i = 0; i < kSums; ++i) V::store(sums + V::kLanes * i, acc[0][i]);
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

// The sums of each channel's lanes, row by row; `step` leads from one row's vector to the next.
template <class V, int kSpread>
OCTET_INLINE typename V::Int gather_rows(const int32_t* sums, int64_t step) {
  if constexpr (kSpread == 1) {
    return V::load(sums);
  } else {
    constexpr int kHalf = kSpread / 2;
    return V::pair_sums(gather_rows<V, kHalf>(sums, step),
                        gather_rows<V, kHalf>(sums + kHalf * step, step));
  }
}

// The same of one row, repeated.
template <class V, int kSpread>
OCTET_INLINE typename V::Int gather_row(const int32_t* sums) {
  auto v = V::load(sums);
#pragma GCC unroll 4
  for (int part = kSpread; part > 1; part /= 2) v = V::pair_sums(v, v);
  return v;
}

template <class V, int kSpread>
OCTET_INLINE typename V::Int gather(const int32_t* sums, int64_t step, int32_t rows) {
  return rows == 1 ? gather_row<V, kSpread>(sums) : gather_rows<V, kSpread>(sums, step);
}

// A call of memcpy would take longer than the copy.
template <int kMost>
OCTET_INLINE void copy_words(int16_t* to, const int16_t* from, int32_t count) {
  if (count == kMost) {
    __builtin_memcpy(to, from, 2 * kMost);
    return;
  }
  int32_t at = 0;
#pragma GCC unroll 4
  for (int part = kMost / 2; part > 0; part /= 2) {
    if ((count & part) == 0) continue;
    __builtin_memcpy(to + at, from + at, 2 * part);
    at += part;
  }
}

struct Finish {
  const WordBlock* blocks;
  const int32_t *low, *high;
  int32_t vectors, rows;
  int32_t columns;  // of all vectors
  int16_t* y;
  int64_t y_stride;
  int32_t min, max;
};
using FinishFunction = void (*)(const Finish& f);

template <class V, int kSpread, WordForm F, bool kFlushed>
void finish(const Finish& f) {
  constexpr int kChannels = V::kLanes / kSpread;
  const auto min = V::splat_limit(f.min), max = V::splat_limit(f.max);
  const int32_t vectors = f.vectors, rows = f.rows;
  const int64_t y_stride = f.y_stride, step = int64_t{V::kLanes} * vectors;
  for (int32_t v = 0; v < vectors; ++v) {
    const Requantize<V, F> requantize(f.blocks[v]);
    const int32_t left = f.columns - v * kChannels;
    const int32_t columns = left < kChannels ? left : kChannels;
    const bool dense = y_stride == kChannels && columns == kChannels;
    const int32_t *low = f.low + V::kLanes * v, *high = f.high + V::kLanes * v;
    int16_t* y = f.y + v * kChannels;
    for (int32_t r = 0; r < rows; r += kSpread) {
      // the last rows may be fewer: what lies behind them in the sums does not matter
      auto sums = gather<V, kSpread>(low, step, rows - r);
      if constexpr (kFlushed) {
        sums = requantize(gather<V, kSpread>(high, step, rows - r), sums);
        high += kSpread * step;
      } else {
        sums = requantize(sums);
      }
      low += kSpread * step;
      const auto words = V::words(sums, min, max);
      const int32_t count = rows - r < kSpread ? rows - r : kSpread;
      if (kSpread == 1) {
        V::store_words(y, words, columns);
      } else if (dense && count == kSpread) {
        V::store_words(y, words, V::kLanes);
      } else {
        alignas(64) int16_t all[V::kLanes];
        V::store_words(all, words, V::kLanes);
        for (int32_t i = 0; i < count; ++i) {
          copy_words<kChannels>(y + i * y_stride, all + i * kChannels, columns);
        }
      }
      y += kSpread * y_stride;
    }
  }
}

template <class V, int kSpread>
FinishFunction finish_of(WordForm form, bool flushed) {
  switch (form) {
    case WordForm::kHalfUp:
      return finish<V, kSpread, WordForm::kHalfUp, false>;
    case WordForm::kHalfAway:
      return finish<V, kSpread, WordForm::kHalfAway, false>;
    case WordForm::kWide:
      return flushed ? finish<V, kSpread, WordForm::kWide, true>
                     : finish<V, kSpread, WordForm::kWide, false>;
    default:
      return flushed ? finish<V, kSpread, WordForm::kReal, true>
                     : finish<V, kSpread, WordForm::kReal, false>;
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

// Rows m0 to m1 by a group of channels, whose sums all are in memory before they are requantized.
template <class Machine, int kSpread>
void run_batch(const ConvI16Call& call, int32_t group, int32_t m0, int32_t m1,
               FinishFunction finish, bool flushes) {
  using V = typename Machine::V;
  alignas(64) int32_t sums[kBatchSums * V::kLanes];
  alignas(64) int32_t low[kBatchSums * V::kLanes], high[kBatchSums * V::kLanes];
  const ConvI16Weights& w = *call.w;
  const int32_t vectors = w.vectors_of(group), first = w.first_vector(group);
  const int32_t most = tallest<Machine, kSpread>(vectors);
  const int32_t tiles = (m1 - m0 + most - 1) / most;
  Tile tile{call.x + m0 * call.x_stride,
            call.x_stride,
            call.segment_offset,
            w.shape.segments,
            w.steps,
            w.weights(group),
            sums};
  int32_t row = 0;
  for (int32_t t = 0; t < tiles; ++t) {
    const int32_t rows = (m1 - m0 - row + tiles - t - 1) / (tiles - t);
    const int32_t at = row * vectors * V::kLanes;
    const TileFunction function = tile_of<Machine, kSpread>(vectors, rows);
    if (flushes) {
      add_flushed<V>(function, tile, 2 * kSpread, 2 * V::kLanes * vectors, vectors * rows, low + at,
                     high + at);
    } else {
      tile.sums = sums + at;
      function(tile);
    }
    tile.x += rows * call.x_stride;
    row += rows;
  }
  const int32_t column = first * (V::kLanes / kSpread);
  finish({&w.block(first), flushes ? low : sums, high, vectors, row, w.shape.n - column,
          call.y + m0 * call.y_stride + column, call.y_stride, call.min, call.max});
}

template <class Machine, int kSpread>
void run_rows(const ConvI16Call& call, int32_t m0, int32_t m1) {
  const ConvI16Weights& w = *call.w;
  // the forms of 32 bits wrap as the lanes do
  const bool flushes = w.narrow == 0 && w.shape.form >= WordForm::kWide;
  const FinishFunction finish = finish_of<typename Machine::V, kSpread>(w.shape.form, flushes);
  for (int32_t g = call.first_group; g < call.first_group + call.groups; ++g) {
    const int32_t most = kBatchSums / 2 / w.vectors_of(g) / kSpread * kSpread;
    const int32_t batches = (m1 - m0 + most - 1) / most;
    for (int32_t b = 0, row = m0; b < batches; ++b) {
      const int32_t even = (m1 - row + batches - b - 1) / (batches - b);
      const int32_t end = kSpread == 1 ? row + even : m1 - row < most ? m1 : row + most;
      run_batch<Machine, kSpread>(call, g, row, end, finish, flushes);
      row = end;
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
