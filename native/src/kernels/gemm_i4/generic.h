// SPDX-License-Identifier: Apache-2.0
//
// Tiles of kRows rows by kPanels panels, over V, one of base/simd.h, with
//   low_quad(pairs), high_quad(pairs)   weights of two quads
//   add_dots(&sums, x, w, x2, w2)       adds sums of four products of x and w, and of x2 and w2
//   add_scaled(sums, dots, scale)       sums + what add_dots() summed as floats, times scale
//   kTileRows, kTilePanels              the tile where there are so many rows
// Included inside an unnamed namespace.

#if !defined(__aarch64__)
#include "kernels/gemm_i4/quads_x86.h"
#endif

constexpr int kVectors = kI4Lanes / V::kLanes;

template <int kRows, int kPanels>
void tile(const I4Call& call, int32_t m, int32_t panel) {
  const I4Weights& w = *call.w;
  typename V::Float sums[kRows][kPanels][kVectors];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int p = 0; p < kPanels; ++p) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sums[r][p][v] = V::splat_f32(0);
    }
  }
  const uint8_t* data = w.data + panel * w.panel_bytes();
  for (int32_t b = 0; b < w.blocks; ++b) {
    typename V::Int acc[kRows][kPanels][kVectors];
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
      for (int p = 0; p < kPanels; ++p) {
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) acc[r][p][v] = V::splat(0);
      }
    }
    const uint8_t* x = call.x + int64_t{m} * w.k + int64_t{b} * w.size;
    int32_t pairs = w.pairs;
    do {
      typename V::Int first[kRows], second[kRows];
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) {
        first[r] = V::splat(load_i32(x + int64_t{r} * w.k));
        second[r] = V::splat(load_i32(x + int64_t{r} * w.k + 4));
      }
#pragma GCC unroll 4
      for (int p = 0; p < kPanels; ++p) {
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) {
          const auto both = V::load_bytes(data + p * w.panel_bytes() + 4 * V::kLanes * v);
          const auto low = low_quad(both), high = high_quad(both);
#pragma GCC unroll 4
          for (int r = 0; r < kRows; ++r) {
            add_dots(&acc[r][p][v], first[r], low, second[r], high);
          }
          in_order();
        }
      }
      x += 8;
      data += 4 * kI4Lanes;
    } while (--pairs > 0);
#pragma GCC unroll 4
    for (int p = 0; p < kPanels; ++p) {
      const float* scales = w.scales + (int64_t{panel + p} * w.blocks + b) * kI4Lanes;
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
#pragma GCC unroll 4
        for (int r = 0; r < kRows; ++r) {
          sums[r][p][v] = add_scaled(sums[r][p][v], acc[r][p][v], scales + V::kLanes * v);
        }
      }
    }
  }
  for (int r = 0; r < kRows; ++r) {
    const float zero = static_cast<float>(128 - kDotForm + call.x_zero[m + r]),
                scale = call.x_scale[m + r];
    for (int p = 0; p < kPanels; ++p) {
      const int32_t column = (panel + p) * kI4Lanes;
      const float* columns = w.columns + int64_t{panel + p} * 2 * kI4Lanes;
      float out[kI4Lanes];
      __builtin_memcpy(out, sums[r][p], sizeof(out));
      float* y = call.y + (m + r) * call.y_stride + column;
      for (int c = 0; c < kI4Lanes && column + c < w.n; ++c) {
        const float v = (out[c] - zero * columns[kI4Lanes + c]) * scale + columns[c];
        y[c] = v < call.low ? call.low : v > call.high ? call.high : v;
      }
    }
  }
}

template <int kPanels>
void run_panels(const I4Call& call, int32_t panel) {
  int32_t m = 0;
  for (; m + kTileRows <= call.m; m += kTileRows) {
    constexpr int kStep = kPanels < kTilePanels ? kPanels : kTilePanels;
    for (int p = 0; p < kPanels; p += kStep) tile<kTileRows, kStep>(call, m, panel + p);
  }
  for (; m < call.m; ++m) tile<1, kPanels>(call, m, panel);
}

void run(const I4Call& call) {
  int32_t panel = call.first_panel;
  for (; panel + 4 <= call.last_panel; panel += 4) run_panels<4>(call, panel);
  for (; panel < call.last_panel; ++panel) run_panels<1>(call, panel);
}
