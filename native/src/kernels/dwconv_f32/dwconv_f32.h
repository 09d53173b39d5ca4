// SPDX-License-Identifier: Apache-2.0
//
// Runs of pixels of the float depthwise convolution:
//   y[p * co + c] = clamp(bias[c] + sum over t of x[t][p * x_step + c] * w[t][c], low, high)
// for 0 <= p < pixels, 0 <= c < co; with a single input channel x[t][p * x_step] for every c. Up to
// kSlack bytes behind a row of x, w and bias may be read.
#ifndef OCTET_KERNELS_DWCONV_F32_DWCONV_F32_H_
#define OCTET_KERNELS_DWCONV_F32_DWCONV_F32_H_

#include <cstdint>

#include "base/isa.h"

namespace octet {

struct DwconvF32Run {
  const float* const* x;  // taps
  const float* const* w;  // taps
  int32_t taps, pixels, co;
  int64_t x_step;
  bool one_channel;
  const float* bias;
  float* y;
  float low, high;
};

struct DwconvF32Isa {
  Isa isa;
  int32_t least_co;  // with fewer channels shorter vectors waste less
  void (*run)(const DwconvF32Run& run);
};

#define OCTET_DWCONV_F32(name) extern const DwconvF32Isa name;
#include "kernels/dwconv_f32/kernels.inc"
#undef OCTET_DWCONV_F32

}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_F32_DWCONV_F32_H_
