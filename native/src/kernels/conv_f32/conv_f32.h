// SPDX-License-Identifier: Apache-2.0
//
// Tiles of the float convolution: a GEMM whose rows are output pixels, given by pointers.
//   y[i * y_stride + j] = clamp(bias[j] + sum over taps, c of x[tap * m + i][c] * w[tap][c][j])
// for 0 <= i < m, 0 <= j < n, 0 <= c < k. w is a panel of nr columns, zero behind n; its panels are
// panel_stride floats apart and bias is as long as all panels. Products are fused where the
// instruction set has it: |error| <= taps * k * 2^-24 * sum of |products|.
#ifndef OCTET_KERNELS_CONV_F32_CONV_F32_H_
#define OCTET_KERNELS_CONV_F32_CONV_F32_H_

#include <cstdint>

#include "base/isa.h"

namespace octet {

struct ConvF32Tile {
  const float* const* x;  // taps * m
  int32_t m;              // 1 <= m <= mr
  int32_t taps, k;
  const float* w;
  int64_t panel_stride;
  const float* bias;
  float* y;
  int64_t y_stride;
  int32_t n;  // columns, over several panels
  float low, high;
};

struct ConvF32Isa {
  Isa isa;
  int32_t mr, nr;
  int32_t least_co;  // with fewer output channels a narrower panel wastes less
  void (*run)(const ConvF32Tile& tile);
};

// What the packer makes, before: kw * ci zeros, bias (zero behind co), panels
// [panel][kh][kw][ci][nr]. Offsets are in bytes.
struct ConvF32Packed {
  int32_t co, kh, kw, ci;
  int32_t nr, panels;
  int64_t zeros_offset, bias_offset, panels_offset;
};

// The loops for these weights, the same at load and later.
const ConvF32Isa& select_conv_f32(Isa isa, int32_t co);

#define OCTET_CONV_F32(name) extern const ConvF32Isa name;
#include "kernels/conv_f32/kernels.inc"
#undef OCTET_CONV_F32

}  // namespace octet

#endif  // OCTET_KERNELS_CONV_F32_CONV_F32_H_
