// SPDX-License-Identifier: Apache-2.0
//
// From sums in memory to words.
// Included by generic.h.
#ifndef OCTET_KERNELS_CONV_I16_FINISH_H_
#define OCTET_KERNELS_CONV_I16_FINISH_H_

#include "base/words_x86.h"
#include "kernels/conv_i16/conv_i16.h"

namespace octet {
namespace {

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

// Channels of one lane each, two rows at a time.
template <class V, WordForm F, bool kFlushed>
void finish_plain(const Finish& f) {
  const auto min = V::splat_words(f.min), max = V::splat_words(f.max);
  const int32_t vectors = f.vectors, rows = f.rows;
  const int64_t y_stride = f.y_stride, step = int64_t{V::kLanes} * vectors;
  for (int32_t v = 0; v < vectors; ++v) {
    const Requantize<V, F> requantize(f.blocks[v]);
    const int32_t left = f.columns - v * V::kLanes;
    const int32_t columns = left < V::kLanes ? left : V::kLanes;
    const int32_t *low = f.low + V::kLanes * v, *high = f.high + V::kLanes * v;
    int16_t* y = f.y + v * V::kLanes;
    for (int32_t r = 0; r < rows; r += 2) {
      // an odd row behind the last writes what the row before it has
      const int64_t next = r + 1 < rows ? 1 : 0;
      typename V::Int first, second;
      if constexpr (kFlushed) {
        first = requantize(V::load(high), V::load(low));
        second = requantize(V::load(high + next * step), V::load(low + next * step));
        high += 2 * step;
      } else {
        first = requantize.at(low);
        second = requantize.at(low + next * step);
      }
      low += 2 * step;
      V::store_packed(y, y + next * y_stride, V::clamp16(V::pack32(first, second), min, max),
                      columns);
      y += 2 * y_stride;
    }
  }
}

// Channels of several lanes, as many rows at a time.
template <class V, int kSpread, WordForm F, bool kFlushed>
void finish_spread(const Finish& f) {
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
      if (dense && count == kSpread) {
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

template <class V, int kSpread, WordForm F, bool kFlushed>
void finish(const Finish& f) {
  if constexpr (kSpread == 1) {
    finish_plain<V, F, kFlushed>(f);
  } else {
    finish_spread<V, kSpread, F, kFlushed>(f);
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

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_CONV_I16_FINISH_H_
