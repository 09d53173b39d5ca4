// SPDX-License-Identifier: Apache-2.0
//
// The loops over tiles of NEON; include it in an ISA file. A Machine has
//   kRows[i]                   rows of the tallest tile of 4 * (i + 1) columns
//   tile<kQuads, kRow>(Tile)   the sums of a tile in memory, [row][quad][lane]
//   kPlanes                    tiles split sums by themselves where asked to
#ifndef OCTET_KERNELS_CONV_I16_ARM_H_
#define OCTET_KERNELS_CONV_I16_ARM_H_

#include <utility>

#include "base/words_arm.h"
#include "kernels/conv_i16/sums.h"

namespace octet {
namespace {

constexpr int32_t kBatchRows = 32;

struct Finish {
  const WordBlock& block;
  const int32_t *low, *high;  // high is read where sums are split
  int32_t quads, rows;
  int32_t columns;
  int16_t* y;
  int64_t y_stride;
  int32_t min, max;
};
using FinishFunction = void (*)(const Finish& f);

template <WordForm F, bool kSplit>
void finish(const Finish& f) {
  const int16x4_t min = vdup_n_s16(static_cast<int16_t>(f.min));
  const int16x4_t max = vdup_n_s16(static_cast<int16_t>(f.max));
  const int64_t step = int64_t{4} * f.quads;
  for (int32_t q = 0; q < f.quads; ++q) {
    const RequantizeWords<F> requantize(f.block, 4 * q);
    const int32_t *low = f.low + 4 * q, *high = f.high + 4 * q;
    const int32_t columns = f.columns - 4 * q;
    int16_t* y = f.y + 4 * q;
    for (int32_t r = 0; r < f.rows; ++r, low += step, high += step, y += f.y_stride) {
      int32x4_t v;
      if constexpr (kSplit) {
        v = requantize(vld1q_s32(high), vld1q_s32(low));
      } else {
        v = requantize(vld1q_s32(low));
      }
      const int16x4_t words = clamped_words(v, min, max);
      if (columns >= 4) {
        vst1_s16(y, words);
      } else {
        store_first_words(y, words, columns);
      }
    }
  }
}

inline FinishFunction finish_of(WordForm form, bool split) {
  switch (form) {
    case WordForm::kHalfUp:
      return finish<WordForm::kHalfUp, false>;
    case WordForm::kHalfAway:
      return finish<WordForm::kHalfAway, false>;
    case WordForm::kWide:
      return split ? finish<WordForm::kWide, true> : finish<WordForm::kWide, false>;
    default:
      return split ? finish<WordForm::kReal, true> : finish<WordForm::kReal, false>;
  }
}

template <class Machine, int kQuads, int... kRow>
TileFunction pick(int32_t rows, std::integer_sequence<int, kRow...>) {
  static constexpr TileFunction kTiles[] = {Machine::template tile<kQuads, kRow + 1>...};
  return kTiles[rows - 1];
}

template <class Machine>
TileFunction tile_of(int32_t quads, int32_t rows) {
  constexpr auto& kRows = Machine::kRows;
  switch (quads) {
    case 1:
      return pick<Machine, 1>(rows, std::make_integer_sequence<int, kRows[0]>());
    case 2:
      return pick<Machine, 2>(rows, std::make_integer_sequence<int, kRows[1]>());
    case 3:
      return pick<Machine, 3>(rows, std::make_integer_sequence<int, kRows[2]>());
    default:
      return pick<Machine, 4>(rows, std::make_integer_sequence<int, kRows[3]>());
  }
}

// Rows m0 to m1, at most kBatchRows, by a group of columns.
template <class Machine>
void run_batch(const ConvI16Call& call, int32_t group, int32_t m0, int32_t m1,
               FinishFunction finish, bool split) {
  alignas(64) int32_t sums[kBatchRows * kRequantizeLanes];
  alignas(64) int32_t low[kBatchRows * kRequantizeLanes], high[kBatchRows * kRequantizeLanes];
  const ConvI16Weights& w = *call.w;
  const int32_t quads = w.columns_of(group) / 4, most = Machine::kRows[quads - 1];
  Tile tile = whole_tile(call, group, m0);
  tile.start = w.start(group);
  for (int32_t row = 0; row < m1 - m0;) {
    const int32_t rows = next_rows(m1 - m0 - row, most), at = row * quads * 4;
    const TileFunction function = tile_of<Machine>(quads, rows);
    if (split && !Machine::kPlanes) {
      tile.sums = sums;
      add_flushed<Neon>(function, tile, w.step_k, 4 * quads * w.step_k, quads * rows, low + at,
                        high + at);
    } else {
      tile.sums = low + at;
      tile.high = split ? high + at : nullptr;
      function(tile);
    }
    tile.x += rows * call.x_stride;
    row += rows;
  }
  const int32_t column = group * kRequantizeLanes;
  finish({w.block(group), low, high, quads, m1 - m0, w.shape.n - column,
          call.y + m0 * call.y_stride + column, call.y_stride, call.min, call.max});
}

template <class Machine>
void run(const ConvI16Call& call) {
  const ConvI16Weights& w = *call.w;
  // the forms of 32 bits wrap as the lanes do
  const bool split = w.narrow == 0 && w.shape.form >= WordForm::kWide;
  const FinishFunction finish = finish_of(w.shape.form, split);
  for (int32_t m0 = 0; m0 < call.m;) {
    const int32_t m1 = m0 + next_rows(call.m - m0, w.rows);
    for (int32_t g = call.first_group; g < call.first_group + call.groups; ++g) {
      for (int32_t row = m0; row < m1;) {
        const int32_t rows = next_rows(m1 - row, kBatchRows);
        run_batch<Machine>(call, g, row, row + rows, finish, split);
        row += rows;
      }
    }
    m0 = m1;
  }
}

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_CONV_I16_ARM_H_
