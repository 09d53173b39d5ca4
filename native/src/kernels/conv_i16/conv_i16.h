// SPDX-License-Identifier: Apache-2.0
//
// y[m][n] = clamp(requantize(bias[n] + sum over s, k of x(m, s, k) * w[n][s][k]), min, max)
//
// A product of int16 rows and int8 weights: x(m, s, k) is the element at x + m * x_stride +
// segment_offset[s] + k for 0 <= k < segment; one element behind a segment is read and does not
// matter. Weights are packed as pairs of int16, so that two products meet in one int32 sum.
//
// Sums are exact. 32768 * sum |w| <= 2^31 - 1, which a channel's weights decide at load, keeps
// every partial sum in int32; where that fails, every kFlushPairs pairs go to an int64: 510 * 128 *
// 32768 < 2^31. Bias is added in int64. Forms: 1 HALF_UP and 2 HALF_AWAY of the low 32 bits, 3
// multiply_wide (base/fixed_point.h), 4 round(double(sum) * factor), halves away from zero.
#ifndef OCTET_KERNELS_CONV_I16_CONV_I16_H_
#define OCTET_KERNELS_CONV_I16_CONV_I16_H_

#include <cstdint>

#include "base/isa.h"

namespace octet {

constexpr int32_t kI16Lanes = 16;  // channels of a block
constexpr int32_t kI16Rows = 8;    // rows of a tile, at most
constexpr int32_t kFlushPairs = 255;

struct alignas(64) I16Block {
  int64_t bias[kI16Lanes];
  int32_t multiplier[kI16Lanes];  // form 3: the upper 16 bits, rounded
  int32_t shift[kI16Lanes];
  double factor[kI16Lanes];  // form 4
};

struct I16Weights {
  int32_t co, segments, segment, pairs;  // pairs of one segment
  int32_t blocks, form;
  bool narrow;  // no flush is needed
  const I16Block* block;
  const int16_t* data;  // [block][segment][pair][channel][2], zeros where padded
  int64_t block_step() const { return int64_t{2} * kI16Lanes * segments * pairs; }
};

struct I16Call {
  const I16Weights* w;
  const int16_t* x;
  int64_t x_stride;
  const int64_t* segment_offset;
  int16_t* y;
  int64_t y_stride;
  int32_t m, first_block, last_block;
  int32_t min, max;
};

struct ConvI16Isa {
  Isa isa;
  void (*run)(const I16Call& call);
};

#define OCTET_CONV_I16(name) extern const ConvI16Isa name;
#include "kernels/conv_i16/kernels.inc"
#undef OCTET_CONV_I16

}  // namespace octet

#endif  // OCTET_KERNELS_CONV_I16_CONV_I16_H_
