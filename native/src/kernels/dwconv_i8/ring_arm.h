// SPDX-License-Identifier: Apache-2.0
//
// ring.h for Arm, whose loop asks one question a pixel: pixels are counted to the next event, the
// end of the image or that of the row.
#ifndef OCTET_KERNELS_DWCONV_I8_RING_ARM_H_
#define OCTET_KERNELS_DWCONV_I8_RING_ARM_H_

#include "kernels/dwconv_i8/three_rows.h"

namespace octet {
namespace {

// kTwice: the third row is in each group of four bytes twice, with weights of its own. Else it is
// not interleaved with anything: each two of its channels come together, and the weight that is 0
// is the fourth of even channels and the third of odd ones.
template <class Finish, int kStride, bool kTwice>
struct Ring {
  using V = Transposed;
  using Int = int32x4_t;
  static constexpr int kWindows = kStride == 1 ? 3 : 2;

  const DwconvI8RowsCall& call;
  Finish finish;
  ThreeRows rows;
  int32_t pixels;  // to the next event
  int32_t behind;  // pixels behind it
  bool halfway;    // the next of those is on the edge: only its first column is inside
  uint8_t* y;
  const int64_t y_step;
  Int w[3][4];
  Int acc[kWindows][4];

  OCTET_INLINE Ring(const DwconvI8RowsCall& c, const OutputVectors& out, int32_t first)
      : call(c), finish(*c.w, out, first), rows(c.pad + first), y_step(c.y_step) {
    static constexpr uint8_t kOdd[16] = {0, 1, 3, 2, 4, 5, 7, 6, 8, 9, 11, 10, 12, 13, 15, 14};
    const int8_t* from = c.w->ring(first);
#pragma GCC unroll 3
    for (int k = 0; k < 3; ++k) {
#pragma GCC unroll 4
      for (int q = 0; q < 4; ++q) {
        const uint8x16_t weights =
            vld1q_u8(reinterpret_cast<const uint8_t*>(from) + 16 * (4 * k + q));
        w[k][q] = (Int)(kTwice || q % 2 == 0 ? weights : vqtbl1q_u8(weights, vld1q_u8(kOdd)));
      }
    }
  }

  OCTET_INLINE void interleave(uint8x16_t a, uint8x16_t b, uint8x16_t c, Int (&x)[4]) {
    if constexpr (kTwice) {
      interleave4<V>(a, b, c, c, x);
    } else {
      const auto even = (uint16x8_t)vtrn1q_u8(a, b), odd = (uint16x8_t)vtrn2q_u8(a, b);
      x[0] = (Int)vtrn1q_u16(even, (uint16x8_t)c);
      x[1] = (Int)vtrn1q_u16(odd, (uint16x8_t)c);
      x[2] = (Int)vtrn2q_u16(even, (uint16x8_t)c);
      x[3] = (Int)vtrn2q_u16(odd, (uint16x8_t)c);
    }
  }
  OCTET_INLINE void column(Int (&x)[4]) {
    uint8x16_t row[3];
#pragma GCC unroll 3
    for (int r = 0; r < 3; ++r) row[r] = load_step(&rows.at[r], rows.step[r]);
    interleave(row[0], row[1], row[2], x);
  }
  // One of the first columns, any of which may be outside the image.
  OCTET_INLINE void first_column(Int (&x)[4], int32_t i) {
    if (i < call.left) {
      const auto zero = V::load_bytes(rows.pad);
      return interleave(zero, zero, zero, x);
    }
    column(x);
    if (--rows.inside == 0) rows.leave();
  }

  OCTET_INLINE void begin(Int (&sums)[4]) {
    finish.forget();
    if constexpr (Finish::kElement == 1) {
      const int32_t* bias = finish.lanes.blocks->bias;
      load_two<0>(bias, &sums[0], &sums[1]);
      load_two<32>(bias, &sums[2], &sums[3]);
    } else {
#pragma GCC unroll 4
      for (int q = 0; q < 4; ++q) sums[q] = finish.bias(q);
    }
  }
  template <int k>
  OCTET_INLINE void add(Int (&sums)[4], const Int (&x)[4]) {
#pragma GCC unroll 4
    for (int q = 0; q < 4; ++q) sums[q] = V::add_quads(sums[q], x[q], w[k][q]);
  }

  OCTET_INLINE void store(const Int (&sums)[4]) {
    if constexpr (Finish::kElement == 1) {
      store_step(&y, y_step, finish.bytes(sums));
    } else {
      finish.store(sums, y);
      y += y_step;
    }
  }

  // False behind the last pixel.
  OCTET_INLINE bool next_event() {
    if (behind == 0) return false;
    pixels = halfway ? 1 : behind;
    behind -= pixels;
#pragma GCC unroll 3
    for (int r = 0; r < 3; ++r) {
      rows.step[r] = halfway ? rows.pad - rows.at[r] : 0;
      if (!halfway) rows.at[r] = unknown(rows.pad);
    }
    halfway = false;
    return true;
  }

  // The last columns of the window that has turn kTurn.
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
      store(ends);  // gcc 12 copies a sum where a window of stride 2 begins before the other ends
    }
    begin(begins);
    add<0>(begins, x);
    if constexpr (kStride == 1) store(ends);
    return likely(--pixels != 0) || next_event();
  }

  OCTET_INLINE void run_row(int32_t oh, int32_t first, int32_t begin_row) {
    rows.start(call, oh, first, begin_row);
    y = call.y + oh * call.y_row + first * Finish::kElement;
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
    const int32_t inside = rows.inside > 0 ? rows.inside : 0;
    pixels = inside / kStride < call.pixels ? inside / kStride : call.pixels;
    behind = call.pixels - pixels;
    halfway = inside % kStride != 0 && behind > 0;
    if (pixels == 0) next_event();
    for (;;) {
      if (!pixel<0>()) return;
      if (!pixel<1>()) return;
      if constexpr (kWindows == 3) {
        if (!pixel<2>()) return;
      }
    }
  }
};

template <class Finish, int kStride, bool kTwice>
__attribute__((noinline)) void run_ring(const DwconvI8RowsCall& call, const OutputVectors& out,
                                        int32_t first, int32_t begin_row, int32_t begin,
                                        int32_t end) {
  Ring<Finish, kStride, kTwice> ring(call, out, first);
  for (int32_t oh = begin; oh < end; ++oh) ring.run_row(oh, first, begin_row);
}

// twice: DwconvI8Weights::twice(), not negative.
template <class Finish, int kStride>
OCTET_INLINE void run_ring(const DwconvI8RowsCall& call, const OutputVectors& out, int32_t first,
                           int32_t twice, int32_t begin, int32_t end) {
  if (twice == kDwconvI8NoRow) {
    run_ring<Finish, kStride, false>(call, out, first, 0, begin, end);
  } else {
    run_ring<Finish, kStride, true>(call, out, first, (twice + 1) % 3, begin, end);
  }
}

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_I8_RING_ARM_H_
