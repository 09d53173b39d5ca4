// SPDX-License-Identifier: Apache-2.0
//
// Pixels by blocks of channels, once for all vector instruction sets; include it in an ISA file
// after words_x86.h.
#ifndef OCTET_KERNELS_DWCONV_I16_GENERIC_H_
#define OCTET_KERNELS_DWCONV_I16_GENERIC_H_

#include "base/words_x86.h"
#include "kernels/dwconv_i16/dwconv_i16.h"

namespace octet {
namespace {

// What the tiles of a block of channels share.
template <class V>
struct Block {
  const DwconvI16Call& call;
  Requantize<V, WordForm::kWide> low, high;
  const int16_t* w;
  int32_t first, count;  // channels
  typename V::Bytes min, max;
};

template <class V, int kPixels>
OCTET_INLINE void tile(const Block<V>& block, int32_t pixel) {
  using Int = typename V::Int;
  Int low[kPixels], high[kPixels];
#pragma GCC unroll 4
  for (int i = 0; i < kPixels; ++i) low[i] = high[i] = Int{};
  const DwconvI16Call& call = block.call;
  const int64_t step = call.x_step;
  const int16_t* x = call.x + pixel * step + block.first;
  const int16_t* w = block.w;
  const int64_t* offset = call.tap_offset;
  for (int32_t pairs = call.w->pairs(); pairs > 0; --pairs, offset += 2, w += 4 * V::kLanes) {
    const int16_t *a = x + offset[0], *b = x + offset[1];
    const Int w_low = V::load(w), w_high = V::load(w + 2 * V::kLanes);
#pragma GCC unroll 4
    for (int i = 0; i < kPixels; ++i) {
      const auto first = (typename V::Bytes)V::loadu(a + i * step);
      const auto second = (typename V::Bytes)V::loadu(b + i * step);
      low[i] = V::dot(low[i], (Int)V::low16(first, second), w_low);
      high[i] = V::dot(high[i], (Int)V::high16(first, second), w_high);
    }
  }
  int16_t* y = call.y + int64_t{pixel} * call.w->shape.channels + block.first;
#pragma GCC unroll 4
  for (int i = 0; i < kPixels; ++i, y += call.w->shape.channels) {
    const auto words = V::pack32(block.low(low[i]), block.high(high[i]));
    V::store_16(y, V::clamp16(words, block.min, block.max), block.count);
  }
}

template <class V>
void run(const DwconvI16Call& call) {
  constexpr int32_t kWidth = 2 * V::kLanes;
  const DwconvI16Weights& w = *call.w;
  for (int32_t b = 0; b < w.blocks / 2; ++b) {
    const int32_t left = w.shape.channels - b * kWidth;
    const Block<V> block = {
        call,
        Requantize<V, WordForm::kWide>(w.block(2 * b)),
        Requantize<V, WordForm::kWide>(w.block(2 * b + 1)),
        w.weights() + int64_t{b} * w.pairs() * 2 * kWidth,
        b * kWidth,
        left < kWidth ? left : kWidth,
        V::splat_words(call.min),
        V::splat_words(call.max),
    };
    int32_t pixel = 0;
    for (; pixel + 4 <= call.pixels; pixel += 4) tile<V, 4>(block, pixel);
    if (call.pixels - pixel >= 2) {
      tile<V, 2>(block, pixel);
      pixel += 2;
    }
    if (pixel < call.pixels) tile<V, 1>(block, pixel);
  }
}

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_I16_GENERIC_H_
