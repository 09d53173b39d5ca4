// SPDX-License-Identifier: Apache-2.0
#include "kernels/conv_i16/arm.h"

namespace octet {
namespace {

// Columns of one k, widened.
template <int kQuads>
struct Columns {
  int16x8_t of[(kQuads + 1) / 2];

  explicit OCTET_INLINE Columns(const int8_t* w) {
    if constexpr (kQuads > 2) {
      const int8x16_t bytes = vld1q_s8(w);
      of[0] = vmovl_s8(vget_low_s8(bytes));
      of[1] = vmovl_high_s8(bytes);
    } else {
      of[0] = vmovl_s8(vld1_s8(w));
    }
  }
};

// Element kLane of a by the columns of its k; b gets those of the next k meanwhile.
template <int kLane, int kQuads, int kRow>
OCTET_INLINE void add_lane(const int16x8_t (&a)[kRow], const int8_t* w, Columns<kQuads>& b,
                           int32x4_t (&acc)[kRow][kQuads]) {
  const Columns<kQuads> now = b;
  b = Columns<kQuads>(w + (kLane + 1) * 4 * kQuads);
  hold_loads();
#pragma GCC unroll 8
  for (int r = 0; r < kRow; ++r) {
#pragma GCC unroll 4
    for (int q = 0; q < kQuads; ++q) {
      const int16x8_t columns = now.of[q / 2];
      acc[r][q] = q % 2 == 0 ? vmlal_laneq_s16(acc[r][q], vget_low_s16(columns), a[r], kLane)
                             : vmlal_high_laneq_s16(acc[r][q], columns, a[r], kLane);
    }
  }
}

struct Machine {
  // one more, and gcc 12 copies sums to and fro: elements of words are of v0 to v15 only
  static constexpr int kRows[4] = {8, 4, 4, 3};
  static constexpr bool kPlanes = false;

  // Eight k at a time, then two.
  template <int kQuads, int kRow>
  static void tile(const Tile& t) {
    int32x4_t acc[kRow][kQuads];
#pragma GCC unroll 8
    for (int r = 0; r < kRow; ++r) {
#pragma GCC unroll 4
      for (int q = 0; q < kQuads; ++q) acc[r][q] = vdupq_n_s32(0);
    }
    const int8_t* w = t.w;
    const int64_t stride = t.x_stride;
    int16x8_t a[kRow];
    Columns<kQuads> b(w);
    for (int32_t s = 0; s < t.segments; ++s) {
      const int16_t* x = t.x + t.segment_offset[s];
      int32_t steps = t.steps;
      for (; steps >= 4; steps -= 4, x += 8, w += 8 * 4 * kQuads) {
#pragma GCC unroll 8
        for (int r = 0; r < kRow; ++r) a[r] = vld1q_s16(x + r * stride);
        add_lane<0>(a, w, b, acc);
        add_lane<1>(a, w, b, acc);
        add_lane<2>(a, w, b, acc);
        add_lane<3>(a, w, b, acc);
        add_lane<4>(a, w, b, acc);
        add_lane<5>(a, w, b, acc);
        add_lane<6>(a, w, b, acc);
        add_lane<7>(a, w, b, acc);
      }
#pragma GCC unroll 1
      for (; steps > 0; --steps, x += 2, w += 2 * 4 * kQuads) {
#pragma GCC unroll 8
        for (int r = 0; r < kRow; ++r) a[r] = vld1q_s16(x + r * stride);
        add_lane<0>(a, w, b, acc);
        add_lane<1>(a, w, b, acc);
      }
    }
    int32_t* sums = t.sums;
#pragma GCC unroll 8
    for (int r = 0; r < kRow; ++r) {
#pragma GCC unroll 4
      for (int q = 0; q < kQuads; ++q, sums += 4) vst1q_s32(sums, acc[r][q]);
    }
  }
};

}  // namespace

void conv_i16__neon(const ConvI16Call& call) { run<Machine>(call); }

}  // namespace octet
