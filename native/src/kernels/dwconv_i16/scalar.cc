// SPDX-License-Identifier: Apache-2.0
#include "kernels/dwconv_i16/dwconv_i16.h"

namespace octet {

void dwconv_i16__scalar(const DwconvI16Call& call) {
  const DwconvI16Weights& w = *call.w;
  const int32_t channels = w.shape.channels;
  for (int32_t p = 0; p < call.pixels; ++p) {
    for (int32_t first = 0; first < channels; first += kRequantizeLanes) {
      const int32_t left = channels - first;
      const int32_t count = left < kRequantizeLanes ? left : kRequantizeLanes;
      int64_t sums[kRequantizeLanes] = {};
      for (int32_t t = 0; t < w.shape.taps; ++t) {
        const int16_t* x = call.x + p * call.x_step + call.tap_offset[t] + first;
        const int16_t* taps = w.weights() + int64_t{t} * channels + first;
        for (int32_t c = 0; c < count; ++c) sums[c] += int32_t{x[c]} * taps[c];
      }
      int16_t* y = call.y + int64_t{p} * channels + first;
      for (int32_t c = 0; c < count; ++c) {
        y[c] = requantize_word(WordForm::kWide, sums[c], w.block(first / kRequantizeLanes), c,
                               call.min, call.max);
      }
    }
  }
}

}  // namespace octet
