// SPDX-License-Identifier: Apache-2.0
#include "base/words_arm.h"
#include "kernels/dwconv_i16/dwconv_i16.h"

namespace octet {
namespace {

// The first `count` of eight words.
OCTET_INLINE void store_words(int16_t* y, int16x8_t v, int32_t count) {
  if (count >= 8) return vst1q_s16(y, v);
  if (count < 4) return store_first_words(y, vget_low_s16(v), count);
  vst1_s16(y, vget_low_s16(v));
  store_first_words(y + 4, vget_high_s16(v), count - 4);
}

// Some pixels by 8 * kVectors channels from `first` on.
template <int kVectors, int kPixels>
void tile(const DwconvI16Call& call, int32_t pixel, int32_t first) {
  int32x4_t acc[kPixels][2 * kVectors];
#pragma GCC unroll 4
  for (int i = 0; i < kPixels; ++i) {
#pragma GCC unroll 4
    for (int q = 0; q < 2 * kVectors; ++q) acc[i][q] = vdupq_n_s32(0);
  }
  const DwconvI16Weights& weights = *call.w;
  const int32_t channels = weights.shape.channels;
  const int64_t step = call.x_step;
  const int16_t* x = call.x + pixel * step + first;
  const int16_t* w = weights.weights() + first;
  for (int32_t t = 0; t < weights.shape.taps; ++t, w += channels) {
    const int16_t* a = x + call.tap_offset[t];
    int16x8_t b[kVectors];
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) b[v] = vld1q_s16(w + 8 * v);
#pragma GCC unroll 4
    for (int i = 0; i < kPixels; ++i) {
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) {
        const int16x8_t of_x = vld1q_s16(a + 8 * v);
        int32x4_t &low = acc[i][2 * v], &high = acc[i][2 * v + 1];
        low = vmlal_s16(low, vget_low_s16(of_x), vget_low_s16(b[v]));
        high = vmlal_high_s16(high, of_x, b[v]);
      }
      a += step;
      __asm__("" : "+r"(a));  // or gcc 12 computes every address from the first
    }
  }
  const WordBlock& block = weights.block(first / kRequantizeLanes);
#pragma GCC unroll 4
  for (int q = 0; q < 2 * kVectors; ++q) {
    hold_loads();
    const RequantizeWords<WordForm::kWide> requantize(block, first % kRequantizeLanes + 4 * q);
#pragma GCC unroll 4
    for (int i = 0; i < kPixels; ++i) acc[i][q] = requantize(acc[i][q]);
  }
  const int16x8_t min = vdupq_n_s16(static_cast<int16_t>(call.min));
  const int16x8_t max = vdupq_n_s16(static_cast<int16_t>(call.max));
  int16_t* y = call.y + int64_t{pixel} * channels + first;
#pragma GCC unroll 4
  for (int i = 0; i < kPixels; ++i, y += channels) {
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) {
      const int16x4_t low = vqmovn_s32(acc[i][2 * v]);
      const int16x8_t words = vqmovn_high_s32(low, acc[i][2 * v + 1]);
      store_words(y + 8 * v, vminq_s16(vmaxq_s16(words, min), max), channels - first - 8 * v);
    }
  }
}

template <int kVectors>
void run(const DwconvI16Call& call, int32_t first) {
  int32_t pixel = 0;
  for (; pixel + 4 <= call.pixels; pixel += 4) tile<kVectors, 4>(call, pixel, first);
  if (call.pixels - pixel >= 2) {
    tile<kVectors, 2>(call, pixel, first);
    pixel += 2;
  }
  if (pixel < call.pixels) tile<kVectors, 1>(call, pixel, first);
}

}  // namespace

void dwconv_i16__neon(const DwconvI16Call& call) {
  const int32_t channels = call.w->shape.channels;
  int32_t first = 0;
  for (; first + 8 < channels; first += 16) run<2>(call, first);
  if (first < channels) run<1>(call, first);
}

}  // namespace octet
