// SPDX-License-Identifier: Apache-2.0
//
// y[p][c] = clamp(requantize(bias[c] + sum over t of x(p, t, c) * w[t][c]))    (base/words.h,
// kWide)
//
// A row of pixels of a depthwise convolution of int16 by int8: x(p, t, c) is the element at
// x + p * x_step + tap_offset[t] + c. Up to 31 elements behind the last channel are read and do not
// matter. Taps are taken in pairs: vpunpck makes pairs of int16 of two taps, whose products meet in
// an int32 lane. Vectors are exact while 32768 * sum |w| <= 2^31 - 1, so for 511 taps of any int8.
#ifndef OCTET_KERNELS_DWCONV_I16_DWCONV_I16_H_
#define OCTET_KERNELS_DWCONV_I16_DWCONV_I16_H_

#include "base/isa.h"
#include "base/words.h"

namespace octet {

struct DwconvI16Shape {
  int32_t channels, taps;
};

// Start of a packed block. For vectors: blocks of `width` channels, in each
// [pair of taps][low and high half][lane][2 taps] int16, zeros where padded, and a WordBlock for
// each half; the lanes of a half are those that vpunpck leaves in it. For the scalar kernel, of
// width 0, and NEON: [tap][channel] int16, and a WordBlock for 16 channels.
struct alignas(64) DwconvI16Weights {
  DwconvI16Shape shape;
  int32_t width;         // 0, 16 or 32
  int32_t vector_exact;  // 0: only the scalar kernel is exact
  int32_t blocks;        // WordBlocks: two of a block of channels, or one of 16 channels
  int64_t blocks_offset, weights_offset;
  int64_t bytes;

  int32_t pairs() const { return (shape.taps + 1) / 2; }
  const WordBlock& block(int32_t i) const {
    return reinterpret_cast<const WordBlock*>(reinterpret_cast<const char*>(this) +
                                              blocks_offset)[i];
  }
  const int16_t* weights() const {
    return reinterpret_cast<const int16_t*>(reinterpret_cast<const char*>(this) + weights_offset);
  }
};

// The header of a layout for a kernel of `isa`; width 0 where vectors would not be exact. w is int8
// [tap][channel].
DwconvI16Weights plan_dwconv_i16(const DwconvI16Shape& shape, Isa isa, const std::byte* w,
                                 const WordSource& source);
// packed: zeroed, 64-byte aligned, plan.bytes long.
void pack_dwconv_i16(const DwconvI16Weights& plan, const std::byte* w, const WordSource& source,
                     void* packed);

struct DwconvI16Call {
  const DwconvI16Weights* w;
  const int16_t* x;
  int64_t x_step;
  const int64_t* tap_offset;  // one more than taps where their number is odd
  int16_t* y;                 // pixels lie `channels` apart
  int32_t pixels;
  int32_t min, max;
};
using DwconvI16Function = void (*)(const DwconvI16Call& call);

#define OCTET_DWCONV_I16(isa, function) void function(const DwconvI16Call& call);
#include "kernels/dwconv_i16/kernels.inc"
#undef OCTET_DWCONV_I16

// The best kernel of a cluster for these weights.
DwconvI16Function select_dwconv_i16(Isa isa, const DwconvI16Weights& weights);

}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_I16_DWCONV_I16_H_
