// SPDX-License-Identifier: Apache-2.0
//
// Tiles of kRows rows by kPanels panels, over V, one of simd_x86.h, with dot(sums, x, w): sums +
// sums of four products of u8 x and of int8 w in [-8, 7]. Included inside an unnamed namespace.

constexpr int kVectors = kI4Lanes / V::kLanes;

OCTET_INLINE typename V::Bytes lower_halves(typename V::Bytes pairs) {
  return V::sub8(V::and8(pairs, V::splat_bytes(15)), V::splat_bytes(8));
}

template <int kRows, int kPanels>
void tile(const I4Call& call, int32_t m, int32_t panel) {
  const I4Weights& w = *call.w;
  typename V::Float sums[kRows][kPanels][kVectors];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int p = 0; p < kPanels; ++p) {
#pragma GCC unroll 2
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
#pragma GCC unroll 2
        for (int v = 0; v < kVectors; ++v) acc[r][p][v] = V::splat(0);
      }
    }
    const uint8_t* x = call.x + int64_t{m} * w.k + int64_t{b} * w.size;
    for (int32_t i = 0; i < w.pairs; ++i, x += 8, data += 4 * kI4Lanes) {
      typename V::Int first[kRows], second[kRows];
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) {
        first[r] = V::splat(load_i32(x + int64_t{r} * w.k));
        second[r] = V::splat(load_i32(x + int64_t{r} * w.k + 4));
      }
#pragma GCC unroll 4
      for (int p = 0; p < kPanels; ++p) {
#pragma GCC unroll 2
        for (int v = 0; v < kVectors; ++v) {
          const auto both = V::load_bytes(data + p * w.panel_bytes() + 4 * V::kLanes * v);
          const auto low = lower_halves(both), high = lower_halves(V::halve_bytes(both));
#pragma GCC unroll 4
          for (int r = 0; r < kRows; ++r) {
            acc[r][p][v] = dot(dot(acc[r][p][v], first[r], low), second[r], high);
          }
        }
      }
    }
#pragma GCC unroll 4
    for (int p = 0; p < kPanels; ++p) {
      const float* scales = w.scales + (int64_t{panel + p} * w.blocks + b) * kI4Lanes;
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) {
#pragma GCC unroll 4
        for (int r = 0; r < kRows; ++r) {
          sums[r][p][v] = V::add_scaled(sums[r][p][v], acc[r][p][v], scales + V::kLanes * v);
        }
      }
    }
  }
  for (int r = 0; r < kRows; ++r) {
    const float zero = static_cast<float>(128 + call.x_zero[m + r]), scale = call.x_scale[m + r];
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
  for (; m + 4 <= call.m; m += 4) {
    for (int p = 0; p < kPanels; p += 2) tile<4, (kPanels < 2 ? 1 : 2)>(call, m, panel + p);
  }
  for (; m < call.m; ++m) tile<1, kPanels>(call, m, panel);
}

void run(const I4Call& call) {
  int32_t panel = call.first_panel;
  for (; panel + 4 <= call.last_panel; panel += 4) run_panels<4>(call, panel);
  for (; panel < call.last_panel; ++panel) run_panels<1>(call, panel);
}
