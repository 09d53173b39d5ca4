// SPDX-License-Identifier: Apache-2.0
//
// Tiles: some rows by 1 to 4 vectors of channels.
// Included by generic.h.
#ifndef OCTET_KERNELS_CONV_I16_TILE_H_
#define OCTET_KERNELS_CONV_I16_TILE_H_

#include "base/words_x86.h"
#include "kernels/conv_i16/sums.h"

namespace octet {
namespace {

// A tile of few sums takes several steps at a time into sums of their own: a dot product takes 4
// cycles and one starts per cycle.
template <class V, int kSpread, int kVectors, int kRows>
OCTET_INLINE void sum_tile(const Tile& t, typename V::Int (&sums)[kRows * kVectors]) {
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
#pragma GCC unroll 24
  for (int i = 0; i < kSums; ++i) {
    sums[i] = acc[0][i];
#pragma GCC unroll 4
    for (int u = 1; u < kSets; ++u) sums[i] += acc[u][i];
  }
}

// Leaves the sums in memory.
template <class V, int kSpread, int kVectors, int kRows>
void tile(const Tile& t) {
  constexpr int kSums = kRows * kVectors;
  typename V::Int acc[kSums];
  sum_tile<V, kSpread, kVectors, kRows>(t, acc);
  int32_t* sums = t.sums;
#pragma GCC unroll 24
  for (int i = 0; i < kSums; ++i) V::store(sums + V::kLanes * i, acc[i]);
}

// Requantizes them in their registers: channels of one lane whose sums fit int32, kWide.
template <class V, int kVectors, int kRows>
void wide_tile(const Tile& t) {
  typename V::Int acc[kRows * kVectors];
  sum_tile<V, 1, kVectors, kRows>(t, acc);
  const auto min = V::splat_words(t.min), max = V::splat_words(t.max);
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) {
    const Requantize<V, WordForm::kWide> requantize(t.blocks[v]);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) acc[r * kVectors + v] = requantize(acc[r * kVectors + v]);
  }
  int16_t* y = t.y;
  const int64_t stride = t.y_stride;
  constexpr int kPaired = kVectors / 2 * 2;  // vectors that leave with another one of their row
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
    for (int v = 0; v < kPaired; v += 2) {
      const int32_t left = t.columns - v * V::kLanes;
      const auto words = V::pack32(acc[r * kVectors + v], acc[r * kVectors + v + 1]);
      V::store_16(y + r * stride + v * V::kLanes, V::in_order(V::clamp16(words, min, max)),
                  left < 2 * V::kLanes ? left : 2 * V::kLanes);
    }
  }
  if constexpr (kPaired < kVectors) {
    constexpr int kLast = kVectors - 1;
    const int32_t left = t.columns - kLast * V::kLanes;
    const int32_t columns = left < V::kLanes ? left : V::kLanes;
    y += kLast * V::kLanes;
#pragma GCC unroll 8
    for (int r = 0; r < kRows; r += 2) {
      const int next = r + 1 < kRows ? r + 1 : r;
      const auto words = V::pack32(acc[r * kVectors + kLast], acc[next * kVectors + kLast]);
      V::store_packed(y + r * stride, y + next * stride, V::clamp16(words, min, max), columns);
    }
  }
}

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_CONV_I16_TILE_H_
