// SPDX-License-Identifier: Apache-2.0
#include "kernels/conv_i16/tile.h"

namespace octet {
namespace {

template <int kRows>
void tile(const Tile& t, int32_t* sums) {
  for (int r = 0; r < kRows; ++r) {
    int32_t acc[kI16Lanes] = {};
    const int16_t* w = t.w;
    for (int32_t s = 0; s < t.segments; ++s) {
      const int16_t* x = t.x + r * t.x_stride + t.segment_offset[s];
      for (int32_t p = 0; p < t.pairs; ++p, w += 2 * kI16Lanes) {
        const int32_t a = x[2 * p], b = x[2 * p + 1];
        for (int c = 0; c < kI16Lanes; ++c) acc[c] += a * w[2 * c] + b * w[2 * c + 1];
      }
    }
    for (int c = 0; c < kI16Lanes; ++c) sums[r * kI16Lanes + c] = acc[c];
  }
}

#include "kernels/conv_i16/generic.h"

}  // namespace

const ConvI16Isa conv_i16__scalar = {Isa::kScalar, run};

}  // namespace octet
