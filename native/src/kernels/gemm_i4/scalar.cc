// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm_i4/gemm_i4.h"

namespace octet {
namespace {

int32_t dot(const I4Weights& w, const uint8_t* x, const uint8_t* data, int32_t column) {
  int32_t sum = 0;
  for (int32_t i = 0; i < w.size; ++i) {
    const uint8_t both = data[(i / 8 * kI4Lanes + column) * 4 + i % 4];
    const int32_t half = (i % 8 < 4 ? both & 15 : both >> 4) ^ kI4Flip;
    sum += ((x[i] ^ kDotForm) - kDotForm) * ((half ^ 8) - 8);
  }
  return sum;
}

void run(const I4Call& call) {
  const I4Weights& w = *call.w;
  for (int32_t m = 0; m < call.m; ++m) {
    const float zero = static_cast<float>(128 - kDotForm + call.x_zero[m]);
    for (int32_t panel = call.first_panel; panel < call.last_panel; ++panel) {
      const float* columns = w.columns + int64_t{panel} * 2 * kI4Lanes;
      for (int32_t c = 0; c < kI4Lanes && panel * kI4Lanes + c < w.n; ++c) {
        float sum = 0;
        for (int32_t b = 0; b < w.blocks; ++b) {
          const uint8_t* data =
              w.data + panel * w.panel_bytes() + int64_t{4} * kI4Lanes * w.pairs * b;
          const int32_t products = dot(w, call.x + int64_t{m} * w.k + int64_t{b} * w.size, data, c);
          sum += static_cast<float>(products) *
                 w.scales[(int64_t{panel} * w.blocks + b) * kI4Lanes + c];
        }
        const float v = (sum - zero * columns[kI4Lanes + c]) * call.x_scale[m] + columns[c];
        call.y[m * call.y_stride + panel * kI4Lanes + c] = v < call.low    ? call.low
                                                           : v > call.high ? call.high
                                                                           : v;
      }
    }
  }
}

}  // namespace

const GemmI4Isa gemm_i4__scalar = {Isa::kScalar, run};

}  // namespace octet
