// SPDX-License-Identifier: Apache-2.0
//
// The tile over V, one of simd_x86.h, with add(sums, x, w): sums of pairs of int16 products.
// Included inside an unnamed namespace.

template <int kRows>
void tile_part(const Tile& t, int32_t* sums) {
  constexpr int kVectors = kI16Lanes / V::kLanes;
  typename V::Int acc[kRows][kVectors];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) acc[r][v] = V::splat(0);
  }
  const int16_t* w = t.w;
  const int64_t stride = t.x_stride;
  for (int32_t s = 0; s < t.segments; ++s) {
    const int16_t* x = t.x + t.segment_offset[s];
    for (int32_t p = t.pairs; p > 0; --p) {
      typename V::Int b[kVectors];
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) b[v] = V::load(w + 2 * V::kLanes * v);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
        const typename V::Int a = V::splat(load_i32(x + r * stride));
#pragma GCC unroll 2
        for (int v = 0; v < kVectors; ++v) acc[r][v] = add(acc[r][v], a, b[v]);
      }
      x += 2;
      w += 2 * kI16Lanes;
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) V::store(sums + r * kI16Lanes + v * V::kLanes, acc[r][v]);
  }
}

template <int kRows>
void tile(const Tile& t, int32_t* sums) {
  constexpr int kStep = kRows < kMostRows ? kRows : kMostRows;
  for (int r = 0; r < kRows; r += kStep) {
    Tile part = t;
    part.x += r * t.x_stride;
    tile_part<kStep>(part, sums + r * kI16Lanes);
  }
}
