// SPDX-License-Identifier: Apache-2.0
#include "kernels/conv_i16/arm.h"

namespace octet {
namespace {

template <int kQuads, int kRow>
using Sums = int32x4_t[kRow][kQuads];

// Four k of 16: bytes 4 * kLane to 4 * kLane + 3 of the rows' planes.
template <int kLane, int kQuads, int kRow>
OCTET_INLINE void add_lane(const int8x16_t (&h)[kRow], const int8x16_t (&l)[kRow], const int8_t* w,
                           Sums<kQuads, kRow>& high, Sums<kQuads, kRow>& low) {
  hold_loads();
#pragma GCC unroll 4
  for (int q = 0; q < kQuads; ++q) {
    const int8x16_t b = vld1q_s8(w + 16 * (kLane * kQuads + q));
#pragma GCC unroll 4
    for (int r = 0; r < kRow; ++r) {
      high[r][q] = vdotq_laneq_s32(high[r][q], b, h[r], kLane);
      low[r][q] = vdotq_laneq_s32(low[r][q], b, l[r], kLane);
    }
  }
}

struct Machine {
  static constexpr int kRows[4] = {4, 2, 2, 2};
  static constexpr bool kPlanes = true;

  template <int kQuads, int kRow>
  static void tile(const Tile& t) {
    Sums<kQuads, kRow> high, low;
#pragma GCC unroll 4
    for (int r = 0; r < kRow; ++r) {
#pragma GCC unroll 4
      for (int q = 0; q < kQuads; ++q) {
        high[r][q] = vdupq_n_s32(0);
        low[r][q] = vld1q_s32(t.start + 4 * q);
      }
    }
    const int8_t* w = t.w;
    const int64_t stride = t.x_stride;
    const uint8x16_t sign = vdupq_n_u8(0x80);
    int8x16_t h[kRow], l[kRow];
    const auto load = [&](const int16_t* x) __attribute__((always_inline)) {
#pragma GCC unroll 4
      for (int r = 0; r < kRow; ++r) {
        const auto* p = reinterpret_cast<const uint8_t*>(x + r * stride);
        const uint8x16_t a = vld1q_u8(p), b = vld1q_u8(p + 16);
        h[r] = vreinterpretq_s8_u8(vuzp2q_u8(a, b));
        l[r] = vreinterpretq_s8_u8(veorq_u8(vuzp1q_u8(a, b), sign));
      }
    };
    for (int32_t s = 0; s < t.segments; ++s) {
      const int16_t* x = t.x + t.segment_offset[s];
      int32_t steps = t.steps;
      for (; steps >= 4; steps -= 4, x += 16, w += 4 * 16 * kQuads) {
        load(x);
        add_lane<0>(h, l, w, high, low);
        add_lane<1>(h, l, w, high, low);
        add_lane<2>(h, l, w, high, low);
        add_lane<3>(h, l, w, high, low);
      }
      if (steps == 0) continue;
      load(x);
      add_lane<0>(h, l, w, high, low);
      if (steps > 1) add_lane<1>(h, l, w, high, low);
      if (steps > 2) add_lane<2>(h, l, w, high, low);
      w += steps * 16 * kQuads;
    }
    int32_t *sums = t.sums, *upper = t.high;
    const int32x4_t byte = vdupq_n_s32(255);
#pragma GCC unroll 4
    for (int r = 0; r < kRow; ++r) {
#pragma GCC unroll 4
      for (int q = 0; q < kQuads; ++q, sums += 4) {
        if (upper == nullptr) {
          vst1q_s32(sums, vaddq_s32(low[r][q], vshlq_n_s32(high[r][q], 8)));
          continue;
        }
        vst1q_s32(upper, vshrq_n_s32(high[r][q], 8));
        vst1q_s32(sums, vaddq_s32(low[r][q], vshlq_n_s32(vandq_s32(high[r][q], byte), 8)));
        upper += 4;
      }
    }
  }
};

}  // namespace

void conv_i16__neondot(const ConvI16Call& call) { run<Machine>(call); }

}  // namespace octet
