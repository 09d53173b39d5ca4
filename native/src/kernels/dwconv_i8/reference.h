// SPDX-License-Identifier: Apache-2.0
//
// Depthwise convolution of one image in plain loops over unpacked operands; the requantization is
// the matrix product's reference. Shares no code with the kernels.
#ifndef OCTET_KERNELS_DWCONV_I8_REFERENCE_H_
#define OCTET_KERNELS_DWCONV_I8_REFERENCE_H_

#include "kernels/gemm_i8/reference.h"

namespace octet {
namespace reference {

struct DwconvGeometry {
  int32_t h, w, channels, multiplier;  // of x; y has channels * multiplier
  int32_t kh, kw, stride, dilation, pad_top, pad_left;
  int32_t oh, ow;
};

// x[h][w][channels], weights[kh][kw][co], y[oh][ow][co]; positions outside x count as x_zero.
inline void dwconv_i8(const DwconvGeometry& g, const uint8_t* x, int32_t x_zero, const int8_t* w,
                      int32_t w_zero, const int32_t* bias, const Requantize& q,
                      const OutputRange& range, uint8_t* y) {
  const int32_t co = g.channels * g.multiplier;
  for (int32_t oh = 0; oh < g.oh; ++oh) {
    for (int32_t ow = 0; ow < g.ow; ++ow) {
      for (int32_t c = 0; c < co; ++c) {
        int64_t acc = bias == nullptr ? 0 : bias[c];
        for (int32_t i = 0; i < g.kh; ++i) {
          for (int32_t j = 0; j < g.kw; ++j) {
            const int32_t ih = oh * g.stride - g.pad_top + i * g.dilation;
            const int32_t iw = ow * g.stride - g.pad_left + j * g.dilation;
            if (ih < 0 || ih >= g.h || iw < 0 || iw >= g.w) continue;
            acc += int64_t{x[(ih * g.w + iw) * g.channels + c / g.multiplier] - x_zero} *
                   (w[(i * g.kw + j) * co + c] - w_zero);
          }
        }
        y[(oh * g.ow + ow) * co + c] = requantize(q, c, static_cast<int32_t>(acc), range);
      }
    }
  }
}

}  // namespace reference
}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_I8_REFERENCE_H_
