// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "kernels/dwconv_i8/dwconv_i8.h"

namespace octet {
namespace {

float real(const DwconvI8Output& out, uint32_t acc, const RealBlock& block, int32_t lane) {
  const float v = static_cast<float>(static_cast<int32_t>(acc)) * block.scale[lane];
  const float y = v + block.offset[lane];
  return y < out.low ? out.low : y > out.high ? out.high : y;
}

}  // namespace

void dwconv_i8__scalar(const DwconvI8TapsCall& call) {
  const DwconvI8Weights& w = *call.w;
  const DwconvI8Shape& shape = w.shape;
  for (int32_t first = 0; first < shape.channels; first += w.strip_width(first)) {
    const int32_t width = w.strip_width(first);
    const int8_t* weights = w.weights(first);
    for (int32_t i = 0; i < width && first + i < shape.channels; ++i) {
      const DwconvI8Weights::Place place = w.place(i);
      const int32_t flat = place.vector * (width / 4) + place.lane;
      const int32_t number = flat / kRequantizeLanes;
      const bool is_real = shape.rounding == Rounding::kReal;
      const RealBlock* reals =
          is_real ? call.out.real + first / kRequantizeLanes + number : nullptr;
      const void* block = is_real ? reals : w.block(first, number);
      const int32_t bias = static_cast<const int32_t*>(block)[flat % kRequantizeLanes];
      for (int32_t p = 0; p < call.pixels; ++p) {
        const uint8_t* const* taps = call.taps + int64_t{p} * w.slots;
        auto acc = static_cast<uint32_t>(bias);
        for (int32_t s = 0; s < w.slots; ++s) {
          int16_t weight;
          std::memcpy(&weight, weights + 2 * w.index(s, 0, place, width), 2);
          const int32_t x = (taps[s][first + i] ^ kDotForm) - kDotForm;
          acc += static_cast<uint32_t>(x * weight);
        }
        uint8_t* y = call.y + p * call.y_step;
        if (is_real) {
          reinterpret_cast<float*>(y)[first + i] =
              real(call.out, acc, *reals, flat % kRequantizeLanes);
          continue;
        }
        y[first + i] = requantize(shape.rounding, static_cast<int32_t>(acc), block,
                                  flat % kRequantizeLanes, call.out.range);
      }
    }
  }
}

}  // namespace octet
