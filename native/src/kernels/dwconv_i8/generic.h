// SPDX-License-Identifier: Apache-2.0
//
// Windows given by pointers, once for all vector widths. A part is what one vector type V takes of
// a strip of kWidth channels: the whole strip, or one half of 64 channels for 32-byte vectors.
#ifndef OCTET_KERNELS_DWCONV_I8_GENERIC_H_
#define OCTET_KERNELS_DWCONV_I8_GENERIC_H_

#include "kernels/dwconv_i8/real.h"

namespace octet {
namespace {

template <class V, Rounding R, int kWidth>
struct FinishOf {
  using Type = Quantized<V, R, kWidth>;
};
template <class V, int kWidth>
struct FinishOf<V, Rounding::kReal, kWidth> {
  using Type = Real<V, kWidth>;
};

template <class Dot, class V, int kWidth, Rounding R>
OCTET_INLINE void run_part(const DwconvI8TapsCall& call, const OutputVectors& out, int32_t first,
                           int lane) {
  using Finish = typename FinishOf<V, R, kWidth>::Type;
  const DwconvI8Weights& weights = *call.w;
  const int32_t channel = first + 4 * lane;
  if (channel >= weights.shape.channels) return;
  const int8_t* w = weights.weights(first) + 4 * lane;
  Finish finish(weights, out, first, lane);
  uint8_t* y = call.y + channel * Finish::kElement;
  for (int32_t p = 0; p < call.pixels; ++p, y += call.y_step) {
    finish.forget();
    typename V::Int acc[4];
#pragma GCC unroll 4
    for (int q = 0; q < 4; ++q) acc[q] = finish.bias(q);
    Dot::template sum<V, kWidth>(acc, weights, call.taps + int64_t{p} * weights.slots, channel, w);
    finish.store(acc, y);
  }
}

// Wide takes a strip of 64 channels in one part or in two; on Arm one of 16.
template <class Dot, class Wide, Rounding R>
void run_strips(const DwconvI8TapsCall& call) {
  const OutputVectors out(call.out);
  const DwconvI8Weights& w = *call.w;
  for (int32_t first = 0; first < w.shape.channels; first += w.strip_width(first)) {
#if OCTET_ARM64
    run_part<Dot, Wide, 16, R>(call, out, first, 0);
#else
    const int32_t width = w.strip_width(first);
    if (width == 64) {
      for (int lane = 0; lane < 16; lane += Wide::kLanes) {
        run_part<Dot, Wide, 64, R>(call, out, first, lane);
      }
    } else if (width == 32) {
      run_part<Dot, Ymm, 32, R>(call, out, first, 0);
    } else {
      run_part<Dot, Xmm, 16, R>(call, out, first, 0);
    }
#endif
  }
#if OCTET_ARM64
  if (flips(w, call.out)) flip_rows(call.y, 1, 0, call.pixels, call.y_step, w.shape.channels);
#endif
}

template <class Dot, class Wide>
void run_taps(const DwconvI8TapsCall& call) {
  switch (call.w->shape.rounding) {
    case Rounding::kFloat:
      return run_strips<Dot, Wide, Rounding::kFloat>(call);
    case Rounding::kHalfUp:
      return run_strips<Dot, Wide, Rounding::kHalfUp>(call);
    case Rounding::kHalfAway:
      return run_strips<Dot, Wide, Rounding::kHalfAway>(call);
    case Rounding::kReal:
      return run_strips<Dot, Wide, Rounding::kReal>(call);
    case Rounding::kSum:
      return;
  }
}

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_I8_GENERIC_H_
