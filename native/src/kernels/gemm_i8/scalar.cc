// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm_i8/gemm_i8.h"

namespace octet {
namespace {

int32_t dot_number(uint8_t byte) { return (byte ^ kDotForm) - kDotForm; }

float real(const GemmI8Call& call, int32_t m, int32_t acc, const RealBlock& block, int32_t c) {
  const uint32_t zero =
      128u - kDotForm +
      (call.x_zero == nullptr ? 0 : static_cast<uint32_t>(call.x_zero[m * call.x_step]));
  const uint32_t sum = static_cast<uint32_t>(acc) - zero * static_cast<uint32_t>(block.sums[c]);
  const float scale = call.x_scale[m * call.x_step] * block.scale[c];
  const float v = static_cast<float>(static_cast<int32_t>(sum)) * scale + block.offset[c];
  return v < call.low ? call.low : v > call.high ? call.high : v;
}

void run_block(const GemmI8Call& call, int32_t m, const uint8_t* x, uint8_t* y, const int8_t* w,
               int32_t group_blocks, int32_t block, int32_t row_sum_term) {
  const GemmI8Weights& weights = *call.w;
  const GemmI8Shape& shape = weights.shape;
  const void* parameters = weights.block(block);
  const auto* bias = static_cast<const int32_t*>(parameters);  // first in both kinds of block
  uint32_t acc[kRequantizeLanes];
  for (int32_t c = 0; c < kRequantizeLanes; ++c) {
    acc[c] = static_cast<uint32_t>(bias[c]) + static_cast<uint32_t>(row_sum_term);
  }
  for (int32_t s = 0; s < shape.segments; ++s) {
    const uint8_t* run = x + call.segment_offset[s];
    for (int32_t i = 0; i < shape.segment_bytes; ++i) {
      const int32_t value = dot_number(run[i]);
      const int8_t* column = w + int64_t{s * weights.quads + i / 4} * group_blocks * 64 + i % 4;
      for (int32_t c = 0; c < kRequantizeLanes; ++c) {
        acc[c] += static_cast<uint32_t>(value * column[4 * c]);
      }
    }
  }
  const int32_t first = block * kRequantizeLanes;
  for (int32_t c = 0; c < kRequantizeLanes && first + c < shape.n; ++c) {
    if (shape.rounding == Rounding::kSum) {
      reinterpret_cast<int32_t*>(y)[first + c] = static_cast<int32_t>(acc[c]);
      continue;
    }
    if (shape.rounding == Rounding::kReal) {
      reinterpret_cast<float*>(y)[first + c] = real(call, m, static_cast<int32_t>(acc[c]),
                                                    *static_cast<const RealBlock*>(parameters), c);
      continue;
    }
    y[first + c] =
        requantize(shape.rounding, static_cast<int32_t>(acc[c]), parameters, c, call.range);
  }
}

}  // namespace

void gemm_i8__scalar(const GemmI8Call& call) {
  const GemmI8Weights& weights = *call.w;
  const GemmI8Shape& shape = weights.shape;
  const int32_t line = call.line == 0 ? call.m : call.line;
  for (int32_t m = 0; m < call.m; ++m) {
    const uint8_t* x = call.x + m / line * call.x_line + m % line * call.x_stride;
    uint8_t* y = call.y + m / line * call.y_line + m % line * call.y_stride;
    int32_t row_sum = 0;
    for (int32_t s = 0; s < shape.segments && shape.w_zero != 0; ++s) {
      for (int32_t i = 0; i < shape.segment_bytes; ++i)
        row_sum += dot_number(x[call.segment_offset[s] + i]);
    }
    const auto term = static_cast<int32_t>(0u - static_cast<uint32_t>(shape.w_zero) *
                                                    static_cast<uint32_t>(row_sum));
    for (int32_t g = call.first_group; g < call.first_group + call.groups; ++g) {
      const int32_t count = weights.blocks_of(g);
      for (int32_t b = 0; b < count; ++b) {
        run_block(call, m, x, y, weights.weights(g) + 64 * b, count, weights.first_block(g) + b,
                  term);
      }
    }
  }
}

}  // namespace octet
