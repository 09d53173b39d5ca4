// SPDX-License-Identifier: Apache-2.0
//
// Windows of any size along rows, a block of pixels at a time: first the columns of the block
// become vectors of [channel][row] in a buffer, four rows each, once for all windows they are in;
// then tiles of four pixels take each weight from the cache once.
#ifndef OCTET_KERNELS_DWCONV_I8_COLUMNS_H_
#define OCTET_KERNELS_DWCONV_I8_COLUMNS_H_

#include "kernels/dwconv_i8/strip.h"

namespace octet {
namespace {

template <class V, class Finish>
struct Columns {
  static constexpr int kWidth = 4 * V::kLanes;
  static constexpr int kQuad = 4 * kWidth;  // bytes of four rows of a column
  static constexpr int kPixels = 16;
  static constexpr int kTile = 4;
  using Int = typename V::Int;

  const DwconvI8RowsCall& call;
  const DwconvI8Weights& weights;
  Finish finish;
  const int32_t first;
  const int8_t* const w;
  const uint8_t* const pad;
  const int32_t quads;  // of a column
  int32_t top;          // image row of the window's first
  alignas(64) uint8_t buffer[kDwconvI8Quads * kQuad];

  OCTET_INLINE Columns(const DwconvI8RowsCall& c, const OutputVectors& out, int32_t channel)
      : call(c),
        weights(*c.w),
        finish(weights, out, channel),
        first(channel),
        w(weights.weights(channel)),
        pad(c.pad + channel),
        quads(weights.quads) {}

  // Rows 4 * quad, ... of `columns` columns from `at` on.
  OCTET_INLINE void fill(int32_t quad, int32_t at, int32_t columns) {
    const uint8_t* row[4];
    int64_t step[4];
    for (int r = 0; r < 4; ++r) {
      const int32_t kh = 4 * quad + r, ih = top + kh * call.dilation_h;
      const bool inside = kh < weights.shape.kh && ih >= 0 && ih < call.rows;
      row[r] = inside ? call.x + ih * call.x_row + first : pad;
      step[r] = inside ? call.x_step : 0;
    }
    uint8_t* to = buffer + quad * kQuad;
    for (int32_t i = at; i < at + columns; ++i, to += quads * kQuad) {
      Int x[4];
      if (i >= 0 && i < call.columns) {
        interleave4<V>(V::load_bytes(row[0] + i * step[0]), V::load_bytes(row[1] + i * step[1]),
                       V::load_bytes(row[2] + i * step[2]), V::load_bytes(row[3] + i * step[3]), x);
      } else {
        const auto zero = V::load_bytes(pad);
        interleave4<V>(zero, zero, zero, zero, x);
      }
#pragma GCC unroll 4
      for (int q = 0; q < 4; ++q) V::store(to + q * kWidth, x[q]);
    }
  }

  template <int kCount>
  OCTET_INLINE void tile(const uint8_t* column, uint8_t* y) {
    finish.forget();
    const int64_t pixel = int64_t{call.stride_w} * quads * kQuad;
    const int64_t next = int64_t{call.dilation_w} * quads * kQuad;
    Int acc[kCount][4];
#pragma GCC unroll 4
    for (int p = 0; p < kCount; ++p) {
#pragma GCC unroll 4
      for (int q = 0; q < 4; ++q) acc[p][q] = finish.bias(q);
      if (kDwconvI8Arm) finish.forget();  // a load costs less than a copy
    }
    for (int32_t half = 0; half < weights.halves; ++half) {
      const int8_t* weight = w + half * kQuad;
      const uint8_t* at = column;
      for (int32_t kw = 0; kw < weights.shape.kw; ++kw, at += next) {
        const uint8_t* x = at;
        for (int32_t quad = 0; quad < quads; ++quad, x += kQuad) {
#pragma GCC unroll 4
          for (int q = 0; q < 4; ++q) {
            const Int v = V::load(weight + q * kWidth);
#pragma GCC unroll 4
            for (int p = 0; p < kCount; ++p) {
              acc[p][q] = V::add_quads(acc[p][q], V::load(x + p * pixel + q * kWidth), v);
            }
          }
          weight += weights.halves * kQuad;
        }
      }
    }
#pragma GCC unroll 4
    for (int p = 0; p < kCount; ++p) finish.store(acc[p], y + p * call.y_step);
  }

  OCTET_INLINE void run_row(int32_t oh) {
    top = call.top + oh * call.stride_h;
    const int32_t reach = (weights.shape.kw - 1) * call.dilation_w + 1;
    const int32_t most = (kDwconvI8Quads / quads - reach) / call.stride_w + 1;
    const int32_t block = most < kPixels ? most : kPixels;
    uint8_t* y = call.y + oh * call.y_row + first * Finish::kElement;
    for (int32_t p = 0; p < call.pixels; p += block) {
      const int32_t pixels = call.pixels - p < block ? call.pixels - p : block;
      const int32_t columns = (pixels - 1) * call.stride_w + reach;
      for (int32_t quad = 0; quad < quads; ++quad) {
        fill(quad, p * call.stride_w - call.left, columns);
      }
      const uint8_t* column = buffer;
      const int64_t step = int64_t{call.stride_w} * quads * kQuad;
      int32_t i = 0;
      for (; i + kTile <= pixels; i += kTile, y += kTile * call.y_step, column += kTile * step) {
        tile<kTile>(column, y);
      }
      for (; i < pixels; ++i, y += call.y_step, column += step) tile<1>(column, y);
    }
  }
};

template <class V, class Finish>
void run_columns(const DwconvI8RowsCall& call, const OutputVectors& out, int32_t first,
                 int32_t begin, int32_t end) {
  Columns<V, Finish> columns(call, out, first);
  for (int32_t oh = begin; oh < end; ++oh) columns.run_row(oh);
}

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_I8_COLUMNS_H_
