// SPDX-License-Identifier: Apache-2.0
//
// Rows of bytes by int4 weights that have a scale for each block of `size` along k:
//   y[i][j] = clamp(bias[j] + x_scale[i] * (sum over b of scale[j][b] * dot(i, j, b)
//                                           - (128 + x_zero[i]) * sum over b, k of scale * w))
//   dot(i, j, b) = sum over the k of block b of x[i][k] * w[j][k], an int32
// x is u8 stored xor kDotForm, the number x - 128 - x_zero[i] of x_scale[i]. Scales meet dots in
// float32, block by block.
#ifndef OCTET_KERNELS_GEMM_I4_GEMM_I4_H_
#define OCTET_KERNELS_GEMM_I4_GEMM_I4_H_

#include <cstdint>

#include "base/dot_form.h"
#include "base/isa.h"

namespace octet {

// What is between a half byte and the two's complement of its weight.
constexpr uint8_t kI4Flip = kDotForm != 0 ? 0 : 8;

constexpr int32_t kI4Lanes = 16;  // columns of a panel

// Packed, by panels of 16 columns, zero weights where n or a block is padded.
struct I4Weights {
  int32_t n, k, size, blocks;
  int32_t pairs;         // of quads in a block: ceil(size / 8)
  const float* columns;  // [panel][2][16]: bias, and sum of scale * w
  const float* scales;   // [panel][block][16]
  // [panel][block][pair][column][4]: w of quad 2 * pair in the lower halves, of the next quad in
  // the upper ones; as w + 8 on x86, which has no signed halves to shift, as two's complement on
  // Arm
  const uint8_t* data;

  int64_t panel_bytes() const { return int64_t{4} * kI4Lanes * blocks * pairs; }
};

// Dots of larger blocks may leave 32 bits: those of Arm are 16 times as much.
constexpr int32_t kI4MaxSize = kDotForm != 0 ? 1 << 16 : 1 << 20;

struct I4Call {
  const I4Weights* w;
  const uint8_t* x;  // rows of k; 8 bytes behind the last are read and do not matter
  const float* x_scale;
  const int32_t* x_zero;
  float* y;  // column 0
  int64_t y_stride;
  int32_t m;
  int32_t first_panel, last_panel;
  float low, high;
};

struct GemmI4Isa {
  Isa isa;
  void (*run)(const I4Call& call);
};

#define OCTET_GEMM_I4(name) extern const GemmI4Isa name;
#include "kernels/gemm_i4/kernels.inc"
#undef OCTET_GEMM_I4

}  // namespace octet

#endif  // OCTET_KERNELS_GEMM_I4_GEMM_I4_H_
