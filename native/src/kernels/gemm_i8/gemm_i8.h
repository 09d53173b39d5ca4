// SPDX-License-Identifier: Apache-2.0
//
// y[m][n] = clamp(requantize(acc[m][n]) + y_zero)    (base/requantize.h)
// acc[m][n] = bias[n] + sum over s, k of (x(m, s, k) - x_zero) * (w[n][s][k] - w_zero)
//
// The window of a row m is `segments` runs of segment_bytes bytes each: x(m, s, k) is the byte at
// x + m * x_stride + segment_offset[s] + k. One segment is a plain matrix product (1x1 convolution,
// fully connected); kh segments of kw * ci bytes are a convolution over a bordered image, without
// im2col; kh * kw segments of ci bytes a dilated one.
//
// x: u8, stored xor kDotForm (base/dot_form.h), any alignment; 0 <= x_zero <= 255. An int8 tensor
// is
//   the u8 one with 128 added to it and to its zero point. Up to 3 bytes behind each segment are
//   read and do not matter.
// w: int8 [n][segments][segment_bytes], -128 <= w_zero <= 127 for all channels. A uint8 tensor is
//   given xor 0x80, with its zero point - 128.
// y: m rows y_stride bytes apart, n bytes written in each; must not overlap x.
//   With Rounding::kReal y is f32 (y_stride still in bytes), w_zero 0, and scale and zero point of
//   x come with the call: y = clamp(float(acc) * (x_scale[m] * scale[n]) + bias[n], low, high),
//   where acc counts x from x_zero[m] + 128. With Rounding::kSum y is int32, w_zero 0: y = acc.
// acc is int32 and wraps: it is the exact sum whenever |bias| + 255 * 255 * k < 2^31, so for
//   segments * segment_bytes <= 32767 with any int8 and 65793 with w_zero = 0. The limit of pack is
//   2^20 on segments * segment_bytes and 2^20 on n.
#ifndef OCTET_KERNELS_GEMM_I8_GEMM_I8_H_
#define OCTET_KERNELS_GEMM_I8_GEMM_I8_H_

#include "base/dot_form.h"
#include "base/isa.h"
#include "base/requantize.h"

namespace octet {

struct GemmI8Shape {
  int32_t n, segments, segment_bytes;
  int32_t x_zero, w_zero;
  Rounding rounding;
};

// Start of a packed block. Channels are taken in blocks of 16, blocks in groups of up to 4:
// [group][quad][block of the group][channel][4 bytes of k], zeros where a segment or n is padded.
struct alignas(64) GemmI8Weights {
  GemmI8Shape shape;
  int32_t quads;  // of one segment: ceil(segment_bytes / 4)
  int32_t blocks;
  int32_t groups;
  int32_t group_blocks;  // of the last groups; the first wide_groups have one more
  int32_t wide_groups;
  int32_t vector_exact;  // 0: only the scalar kernel is exact (see set_lane)
  int32_t pairs_fit;     // Arm: any two products of quads 2i and 2i + 1 of a segment fit int16
  int64_t blocks_offset;
  int64_t weights_offset;

  int32_t first_block(int32_t group) const {
    return group * group_blocks + (group < wide_groups ? group : wide_groups);
  }
  int32_t blocks_of(int32_t group) const { return group_blocks + (group < wide_groups ? 1 : 0); }
  const void* block(int32_t i) const {
    return reinterpret_cast<const char*>(this) + blocks_offset + i * block_bytes(shape.rounding);
  }
  // What is taken from each byte of x in dot form, as a number.
  int32_t x_zero() const { return shape.x_zero - kDotForm; }
  const int8_t* weights(int32_t group) const {
    return reinterpret_cast<const int8_t*>(this) + weights_offset +
           int64_t{64} * first_block(group) * shape.segments * quads;
  }
};

// A header with the offsets of what follows it; dimensions are at least 1.
GemmI8Weights gemm_i8_layout(const GemmI8Shape& shape);
// Bytes of the packed form, or 0 when a dimension is out of range.
int64_t gemm_i8_packed_bytes(const GemmI8Shape& shape);
// packed: zeroed and 64-byte aligned. bias: int32[n] (kReal: float[n]) or NULL. All sources of any
// alignment; the requantization is checked before.
void gemm_i8_pack(const GemmI8Shape& shape, const std::byte* w, const std::byte* bias,
                  const RequantizeSource& requantize, void* packed);

struct GemmI8Call {
  const GemmI8Weights* w;
  const uint8_t* x;
  int64_t x_stride;
  const int64_t* segment_offset;
  uint8_t* y;  // column 0, whatever first_group is
  int64_t y_stride;
  int32_t m;
  // Rows of x may lie in lines of `line` rows (0: all in one): row i at
  // x + i / line * x_line + i % line * x_stride; y alike. m is a multiple of line.
  int32_t line;
  int64_t x_line, y_line;
  int32_t first_group, groups;  // the columns to compute
  OutputRange range;
  // kReal only
  const float* x_scale;
  const int32_t* x_zero;  // NULL: all 0
  int32_t x_step;         // 1: one of each a row, all in one line; 0: one for all rows
  float low, high;
};
using GemmI8Function = void (*)(const GemmI8Call& call);

#define OCTET_KERNEL(isa, function) void function(const GemmI8Call& call);
#include "kernels/gemm_i8/kernels.inc"
#undef OCTET_KERNEL

// The best kernel of a cluster that is exact for these weights.
GemmI8Function select_gemm_i8(Isa isa, const GemmI8Weights& weights);

}  // namespace octet

#endif  // OCTET_KERNELS_GEMM_I8_GEMM_I8_H_
