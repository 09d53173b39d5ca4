// SPDX-License-Identifier: Apache-2.0
//
// 3x3 windows without dilation along rows, sums and weights in registers: each column of the image
// becomes vectors of [channel][row] once and goes into the two or three windows it is in. As many
// windows are under way; after as many pixels the registers have come round without a copy.
#ifndef OCTET_KERNELS_DWCONV_I8_RING_H_
#define OCTET_KERNELS_DWCONV_I8_RING_H_

#include "kernels/dwconv_i8/three_rows.h"

namespace octet {
namespace {

template <class V, class Finish, int kStride>
struct Ring {
  static constexpr int kWidth = 4 * V::kLanes;
  static constexpr int kWindows = kStride == 1 ? 3 : 2;
  using Int = typename V::Int;

  const DwconvI8RowsCall& call;
  Finish finish;
  ThreeRows rows;
  int32_t pixels;  // left to take
  uint8_t* y;
  const int8_t* in_memory;
  Int w[3][4];
  Int acc[kWindows][4];

  OCTET_INLINE Ring(const DwconvI8RowsCall& c, const OutputVectors& out, int32_t first)
      : call(c), finish(*c.w, out, first), rows(c.pad + first), in_memory(c.w->ring(first)) {
#pragma GCC unroll 3
    for (int k = 0; k < 3; ++k) {
#pragma GCC unroll 4
      for (int q = 0; q < 4; ++q) w[k][q] = V::load(in_memory + (4 * k + q) * kWidth);
    }
  }

  OCTET_INLINE void start_row(int32_t oh, int32_t first, int32_t twice) {
    rows.start(call, oh, first, (twice + 1) % 3);
    pixels = call.pixels;
    y = call.y + oh * call.y_row + first * Finish::kElement;
  }

  // The next column of the image, or one of x_zero right of it.
  OCTET_INLINE void column(Int (&x)[4]) {
    const auto last = V::load_bytes(rows.at[2]);
    interleave4<V>(V::load_bytes(rows.at[0]), V::load_bytes(rows.at[1]), last, last, x);
    rows.next();
  }
  // One of the first columns, some of which are left of the image.
  OCTET_INLINE void first_column(Int (&x)[4], int32_t i) {
    if (i >= call.left) return column(x);
    const auto zero = V::load_bytes(rows.pad);
    interleave4<V>(zero, zero, zero, zero, x);
  }

  OCTET_INLINE void begin(Int (&sums)[4]) {
    finish.forget();
#pragma GCC unroll 4
    for (int q = 0; q < 4; ++q) sums[q] = finish.bias(q);
  }

  // With the weights of column k of a window: in registers, but for as many of the first columns
  // as the end of a pixel leaves no registers for.
  template <int k>
  OCTET_INLINE void add(Int (&sums)[4], const Int (&x)[4]) {
    if (k < Finish::kColumnsInMemory) in_memory = reread(in_memory);
#pragma GCC unroll 4
    for (int q = 0; q < 4; ++q) {
      const Int weight =
          k < Finish::kColumnsInMemory ? V::load(in_memory + (4 * k + q) * kWidth) : w[k][q];
      sums[q] = V::add_quads(sums[q], x[q], weight);
    }
  }

  // The last columns of the window that has turn kTurn; false behind the last pixel.
  template <int kTurn>
  OCTET_INLINE bool pixel() {
    auto& ends = acc[kTurn];
    auto& begins = acc[(kTurn + kWindows - 1) % kWindows];
    Int x[4];
    column(x);
    if constexpr (kStride == 1) {
      add<2>(ends, x);
      add<1>(acc[(kTurn + 1) % kWindows], x);
    } else {
      add<1>(ends, x);
      column(x);
      add<2>(ends, x);
    }
    begin(begins);
    add<0>(begins, x);
    finish.store(ends, y);
    y += call.y_step;
    return --pixels != 0;
  }

  OCTET_INLINE void run_row() {
    Int x[4];
    first_column(x, 0);
    begin(acc[0]);
    add<0>(acc[0], x);
    if constexpr (kStride == 1) {
      first_column(x, 1);
      add<1>(acc[0], x);
      begin(acc[1]);
      add<0>(acc[1], x);
    }
    for (;;) {
      if (!pixel<0>()) return;
      if (!pixel<1>()) return;
      if constexpr (kWindows == 3) {
        if (!pixel<2>()) return;
      }
    }
  }
};

template <class V, class Finish, int kStride>
__attribute__((noinline)) void run_ring(const DwconvI8RowsCall& call, const OutputVectors& out,
                                        int32_t first, int32_t twice, int32_t begin, int32_t end) {
  Ring<V, Finish, kStride> ring(call, out, first);
  for (int32_t oh = begin; oh < end; ++oh) {
    ring.start_row(oh, first, twice);
    ring.run_row();
  }
}

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_I8_RING_H_
