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

#include "kernels/conv_i16/finish.h"
#include "kernels/conv_i16/tile.h"

namespace octet {
namespace {

constexpr int kBatchSums = 128;  // half of them for rows, the rest behind them for gather_rows
constexpr int kSpreadSums = 8;   // of a tile of channels with several lanes

template <class V, int kSpread, bool kWide, int kVectors, int... kRow>
TileFunction pick(int32_t rows, std::integer_sequence<int, kRow...>) {
  if constexpr (kWide) {
    static constexpr TileFunction kTiles[] = {wide_tile<V, kVectors, kRow + 1>...};
    return kTiles[rows - 1];
  } else {
    static constexpr TileFunction kTiles[] = {tile<V, kSpread, kVectors, kRow + 1>...};
    return kTiles[rows - 1];
  }
}

template <class Machine, int kSpread>
constexpr int tallest(int vectors) {
  return kSpread == 1 ? Machine::kRows[vectors - 1] : kSpreadSums / vectors;
}

template <class Machine, int kSpread, bool kWide>
TileFunction tile_of(int32_t vectors, int32_t rows) {
  using V = typename Machine::V;
  constexpr int k1 = tallest<Machine, kSpread>(1), k2 = tallest<Machine, kSpread>(2);
  if (vectors == 1) return pick<V, kSpread, kWide, 1>(rows, std::make_integer_sequence<int, k1>());
  if (vectors == 2) return pick<V, kSpread, kWide, 2>(rows, std::make_integer_sequence<int, k2>());
  if constexpr (V::kLanes == 16) {
    constexpr int k3 = tallest<Machine, kSpread>(3), k4 = tallest<Machine, kSpread>(4);
    if (vectors == 3) {
      return pick<V, kSpread, kWide, 3>(rows, std::make_integer_sequence<int, k3>());
    }
    return pick<V, kSpread, kWide, 4>(rows, std::make_integer_sequence<int, k4>());
  }
  return nullptr;
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
  Tile tile = whole_tile(call, group, m0);
  tile.sums = sums;
  for (int32_t row = 0; row < m1 - m0;) {
    const int32_t rows = next_rows(m1 - m0 - row, most);
    const int32_t at = row * vectors * V::kLanes;
    const TileFunction function = tile_of<Machine, kSpread, false>(vectors, rows);
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
  finish({&w.block(first), flushes ? low : sums, high, vectors, m1 - m0, w.shape.n - column,
          call.y + m0 * call.y_stride + column, call.y_stride, call.min, call.max});
}

// The same, requantized tile by tile.
template <class Machine>
void run_wide(const ConvI16Call& call, int32_t group, int32_t m0, int32_t m1) {
  using V = typename Machine::V;
  const ConvI16Weights& w = *call.w;
  const int32_t vectors = w.vectors_of(group), first = w.first_vector(group);
  const int32_t most = tallest<Machine, 1>(vectors), column = first * V::kLanes;
  Tile tile = whole_tile(call, group, m0);
  tile.blocks = &w.block(first);
  tile.y = call.y + m0 * call.y_stride + column;
  tile.y_stride = call.y_stride;
  tile.columns = w.shape.n - column;
  tile.min = call.min;
  tile.max = call.max;
  for (int32_t left = m1 - m0; left > 0;) {
    const int32_t rows = next_rows(left, most);
    tile_of<Machine, 1, true>(vectors, rows)(tile);
    tile.x += rows * call.x_stride;
    tile.y += rows * call.y_stride;
    left -= rows;
  }
}

template <class Machine, int kSpread>
void run_spread(const ConvI16Call& call) {
  const ConvI16Weights& w = *call.w;
  // the forms of 32 bits wrap as the lanes do
  const bool flushes = w.narrow == 0 && w.shape.form >= WordForm::kWide;
  const FinishFunction finish = finish_of<typename Machine::V, kSpread>(w.shape.form, flushes);
  for (int32_t m0 = 0; m0 < call.m;) {
    const int32_t m1 = m0 + next_rows(call.m - m0, w.rows);
    for (int32_t g = call.first_group; g < call.first_group + call.groups; ++g) {
      constexpr int32_t kMost[4] = {kBatchSums / 2, kBatchSums / 4,
                                    kBatchSums / 6 / kSpread * kSpread, kBatchSums / 8};
      if (kSpread == 1 && w.shape.form == WordForm::kWide && !flushes) {
        run_wide<Machine>(call, g, m0, m1);
        continue;
      }
      const int32_t most = kMost[w.vectors_of(g) - 1];
      for (int32_t row = m0; row < m1;) {
        const int32_t left = m1 - row;
        const int32_t rows = kSpread == 1 ? next_rows(left, most) : left < most ? left : most;
        run_batch<Machine, kSpread>(call, g, row, row + rows, finish, flushes);
        row += rows;
      }
    }
    m0 = m1;
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
