// SPDX-License-Identifier: Apache-2.0
//
// y[c] = clamp(requantize(acc[c]) + y_zero)    (base/requantize.h), for every pixel of an output
// row acc[c] = bias[c] + sum over kh, kw of (x(kh, kw)[c] - x_zero) * (w[kh][kw][c] - w_zero)
//
// Two entries: `taps` takes any window as one pointer for each tap and pixel; `rows` takes windows
// that do not reach too far as rows of an image, where neighbouring pixels share their loads.
// A channel multiplier is the caller's business: it repeats each channel of x.
//
// x: u8 xor kDotForm, any alignment; 0 <= x_zero <= 255 (int8 in offset form: xor 0x80, zero point
// +
//   128). A pixel is `channels` bytes; up to 15 bytes behind it are read and do not matter. A tap
//   outside the image points at weights.pad(), a pixel of x_zero xor kDotForm.
// w: int8 [kh][kw][channels], -128 <= w_zero <= 127 for all channels (uint8: xor 0x80, zero point -
//   128); kh * kw <= 4096.
// With Rounding::kReal y is f32, w_zero 0, and scale and zero point of x come with the call:
//   y[c] = clamp(acc[c] * (x_scale * scale[c]) + bias[c], low, high), the product being rounded
// y: pixels y_step bytes apart, `channels` elements written in each; must not overlap x.
// acc is int32 and wraps; it is exact whenever |bias| + 255 * 255 * kh * kw < 2^31.
#ifndef OCTET_KERNELS_DWCONV_I8_DWCONV_I8_H_
#define OCTET_KERNELS_DWCONV_I8_DWCONV_I8_H_

#include "base/dot_form.h"
#include "base/isa.h"
#include "base/requantize.h"

namespace octet {

struct DwconvI8Shape {
  int32_t channels, kh, kw;
  int32_t x_zero, w_zero;
  Rounding rounding;
};

#if OCTET_ARM64
constexpr bool kDwconvI8Arm = true;
#else
constexpr bool kDwconvI8Arm = false;
#endif

// The end of kFloat where y_min == y_zero, all |acc| < 2^23 and no scale is negative:
//   round(float_bits(acc + bias) * scale + offset), the product not rounded
struct alignas(64) DwconvI8ReluBlock {
  int32_t bias[kRequantizeLanes];  // + the bits of 2^23
  float scale[kRequantizeLanes];
  float offset[kRequantizeLanes];  // -2^23 * scale
};

// Channels are taken in strips: on Arm of 16, else of 64, then 32 or 16. A strip is 4 vectors of
// width / 4 lanes; place() tells where a channel is. Weights of a strip, w' = w - w_zero:
//   bytes: [slot / group][half][vector][lane][slot % group] int8; two halves add up to a w' beyond
//     int8
//   words: [slot / group][vector][lane][slot % group] int16
// A slot is a tap; slots of high windows in groups of four bytes go down columns, four rows at a
// time. Groups of one byte (NEON) are of weights whose two slots 2 * i and 2 * i + 1 have products
// that add up within int16.
// 3x3 windows in groups of four have [column][vector][lane][4] int8 as well, the rows of a column
// in the order t + 1, t + 2, t, t modulo 3 with t = twice() of the strip: the row that is there
// twice may have weights beyond int8. A strip without such has t = 2, on Arm twice() = 3; one with
// such weights in several rows has twice() < 0 and no such form.
constexpr int32_t kDwconvI8NoRow = kDwconvI8Arm ? 3 : 2;
struct alignas(64) DwconvI8Weights {
  DwconvI8Shape shape;
  int32_t slots;
  int32_t words;  // 1: int16 weights
  int32_t group;
  int32_t halves;
  int32_t quads;         // > 0: slots go down columns, 4 * quads of each
  int32_t vector_exact;  // 0: only the scalar kernel is exact (see set_lane)
  int32_t relu_words;    // 1: what DwconvI8ReluBlock gives fits int16 before it is clamped
  // twice_offset and relu_offset may be 0: there are none
  int64_t blocks_offset, relu_offset, weights_offset, ring_offset, twice_offset, pad_offset, bytes;

  int32_t slot(int32_t kh, int32_t kw) const {
    return quads != 0 ? 4 * quads * kw + kh : kh * shape.kw + kw;
  }
  int32_t strip_width(int32_t first_channel) const {
    if (kDwconvI8Arm) return 16;
    const int32_t left = shape.channels - first_channel;
    return left > 48 ? 64 : left > 16 ? 32 : 16;
  }
  struct Place {
    int32_t vector, lane;
  };
  // Channel i of a strip. Unpacking bytes twice leaves them so and packing twice restores it; NEON
  // interleaves four bytes by transposing instead.
  Place place(int32_t i) const {
    if (kDwconvI8Arm && group == 4) return {i % 4, i / 4};
    return {i % 16 / 4, i / 16 * 4 + i % 4};
  }
  // The element of a strip's weights.
  int32_t index(int32_t slot, int32_t half, Place p, int32_t width) const {
    const int32_t vector = (slot / group * halves + half) * 4 + p.vector;
    return (vector * (width / 4) + p.lane) * group + slot % group;
  }
  int32_t blocks() const { return (shape.channels + kRequantizeLanes - 1) / kRequantizeLanes; }
  const void* block(int32_t first_channel, int32_t i) const {
    return at(blocks_offset + (first_channel / 16 + i) * block_bytes(shape.rounding));
  }
  const int8_t* weights(int32_t first_channel) const {
    return static_cast<const int8_t*>(
        at(weights_offset + int64_t{first_channel} * slots * (words != 0 ? 2 : halves)));
  }
  const DwconvI8ReluBlock* relu(int32_t first_channel) const {
    return static_cast<const DwconvI8ReluBlock*>(at(relu_offset)) +
           first_channel / kRequantizeLanes;
  }
  const int8_t* ring(int32_t first_channel) const {
    return static_cast<const int8_t*>(at(ring_offset + int64_t{first_channel} * 12));
  }
  int32_t twice(int32_t first_channel) const {
    return twice_offset == 0 ? -1 : twices()[first_channel / 16];
  }
  const int8_t* twices() const { return static_cast<const int8_t*>(at(twice_offset)); }
  const uint8_t* pad() const { return static_cast<const uint8_t*>(at(pad_offset)); }

 private:
  const void* at(int64_t offset) const { return reinterpret_cast<const char*>(this) + offset; }
};

// The header of the packed form for a cluster, `bytes` being the size of the whole; bytes = 0 when
// a dimension is out of range. bias: int32[channels] or NULL. Sources of any alignment; the
// requantization is checked before.
DwconvI8Weights plan_dwconv_i8(const DwconvI8Shape& shape, Isa isa, const std::byte* w,
                               const std::byte* bias, const RequantizeSource& requantize);
// packed: plan.bytes of zeroed memory, 64-byte aligned.
void pack_dwconv_i8(const DwconvI8Weights& plan, const std::byte* w, const std::byte* bias,
                    const RequantizeSource& requantize, void* packed);

struct DwconvI8Output {
  OutputRange range = {0, 0, 255, 0};
  // kReal only
  const RealBlock* real = nullptr;  // of set_real_blocks(); kernels read bias, scale and offset
  float low = 0, high = 0;
};
// The blocks of `weights` with what a run knows: bias = -x_zero * sums, scale = x_scale * scale.
// x_zero is of the unsigned form.
void set_real_blocks(const DwconvI8Weights& weights, float x_scale, uint32_t x_zero,
                     RealBlock* blocks);

struct DwconvI8TapsCall {
  const DwconvI8Weights* w;
  const uint8_t* const* taps;  // [pixel][slot]; slots that are no tap point at any pixel
  int32_t pixels;
  uint8_t* y;
  int64_t y_step;
  DwconvI8Output out;
};
using DwconvI8Taps = void (*)(const DwconvI8TapsCall& call);

struct DwconvI8RowsCall {
  const DwconvI8Weights* w;
  const uint8_t* x;       // row 0, column 0 of the image
  const uint8_t* pad;     // a pixel of x_zero
  int64_t x_row, x_step;  // bytes from a row to the next, from a column to the next
  int32_t rows, columns;  // of the image
  int32_t top, left;      // the first window starts at row `top`, column -left; any
  int32_t stride_h, stride_w, dilation_h, dilation_w;
  int32_t out_rows, pixels;  // of y; pixels in a row
  uint8_t* y;
  int64_t y_row, y_step;
  DwconvI8Output out;
};
using DwconvI8Rows = void (*)(const DwconvI8RowsCall& call);

#define OCTET_KERNEL(isa, words, function) void function(const DwconvI8TapsCall& call);
#define OCTET_KERNEL_ROWS(isa, group, function) void function(const DwconvI8RowsCall& call);
#include "kernels/dwconv_i8/kernels.inc"
#undef OCTET_KERNEL
#undef OCTET_KERNEL_ROWS

// What the kernels for rows hold of an image row, in units of four rows of a column.
constexpr int32_t kDwconvI8Quads = 64;

// The best kernels of a cluster for these weights, which were planned for the same cluster; NULL
// where there is no kernel for rows, or where four windows reach too far for it or begin too far
// left of the image.
DwconvI8Taps select_dwconv_i8_taps(Isa isa, const DwconvI8Weights& weights);
DwconvI8Rows select_dwconv_i8_rows(Isa isa, const DwconvI8Weights& weights, int32_t stride_w,
                                   int32_t dilation_w, int32_t left);

}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_I8_DWCONV_I8_H_
