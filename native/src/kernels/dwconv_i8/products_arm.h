// SPDX-License-Identifier: Apache-2.0
//
// Products of a tap without dot instructions, 16 channels at a time.
#ifndef OCTET_KERNELS_DWCONV_I8_PRODUCTS_ARM_H_
#define OCTET_KERNELS_DWCONV_I8_PRODUCTS_ARM_H_

#include "kernels/dwconv_i8/generic.h"

namespace octet {
namespace {

OCTET_INLINE int8x16_t load_taps(const void* p) { return vld1q_s8(static_cast<const int8_t*>(p)); }

OCTET_INLINE void add_words(int32x4_t (&acc)[4], int16x8_t low, int16x8_t high) {
  acc[0] = vaddw_s16(acc[0], vget_low_s16(low));
  acc[1] = vaddw_high_s16(acc[1], low);
  acc[2] = vaddw_s16(acc[2], vget_low_s16(high));
  acc[3] = vaddw_high_s16(acc[3], high);
}

// Products are assembly: gcc 12 copies a register to take the half of it that vget_low() means, and
// copies sums between two instructions that add to them.
OCTET_INLINE void add_tap(int32x4_t (&acc)[4], int8x16_t x, int8x16_t w) {
  int16x8_t low, high;
  asm("smull %0.8h, %1.8b, %2.8b" : "=w"(low) : "w"(x), "w"(w));
  asm("smull2 %0.8h, %1.16b, %2.16b" : "=w"(high) : "w"(x), "w"(w));
  add_words(acc, low, high);
}
// Two taps whose products add up within int16: half as many additions of int32.
OCTET_INLINE void add_taps(int32x4_t (&acc)[4], int8x16_t x0, int8x16_t w0, int8x16_t x1,
                           int8x16_t w1) {
  int16x8_t low, high;
  asm("smull %0.8h, %1.8b, %2.8b\n\tsmlal %0.8h, %3.8b, %4.8b"
      : "=&w"(low)
      : "w"(x0), "w"(w0), "w"(x1), "w"(w1));
  asm("smull2 %0.8h, %1.16b, %2.16b\n\tsmlal2 %0.8h, %3.16b, %4.16b"
      : "=&w"(high)
      : "w"(x0), "w"(w0), "w"(x1), "w"(w1));
  add_words(acc, low, high);
}
// One tap with weights of int16.
OCTET_INLINE void add_tap(int32x4_t (&acc)[4], int8x16_t x, int16x8_t w_low, int16x8_t w_high) {
  int16x8_t low, high;
  asm("sxtl %4.8h, %6.8b\n\tsxtl2 %5.8h, %6.16b\n\t"
      "smlal %0.4s, %4.4h, %7.4h\n\tsmlal2 %1.4s, %4.8h, %7.8h\n\t"
      "smlal %2.4s, %5.4h, %8.4h\n\tsmlal2 %3.4s, %5.8h, %8.8h"
      : "+w"(acc[0]), "+w"(acc[1]), "+w"(acc[2]), "+w"(acc[3]), "=&w"(low), "=&w"(high)
      : "w"(x), "w"(w_low), "w"(w_high));
}

// Windows given by pointers.
struct BytePairs {
  template <class V, int kWidth>
  static OCTET_INLINE void sum(int32x4_t (&acc)[4], const DwconvI8Weights& weights,
                               const uint8_t* const* taps, int channel, const int8_t* w) {
    for (int32_t s = 0; s < weights.slots; s += 2, w += 32) {
      add_taps(acc, load_taps(taps[s] + channel), load_taps(w), load_taps(taps[s + 1] + channel),
               load_taps(w + 16));
    }
  }
};
struct SingleWords {
  template <class V, int kWidth>
  static OCTET_INLINE void sum(int32x4_t (&acc)[4], const DwconvI8Weights& weights,
                               const uint8_t* const* taps, int channel, const int8_t* w) {
    for (int32_t s = 0; s < weights.slots; ++s, w += 32) {
      add_tap(acc, load_taps(taps[s] + channel), (int16x8_t)load_taps(w),
              (int16x8_t)load_taps(w + 16));
    }
  }
};

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_I8_PRODUCTS_ARM_H_
