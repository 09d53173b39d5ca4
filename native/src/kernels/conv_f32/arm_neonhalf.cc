// SPDX-License-Identifier: Apache-2.0
//
// Tiles in float16 arithmetic, up to 4 rows of 32 columns: twice the products of an instruction of
// float32. Rows of x are converted as they are loaded, 8 steps of k at once, and multiplied by the
// lanes of a vector. The sums of kConvF32Halves steps at most are float16; they are added to those
// of the tile, which are float32 on the stack.
#include <arm_neon.h>

#include "kernels/conv_f32/conv_f32.h"

namespace octet {
namespace {

using H = float16x8_t;
constexpr int kLanes = 8;
constexpr int kVectors = 4;
constexpr int rows_of(int units) { return units > 3 ? 4 : units > 2 ? 5 : 8; }
// Row r of a tile is at p[r / 3] + r % 3 * step, as in generic.h.
constexpr int kPointers = 3;

inline H load(const float16_t* p) { return vld1q_f16(p); }

// a[kLane] * b + c, as asm for the reason that multiply_add_lane of floats is.
template <int kLane>
inline H multiply_add_lane(H a, H b, H c) {
  __asm__("fmla %0.8h, %1.8h, %2.h[%3]" : "+w"(c) : "w"(b), "x"(a), "i"(kLane));
  return c;
}

template <int kRows, int kUnits, int kLane>
inline void add_lanes(const H (&a)[kRows], const float16_t*& w, int64_t nr,
                      H (&sum)[kRows][kUnits]) {
  H b[kUnits];
#pragma GCC unroll 16
  for (int v = 0; v < kUnits; ++v) b[v] = load(w + v * kLanes);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < kUnits; ++v) sum[r][v] = multiply_add_lane<kLane>(a[r], b[v], sum[r][v]);
  }
  w += nr;
  if constexpr (kLane + 1 < kLanes) add_lanes<kRows, kUnits, kLane + 1>(a, w, nr, sum);
}

// Adds the float16 sums to the others and starts them again.
template <int kRows, int kUnits>
[[gnu::always_inline]] inline void join(H (&sum)[kRows][kUnits],
                                        float (&total)[kRows][kUnits * kLanes]) {
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < kUnits; ++v) {
      float* to = total[r] + v * kLanes;
      const H h = sum[r][v];
      vst1q_f32(to, vaddq_f32(vld1q_f32(to), vcvt_f32_f16(vget_low_f16(h))));
      vst1q_f32(to + 4, vaddq_f32(vld1q_f32(to + 4), vcvt_high_f32_f16(h)));
      sum[r][v] = vdupq_n_f16(0);
    }
  }
}

// 8 numbers of x. NaN stays NaN.
inline H convert(const float* p) {
  return vcvt_high_f16_f32(vcvt_f16_f32(vld1q_f32(p)), vld1q_f32(p + 4));
}

inline void store_first(float32x4_t v, int32_t n, float* p) {
  if (n >= 4) {
    vst1q_f32(p, v);
    return;
  }
  float lanes[4];
  vst1q_f32(lanes, v);
  for (int i = 0; i < n; ++i) p[i] = lanes[i];
}

template <int kUnits, int kRows>
void run_tile(const ConvF32Tile& t) {
  constexpr int32_t kMost = kConvF32Halves / kLanes;
  constexpr int kGroups = (kRows + kPointers - 1) / kPointers;
  float total[kRows][kUnits * kLanes];
  H sum[kRows][kUnits];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
    for (int j = 0; j < kUnits * kLanes; j += 4) vst1q_f32(total[r] + j, vld1q_f32(t.bias + j));
#pragma GCC unroll 16
    for (int v = 0; v < kUnits; ++v) sum[r][v] = vdupq_n_f16(0);
  }
  const int64_t step = t.x_step, nr = t.nr;
  int32_t left = kMost;  // blocks of kLanes steps
  for (int32_t tap = 0; tap < t.taps; ++tap) {
    const float* p[kGroups];
#pragma GCC unroll 16
    for (int g = 0; g < kGroups; ++g) p[g] = t.x + t.x_at[tap] + g * kPointers * step;
    const auto* w = reinterpret_cast<const float16_t*>(t.w + t.w_at[tap]);
    int32_t blocks = t.k / kLanes;
    while (blocks > 0) {
      int32_t these = blocks < left ? blocks : left;
      blocks -= these;
      left -= these;
      do {
        H a[kRows];
#pragma GCC unroll 16
        for (int r = 0; r < kRows; ++r) a[r] = convert(p[r / kPointers] + r % kPointers * step);
        add_lanes<kRows, kUnits, 0>(a, w, nr, sum);
#pragma GCC unroll 16
        for (int g = 0; g < kGroups; ++g) p[g] += kLanes;
      } while (--these > 0);
      if (left == 0) {
        join(sum, total);
        left = kMost;
      }
    }
    const int32_t rest = t.k % kLanes;
    if (rest == 0) continue;
#pragma GCC unroll 1
    for (int32_t c = 0; c < rest; ++c, w += nr) {
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) {
        const float x = p[r / kPointers][r % kPointers * step + c];
        const H a = vdupq_n_f16(static_cast<float16_t>(x));
#pragma GCC unroll 16
        for (int v = 0; v < kUnits; ++v) {
          sum[r][v] = vfmaq_f16(sum[r][v], a, load(w + v * kLanes));
        }
      }
    }
    if (--left == 0) {
      join(sum, total);
      left = kMost;
    }
  }
  join(sum, total);
  const float32x4_t low = vdupq_n_f32(t.low), high = vdupq_n_f32(t.high);
  for (int r = 0; r < kRows; ++r) {
    for (int32_t j = 0; j < t.n; j += 4) {
      const float32x4_t v = vld1q_f32(total[r] + j);
      store_first(vminq_f32(vmaxq_f32(v, low), high), t.n - j, t.y + r * t.y_step + j);
    }
  }
}

void run_row(const ConvF32Panels& row) {
  ConvF32Tile tile = row.tile;
  for (int32_t j = 0; j < row.tile.n; j += tile.nr) {
    tile.n = row.tile.n - j < tile.nr ? row.tile.n - j : tile.nr;
    constexpr void (*kRun[])(const ConvF32Tile&) = {run_tile<1, 1>, run_tile<2, 1>, run_tile<3, 1>,
                                                    run_tile<4, 1>};
    kRun[(tile.n - 1) / kLanes](tile);
    tile.w += row.panel_stride;
    tile.bias += tile.nr;
    tile.y += tile.nr;
  }
}

template <int kThese, int kRows>
constexpr void fill(ConvF32Isa* isa) {
  if constexpr (kRows > 0) {
    isa->run[kThese - 1][kRows - 1] = run_tile<kThese, kRows>;
    fill<kThese, kRows - 1>(isa);
  } else if constexpr (kThese > 1) {
    fill<kThese - 1, rows_of(kThese - 1)>(isa);
  }
}

constexpr ConvF32Isa make(Isa name) {
  ConvF32Isa isa{};
  isa.isa = name;
  isa.lanes = isa.unit = kLanes;
  isa.vectors = kVectors;
  isa.halves = true;
  isa.run_row = run_row;
  fill<kVectors, rows_of(kVectors)>(&isa);
  return isa;
}

}  // namespace

const ConvF32Isa conv_f32__neonhalf = make(Isa::kNeonHalf);

}  // namespace octet
