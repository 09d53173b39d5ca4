// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_KERNELS_DWCONV_I8_FINISHES_H_
#define OCTET_KERNELS_DWCONV_I8_FINISHES_H_

#include <cstring>

#include "kernels/dwconv_i8/real.h"

namespace octet {
namespace {

// Bytes of x that are read again for each strip of channels.
constexpr int64_t kBlockBytes = kDwconvI8Arm ? 16 * 1024 : 128 * 1024;

// The last strip of Arm where it has less than 16 channels: a few pixels at a time by way of a
// buffer that has room for all 16, so that no other pixel asks how many there are.
template <class Each>
void over_part(const DwconvI8RowsCall& call, int32_t first, int32_t begin, int32_t end,
               const Each& each) {
  constexpr int32_t kPixels = 32, kChannels = 16;
  const int64_t element = call.w->shape.rounding == Rounding::kReal ? 4 : 1;
  const int64_t bytes = (call.w->shape.channels - first) * element;
  alignas(64) uint8_t buffer[kPixels * kChannels * sizeof(float)];
  DwconvI8RowsCall part = call;
  part.y = reinterpret_cast<uint8_t*>(reinterpret_cast<uintptr_t>(buffer) - first * element);
  part.y_row = 0;
  part.y_step = kChannels * element;
  for (int32_t oh = begin; oh < end; ++oh) {
    for (int32_t p = 0; p < call.pixels; p += kPixels) {
      part.left = call.left - p * call.stride_w;
      part.pixels = call.pixels - p < kPixels ? call.pixels - p : kPixels;
      each(part, first, oh, oh + 1);
      uint8_t* y = call.y + oh * call.y_row + p * call.y_step + first * element;
      for (int32_t i = 0; i < part.pixels; ++i) {
        std::memcpy(y + i * call.y_step, buffer + i * part.y_step, bytes);
      }
    }
  }
}

// each(call, first channel, begin, end) for strips of rows begin ... end - 1 of y.
template <class Each>
OCTET_INLINE void over_strips(const DwconvI8RowsCall& call, const Each& each) {
  const DwconvI8Weights& w = *call.w;
  const int64_t block = kBlockBytes / (call.x_row * call.stride_h + 1) + 1;
  for (int64_t begin = 0; begin < call.out_rows; begin += block) {
    const int32_t end = begin + block < call.out_rows ? begin + block : call.out_rows;
    for (int32_t first = 0; first < w.shape.channels; first += w.strip_width(first)) {
      if (kDwconvI8Arm && w.shape.channels - first < 16) {
        over_part(call, first, begin, end, each);
      } else {
        each(call, first, begin, end);
      }
    }
  }
#if OCTET_ARM64
  if (flips(w, call.out)) {
    flip_rows(call.y, call.out_rows, call.y_row, call.pixels, call.y_step, w.shape.channels);
  }
#endif
}

template <class V>
using AnyRelu = Relu<V>;
template <class V>
using PlainRelu = Relu<V, true>;
template <class V>
using Float = Quantized<V, Rounding::kFloat, 4 * V::kLanes, kDwconvI8Arm>;
template <class V>
using Floats = Real<V, 4 * V::kLanes, kDwconvI8Arm>;
template <class V>
using HalfUp = Quantized<V, Rounding::kHalfUp, 4 * V::kLanes, kDwconvI8Arm>;
template <class V>
using HalfAway = Quantized<V, Rounding::kHalfAway, 4 * V::kLanes, kDwconvI8Arm>;

// Calls each.run<Finish>() with the end of a pixel that the call is for.
template <class Each>
void with_finish(const DwconvI8RowsCall& call, const Each& each) {
  switch (call.w->shape.rounding) {
    case Rounding::kFloat:
      if (call.w->relu_offset != 0 && call.out.range.min == call.out.range.zero) {
#if defined(__ARM_FEATURE_DOTPROD)
        if (call.w->relu_words != 0 && call.out.range.max == 255) {
          return each.template run<PlainRelu>();
        }
#endif
        return each.template run<AnyRelu>();
      }
      return each.template run<Float>();
    case Rounding::kHalfUp:
      return each.template run<HalfUp>();
    case Rounding::kHalfAway:
      return each.template run<HalfAway>();
    case Rounding::kReal:
      return each.template run<Floats>();
    case Rounding::kSum:
      return;
  }
}

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_I8_FINISHES_H_
