// SPDX-License-Identifier: Apache-2.0
//
// Inner loops of the float depthwise convolution over rectangles of outputs that read the same
// taps:
//   y[i * y_down + j * y_right + c] =
//       clamp(bias[c] + sum over taps t of x[i * x_down + j * x_right + at(t) + c] * w[t][c])
// for 0 <= i < rows, 0 <= j < columns, 0 <= c < co. Up to kSlack bytes behind a row of x are read.
#ifndef OCTET_KERNELS_DWCONV_F32_DWCONV_F32_H_
#define OCTET_KERNELS_DWCONV_F32_DWCONV_F32_H_

#include <cstdint>

#include "base/isa.h"

namespace octet {

struct DwconvF32Call {
  const float* x;
  int64_t x_down, x_right;
  float* y;
  int64_t y_down, y_right;
  int32_t rows, columns, co;
  // For each vector of channels: its bias, then its w of every tap, zero behind co.
  const float* w;
  int64_t w_step;  // floats of a vector of channels: lanes * (1 + taps)
  float low, high;
  // Floats from one row and column of x to the next: taps of run_window.
  int64_t tap_down, tap_right;
  // Taps of run_taps: x[x_at[t] + c] is multiplied by the floats at w[w_at[t]].
  const int64_t *x_at, *w_at;
  int32_t taps;
};

struct DwconvF32Isa {
  Isa isa;
  int32_t lanes;
  // Any taps; y_down and rows are not read: one line of `columns`.
  void (*run_taps)(const DwconvF32Call& call);
  // All taps of a 3x3 and a 5x5 window without dilation, by stride - 1.
  void (*run_3x3[2])(const DwconvF32Call& call);
  void (*run_5x5[2])(const DwconvF32Call& call);
};

#define OCTET_DWCONV_F32(name) extern const DwconvF32Isa name;
#include "kernels/dwconv_f32/kernels.inc"
#undef OCTET_DWCONV_F32

}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_F32_DWCONV_F32_H_
