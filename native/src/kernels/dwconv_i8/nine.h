// SPDX-License-Identifier: Apache-2.0
//
// 3x3 windows without dilation along rows for NEON without dot instructions, strides 1 and 2: the
// nine vectors of a window and its nine of weights stay in registers; a step loads the columns that
// are new, and after three of them the registers have come round without a copy.
#ifndef OCTET_KERNELS_DWCONV_I8_NINE_H_
#define OCTET_KERNELS_DWCONV_I8_NINE_H_

#include "kernels/dwconv_i8/finishes.h"
#include "kernels/dwconv_i8/products_arm.h"
#include "kernels/dwconv_i8/three_rows.h"

namespace octet {
namespace {

// x[column][row] by the weights of a strip.
struct NineBytes {
  static constexpr bool kBeside = true;
  int8x16_t w[9];

  explicit OCTET_INLINE NineBytes(const int8_t* weights) {
#pragma GCC unroll 9
    for (int t = 0; t < 9; ++t) w[t] = load_taps(weights + 16 * t);
  }
  template <int kFirst>
  OCTET_INLINE void sum(int32x4_t (&acc)[4], const int8x16_t (&x)[3][3]) {
    const auto tap = [&](int t) OCTET_INLINE_LAMBDA { return x[(kFirst + t % 3) % 3][t / 3]; };
#pragma GCC unroll 4
    for (int t = 0; t < 8; t += 2) add_taps(acc, tap(t), w[t], tap(t + 1), w[t + 1]);
    add_tap(acc, tap(8), w[8]);
  }
};
// The weights stay in memory. All taps are one piece of assembly: of nine gcc 12 copies sums from
// one to the next.
struct NineWords {
  static constexpr bool kBeside = false;
  const int8_t* w;

  explicit OCTET_INLINE NineWords(const int8_t* weights) : w(weights) {}
  template <int kFirst>
  OCTET_INLINE void sum(int32x4_t (&acc)[4], const int8x16_t (&x)[3][3]) {
    constexpr int k0 = kFirst, k1 = (kFirst + 1) % 3, k2 = (kFirst + 2) % 3;
    int16x8_t low, high, w_low, w_high;
#define OCTET_TAP(x, first, second)                                           \
  "ldr %q[wl], [%[w], #" first "]\n\tldr %q[wh], [%[w], #" second             \
  "]\n\t"                                                                     \
  "sxtl %[l].8h, %[" x "].8b\n\tsxtl2 %[h].8h, %[" x                          \
  "].16b\n\t"                                                                 \
  "smlal %[a].4s, %[l].4h, %[wl].4h\n\tsmlal2 %[b].4s, %[l].8h, %[wl].8h\n\t" \
  "smlal %[c].4s, %[h].4h, %[wh].4h\n\tsmlal2 %[d].4s, %[h].8h, %[wh].8h\n\t"
    asm(OCTET_TAP("x0", "0", "16") OCTET_TAP("x1", "32", "48") OCTET_TAP("x2", "64", "80")
            OCTET_TAP("x3", "96", "112") OCTET_TAP("x4", "128", "144") OCTET_TAP("x5", "160", "176")
                OCTET_TAP("x6", "192", "208") OCTET_TAP("x7", "224", "240")
                    OCTET_TAP("x8", "256", "272")
        : [a] "+w"(acc[0]), [b] "+w"(acc[1]), [c] "+w"(acc[2]), [d] "+w"(acc[3]), [l] "=&w"(low),
          [h] "=&w"(high), [wl] "=&w"(w_low), [wh] "=&w"(w_high)
        : [w] "r"(w), "m"(*reinterpret_cast<const int8_t(*)[288]>(w)), [x0] "w"(x[k0][0]),
          [x1] "w"(x[k1][0]), [x2] "w"(x[k2][0]), [x3] "w"(x[k0][1]), [x4] "w"(x[k1][1]),
          [x5] "w"(x[k2][1]), [x6] "w"(x[k0][2]), [x7] "w"(x[k1][2]), [x8] "w"(x[k2][2]));
#undef OCTET_TAP
  }
};

template <class Products, class Finish, int kStride>
struct Nine {
  const DwconvI8RowsCall& call;
  Finish finish;
  Products products;
  ThreeRows rows;
  int32_t pixels;  // left to take
  uint8_t* y;
  const int64_t y_step;
  int8x16_t x[3][3];
  int32x4_t acc[2][4];

  OCTET_INLINE Nine(const DwconvI8RowsCall& c, const OutputVectors& out, int32_t first)
      : call(c),
        finish(*c.w, out, first),
        products(c.w->weights(first)),
        rows(c.pad + first),
        y_step(c.y_step) {}

  template <int k>
  OCTET_INLINE void column() {
#pragma GCC unroll 3
    for (int r = 0; r < 3; ++r) x[k][r] = load_taps(rows.at[r]);
    rows.next();
  }
  // Of the window whose first column is x[kTurn].
  template <int kTurn>
  OCTET_INLINE void sum(int32x4_t (&sums)[4]) {
    if constexpr (kStride == 2) column<(kTurn + 1) % 3>();
    column<(kTurn + 2) % 3>();
    finish.forget();
#pragma GCC unroll 4
    for (int q = 0; q < 4; ++q) sums[q] = finish.bias(q);
    products.template sum<kTurn>(sums, x);
  }
  // The sums of a pixel, beside the end of the one before or followed by its own; false behind the
  // last.
  template <int kPixel>
  OCTET_INLINE bool pixel() {
    sum<kPixel * kStride % 3>(acc[kPixel % 2]);
    finish.store(acc[Products::kBeside ? 1 - kPixel % 2 : kPixel % 2], y);
    y += y_step;
    return likely(--pixels != 0);
  }
  template <int kPixel>
  OCTET_INLINE void last() {
    if constexpr (Products::kBeside) finish.store(acc[kPixel % 2], y);
  }

  OCTET_INLINE void run_row(int32_t oh, int32_t first) {
    rows.start(call, oh, first, 0);
    pixels = call.pixels;
    y = call.y + oh * call.y_row + first * Finish::kElement;
    if (call.left > 0) {
#pragma GCC unroll 3
      for (int r = 0; r < 3; ++r) x[0][r] = load_taps(unknown(rows.pad));
    } else {
      column<0>();
    }
    if constexpr (kStride == 1) column<1>();
    if constexpr (Products::kBeside) {
      sum<0>(acc[0]);
      if (--pixels == 0) return last<0>();
    } else {
      if (!pixel<0>()) return;
    }
    for (;;) {
      if (!pixel<1>()) return last<1>();
      if (!pixel<2>()) return last<2>();
      if (!pixel<3>()) return last<3>();
      if (!pixel<4>()) return last<4>();
      if (!pixel<5>()) return last<5>();
      if (!pixel<0>()) return last<0>();
    }
  }
};

template <class Products, class Finish, int kStride>
__attribute__((noinline)) void run_nine(const DwconvI8RowsCall& call, const OutputVectors& out,
                                        int32_t first, int32_t begin, int32_t end) {
  Nine<Products, Finish, kStride> nine(call, out, first);
  for (int32_t oh = begin; oh < end; ++oh) {
    nine.run_row(oh, first);
  }
}

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_I8_NINE_H_
