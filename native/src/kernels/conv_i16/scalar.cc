// SPDX-License-Identifier: Apache-2.0
#include "kernels/conv_i16/conv_i16.h"

namespace octet {
namespace {

// Steps of one segment; sums are those of a vector's lanes.
void add_steps(const int16_t* x, const int8_t* w, int64_t w_step, int32_t steps, int32_t* sums) {
  for (int32_t step = 0; step < steps; ++step, x += 2, w += w_step) {
    const int32_t a = x[0], b = x[1];
    for (int c = 0; c < kRequantizeLanes; ++c) sums[c] += a * w[2 * c] + b * w[2 * c + 1];
  }
}

// One row and one vector of channels.
void sum_row(const ConvI16Call& call, const int16_t* x, const int8_t* w, int64_t w_step,
             int64_t* sums) {
  const ConvI16Weights& weights = *call.w;
  for (int32_t s = 0; s < weights.shape.segments; ++s) {
    for (int32_t first = 0; first < weights.steps; first += kI16Flush) {
      const int32_t left = weights.steps - first;
      int32_t part[kRequantizeLanes] = {};
      add_steps(x + call.segment_offset[s] + 2 * first,
                w + (int64_t{s} * weights.steps + first) * w_step, w_step,
                left < kI16Flush ? left : kI16Flush, part);
      for (int c = 0; c < kRequantizeLanes; ++c) sums[c] += part[c];
    }
  }
}

}  // namespace

void conv_i16__scalar(const ConvI16Call& call) {
  const ConvI16Weights& w = *call.w;
  for (int32_t g = call.first_group; g < call.first_group + call.groups; ++g) {
    const int32_t count = w.vectors_of(g);
    for (int32_t v = 0; v < count; ++v) {
      const int32_t vector = w.first_vector(g) + v, column = vector * kRequantizeLanes;
      const int32_t left = w.shape.n - column;
      const int32_t columns = left < kRequantizeLanes ? left : kRequantizeLanes;
      for (int32_t m = 0; m < call.m; ++m) {
        int64_t sums[kRequantizeLanes] = {};
        sum_row(call, call.x + m * call.x_stride, w.weights(g) + 2 * kRequantizeLanes * v,
                int64_t{2} * kRequantizeLanes * count, sums);
        int16_t* y = call.y + m * call.y_stride + column;
        for (int32_t c = 0; c < columns; ++c) {
          y[c] = requantize_word(w.shape.form, sums[c], w.block(vector), c, call.min, call.max);
        }
      }
    }
  }
}

}  // namespace octet
